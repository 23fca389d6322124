"""Were the regions really hidden? Looks at the decoded pixels of an output, and at the source where it is at hand.

How far pixels of one fill may differ after a lossy codec was measured on fills of random colour in a photograph, in
noise and in a black and white checkerboard. Over qualities 40 to 95
the largest difference from the median, in levels of 255, within whole codec blocks and away from their rim, was
JPEG 0, HEIC 7, AVIF 23, WebP 26; the least that an unredacted face showed was 150.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.media.check_areas import Area, Mask, Pixels, Region, Window, areas, boxes_of
from workbench.values import Method

_FILLS = (Method.SOLID, Method.AVERAGE)
_LOOSE = 12.0
"""Levels that half of the innermost pixels may differ from their median when a fill is smaller than a codec block;
fills of 4 to 25 px off the grid reached 9 at quality 60."""
_SLIVER = 4.0
"""px: half the width below which a part of a region is a sliver"""
_KEPT, _CHANGED = 0.5, 0.35
"""A region counts as not hidden when the source's fine detail is found again by more than the first, and what differs
from it has less than the second of its energy. At the weakest settings that a profile accepts (590 blurred or pixelated
regions of photographs, quality 60) no region came near both; of unredacted ones 99.8 % did."""
_FLAT = 2.0
"""Levels of fine detail below which the source has nothing to compare."""
_GAIN = 4.01
"""No picture's fine detail has more energy than this many times the picture: mirrored edges make the blur's
eigenvectors cosines and its eigenvalues 0 to 1, in a norm in which pixels on an edge count half and those in a corner
a quarter."""


@dataclass(frozen=True)
class Codec:
    """How much a picture's coding may disturb a constant area."""

    block: int = 1
    """px: pixels in one block of this size influence each other"""
    rim: int = 0
    """px that filters behind the decoder reach into a block from its neighbours"""
    most: float = 0.0
    """levels that any pixel may differ from the median"""
    usual: float = 0.0
    """levels that nine in ten pixels may differ from the median"""
    luma: int = 0
    """px: the block of the brightness alone, where it is smaller and on its own"""


LOSSLESS = Codec()
HEIF = Codec(16, 2, 12, 8)
AVIF = Codec(16, 2, 26, 12)
WEBP = Codec(16, 4, 32, 12)


def jpeg(block: int) -> Codec:
    """Return the codec of a JPEG whose smallest coded unit has a side of `block` pixels."""
    return Codec(block, 1, 2, 2, 8)


def problems(
    pixels: Pixels, opacity: Pixels | None, regions: Sequence[Region], codec: Codec, before: Pixels | None
) -> Iterator[str]:
    """Yield a sentence for every region of one frame that was not hidden as its row says.

    Parameters
    ----------
    pixels : ndarray of shape (H, W) or (H, W, C)
        The decoded output at its full depth.
    opacity : ndarray of shape (H, W), optional
        Where it is 0, a lossy codec or an encoder that saves space may have changed the hidden colour.
    before : ndarray of shape (H, W, 3), uint8, optional
        The source. Without it blurred and pixelated regions cannot be judged.
    """
    height, width = pixels.shape[:2]
    scale = _scale(pixels)
    bad: set[int] = set()
    boxes = boxes_of(regions)
    for index, region in enumerate(regions):
        window = _around(region.box, codec.block, width, height)
        part = np.s_[window[1] : window[3], window[0] : window[2]]
        for area in areas(regions, boxes, index, window):
            # The strongest method wins where regions overlap, and a fill is stronger than the others.
            if not any(regions[member].method in _FILLS for member in area.members):
                continue
            spread = _spread(pixels[part], None if opacity is None else opacity[part], area, codec) * scale
            if spread > 0:
                bad.update(area.members)
                names = " and ".join(str(regions[member]) for member in area.members[:3])
                yield f"{names} is not one colour: its pixels differ by {spread:.0f} levels"
    if before is not None:
        yield from compared(pixels, [region for index, region in enumerate(regions) if index not in bad], before)


def _scale(pixels: Pixels) -> float:
    return 255 / float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind in "ui" else 1.0


