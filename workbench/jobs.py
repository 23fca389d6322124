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
from workbench.batch.worker import ENGINE, Engine
from workbench.catalog.case import Case
from workbench.catalog.runs import Run
from workbench.values import UsageError, WorkbenchError

STARTING_SECONDS = 60.0
"""after which a worker that gave no sign of life counts as one that did not start"""
NICENESS = 5
"""a dashboard on the same machine stays quick while all cores work"""
UNFINISHED = ("running", "paused", "stopping")
_started: list[subprocess.Popen[bytes]] = []
"""workers begun by this process; kept so that they can be reaped"""


@dataclass(frozen=True)
class Status:
    """How a run is doing, for a dashboard."""

    run: Run | None
    """None when the case has no run yet"""
    state: str
    """as `Run.state`, or "interrupted" when its worker died, or "none" """
    alive: bool
    """a process works on it now"""
    seconds_left: float | None
    """by the pace of the last files; None while nothing can be said"""
    message: str
    """one sentence for the user"""

    @property
    def done(self) -> int:
        """Files that are redacted."""
        return self.run.done if self.run else 0

    @property
    def failed(self) -> int:
        """Files that could not be handled."""
        return self.run.failed if self.run else 0

    @property
    def blocked(self) -> int:
        """Files that are no photos, or must not be released."""
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
    _started.append(process)


def watch(case: Case, run_id: int | None = None) -> Status:
    """Return how a run is doing; without `run_id` the one that was touched last. Cheap enough for twice a second."""
    _started[:] = [process for process in _started if process.poll() is None]
    catalog = case.catalog
    chosen = run_id if run_id is not None else catalog.latest()
    if chosen is None:
        return Status(None, "none", False, None, "There is no run yet.")
    run = catalog.run(chosen)
    busy = case.busy()
    alive = busy and catalog.active() == run.id
    late = time.time() - run.heartbeat > STARTING_SECONDS
    begun = run.state == "waiting" and run.message != ""
    if run.state in UNFINISHED and not alive:
        run = catalog.run(run.id)  # it may have come to its end between the two looks
        if run.state in UNFINISHED:
            return Status(run, "interrupted", False, None, "The run was interrupted: resume it, nothing is lost.")
    if begun and late and not busy:
        return Status(run, "interrupted", False, None, f"The run did not start: {case.log.name} in the case says why.")
    return Status(run, run.state, alive, _seconds_left(case, run), run.message)


def _seconds_left(case: Case, run: Run) -> float | None:
    if run.state != "running":
        return None
    limit = 40
    times = case.catalog.finish_times(run.id, run.started, limit)
    if not times:
        return None
    begin, count = (times[-1], len(times) - 1) if len(times) == limit else (run.started, len(times))
    return run.left * max(time.time() - begin, 0.001) / count


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
