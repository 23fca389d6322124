"""Open a video: the frames that a player shows, upright, exactly timed; or one clear refusal.

What a file is comes from its content. PyAV is loaded when a clip is opened, not before.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from workbench.disk import printable
from workbench.media.video_kinds import HEAD, VIDEO_SUFFIXES, is_video
from workbench.media.video_values import Colour, Plane, Turn, Video, VideoFrame
from workbench.values import FileError

__all__ = [
    "HEAD",
    "VIDEO_SUFFIXES",
    "Colour",
    "Plane",
    "Turn",
    "Video",
    "VideoFrame",
    "is_video",
    "last_good",
    "open_video",
    "thumbnail_video",
    "times_digest",
]

DOUBTED = 2
"""frames before a damaged one that are not trusted"""
_TELLING = Fraction(1, 10)
"""of the clip: where it shows what it is about, past a black or shaky start"""


def open_video(path: Path, *, whole: bool = True) -> Video:
    """Open a video file and read all that is known without decoding it.

    Parameters
    ----------
    path : Path
        A regular file; links are not followed.
    whole : bool
        A file that is cut short is refused; else its frames before that are taken, see `last_good`.

    Raises
    ------
    FileError
        When the file is unreadable, cut short, encrypted, without a picture, too large, of no known
        format, or without reliable times. One sentence that names the file by its name only.
    """
    from workbench.media.video_probe import probed

    return probed(path, whole=whole)


def last_good(video: Video, tick: Callable[[int], None] = lambda _: None) -> Video:
    """Return a video, opened with ``whole=False``, up to its last good frame; all of it is decoded for that.

    What is left out stands in its `notes`. The last `DOUBTED` frames before damage are left out too: a decoder that
    works on several frames at once may notice it late.

    Raises
    ------
    FileError
        When not even its first frames are good.
    """
    good, reason = 0, None
    try:
        for frame in video.frames():
            good = frame.index + 1
            tick(good)
    except FileError as error:
        good, reason = good - DOUBTED, error
    line = video.timeline
    if line is None or (reason is None and not line.cut):
        return video
    if good < 1:
        raise FileError(f"{printable(video.path.name)} is damaged from its start: copy it again.") from reason
    line = line.until(good)
    end = float(line.duration)
    note = (
        f"The video is damaged or cut short: only its first {good} frames ({end:.2f} s) are here, the rest is left out."
    )
    return replace(video, timeline=line, expected_frames=good, duration=line.duration, notes=(*video.notes, note))


def times_digest(times: Iterable[Fraction]) -> str:
    """Return the SHA-256, in hex, of presentation times relative to the first, one ``n/d`` a line."""
    digest = hashlib.sha256()
    first: Fraction | None = None
    for time in times:
        first = time if first is None else first
        since = Fraction(time) - first
        digest.update(f"{since.numerator}/{since.denominator}\n".encode())
    return digest.hexdigest()


def thumbnail_video(path: Path, side: int) -> bytes:
    """Return a JPEG of a telling frame, with its longer side at most `side` px.

    Raises
    ------
    FileError
        As `open_video`, or when that frame is damaged.
    """
    from workbench.media.video_pixels import small_jpeg

    video = open_video(path)
    index = int(video.expected_frames * _TELLING)
    return small_jpeg(next(video.frames(index, index + 1)), video.sample_aspect, side)
