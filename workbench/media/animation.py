"""Animations, put together frame by frame: GIF, APNG and WebP.

The libraries' own writers merge equal frames, so that the output would have fewer frames than the
source and than the manifest says. Here every frame stays; only what changed since the last one is
stored.
"""

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from workbench.media import headers, palettes

Picture = NDArray[np.uint8]
"""``(H, W)``, ``(H, W, 3)`` or ``(H, W, 4)`` uint8"""
_NO_BLEND = 2


def changed_box(before: Picture | None, now: Picture, grid: int = 1) -> tuple[int, int, int, int]:
    """Return [x0, y0, x1, y1] px around all that differs, its corner on a grid; one pixel when nothing does."""
    height, width = now.shape[:2]
    if before is None:
        return 0, 0, width, height
    differs = (before != now).reshape(height, width, -1).any(axis=2)
    if not differs.any():
        return 0, 0, 1, 1
    rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
    return int(columns[0]) // grid * grid, int(rows[0]) // grid * grid, int(columns[-1]) + 1, int(rows[-1]) + 1


def _parts(frames: Sequence[Picture], grid: int) -> list[tuple[int, int, Picture]]:
    parts, before = [], None
    for now in frames:
        x0, y0, x1, y1 = changed_box(before, now, grid)
        parts.append((x0, y0, np.ascontiguousarray(now[y0:y1, x0:x1])))
        before = now
    return parts


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return one PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def apng(frames: Sequence[Picture], durations: Sequence[int], loop: int, encode: Callable[[Picture], bytes]) -> bytes:
    """Return an animated PNG (PNG third edition, 11.3.6).

    Parameters
    ----------
    frames : sequence of ndarray
        All of one size and mode.
    durations : sequence of int, ms
        One a frame.
    loop : int
        How often it plays, 0 for ever.
    encode : callable
        Gives a still PNG of a picture; what stands before its pixels in the first one is kept.
    """
    body, sequence = b"", 0
    head: list[bytes] = []
    for number, ((x, y, part), duration) in enumerate(zip(_parts(frames, 1), durations, strict=True)):
        chunks = list(headers.png_chunks(encode(part)))
        height, width = part.shape[:2]
        delay = (duration, 1000) if duration <= 0xFFFF else (min(duration // 1000, 0xFFFF), 1)
        body += chunk(b"fcTL", struct.pack(">5I2H2B", sequence, width, height, x, y, *delay, 0, 0))
        sequence += 1
        if number == 0:
            head = [chunk(kind, content) for kind, content in chunks if kind not in (b"IDAT", b"IEND")]
        for content in (content for kind, content in chunks if kind == b"IDAT"):
            if number == 0:
                body += chunk(b"IDAT", content)
            else:
                body += chunk(b"fdAT", struct.pack(">I", sequence) + content)
                sequence += 1
    control = chunk(b"acTL", struct.pack(">II", len(frames), loop))
    return b"\x89PNG\r\n\x1a\n" + b"".join(head) + control + body + chunk(b"IEND", b"")


def webp(
    frames: Sequence[Picture],
    durations: Sequence[int],
    loop: int,
    icc: bytes | None,
    encode: Callable[[Picture], bytes],
) -> bytes:
    """Return an animated WebP (RFC 9649, 2.7); parameters as for `apng`, `encode` gives a still WebP."""
    height, width = frames[0].shape[:2]
    body = _riff(b"ANIM", struct.pack("<IH", 0, loop))
    for (x, y, part), duration in zip(_parts(frames, 2), durations, strict=True):
        data = encode(part)
        picture = b"".join(
            _riff(kind, data[at : at + size])
            for kind, at, size in headers.riff_chunks(data, 12, len(data))
            if kind in (b"ALPH", b"VP8 ", b"VP8L")
        )
        place = b"".join(
            value.to_bytes(3, "little")
            for value in (x // 2, y // 2, part.shape[1] - 1, part.shape[0] - 1, min(duration, 0xFFFFFF))
        )
        body += _riff(b"ANMF", place + bytes([_NO_BLEND]) + picture)
    flags = 0x02 | (0x20 if icc else 0) | (0x10 if frames[0].shape[-1] == 4 else 0)
    canvas = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    whole = b"WEBP" + _riff(b"VP8X", canvas) + (_riff(b"ICCP", icc) if icc else b"") + body
    return _riff(b"RIFF", whole)


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)


def gif(
    frames: Sequence[Picture], alphas: Sequence[NDArray[np.uint8] | None], durations: Sequence[int], loop: int
) -> bytes:
    """Return a GIF, animated when there are durations; each frame has a table of its own with no unused colour.

    Parameters
    ----------
    frames : sequence of ndarray of shape (H, W, 3), uint8
        RGB.
    alphas : sequence of ndarray of shape (H, W), uint8, or None
        Opacity; GIF knows only all or nothing, and half is nothing's limit.
    durations : sequence of int, ms
        One a frame, or none for a still.
    loop : int
        How often it plays, 0 for ever.
    """
    height, width = frames[0].shape[:2]
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0)
    if durations and loop != 1:
        data += b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<H", max(loop - 1, 0)) + b"\0"
    clear = [np.zeros((height, width), bool) if alpha is None else alpha < 128 for alpha in alphas]
    # What was opaque can only become clear again when the whole frame is taken away first.
    whole = any((now & ~before).any() for before, now in pairwise(clear))
    before: Picture | None = None
    for picture, hole, duration in zip(frames, clear, durations or [0], strict=True):
        now = np.dstack([np.where(hole[:, :, None], 0, picture), np.where(hole, 0, 255)]).astype(np.uint8)
        last = None if whole else before
        x0, y0, x1, y1 = changed_box(last, now)
        part, open_part = now[y0:y1, x0:x1, :3], ~hole[y0:y1, x0:x1]
        if last is not None:
            open_part = open_part & (last[y0:y1, x0:x1] != now[y0:y1, x0:x1]).any(axis=2)
        data += _gif_frame(part, open_part, (x0, y0), duration, disposal=2 if whole else 1)
        before = now
    return data + b";"


def _gif_frame(
    part: Picture, visible: NDArray[np.bool_], offset: tuple[int, int], duration: int, disposal: int
) -> bytes:
    # A frame that is taken away again needs a clear colour even where it is opaque: without one,
    # readers differ in what they put in its place.
    clear = disposal == 2 or not visible.all()
    table, indices = palettes.nearest(part[visible], 255 if clear else 256)
    coded = np.full(visible.shape, len(table) if clear else 0, np.uint8)
    coded[visible] = indices
    rows = np.concatenate([table, np.zeros((1, 3), np.uint8)]) if clear else table
    image = Image.frombytes("P", (visible.shape[1], visible.shape[0]), coded.tobytes())
    image.putpalette(rows.tobytes())
    options: dict[str, int | bool] = {"duration": duration, "disposal": disposal, "include_color_table": True}
    if clear:
        options["transparency"] = len(table)
    return b"".join(GifImagePlugin.getdata(image, offset, **options))


def is_count_kept(data: bytes, form: str, count: int) -> bool:
    """Return whether a written animation really opens with so many frames."""
    with Image.open(io.BytesIO(data), formats=(form,)) as image:
        return int(getattr(image, "n_frames", 1)) == count
