"""The second reader of videos: that a written clip shows its frames and nothing else, and that every mask is there.

It shares nothing with the code that wrote the file: the bytes are sorted box by box (`check_movie`), every frame is
decoded once, its time taken down and its masks looked at (`check_masks`, `check_fills`).
"""

import hashlib
import mmap
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.container import InputContainer
from numpy.typing import NDArray

from workbench.media import check_movie
from workbench.media.check_masks import Span
from workbench.media.check_planes import fill_colours, picture_of, planes_of
from workbench.media.check_spans import Masks, SoftSpans
from workbench.media.video_values import Video
from workbench.values import FileError, Finding, Method, Shape

MAX_FINDINGS = 50
RGB = tuple[int, int, int]
SILENT = ("none", "dropped")
"""values of `Outcome.audio` that mean a video without sound"""
_PLAIN_FILE = {"major_brand": "isom|mp4[12]", "minor_version": "0|512", "compatible_brands": "[a-zA-Z0-9]{4,40}"}
_PLAIN_STREAM = {"language": "und", "handler_name": "(Video|Sound)Handler", "vendor_id": r"\[0\]\[0\]\[0\]\[0\]"}
"""tags that FFmpeg makes of the needed boxes"""


def check_video(
    path: Path,
    *,
    size: tuple[int, int],
    frames: int,
    times_sha256: str,
    spans: Sequence[Sequence[Any]],
    audio: str,
    source: Video | None = None,
    colours: Mapping[str, Sequence[RGB]] | None = None,
    tick: Callable[[], None] | None = None,
) -> list[Finding]:
    """Re-open a written video and report everything that is not as it should be.

    Parameters
    ----------
    path : Path
        The MP4 file; its name may be a neutral temporary one.
    size : tuple of int
        Width and height in pixels that it must have.
    frames : int
        Frames that it must show.
    times_sha256 : str
        Of their presentation times, see `media.video.times_digest`.
    spans : sequence of rows
        ``[track, first, last, kind, method, shape, x0, y0, x1, y1]``; both frames belong to the stretch.
    audio : str
        `Outcome.audio`: whether the file must have one sound stream or none.
    source : Video, optional
        The original, for blurred and pixelated regions: without it they are not judged.
    colours : mapping of str to sequence of RGB, optional
        The colours that a solid fill of each kind may have; without it a fill only has to be constant.
    tick : callable, optional
        Called after each frame; what it raises ends the check.

    Returns
    -------
    list of Finding
        Empty when nothing is wrong. `Finding.check` is "readable", "format", "metadata", "trailer", "slack",
        "streams", "edit list", "decode", "size", "frames", "times" or "region".
    """
    path = Path(path)
    found: list[Finding] = []
    try:
        for check, message, offset in _all_problems(
            path, _Wanted(size, frames, times_sha256, audio), spans, source, colours or {}, tick or (lambda: None)
        ):
            found.append(Finding(check, f"{message[0].upper()}{message[1:]}.", path.name, offset))
            if len(found) >= MAX_FINDINGS:
                break
    except OSError as error:
        found.append(Finding("readable", f"The file cannot be read again: {error.strerror}.", path.name))
    return found


@dataclass(frozen=True)
class _Wanted:
    size: tuple[int, int]
    frames: int
    times_sha256: str
    audio: str


def _all_problems(
    path: Path,
    wanted: _Wanted,
    rows: Sequence[Sequence[Any]],
    source: Video | None,
    colours: Mapping[str, Sequence[RGB]],
    tick: Callable[[], None],
) -> Iterator[check_movie.Problem]:
    if not path.stat().st_size:
        yield "format", "the file is empty", None
        return
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        # A memory map gives bytes for every slice, which is all that is asked of it.
        yield from check_movie.problems(cast(bytes, data), wanted.frames, wanted.audio not in SILENT)
    spans, unreadable = _spans(rows, wanted)
    yield from (("region", message, None) for message in unreadable)
    try:
        with av.open(str(path), format="mov", metadata_errors="replace") as container:
            yield from _told(container)
            if container.streams.video:
                yield from _pictures(container, wanted, spans, source, colours, tick)
    except FileError as error:
        yield "format", str(error).rstrip("."), None
    except av.FFmpegError as error:
        yield "decode", f"the video cannot be decoded in full ({type(error).__name__})", None


