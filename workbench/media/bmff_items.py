"""The items of a HEIF or AVIF file: pictures, thumbnails, depth and gain maps, Exif, XMP (ISO/IEC 23008-12)."""

from dataclasses import dataclass, field, replace

from workbench.media.bmff_boxes import Box, boxes, children
from workbench.media.bytewise import number

MAX_ITEMS = 10_000
MAX_LINKS = 50_000
"""Extents, and properties given to items, that are read."""
ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")


@dataclass(frozen=True)
class Item:
    """One item of the ``meta`` box."""

    number: int
    kind: str
    """four characters, such as "hvc1", "Exif", "mime", "grid" """
    content: str = ""
    """content type of a "mime" item, or the type of a "uri " item"""
    extents: tuple[tuple[int, int], ...] = ()
    """offset and size of each piece in the file"""
    size: tuple[int, int] | None = None
    """width and height in pixels, where stated"""
    auxiliary: str = ""
    """what an auxiliary picture is: the URN of its ``auxC`` property"""


@dataclass
class Items:
    """Everything that the ``meta`` box says about items."""

    items: dict[int, Item] = field(default_factory=dict)
    primary: int = 0
    shown: set[int] = field(default_factory=set)
    """the primary picture, the tiles it is made of, and its alpha plane"""
    thumbnails: set[int] = field(default_factory=set)
    exact: set[int] = field(default_factory=set)
    """offsets of the tables that were read to their last byte"""

    def data(self, source: bytes, item: Item, limit: int = 1 << 26) -> bytes:
        """Return the bytes of an item, at most `limit`."""
        pieces, left = [], limit
        for offset, size in item.extents:
            piece = source[offset : offset + min(size, left)]
            left -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)


def read_items(data: bytes) -> Items:
    """Return the items of the file's own ``meta`` box; none when there is no such box."""
    found = Items()
    top = next((box for box in boxes(data, 0, len(data)) if box.kind == "meta"), None)
    if top is None:
        return found
    inner = {box.kind: box for box in boxes(data, top.body + 4, top.end)}
    if "pitm" in inner:
        wide = 4 if number(data, inner["pitm"].body, 1) else 2
        found.primary = number(data, inner["pitm"].body + 4, wide)
    if "iinf" in inner:
        _read_infos(data, inner["iinf"], found)
    if "iloc" in inner:
        _read_locations(data, inner["iloc"], inner.get("idat"), found)
    if "iprp" in inner:
        _read_properties(data, inner["iprp"], found)
    _read_references(data, inner.get("iref"), found)
    return found


def _read_infos(data: bytes, box: Box, found: Items) -> None:
    skip = 8 if number(data, box.body, 1) else 6
    for info in children(data, box, "infe", skip)[:MAX_ITEMS]:
        version = number(data, info.body, 1)
        wide = 4 if version == 3 else 2
        key = number(data, info.body + 4, wide)
        at = info.body + 6 + wide
        kind = data[at : at + 4].decode("latin-1")
        strings = data[at + 4 : min(info.end, at + 1000)].split(b"\0")
        content = strings[1].decode("utf-8", "replace") if len(strings) > 1 else ""
        if version >= 2:
            found.items[key] = Item(key, kind, content)


def _read_locations(data: bytes, box: Box, inside: Box | None, found: Items) -> None:
    version = number(data, box.body, 1)
    sizes = number(data, box.body + 4, 2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2
    count = number(data, box.body + 6, wide)
    at = box.body + 6 + wide
    left = MAX_LINKS
    for _ in range(min(count, MAX_ITEMS)):
        key = number(data, at, wide)
        at += wide
        method = 0
        if version in (1, 2):
            method = number(data, at, 2) & 15
            at += 2
        base = number(data, at + 2, base_size)
        pieces = number(data, at + 2 + base_size, 2)
        at += 4 + base_size
        extents = []
        for _ in range(pieces):
            left -= 1
            if at >= box.end or left < 0:
                return
            offset = base + number(data, at + index_size, offset_size)
            length = number(data, at + index_size + offset_size, length_size)
            at += index_size + offset_size + length_size
            if method == 1:
                offset += inside.body if inside else len(data)
            if method in (0, 1) and offset < len(data):
                extents.append((offset, min(length or len(data), len(data) - offset)))
        if key in found.items:
            found.items[key] = replace(found.items[key], extents=tuple(extents[:1000]))
    if at == box.end:
        found.exact.add(box.offset)


def _read_properties(data: bytes, box: Box, found: Items) -> None:
    container = next(iter(children(data, box, "ipco")), None)
    properties = list(boxes(data, container.body, container.end))[:MAX_ITEMS] if container else []
    left = MAX_LINKS
    for table in children(data, box, "ipma")[:10]:
        version, flags = number(data, table.body, 1), number(data, table.body + 1, 3)
        wide, step = 4 if version else 2, 2 if flags & 1 else 1
        at = table.body + 8
        for _ in range(min(number(data, table.body + 4, 4), MAX_ITEMS)):
            key, count = number(data, at, wide), number(data, at + wide, 1)
            at += wide + 1
            for place in range(at, min(at + count * step, table.end), step):
                index = number(data, place, step) & (0x7FFF if step == 2 else 0x7F)
                if key in found.items and 0 < index <= len(properties):
                    found.items[key] = _with_property(data, found.items[key], properties[index - 1])
            at += count * step
            left -= count
            if at >= table.end or left < 0:
                break
        if at == table.end:
            found.exact.add(table.offset)


def _with_property(data: bytes, item: Item, box: Box) -> Item:
    if box.kind == "ispe":
        return replace(item, size=(number(data, box.body + 4, 4), number(data, box.body + 8, 4)))
    if box.kind == "auxC":
        urn = data[box.body + 4 : min(box.end, box.body + 200)].split(b"\0")[0]
        return replace(item, auxiliary=urn.decode("latin-1"))
    return item


def _read_references(data: bytes, box: Box | None, found: Items) -> None:
    made_of: dict[int, list[int]] = {}
    planes: dict[int, list[int]] = {}
    wide = 4 if box and number(data, box.body, 1) else 2
    for reference in list(boxes(data, box.body + 4, box.end))[:MAX_ITEMS] if box else []:
        source = number(data, reference.body, wide)
        first = reference.body + wide + 2
        count = min(number(data, first - 2, 2), (reference.end - first) // wide)
        targets = [number(data, first + wide * index, wide) for index in range(count)]
        if reference.kind == "dimg":
            made_of.setdefault(source, []).extend(targets)
        elif reference.kind == "thmb":
            found.thumbnails.add(source)
        elif reference.kind == "auxl" and _is_alpha(found.items.get(source)):
            for target in targets:
                planes.setdefault(target, []).append(source)
        if reference.end == first + wide * count:
            found.exact.add(reference.offset)
    queue = [found.primary]
    while queue:
        key = queue.pop()
        if key not in found.shown:
            found.shown.add(key)
            queue += made_of.get(key, []) + planes.get(key, [])


def _is_alpha(item: Item | None) -> bool:
    return item is not None and item.auxiliary.encode("latin-1", "replace") in ALPHA
