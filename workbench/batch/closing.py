"""The end of a run: whether its output may be called a release, and the report and manifest that make it one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.batch.target import Target
from workbench.catalog.runs import Run
from workbench.release.entries import DetectorInfo
from workbench.release.finish import finishing
from workbench.release.manifest import RunInfo
from workbench.values import FileError, Finding, Outcome, State


def blocked(run: Run, outcomes: Sequence[Outcome]) -> str:
    """Return why these outcomes must not become a release, or an empty string."""
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    if not done:
        return "Blocked: no file could be redacted, so there is nothing to release."
    hidden = any(outcome.covered or any(outcome.counts.values()) for outcome in done)
    if hidden or run.allow_nothing_hidden:
        return ""
    return (
        f"Blocked: nothing was hidden in any of {len(done)} pictures, so no manifest was written. Look at them; "
        "if that is right, run again and allow it (--allow-nothing-hidden)."
    )


def write_release(
    run: Run, target: Target, infos: Sequence[DetectorInfo], outcomes: Sequence[Outcome], tick: Callable[[], None]
) -> None:
    """Take the sign of an unfinished release away and write its report and manifest.

    Parameters
    ----------
    tick : callable
        Called twice a file; when it raises, there is no manifest.

    Raises
    ------
    FileError
        When an output was changed or removed, or the disk is full: there is no manifest then.
    """
    target.finish()
    info = RunInfo(run.profile, tuple(infos), f"redaction-workbench {__version__}")
    steps = finishing(run.out, info, outcomes, check=_checked_before)
    try:
        while True:
            next(steps)
            tick()
    except StopIteration as end:
        findings: Sequence[Finding] = end.value.findings
        if findings:
            target.remove_release()
            raise FileError(findings[0].message) from None
    except BaseException:
        target.remove_release()
        raise


def _checked_before(path: Path, **_: Any) -> list[Finding]:
    """Stand for the second reader: it passed these very bytes before they were given their name.

    Reading 50,000 pictures again would take an hour and tell nothing new: the manifest compares the
    SHA-256 of each output with that of the bytes that passed.
    """
    del path
    return []
