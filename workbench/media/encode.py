"""From pixels to a file's bytes, one function a format. No encoder is given anything but pixels and a profile.

The same pixels always give the same bytes: no clock, no version, and as many threads on every machine.
"""

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

from workbench.media import animation, deep, headers, palettes, pixels, quality
from workbench.media.photo import Photo

pillow_heif.register_heif_opener()
_HEIF_OPTIONS = {"preset": "ultrafast", "chroma": "420"}
"""a third of the time of "medium", for as many bytes at the same PSNR: what the slower ones add serves films"""
_AVIF_OPTIONS: dict[str, Any] = {"speed": 9, "max_threads": 2, "autotiling": False}
_AVIF_MORE = 1.08
"""bytes that speed 9 needs for the PSNR of 8, which takes more than twice its time"""
_AVIF_ANIMATION_QUALITY = 80
"""a search would have to encode the whole animation several times"""
_TIMED = (b"mvhd", b"tkhd", b"mdhd")
_FOLDERS = (b"moov", b"trak", b"mdia")


@dataclass(frozen=True, eq=False)
class Page:
    """One picture, ready to be written."""

    picture: NDArray[np.uint8]
    """``(H, W)`` grey or ``(H, W, 3)`` RGB"""
    alpha: NDArray[np.uint8] | None = None
    """``(H, W)`` opacity"""
    full: NDArray[np.uint16] | None = None
    """``(H, W)`` or ``(H, W, 3)``: the same at 16 bit"""

    @property
    def stacked(self) -> NDArray[np.uint8]:
        """The picture as RGB, with opacity as a fourth channel where it has one."""
        colour = pixels.as_rgb(self.picture)
        return colour if self.alpha is None else np.dstack([colour, self.alpha])

    @property
    def image(self) -> Image.Image:
        """The picture as Pillow's, of mode L, RGB, LA or RGBA."""
        plain = self.picture if self.alpha is None else np.dstack([self.picture, self.alpha])
        return Image.fromarray(np.ascontiguousarray(plain))


