"""What a search of redacted pictures finds that is not hidden."""

import numpy as np
import pytest

from workbench import geometry
from workbench.assess.attack import Hidden, Limit, seen, share
from workbench.values import Detections, Kind

LIMITS = {Kind.FACE: Limit(0.2, 10)}
NOTHING = Hidden(geometry.as_boxes([]), [])


def face(box, score=0.9, kind=Kind.FACE):
    return Detections.of(kind, [box], [score], "test")


@pytest.mark.parametrize(
    ("found", "hidden", "left", "where"),
    [
        (Detections.empty(), NOTHING, None, []),
        (face([0, 0, 20, 20]), NOTHING, None, ["visible"]),
        (face([0, 0, 20, 20], 0.19), NOTHING, None, []),
        (face([0, 0, 20, 20], kind=Kind.PLATE), NOTHING, None, []),
        (face([0, 0, 9, 20]), NOTHING, None, ["small"]),
        (face([0, 0, 20, 20]), Hidden(geometry.as_boxes([[0, 0, 20, 12]]), ["solid"]), None, []),
        (face([0, 0, 20, 20]), Hidden(geometry.as_boxes([[0, 0, 20, 12]]), ["blur"]), None, ["soft"]),
        (face([0, 0, 20, 20]), Hidden(geometry.as_boxes([[0, 0, 20, 12]]), ["pixelate"]), None, ["soft"]),
        (face([0, 0, 20, 20]), Hidden(geometry.as_boxes([[0, 0, 20, 8]]), ["solid"]), None, ["visible"]),
        (face([0, 0, 20, 20]), NOTHING, geometry.as_boxes([[1, 0, 20, 20]]), ["left"]),
        (face([0, 0, 20, 20]), NOTHING, geometry.as_boxes([[30, 0, 50, 20]]), ["visible"]),
    ],
)
def test_only_what_tells_something_counts(found, hidden, left, where):
    assert [row.where for row in seen(found, hidden, LIMITS, left)] == where


def test_the_surest_comes_first_with_its_place():
    found = Detections.of(Kind.FACE, [[0, 0, 20, 20], [30, 0, 60, 30]], [0.3, 0.8], "test")
    rows = seen(found, NOTHING, LIMITS)
    assert [round(row.score, 1) for row in rows] == [0.8, 0.3]
    assert rows[0].box == (30, 0, 60, 30)


def test_the_covered_share_is_that_of_the_union():
    halves = geometry.as_boxes([[0, 0, 10, 20], [5, 0, 15, 20]])
    assert share(geometry.as_boxes([0, 0, 20, 20])[0], halves) == pytest.approx(0.75)
    assert share(np.array([0, 0, 20, 20], np.float32), geometry.as_boxes([])) == 0
