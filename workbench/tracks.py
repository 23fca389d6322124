"""Tracks: one object through the frames of a video. Pure functions between the two forms of the same thing.

Detections are kept frame by frame, each row with the number of its track; people think in objects.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.columns import PerFrame, Words
from workbench.values import Detections, Kind


@dataclass(frozen=True, eq=False)
class Track:
    """One object, as parallel arrays over the frames in which it has a box."""

    number: int
    kind: Kind
    frames: NDArray[np.intp]
    """``(N,)`` ascending, from 0"""
    boxes: NDArray[np.float32]
    """``(N, 4)`` px"""
    scores: NDArray[np.float32]
    """``(N,)``"""
    origins: NDArray[np.str_]
    """``(N,)``: the detector that saw it there, "interpolated", or "person" """

    @property
    def first(self) -> int:
        """The first frame with a box."""
        return int(self.frames[0])

    @property
    def last(self) -> int:
        """The last frame with a box."""
        return int(self.frames[-1])

    @property
    def score(self) -> float:
        """The best score of all its sights; a profile's confidence is held against the score at each moment."""
        return float(self.scores.max())

    @property
    def seen(self) -> NDArray[np.bool_]:
        """``(N,)``: where a detector or a person saw it, and not only its neighbours in time."""
        return ~np.isin(self.origins, (INTERPOLATED, CARRIED))


INTERPOLATED = "interpolated"
"""origin of a box that nobody saw: it stands between two sights"""
CARRIED = "carried"
"""origin of a box with score 0 beside the first or last sight: where the object would stand, were it still there;
only a profile's `hold` looks at it"""
CARRIED_SECONDS = 0.3
"""how long objects are carried so, unless the scene is cut or they leave the picture before"""
PERSON = "person"
"""origin of a box that a human made: it is hidden whatever the profile says"""


def tracks_of(per_frame: Sequence[Detections]) -> list[Track]:
    """Return the tracks in the detections of every frame, by number; rows without a track are left aside."""
    return list(each_track(per_frame))


def each_track(per_frame: Sequence[Detections]) -> Iterator[Track]:
    """Give the tracks that `tracks_of` returns one after the other: those of a long video need not be held at once."""
    columns = PerFrame.of(per_frame)
    frames = columns.frames
    order = np.lexsort((frames, columns.tracks))
    order = order[columns.tracks[order] >= 0]
    if not len(order):
        return
    for part in np.split(order, np.flatnonzero(np.diff(columns.tracks[order])) + 1):
        rows = columns.rows(part)
        yield Track(int(rows.tracks[0]), Kind(rows.kinds[0]), frames[part], rows.boxes, rows.scores, rows.origins)


def per_frame(tracks: Sequence[Track], frames: int) -> PerFrame:
    """Return the tracks as detections of each of `frames` frames."""
    if not tracks:
        return PerFrame.of([Detections.empty()] * frames)
    words = Words()
    when = np.concatenate([track.frames for track in tracks])
    order = np.argsort(when, kind="stable")
    lengths = [len(track.frames) for track in tracks]
    kinds = np.repeat(words.encode([str(track.kind) for track in tracks]), lengths)
    return PerFrame(
        np.searchsorted(when[order], np.arange(frames), side="right"),
        np.concatenate([track.boxes for track in tracks])[order].astype(np.float32),
        np.concatenate([track.scores for track in tracks])[order].astype(np.float32),
        np.repeat(np.array([track.number for track in tracks], np.int32), lengths)[order],
        kinds[order],
        np.concatenate([words.encode(track.origins) for track in tracks])[order],
        words,
    )


def numbered(per_frame: Sequence[Detections]) -> PerFrame:
    """Return the detections with a number for each row that had none, so that a correction can name it.

    The numbers are the same whenever the detections are: for a photo the positions of its rows.
    """
    columns = PerFrame.of(per_frame)
    free = columns.tracks < 0
    following = 1 + int(columns.tracks.max(initial=-1))
    given = np.where(free, following + np.cumsum(free) - 1, columns.tracks).astype(np.int32)
    return PerFrame(columns.ends, columns.boxes, columns.scores, given, columns.kinds, columns.origins, columns.words)


def chosen(track: Track, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Track:
    """Return the track with only these of its rows."""
    return replace(
        track,
        frames=track.frames[rows],
        boxes=track.boxes[rows],
        scores=track.scores[rows],
        origins=track.origins[rows],
    )


def joined(one: Track, other: Track) -> Track:
    """Return the rows of two tracks, which have no frame in common, as those of the first."""
    frames = np.concatenate([one.frames, other.frames])
    order = np.argsort(frames, kind="stable")
    return replace(
        one,
        frames=frames[order],
        boxes=np.concatenate([one.boxes, other.boxes])[order],
        scores=np.concatenate([one.scores, other.scores])[order],
        origins=np.concatenate([one.origins, other.origins])[order],
    )


def union(one: Track, other: Track) -> Track:
    """Return the rows of two tracks as those of the first; where both have a box, the box around both."""
    shared, again = np.isin(one.frames, other.frames), np.isin(other.frames, one.frames)
    first, second = chosen(one, shared), chosen(other, again)
    low = np.minimum(first.boxes[:, :2], second.boxes[:, :2])
    high = np.maximum(first.boxes[:, 2:], second.boxes[:, 2:])
    both = replace(
        first,
        boxes=np.concatenate([low, high], axis=1),
        scores=np.maximum(first.scores, second.scores),
        origins=np.where(second.scores > first.scores, second.origins, first.origins),
    )
    return joined(joined(chosen(one, ~shared), both), chosen(other, ~again))


def bridged(track: Track, longest: int) -> Track:
    """Return the track with a box in every frame of its gaps, but for those of more than `longest` frames.

    The new boxes score as little as the track's worst: its best score, which decides, stays what it was.
    """
    steps = np.diff(track.frames)
    short = np.flatnonzero((steps > 1) & (steps <= longest + 1))
    if not len(short):
        return track
    frames = np.concatenate([np.arange(track.frames[at] + 1, track.frames[at + 1]) for at in short])
    sides = [np.interp(frames, track.frames, track.boxes[:, side]) for side in range(4)]
    between = replace(
        track,
        frames=frames,
        boxes=np.stack(sides, axis=1).astype(np.float32),
        scores=np.full(len(frames), track.scores.min(), np.float32),
        origins=np.full(len(frames), INTERPOLATED),
    )
    return joined(track, between)
