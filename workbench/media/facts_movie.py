"""What the boxes of an MP4 or QuickTime movie disclose: dates, names, tags, places, and boxes that nobody needs."""

import re

from workbench.media.bmff_boxes import Box, boxes
from workbench.media.bytewise import looks_like, number
from workbench.media.disclose_bmff import read_box
from workbench.media.disclose_jpeg import read_payloads
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_tags import add_place, add_tag, group_of, is_listed
from workbench.media.facts_xtra import read_xtra

_INSIDE = {"moov": 0, "trak": 0, "mdia": 0, "minf": 0, "stbl": 0, "moof": 0, "traf": 0, "ludt": 0}
_PLAIN = {
    "ftyp", "mdat", "vmhd", "smhd", "nmhd", "sthd", "gmhd", "dinf", "stts", "stss", "stsc", "stsz", "stco", "co64",
    "ctts", "sdtp", "sgpd", "sbgp", "edts", "elst", "tref", "mfhd", "tfhd", "tfdt", "trun", "sidx", "mfra", "styp",
    "tapt", "cslg", "stps", "mvex", "iods", "load", "wide", "hmhd", "text", "prft", "mdcv", "clli", "saio", "saiz",
}  # fmt: skip
"""boxes that hold numbers about how to play; what they hide is told from the tracks"""
_LABELS = {
    "FIRM": "firmware", "LENS": "lens serial number", "CAME": "camera serial number (hash)", "auth": "author",
    "titl": "title", "dscp": "description", "cprt": "copyright", "perf": "performer", "gnre": "genre",
    "albm": "album", "yrrc": "recording year", "covr": "cover picture", "thmb": "thumbnail", "desc": "description",
    "aART": "album artist", "\xa9mak": "make", "\xa9mod": "model", "\xa9swr": "software", "\xa9day": "date",
    "\xa9too": "encoding tool", "\xa9xyz": "location", "\xa9nam": "title", "\xa9cmt": "comment", "\xa9ART": "artist",
    "\xa9cpy": "copyright", "\xa9enc": "encoded by", "\xa9wrt": "composer", "\xa9alb": "album", "\xa9aut": "author",
    "\xa9des": "description", "\xa9inf": "information", "\xa9req": "requirements", "\xa9gen": "genre",
}  # fmt: skip
_3GP = {"auth", "titl", "dscp", "cprt", "perf", "gnre", "albm"}
_LEAD = re.compile(rb"[\x20-\x7e]{6,}(?=\0)")
"""a text in front of other data"""
_MAX_BOXES = 20_000


def read_boxes(facts: Facts, source: Source, start: int, end: int, path: str = "") -> None:
    """Add what all boxes in a range disclose."""
    data = source.data
    reached = start
    for count, box in enumerate(boxes(data, start, end)):
        if count > _MAX_BOXES:
            return
        reached = box.end
        if box.kind in _INSIDE and path.count("/") < 8:
            read_boxes(facts, source, box.body + _INSIDE[box.kind], box.end, f"{path}{box.kind}/")
        elif box.kind == "udta":
            _user_data(facts, source, box)
        elif box.kind == "meta":
            _meta(facts, source, box)
        elif box.kind == "stsd":
            _entries(facts, source, box)
        elif box.kind == "ftyp":
            _brand(facts, source, box)
        elif box.kind in ("XMP_", "loci", "thmb") or box.kind.startswith("\xa9"):
            _tag(facts, source, box)
        elif box.kind in ("tkhd", "mdhd"):
            _track_dates(facts, source, box)
        elif box.kind not in _PLAIN or (box.kind == "wide" and box.end > box.body):
            before = len(facts.rows)
            read_box(facts, source, box)
            if len(facts.rows) == before and box.kind not in ("mvhd", "tkhd", "hdlr", "free", "skip", "uuid"):
                _unknown(facts, source, box)
    if not path and reached < end:
        looks = looks_like(data, reached)
        facts.add("trailer", "bytes behind the movie", f"{end - reached} bytes ({looks})", source.where, reached)


