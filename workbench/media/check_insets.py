"""Which pixels of a region lie so far inside that the codec does not mix them with the surroundings."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]
Mask = NDArray[np.bool_]
Window = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the picture"""


@dataclass(frozen=True, eq=False)
class Patch:
    """Some pixels of a plane."""

    window: tuple[slice, slice]
    mask: Mask | None = None

    def of(self, plane: Plane) -> Plane:
        """Return the pixels: a window, or a list of those in the mask."""
        part = plane[self.window]
        return part if self.mask is None else part[self.mask]


@dataclass(frozen=True)
class Picture:
    """What all frames of a video have in common."""

    width: int
    height: int
    divisors: tuple[int, int]
    """how many luma samples a chroma sample stands for, across and down"""
    depth: int = 8
    """bits"""

    @property
    def unit(self) -> float:
        """Return how many levels of the planes one level of 255 is."""
        return float(1 << (self.depth - 8))


def side_of(box: Window, mask: Mask | None) -> float:
    """Return the shorter side in px of a box, or of the thickest part of a mask inside it."""
    if mask is None:
        return min(box[2] - box[0], box[3] - box[1])
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_C, 3)
    return 2 * float(depth.max()) - 1


def inset(box: Window, mask: Mask | None, reach: int, picture: Picture) -> Patch | None:
    """Return what lies `reach` px and more inside; the picture's own edge has no neighbours that reach in."""
    x0, y0, x1, y1 = box
    left, top = (reach if x0 > 0 else 0), (reach if y0 > 0 else 0)
    right, bottom = (reach if x1 < picture.width else 0), (reach if y1 < picture.height else 0)
    if x1 - x0 <= left + right or y1 - y0 <= top + bottom:
        return None
    if mask is None:
        return Patch((slice(y0 + top, y1 - bottom), slice(x0 + left, x1 - right)))
    inside = _eroded(mask, reach, (left, top, right, bottom))
    return Patch((slice(y0, y1), slice(x0, x1)), inside) if inside.any() else None


@cache
def _square(reach: int) -> NDArray[np.uint8]:
    return np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)


def _eroded(mask: Mask, reach: int, sides: Window) -> Mask:
    """Return a mask without a rim; on sides that are 0 it goes on beyond its array."""
    left, top, right, bottom = (1 if side else 0 for side in sides)
    if all(sides):
        return np.asarray(
            cv2.erode(mask.view(np.uint8), _square(reach), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
        )
    padded = np.pad(mask.view(np.uint8), ((top, bottom), (left, right)))
    height, width = mask.shape
    # What is outside the array counts as inside; the row of zeros just added keeps an edge there.
    inner = cv2.erode(padded, _square(reach))
    return np.asarray(inner[top : top + height, left : left + width] > 0)


def chroma_of(core: Patch, picture: Picture) -> Patch | None:
    """Return the chroma samples that lie wholly inside a patch of luma samples."""
    across, down = picture.divisors
    rows, columns = core.window
    y0, y1, x0, x1 = -(-rows.start // down), rows.stop // down, -(-columns.start // across), columns.stop // across
    if y1 <= y0 or x1 <= x0:
        return None
    window = slice(y0, y1), slice(x0, x1)
    if core.mask is None:
        return Patch(window)
    part = core.mask[
        y0 * down - rows.start : y1 * down - rows.start, x0 * across - columns.start : x1 * across - columns.start
    ]
    mask = np.asarray(part.reshape(y1 - y0, down, x1 - x0, across).all(axis=(1, 3)))
    return Patch(window, mask) if mask.any() else None
