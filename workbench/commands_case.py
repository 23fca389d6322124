"""What the commands of ``workbench case`` do."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from workbench.batch.described import scenes_of_case
from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.governance import case_file, casework, guidance
from workbench.governance.effects import WORDS, Because, Effects, effects, profile_for
from workbench.governance.record import Person, Record
from workbench.governance.roles import ONE_PERSON, identity
from workbench.governance.scenes import scenes
from workbench.governance.screening import Screened
from workbench.governance.screening import screen as screened
from workbench.governance.unanswered import unanswered
from workbench.terminal import console
from workbench.values import UsageError


def new(folder: Path, title: str, purpose: str, jurisdiction: str, json_: bool) -> int:
    """Open a case; return the exit code."""
    wanted = Record.new(title, purpose, jurisdiction)  # type: ignore[arg-type]  # click refuses any other word
    with Case.open(folder) as case:
        record = casework.make(case.path, wanted)
        place = case.path / case_file.CASE_FILE
    if json_:
        print_json(_plain(record))
        return 0
    say(f"Opened {place}. Every question stands in it: edit it, or use workbench case set and case screen.")
    say(guidance.NOT_LEGAL_ADVICE)
    return 0


def show(folder: Path, json_: bool) -> int:
    """Say what a record decides; return the exit code."""
    record = _record(folder)
    by_hand = _edited_by_hand(folder, record)
    shown = scenes_of_case(folder)
    if json_:
        print_json({**_plain(record, shown), "edited_by_hand": by_hand})
        return 0
    say(f"{record.title}: {WORDS[record.purpose]}, {guidance.jurisdictions().names[record.jurisdiction]}")
    if by_hand:
        say("case.toml was edited by hand since the last act; the next act writes that into the ledger.")
    decided = effects(record, shown)
    _show_effects(decided, profile_for(record, shown).name)
    if shown:
        say(f"With the scenes that the intake knows: {', '.join(scenes()[name].name for name in shown)}.")
    _show_people(record)
    for warning in decided.warnings:
        console.print(f"Note: {warning}", style="yellow", markup=False, soft_wrap=True)
    say(screened(record).sentence)
    if empty := unanswered(record):
        say(f"Not answered yet: {', '.join(empty)}.")
    say(guidance.NOT_LEGAL_ADVICE)
    return 0


def set_field(folder: Path, field: str, value: str, json_: bool) -> int:
    """Change one field; return the exit code."""
    _record(folder)
    record = casework.change(folder, {field: case_file.typed(field, value)})
    if json_:
        print_json(_plain(record))
    else:
        say(f"{field} is set.")
        for warning in effects(record).warnings:
            console.print(f"Note: {warning}", style="yellow", markup=False, soft_wrap=True)
    return 0


def screen(folder: Path, answers: Sequence[str], json_: bool) -> int:
    """Take answers and say what they mean; return the exit code."""
    record = _record(folder)
    edits = dict(_answer(text) for text in answers)
    if not edits and not json_ and sys.stdin.isatty():
        for question in screened(record).unanswered:
            given = click.prompt(question.ask, type=click.Choice(["yes", "no", "unsure", "skip"]), default="skip")
            if given != "skip":
                edits[f"screening.{question.id}"] = given
    if edits:
        record = casework.change(folder, edits)
    found = screened(record)
    if json_:
        print_json(_screening(found))
        return 0
    table = Table(title="Triggers that are met", title_justify="left", title_style="bold")
    for heading in ("question", "trigger", "what follows"):
        table.add_column(heading, overflow="fold")
    for met in found.met:
        follows = [f"{want.setting}: {want.why}" for want in met.question.raises]
        follows += [guidance.checks()[name] for name in met.question.checks]
        unsure = " (unsure counts as yes)" if met.unsure else ""
        table.add_row(met.question.id, met.question.trigger + unsure, "; ".join(follows) or "–")
    if found.met:
        console.print(table)
    say(found.sentence)
    for why in found.why:
        say(why)
    for question in found.unanswered:
        say(f"open: {question.id}: {question.ask}")
    say(guidance.NOT_LEGAL_ADVICE)
    return 0


def person(folder: Path, login: str, roles: Sequence[Any], name: str, json_: bool) -> int:
    """Name somebody; return the exit code."""
    record = _record(folder)
    known = record.person(login)
    number = known.number if known else max((each.number for each in record.people), default=0) + 1
    name = name or (known.name if known else "")
    record = casework.name_person(folder, Person(number=number, login=login, name=name, roles=tuple(roles)))
    if json_:
        print_json(_plain(record)["record"]["people"])
    else:
        _show_people(record)
    return 0


def say(text: str) -> None:
    """Print a line as it is."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _show_effects(decided: Effects, profile: str) -> None:
    table = Table(title="What the record decides", title_justify="left", title_style="bold")
    for heading in ("what", "value", "why"):
        table.add_column(heading, overflow="fold")
    table.add_row("profile", profile, decided.profile.why)
    for want in decided.raised:
        table.add_row(f"at least: {want.setting}", _word(want.value), want.why)
    for want in decided.suggested:
        table.add_row(f"suggested: {want.setting}", _word(want.value), want.why)
    rows: tuple[tuple[str, Because[Any], str], ...] = (
        ("link table", decided.link_table, "sealed" if decided.link_table.value else "none"),
        ("longest side", decided.max_side, f"{decided.max_side.value} px" if decided.max_side.value else "any"),
        ("originals", decided.originals_days, f"{decided.originals_days.value} days"),
        ("work files", decided.work_days, f"{decided.work_days.value} days"),
        ("releases", decided.releases_days, f"{decided.releases_days.value} days"),
        ("review", decided.review_target, f"at most {decided.review_target.value:.2%} missed"),
    )
    for what, because, text in rows:
        table.add_row(what, text, because.why)
    for check in decided.checks:
        table.add_row("check", check.value, check.why)
    console.print(table)


