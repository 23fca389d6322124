"""Frames of redacted videos as a data set of pictures: a release of its own, with its boxes in COCO."""

import json
import os
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import get_args

from filelock import FileLock, Timeout

from workbench import profiles
from workbench.batch import places
from workbench.batch.closing import SOFTWARE, list_outputs
from workbench.batch.target import CLAIM, WORK, Target
from workbench.catalog.case import Case
from workbench.disk import printable, publish_bytes
from workbench.labels.coco import HiddenFrame, frames_to_coco
from workbench.media.video import Video
from workbench.release import rules
from workbench.release.entries import MANIFEST, Manifest
from workbench.release.files import listing
from workbench.release.manifest import RunInfo
from workbench.release.reading import read
from workbench.release.verification import number
from workbench.values import Event, Events, FileError, UsageError
from workbench.video.redacted import Redacted
from workbench.video.sample import Choice, Movement, pick, thinned
from workbench.video.stills import Form, Still, movement, write_stills

LABELS = "labels.json"
LOCK = "frames.lock"
TOLD_EVERY = 0.02
"""the share of a video that is looked at between two events"""
_OURS = re.compile(r"(.*-f[0-9]{6,}\.(jpg|png)|labels\.json)")
"""what an export that was killed may have left"""


def export_frames(
    source: Path | str,
    out: Path | str,
    *,
    every: int = 0,
    per_second: float = 0,
    per_scene: int = 0,
    by_motion: int = 0,
    only_with_objects: bool = False,
    limit: int = 0,
    form: Form = "jpg",
) -> Events:
    """Write frames of redacted videos as pictures with their boxes, and yield what happens.

    The result is a release of its own, which `verify` proves, with ``labels.json`` in it. Frames are taken from the
    redacted videos alone; no original is opened. It is whole or not there: whatever goes wrong, and closing the
    iterator, removes all that was written.

    Parameters
    ----------
    source : path
        A release, or a case, whose last finished release is taken.
    out : path
        A new or empty folder.
    every, per_second, per_scene, by_motion, only_with_objects, limit
        Which frames, see `video.sample.Choice`; by default one a second.
    form : {"jpg", "png"}

    Yields
    ------
    Event
        "progress" while videos are looked through, "start" when frames are chosen, "file" for each picture, "end".

    Raises
    ------
    UsageError
        When the request is wrong: no release, no video in it, no frame chosen, a folder that is not empty.
    FileError
        When a video is not what its manifest says, or a picture cannot be written or fails its check.
    """
    choice = Choice(every, per_second, per_scene, by_motion, only_with_objects, limit)
    if form not in get_args(Form):
        raise UsageError(f"Frames are written as {' or '.join(get_args(Form))}, not as {form}.")
    release = _release_of(Path(source))
    folder = Path(os.path.realpath(Path(out).expanduser()))
    if places.inside(folder, release):
        raise UsageError(f"The output {folder} lies inside the release {release}: choose a folder beside it.")
    manifest, sha256 = _manifest(release)
    if not manifest.videos:
        raise UsageError(f"There is no video in the release {release}: frames are taken from videos.")
    profile = profiles.from_settings(manifest.run.profile, f"of the release {release.name}")
    videos = [Redacted(release, entry, profile) for entry in manifest.videos]
    with _claimed(folder, f"frames of {sha256}") as target:
        picked = yield from _choose(videos, choice)
        total = sum(map(len, picked))
        yield Event("start", 0, total, message=f"{number(total, 'frame')}: {choice.describe()}.")
        stills: list[Still] = []
        for video, frames in zip(videos, picked, strict=True):
            for still in write_stills(video, video.open(), frames, folder, form, target.work) if frames else ():
                stills.append(still)
                yield Event("file", len(stills), total, still.outcome)
        boxes = _write_labels(folder, stills, choice)
        outcomes = [still.outcome for still in stills]
        info = RunInfo(profile, manifest.run.detectors, SOFTWARE, ledger_head=manifest.run.ledger_head or "")
        list_outputs(target, info, outcomes, lambda: None, documents=[LABELS], aside=[CLAIM, WORK])
    used = number(sum(bool(frames) for frames in picked), "video")
    yield Event("end", total, total, message=f"{number(total, 'picture')} from {used}, with {_boxes(boxes)}.")


