"""Open a video: the frames that a player shows, upright, exactly timed; or one clear refusal.

What a file is comes from its content. PyAV is loaded when a clip is opened, not before.
"""

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from workbench.media.video_kinds import HEAD, VIDEO_SUFFIXES, is_video
from workbench.media.video_values import Colour, Plane, Turn, Video, VideoFrame

__all__ = [
    "HEAD",
    "VIDEO_SUFFIXES",
    "Colour",
    "Plane",
    "Turn",
    "Video",
    "VideoFrame",
    "is_video",
    "open_video",
    "thumbnail_video",
    "times_digest",
]

_TELLING = Fraction(1, 10)
"""of the clip: where it shows what it is about, past a black or shaky start"""


def open_video(path: Path) -> Video:
    """Open a video file and read all that is known without decoding it.

    Parameters
    ----------
    path : Path
        A regular file; links are not followed.

    Raises
    ------
    FileError
        When the file is unreadable, cut short, encrypted, without a picture, too large, of no known
        format, or without reliable times. One sentence that names the file by its name only.
    """
    from workbench.media.video_probe import probed

    return probed(path)


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
