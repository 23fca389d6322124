"""What maker notes disclose: the vendor, serial numbers, owners, dates, names and preview pictures.

The layouts are undocumented; the offsets and tag numbers here are the ones that ExifTool's tag tables list. Only
tags that identify are read; everything else is counted.
"""

from dataclasses import dataclass, field

from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode
from workbench.media.tiff_tags import Tag, Tiff

_Meaning = tuple[str, str]


@dataclass(frozen=True)
class _Vendor:
    """How the notes of one vendor are laid out."""

    name: str
    skip: int = 0
    """bytes before the directory (before a TIFF header when `own` is "tiff")"""
    own: str = ""
    """what offsets count from: "" the Exif block, "note" the note itself, "tiff" a TIFF header inside it"""
    order: str = ""
    """byte order when it is fixed"""
    tags: dict[int, _Meaning] = field(default_factory=dict)
    preview: tuple[int, int] | None = None
    """tags that hold a preview's place and length"""
    subs: tuple[int, ...] = ()
    """tags that hold or point to further directories"""


_S, _D, _P, _T, _V = "serial", "date", "person", "thumbnail", "device"
_CANON = {
    6: (_V, "image type"), 7: (_V, "firmware"), 9: (_P, "owner"), 0xC: (_S, "body serial number"),
    0x10: (_V, "model number"), 0x28: (_S, "image unique ID"), 0x95: (_V, "lens"), 0x96: (_S, "internal serial number"),
}  # fmt: skip
_NIKON = {
    0x1D: (_S, "body serial number"), 0xA0: (_S, "serial number"), 0x84: (_V, "lens"), 0xA7: (_S, "shutter count"),
    0x24: (_D, "time zone"),
}  # fmt: skip
_OLYMPUS = {
    0x100: (_T, "thumbnail"), 0x101: (_S, "body serial number"), 0x102: (_S, "internal serial number"),
    0x202: (_S, "lens serial number"), 0x207: (_V, "camera type"), 0x209: (_S, "camera ID"),
    0x404: (_S, "serial number"),
    0x81: (_T, "preview"), 0x280: (_T, "preview"),
}  # fmt: skip
_PANASONIC = {
    0x2: (_V, "firmware"), 0x25: (_S, "internal serial number"), 0x51: (_V, "lens"), 0x52: (_S, "lens serial number"),
    0x33: (_D, "birthday of a baby"), 0x8010: (_D, "birthday of a baby"), 0x65: ("comment", "title"),
    0x66: (_P, "name of a baby"), 0x61: (_P, "recognised faces"), 0x4E: (_P, "face regions"),
    **dict.fromkeys((0x67, 0x69, 0x6B, 0x6D, 0x6F, 0x80), ("GPS", "name of the place")),
}  # fmt: skip
_FUJI = {
    0x10: (_S, "internal serial number"), 0x4100: (_P, "faces detected"), 0x4103: (_P, "face positions"),
    0x4282: (_P, "recognised faces"), 0x1447: (_V, "model"),
}  # fmt: skip
_PENTAX = {
    0x6: (_D, "date"), 0x7: (_D, "time"), 0x23: (_D, "home town of the clock"), 0x207: (_V, "lens"),
    0x215: (_S, "camera information"), 0x229: (_S, "body serial number"),
}  # fmt: skip
_SONY = {0x2001: (_T, "preview"), 0x2031: (_S, "serial number"), 0xB001: (_V, "model number"), 0xB027: (_V, "lens")}
_CASIO = {0x15: (_D, "firmware date"), 0x2000: (_T, "preview"), 0x2001: (_D, "firmware date")}
_APPLE = {
    0x3: (_D, "run time since start"), 0xA: ("second picture", "HDR image type"), 0x11: (_S, "live photo ID"),
    0x15: (_S, "image unique ID"), 0x20: (_S, "capture request ID"), 0x2B: (_S, "photo ID"),
}  # fmt: skip
_MINOLTA = {0x81: (_T, "preview"), 0x10C: (_V, "lens")}
_SAMSUNG = {
    0x123: (_P, "face name"), 0xA001: (_V, "firmware"), 0xA002: (_S, "serial number"), 0xA003: (_V, "lens"),
}  # fmt: skip
_SIGMA = {2: (_S, "serial number"), 0x18: (_V, "software")}
_RICOH = {2: (_V, "firmware"), 5: (_S, "serial number")}
_SANYO = {0x100: (_T, "thumbnail")}
_MOTOROLA = {0x5500: (_V, "build"), 0x5501: (_S, "serial number"), 0x6705: (_D, "made on")}
_NINTENDO = {0x1101: (_S, "camera information")}
_LEICA = {0x303: (_V, "lens"), 0x305: (_S, "serial number"), 0x500: (_S, "internal serial number")}

