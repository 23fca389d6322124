"""What happens in a worker process: detectors are loaded once, then files are redacted one after another.

A worker gets values and returns values; it never opens the catalog. Nothing it does can raise through
to the driver: whatever goes wrong with a file is that file's outcome.
"""

import errno
import multiprocessing
import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.process import BaseProcess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from filelock import FileLock

from workbench.profiles import Profile
from workbench.release.entries import DetectorInfo
from workbench.release.files import printable
from workbench.values import Asset, Detections, FileError, Outcome, State, UsageError, WorkbenchError

if TYPE_CHECKING:
    from workbench.media.photo import Photo

LOCK = "worker-{}.lock"


@dataclass(frozen=True, eq=False)
class Job:
    """One file to redact."""

    asset: Asset
    """the source; its sha256 is known"""
    out: Path
    """the output folder"""
    stem: str
    """the output's name without suffix, a relative POSIX path below `out`"""
    profile: Profile
    work: Path
    """folder for temporary files, on the file system of `out`"""
    detections: tuple[Detections, ...] | None
    """what is known about every frame; None when this content was never looked at"""

    @property
    def source(self) -> Path:
        """The source file."""
        return Path(self.asset.source) / self.asset.path

    @property
    def label(self) -> str:
        """The source's name, fit for a sentence."""
        return printable(self.source.name)


@dataclass(frozen=True, eq=False)
class Result:
    """What became of a job."""

    outcome: Outcome
    detections: tuple[Detections, ...] | None = None
    """one a frame, when they are new"""
    disk_full: bool = False
    trace: str = ""
    """for the case's log, when this program made a mistake"""


@dataclass(frozen=True)
class Tools:
    """What a worker loads once."""

    fingerprint: str
    """of the detectors"""
    infos: tuple[DetectorInfo, ...] = ()
    detectors: tuple[Any, ...] = ()


class Engine(NamedTuple):
    """The two functions that a worker calls; they live at the top of a module, so that a process can find them."""

    load: Callable[[Profile, int], Tools]
    redact: Callable[[Job, Tools], Result]


def load(profile: Profile, threads: int) -> Tools:
    """Load the detectors of a profile; raises `UsageError` when one is not usable."""
    import cv2

    from workbench import detect, pipeline

    cv2.setNumThreads(threads)
    detectors = pipeline.load_detectors(profile, threads)
    known = {info.name: info for info in detect.infos()}
    infos = tuple(
        DetectorInfo(
            name=detector.name,
            kinds=tuple(detector.kinds),
            weights=known[detector.name].weights,
            sha256=known[detector.name].sha256,
            licence=detector.licence,
            fingerprint=detector.fingerprint,
        )
        for detector in detectors
    )
    return Tools(pipeline.fingerprint(detectors), infos, detectors)


def redact(job: Job, tools: Tools) -> Result:
    """Redact one file with the detections that are known, or detect first; raises `FileError`."""
    from workbench import pipeline

    new: list[tuple[Detections, ...]] = []

    def find(opened: "Photo") -> list[Detections]:
        if opened.sha256 != job.asset.sha256:
            raise FileError(f"{job.label} was changed while it was read: run again when nobody writes to it.")
        if job.detections is not None and len(job.detections) == len(opened.frames):
            return list(job.detections)
        found = [pipeline.detect(frame, tools.detectors) for frame in opened.frames]
        new.append(tuple(found))
        return found

    try:
        outcome = pipeline.redact_asset(job.source, job.out / job.stem, job.profile, find, job.work)
        result = Result(outcome)
    except Exception as error:  # what was found is kept even when writing failed
        result = failure(job, error)
    return replace(result, detections=new[0] if new else None)


ENGINE = Engine(load, redact)


def failure(job: Job, error: BaseException) -> Result:
    """Return the result of a job that raised `error`: one sentence for the user, a trace where it is our mistake."""
    name = job.label
    full = _disk_full(error)
    trace = ""
    if full:
        text = f"The disk was full when {name} was written: free some space, then go on."
    elif isinstance(error, WorkbenchError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = f"There was not enough memory for {name}: use fewer workers, or a smaller picture."
    elif isinstance(error, OSError):
        text = f"{name} could not be read or written ({error.strerror or type(error).__name__}): check the disk."
    else:
        text = f"{name} could not be handled because of a mistake in this program ({type(error).__name__})."
        trace = "".join(traceback.format_exception(error))
    return Result(Outcome(job.asset.path, State.FAILED, error=text), disk_full=full, trace=trace)


def _disk_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            return True
        error = error.__cause__ or error.__context__
    return False


class _Process:
    """The state of this worker process."""

    engine: Engine
    profile: Profile
    threads: int
    tools: Tools | None = None
    lock: FileLock | None = None


def start(engine: Engine, profile: Profile, threads: int, work: Path) -> None:
    """Prepare a worker process; the pool calls it once in each.

    The process ends with its parent, whatever kills that: a worker that goes on alone would publish
    files behind the back of the next run. The lock lets that run wait until it is really gone.
    """
    _Process.engine, _Process.profile, _Process.threads = engine, profile, threads
    _Process.lock = FileLock(work / LOCK.format(os.getpid()), mode=0o600, is_singleton=False)
    _Process.lock.acquire(timeout=0)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def hello() -> tuple[str, tuple[DetectorInfo, ...]]:
    """Return the fingerprint of the detectors and what the manifest says about them; raises what loading raises."""
    tools = _tools()
    return tools.fingerprint, tools.infos


def call(job: Job) -> Result:
    """Do one job; the outcome carries the asset's path and the output's path below the output folder."""
    try:
        result = _Process.engine.redact(job, _tools())
    except BaseException as error:
        result = failure(job, error)
    outcome = replace(result.outcome, asset=job.asset.path)
    if outcome.state is State.DONE:
        path = PurePosixPath(job.stem).with_name(PurePosixPath(outcome.output).name)
        if not path.name.startswith(PurePosixPath(job.stem).name + "."):
            raise UsageError(f"The output of {job.stem} was named {path.name}.")
        outcome = replace(outcome, output=path.as_posix())
    return replace(result, outcome=outcome)


def _tools() -> Tools:
    if _Process.tools is None:
        _Process.tools = _Process.engine.load(_Process.profile, _Process.threads)
    return _Process.tools
