"""What Photoshop image resources and IPTC-IIM records disclose (Adobe's file format specification; IIM 4.2)."""

import re
from collections.abc import Iterator

from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode

_IPTC = {
    (1, 70): ("date", "date sent"), (1, 80): ("date", "time sent"), (1, 30): ("serial", "service identifier"),
    (1, 100): ("serial", "unique object name"), (2, 5): ("comment", "title"), (2, 25): ("comment", "keyword"),
    (2, 40): ("comment", "instructions"), (2, 55): ("date", "date created"), (2, 60): ("date", "time created"),
    (2, 62): ("date", "date digitised"), (2, 63): ("date", "time digitised"), (2, 65): ("device", "program"),
    (2, 70): ("device", "program version"), (2, 80): ("person", "by-line"), (2, 85): ("person", "by-line title"),
    (2, 26): ("GPS", "place code"),
    (2, 27): ("GPS", "place"), (2, 90): ("GPS", "city"), (2, 92): ("GPS", "sublocation"),
    (2, 95): ("GPS", "province or state"), (2, 100): ("GPS", "country code"), (2, 101): ("GPS", "country"),
    (2, 103): ("serial", "transmission reference"), (2, 105): ("comment", "headline"), (2, 110): ("person", "credit"),
    (2, 115): ("person", "source"), (2, 116): ("person", "copyright"), (2, 118): ("person", "contact"),
    (2, 120): ("comment", "caption"), (2, 122): ("person", "caption writer"), (2, 30): ("date", "release date"),
    (2, 35): ("date", "release time"), (2, 37): ("date", "expiration date"), (2, 38): ("date", "expiration time"),
    (2, 187): ("serial", "unique document ID"), (2, 186): ("serial", "classification"),
}  # fmt: skip
_RESOURCES = {
    0x03ED: "resolution", 0x03F3: "print flags", 0x0408: "guides", 0x040A: "copyright flag", 0x040B: "URL",
    0x0414: "identifier base", 0x041A: "slices", 0x041E: "URL list", 0x0421: "version and writer",
    0x0425: "IPTC digest",
    0x0426: "print scale", 0x0435: "layer comps", 0x043A: "print information", 0x043B: "print style",
    0x0416: "colour table", 0x0BB7: "clipping path", 0x0404: "IPTC", 0x0424: "XMP", 0x0422: "Exif", 0x0423: "Exif",
    0x040F: "ICC", 0x0409: "thumbnail", 0x040C: "thumbnail",
}  # fmt: skip


def read_iptc(facts: Facts, source: Source) -> None:
    """Add what an IPTC record discloses."""
    data = source.data
    position = 0
    shown = 0
    while (position := data.find(b"\x1c", position)) >= 0 and shown < 1000:
        record, dataset, size = (
            number(data, position + 1, 1),
            number(data, position + 2, 1),
            number(data, position + 3, 2),
        )
        start = position + 5
        if size & 0x8000:  # an extended dataset: the length has a length
            wide = size & 0x7FFF
            size, start = number(data, start, min(wide, 8)), start + wide
        if not 1 <= record <= 9 or start + size > len(data):
            position += 1
            continue
        group, label = _IPTC.get((record, dataset), ("other", f"dataset {record}:{dataset:02d}"))
        value = decode(data[start : start + size])
        if (record, dataset) == (2, 202) or (record == 9 and size > 100):
            group, label, value = "thumbnail", "object preview", f"{size} bytes"
        elif (record == 1 and dataset in (0, 90)) or dataset == 0:
            value = ""
        elif not value.isprintable() and size > 16:
            value = f"{size} bytes"
        if value:
            facts.add(group, label, value, f"{source.where}, IPTC", source.at(position))
        shown += 1
        position = start + size
    if shown:
        facts.add("other", "IPTC record", f"{shown} datasets", f"{source.where}, IPTC", source.at(0))


def read_photoshop(facts: Facts, source: Source) -> Iterator[tuple[str, Source]]:
    """Add what Photoshop resources disclose; yield those that hold XMP, Exif or a colour profile, by kind."""
    data = source.data
    position = 0
    names: list[str] = []
    while (position := _next(data, position)) >= 0 and len(names) < 1000:
        identity = number(data, position + 4, 2)
        start = position + 6 + (number(data, position + 6, 1) + 2) // 2 * 2 + 4
        size = min(number(data, start - 4, 4), max(0, len(data) - start))
        name = _RESOURCES.get(identity, f"0x{identity:04X}")
        names.append(name)
        part = source.part(start, size, "Photoshop")
        if name in ("XMP", "Exif", "ICC"):
            yield name, part
        elif name == "IPTC":
            read_iptc(facts, part)
        elif name == "thumbnail" and size > 28:
            width, height = number(data, start + 4, 4), number(data, start + 8, 4)
            value = f"{width} x {height} pixels, {size - 28} bytes"
            facts.add("thumbnail", "Photoshop thumbnail", value, part.where, part.base)
        elif name in ("URL", "slices", "layer comps", "version and writer"):
            raw = part.data[:4000]
            text = decode(raw.replace(b"\0", b"")) if name != "URL" else decode(raw)
            readable = "".join(char if char.isprintable() else " " for char in text)
            facts.add(
                "device" if name == "version and writer" else "other",
                f"Photoshop {name}",
                readable,
                part.where,
                part.base,
            )
        position = start + size
    if names:
        listed = ", ".join(dict.fromkeys(names))
        facts.add("other", "Photoshop resources", f"{len(names)}: {listed}", source.where, source.base)


_MARK = re.compile(b"8BIM|PHUT|AgHg|DCSR|MeSa")


def _next(data: bytes, start: int) -> int:
    found = _MARK.search(data, start)
    return found.start() if found else -1
