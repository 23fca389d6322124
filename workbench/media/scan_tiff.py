"""TIFF and BigTIFF: every directory entry, every value, every strip and tile, and the slack between them."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.media import scan_jpeg
from workbench.media.bytewise import MAX_PARTS, Block, tile, zlib_length
from workbench.media.tiff_tags import Directory, Tag, Tiff, walk

# How many values a structural tag may have; 0 stands for "as many as there are strips or tiles".
_STRUCTURE = {
    256: 1, 257: 1, 258: 8, 259: 1, 262: 1, 266: 1, 273: 0, 277: 1, 278: 1, 279: 0, 284: 1, 292: 1, 293: 1,
    317: 1, 320: 3 << 16, 322: 1, 323: 1, 324: 0, 325: 0, 338: 8, 339: 8, 530: 2, 531: 1, 532: 6,
}  # fmt: skip
# Values that say nothing: a whole picture or page, upright, a resolution without or with a unit.
_HARMLESS = {254: ((0,), (2,)), 274: ((1,),), 296: ((1,), (2,))}
_NAMES = {
    270: "ImageDescription", 271: "Make", 272: "Model", 305: "Software", 306: "DateTime", 315: "Artist",
    316: "HostComputer", 330: "SubIFDs", 700: "XMP", 33432: "Copyright", 33723: "IPTC", 34377: "Photoshop",
    34665: "Exif", 34675: "ICC", 34853: "GPS", 37500: "MakerNote", 37510: "UserComment", 42032: "OwnerName",
    42033: "SerialNumber", 52545: "C2PA",
}  # fmt: skip
# Values begin at even offsets (TIFF 6.0, section 2); Pillow aligns pages to 16 bytes and repeats the header there.
_PADDING = re.compile(rb"\0{0,15}(II\*\0\x08\0\0\0|MM\0\*\0\0\0\x08)?\0{0,3}")
_NO_RESOLUTION = [struct.pack(mark, value, 1) for mark in ("<II", ">II") for value in (1, 72)]
_STREAMS = ((273, 279), (324, 325))
_KNOWN_CODECS = {1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000}


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a TIFF file."""
    tiff = walk(data)
    slot, count = (8, 8) if tiff.big else (4, 2)
    parts = [Block("header", 0, 16 if tiff.big else 8, True)]
    pixels = _Pixels(tiff, budget=4 * len(data))
    for directory in tiff.directories:
        page = directory.name.removeprefix("IFD").isdecimal()
        end = directory.offset + directory.size
        parts.append(Block(f"{directory.name} count", directory.offset, count, page))
        parts.append(Block(f"{directory.name} next", end - slot, slot, page))
        for tag in directory.tags:
            parts.extend(_tag_blocks(tiff, directory, tag, page))
        parts.extend(pixels.blocks(directory, page))
        if len(parts) > MAX_PARTS:
            break
    return [_padding(data, block) for block in tile(parts, len(data))]


def _padding(data: bytes, block: Block) -> Block:
    gap = block.name == "bytes that nothing refers to" and block.size < 24
    if gap and _PADDING.fullmatch(data, block.offset, block.offset + block.size):
        return Block("padding", block.offset, block.size, True)
    return block


def _tag_blocks(tiff: Tiff, directory: Directory, tag: Tag, page: bool) -> Iterator[Block]:
    name = f"{directory.name} {_NAMES.get(tag.number, f'tag {tag.number}') if page else f'tag {tag.number}'}"
    needed = page and directory.tag(tag.number) is tag and _structural(tiff, directory, tag)
    yield Block(name, tag.entry, 20 if tiff.big else 12, needed)
    if not tag.inline and tag.size:
        yield Block(f"{name} value", tag.offset, tag.size, needed)


