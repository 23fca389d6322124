"""The driver of a run: feeds the workers, records what they return, obeys requests. It alone writes the catalog."""

import contextlib
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from workbench.batch import closing, opening, places, pool
from workbench.batch.control import Control, StoppedError
from workbench.batch.opening import Plan, Sources
from workbench.batch.pool import Pool
from workbench.batch.prepare import refuse_strangers
from workbench.batch.worker import ENGINE, Engine, Job, Result
from workbench.catalog.case import Case
from workbench.catalog.names import Key, key
from workbench.catalog.store import file_sha256
from workbench.release.files import printable
from workbench.values import Asset, Event, Events, FileError, Outcome, State, WorkbenchError

POLL_SECONDS = 0.2
ATTEMPTS = 2
"""how often a file is tried that was lost with the whole pool"""
BALLAST = 4 * 2**20
"""bytes kept free for the catalog, so that a run on a full disk can still say so"""
AGAIN = "Run the same again to go on."


def patience(size: int) -> float:
    """Return after how many seconds work on a file of `size` bytes is given up.

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
    stopping: Callable[[], bool] = lambda: False,
) -> Events:
    """Do a run, or what is left of it, and yield its events; closing the generator abandons the files in flight.

    Yields "start", a "file" for each outcome, "paused" (and "start" again), and at last "stopped" or
    "end". What was done before with the same profile, detectors and software on the same file is not
    done again. At the end the release's report and manifest are written, unless the run's message
    begins with "Blocked".

    Parameters
    ----------
    case : Case
    run_id : int
        From `prepare`.
    engine : Engine
        What the worker processes load and call.
    patience : callable
        Seconds after which a file is given up, by its size in bytes.
    stopping : callable
        Polled; true asks for a stop after the files in flight, like the request "stop".

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
            driver = _Driver(case, run_id, engine, patience, control)
            yield from driver.events()
        except WorkbenchError as error:
            control.message = str(error)
            raise
        finally:
            if driver:
                driver.leave()
            if not control.ended:
                with contextlib.suppress(WorkbenchError):  # the catalog itself may be what failed
                    control.say("stopped", control.message or f"Stopped before it was finished. {AGAIN}")


