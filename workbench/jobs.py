"""A run that outlives the browser tab: a process of its own, fed and watched through the catalog.

``python -m workbench.jobs CASE RUN`` is that process; `start` begins it, `watch` says how it is doing.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from workbench import batch
from workbench.batch.job import Engine
from workbench.batch.worker import ENGINE
from workbench.catalog.case import Case
from workbench.catalog.runs import Run
from workbench.values import UsageError, WorkbenchError

STARTING_SECONDS = 60.0
"""after which a run whose worker gave no sign of life counts as one that did not start"""
NICENESS = 5
"""a dashboard on the same machine stays quick while all cores work"""
UNFINISHED = ("running", "paused", "stopping")
_BROKEN_OFF = dict.fromkeys(UNFINISHED, "The run was interrupted: resume it, nothing is lost.") | {
    "waiting": "The run did not start: press Resume to try again; {log} in the case may say why.",
}
"""what to say about a run in this state on which no process works"""
_started: dict[tuple[Path, int], subprocess.Popen[bytes]] = {}
"""the last worker that this process began for each case and run"""


@dataclass(frozen=True)
class Status:
    """How a run is doing, for a dashboard."""

    run: Run | None
    """None when the case has no run yet"""
    state: str
    """as `Run.state`, or "interrupted" when its worker died or never started, or "none" """
    alive: bool
    """a process works on it now"""
    seconds_left: float | None
    """by the pace of the last files, a video by its frames; None while nothing can be said"""
    message: str
    """one sentence for the user"""

    @property
    def done(self) -> int:
        """Files that are redacted."""
        return self.run.done if self.run else 0

    @property
    def share(self) -> float:
        """How much of the files in work is done, 0..1 each, summed: `done` and this move the bar."""
        return self.run.share if self.run and self.state == "running" else 0.0

    @property
    def failed(self) -> int:
        """Files that could not be handled."""
        return self.run.failed if self.run else 0

    @property
    def blocked(self) -> int:
        """Files that are no photos or videos, or must not be released."""
        return self.run.blocked if self.run else 0

    @property
    def total(self) -> int:
        """All files."""
        return self.run.total if self.run else 0


def start(case: Path | str, run_id: int) -> None:
    """Begin or resume a run in a process of its own, which goes on when this one ends.

    Raises
    ------
    UsageError
        When there is no such run, or when a process works on the case already.
    """
    with contextlib.closing(Case.open(case, create=False)) as opened:
        opened.catalog.run(run_id)
        if opened.busy():
            raise UsageError(f"The case {opened.path.name} is at work already: wait for it, or stop it first.")
        opened.catalog.request(run_id, "")
        opened.catalog.set_state(run_id, "waiting", "Starting.")
        opened.note(f"run {run_id} is started")
        command = _command(opened.path, run_id)
        with opened.log.open("ab") as log:
            # Its own session: a closed terminal, a culled kernel or a stopped server does not reach it.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
    _started[opened.path, run_id] = process


def watch(case: Case, run_id: int | None = None) -> Status:
    """Return how a run is doing; without `run_id` the one that was touched last. Cheap enough for twice a second."""
    for process in _started.values():
        process.poll()  # so that none stays behind as a zombie
    catalog = case.catalog
    chosen = run_id if run_id is not None else catalog.latest()
    if chosen is None:
        return Status(None, "none", False, None, "There is no run yet.")
    run = catalog.run(chosen)
    busy = case.busy()
    alive = busy and catalog.active() == run.id
    if (run.state in UNFINISHED and not alive) or (run.state == "waiting" and not busy and _is_overdue(case, run)):
        run = catalog.run(run.id)  # it may have come further between the two looks
        if problem := _BROKEN_OFF.get(run.state, "").format(log=case.log.name):
            return Status(run, "interrupted", False, None, problem)
    left = run.seconds_left if run.state == "running" else None
    return Status(run, run.state, alive, left, run.message)


def _is_overdue(case: Case, run: Run) -> bool:
    """Return whether a run that waits has waited for too long, or the worker that it waits for has ended."""
    worker = _started.get((case.path, run.id))
    ended = worker is not None and worker.poll() is not None
    return ended or time.time() - max(run.updated, run.heartbeat) > STARTING_SECONDS


def work(case: Path | str, run_id: int, engine: Engine = ENGINE) -> int:
    """Do a run in this process until it ends, is stopped or cannot start; return an exit code.

    The first SIGTERM or SIGINT lets the files in work finish, a second one abandons them.
    """
    asked = threading.Event()

    def obey(_: int, __: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, obey)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with contextlib.closing(Case.open(case, create=False)) as opened:
        try:
            for event in batch.run(opened, run_id, engine=engine, stopping=asked.is_set):
                if event.message:
                    opened.note(f"run {run_id}: {event.message}")
        except WorkbenchError as error:
            opened.note(f"run {run_id}: {error}")
            return 2
        except KeyboardInterrupt:
            return 1
    return 0


def _command(case: Path, run_id: int) -> list[str]:
    # -P: the folder in which this process stands must not be able to bring modules along.
    return [sys.executable, "-P", "-m", "workbench.jobs", str(case), str(run_id)]


def main(arguments: Sequence[str]) -> int:
    """Do the run that the two arguments name."""
    if len(arguments) != 2 or not arguments[1].isdigit():
        sys.stderr.write("usage: python -m workbench.jobs CASE RUN\n")
        return 2
    try:
        return work(arguments[0], int(arguments[1]))
    except WorkbenchError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
