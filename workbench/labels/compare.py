"""What a person changed in another tool, as corrections: the labels that came back beside those that were exported.

The boxes themselves are compared, not numbers of theirs: every tool gives its own. What came back as it went is
no correction; what is gone is a false alarm ("drop"), what is new is hidden ("add"), what has another kind is told
so ("kind"), and a box that was moved is dropped and added.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from workbench.corrections import anchors
from workbench.labels.values import Box, LabelSet, Picture
from workbench.tracks import Track, numbered, tracks_of
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, Kind

STILL = 1.0
"""px by which a side may have moved through rounding; VOC tools write whole pixels"""
SAME_TRACK = 0.5
"""share of the frames that two tracks have in common in which their boxes are the same ones"""
REASON = "review in another tool"


@dataclass(frozen=True)
class Change:
    """The corrections of one photo or video."""

    name: str
    """its relative POSIX path, as in the labels"""
    corrections: tuple[Correction, ...]


Numbers = Callable[[str], int]
"""gives the first free track number of the photo or video with this name"""
Known = Callable[[str], Sequence[Detections]]
"""gives the objects that were exported of a photo or video, one entry a frame"""


def to_corrections(
    labels: LabelSet, known: Known, by: str = "", free: Numbers = lambda _: FIRST_OWN_TRACK
) -> list[Change]:
    """Return what people changed, for each photo and video with a change.

    Parameters
    ----------
    labels : LabelSet
        What came back: names, kinds and sizes are ours (`match`). A picture that is not in it was not looked at.
    known : callable
        What had been exported.
    by : str
        Who.
    free : callable
        Where the numbers of new objects begin.
    """
    photos: list[Picture] = []
    videos: dict[str, list[Picture]] = {}
    for picture in labels.pictures:
        if picture.video:
            videos.setdefault(picture.video, []).append(picture)
        else:
            photos.append(picture)
    changes = [Change(p.name, _of_photo(p, known(p.name), by, free(p.name))) for p in photos]
    changes += [Change(name, from_tracks(frames, known(name), by, free(name))) for name, frames in videos.items()]
    return [change for change in changes if change.corrections]


def _of_photo(picture: Picture, known: Sequence[Detections], by: str, free: int) -> tuple[Correction, ...]:
    """Compare a photo's first frame: tools show only that one of an animation."""
    found = tracks_of(numbered(known)[:1])
    pairs = paired([label.box for label in picture.labels], [_box(track, 0) for track in found])
    back, gone = dict(pairs), set(range(len(found))) - {there for _, there in pairs}
    made = [_told(Action.DROP, found[at], 0, 0, by) for at in sorted(gone)]
    for at, label in enumerate(picture.labels):
        if at not in back:
            made.append(_added([(0, label.box)], label.kind, free, by))
            free += 1
        elif (track := found[back[at]]).kind != label.kind:
            made += _of_kind(track, label.kind, by)
    return tuple(made)


def from_tracks(
    frames: Sequence[Picture], known: Sequence[Detections], by: str = "", free: int = FIRST_OWN_TRACK
) -> tuple[Correction, ...]:
    """Return what people changed in a video.

    Parameters
    ----------
    frames : sequence of Picture
        What came back; a frame that is not in it was not looked at, and nothing is dropped there.
    known : sequence of Detections
        What had been exported, every frame.
    by : str
        Who.
    free : int
        The first free track number.
    """
    seen = {picture.frame for picture in frames if picture.frame < len(known)}
    objects = _objects(frames, seen)
    found = tracks_of(numbered(known))
    pairs = _same_tracks(objects, found)
    made: list[Correction] = []
    for at, track in enumerate(found):
        here = pairs.get(at)
        kept = objects[here].boxes if here is not None else {}
        away = (
            _moved(kept[int(frame)], _row(track, row)) if int(frame) in kept else True
            for row, frame in enumerate(track.frames)
        )
        gone = np.fromiter(away, bool, len(track.frames)) & np.isin(track.frames, list(seen))
        made += [_told(Action.DROP, track, first, last, by) for first, last in _stretches(track.frames[gone])]
        if here is not None and objects[here].kind != track.kind and not gone.all():
            made += _of_kind(track, objects[here].kind, by)
    owners = {here: found[at] for at, here in pairs.items()}
    for here, item in enumerate(objects):
        new = [frame for frame, box in sorted(item.boxes.items()) if _is_new(frame, box, owners.get(here))]
        for first, last in _stretches(np.array(new, int)):
            rows = [(frame, item.boxes[frame]) for frame in range(first, last + 1)]
            made.append(_added(rows, item.kind, free, by))
        free += bool(new)
    return tuple(made)


@dataclass(frozen=True)
class _Object:
    kind: str
    boxes: dict[int, Box]
    """by frame"""


