"""Links what was seen in single frames to tracks: one object through time. Looks back and ahead; a pure function.

Online trackers were left aside (docs/decisions/0006-offline-linking.md): they drop short tracks, begin late and
forget early. Here every sight belongs to a track, a single one too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 1.0
"""seconds that an object may go unseen and still be the same"""
STRONG = 0.2
"""Sights from this score on are paired first, with tracks that had such sights; then they with the other tracks; the
weak ones take what is left (after Zhang et al., ByteTrack). Or a blip beside a face would take its next sight."""
REACH = 0.5
"""how far a box is grown on every side, as a fraction of that side, to meet the next sight of the same object"""
CLOSE, FAR = 0.2, 0.05
"""Overlap of the grown boxes that one object's sights must have: where one of the two is weak, it must lie where the
other is expected; two strong ones may be further apart, since small things move by more than their size."""
ALIKE = 2.0
"""factor between the longer sides of two sights of one object"""
MOMENTUM = 0.3
"""seconds for which an unseen object is thought to go on as it moved; after that it is sought where it then was"""

Places = NDArray[np.float64]
"""``(N, 4)`` middle x, middle y, width, height in a scene's coordinates, see `motion.Scene`"""


@dataclass(frozen=True, eq=False)
class Sights:
    """What was seen of one kind, as parallel arrays, ordered by frame."""

    frames: NDArray[np.intp]
    times: NDArray[np.float64]
    """seconds"""
    shots: NDArray[np.intp]
    """number of the scene between two cuts"""
    places: Places
    scores: NDArray[np.float32]

    def __getitem__(self, rows: NDArray[np.intp]) -> "Sights":
        return Sights(self.frames[rows], self.times[rows], self.shots[rows], self.places[rows], self.scores[rows])


@dataclass
class _Live:
    """Where the tracks that may go on were last seen, as parallel arrays."""

    numbers: NDArray[np.intp]
    times: NDArray[np.float64]
    places: Places
    speeds: NDArray[np.float64]
    """``(N, 2)`` units a second"""
    strong: NDArray[np.bool_]

    def only(self, rows: NDArray[np.bool_]) -> "_Live":
        return _Live(self.numbers[rows], self.times[rows], self.places[rows], self.speeds[rows], self.strong[rows])

    def at(self, now: float) -> Places:
        """Return where the tracks are expected at a time."""
        places = self.places.copy()
        places[:, :2] += self.speeds * np.minimum(now - self.times, MOMENTUM)[:, None]
        return places


def link(sights: Sights) -> NDArray[np.intp]:
    """Return the number of the track, from 0, that each sight belongs to.

    Frame by frame, the sights and the tracks expected there are paired, the strong sights first, of these those that
    overlap most. Every sight that is left begins a track.
    """
    numbers = np.full(len(sights.frames), -1, np.intp)
    live = _Live(np.zeros(0, np.intp), np.zeros(0), np.zeros((0, 4)), np.zeros((0, 2)), np.zeros(0, bool))
    made, shot = 0, -1
    for rows in _by_frame(sights.frames):
        now = float(sights.times[rows[0]])
        live = live.only((now - live.times <= GAP) & bool(sights.shots[rows[0]] == shot))
        shot = int(sights.shots[rows[0]])
        expected = live.at(now)
        before = np.full(len(rows), -1, np.intp)
        strong = sights.scores[rows] >= STRONG
        every = np.ones(len(live.numbers), bool)
        for choice, known, least in ((strong, live.strong, FAR), (strong, every, CLOSE), (~strong, every, CLOSE)):
            seen = np.flatnonzero(choice & (before < 0))
            free = np.setdiff1d(np.flatnonzero(known), before)
            tracks, partners = _pairs(expected[free], sights.places[rows[seen]], least)
            before[seen[partners]] = free[tracks]
        new = before < 0
        numbers[rows[~new]] = live.numbers[before[~new]]
        numbers[rows[new]] = made + np.arange(int(new.sum()))
        made += int(new.sum())
        live = _moved_on(live, before, sights[rows], numbers[rows])
    return numbers


def _by_frame(frames: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    if len(frames):
        yield from np.split(np.arange(len(frames)), np.flatnonzero(np.diff(frames)) + 1)


def _pairs(expected: Places, seen: Places, least: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which expected place and which sight belong together, the best fit first, as two parallel index arrays."""
    fit = overlap(expected, seen)
    tracks, sights = np.nonzero(fit >= least)
    order = np.argsort(-fit[tracks, sights], kind="stable")
    partners: dict[int, int] = {}
    taken: set[int] = set()
    for track, sight in zip(tracks[order].tolist(), sights[order].tolist(), strict=True):
        if track not in taken and sight not in partners:
            partners[sight] = track
            taken.add(track)
    return np.array(list(partners.values()), np.intp), np.array(list(partners), np.intp)


def overlap(first: Places, second: Places) -> NDArray[np.float64]:
    """Return the ``(N, M)`` IoU of places grown by `REACH`; 0 where their sizes differ too much."""
    sides_a, sides_b = first[:, 2:] * (1 + 2 * REACH), second[:, 2:] * (1 + 2 * REACH)
    # In a crowd hardly any two of them meet: all but those side by side are told apart by one number.
    wide = (sides_a[:, None, 0] + sides_b[None, :, 0]) / 2
    a, b = np.nonzero(np.abs(first[:, None, 0] - second[None, :, 0]) < wide)
    apart = np.abs(first[a, :2] - second[b, :2])
    sides_a, sides_b = sides_a[a], sides_b[b]
    shared = _product(np.clip((sides_a + sides_b) / 2 - apart, 0, np.minimum(sides_a, sides_b)))
    union = _product(sides_a) + _product(sides_b) - shared
    longer_a, longer_b = np.maximum(*sides_a.T), np.maximum(*sides_b.T)
    alike = np.maximum(longer_a, longer_b) <= ALIKE * np.minimum(longer_a, longer_b)
    fit = np.zeros((len(first), len(second)))
    fit[a, b] = np.where(alike & (union > 0), shared / np.maximum(union, 1e-12), 0)
    return fit


def _product(sides: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return width times height; over two columns much faster than `prod`."""
    return sides[:, 0] * sides[:, 1]


def _moved_on(live: _Live, before: NDArray[np.intp], seen: Sights, numbers: NDArray[np.intp]) -> _Live:
    """Return the tracks after a frame: those seen in it with their new place and speed, the others as they were."""
    speeds = np.zeros((len(numbers), 2))
    strong = seen.scores >= STRONG
    known = before >= 0
    old = before[known]
    passed = np.maximum(seen.times[known] - live.times[old], 1e-6)[:, None]
    fresh = (seen.places[known, :2] - live.places[old, :2]) / passed
    speeds[known] = (live.speeds[old] + fresh) / 2  # one step says little: a box is off by a part of its size
    strong[known] |= live.strong[old]
    unseen = np.ones(len(live.numbers), bool)
    unseen[old] = False
    rest = live.only(unseen)
    return _Live(
        np.concatenate([rest.numbers, numbers]),
        np.concatenate([rest.times, seen.times]),
        np.concatenate([rest.places, seen.places]),
        np.concatenate([rest.speeds, speeds]),
        np.concatenate([rest.strong, strong]),
    )
