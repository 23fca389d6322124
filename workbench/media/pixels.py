"""Small pure functions on pixel arrays: turning upright, splitting off opacity, changing size."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[Any]
"""``(H, W)`` or ``(H, W, C)``"""


def upright(pixels: Pixels, orientation: int) -> Pixels:
    """Return the picture as it is meant to be seen, for the values 1 to 8 of EXIF's Orientation tag."""
    if orientation in (5, 6, 7, 8):
        pixels = np.swapaxes(pixels, 0, 1)
    mirror_x, mirror_y = mirrored(orientation)
    return np.ascontiguousarray(pixels[:: -1 if mirror_y else 1, :: -1 if mirror_x else 1])


def mirrored(orientation: int) -> tuple[bool, bool]:
    """Return whether the upright picture runs against the stored one in x and in y."""
    return orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)


def orientation_of(exif: bytes | None) -> int:
    """Return EXIF's Orientation, 1 when there is none or it makes no sense."""
    if not exif:
        return 1
    tags = Image.Exif()
    try:
        tags.load(exif)
        value = tags.get(0x0112, 1)
    except Exception:  # a broken EXIF block is shown unturned by every viewer
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def split(image: Image.Image) -> tuple[Image.Image, NDArray[np.uint8] | None]:
    """Return the image without opacity, in mode L, RGB, CMYK or LAB, and its ``(H, W)`` opacity or None.

    A fully opaque picture has no opacity worth keeping.
    """
    mode = image.mode
    if mode in ("La", "LA") or (mode in ("1", "L") and image.has_transparency_data):
        image = image.convert("LA")
    elif mode in ("RGBa", "PA", "RGBA") or image.has_transparency_data:
        # Two steps: Pillow has no direct way from premultiplied to plain in every mode.
        image = image.convert("RGBA")
    elif mode == "1":
        image = image.convert("L")
    elif mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    if image.mode not in ("LA", "RGBA"):
        return image, None
    alpha = np.asarray(image.getchannel("A"))
    base = image.getchannel("L") if image.mode == "LA" else image.convert("RGB")
    return base, None if alpha.min() == 255 else alpha


def to_8_bit(deep: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Return 16-bit values rounded to 8 bit."""
    return ((deep.astype(np.uint32) + 128) // 257).astype(np.uint8)


def as_rgb(pixels: Pixels) -> Pixels:
    """Return grey as three equal channels; RGB as it is."""
    return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels


def is_grey(pixels: Pixels) -> bool:
    """Return whether the three channels of an RGB picture are equal everywhere."""
    return pixels.ndim == 2 or bool(
        (pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all()
    )


def blanked(pixels: Pixels, alpha: NDArray[np.uint8] | None) -> Pixels:
    """Return the picture with nothing left under full transparency, where it would be hidden, not gone."""
    if alpha is None:
        return pixels
    visible = alpha > 0
    return np.asarray(np.where(visible if pixels.ndim == 2 else visible[:, :, None], pixels, 0), dtype=pixels.dtype)


def resized(pixels: Pixels, size: tuple[int, int], alpha: NDArray[np.uint8] | None = None) -> Pixels:
    """Return the picture reduced to (width, height) px by area means, weighted with its opacity.

    Area means reach no further than the pixels that an output pixel covers, so a filled region stays
    one colour; a filter with lobes would carry its surroundings into it.
    """
    if alpha is None:
        return np.asarray(cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA))
    weight = alpha.astype(np.float32)[:, :, None]
    colour = (pixels if pixels.ndim == 3 else pixels[:, :, None]).astype(np.float32) * weight
    small_weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], 1)
    small = cv2.resize(colour, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
    result = np.divide(small, small_weight, out=np.zeros_like(small), where=small_weight > 0)
    shaped = result if pixels.ndim == 3 else result[:, :, 0]
    return np.asarray(np.clip(np.rint(shaped), 0, np.iinfo(pixels.dtype).max)).astype(pixels.dtype)
