"""One case's record, roles and ledger together: what the commands, the batch and the screens call.

A case without ``case.toml`` has none of them: it works as if one person did everything, and keeps no ledger.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from workbench.governance import case_file, ledger
from workbench.governance.acts import Fact
from workbench.governance.effects import profile_for, refuse_weaker
from workbench.governance.record import Person, Record
from workbench.governance.roles import Actor, identity, require
from workbench.profiles import Profile
from workbench.values import UsageError

_RECORD_ACTS = ("case-made", "case-changed", "case-edited-by-hand")


def make(folder: Path, record: Record) -> Record:
    """Write a new record into a case's folder and begin its ledger.

    Raises
    ------
    UsageError
        When the case has a record already.
    """
    with ledger.locked(folder):
        if case_file.read(folder) is not None:
            raise UsageError(f"The case {folder.name} has a record already: workbench case show prints it.")
        actor = require(record, identity(), "change-case")
        made = case_file.save(case_file.fresh(record), folder)
        _tell(folder, actor, "case-changed", made)
        return made


def load(folder: Path) -> Record:
    """Return a case's record; raises `UsageError` when there is none, or it cannot be read."""
    record = case_file.load(folder)
    if record is None:
        raise UsageError(f"The case {folder.name} has no record: make one with workbench case new.")
    return record


def change(folder: Path, edits: Mapping[str, Any], *, expected: str = "", who: str = "") -> Record:
    """Change fields of a case's record, by their paths, and write that into the ledger.

    Parameters
    ----------
    expected : str
        `Record.digest` of what the person saw; when the record is another by now, nothing is changed.
    who : str
        The account that acts; `identity` by default.

    Raises
    ------
    UsageError
        When a field is unknown or wrong, the role does not allow it, or somebody changed the record meanwhile.
    """
    act = "name-people" if any(path.split(".")[0] == "people" for path in edits) else "change-case"
    return _change(folder, lambda text: case_file.changed(text, edits), act, expected, who)


def name_person(folder: Path, person: Person, *, who: str = "") -> Record:
    """Add somebody to the record, or change the one with that number."""
    return _change(folder, lambda text: case_file.with_person(text, person), "name-people", "", who)


def notice(folder: Path, record: Record, who: str = "") -> bool:
    """Write into the ledger that ``case.toml`` was edited by hand since the last act; return whether it was."""
    with ledger.locked(folder):
        known = last_digest(folder)
        if known == record.digest:
            return False
        person = record.person(who or identity())
        # Whoever finds it is not who did it: no role is claimed for the edit itself.
        actor = Actor(person.number if person and record.named else 0, "nobody")
        _tell(folder, actor, "case-edited-by-hand", record)
        return True


def last_digest(folder: Path) -> str:
    """Return the record's digest as the ledger knows it last, or ""."""
    for entry in reversed(ledger.entries(folder)):
        if entry.act in _RECORD_ACTS:
            return str(entry.facts.get("record", ""))
    return ""


def operator_of(folder: Path, run: int) -> int | None:
    """Return the number of the person who started a run last, or None where the ledger does not know."""
    for entry in reversed(ledger.entries(folder)):
        if entry.act == "run-started" and entry.facts.get("run") == run:
            return entry.person
    return None


def write_down(folder: Path, act: str, role_act: str, *, who: str = "", **facts: Fact) -> str:
    """Write an act of the person who is signed in into the ledger and return its new head.

    "" where the case has no record. Raises `UsageError` when their role does not allow `role_act`.
    """
    record = case_file.load(folder)
    if record is None:
        return ""
    actor = require(record, who or identity(), role_act)
    notice(folder, record, who)
    return ledger.append(folder, actor, act, facts)


def own_name(folder: Path, by: str) -> str:
    """Return the name that somebody gave on the command line, "" for whoever is signed in.

    Where the case names people nobody takes a role by typing a name.

    Raises
    ------
    UsageError
        When `by` names somebody else there.
    """
    record = case_file.load(folder) if by else None
    if record is not None and record.named and by != identity():
        raise UsageError(f"This case names people, and you are signed in as '{identity()}': leave out --by.")
    return by


