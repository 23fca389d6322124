"""The tracks of an ISO base media movie, read from its own tables (ISO/IEC 14496-12, section 8).

A table may have millions of rows, so rows are arrays. Whatever a damaged or hostile file says, reading ends: no
table is longer than the box that holds it.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from workbench.media.bmff_boxes import Box, boxes
from workbench.media.bytewise import number

MAX_SAMPLES = 50_000_000
"""a track of more is not read further: 60 hours at 240 frames a second"""
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Edit:
    """One row of an edit list: what a player shows of a track."""

    duration: int
    """in the movie's time scale"""
    start: int
    """in the track's time scale; −1 for an empty stretch"""
    rate: int
    """16.16 fixed point: 0x10000 plays as it is"""


@dataclass(frozen=True, eq=False)
class Track:
    """One track of a movie."""

    number: int
    handler: str
    """"vide", "soun", "text", "sbtl", "meta", "tmcd", …"""
    codings: tuple[str, ...]
    """the sample entries' four characters, such as "avc1" """
    scale: int
    """ticks a second"""
    language: str
    offset: int
    """of its box in the file"""
    offsets: Rows
    """of every sample in the file"""
    sizes: Rows
    """of every sample, bytes"""
    times: Rows
    """presentation time of every sample, ticks, before the edit list"""
    length: int
    """ticks that all samples last"""
    edits: tuple[Edit, ...] = ()
    refers: tuple[str, ...] = ()
    """kinds of its references to other tracks, such as "chap" """
    matrix: bytes = b""
    """36 bytes: how the picture is turned and placed"""


@dataclass(frozen=True)
class Movie:
    """What the ``moov`` box says."""

    scale: int = 0
    """ticks a second"""
    tracks: tuple[Track, ...] = field(default=())
    fragments: int = 0
    """``moof`` boxes: their samples stand in no table that is read here"""


def read_movie(data: bytes) -> Movie:
    """Return the tracks of a movie; `data` may be a memory map."""
    scale, tracks, fragments = 0, [], 0
    for top in boxes(data, 0, len(data)):
        fragments += top.kind == "moof"
        if top.kind != "moov":
            continue
        for box in boxes(data, top.body, top.end):
            if box.kind == "mvhd":
                scale = number(data, box.body + (20 if number(data, box.body, 1) == 1 else 12), 4)
            elif box.kind == "trak":
                tracks.append(_track(data, box))
    return Movie(scale, tuple(tracks), fragments)


def _track(data: bytes, trak: Box) -> Track:
    inner = {box.kind: box for box in boxes(data, trak.body, trak.end)}
    media = {box.kind: box for box in _inside(data, inner.get("mdia"))}
    edits = {box.kind: box for box in _inside(data, inner.get("edts"))}
    info = {box.kind: box for box in _inside(data, media.get("minf"))}
    tables = {box.kind: box for box in _inside(data, info.get("stbl"))}
    head, clock, kind = inner.get("tkhd"), media.get("mdhd"), media.get("hdlr")
    sizes = _sizes(data, tables)
    times, length = _times(data, tables, len(sizes))
    long = bool(clock) and number(data, clock.body, 1) == 1 if clock else False
    wide = bool(head) and number(data, head.body, 1) == 1 if head else False
    return Track(
        number=number(data, head.body + (20 if wide else 12), 4) if head else 0,
        handler=data[kind.body + 8 : kind.body + 12].decode("latin-1") if kind else "",
        codings=tuple(box.kind for box in _inside(data, tables.get("stsd"), 8)),
        scale=number(data, clock.body + (20 if long else 12), 4) if clock else 0,
        language=_language(number(data, clock.body + (32 if long else 20), 2)) if clock else "",
        offset=trak.offset,
        offsets=_offsets(data, tables, sizes),
        sizes=sizes,
        times=times,
        length=length,
        edits=_edits(data, edits.get("elst")),
        refers=tuple(box.kind for box in _inside(data, inner.get("tref"))),
        matrix=bytes(data[head.body + (52 if wide else 40) : head.body + (88 if wide else 76)]) if head else b"",
    )


def _inside(data: bytes, box: Box | None, skip: int = 0) -> list[Box]:
    return list(boxes(data, box.body + skip, box.end)) if box else []


