"""Messages inside coded pictures: HEVC SEI and other extra NAL units, AV1 metadata and padding OBUs.

A decoder skips them, so they can carry any text: an encoder's settings, a serial number, a position.
Rec. ITU-T H.265 table 7-1; AV1 bitstream specification, section 6.2.2.
"""

from collections.abc import Iterator

from workbench.media.bytewise import number

_LAST_NEEDED_NAL = 37
_NEEDED_OBUS = {1, 2, 3, 4, 6, 7}


def message_runs(coding: str, data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield offset and size of what `data` holds beside the picture between `start` and `end`.

    Parameters
    ----------
    coding : str
        "hvc1", "hev1" or "av01" for coded data, "hvcC" or "av1C" for a decoder configuration; others hold nothing
        that is understood here, and yield all their bytes.
    """
    if coding in ("hvc1", "hev1"):
        yield from _nal_units(data, start, end, 4)
    elif coding == "av01":
        yield from _obus(data, start, end)
    elif coding == "av1C":
        yield from _obus(data, start + 4, end)
    elif coding == "hvcC":
        yield from _hevc_arrays(data, start, end)
    else:
        yield start, end - start


def _nal_units(data: bytes, start: int, end: int, prefix: int) -> Iterator[tuple[int, int]]:
    position = start
    while position < end:
        length = number(data, position, prefix)
        if length < 2 or position + prefix + length > end:
            yield position, end - position
            return
        if number(data, position + prefix, 1) >> 1 & 63 > _LAST_NEEDED_NAL:
            yield position, prefix + length
        position += prefix + length


def _hevc_arrays(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start + 23
    for _ in range(number(data, start + 22, 1)):
        kind, count = number(data, position, 1) & 63, number(data, position + 1, 2)
        first, position = position, position + 3
        for _ in range(count):
            position += 2 + number(data, position, 2)
            if position > end:
                break
        if kind > _LAST_NEEDED_NAL or position > end:
            yield first, min(position, end) - first
            if position > end:
                return
    if position < end:
        yield position, end - position


def _obus(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    while position < end:
        head = data[position]
        first, position = position, position + (2 if head & 4 else 1)
        size = shift = 0
        if head & 2:
            while position < end and shift < 56:
                byte = data[position]
                position += 1
                size |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
        else:
            size = end - position
        position += size
        if head >> 3 & 15 not in _NEEDED_OBUS or position > end:
            yield first, min(position, end) - first
