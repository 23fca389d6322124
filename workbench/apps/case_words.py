"""What the case screen says about a record and its ledger, as HTML. All text is escaped here."""

import re
from collections.abc import Iterable, Sequence
from html import escape

from workbench.apps.case_desk import Ledger
from workbench.apps.case_pages import label_of
from workbench.apps.parts import KIND_WORDS
from workbench.governance import guidance
from workbench.governance.effects import Effects
from workbench.governance.guidance import Raise
from workbench.governance.lines import Entry
from workbench.governance.record import Record
from workbench.governance.roles import ALONE
from workbench.governance.screening import Screened, screen
from workbench.governance.verdict import Verdict
from workbench.values import Kind

ACT_WORDS = {
    "case-made": "opened the case",
    "case-changed": "changed the record",
    "case-edited-by-hand": "found that case.toml was edited by hand",
    "run-started": "started a run",
    "run-ended": "the run ended",
    "review-recorded": "recorded a review",
    "subset-stored": "stored a subset",
    "files-described": "described files",
    "attempt-recorded": "recorded an attempt to recognise somebody",
    "risk-recorded": "recorded a risk that is left",
    "check-overridden": "overrode a check",
    "release-approved": "approved a release",
    "release-refused": "refused a release",
    "release-written": "wrote results",
    "release-exported": "exported a release",
    "sealed": "sealed files",
    "unsealed": "opened what was sealed",
    "deleted": "deleted files",
    "line-repaired": "took away half a line that a crash had left",
}
QUALITY = {"fast": "quickly", "balanced": "balanced", "careful": "carefully"}
SOUND = {"drop": "dropped", "mute": "silenced", "distort": "distorted", "keep": "kept"}


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Return a table of plain texts."""
    head = "".join(f"<th scope='col'>{escape(text)}</th>" for text in headings)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f"<div class='wbp-scroll'><table class='wbp-table wbp-words'>{title}<thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def bullets(texts: Iterable[str]) -> str:
    """Return plain texts as a list; "" for none."""
    rows = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<ul class='wbp-list'>{rows}</ul>" if rows else ""


def setting_words(want: Raise) -> str:
    """Return a setting that has to be stronger in plain words."""
    value, (*path, last) = want.value, want.setting.split(".")
    if path[:1] == ["kinds"]:
        things = KIND_WORDS[Kind(path[1])]
        if last == "min_size":
            return f"{things} hidden however small" if not value else f"{things} hidden from {value} pixels on"
        words = {"hide": "hidden", "min_score": f"hidden from a score of {value} on"}
        return f"{things} {words.get(last, f'{last} {value}')}"
    known: dict[str, str] = {
        "quality": f"searched {QUALITY.get(str(value), str(value))}",
        "background.hide": "background hidden",
        "output.max_side": f"longest side at most {value} pixels",
        "output.names": "results get neutral names",
        "video.audio": f"sound {SOUND.get(str(value), str(value))}",
    }
    return known.get(want.setting, f"{want.setting} {value}")


def risk_words(record: Record) -> str:
    """Return what the answers of the screening mean: triggers met, and what each asks for."""
    found = screen(record)
    tone = " wbp-warn" if found.dpia else ""
    parts = [f"<p class='wbp-notice{tone}' role='status'>{escape(found.sentence)}</p>", bullets(found.why)]
    for met in found.met:
        question = met.question
        must = [f"{_upper(setting_words(want))}: {want.why}" for want in question.raises if want.must]
        may = [f"Suggested: {setting_words(want)}, because {want.why}" for want in question.raises if not want.must]
        checks = [f"Checked before a release: {guidance.checks()[name]}" for name in question.checks]
        review = ["The review looks at more pictures"] if question.review < 1 else []
        unsure = " (unsure counts as yes)" if met.unsure else ""
        title = f"{_upper(question.trigger)}{unsure}"
        parts.append(f"<h4>{escape(title)}</h4>")
        parts.append(bullets([*must, *may, *checks, *review]) or "<p>It counts for the impact assessment.</p>")
    if not found.met:
        parts.append("<p>No trigger is met so far.</p>")
    return f"<div class='wbp-panel' role='region' aria-label='What follows' tabindex='0'>{''.join(parts)}</div>"


def effect_words(decided: Effects, profile: str) -> str:
    """Return all that a record decides, each with its reason."""
    settings = [(f"At least: {setting_words(want)}", _half(want.why)) for want in decided.raised]
    suggested = [(f"Suggested: {setting_words(want)}", _half(want.why)) for want in decided.suggested]
    rows = [
        (f"Profile: {profile}", decided.profile.why),
        *settings,
        *suggested,
        (f"Review: at most {decided.review_target.value * 100:.3g}% missed", decided.review_target.why),
        (
            f"Longest side: {f'{decided.max_side.value} pixels' if decided.max_side.value else 'any'}",
            decided.max_side.why,
        ),
        (f"Link table to the originals: {'sealed' if decided.link_table.value else 'none'}", decided.link_table.why),
        (f"Originals: {decided.originals_days.value} days", decided.originals_days.why),
        (f"Work files: {decided.work_days.value} days", decided.work_days.why),
        (f"Releases: {decided.releases_days.value} days", decided.releases_days.why),
    ]
    rules = guidance.check_rules()
    checks = [(rules[check.value].title, check.why) for check in decided.checks]
    return (
        table(("What", "Why"), rows, "What the record decides")
        + table(("Check", "What it looks at"), checks, "What is checked before anything leaves")
    )  # fmt: skip


def verdict_words(found: Verdict) -> str:
    """Return whether hiding faces is enough."""
    parts = [f"<p class='wbp-lead'>{escape(found.answer)}</p>"]
    for title, texts in (
        ("What identifies besides faces", found.why),
        ("What is done about it", found.covered),
        ("What is left", found.left),
    ):
        if texts:
            parts.append(f"<h4>{escape(title)}</h4>{bullets(texts)}")
    return "".join(parts)


def open_words(paths: Sequence[str], screened: Screened) -> str:
    """Return what is not answered yet, question by question."""
    texts = [label_of(path) for path in paths]
    texts += [f"Screening: {question.ask}" for question in screened.unanswered]
    if not texts:
        return "<p>Everything that a release needs is answered.</p>"
    number = f"{len(texts)} questions are" if len(texts) > 1 else "1 question is"
    return (
        f"<details class='wbp-more'><summary>{number} not answered yet</summary>{bullets(texts)}</details>"
    )  # fmt: skip


def warning_words(warnings: Sequence[str]) -> str:
    """Return what the record says that is weak; "" for nothing."""
    return "".join(f"<p class='wbp-notice wbp-warn'>{escape(asked(text))}</p>" for text in warnings)


def people_words(record: Record) -> str:
    """Return who acts in the case."""
    if not record.named:
        return ""
    rows = [
        (str(each.number), each.login, each.name or "–", ", ".join(each.roles) or "left")
        for each in sorted(record.people, key=lambda each: each.number)
    ]
    return table(("Number", "Account", "Name", "Roles"), rows)


def ledger_words(found: Ledger) -> str:
    """Return whether the ledger is what was written, and its last lines, the newest first."""
    checked = found.checked
    if checked.ok:
        lines = "1 line" if checked.entries == 1 else f"{checked.entries} lines"
        first = f"{lines}, unbroken: nothing was changed, removed or moved."
        second = (
            f"Releases that name a line of it: {checked.anchors}. Lines after the last one named: {checked.beyond}."
            if checked.anchors
            else "No release vouches for it yet: only a copy of its last digest, kept elsewhere, shows whether its end "
            "was cut off."
        )
        parts = [f"<p class='wbp-notice wbp-good' role='status'>{escape(f'{first} {second}')}</p>"]
    else:
        parts = [
            f"<p class='wbp-notice wbp-warn' role='alert'>{escape(finding.message)}</p>" for finding in checked.findings
        ]
    parts.append(bullets([*checked.notes, *found.skipped]))
    if checked.head:
        parts.append(f"<p>Digest of the last line: <code class='wbp-digest'>{escape(checked.head)}</code></p>")
    rows = [
        (str(entry.seq), entry.at.replace("T", " ").removesuffix("Z"), _who(entry), ACT_WORDS[entry.act], entry.text)
        for entry in reversed(found.entries)
    ]
    return "".join(parts) + (table(("Line", "When (UTC)", "Who", "What", "Details"), rows) if rows else "")


def asked(sentence: str) -> str:
    """Return a sentence in which a field is named by its question, not by its path in ``case.toml``."""

    def words(found: re.Match[str]) -> str:
        path = found[0] if "." in found[0] else f"retention.{found[0]}"
        label = label_of(path)
        return found[0] if label == path else f"“{label}”"

    return re.sub(r"[a-z][a-z0-9_]*\.[a-z_]+|\b[a-z]+_days\b", words, sentence)


def _who(entry: Entry) -> str:
    if entry.person:
        return f"Person {entry.person} ({entry.role})"
    return "nobody named" if entry.role in (ALONE, "nobody") else entry.role


def _half(why: str) -> str:
    return f"{_upper(why).rstrip('.')}."


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
