"""Risks that are left, what is done about them, and why files failed."""

import hashlib
import json
from dataclasses import replace

from workbench.catalog.case import Case
from workbench.catalog.gate import Risk
from workbench.gate.acting import acting
from workbench.gate.runs import manifest_digest, run_of
from workbench.governance import casework
from workbench.values import State, UsageError

LEVELS = ("low", "medium", "high")
EXPLAINED = "explained"
"""level of a row that says why files failed, see `explain`"""


def add(
    case: Case, run: int | None, risk: str, level: str, action: str = "", *, by: str = "", expected: str = ""
) -> Risk:
    """Record a risk that is left in the files of a run's manifest, and the action that is to improve it.

    Parameters
    ----------
    risk, action : str
        Free text; it stays in the case, and what the report takes from it stands in the release.
    level : str
        One of `LEVELS`.
    by : str
        Account of who records it; who is signed in by default.
    expected : str
        `Gate.manifest` of what was seen; when the files are others by now, nothing is recorded.

    Raises
    ------
    UsageError
        When the text is empty, the level is none of `LEVELS`, a high risk has no action, there is no manifest, or
        the role forbids it.
    """
    if not risk.strip():
        raise UsageError("Say which risk is left, in a sentence.")
    if level not in LEVELS:
        raise UsageError(f"There is no level '{level}': use {', '.join(LEVELS)}.")
    if level == "high" and not action.strip():
        raise UsageError("A high risk needs an action: say what is done about it, and by when.")
    return _keep(case, run_of(case, run), Risk(0, "", risk.strip(), level, action.strip()), by, expected)


def explain(case: Case, run: int | None, reason: str, *, by: str = "", expected: str = "") -> Risk:
    """Say why the files failed that are not in the output, so that the gate can pass over them.

    Raises
    ------
    UsageError
        When the reason is empty, no file failed, there is no manifest, or the role forbids it.
    """
    number = run_of(case, run)
    bad = sum(outcome.state is State.FAILED for outcome in case.catalog.outcomes(number))
    if not reason.strip():
        raise UsageError("Say why the files failed and why that is acceptable, in a sentence.")
    if not bad:
        raise UsageError(f"No file of run {number} failed, so there is nothing to explain.")
    return _keep(case, number, Risk(0, "", reason.strip(), EXPLAINED, f"{bad} left out"), by, expected)


def digest(risk: Risk) -> str:
    """Return the SHA-256, hex, by which the ledger knows a risk without its text."""
    content = json.dumps([risk.risk, risk.level, risk.action], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _keep(case: Case, run: int, risk: Risk, by: str, expected: str) -> Risk:
    with acting(case, "attempt", by) as who:
        manifest = manifest_digest(case, run, expected)
        kept = case.catalog.put_risk(replace(risk, run=run, manifest=manifest, by=who))
        casework.write_down(
            case.path, "risk-recorded", "attempt", who=who, run=run, manifest=manifest, digest=digest(kept)
        )
    return kept