# The notes that begin with a name of their own.
_BY_HEAD = (
    (b"Nikon\0\1", _Vendor("Nikon", 8, "", "", {})),
    (b"Nikon\0\2", _Vendor("Nikon", 10, "tiff", "", _NIKON, subs=(0x11,))),
    (b"OLYMPUS\0", _Vendor("Olympus", 12, "note", "", _OLYMPUS, (0x101, 0x102), subs=(0x2010, 0x2020))),
    (b"OM SYSTEM", _Vendor("OM System", 16, "note", "", _OLYMPUS, (0x101, 0x102), subs=(0x2010, 0x2020))),
    (b"OLYMP\0", _Vendor("Olympus", 8, "", "", _OLYMPUS, (0x88, 0x89), subs=(0x2010, 0x2020))),
    (b"EPSON\0", _Vendor("Epson", 8, "", "", _OLYMPUS)),
    (b"Panasonic\0", _Vendor("Panasonic", 12, "", "", _PANASONIC)),
    (b"LEICA\0", _Vendor("Leica", 8, "note", "", _LEICA)),
    (b"LEICA", _Vendor("Leica", 8, "", "", {**_PANASONIC, **_LEICA})),
    (b"FUJIFILM", _Vendor("Fujifilm", 12, "note", "little", _FUJI)),
    (b"GENERALE", _Vendor("General Electric", 12, "note", "little", _FUJI)),
    (b"PENTAX \0", _Vendor("Pentax", 10, "note", "", _PENTAX, (4, 3))),
    (b"RICOH\0", _Vendor("Ricoh", 10, "note", "", _PENTAX, (4, 3))),
    (b"AOC\0", _Vendor("Pentax", 6, "", "", _PENTAX, (4, 3))),
    (b"SONY DSC", _Vendor("Sony", 12, "", "", _SONY)),
    (b"SONY CAM", _Vendor("Sony", 12, "", "", _SONY)),
    (b"SONY MOBILE", _Vendor("Sony", 12, "", "", _SONY)),
    (b"VHAB", _Vendor("Sony", 12, "", "", _SONY)),
    (b"QVC\0", _Vendor("Casio", 6, "", "", _CASIO)),
    (b"DCI\0", _Vendor("Casio", 6, "", "", _CASIO)),
    (b"Apple iOS\0", _Vendor("Apple", 14, "note", "big", _APPLE)),
    (b"SIGMA\0", _Vendor("Sigma", 10, "", "", _SIGMA)),
    (b"FOVEON\0", _Vendor("Sigma", 10, "", "", _SIGMA)),
    (b"RICOH", _Vendor("Ricoh", 8, "", "", _RICOH)),
    (b"Ricoh", _Vendor("Ricoh", 8, "", "", _RICOH)),
    (b"SANYO\0", _Vendor("Sanyo", 8, "", "", _SANYO)),
    (b"MOT\0", _Vendor("Motorola", 8, "", "", _MOTOROLA)),
    (b"KDK", _Vendor("Kodak", -1)),
    (b"HDRP", _Vendor("Google", -1)),
    (b"DJI", _Vendor("DJI", -1)),
    (b"[ae_dbg_info", _Vendor("DJI", -1)),
    (b"RECONYX", _Vendor("Reconyx", -1)),
    (b"\xf1\x03", _Vendor("Reconyx", -1)),
    (b"MLT0", _Vendor("Minolta", -1)),
    (b"QCMS", _Vendor("Qualcomm", -1)),
    (b"PHILIPS", _Vendor("Philips", -1)),
)
# The notes that are a bare directory, by the camera's maker.
_BY_MAKE = (
    ("canon", _Vendor("Canon", tags=_CANON)),
    ("nikon", _Vendor("Nikon", tags=_NIKON, subs=(0x11,))),
    ("minolta", _Vendor("Minolta", tags=_MINOLTA, preview=(0x88, 0x89), subs=())),
    ("casio", _Vendor("Casio", tags=_CASIO)),
    ("sony", _Vendor("Sony", tags=_SONY)),
    ("samsung", _Vendor("Samsung", own="note", tags=_SAMSUNG)),
    ("pentax", _Vendor("Pentax", tags=_PENTAX, preview=(4, 3))),
    ("asahi", _Vendor("Pentax", tags=_PENTAX, preview=(4, 3))),
    ("panasonic", _Vendor("Panasonic", tags=_PANASONIC)),
    ("nintendo", _Vendor("Nintendo", tags=_NINTENDO)),
    ("apple", _Vendor("Apple", tags=_APPLE)),
)


