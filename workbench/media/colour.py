"""Bring every picture into one of two states: sRGB, or RGB with a wide-gamut profile that says nothing else.

A profile that is as good as sRGB is dropped, one as good as a well-known wide space is replaced by
that space, another wide one is rebuilt from what defines its colours. Everything else (lookup
tables, print, Lab, a screen's own calibration inside sRGB) is converted to sRGB, because such a
profile would name the device.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from workbench.media import icc as profiles_icc

SAME = 3
"""levels of 255 by which two spaces may differ at worst and still count as the same"""
WIDER = 1.05
"""a gamut of more than so many times sRGB's area (CIE xy) is wide"""
_IGNORED = "The colour profile is broken or does not fit the picture and was ignored: colours may differ."
_INTENT = ImageCms.Intent.PERCEPTUAL
_GRID = np.stack(np.meshgrid(*[np.arange(0, 256, 51, dtype=np.uint8)] * 3), axis=-1).reshape(1, -1, 3)


@dataclass(frozen=True)
class Plan:
    """What happens to the colours of one picture."""

    icc: bytes | None = None
    """the reduced profile to write; None for sRGB"""
    transform: ImageCms.ImageCmsTransform | None = None
    """converts to sRGB, from the mode that it was planned for"""
    tone: NDArray[np.uint16] | None = None
    """``(65536,)`` uint16: sRGB grey of every 16-bit grey of the source"""
    notes: tuple[str, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether colours deeper than 8 bit go through without loss of depth."""
        return self.transform is None


def plan(icc: bytes | None, mode: str, *, keep: bool = True, deep: bool = False) -> Plan:
    """Decide what happens to pixels of `mode` that carry the profile `icc`.

    Parameters
    ----------
    icc : bytes or None
        The source's whole profile.
    mode : str
        Pillow's mode without alpha: "L", "RGB", "CMYK" or "LAB".
    keep : bool
        Whether a wide-gamut profile may be kept; otherwise its pixels are converted to sRGB.
    deep : bool
        Whether the pixels have 16 bit: a profile is then rather kept than paid for in depth.
    """
    if mode == "LAB":
        return Plan(transform=_transform(ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")), "LAB"))
    space = profiles_icc.colour_space(icc) if icc else ""
    if not icc or not space:
        missing = ("CMYK without a colour profile: the colours are approximate.",) if mode == "CMYK" else ()
        return Plan(notes=missing if not icc else (*missing, _IGNORED))
    if mode == "L" and space in ("GRAY", "RGB "):
        return _grey(icc)
    try:
        if (space, mode) == ("RGB ", "RGB"):
            return _rgb(icc, keep, deep)
        if (space, mode) == ("CMYK", "CMYK"):
            return Plan(transform=_transform(_opened(icc), mode))
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass
    return Plan(notes=(_IGNORED,))


@lru_cache(maxsize=32)
def _rgb(icc: bytes, keep: bool, deep: bool) -> Plan:
    source = _opened(icc)
    if _difference(source, profiles_icc.SRGB) <= SAME:
        return Plan()
    if keep:
        for known in profiles_icc.WIDE:
            if _difference(source, known) <= SAME:
                return Plan(icc=known)
        space = profiles_icc.parse(icc)
        if space is not None and space.matrix is not None and (deep or is_wide(space.matrix)):
            return Plan(icc=profiles_icc.build(space))
    return Plan(transform=_transform(source, "RGB"))


@lru_cache(maxsize=32)
def _grey(icc: bytes) -> Plan:
    space = profiles_icc.parse(icc)
    if space is None:
        return Plan(notes=(_IGNORED,))
    # Of an RGB profile on a grey picture only the tone curve matters; green weighs most.
    light = np.clip(space.curves[len(space.curves) // 2](np.linspace(0, 1, 65536)), 0, 1)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * np.power(light, 1 / 2.4) - 0.055)
    tone = np.rint(encoded * 65535).astype(np.uint16)
    largest = np.abs(tone.astype(int) - np.arange(65536)).max() / 257
    return Plan() if largest <= SAME else Plan(tone=tone)


def is_wide(matrix: profiles_icc.Matrix) -> bool:
    """Return whether a space of this D50 matrix holds clearly more colours than sRGB."""
    own = profiles_icc.parse(profiles_icc.SRGB)
    assert own is not None
    assert own.matrix is not None
    return _area(matrix) > WIDER * _area(own.matrix)


def _area(matrix: profiles_icc.Matrix) -> float:
    xy = matrix[:2] / matrix.sum(axis=0)
    (x0, x1, x2), (y0, y1, y2) = xy.tolist()
    return float(abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2)


def _opened(icc: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(BytesIO(icc))


def _transform(source: ImageCms.ImageCmsProfile, mode: str) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", _INTENT)


def _difference(source: ImageCms.ImageCmsProfile, other: bytes) -> int:
    transform = ImageCms.buildTransform(source, _opened(other), "RGB", "RGB", _INTENT)
    changed = np.asarray(ImageCms.applyTransform(Image.fromarray(_GRID), transform), dtype=int)
    return int(np.abs(changed - _GRID).max())


def apply(image: Image.Image, chosen: Plan) -> NDArray[np.uint8]:
    """Return ``(H, W, 3)`` uint8 RGB of an image without alpha, under its plan."""
    if chosen.transform is not None:
        image = ImageCms.applyTransform(image, chosen.transform) or image
    if image.mode == "L":
        grey = np.asarray(image)
        if chosen.tone is not None:
            grey = ((chosen.tone[:: 65535 // 255].astype(np.uint32) + 128) // 257).astype(np.uint8)[grey]
        return np.repeat(grey[:, :, None], 3, axis=2)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))


def embedded(
    info: Mapping[Any, Any], code_points: tuple[int, int] | None = None, *, code_points_first: bool = False
) -> bytes | None:
    """Return the profile that a decoded picture carries, in whichever of the ways it may say so.

    PNG ranks cICP, iCCP, sRGB, and then gAMA with cHRM (PNG third edition, 4.3); AVIF and HEIF rank
    an ICC profile above code points.
    """
    icc = info.get("icc_profile")
    if code_points is not None and (code_points_first or not icc):
        return profiles_icc.from_code_points(*code_points)
    if icc:
        return bytes(icc)
    if "srgb" in info or "gamma" not in info:
        return None
    standard = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
    try:
        return profiles_icc.from_chromaticities(info.get("chromaticity", standard), info["gamma"])
    except ValueError:
        return None


def is_high_dynamic_range(code_points: tuple[int, int] | None) -> bool:
    """Return whether the transfer function is PQ or HLG (H.273 code points 16 and 18)."""
    return code_points is not None and code_points[1] in (16, 18)