REVIEW_ACTS = {"plan review": "plan-review", "review": "review", "redo": "run"}
"""what the review asks about, as the roles call it"""


def permit(folder: Path) -> Callable[[str, str], None]:
    """Return what the review asks with a person and an act before anything is done, see `review.Permit`.

    It raises `UsageError` when the role does not allow it. Where the case has no record everybody may.
    """

    def ask(person: str, act: str) -> None:
        record = case_file.load(folder)
        if record is not None:
            require(record, person or identity(), REVIEW_ACTS[act])

    return ask


def picked_profile(folder: Path, scenes: Iterable[str] = ()) -> Profile | None:
    """Return the profile that the case's record and the run's scenes pick, or None where the case has no record."""
    record = case_file.load(folder)
    return None if record is None else profile_for(record, scenes)


def refuse_run(folder: Path, profile: Profile, scenes: Iterable[str] = ()) -> Record | None:
    """Return the case's record, if any; raise `UsageError` when it forbids this person to run, or this profile.

    Parameters
    ----------
    folder : Path
    profile : Profile
    scenes : iterable of str
        Of the files in the run, see `governance.scenes`: they may ask for a stronger profile.
    """
    record = case_file.load(folder)
    if record is not None:
        require(record, identity(), "run")
        refuse_weaker(record, profile, scenes)
    return record


class RunBook:
    """What the ledger gets to know about one run. Where the case has no record it does nothing.

    Parameters
    ----------
    folder : Path
        The case's folder.
    run : int
        Number of the run.
    """

    def __init__(self, folder: Path, run: int) -> None:
        self.head = ""
        """of the ledger when the run ended, to stand in the release"""
        self._folder, self._run = folder, run
        # Whoever started it ends it, also when the record gave the role to somebody else meanwhile.
        self._actor: Actor | None = None
        self._ended = False

    def started(self, profile: Profile, scenes: Iterable[str] = ()) -> None:
        """Note that the run begins; raises `UsageError` when the record or a scene in the run forbids it."""
        record = refuse_run(self._folder, profile, scenes)
        if record is None:
            return
        notice(self._folder, record)
        self._actor = require(record, identity(), "run")
        self._note("run-started", profile=profile.digest)

    def ended(self, state: str, **counts: int) -> None:
        """Note how the run ended: "done", "blocked" or "stopped"; only the first time counts."""
        if not self._ended:
            self._ended = True
            self.head = self._note("run-ended", state=state, **counts)

    def released(self, manifest: str, files: int) -> None:
        """Note the release by the SHA-256 of its manifest."""
        self._note("release-written", manifest=manifest, files=files)

    def _note(self, act: str, **facts: Fact) -> str:
        if self._actor is None:
            return ""
        return ledger.append(self._folder, self._actor, act, {"run": self._run, **facts})


def _change(folder: Path, edit: Any, act: str, expected: str, who: str) -> Record:
    with ledger.locked(folder):
        text = case_file.read(folder)
        if text is None:
            raise UsageError(f"The case {folder.name} has no record: make one with workbench case new.")
        before = case_file.parse(text)
        if expected and before.digest != expected:
            raise UsageError("The record was changed by somebody else meanwhile: look at it again; nothing was saved.")
        actor = require(before, who or identity(), act)
        notice(folder, before, who)
        new = edit(text)
        after = case_file.parse(new)
        _tell(folder, actor, "case-changed", after)
        return case_file.save(new, folder)


def _tell(folder: Path, actor: Actor, act: str, record: Record) -> None:
    """Write what the record is now; the first line of a ledger opens the case, whatever it is about."""
    facts: dict[str, Fact] = {"record": record.digest, "purpose": record.purpose}
    if not ledger.head(folder):
        # The salt makes two cases' first lines differ, so that one's ledger cannot stand for another's.
        act, facts = "case-made", {**facts, "salt": secrets.token_hex(32)}
    ledger.append(folder, actor, act, facts)
