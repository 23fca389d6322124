"""How strongly a source was compressed, so that the output is neither softer nor much larger."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

STEPS = tuple(range(60, 96, 5))
"""qualities that the search chooses from; coarse, so that the choice says nothing about a picture's content"""
TILE, TILES = 128, 6
"""px and count a side: a picture of more than 768² px is judged by 36 tiles of it"""

# ITU-T T.81, Annex K, tables K.1 and K.2, row by row: what the IJG's quality scales.
_LUMINANCE = """16 11 10 16 24 40 51 61 12 12 14 19 26 58 60 55 14 13 16 24 40 57 69 56 14 17 22 29 51 87 80 62
18 22 37 56 68 109 103 77 24 35 55 64 81 104 113 92 49 64 78 87 103 121 120 101 72 92 95 98 112 100 103 99"""
_CHROMINANCE = """17 18 24 47 99 99 99 99 18 21 26 66 99 99 99 99 24 26 56 99 99 99 99 99 47 66 99 99 99 99 99 99
99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99 99"""


@cache
def _scaled() -> NDArray[np.float64]:
    """Return the logarithms of the IJG's tables: ``(100, 2, 64)``, quality 1 first."""
    base = np.array([_LUMINANCE.split(), _CHROMINANCE.split()], dtype=int)
    quality = np.arange(1, 101)
    factor = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    return np.asarray(np.log(np.clip((base[None] * factor[:, None, None] + 50) // 100, 1, 255)))


def of_tables(tables: Mapping[int, Sequence[int]], used: Sequence[int]) -> int:
    """Return the IJG quality, 1..100, whose tables are nearest to a JPEG's own.

    Parameters
    ----------
    tables : mapping
        Quantisation tables of 64 numbers, row by row, by their number.
    used : sequence of int
        The table of each component, luminance first.
    """
    known = _scaled()
    chosen = [tables[number] for number in used[:2] if number in tables]
    distance = sum(
        np.abs(known[:, row] - np.log(np.maximum(np.array(table, dtype=float), 1))).sum(axis=1)
        for row, table in enumerate(chosen)
    )
    # Of equals the highest: errs to the sharper side.
    return 100 - int(np.argmin(np.asarray(distance)[::-1])) if chosen else 75


def of_density(payload: int, pixels: int) -> int:
    """Return a rough quality of a WebP, AVIF or HEIF from its bytes per pixel; `match` refines it."""
    bits = 8 * payload / max(pixels, 1)
    return int(np.clip(round(75 + 12 * math.log2(max(bits, 1e-3))), STEPS[0], STEPS[-1]))


def sample(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the picture, or a mosaic of evenly spread tiles of it when it is large."""
    height, width = image.shape[:2]
    if height * width <= (TILE * TILES) ** 2 or min(height, width) < TILE * 2:
        return image
    rows, columns = (np.linspace(0, side - TILE, TILES).astype(int) // 8 * 8 for side in (height, width))
    return np.concatenate(
        [np.concatenate([image[y : y + TILE, x : x + TILE] for x in columns], axis=1) for y in rows], axis=0
    )


def match(image: NDArray[np.uint8], payload: int, encode: Callable[[NDArray[np.uint8], int], int]) -> int:
    """Return the quality from `STEPS` at which `image` takes about `payload` bytes.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3) or (H, W, 4), uint8
        The source picture, not the redacted one: fills take no bytes.
    payload : int, bytes
        Size of the source's compressed picture data.
    encode : callable
        Gives the size in bytes of a picture at a quality.
    """
    part = sample(image)
    target = math.log(max(payload, 1) * part.shape[0] * part.shape[1] / (image.shape[0] * image.shape[1]))
    sizes: dict[int, float] = {}

    def size(quality: int) -> float:
        if quality not in sizes:
            sizes[quality] = math.log(max(encode(part, quality), 1))
        return sizes[quality]

    low, high = 0, len(STEPS) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if size(STEPS[middle]) <= target else (low, middle)
    lower, upper = STEPS[low], STEPS[high]
    return upper if target - size(lower) > size(upper) - target else lower
