"""Attempts of people to recognise somebody in the outputs, in a structured way; the program's own is `attacking`."""

from collections.abc import Mapping
from typing import Any

from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt
from workbench.gate import said
from workbench.gate.acting import acting
from workbench.gate.attacking import REDETECTION, attack, drawn
from workbench.gate.runs import manifest_digest, manifest_of, run_of
from workbench.governance import casework, guidance
from workbench.governance.guidance import Way
from workbench.values import UsageError

__all__ = ["FOLLOW_UP", "LOOKS_AT_BACKGROUND", "METHODS", "REDETECTION", "Way", "attack", "drawn", "record"]

METHODS: Mapping[str, Way] = guidance.ways()
"""every way in which people try, by name; `REDETECTION` is the program's"""
FOLLOW_UP = next(name for name, way in METHODS.items() if way.follow_up)
LOOKS_AT_BACKGROUND = tuple(name for name, way in METHODS.items() if way.background)


def record(
    case: Case,
    run: int | None,
    method: str,
    tried: int,
    identified: int,
    *,
    note: str = "",
    tools: str = "",
    by: str = "",
    expected: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Attempt:
    """Record an attempt by people on the files of a run's manifest.

    Parameters
    ----------
    method : str
        A key of `METHODS`.
    tried, identified : int
        How many different outputs were tried, and in how many of them somebody was recognised.
    note, tools : str
        What was seen, and with what it was tried. Free text: it stays in the case.
    by : str
        Account of who tried; who is signed in by default.
    expected : str
        `Gate.manifest` of what was seen; when the files are others by now, nothing is recorded.
    facts : mapping, optional
        More about it, as JSON can hold it.

    Raises
    ------
    UsageError
        When the method is unknown, the numbers contradict each other or the outputs, there is no manifest, or the
        role forbids it.
    """
    if method not in METHODS:
        raise UsageError(f"There is no way of trying called '{method}': use {', '.join(METHODS)}.")
    if tried < 1 or not 0 <= identified <= tried:
        raise UsageError(f"{identified} recognised of {tried} tried cannot be: check the numbers.")
    if identified and not note.strip():
        raise UsageError("Somebody was recognised: say in a note by what (no name), so that it can be hidden.")
    number = run_of(case, run)
    more = {**(facts or {}), **({"tools": tools.strip()} if tools.strip() else {})}
    with acting(case, "attempt", by) as who:
        manifest = manifest_digest(case, number, expected)
        files = _files(case, number)
        if tried > files:
            raise UsageError(
                f"{tried} cannot have been tried: run {number} has {said.count(files, 'output')}. Count files, and "
                "record each way of trying on its own."
            )
        kept = case.catalog.put_attempt(
            Attempt(number, manifest, method, tried, identified, note.strip(), more, by=who)
        )
        numbers = {"tried": tried, "identified": identified}
        casework.write_down(case.path, "attempt-recorded", "attempt", who=who, run=number, manifest=manifest, **numbers)
    return kept


def _files(case: Case, run: int) -> int:
    manifest, _, _ = manifest_of(case, run)
    return len(manifest.files) if manifest else 0
