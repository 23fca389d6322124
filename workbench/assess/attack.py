"""What a search of redacted pictures finds that is not hidden: a pure function of boxes.

It answers one question: would a program that looks for people still find some in what is about to leave? It does not
say who they are, and what the detectors cannot see, they do not see here either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from workbench import geometry
from workbench.values import Detections, Kind, Method

INSIDE = 0.5
"""share of a found box under hidden regions from which on it is what was hidden, and not something beside it"""
SAME = 0.5
"""IoU from which on a found box is what a person left visible"""
POINTS = 16
"""per side: of the grid by which it is told how much of a box is covered"""
Where = Literal["visible", "soft", "small", "left"]
"""beside everything hidden; inside a blurred or pixelated region; beside, but smaller than what the profile hides; or
left visible by a person's word"""
SOFT = (Method.BLUR, Method.PIXELATE)


@dataclass(frozen=True)
class Limit:
    """From when on something that is found counts."""

    min_score: float
    """0..1"""
    min_size: float
    """px of the shorter side, in the output"""


@dataclass(frozen=True, eq=False)
class Hidden:
    """What is hidden in one frame of an output."""

    boxes: geometry.Boxes
    """``(M, 4)`` px"""
    methods: Sequence[str]
    """of each"""


@dataclass(frozen=True)
class Seen:
    """Something that was found in an output."""

    kind: Kind
    score: float
    box: tuple[float, float, float, float]
    """px of the output"""
    where: Where


def seen(
    found: Detections, hidden: Hidden, limits: Mapping[Kind, Limit], left: geometry.Boxes | None = None
) -> list[Seen]:
    """Return what was found in one frame of an output that tells something, the highest score first.

    Parameters
    ----------
    found : Detections
        Of the output, in its px.
    hidden : Hidden
    limits : mapping
        Of every kind that counts; other kinds are passed over.
    left : ndarray of shape (K, 4), px, optional
        What people left visible on purpose.

    Notes
    -----
    What is found inside a fill is a mistake of the detector: no pixel of the object is left there.
    """
    rows = []
    soft = [method in SOFT for method in hidden.methods]
    solid = geometry.as_boxes(hidden.boxes[np.logical_not(soft)]) if len(hidden.boxes) else geometry.as_boxes([])
    kept = geometry.as_boxes([]) if left is None else left
    for at in range(len(found)):
        kind, score = Kind(str(found.kinds[at])), float(found.scores[at])
        limit = limits.get(kind)
        if limit is None or score < limit.min_score:
            continue
        box = geometry.as_boxes(found.boxes[at])
        if share(box[0], solid) >= INSIDE:
            continue
        x0, y0, x1, y1 = (float(part) for part in box[0])
        where: Where = "visible"
        if share(box[0], hidden.boxes) >= INSIDE:
            where = "soft"
        elif len(kept) and geometry.iou(box, kept).max() >= SAME:
            where = "left"
        elif min(x1 - x0, y1 - y0) < limit.min_size:
            where = "small"
        rows.append(Seen(kind, score, (x0, y0, x1, y1), where))
    return sorted(rows, key=lambda row: -row.score)


def share(box: geometry.Boxes, regions: geometry.Boxes) -> float:
    """Return how much of one box ``(4,)`` lies under the union of regions ``(M, 4)``, 0..1."""
    if not len(regions):
        return 0.0
    steps = (np.arange(POINTS) + 0.5) / POINTS
    xs = box[0] + steps * (box[2] - box[0])
    ys = box[1] + steps * (box[3] - box[1])
    across = (regions[:, None, 0] <= xs) & (xs < regions[:, None, 2])
    down = (regions[:, None, 1] <= ys) & (ys < regions[:, None, 3])
    return float((across[:, None, :] & down[:, :, None]).any(axis=0).mean())
