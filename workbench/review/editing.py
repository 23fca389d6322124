"""What a person changes about one photo, as a list of changes that can be taken back without limit. Pure.

Nothing here decides what is hidden: `corrections.lay` says what corrections mean, `cover.shown` what a profile
hides. A change counts only after it was stored, so that nothing on the screen is lost with the tab.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from workbench import corrections, tracks
from workbench.profiles import Profile
from workbench.redact.cover import shown
from workbench.review import places
from workbench.review.marks import COVERS, WHOLE, Candidate, Change, Fate, Mark, Operation, Store, name_of
from workbench.tracks import Track
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, Kind, UsageError

PHOTO = 1
"""frames of a photo"""


class Editing:
    """The objects of one photo while a person corrects them.

    Parameters
    ----------
    found : Detections
        What is stored for the picture, also what scores low.
    profile : Profile
        Says what is hidden.
    size : (int, int), px
        Width and height of the picture.
    corrections : sequence of Correction
        Those that stand, as the catalog gives them.
    candidates : sequence of Candidate
        Where to look. They are named by their position in it.
    cleared : iterable of int
        Positions of candidates at which somebody has seen before that nothing must be hidden.
    store : callable, optional
        See `marks.Store`. Without one nothing is kept.
    free_track : callable, optional
        Gives a number that no track of this file ever had, such as `catalog.free_track`.
    """

    def __init__(
        self,
        found: Detections,
        profile: Profile,
        size: tuple[int, int],
        *,
        corrections: Sequence[Correction] = (),
        candidates: Sequence[Candidate] = (),
        cleared: Iterable[int] = (),
        store: Store | None = None,
        free_track: Callable[[], int] | None = None,
    ) -> None:
        self.profile, self.size = profile, size
        self.corrections: list[Correction] = list(corrections)
        self.candidates: list[Candidate] = list(candidates)
        self.cleared: set[int] = set(cleared)
        self._found = tracks.tracks_of(tracks.numbered([found]))
        self._store, self._free_track = store, free_track
        self._numbers = itertools.count(1 + max((one.number for one in corrections), default=0))
        self._again: dict[int, int] = {}
        self._done: list[Change] = []
        self._undone: list[Change] = []
        self._look()

    @property
    def undo_words(self) -> str:
        """What "undo" would take back; "" for nothing."""
        return self._done[-1].words if self._done else ""

    @property
    def redo_words(self) -> str:
        """What "redo" would do again; "" for nothing."""
        return self._undone[-1].words if self._undone else ""

    @property
    def detections(self) -> Detections:
        """The objects as people left them, for `pipeline.redact_frame`."""
        return tracks.per_frame(self._laid.tracks, PHOTO)[0]

    def judged(self, position: int) -> str:
        """Return what became of a candidate: "hidden", "clear", or "" while it is open."""
        if position in self.cleared:
            return "clear"
        return "hidden" if self._there(self.candidates[position], hidden=True) else ""

    def perform(self, operation: Operation) -> Change | None:
        """Carry out what a person asks for, and store it.

        Returns
        -------
        Change or None
            None where there was nothing to do.

        Raises
        ------
        UsageError
            When the object or candidate is not there, or the box cannot be one.
        WorkbenchError
            What the store raises; then nothing has changed.
        """
        if operation.what == "undo":
            return self._undo()
        if operation.what == "redo":
            return self._redo()
        change = self._change(operation)
        if change is None:
            return None
        done = self._carry_out(replace(change, before=operation.number))
        self._done.append(done)
        self._undone.clear()
        return done

    # History

    def _undo(self) -> Change | None:
        if not self._done:
            return None
        back = self._carry_out(self._done[-1].reverse())
        self._done.pop()
        self._undone.append(back.reverse())
        return back

    def _redo(self) -> Change | None:
        if not self._undone:
            return None
        again = self._carry_out(self._undone[-1])
        self._undone.pop()
        self._done.append(again)
        return again

    def _carry_out(self, change: Change) -> Change:
        known = [one.number for one in change.added]
        asked = replace(
            change,
            added=tuple(replace(one, number=0) for one in change.added),
            withdrawn=tuple(replace(one, number=self._now(one.number)) for one in change.withdrawn),
        )
        stored = tuple((self._store or self._keep)(asked))
        self._again |= {old: one.number for old, one in zip(known, stored, strict=True) if old}
        gone = {one.number for one in asked.withdrawn}
        self.corrections = [one for one in self.corrections if one.number not in gone] + list(stored)
        self.cleared = (self.cleared | set(change.cleared)) - set(change.reopened)
        self._look()
        return replace(asked, added=stored)

    def _now(self, number: int) -> int:
        """Return the number that a correction has now: one that was withdrawn and stored again has another."""
        while number in self._again:
            number = self._again[number]
        return number

    def _keep(self, change: Change) -> list[Correction]:
        return [replace(one, number=next(self._numbers)) for one in change.added]

    def _look(self) -> None:
        """See what all corrections together mean."""
        self._laid = corrections.lay(self._found, PHOTO, self.corrections)
        rows = tracks.per_frame(self._laid.tracks, PHOTO)[0]
        hidden = shown(rows, self.profile).tolist()
        kept = [
            self._mark(track, "hidden" if hides else "left")
            for track, hides in zip(self._laid.tracks, hidden, strict=True)
        ]
        dropped = [self._mark(track, "dropped") for track in self._laid.dropped]
        self.marks = {mark.number: mark for mark in (*kept, *dropped)}
        """every object as it is now, by number"""

    def _mark(self, track: Track, fate: Fate) -> Mark:
        x0, y0, x1, y1 = (float(part) for part in track.boxes[0])
        mark = Mark(track.number, track.kind, (x0, y0, x1, y1), track.score, str(track.origins[0]), fate)
        asked = {one.action for one in self._about(mark)}
        return replace(mark, accepted=fate != "dropped" and bool(asked & {Action.ACCEPT, Action.EXTEND}))

    # What an operation means in corrections

    def _change(self, asked: Operation) -> Change | None:
        if asked.what == "draw":
            return self._drawn(f"drew: {name_of(asked.kind)}", asked.box, asked.kind)
        if asked.what in ("hide", "clear"):
            if not 0 <= asked.candidate < len(self.candidates):
                raise UsageError("This place is not in the list any more. Choose another one.")
            return self._hide(asked.candidate) if asked.what == "hide" else self._clear(asked.candidate)
        mark = self.marks.get(asked.number)
        if mark is None:
            raise UsageError("This object is not there any more. Choose another one.")
        if asked.what == "drop":
            return self._drop(mark)
        if asked.what == "kind":
            return self._kind(mark, asked.kind)
        return self._reshape(mark, asked.box) if asked.what == "reshape" else self._accept(mark)

    def _drop(self, mark: Mark) -> Change | None:
        words = f"{'deleted' if mark.own else 'false alarm'}: {name_of(mark.kind)}"
        if mark.own:
            return Change(words, withdrawn=self._about(mark))
        made = (places.about(Action.DROP, mark),)
        return None if mark.fate == "dropped" else Change(words, made, self._about(mark), select=mark.number)

    def _accept(self, mark: Mark) -> Change | None:
        if mark.own or mark.accepted:
            return None
        drops = tuple(one for one in self._about(mark) if one.action is Action.DROP)
        return Change(f"to hide: {name_of(mark.kind)}", (self._hiding(mark),), drops, select=mark.number)

    def _kind(self, mark: Mark, kind: Kind) -> Change | None:
        """Say what an object shows; what is hidden stays hidden, also where the profile leaves that kind alone."""
        if mark.kind is kind:
            return None
        words = f"{name_of(mark.kind)} is: {name_of(kind)}"
        if mark.own:
            return Change(words, (self._add(mark.number, mark.box, kind),), self._about(mark), select=mark.number)
        after = replace(mark, kind=kind)
        made = [places.about(Action.KIND, after)]
        if mark.fate == "hidden" and not shown(places.detection(after), self.profile)[0]:
            made.append(self._hiding(after))
        before = tuple(one for one in self._about(mark) if one.action is Action.KIND)
        return Change(words, tuple(made), before, select=mark.number)

    def _reshape(self, mark: Mark, box: Sequence[float]) -> Change | None:
        """Move or resize: what was found counts as a false alarm then, and the box as it is now is drawn."""
        if np.allclose(box, mark.box, atol=0.05):
            return None
        words = f"moved or resized: {name_of(mark.kind)}"
        if mark.own:
            return Change(words, (self._add(mark.number, box, mark.kind),), self._about(mark), select=mark.number)
        drawn = self._drawn(words, box, mark.kind)
        if mark.fate == "dropped":
            return drawn
        return replace(drawn, added=(places.about(Action.DROP, mark), *drawn.added), withdrawn=self._about(mark))

    def _hide(self, position: int) -> Change | None:
        """Hide the object that is at a candidate, or the place."""
        candidate = self.candidates[position]
        reopened = (position,) if position in self.cleared else ()
        if not reopened and self._there(candidate, hidden=True):
            return None
        x0, y0, x1, y1 = candidate.box
        there = self._there(candidate, hidden=False)
        if there is None and (x1 - x0) * (y1 - y0) > WHOLE * self.size[0] * self.size[1]:
            raise UsageError("This is about the whole picture: draw a box around what you see.")
        change = (
            self._accept(there)
            if there
            else self._drawn(f"to hide: {name_of(candidate.kind)}", candidate.box, candidate.kind)
        )
        return change and replace(change, reopened=reopened)

    def _clear(self, position: int) -> Change | None:
        words = f"nothing to hide: {name_of(self.candidates[position].kind)}"
        return None if position in self.cleared else Change(words, cleared=(position,))

    # Corrections

    def _drawn(self, words: str, box: Sequence[float], kind: Kind) -> Change:
        own = [one.track + 1 for one in self.corrections if one.track >= FIRST_OWN_TRACK]
        undone = [one.track + 1 for change in self._undone for one in change.added]
        free = self._free_track() if self._free_track else 0
        number = max([FIRST_OWN_TRACK, free, *own, *undone])
        return Change(words, (self._add(number, box, kind),), select=number)

    def _add(self, number: int, box: Sequence[float], kind: Kind) -> Correction:
        return places.drawn(number, kind, box, self.size)

    def _hiding(self, mark: Mark) -> Correction:
        """Return how an object is hidden for certain: "accept" where a high score is enough for the profile."""
        certain = shown(places.detection(replace(mark, score=1.0, origin="")), self.profile)[0]
        return places.about(Action.ACCEPT if certain else Action.EXTEND, mark)

    def _about(self, mark: Mark) -> tuple[Correction, ...]:
        return places.standing(self.corrections, mark)

    def _there(self, candidate: Candidate, hidden: bool) -> Mark | None:
        rows = [mark for mark in self.marks.values() if (mark.fate == "hidden") == hidden]
        return places.there(candidate, rows, COVERS if hidden else 2.0)
