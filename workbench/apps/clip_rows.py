"""From tracks to the rows of the timeline. Pure functions."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.corrections import Laid
from workbench.profiles import Profile
from workbench.redact.over_time import Cover
from workbench.tracks import PERSON, Track
from workbench.values import FIRST_OWN_TRACK, Detections, Kind
from workbench.widgets.playing import LOOKS, Fate, Look, Row

NAMES = {
    Kind.FACE: "Face",
    Kind.PLATE: "Licence plate",
    Kind.PERSON: "Person",
    Kind.TEXT: "Text",
    Kind.SCREEN: "Screen",
    Kind.DOCUMENT: "Document",
    Kind.OTHER: "Object",
}
CLOSE = 0.6
"""what has this share of the score from which on it would be hidden is worth a look"""
SEEN, BETWEEN, HELD, BY_PERSON, DROPPED = range(len(LOOKS))
_NONE = np.zeros(0, np.intp)


def names(found: Sequence[Track], laid: Laid) -> dict[int, str]:
    """Return what each object is called: a number that stays the same whatever is corrected."""
    ranks = {track.number: rank for rank, track in enumerate(found, start=1)}
    return {
        track.number: f"{NAMES[track.kind]} {_rank(track.number, ranks, len(found))}"
        for track in (*laid.dropped, *laid.tracks)
    }


def _rank(number: int, ranks: Mapping[int, int], found: int) -> int:
    return ranks.get(number) or found + 1 + number % FIRST_OWN_TRACK


def rows(found: Sequence[Track], laid: Laid, cover: Cover, profile: Profile, bridge: int) -> list[Row]:
    """Return one row for each object.

    Parameters
    ----------
    found : sequence of Track
        What was detected.
    laid : Laid
        What people made of it.
    cover : Cover
        What is hidden with the profile.
    profile : Profile
        Tells what is close to being hidden.
    bridge : int
        Frames: a shorter stretch between two sights is not worth a look.
    """
    called = names(found, laid)
    left = {track.number: track for track in laid.tracks}
    dropped = {track.number: track for track in laid.dropped}
    hidden = hidden_frames(cover)
    made = []
    for number in sorted(left.keys() | dropped.keys()):
        main = left.get(number) or dropped[number]
        fate: Fate = "dropped" if number not in left else "hidden" if number in hidden else "left"
        stretches = _stretches(left.get(number), dropped.get(number), hidden.get(number, _NONE), bridge)
        rule = profile.kinds[main.kind]
        close = fate == "left" and rule.hide and main.score >= CLOSE * rule.min_score
        made.append(Row(number, called[number], main.kind, main.score, fate, stretches, close))
    return made


def hidden_frames(cover: Cover) -> dict[int, NDArray[np.intp]]:
    """Return the frames in which each track is hidden, ascending."""
    order = np.argsort(cover.tracks, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(cover.tracks[order])) + 1) if len(order) else []
    return {
        int(cover.tracks[part[0]]): np.unique(
            np.concatenate([np.arange(cover.first[row], cover.last[row] + 1) for row in part])
        )
        for part in parts
    }


def _stretches(
    shown: Track | None, dropped: Track | None, hidden: NDArray[np.intp], bridge: int
) -> list[tuple[int, int, Look, bool]]:
    frames, looks = _NONE, _NONE
    if shown is not None:
        frames, looks = shown.frames, _without_short_gaps(looks_of(shown), shown.frames, bridge)
    held = np.setdiff1d(hidden, frames)
    frames, looks = np.concatenate([frames, held]), np.concatenate([looks, np.full(len(held), HELD)])
    order = np.argsort(frames, kind="stable")
    parts = _runs(frames[order], looks[order], np.isin(frames[order], hidden))
    if dropped is not None:
        gone = ~np.isin(dropped.frames, held)  # held there for its sights beside it: that is what will be seen
        parts += _runs(dropped.frames[gone], np.full(gone.sum(), DROPPED), np.zeros(gone.sum(), bool))
    return [(first, last, LOOKS[look], is_hidden) for first, last, look, is_hidden in sorted(parts)]


def looks_of(track: Track) -> NDArray[np.intp]:
    """Return for each row of a track who saw it there, as a position in `LOOKS`."""
    return np.where(track.origins == PERSON, BY_PERSON, np.where(track.seen, SEEN, BETWEEN))


def _starts(frames: NDArray[np.intp], *columns: NDArray[Any]) -> NDArray[np.intp]:
    """Return where stretches of consecutive frames with equal values begin."""
    differs = np.diff(frames) != 1
    for column in columns:
        differs |= column[1:] != column[:-1]
    return np.concatenate([[0], np.flatnonzero(differs) + 1])


def _runs(
    frames: NDArray[np.intp], looks: NDArray[np.intp], hidden: NDArray[np.bool_]
) -> list[tuple[int, int, int, bool]]:
    if not len(frames):
        return []
    firsts = _starts(frames, looks, hidden)
    lasts = np.concatenate([firsts[1:] - 1, [len(frames) - 1]])
    return [
        (int(frames[first]), int(frames[last]), int(looks[first]), bool(hidden[first]))
        for first, last in zip(firsts, lasts, strict=True)
    ]


def _without_short_gaps(looks: NDArray[np.intp], frames: NDArray[np.intp], bridge: int) -> NDArray[np.intp]:
    """Return the looks with what stands only shortly between two sights counted as seen.

    A search that takes every second frame would otherwise be nothing but gaps.
    """
    starts = _starts(frames, looks)
    lengths = np.diff(np.concatenate([starts, [len(looks)]]))
    short = (looks[starts] == BETWEEN) & (lengths < bridge)
    return np.where(np.repeat(short, lengths), SEEN, looks)


def counts(made: Sequence[Row]) -> dict[str, dict[str, int]]:
    """Return how many objects of each kind are hidden, and how many are left that are worth a look."""
    totals: dict[str, dict[str, int]] = {"hidden": {}, "left": {}}
    for row in made:
        if row.fate == "left" and not row.close:
            continue
        part = totals["hidden" if row.fate == "hidden" else "left"]
        part[str(row.kind)] = part.get(str(row.kind), 0) + 1
    return totals


def best_sight(track: Track) -> tuple[int, NDArray[np.float32]]:
    """Return the frame in which a track is seen best, and its box there."""
    areas = (track.boxes[:, 2:] - track.boxes[:, :2]).prod(axis=1)
    best = np.lexsort((areas, track.scores, looks_of(track) != BETWEEN))[-1]
    return int(track.frames[best]), track.boxes[best]


def with_dropped(frame: int, shown: Detections, dropped: Sequence[Track]) -> Detections:
    """Return the detections of a frame and the boxes there that people dropped, which are drawn as not hidden."""
    parts = [shown]
    for track in dropped:
        at = int(np.searchsorted(track.frames, frame))
        if at < len(track.frames) and track.frames[at] == frame:
            here = np.array([at])
            parts.append(
                Detections(
                    track.boxes[here],
                    track.scores[here],
                    np.array([str(track.kind)]),
                    track.origins[here],
                    np.array([track.number]),
                )
            )
    return Detections.concat(parts)
