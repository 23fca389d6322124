"""The end of a run: whether its output may be called a release, and the report and manifest that make it one."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.batch.target import Target
from workbench.catalog.runs import Run
from workbench.catalog.store import Catalog
from workbench.governance.casework import RunBook
from workbench.release.entries import DetectorInfo
from workbench.release.finish import finishing
from workbench.release.manifest import RunInfo
from workbench.release.verification import Verification
from workbench.values import FileError, Finding, Outcome, State

SOFTWARE = f"redaction-workbench {__version__}"


def blocked(run: Run, outcomes: Sequence[Outcome]) -> str:
    """Return why these outcomes must not become a release, or an empty string."""
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    if not done:
        return "Blocked: no file could be redacted, so there is nothing to release."
    hidden = any(outcome.covered or any(outcome.counts.values()) for outcome in done)
    if hidden or run.allow_nothing_hidden:
        return ""
    return (
        f"Blocked: nothing was hidden in any of {len(done)} files, so no manifest was written. Look at them; "
        "if that is right, run again and allow it (--allow-nothing-hidden)."
    )


def write_down(book: RunBook, catalog: Catalog, outcomes: Sequence[Outcome], state: str) -> None:
    """Note in the case's ledger how a run ended, in numbers."""
    states = Counter(outcome.state for outcome in outcomes)
    book.ended(
        state,
        files=len(outcomes),
        done=states[State.DONE],
        failed=states[State.FAILED],
        blocked=states[State.BLOCKED],
        corrections=catalog.correction_count(),
    )


def write_release(
    run: Run,
    target: Target,
    infos: Sequence[DetectorInfo],
    outcomes: Sequence[Outcome],
    tick: Callable[[], None],
    book: RunBook,
) -> None:
    """Take the sign of an unfinished release away and write its report and manifest.

    Parameters
    ----------
    tick : callable
        Called twice a file; when it raises, there is no manifest.
    book : RunBook
        Its head goes into the manifest, and the manifest's digest into the ledger.

    Raises
    ------
    FileError
        When an output was changed or removed, or the disk is full: there is no manifest then.
    """
    target.finish()
    info = RunInfo(run.profile, tuple(infos), SOFTWARE, ledger_head=book.head)
    sha256 = list_outputs(target, info, outcomes, tick)
    try:
        book.released(sha256, sum(outcome.state is State.DONE for outcome in outcomes))
    except BaseException:
        target.remove_release()  # what the ledger does not know was not released
        raise


def list_outputs(
    target: Target,
    info: RunInfo,
    outcomes: Sequence[Outcome],
    tick: Callable[[], None],
    documents: Sequence[str] = (),
    aside: Sequence[str] = (),
) -> str:
    """Write the report and the manifest of outputs that were checked when they were written; see `write_release`.

    `documents` are what else lies in the folder to be read, `aside` what the caller takes away from it afterwards.
    Returns the manifest's SHA-256.
    """
    steps = finishing(target.path, info, outcomes, check=_checked_before, aside=aside, documents=documents)
    try:
        while True:
            next(steps)
            tick()
    except StopIteration as end:
        result: Verification = end.value
        if result.findings:
            target.remove_release()
            raise FileError(result.findings[0].message) from None
        return result.manifest_sha256
    except BaseException:
        target.remove_release()
        raise


def _checked_before(path: Path, **_: Any) -> list[Finding]:
    """Stand for the second reader: it passed these very bytes before they were given their name.

    Reading 50,000 files again would take an hour and tell nothing new: the manifest compares the
    SHA-256 of each output with that of the bytes that passed.
    """
    del path
    return []
