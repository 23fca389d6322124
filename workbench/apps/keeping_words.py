"""What the retention screen says, as HTML. All text is escaped here."""

from collections.abc import Sequence
from datetime import date
from html import escape

from workbench.apps.case_words import bullets, table
from workbench.disk import printable
from workbench.keeping import WORDS, Certificate, Due, Opened, Plan, Sealed

SHOWN = 300
"""files of a dry run that are listed by name"""
KEPT_WORDS = {
    "originals": "Originals",
    "link-table": "Sealed link table",
    "work": "Catalog and work files",
    "release": "Release",
}
UNITS = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size(number: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, name in UNITS:
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return "1 byte" if number == 1 else f"{number} bytes"


def count(number: int, one: str = "file") -> str:
    """Say a number with its noun: "1 file", "1,200 files"."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def warning_words(*texts: str) -> str:
    """Return what has to be known first; "" where nothing has."""
    return "".join(f"<p class='wbp-notice wbp-warn' role='alert'>{escape(text)}</p>" for text in texts if text)


def due_words(rows: Sequence[Due], today: date) -> str:
    """Return what is kept and until when, overdue first."""
    if not rows:
        return "<p class='wbp-hint'>Nothing is kept yet: there is no run in this case.</p>"
    late = sum(row.overdue for row in rows)
    tone = "wbp-warn" if late else "wbp-good"
    lead = f"Overdue: {late}." if late else "Nothing is overdue."
    body = "".join(_row(row) for row in rows)
    head = "".join(
        f"<th scope='col'>{text}</th>" for text in ("What", "Of", "Counted from", "Kept until", "State", "Why")
    )
    return (
        f"<p class='wbp-notice {tone}' role='status'>{lead} Today is {today.isoformat()} (UTC).</p>"
        f"<div class='wbp-scroll'><table class='wbp-table wbp-words'><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def state_words(row: Due) -> str:
    """Return how things stand with one row, in a few words."""
    if row.gone is not None:
        return f"deleted on {row.gone.isoformat()}"
    if row.left is None:
        return "not counted yet"
    if row.overdue:
        return f"overdue by {count(-row.left, 'day')}"
    return f"{count(row.left, 'day')} left" if row.left >= 0 else "past its day"


def plan_words(plan: Plan) -> str:
    """Return what a deletion would remove."""
    parts = [
        f"<h3>Dry run: {escape(WORDS[plan.what])}</h3>",
        f"<p class='wbp-lead'>{count(len(plan.files))}, {size(plan.bytes)}. Nothing is deleted yet.</p>",
    ]
    if plan.refused:
        parts.append(f"<p class='wbp-notice wbp-warn' role='alert'>{escape(plan.refused)}</p>")
    parts += [f"<p class='wbp-notice wbp-warn'>{escape(text)}</p>" for text in plan.warnings]
    if plan.stays:
        parts.append(f"<h4>What stays</h4>{bullets(plan.stays)}")
    if plan.files:
        rows = [(printable(str(each.path)), size(each.size)) for each in plan.files[:SHOWN]]
        more = f"<p class='wbp-hint'>… and {count(len(plan.files) - SHOWN)} more.</p>" * (len(plan.files) > SHOWN)
        listed = table(("File", "Size"), rows) + more
        parts.append(f"<details class='wbp-more'><summary>Every file that would go</summary>{listed}</details>")
    return "".join(parts)


def certificate_words(found: Certificate) -> str:
    """Return one certificate."""
    who = f"Person {found.person} ({found.role})" if found.person else found.role
    rows = [
        ("What", WORDS[found.what] + (f", of run {found.run}" if found.run else "")),
        ("Gone", f"{count(found.files)}, {size(found.bytes)}"),
        *([("Could not be removed", count(found.left))] if found.left else []),
        ("When", f"{found.at.replace('T', ' ').removesuffix('Z')} (UTC)"),
        ("Could be kept until", found.due or "no day was set"),
        ("Confirmed by", who),
        ("Digest of the contents", found.contents),
        ("Digest of this certificate, as the ledger has it", found.digest),
        ("File", f"{found.path.name}, to be read: {found.page.name}"),
    ]
    body = "".join(f"<tr><th scope='row'>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return (
        f"<h3>Certificate of deletion</h3><div class='wbp-scroll'><table class='wbp-table wbp-words wbp-certificate'>"
        f"<tbody>{body}</tbody></table></div><h4>What deletion cannot promise</h4>{bullets(found.notes)}"
    )


def sealed_words(done: Sealed) -> str:
    """Return what was sealed."""
    keys = "1 key opens it" if len(done.keys) == 1 else f"any of {len(done.keys)} keys opens it"
    return (
        f"<p class='wbp-notice wbp-good' role='status'>Sealed {escape(WORDS[done.what])}: {count(done.files)}, "
        f"{size(done.bytes)}, in {escape(printable(str(done.path)))}. {keys[:1].upper()}{keys[1:]}.</p>"
        f"{bullets(done.notes)}"
    )


def opened_words(done: Opened) -> str:
    """Return what was opened."""
    return (
        f"<p class='wbp-notice wbp-good' role='status'>Opened: {count(done.files)}, in "
        f"{escape(printable(str(done.path)))}.</p>{bullets(done.notes)}"
    )


def _row(row: Due) -> str:
    whole = "this case" if not row.run else f"run {row.run}"
    days = f"{count(row.days, 'day')}. {row.why} {row.note}"
    cells = (
        KEPT_WORDS[row.what], whole, row.since.isoformat() if row.since else "–",
        row.until.isoformat() if row.until else "–", state_words(row), days,
    )  # fmt: skip
    mark = " class='wbp-late'" if row.overdue else ""
    short = "".join(f"<td class='wbp-short'>{escape(text)}</td>" for text in cells[:-1])
    return f"<tr{mark}>{short}<td>{escape(cells[-1])}</td></tr>"