def _around(box: Window, block: int, width: int, height: int) -> Window:
    """Return the box with a codec block around it, on the codec's grid, inside the picture."""
    x0, y0 = (max(0, (low // block - 1) * block) for low in box[:2])
    x1, y1 = (min(side, (-(-high // block) + 1) * block) for high, side in zip(box[2:], (width, height), strict=True))
    return x0, y0, x1, y1


def _shown(patch: Pixels, opacity: Pixels | None, codec: Codec) -> Mask:
    """Return the pixels whose colour counts."""
    if opacity is None:
        return np.ones(patch.shape[:2], bool)
    visible = np.asarray(opacity > 0)
    if codec is LOSSLESS:
        # The colour behind full transparency is still in the file: it must be cleared, or be part of the fill.
        visible |= patch.reshape(*visible.shape, -1).any(axis=2)
    return visible


def _spread(pixels: Pixels, opacity: Pixels | None, area: Area, codec: Codec) -> float:
    """Return how many levels an area is away from constant, or 0 when it is constant within the codec's noise.

    A sliver that an overlap leaves of a region is not judged: it lies in codec blocks with the visible
    surroundings and takes any colour from them. The rest of the region is judged.
    """
    cell = area.mask if opacity is None else area.mask & _shown(pixels, opacity, codec)
    if not cell.any():
        return 0.0
    inner, seen, most, usual = _whole_blocks(cell, codec.block, codec.rim), pixels, codec.most, codec.usual
    if codec.luma and not inner.any():
        inner, most, usual = _whole_blocks(cell, codec.luma, 0), _LOOSE, _LOOSE / 2
        seen = _luma(pixels) if inner.any() else pixels
    if inner.any():
        if _range(seen, inner) <= min(most, usual):
            return 0.0  # then no pixel is farther than that from the median either, which takes longer to find
        difference = _from_median(seen[inner])
        largest = float(difference.max())
        return largest if largest > most or np.quantile(difference, 0.9) > usual else 0.0
    framed = cv2.copyMakeBorder(cell.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 3)[1:-1, 1:-1]
    if area.is_part and codec.block > 1 and depth.max() < _SLIVER:
        return 0.0
    typical = float(np.median(_from_median(pixels[depth >= depth.max() / 2])))
    return typical if typical > _LOOSE else 0.0


def _range(pixels: Pixels, mask: Mask) -> float:
    """Return the largest difference between two masked values of one channel."""
    chosen = mask.view(np.uint8)
    ends = [cv2.minMaxLoc(channel, chosen)[:2] for channel in cv2.split(pixels)]
    return float(max(high - low for low, high in ends))


def _from_median(values: Pixels) -> NDArray[np.float64]:
    flat = values.reshape(len(values), -1).astype(np.float64)
    return np.asarray(np.abs(flat - np.median(flat, axis=0)).max(axis=1))


def _whole_blocks(mask: Mask, block: int, rim: int) -> Mask:
    """Return the pixels of codec blocks that lie wholly inside `mask`, without the rim that neighbours reach into."""
    if block == 1:
        return mask
    height, width = mask.shape
    # A window ends on the grid or at the picture's edge, where the codec fills the last block up by itself: what
    # lies outside counts as covered, as it does in OpenCV's erosion.
    least = cv2.erode(mask.view(np.uint8), np.ones((block, block), np.uint8), anchor=(0, 0))
    whole = least[::block, ::block]
    if not whole.any():
        return np.zeros_like(mask)
    inside = whole.repeat(block, axis=0).repeat(block, axis=1)[:height, :width]
    return np.asarray(cv2.erode(inside, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0)


_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""the brightness of JPEG (ITU-T T.871)"""


def _luma(pixels: Pixels) -> NDArray[np.float32]:
    values = pixels.astype(np.float32) * _scale(pixels)
    colour = values.ndim == 3 and values.shape[2] >= 3
    return np.asarray(values[..., :3] @ _WEIGHTS if colour else values.reshape(values.shape[:2]))


def compared(pixels: Pixels, regions: Sequence[Region], before: Pixels) -> Iterator[str]:
    """Yield a sentence for every region in which the source's fine detail is found again."""
    height, width = pixels.shape[:2]
    if before.shape[:2] != (height, width):
        before = np.asarray(cv2.resize(before, (width, height), interpolation=cv2.INTER_AREA))
    for region in regions:
        mask = region.masks(region.box)[0]
        count = int(np.count_nonzero(mask))
        after = _brightness(pixels, region.box)
        most = _GAIN * float(after.var()) * after.size / max(count, 1)
        # Detail is found again by more than `_KEPT` only where it has that share squared of the source's energy (the
        # Cauchy-Schwarz inequality), so most fills need no second look.
        if not count or most <= _KEPT**2 * _FLAT**2:
            continue
        old = _detail(_brightness(before, region.box))[mask]
        energy = float((old**2).mean())
        if energy < _FLAT**2 or most <= _KEPT**2 * energy:
            continue
        new = _detail(after)[mask]
        kept = float((old * new).mean()) / energy
        if kept > _KEPT and float(((old - new) ** 2).mean()) < _CHANGED * energy:
            yield f"{region} was not hidden: {kept:.0%} of the source's detail is still there"


def _brightness(picture: Pixels, box: Window) -> NDArray[np.float32]:
    x0, y0, x1, y1 = box
    return _luma(np.ascontiguousarray(picture[y0:y1, x0:x1]))


def _detail(part: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what is finer than a twentieth of the shorter side."""
    return np.asarray(part - cv2.GaussianBlur(part, (0, 0), max(1.0, min(part.shape) / 20)))
