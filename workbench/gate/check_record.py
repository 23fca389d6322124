"""Checks that look at what the case's record says: Recital 26, memorisation, screening, assessment, basis, approval."""

from collections.abc import Mapping

from workbench.gate.facts import Facts
from workbench.gate.said import Said, failed, listed, not_run, passed, weak
from workbench.governance import guidance
from workbench.governance.record import Record

_OPEN = "Open a record: workbench case new CASE."
_NONE = not_run("This case has no record: nobody said what the pictures are for.", _OPEN)


def recital_26(facts: Facts) -> Said:
    """The means, the technology and the cost of identification are written down."""
    record = facts.record
    if record is None:
        return _NONE
    # What a model may memorise is asked of training alone, by a check of its own.
    prompts = [prompt.id for prompt in guidance.sheets()["recital_26"].prompts if prompt.id != "memorisation"]
    return _answered(record.recital_26, prompts, "recital_26", "Recital 26")


def memorisation(facts: Facts) -> Said:
    """What a model may memorise is written down."""
    if facts.record is None:
        return _NONE
    said = _answered(facts.record.recital_26, ["memorisation"], "recital_26", "Memorisation")
    if said.state != "passed":
        return said
    return passed("What a model may memorise is written down. Redaction reduces that risk, it does not remove it.")


def _answered(answers: Mapping[str, str], prompts: list[str], table: str, title: str) -> Said:
    empty = [name for name in prompts if not answers.get(name, "").strip()]
    first = f"{table}.{empty[0]}" if empty else ""
    so_on = ", and so on" if len(empty) > 1 else ""
    way_out = f'Answer {listed(empty)} in the record: workbench case set CASE {first} "…"{so_on}.'
    if not empty:
        return passed(f"{title}: all {len(prompts)} questions are answered. Nobody but people can judge the answers.")
    if len(empty) == len(prompts):
        return not_run(f"{title}: nothing is written down.", way_out)
    return failed(f"{title}: {len(empty)} of {len(prompts)} questions are not answered.", way_out)


def screening(facts: Facts) -> Said:
    """All questions of the screening are answered."""
    if facts.record is None or facts.screened is None:
        return _NONE
    total = len(guidance.questions())
    empty = facts.screened.unanswered
    if empty:
        return not_run(
            f"{len(empty)} of {total} questions are not answered.",
            f"Answer them: workbench case screen CASE {empty[0].id}=yes|no|unsure …",
        )
    met = [each.question.trigger for each in facts.screened.met]
    says = f"All {total} questions are answered. " + (f"Met: {'; '.join(met)}." if met else "No trigger is met.")
    if unsure := sum(each.unsure for each in facts.screened.met):
        return weak(f"{says} {unsure} answered with unsure, which counts as yes.", "Find out, and answer yes or no.")
    return passed(says)


def dpia(facts: Facts) -> Said:  # noqa: PLR0911  (one answer for each case)
    """Whether an impact assessment is needed is decided, and it is done where it is."""
    if facts.record is None or facts.screened is None:
        return _NONE
    own, asks = facts.record.dpia, facts.screened
    if not own.needed:
        return not_run(
            f"Nobody decided. {asks.sentence}",
            "Decide: workbench case set CASE dpia.needed yes (or no, with a reason).",
        )
    if own.needed == "yes":
        if own.done != "yes":
            return failed(
                "An impact assessment is needed and not done.",
                "Do it (workbench release report CASE drafts one), then: workbench case set CASE dpia.done yes.",
            )
        if not own.document.strip():
            return weak("It is done; where it is kept is not written down.", "Write it into dpia.document.")
        return _decided(facts.record, "An impact assessment was needed, and is done.")
    if asks.dpia == "required":
        return failed(
            f"The record says that none is needed. {' '.join(asks.why)}",
            "Do one, or have an approver override this check with a reason.",
        )
    if asks.dpia == "likely":
        return weak(f"The record says, with its reason, that none is needed. {asks.sentence} {' '.join(asks.why)}")
    return _decided(facts.record, "None is needed; the record says why.")


