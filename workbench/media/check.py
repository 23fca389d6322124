"""The second reader: that a written photo holds its pixels and nothing else, and that its regions were hidden.

It shares nothing with the code that wrote the file: the bytes are scanned block by block (`containers`), the pixels
decoded in full by Pillow (OpenCV where Pillow would drop half of 16 bits), and the regions measured (`check_regions`).
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
from PIL import Image

from workbench.media import check_regions, containers, facts_icc
from workbench.media.bytewise import Block, number
from workbench.media.check_areas import Pixels, Region
from workbench.media.disclose_png import unpack
from workbench.media.tiff_tags import walk
from workbench.values import FileError, Finding, Frame, Method, Shape

MAX_FINDINGS = 50
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP", "HEIF", "AVIF", "MPO")
_TOLD = ("exif", "xmp", "XML:com.adobe.xmp", "comment", "Comment", "photoshop", "mp")


def check_photo(
    path: Path,
    *,
    size: tuple[int, int],
    frames: int,
    allow_icc: bool,
    regions: Sequence[Sequence[Any]] = (),
    before: Sequence[Frame] | None = None,
) -> list[Finding]:
    """Re-open a written photo and report everything that is not as it should be.

    Parameters
    ----------
    path : Path
        The file; its name may be a neutral temporary one.
    size : tuple of int
        Width and height in pixels that it must have.
    frames : int
        Frames or pages that it must have.
    allow_icc : bool
        Whether it may carry a colour profile, which then must say nothing but how colours look.
    regions : sequence of rows, optional
        ``[frame, kind, method, shape, x0, y0, x1, y1]``. An area that several regions share must be constant when one
        of them is a fill. Blurred and pixelated regions are judged only with `before`.
    before : sequence of Frame, optional
        The upright source frames.

    Returns
    -------
    list of Finding
        Empty when nothing is wrong. `Finding.check` is "readable", "format", "metadata", "colour profile", "trailer",
        "slack", "decode", "size", "frames" or "region".
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        blocks = containers.blocks(data)
    except OSError as error:
        return [Finding("readable", f"The file cannot be read again: {error.strerror}.", path.name)]
    except FileError as error:
        return [Finding("format", str(error), path.name)]
    found = []
    for check, message, offset in _all_problems(data, blocks, size, frames, allow_icc, regions, before):
        found.append(Finding(check, f"{message[0].upper()}{message[1:]}.", path.name, offset))
        if len(found) >= MAX_FINDINGS:
            break
    return found


_Problem = tuple[str, str, int | None]


def _all_problems(
    data: bytes,
    blocks: Sequence[Block],
    size: tuple[int, int],
    frames: int,
    allow_icc: bool,
    regions: Sequence[Sequence[Any]],
    before: Sequence[Frame] | None,
) -> Iterator[_Problem]:
    yield from _block_problems(data, blocks, allow_icc)
    rows, unreadable = _rows(regions, size, frames)
    yield from (("region", message, None) for message in unreadable)
    try:
        yield from _pixel_problems(data, blocks, size, frames, rows, before)
    except Exception as error:  # decoders raise anything at all on damaged files: each is one finding
        yield "decode", f"the picture cannot be decoded in full ({type(error).__name__})", None


def _block_problems(data: bytes, blocks: Sequence[Block], allow_icc: bool) -> Iterator[_Problem]:
    loose = [block for block in blocks if not block.essential]
    profiles = [block for block in loose if _is_icc(block)]
    for block in loose:
        place = f"{block.size} bytes from byte {block.offset} on"
        if block.name.startswith("trailer"):
            yield "trailer", f"something follows the picture's end: {block.name}, {place}", block.offset
        elif any(word in block.name for word in ("nothing refers", "no item refers", "behind", "hidden", "fill bytes")):
            yield "slack", f"bytes that the picture does not need: {block.name}, {place}", block.offset
        elif block not in profiles:
            yield "metadata", f"a block that the picture does not need: {block.name}, {place}", block.offset
        elif not allow_icc:
            yield "colour profile", f"a colour profile that the settings do not keep: {place}", block.offset
    if profiles and allow_icc and (problem := _profile_problem(data, profiles)):
        yield "colour profile", f"its colour profile {problem}", profiles[0].offset


_ICC = re.compile(r"ICC|iCCP|APP2 ICC|IFD\d+ ICC( value)?|.*/colr ICC")


def _is_icc(block: Block) -> bool:
    return _ICC.fullmatch(block.name) is not None


def _profile_problem(data: bytes, blocks: Sequence[Block]) -> str:
    """Return what the colour profile in these blocks tells beside colours; the structure around it counts as well."""
    bodies = [data[block.offset : block.offset + block.size] for block in blocks]
    name = blocks[0].name
    if name == "APP2 ICC":
        numbers = [(body[16], body[17]) for body in bodies]
        if numbers != [(index + 1, len(bodies)) for index in range(len(bodies))]:
            return "has parts that are not numbered in order"
        return facts_icc.problem(b"".join(body[18:] for body in bodies))
    if name.startswith("IFD"):
        values = [body for block, body in zip(blocks, bodies, strict=True) if block.name.endswith("value")]
        found = [problem for value in values if (problem := facts_icc.problem(value))]
        return "is there more than once" if len(values) * 2 != len(blocks) else "".join(found[:1])
    if len(blocks) > 1:
        return "is there more than once"
    if name == "iCCP":
        title, _, packed = bodies[0][8:-4].partition(b"\0")
        if title.lower() not in (b"icc profile", b"icc", b"srgb"):
            return "has a name of its own"
        profile = unpack(packed[1:])
    else:
        head = 12 if name.endswith("colr ICC") else 8 if name == "ICC" and data[:4] == b"RIFF" else 0
        profile = bodies[0][head:]
    return facts_icc.problem(profile)


