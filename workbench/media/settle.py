"""Settle the colours of decoded pictures and turn them upright, as frames."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media import colour, pixels
from workbench.values import Frame


@dataclass
class Decoded:
    """Frames and how they were stored."""

    frames: list[Frame] = field(default_factory=list)
    grey: bool = False
    icc: bytes | None = None
    quality: int | None = None
    subsampling: int | None = None
    durations: list[int] = field(default_factory=list)
    loop: int = 0
    grid: int = 1
    orientation: int = 1
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a note once."""
        if text not in self.notes:
            self.notes.append(text)


@dataclass(frozen=True, eq=False)
class Raw:
    """One picture before its colours are settled."""

    base: Image.Image | None
    """without opacity, mode L, RGB, CMYK or LAB; None where there is `grey16`"""
    icc: bytes | None
    """the source's whole profile"""
    alpha: NDArray[np.uint8] | None = None
    """``(H, W)`` uint8"""
    grey16: NDArray[np.uint16] | None = None
    """``(H, W)`` uint16"""
    colour16: NDArray[np.uint16] | None = None
    """``(H, W)`` or ``(H, W, 3)`` uint16, the same picture as `base`"""


def settled(raws: list[Raw], result: Decoded) -> list[Frame]:
    """Return the frames in one colour space, upright."""
    keep = len({raw.icc for raw in raws}) == 1
    result.grey = all(raw.grey16 is not None or (raw.base is not None and raw.base.mode == "L") for raw in raws)
    frames: list[Frame] = []
    for raw in raws:
        mode = raw.base.mode if raw.base is not None else "L"
        plan = colour.plan(raw.icc, mode, keep=keep, deep=raw.colour16 is not None)
        result.icc = plan.icc
        for note in plan.notes:
            result.note(note)
        full = raw.grey16 if raw.grey16 is not None else raw.colour16
        if full is not None and plan.tone is not None:
            full = plan.tone[full]
        if full is not None and not plan.exact:
            result.note("16 bit per channel are reduced to 8, because the colours are converted to sRGB.")
            full = None
        if full is not None:
            image = pixels.as_rgb(pixels.to_8_bit(full))
            if full.max() < 4096:
                result.note("The picture uses only the darkest part of its 16 bit, where little can be detected.")
        else:
            assert raw.base is not None
            image = colour.apply(raw.base, plan)
        turned = [None if part is None else pixels.upright(part, result.orientation) for part in (raw.alpha, full)]
        shown = pixels.upright(image, result.orientation)
        frames.append(Frame(shown, len(frames), alpha=turned[0], deep=turned[1]))
    return frames


def on_one_canvas(frames: list[Frame], sizes: set[tuple[int, int]]) -> list[Frame]:
    """Return a GIF's frames on its largest canvas: what a frame did not reach is transparent."""
    width, height = max(size[0] for size in sizes), max(size[1] for size in sizes)
    result = []
    for frame in frames:
        image, alpha = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
        image[: frame.height, : frame.width] = frame.image
        alpha[: frame.height, : frame.width] = 255 if frame.alpha is None else frame.alpha
        result.append(Frame(image, frame.index, alpha=None if alpha.min() == 255 else alpha))
    return result
