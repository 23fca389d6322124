"""Looks at one picture several times: reduced, enlarged, in tiles, mirrored, turned.

Any detector function can be run through it. Every box comes back in pixels of the original picture.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.values import Detections

Image = NDArray[np.uint8]
Find = Callable[[Image], Detections]

DUPLICATE = 0.3
"""IoU from which two boxes of one kind in one pass are the same object (the usual NMS threshold)."""


@dataclass(frozen=True)
class Pass:
    """One way of looking at a picture."""

    scale: float = 1.0
    """factor on both sides"""
    mirrored: bool = False
    """left and right exchanged"""
    turns: int = 0
    """quarter turns anticlockwise before the detector sees it"""


def look(image: Image, passes: Sequence[Pass], find: Find, tile: int = 2048, overlap: int = 256) -> list[Detections]:
    """Return what `find` sees in each pass, in pixels of `image`.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8, RGB
    passes : sequence of Pass
    find : callable
        Gets one picture, returns detections in pixels of that picture.
    tile : int, px
        Memory bound: a pass whose picture has more than ``tile * tile`` pixels, or a side of more than twice
        `tile`, is cut into overlapping tiles of at most that side.
    overlap : int, px
        What neighbouring tiles share, so that an object up to that size is seen whole by one of them.
    """
    return [_one(image, each, find, tile, overlap) for each in passes]


def _one(image: Image, each: Pass, find: Find, tile: int, overlap: int) -> Detections:
    height, width = image.shape[:2]
    wide, high = max(1, round(width * each.scale)), max(1, round(height * each.scale))
    seen = image if (wide, high) == (width, height) else _resized(image, wide, high)
    if each.mirrored:
        seen = np.asarray(cv2.flip(seen, 1), np.uint8)  # in a tenth of the time of a reversed copy
    if each.turns % 4:
        seen = np.rot90(seen, each.turns % 4)
    parts = []
    for x, y, piece in _tiles(seen, tile, overlap):
        found = find(np.ascontiguousarray(piece))
        parts.append(_replaced(found, found.boxes + np.array([x, y, x, y], np.float32)))
    found = parts[0] if len(parts) == 1 else distinct(Detections.concat(parts))
    boxes = _turned_back(found.boxes, each.turns % 4, wide, high)
    if each.mirrored:
        boxes = np.stack([wide - boxes[:, 2], boxes[:, 1], wide - boxes[:, 0], boxes[:, 3]], axis=1)
    boxes = boxes * np.array([width / wide, height / high] * 2, np.float32)
    return _replaced(found, geometry.clip(boxes, width, height))


def distinct(found: Detections, threshold: float = DUPLICATE) -> Detections:
    """Return detections without what non-maximum suppression drops, kind by kind; best score first."""
    kept = [
        rows[geometry.nms(found.boxes[rows], found.scores[rows], threshold)]
        for rows in (np.flatnonzero(found.kinds == kind) for kind in np.unique(found.kinds))
    ]
    if not kept:
        return found
    rows = np.concatenate(kept)
    return found[rows[np.argsort(-found.scores[rows], kind="stable")]]


def _resized(image: Image, wide: int, high: int) -> Image:
    # Area averaging when shrinking, or thin structures alias into false objects.
    how = cv2.INTER_AREA if wide < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (wide, high), interpolation=how), np.uint8)


def _tiles(image: Image, tile: int, overlap: int) -> Iterator[tuple[int, int, Image]]:
    height, width = image.shape[:2]
    if width * height <= tile * tile and max(width, height) <= 2 * tile:
        yield 0, 0, image
        return
    for y0, y1 in _spans(height, tile, overlap):
        for x0, x1 in _spans(width, tile, overlap):
            yield x0, y0, image[y0:y1, x0:x1]


def _spans(length: int, tile: int, overlap: int) -> list[tuple[int, int]]:
    """Return the fewest equal spans of at most `tile` that cover `length` and share `overlap`."""
    if length <= tile:
        return [(0, length)]
    count = math.ceil((length - overlap) / (tile - overlap))
    side = math.ceil((length + (count - 1) * overlap) / count)
    starts = [round(index * (length - side) / (count - 1)) for index in range(count)]
    return [(start, start + side) for start in starts]


def _turned_back(boxes: geometry.Boxes, turns: int, wide: int, high: int) -> geometry.Boxes:
    """Map boxes of a picture that was turned anticlockwise back to the upright one of `wide` by `high` pixels."""
    x0, y0, x1, y1 = boxes.T
    if turns == 1:
        return np.stack([wide - y1, x0, wide - y0, x1], axis=1)
    if turns == 2:
        return np.stack([wide - x1, high - y1, wide - x0, high - y0], axis=1)
    if turns == 3:
        return np.stack([y0, high - x1, y1, high - x0], axis=1)
    return boxes


def _replaced(found: Detections, boxes: geometry.Boxes) -> Detections:
    return Detections(boxes, found.scores, found.kinds, found.origins, found.tracks)
