"""The record of a case before one person: what they see, what they change, what somebody else changed. No widget."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.apps.role import Seat
from workbench.governance import case_file, casework, ledger
from workbench.governance.lines import Entry
from workbench.governance.record import Part, Person, Record
from workbench.governance.verifying import Checked, verify
from workbench.keeping.witnesses import anchors
from workbench.values import UsageError, WorkbenchError
from workbench.widgets.form import OvertakenError

NUMBERS = {
    "dpia.by": 0, "output.max_side": -1, "retention.originals_days": -1, "retention.work_days": -1,
    "retention.releases_days": -1,
}  # fmt: skip
"""fields that take a whole number, with the one that an empty answer stands for"""
_WHERE = re.compile(r"case\.toml(?:, line \d+)?: (?:(?P<field>[a-z0-9_.]+): )?(?P<words>.*)", re.DOTALL)


@dataclass(frozen=True)
class Ledger:
    """What the ledger says, and whether it is what was written."""

    entries: tuple[Entry, ...]
    """as far as they can be read"""
    checked: Checked
    skipped: tuple[str, ...]
    """a sentence for each release that could not be asked"""


class CaseDesk:
    """What one person has before them of a case's record.

    Parameters
    ----------
    folder : Path
        The case's.
    who : str
        Their account.
    """

    def __init__(self, folder: Path, who: str) -> None:
        self.folder, self.who = folder, who
        self.seat = Seat(folder, who)
        self.record: Record | None = None
        """as it is shown; None where there is none, or it cannot be read"""
        self.problem = ""
        """why it cannot be read"""
        self._waiting: dict[str, Any] = {}
        """answers that were refused: another field may be what they lack"""
        self.look()

    def look(self) -> bool:
        """Read the record again; return whether it is another one than was shown."""
        before, problem = self.record, self.problem
        try:
            self.record, self.problem = case_file.load(self.folder), ""
        except WorkbenchError as error:
            self.record, self.problem = None, str(error)
        return (before, problem) != (self.record, self.problem)

    def begin(self, title: str, purpose: str, jurisdiction: str) -> Record:
        """Open the case: write its record and begin its ledger; raises `UsageError` when there is one already."""
        if not title.strip():
            raise UsageError("Give the case a short name.")
        wanted = Record.new(title.strip(), purpose, jurisdiction)  # type: ignore[arg-type]  # the form offers no other
        self.record = casework.make(self.folder, wanted)
        return self.record

    def save(self, name: str, text: str, over: bool = False) -> Mapping[str, str]:
        """Store one answer; fits `workbench.widgets.form.Save`.

        Answers that were refused before are tried again together with this one: a reason may have been missing.

        Raises
        ------
        OvertakenError
            When somebody else changed this very field since it was shown, unless `over` is true.
        UsageError
            When the answer is wrong, or the role does not allow it.
        """
        shown = self._shown()
        now = casework.load(self.folder)
        theirs = value_text(now, name)
        if not over and theirs not in (value_text(shown, name), text):
            self.record = now
            raise OvertakenError(theirs)
        value = _value(name, text)
        self._waiting.pop(name, None)
        if theirs == text and not self._waiting:
            self.record = now
            return {name: text}
        try:
            stored = self._change(now, {**self._waiting, name: value})
        except UsageError as error:
            self._waiting[name] = value
            raise UsageError(_beside(str(error), name)) from None
        return {each: value_text(self._shown(), each) for each in stored}

    def name_person(self, login: str, name: str, roles: tuple[str, ...]) -> Person:
        """Name somebody, or change who has that account already; return them."""
        if not login.strip():
            raise UsageError("Say which account it is: the name with which they sign in.")
        now = casework.load(self.folder)
        known = now.person(login.strip())
        number = known.number if known else max((each.number for each in now.people), default=0) + 1
        if now.named or "operator" in roles:
            person = Person(number=number, login=login.strip(), name=name.strip(), roles=roles)  # type: ignore[arg-type]
        else:
            raise UsageError("The first person who is named has to be operator, or nobody could go on.")
        self.record = casework.name_person(self.folder, person, who=self.who)
        return person

    def ledger(self, last: int = 200) -> Ledger:
        """Read the ledger and hold it against its chain and against the releases that name a line of it."""
        known, skipped = anchors(self.folder)
        checked = verify(self.folder, known)
        try:
            entries = tuple(ledger.entries(self.folder)[-last:])
        except WorkbenchError:
            entries = ()  # what is wrong stands among the findings
        return Ledger(entries, checked, tuple(skipped))

    def _shown(self) -> Record:
        if self.record is None:
            raise UsageError(self.problem or "This case has no record yet: open it first.")
        return self.record

    def _change(self, now: Record, edits: dict[str, Any]) -> list[str]:
        """Store several answers, or, where they do not fit together, the last one alone; return which."""
        try:
            self.record = casework.change(self.folder, edits, expected=now.digest, who=self.who)
        except UsageError:
            if len(edits) == 1:
                raise
            name, value = list(edits.items())[-1]
            self.record = casework.change(self.folder, {name: value}, expected=now.digest, who=self.who)
            return [name]
        self._waiting.clear()
        return list(edits)


def value_text(record: Record, path: str) -> str:
    """Return a field of the record, by its path, as it stands in a form; "" for what is not answered."""
    value: Any = record
    for step in path.split("."):
        value = getattr(value, step) if isinstance(value, Part) else value.get(step, "")
    return "" if path in NUMBERS and value == NUMBERS[path] else str(value)


def differing(before: Record, after: Record) -> list[str]:
    """Return the paths of all fields, and "people", in which two records differ."""
    found: list[str] = []
    _compare("", before.model_dump(mode="json"), after.model_dump(mode="json"), found)
    return found


def _compare(path: str, before: Any, after: Any, found: list[str]) -> None:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            _compare(f"{path}.{name}" if path else name, before.get(name, ""), after.get(name, ""), found)
    elif before != after:
        found.append(path)


def _value(name: str, text: str) -> Any:
    if name not in NUMBERS:
        return text
    digits = text.strip()
    if not digits:
        return NUMBERS[name]
    if not re.fullmatch(r"[0-9]{1,9}", digits):
        raise UsageError("Write a whole number, such as 30, or nothing.")
    return int(digits)


def _beside(sentence: str, name: str) -> str:
    """Return an error of the record as it is said beside a field: the field and the line are before one's eyes."""
    found = _WHERE.fullmatch(sentence)
    if found is None:
        return sentence
    words = found["words"]
    words = f"{words[:1].upper()}{words[1:]}"
    other = found["field"] or name
    # "reason: say why …" of the field next to it says itself where.
    return words if other.rpartition(".")[0] == name.rpartition(".")[0] else f"{words} ({other})"
