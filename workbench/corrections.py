"""What people change about the objects of an asset, laid over what was detected. Pure functions; a photo has frame 0.

Nothing that was detected is overwritten. Corrections are taken in their order: of "drop" and "accept"
the later one wins, and whatever leaves a doubt leaves the object hidden: a drop whose object is not
found any more does nothing, while an accept whose object is not found any more hides the place where
the person saw it.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench import geometry, tracks
from workbench.tracks import PERSON, Track, bridged, chosen, joined, union
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, UsageError

BRIDGED = 60
"""frames: a longer gap between two tracks that are merged stays one; the object may have been away"""
SAME = 0.5
"""intersection over union from which on a box is the one that a person meant"""
ANCHORS = 24
"""key boxes that a correction keeps of the track it is about"""
_LOST = 2 * FIRST_OWN_TRACK


def apply(per_frame: Sequence[Detections], corrections: Sequence[Correction]) -> Sequence[Detections]:
    """Return the detections of every frame as people left them.

    Parameters
    ----------
    per_frame : sequence of Detections
        Of every frame of an asset; one for a photo. Rows without a track get a number, see `tracks.numbered`.
    corrections : sequence of Correction
        In the order in which they were made, without those that were withdrawn.
    """
    if not corrections:
        return per_frame
    found = tracks.tracks_of(tracks.numbered(per_frame))
    return tracks.per_frame(lay(found, len(per_frame), corrections).tracks, len(per_frame))


@dataclass(frozen=True, eq=False)
class Laid:
    """The objects of an asset after people have corrected them."""

    tracks: list[Track]
    """what is left to be hidden, by number"""
    dropped: list[Track]
    """the parts that people called false alarms, so that they can be looked at again"""
    unplaced: list[Correction]
    """corrections whose object is not found any more, so that somebody looks again"""


def lay(found: Sequence[Track], frames: int, corrections: Sequence[Correction]) -> Laid:
    """Return the tracks of an asset of `frames` frames as people left them; see `apply`."""
    objects, lost = _Objects(found, frames), []
    for position, correction in enumerate(corrections):
        if correction.action is Action.MUTE:
            continue
        asked = replace(correction, last=min(correction.last, frames - 1))
        if asked.first > asked.last or not _placed(objects, asked, _LOST + position):
            lost.append(correction)
    return Laid(objects.rows(shown=True), objects.rows(shown=False), lost)


def muted(corrections: Sequence[Correction]) -> list[tuple[int, int]]:
    """Return the stretches of frames without sound: ``(first, last)``, ascending, none touching another."""
    stretches: list[tuple[int, int]] = []
    for first, last in sorted((c.first, c.last) for c in corrections if c.action is Action.MUTE and c.first <= c.last):
        if stretches and first <= stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], max(last, stretches[-1][1]))
        else:
            stretches.append((first, last))
    return stretches


def digest(corrections: Sequence[Correction]) -> str:
    """Return the SHA-256 of what the corrections do, as hex; "" for none. Who and when do not count."""
    if not corrections:
        return ""
    rows = [
        [str(c.action), c.first, c.last, c.track, c.other, str(c.kind), [[float(x) for x in box] for box in c.boxes]]
        for c in corrections
    ]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def checked(correction: Correction) -> Correction:
    """Return a correction that can be applied.

    Raises
    ------
    UsageError
        When its frames or boxes cannot be.
    """
    sound = all(len(box) == 5 and np.isfinite(box).all() for box in correction.boxes)
    if not 0 <= correction.first <= correction.last or not sound:
        raise UsageError("A correction needs a first and a last frame, and boxes of finite numbers.")
    if any(box[3] <= box[1] or box[4] <= box[2] for box in correction.boxes):
        raise UsageError("A box needs a width and a height: draw it anew.")
    if correction.action is Action.ADD and (not correction.boxes or correction.track < FIRST_OWN_TRACK):
        raise UsageError("A new object needs a box and a number of its own.")
    return correction


def anchors(track: Track, first: int, last: int) -> tuple[tuple[float, ...], ...]:
    """Return key boxes ``(frame, x0, y0, x1, y1)`` by which `track` is found again after a new search."""
    within = np.flatnonzero((track.frames >= first) & (track.frames <= last))
    rows = within if len(within) else np.arange(len(track.frames))
    spread = rows[np.unique(np.linspace(0, len(rows) - 1, min(ANCHORS, len(rows))).round().astype(int))]
    return tuple((float(track.frames[row]), *(round(float(part), 1) for part in track.boxes[row])) for row in spread)


def anchors_of_two(one: Track, other: Track) -> tuple[tuple[float, ...], ...]:
    """Return key boxes by which both tracks of a "merge" are found again: frame f of `other` is written −1 − f."""
    second = tuple((-1 - frame, *box) for frame, *box in anchors(other, other.first, other.last))
    return (*anchors(one, one.first, one.last), *second)


def _parted(boxes: Sequence[Sequence[float]]) -> tuple[list[Sequence[float]], list[Sequence[float]]]:
    """Return the key boxes of the track and those of the other one."""
    return [box for box in boxes if box[0] >= 0], [(-1 - box[0], *box[1:]) for box in boxes if box[0] < 0]


def key_boxes(boxes: Sequence[Sequence[float]], first: int, last: int) -> geometry.Boxes:
    """Return the ``(last − first + 1, 4)`` boxes between key boxes; outside of them the nearest one stands."""
    keys = np.array(sorted(tuple(box) for box in boxes), float)
    frames = np.arange(first, last + 1)
    return np.stack([np.interp(frames, keys[:, 0], keys[:, column]) for column in range(1, 5)], axis=1).astype(
        np.float32
    )


class _Objects:
    """The tracks while corrections are laid over them, and which of their rows are dropped just now."""

    def __init__(self, found: Sequence[Track], frames: int) -> None:
        self.frames = frames
        self.tracks = {track.number: track for track in found}
        self.off = {track.number: np.zeros(len(track.frames), bool) for track in found}

    def put(self, track: Track, off: NDArray[np.bool_] | None = None) -> None:
        self.tracks[track.number] = track
        self.off[track.number] = np.zeros(len(track.frames), bool) if off is None else off

    def take(self, number: int) -> Track:
        del self.off[number]
        return self.tracks.pop(number)

    def rows(self, shown: bool) -> list[Track]:
        parts = ((self.tracks[number], self.off[number] != shown) for number in sorted(self.tracks))
        return [chosen(track, mask) for track, mask in parts if mask.any()]


def _placed(objects: _Objects, asked: Correction, substitute: int) -> bool:
    """Carry out one correction; return whether its object was found."""
    if asked.action is Action.ADD:
        _add(objects, asked)
        return True
    splits = asked.action is Action.SPLIT
    here, of_other = _parted(asked.boxes)
    number = _find(objects, asked.other if splits else asked.track, here)
    if asked.action is Action.MERGE:
        other = _find(objects, asked.other, of_other)
        if number is None or other is None:
            return False
        _merge(objects, number, other)
        return True
    if number is not None:
        _ACTIONS[asked.action](objects, replace(asked, other=number) if splits else replace(asked, track=number))
        return True
    if asked.boxes and asked.action in (Action.ACCEPT, Action.EXTEND):
        _add(objects, replace(asked, track=substitute))
    return False


def _find(objects: _Objects, number: int, boxes: Sequence[Sequence[float]]) -> int | None:
    """Return the number that the track has now: detecting anew may have given it another one."""
    if not boxes:
        return number if number in objects.tracks else None
    if number in objects.tracks and _fit(objects.tracks[number], boxes) == 1:
        return number  # no other one can fit better
    shares = {other: _fit(track, boxes) for other, track in objects.tracks.items()}
    best = max(shares, key=lambda other: (shares[other], other == number), default=None)
    return best if best is not None and shares[best] >= SAME else None


def _fit(track: Track, boxes: Sequence[Sequence[float]]) -> float:
    """Return for what share of the key boxes the track is at that place in that frame."""
    keys = np.array(boxes, float).reshape(-1, 5)
    if keys[-1, 0] < track.first or keys[0, 0] > track.last:
        return 0.0
    at = np.minimum(np.searchsorted(track.frames, keys[:, 0]), len(track.frames) - 1)
    here = track.frames[at] == keys[:, 0]
    low = np.maximum(track.boxes[at, :2], keys[:, 1:3])
    high = np.minimum(track.boxes[at, 2:], keys[:, 3:5])
    common = np.clip(high - low, 0, None).prod(axis=1)
    either = geometry.area(track.boxes[at]) + (keys[:, 3:5] - keys[:, 1:3]).prod(axis=1) - common
    return float((here & (common >= SAME * either)).mean())


def _add(objects: _Objects, correction: Correction) -> None:
    first, last = correction.first, correction.last
    count = last - first + 1
    boxes = key_boxes(correction.boxes, first, last)
    new = Track(
        correction.track, correction.kind, np.arange(first, last + 1), boxes,
        np.ones(count, np.float32), np.full(count, PERSON),
    )  # fmt: skip
    if correction.track in objects.tracks:
        new = union(objects.take(correction.track), new)
    objects.put(new)


def _drop(objects: _Objects, correction: Correction) -> None:
    objects.off[correction.track] = objects.off[correction.track] | _within(
        objects.tracks[correction.track], correction
    )


def _accept(objects: _Objects, correction: Correction) -> None:
    track = objects.tracks[correction.track]
    rows = _within(track, correction)
    objects.put(replace(track, scores=np.where(rows, np.float32(1), track.scores)), objects.off[track.number] & ~rows)


def _kind(objects: _Objects, correction: Correction) -> None:
    track = objects.tracks[correction.track]
    objects.put(replace(track, kind=correction.kind), objects.off[track.number])


def _extend(objects: _Objects, correction: Correction) -> None:
    """Give the track a box in each of these frames: its own, one between two, or its first or last one."""
    track = objects.tracks[correction.track]
    keys = np.column_stack([track.frames, track.boxes])
    frames = np.arange(correction.first, correction.last + 1)
    boxes = key_boxes(keys.tolist(), correction.first, correction.last)
    own = Track(track.number, track.kind, frames, boxes, np.ones(len(frames), np.float32), np.full(len(frames), PERSON))
    outside = ~_within(track, correction)
    off = objects.off[track.number]
    longer = joined(chosen(track, outside), own)
    objects.put(longer, np.isin(longer.frames, track.frames[outside & off]))


def _split(objects: _Objects, correction: Correction) -> None:
    track, off = objects.tracks[correction.other], objects.off[correction.other]
    later = track.frames >= correction.first
    if not later.any() or later.all():
        return
    objects.put(chosen(track, ~later), off[~later])
    objects.put(replace(chosen(track, later), number=correction.track), off[later])


def _merge(objects: _Objects, *numbers: int) -> None:
    if len(set(numbers)) < len(numbers):
        return
    dropped = [objects.tracks[number].frames[objects.off[number]] for number in numbers]
    one, other = (objects.take(number) for number in numbers)
    both = bridged(union(one, other), BRIDGED)
    # A frame in which only one of the two was dropped stays hidden.
    shown = [track.frames[~np.isin(track.frames, gone)] for track, gone in zip((one, other), dropped, strict=True)]
    off = np.isin(both.frames, np.concatenate(dropped)) & ~np.isin(both.frames, np.concatenate(shown))
    objects.put(both, off)


_ACTIONS: dict[Action, Callable[[_Objects, Correction], None]] = {
    Action.DROP: _drop,
    Action.ACCEPT: _accept,
    Action.KIND: _kind,
    Action.EXTEND: _extend,
    Action.SPLIT: _split,
}


def _within(track: Track, correction: Correction) -> NDArray[np.bool_]:
    within: NDArray[np.bool_] = (track.frames >= correction.first) & (track.frames <= correction.last)
    return within