def _show_people(record: Record) -> None:
    if not record.named:
        say(ONE_PERSON)
        return
    who = identity()
    for each in record.people:
        roles = ", ".join(each.roles) or "left"
        say(f"Person {each.number}: {each.login}{' (you)' if each.login == who else ''}: {roles}")


def _record(folder: Path) -> Record:
    if not folder.is_dir():
        raise UsageError(f"There is no folder {folder}: make a case with workbench case new.")
    return casework.load(folder)


def _edited_by_hand(folder: Path, record: Record) -> bool:
    return casework.last_digest(folder) != record.digest


def _answer(text: str) -> tuple[str, str]:
    name, equals, answer = text.partition("=")
    if not equals or name not in guidance.questions():
        known = ", ".join(guidance.questions())
        raise UsageError(f"'{text}' is no answer: write QUESTION=yes, no or unsure, with one of {known}.")
    return f"screening.{name}", answer


def _screening(found: Screened) -> dict[str, Any]:
    return {
        "met": [
            {"question": met.question.id, "trigger": met.question.trigger, "unsure": met.unsure} for met in found.met
        ],
        "unanswered": [question.id for question in found.unanswered],
        "dpia": found.dpia,
        "sentence": found.sentence,
        "why": list(found.why),
    }


def _plain(record: Record, shown: Sequence[str] = ()) -> dict[str, Any]:
    decided = asdict(effects(record, shown))
    for name in ("raised", "suggested"):
        decided[name] = [want.model_dump() for want in getattr(effects(record, shown), name)]
    return {
        "record": record.model_dump(mode="json"),
        "digest": record.digest,
        "effects": {**decided, "profile_used": profile_for(record, shown).name},
        "screening": _screening(screened(record)),
        "unanswered": unanswered(record),
        "advice": guidance.NOT_LEGAL_ADVICE,
    }


def _word(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
