"""Walk the directories of a TIFF structure: TIFF and BigTIFF files, Exif blocks, and maker notes.

Follows TIFF 6.0, its BigTIFF extension and Exif 2.32. The walk is total: loops, wild offsets and absurd
counts end it early instead of raising.
"""

import struct
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from workbench.media.bytewise import number

MAX_TAGS = 50_000
SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by TIFF field type."""
_FORMATS: Final = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 17: "q", 18: "Q"}
_POINTERS: Final = {0x8769: "ExifIFD", 0x8825: "GPS", 0xA005: "Interop", 0x014A: "sub", 0x0190: "global"}

Value = int | float
"""One number of a tag; rationals are floats."""


@dataclass(frozen=True)
class Tag:
    """One directory entry."""

    number: int
    kind: int
    """TIFF field type"""
    count: int
    entry: int
    """offset of the 12 (BigTIFF: 20) bytes of the entry"""
    offset: int
    """offset of the value"""
    size: int
    """bytes of the value that lie inside the data"""
    inline: bool
    """the value stands in the entry itself"""


@dataclass(frozen=True)
class Directory:
    """One image file directory (IFD)."""

    name: str
    """"IFD0", "IFD1", "ExifIFD", "GPS", "Interop", "IFD0 sub 1", or a maker's name"""
    offset: int
    size: int
    """bytes, with the count in front and the pointer to the next directory behind"""
    tags: tuple[Tag, ...]

    @cached_property
    def _first(self) -> dict[int, Tag]:
        return {tag.number: tag for tag in reversed(self.tags)}

    def tag(self, number: int) -> Tag | None:
        """Return the first entry of that number."""
        return self._first.get(number)


@dataclass
class Tiff:
    """A TIFF structure inside `data`, whose offsets count from `base`."""

    data: bytes
    base: int = 0
    order: str = "little"
    big: bool = False
    directories: list[Directory] = field(default_factory=list)

    def raw(self, tag: Tag, most: int | None = None) -> bytes:
        """Return the bytes of a value, at most `most`."""
        size = tag.size if most is None else min(tag.size, most)
        return self.data[tag.offset : tag.offset + size]

    def text(self, tag: Tag) -> str:
        """Return a value as text, without the padding that cameras add."""
        raw = self.raw(tag, 10_000)
        if 0x9C9B <= tag.number <= 0x9C9F:  # Windows XP tags
            return raw.decode("utf-16-le", "replace").split("\0")[0].strip()
        return raw.strip(b"\0 \r\n\t").decode("utf-8", "replace").replace("\0", "; ").strip()

    def values(self, tag: Tag, most: int = 100_000) -> tuple[Value, ...]:
        """Return at most `most` numbers of a value; text and unknown types give their bytes."""
        raw = self.raw(tag, most * 8)
        mark = "<" if self.order == "little" else ">"
        if tag.kind in (5, 10):
            letter = "I" if tag.kind == 5 else "i"
            pairs = struct.unpack_from(f"{mark}{2 * min(len(raw) // 8, most)}{letter}", raw)
            return tuple(a / b if b else 0.0 for a, b in zip(pairs[::2], pairs[1::2], strict=True))
        letter = _FORMATS.get(tag.kind, "B")
        count = min(len(raw) // struct.calcsize(letter), most)
        return struct.unpack_from(f"{mark}{count}{letter}", raw)

    def integers(self, tag: Tag | None, most: int = 100_000) -> tuple[int, ...]:
        """Return at most `most` whole numbers of a value; a missing tag gives none."""
        return tuple(value for value in self.values(tag, most) if isinstance(value, int)) if tag else ()

    def directory(self, name: str) -> Directory | None:
        """Return the first directory of that name."""
        return next((directory for directory in self.directories if directory.name == name), None)

    def read_directory(self, offset: int, name: str) -> Directory:
        """Read the directory at `offset` of the data; damaged entries are left out."""
        width, step, slot = (8, 20, 8) if self.big else (2, 12, 4)
        count = number(self.data, offset, width, self.order)
        room = max(0, len(self.data) - offset - width) // step
        tags = []
        for index in range(min(count, room, MAX_TAGS)):
            entry = offset + width + index * step
            kind = number(self.data, entry + 2, 2, self.order)
            amount = number(self.data, entry + 4, slot, self.order)
            size = amount * SIZES.get(kind, 0)
            at = entry + 4 + slot
            inline = size <= slot
            if not inline:
                at = self.base + number(self.data, at, slot, self.order)
            size = max(0, min(size, len(self.data) - at))
            tags.append(Tag(number(self.data, entry, 2, self.order), kind, amount, entry, at, size, inline))
        whole = width + len(tags) * step + slot
        return Directory(name, offset, max(0, min(whole, len(self.data) - offset)), tuple(tags))


def is_tiff(data: bytes, start: int = 0) -> bool:
    """Tell whether a TIFF or BigTIFF header stands at `start` (Olympus, Panasonic and others vary the number 42)."""
    return data[start : start + 4] in (
        b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"IIRO", b"IIRS", b"IIU\0", b"II*\1", b"MMOR",
    )  # fmt: skip


def walk(data: bytes, start: int = 0) -> Tiff:
    """Return every directory that the header at `start` leads to: the chain, Exif, GPS, Interop and sub-directories."""
    order = "big" if data[start : start + 2] == b"MM" else "little"
    big = number(data, start + 2, 2, order) == 43
    tiff = Tiff(data, start, order, big)
    at = number(data, start + (8 if big else 4), 8 if big else 4, order)
    queue: list[tuple[int, str, bool]] = [(start + at, "IFD0", True)]
    seen: set[int] = set()
    tags = 0
    chain = 0
    while queue and tags < MAX_TAGS:
        offset, name, chained = queue.pop(0)
        if offset in seen or not start + 8 <= offset < len(data):
            continue
        seen.add(offset)
        directory = tiff.read_directory(offset, name)
        tiff.directories.append(directory)
        tags += len(directory.tags) + 1
        for tag in directory.tags:
            if tag.number in _POINTERS and tag.kind in (3, 4, 9, 13, 16, 18):
                for index, target in enumerate(tiff.integers(tag, 100)):
                    label = _POINTERS[tag.number]
                    label = f"{name} sub {index + 1}" if label == "sub" else label
                    queue.append((start + target, label, False))
        if chained:
            chain += 1
            slot = 8 if big else 4
            following = number(data, directory.offset + directory.size - slot, slot, order)
            if following:
                queue.append((start + following, f"IFD{chain}", True))
    return tiff
