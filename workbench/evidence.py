"""What a person looks at after a run: the verdict about a release, and the private before/after page."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.catalog.case import Case
from workbench.media import photo
from workbench.media.check import check_photo
from workbench.release.entries import REPORT
from workbench.release.report import MAX_PAIRS, Pair, before_after_page
from workbench.release.verification import Verification
from workbench.release.verify import verify_release
from workbench.values import Asset, FileError, Outcome, State, UsageError

SCREEN_SIDE = 1600
"""px of the longer side of a picture on the screen"""
PAIR_SIDE = 900
"""px of the longer side of a picture on the before/after page"""


def verify(out: Path) -> Verification:
    """Open every file of a release again and prove it by its manifest alone.

    Raises
    ------
    UsageError
        When `out` is no release.
    """
    return verify_release(out, check=check_photo)


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
    """Return originals and redacted pictures side by side as HTML. PRIVATE: it must stay in the case."""
    done = [(asset, outcome) for asset, outcome in case.catalog.results(run) if outcome.state is State.DONE]
    # Evenly spread, so that a large batch is not judged by its first folder.
    chosen = [done[index] for index in np.linspace(0, len(done) - 1, min(len(done), MAX_PAIRS)).astype(int)]
    finished = case.catalog.run(run)
    return before_after_page(list(_pairs(finished.out, chosen)), title=finished.profile.name, total=len(done))


def write_before_after(case: Case, run: int) -> Path:
    """Write the before/after page into the case's private reports and return its path."""
    target = case.reports / f"before-after-{run}.html"
    part = target.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(before_after(case, run), "utf-8")
    return part.replace(target)


def _pairs(out: Path, results: list[tuple[Asset, Outcome]]) -> Iterator[Pair]:
    for asset, outcome in results:
        try:
            before = photo.open_photo(Path(asset.source) / asset.path)
            after = photo.open_photo(out / outcome.output)
        except FileError:
            continue  # moved or changed since; the page shows what can still be compared
        yield Pair(
            name=outcome.output,
            before=on_screen(before.frames[0].image, before.icc, PAIR_SIDE),
            after=on_screen(after.frames[0].image, after.icc, PAIR_SIDE),
            counts=outcome.counts,
            source=asset.path,
        )
