"""What happens in a worker process: detectors are loaded once, then files are redacted one after another.

A worker gets values and returns values; it never opens the catalog. Nothing it does can raise through
to the driver: whatever goes wrong with a file is that file's outcome.
"""

import multiprocessing
import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from filelock import FileLock

from workbench.batch.job import Engine, Job, Result, Tools, failure
from workbench.profiles import Profile
from workbench.release.entries import DetectorInfo
from workbench.values import Detections, FileError, Media, Outcome, State, UsageError

if TYPE_CHECKING:
    from workbench.media.photo import Photo

LOCK = "worker-{}.lock"


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
    return _redact_video(job, tools) if job.asset.media is Media.VIDEO else _redact_photo(job, tools)


def _redact_photo(job: Job, tools: Tools) -> Result:
    from workbench import corrections, pipeline

    new: list[tuple[Detections, ...]] = []

    def find(opened: "Photo") -> list[Detections]:
        if opened.sha256 != job.asset.sha256:
            raise FileError(f"{job.label} was changed while it was read: run again when nobody writes to it.")
        found = job.detections
        if found is None or len(found) != len(opened.frames):
            found = tuple(pipeline.detect(frame, tools.detectors) for frame in opened.frames)
            new.append(found)
        return list(corrections.apply(found, job.corrections))

    try:
        outcome = pipeline.redact_asset(job.source, job.out / job.stem, job.profile, find, job.work)
        result = Result(outcome)
    except Exception as error:  # what was found is kept even when writing failed
        result = failure(job, error)
    return replace(result, detections=new[0] if new else None)


def _redact_video(job: Job, tools: Tools) -> Result:
    from workbench.batch.progress import RestError, Teller
    from workbench.video import redact_video

    new: list[Sequence[Detections]] = []
    status = job.source.stat()
    if (status.st_size, status.st_mtime_ns) != (job.asset.size, job.asset.mtime):
        raise FileError(f"{job.label} was changed while it was read: run again when nobody writes to it.")
    try:
        outcome = redact_video(
            job.source,
            job.out / job.stem,
            job.profile,
            tools.detectors,
            known=job.detections,
            found=new.append,
            corrected=job.corrections,
            work=job.work,
            segments=job.segments,
            threads=_Process.threads,
            tick=Teller(job.progress, job.rest),
        )
        result = Result(outcome)
    except RestError:
        result = Result(Outcome(job.asset.path, State.FAILED, error="It was put down."), resting=True)
    except Exception as error:
        result = failure(job, error)
    return replace(result, detections=new[0] if new else None)


ENGINE = Engine(load, redact)


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
