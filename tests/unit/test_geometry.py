import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import geometry

coordinates = st.floats(-1000, 1000, width=32)
boxes = st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates), max_size=12).map(
    lambda rows: geometry.as_boxes([(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in rows])
)


@pytest.mark.parametrize(
    ("box", "fraction", "expected"),
    [
        (np.zeros((0, 4)), 0.3, np.zeros((0, 4))),
        ([[0, 0, 10, 20]], 0.3, [[-3, -6, 13, 26]]),
        ([[0, 0, 10, 20]], 0, [[0, 0, 10, 20]]),
        ([[0, 0, 100, 10]], 0.4, [[-10, -4, 110, 14]]),  # a line of text: 2.5 times its height counts
    ],
)
def test_pad(box, fraction, expected):
    assert geometry.pad(geometry.as_boxes(box), fraction).tolist() == np.array(expected, float).tolist()


@given(boxes, st.integers(1, 16))
def test_rounding_never_loses_a_part_of_a_box(found, grid):
    rounded = geometry.round_outward(found, grid)
    assert (rounded[:, :2] <= found[:, :2]).all()
    assert (rounded[:, 2:] >= found[:, 2:]).all()
    assert (rounded % grid == 0).all()


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0, 0, 10, 10], [0, 0, 10, 10], 1),
        ([0, 0, 10, 10], [10, 0, 20, 10], 0),
        ([0, 0, 10, 10], [5, 0, 15, 10], 1 / 3),
        ([0, 0, 0, 0], [0, 0, 0, 0], 0),
    ],
)
def test_iou(first, second, expected):
    assert geometry.iou(geometry.as_boxes([first]), geometry.as_boxes([second]))[0, 0] == pytest.approx(expected)


@given(boxes, st.floats(0, 1))
def test_nms_keeps_the_best_and_drops_only_what_overlaps_something_kept(found, threshold):
    found = found[geometry.area(found) > 0]
    scores = np.linspace(1, 0.05, len(found), dtype=np.float32)
    kept = geometry.nms(found, scores, threshold)
    assert len(set(kept.tolist())) == len(kept)
    if len(found):
        assert kept[0] == 0
    overlaps = geometry.iou(found, found[kept])
    for index in set(range(len(found))) - set(kept.tolist()):
        assert overlaps[index].max() >= threshold - 1e-3
