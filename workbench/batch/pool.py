"""Worker processes: each takes one file at a time, and one that dies or hangs costs that file alone."""

import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pebble import ProcessExpired, ProcessPool

from workbench.batch import worker
from workbench.batch.job import Engine, Job, Result, failure
from workbench.detect.runtime import usable_cores
from workbench.profiles import Profile
from workbench.release.entries import DetectorInfo
from workbench.values import Outcome, State, UsageError, WorkbenchError

LOADING_SECONDS = 600.0
"""after which loading the detectors is given up"""
WORKER_MEMORY = 1.5 * 2**30
"""bytes that one worker with its models and one large picture may take"""
BREAKDOWNS = 3
"""a pool that breaks this often without a result in between is given up"""
LARGE_PAGES = ("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1")
"""Asks the C library of a process that starts with it for large memory pages (glibc 2.35, Linux; elsewhere it is
ignored). A network's layers are tens of megabytes: found in fewer pages they take 4 % less time, and what is new to
a process is handed to it in a fiftieth of the steps."""


def default_workers() -> int:
    """Return one worker a core, or fewer where the memory would not do."""
    cores = usable_cores()
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return cores
    return max(1, min(cores, int(memory / WORKER_MEMORY)))


def wait_for_orphans(work: Path, seconds: float = 30.0) -> None:
    """Wait until no worker of an earlier, killed run is left; raises `UsageError` when one does not end."""
    for path in work.glob(worker.LOCK.format("*")):
        lock = FileLock(path, is_singleton=False)
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise UsageError("A process of an earlier run is still at work: end it, then run the same again.") from None
        lock.release()


class Pool:
    """Processes that redact files; started when first needed, again when they break.

    Parameters
    ----------
    engine, profile
        What the workers load and call.
    workers : int
        Processes; also the largest number of files in flight.
    work : Path
        Folder for the workers' locks.
    """

    def __init__(self, engine: Engine, profile: Profile, workers: int, work: Path) -> None:
        self.workers = workers
        threads = max(1, usable_cores() // workers)
        os.environ.setdefault(*LARGE_PAGES)  # for the workers: it is read once, when a process begins
        self._start = (engine, profile, threads, work)
        self._pool: Any = None
        self._running: dict[Future[Result], tuple[Job, float | None]] = {}
        self._given_up: dict[Future[Result], str] = {}
        self._breakdowns = 0

    @property
    def busy(self) -> int:
        """How many files are in flight."""
        return len(self._running)

    @property
    def jobs(self) -> list[Job]:
        """The files in flight."""
        return [job for job, _ in self._running.values()]

    def hello(self, tick: Callable[[], None]) -> tuple[str, tuple[DetectorInfo, ...]]:
        """Return the detectors' fingerprint and description; `tick` is called while they load and may raise.

        Raises
        ------
        UsageError
            When they cannot be loaded here.
        """
        future = self._schedule(worker.hello, (), LOADING_SECONDS)
        while not wait([future], timeout=0.2).done:
            tick()
        try:
            fingerprint, infos = future.result()
        except WorkbenchError as error:
            raise UsageError(str(error)) from error
        except (ProcessExpired, BrokenProcessPool, TimeoutError) as error:
            raise UsageError(
                f"The detectors could not be loaded: their process ended or hung ({type(error).__name__}). "
                "Try workbench models check."
            ) from error
        except Exception as error:
            raise UsageError(f"The detectors could not be loaded ({type(error).__name__}: {error}).") from error
        return fingerprint, infos

    def submit(self, job: Job, seconds: float | None) -> None:
        """Give a job to the next free worker; it is given up after `seconds`, or never."""
        self._running[self._schedule(worker.call, (job,), seconds)] = (job, seconds)

    def give_up(self, job: Job, why: str) -> None:
        """End the worker of a job, which fails with the sentence `why`."""
        for future, (running, _) in self._running.items():
            if running is job and future not in self._given_up:
                self._given_up[future] = why
                future.cancel()

    def finished(self, seconds: float) -> list[tuple[Job, Result | None]]:
        """Wait up to `seconds` for files and return them; None for one that was lost without fault of its own."""
        if not self._running:
            time.sleep(seconds)
            return []
        broken = self._pool is not None and not self._pool.active
        done = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED).done
        if broken and not done:  # a job that the broken pool never took up
            lost = self.jobs
            self._running.clear()
            return [(job, None) for job in lost]
        return [self._result(future, *self._running.pop(future)) for future in done]

    def stop(self) -> None:
        """End the workers at once; files in flight are abandoned."""
        self._running.clear()
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def _result(self, future: Future[Result], job: Job, seconds: float | None) -> tuple[Job, Result | None]:
        name = job.label
        text = ""
        try:
            result = future.result()
        except BrokenProcessPool:
            return job, None
        except CancelledError:
            text = self._given_up.pop(future)
        except TimeoutError:
            minutes = f"{(seconds or 0) / 60:.0f} minutes"
            text = f"{name} took longer than {minutes} and was given up: make it smaller, or leave it."
        except ProcessExpired as error:
            text = _death(name, error.exitcode)
        except Exception as error:  # it could not be sent back
            result = failure(job, error)
        self._breakdowns = 0
        return job, Result(Outcome(job.asset.path, State.FAILED, error=text)) if text else result

    def _schedule(self, function: Callable[..., Any], args: tuple[Any, ...], seconds: float | None) -> Any:
        if self._pool is not None and not self._pool.active:
            self._breakdowns += 1
            if self._breakdowns >= BREAKDOWNS:
                raise UsageError("The worker processes end again and again: check the memory, or use fewer workers.")
            self._pool.stop()
            self._pool.join()
            self._pool = None
        if self._pool is None:
            self._pool = ProcessPool(
                self.workers,
                initializer=worker.start,
                initargs=self._start,
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool.schedule(function, args=args, timeout=seconds)


def _death(name: str, code: int | None) -> str:
    if code == -9:
        return (
            f"The process that worked on {name} was killed, most likely because memory ran out: "
            "use fewer workers, or a smaller file."
        )
    how = f"signal {-code}" if code is not None and code < 0 else f"code {code}"
    return f"The process that worked on {name} crashed ({how}): the file may be damaged; leave it out."
