"""The driver of a run: feeds the workers, records what they return, obeys requests. It alone writes the catalog."""

import contextlib
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from workbench.batch import closing, described, opening, places, pool
from workbench.batch.control import Control, StoppedError
from workbench.batch.flight import Flight, Limits
from workbench.batch.intake import Intake
from workbench.batch.job import Engine, Job, Result
from workbench.batch.opening import Plan, Sources
from workbench.batch.pace import Pace
from workbench.batch.pool import Pool
from workbench.batch.prepare import refuse_strangers
from workbench.batch.worker import ENGINE
from workbench.batch.workplace import Workplace
from workbench.catalog.case import Case
from workbench.catalog.names import Key, key
from workbench.disk import printable
from workbench.governance.casework import RunBook
from workbench.values import Asset, Event, Events, FileError, Outcome, State, WorkbenchError

POLL_SECONDS = 0.2
SILENCE = 600.0
"""seconds without any progress after which a video is given up, however long it is"""
AGAIN = "Run the same again to go on."


def patience(size: int) -> float:
    """Return after how many seconds work on a photo of `size` bytes is given up.

    Ten minutes, and one more for each megabyte (some three to eight megapixels): many times what a
    slow machine needs, since only a process that hangs is meant.
    """
    return 600.0 + size / 2**20 * 60


def run(
    case: Case,
    run_id: int,
    *,
    engine: Engine = ENGINE,
    patience: Callable[[int], float] = patience,
    silence: float = SILENCE,
    stopping: Callable[[], bool] = lambda: False,
) -> Events:
    """Do a run, or what is left of it, and yield its events; closing the generator abandons the files in flight.

    Yields "start", a "file" for each outcome, "progress" while a video is in work, "paused" (and
    "start" again), and at last "stopped" or "end". What was done before with the same profile,
    detectors, software and corrections on the same file is not done again. At the end the release's
    report and manifest are written, unless the run's message begins with "Blocked".

    Parameters
    ----------
    case : Case
    run_id : int
        From `prepare`.
    engine : Engine
        What the worker processes load and call.
    patience : callable
        Seconds after which a photo is given up, by its size in bytes.
    silence : float
        Seconds without progress after which a video is given up.
    stopping : callable
        Polled; true asks for a stop after the photos and the segments of video in flight, like the
        request "stop".

    Raises
    ------
    UsageError
        When the run cannot start: another process works on the case, a source is gone, the output holds
        strange files, detectors are not usable. A release that was in the output is then still there.
    """
    with case.locked():
        control = Control(case.catalog, run_id, stopping)
        driver = None
        try:
            driver = _Driver(case, run_id, engine, Limits(patience, silence), control)
            yield from driver.events()
        except WorkbenchError as error:
            control.message = str(error)
            raise
        finally:
            if driver:
                driver.leave()
            if not control.ended:
                with contextlib.suppress(WorkbenchError):  # the catalog itself may be what failed
                    if driver:
                        driver.book.ended("stopped")
                    control.say("stopped", control.message or f"Stopped before it was finished. {AGAIN}")


