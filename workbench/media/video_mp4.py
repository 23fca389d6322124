"""The boxes of an MP4 (ISO/IEC 14496-12): exactly those that a player needs, and none in which anything else fits.

Own code instead of FFmpeg's, because a picture track without an edit list, empty handler names, no ``udta`` and no
clock time follow from what is written here and from no version of a library; and because sizes are known before
the samples are copied, the index stands in front without writing the file twice.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UNDETERMINED = 0x55C4
"""the language "und" """
_FAR = 1 << 32


@dataclass(frozen=True)
class Track:
    """What the index says of one stream."""

    sound: bool
    timescale: int
    """ticks a second"""
    durations: Sequence[int]
    """ticks, one for each sample; no sample is shown in another order than it is stored"""
    sizes: Sequence[int]
    """bytes"""
    keys: Sequence[int]
    """numbers from 1 of the samples that decoding can begin with; empty when every sample is one"""
    entry: bytes
    """the box that describes the coding, as `picture_entry` and `sound_entry` make it"""
    chunks: Sequence[tuple[int, int]]
    """offset into the samples' part of the file, and number of samples"""
    size: tuple[Fraction, int] = (Fraction(0), 0)
    """px: width as shown and height"""
    skip: int = 0
    """ticks: what the decoder puts out first and is not part of the sound"""
    shown: int = 0
    """ticks of the movie's clock"""


def box(name: bytes, *parts: bytes) -> bytes:
    """Return one box."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """Return one box with version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def head(tracks: Sequence[Track], timescale: int, samples: int, hevc: bool) -> bytes:
    """Return everything that stands before the samples.

    Parameters
    ----------
    tracks : sequence of Track
        The picture first.
    timescale : int
        Ticks a second of the movie's clock.
    samples : int
        Bytes of all samples.
    hevc : bool
        Names the brand.
    """
    brands = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isomiso2", b"hvc1" if hevc else b"avc1", b"mp41")
    large = samples + 16 >= _FAR
    media = struct.pack(">I4sQ", 1, b"mdat", samples + 16) if large else struct.pack(">I4s", samples + 8, b"mdat")

    def index(base: int, wide: bool) -> bytes:
        return box(
            b"moov",
            _movie_header(timescale, max(track.shown for track in tracks), len(tracks)),
            *(_track(track, number, base, wide) for number, track in enumerate(tracks, 1)),
        )

    # How long the index is does not depend on the offsets in it, only on how wide they are.
    wide = len(brands) + len(index(0, True)) + len(media) + samples >= _FAR
    base = len(brands) + len(index(0, wide)) + len(media)
    return brands + index(base, wide) + media


def picture_entry(
    configuration: bytes,
    size: tuple[int, int],
    aspect: Fraction,
    colour: tuple[int, int, int, int],
    hevc: bool,
) -> bytes:
    """Return the description of the picture.

    Parameters
    ----------
    configuration : bytes
        See `video_nal.configuration`.
    size : (int, int)
        Width and height, px.
    aspect : Fraction
        Width of a pixel in its heights.
    colour : (int, int, int, int)
        Primaries, transfer, matrix and range, as the codecs number them (ITU-T H.273; range 2 is full).
    hevc : bool
        Else H.264.
    """
    primaries, transfer, matrix, extent = colour
    fields = bytes(6) + struct.pack(">H16xHHIIIH32xHh", 1, *size, 0x480000, 0x480000, 0, 1, 24, -1)
    parts = [fields, box(b"hvcC" if hevc else b"avcC", configuration)]
    if (primaries, transfer, matrix) != (2, 2, 2) or extent:
        parts.append(box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, (extent == 2) << 7)))
    # 1:1 is said too: then it is known, and not merely not said.
    parts.append(box(b"pasp", struct.pack(">II", aspect.numerator, aspect.denominator)))
    return box(b"hvc1" if hevc else b"avc1", *parts)


