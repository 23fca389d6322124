"""Pure functions on axis-aligned boxes.

Boxes are ``(N, 4)`` arrays ``[x0, y0, x1, y1]`` in pixels, half open, the origin at the first
pixel's outer corner. Nothing here modifies its arguments, and every rounding errs outward.
"""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Boxes = NDArray[np.float32]


def as_boxes(boxes: ArrayLike) -> Boxes:
    """Return ``boxes`` as a fresh ``(N, 4)`` float32 array; an empty input gives ``(0, 4)``."""
    return np.array(boxes, dtype=np.float32).reshape(-1, 4)


def area(boxes: Boxes) -> NDArray[np.float32]:
    """Return the area of each box in square pixels; a box with a negative side counts as 0."""
    sides = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], dtype=np.float32)


def shorter_side(boxes: Boxes) -> NDArray[np.float32]:
    """Return the shorter side of each box in pixels."""
    return np.asarray(np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]), np.float32)


def clip(boxes: Boxes, width: int, height: int) -> Boxes:
    """Return boxes cut to a picture of ``width`` by ``height`` pixels (they may become empty)."""
    limits = np.array([width, height, width, height], dtype=np.float32)
    return np.clip(boxes, 0, limits)


LONG = 2.5
"""a side counts for the margin up to this many times the other one"""


def pad(boxes: Boxes, fraction: float | NDArray[np.float32]) -> Boxes:
    """Return boxes grown on every side by ``fraction`` of that axis's length.

    A long side counts as at most `LONG` times the short one, so that the margin of a line of text
    follows its height and does not swallow what stands beside it.
    """
    share = np.broadcast_to(np.asarray(fraction, dtype=np.float32), (len(boxes),))[:, None]
    sides = boxes[:, 2:] - boxes[:, :2]
    margin = np.minimum(sides, LONG * sides[:, ::-1]) * share
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)


def round_outward(boxes: Boxes, grid: int = 1, origin: tuple[int, int] = (0, 0)) -> NDArray[np.int32]:
    """Return the smallest boxes on a grid of ``grid`` pixels through ``origin`` that contain the given ones."""
    low = np.floor((boxes[:, :2] - origin) / grid) * grid + origin
    high = np.ceil((boxes[:, 2:] - origin) / grid) * grid + origin
    return np.concatenate([low, high], axis=1).astype(np.int32)


def intersection(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Return the ``(N, M)`` areas that every pair of boxes shares."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    sides = np.maximum(high - low, 0)
    return np.asarray(sides[..., 0] * sides[..., 1], dtype=np.float32)


def iou(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Return the ``(N, M)`` intersection over union; two empty boxes have 0."""
    shared = intersection(first, second)
    union = area(first)[:, None] + area(second)[None, :] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0), dtype=np.float32)


def nms(boxes: Boxes, scores: NDArray[np.float32], threshold: float) -> NDArray[np.intp]:
    """Return the indices that survive greedy non-maximum suppression, best score first.

    A box is dropped when its IoU with a better one exceeds ``threshold``. All have an area and a score above 0.
    """
    if not len(boxes):
        return np.zeros(0, np.intp)
    rectangles = boxes.astype(np.float64)
    rectangles[:, 2:] -= rectangles[:, :2]
    return np.asarray(cv2.dnn.NMSBoxes(rectangles, scores, 0.0, threshold), np.intp)
