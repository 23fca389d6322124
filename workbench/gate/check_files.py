"""Checks that look at the files of a run: outcomes, verification, ledger, sound."""

from collections import Counter

from workbench.gate.facts import Facts
from workbench.gate.risks import EXPLAINED, digest
from workbench.gate.said import Said, count, failed, listed, not_run, passed, weak
from workbench.values import State


def outcomes(facts: Facts) -> Said:
    """Every file has an outcome, and none failed unexplained."""
    run, states = facts.run, Counter(outcome.state for outcome in facts.outcomes)
    again = "Run the same again: workbench redact, as before; what is done stays done."
    if run.left or run.state != "done":
        left = f"{count(run.left, 'file')} of {run.total:,} have no outcome yet" if run.left else "It has not ended yet"
        return not_run(f"{left} (the run is {run.state}).", again)
    if facts.manifest is None:
        return failed(facts.manifest_problem, f"{run.message} {again}".strip())
    says = f"{count(states[State.DONE], 'file')} done"
    if states[State.BLOCKED]:
        says += f", {states[State.BLOCKED]:,} left out because they are no photo or video that can be used"
    bad = states[State.FAILED]
    if not bad:
        return passed(f"{says}, none failed.")
    says += f", {bad:,} failed and {'is' if bad == 1 else 'are'} not in the output"
    if reasons(facts):
        return weak(f"{says}; why is written down.")
    return failed(
        f"{says}; nobody said why that is acceptable.",
        f"Mend what can be mended and run it again, or write the reason down: workbench release explain CASE "
        f'"…". The first reason that the program gave: {_first(facts)}',
    )


def reasons(facts: Facts) -> list[str]:
    """Return why files failed, as it was written down and as the ledger knows it."""
    return [
        row.risk
        for row in facts.risks
        if row.level == EXPLAINED and (facts.record is None or digest(row) in facts.ledger.explained)
    ]


def _first(facts: Facts) -> str:
    # The manifest's own words name no source.
    rows = facts.manifest.assets if facts.manifest else ()
    return next((row.reason for row in rows if row.state is State.FAILED), "–")


def profile(facts: Facts) -> Said:
    """What was run is as strong as the record asks for now; it may have been changed since."""
    if facts.record is None:
        return not_run("This case has no record that says how strong it must be.", "Open one: workbench case new CASE.")
    if facts.weaker:
        return failed(facts.weaker, "Run it again with the profile that the record picks: workbench redact, as before.")
    return passed(f"'{facts.run.profile.name}' is as strong as the record and the scenes ask for.")


def verified(facts: Facts) -> Said:
    """A second reader opened every output again."""
    found = facts.verification
    again = "Verify it: workbench release check CASE --anew."
    if facts.manifest is None:
        return not_run(facts.manifest_problem, "Finish the run first.")
    if facts.record and facts.ledger.written and facts.ledger.written != facts.manifest_sha256:
        return failed(
            "The manifest is not the one that the run wrote: the ledger knows another.",
            "Find out who changed it, and run the same again: workbench redact writes it anew.",
        )
    if found is None:
        return not_run("Nobody opened these files again since they were written or changed.", again)
    if not found.ok:
        says = f"{found.verdict} {found.findings[0].message if found.findings else ''}".strip()
        return failed(says, "Find out who changed the files, and run the same again: workbench redact.")
    limits = "Whether something was missed cannot be seen that way; the manifest is not signed."
    counts = facts.manifest.run.counts
    # What was left out is the business of the check of outcomes.
    if len(found.warnings) > bool(counts.failed + counts.blocked):
        return weak(f"{found.verdict} {' '.join(found.warnings)} {limits}")
    return passed(f"{found.verdict} {limits}")


def ledger(facts: Facts) -> Said:
    """The log of who did what is whole, and knows the files that were made."""
    known = facts.ledger
    if facts.record is None:
        return not_run("This case has no record, so it keeps no ledger.", "Open one: workbench case new CASE.")
    if known.findings:
        return failed(known.findings[0], "workbench ledger verify CASE says all that is wrong.")
    kept = {digest(row) for row in facts.risks}
    if gone := sum(each not in kept for each in known.explained):
        return failed(
            f"The ledger knows {count(gone, 'risk')} of these files that the catalog does not hold, or not in these "
            "words.",
            "Put the catalog back from a copy, or run it again and record anew what is left.",
        )
    if not known.operators or not known.written:
        return failed(
            "The ledger does not know this run: it was made before the case had a record.",
            "Run the same again: workbench redact; what is done stays done, and the ledger gets to know it.",
        )
    return passed(f"{count(known.lines, 'line')}, unbroken; it knows the run and its manifest.")


def sound(facts: Facts) -> Said:
    """Every sound track was dropped, muted or distorted."""
    if facts.manifest is None:
        return not_run(facts.manifest_problem, "Finish the run first.")
    videos = facts.manifest.videos
    if not videos:
        return passed("There is no video, so there is nothing to hear.")
    heard = Counter(entry.audio for entry in videos)
    says = f"{count(len(videos), 'video')}: {listed(f'{number:,} {_WORDS[how]}' for how, number in heard.items())}."
    if heard["kept"]:
        return failed(
            f"{says} A voice identifies a person, and what is said even more.",
            "Set video.audio to drop, mute or distort in the profile, and run it again.",
        )
    if heard["distorted"] or heard["muted in parts"]:
        return weak(
            f"{says} Distortion hides who speaks from listeners, not from a program, and not what is said; muting "
            "in parts hides what people marked, and nothing else."
        )
    return passed(says)


_WORDS = {
    "none": "without sound",
    "dropped": "with sound dropped",
    "kept": "with sound kept",
    "muted in parts": "muted in parts",
    "distorted": "distorted",
}