def read_maker_note(facts: Facts, tiff: Tiff, tag: Tag, make: str, source: Source) -> None:
    """Add what the maker note at `tag` discloses; `make` is the camera's maker from the main directory."""
    raw = tiff.data[tag.offset : tag.offset + tag.size]
    vendor = next((vendor for head, vendor in _BY_HEAD if raw.startswith(head)), None)
    if vendor is None:
        vendor = next(
            (vendor for name, vendor in _BY_MAKE if name in make.lower()), _Vendor(make or "unknown vendor", -1)
        )
    where = f"{source.where}, maker note"
    at = source.at(tag.offset)
    facts.add("maker note", vendor.name, f"{tag.size} bytes", where, at)
    if vendor.skip >= 0:
        _read_directory(facts, tiff, tag, vendor, Source(raw, where, at, source.exact))
    start = raw.find(b"\xff\xd8\xff", 1)
    if start > 0 and tag.size - start > 500:
        facts.add(
            "thumbnail",
            "preview in the maker note",
            f"up to {tag.size - start} bytes",
            where,
            source.at(tag.offset + start),
        )


def _read_directory(facts: Facts, tiff: Tiff, tag: Tag, vendor: _Vendor, note: Source) -> None:
    start = tag.offset + vendor.skip
    order = vendor.order or tiff.order
    head = tiff.data[start - 4 : start] if vendor.skip >= 4 else b""
    if not vendor.order and (b"II" in head or b"MM" in head):
        order = "little" if b"II" in head else "big"
    base = tiff.base
    if vendor.own == "tiff":
        base = start
        order = "big" if tiff.data[start : start + 2] == b"MM" else "little"
        start += number(tiff.data, start + 4, 4, order)
    elif vendor.own == "note":
        base = tag.offset
    if vendor.name in ("Fujifilm", "General Electric"):
        start = tag.offset + number(tiff.data, tag.offset + 8, 4, "little")
    inner = Tiff(tiff.data, base, order)
    # Whatever the header says, a directory has few entries; try the other byte order before giving up.
    if number(tiff.data, start, 2, order) > 1000:
        inner.order = "little" if order == "big" else "big"
    if number(tiff.data, start, 2, inner.order) > 1000:
        return
    pending = [start]
    for _ in range(8):
        if not pending:
            break
        directory = inner.read_directory(pending.pop(0), vendor.name)
        for entry in directory.tags:
            _read_entry(facts, inner, entry, vendor, note, tag)
            if entry.number in vendor.subs:
                target = next(iter(inner.integers(entry, 1)), 0) if entry.kind in (4, 13) else entry.offset - base
                pending.append(base + target)
        pair = vendor.preview or (0x201, 0x202)
        found = [held for key in pair if (held := directory.tag(key)) and held.kind == 4]
        place, size = ((inner.integers(held, 1) or (0,))[0] for held in found) if len(found) == 2 else (0, 0)
        if place and size > 100:
            at = note.at(base + place - tag.offset)
            facts.add("thumbnail", "preview in the maker note", f"{size} bytes", note.where, at)


def _read_entry(facts: Facts, inner: Tiff, entry: Tag, vendor: _Vendor, note: Source, tag: Tag) -> None:
    group, label = vendor.tags.get(entry.number, ("", ""))
    if not group or not entry.size or (entry.kind == 4 and entry.number in (vendor.preview or ())):
        return
    raw = inner.raw(entry, 10_000)
    offset = note.at(entry.offset - tag.offset)
    if group == "thumbnail":
        if len(raw) > 100:
            facts.add(group, f"{label} in the maker note", f"{entry.size} bytes", note.where, offset)
        return
    if entry.kind in (2, 7) or (entry.kind == 1 and entry.count > 4):
        text = decode(raw)
        value = text if text.isprintable() else raw[:32].hex(" ")
    else:
        value = " ".join(f"{part:.6g}" if isinstance(part, float) else str(part) for part in inner.values(entry, 12))
    if value.strip("0 "):
        facts.add(group, label, value, note.where, offset)
