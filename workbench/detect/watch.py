"""What changed before a still camera: only that is worth another look. Told from small grey pictures, see `motion`."""

from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.detect.motion import Small

LEAST_CHANGE, NOISE = 8, 5.0
"""grey levels of a change that counts, and how far above the usual difference of two pictures it must stand"""
MOST_NOISE = 4.0
"""grey levels: where half of the picture changed by more, it is the light, and nothing can be told"""
CELL = 16
"""px of the small picture: side of the cells in which changes are looked at, and the margin around them"""
WORTH = 0.4
"""share of the picture from which on looking at all of it costs no more than at its parts"""


class Watch:
    """Tells what changed before a still camera since each place was last looked at."""

    def __init__(self) -> None:
        self._known: Small | None = None

    def renew(self, small: Small) -> None:
        """Note that everything is looked at now."""
        self._known = small.copy()

    def changed(self, small: Small) -> list[NDArray[np.intp]] | None:
        """Return the areas ``[x0, y0, x1, y1]`` that changed, px of the small picture; None for nearly everything.

        They are noted as looked at. Each is made of whole cells of a grid, one more on every side of a change, so
        that an object is seen with its surroundings, and that networks meet few different sizes.
        """
        if self._known is None or self._known.shape != small.shape:
            self.renew(small)
            return None
        apart = cv2.blur(cv2.absdiff(small, self._known), (3, 3))
        noise = float(np.median(apart))
        if noise > MOST_NOISE:
            self.renew(small)
            return None
        moved = (apart > max(LEAST_CHANGE, NOISE * noise)).astype(np.uint8)
        rows, columns = _edges(small.shape[0]), _edges(small.shape[1])
        cells = np.add.reduceat(np.add.reduceat(moved, rows[:-1], axis=0, dtype=np.int32), columns[:-1], axis=1) > 0
        areas = []
        for y0, x0, y1, x1 in _groups(cv2.dilate(cells.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0):
            areas.append(np.array([columns[x0], rows[y0], columns[x1], rows[y1]], np.intp))
        if sum(int((x1 - x0) * (y1 - y0)) for x0, y0, x1, y1 in areas) > WORTH * small.size:
            self.renew(small)
            return None
        for x0, y0, x1, y1 in areas:
            self._known[y0:y1, x0:x1] = small[y0:y1, x0:x1]
        return areas


def _edges(length: int) -> NDArray[np.intp]:
    """Return where the cells of a grid begin and end along a side."""
    return np.linspace(0, length, max(1, round(length / CELL)) + 1).round().astype(np.intp)


def _groups(cells: NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return rectangles ``(y0, x0, y1, x1)`` of cells that hold all that are set, none overlapping another."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(cells.astype(np.uint8), connectivity=8)
    boxes = [(int(y), int(x), int(y + h), int(x + w)) for x, y, w, h, _ in stats[1:]]
    joined = True
    while joined:
        joined = False
        for a, b in combinations(boxes, 2):
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                boxes = [box for box in boxes if box not in (a, b)]
                boxes.append((min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])))
                joined = True
                break
    return sorted(boxes)
