"""Lines of writing: rectangles at any angle, made from a text detector's map, merged, and covered by upright boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.detect.protocol import FLOOR

Map = NDArray[np.uint8]
Quad = NDArray[np.float32]

UNREADABLE = 0.5
"""a reading with less mean confidence says nothing"""
_MARKED = 0.2
"""share of certainty from which a pixel belongs to writing; 0.3 as in PP-OCR breaks faint plates into pieces"""
_GROW = 1.6
"""PP-OCR's unclip ratio: the map marks the core of a line, and the line is larger by this times area over girth"""
_THINNEST = 3.0
"""px of the map: thinner cores are noise"""


@dataclass(frozen=True, eq=False)
class Line:
    """One piece of writing that a text detector found."""

    quad: NDArray[np.float32]
    """``(4, 2)`` float32, px: corners in order, the first side along the writing"""
    score: float
    text: str | None = None
    """what a reader made of it; None when nobody tried"""
    confidence: float = 0.0
    """of the reading, 0..1"""

    @cached_property
    def box(self) -> NDArray[np.float32]:
        """``(4,)`` float32, px: the upright box around the corners."""
        return np.concatenate([self.quad.min(axis=0), self.quad.max(axis=0)])

    @cached_property
    def length(self) -> float:
        """Extent along the writing, px."""
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))

    @cached_property
    def height(self) -> float:
        """Extent across the writing, px."""
        return float(np.linalg.norm(self.quad[2] - self.quad[1]))

    @property
    def aspect(self) -> float:
        """Length over height."""
        return self.length / max(self.height, 1e-6)

    @property
    def readable(self) -> bool:
        """Whether a reader was sure enough."""
        return bool(self.text) and self.confidence >= UNREADABLE

    @property
    def signs(self) -> int:
        """How many letters and digits a reader was sure enough of."""
        return sum(sign.isalnum() for sign in self.text or "") if self.readable else 0


def oriented(quad: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a rectangle's corners in order, starting at the left end of its longer side (the upper one if upright)."""
    if np.linalg.norm(quad[1] - quad[0]) < np.linalg.norm(quad[2] - quad[1]):
        quad = np.roll(quad, -1, axis=0)
    along = quad[1] - quad[0]
    forwards = along[0] > 0 if abs(along[0]) >= abs(along[1]) else along[1] > 0
    return np.asarray(quad if forwards else np.roll(quad, -2, axis=0), np.float32)


def lines_from_map(found: Map, scale: NDArray[np.float32], floor: float = FLOOR) -> list[Line]:
    """Return the rectangles around what a map marks as writing.

    Parameters
    ----------
    found : ndarray of shape (H, W), uint8
        Certainty, 0..255.
    scale : ndarray of shape (2,), float32
        Pixels of the picture per pixel of the map, x and y.
    floor : float
        Lines with less mean certainty are left out.
    """
    marked = cv2.dilate((found > _MARKED * 255).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, levels = cv2.findContours(marked, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    lines = []
    for index, contour in enumerate(contours):
        if levels[0, index, 3] >= 0:
            continue  # the inner side of a ring, which its outer side covers
        middle, (wide, high), angle = cv2.minAreaRect(contour)
        if min(wide, high) < _THINNEST:
            continue
        score = _mean_inside(found, cv2.boxPoints((middle, (wide, high), angle)))
        if score < floor:
            continue
        grown = wide * high * _GROW / (wide + high)  # both sides: area * ratio / girth * 2
        quad = cv2.boxPoints((middle, (wide + grown, high + grown), angle)) * scale
        lines.append(Line(oriented(quad), score))
    return lines


def _mean_inside(found: Map, quad: NDArray[np.float32]) -> float:
    x0, y0 = np.maximum(np.floor(quad.min(axis=0)).astype(int), 0)
    x1, y1 = np.ceil(quad.max(axis=0)).astype(int) + 1
    part = found[y0:y1, x0:x1]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [(quad - [x0, y0]).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0]) / 255


def distinct(lines: Sequence[Line]) -> list[Line]:
    """Return lines, best first, with what several passes saw of the same thing made one.

    Two lines are the same when most of the smaller one lies in the other and their sizes are alike; they become
    the smallest rectangle around both, so that nothing that was covered is lost.
    """
    kept: list[Line] = []
    boxes = np.zeros((0, 4), np.float32)
    for line in sorted(lines, key=lambda line: -line.score):
        own = line.box[None]
        shared = geometry.intersection(own, boxes)[0]
        areas, area = geometry.area(boxes), geometry.area(own)[0]
        smaller, larger = np.minimum(areas, area), np.maximum(areas, area)
        same = np.flatnonzero((shared >= 0.7 * smaller) & (smaller >= 0.4 * larger))
        if not len(same):
            kept.append(line)
            boxes = np.concatenate([boxes, own])
            continue
        first = kept[same[0]]
        around = cv2.boxPoints(cv2.minAreaRect(np.concatenate([first.quad, line.quad])))
        kept[same[0]] = Line(oriented(around), first.score)
        boxes[same[0]] = kept[same[0]].box
    return kept


def upright_boxes(quad: NDArray[np.float32]) -> geometry.Boxes:
    """Return upright boxes that cover a rectangle's corners and all between.

    One box, unless the rectangle is so slanted that most of it would be beside the writing: then a row of
    boxes along it.

    Returns
    -------
    ndarray of shape (N, 4), float32, px
    """
    along, across = quad[1] - quad[0], quad[3] - quad[0]
    length, height = float(np.linalg.norm(along)), float(np.linalg.norm(across))
    whole = np.concatenate([quad.min(axis=0), quad.max(axis=0)])[None]
    if geometry.area(whole)[0] <= 2 * length * height or height <= 0:
        return np.asarray(whole, np.float32)
    count = min(12, int(np.ceil(length / height)))
    ends = quad[0] + np.linspace(0, 1, count + 1)[:, None] * along
    corners = np.stack([ends[:-1], ends[1:], ends[:-1] + across, ends[1:] + across], axis=1)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1).astype(np.float32)
