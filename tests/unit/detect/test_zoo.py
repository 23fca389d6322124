import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import skimage.data

from workbench import geometry
from workbench.detect import zoo
from workbench.detect.weights import sha256_of
from workbench.values import Kind

# Weights are never part of the project: name a file to try the real thing.
YUNET = os.environ.get("WORKBENCH_TEST_YUNET", "")
LPD_YUNET = os.environ.get("WORKBENCH_TEST_LPD_YUNET", "")


class Once:
    """Stands for a network: sees the same rows in every look, in pixels of that look."""

    kind = Kind.FACE
    precision = "fake"

    def __init__(self, *rows):
        self.looks = zoo.passes
        self.operating_points = {"fast": 0.2, "balanced": 0.5, "careful": 0.5}
        self.rows = np.array(rows, np.float32).reshape(-1, 5)

    def __call__(self, image):
        share = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
        return self.rows[:, :4] * share, self.rows[:, 4]


@pytest.mark.parametrize("quality", ["fast", "balanced", "careful"])
def test_a_detector_reports_its_kind_inside_the_picture(quality):
    once = Once([0.4, -0.2, 0.6, 0.5, 0.9], [0.1, 0.1, np.nan, 0.2, 0.9], [0.7, 0.7, 0.8, 0.8, 0.01])
    found = zoo.ZooDetector("mine", once, "facts", "MIT", quality)(np.zeros((600, 900, 3), np.uint8))
    best = found[found.scores > 0.5]
    assert best.boxes[:1].tolist() == [pytest.approx([360, 0, 540, 300], abs=1)]
    assert set(found.kinds) == {Kind.FACE}
    assert set(found.origins) == {"mine"}
    assert found.scores.min() >= 0.05


def test_the_fingerprint_tells_the_quality_and_the_weights():
    prints = {
        zoo.ZooDetector("mine", Once(), facts, "MIT", quality).fingerprint
        for facts in ("a", "b")
        for quality in ("fast", "balanced")
    }
    assert len(prints) == 4


def slow_plates(loc, conf, iou, width, height):
    """One prior box after the other, as in the zoo's description of the network."""
    boxes, scores, row = [], [], 0
    for step, sizes in ((8, (10, 16, 24)), (16, (32, 48)), (32, (64, 96)), (64, (128, 192, 256))):
        for y, x in product(range(height // step), range(width // step)):
            for size in sizes:
                score = (conf[row, 1] * min(1, max(0, iou[row, 0]))) ** 0.5
                points = [
                    ((x + 0.5) * step + loc[row, at] * 0.1 * size, (y + 0.5) * step + loc[row, at + 1] * 0.1 * size)
                    for at in (4, 6, 10, 12)
                ]
                if score >= 0.05:
                    xs, ys = zip(*points, strict=True)
                    boxes.append([min(xs), min(ys), max(xs), max(ys)])
                    scores.append(score)
                row += 1
    return np.array(boxes).reshape(-1, 4), np.array(scores), row


def test_decoding_plates_equals_a_loop_over_priors():
    rng = np.random.default_rng(1)
    width, height = 192, 128
    count = slow_plates(np.zeros((9999, 14)), np.zeros((9999, 2)), np.zeros((9999, 1)), width, height)[2]
    assert len(zoo.priors(width, height)[0]) == count
    loc, iou = rng.normal(0, 3, (count, 14)).astype(np.float32), rng.normal(0.4, 0.6, (count, 1)).astype(np.float32)
    conf = rng.random((count, 2)).astype(np.float32)
    boxes, scores = zoo.decode_plates(loc, conf, iou, width, height)
    expected_boxes, expected_scores, _ = slow_plates(loc, conf, iou, width, height)
    assert np.allclose(boxes, expected_boxes, atol=1e-3)
    assert np.allclose(scores, expected_scores, atol=1e-5)


def test_the_number_of_priors_is_that_of_the_published_network():
    # lpd_yunet_2023mar.onnx declares 4385 rows for an input of 320 by 240 (rounded down per feature map: 60, 30, …).
    assert len(zoo.priors(320, 192)[0]) == 3 * 40 * 24 + 2 * 20 * 12 + 2 * 10 * 6 + 3 * 5 * 3


def test_plates_are_looked_for_in_reduced_pictures():
    (single,) = zoo.plate_looks("fast", 2560, 1000)
    assert single.scale == 0.25
    assert {each.mirrored for each in zoo.plate_looks("balanced", 300, 200)} == {False, True}
    assert len(zoo.plate_looks("careful", 300, 200)) == 2
    assert len(zoo.plate_looks("careful", 3000, 2000)) == 4


@pytest.mark.skipif(not YUNET, reason="WORKBENCH_TEST_YUNET names no weights file")
def test_the_real_yunet_finds_the_astronaut_and_takes_tiny_pictures():
    path = Path(YUNET)
    detector = zoo.build("mine", "yunet", path, sha256_of(path), "MIT")
    found = detector(skimage.data.astronaut())
    boxes = found.boxes[found.scores >= 0.2]
    assert geometry.iou(boxes, geometry.as_boxes([174, 62, 272, 192])).max(initial=0) > 0.5
    assert len(detector(np.zeros((1, 1, 3), np.uint8))) == 0


@pytest.mark.skipif(not LPD_YUNET, reason="WORKBENCH_TEST_LPD_YUNET names no weights file")
def test_the_real_plate_network_runs_at_any_size():
    path = Path(LPD_YUNET)
    detector = zoo.build("plates", "lpd_yunet", path, sha256_of(path), "Apache-2.0", "fast")
    for size in ((1, 1), (240, 320), (333, 500)):
        found = detector(np.full((*size, 3), 100, np.uint8))
        assert set(found.kinds) <= {Kind.PLATE}
