"""Tags that Windows writes into MP4 files: the ``Xtra`` box (exiftool.org/TagNames/Microsoft.html#Xtra)."""

from datetime import UTC, datetime, timedelta

from workbench.media.bmff_boxes import Box
from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode
from workbench.media.facts_tags import add_tag

_TEXT, _NUMBER, _DATE = 8, 19, 21
_MAX_VALUES = 200


def read_xtra(facts: Facts, source: Source, box: Box) -> None:
    """Add the tags of an ``Xtra`` box."""
    data, position = source.data, box.body
    for _ in range(_MAX_VALUES):
        size, length = number(data, position, 4), number(data, position + 4, 4)
        if position + 12 > box.end or size < 12 or position + size > box.end or length > size - 12:
            return
        name = decode(data[position + 8 : position + 8 + length]).removeprefix("WM/")
        at, count = position + 12 + length, number(data, position + 8 + length, 4)
        for _ in range(min(count, _MAX_VALUES)):
            width = number(data, at, 4)
            if width < 6 or at + width > position + size:
                break
            said = _value(number(data, at + 4, 2), data[at + 6 : at + width])
            add_tag(facts, name, said, f"{source.where} Xtra", source.at(at))
            at += width
        position += size


def _value(kind: int, raw: bytes) -> str:
    if kind == _TEXT:
        return raw.decode("utf-16-le", "replace").strip("\0")
    if kind == _DATE and len(raw) == 8:
        try:
            moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=number(raw, 0, 8, "little") // 10)
        except OverflowError:
            return raw.hex()
        return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return str(number(raw, 0, 8, "little")) if kind == _NUMBER else raw[:64].hex()
