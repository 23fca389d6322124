"""Hide regions in the planes of a video frame, at their own depth and subsampling: no detour over RGB.

What lies outside the regions keeps every bit. The rules are those of `redact.apply`: the strongest
region first, each sample once, and a weaker neighbour never reads what a stronger one has hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.redact import methods
from workbench.redact.apply import outline, strongest_first, surroundings
from workbench.values import Method, Regions, Shape

Plane = NDArray[Any]
"""``(h, w)``, uint8, or uint16 that holds `Space.depth` bits"""
KR_KB = {1: (0.2126, 0.0722), 4: (0.30, 0.11), 7: (0.212, 0.087), 9: (0.2627, 0.0593), 10: (0.2627, 0.0593)}
"""the weights of red and blue in Y by H.273's number of the matrix; all other numbers mean BT.601's"""
BT601 = (0.299, 0.114)
Box = tuple[int, int, int, int]
Area = tuple[Box, NDArray[np.bool_]]
"""a region in samples of one plane: its box, and the mask inside that box"""


@dataclass(frozen=True)
class Space:
    """How the samples of three planes stand for colours."""

    depth: int = 8
    """bits a sample"""
    divisors: tuple[int, int] = (2, 2)
    """width and height of the picture for one sample of U and V: (2, 2) is 4:2:0"""
    matrix: int = 6
    """H.273's MatrixCoefficients"""
    full_range: bool = False
    """samples use all values, not only those from 16 to 235"""

    def levels(self, colour: Sequence[int] | NDArray[np.uint8]) -> tuple[int, int, int]:
        """Return the Y, U and V of an 8-bit RGB colour, by H.273, equations 1 to 3 and 20 to 31."""
        red, green, blue = (float(part) / 255 for part in colour)
        kr, kb = KR_KB.get(self.matrix, BT601)
        luma = kr * red + (1 - kr - kb) * green + kb * blue
        u, v = (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)
        top = 2**self.depth - 1
        middle = 2 ** (self.depth - 1)
        if self.full_range:
            values = (luma * top, u * top + middle, v * top + middle)
        else:
            step = 2 ** (self.depth - 8)
            values = ((219 * luma + 16) * step, 224 * u * step + middle, 224 * v * step + middle)
        y, cb, cr = (min(max(round(value), 0), top) for value in values)
        return y, cb, cr


def hide(planes: Sequence[Plane], regions: Regions, space: Space) -> tuple[Plane, ...]:
    """Return the planes with every region hidden; those given are unchanged.

    A sample of U or V that belongs to any hidden pixel is hidden as well.

    Parameters
    ----------
    planes : sequence of ndarray
        Y, U and V; U and V are smaller by `space.divisors`, rounded up.
    regions : Regions
        In pixels of Y.
    space : Space
        What the samples mean.
    """
    if len(regions) == 0:
        return tuple(planes)
    colours = [tuple(colour) for colour in regions.colours.tolist()]
    known = {colour: space.levels(colour) for colour in set(colours)}
    levels = [known[colour] for colour in colours]
    size = planes[0].shape
    if any(plane.shape != _reduced(size, divisors) for plane, divisors in zip(planes, _all(space), strict=True)):
        raise ValueError(f"planes of {[plane.shape for plane in planes]} do not fit together as {space}")
    return tuple(
        _hidden(plane, regions, divisors, [level[index] for level in levels], space)
        for index, (plane, divisors) in enumerate(zip(planes, _all(space), strict=True))
    )


def _all(space: Space) -> list[tuple[int, int]]:
    return [(1, 1), space.divisors, space.divisors]


def _reduced(size: tuple[int, ...], divisors: tuple[int, int]) -> tuple[int, int]:
    return -(-size[0] // divisors[1]), -(-size[1] // divisors[0])


def _hidden(plane: Plane, regions: Regions, divisors: tuple[int, int], levels: list[int], space: Space) -> Plane:
    result = plane.copy()
    result.setflags(write=True)
    if (regions.methods == Method.SOLID).all() and (regions.shapes == Shape.BOX).all():
        for row in reversed(strongest_first(regions)):  # the strongest one comes last and stays
            x0, y0, x1, y1 = _reach(regions, row, divisors)
            result[y0:y1, x0:x1] = levels[row]
        return result
    still_open = np.ones(plane.shape, dtype=bool)
    areas = [_area(regions, row, divisors) for row in range(len(regions))]
    everything = _everything(plane.shape, areas)
    for row in strongest_first(regions):
        (x0, y0, x1, y1), wanted = areas[row]
        window = np.s_[y0:y1, x0:x1]
        wanted = wanted & still_open[window]
        if not wanted.any():
            continue
        patch = result[window]
        detail = float(regions.details[row]) / min(divisors)
        match Method(regions.methods[row]):
            case Method.SOLID:
                patch[wanted] = levels[row]
            case Method.AVERAGE:
                patch[wanted] = _average(plane, areas[row][0], everything, space)
            case Method.PIXELATE:
                patch[wanted] = methods.pixelate(np.ascontiguousarray(patch), max(detail, 1.0))[wanted]
            case Method.BLUR:
                patch[wanted] = methods.blur(np.ascontiguousarray(patch), max(detail, 0.5))[wanted]
        still_open[window] &= ~wanted
    return result


def _reach(regions: Regions, row: int, divisors: tuple[int, int]) -> Box:
    """Return a region's box in samples of a plane, rounded outward."""
    x0, y0, x1, y1 = regions.boxes[row].tolist()
    dx, dy = divisors
    return x0 // dx, y0 // dy, -(-x1 // dx), -(-y1 // dy)


def _area(regions: Regions, row: int, divisors: tuple[int, int]) -> Area:
    """Return a region's box in samples of a plane, rounded outward, and its mask inside that box."""
    x0, y0, x1, y1 = regions.boxes[row].tolist()
    dx, dy = divisors
    left, top, right, bottom = _reach(regions, row, divisors)
    if regions.shapes[row] == Shape.BOX:
        return (left, top, right, bottom), np.ones((bottom - top, right - left), dtype=np.bool_)
    fine = np.zeros(((bottom - top) * dy, (right - left) * dx), dtype=bool)
    fine[y0 - top * dy : y1 - top * dy, x0 - left * dx : x1 - left * dx] = outline(
        regions.shapes[row], x1 - x0, y1 - y0
    )
    coarse = fine.reshape(bottom - top, dy, right - left, dx).any(axis=(1, 3))
    return (left, top, right, bottom), np.asarray(coarse, dtype=np.bool_)


def _everything(shape: tuple[int, ...], areas: Sequence[Area]) -> NDArray[np.bool_]:
    """Return the mask of all that is hidden in a plane."""
    hidden = np.zeros(shape, dtype=bool)
    for (x0, y0, x1, y1), wanted in areas:
        hidden[y0:y1, x0:x1] |= wanted
    return hidden


def _average(plane: Plane, box: Box, hidden: NDArray[np.bool_], space: Space) -> int:
    """Return the mean of the visible rim; mid grey where there is none (see `methods.average`)."""
    outside = surroundings(plane, np.array(box, np.int32), hidden)
    return round(float(outside.mean())) if len(outside) else int(2 ** (space.depth - 1))
