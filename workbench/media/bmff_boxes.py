"""Boxes of ISO base media files (ISO/IEC 14496-12, section 4.2), and the samples of their tracks."""

from collections.abc import Iterator
from typing import NamedTuple

from workbench.media.bytewise import number

MAX_SAMPLES = 100_000


class Box(NamedTuple):
    """One box: ``offset`` to ``end``, its content from ``body`` on."""

    kind: str
    offset: int
    body: int
    end: int


def boxes(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between `start` and `end`; stops at the first damaged one."""
    position = start
    while position + 8 <= end:
        size, header = number(data, position, 4), 8
        if size == 1:
            size, header = number(data, position + 8, 8), 16
        elif size == 0:
            size = end - position
        kind = data[position + 4 : position + 8]
        if size < header or position + size > end or not all(32 <= byte < 127 or byte == 0xA9 for byte in kind):
            return
        yield Box(kind.decode("latin-1"), position, position + header, position + size)
        position += size


def children(data: bytes, parent: Box, kind: str, skip: int = 0) -> list[Box]:
    """Return the boxes of one kind directly inside another; `skip` bytes stand before them."""
    return [box for box in boxes(data, parent.body + skip, parent.end) if box.kind == kind]


def sample_extents(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield coding, offset and size of every sample of every track."""
    left = MAX_SAMPLES
    for movie in boxes(data, 0, len(data)):
        tracks = children(data, movie, "trak") if movie.kind == "moov" else []
        for track in tracks:
            level = [track]
            for kind in ("mdia", "minf", "stbl"):
                level = [inner for outer in level for inner in children(data, outer, kind)]
            for table in level:
                for extent in _samples(data, {box.kind: box for box in boxes(data, table.body, table.end)}):
                    if left <= 0:
                        return
                    left -= 1
                    yield extent


def _samples(data: bytes, tables: dict[str, Box]) -> Iterator[tuple[str, int, int]]:
    if not {"stsd", "stsc", "stsz"} <= tables.keys():
        return
    chunks = tables.get("stco") or tables.get("co64")
    if chunks is None:
        return
    coding = data[tables["stsd"].body + 12 : tables["stsd"].body + 16].decode("latin-1")
    width = 4 if chunks.kind == "stco" else 8
    sizes, uniform = tables["stsz"].body + 12, number(data, tables["stsz"].body + 4, 4)
    total = number(data, tables["stsz"].body + 8, 4)
    runs = tables["stsc"].body + 8
    run_count = min(number(data, runs - 4, 4), (tables["stsc"].end - runs) // 12)
    chunk_count = min(number(data, chunks.body + 4, 4), (chunks.end - chunks.body - 8) // width, MAX_SAMPLES)
    sample = run = 0
    for chunk in range(chunk_count):
        while run + 1 < run_count and number(data, runs + 12 * (run + 1), 4) <= chunk + 1:
            run += 1
        offset = number(data, chunks.body + 8 + width * chunk, width)
        for _ in range(min(number(data, runs + 12 * run + 4, 4) if run_count else 0, MAX_SAMPLES)):
            if sample >= total:
                return
            size = uniform or number(data, sizes + 4 * sample, 4)
            yield coding, offset, size
            offset += size
            sample += 1
