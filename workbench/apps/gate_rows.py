"""The gate as the screen shows it: checks, attempts, risks, decisions, releases. All text is escaped here."""

import time
from collections.abc import Callable, Sequence
from html import escape

from workbench.apps.case_words import asked
from workbench.catalog.gate import Attempt, Decision, Export, Risk
from workbench.gate.attempts import METHODS, REDETECTION
from workbench.gate.export import Exported
from workbench.gate.risks import EXPLAINED
from workbench.gate.values import Check, Gate
from workbench.governance import guidance
from workbench.widgets.checks import CheckLine, Deed

WHEN = "When"
PLACES = 20
"""places of a search that are shown; the case keeps more"""
WHERE = {
    "visible": "visible",
    "soft": "inside what is hidden softly",
    "small": "smaller than what is hidden",
    "left": "left by a person's word",
}
ON_SCREEN = {
    ("outcomes", "failed"): "Mend what can be mended and redact again, or say why they failed.",
    ("outcomes", ""): "Redact again: what is done stays done.",
    ("verified", "did not run"): "Press Verify now: every output is opened and held against the manifest.",
    ("verified", ""): "Find out who changed the files, and redact again.",
    ("ledger", "did not run"): "Begin a record in the case screen.",
    ("ledger", ""): "See what is wrong in the case screen, then redact again: what is done stays done.",
    ("profile", ""): "Redact again with the profile that the case asks for now, in the redaction screen.",
    ("review", ""): "Look at a sample in the review screen; what was corrected is redacted again there.",
    ("quality", ""): "Review a sample in the review screen, or label some pictures by hand.",
    ("reidentification", "failed"): (
        "Look at each place that the search lists, in step 2: what is really visible is corrected in the "
        "review screen and redacted again; then record what you saw as 'Places that the program found'."
    ),
    ("reidentification", ""): "Search the outputs and let people try, in step 2.",
    ("background", ""): "Let people look for context clues, in step 2, or hide the background.",
    ("releases", ""): "Link the release files in the intake screen.",
    ("recital-26", ""): "Answer the questions of Recital 26 in the case screen.",
    ("memorisation", ""): "Write down what a model may memorise, in the case screen.",
    ("screening", ""): "Answer the questions of the screening in the case screen.",
    ("dpia", ""): "Decide in the case screen; the draft is in the case's reports.",
    (
        "basis",
        "",
    ): "Name the basis and answer its questions in the case screen; when in doubt, push toward anonymisation.",
    ("approval", "weak"): "Name people in the case screen, and let another one approve.",
    ("approval", ""): "An approver looks and decides, in step 4.",
}
"""what to do next by check and state (or any state), where the gate's own words speak of a command"""
SCREENS = {
    "profile": "redact", "ledger": "case", "review": "review", "quality": "review", "releases": "intake",
    "recital-26": "case", "memorisation": "case", "screening": "case", "dpia": "case", "basis": "case",
}  # fmt: skip
"""where a check is answered"""
TRIES = ("reidentification", "background")
"""checks that an attempt answers"""


def lines(gate: Gate, barred: Callable[[str], str], served: bool = False) -> list[CheckLine]:
    """Return the checks as they are shown, each with what can be done about it on this screen.

    Parameters
    ----------
    barred : callable
        ``barred(act) -> str``: why the person may not do it, or "".
    served : bool
        The other screens lie beside this one, so that they can be linked to.
    """
    refused = barred("override")
    return [
        CheckLine(
            check.title, check.state, check.says, way_out(check), check.must, check.overridden,
            _deeds(check, refused, served),
        )
        for check in gate.checks
    ]  # fmt: skip


def way_out(check: Check) -> str:
    """Return what to do next in the words of the screens, where the check speaks of a command."""
    if "workbench " not in check.way_out:
        return asked(check.way_out)
    return ON_SCREEN.get((check.name, check.state)) or ON_SCREEN.get((check.name, "")) or check.way_out


def _deeds(check: Check, refused: str, served: bool) -> tuple[Deed, ...]:
    deeds = []
    if served and check.state != "passed" and check.name in SCREENS:
        deeds.append(Deed("open", f"Open the {SCREENS[check.name]} screen", link=f"{SCREENS[check.name]}.ipynb"))
    if check.name == "verified" and check.state in ("did not run", "failed"):
        deeds.append(Deed("verify", "Verify now"))
    if check.name in TRIES and check.state != "passed":
        deeds.append(Deed("try", "Try it …"))
    if check.name == "outcomes" and check.state == "failed":
        deeds.append(Deed("explain", "Explain …"))
    if check.name == "approval" and check.state != "passed":
        deeds.append(Deed("decide", "Decide …"))
    if not check.holds and guidance.check_rules()[check.name].override:
        deeds.append(Deed("override", "Override …", refused))
    return tuple(deeds)


