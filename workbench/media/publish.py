"""Encode redacted pictures: pixels only, in the source's format, quality and timing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.media import animation, encode, files, pixels
from workbench.media.encode import Page
from workbench.media.photo import Photo
from workbench.profiles import Output
from workbench.values import FileError, Frame, WorkbenchError

_ANIMATED = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")


@dataclass(frozen=True)
class Encoded:
    """A picture file that is not written yet."""

    data: bytes
    suffix: str
    """with its dot"""
    notes: tuple[str, ...] = ()
    """what differs from the source's way of storing, one sentence each"""


def output_size(width: int, height: int, max_side: int) -> tuple[int, int]:
    """Return (width, height) in px of what is written; `max_side` 0 keeps the size, and nothing is enlarged."""
    scale = max_side / max(width, height) if max_side else 1.0
    return (max(round(width * scale), 1), max(round(height * scale), 1)) if scale < 1 else (width, height)


def encode_photo(frames: Sequence[Frame], like: Photo, output: Output) -> Encoded:
    """Return frames as a file in the format of `like`, or a stated substitute.

    Parameters
    ----------
    frames : sequence of Frame
        As many as `like` has, redacted.
    like : Photo
        The source: its format, quality, profile and timing are used, and not one of its bytes.
    output : profiles.Output
        The largest side, and whether a wide-gamut profile stays.

    Raises
    ------
    FileError
        When the frames cannot be written in that format, or not all of them arrive in the file.
    """
    if len(frames) != len(like.frames):
        raise FileError(f"{len(frames)} frames were redacted, but the source has {len(like.frames)}: it is left out.")
    icc = like.icc if output.keep_colour_profile else None
    notes: list[str] = []
    if like.icc and icc is None:
        notes.append("The wide-gamut profile is left out on request: the colours look paler.")
    try:
        pages = [_page(frame, like, output.max_side) for frame in frames]
        data, form = _encoded(pages, like, icc, notes)
        if len(frames) > 1 and not animation.is_count_kept(data, form, len(frames)):
            raise FileError(f"Not all of the {len(frames)} frames could be written as {form}: it is left out.")
    except WorkbenchError:
        raise
    except Exception as error:
        raise FileError(f"The picture cannot be written as {like.format}: convert the source to PNG first.") from error
    return Encoded(data, files.SUFFIXES[form][0], tuple(notes))


def _page(frame: Frame, like: Photo, max_side: int) -> Page:
    image = pixels.blanked(frame.image, frame.alpha)
    alpha = frame.alpha
    full = None if frame.deep is None else pixels.blanked(frame.deep, alpha)
    size = output_size(frame.width, frame.height, max_side)
    if size != (frame.width, frame.height):
        image = pixels.resized(image, size, alpha)
        full = None if full is None else pixels.resized(full, size, alpha)
        alpha = None if alpha is None else pixels.resized(alpha, size)
    if like.grey and pixels.is_grey(image):
        image = image[:, :, 0]
        full = full if full is None or full.ndim == 2 else full[:, :, 0]
    elif full is not None:
        full = pixels.as_rgb(full)
    return Page(image, alpha, full)


def _encoded(pages: list[Page], like: Photo, icc: bytes | None, notes: list[str]) -> tuple[bytes, str]:
    form = like.format
    if form == "HEIF" and not encode.can_write_heif():
        notes.append("HEIC cannot be written here: JPEG is written in its place.")
        form = "JPEG"
    if form in ("JPEG", "BMP") and any(page.alpha is not None for page in pages):
        notes.append(f"{form} has no transparency: what was transparent is black.")
    writers: dict[str, Callable[[], bytes]] = {
        "JPEG": lambda: encode.jpeg(pages[0], like, icc),
        "PNG": lambda: encode.apng(pages, like, icc) if len(pages) > 1 else encode.png(pages[0], icc),
        "WEBP": lambda: encode.webp(pages, like, icc),
        "TIFF": lambda: encode.tiff(pages, icc),
        "BMP": lambda: encode.bmp(pages[0]),
        "GIF": lambda: encode.gif(pages, like),
        "HEIF": lambda: encode.heif(pages[0], like, icc),
        "AVIF": lambda: encode.avif(pages, like, icc),
    }
    if len(pages) > 1 and form not in _ANIMATED:
        raise FileError(f"{form} holds one picture, not {len(pages)}: it is left out.")
    return writers[form](), form
