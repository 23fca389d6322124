"""A video from its file to the published output: look, decide, hide, write, prove."""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from workbench import __version__, corrections, pipeline
from workbench.catalog.store import file_sha256
from workbench.detect.protocol import Detector
from workbench.disk import printable, publish_file, temporary_for
from workbench.media.check_video import check_video
from workbench.media.publish import output_size
from workbench.media.video import Video, is_video, times_digest
from workbench.media.video_write import join
from workbench.profiles import Profile
from workbench.redact.over_time import cover_video, spans
from workbench.values import Correction, Detections, FileError, Finding, Media, Outcome, State
from workbench.video.kept import Kept
from workbench.video.looking import find, open_as
from workbench.video.render import render
from workbench.video.report import colours, counts, scaled, sentences
from workbench.video.sounds import sounds
from workbench.video.steps import Course, Phase, Tick, nothing

SUFFIX = ".mp4"
Keep = Callable[[Sequence[Detections]], None]
"""takes the detections of every frame as soon as they are known, whatever becomes of the rest"""


def redact_video(
    source: Path,
    target_stem: Path,
    profile: Profile,
    detectors: Sequence[Detector],
    *,
    work: Path,
    segments: Path,
    known: Sequence[Detections] | None = None,
    found: Keep = lambda _: None,
    corrected: Sequence[Correction] = (),
    threads: int = 0,
    tick: Tick = nothing,
) -> Outcome:
    """Redact one video and publish it as `target_stem` plus ".mp4".

    Nothing appears under the final name before the written file was opened again and checked.

    Parameters
    ----------
    source : Path
        The original; it is only read.
    target_stem : Path
        Where the output goes, without suffix.
    profile : Profile
        What to hide and how.
    detectors : sequence of Detector
        Search the frames, where nothing is known of them.
    work : Path
        Folder for the temporary file, on the file system of the target.
    segments : Path
        Folder in which finished segments of this video are kept; the caller removes it when it is published.
    known : sequence of Detections, optional
        One for each frame with its tracks, when the video was searched before.
    found : callable
        Called with the detections when they are new.
    corrected : sequence of Correction
        What people changed about its objects.
    threads : int
        For decoding and encoding; 0 for one a core.
    tick : callable
        See `Tick`.

    Raises
    ------
    FileError
        When the video cannot be read, searched, redacted, written or verified.
    """
    started = time.monotonic()
    before = source.stat()
    phases: list[Phase] = ["hiding", "checking"] if known is not None else ["looking", "hiding", "checking"]
    if profile.video.damaged == "cut":
        phases.insert(0, "reading")
    course = Course(tick, 1, *phases)
    video = open_as(source, profile.video.damaged, lambda share: course.at("reading", share))
    course.frames = video.expected_frames
    seen = find(video, detectors, profile, course, segments=segments, known=known)
    if seen.tracks is not known:
        found(seen.tracks)
    course.frames = len(seen.times)
    cover = cover_video(corrections.apply(seen.tracks, corrected), seen.times, profile, video.width, video.height)
    rows = spans(cover)
    width, height = output_size(video.width, video.height, profile.output.max_side)
    like = replace(video, width=width, height=height)
    kept = Kept(segments, "hidden", repr((__version__, profile.digest, width, height, rows.digest)))
    rendered = render(video, cover, like, profile.video.compression, threads, kept, course)
    heard = sounds(video, profile, corrections.muted(corrected), rendered.times)
    shown = scaled(rows, (video.width, video.height), (width, height))
    last = _last_duration(video, rendered.times)
    digest = times_digest(rendered.times)
    target = target_stem.with_name(target_stem.name + SUFFIX)
    temporary = temporary_for(target, work)
    sha256 = ""

    def check(path: Path) -> list[Finding]:
        nonlocal sha256
        sha256 = file_sha256(path)
        done = 0

        def one_more() -> None:
            nonlocal done
            done += 1
            course.at("checking", done)

        return check_video(
            path,
            size=(width, height),
            frames=len(rendered.times),
            times_sha256=digest,
            spans=shown,
            audio=heard.words,
            source=video if like == video else None,
            colours=colours(profile),
            tick=one_more,
        )

    try:
        join(rendered.segments, temporary, like, last, heard.sound)
        if _stamp(source.stat()) != _stamp(before):
            raise FileError(
                f"{printable(source.name)} was changed while it was read: run again when nobody writes to it."
            )
        publish_file(temporary, target, check)
    except FileError:
        # A segment that was damaged on the disk would fail every run to come.
        kept.remove()
        raise
    finally:
        temporary.unlink(missing_ok=True)
    return Outcome(
        asset=source.name,
        state=State.DONE,
        counts=counts(rows),
        covered=rendered.covered,
        output=target.name,
        output_sha256=sha256,
        output_size=target.stat().st_size,
        frames=len(rendered.times),
        width=width,
        height=height,
        regions=shown,
        media=Media.VIDEO,
        duration=str(rendered.times[-1] + last),
        times_sha256=digest,
        audio=heard.words,
        notes=sentences(video, like, seen, heard),
        seconds=time.monotonic() - started,
    )


def redact_file(
    source: Path | str, target_stem: Path | str, profile: Profile, detectors: Sequence[Detector] | None = None
) -> Outcome:
    """Redact one photo or video without a case, for a notebook or a script.

    See `redact_video` and `pipeline.redact_asset`.
    """
    path, target = Path(source), Path(target_stem)
    if not is_video(path):
        return pipeline.redact_file(path, target, profile, detectors)
    finders = pipeline.load_detectors(profile) if detectors is None else detectors
    with tempfile.TemporaryDirectory(prefix="workbench-") as segments:
        return redact_video(path, target, profile, finders, work=target.parent, segments=Path(segments))


def _last_duration(video: Video, times: Sequence[Fraction]) -> Fraction:
    """Return how long the last frame is shown."""
    left = video.duration - times[-1]
    return left if left > 0 else 1 / (video.rate or Fraction(25))


def _stamp(status: object) -> tuple[object, ...]:
    return tuple(getattr(status, name) for name in ("st_size", "st_mtime_ns", "st_ino"))