class _Driver:
    def __init__(self, case: Case, run_id: int, engine: Engine, limits: Limits, control: Control) -> None:
        self.case, self.catalog, self.control, self.engine, self.limits = case, case.catalog, control, engine, limits
        self.run = case.catalog.run(run_id)
        places.make_writable(self.run.out)
        self.target = refuse_strangers(case, self.run.out)
        self.book = RunBook(case.path, run_id)
        self.workplace = Workplace(case.work)
        pool.wait_for_orphans(case.work)
        self.workplace.empty()
        self.sources: Sources
        self.plan: Plan
        self.queue: deque[Asset] = deque()
        self.over: set[Key] = set()
        self.pace = Pace()
        self.flight: Flight | None = None

    def events(self) -> Iterator[Event]:
        """Do the whole run."""
        try:
            self.control.say("running", "Looking through the sources.")
            self.sources = opening.look(self.case, self.run, self.target, self._allow, self.control)
            # Where there are fewer files than workers, each worker gets more threads.
            workers = min(self.run.workers or pool.default_workers(), len(self.sources.found.assets))
            team = Pool(self.engine, self.run.profile, workers, self.case.work)
            flight = self.flight = Flight(
                self.case, self.run, self.target, self.sources, team, self.limits, self.control.alive
            )
            self.control.say("running", "Loading the detectors.")
            self.plan = flight.plan = opening.clear(self.case, self.run, self.target, self.sources, team, self.control)
        except StoppedError:
            yield self._stopped(f"Stopped. {AGAIN}")
            return
        self.over = set(self.plan.kept)
        self.queue.extend(self.plan.todo)
        self.control.say("running")
        yield self._event("start", self._welcome())
        for asset, outcome in self.sources.found.refused:
            self.catalog.put_outcome(self.run.id, asset, outcome)
            yield self._file(asset, outcome)
        self.workplace.load_ballast()
        flight.keep_segments(self.queue)
        while (self.queue and not self.control.stopping) or team.busy:
            yield from self._obey(flight)
            yield from self._feed(flight)
            for job, result, seconds in flight.finished(POLL_SECONDS):
                yield from self._take(flight, job, result, seconds)
            yield from self._progress(flight)
        team.stop()
        yield self._stopped(f"Stopped. {AGAIN}") if self.control.stopping else self._end()

    def _allow(self, found: Intake) -> None:
        """Begin the run in the ledger; raises `UsageError` when the record or a scene among the files forbids it."""
        self.book.started(self.run.profile, described.scenes(self.case, found.assets, self.control.tick))

    def leave(self) -> None:
        """End the workers and clear up after them, so that the run can be resumed; called however it ends."""
        if self.flight:
            self.flight.pool.stop()
        self.workplace.empty()
        self.target.clean_work()
        if not self.control.ended:
            with contextlib.suppress(WorkbenchError):  # the next start does it
                self.target.remove_strays(self.catalog.working(self.run.out))
                self.catalog.clear_working(self.run.out)

    # ---------------------------------------------------------------- files

    def _feed(self, flight: Flight) -> Iterator[Event]:
        while self.queue and not flight.full and not (self.control.paused or self.control.stopping):
            asset = self.queue.popleft()
            try:
                flight.send(asset)
            except OSError as error:
                name = printable(Path(asset.path).name)
                text = f"{name} cannot be read ({error.strerror}): check it, then run the same again."
                yield from self._record(asset, Result(Outcome(asset.path, State.FAILED, error=text)))

    def _take(self, flight: Flight, job: Job, result: Result | None, seconds: float) -> Iterator[Event]:
        if result is not None and result.detections is not None:
            self.catalog.put_detections(job.asset.sha256, flight.found_by(job.asset), result.detections)
        if result is None and not flight.may_try_again(job.asset):
            text = f"The worker processes ended again and again while {job.label} was in work: leave it out."
            result = Result(Outcome(job.asset.path, State.FAILED, error=text))
        if result is None or result.resting:
            self.queue.appendleft(job.asset)
            return
        if result.outcome.state is State.DONE:
            self.pace.learn(job.asset, seconds)
            self._estimate(flight)
        yield from self._record(job.asset, result, flight.made_by(job))
        if result.outcome.state is State.DONE:
            shutil.rmtree(job.segments, ignore_errors=True)

    def _record(self, asset: Asset, result: Result, made_by: str = "") -> Iterator[Event]:
        outcome, mtime = result.outcome, 0
        if result.disk_full:
            self.workplace.drop_ballast()
        if result.trace:
            self.case.note(result.trace)
        if outcome.state is State.DONE:
            try:
                mtime = (self.run.out / outcome.output).stat().st_mtime_ns
            except OSError:
                text = f"The output of {printable(asset.path)} vanished from the output folder: who else writes there?"
                outcome = Outcome(asset.path, State.FAILED, error=text)
        if outcome.state is not State.DONE:  # a process that died may have got as far as the rename
            self.target.remove_strays([self.sources.names[key(asset)]])
        self.catalog.put_outcome(self.run.id, asset, outcome, asset.sha256, made_by, mtime)
        yield self._file(asset, outcome)
        if result.disk_full:
            yield from self._retry_later(asset, "The disk is full: free some space, then resume.")
        elif outcome.state is State.FAILED and not Path(asset.source).is_dir():
            # Such as a disk that was pulled out: its files did not fail.
            yield from self._retry_later(
                asset, f"The source {asset.source} is not there any more: connect it, then resume."
            )

    def _retry_later(self, asset: Asset, message: str) -> Iterator[Event]:
        self.queue.append(replace(asset, sha256=""))
        if not (self.control.paused or self.control.stopping):
            yield self._pause(message)

    # ---------------------------------------------------------------- requests and events

    def _obey(self, flight: Flight) -> Iterator[Event]:
        request = self.control.next_request()
        if request == "stop":
            flight.rest(True)
            self.control.say("stopping", "Finishing the files in work, a video up to the end of a segment.")
        elif request == "pause":
            yield self._pause("Paused.")
        elif request == "resume":
            flight.rest(False)
            self.workplace.load_ballast()
            self.control.say("running")
            yield self._event("start", "Resumed.")

    def _pause(self, message: str) -> Event:
        if self.flight:
            self.flight.rest(True)
        self.control.say("paused", message)
        return self._event("paused", message)

    def _progress(self, flight: Flight) -> Iterator[Event]:
        share = self._estimate(flight)
        if news := flight.news():
            yield replace(self._event("progress", news), share=share)

    def _estimate(self, flight: Flight) -> float:
        """Say how long the rest takes, and return how much of the files in work is done."""
        working = flight.working()
        share = sum(item.share for item in working)
        if self.control.due:
            self.control.progress(share, self.pace.seconds_left(self.queue, working, flight.pool.workers))
        return share

    def _event(self, kind: str, message: str = "") -> Event:
        total = len(self.sources.found.assets) + len(self.sources.found.refused) if hasattr(self, "sources") else 0
        return Event(kind, len(self.over), total, message=message, seconds_left=self.control.seconds_left)

    def _file(self, asset: Asset, outcome: Outcome) -> Event:
        self.over.add(key(asset))
        return replace(self._event("file"), outcome=outcome)

    def _stopped(self, message: str) -> Event:
        self.book.ended("stopped")
        self.control.say("stopped", message)
        return self._event("stopped", message)

    def _welcome(self) -> str:
        found = self.sources.found
        counts = {"Done already": len(self.over), "Nothing to redact, or not readable": len(found.refused)}
        counts["Hidden and passed over"] = found.hidden
        parts = [f"{what}: {count}." for what, count in counts.items() if count]
        return " ".join(parts)

    # ---------------------------------------------------------------- the end

    def _end(self) -> Event:
        outcomes = self.catalog.outcomes(self.run.id)
        message = closing.blocked(self.run, outcomes)
        closing.write_down(self.book, self.catalog, outcomes, "blocked" if message else "done")
        if not message:
            self.control.say("running", "Writing the report and the manifest.")
            self.target.remove_empty_folders(self.sources.names.values())
            try:
                closing.write_release(self.run, self.target, self.plan.infos, outcomes, self.control.tick, self.book)
            except StoppedError:
                return self._stopped(f"Stopped. {AGAIN}")
            except FileError as error:
                return self._stopped(f"The manifest was not written: {error}")
            left = sum(outcome.state is not State.DONE for outcome in outcomes)
            message = f"Done: {len(outcomes) - left}. Left out: {left}."
        self.control.say("done", message)
        return self._event("end", message)