def _release_of(source: Path) -> Path:
    """Return the folder of a release, given it or the case that made it."""
    place = Path(os.path.realpath(source.expanduser()))
    if not Case.is_there(place):
        return place
    with closing(Case.open(place, create=False)) as case:
        finished = [run.out for run in case.catalog.runs() if (run.out / MANIFEST).is_file()]
    if not finished:
        raise UsageError(f"The case {place.name} has no finished release: run it to its end first.")
    return finished[-1]


def _manifest(release: Path) -> tuple[Manifest, str]:
    """Return a manifest that nothing is wrong with, and its digest."""
    reading = read(release)
    manifest = reading.manifest
    findings = [*reading.findings, *(rules.problems(manifest) if manifest else ())]
    if findings or manifest is None:
        raise FileError(f"{findings[0].message} Frames are taken from a release that verifies.")
    return manifest, reading.sha256


def _choose(videos: Sequence[Redacted], choice: Choice) -> Generator[Event, None, list[list[int]]]:
    picked = []
    for video in videos:
        opened = video.open()
        moved = (yield from _moved(video, opened)) if choice.by_looks else None
        picked.append(pick(choice, opened.times(), video.objects(), moved))
    chosen = thinned(picked, choice.limit)
    if not any(chosen):
        raise UsageError(f"No frame was chosen ({choice.describe()}): ask for more, or for frames without objects too.")
    return chosen


def _moved(redacted: Redacted, video: Video) -> Generator[Event, None, Movement]:
    steps, told = movement(redacted, video), 0.0
    while True:
        try:
            share = next(steps)
        except StopIteration as end:
            result: Movement = end.value
            return result
        if share >= told + TOLD_EVERY:
            told = share
            yield Event("progress", message=f"Looking through {printable(video.path.name)}", share=share)


def _write_labels(out: Path, stills: Sequence[Still], choice: Choice) -> int:
    """Write the boxes, and return how many there are."""
    frames = [
        HiddenFrame(
            still.outcome.output,
            still.outcome.width,
            still.outcome.height,
            still.outcome.asset,
            still.frame,
            still.time,
            still.rows,
        )
        for still in stills
    ]
    data = frames_to_coco(frames, f"{SOFTWARE}: frames of redacted videos, {choice.describe()}")
    publish_bytes(json.dumps(data).encode(), out / LABELS)
    return len(data["annotations"])


def _boxes(count: int) -> str:
    return "1 box" if count == 1 else f"{count} boxes"


@contextmanager
def _claimed(out: Path, owner: str) -> Iterator[Target]:
    """Hold an empty folder for this export alone; when it fails nothing of it is left."""
    made = [path for path in (out, *out.parents) if not path.exists()]
    places.make_writable(out)
    target = Target(out, owner)
    # Only a sign of this same export tells that what lies there is the rest of one that was killed.
    rest = _ours(out) if (out / CLAIM).is_file() else []
    target.refuse_strangers(rest, (), ours=bool(rest))
    target.claim()
    lock = FileLock(target.work / LOCK, mode=0o600, is_singleton=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UsageError(f"Another export is writing into {out}: wait for it, or choose another folder.") from None
    try:
        target.remove_release()
        target.remove(rest)
        yield target
        lock.release()
        target.finish()
    except BaseException:
        with suppress(UsageError, OSError):  # what failed is more worth saying
            target.remove_release()
            target.remove(_ours(out))
            lock.release()
            target.finish()
        for path in made:
            with suppress(OSError):
                path.rmdir()
        raise


def _ours(out: Path) -> list[str]:
    return [name for name, sort in listing(out) if sort == "file" and _OURS.fullmatch(name)]