def _decided(record: Record, says: str) -> Said:
    own = record.dpia
    if not own.decided or (record.named and not own.by):
        return weak(f"{says} Who decided it when is not written down.", "Write it into dpia.by and dpia.decided.")
    return passed(f"{says} Decided on {own.decided}.")


def basis(facts: Facts) -> Said:
    """The lawful basis is named and its prompts are answered."""
    record = facts.record
    if record is None:
        return _NONE
    name = record.basis.lawful_basis
    if not name:
        return not_run(
            "No lawful basis is named.",
            "Name it: workbench case set CASE basis.lawful_basis …; when in doubt, push toward anonymisation.",
        )
    known = guidance.bases()[name]
    said = _answered(record.basis.answers, [prompt.id for prompt in known.prompts], "basis.answers", known.name)
    if said.state != "passed":
        return said
    notes = []
    if record.origin.repurposed in ("", "unsure", "yes") and not record.origin.note.strip():
        notes.append(
            "Whether the purpose is another one than the pictures were taken for, and why that is compatible, is not "
            "written down."
        )
    rights = guidance.image_rights()
    if any(getattr(record.image_rights, right.id) == "yes" for right in rights.exception):
        notes.append(rights.for_training if record.purpose == "ai-training" else rights.warning)
    if notes:
        return weak(f"{said.says} {' '.join(notes)}", "See origin.repurposed and origin.note in the record.")
    return said


def approval(facts: Facts) -> Said:  # noqa: PLR0911  (one answer for each case)
    """An approver who did not run it has signed."""
    record, known = facts.record, facts.ledger
    if record is None:
        return not_run("A case without a record cannot be approved.", _OPEN)
    way_out = "An approver has to look and sign: workbench release approve CASE."
    if known.decided == "refused":
        return failed(f"It was refused{_reason(facts)}.", "Mend what was refused; new files can be approved anew.")
    if not known.decided:
        if facts.decisions:
            return not_run(
                "A decision stands in the catalog that the ledger does not know: it does not count.", way_out
            )
        return not_run("Nobody approved these files.", way_out)
    # The catalog is written first: what it knows and the ledger does not speaks against a release, never for it.
    if facts.decisions and facts.decisions[-1].decision == "refused":
        return failed(
            "It was refused last, by a decision that the ledger does not know: the machine stopped then, or the "
            "ledger's end was cut off.",
            "An approver has to decide again: workbench release approve CASE, or refuse.",
        )
    if known.decided_purpose != record.purpose:
        return not_run(
            f"It was approved for another purpose ({known.decided_purpose}) than the record has now.", way_out
        )
    if known.decided_by and known.decided_by in known.operators:
        return failed(
            "Whoever approved it had a hand in making it.", "Somebody else has to approve: workbench release approve."
        )
    who = f"Person {known.decided_by} approved it" if known.decided_by else "It was approved"
    if not record.named or not known.decided_by:
        return weak(
            f"{who}{_reason(facts)}. One person held all roles: nobody else looked at what they made.",
            "Name people (workbench case person CASE LOGIN --role approver) and let another one approve.",
        )
    if 0 in known.operators:
        return weak(
            f"{who}{_reason(facts)}. Whether they ran it themselves is not known: nobody was named then.", way_out
        )
    if known.decided_record != record.digest:
        return weak(f"{who}{_reason(facts)}. The record was changed since, for the same purpose.", way_out)
    return passed(f"{who}{_reason(facts)}; they did not run it.")


def _reason(facts: Facts) -> str:
    last = next((row for row in reversed(facts.decisions) if row.decision == facts.ledger.decided), None)
    return f" ({last.reason.strip().rstrip('.')})" if last and last.reason.strip() else ""
