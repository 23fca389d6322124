"""Pictures of 16 bit per channel: read at full depth, written at full depth."""

import io
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from workbench.media import pixels
from workbench.values import FileError

Deep = NDArray[np.uint16]
"""``(H, W)`` or ``(H, W, 3)`` uint16"""
_WHITE_IS_ZERO = 0
_BITS, _PHOTOMETRIC, _ORIENTATION = 258, 262, 274


def grey_of(image: Image.Image) -> tuple[Deep, NDArray[np.uint8] | None]:
    """Return a 16-bit grey image of Pillow's as ``(H, W)`` uint16, and its ``(H, W)`` opacity or None.

    Fewer bits (12 of an old scanner) are spread over all 16; a negative is turned positive.
    """
    grey = np.asarray(image).astype(np.uint16)
    transparent = image.info.get("transparency")
    alpha = np.where(grey == transparent, 0, 255).astype(np.uint8) if isinstance(transparent, int) else None
    tags: Any = getattr(image, "tag_v2", {})
    bits = tags.get(_BITS, (16,))[0]
    if bits < 16:
        grey = (grey.astype(np.uint32) * 65535 // ((1 << bits) - 1)).astype(np.uint16)
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        grey = 65535 - grey
    return grey, alpha


def is_deep_colour(image: Image.Image, form: str, depth: int) -> bool:
    """Return whether a picture that Pillow opened in 8 bit has 16 in the file."""
    if form == "PNG":
        return depth == 16
    bits: tuple[int, ...] = getattr(image, "tag_v2", {}).get(_BITS, (8,)) if form == "TIFF" else (8,)
    return max(bits) == 16


def colours_of(data: bytes, form: str, page: int, reduced: NDArray[np.uint8]) -> Deep | None:
    """Return one page at full depth, or None when it cannot be had faithfully.

    Parameters
    ----------
    data : bytes
        The whole PNG or TIFF file.
    form : str
        "PNG" or "TIFF".
    page : int
        Its number in the file.
    reduced : ndarray of shape (H, W) or (H, W, 3), uint8
        The same page in 8 bit by Pillow.

    Raises
    ------
    FileError
        When two decoders show different pictures.

    Notes
    -----
    What one decoder gives counts only where another agrees. OpenCV misreads planes stored apart, and
    so does Pillow 13 where they are not compressed as well; then tifffile is the third voice.
    """
    first = _from_opencv(data, form, page)
    if first is not None and (agreed := _agreed(first, reduced)) is not None:
        return agreed
    if form != "TIFF":
        return None
    third = _from_tifffile(data, page)
    if third is None:
        return None
    if (agreed := _agreed(third, reduced)) is None:
        raise FileError("its 16-bit layout is read differently by two decoders: save it again with an editor.")
    return agreed


def _agreed(full: NDArray[Any], reduced: NDArray[np.uint8]) -> Deep | None:
    """Return the colours of `full` where they are those of `reduced`, else None."""
    if full.dtype != np.uint16 or full.shape[:2] != reduced.shape[:2]:
        return None
    if full.ndim == 3:
        full = full[:, :, 0] if reduced.ndim == 2 else full[:, :, :3]
    if full.shape != reduced.shape or np.abs((full >> 8).astype(np.int16) - reduced).max() > 1:
        return None
    return np.ascontiguousarray(full)


def _from_opencv(data: bytes, form: str, page: int) -> NDArray[Any] | None:
    """Return a page as ``(H, W)`` or ``(H, W, C)``, RGB first; a TIFF's upright, a PNG's as stored."""
    buffer = np.frombuffer(data, np.uint8)
    try:
        if form == "PNG":
            found = cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED)
        else:
            found = cv2.imdecodemulti(buffer, cv2.IMREAD_UNCHANGED, None, (page, page + 1))[1][0]
    except (cv2.error, IndexError):
        return None
    if found is None or found.ndim == 2:
        return found if found is None else np.asarray(found)
    return np.asarray(found[:, :, 2::-1])


def _from_tifffile(data: bytes, page: int) -> NDArray[Any] | None:
    """Return a TIFF page upright as ``(H, W)`` or ``(H, W, C)``, or None when its packing is not known."""
    try:
        with tifffile.TiffFile(io.BytesIO(data)) as file:
            stored: Any = file.pages[page]
            found = np.asarray(stored.asarray())
            turned = stored.tags.get(_ORIENTATION)
            if stored.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
                found = np.moveaxis(found, 0, -1)
    except Exception:  # it raises nearly anything, and is only asked for a second opinion
        return None
    return pixels.upright(found, int(turned.value) if turned is not None else 1)


def png(picture: Deep, alpha: NDArray[np.uint8] | None) -> bytes:
    """Return a 16-bit PNG without any extra chunk."""
    coded = picture if picture.ndim == 2 else picture[:, :, ::-1]
    if alpha is not None:
        coded = np.dstack([pixels.as_rgb(coded), alpha.astype(np.uint16) * 257])
    worked, data = cv2.imencode(".png", np.ascontiguousarray(coded), [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not worked:
        raise FileError("The picture cannot be written as a 16-bit PNG.")
    return bytes(data)


def tiff(pages: Sequence[tuple[pixels.Pixels, NDArray[np.uint8] | None]], icc: bytes | None) -> bytes:
    """Return a TIFF of 8- or 16-bit pages, deflated, with no tag but those that pixels need."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for picture, alpha in pages:
            content, extra = picture, None
            if alpha is not None:
                opacity = alpha.astype(picture.dtype) * (257 if picture.dtype == np.uint16 else 1)
                content, extra = np.dstack([picture, opacity]), ["unassalpha"]
            writer.write(
                np.ascontiguousarray(content),
                photometric="minisblack" if picture.ndim == 2 else "rgb",
                planarconfig="contig" if content.ndim == 3 else None,
                extrasamples=extra,
                compression="adobe_deflate",
                predictor=True,
                contiguous=False,
                software=False,
                metadata=None,
                iccprofile=icc,
                maxworkers=1,
            )
    return file.getvalue()
