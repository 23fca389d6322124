"""Pass 2: hide what was decided in every frame and encode it, a segment at a time."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import cv2
import numpy as np

from workbench.disk import printable
from workbench.media.video import Video, VideoFrame
from workbench.media.video_segment import Segment, read_end
from workbench.media.video_write import SegmentWriter
from workbench.redact.apply import covered_share
from workbench.redact.over_time import Cover
from workbench.redact.planes import Plane
from workbench.values import FileError, Regions
from workbench.video.frame import redact_video_frame
from workbench.video.kept import Kept
from workbench.video.looking import segment_frames
from workbench.video.steps import Course


@dataclass(frozen=True)
class Rendered:
    """The encoded frames of a video."""

    segments: tuple[Segment, ...]
    times: tuple[Fraction, ...]
    """when each frame is shown, in seconds"""
    covered: float
    """share of all pixels that was hidden, 0..1"""


@dataclass(frozen=True)
class _Part:
    """What is noted about a finished segment."""

    segment: Segment
    times: tuple[Fraction, ...]
    covered: float
    """shares of its frames, summed"""


def render(
    video: Video, cover: Cover, like: Video, compression: int, threads: int, kept: Kept, course: Course
) -> Rendered:
    """Encode the video with everything hidden that `cover` says.

    Parameters
    ----------
    video : Video
        The source.
    cover : Cover
        What is hidden in each of its frames.
    like : Video
        The source in the size in which it is written.
    compression : int
        x264's constant rate factor.
    threads : int
        0 for one a core.
    kept : Kept
        What was finished before, and gets what is finished now.
    course : Course
        Told every frame and every segment.

    Raises
    ------
    FileError
        When a frame cannot be read or written, or when there are not as many as were searched.
    """
    parts: list[_Part] = []
    while part := _finished(kept, len(parts)):
        parts.append(part)
        course.at("hiding", sum(len(part.times) for part in parts), rest=True)
    done = sum(len(part.times) for part in parts)
    frames = _steady(video.frames(done) if done else video.frames(), cover, course, done)
    while done < len(cover):
        part = _encode(islice(frames, segment_frames(video)), like, compression, threads, kept, len(parts))
        if part is None:
            break
        parts.append(part)
        done += len(part.times)
        course.at("hiding", done, rest=True)
    if done != len(cover) or next(frames, None) is not None:
        raise FileError(
            f"{printable(video.path.name)} has not {len(cover)} frames any more, as when it was searched: run it again."
        )
    return Rendered(
        segments=tuple(part.segment for part in parts),
        times=tuple(time for part in parts for time in part.times),
        covered=sum(part.covered for part in parts) / max(done, 1),
    )


Shown = tuple[VideoFrame, float]
"""a redacted frame, and the share of it that is hidden"""


def _steady(frames: Iterator[VideoFrame], cover: Cover, course: Course, first: int) -> Iterator[Shown]:
    """Give the redacted frames."""
    before: Regions | None = None
    share = 0.0
    for number, frame in enumerate(frames, start=first):
        if number >= len(cover):
            yield frame, 0.0  # one too many: it only tells the caller so
            return
        regions = cover[number]
        if before is None or not _same(regions, before):
            height, width = frame.planes[0].shape
            share = covered_share(regions, width, height)
        before = regions
        course.at("hiding", number + 1)
        yield redact_video_frame(frame, regions), share


def _encode(
    frames: Iterator[Shown], like: Video, compression: int, threads: int, kept: Kept, number: int
) -> _Part | None:
    first = next(frames, None)
    if first is None:
        return None
    name = f"{number:05d}.seg"
    times: list[Fraction] = []
    covered = 0.0
    with SegmentWriter(kept.part(name), like, compression, threads) as writer:
        shown: Shown | None = first
        while shown is not None:
            frame, share = shown
            writer.write(_resized(frame.planes, like), frame.time)
            times.append(frame.time)
            covered += share
            shown = next(frames, None)
        segment = writer.close()
    kept.write(f"{number:05d}.json", json.dumps({"covered": covered}).encode())
    return _Part(replace(segment, path=kept.finish(name)), tuple(times), covered)


def _finished(kept: Kept, number: int) -> _Part | None:
    """Return a segment that an earlier run finished, or None."""
    note, path = kept.read(f"{number:05d}.json"), kept.path(f"{number:05d}.seg")
    if note is None or not path.is_file():
        return None
    try:
        contents = read_end(path)
    except FileError:
        return None  # it is encoded again
    times = tuple(Fraction(tick, contents.clock) for tick in contents.ticks)
    return _Part(contents.segment(path), times, float(json.loads(note)["covered"]))


def _same(one: Regions, other: Regions) -> bool:
    return one is other or (np.array_equal(one.boxes, other.boxes) and np.array_equal(one.shapes, other.shapes))


def _resized(planes: tuple[Plane, ...], like: Video) -> tuple[Plane, ...]:
    """Return the planes in the size of `like`."""
    dx, dy = like.subsampling
    small = -(-like.width // dx), -(-like.height // dy)
    sizes = [(like.width, like.height), small, small]
    return tuple(
        plane
        if plane.shape == (size[1], size[0])
        else np.ascontiguousarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA))
        for plane, size in zip(planes, sizes, strict=True)
    )
