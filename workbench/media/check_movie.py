"""What a written MP4 file may be made of: one picture track, one sound track where there is sound, and nothing more."""

from collections.abc import Iterator

from workbench.media import scan_movie
from workbench.media.bytewise import Block
from workbench.media.movie_tables import Movie, Track, read_movie

Problem = tuple[str, str, int | None]
"""check, message, first byte concerned"""
_PLAIN_RATE = 0x10000
_RUN_UP = 4096
"""ticks at the start of a sound track that its decoder needs before it may be heard"""


def problems(data: bytes, frames: int, sound: bool) -> Iterator[Problem]:
    """Yield what is wrong with the bytes of a movie; `data` may be a memory map.

    Parameters
    ----------
    frames : int
        Pictures that it must hold, not only show.
    sound : bool
        Whether it must have a sound track; otherwise it must have none.
    """
    if data[4:8] != b"ftyp":
        yield "format", "the file does not begin like an MP4 file", 0
        return
    movie = read_movie(data)
    for block in scan_movie.MovieScan(data, movie).blocks():
        if not block.essential:
            yield _block(data, block)
    if movie.fragments:
        yield "format", f"it has {movie.fragments} fragments, whose content stands in no table", None
    yield from _tracks(movie, sound)
    for track in movie.tracks:
        if track.handler == "vide" and len(track.sizes) != frames:
            yield "frames", f"the file holds {len(track.sizes)} coded frames instead of {frames}", track.offset
        yield from _edits(movie, track)


def _block(data: bytes, block: Block) -> Problem:
    place = f"{block.size} bytes from byte {block.offset} on"
    if block.name.startswith("trailer"):
        return "trailer", f"something follows the movie's end: {block.name}, {place}", block.offset
    if block.name.endswith("free") and data[block.offset + 8 : block.offset + block.size].strip(b"\0"):
        return "slack", f"a filler box has content: {block.name}, {place}", block.offset
    if any(word in block.name for word in ("no item refers", "behind its boxes", "free", "skip", "wide")):
        return "slack", f"bytes that no player needs: {block.name}, {place}", block.offset
    return "metadata", f"something that no player needs: {block.name}, {place}", block.offset


def _tracks(movie: Movie, sound: bool) -> Iterator[Problem]:
    kinds = [track.handler for track in movie.tracks]
    for handler, name, wanted in (("vide", "picture", 1), ("soun", "sound", int(sound))):
        if kinds.count(handler) != wanted:
            yield "streams", f"it has {kinds.count(handler)} {name} tracks instead of {wanted}", None
    for track in movie.tracks:
        if track.handler not in ("vide", "soun"):
            yield "streams", f"it has a track of kind '{track.handler}' ({', '.join(track.codings)})", track.offset
        if track.refers:
            yield "streams", f"its tracks refer to each other ({', '.join(track.refers)})", track.offset
        if track.handler == "vide" and track.matrix != scan_movie.IDENTITY:
            yield "format", "players would turn or move its pictures", track.offset


def _edits(movie: Movie, track: Track) -> Iterator[Problem]:
    """Yield how an edit list hides or changes what a track holds."""
    if not track.edits or not len(track.times):
        return
    edits = list(track.edits)
    if track.handler == "soun" and len(edits) > 1 and edits[0].start == -1:
        del edits[0]  # the sound begins later than the pictures
    shown = edits[0]
    first, last = int(track.times.min()), int(track.times.max())
    slack = _RUN_UP if track.handler == "soun" else 0
    # Half a tick of the movie's clock is lost by rounding.
    end = shown.start + (shown.duration + 1) * track.scale / max(movie.scale, 1)
    if len(edits) > 1 or shown.rate != _PLAIN_RATE:
        yield "edit list", "an edit list repeats, leaves out or slows down parts of it", track.offset
    elif not first <= shown.start <= first + slack:
        yield "edit list", "an edit list hides what stands before the first frame that is shown", track.offset
    elif shown.duration and end <= last:
        yield "edit list", "an edit list hides what follows the last frame that is shown", track.offset