class _Driver:
    def __init__(
        self, case: Case, run_id: int, engine: Engine, patience: Callable[[int], float], control: Control
    ) -> None:
        self.case, self.catalog, self.control, self.patience = case, case.catalog, control, patience
        self.run = case.catalog.run(run_id)
        places.make_writable(self.run.out)
        self.target = refuse_strangers(case, self.run.out)
        pool.wait_for_orphans(case.work)
        self._empty_work()
        self.sources: Sources
        self.plan: Plan
        self.queue: deque[Asset] = deque()
        self.over: set[Key] = set()
        self.attempts: Counter[Key] = Counter()
        self.pool = Pool(engine, self.run.profile, self.run.workers or pool.default_workers(), case.work)

    def events(self) -> Iterator[Event]:
        """Do the whole run."""
        try:
            self.control.say("running", "Looking through the sources.")
            self.sources = opening.look(self.case, self.run, self.target)
            self.pool.workers = min(self.pool.workers, len(self.sources.found.photos))
            self.control.say("running", "Loading the detectors.")
            self.plan = opening.clear(self.case, self.run, self.target, self.sources, self.pool, self.control)
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
        self._load_ballast()
        while (self.queue and not self.control.stopping) or self.pool.busy:
            yield from self._obey()
            yield from self._feed()
            for job, result in self.pool.finished(POLL_SECONDS):
                yield from self._take(job, result)
        self.pool.stop()
        yield self._stopped(f"Stopped. {AGAIN}") if self.control.stopping else self._end()

    def leave(self) -> None:
        """End the workers and clear up after them, so that the run can be resumed; called however it ends."""
        self.pool.stop()
        self._empty_work()
        self.target.clean_work()
        if not self.control.ended:
            with contextlib.suppress(WorkbenchError):  # the next start does it
                self.target.remove_strays(self.catalog.working(self.run.out))
                self.catalog.clear_working(self.run.out)

    # ---------------------------------------------------------------- files

    def _feed(self) -> Iterator[Event]:
        while self.queue and self.pool.busy < self.pool.workers and not (self.control.paused or self.control.stopping):
            asset = self.queue.popleft()
            path = Path(asset.source) / asset.path
            try:
                if not asset.sha256:
                    status = path.stat()
                    content = file_sha256(path)
                    asset = replace(asset, sha256=content, size=status.st_size, mtime=status.st_mtime_ns)
                    self.catalog.put_hash(asset)
            except OSError as error:
                text = f"{printable(path.name)} cannot be read ({error.strerror}): check it, then run the same again."
                yield from self._record(asset, Result(Outcome(asset.path, State.FAILED, error=text)))
            else:
                self._submit(asset)

    def _submit(self, asset: Asset) -> None:
        known = self.catalog.detections(asset.sha256, self.plan.fingerprint)
        stem = self.sources.names[key(asset)].stem
        job = Job(
            asset=asset,
            out=self.run.out,
            stem=stem,
            profile=self.run.profile,
            work=self.target.work,
            detections=None if known is None else tuple(known),
        )
        self.catalog.mark_working(self.run.id, asset)
        (self.run.out / stem).parent.mkdir(parents=True, exist_ok=True)
        self.attempts[key(asset)] += 1
        self.pool.submit(job, self.patience(asset.size))

    def _take(self, job: Job, result: Result | None) -> Iterator[Event]:
        if result is None and self.attempts[key(job.asset)] < ATTEMPTS:
            self.queue.appendleft(job.asset)
            return
        text = f"The worker processes ended again and again while {job.label} was in work: leave it out."
        yield from self._record(job.asset, result or Result(Outcome(job.asset.path, State.FAILED, error=text)))

    def _record(self, asset: Asset, result: Result) -> Iterator[Event]:
        outcome, mtime = result.outcome, 0
        if result.disk_full:
            self._ballast.unlink(missing_ok=True)
        if result.trace:
            self.case.note(result.trace)
        if result.detections is not None:
            self.catalog.put_detections(asset.sha256, self.plan.fingerprint, result.detections)
        if outcome.state is State.DONE:
            try:
                mtime = (self.run.out / outcome.output).stat().st_mtime_ns
            except OSError:
                text = f"The output of {printable(asset.path)} vanished from the output folder: who else writes there?"
                outcome = Outcome(asset.path, State.FAILED, error=text)
        if outcome.state is not State.DONE:  # a process that died may have got as far as the rename
            self.target.remove_strays([self.sources.names[key(asset)]])
        self.catalog.put_outcome(self.run.id, asset, outcome, asset.sha256, self.plan.made_by, mtime)
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
            self.control.say("paused", message)
            yield self._event("paused", message)

    # ---------------------------------------------------------------- requests and events

    def _obey(self) -> Iterator[Event]:
        request = self.control.next_request()
        if request == "stop":
            self.control.say("stopping", "Finishing the files in work.")
        elif request == "pause":
            self.control.say("paused", "Paused.")
            yield self._event("paused", "Paused.")
        elif request == "resume":
            self._load_ballast()
            self.control.say("running")
            yield self._event("start", "Resumed.")

    def _event(self, kind: str, message: str = "") -> Event:
        total = len(self.sources.found.photos) + len(self.sources.found.refused) if hasattr(self, "sources") else 0
        return Event(kind, len(self.over), total, message=message)

    def _file(self, asset: Asset, outcome: Outcome) -> Event:
        self.over.add(key(asset))
        return replace(self._event("file"), outcome=outcome)

    def _stopped(self, message: str) -> Event:
        self.control.say("stopped", message)
        return self._event("stopped", message)

    def _welcome(self) -> str:
        found = self.sources.found
        counts = {"Done already": len(self.over), "No photos, or not readable": len(found.refused)}
        counts["Hidden and passed over"] = found.hidden
        parts = [f"{what}: {count}." for what, count in counts.items() if count]
        return " ".join(parts)

    # ---------------------------------------------------------------- the end

    def _end(self) -> Event:
        outcomes = self.catalog.outcomes(self.run.id)
        message = closing.blocked(self.run, outcomes)
        if not message:
            self.control.say("running", "Writing the report and the manifest.")
            self.target.remove_empty_folders(self.sources.names.values())
            try:
                closing.write_release(self.run, self.target, self.plan.infos, outcomes, self.control.tick)
            except StoppedError:
                return self._stopped(f"Stopped. {AGAIN}")
            except FileError as error:
                return self._stopped(f"The manifest was not written: {error}")
            left = sum(outcome.state is not State.DONE for outcome in outcomes)
            message = f"Done: {len(outcomes) - left}. Not in the release: {left}."
        self.control.say("done", message)
        return self._event("end", message)

    @property
    def _ballast(self) -> Path:
        return self.case.work / "ballast"

    def _load_ballast(self) -> None:
        with contextlib.suppress(OSError):
            self._ballast.write_bytes(bytes(BALLAST))

    def _empty_work(self) -> None:
        for path in self.case.work.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
