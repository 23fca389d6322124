"""Messages inside coded pictures: H.264 and HEVC SEI and other extra NAL units, AV1 metadata and padding OBUs.

A decoder skips them, so they can carry any text: an encoder's settings, a serial number, a position.
Rec. ITU-T H.264 table 7-1 and H.265 table 7-1; AV1 bitstream specification, section 6.2.2.
"""

from collections.abc import Callable, Iterator

from workbench.media.bytewise import number

_LAST_NEEDED_NAL = 37
_NEEDED_AVC = {1, 5, 7, 8}
"""slices and parameter sets"""
_EMPTY_AVC = {9: 2, 10: 1, 11: 1}
"""the longest that a delimiter or an end mark may be: it has no room for anything"""
_NEEDED_OBUS = {1, 2, 3, 4, 6, 7}


def message_runs(coding: str, data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield offset and size of what `data` holds beside the picture between `start` and `end`.

    Parameters
    ----------
    coding : str
        "avc1", "avc3", "hvc1", "hev1" or "av01" for coded data, "avcC", "hvcC" or "av1C" for a decoder configuration;
        others hold nothing that is understood here, and yield all their bytes.
    """
    if coding in ("avc1", "avc3"):
        yield from _nal_units(data, start, end, 4, _extra_avc)
    elif coding == "avcC":
        yield from _avc_sets(data, start, end)
    elif coding in ("hvc1", "hev1"):
        yield from _nal_units(data, start, end, 4, _extra_hevc)
    elif coding == "av01":
        yield from _obus(data, start, end)
    elif coding == "av1C":
        yield from _obus(data, start + 4, end)
    elif coding == "hvcC":
        yield from _hevc_arrays(data, start, end)
    else:
        yield start, end - start


def _extra_avc(head: int, length: int) -> bool:
    kind = head & 31
    return kind not in _NEEDED_AVC and length > _EMPTY_AVC.get(kind, 0)


def _extra_hevc(head: int, length: int) -> bool:
    return length < 2 or head >> 1 & 63 > _LAST_NEEDED_NAL


def _nal_units(
    data: bytes, start: int, end: int, prefix: int, extra: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    position = start
    while position < end:
        length = number(data, position, prefix)
        if not length or position + prefix + length > end:
            yield position, end - position
            return
        if extra(number(data, position + prefix, 1), length):
            yield position, prefix + length
        position += prefix + length


def _avc_sets(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is no parameter set in an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, section 5.3.3.1)."""
    position = start + 5
    for kind, bits in ((7, 31), (8, 255)):
        count, position = number(data, position, 1) & bits, position + 1
        for _ in range(count):
            length, first = number(data, position, 2), position
            position += 2 + length
            if position > end or number(data, first + 2, 1) & 31 != kind:
                yield first, min(position, end) - first
    # Profiles from "High" on say how the colours are stored in four bytes more, the last of them a zero.
    if position < end and not (end - position == 4 and data[end - 1] == 0):
        yield position, end - position


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
