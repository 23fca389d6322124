"""H.264 and HEVC units: what an encoder hands out, taken apart and put into the form of an MP4.

An encoder writes units behind start codes (Annex B). An MP4 wants each behind its length, the parameter sets
apart from the pictures, and we want nothing that is not a picture: no SEI, in which encoders sign.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

from workbench.values import FileError

_START = re.compile(rb"\x00\x00\x01")
_EMULATED = re.compile(rb"\x00\x00\x03")

H264, HEVC = "h264", "hevc"
_PARAMETERS = {H264: (7, 8), HEVC: (32, 33, 34)}
"""SPS, PPS; VPS, SPS, PPS"""
_PICTURES = {H264: range(1, 6), HEVC: range(32)}
_MARGINAL = {H264: (6, 9, 12), HEVC: (35, 38, 39, 40)}
"""SEI, access unit delimiters and filler: nothing of the picture is in them"""


def units(stream: bytes) -> Iterator[bytes]:
    """Yield the units of an Annex B byte stream (H.264 annex B, HEVC annex B), without their start codes."""
    starts = list(_START.finditer(stream))
    for this, following in pairwise([*starts, None]):
        unit = stream[this.end() : following.start() if following else None] if this else b""
        # A start code may have a leading zero byte, and no unit ends in one.
        if unit := unit.rstrip(b"\x00"):
            yield unit


def kind(codec: str, unit: bytes) -> int:
    """Return the number of a unit's type."""
    return unit[0] & 0x1F if codec == H264 else (unit[0] >> 1) & 0x3F


def parameter_sets(codec: str, stream: bytes) -> tuple[bytes, ...]:
    """Return the parameter sets of a stream's header, each once, in the order of their types."""
    found = {unit: kind(codec, unit) for unit in units(stream)}
    return tuple(sorted((unit for unit in found if found[unit] in _PARAMETERS[codec]), key=lambda unit: found[unit]))


def sample(codec: str, stream: bytes, sets: Sequence[bytes]) -> bytes:
    """Return one coded picture as an MP4 holds it: its slices, each behind four bytes of length.

    Raises
    ------
    FileError
        When the encoder changed its parameter sets on the way, or wrote something unknown.
    """
    parts = []
    for unit in units(stream):
        number = kind(codec, unit)
        if number in _PICTURES[codec]:
            parts += [struct.pack(">I", len(unit)), unit]
        elif number not in _MARGINAL[codec] and unit not in sets:
            raise FileError(f"the {codec} encoder wrote an unexpected unit ({number}): update FFmpeg or PyAV.")
    return b"".join(parts)


def configuration(codec: str, sets: Sequence[bytes], depth: int, subsampling: tuple[int, int]) -> bytes:
    """Return the body of the box that describes the stream: ``avcC`` or ``hvcC`` (ISO/IEC 14496-15).

    Parameters
    ----------
    codec : str
        "h264" or "hevc".
    sets : sequence of bytes
        As `parameter_sets` gives them.
    depth : int
        Bits a sample.
    subsampling : (int, int)
        Plane divisors (x, y).
    """
    chroma = {(2, 2): 1, (2, 1): 2, (1, 1): 3}[subsampling]
    if codec == H264:
        return _avcc(sets, depth, chroma)
    return _hvcc(sets, depth, chroma)


def _avcc(sets: Sequence[bytes], depth: int, chroma: int) -> bytes:
    sequence = [unit for unit in sets if kind(H264, unit) == 7]
    pictures = [unit for unit in sets if kind(H264, unit) == 8]
    body = bytes([1, *sequence[0][1:4], 0xFF, 0xE0 | len(sequence)]) + _lengths(sequence)
    body += bytes([len(pictures)]) + _lengths(pictures)
    if sequence[0][1] in (100, 110, 122, 244):
        body += bytes([0xFC | chroma, 0xF8 | depth - 8, 0xF8 | depth - 8, 0])
    return body


def _hvcc(sets: Sequence[bytes], depth: int, chroma: int) -> bytes:
    sps = next(unit for unit in sets if kind(HEVC, unit) == 33)
    plain = _EMULATED.sub(b"\x00\x00", sps)
    layers = (plain[2] >> 1 & 7) + 1
    body = bytes([1]) + plain[3:15]  # profile, compatibility, constraints and level, as they stand in the SPS
    # No spatial segmentation said, parallelism unknown, frame rate unknown (times are the container's).
    body += struct.pack(">HBBBBH", 0xF000, 0xFC, 0xFC | chroma, 0xF8 | depth - 8, 0xF8 | depth - 8, 0)
    body += bytes([layers << 3 | (plain[2] & 1) << 2 | 3, len(_PARAMETERS[HEVC])])
    for number in _PARAMETERS[HEVC]:
        same = [unit for unit in sets if kind(HEVC, unit) == number]
        body += struct.pack(">BH", 0x80 | number, len(same)) + _lengths(same)
    return body


def _lengths(sets: Sequence[bytes]) -> bytes:
    return b"".join(struct.pack(">H", len(unit)) + unit for unit in sets)
