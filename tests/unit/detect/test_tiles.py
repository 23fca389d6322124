from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import geometry
from workbench.detect.fuse import fuse, rescaled
from workbench.detect.tiles import Pass, _spans, distinct, look
from workbench.values import Detections, Kind


def find_marks(image):
    """A detector that finds bright rectangles: the bounding box of what is brighter than half."""
    rows, columns = np.nonzero(image[:, :, 0] > 128)
    if not len(rows):
        return Detections.empty()
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return Detections.of(Kind.FACE, [box], [0.9], "marks")


def marked(width, height, box):
    image = np.zeros((height, width, 3), np.uint8)
    image[box[1] : box[3], box[0] : box[2]] = 255
    return image


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.integers(20, 90), st.integers(20, 90)),
    st.sampled_from([0.5, 1.0, 2.0]),
    st.booleans(),
    st.integers(0, 3),
)
def test_boxes_come_back_to_where_the_object_is(size, scale, mirrored, turns):
    width, height = size
    box = [4, 8, 12, 14]
    (found,) = look(marked(width, height, box), [Pass(scale, mirrored, turns)], find_marks)
    assert len(found) == 1
    assert np.abs(found.boxes[0] - box).max() <= 2 / scale


@pytest.mark.parametrize("turns", [0, 1])
def test_tiles_find_what_lies_across_their_border_once(turns):
    seen = []

    def find(image):
        seen.append(image.shape)
        return find_marks(image)

    box = [95, 60, 105, 70]
    (found,) = look(marked(200, 160, box), [Pass(turns=turns)], find, tile=100, overlap=30)
    assert len(seen) > 1
    assert max(max(shape[:2]) for shape in seen) <= 100
    assert found.boxes.tolist() == [box]


@given(st.integers(1, 5000), st.integers(40, 600), st.integers(0, 30))
def test_spans_cover_everything_and_overlap(length, tile, overlap):
    spans = _spans(length, tile, overlap)
    assert spans[0][0] == 0
    assert spans[-1][1] == length
    assert all(0 < stop - start <= tile for start, stop in spans)
    assert all(after[0] <= before[1] - overlap + 1 for before, after in pairwise(spans))


def test_a_pass_that_sees_nothing_gives_empty_detections():
    assert [len(each) for each in look(np.zeros((5, 7, 3), np.uint8), [Pass(), Pass(0.01)], find_marks)] == [0, 0]


def test_distinct_drops_repeats_of_one_kind_only():
    box = [[0, 0, 10, 10]]
    both = [Detections.of(kind, box, [score], "x") for kind in (Kind.FACE, Kind.PLATE) for score in (0.4, 0.6)]
    found = distinct(Detections.concat(both))
    assert sorted(found.kinds) == ["face", "plate"]
    assert found.scores.tolist() == pytest.approx([0.6, 0.6])
    assert len(distinct(Detections.empty())) == 0


def faces(*rows):
    rows = np.array(rows, np.float32).reshape(-1, 5)
    return Detections.of(Kind.FACE, rows[:, :4], rows[:, 4], "x")


def test_agreement_raises_the_score_and_averages_the_box():
    found = fuse([faces([0, 0, 10, 10, 0.5]), faces([2, 0, 12, 10, 0.5]), faces([50, 50, 60, 60, 0.5])])
    assert found.scores.tolist() == pytest.approx([0.75, 0.5])
    assert found.boxes.tolist() == [[1, 0, 11, 10], [50, 50, 60, 60]]


def test_one_look_counts_once_however_often_it_sees_a_thing():
    repeated = faces([0, 0, 10, 10, 0.4], [1, 0, 11, 10, 0.3])
    assert fuse([repeated, faces()]).scores.tolist() == pytest.approx([0.4])


def test_fusing_nothing_or_one_look():
    assert len(fuse([])) == len(fuse([faces(), faces()])) == 0
    one = faces([0, 0, 10, 10, 0.9], [30, 0, 40, 10, 0.1])
    assert np.allclose(fuse([one]).boxes, one.boxes)
    assert fuse([one]).scores.tolist() == pytest.approx([0.9, 0.1])


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=20), st.floats(0.01, 0.9))
def test_the_operating_point_becomes_the_profiles_threshold(scores, point):
    values = np.array(scores)
    calibrated = rescaled(values, point)
    order = np.argsort(values)
    assert (np.diff(calibrated[order]) >= 0).all()
    assert ((calibrated >= 0) & (calibrated <= 1)).all()
    assert rescaled(np.array([point]), point)[0] == pytest.approx(0.2)


def test_fused_boxes_stay_near_every_member():
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 200, (60, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(5, 60, (60, 2))], axis=1)
    looks = [faces(*np.column_stack([boxes[i::3], rng.uniform(0.05, 1, 20)])) for i in range(3)]
    found = fuse(looks)
    assert (geometry.iou(geometry.as_boxes(boxes), found.boxes).max(axis=1) > 0.2).all()
