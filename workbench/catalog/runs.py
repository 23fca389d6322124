"""Runs: what was asked for, how far it is, and what a dashboard asks of the process that works on it."""

import json
import os
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench import profiles
from workbench.catalog.connection import Database
from workbench.profiles import Profile
from workbench.values import UsageError

RunState = Literal["waiting", "running", "paused", "stopping", "stopped", "done"]
Request = Literal["", "pause", "resume", "stop"]


@dataclass(frozen=True)
class Run:
    """One pass of one profile over the photos of some sources, as far as it has come."""

    id: int
    profile: Profile
    sources: tuple[Path, ...]
    """absolute"""
    out: Path
    """absolute"""
    workers: int
    """0 for one a core"""
    allow_nothing_hidden: bool
    """release although nothing was hidden in any picture"""
    state: RunState
    request: Request
    """what a dashboard asked for and the worker did not take up yet"""
    message: str
    """one sentence for the user: why it paused or stopped, what is wrong with its result"""
    done: int
    failed: int
    blocked: int
    """what is not a photo, or must not be released"""
    total: int
    started: float
    """seconds since the epoch; of the last start or resumption, 0 before"""
    updated: float
    """seconds since the epoch; of the last file or change of state"""
    heartbeat: float
    """seconds since the epoch; the worker's last sign of life"""
    pid: int
    """of the worker's process, 0 before"""
    share: float
    """how much of the files in work is done, 0..1 each, summed"""
    seconds_left: float | None
    """until the end, as estimated at the last sign of life; None while nothing can be said"""
    subset: str = ""
    """name of the stored subset to which it keeps; "" for all that lies in the sources"""
    subset_digest: str = ""
    """of that subset when the run was made"""

    @property
    def left(self) -> int:
        """How many files are still to be done."""
        return self.total - self.done - self.failed - self.blocked


