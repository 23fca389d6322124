"""What a file's structure says before any pixel is decoded: is it whole, how many frames, how packed.

Decoders are lenient about a missing end (a picture cut inside its last bytes opens without an
error) and silent about bit depth; so the containers are walked here.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""the next JPEG marker in entropy-coded data: not a stuffed zero, a restart or a fill byte"""
_EOI, _SOS = 0xD9, 0xDA


@dataclass(frozen=True)
class Structure:
    """The structure of one file."""

    whole: bool = True
    """the container ends where it should"""
    frames: int = 1
    """pictures of an animation, as announced"""
    payload: int = 0
    """bytes of compressed picture data of the first frame; 0 where it is not looked for"""
    lossless: bool = True
    depth: int = 8
    """bits per channel"""
    mono: bool = False
    """the picture has no colour channels"""
    nclx: tuple[int, int] | None = None
    """colour primaries and transfer function by code point (ITU-T H.273), where no ICC profile says it"""
    cropped: bool = False
    """the container asks for a crop that the decoder does not apply"""


def read(data: bytes, form: str) -> Structure:
    """Return the structure of a file of the given format; a broken structure is never whole."""
    reader = {"JPEG": _jpeg, "PNG": _png, "GIF": _gif, "WEBP": _webp, "TIFF": _tiff, "HEIF": _iso, "AVIF": _iso}.get(
        form
    )
    try:
        return reader(data) if reader else Structure()
    except (IndexError, OverflowError, struct.error):
        return Structure(whole=False)


def _jpeg(data: bytes) -> Structure:
    return Structure(whole=jpeg_end(data) is not None, lossless=False)


def jpeg_end(data: bytes) -> int | None:
    """Return the offset behind the first picture's end marker, or None when there is none."""
    at = 2
    # Like decoders, go on at the next marker where there is junk between two segments.
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        marker = data[at + 1]
        at += 1 if marker == 0xFF else 2
        if marker == _EOI:
            return at
        if marker in (0x00, 0x01, 0xFF) or 0xD0 <= marker <= 0xD8:
            continue
        at += int.from_bytes(data[at : at + 2], "big")
        if marker == _SOS:
            found = _MARKER.search(data, at)
            if found is None:
                return None
            at = found.start()
    return None


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, body) of every whole PNG chunk up to the end chunk."""
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + size > len(data):
            return
        kind = data[at + 4 : at + 8]
        yield kind, data[at + 8 : at + 8 + size]
        if kind == b"IEND":
            return
        at += 12 + size


def _png(data: bytes) -> Structure:
    frames, depth, last, nclx, controls, mono = 1, 8, b"", None, 0, False
    for kind, body in png_chunks(data):
        last = kind
        if kind == b"IHDR":
            depth, mono = body[8], body[9] in (0, 4)
        elif kind == b"acTL":
            frames = int.from_bytes(body[:4], "big")
        elif kind == b"fcTL":
            controls += 1
        elif kind == b"cICP":
            nclx = body[0], body[1]
    return Structure(
        whole=last == b"IEND" and controls in (0, frames), frames=frames, depth=depth, mono=mono, nclx=nclx
    )


def _gif(data: bytes) -> Structure:
    def table(flags: int) -> int:
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    def skip(at: int) -> int:
        while data[at]:
            at += 1 + data[at]
        return at + 1

    frames, at = 0, 13 + table(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x21:
            at = skip(at + 2)
        elif data[at] == 0x2C:
            frames += 1
            at = skip(at + 10 + table(data[at + 9]) + 1)
        else:
            return Structure(whole=False, frames=frames)
    return Structure(whole=frames > 0, frames=frames)


def riff_chunks(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield (type, offset of the body, size of the body) of every RIFF chunk between two offsets."""
    while start + 8 <= end:
        size = int.from_bytes(data[start + 4 : start + 8], "little")
        yield data[start : start + 4], start + 8, size
        start += 8 + size + (size & 1)


def _webp(data: bytes) -> Structure:
    end = 8 + int.from_bytes(data[4:8], "little")
    first, frames, kinds = 0, 0, set[bytes]()
    for kind, at, size in riff_chunks(data, 12, min(end, len(data))):
        parts = [(kind, at, size)]
        if kind == b"ANMF":
            frames += 1
            parts = list(riff_chunks(data, at + 16, at + size))
        coded = [(name, length) for name, _, length in parts if name in (b"VP8 ", b"VP8L", b"ALPH")]
        kinds.update(name for name, _ in coded)
        first = first or sum(length for _, length in coded)
    return Structure(whole=end <= len(data), frames=max(frames, 1), payload=first, lossless=b"VP8 " not in kinds)


def _tiff(data: bytes) -> Structure:
    order = "<" if data[:2] == b"II" else ">"
    big = data[2 if order == "<" else 3] == 43
    number, count, entry, start = ("Q", "Q", 20, 8) if big else ("I", "H", 12, 4)
    at, seen = struct.unpack_from(order + number, data, start)[0], set[int]()
    while at and at not in seen:
        seen.add(at)
        entries = struct.unpack_from(order + count, data, at)[0]
        at = struct.unpack_from(order + number, data, at + struct.calcsize(count) + entries * entry)[0]
    return Structure(whole=bool(seen), frames=len(seen))


def _iso(data: bytes) -> Structure:
    at, payload, head, kinds = 0, 0, b"", list[bytes]()
    while at + 8 <= len(data):
        size, kind, header = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at
        if size < header or at + size > len(data):
            # Bytes that are no box may follow a whole picture; a cut picture ends inside a known box.
            return Structure(whole={b"meta", b"mdat"} <= set(kinds) and not kind.isalpha(), lossless=False)
        kinds.append(kind)
        payload += size - header if kind == b"mdat" else 0
        head += data[at : at + size] if kind in (b"meta", b"moov", b"mini") else b""
        at += size
    depth, mono, nclx = 8, False, None
    if (found := head.find(b"av1C")) >= 0 and found + 7 <= len(head):
        flags = head[found + 6]
        depth, mono = (12 if flags & 0x20 else 10) if flags & 0x40 else 8, bool(flags & 0x10)
    if (found := head.find(b"colrnclx")) >= 0 and found + 12 <= len(head):
        nclx = int.from_bytes(head[found + 8 : found + 10], "big"), int.from_bytes(head[found + 10 : found + 12], "big")
    return Structure(payload=payload, lossless=False, depth=depth, mono=mono, nclx=nclx, cropped=b"clap" in head)
