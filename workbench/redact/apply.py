"""Hide regions in a frame, the strongest first, each pixel once.

What a stronger region has hidden is never read again: a weaker neighbour works on the result. So a
blur cannot carry the inside of a filled box across its edge, and no pixel is redacted twice.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench.redact import methods
from workbench.values import Frame, Method, Regions, Shape

_RANKS = {str(method): rank for rank, method in enumerate(Method)}
"""the strongest method first"""
RIM = 0.15
"""width of the rim that `average` reads, as a fraction of the region's shorter side"""


def outline(shape: str, width: int, height: int) -> NDArray[np.bool_]:
    """Return the ``(height, width)`` mask of a region's outline inside its box."""
    if shape == Shape.BOX:
        return np.ones((height, width), dtype=bool)
    rows = (np.arange(height)[:, None] + 0.5) / height * 2 - 1
    columns = (np.arange(width)[None, :] + 0.5) / width * 2 - 1
    # A pixel belongs to the ellipse when any part of it may: half a pixel is added outward.
    reach = (1 + 1 / max(width, 1)) * (1 + 1 / max(height, 1))
    return np.asarray(rows**2 + columns**2 <= reach, dtype=bool)


def mask(regions: Regions, width: int, height: int) -> NDArray[np.bool_]:
    """Return the ``(height, width)`` mask of all pixels that the regions hide."""
    hidden = np.zeros((height, width), dtype=bool)
    for (x0, y0, x1, y1), shape in zip(regions.boxes.tolist(), regions.shapes.tolist(), strict=True):
        if shape == Shape.BOX:
            hidden[y0:y1, x0:x1] = True
        else:
            hidden[y0:y1, x0:x1] |= outline(shape, x1 - x0, y1 - y0)
    return hidden


def apply_regions(frame: Frame, regions: Regions) -> Frame:
    """Return the frame with every region hidden, at all its depths; the frame itself is unchanged.

    Inside a region the opacity becomes full, since an alpha channel can show an outline too.
    """
    if len(regions) == 0:
        return frame
    hidden = mask(regions, frame.width, frame.height)
    alpha = None if frame.alpha is None else np.where(hidden, np.uint8(255), frame.alpha)
    deep = None if frame.deep is None else _redacted(frame.deep, regions, hidden)
    return replace(frame, image=_redacted(frame.image, regions, hidden), deep=deep, alpha=alpha)


def _redacted(pixels: methods.Pixels, regions: Regions, hidden: NDArray[np.bool_]) -> methods.Pixels:
    result = pixels.copy()
    still_open = np.ones(hidden.shape, dtype=bool)
    for row in strongest_first(regions):
        x0, y0, x1, y1 = regions.boxes[row].tolist()
        window = np.s_[y0:y1, x0:x1]
        wanted = still_open[window]
        if regions.shapes[row] != Shape.BOX:
            wanted = wanted & outline(regions.shapes[row], x1 - x0, y1 - y0)
        if not wanted.any():
            continue
        patch = result[window]
        # Copied so that the patch is not written while it is read.
        covered = _patch(np.ascontiguousarray(patch), regions, row, pixels, hidden)
        if wanted.all():  # nearly always, and several times as fast as through a mask
            result[window], still_open[window] = covered, False
        else:
            patch[wanted] = covered[wanted]
            still_open[window] &= ~wanted
    return result


def strongest_first(regions: Regions) -> list[int]:
    """Return the rows of the regions in the order in which they are hidden."""
    ranks = np.array([_RANKS[method] for method in regions.methods.tolist()], np.intp)
    order: list[int] = np.lexsort((-regions.details, ranks)).tolist()  # stable: of two equal ones the first row
    return order


def _patch(
    patch: methods.Pixels, regions: Regions, row: int, pixels: methods.Pixels, hidden: NDArray[np.bool_]
) -> methods.Pixels:
    match Method(regions.methods[row]):
        case Method.SOLID:
            return methods.solid(patch, regions.colours[row])
        case Method.AVERAGE:
            return methods.average(patch, surroundings(pixels, regions.boxes[row], hidden))
        case Method.PIXELATE:
            return methods.pixelate(patch, float(regions.details[row]))
        case Method.BLUR:
            return methods.blur(patch, float(regions.details[row]))


def surroundings(pixels: methods.Pixels, box: NDArray[np.int32], hidden: NDArray[np.bool_]) -> methods.Pixels:
    """Return the visible pixels of a rim around `box`; a wider rim where all of it is hidden."""
    x0, y0, x1, y1 = box.tolist()
    height, width = hidden.shape
    rim = max(round(RIM * min(x1 - x0, y1 - y0)), 4)
    while True:
        window = np.s_[max(y0 - rim, 0) : y1 + rim, max(x0 - rim, 0) : x1 + rim]
        visible = ~hidden[window]
        if visible.any() or rim > max(width, height):
            return pixels[window][visible]
        rim *= 2


def covered_share(regions: Regions, width: int, height: int) -> float:
    """Return the share of the frame's pixels that the regions hide, 0..1."""
    return np.count_nonzero(mask(regions, width, height)) / (width * height) if len(regions) else 0.0
