"""Look a second time at what is to be reviewed, and send people where the looks disagree with the search.

It costs a multiple of the search, so it is a step of its own: it can be stopped at any time, what was seen so far
is kept in the catalog, and the same call goes on with what is left.
"""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench import pipeline
from workbench.assess.risk import Candidate, Reason, expected
from workbench.catalog.review_values import ReviewItem
from workbench.detect.protocol import Detector
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.review import survey
from workbench.review.look import Look, Picture, look_key, looked, take
from workbench.review.opening import Review
from workbench.review.survey import Released
from workbench.values import Detections, Event, FileError, Media, UsageError

FRAMES = 24
"""of a video that are looked at, evenly spread: a look at each would take a multiple of its search"""


@dataclass(frozen=True)
class Looked:
    """What second looks have shown."""

    files: int
    """looked at, now or before"""
    total: int
    """that were to be looked at"""
    places: int
    """that are visible in the release, and that a look would hide"""
    with_places: int
    """files that have any"""
    entered: int
    """files that came into the queue by that"""
    answered: int
    """files with such places that somebody had answered before: they do not come back by themselves"""
    failed: Sequence[tuple[str, str]] = ()
    """(path, reason) of what could not be looked at"""

    def words(self) -> str:
        """Return it in sentences."""
        said = f"{self.files:,} of {self.total:,} files looked at again"
        if not self.with_places:
            text = f"{said}: no look would hide what is visible now."
        else:
            places = "1 place" if self.places == 1 else f"{self.places:,} places"
            files = "1 file" if self.with_places == 1 else f"{self.with_places:,} files"
            text = f"{said}: {places} in {files} that a look would hide and the release shows."
        if self.entered:
            text += f" {self.entered:,} came into the queue by that."
        if self.answered:
            text += f" {self.answered:,} had been answered before: open them from the queue again."
        if self.failed:
            text += f" {len(self.failed):,} could not be looked at."
        return text


Progress = Generator[Event, None, Looked]
"""events "start", "file" and "end" or "stopped"; it returns what was seen"""


