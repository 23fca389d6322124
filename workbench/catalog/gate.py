"""What people said about the files of one manifest: attempts, risks, overrides, decisions; and what was exported.

Rows are only ever added. All of them speak of one run and of the very files that a manifest lists.
"""

import json
import os
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from workbench.catalog.connection import Database
from workbench.values import FileError

Verdict = Literal["approved", "refused"]


@dataclass(frozen=True)
class Attempt:
    """Somebody, or a program, tried to recognise people in the outputs."""

    run: int
    manifest: str
    """SHA-256 of the manifest of the files that were looked at, hex"""
    method: str
    """one of `gate.attempts.METHODS`"""
    tried: int
    """how many files (or people) were tried"""
    identified: int
    """in how many of them somebody was recognised; of a search by program: in how many something is still visible"""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """figures and limits of it, as JSON can hold them"""
    by: str = ""
    """account of who did it"""
    at: float = 0.0
    """seconds since the epoch"""
    id: int = 0


@dataclass(frozen=True)
class Risk:
    """A risk that is left, or why files failed."""

    run: int
    manifest: str
    risk: str
    level: str
    """one of `gate.risks.LEVELS`"""
    action: str = ""
    """what is done about it"""
    by: str = ""
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True)
class Override:
    """A check that an approver set aside, with the reason."""

    run: int
    manifest: str
    check: str
    reason: str
    by: str = ""
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True)
class Decision:
    """What an approver decided about the files of a manifest."""

    run: int
    manifest: str
    decision: Verdict
    reason: str = ""
    by: str = ""
    at: float = 0.0
    id: int = 0


@dataclass(frozen=True)
class Export:
    """A release that left."""

    run: int
    manifest: str
    """of the run's own folder"""
    out: Path
    released: str
    """SHA-256 of the manifest that left with it, hex"""
    by: str = ""
    at: float = 0.0
    id: int = 0


class GateRows(Database):
    """What was said about the files of a case's runs. The ledger, not these rows, decides what counts."""

    def put_attempt(self, attempt: Attempt) -> Attempt:
        """Keep an attempt; return it with its number and time."""
        kept = replace(attempt, at=attempt.at or time.time())
        return replace(kept, id=self._add("attempt", {**_fields(kept), "facts": json.dumps(dict(kept.facts))}))

    def attempts(self, run: int, manifest: str | None = None) -> list[Attempt]:
        """Return the attempts on a run, of all its manifests or of one, in the order in which they were recorded."""
        return [
            Attempt(
                row["run"], row["manifest"], row["method"], row["tried"], row["identified"], row["note"],
                _mapping(row["facts"]), row["by"], row["at"], row["id"],
            )
            for row in self._rows("attempt", run, manifest)
        ]  # fmt: skip

    def put_risk(self, risk: Risk) -> Risk:
        """Keep a risk; return it with its number and time."""
        kept = replace(risk, at=risk.at or time.time())
        return replace(kept, id=self._add("risk", _fields(kept)))

    def risks(self, run: int, manifest: str | None = None) -> list[Risk]:
        """Return the risks that were recorded for a run."""
        return [
            Risk(row["run"], row["manifest"], row["risk"], row["level"], row["action"], row["by"], row["at"], row["id"])
            for row in self._rows("risk", run, manifest)
        ]

    def put_override(self, override: Override) -> Override:
        """Keep an override; return it with its number and time."""
        kept = replace(override, at=override.at or time.time())
        return replace(kept, id=self._add("override", _fields(kept)))

    def overrides(self, run: int, manifest: str | None = None) -> list[Override]:
        """Return the overrides of a run."""
        return [
            Override(row["run"], row["manifest"], row["check"], row["reason"], row["by"], row["at"], row["id"])
            for row in self._rows("override", run, manifest)
        ]

    def put_decision(self, decision: Decision) -> Decision:
        """Keep a decision; return it with its number and time."""
        kept = replace(decision, at=decision.at or time.time())
        return replace(kept, id=self._add("decision", _fields(kept)))

    def decisions(self, run: int, manifest: str | None = None) -> list[Decision]:
        """Return what was decided about a run."""
        return [
            Decision(row["run"], row["manifest"], row["decision"], row["reason"], row["by"], row["at"], row["id"])
            for row in self._rows("decision", run, manifest)
        ]

    def put_export(self, export: Export) -> Export:
        """Keep that a release left; return it with its number and time."""
        kept = replace(export, at=export.at or time.time())
        return replace(kept, id=self._add("export", {**_fields(kept), "out": os.fsencode(kept.out)}))

    def exports(self, run: int | None = None) -> list[Export]:
        """Return what left, of all runs or of one."""
        return [
            Export(
                row["run"], row["manifest"], Path(os.fsdecode(row["out"])), row["released"],
                row["by"], row["at"], row["id"],
            )
            for row in self._rows("export", run, None)
        ]  # fmt: skip

    def _add(self, table: str, values: Mapping[str, Any]) -> int:
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join("?" for _ in values)
        with self._write() as db:
            text = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608  (this module's own names)
            row = db.execute(text, tuple(values.values()))
            return int(row.lastrowid or 0)

    def _rows(self, table: str, run: int | None, manifest: str | None) -> list[sqlite3.Row]:
        rows = self._read(
            f'SELECT * FROM "{table}" WHERE (? IS NULL OR run = ?) AND (? IS NULL OR manifest = ?) ORDER BY id',  # noqa: S608
            run,
            run,
            manifest,
            manifest,
        )
        if any(not isinstance(row["at"], float) for row in rows):
            raise FileError(_CHANGED)
        return rows


_CHANGED = "The catalog holds a row of the gate that cannot be read, so it was changed: put it back from a copy."


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, dict):
        raise FileError(_CHANGED)
    return found


def _fields(value: Any) -> dict[str, Any]:
    return {name: each for name, each in vars(value).items() if name != "id"}
