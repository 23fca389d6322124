"""ISO base media files that hold pictures (HEIF, AVIF): boxes, items, samples, and bytes that nothing refers to.

ISO/IEC 14496-12 (boxes), 23008-12 (HEIF items), the AV1 and HEVC file format bindings (coded data).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workbench.media.bmff_boxes import Box, boxes, sample_extents
from workbench.media.bmff_items import ALPHA, Item, Items, read_items
from workbench.media.bytewise import MAX_PARTS, Block, looks_like, number, tile
from workbench.media.coded import message_runs

# Bytes between the box's header and its first child.
_CONTAINERS = {
    "meta": 4, "iprp": 0, "ipco": 0, "moov": 0, "trak": 0, "mdia": 0, "minf": 0, "dinf": 0, "stbl": 0, "edts": 0,
    "udta": 0, "iref": 4, "tref": 0, "stsd": 8, "iinf": 6,
}  # fmt: skip
# Bytes of the content of boxes that are nothing but numbers of fixed size.
_FIXED = {
    "ispe": (12,), "irot": (1,), "imir": (1,), "pasp": (8,), "clap": (32,), "pitm": (6, 8), "a1op": (1,),
    "a1lx": (7, 13), "lsel": (2,), "vmhd": (12,), "dref": (20,), "clli": (4,), "mdcv": (24,), "ccst": (8,),
}  # fmt: skip
VISUAL = 78
"""bytes of a visual sample entry before its boxes"""
_CODINGS = ("hvc1", "av01")
_DERIVED = ("grid", "iden", "iovl")
_NAMES = (b"", b"Color", b"Alpha", b"PictureHandler", b"libavif", b"pict", b"AOM Coding", b"HEVC Coding")
"""What encoders write into the name fields; any other name could be a message."""


def _table(head: int, row: int) -> Callable[[bytes, int, int], bool]:
    """Return the rule of a table of numbers: `head` bytes, whose last four count the rows, and `row` bytes a row."""
    return lambda data, body, end: end - body == head + row * number(data, body + head - 4, 4)


def _sizes(data: bytes, body: int, end: int) -> bool:
    return end - body == 12 + (0 if number(data, body + 4, 4) else 4 * number(data, body + 8, 4))


def _edits(data: bytes, body: int, end: int) -> bool:
    return end - body == 8 + (20 if number(data, body, 1) else 12) * number(data, body + 4, 4)


def _handler(data: bytes, body: int, end: int) -> bool:
    zero = data[body : body + 8] + data[body + 12 : body + 20]
    return data[body + 20 : end].strip(b"\0") in _NAMES and not zero.strip(b"\0") and end - body < 60


def _item_info(data: bytes, body: int, end: int) -> bool:
    wide = 4 if number(data, body, 1) == 3 else 2
    kind = data[body + 6 + wide : body + 10 + wide].decode("latin-1")
    name = data[body + 10 + wide : min(end, body + 100)]
    return kind in (*_CODINGS, *_DERIVED) and end - body <= 64 and name[:-1] in _NAMES and name[-1:] == b"\0"


def _clock(data: bytes, body: int, end: int) -> bool:
    # Creation and modification time: only the constant zero says nothing.
    wide = 16 if number(data, body, 1) == 1 else 8
    return end - body <= 112 and not data[body + 4 : body + 4 + wide].strip(b"\0")


def _configuration(kind: str) -> Callable[[bytes, int, int], bool]:
    return lambda data, body, end: not any(True for _ in message_runs(kind, data, body, end))


_RULES: dict[str, Callable[[bytes, int, int], bool]] = {
    "stts": _table(8, 8),
    "stsc": _table(8, 12),
    "stco": _table(8, 4),
    "co64": _table(8, 8),
    "stss": _table(8, 4),
    "ctts": _table(8, 8),
    "stsz": _sizes,
    "elst": _edits,
    "hdlr": _handler,
    "infe": _item_info,
    "colr": lambda data, body, end: data[body : body + 4] == b"nclx" and end - body == 11,
    "pixi": lambda data, body, end: end - body == 5 + number(data, body + 4, 1),
    "auxC": lambda data, body, end: data[body + 4 : end].rstrip(b"\0") in ALPHA,
    "auxi": lambda data, body, end: data[body + 4 : end].rstrip(b"\0") in ALPHA,
    "hvcC": _configuration("hvcC"),
    "av1C": _configuration("av1C"),
    "mvhd": _clock,
    "tkhd": _clock,
    "mdhd": _clock,
}


def scan(data: bytes) -> list[Block]:
    """Return the blocks of an ISO base media file; ``ftyp`` stands at 4."""
    return Scan(data, read_items(data)).blocks()


@dataclass
class Scan:
    """Sorts the bytes of one file into blocks."""

    data: bytes
    items: Items
    parts: list[Block] = field(default_factory=list)
    budget: int = 0
    """bytes of coded pictures that may still be looked into: items may all share the same bytes"""

    def blocks(self) -> list[Block]:
        """Return the blocks of the whole file, in order."""
        self.budget = 4 * len(self.data)
        end = self.walk(0, len(self.data), "")
        if end < len(self.data):
            name = f"trailer ({looks_like(self.data, end)})"
            self.parts.append(Block(name, end, len(self.data) - end, False))
        self.parts.extend(self.pixels())
        return tile(self.parts, len(self.data), "bytes that no item refers to")

    def walk(self, start: int, end: int, path: str) -> int:
        """Add the blocks of all boxes in a range; return the end of the last sound box."""
        position = start
        for box in boxes(self.data, start, end):
            if len(self.parts) > MAX_PARTS:
                return position
            position = box.end
            inner = f"{path}/{box.kind}" if path else box.kind
            skip = self.skipped(box, path)
            if box.kind in ("mdat", "idat"):
                self.parts.append(Block(f"{inner} header", box.offset, box.body - box.offset, True))
            elif skip is not None and inner.count("/") < 10:
                first = min(box.body + skip, box.end)
                needed = self.plain_header(box, first)
                self.parts.append(Block(f"{inner} header", box.offset, first - box.offset, needed))
                inside = self.walk(first, box.end, inner)
                self.parts.append(Block(f"{inner}: bytes behind its boxes", inside, box.end - inside, False))
            else:
                size = box.end - box.offset
                self.parts.append(Block(self._title(box, inner), box.offset, size, self.needed(box, inner)))
        return position

    def skipped(self, box: Box, path: str) -> int | None:
        """Return how many bytes stand before the boxes inside `box`; None when it holds none."""
        if path.endswith("/stsd"):
            return VISUAL
        if box.kind == "iinf" and number(self.data, box.body, 1):
            return 8
        if box.kind == "meta" and self.data[box.body + 4 : box.body + 8] == b"hdlr":
            return 0  # as QuickTime writes it
        return _CONTAINERS.get(box.kind)

    def plain_header(self, box: Box, first: int) -> bool:
        """Tell whether the bytes before the first box inside `box`, which stands at `first`, say nothing."""
        if first - box.body == VISUAL:
            name = self.data[box.body + 42 : box.body + 74]
            # The template of ISO/IEC 14496-12, section 12.1.3: everything but size and name has a fixed value.
            fixed = self.data[box.body : box.body + 6] + self.data[box.body + 8 : box.body + 24]
            return not fixed.strip(b"\0") and name[1:].strip(b"\0") in _NAMES
        return box.kind in ("iinf", "stsd") or not self.data[box.body : first].strip(b"\0\1")

    def _title(self, box: Box, path: str) -> str:
        if box.kind == "colr" and self.data[box.body : box.body + 4] in (b"prof", b"rICC"):
            return f"{path} ICC"
        return f"{path} {self.data[box.body : box.body + 16].hex()}" if box.kind == "uuid" else path

    def needed(self, box: Box, path: str) -> bool:
        """Tell whether a box without boxes inside only serves decoding."""
        size = box.end - box.body
        if box.kind in _FIXED:
            return size in _FIXED[box.kind]
        if box.kind in _RULES:
            return _RULES[box.kind](self.data, box.body, box.end)
        if box.kind == "ftyp":
            return path == "ftyp" and size <= 64 and size % 4 == 0 and not number(self.data, box.body + 4, 4)
        if path.startswith("meta/iref/"):
            return box.kind in ("dimg", "auxl") and box.offset in self.items.exact
        if "/tref/" in path:
            return box.kind in ("auxl", "prem") and size % 4 == 0 and size <= 16
        return path in ("meta/iloc", "meta/iprp/ipma") and box.offset in self.items.exact

    def pixels(self) -> Iterator[Block]:
        """Yield the extents of items and samples; messages inside coded pictures are blocks of their own."""
        for item in self.items.items.values():
            known = item.kind in _CODINGS or (item.kind in _DERIVED and sum(size for _, size in item.extents) < 1000)
            needed = item.number in self.items.shown and known
            for offset, size in item.extents:
                yield Block(f"item {item.number} {self._purpose(item)}", offset, size, needed)
            if needed and item.kind in _CODINGS and len(item.extents) == 1:
                yield from self._messages(item.kind, *item.extents[0])
        for kind, offset, size in sample_extents(self.data):
            yield Block(f"sample {kind}", offset, size, kind in _CODINGS)
            if kind in _CODINGS and offset + size <= len(self.data):
                yield from self._messages(kind, offset, size)

    def _messages(self, kind: str, start: int, size: int) -> Iterator[Block]:
        self.budget -= size
        if self.budget < 0:
            yield Block("coded picture that was not looked into", start, size, False)
            return
        for offset, length in message_runs(kind, self.data, start, start + size):
            yield Block("message inside the coded picture", offset, length, False)

    def _purpose(self, item: Item) -> str:
        if item.number in self.items.thumbnails:
            return f"{item.kind} thumbnail"
        return " ".join(part for part in (item.kind, item.auxiliary, item.content) if part)
