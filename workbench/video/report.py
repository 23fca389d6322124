"""What an outcome and its check say about a video. Pure."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.columns import Spans
from workbench.disk import printable
from workbench.media.video import Video
from workbench.media.video_write import coded_depth, format_notes
from workbench.profiles import Profile
from workbench.values import Kind
from workbench.video.looking import Found
from workbench.video.sounds import Sounds

Rows = Sequence[Sequence[Any]]
"""``[track, first frame, last frame, kind, method, shape, x0, y0, x1, y1]``"""
Size = tuple[int, int]
NAMES = {"h264": "H.264", "hevc": "HEVC", "vp8": "VP8", "vp9": "VP9", "av1": "AV1", "mpeg4": "MPEG-4", "mjpeg": "MJPEG"}


def counts(rows: Rows) -> dict[str, int]:
    """Return how many objects of each kind are hidden: a track counts once."""
    objects = {(str(row[3]), row[0]) for row in rows}
    kinds = sorted({kind for kind, _ in objects})
    return {kind: sum(other == kind for other, _ in objects) for kind in kinds}


def scaled(rows: Spans, size: Size, target: Size) -> Spans:
    """Return rows in the pixels of the output; the part that is surely inside, where sizes differ."""
    if size == target:
        return rows
    factors = np.array(target) / size
    low = np.ceil(rows.boxes[:, :2] * factors)
    high = np.maximum(np.floor(rows.boxes[:, 2:] * factors), low)
    numbers = np.column_stack([rows.numbers[:, :3], low, high]).astype(np.int32)
    return Spans(numbers, rows.named, rows.words)


def colours(profile: Profile) -> dict[str, list[tuple[int, int, int]]]:
    """Return the colours that a solid fill of each kind may have."""
    allowed = {str(kind): [rule.applied.colour] for kind, rule in profile.kinds.items()}
    if profile.background.hide:
        allowed[str(Kind.OTHER)].append(profile.background.colour)
    return allowed


def sentences(video: Video, like: Video, found: Found, heard: Sounds) -> tuple[str, ...]:
    """Return what the user must know about how a video was made; `like` is what was written."""
    notes = (_format(video), *format_notes(like), *video.notes, *heard.notes, found.plan.describe())
    return tuple(dict.fromkeys(note for note in notes if note))


def _format(video: Video) -> str:
    """Return a sentence about a changed format, or an empty one."""
    codec = "h264" if coded_depth(video) == 8 else "hevc"
    if video.container == "MP4" and video.codec == codec:
        return ""
    return f"It was written as MP4 with {NAMES[codec]}; the source is {video.container} with {_name(video.codec)}."


def _name(codec: str) -> str:
    return NAMES.get(codec, printable(codec))
