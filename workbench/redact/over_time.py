"""Decide what is hidden in a video: tracks and a profile in, regions of every frame out. Pure; no pixel is read."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.columns import PerFrame, Spans, Words
from workbench.profiles import KindRule, Profile
from workbench.redact.cover import complement, grown
from workbench.tracks import CARRIED, CARRIED_SECONDS, PERSON, Track, each_track
from workbench.values import FIRST_OWN_TRACK, Detections, Kind, Method, Regions, Shape

BRIDGE = 1.0
"""seconds: a track that is surely seen twice within this time is hidden in between too, however faint it is there"""
SLACK = 0.02
"""How much larger than needed a region may be so that it stays as it is: a steady picture, and a short manifest.
One row or column of pixels is always allowed, or rounding would make small regions tremble."""
_EXACT = 1e-6
"""s: far below the distance of two frames, far above the rounding of their times"""


Look = tuple[str, str, str, tuple[int, int, int]]
"""kind, shape, method and colour: what the regions of one rule have in common"""


@dataclass(frozen=True, eq=False)
class Cover:
    """What is hidden in every frame: ``cover[frame]`` are its `Regions`, ``len(cover)`` the number of frames.

    Kept as stretches of equal regions, parallel arrays ordered by first frame and track.
    """

    frames: int
    tracks: NDArray[np.int64]
    """``(S,)`` −1 for the background"""
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    """``(S,)``, included"""
    boxes: NDArray[np.int32]
    """``(S, 4)`` px"""
    details: NDArray[np.float32]
    """``(S,)``, see `Regions.details`"""
    look: NDArray[np.uint16]
    """``(S,)`` which of `looks` each has"""
    looks: Sequence["Look"]

    def __len__(self) -> int:
        return self.frames

    def __getitem__(self, frame: int) -> Regions:
        rows = self.rows(frame)
        kinds, shapes, methods, colours = (self.column(part)[self.look[rows]] for part in range(4))
        return Regions(self.boxes[rows], kinds, shapes, methods, self.details[rows], colours)

    def column(self, part: int) -> NDArray[Any]:
        """Return the kinds (0), shapes (1), methods (2) or colours (3) of all `looks`."""
        return self._columns[part]

    @cached_property
    def _columns(self) -> tuple[NDArray[Any], ...]:
        colours = np.array([look[3] for look in self.looks], np.uint8).reshape(-1, 3)
        return (*(np.array([look[part] for look in self.looks], np.str_) for part in range(3)), colours)

    def __iter__(self) -> Iterator[Regions]:
        return (self[frame] for frame in range(self.frames))

    def rows(self, frame: int) -> NDArray[np.int32]:
        """Return which stretches one frame shows, in the order of its regions."""
        if not 0 <= frame < self.frames:
            raise IndexError(f"there is no frame {frame} of {self.frames}")
        stretches, starts = self._by_frame
        return stretches[starts[frame] : starts[frame + 1]]

    @cached_property
    def _by_frame(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        lengths = self.last - self.first + 1
        stretches = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)
        inside = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        frames = np.repeat(self.first, lengths) + inside
        order = np.lexsort((stretches, frames))
        return stretches[order], np.searchsorted(frames[order], np.arange(self.frames + 1))


def cover_video(
    tracks: Sequence[Detections], times: Sequence[Fraction], profile: Profile, width: int, height: int
) -> Cover:
    """Return what `profile` hides in each frame.

    A track is hidden where it is surely enough seen (its score there, from the looks around, reaches the kind's
    confidence), between two such moments, and for the profile's `hold` before and after. What a person made or
    changed is hidden whatever the profile says.

    Parameters
    ----------
    tracks : sequence of Detections
        One for each frame, with track numbers, as `video.search.link` returns them (after corrections).
    times : sequence of Fraction, s
        One for each frame.
    profile : Profile
        What to hide and how.
    width, height : int, px
        Of the frames.
    """
    seconds = np.array([float(time) for time in times])
    if len(seconds) != len(tracks):
        raise ValueError(f"{len(tracks)} frames, but {len(seconds)} times")
    made = _Stretches()
    columns = PerFrame.of(tracks)
    carried = CARRIED in columns.words.words
    for track in chain(each_track(columns), _loose(columns)):
        rule = profile.kinds[track.kind]
        known = CARRIED_SECONDS if carried and 0 <= track.number < FIRST_OWN_TRACK else 0.0
        for frames, boxes in _hidden(track, rule, seconds, profile.video.hold, known):
            _steady(made, track, rule.applied, frames, boxes, (width, height))
    if profile.background.hide:
        _background(made, tracks, profile, (width, height))
    return made.cover(len(tracks))


def spans(cover: Cover) -> Spans:
    """Return rows ``[track, first frame, last frame, kind, method, shape, x0, y0, x1, y1]``, both frames included."""
    words = Words()
    named = [words.encode(cover.column(part))[cover.look] for part in (0, 2, 1)]
    numbers = np.column_stack([cover.tracks, cover.first, cover.last, cover.boxes])
    return Spans(numbers.astype(np.int32), np.column_stack(named), words)


def _loose(columns: PerFrame) -> Iterator[Track]:
    """Yield every row that belongs to no track as a track of one frame."""
    frames = columns.frames
    for row in np.flatnonzero(columns.tracks < 0):
        rows = columns.rows(slice(row, row + 1))
        yield Track(-1, Kind(rows.kinds[0]), frames[row : row + 1], rows.boxes, rows.scores, rows.origins)


def _hidden(
    track: Track, rule: KindRule, seconds: NDArray[np.float64], hold: float, known: float
) -> Iterator[tuple[NDArray[np.intp], geometry.Boxes]]:
    """Yield the frames in which a track is hidden, a stretch at a time, and where it stands in each.

    The search carried the track for `known` seconds beside its sights. Where its rows end sooner, the object is known
    to be gone (a cut, the picture's edge) and is not held; where they do not, it is held on where it stood last.
    """
    theirs = (track.origins == PERSON) | (track.number >= FIRST_OWN_TRACK)
    sure = theirs | ((track.scores >= rule.min_score) & rule.hide)
    large = float(geometry.shorter_side(track.boxes[sure]).max(initial=0)) >= rule.min_size
    if not sure.any() or not (large or theirs.any()):
        return
    times = seconds[track.frames]
    rows = np.flatnonzero(sure)
    for before, after in pairwise(rows):
        unbroken = track.frames[after] - track.frames[before] == after - before
        if unbroken and times[after] - times[before] <= BRIDGE + _EXACT:
            sure[before:after] = True
    rows = np.flatnonzero(sure)
    for part in np.split(rows, np.flatnonzero(np.diff(track.frames[rows]) != 1) + 1):
        low = int(np.searchsorted(seconds, times[part[0]] - hold - _EXACT))
        high = int(np.searchsorted(seconds, times[part[-1]] + hold + _EXACT))
        begin, end = int(track.frames[0]), int(track.frames[-1])
        if begin > 0 and times[part[0]] - seconds[begin - 1] <= known:
            low = max(low, begin)
        if end < len(seconds) - 1 and seconds[end + 1] - times[part[-1]] <= known:
            high = min(high, end + 1)
        frames = np.arange(low, high)
        nearest = np.clip(np.searchsorted(track.frames, frames), 0, len(track.frames) - 1)
        yield frames, track.boxes[nearest]


def _steady(
    made: "_Stretches",
    track: Track,
    rule: KindRule,
    frames: NDArray[np.intp],
    boxes: geometry.Boxes,
    size: tuple[int, int],
) -> None:
    """Add a track's regions, one for as many frames as it fits: it contains what each of them needs."""
    boxes_needed = geometry.clip(geometry.round_outward(grown(boxes, rule)).astype(np.float32), *size)
    # Plain numbers: there is a step for every frame of every track, and arrays of four take ten times as long.
    needed, areas = boxes_needed.tolist(), geometry.area(boxes_needed).tolist()
    numbers, sides = frames.tolist(), geometry.shorter_side(boxes)
    start = 0
    hull, least = needed[0], areas[0]
    for at in range(1, len(numbers) + 1):
        if at < len(numbers) and numbers[at] == numbers[at - 1] + 1:
            joint, smallest = _hull(hull, needed[at]), min(least, areas[at])
            wide, high = joint[2] - joint[0], joint[3] - joint[1]
            if wide * high <= smallest + max(smallest * SLACK, wide, high):
                hull, least = joint, smallest
                continue
        if hull[2] > hull[0] and hull[3] > hull[1]:
            fills = rule.method in (Method.SOLID, Method.AVERAGE)
            detail = 0.0 if fills else max(rule.strength * float(sides[start:at].max()), 1.0)
            made.add(track.number, numbers[start], numbers[at - 1], track.kind, rule, hull, detail)
        if at < len(numbers):
            start, hull, least = at, needed[at], areas[at]


def _hull(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Return the box around two boxes."""
    x0, y0, x1, y1 = one
    a0, b0, a1, b1 = other
    return [min(x0, a0), min(y0, b0), max(x1, a1), max(y1, b1)]


def _background(made: "_Stretches", tracks: Sequence[Detections], profile: Profile, size: tuple[int, int]) -> None:
    """Add everything outside the boxes that are kept, one stretch for as many frames as it stays the same."""
    settings = profile.background
    rule = KindRule(method=Method.SOLID, shape=Shape.BOX, colour=settings.colour)
    tiles: list[NDArray[np.int32]] = []
    for rows in tracks:
        kept = np.isin(rows.kinds, [str(kind) for kind in settings.keep]) & (rows.scores >= settings.min_score)
        tiles.append(complement(geometry.clip(rows.boxes[kept], *size), *size))
    start = 0
    for at in range(1, len(tiles) + 1):
        if at == len(tiles) or not np.array_equal(tiles[at], tiles[start]):
            for box in tiles[start]:
                made.add(-1, start, at - 1, Kind.OTHER, rule, box, 0.0)
            start = at


class _Stretches:
    """Collects rows until they are complete, in columns: there may be several for every frame of a long video."""

    def __init__(self) -> None:
        self._whole = array("q")
        self._details = array("f")
        self._looks: list[Look] = []

    def add(
        self, track: int, first: int, last: int, kind: Kind, rule: KindRule, box: Iterable[float], detail: float
    ) -> None:
        """Add one region that stays the same from `first` to `last`."""
        look = (str(kind), str(rule.shape), str(rule.method), rule.colour)
        if look not in self._looks:
            self._looks.append(look)
        self._whole.extend((track, first, last, *(int(side) for side in box), self._looks.index(look)))
        self._details.append(detail)

    def cover(self, frames: int) -> Cover:
        """Return everything that was added, in order."""
        rows = np.frombuffer(self._whole, np.int64).reshape(-1, 8) if self._whole else np.zeros((0, 8), np.int64)
        details = np.array(self._details, np.float32)
        order = np.lexsort((*rows[:, 6:2:-1].T, rows[:, 0], rows[:, 1]))
        rows, details = rows[order], details[order]
        tracks, first, last = (rows[:, column].copy() for column in range(3))
        boxes, look = rows[:, 3:7].astype(np.int32), rows[:, 7].astype(np.uint16)
        return Cover(frames, tracks, first, last, boxes, details, look, self._looks)