def _saved(image: Image.Image, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def jpeg(page: Page, like: Photo, icc: bytes | None) -> bytes:
    """Return a baseline JPEG with the IJG's tables, of the source's quality and chroma sampling.

    The source's own tables are never used: they tell the camera's make, if not its model.
    """
    return _saved(
        Image.fromarray(np.ascontiguousarray(page.picture)),
        "JPEG",
        quality=like.quality or 90,
        subsampling=0 if like.subsampling is None else like.subsampling,
        icc_profile=icc,
        # Huffman tables of the picture's own would spare 2 % of the bytes and cost as much time again; with the
        # usual ones photographs come out as large as their sources, to 1 %.
        optimize=False,
    )


def png(page: Page, icc: bytes | None) -> bytes:
    """Return a PNG; at 16 bit where the page is, with a palette where it has few colours."""
    if page.full is not None:
        data = deep.png(page.full, page.alpha)
        return data if icc is None else _with_profile(data, icc)
    image, options = _with_palette(page.stacked) if page.picture.ndim == 3 else (None, {})
    return _saved(image or page.image, "PNG", icc_profile=icc, **options)


def _with_palette(stacked: NDArray[np.uint8]) -> tuple[Image.Image | None, dict[str, bytes]]:
    """Return a picture of at most 256 colours with just those in its palette, and their opacities."""
    found = palettes.exact(stacked.reshape(-1, stacked.shape[2]))
    if found is None:
        return None, {}
    table, indices = found
    image = Image.frombytes("P", (stacked.shape[1], stacked.shape[0]), indices.tobytes())
    image.putpalette(np.ascontiguousarray(table[:, :3]).tobytes())
    return image, {"transparency": table[:, 3].tobytes()} if table.shape[1] == 4 else {}


def _with_profile(data: bytes, icc: bytes) -> bytes:
    """Return a PNG with the chunk that Pillow would write for a profile, behind the header."""
    tiny = _saved(Image.new("RGB", (1, 1)), "PNG", icc_profile=icc)
    body = next(body for kind, body in headers.png_chunks(tiny) if kind == b"iCCP")
    return data[:33] + animation.chunk(b"iCCP", body) + data[33:]


def apng(pages: Sequence[Page], like: Photo, icc: bytes | None) -> bytes:
    """Return an animated PNG."""
    grey = all(page.picture.ndim == 2 and page.alpha is None for page in pages)
    frames = [page.picture for page in pages] if grey else _one_mode(pages)
    return animation.apng(
        frames, like.durations, like.loop, lambda part: _saved(Image.fromarray(part), "PNG", icc_profile=icc)
    )


def _one_mode(pages: Sequence[Page]) -> list[NDArray[np.uint8]]:
    """Return RGB pictures, or RGBA ones when any page has opacity."""
    if all(page.alpha is None for page in pages):
        return [page.stacked for page in pages]
    solid = np.full(pages[0].picture.shape[:2], 255, np.uint8)
    return [page.stacked if page.alpha is not None else np.dstack([page.stacked, solid]) for page in pages]


def webp(pages: Sequence[Page], like: Photo, icc: bytes | None) -> bytes:
    """Return a WebP: lossless where the source is, else of about its density; animated where it is."""

    def still(picture: NDArray[np.uint8], strength: int, profile: bytes | None = None) -> bytes:
        lossless = like.quality is None
        # Exact: what was blanked under full transparency stays blank.
        return _saved(
            Image.fromarray(picture), "WEBP", lossless=lossless, quality=strength, method=4, exact=True,
            icc_profile=profile,
        )  # fmt: skip

    strength = 75 if like.quality is None else _searched(like, lambda part, value: len(still(part, value)))
    frames = _one_mode(pages)
    if len(frames) == 1 and not like.durations:
        return still(frames[0], strength, icc)
    return animation.webp(frames, like.durations, like.loop, icc, lambda part: still(part, strength))


def _searched(like: Photo, size: Any, more: float = 1.0) -> int:
    payload = round((like.payload or like.size) * more)
    return quality.match(Page(like.frames[0].image, like.frames[0].alpha).stacked, payload, size)


def bmp(page: Page) -> bytes:
    """Return a BMP, which has no opacity; with a palette where it has few colours."""
    image = _with_palette(page.picture)[0] if page.picture.ndim == 3 else None
    return _saved(image or Image.fromarray(np.ascontiguousarray(page.picture)), "BMP")


def gif(pages: Sequence[Page], like: Photo) -> bytes:
    """Return a GIF."""
    colours = [pixels.as_rgb(page.picture) for page in pages]
    return animation.gif(colours, [page.alpha for page in pages], like.durations, like.loop)


def tiff(pages: Sequence[Page], icc: bytes | None) -> bytes:
    """Return a TIFF of all pages, at 16 bit where a page is."""
    return deep.tiff([(page.picture if page.full is None else page.full, page.alpha) for page in pages], icc)


def can_write_heif() -> bool:
    """Return whether an HEVC encoder is at hand."""
    return bool(pillow_heif.libheif_info()["HEIF"])


def heif(page: Page, like: Photo, icc: bytes | None) -> bytes:
    """Return a HEIC of about the source's density."""

    def coded(image: Image.Image, strength: int, profile: bytes | None = None) -> bytes:
        options: dict[str, Any] = {"icc_profile": profile} if profile else {}
        return _saved(image, "HEIF", quality=strength, enc_params=_HEIF_OPTIONS, **options)

    strength = _searched(like, lambda part, value: len(coded(Image.fromarray(part), value)))
    return coded(page.image, strength, icc)


def avif(pages: Sequence[Page], like: Photo, icc: bytes | None) -> bytes:
    """Return an AVIF of about the source's density; animated where it is."""

    def coded(image: Image.Image, strength: int, profile: bytes | None = None, **more: Any) -> bytes:
        return _saved(image, "AVIF", quality=strength, icc_profile=profile, **_AVIF_OPTIONS, **more)

    if len(pages) == 1:
        strength = _searched(like, lambda part, value: len(coded(Image.fromarray(part), value)), _AVIF_MORE)
        return coded(pages[0].image, strength, icc)
    frames = [Image.fromarray(frame) for frame in _one_mode(pages)]
    data = coded(
        frames[0], _AVIF_ANIMATION_QUALITY, icc,
        save_all=True, append_images=frames[1:], duration=list(like.durations),
    )  # fmt: skip
    return without_clock(data)


def without_clock(data: bytes) -> bytes:
    """Return an ISO base media file whose creation and modification times are zero (ISO/IEC 14496-12, 8.2.2)."""
    cleared = bytearray(data)

    def walk(at: int, end: int) -> None:
        while at + 8 <= end:
            size, kind = struct.unpack_from(">I4s", cleared, at)
            stop = at + size if size else end
            if size == 1 or stop > end or 0 < size < 8:
                return
            if kind in _FOLDERS:
                walk(at + 8, stop)
            elif kind in _TIMED:
                length = 16 if cleared[at + 8] == 1 else 8
                cleared[at + 12 : at + 12 + length] = bytes(length)
            at = stop

    walk(0, len(cleared))
    return bytes(cleared)
