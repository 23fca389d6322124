"""The checks of the gate: a pure function of the facts."""

import hashlib
from collections.abc import Callable, Iterable, Mapping

from workbench.catalog.gate import Override
from workbench.gate import check_files, check_people, check_record
from workbench.gate.facts import Facts
from workbench.gate.said import Said, listed
from workbench.gate.values import Check, Gate
from workbench.governance import guidance

LOOKS: Mapping[str, Callable[[Facts], Said]] = {
    "outcomes": check_files.outcomes,
    "profile": check_files.profile,
    "verified": check_files.verified,
    "ledger": check_files.ledger,
    "review": check_people.review,
    "quality": check_people.quality,
    "reidentification": check_people.reidentification,
    "background": check_people.background,
    "sound": check_files.sound,
    "releases": check_people.releases,
    "recital-26": check_record.recital_26,
    "memorisation": check_record.memorisation,
    "screening": check_record.screening,
    "dpia": check_record.dpia,
    "basis": check_record.basis,
    "approval": check_record.approval,
}
"""what looks, for every check of ``checks.toml``"""
APPROVAL = "approval"
RESTS_ON_ATTEMPTS = ("reidentification", "background")


def look(facts: Facts) -> Gate:
    """Return every check that the purpose and the screening ask for, and whether the run may leave.

    What did not run is never a pass: where the purpose requires it, it holds the release back like what failed.
    """
    purpose = facts.record.purpose if facts.record else facts.run.profile.purpose
    rules = guidance.purposes()[purpose]
    must = {each.value for each in facts.effects.checks} if facts.effects else set(rules.checks)
    counted = list(standing(facts))
    reasons = {each.check: each.reason for each in counted}
    checks = tuple(
        _check(name, LOOKS[name](facts), name in must, reasons.get(name, ""))
        for name in guidance.check_rules()
        if name in must or name in rules.should
    )
    decision = next((row for row in reversed(facts.decisions) if row.decision == facts.ledger.decided), None)
    held = [check for check in checks if not check.holds]
    may_leave = not held and bool(facts.manifest_sha256) and facts.record is not None
    return Gate(
        run=facts.run.id,
        purpose=purpose,
        checks=checks,
        manifest=facts.manifest_sha256,
        may_leave=may_leave,
        why=_why(facts, checks, held),
        decision=decision,
        overrides=tuple(counted),
    )


def standing(facts: Facts) -> Iterable[Override]:
    """Yield the overrides of these files that count: those that the ledger knows, with this very reason.

    Where somebody was recognised after an override, it is not that which was set aside.
    """
    for each in facts.overrides:
        known = (each.check, hashlib.sha256(each.reason.encode()).hexdigest()) in facts.ledger.overridden
        later = each.check in RESTS_ON_ATTEMPTS and any(row.identified and row.at > each.at for row in facts.attempts)
        if known and not later:
            yield each


def _check(name: str, said: Said, must: bool, reason: str) -> Check:
    rule = guidance.check_rules()[name]
    # An override speaks of what held the release back then; what holds by itself needs none.
    overridden = reason if rule.override and must and said.state in ("failed", "did not run") else ""
    return Check(name, rule.title, said.state, said.says, said.way_out, must, overridden)


def _why(facts: Facts, checks: Iterable[Check], held: list[Check]) -> str:
    if facts.record is None:
        return "It may not leave: the case has no record that says what the pictures are for."
    if not held:
        soft = [check.title for check in checks if check.must and (check.state == "weak" or check.overridden)]
        return "It may leave." + (f" Weaker than it could be, or overridden: {listed(soft)}." if soft else "")
    if [check.name for check in held] == [APPROVAL]:
        return (
            "It may not leave yet: only the approval is missing."
            if held[0].state == "did not run"
            else (f"It may not leave: {held[0].says}")
        )
    return f"It may not leave: {listed(_short(check) for check in held)}."


def _short(check: Check) -> str:
    return f"{check.title} ({check.state})"
