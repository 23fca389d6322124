import numpy as np
import pytest
import skimage.data

from workbench import geometry
from workbench.detect import centerface, lean
from workbench.detect.runtime import ENGINES, Session
from workbench.detect.weights import centerface as centerface_weights

openvino = pytest.importorskip("openvino")
op = pytest.importorskip("openvino.opset13")


def convolved(source, *shape, seed=0, stride=1, bias=True):
    values = np.random.default_rng(seed)
    weights = op.constant(values.normal(size=shape).astype(np.float32))
    result = op.convolution(source, weights, [stride, stride], [0, 0], [0, 0], [1, 1])
    return op.add(result, op.constant(values.normal(size=(1, shape[0], 1, 1)).astype(np.float32))) if bias else result


def network(*layers, between=lambda node: node):
    start = op.parameter([1, layers[0][1], 6, 5], np.float32)
    node = start
    for seed, shape in enumerate(layers):
        node = convolved(node if seed == 0 else between(node), *shape, seed=seed)
    return openvino.Model([node], [start])


def answer(model, picture):
    hints = {"INFERENCE_PRECISION_HINT": "f32"}
    return np.array(openvino.Core().compile_model(model, "CPU", hints)([picture])[0])


def convolutions(model):
    return sum(node.get_type_name() == "Convolution" for node in model.get_ops())


@pytest.mark.parametrize(
    ("layers", "left"),
    [
        ([(8, 16, 1, 1)], 1),
        ([(8, 16, 1, 1), (32, 8, 1, 1)], 1),
        ([(8, 16, 1, 1), (4, 8, 1, 1), (6, 4, 1, 1)], 2),  # a third would need another turn
        ([(2, 64, 1, 1), (64, 2, 1, 1)], 2),  # joined it would be more work
        ([(8, 16, 3, 3), (32, 8, 1, 1)], 2),
        ([(8, 16, 1, 1), (32, 8, 3, 3)], 2),
    ],
)
def test_linear_layers_that_follow_each_other_become_one_and_answer_the_same(layers, left):
    model, changed = network(*layers), network(*layers)
    assert lean.joined(changed) == len(layers) - left
    picture = np.random.default_rng(7).normal(size=(1, layers[0][1], 6, 5)).astype(np.float32)
    assert answer(changed, picture) == pytest.approx(answer(model, picture), rel=1e-4, abs=1e-4)
    assert convolutions(changed) == left


def test_what_is_not_linear_between_two_layers_keeps_them_apart():
    assert lean.joined(network((8, 16, 1, 1), (32, 8, 1, 1), between=op.relu)) == 0


def test_a_layer_that_others_read_too_is_kept():
    start = op.parameter([1, 16, 6, 5], np.float32)
    first = convolved(start, 8, 16, 1, 1)
    second = convolved(first, 8, 8, 1, 1, seed=1)
    assert lean.joined(openvino.Model([op.add(first, second)], [start])) == 0


@pytest.mark.parametrize("stride", [1, 2])
def test_only_layers_that_look_at_every_pixel_are_joined(stride):
    start = op.parameter([1, 16, 6, 5], np.float32)
    node = convolved(convolved(start, 8, 16, 1, 1), 32, 8, 1, 1, seed=1, stride=stride)
    assert lean.joined(openvino.Model([node], [start])) == (stride == 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_outputs_that_nobody_reads_are_left_out(engine):
    picture = skimage.data.astronaut()[None, :128, 100:260]
    path = centerface_weights()[0]
    every, first = (Session(path, 1, engine, pixels=True, outputs=number) for number in (0, 3))
    assert (len(every.run(picture)), len(first.run(picture))) == (4, 3)
    for mine, theirs in zip(first.run(picture), every.run(picture), strict=False):
        assert mine == pytest.approx(theirs, abs=1e-5)


def test_the_face_network_finds_the_same_faces_when_its_layers_are_joined():
    picture, path = skimage.data.astronaut(), centerface_weights()[0]
    found = []
    for join in (False, True):
        session = Session(path, 1, "openvino", pixels=True, outputs=centerface.OUTPUTS, join=join)
        detections = centerface.CenterFace(session, "", "fast")(picture)
        found.append(detections[detections.scores >= 0.2])
    assert len(found[0]) == len(found[1]) >= 1
    assert (geometry.iou(found[0].boxes, found[1].boxes).max(axis=1) > 0.95).all()
    assert found[1].scores == pytest.approx(found[0].scores, abs=0.02)