def _brand(facts: Facts, source: Source, box: Box) -> None:
    brand, version = decode(source.data[box.body : box.body + 4]), number(source.data, box.body + 4, 4)
    said = f"{brand}, version {version:#010x}" if version not in (0, 512) else brand
    facts.add("other", "container brand", said, f"{source.where} ftyp", source.at(box.offset))


def _track_dates(facts: Facts, source: Source, box: Box) -> None:
    """Add the dates of a track where they are not those of the whole movie."""
    own = Facts()
    read_box(own, source, box)
    for row in own.rows:
        if not is_listed(facts, row.value):
            facts.add(row.group, row.label, row.value, row.where, row.offset)
    if box.kind == "mdhd":
        _language(facts, source, box)


def _language(facts: Facts, source: Source, box: Box) -> None:
    packed = number(source.data, box.body + (32 if number(source.data, box.body, 1) == 1 else 20), 2)
    letters = "".join(chr(96 + (packed >> shift & 31)) for shift in (10, 5, 0))
    if packed >= 0x400 and letters.isalpha() and letters != "und":
        facts.add("other", "language of a track", letters, f"{source.where} mdhd", source.at(box.offset))


def _entries(facts: Facts, source: Source, stsd: Box) -> None:
    """Add the names of encoders in sample entries, and the keys of timed metadata."""
    data = source.data
    for box in boxes(data, stsd.body + 8, stsd.end):
        where, at = f"{source.where} stsd {box.kind}", source.at(box.offset)
        body = data[box.body : min(box.end, box.body + 100_000)]
        name = decode(body[43 : 43 + min(body[42], 31)]) if len(body) >= 78 and box.kind not in ("mp4a", "mebx") else ""
        if name and name.isprintable():
            facts.add("device", "name of the encoder", name, where, at)
        if box.kind == "mebx":
            start = 0
            while (start := body.find(b"mdta", start)) >= 0:
                size = number(body, start - 8, 4)
                key = decode(body[start + 4 : start - 8 + min(size, 200)])
                facts.add(group_of(key), "timed metadata: key", key, where, at)
                start += 4


def _user_data(facts: Facts, source: Source, udta: Box) -> None:
    for box in boxes(source.data, udta.body, udta.end):
        if box.kind == "meta":
            _meta(facts, source, box)
        elif box.kind in ("uuid", "free"):
            read_box(facts, source, box)
        else:
            _tag(facts, source, box)


def _tag(facts: Facts, source: Source, box: Box) -> None:
    data, where, at = source.data, f"{source.where} {box.kind}", source.at(box.offset)
    size, label = box.end - box.body, _LABELS.get(box.kind, box.kind)
    if box.kind == "XMP_":
        read_payloads(facts, {"XMP": source.part(box.body, size, "XMP_")})
    elif box.kind == "Xtra":
        read_xtra(facts, source, box)
    elif box.kind == "loci":
        _loci(facts, source, box)
    elif box.kind.startswith("\xa9"):
        position = box.body
        while position + 4 <= box.end:  # QuickTime: length, language, text; once for each language
            length = number(data, position, 2)
            add_tag(facts, label, decode(data[position + 4 : min(position + 4 + length, box.end)]), where, at)
            position += 4 + max(length, 1)
    elif box.kind in _3GP:
        add_tag(facts, label, decode(data[box.body + 6 : box.end]), where, at)
    elif box.kind == "chpl":
        facts.add("comment", "chapters", f"{number(data, box.body + 8, 1)} chapters", where, at)
    else:
        _unknown(facts, source, box, label)


def _unknown(facts: Facts, source: Source, box: Box, label: str = "") -> None:
    data, size = source.data, box.end - box.body
    if not size:
        return
    raw = data[box.body : min(box.end, box.body + 1000)]
    looks = looks_like(data, box.body, size)
    lead = _LEAD.match(raw)
    text = decode(raw) if looks == "text" else decode(lead[0]) if lead else ""
    group = "thumbnail" if looks.endswith("picture") else group_of(label or box.kind)
    value = text or (raw.hex() if size <= 32 else f"{size} bytes ({looks})")
    facts.add(group, label or f"box '{box.kind}'", value, f"{source.where} {box.kind}", source.at(box.offset))
    if looks == "XMP packet":
        read_payloads(facts, {"XMP": source.part(box.body, size, box.kind)})


