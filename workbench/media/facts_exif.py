"""What Exif and TIFF tags disclose (Exif 2.32 and 3.0, TIFF 6.0, DNG)."""

from PIL import ExifTags, TiffTags

from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_maker import read_maker_note
from workbench.media.tiff_tags import Directory, Tag, Tiff, is_tiff, walk

_GROUPS = {
    "device": (
        11, 271, 272, 305, 316, 0xA432, 0xA433, 0xA434, 0xA438, 0xA439, 0xA43A, 0xA43B, 0xA43C, 0xC614, 0xC615, 0x9A00,
    ),
    "serial": (0xA420, 0xA431, 0xA435, 0xC62F, 0xC65D, 0xC7B5),
    "date": (306, 0x882A, 0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x9290, 0x9291, 0x9292, 0xC71B),
    "person": (315, 33432, 0x9C9D, 0xA430, 0xA437),
    "comment": (269, 270, 285, 0x9286, 0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F, 0xA436, 0x1000, 0x010D),
    "second picture": (37724, 0xC68C),
}  # fmt: skip
_GROUP = {tag: group for group, tags in _GROUPS.items() for tag in tags}
_LABELS = {
    0xA430: "camera owner", 0xA431: "body serial number", 0xA435: "lens serial number", 0xA420: "image unique ID",
    0xC62F: "camera serial number", 316: "host computer", 33432: "copyright", 315: "artist", 37724: "Photoshop layers",
}  # fmt: skip
# Tags that only say how the pixels are laid out, and tags that others stand for.
_SILENT = {
    254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 277, 278, 279, 280, 281, 284, 292, 293, 317, 318, 319, 320, 322,
    323, 324, 325, 330, 338, 339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 0x8769, 0x8825,
    0xA005, 0x9000, 0x9101, 0xA000, 0xA001, 0xA002, 0xA003,
}  # fmt: skip
_PAYLOADS = {700: "XMP", 33723: "IPTC", 34377: "Photoshop", 34675: "ICC", 52545: "C2PA"}
_CODES = {b"ASCII\0\0\0": "latin-1", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "shift-jis"}


def read_exif(facts: Facts, source: Source, file_is_tiff: bool = False) -> dict[str, Source]:
    """Add what a TIFF structure discloses; return the payloads of other kinds in it (XMP, IPTC, Photoshop, ICC, C2PA).

    Parameters
    ----------
    source : Source
        Begins with the TIFF header.
    file_is_tiff : bool
        True for a TIFF file, whose second directory is a page and not a thumbnail.
    """
    if not is_tiff(source.data):
        if source.data.strip(b"\0"):
            facts.add("other", "damaged Exif", f"{len(source.data)} bytes", source.where, source.base)
        return {}
    tiff = walk(source.data)
    payloads: dict[str, Source] = {}
    maker = make_of(tiff)
    for directory in tiff.directories:
        where = f"{source.where} {directory.name}"
        if directory.name == "GPS":
            _read_gps(facts, tiff, directory, where, source)
            continue
        for tag in directory.tags:
            payload = tag.number in _PAYLOADS or tag.number in (37500, 0xC634)
            if payload and not facts.spend(tag.size):
                continue
            if tag.number in _PAYLOADS and tag.size:
                name = _PAYLOADS[tag.number]
                payloads[name] = Source(tiff.raw(tag), f"{where}, {name}", source.at(tag.offset), source.exact)
            elif tag.number in (37500, 0xC634) and tag.size:
                read_maker_note(facts, tiff, tag, maker, source)
            else:
                _read_tag(facts, tiff, directory, tag, where, source.at(tag.entry))
        _read_thumbnail(facts, tiff, directory, source, file_is_tiff)
    return payloads


def make_of(tiff: Tiff) -> str:
    """Return the camera's maker as the main directory has it."""
    directory = tiff.directory("IFD0")
    tag = directory.tag(271) if directory else None
    return tiff.text(tag) if tag else ""


def tag_name(directory: str, tag: int) -> str:
    """Return the tag's name in a directory as Pillow has it, or its number in hexadecimal."""
    if directory in ("GPS", "Interop"):
        names = {int(member): member.name for member in (ExifTags.GPS if directory == "GPS" else ExifTags.Interop)}
        return names.get(tag, f"0x{tag:04X}")
    found = ExifTags.TAGS.get(tag) or TiffTags.lookup(tag).name
    return found if found != "unknown" else f"0x{tag:04X}"


