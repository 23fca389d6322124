"""What goes to a worker process and what comes back: plain values, never the catalog."""

import errno
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from workbench.catalog import blobs
from workbench.disk import printable
from workbench.profiles import Profile
from workbench.release.entries import DetectorInfo
from workbench.values import Asset, Correction, Detections, Outcome, State, WorkbenchError


def _packed(value: "Job | Result") -> dict[str, Any]:
    """Return what travels between processes: the frames of a long video as one array, not as a million."""
    found = value.detections
    return {**vars(value), "detections": None if found is None else blobs.pack(found)}


def _unpack(value: "Job | Result", state: dict[str, Any]) -> None:
    found = state["detections"]
    vars(value).update(state, detections=None if found is None else blobs.unpack(found))


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
    detections: Sequence[Detections] | None
    """what is known about every frame; None when this content was never looked at"""
    corrections: tuple[Correction, ...] = ()
    """what people changed about it"""
    segments: Path = Path()
    """a video's: folder in which what is finished of it is kept"""
    progress: Path = Path()
    """a video's: the file that says how far it is, see `progress.Teller`"""
    rest: Path = Path()
    """a video's: while this file is there, it is put down at the end of a segment"""

    __getstate__, __setstate__ = _packed, _unpack

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
    detections: Sequence[Detections] | None = None
    """one a frame, when they are new"""
    disk_full: bool = False
    trace: str = ""
    """for the case's log, when this program made a mistake"""
    resting: bool = False
    """it was put down as asked, to be taken up later; there is no outcome yet"""

    __getstate__, __setstate__ = _packed, _unpack


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
        text = f"There was not enough memory for {name}: use fewer workers, or a smaller file."
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