def _objects(frames: Sequence[Picture], seen: set[int]) -> list[_Object]:
    """Return the tracks that came back; a box without a number is an object of one frame."""
    found: dict[tuple[int, str, int], dict[int, Box]] = {}
    loose = 0
    for picture in sorted(frames, key=lambda picture: picture.frame):
        for label in picture.labels if picture.frame in seen else ():
            loose += 1
            key = (label.track, label.kind, 0)
            if label.track < 0 or picture.frame in found.get(key, {}):
                key = (label.track, label.kind, loose)
            found.setdefault(key, {})[picture.frame] = label.box
    return [_Object(kind, boxes) for (_, kind, _), boxes in found.items()]


def _same_tracks(objects: Sequence[_Object], found: Sequence[Track]) -> dict[int, int]:
    """Return which object each found track came back as, by position in `found`."""
    rows = {(at, int(frame)): row for at, track in enumerate(found) for row, frame in enumerate(track.frames)}
    standing: dict[int, list[int]] = {}
    for at, frame in rows:
        standing.setdefault(frame, []).append(at)
    votes: dict[tuple[int, int], int] = {}
    for here, item in enumerate(objects):
        for frame, box in item.boxes.items():
            for at in standing.get(frame, ()):
                if not _moved(box, _row(found[at], rows[at, frame])):
                    votes[at, here] = votes.get((at, here), 0) + 1
    pairs: dict[int, int] = {}
    for (at, here), count in sorted(votes.items(), key=lambda item: -item[1]):
        common = sum(int(frame) in objects[here].boxes for frame in found[at].frames)
        if at not in pairs and here not in pairs.values() and count >= SAME_TRACK * common:
            pairs[at] = here
    return pairs


def _is_new(frame: int, box: Box, owner: Track | None) -> bool:
    if owner is None:
        return True
    row = int(np.searchsorted(owner.frames, frame))
    there = row < len(owner.frames) and int(owner.frames[row]) == frame
    return not there or _moved(box, _row(owner, row))


def paired(ours: Sequence[Box], theirs: Sequence[Box]) -> list[tuple[int, int]]:
    """Return which of `ours` is which of `theirs`: each once, the least shifted first of all."""
    if not ours or not theirs:
        return []
    shift = np.abs(np.array(ours)[:, None] - np.array(theirs)[None]).max(axis=2)
    cost = np.where(shift <= STILL, shift, 1e6)
    rows, columns = linear_sum_assignment(cost)
    return [(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if cost[a, b] <= STILL]


def _moved(one: Box, other: Box) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > STILL


def _box(track: Track, frame: int) -> Box:
    return _row(track, int(np.searchsorted(track.frames, frame)))


def _row(track: Track, row: int) -> Box:
    x0, y0, x1, y1 = (float(side) for side in track.boxes[row])
    return x0, y0, x1, y1


def _stretches(frames: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Give the first and the last of every run of consecutive frames."""
    for part in np.split(frames, np.flatnonzero(np.diff(frames) > 1) + 1) if len(frames) else ():
        yield int(part[0]), int(part[-1])


def _told(action: Action, track: Track, first: int, last: int, by: str, kind: Kind = Kind.OTHER) -> Correction:
    return Correction(
        action, first, last, track.number, kind=kind, boxes=anchors(track, first, last), by=by, reason=REASON
    )


def _of_kind(track: Track, kind: str, by: str) -> list[Correction]:
    """Say what an object really shows. It counts as seen for sure: the other kind may ask for a higher score."""
    actions = (Action.KIND, Action.ACCEPT)
    return [_told(action, track, track.first, track.last, by, Kind(kind)) for action in actions]


def _added(rows: Sequence[tuple[int, Box]], kind: str, number: int, by: str) -> Correction:
    boxes = tuple((float(frame), *box) for frame, box in _keys(rows))
    return Correction(Action.ADD, rows[0][0], rows[-1][0], number, kind=Kind(kind), boxes=boxes, by=by, reason=REASON)


def _keys(rows: Sequence[tuple[int, Box]], within: float = 0.25) -> list[tuple[int, Box]]:
    """Return the key boxes from which the others are interpolated to within a quarter of a pixel."""
    kept, start = [rows[0]], 0
    for end in range(2, len(rows)):
        (first, a), (last, b) = rows[start], rows[end]
        between = np.array([row[1] for row in rows[start + 1 : end]])
        share = (np.array([row[0] for row in rows[start + 1 : end]]) - first) / (last - first)
        straight = np.array(a) + share[:, None] * (np.array(b) - np.array(a))
        if np.abs(between - straight).max() > within:
            kept.append(rows[end - 1])
            start = end - 1
    return kept if len(rows) == 1 else [*kept, rows[-1]]