def look_again(
    review: Review,
    looks: Iterable[Look | str] = Look,
    *,
    whole: bool = False,
    by: str = "",
    detectors: Sequence[Detector] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> Progress:
    """Look again at the queue of a review, the riskiest first, or at everything that the run released.

    The random sample stays as it was drawn. Where a look sees surely enough for the profile what the release shows,
    the file is (also) looked at for its risk, with the reason.

    Parameters
    ----------
    review : Review
    looks : iterable of Look
        Mirrored, enlarged, in tiles.
    whole : bool
        Look also at files that are not in the queue.
    by : str
        Who asks for it.
    detectors : sequence of Detector, optional
        Those of the run's profile, if not given.
    stopping : callable
        Asked between two looks; after True the generator ends with "stopped".

    Raises
    ------
    UsageError
        When `by` may not, when there is no such look, or when the detectors cannot be loaded.
    """
    chosen = tuple(_look(each) for each in looks)
    if not chosen:
        raise UsageError(f"Say how to look again: {', '.join(Look)}.")
    review.permit(by, "plan review")
    catalog, run = review.case.catalog, review.record.run
    items = catalog.all_review_items(review.id) if whole else catalog.review_items(review.id)
    released = {(each.asset.source, each.asset.path): each for each in survey.released(review.case, run)}
    answered = {answer.item for answer in catalog.answers(review.id)}
    tally = _Tally(len(items))
    yield Event("start", 0, len(items))
    began, new = time.monotonic(), 0
    for done, item in enumerate(items, start=1):
        member = released.get((item.asset.source, item.asset.path))
        try:
            if member is None or member.asset.sha256 != item.asset.sha256:
                raise FileError(f"{item.asset.path} was changed since the review was planned: run the batch again.")
            before = _candidates(review, item, member, looks=True)
            missing = [each for each in chosen if not _stored(review, member, each)]
            if missing:
                detectors = _ready(review, detectors)
                if not _look_at(review, member, missing, detectors, stopping):
                    break
                new += 1
            tally.add(_enter(review, item, member, before), item.id in answered)
        except FileError as error:
            tally.failed.append((item.asset.path, str(error)))
        left = (time.monotonic() - began) / new * (len(items) - done) if new else None
        yield Event("file", done, len(items), message=item.asset.path, seconds_left=left)
        if stopping():
            break
    catalog.order_review(review.id)
    result = tally.result()
    complete = result.files + len(result.failed) == result.total
    yield Event("end" if complete else "stopped", result.files, result.total, message=result.words())
    return result


class _Tally:
    """Counts what was seen."""

    def __init__(self, total: int) -> None:
        self.failed: list[tuple[str, str]] = []
        self._total, self._files, self._places, self._with, self._entered, self._answered = total, 0, 0, 0, 0, 0

    def add(self, seen: tuple[int, bool], answered: bool) -> None:
        places, entered = seen
        self._files += 1
        self._places += places
        self._with += places > 0
        self._entered += entered
        self._answered += answered and places > 0

    def result(self) -> Looked:
        counts = (self._files, self._total, self._places, self._with, self._entered, self._answered)
        return Looked(*counts, tuple(self.failed))


def _look(name: Look | str) -> Look:
    try:
        return Look(name)
    except ValueError:
        raise UsageError(f"There is no look '{name}': use {', '.join(Look)}.") from None


def _stored(review: Review, member: Released, which: Look) -> bool:
    return review.case.catalog.detections(member.asset.sha256, look_key(member.found_by, which)) is not None


def _ready(review: Review, detectors: Sequence[Detector] | None) -> Sequence[Detector]:
    """Return the detectors; they are loaded only when something has to be looked at."""
    profile = review.case.catalog.run(review.record.run).profile
    return pipeline.load_detectors(profile) if detectors is None else detectors


def _look_at(
    review: Review,
    member: Released,
    missing: Sequence[Look],
    detectors: Sequence[Detector],
    stopping: Callable[[], bool],
) -> bool:
    """Take the missing looks at one file and keep each as soon as it is whole; return False when stopped before."""
    catalog, asset = review.case.catalog, member.asset
    with _pictures(member) as (frames, wanted, picture):
        for which in missing:
            if stopping():
                return False
            stopped = False

            def see(frame: int, which: Look = which) -> Detections:
                nonlocal stopped
                stopped = stopped or stopping()
                return Detections.empty() if stopped else take(picture(frame), detectors, which)

            found = looked(frames, wanted, see)
            if stopped:
                return False
            catalog.put_detections(asset.sha256, look_key(member.found_by, which), found)
    return True


@contextmanager
def _pictures(member: Released) -> Iterator[tuple[int, Sequence[int], Callable[[int], Picture]]]:
    """Open a file: how many frames it has, which are looked at, and a function that gives one of them."""
    path = Path(member.asset.source) / member.asset.path
    if member.asset.media is Media.VIDEO:
        with Frames(open_video(path, whole=False), memory=1) as frames:
            count = min(frames.count, member.outcome.frames)  # a damaged one is released up to its last good frame
            wanted = np.unique(np.linspace(0, count - 1, min(FRAMES, count)).round().astype(int))
            yield count, wanted.tolist(), lambda frame: frames.at(frame).rgb()
        return
    opened = open_photo(path)
    if opened.sha256 != member.asset.sha256:
        raise FileError(f"{member.asset.path} was changed since it was searched: run the batch again.")
    yield len(opened.frames), range(len(opened.frames)), lambda frame: opened.frames[frame].image


def _candidates(review: Review, item: ReviewItem, member: Released, looks: bool) -> list[Candidate]:
    return survey.candidates_of(review.case, review.record.run, member, item.asset.path, item.stratum, looks=looks)


def _enter(review: Review, item: ReviewItem, member: Released, before: Sequence[Candidate]) -> tuple[int, bool]:
    """Write down what the looks at one file mean; return how many places they point at, and whether it is new.

    `before` is what was known from looks that were taken earlier: what they said may be said in other words now.
    """
    found, alone = (_candidates(review, item, member, looks) for looks in (True, False))
    ours = [each for each in found if each.reason is Reason.LOOKS]
    said = [each.why for each in ours][: survey.SAID - 1]
    now = {each.why for each in found}
    outdated = {each.why for each in (*alone, *before)} - now
    kept = [text for text in item.why or [each.why for each in alone] if text not in said and text not in outdated]
    why = tuple([*said, *kept][: survey.SAID])
    if not ours:
        return 0, False
    entered = review.case.catalog.put_findings(item.id, max(item.risk, expected(found)), why, risky=True)
    return len(ours), entered
