"""MP4 and QuickTime movies byte by byte: which of their boxes and samples a player needs, and all the rest.

ISO/IEC 14496-12 (boxes), 14496-14 and -15 (sound and coded pictures in them).
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from workbench.media.bmff_boxes import Box
from workbench.media.bmff_items import Items
from workbench.media.bytewise import MAX_PARTS, Block, number
from workbench.media.coded import message_runs
from workbench.media.movie_tables import Movie, Track, read_movie
from workbench.media.scan_bmff import Scan

PICTURES = ("avc1", "hvc1", "av01")
SOUNDS = ("mp4a",)
IDENTITY = b"".join(value.to_bytes(4, "big") for value in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000))
_UNDETERMINED = 0x55C4
"""the language "und" of a track: any other tells where people are from"""
_SOUND = 28
"""bytes of an audio sample entry before its boxes"""
_HANDLERS = (b"", b"VideoHandler", b"SoundHandler")
_LANGUAGES = (0, _UNDETERMINED)
_STUFF = (4, 5, 6)
"""AAC elements that carry data, not sound (ISO/IEC 14496-3, table 4.85)"""


def scan(data: bytes) -> list[Block]:
    """Return the blocks of a movie; `data` may be a memory map, ``ftyp`` stands at 4."""
    return MovieScan(data, read_movie(data)).blocks()


def _zero(data: bytes, start: int, end: int) -> bool:
    return not data[start:end].strip(b"\0")


def _movie_head(data: bytes, body: int, end: int) -> bool:
    long = number(data, body, 1) == 1
    rest = body + (32 if long else 20)
    dates = _zero(data, body + 1, body + (20 if long else 12))
    plain = data[rest : rest + 6] == b"\0\1\0\0\1\0" and _zero(data, rest + 6, rest + 16)
    turned = data[rest + 16 : rest + 52] != IDENTITY
    return dates and plain and not turned and _zero(data, rest + 52, rest + 76) and end == rest + 80


def _track_head(data: bytes, body: int, end: int) -> bool:
    long = number(data, body, 1) == 1
    dates = _zero(data, body + 4, body + (20 if long else 12))
    rest = body + (36 if long else 24)
    zero = _zero(data, rest - (12 if long else 8), rest - (8 if long else 4)) and _zero(data, rest, rest + 10)
    # The volume, two reserved bytes, the matrix, and the size.
    plain = data[rest + 12 : rest + 14] in (b"\0\0", b"\1\0") and _zero(data, rest + 14, rest + 16)
    return dates and zero and plain and data[rest + 16 : rest + 52] == IDENTITY and end == rest + 60


def _media_head(data: bytes, body: int, end: int) -> bool:
    long = number(data, body, 1) == 1
    rest = body + (32 if long else 20)
    dates = _zero(data, body + 1, body + (20 if long else 12))
    return dates and number(data, rest, 2) in _LANGUAGES and _zero(data, rest + 2, end) and end == rest + 4


def _handler(data: bytes, body: int, end: int) -> bool:
    zero = _zero(data, body, body + 8) and _zero(data, body + 12, body + 20)
    known = data[body + 8 : body + 12] in (b"vide", b"soun")
    return zero and known and data[body + 20 : end].strip(b"\0") in _HANDLERS and end - body < 60


def _groups(data: bytes, body: int, end: int) -> bool:
    # How far a sound decoder runs up before it may be heard: numbers.
    return data[body + 4 : body + 8] == b"roll" and end - body <= 64


_RULES: dict[str, Callable[[bytes, int, int], bool]] = {
    "mvhd": _movie_head,
    "tkhd": _track_head,
    "mdhd": _media_head,
    "hdlr": _handler,
    "avcC": lambda data, body, end: not any(True for _ in message_runs("avcC", data, body, end)),
    "smhd": lambda data, body, end: end - body == 8 and _zero(data, body, end),
    "sgpd": _groups,
    "sbgp": _groups,
}
_LONGEST = {"btrt": (12, 12), "fiel": (2, 2), "esds": (16, 64), "free": (0, 0)}
"""least and most bytes of boxes that are nothing but numbers"""


class MovieScan(Scan):
    """Sorts the bytes of a movie; its samples are found in its own tables."""

    def __init__(self, data: bytes, movie: Movie) -> None:
        super().__init__(data, Items())
        self.movie = movie

    def skipped(self, box: Box, path: str) -> int | None:
        """Return how many bytes stand before the boxes inside `box`; None when it holds none."""
        if path.endswith("/stsd"):
            return _SOUND if box.kind in SOUNDS else super().skipped(box, path) if box.kind in PICTURES else None
        # What a player never shows is one block, whatever it is made of.
        return None if box.kind in ("meta", "udta", "tref") else super().skipped(box, path)

    def plain_header(self, box: Box, first: int) -> bool:
        """Tell whether the bytes before the first box inside `box` say nothing."""
        if first - box.body == _SOUND:
            entry = self.data[box.body : first]
            return _zero(entry, 0, 6) and _zero(entry, 8, 16) and _zero(entry, 20, 24)
        return super().plain_header(box, first)

    def needed(self, box: Box, path: str) -> bool:
        """Tell whether a box without boxes inside only serves playing."""
        if box.kind == "free" and "/" in path:
            return False
        if box.kind == "ftyp":
            # The minor version is 0, or 512 as FFmpeg writes it.
            plain = number(self.data, box.body + 4, 4) in (0, 512) and box.end - box.body <= 64
            return plain and path == "ftyp" and (box.end - box.body) % 4 == 0
        if box.kind == "sdtp":
            return any(box.end - box.body == 4 + len(track.sizes) for track in self.movie.tracks)
        if box.kind in _LONGEST:
            least, most = _LONGEST[box.kind]
            return least <= box.end - box.body <= most
        if box.kind in _RULES:
            return _RULES[box.kind](self.data, box.body, box.end)
        return super().needed(box, path)

    def pixels(self) -> Iterator[Block]:
        """Yield what the tables refer to, neighbours as one block; messages inside it are blocks of their own."""
        known = [track for track in self.movie.tracks if understood(track)]
        for start, end in runs(known, len(self.data)):
            yield Block("samples", start, end - start, True)
        for track in self.movie.tracks:
            if track in known:
                yield from self.samples(track)
            else:
                name = f"samples of a {track.handler} track ({', '.join(track.codings)})"
                yield from (Block(name, start, end - start, False) for start, end in runs([track], len(self.data)))

    def samples(self, track: Track) -> Iterator[Block]:
        """Yield the messages inside a track's samples."""
        coding, found = track.codings[0], 0
        for offset, size in zip(track.offsets.tolist(), track.sizes.tolist(), strict=False):
            if offset + size > len(self.data):
                return  # cut off: the decoder misses it as well
            if found > MAX_PARTS:
                yield Block("samples that were not looked into", offset, size, False)
                return
            if coding in PICTURES:
                for start, length in message_runs(coding, self.data, offset, offset + size):
                    found += 1
                    yield Block("message inside the coded picture", start, length, False)
            elif size and self.data[offset] >> 5 in _STUFF:
                found += 1
                yield Block("message inside the coded sound", offset, size, False)


def understood(track: Track) -> bool:
    """Tell whether a track holds pictures or sound of one coding that is looked into here."""
    return len(track.codings) == 1 and track.codings[0] in (*PICTURES, *SOUNDS)


def runs(tracks: Sequence[Track], size: int) -> list[tuple[int, int]]:
    """Return the stretches of a file of `size` bytes that samples fill without a gap, as (start, end)."""
    counts = [min(len(track.offsets), len(track.sizes)) for track in tracks]
    starts = np.concatenate([np.zeros(0, np.int64), *(t.offsets[:n] for t, n in zip(tracks, counts, strict=True))])
    ends = starts + np.concatenate([np.zeros(0, np.int64), *(t.sizes[:n] for t, n in zip(tracks, counts, strict=True))])
    inside = (starts >= 0) & (ends <= size) & (ends > starts)
    if not inside.any():
        return []
    order = np.argsort(starts[inside], kind="stable")
    low, high = starts[inside][order], np.maximum.accumulate(ends[inside][order])
    first = np.flatnonzero(np.concatenate([[True], low[1:] > high[:-1]]))
    last = np.concatenate([first[1:], [len(order)]]) - 1
    return list(zip(low[first].tolist(), high[last].tolist(), strict=True))