def _told(container: InputContainer) -> Iterator[check_movie.Problem]:
    """Yield what FFmpeg's own reader tells beside pictures and sound."""
    streams = [(f"stream {stream.index}", stream.metadata, _PLAIN_STREAM) for stream in container.streams]
    for name, metadata, plain in [("the file", container.metadata, _PLAIN_FILE), *streams]:
        for key, value in metadata.items():
            if not re.fullmatch(plain.get(key, "(?!)"), value):
                yield "metadata", f"{name} has a tag '{key}' of {len(value)} characters", None
    if chapters := container.chapters():
        yield "metadata", f"it has {len(chapters)} chapters", None


@dataclass(frozen=True)
class _Rows:
    """The usable rows in the order of their first frames; each is read anew, a long video has very many."""

    rows: Sequence[Sequence[Any]]
    order: NDArray[np.intp]

    def __iter__(self) -> Iterator[Span]:
        return (_span(self.rows[at]) for at in self.order.tolist())


def _spans(rows: Sequence[Sequence[Any]], wanted: _Wanted) -> tuple[_Rows, list[str]]:
    """Return the rows, and what is wrong with those that cannot be used."""
    places, firsts, wrong = array("q"), array("q"), []
    for at, row in enumerate(rows):
        try:
            span = _span(row)
        except (TypeError, ValueError):
            wrong.append(f"the row {list(row)!r} cannot be read")
            continue
        x0, y0, x1, y1 = span.box
        if not (0 <= x0 <= x1 <= wanted.size[0] and 0 <= y0 <= y1 <= wanted.size[1]):
            wrong.append(f"{span} does not lie inside the picture")
        elif not 0 <= span.first <= span.last < wanted.frames:
            wrong.append(f"{span} is to be hidden from frame {span.first} to {span.last}, of {wanted.frames}")
        elif x0 < x1 and y0 < y1:
            places.append(at)
            firsts.append(span.first)
    return _Rows(rows, np.array(places, np.intp)[np.argsort(np.array(firsts), kind="stable")]), wrong


def _span(row: Sequence[Any]) -> Span:
    track, first, last, kind, method, shape, *corners = row
    x0, y0, x1, y1 = (int(corner) for corner in corners)
    return Span(int(track), int(first), int(last), str(kind), Method(method), Shape(shape), (x0, y0, x1, y1))


def _pictures(
    container: InputContainer,
    wanted: _Wanted,
    spans: _Rows,
    source: Video | None,
    colours: Mapping[str, Sequence[RGB]],
    tick: Callable[[], None],
) -> Iterator[check_movie.Problem]:
    """Decode every frame once; yield what is wrong with their number, their times and their masks."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    masks: Masks | None = None
    soft = SoftSpans(spans, source, wanted.size)
    clock = hashlib.sha256()
    start, index, broken = Fraction(0), 0, 0
    with closing(soft):
        for frame in container.decode(stream):
            if (frame.width, frame.height) != wanted.size:
                yield "size", f"frame {index} is {frame.width} x {frame.height} px instead of {_by(wanted.size)}", None
                return
            if frame.pts is None or frame.time_base is None:
                yield "times", f"frame {index} has no presentation time", None
                return
            time = frame.pts * frame.time_base
            start = start if index else time
            clock.update(f"{(time - start).numerator}/{(time - start).denominator}\n".encode())
            broken += bool(frame.is_corrupt)
            planes = planes_of(frame)
            if masks is None:
                masks = Masks(spans, picture_of(frame), fill_colours(frame, colours))
            masks.look(index, planes)
            soft.look(index, planes)
            index += 1
            tick()
        if broken:
            yield "decode", f"{broken} of {index} frames are damaged", None
        if index != wanted.frames:
            yield "frames", f"it shows {index} frames instead of {wanted.frames}", None
        elif clock.hexdigest() != wanted.times_sha256:
            yield "times", "its frames are not shown at the times of the original's", None
        for message in (*(masks.messages() if masks else ()), *soft.messages()):
            yield "region", message, None


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
