"""Which pixels the regions of one frame cover, and which of them the same regions cover."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.values import Shape

Mask = NDArray[np.bool_]
Pixels = NDArray[Any]
Window = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the picture"""


@dataclass(frozen=True)
class Region:
    """One row of the manifest for one frame."""

    kind: str
    method: str
    shape: str
    box: Window

    def masks(self, window: Window) -> tuple[Mask, Mask]:
        """Return which pixels of a window the region surely covers, and those on the open edge of an ellipse."""
        size = window[3] - window[1], window[2] - window[0]
        sure, rim = np.zeros(size, bool), np.zeros(size, bool)
        shared = _shared(self.box, window)
        if not shared:
            return sure, rim
        part = within(shared, window)
        if self.shape != Shape.ELLIPSE:
            sure[part] = True
            return sure, rim
        x0, y0, x1, y1 = self.box
        across = np.arange(shared[0], shared[2]) + 0.5 - (x0 + x1) / 2
        down = np.arange(shared[1], shared[3])[:, None] + 0.5 - (y0 + y1) / 2
        # How a rim of 1.5 px is drawn is left to whoever draws it.
        inner, outer = (
            (across / max((x1 - x0) / 2 + reach, 0.1)) ** 2 + (down / max((y1 - y0) / 2 + reach, 0.1)) ** 2 <= 1
            for reach in (-1.5, 1.5)
        )
        sure[part], rim[part] = inner, outer & ~inner
        return sure, rim

    def __str__(self) -> str:
        return f"the {self.kind} at {list(self.box)}"


@dataclass(frozen=True)
class Area:
    """Pixels that the same regions cover: whichever of them won there, it won everywhere in the area."""

    members: list[int]
    """the regions, by their place in the frame's list, lowest first"""
    mask: Mask
    """the pixels, in the window that was asked for"""
    is_part: bool
    """it is not the whole first region"""


def boxes_of(regions: Sequence[Region]) -> NDArray[np.int64]:
    """Return the boxes as rows of an ``(N, 4)`` array."""
    return np.array([region.box for region in regions], np.int64).reshape(-1, 4)


def areas(regions: Sequence[Region], boxes: NDArray[np.int64], index: int, window: Window) -> Iterator[Area]:
    """Yield every area of a window in which the region `index` is the first of those that cover it.

    Parameters
    ----------
    regions : sequence of Region
        All of the frame.
    boxes : ndarray of shape (N, 4), int64, px
        Their boxes, see `boxes_of`.
    index : int
        The region whose areas are wanted.
    window : tuple of int, px
        Contains its box. Pixels on the open edge of any ellipse belong to no area.
    """
    mine, _ = regions[index].masks(window)
    whole = int(np.count_nonzero(mine))
    later: list[tuple[int, Window, Mask]] = []
    for other in _touching(boxes, index):
        shared = _shared(regions[other].box, regions[index].box)
        if other == index or not shared:
            continue
        sure, rim = regions[other].masks(shared)
        # What an earlier region covers as well is an area of that one.
        mine[within(shared, window)] &= ~(rim | sure) if other < index else ~rim
        if other > index and sure.any():
            later.append((other, shared, sure))
    if not mine.any():
        return
    if not later:
        yield Area([index], mine, int(np.count_nonzero(mine)) < whole)
        return
    names = np.zeros(mine.shape, np.int64)
    # A random weight for each region makes the sum over the covering regions a name of their set.
    weights = np.random.default_rng(0).integers(1, 1 << 52, len(later))
    for (_, shared, sure), weight in zip(later, weights, strict=True):
        names[within(shared, window)] += sure * weight
    for name in np.unique(names[mine]):
        mask = mine & (names == name)
        row, column = np.unravel_index(int(mask.argmax()), mask.shape)
        point = int(column) + window[0], int(row) + window[1]
        members = [other for other, shared, sure in later if _covers(sure, shared, point)]
        yield Area([index, *members], mask, int(np.count_nonzero(mask)) < whole)


def within(inner: Window, window: Window) -> Any:
    """Return the index of a window's part in the arrays of that window."""
    left, top = window[:2]
    return np.s_[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left]


def _touching(boxes: NDArray[np.int64], index: int) -> list[int]:
    x0, y0, x1, y1 = boxes[index]
    shares = (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)
    return [int(other) for other in np.flatnonzero(shares)]


def _shared(first: Window, second: Window) -> Window | None:
    x0, y0 = max(first[0], second[0]), max(first[1], second[1])
    x1, y1 = min(first[2], second[2]), min(first[3], second[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _covers(sure: Mask, window: Window, point: tuple[int, int]) -> bool:
    column, row = point[0] - window[0], point[1] - window[1]
    return 0 <= row < sure.shape[0] and 0 <= column < sure.shape[1] and bool(sure[row, column])
