"""What the container scanners share: the `Block`, tiling a file with blocks, and safe reading of numbers.

Every function here is total: it answers for any bytes and any offset, so a scanner that is built
from them cannot run past the end of a damaged file.
"""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

MAX_PARTS = 200_000
"""A scanner stops listing after this many blocks; the rest of the file is then one block that is not essential."""


@dataclass(frozen=True)
class Block:
    """One run of bytes of a picture file."""

    name: str
    """what it is, such as "APP1 Exif", "IDAT", "IFD0 Make", "trailer (ZIP)" """
    offset: int
    """first byte"""
    size: int
    """bytes"""
    essential: bool
    """True: needed to decode the pixels, and carries nothing else"""


def number(data: bytes, at: int, size: int, order: str = "big") -> int:
    """Return the unsigned integer at `at`; bytes beyond the end are left out, so this never raises."""
    if at < 0:
        return 0
    return int.from_bytes(data[at : at + size], "little" if order == "little" else "big")


def tile(parts: Iterable[Block], size: int, gap: str = "bytes that nothing refers to") -> list[Block]:
    """Return blocks that cover ``0..size`` without overlap, in order.

    Where parts overlap, what is not essential wins: bytes that two structures claim are reported. What no part
    covers becomes a block named `gap`, not essential.
    """
    ordered = sorted(parts, key=lambda part: (part.offset, -part.size))
    suspect = _disjoint((part for part in ordered if not part.essential), size)
    needed = _disjoint((part for part in ordered if part.essential), size)
    left = sorted([*suspect, *_outside(needed, suspect)], key=lambda part: part.offset)
    tiles: list[Block] = []
    position = 0
    for part in left:
        if part.offset > position:
            tiles.append(Block(gap, position, part.offset - position, False))
        tiles.append(part)
        position = part.offset + part.size
    if position < size:
        tiles.append(Block(gap, position, size - position, False))
    return tiles


def _disjoint(ordered: Iterable[Block], size: int) -> list[Block]:
    kept = []
    position = 0
    for part in ordered:
        start, end = max(part.offset, position), min(part.offset + part.size, size)
        if end > start:
            kept.append(replace(part, offset=start, size=end - start))
            position = end
    return kept


def _outside(parts: list[Block], taken: list[Block]) -> list[Block]:
    """Return what of the disjoint `parts` lies outside the disjoint `taken`; both in order."""
    rest = []
    first = 0
    for part in parts:
        start, end = part.offset, part.offset + part.size
        while first < len(taken) and taken[first].offset + taken[first].size <= start:
            first += 1
        index = first
        while index < len(taken) and taken[index].offset < end:
            if taken[index].offset > start:
                rest.append(replace(part, offset=start, size=taken[index].offset - start))
            start = taken[index].offset + taken[index].size
            index += 1
        if start < end:
            rest.append(replace(part, offset=start, size=end - start))
    return rest


_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"GIF8", "GIF picture"),
    (b"PK\x03\x04", "ZIP archive"),
    (b"Rar!", "RAR archive"),
    (b"7z\xbc\xaf", "7z archive"),
    (b"\x1f\x8b\x08", "gzip data"),
    (b"%PDF", "PDF document"),
    (b"RIFF", "RIFF file"),
    (b"II*\0", "TIFF or Exif"),
    (b"MM\0*", "TIFF or Exif"),
    (b"<?xpacket", "XMP packet"),
    (b"<x:xmpmeta", "XMP packet"),
    (b"SEFH", "Samsung trailer"),
    (b"AXS!", "AFCP trailer"),
    (b"CNTD", "FotoStation trailer"),
    (b"cbipcbbl", "PreviewImage trailer"),
)
_BOX = re.compile(rb"(?s).{4}(ftyp|moov|mdat|free|wide|mpvd|uuid|jumb)")


def looks_like(data: bytes, start: int = 0, size: int | None = None) -> str:
    """Say in a word or two what a run of bytes looks like, by its signature."""
    end = len(data) if size is None else min(start + size, len(data))
    head = data[start : min(start + 64, end)]
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if _BOX.match(head):
        return "MP4 video" if head[4:8] in (b"ftyp", b"moov", b"mpvd") else "MP4 box"
    sample = data[start : min(start + 4096, end)]
    tail = data[max(start, end - 64) : end]
    if b"SEFT" in tail:
        return "Samsung trailer"
    if b"ftyp" in sample:
        return "MP4 video inside"
    if not sample.strip(b"\0"):
        return "data after zero bytes" if data[start:end].strip(b"\0") else "zero bytes"
    printable = sum(32 <= byte < 127 or byte in (9, 10, 13) for byte in sample)
    return "text" if printable > 0.9 * len(sample) else "unknown data"


def zlib_length(data: bytes, start: int, size: int, limit: int) -> tuple[int, bool]:
    """Return how many of `size` bytes a zlib stream uses, and whether it holds more than `limit` bytes unpacked.

    Works in small steps that are thrown away, so that a bomb costs neither memory nor much time. A broken
    stream uses all its bytes.
    """
    unpacker = zlib.decompressobj()
    view = memoryview(data)[start : start + size]
    made = 0
    used = 0
    pending: bytes | memoryview = b""
    while not unpacker.eof:
        if not pending:
            pending = view[used : used + 65536]
            used += len(pending)
            if not pending:
                return size, False
        try:
            made += len(unpacker.decompress(pending, 1 << 20))
        except zlib.error:
            return size, False
        if made > limit:
            return size, True
        pending = unpacker.unconsumed_tail
    return used - len(unpacker.unused_data), False