def _rows(data: bytes, box: Box | None, head: int, kind: str, columns: int) -> NDArray[np.generic]:
    """Return the rows of a table behind `head` bytes, the last four of which count them."""
    if box is None:
        return np.zeros((0, columns), kind)
    width = np.dtype(kind).itemsize * columns
    count = min(number(data, box.body + head - 4, 4), max(box.end - box.body - head, 0) // width, MAX_SAMPLES)
    raw = data[box.body + head : box.body + head + count * width]
    return np.frombuffer(raw, kind).reshape(-1, columns)


def _sizes(data: bytes, tables: dict[str, Box]) -> Rows:
    box = tables.get("stsz")
    if box and (uniform := number(data, box.body + 4, 4)):
        # Samples of one size may be as small as a byte: no file holds more of them than it has bytes.
        return np.full(min(number(data, box.body + 8, 4), len(data) // uniform, MAX_SAMPLES), uniform, np.int64)
    return _rows(data, box, 12, ">u4", 1)[:, 0].astype(np.int64)


def _offsets(data: bytes, tables: dict[str, Box], sizes: Rows) -> Rows:
    chunks = _rows(data, tables.get("stco"), 8, ">u4", 1)[:, 0].astype(np.int64)
    if "co64" in tables:
        chunks = _rows(data, tables["co64"], 8, ">u8", 1)[:, 0].astype(np.int64)
    runs = _rows(data, tables.get("stsc"), 8, ">u4", 3).astype(np.int64)
    if not len(chunks) or not len(runs):
        return np.zeros(0, np.int64)
    # The run that holds for each chunk is the last one that begins at it or before.
    run = np.searchsorted(runs[:, 0], np.arange(1, len(chunks) + 1), side="right") - 1
    in_chunk = np.where(run >= 0, runs[run, 1], 0)
    ends = np.minimum(np.cumsum(np.minimum(in_chunk, len(sizes))), len(sizes))
    starts = np.concatenate([[0], ends[:-1]])
    total = int(ends[-1])
    before = np.concatenate([[0], np.cumsum(sizes[:total])])
    chunk = np.repeat(np.arange(len(chunks)), ends - starts)
    return np.asarray(chunks[chunk] + before[:-1] - before[starts[chunk]])


def _times(data: bytes, tables: dict[str, Box], samples: int) -> tuple[Rows, int]:
    steps = _rows(data, tables.get("stts"), 8, ">u4", 2).astype(np.int64)
    counts = np.minimum(np.cumsum(np.minimum(steps[:, 0], samples)), samples)
    each = np.repeat(steps[:, 1], np.diff(counts, prepend=0))
    decoding = np.concatenate([[0], np.cumsum(each)])
    shifts = _rows(data, tables.get("ctts"), 8, ">i4", 2).astype(np.int64)
    reached = np.minimum(np.cumsum(np.minimum(shifts[:, 0] & 0xFFFFFFFF, samples)), len(each))
    shift = np.repeat(shifts[:, 1], np.diff(reached, prepend=0))
    times = decoding[:-1].copy()
    times[: len(shift)] += shift
    return times, int(decoding[-1])


def _edits(data: bytes, box: Box | None) -> tuple[Edit, ...]:
    if box is None:
        return ()
    wide = number(data, box.body, 1) == 1
    parts = (">u8", ">i8", ">u4") if wide else (">u4", ">i4", ">u4")
    kind = np.dtype(list(zip(("duration", "start", "rate"), parts, strict=True)))
    width = kind.itemsize
    count = min(number(data, box.body + 4, 4), max(box.end - box.body - 8, 0) // width, 10_000)
    rows = np.frombuffer(data[box.body + 8 : box.body + 8 + count * width], kind)
    return tuple(Edit(int(row["duration"]), int(row["start"]), int(row["rate"])) for row in rows)


def _language(packed: int) -> str:
    """Return the three letters of ISO 639-2/T; an old QuickTime number as it is."""
    letters = "".join(chr(96 + (packed >> shift & 31)) for shift in (10, 5, 0))
    return letters if packed >= 0x400 and letters.isalpha() else str(packed)