def headline(gate: Gate) -> str:
    """Say in a few words whether the run may leave."""
    if gate.may_leave:
        return "This release may leave"
    number = len(gate.held_by)
    if not number:
        return "This release may not leave yet"
    return f"This release may not leave yet: {'1 check holds' if number == 1 else f'{number} checks hold'} it back"


def why(gate: Gate) -> str:
    """Return the gate's own sentence, without what the headline has said."""
    return gate.why.removeprefix("It may leave.").strip()


def ways() -> list[tuple[str, str]]:
    """Return the ways in which people try, for a menu."""
    return [(way.title, name) for name, way in METHODS.items()]


def way(name: str) -> str:
    """Return how one of them goes, as HTML, with its warning."""
    one = METHODS[name]
    warning = f"<div class='wbp-notice wbp-warn'>{escape(one.warning)}</div>" if one.warning else ""
    return f"<p class='wbp-profile'>{escape(one.how)}</p>{warning}"


def attempts(rows: Sequence[Attempt]) -> str:
    """Return what was tried so far, the newest first, as HTML."""
    if not rows:
        return "<p class='wbp-hint'>Nobody has tried yet.</p>"
    cells = [
        (
            _day(each.at),
            "Search of the outputs, by program" if each.method == REDETECTION else METHODS[each.method].title,
            f"{each.tried:,}",
            f"{each.identified:,}",
            " ".join(part for part in (each.note, _tools(each)) if part),
        )
        for each in reversed(rows)
    ]
    return _table((WHEN, "How", "Tried", "Recognised or visible", "What came out"), cells) + _places(rows)


def _tools(attempt: Attempt) -> str:
    tools = attempt.facts.get("tools")
    return f"With {tools}." if tools else ""


def _places(rows: Sequence[Attempt]) -> str:
    """The places of the last search by program, so that people can look at each."""
    last = next((each for each in reversed(rows) if each.method == REDETECTION), None)
    found = last.facts.get("found", ()) if last else ()
    if not found:
        return ""
    cells = [
        (
            str(row.get("file", "")),
            str(row.get("frame", "")) if row.get("frame") else "",
            str(row.get("kind", "")),
            f"{float(row.get('score', 0)):.0%}",
            WHERE.get(str(row.get("where", "")), str(row.get("where", ""))),
        )
        for row in found[:PLACES]
    ]
    more = f"<p class='wbp-hint'>{len(found) - PLACES:,} more are kept in the case.</p>" if len(found) > PLACES else ""
    table = _table(("Output", "Frame", "What", "Score", "Where"), cells)
    return f"<details class='wbp-details'><summary>Places that the last search lists</summary>{table}{more}</details>"


def risks(rows: Sequence[Risk]) -> str:
    """Return the risks that are left, as HTML."""
    if not rows:
        return "<p class='wbp-hint'>No risk is recorded yet.</p>"
    words = {EXPLAINED: "why files failed"}
    return _table(
        (WHEN, "Level", "Risk", "What is done about it"),
        [(_day(each.at), words.get(each.level, each.level), each.risk, each.action) for each in rows],
    )


def decisions(rows: Sequence[Decision]) -> str:
    """Return what was decided about these files, the newest first, as HTML."""
    if not rows:
        return "<p class='wbp-hint'>Nobody has decided about these files yet.</p>"
    return _table(
        (WHEN, "Decision", "By", "Reason"),
        [(_day(each.at), each.decision, each.by, each.reason or "–") for each in reversed(rows)],
    )


def exports(rows: Sequence[Export]) -> str:
    """Return the releases that were written, as HTML."""
    if not rows:
        return "<p class='wbp-hint'>Nothing of this run was exported yet.</p>"
    return _table(
        (WHEN, "Folder", "By", "Manifest"),
        [(_day(each.at), str(each.out), each.by, each.released[:16]) for each in reversed(rows)],
    )


def exported(done: Exported) -> str:
    """Return what an export wrote, as HTML."""
    files = "1 file" if done.files == 1 else f"{done.files:,} files"
    notes = "".join(f"<li>{escape(note)}</li>" for note in done.notes)
    beside = f" Beside them: {escape(', '.join(done.documents))}." if done.documents else ""
    return (
        f"<div class='wbp-notice wbp-good' role='status'>Released into <b>{escape(str(done.out))}</b>: {files}.{beside}"
        f"<br>Manifest <code class='wbp-digest'>{escape(done.manifest_sha256)}</code>: note it down; with it anybody "
        f"can prove what was released.{f'<ul>{notes}</ul>' if notes else ''}</div>"
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th scope='col'>{escape(name)}</th>" for name in head)
    when = head[0] == WHEN
    body = "".join(f"<tr>{''.join(_cell(cell, when and not at) for at, cell in enumerate(row))}</tr>" for row in rows)
    table = f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>"
    return f"<div class='wbp-wide'><table class='wbp-table'>{table}</table></div>"


def _cell(text: str, whole: bool) -> str:
    return f"<td class='wbp-whole'>{escape(text)}</td>" if whole else f"<td>{escape(text)}</td>"


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
