"""The files in work: what goes out to the workers, how far each is, and which are given up or asked to rest."""

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from workbench import corrections
from workbench.batch.job import Job, Result
from workbench.batch.opening import Plan, Sources
from workbench.batch.pace import Working
from workbench.batch.pool import Pool
from workbench.batch.progress import Watcher
from workbench.batch.target import Target
from workbench.catalog.case import Case
from workbench.catalog.names import Key, key
from workbench.catalog.runs import Run
from workbench.catalog.store import file_sha256
from workbench.values import Asset, Media
from workbench.video.keys import search_key

ATTEMPTS = 2
"""how often a file is tried that was lost with the whole pool"""


@dataclass(frozen=True)
class Limits:
    """When a file is given up."""

    patience: Callable[[int], float]
    """seconds for a photo, by its size in bytes"""
    silence: float
    """seconds without any progress for a video, however long it is"""


@dataclass(frozen=True)
class _Sent:
    job: Job
    begun: float
    watcher: Watcher


class Flight:
    """The files in work of one run.

    Parameters
    ----------
    case : Case
    run : Run
    target : Target
    sources : Sources
    pool : Pool
    limits : Limits
    alive : callable
        Called now and then while a large file is read.
    """

    def __init__(
        self,
        case: Case,
        run: Run,
        target: Target,
        sources: Sources,
        pool: Pool,
        limits: Limits,
        alive: Callable[[], None],
    ) -> None:
        self._case, self._run, self._target, self._sources = case, run, target, sources
        self.pool, self._limits, self._alive = pool, limits, alive
        self.plan = Plan("", (), (), frozenset())
        self._attempts: Counter[Key] = Counter()
        self._sent: dict[str, _Sent] = {}
        self._told = 0.0

    @property
    def full(self) -> bool:
        """Every worker has a file."""
        return self.pool.busy >= self.pool.workers

    def send(self, asset: Asset) -> None:
        """Give a file to the workers; raises `OSError` when it cannot be read."""
        path = Path(asset.source) / asset.path
        catalog = self._case.catalog
        if not asset.sha256:
            status = path.stat()
            content = file_sha256(path, self._alive)
            asset = replace(asset, sha256=content, size=status.st_size, mtime=status.st_mtime_ns)
            catalog.put_hash(asset)
        known = catalog.detections(asset.sha256, self.found_by(asset))
        stem = self._sources.names[key(asset)].stem
        mark = hashlib.sha256(stem.encode(errors="surrogateescape")).hexdigest()[:8]
        job = Job(
            asset=asset,
            out=self._run.out,
            stem=stem,
            profile=self._run.profile,
            work=self._target.work,
            detections=known,
            corrections=tuple(catalog.corrections(asset.sha256)),
            segments=self._case.segments / f"{asset.sha256[:16]}-{mark}",
            progress=self._case.work / f"progress-{mark}",
            rest=self._rest,
        )
        catalog.mark_working(self._run.id, asset)
        (self._run.out / stem).parent.mkdir(parents=True, exist_ok=True)
        job.progress.unlink(missing_ok=True)
        self._attempts[key(asset)] += 1
        self._sent[stem] = _Sent(job, time.monotonic(), Watcher(job.progress))
        # A video is as long as it is: it is given up for its silence, not for its length.
        self.pool.submit(job, None if asset.media is Media.VIDEO else self._limits.patience(asset.size))

    def found_by(self, asset: Asset) -> str:
        """Return the digest of what finds objects in a file: the detectors, and in a video the search."""
        if asset.media is Media.VIDEO:
            return search_key(self.plan.fingerprint, self._run.profile)
        return self.plan.fingerprint

    def made_by(self, job: Job) -> str:
        """Return what the output of a job is made by, see `Plan.made_by`."""
        return self.plan.made_by(corrections.digest(job.corrections))

    def finished(self, seconds: float) -> Iterator[tuple[Job, Result | None, float]]:
        """Wait up to `seconds` for files; give each with its result and how long the whole of it takes one worker.

        No result means that it was lost without fault of its own and may be sent again.
        """
        for job, result in self.pool.finished(seconds):
            sent = self._sent.pop(job.stem)
            job.progress.unlink(missing_ok=True)
            if result is not None and result.resting:
                self._attempts[key(job.asset)] -= 1
            yield job, result, (time.monotonic() - sent.begun) / max(1 - sent.watcher.first, 0.05)
        for sent in self._videos():
            sent.watcher.look()
            if sent.watcher.silent > self._limits.silence:
                minutes = f"{self._limits.silence / 60:.0f} minutes"
                why = f"{sent.job.label} made no progress for {minutes} and was given up: leave it out."
                self.pool.give_up(sent.job, why)

    def may_try_again(self, asset: Asset) -> bool:
        """Return whether a file that was lost is sent once more."""
        return self._attempts[key(asset)] < ATTEMPTS

    def working(self) -> list[Working]:
        """Return how far every file in work is."""
        return [
            Working(sent.job.asset, sent.watcher.now.share, sent.watcher.seconds_left) for sent in self._sent.values()
        ]

    def news(self) -> str:
        """Return what to say about the videos in work, at most twice a second; "" when there is nothing new."""
        videos = [sent for sent in self._videos() if sent.watcher.now.phase]
        if not videos or time.monotonic() - self._told < 0.5:
            return ""
        self._told = time.monotonic()
        return ", ".join(f"{item.job.label}: {item.watcher.now.phase} {item.watcher.now.share:.0%}" for item in videos)

    def rest(self, wanted: bool) -> None:
        """Ask the workers to put videos down at the end of a segment, or take that back."""
        if wanted:
            self._rest.touch()
        else:
            self._rest.unlink(missing_ok=True)

    def keep_segments(self, assets: Iterable[Asset]) -> None:
        """Remove what is finished of every video whose content is not among `assets`: it is out of date."""
        wanted = {asset.sha256[:16] for asset in assets if asset.sha256}
        for folder in self._case.segments.iterdir():
            if folder.name.partition("-")[0] not in wanted:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def _rest(self) -> Path:
        return self._case.work / "rest"

    def _videos(self) -> list[_Sent]:
        return [sent for sent in self._sent.values() if sent.job.asset.media is Media.VIDEO]
