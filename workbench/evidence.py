"""What a person looks at after a run: the verdict about a release, and the private before/after page."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.catalog.case import Case
from workbench.disk import publish_bytes
from workbench.media import photo
from workbench.media.check import check_photo
from workbench.media.check_video import check_video
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.release.entries import REPORT
from workbench.release.report import MAX_PAIRS, Pair, before_after_page
from workbench.release.verification import Verification
from workbench.release.verify import verify_release
from workbench.values import Asset, FileError, Finding, Media, Outcome, State, UsageError

SCREEN_SIDE = 1600
"""px of the longer side of a picture on the screen"""
PAIR_SIDE = 900
"""px of the longer side of a picture on the before/after page"""
FRAMES_SHOWN = 3
"""of each video on the before/after page"""


def verify(out: Path) -> Verification:
    """Open every file of a release again and prove it by its manifest alone.

    Raises
    ------
    UsageError
        When `out` is no release.
    """
    return verify_release(out, check=second_reader)


def second_reader(path: Path, **request: Any) -> list[Finding]:
    """Open a written photo or video again; the rows of a video come as "spans". See `release.verify.Check`."""
    return check_video(path, **request) if "spans" in request else check_photo(path, **request)


def on_screen(image: NDArray[np.uint8], icc: bytes | None = None, side: int = SCREEN_SIDE) -> bytes:
    """Return an image as JPEG whose longer side is at most `side` px."""
    height, width = image.shape[:2]
    scale = side / max(height, width)
    if scale < 1:
        size = max(round(width * scale), 1), max(round(height * scale), 1)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return photo.encode_jpeg(image, 88, icc)


def release_report(case: Case, run: int) -> str:
    """Return the report of a run's release as HTML; raises `UsageError` while there is none."""
    out = case.catalog.run(run).out
    try:
        return (out / REPORT).read_text("utf-8")
    except FileNotFoundError:
        raise UsageError("There is no report yet: it is written when the run has finished.") from None


def before_after(case: Case, run: int) -> str:
    """Return originals and redacted pictures side by side as HTML. PRIVATE: it must stay in the case.

    Of a video some frames are shown, among them frames in which something is hidden.
    """
    done = [(asset, outcome) for asset, outcome in case.catalog.results(run) if outcome.state is State.DONE]
    videos = sum(outcome.media is Media.VIDEO for _, outcome in done)
    room = MAX_PAIRS if not videos else MAX_PAIRS // FRAMES_SHOWN
    # Evenly spread, so that a large batch is not judged by its first folder.
    chosen = [done[index] for index in np.linspace(0, len(done) - 1, min(len(done), room)).astype(int)]
    finished = case.catalog.run(run)
    noun = "picture" if not videos else "video" if videos == len(done) else "file"
    return before_after_page(
        list(_pairs(finished.out, chosen)), title=finished.profile.name, total=len(done), noun=noun
    )


def write_before_after(case: Case, run: int) -> Path:
    """Write the before/after page into the case's private reports and return its path."""
    target = case.reports / f"before-after-{run}.html"
    publish_bytes(before_after(case, run).encode(), target, private=True)
    return target


def _pairs(out: Path, results: list[tuple[Asset, Outcome]]) -> Iterator[Pair]:
    for asset, outcome in results:
        source = Path(asset.source) / asset.path
        try:
            if outcome.media is Media.VIDEO:
                yield from _frames(source, out / outcome.output, asset, outcome)
            else:
                yield _picture(source, out / outcome.output, asset, outcome)
        except FileError:
            continue  # moved or changed since; the page shows what can still be compared


def _picture(source: Path, output: Path, asset: Asset, outcome: Outcome) -> Pair:
    before, after = photo.open_photo(source), photo.open_photo(output)
    return Pair(
        name=outcome.output,
        before=on_screen(before.frames[0].image, before.icc, PAIR_SIDE),
        after=on_screen(after.frames[0].image, after.icc, PAIR_SIDE),
        counts=outcome.counts,
        source=asset.path,
    )


def _frames(source: Path, output: Path, asset: Asset, outcome: Outcome) -> Iterator[Pair]:
    with Frames(open_video(source, whole=False)) as before, Frames(open_video(output)) as after:
        for index in telling_frames(outcome):
            frame = after.at(index)
            scale = min(PAIR_SIDE / max(outcome.width, outcome.height), 1.0)
            yield Pair(
                name=f"{outcome.output}, {clock(frame.time)}",
                before=on_screen(before.at(index).rgb(scale), side=PAIR_SIDE),
                after=on_screen(frame.rgb(scale), side=PAIR_SIDE),
                counts=Counter(str(row[3]) for row in outcome.regions if row[1] <= index <= row[2]),
                source=asset.path,
            )


def telling_frames(outcome: Outcome, count: int = FRAMES_SHOWN) -> list[int]:
    """Return frames of a video to look at, in order: spread over those in which something is hidden."""
    hidden = np.zeros(outcome.frames, bool)
    for row in outcome.regions:
        hidden[row[1] : row[2] + 1] = True
    frames = np.flatnonzero(hidden) if hidden.any() else np.arange(outcome.frames)
    parts = min(count, len(frames))
    return [int(frames[(2 * part + 1) * len(frames) // (2 * parts)]) for part in range(parts)]


def clock(time: Fraction) -> str:
    """Return a time as minutes and seconds, such as "1:02.5"."""
    tenths = int(time * 10)
    return f"{tenths // 600}:{tenths % 600 // 10:02d}.{tenths % 10}"
