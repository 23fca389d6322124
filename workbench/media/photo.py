"""Open a photo: every frame upright, in honest colours, at full depth; or one clear refusal.

What a file is comes from its content. A file that is cut short, not what it claims, or larger than
is safe is refused before it is decoded: half a picture is no picture.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.disk import printable
from workbench.media import colour, decode, files, headers, pixels
from workbench.values import FileError, Frame

MAX_PIXELS = 120_000_000
"""of all frames together; a phone of 108 megapixels passes"""
_KNOWN = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC and AVIF"


@dataclass(frozen=True, eq=False)
class Photo:
    """One opened picture file."""

    frames: tuple[Frame, ...]
    """every frame of an animation, every page of a TIFF"""
    format: str
    """one of `files.FORMATS`, by content"""
    grey: bool
    """the source has no colour channels"""
    icc: bytes | None
    """reduced profile of a wide-gamut source; None for sRGB"""
    quality: int | None
    """1..100 on the IJG's scale for JPEG, a rough guess for other lossy sources, None for lossless ones"""
    subsampling: int | None
    """Pillow's number for a JPEG's chroma (0 = 4:4:4, 1 = 4:2:2, 2 = 4:2:0), None elsewhere"""
    durations: tuple[int, ...]
    """ms per frame, empty for stills"""
    loop: int
    """how often an animation plays, 0 for ever"""
    grid: int
    """px: side of the source codec's block, through which one pixel can bleed into others; 1 = lossless"""
    sha256: str
    """hex digest of the file"""
    size: int
    """bytes"""
    notes: tuple[str, ...]
    """what the user must know, one sentence each"""
    payload: int = 0
    """bytes of compressed picture data, for formats whose quality is found by search"""
    grid_origin: tuple[int, int] = (0, 0)
    """px: x and y at which the block grid starts; not 0 where turning upright moved a part block to the front"""


def open_photo(path: Path, *, max_pixels: int = MAX_PIXELS) -> Photo:
    """Open a picture file.

    Parameters
    ----------
    path : Path
        A regular file; links are not followed.
    max_pixels : int
        Limit of width times height times frames, judged before decoding.

    Raises
    ------
    FileError
        When the file is unreadable, empty, cut short, damaged, too large, or of no supported format.
        One sentence that names the file by its name only.
    """
    name = printable(path.name)
    data = files.read_source(path)
    form, structure = _known_and_whole(data, name)
    with clearly(name, form):
        found = decode.decode(data, form, structure, name, max_pixels)
    if path.suffix.lower() not in files.SUFFIXES[form]:
        found.note(f"By its content the file is {form}, whatever its name ends in.")
    if form == "JPEG":
        behind = data[headers.jpeg_end(data) :]
        if b"\xff\xd8\xff" in behind:
            found.note("Further pictures in the file are dropped.")
        if b"ftyp" in behind[:4096] or b"MotionPhoto_Data" in behind:
            found.note("The video behind the picture is dropped.")
    mirrored = pixels.mirrored(found.orientation)
    first = found.frames[0]
    return Photo(
        frames=tuple(found.frames),
        format=form,
        grey=found.grey,
        icc=found.icc,
        quality=found.quality,
        subsampling=found.subsampling,
        durations=tuple(found.durations),
        loop=found.loop,
        grid=found.grid,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        notes=tuple(found.notes),
        payload=structure.payload,
        grid_origin=(
            first.width % found.grid if mirrored[0] else 0,
            first.height % found.grid if mirrored[1] else 0,
        ),
    )


def _known_and_whole(data: bytes, name: str) -> tuple[str, headers.Structure]:
    form = files.sniff(data[:64])
    if form is None:
        raise FileError(f"{name} is not a picture that can be read: use {_KNOWN}.")
    structure = headers.read(data, form)
    if not structure.whole:
        raise FileError(
            f"{name} is cut short or damaged (its {form} data have no proper end): copy it again from its source."
        )
    return form, structure


@contextmanager
def clearly(name: str, form: str) -> Iterator[None]:
    """Turn whatever a decoder raises into one sentence about the file."""
    try:
        yield
    except FileError as error:
        if name in str(error):
            raise
        raise FileError(f"{name}: {error}") from error
    except Image.DecompressionBombError as error:
        raise FileError(f"{name} has more pixels than is safe to decode: make it smaller first.") from error
    except MemoryError as error:
        raise FileError(f"{name} does not fit into memory: make it smaller, or use fewer workers.") from error
    except Exception as error:
        # Decoders raise everything from KeyError to SystemError, with texts that help nobody.
        raise FileError(
            f"{name} cannot be decoded as {form}: it is damaged or of an unusual kind; save it again with an editor."
        ) from error


def is_photo(path: Path) -> bool:
    """Return whether a file begins like a supported picture; never raises and never blocks."""
    try:
        return files.sniff(files.read_source(path, limit=64)) is not None
    except FileError:
        return False


def thumbnail(path: Path, side: int) -> bytes:
    """Return an upright sRGB JPEG of at most `side` px, for a screen; JPEGs are decoded at reduced size.

    Raises
    ------
    FileError
        As `open_photo`, except that a damaged end may go unnoticed.
    """
    name = printable(path.name)
    data = files.read_source(path)
    form = files.sniff(data[:64])
    if form != "JPEG":
        shown = open_photo(path)
        image, icc = shown.frames[0].image, shown.icc
        return encode_jpeg(_fitted(image, side, shown.frames[0].alpha), icc=icc)
    with clearly(name, form):
        source: Any = Image.open(io.BytesIO(data), formats=(form,))
        decode.refuse_bomb(name, source.size, 1, MAX_PIXELS)
        icc = colour.embedded(source.info)
        source.draft(None, (side * 2, side * 2))
        source.load()
        base, _ = pixels.split(source)
        image = colour.apply(base, colour.plan(icc, base.mode, keep=False))
        return encode_jpeg(pixels.upright(_fitted(image, side), pixels.orientation_of(source.info.get("exif"))))


def _fitted(image: NDArray[np.uint8], side: int, alpha: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if alpha is not None:
        share = alpha.astype(np.float32)[:, :, None] / 255
        image = np.rint(image * share + 255 * (1 - share)).astype(np.uint8)
    scale = min(side / max(height, width), 1)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    return image if scale == 1 else pixels.resized(image, size)


def encode_jpeg(image: NDArray[np.uint8], quality: int = 85, icc: bytes | None = None) -> bytes:
    """Return a picture ``(H, W, 3)`` uint8 RGB as JPEG bytes for a screen."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality, icc_profile=icc)
    return file.getvalue()
