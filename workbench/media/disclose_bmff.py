"""What HEIF, AVIF and other ISO base media files disclose: items, boxes, and bytes that no item refers to."""

import re
from datetime import UTC, datetime, timedelta

from workbench.media.bmff_boxes import Box, boxes
from workbench.media.bmff_items import ALPHA, Item, Items, read_items
from workbench.media.bytewise import Block, looks_like, number
from workbench.media.disclose_jpeg import read_payloads
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_icc import read_icc
from workbench.media.facts_xmp import read_xmp

_UUIDS = {"be7acfcb97a942e89c71999491e3afac": "XMP", "d8fec3d61b0e483c92975828877ec481": "C2PA",
          "85c0b687820f11e08111f4ce462b6a48": "Canon"}  # fmt: skip
_PICTURES = ("hvc1", "hev1", "av01", "avc1", "jpeg", "grid", "iovl", "iden", "tmap", "unci", "j2k1", "vvc1")
_PLACE = re.compile(rb"([+-]\d{2}\.\d+)([+-]\d{3}\.\d+)(?:([+-]\d+\.?\d*))?/?")
_INSIDE = {"moov": 0, "trak": 0, "mdia": 0, "minf": 0, "stbl": 0, "udta": 0, "meta": 4, "iprp": 0, "ipco": 0, "stsd": 8}


def disclose_bmff(facts: Facts, source: Source, blocks: list[Block]) -> None:
    """Add what the boxes and items of an ISO base media file disclose."""
    items = read_items(source.data)
    for item in items.items.values():
        _read_item(facts, source, items, item)
    _read_boxes(facts, source, 0, len(source.data), 0)
    for block in blocks:
        if block.name.startswith(("bytes that no item", "message inside")):
            value = f"{block.size} bytes ({looks_like(source.data, block.offset, block.size)})"
            facts.add("trailer", block.name, value, source.where, source.at(block.offset))
    place = _PLACE.search(source.data, 0, 1 << 24) if b"\xa9xyz" in source.data or b"ISO6709" in source.data else None
    if place:
        at = source.at(place.start())
        facts.add("GPS", "latitude", f"{float(place[1]):.6f}°", f"{source.where} location text", at)
        facts.add("GPS", "longitude", f"{float(place[2]):.6f}°", f"{source.where} location text", at)


def _read_item(facts: Facts, source: Source, items: Items, item: Item) -> None:
    at = source.at(item.extents[0][0]) if item.extents else None
    where = f"{source.where} item {item.number}"
    size = sum(length for _, length in item.extents)
    if item.kind == "Exif":
        data = items.data(source.data, item)
        start = 4 + number(data, 0, 4)
        exact = len(item.extents) == 1
        read_payloads(facts, {"Exif": Source(data[start:], f"{where} Exif", (at or 0) + start, exact)})
    elif item.kind == "mime" and ("xml" in item.content or "rdf" in item.content):
        read_xmp(facts, Source(items.data(source.data, item), f"{where} XMP", at or 0))
    elif item.kind in ("jumb", "c2pa") or "jumbf" in item.content:
        read_payloads(facts, {"C2PA": Source(items.data(source.data, item), f"{where} JUMBF", at or 0)})
    elif item.kind in _PICTURES:
        _read_picture(facts, items, item, f"{size} bytes", where, at)
    else:
        facts.add("other", f"item of kind '{item.kind} {item.content}'", f"{size} bytes", where, at)


def _read_picture(facts: Facts, items: Items, item: Item, size: str, where: str, at: int | None) -> None:
    shape = f"{item.size[0]} x {item.size[1]} pixels, " if item.size else ""
    if item.number in items.thumbnails:
        facts.add("thumbnail", "smaller copy of the picture", shape + size, where, at)
    elif item.auxiliary:
        if item.auxiliary.encode("latin-1", "replace") not in ALPHA:
            name = item.auxiliary.rpartition(":")[2]
            facts.add("second picture", f"auxiliary picture ({name})", shape + size, where, at)
    elif item.kind == "tmap":
        facts.add("second picture", "tone map (HDR gain map)", shape + size, where, at)
    elif item.number not in items.shown:
        facts.add("second picture", "further picture", shape + size, where, at)


def _read_boxes(facts: Facts, source: Source, start: int, end: int, depth: int) -> None:
    data = source.data
    for count, box in enumerate(boxes(data, start, end)):
        if count > 5000:
            return
        if box.kind in _INSIDE and depth < 8:
            skip = 0 if data[box.body + 4 : box.body + 8] == b"hdlr" else _INSIDE[box.kind]
            _read_boxes(facts, source, box.body + skip, box.end, depth + 1)
        else:
            read_box(facts, source, box)


def read_box(facts: Facts, source: Source, box: Box) -> None:
    """Add what one box without boxes inside discloses."""
    data, at = source.data, source.at(box.offset)
    where, size = f"{source.where} {box.kind}", box.end - box.body
    if box.kind == "colr" and data[box.body : box.body + 4] in (b"prof", b"rICC"):
        read_icc(facts, source.part(box.body + 4, size - 4, "ICC"))
    elif box.kind == "uuid":
        name = data[box.body : box.body + 16].hex()
        kind = _UUIDS.get(name, "")
        part = source.part(box.body + 16, size - 16, f"uuid {kind or name}")
        if kind == "C2PA":
            start = part.data.find(b"jumb") - 4
            part = part.part(max(start, 0), len(part.data))
        if kind in ("XMP", "C2PA"):
            read_payloads(facts, {kind: part})
        else:
            facts.add("maker note" if kind else "other", f"uuid box {kind or name}", f"{size} bytes", where, at)
    elif box.kind in ("free", "skip", "wide"):
        if data[box.body : box.end].strip(b"\0"):
            looks = looks_like(data, box.body, size)
            value = (
                decode(data[box.body : min(box.end, box.body + 1000)]) if looks == "text" else f"{size} bytes ({looks})"
            )
            facts.add("trailer", f"{box.kind} box that is not empty", value, where, at)
    elif box.kind in ("mpvd", "sefd"):
        facts.add("trailer", "motion photo" if box.kind == "mpvd" else "Samsung data", f"{size} bytes", where, at)
    elif box.kind in ("mvhd", "tkhd", "mdhd"):
        _read_clock(facts, source, box)
    elif box.kind == "hdlr":
        # QuickTime puts the length in front.
        name = decode(data[box.body + 20 : box.end].lstrip(bytes(range(32))))
        if name and data[box.body + 8 : box.body + 12] not in (b"pict", b"auxv"):
            facts.add("other", "handler", name, where, at)
    elif box.kind.startswith("\xa9"):
        # QuickTime text: length, language, text.
        facts.add("comment", f"text {box.kind}", decode(data[box.body + 4 : box.end]), where, at)


def _read_clock(facts: Facts, source: Source, box: Box) -> None:
    wide = 8 if number(source.data, box.body, 1) == 1 else 4
    for label, place in (("created", 0), ("modified", wide)):
        seconds = number(source.data, box.body + 4 + place, wide)
        if 0 < seconds < 1 << 33:
            moment = datetime(1904, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
            facts.add(
                "date", label, f"{moment:%Y-%m-%d %H:%M:%S} UTC", f"{source.where} {box.kind}", source.at(box.offset)
            )
