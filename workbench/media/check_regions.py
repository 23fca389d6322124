"""Were the regions really hidden? Looks at the decoded pixels of an output, and at the source where it is at hand.

How far pixels of one fill may differ after a lossy codec was measured on fills of random colour in a photograph, in
noise and in a black and white checkerboard. Over qualities 40 to 95
the largest difference from the median, in levels of 255, within whole codec blocks and away from their rim, was
JPEG 0, HEIC 7, AVIF 23, WebP 26; the least that an unredacted face showed was 150.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.values import Method, Shape

Mask = NDArray[np.bool_]
Pixels = NDArray[Any]

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
        columns = np.arange(window[0], window[2]) + 0.5
        rows = np.arange(window[1], window[3])[:, None] + 0.5
        x0, y0, x1, y1 = self.box
        inside = (columns > x0) & (columns < x1) & (rows > y0) & (rows < y1)
        if self.shape != Shape.ELLIPSE:
            return inside, np.zeros_like(inside)
        across, down = columns - (x0 + x1) / 2, rows - (y0 + y1) / 2
        # How a rim of 1.5 px is drawn is left to whoever draws it.
        inner, outer = (
            (across / max((x1 - x0) / 2 + reach, 0.1)) ** 2 + (down / max((y1 - y0) / 2 + reach, 0.1)) ** 2 <= 1
            for reach in (-1.5, 1.5)
        )
        return inside & inner, inside & outer & ~inner

    def touches(self, window: Window) -> bool:
        """Tell whether the region's box shares a pixel with a window."""
        (x0, y0, x1, y1), (a0, b0, a1, b1) = self.box, window
        return x0 < a1 and a0 < x1 and y0 < b1 and b0 < y1

    def __str__(self) -> str:
        return f"the {self.kind} at {list(self.box)}"


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
    for index, region in enumerate(regions):
        window = _around(region.box, codec.block, width, height)
        part = np.s_[window[1] : window[3], window[0] : window[2]]
        patch = pixels[part]
        shown = _shown(patch, None if opacity is None else opacity[part], codec)
        for members, cell in _cells(regions, index, window):
            # The strongest method wins where regions overlap, and a fill is stronger than the others.
            if not any(regions[member].method in _FILLS for member in members):
                continue
            is_part = int(cell.sum()) < int(region.masks(window)[0].sum())
            spread = _spread(patch, cell & shown, codec, is_part) * scale
            if spread > 0:
                bad.update(members)
                names = " and ".join(str(regions[member]) for member in members[:3])
                yield f"{names} is not one colour: its pixels differ by {spread:.0f} levels"
    if before is not None:
        yield from _compared(pixels, [region for index, region in enumerate(regions) if index not in bad], before)


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


def _cells(regions: Sequence[Region], index: int, window: Window) -> Iterator[tuple[list[int], Mask]]:
    """Yield each area of a window that the same regions cover, the region `index` first among them.

    Whichever of these regions won in such an area, it won everywhere there.
    """
    near = [other for other, region in enumerate(regions) if region.touches(window)]
    masks = {other: regions[other].masks(window) for other in near}
    clear = ~np.logical_or.reduce([rim for _, rim in masks.values()])
    names = np.zeros(clear.shape, np.int64)
    # A random weight for each region makes the sum over the covering regions a name of their set.
    weights = np.random.default_rng(0).integers(1, 1 << 52, len(near))
    for (sure, _), weight in zip(masks.values(), weights, strict=True):
        names[sure] += weight
    mine = masks[index][0] & clear
    for name in np.unique(names[mine]):
        cell = mine & (names == name)
        first = np.unravel_index(int(cell.argmax()), cell.shape)
        members = [other for other in near if masks[other][0][first]]
        if members[0] == index:
            yield members, cell


def _spread(pixels: Pixels, cell: Mask, codec: Codec, is_part: bool = False) -> float:
    """Return how many levels a cell is away from constant, or 0 when it is constant within the codec's noise.

    A sliver that an overlap leaves of a region is not judged: it lies in codec blocks with the visible
    surroundings and takes any colour from them. The rest of the region is judged.
    """
    if not cell.any():
        return 0.0
    inner, seen, most, usual = _whole_blocks(cell, codec.block, codec.rim), pixels, codec.most, codec.usual
    if codec.luma and not inner.any():
        inner, seen, most, usual = _whole_blocks(cell, codec.luma, 0), _luma(pixels), _LOOSE, _LOOSE / 2
    if inner.any():
        difference = _from_median(seen[inner])
        largest = float(difference.max())
        return largest if largest > most or np.quantile(difference, 0.9) > usual else 0.0
    depth = cv2.distanceTransform(np.pad(cell, 1).astype(np.uint8), cv2.DIST_L2, 3)[1:-1, 1:-1]
    if is_part and codec.block > 1 and depth.max() < _SLIVER:
        return 0.0
    typical = float(np.median(_from_median(pixels[depth >= depth.max() / 2])))
    return typical if typical > _LOOSE else 0.0


def _from_median(values: Pixels) -> NDArray[np.float64]:
    flat = values.reshape(len(values), -1).astype(np.float64)
    return np.asarray(np.abs(flat - np.median(flat, axis=0)).max(axis=1))


def _whole_blocks(mask: Mask, block: int, rim: int) -> Mask:
    """Return the pixels of codec blocks that lie wholly inside `mask`, without the rim that neighbours reach into."""
    if block == 1:
        return mask
    height, width = mask.shape
    rows, columns = -(-height // block), -(-width // block)
    # A window ends on the grid or at the picture's edge, where the codec fills the last block up by itself.
    padded = np.ones((rows * block, columns * block), bool)
    padded[:height, :width] = mask
    whole = padded.reshape(rows, block, columns, block).all(axis=(1, 3))
    inside = np.repeat(np.repeat(whole, block, axis=0), block, axis=1)
    grown = np.pad(inside, rim, mode="edge").astype(np.uint8)
    kept = cv2.erode(grown, np.ones((2 * rim + 1, 2 * rim + 1), np.uint8))
    return np.asarray(kept[rim : rim + height, rim : rim + width] > 0)


_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""the brightness of JPEG (ITU-T T.871)"""


def _luma(pixels: Pixels) -> NDArray[np.float32]:
    values = pixels.astype(np.float32) * _scale(pixels)
    colour = values.ndim == 3 and values.shape[2] >= 3
    return np.asarray(values[..., :3] @ _WEIGHTS if colour else values.reshape(values.shape[:2]))


def _compared(pixels: Pixels, regions: Sequence[Region], before: Pixels) -> Iterator[str]:
    """Yield a sentence for every region in which the source's fine detail is found again."""
    height, width = pixels.shape[:2]
    if before.shape[:2] != (height, width):
        before = np.asarray(cv2.resize(before, (width, height), interpolation=cv2.INTER_AREA))
    for region in regions:
        x0, y0, x1, y1 = region.box
        mask = region.masks(region.box)[0]
        sigma = max(1.0, min(x1 - x0, y1 - y0) / 20)
        parts = [_luma(np.ascontiguousarray(whole[y0:y1, x0:x1])) for whole in (before, pixels)]
        old, new = (part[mask] - cv2.GaussianBlur(part, (0, 0), sigma)[mask] for part in parts)
        energy = float((old**2).mean()) if old.size else 0.0
        if energy < _FLAT**2:
            continue
        kept = float((old * new).mean()) / energy
        if kept > _KEPT and float(((old - new) ** 2).mean()) < _CHANGED * energy:
            yield f"{region} was not hidden: {kept:.0%} of the source's detail is still there"
