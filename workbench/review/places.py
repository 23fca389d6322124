"""From objects and boxes of one photo to corrections, and back to what they are about. Pure functions."""

from collections.abc import Sequence

import numpy as np

from workbench import geometry
from workbench.review.marks import SAME, SMALLEST, Box, Candidate, Mark
from workbench.values import Action, Correction, Detections, Kind, UsageError


def drawn(number: int, kind: Kind, box: Sequence[float], size: tuple[int, int]) -> Correction:
    """Return what hides a box that a person drew, cut to the picture.

    Raises
    ------
    UsageError
        When next to nothing of it is inside.
    """
    low, high = np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])
    (cut,) = geometry.clip(geometry.as_boxes([*low, *high]), *size)
    if min(cut[2] - cut[0], cut[3] - cut[1]) < SMALLEST:
        raise UsageError("A box needs a width and a height inside the picture: draw it anew.")
    return Correction(Action.ADD, 0, 0, number, kind=kind, boxes=((0.0, *_rounded(cut)),))


def about(action: Action, mark: Mark) -> Correction:
    """Return a correction of an object, by which it is found again after a new search."""
    return Correction(action, 0, 0, mark.number, kind=mark.kind, boxes=((0.0, *_rounded(mark.box)),))


def standing(corrections: Sequence[Correction], mark: Mark) -> tuple[Correction, ...]:
    """Return the corrections of an object: by number and place, since a new search may count anew."""
    numbered = tuple(one for one in corrections if one.track == mark.number)
    if not mark.own:
        return _here(numbered, mark)
    # Where what was accepted is not found any more, `corrections.lay` hides the place under a number of its own.
    lost = [one for one in corrections if one.action in (Action.ACCEPT, Action.EXTEND)]
    return numbered or _here(lost, mark)


def there(candidate: Candidate, marks: Sequence[Mark], covers: float) -> Mark | None:
    """Return the object at a candidate: the same box, or one that covers this share of it."""
    if not marks:
        return None
    place, boxes = geometry.as_boxes(candidate.box), geometry.as_boxes([mark.box for mark in marks])
    same = geometry.iou(place, boxes)[0]
    within = geometry.intersection(place, boxes)[0] / np.maximum(geometry.area(place)[0], 1e-9)
    fits = (same >= SAME) | (within >= covers)
    best = max(range(len(marks)), key=lambda at: (fits[at], marks[at].kind is candidate.kind, same[at]))
    return marks[best] if fits[best] else None


def detection(mark: Mark) -> Detections:
    """Return an object as the only one that was found."""
    return Detections(np.array([mark.box]), np.array([mark.score]), np.array([mark.kind]), np.array([mark.origin]))


def _here(corrections: Sequence[Correction], mark: Mark) -> tuple[Correction, ...]:
    return tuple(one for one in corrections if any(_iou(box[1:], mark.box) >= SAME for box in one.boxes))


def _rounded(box: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (round(float(part), 1) for part in box)
    return x0, y0, x1, y1


def _iou(one: Sequence[float], other: Sequence[float]) -> float:
    return float(geometry.iou(geometry.as_boxes(one), geometry.as_boxes(other))[0, 0])
