"""Redact again what people corrected, and nothing else."""

from collections.abc import Callable

from workbench import batch, corrections
from workbench.batch.job import Engine
from workbench.batch.worker import ENGINE
from workbench.catalog.case import Case
from workbench.review.opening import Permit, anyone
from workbench.review.survey import made_of
from workbench.values import Asset, Events


def outdated(case: Case, run: int) -> list[Asset]:
    """Return what was corrected after it was redacted, by source and path."""
    found = []
    for (source, path), done in sorted(case.catalog.finished(run).items()):
        _, made_with = made_of(done.made_by)
        if made_with != corrections.digest(case.catalog.corrections(done.sha256)):
            found.append(Asset(path, source, done.sha256, media=done.outcome.media))
    return found


def redo(
    case: Case,
    run: int,
    *,
    by: str = "",
    permit: Permit = anyone,
    engine: Engine = ENGINE,
    stopping: Callable[[], bool] = lambda: False,
) -> Events:
    """Do a run again and yield its events: only the files of `outdated` are redacted, all others stand.

    No detector looks again at what it has seen. The release is verified and written anew.

    Raises
    ------
    UsageError
        When `by` may not, or when the run cannot start; see `batch.run`.
    """
    permit(by, "redo")
    yield from batch.run(case, run, engine=engine, stopping=stopping)