def show(tiff: Tiff, tag: Tag) -> str:
    """Return a tag's value for reading: text, a few numbers, or how many bytes there are."""
    if tag.number == 0x9286:
        raw = tiff.raw(tag, 10_000)
        encoding = _CODES.get(raw[:8])
        if encoding == "utf-16" and tiff.order == "big" and raw[8:10] not in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16-be"
        return raw[8:].decode(encoding, "replace").strip("\0 ") if encoding else decode(raw)
    if tag.kind == 2 or 0x9C9B <= tag.number <= 0x9C9F:
        return tiff.text(tag)
    if tag.kind in (1, 6, 7):
        raw = tiff.raw(tag, 200).rstrip(b"\0")
        if raw and all(32 <= byte < 127 for byte in raw):
            return decode(tiff.raw(tag, 10_000))
        if tag.size > 16:
            return f"{tag.size} bytes"
    shown = " ".join(f"{value:.6g}" for value in tiff.values(tag, 12))
    return f"{shown} … ({tag.count} values)" if tag.count > 12 else shown


def _read_tag(facts: Facts, tiff: Tiff, directory: Directory, tag: Tag, where: str, offset: int) -> None:
    if tag.number in _SILENT or not tag.size:
        return
    value = show(tiff, tag)
    if not value.strip():
        return
    group = _GROUP.get(tag.number, "other") if directory.name != "Interop" else "other"
    if group == "second picture":
        value = f"{tag.size} bytes"
    facts.add(group, _LABELS.get(tag.number, tag_name(directory.name, tag.number)), value, where, offset)


def _degrees(values: tuple[float, ...], reference: str) -> str:
    total = sum(value / 60**place for place, value in enumerate(values[:3]))
    return f"{-total if reference[:1].upper() in ('S', 'W') else total:.6f}°"


_GPS_LABELS = {
    5: "", 1: "", 3: "", 19: "", 21: "", 6: "altitude", 7: "time (UTC)", 29: "date (UTC)", 2: "latitude",
    4: "longitude", 20: "destination latitude", 22: "destination longitude", 17: "direction of view", 13: "speed",
    15: "direction of movement", 24: "destination bearing", 26: "destination distance", 27: "positioning method",
    28: "area", 31: "position error", 0: "", 12: "", 14: "", 16: "", 23: "", 25: "",
}  # fmt: skip
_UNITS = {13: 12, 15: 14, 17: 16, 24: 23, 26: 25}


def _read_gps(facts: Facts, tiff: Tiff, directory: Directory, where: str, source: Source) -> None:
    for tag in directory.tags:
        label = _GPS_LABELS.get(tag.number, tag_name("GPS", tag.number))
        if not label or not tag.size:
            continue
        reference = directory.tag(_UNITS.get(tag.number, tag.number - 1))
        mark = tiff.text(reference) if reference else ""
        values = tuple(float(value) for value in tiff.values(tag, 12))
        if tag.number in (2, 4, 20, 22) and values:
            value = _degrees(values, mark)
        elif tag.number == 6 and values:
            below = reference is not None and tiff.integers(reference, 1) == (1,)
            value = f"{-values[0] if below else values[0]:.1f} m"
        elif tag.number == 7 and len(values) >= 3:
            value = f"{values[0]:02.0f}:{values[1]:02.0f}:{values[2]:05.2f}"
        elif tag.number in (27, 28):
            raw = tiff.raw(tag, 10_000)
            value = decode(raw[8:]) if raw[:8] in _CODES else decode(raw)
        else:
            value = f"{show(tiff, tag)} {mark if tag.number in _UNITS else ''}".strip()
        if value:
            facts.add("GPS", label, value, where, source.at(tag.entry))


def _read_thumbnail(facts: Facts, tiff: Tiff, directory: Directory, source: Source, file_is_tiff: bool) -> None:
    where = f"{source.where} {directory.name}"
    start = next(iter(tiff.integers(directory.tag(0x0201), 1)), 0)
    size = next(iter(tiff.integers(directory.tag(0x0202), 1)), 0)
    if start and size:
        start += tiff.base
        inside = max(0, min(size, len(tiff.data) - start))
        facts.add("thumbnail", "JPEG preview", f"{inside} bytes", where, source.at(start))
        return
    width = next(iter(tiff.integers(directory.tag(256), 1)), 0)
    height = next(iter(tiff.integers(directory.tag(257), 1)), 0)
    pixels = directory.tag(273) or directory.tag(324)
    if not pixels or directory.name == "IFD0" or not width:
        return
    reduced = tiff.integers(directory.tag(254), 1) == (1,)
    size = sum(tiff.integers(directory.tag(279) or directory.tag(325), 10_000))
    value = f"{width} x {height} pixels, {size} bytes"
    at = source.at(directory.offset)
    if file_is_tiff and not reduced and directory.name.startswith("IFD"):
        facts.add("second picture", "further page", value, where, at)
    else:
        facts.add("thumbnail", "reduced picture", value, where, at)
