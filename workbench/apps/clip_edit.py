"""Corrections of one file: from what a person asked to what is stored, with undo and redo."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from workbench import corrections
from workbench.catalog.store import Catalog
from workbench.corrections import Laid, anchors, anchors_of_two
from workbench.profiles import Profile
from workbench.tracks import Track
from workbench.values import Action, Correction, UsageError
from workbench.widgets.playing import Edit

WORDS = {
    "accept": "hide {}",
    "drop": "do not hide {}",
    "extend": "extend {}",
    "split": "split {}",
    "merge": "{} is the same as {}",
    "kind": "what {} shows",
    "add": "drawn box",
    "mute": "silence",
    "unmute": "sound on again",
}


Sign = Callable[[Correction], Correction]
Sees = Callable[[Correction], bool]


@dataclass(frozen=True)
class Made:
    """One step that can be undone."""

    words: str
    added: tuple[Correction, ...] = ()
    withdrawn: tuple[Correction, ...] = ()


class History:
    """The corrections of one file, and the way back.

    Parameters
    ----------
    catalog : Catalog
        Where they are kept.
    sha256 : str
        Of the file.
    sign : callable, optional
        ``sign(correction)`` returns a new correction with who made it and why, before it is stored.
    sees : callable, optional
        ``sees(correction)``: whether the user may know of it; two reviewers of one file do not see each other's.
    """

    def __init__(
        self,
        catalog: Catalog,
        sha256: str,
        sign: Sign = lambda correction: correction,
        sees: Sees = lambda _: True,
    ) -> None:
        self._catalog, self.sha256, self._sign, self._sees = catalog, sha256, sign, sees
        self._done: list[Made] = []
        self._undone: list[Made] = []
        self._renamed: dict[int, int] = {}
        """a correction that is made again gets another number; earlier steps know the old one"""
        self.corrections: list[Correction] = self._standing()

    @property
    def undo_words(self) -> str:
        """What `undo` would take back; "" for nothing."""
        return self._done[-1].words if self._done else ""

    @property
    def redo_words(self) -> str:
        """What `redo` would do again; "" for nothing."""
        return self._undone[-1].words if self._undone else ""

    def free_track(self) -> int:
        """Return a number for a new track."""
        return self._catalog.free_track(self.sha256)

    def do(self, step: Made) -> None:
        """Carry out a step that nobody did before."""
        self._done.append(self._carry_out(step))
        self._undone.clear()

    def undo(self) -> None:
        """Take back the last step of this visit; nothing happens when there is none."""
        if self._done:
            last = self._done.pop()
            back = self._carry_out(Made(last.words, last.withdrawn, last.added))
            self._undone.append(Made(last.words, last.added, back.added))

    def redo(self) -> None:
        """Do again what was undone last; nothing happens when there is nothing."""
        if self._undone:
            self._done.append(self._carry_out(self._undone.pop()))

    def _carry_out(self, step: Made) -> Made:
        for correction in step.withdrawn:
            by = self._sign(replace(correction, number=0, by="")).by
            self._catalog.withdraw_correction(self.sha256, self._number(correction), by)
        added = tuple(self._add(correction) for correction in step.added)
        self.corrections = self._standing()
        return Made(step.words, added, step.withdrawn)

    def _standing(self) -> list[Correction]:
        return [one for one in self._catalog.corrections(self.sha256) if self._sees(one)]

    def _add(self, correction: Correction) -> Correction:
        stored = self._catalog.add_correction(self.sha256, self._sign(correction))
        if correction.number:
            self._renamed[self._number(correction)] = stored.number
        return stored

    def _number(self, correction: Correction) -> int:
        number = correction.number
        while number in self._renamed:
            number = self._renamed[number]
        return number


Followed = tuple[Sequence[Sequence[float]], int, int]
"""key boxes of a drawn object, its first and its last frame"""


def step_of(
    edit: Edit,
    history: History,
    laid: Laid,
    names: dict[int, str],
    profile: Profile,
    frames: int,
    follow: Callable[[Edit], Followed],
) -> tuple[Made, int]:
    """Return what an edit stores, and the track to go to afterwards (−1 for none).

    Parameters
    ----------
    edit : Edit
    history : History
    laid : Laid
        The objects as they are now.
    names : dict
        What each track is called.
    profile : Profile
        Tells whether accepting alone would hide an object.
    frames : int
        How many the clip has.
    follow : callable
        Follows a drawn box through the clip.

    Raises
    ------
    UsageError
        When the object is not there any more.
    """
    if edit.what in ("mute", "unmute"):
        return _sound(edit, history), -1
    if edit.what == "add":
        boxes, first, last = follow(edit)
        number = history.free_track()
        return _made(edit, (), Correction(Action.ADD, first, last, number, kind=edit.kind, boxes=boxes)), number
    track = _track(laid, edit.track)
    name = names[track.number]
    known = anchors(track, edit.first, edit.last)
    if edit.what == "split":
        number = history.free_track()
        split = Correction(Action.SPLIT, edit.first, frames - 1, number, track.number, boxes=anchors(track, 0, frames))
        return _made(edit, (name,), split), number
    if edit.what == "merge":
        other = _track(laid, edit.other)
        keep, gone = _order(track, other, profile)
        merge = Correction(Action.MERGE, 0, frames - 1, keep.number, gone.number, boxes=anchors_of_two(keep, gone))
        return _made(edit, (name, names[other.number]), merge), keep.number
    actions = {"drop": Action.DROP, "extend": Action.EXTEND, "kind": Action.KIND, "accept": _hiding(track, profile)}
    made = Correction(actions[edit.what], edit.first, edit.last, track.number, kind=edit.kind, boxes=known)
    return _made(edit, (name,), made), track.number


def _made(edit: Edit, names: Sequence[str], *added: Correction) -> Made:
    return Made(WORDS[edit.what].format(*names), added)


def _sound(edit: Edit, history: History) -> Made:
    if edit.what == "mute":
        return _made(edit, (), Correction(Action.MUTE, edit.first, edit.last))
    # All of the silent stretch that the frame is in, however many corrections it was made of.
    standing = [correction for correction in history.corrections if correction.action is Action.MUTE]
    here = next((span for span in corrections.muted(standing) if span[0] <= edit.first <= span[1]), None)
    if here is None:
        raise UsageError("There is sound here already.")
    inside = [correction for correction in standing if here[0] <= correction.first <= here[1]]
    return Made(WORDS["unmute"], withdrawn=tuple(inside))


def _track(laid: Laid, number: int) -> Track:
    """Return a track; where parts of it were dropped, what is left of it."""
    for track in (*laid.tracks, *laid.dropped):
        if track.number == number:
            return track
    raise UsageError("This object is not there any more. Choose another one.")


def _hiding(track: Track, profile: Profile) -> Action:
    """Return how a track is hidden for certain: "accept" where a high score is enough for the profile."""
    rule = profile.kinds[track.kind]
    smallest = float((track.boxes[:, 2:] - track.boxes[:, :2]).min())
    return Action.ACCEPT if rule.hide and smallest >= rule.min_size else Action.EXTEND


def _order(one: Track, other: Track, profile: Profile) -> tuple[Track, Track]:
    """Return which of two tracks gives the kind: one that the profile hides, when either does."""
    return (other, one) if profile.kinds[other.kind].hide and not profile.kinds[one.kind].hide else (one, other)
