"""The files of one case before one person: what is known, what they say about it, what they choose. No widget."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from workbench import curate
from workbench.apps.role import Seat
from workbench.catalog.case import Case
from workbench.curate import Described, Filter, Group, Subset
from workbench.media import photo
from workbench.media.video import thumbnail_video
from workbench.profiles import Profile
from workbench.values import Events, Media, UsageError

THUMBNAIL_SIDE = 320
"""px of the longer side"""
NO_FILES = "There are no files yet: choose a folder in step 1."


class IntakeDesk:
    """What one person has before them.

    Parameters
    ----------
    case : Case
    seat : Seat
        Who it is; what they may do is asked again below this.
    """

    def __init__(self, case: Case, seat: Seat) -> None:
        self.case, self.seat = case, seat
        self.files: tuple[Described, ...] = ()
        self.left_out: frozenset[tuple[str, str]] = frozenset()
        """near-duplicates that this person does not want, by `Described.key`"""
        self.drawn: tuple[tuple[int, ...], str, str] | None = None
        """the last sample: its files, the rule in words, its seed"""
        self.reload()

    def reload(self) -> None:
        """Read anew what is known."""
        self.files = curate.files(self.case)

    def look(self, folder: Path, find: Profile | None = None) -> Events:
        """Look at a folder; closing what it returns stops."""
        return curate.look(self.case, [folder], find=find)

    def thumbnail(self, file: Described) -> bytes:
        """Return a small JPEG of a file, unredacted."""
        path = Path(file.asset.source) / file.asset.path
        if file.asset.media is Media.VIDEO:
            return thumbnail_video(path, THUMBNAIL_SIDE)
        return photo.thumbnail(path, THUMBNAIL_SIDE)

    def search(self, text: str) -> list[int]:
        """Return which files a filter lets through; those that cannot be used only without one."""
        wanted = filter_of(text)
        return [
            index
            for index, file in enumerate(self.files)
            if file.key not in self.left_out and (wanted.holds(file) if wanted.terms else True)
        ]

    def usable(self, indices: Iterable[int]) -> list[Described]:
        """Return those of some files that can be used."""
        return [self.files[index] for index in indices if not self.files[index].problem]

    def describe(self, indices: Sequence[int], values: Mapping[str, str]) -> int:
        """Say the same about many files, and return how many are others by that."""
        files = self.usable(indices)
        if not files:
            raise UsageError(NO_FILES if not self.files else "Pick the files first that this is about.")
        if not values:
            raise UsageError("Fill in at least one field: what is left empty stays as it is.")
        changed = curate.describe(self.case, files, values, by=self.seat.who)
        self.reload()
        return changed

    def groups(self) -> tuple[Group, ...]:
        """Return the near-duplicates."""
        return curate.duplicates(self.case, self.files)

    def leave_out(self, files: Iterable[Described]) -> None:
        """Take files out of everything that is chosen here; those that were left out before come back."""
        self.left_out = frozenset(file.key for file in files)

    def rules(self) -> str:
        """Return the text of the case's rules."""
        return curate.read_rules(self.case.path)

    def save_rules(self, text: str) -> int:
        """Keep the rules, say what they say, and return how many files are others by that."""
        self.seat.require("curate")
        curate.save_rules(self.case.path, text)
        return self._apply()

    def add_rule(self, when: Mapping[str, str], values: Mapping[str, str]) -> int:
        """Add a rule after the others, say what it says, and return how many files are others by that."""
        self.seat.require("curate")
        if not any(when.values()):
            raise UsageError("Say for which files the rule holds: fill in at least one condition.")
        if not any(values.values()):
            raise UsageError("Say what the rule says about them.")
        curate.add_rule(self.case.path, when, values)
        return self._apply()

    def _apply(self) -> int:
        changed = curate.apply_rules(self.case, by=self.seat.who)
        self.reload()
        return changed

    def draw(self, indices: Sequence[int], number: int, per: str, seed: str, where: str) -> tuple[int, ...]:
        """Draw a random sample of some files and return it; `store` then knows how it was drawn."""
        if number < 1:
            raise UsageError("Say how many files the sample has.")
        if not seed.strip():
            raise UsageError("Give the sample a seed, any word: with the same one the same files are drawn again.")
        places = {self.files[index].key: index for index in indices}
        drawn = curate.select(self.usable(indices), "", number, per, seed.strip())
        found = tuple(sorted(places[file.key] for file in drawn))
        rule = _joined(str(filter_of(where)), f"(sample of {number} by {per})")
        self.drawn = found, rule, seed.strip()
        return found

    def store(self, name: str, indices: Sequence[int], where: str, by_hand: bool) -> Subset:
        """Keep a subset under a name.

        Parameters
        ----------
        where : str
            The filter that holds.
        by_hand : bool
            Only some of what the filter lets through was picked.
        """
        files = self.usable(indices)
        if not files:
            raise UsageError(NO_FILES if not self.files else "Nothing is chosen: change the filter, or pick files.")
        rule, seed = str(filter_of(where)), ""
        if self.drawn is not None and set(self.drawn[0]) == set(indices):
            _, rule, seed = self.drawn
        elif by_hand:
            rule = _joined(rule, "(picked by hand)")
        if self.left_out:
            number = len(self.left_out)
            rule = _joined(rule, f"({number} near-duplicate{'' if number == 1 else 's'} left out)")
        return curate.store(self.case, name.strip(), files, rule, seed, self.seat.who)

    def subsets(self) -> list[Subset]:
        """Return the stored subsets."""
        return curate.subsets(self.case)

    def still_there(self) -> dict[str, int]:
        """Return how many files of each stored subset are in the case as they were then."""
        known = {file.asset.sha256 for file in self.files if not file.problem}
        return {each.name: sum(member in known for member in each.members) for each in self.subsets()}


def filter_of(text: str) -> Filter:
    """Return what a filter as it is typed on the screen means: a plain word is part of a file's name.

    Raises
    ------
    UsageError
        For a condition that is none.
    """
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = []  # said better by the reader of filters
    return curate.parse(" ".join(shlex.quote(_as_condition(part)) for part in parts) if parts else text)


def _as_condition(part: str) -> str:
    if any(sign in part for sign in "=<>"):
        return part
    try:
        curate.parse(shlex.quote(part))
    except UsageError:
        return f"pattern!=*{part[1:]}*" if part.startswith("-") else f"pattern=*{part}*"
    return part


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
