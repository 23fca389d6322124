"""Pass 1: find the objects of a video, a segment at a time, so that a run that is cut off goes on where it was."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from workbench.detect.protocol import Detector, Glancer
from workbench.disk import printable
from workbench.media.video import Video, last_good, open_video
from workbench.profiles import Damaged, Profile
from workbench.values import Detections, FileError
from workbench.video.kept import Kept
from workbench.video.keys import SEARCH
from workbench.video.plan import Plan, choose
from workbench.video.search import Looks, link, look
from workbench.video.steps import Course

SEGMENT_SECONDS = 10
MAX_SEGMENT = 1200
"""frames: what is lost at most by a kill, also of a clip with an odd rate"""


def segment_frames(video: Video) -> int:
    """Return how many frames a segment has; the last one may have fewer."""
    return min(max(round(video.rate * SEGMENT_SECONDS), 1), MAX_SEGMENT)


@dataclass(frozen=True, eq=False)
class Found:
    """What is known about a video before anything is decided."""

    plan: Plan
    tracks: Sequence[Detections]
    """one for each frame, with the numbers of their tracks"""
    times: Sequence[Fraction]
    """when each frame is shown, in seconds"""


def find(
    video: Video,
    detectors: Sequence[Detector],
    profile: Profile,
    course: Course,
    *,
    segments: Path | None = None,
    known: Sequence[Detections] | None = None,
) -> Found:
    """Return the objects in every frame of a video, from what is known or from the detectors.

    Parameters
    ----------
    video : Video
    detectors : sequence of Detector
    profile : Profile
        Its quality and what it says about the camera; what it hides does not matter.
    course : Course
        Told every frame and every segment.
    segments : Path, optional
        Folder in which finished segments are kept.
    known : sequence of Detections, optional
        What an earlier search found.

    Raises
    ------
    FileError
        When a frame cannot be read, or a detector fails.
    """
    times = video.times()
    if known is not None and len(known) == len(times):
        return Found(choose(video, detectors, profile.video, profile.quality), known, times)
    with ThreadPoolExecutor(max_workers=1) as meanwhile:
        ready = [meanwhile.submit(each.prepare) for each in detectors if isinstance(each, Glancer)]
        plan = choose(video, detectors, profile.video, profile.quality)
        for each in ready:
            each.result()
    made_by = repr((SEARCH, plan.key, [detector.fingerprint for detector in detectors]))
    kept = Kept(segments, "looks", made_by) if segments else None
    parts = _look_through(video, detectors, plan, course, kept, len(times))
    return Found(plan, link(parts, len(times), (video.width, video.height)), times)


def open_as(source: Path, damaged: Damaged, tell: Callable[[float], None] = lambda _: None) -> Video:
    """Return a video, up to its last good frame where that is asked for: then it is decoded once for it.

    Parameters
    ----------
    source : Path
    damaged : {"refuse", "cut"}
        See `profiles.Video`.
    tell : callable
        Called with the share that was decoded, 0..1.

    Raises
    ------
    FileError
        When it cannot be read, or has no good frame.
    """
    if damaged == "refuse":
        return open_video(source)
    video = open_video(source, whole=False)
    return last_good(video, lambda frame: tell(frame / video.expected_frames))


def search_file(
    source: Path, profile: Profile, detectors: Sequence[Detector], tell: Callable[[float], None] = lambda _: None
) -> tuple[Video, Found]:
    """Return a video file and the objects in every frame of it; nothing is written.

    Parameters
    ----------
    source : Path
    profile : Profile
        See `find`.
    detectors : sequence of Detector
    tell : callable
        Called with the share of the work that is done.

    Raises
    ------
    FileError
        When it cannot be read or searched.
    """
    video = open_as(source, profile.video.damaged)
    course = Course(lambda step: tell(step.share), video.expected_frames, "looking")
    return video, find(video, detectors, profile, course)


def _look_through(
    video: Video, detectors: Sequence[Detector], plan: Plan, course: Course, kept: Kept | None, frames: int
) -> list[Looks]:
    """Return what the detectors see in the whole video, segment by segment."""
    step = segment_frames(video)
    parts: list[Looks] = []
    for number, first in enumerate(range(0, frames, step)):
        last = min(first + step, frames)
        name = f"{number:05d}.looks"
        data = kept.read(name) if kept else None
        if data is None:
            # Of the last segment the end is left open: a clip with more frames than it says is noticed.
            part = look(video, detectors, plan, first, last if last < frames else None, partial(_told, course))
            if kept:
                kept.write(name, part.to_bytes())
        else:
            part = Looks.from_bytes(data)
        if (part.first, part.last) != (first, last):
            name = printable(video.path.name)
            raise FileError(f"{name} has not the {frames} frames that it announces: get a whole copy of it.")
        parts.append(part)
        course.at("looking", last, rest=True)
    return parts


def _told(course: Course, frame: int) -> None:
    course.at("looking", frame + 1)
