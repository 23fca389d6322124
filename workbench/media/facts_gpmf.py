"""Telemetry of GoPro cameras (GPMF): who recorded, where and when (github.com/gopro/gpmf-parser, its README)."""

from collections.abc import Iterator

from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_tags import add_place, is_listed

_MAX_KEYS = 2_000
_NAMES = {"DVNM": ("device", "device name"), "GPSU": ("date", "GPS time (UTC)"), "MINF": ("device", "camera model"),
          "CASN": ("serial", "camera serial number"), "LINF": ("serial", "lens serial number"),
          "FMWR": ("device", "firmware"), "MUID": ("serial", "media id")}  # fmt: skip


def read_gpmf(facts: Facts, source: Source) -> None:
    """Add what one sample of a GoPro telemetry track tells; the first position of it only."""
    scale: list[int] = []
    for count, (key, kind, size, repeat, body) in enumerate(_keys(source.data, 0, len(source.data), 0)):
        if count > _MAX_KEYS:
            return
        data, where, at = source.data, f"{source.where} GPMF {key}", source.at(body)
        if key == "SCAL" and size in (2, 4):
            scale = [number(data, body + size * index, size) for index in range(min(repeat, 16))]
        elif key in _NAMES:
            group, label = _NAMES[key]
            raw = data[body : body + size * repeat]
            text = decode(raw) if kind in "cUu" else raw.hex()
            if group == "date" or not is_listed(facts, text):
                facts.add(group, label, text, where, at)
        elif key in ("GPS5", "GPS9") and len(scale) >= 3 and size >= 12 and repeat:
            latitude, longitude, altitude = (
                int.from_bytes(data[body + 4 * index : body + 4 * index + 4], "big", signed=True) / (scale[index] or 1)
                for index in range(3)
            )
            if latitude or longitude:
                add_place(facts, latitude, longitude, altitude, where, at)
                return


def _keys(data: bytes, start: int, end: int, depth: int) -> Iterator[tuple[str, str, int, int, int]]:
    """Yield key, type, bytes a row, rows, and where the rows begin; nested ones in place of their parents."""
    position = start
    while position + 8 <= end:
        key = data[position : position + 4].decode("latin-1")
        kind, size, repeat = data[position + 4], data[position + 5], number(data, position + 6, 2)
        body, length = position + 8, size * repeat
        if body + length > end or not key.isprintable():
            return
        if kind == 0 and depth < 6:
            yield from _keys(data, body, body + length, depth + 1)
        else:
            yield key, chr(kind), size, repeat, body
        position = body + (length + 3) // 4 * 4
