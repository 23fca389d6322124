"""Joins what several detectors saw in one picture, kind by kind, so that nothing is covered less than before."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.values import Detections, Kind

ALIKE = 0.6
"""IoU from which two boxes may be the same object; below it both are kept (one box in the corner of a larger one
would not be covered by the larger one's ellipse)"""
SLACK = 0.15
"""How far the worse box may stick out on any side, as a fraction of the better one's; half of the usual padding"""


def merge(parts: Sequence[Detections]) -> Detections:
    """Return the detections of several detectors as one set, best score first.

    Within a kind, a box is dropped when a better one is nearly the same: IoU of at least 0.6, and sticking out of
    it by no more than 0.15 of its side. Everything else is kept. Text that is nearly the same as a plate of at
    least its score is only reported as a plate.

    Parameters
    ----------
    parts : sequence of Detections
        Of the same picture; their order does not matter.
    """
    found = Detections.concat(list(parts))
    if not len(found):
        return found
    found = found[_order(found)]
    keep = np.ones(len(found), dtype=bool)
    for kind in np.unique(found.kinds):
        _drop_repeated(found.boxes, keep, np.flatnonzero(found.kinds == kind))
    plates = np.flatnonzero(keep & (found.kinds == Kind.PLATE))
    for row in np.flatnonzero(keep & (found.kinds == Kind.TEXT)):
        better = found.boxes[plates[found.scores[plates] >= found.scores[row]]]
        keep[row] = not any(_stands_for(plate[None], found.boxes[row : row + 1])[0] for plate in better)
    return found[keep]


def _order(found: Detections) -> NDArray[np.intp]:
    """Return the rows by falling score; ties by content, so that the order of the parts never shows."""
    x0, y0, x1, y1 = found.boxes.T
    return np.lexsort((found.tracks, found.origins, y1, x1, y0, x0, found.kinds, -found.scores))


def _drop_repeated(boxes: geometry.Boxes, keep: NDArray[np.bool_], rows: NDArray[np.intp]) -> None:
    """Clear `keep` for the rows of one kind (best first) that a better one stands for."""
    while rows.size > 1:
        best, rest = rows[0], rows[1:]
        same = _stands_for(boxes[best : best + 1], boxes[rest])
        keep[rest[same]] = False
        rows = rest[~same]


def _stands_for(best: geometry.Boxes, others: geometry.Boxes) -> NDArray[np.bool_]:
    """Return which of the ``(N, 4)`` other boxes are nearly the same as one box ``(1, 4)``."""
    room = geometry.pad(best, SLACK)
    inside = (others[:, :2] >= room[:, :2]).all(axis=1) & (others[:, 2:] <= room[:, 2:]).all(axis=1)
    return np.asarray(inside & (geometry.iou(best, others)[0] >= ALIKE))