def _loci(facts: Facts, source: Source, box: Box) -> None:
    """Add a place of 3GPP TS 26.244, section 8.2: name, role, longitude, latitude, altitude, body, notes."""
    data, where, at = source.data, f"{source.where} loci", source.at(box.offset)
    wide = data[box.body + 6 : box.body + 8] in (b"\xfe\xff", b"\xff\xfe")
    end = data[box.body + 6 : box.end].find(b"\0\0" if wide else b"\0")
    if end < 0:
        return
    name = decode(data[box.body + 6 : box.body + 6 + end])
    start = box.body + 6 + end + (2 if wide else 1) + 1
    longitude, latitude, altitude = (
        int.from_bytes(data[start + 4 * index : start + 4 * index + 4], "big", signed=True) / 65536
        for index in range(3)
    )
    if name:
        facts.add("GPS", "name of the place", name, where, at)
    add_place(facts, latitude, longitude, altitude, where, at)
    rest = decode(data[start + 12 : box.end].replace(b"\0", b" "))
    if rest.strip() not in ("", "earth"):
        facts.add("GPS", "notes on the place", rest, where, at)


def _meta(facts: Facts, source: Source, meta: Box) -> None:
    """Add the tags of a ``meta`` box: QuickTime keys, or iTunes names."""
    data = source.data
    skip = 0 if data[meta.body + 4 : meta.body + 8] in (b"hdlr", b"keys", b"ilst") else 4
    keys: list[str] = []
    for box in boxes(data, meta.body + skip, meta.end):
        if box.kind == "keys":
            keys = [decode(data[key.body : key.end]) for key in boxes(data, box.body + 8, box.end)]
        elif box.kind == "ilst":
            _items(facts, source, box, keys)
        elif box.kind == "xml ":
            facts.add(
                "comment",
                "XML text",
                decode(data[box.body + 4 : box.end]),
                f"{source.where} xml",
                source.at(box.offset),
            )
        elif box.kind in ("uuid", "free", "skip"):
            read_box(facts, source, box)
        elif box.kind not in ("hdlr", "mhdr", "ctry", "lang", "dinf", "pitm", "iloc", "iinf", "iref", "iprp", "idat"):
            _unknown(facts, source, box)


def _items(facts: Facts, source: Source, ilst: Box, keys: list[str]) -> None:
    data, position = source.data, ilst.body
    while position + 8 <= ilst.end:  # not `boxes`: with keys, an item's name is a number
        size, index = number(data, position, 4), number(data, position + 4, 4)
        if size < 8 or position + size > ilst.end:
            return
        kind = data[position + 4 : position + 8].decode("latin-1")
        label = keys[index - 1] if 0 < index <= len(keys) else _LABELS.get(kind, kind)
        for box in boxes(data, position + 8, position + size):
            if box.kind in ("mean", "name"):
                label = f"{label} {decode(data[box.body + 4 : box.end])}"
            elif box.kind == "data":
                _value(facts, source, box, label)
        position += size


def _value(facts: Facts, source: Source, box: Box, label: str) -> None:
    data, where, at = source.data, f"{source.where} ilst", source.at(box.offset)
    form, body = number(data, box.body, 4), box.body + 8
    size = box.end - body
    if form in (13, 14, 27) or looks_like(data, body, size).endswith("picture"):
        facts.add("thumbnail", label, f"{size} bytes ({looks_like(data, body, size)})", where, at)
    elif form == 1 or looks_like(data, body, size) == "text":
        add_tag(facts, label, decode(data[body : box.end]), where, at)
    elif size <= 8:
        add_tag(facts, label, str(number(data, body, size)), where, at)
    else:
        add_tag(facts, label, f"{size} bytes ({looks_like(data, body, size)})", where, at)
