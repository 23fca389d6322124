"""Approving, refusing and overriding: by whom the record says, about the very files that they saw.

The catalog is written before the ledger, and only what the ledger knows counts: a crash between the two loses no
word and decides nothing.
"""

import hashlib

from workbench.catalog.case import Case
from workbench.catalog.gate import Decision, Override
from workbench.gate.acting import acting
from workbench.gate.checks import APPROVAL, look
from workbench.gate.facts import gather
from workbench.gate.logged import logged
from workbench.gate.runs import manifest_digest, run_of
from workbench.gate.said import listed
from workbench.gate.values import Gate
from workbench.gate.verified import verify
from workbench.governance import casework, guidance
from workbench.release.verification import result_of
from workbench.values import UsageError


def gate(case: Case, run: int | None = None) -> Gate:
    """Return what stands between a run and its release now; no file is opened, see `facts.gather`."""
    return look(gather(case, run))


def approve(case: Case, run: int | None = None, *, by: str = "", reason: str = "", expected: str = "") -> Decision:
    """Approve the release of a run.

    The outputs are verified first, unless nothing in their folder changed since that was done.

    Parameters
    ----------
    by : str
        Account of the approver; `governance.roles.identity` by default.
    reason : str
        Anything to be said about it; stands in the report.
    expected : str
        `Gate.manifest` of what was seen; when the files are others by now, nothing is approved.

    Raises
    ------
    UsageError
        When the case has no record, the role does not allow it, the person made the run, the files are others by
        now, or another required check holds the release back.
    """
    casework.load(case.path)
    number = run_of(case, run)
    manifest_digest(case, number, expected)
    verification = result_of(verify(case, number))
    with acting(case, "approve", by, logged(case.path, number, "").operators) as who:
        manifest = manifest_digest(case, number, expected)
        now = look(gather(case, number, verification=verification))
        if now.manifest != manifest or verification.manifest_sha256 != manifest:
            raise UsageError("The files were made anew meanwhile: look again; nothing was approved.")
        if held := [check for check in now.held_by if check.name != APPROVAL]:
            said = listed(f"{check.title} ({check.state})" for check in held)
            raise UsageError(
                f"It cannot be approved yet: {said}. workbench release check says what to do; what may be set aside "
                "needs an override with a reason."
            )
        kept = case.catalog.put_decision(Decision(number, manifest, "approved", reason.strip(), who))
        casework.write_down(case.path, "release-approved", "approve", who=who, run=number, manifest=manifest)
    return kept


def refuse(case: Case, run: int | None = None, *, by: str = "", reason: str = "", expected: str = "") -> Decision:
    """Refuse the release of a run, with a reason; an approval of the same files ends by that.

    Raises
    ------
    UsageError
        When no reason is given, the case has no record, the role does not allow it, the person made the run, or the
        files are others by now.
    """
    casework.load(case.path)
    if not reason.strip():
        raise UsageError("Say why it is refused, so that it can be mended.")
    number = run_of(case, run)
    with acting(case, "approve", by, logged(case.path, number, "").operators) as who:
        manifest = manifest_digest(case, number, expected)
        kept = case.catalog.put_decision(Decision(number, manifest, "refused", reason.strip(), who))
        casework.write_down(case.path, "release-refused", "approve", who=who, run=number, manifest=manifest)
    return kept


def override(case: Case, run: int | None, check: str, reason: str, *, by: str = "", expected: str = "") -> Override:
    """Let a release go although a check holds it back; the reason stands in the report.

    Raises
    ------
    UsageError
        When no reason is given, the gate does not look at this check, it may not be overridden (see
        `guidance.check_rules`), it holds nothing back, the role does not allow it, the person made the run, or the
        files are others by now.
    """
    casework.load(case.path)
    number, reason = run_of(case, run), reason.strip()
    rules = guidance.check_rules()
    if check not in rules:
        raise UsageError(f"There is no check '{check}': the gate knows {', '.join(rules)}.")
    if not rules[check].override:
        raise UsageError(f"'{rules[check].title}' cannot be overridden: {rules[check].why_fixed}.")
    if not reason:
        raise UsageError("An override needs a reason: it stands in the report.")
    with acting(case, "override", by, logged(case.path, number, "").operators) as who:
        manifest = manifest_digest(case, number, expected)
        found = gate(case, number).check(check)
        if found is None or not found.must:
            raise UsageError(f"The purpose of this case does not ask for '{rules[check].title}': nothing to override.")
        if found.holds:
            raise UsageError(f"'{found.title}' holds nothing back ({found.overridden or found.state}).")
        kept = case.catalog.put_override(Override(number, manifest, check, reason, who))
        digest = hashlib.sha256(reason.encode()).hexdigest()
        facts = {"run": number, "manifest": manifest, "check": check, "reason": digest}
        casework.write_down(case.path, "check-overridden", "override", who=who, **facts)  # type: ignore[arg-type]
    return kept