def _structural(tiff: Tiff, directory: Directory, tag: Tag) -> bool:
    if tag.number == 347:  # tables shared by JPEG strips
        return tag.size < 65536 and all(block.essential for block in scan_jpeg.scan(tiff.raw(tag)))
    if tag.number in (282, 283):  # TIFF 6.0 asks for a resolution: these values say nothing
        return tiff.raw(tag) in _NO_RESOLUTION
    if tag.number in _HARMLESS:
        return tag.count == 1 and tiff.integers(tag, 1) in _HARMLESS[tag.number]
    entry_end = tag.entry + (20 if tiff.big else 12)
    if tag.number not in _STRUCTURE or (tag.inline and tiff.data[tag.offset + tag.size : entry_end].strip(b"\0")):
        return False
    most = _STRUCTURE[tag.number] or _strip_count(tiff, directory)
    return tag.kind in (3, 4, 5, 16) and 0 < tag.count <= most


def _first(tiff: Tiff, directory: Directory, wanted: int) -> int:
    return next(iter(tiff.integers(directory.tag(wanted), 1)), 0)


def _strip_count(tiff: Tiff, directory: Directory) -> int:
    """Return how many strips or tiles the size of the picture calls for."""
    width, height, rows = (_first(tiff, directory, tag) for tag in (256, 257, 278))
    planes = max(1, _first(tiff, directory, 277)) if _first(tiff, directory, 284) == 2 else 1
    tile_width, tile_height = _first(tiff, directory, 322), _first(tiff, directory, 323)
    if tile_width and tile_height:
        return -(-width // tile_width) * -(-height // tile_height) * planes
    return -(-height // rows) * planes if rows else planes


def _raw_size(tiff: Tiff, directory: Directory) -> int:
    """Return how many bytes one strip or tile has before compression."""
    samples = 1 if _first(tiff, directory, 284) == 2 else _first(tiff, directory, 277) or 1
    bits = (_first(tiff, directory, 258) or 1) * samples
    tile_width, tile_height = _first(tiff, directory, 322), _first(tiff, directory, 323)
    if tile_width and tile_height:
        return -(-tile_width * bits // 8) * tile_height
    height = _first(tiff, directory, 257)
    rows = min(_first(tiff, directory, 278) or height, height)
    return -(-_first(tiff, directory, 256) * bits // 8) * rows


@dataclass
class _Pixels:
    """Lists strips and tiles. The budget bounds the work on a file whose directories all share the same strips."""

    tiff: Tiff
    budget: int

    def blocks(self, directory: Directory, page: bool) -> Iterator[Block]:
        compression = _first(self.tiff, directory, 259) or 1
        raw = _raw_size(self.tiff, directory)
        known = page and compression in _KNOWN_CODECS
        for where, length in _STREAMS:
            self.budget -= sum(held.size for key in (where, length) if (held := directory.tag(key)))
            if self.budget < 0:
                return
            offsets = self.tiff.integers(directory.tag(where))
            sizes = self.tiff.integers(directory.tag(length))
            for offset, size in zip(offsets, sizes, strict=False):
                inside = max(0, min(size, len(self.tiff.data) - offset))
                self.budget -= inside
                if self.budget < 0:
                    return
                yield from self._strip(f"{directory.name} pixels", offset, inside, compression, raw, known)
        at, size = _first(self.tiff, directory, 0x0201), _first(self.tiff, directory, 0x0202)
        if at and size:
            yield Block(f"{directory.name} thumbnail", self.tiff.base + at, size, False)

    def _strip(self, name: str, offset: int, size: int, compression: int, raw: int, known: bool) -> Iterator[Block]:
        data = self.tiff.data
        if compression in (6, 7):
            for block in scan_jpeg.scan(data[offset : offset + size]):
                yield Block(f"{name}: {block.name}", offset + block.offset, block.size, block.essential and known)
            return
        used = size
        if compression == 1:
            used = min(size, raw)
        elif compression in (8, 32946):
            used, too_much = zlib_length(data, offset, size, raw * 2 + 65536)
            used = 0 if too_much else used
        yield Block(name, offset, used, known)
        yield Block(f"{name}: bytes behind their end", offset + used, size - used, False)
