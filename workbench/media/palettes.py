"""Few colours in a table: only those that occur, in an order that depends on nothing else."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Table = NDArray[np.uint8]
"""``(K, C)`` uint8"""
_PROBE = 97
"""every so-manieth pixel is looked at first: a photo has too many colours at a glance"""


def exact(colours: NDArray[np.uint8], limit: int = 256) -> tuple[Table, NDArray[np.uint8]] | None:
    """Return the table of all colours and each pixel's ``(N,)`` index; None when there are more than `limit`.

    Parameters
    ----------
    colours : ndarray of shape (N, 3) or (N, 4), uint8
        One row a pixel.
    limit : int
        At most 256.
    """
    packed = np.zeros(len(colours), np.uint32)
    for channel in range(colours.shape[1]):
        packed = np.bitwise_or(packed << np.uint32(8), colours[:, channel].astype(np.uint32))
    if len(np.unique(packed[::_PROBE])) > limit:
        return None
    values, indices = np.unique(packed, return_inverse=True)
    if len(values) > limit:
        return None
    shifts = np.arange(colours.shape[1] - 1, -1, -1, dtype=np.uint32) * 8
    return (values[:, None] >> shifts & 255).astype(np.uint8), indices.astype(np.uint8)


def nearest(colours: NDArray[np.uint8], limit: int = 256) -> tuple[Table, NDArray[np.uint8]]:
    """Return a table of at most `limit` colours and each pixel's ``(N,)`` index, without dithering.

    Dithering would speckle a filled region.
    """
    if (found := exact(colours, limit)) is not None:
        return found
    row = Image.fromarray(np.ascontiguousarray(colours)[None])
    coded = row.quantize(limit, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    table = np.array(coded.getpalette(), np.uint8).reshape(-1, 3)
    used, indices = np.unique(np.asarray(coded)[0], return_inverse=True)
    return table[used], indices.astype(np.uint8)
