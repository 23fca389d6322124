"""The planes of a decoded frame as they come, and the colours of fills in them."""

from collections.abc import Mapping, Sequence

import av
import numpy as np

from workbench.media.check_insets import Picture, Plane
from workbench.media.check_masks import Colour
from workbench.values import FileError

_WEIGHTS = {
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
"""shares of red and blue in the brightness, by matrix number (ITU-T H.273, table 4)"""
_UNSAID = ((0.299, 0.114), (0.2126, 0.0722))
"""a clip that does not name its matrix is shown with either of these"""
_FULL = 2
"""FFmpeg's number of the range that uses all levels"""


def picture_of(frame: av.VideoFrame) -> Picture:
    """Return what all frames of a clip have in common."""
    form = frame.format
    if not form.name.startswith(("yuv4", "yuvj4")) or len(frame.planes) != 3:
        raise FileError(f"{form.name} is not a form of pictures that is written here.")
    luma, chroma = frame.planes[:2]
    divisors = -(-luma.width // chroma.width), -(-luma.height // chroma.height)
    return Picture(frame.width, frame.height, divisors, form.components[0].bits)


def planes_of(frame: av.VideoFrame) -> list[Plane]:
    """Return Y, U and V without a copy."""
    kind = np.dtype(np.uint8 if frame.format.components[0].bits == 8 else "<u2")
    found = []
    for plane in frame.planes[:3]:
        rows = np.frombuffer(memoryview(plane), kind)[: plane.line_size // kind.itemsize * plane.height]
        found.append(rows.reshape(plane.height, -1)[:, : plane.width])
    return found


def fill_colours(
    frame: av.VideoFrame, colours: Mapping[str, Sequence[tuple[int, int, int]]]
) -> dict[str, tuple[Colour, ...]]:
    """Return colours as levels of the frame's planes, by its matrix and range; each in every way it may be shown."""
    bits = frame.format.components[0].bits
    matrix = int(frame.colorspace)
    full = int(frame.color_range) == _FULL or frame.format.name.startswith("yuvj")
    ways = [_WEIGHTS[matrix]] if matrix in _WEIGHTS else _UNSAID
    return {
        kind: tuple(dict.fromkeys(_levels(rgb, way, full, bits) for rgb in several for way in ways))
        for kind, several in colours.items()
    }


def _levels(rgb: tuple[int, int, int], weights: tuple[float, float], full: bool, bits: int) -> Colour:
    """Return Y, U, V of an RGB colour (ITU-T H.273, section 8.3)."""
    red, green, blue = (part / 255 for part in rgb)
    of_red, of_blue = weights
    bright = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
    away = (blue - bright) / (2 * (1 - of_blue)), (red - bright) / (2 * (1 - of_red))
    unit = 1 << (bits - 8)
    if full:
        most = (1 << bits) - 1
        return bright * most, away[0] * most + 128 * unit, away[1] * most + 128 * unit
    return (16 + 219 * bright) * unit, (128 + 224 * away[0]) * unit, (128 + 224 * away[1]) * unit