class Runs(Database):
    """The rows of runs. A request is written by a dashboard and taken up by the worker."""

    def create_run(
        self,
        profile: Profile,
        sources: Sequence[Path],
        out: Path,
        workers: int = 0,
        allow_nothing_hidden: bool = False,
        subset: str = "",
        subset_digest: str = "",
    ) -> int:
        """Return the id of the run with this profile, sources, subset and output folder; a new one if need be."""
        names = json.dumps([os.fsdecode(source) for source in sources])
        values = (profile.to_toml(), workers, allow_nothing_hidden, time.time())
        with self._write() as db:
            same = db.execute(
                "SELECT id FROM run WHERE digest = ? AND sources = ? AND out = ? AND subset = ? AND subset_digest = ?",
                (profile.digest, names, os.fsencode(out), subset, subset_digest),
            ).fetchone()
            if same:
                db.execute(
                    "UPDATE run SET profile = ?, workers = ?, allow_nothing_hidden = ?, updated = ?, "
                    "state = 'waiting', request = '', message = '', share = 0, seconds_left = NULL WHERE id = ?",
                    (*values, same[0]),
                )
                return int(same[0])
            row = db.execute(
                "INSERT INTO run (profile, workers, allow_nothing_hidden, updated, digest, sources, out, mode, subset, "
                "subset_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, profile.digest, names, os.fsencode(out), profile.output.names, subset, subset_digest),
            )
            return int(row.lastrowid or 0)

    def run(self, run: int) -> Run:
        """Return one run; raises `UsageError` when there is none with this number."""
        rows = self._read(_QUERY + " WHERE run.id = ?", run)
        if not rows:
            raise UsageError(f"This case has no run {run}.")
        return _run(rows[0])

    def runs(self) -> list[Run]:
        """Return all runs, the one that was touched last at the end."""
        return [_run(row) for row in self._read(_QUERY + " ORDER BY run.updated, run.id")]

    def latest(self) -> int | None:
        """Return the id of the run that was touched last, or None."""
        rows = self._read("SELECT id FROM run ORDER BY updated DESC, id DESC LIMIT 1")
        return int(rows[0][0]) if rows else None

    def active(self) -> int | None:
        """Return the id of the run whose worker gave the last sign of life, among those that did not end, or None."""
        rows = self._read(
            "SELECT id FROM run WHERE state IN ('running', 'paused', 'stopping') ORDER BY heartbeat DESC LIMIT 1"
        )
        return int(rows[0][0]) if rows else None

    def used(self, out: Path) -> bool:
        """Return whether a run of this case writes into `out`."""
        return bool(self._read("SELECT 1 FROM run WHERE out = ? AND started > 0 LIMIT 1", os.fsencode(out)))

    def request(self, run: int, request: Request) -> None:
        """Ask the worker of a run to "pause", "resume" or "stop"; "" takes a request back."""
        if request not in ("", "pause", "resume", "stop"):
            raise UsageError(f"A run can be asked to pause, resume or stop, not to '{request}'.")
        self.run(run)
        with self._write() as db:
            db.execute("UPDATE run SET request = ? WHERE id = ?", (request, run))

    def peek_request(self, run: int) -> Request:
        """Return what is asked of a run, and leave it there."""
        rows = self._read("SELECT request FROM run WHERE id = ?", run)
        request: Request = rows[0][0] if rows else ""
        return request

    def take_request(self, run: int) -> Request:
        """Return what was asked of a run, once."""
        request = self.peek_request(run)
        if request:
            with self._write() as db:
                db.execute("UPDATE run SET request = '' WHERE id = ? AND request = ?", (run, request))
        return request

    def set_state(self, run: int, state: RunState, message: str = "") -> None:
        """Record a change of state with its reason; the time left is void where nothing runs."""
        now = time.time()
        with self._write() as db:
            db.execute(
                "UPDATE run SET state = ?, message = ?, updated = ?, heartbeat = ?, pid = ?, "
                "seconds_left = CASE WHEN ? = 'running' THEN seconds_left END, "
                "started = CASE WHEN ? = 'running' THEN ? ELSE started END WHERE id = ?",
                (state, message, now, now, os.getpid(), state, state, now, run),
            )

    def beat(self, run: int, share: float = 0.0, seconds_left: float | None = None) -> None:
        """Record that the worker is alive, how much of the files in work is done, and how long it will take."""
        with self._write() as db:
            db.execute(
                "UPDATE run SET heartbeat = ?, pid = ?, share = ?, seconds_left = ? WHERE id = ?",
                (time.time(), os.getpid(), share, seconds_left, run),
            )


_QUERY = """SELECT run.*,
    (SELECT count(*) FROM entry WHERE entry.run = run.id AND entry.state = 'done') AS done,
    (SELECT count(*) FROM entry WHERE entry.run = run.id AND entry.state = 'failed') AS failed,
    (SELECT count(*) FROM entry WHERE entry.run = run.id AND entry.state = 'blocked') AS blocked,
    (SELECT count(*) FROM entry WHERE entry.run = run.id) AS total
    FROM run"""


def _run(row: sqlite3.Row) -> Run:
    return Run(
        id=row["id"],
        profile=profiles.parse(row["profile"], f"of run {row['id']}"),
        sources=tuple(Path(source) for source in json.loads(row["sources"])),
        out=Path(os.fsdecode(row["out"])),
        workers=row["workers"],
        allow_nothing_hidden=bool(row["allow_nothing_hidden"]),
        state=row["state"],
        request=row["request"],
        message=row["message"],
        done=row["done"],
        failed=row["failed"],
        blocked=row["blocked"],
        total=row["total"],
        started=row["started"],
        updated=row["updated"],
        heartbeat=row["heartbeat"],
        pid=row["pid"],
        share=row["share"],
        seconds_left=row["seconds_left"],
        subset=row["subset"],
        subset_digest=row["subset_digest"],
    )
