"""Is an area of a decoded frame of one colour, as far as a codec lets it? Next to no work for one that is.

How far a filled region may be away from its colour was measured on 13,000 fills of random size (10 to 300 px), colour
and speed in street scenes and crowds, coded by x264 and x265 at rate factors from 20 to the worst that a profile
accepts, 35. In levels of 255, the mean of a region was away by at most 18 at 3 px inside its edge and by 8 at 8 px
inside; 8 of 10,000 had single pixels there that were more than 30 away, over at most 4 % of the region, where a mask
had just moved and the coder let some of the last frame stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.media.check_insets import Plane
from workbench.media.check_masks import Area, Colour

Window = tuple[slice, slice]

_SURE = 16
"""levels: pixels that all differ less are constant, whatever the size of their area"""


@dataclass(frozen=True)
class Tolerance:
    """How many levels of 255 pixels may differ from the fill's colour."""

    mean: float
    usual: float
    """all but `rest` of them differ less than this"""
    rest: float
    most: float


_EDGE = Tolerance(22, 40, 0.12, 255)
_TINY = Tolerance(40, 255, 0, 255)
"""for areas under `_SMALL` px, which lie in one block of the codec with their surroundings"""
_SMALL = 10
_INNER = Tolerance(12, 24, 0.06, 120)
_OWN, _OWN_SMALL = Tolerance(6, 24, 0.06, 120), Tolerance(9, 24, 0.06, 120)
"""for fills whose colour is not known, about their own mean: a dark picture differs little from any mean (the worst of
10,000 fills was 2.9 away from `_LARGE` px on, 5.7 below)"""
_LARGE = 40
_CHROMA = Tolerance(12, 20, 0.1, 60)
_STRIP = Tolerance(24, 255, 0, 255)
"""for the rim between edge and core on one side: a mask that is not quite in its place shows there"""


def problem(area: Area, planes: Sequence[Plane], unit: float) -> str:
    """Return how an area is not of one of its colours, or an empty string."""
    if not area.colours:
        return _wrong(area, planes, None, unit)
    said = ""
    for colour in area.colours:
        said = _wrong(area, planes, colour, unit)
        if not said:
            return ""
    return said


def _wrong(area: Area, planes: Sequence[Plane], colour: Colour | None, unit: float) -> str:
    edge = area.edge.of(planes[0])
    core = edge if area.core is None else area.core.of(planes[0])
    level = float(core.mean()) if colour is None else colour[0]
    off = 0.0
    if colour is None and area.core is not None:
        off = _off(core, level, _OWN if area.side >= _LARGE else _OWN_SMALL, unit)
    low, high = float(edge.min()), float(edge.max())
    if high - level > _SURE * unit or level - low > _SURE * unit:
        off = off or _off(edge, level, _EDGE if area.side >= _SMALL else _TINY, unit)
        if not off and area.core is not None:
            off = _off(core, level, _INNER, unit)
            off = off or max((_off(planes[0][strip], level, _STRIP, unit) for strip in _strips(area)), default=0.0)
    if off:
        return f"is not filled: its pixels differ from one colour by {off:.0f} levels"
    if area.chroma is not None:
        for number, plane in enumerate(planes[1:3], 1):
            part = area.chroma.of(plane)
            level = float(part.mean()) if colour is None else colour[number]
            if (off := _off(part, level, _CHROMA, unit)) > 0:
                return f"is not filled: its colour is {off:.0f} levels away"
    return ""


def _strips(area: Area) -> list[Window]:
    """Return what lies between the edge and the core of a box, on each side."""
    if area.core is None or area.core.mask is not None:
        return []
    (rows, columns), (inner_rows, inner_columns) = area.edge.window, area.core.window
    sides = (
        (slice(rows.start, inner_rows.start), columns),
        (slice(inner_rows.stop, rows.stop), columns),
        (rows, slice(columns.start, inner_columns.start)),
        (rows, slice(inner_columns.stop, columns.stop)),
    )
    return [(down, across) for down, across in sides if down.start < down.stop and across.start < across.stop]


def _off(pixels: Plane, level: float, tolerance: Tolerance, unit: float) -> float:
    """Return how many levels of 255 pixels are away from `level`, 0 while they are within the tolerance."""
    low, high = (float(pixels.min()) - level) / unit, (float(pixels.max()) - level) / unit
    largest = max(-low, high)
    if largest <= min(tolerance.mean, tolerance.usual):
        return 0.0
    difference = np.abs(pixels.astype(np.float32) - level) / unit
    beyond = np.count_nonzero(difference > tolerance.usual) > tolerance.rest * difference.size
    return largest if beyond or largest > tolerance.most or float(difference.mean()) > tolerance.mean else 0.0
