"""When what a case keeps has to go: pure functions of the record, the ledger's lines and a day.

A clock that is wrong never makes anything due earlier. A line of the ledger counts as no earlier than the lines
before it, and while the clock is behind the ledger nothing is called overdue.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from workbench.governance.effects import Because, effects
from workbench.governance.lines import Entry
from workbench.governance.record import Record

Kept = Literal["originals", "link-table", "work", "release"]


@dataclass(frozen=True)
class Due:
    """One thing that is kept, and until when."""

    what: Kept
    run: int
    """the run that was released; 0 for what belongs to the case"""
    since: date | None
    """UTC day from which the days count; None while nothing began them"""
    until: date | None
    """last day on which it may be kept"""
    days: int
    why: str
    """where the number of days comes from"""
    overdue: bool
    left: int | None
    """days until then, negative when it is past; None while nothing began them"""
    gone: date | None = None
    """when it was deleted, where the ledger says so"""
    note: str = ""
    """why it is not called overdue although its day is past, or what else is to be known"""


def due(record: Record, entries: Sequence[Entry], today: date) -> tuple[Due, ...]:
    """Return what is kept and until when: overdue first, then by day, what is gone last.

    Parameters
    ----------
    record : Record
    entries : sequence of Entry
        The case's ledger.
    today : date
        UTC.
    """
    days = _days_of(entries)
    decided = effects(record)
    worked = [number for number, entry in enumerate(entries) if entry.act in ("run-started", "run-ended")]
    last = worked[-1] if worked else None
    began = days[last] if last is not None else None
    running = last is not None and entries[last].act == "run-started"
    found = [
        _one("originals", 0, began, decided.originals_days, today),
        _one("work", 0, began, decided.work_days, today),
    ]
    if running:
        found = [replace(each, note="A run was started and has not ended yet.") for each in found]
    if any(entry.act == "sealed" and entry.facts.get("what") == "link-table" for entry in entries):
        why = f"It leads back to the originals and goes with them. {decided.originals_days.why}"
        found.append(_one("link-table", 0, began, Because(decided.originals_days.value, why), today))
    found = [replace(each, gone=_gone(entries, days, each, last or 0)) for each in found]
    for number, entry in enumerate(entries):
        if entry.act == "release-exported":
            left = _one("release", int(entry.facts.get("run", 0)), days[number], decided.releases_days, today)
            note = "Copies that others hold are not reached from here: ask them, where the release says so."
            found.append(replace(left, note=note, gone=_gone(entries, days, left, number)))
    held = _held(record, entries, today)
    found = [_spared(each, held) for each in found]
    return tuple(sorted(found, key=_order))


def behind(entries: Sequence[Entry], today: date) -> str:
    """Return a sentence when the clock is behind the ledger's last line, or was at some time; else ""."""
    days = _days_of(entries)
    if days and days[-1] > today:
        return (
            f"The clock says {today}, but the ledger has a line of {days[-1]}: one of them is wrong. Nothing is called "
            "overdue until the clock is past that day."
        )
    return ""


def _days_of(entries: Sequence[Entry]) -> list[date]:
    """Return the day of each line, where no line is earlier than one before it."""
    found: list[date] = []
    for entry in entries:
        day = date.fromisoformat(entry.at[:10])
        found.append(max(day, found[-1]) if found else day)
    return found


def _one(what: Kept, run: int, since: date | None, days: Because[int], today: date) -> Due:
    if since is None:
        note = "Nothing was released yet." if what == "release" else "No run has ended yet: the days have not begun."
        return Due(what, run, None, None, days.value, days.why, False, None, note=note)
    until = since + timedelta(days=days.value)
    left = (until - today).days
    return Due(what, run, since, until, days.value, days.why, left < 0, left)


def _gone(entries: Sequence[Entry], days: Sequence[date], kept: Due, after: int) -> date | None:
    for number in range(len(entries) - 1, after - 1, -1):
        entry = entries[number]
        if entry.act != "deleted" or entry.facts.get("what") not in (kept.what, "case"):
            continue
        if entry.facts.get("what") == "case" and kept.what in ("originals", "release"):
            continue  # they lie outside of the case's folder
        if kept.what == "release" and entry.facts.get("run", 0) not in (0, kept.run):
            continue
        return days[number]
    return None


def _held(record: Record, entries: Sequence[Entry], today: date) -> str:
    if record.retention.hold.strip():
        return f"Held: {record.retention.hold.strip()}"
    return behind(entries, today)


def _spared(each: Due, held: str) -> Due:
    if each.gone:
        return replace(each, overdue=False)
    return replace(each, overdue=False, note=held) if each.overdue and held else each


def _order(each: Due) -> tuple[int, date, str, int]:
    group = 3 if each.gone else 0 if each.overdue else 1 if each.until else 2
    return group, each.until or date.max, each.what, each.run
