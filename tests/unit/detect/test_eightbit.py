import numpy as np
import pytest
import skimage.data

from workbench import geometry
from workbench.detect import centerface, eightbit, lean
from workbench.detect.runtime import Session
from workbench.detect.weights import centerface as centerface_weights

openvino = pytest.importorskip("openvino")
op = pytest.importorskip("openvino.opset13")

CHANNELS = 24
RANGES = {"start": np.array([[-1], [3]], np.float32), "middle": np.array([[0] * CHANNELS, [40] * CHANNELS], np.float32)}


def network():
    """A usual layer, and one that takes every channel for itself."""
    values = np.random.default_rng(0)
    start = op.parameter([1, CHANNELS, 12, 10], np.float32, name="start")
    weights = values.normal(size=(CHANNELS, CHANNELS, 1, 1)).astype(np.float32)
    mixed = op.convolution(start, op.constant(weights), [1, 1], [0, 0], [0, 0], [1, 1])
    middle = op.relu(mixed, name="middle")
    apart = values.normal(size=(CHANNELS, 1, 1, 3, 3)).astype(np.float32)
    end = op.group_convolution(middle, op.constant(apart), [1, 1], [1, 1], [1, 1], [1, 1])
    return openvino.Model([end], [start])


def answer(model, picture):
    return np.array(openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})([picture])[0])


def picture(low=-1.0, high=3.0):
    return np.random.default_rng(1).uniform(low, high, (1, CHANNELS, 12, 10)).astype(np.float32)


@pytest.fixture
def exact():
    if not eightbit.exact():
        pytest.skip("this processor does not add integers exactly, so they are not used")


def test_integers_answer_nearly_the_same(exact):
    changed = network()
    assert eightbit.quantised(changed, RANGES) == 2
    right = answer(network(), picture())
    assert np.abs(answer(changed, picture()) - right).mean() < 0.02 * np.abs(right).mean()


def test_a_layer_without_a_range_stays_as_it_is():
    changed = network()
    assert eightbit.quantised(changed, {}) == 0
    assert answer(changed, picture()) == pytest.approx(answer(network(), picture()))
    assert eightbit.quantised(changed, {"middle": RANGES["middle"]}) == 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 7.3), (-1.0, 3.0), (-0.001, 9.0), (-9.0, 0.001)])
def test_zero_which_pads_the_edges_stays_zero(low, high):
    widened = eightbit.with_zero(np.array([low], np.float32), np.array([high], np.float32))
    step = (widened[1] - widened[0]) / (eightbit.INPUT_STEPS - 1)
    assert abs(widened[0] / step - np.round(widened[0] / step)) < 1e-3
    assert widened[0] <= low * (1 - 1e-5)
    assert widened[1] >= high * (1 - 1e-5)


def test_the_stored_ranges_are_those_of_the_face_network():
    model = lean.only(openvino.Core().read_model(centerface_weights()[0]), centerface.OUTPUTS)
    lean.joined(model)
    inputs = {name: (node, by_channel) for node, name, by_channel in eightbit.convolutions(model)}
    ranges = eightbit.read(centerface.RANGES)
    assert len(ranges) > 0.7 * len(inputs)
    for name, values in ranges.items():
        node, by_channel = inputs[name]
        assert values.shape == (2, node.input_value(0).get_partial_shape()[1].get_length() if by_channel else 1)
        assert (values[0] <= values[1]).all()


def test_the_face_network_finds_the_same_faces_in_integers(exact):
    path, image = centerface_weights()[0], skimage.data.astronaut()
    found = []
    for ranges in (None, eightbit.read(centerface.RANGES)):
        session = Session(path, 1, "openvino", pixels=True, outputs=centerface.OUTPUTS, join=True, ranges=ranges)
        assert session.precision.startswith("int8-") == (ranges is not None)
        detections = centerface.CenterFace(session, "", "balanced")(image)
        found.append(detections[detections.scores >= 0.2])
    assert len(found[0]) == len(found[1]) >= 1
    assert (geometry.iou(found[0].boxes, found[1].boxes).max(axis=1) > 0.85).all()


def test_where_integers_would_overflow_they_are_not_used(monkeypatch):
    monkeypatch.setattr(eightbit, "exact", lambda: False)
    assert "int8" not in centerface.build("fast", 1).fingerprint


def test_a_sum_that_overflows_is_seen(monkeypatch):
    def spoilt(model, ranges):
        """Do what a processor without VNNI does to a sum: it stops at the largest number of 16 bits."""
        end = model.get_results()[0]
        most = op.constant(np.float32(32767 / (2 * 127 * 255) * 64))
        end.input(0).replace_source_output(op.minimum(end.input_value(0), most).output(0))

    monkeypatch.setattr(eightbit, "quantised", spoilt)
    assert not eightbit.exact.__wrapped__()
