"""Where a run may read and write: everything that could leak an original or harm a folder is refused here."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from workbench.catalog.case import Case
from workbench.values import UsageError

SPARE = 200 * 2**20
"""bytes that have to be free on a disk before a run starts"""


def refuse(case: Case, sources: Sequence[Path], out: Path) -> None:
    """Raise `UsageError` when these places must not be used together.

    Parameters
    ----------
    case : Case
    sources : sequence of Path
        Absolute, as `intake.resolve` gives them.
    out : Path
        Absolute; it need not be there.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"The output {out} is a file: choose a folder.")
    for source in sources:
        if not source.is_dir():
            continue
        if inside(out, source):
            raise UsageError(
                f"The output {out} lies inside the source {source}, where outputs and originals would mix: "
                "choose a folder beside it."
            )
        if inside(source, out):
            raise UsageError(
                f"The source {source} lies inside the output {out}, so the originals would be released: "
                "choose another output folder."
            )
        if inside(case.path, source):
            raise UsageError(
                f"The case {case.path} lies inside the source {source}: choose a case folder beside it (--case)."
            )
    if inside(case.path, out):
        raise UsageError(
            f"The case {case.path} lies inside the output {out}, so originals could be released with it: "
            "choose another output folder."
        )
    for private in (case.work, case.reports, case.segments):
        if inside(out, private):
            raise UsageError(f"{private} belongs to the case's own work: choose another output folder.")


def make_writable(out: Path) -> None:
    """Make the output folder where it is not there; raise `UsageError` when nothing can be written into it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out) as probe:
            probe.write(b"x")
    except OSError as error:
        raise UsageError(
            f"Nothing can be written into the output {out} ({error.strerror}): allow it, or choose another folder."
        ) from error


def refuse_full_disk(places: Sequence[Path], largest: int) -> None:
    """Raise `UsageError` when a disk is nearly full; `largest` is the size of the largest photo in bytes."""
    needed = SPARE + 2 * largest
    for place in places:
        free = shutil.disk_usage(place).free
        if free < needed:
            raise UsageError(
                f"The disk with {place} is nearly full ({free // 2**20} MB free, {needed // 2**20} MB needed): "
                "free some space, or choose another folder."
            )


def inside(inner: Path, outer: Path) -> bool:
    """Return whether `inner` is `outer` or lies below it, also through links and other spellings of a name."""
    here = Path(os.path.realpath(inner))
    there = Path(os.path.realpath(outer))
    for place in (here, *here.parents):
        if place == there:
            return True
        try:
            if place.samefile(there):
                return True
        except OSError:
            continue  # one of them is not there yet
    return False