def sound_entry(configuration: bytes, rate: int, channels: int, bits: int) -> bytes:
    """Return the description of AAC sound (ISO/IEC 14496-1 7.2.6); `configuration` is its AudioSpecificConfig."""

    def descriptor(tag: int, body: bytes) -> bytes:
        return bytes([tag, len(body)]) + body

    decoder = bytes([0x40, 0x15]) + bytes(3) + struct.pack(">II", bits, bits) + descriptor(5, configuration)
    stream = descriptor(3, struct.pack(">HB", 0, 0) + descriptor(4, decoder) + descriptor(6, b"\x02"))
    fields = bytes(6) + struct.pack(">H8xHHIHH", 1, channels, 16, 0, rate, 0)
    return box(b"mp4a", fields, full(b"esds", 0, 0, stream))


def _timed(name: bytes, flags: int, before: bytes, duration: int, *after: bytes) -> bytes:
    """Return a box that has two times of making, which stay 0, and a duration; 64 bits wide only where it must be."""
    if duration < _FAR:
        return full(name, 0, flags, bytes(8), before, _word(duration), *after)
    return full(name, 1, flags, bytes(16), before, struct.pack(">Q", duration), *after)


def _movie_header(timescale: int, duration: int, tracks: int) -> bytes:
    rest = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + _word(tracks + 1)
    return _timed(b"mvhd", 0, _word(timescale), duration, rest)


def _track(track: Track, number: int, base: int, wide: bool) -> bytes:
    width, height = track.size
    place = struct.pack(">8xHHH2x", 0, 0, 0x100 if track.sound else 0) + _MATRIX
    size = struct.pack(">II", round(width * 65536), height << 16)
    header = _timed(b"tkhd", 3, struct.pack(">II", number, 0), track.shown, place, size)
    edits = box(b"edts", full(b"elst", 1, 0, struct.pack(">IQqI", 1, track.shown, track.skip, 0x10000)))
    return box(b"trak", header, edits if track.skip else b"", _media(track, base, wide))


def _media(track: Track, base: int, wide: bool) -> bytes:
    handler = struct.pack(">I4s12xB", 0, b"soun" if track.sound else b"vide", 0)
    kind = full(b"smhd", 0, 0, bytes(4)) if track.sound else full(b"vmhd", 0, 1, bytes(8))
    here = full(b"dref", 0, 0, _word(1), full(b"url ", 0, 1))
    return box(
        b"mdia",
        _timed(b"mdhd", 0, _word(track.timescale), sum(track.durations), struct.pack(">HH", _UNDETERMINED, 0)),
        full(b"hdlr", 0, 0, handler),
        box(b"minf", kind, box(b"dinf", here), _samples(track, base, wide)),
    )


def _samples(track: Track, base: int, wide: bool) -> bytes:
    times = [(len(list(same)), duration) for duration, same in groupby(track.durations)]
    counts = [(number, count) for number, (_, count) in enumerate(track.chunks, 1)]
    runs = [next(same) for _, same in groupby(counts, key=lambda row: row[1])]
    offsets = [base + offset for offset, _ in track.chunks]
    parts = [
        full(b"stsd", 0, 0, _word(1), track.entry),
        full(b"stts", 0, 0, _word(len(times)), _words(value for row in times for value in row)),
        full(b"stss", 0, 0, _word(len(track.keys)), _words(track.keys)) if track.keys else b"",
        full(b"stsc", 0, 0, _word(len(runs)), _words(value for row in runs for value in (*row, 1))),
        full(b"stsz", 0, 0, _word(0), _word(len(track.sizes)), _words(track.sizes)),
        full(b"co64" if wide else b"stco", 0, 0, _word(len(offsets)), _words(offsets, "Q" if wide else "I")),
    ]
    if track.skip:
        # A decoder that starts anywhere in AAC has to begin one sample earlier.
        parts.append(full(b"sgpd", 1, 0, b"roll", struct.pack(">IIh", 2, 1, -1)))
        parts.append(full(b"sbgp", 0, 0, b"roll", struct.pack(">III", 1, len(track.sizes), 1)))
    return box(b"stbl", *parts)


def _word(value: int) -> bytes:
    return struct.pack(">I", value)


def _words(values: Iterable[int], form: str = "I") -> bytes:
    numbers = list(values)
    return struct.pack(f">{len(numbers)}{form}", *numbers)