def _rows(
    regions: Sequence[Sequence[Any]], size: tuple[int, int], frames: int
) -> tuple[dict[int, list[Region]], list[str]]:
    """Return the regions of each frame, and what is wrong with rows that cannot be used."""
    by_frame: dict[int, list[Region]] = {}
    wrong = []
    for row in regions:
        try:
            frame, kind, method, shape, *corners = row
            x0, y0, x1, y1 = (int(corner) for corner in corners)
            region = Region(str(kind), Method(method), Shape(shape), (x0, y0, x1, y1))
            inside = 0 <= x0 < x1 <= size[0] and 0 <= y0 < y1 <= size[1] and 0 <= int(frame) < frames
        except (TypeError, ValueError):
            wrong.append(f"the region {list(row)!r} is not a row that can be read")
            continue
        if inside:
            by_frame.setdefault(int(frame), []).append(region)
        else:
            wrong.append(f"{region} of frame {frame} does not lie inside the picture")
    return by_frame, wrong


def _pixel_problems(
    data: bytes,
    blocks: Sequence[Block],
    size: tuple[int, int],
    frames: int,
    rows: dict[int, list[Region]],
    before: Sequence[Frame] | None,
) -> Iterator[_Problem]:
    family = containers.container(data)
    if family == "BMFF":
        pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # Only the header is read here; a picture of another size than expected is not decoded.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        Image.init()
        image = Image.open(BytesIO(data), formats=[name for name in _FORMATS if name in Image.OPEN])
    with image:
        if image.size != size:
            yield "size", f"it is {image.width} x {image.height} pixels instead of {size[0]} x {size[1]}", None
            return
        count = int(getattr(image, "n_frames", 1))
        if count != frames:
            yield "frames", f"it has {count} frames instead of {frames}", None
            return
        codec = _codec(family, image.format or "", data, blocks)
        deep = _deep(family, data)
        for index in range(count):
            image.seek(index)
            image.load()
            told = [name for name in _TOLD if image.info.get(name)]
            if told or (family != "TIFF" and len(image.getexif())):
                yield "metadata", f"a decoder finds {', '.join(told) or 'exif'} in frame {index}", None
            if index in rows:
                pixels, opacity = deep[index] if deep else _arrays(image)
                source = before[index].image if before is not None and index < len(before) else None
                for message in check_regions.problems(pixels, opacity, rows[index], codec, source):
                    yield "region", f"frame {index}: {message}", None


def _arrays(image: Image.Image) -> tuple[Pixels, Pixels | None]:
    """Return a frame's colours and, where it has any, its opacity."""
    if image.mode.startswith(("I", "F")):
        return np.asarray(image), None
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        whole = np.asarray(image.convert("RGBA"))
        return whole[..., :3], whole[..., 3]
    return np.asarray(image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")), None


def _deep(family: str, data: bytes) -> list[tuple[Pixels, Pixels | None]]:
    """Return every frame at 16 bit where Pillow would give 8: colour PNG and TIFF."""
    pages: Sequence[Pixels] = ()
    if family == "PNG" and number(data, 24, 1) == 16 and number(data, 25, 1) in (2, 4, 6):
        pages = [np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED))]
    elif family == "TIFF":
        tiff = walk(data)
        first = tiff.directory("IFD0")
        if first and len(bits := tiff.integers(first.tag(258), 8)) >= 3 and set(bits) == {16}:
            pages = cv2.imdecodemulti(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)[1]
    if any(page.dtype != np.uint16 for page in pages):
        raise ValueError("a deep picture was not decoded at its depth")
    return [(page[..., :3], page[..., 3] if page.shape[2] == 4 else None) for page in pages]


def _codec(family: str, opened_as: str, data: bytes, blocks: Sequence[Block]) -> check_regions.Codec:
    names = {block.name for block in blocks}
    if family == "BMFF":
        return check_regions.AVIF if opened_as == "AVIF" else check_regions.HEIF
    if family == "WEBP":
        return check_regions.WEBP if "VP8" in names else check_regions.LOSSLESS
    if family == "TIFF" and any(": SOF" in name for name in names):
        return check_regions.jpeg(16)
    if family != "JPEG":
        return check_regions.LOSSLESS
    frame = next(block.offset for block in blocks if block.name == "SOF")
    factors = [data[frame + 11 + 3 * index] for index in range(number(data, frame + 9, 1))]
    return check_regions.jpeg(8 * max([max(factor >> 4, factor & 15) for factor in factors] or [1]))
