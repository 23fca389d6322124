"""``workbench case`` and ``workbench ledger``: why the pictures are redacted, who answers for it, what was done."""

from pathlib import Path
from typing import Any

import click

from workbench.cli_parts import FOLDER, Listed, as_json, one_sentence

PURPOSES = click.Choice(["publication", "ai-training", "analytics"])
ROLES = click.Choice(["operator", "reviewer", "approver", "custodian", "auditor"])


@click.group(cls=Listed)
def case() -> None:
    """Keep the record of a case: purpose, basis, risks, people. It decides how strongly is redacted.

    It is guidance, not legal advice.
    """


@case.command("new")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option("--title", required=True, help="Short name of the case.")
@click.option("--purpose", required=True, type=PURPOSES, help="What the pictures are for.")
@click.option("--jurisdiction", type=click.Choice(["eu", "uk"]), default="eu", show_default=True, help="Whose law.")
@as_json
@one_sentence
def case_new(folder: Path, title: str, purpose: str, jurisdiction: str, json_: bool) -> int:
    """Open a case: write case.toml, with every question in it, and begin the ledger.

    Example: workbench case new street-case/ --title "Street scenes" --purpose ai-training
    """
    from workbench import commands_case

    return commands_case.new(folder, title, purpose, jurisdiction, json_)


@case.command("show")
@click.argument("folder", type=FOLDER, metavar="CASE")
@as_json
@one_sentence
def case_show(folder: Path, json_: bool) -> int:
    """Check the record and say what it decides, each with its reason, and what is not answered yet.

    Example: workbench case show street-case/
    """
    from workbench import commands_case

    return commands_case.show(folder, json_)


@case.command("set")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("field")
@click.argument("value")
@as_json
@one_sentence
def case_set(folder: Path, field: str, value: str, json_: bool) -> int:
    """Change one field of the record; comments and order in case.toml stay as they are.

    Example: workbench case set street-case/ basis.lawful_basis legitimate-interests
    """
    from workbench import commands_case

    return commands_case.set_field(folder, field, value, json_)


@case.command("screen")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("answers", nargs=-1, metavar="[QUESTION=yes|no|unsure]...")
@as_json
@one_sentence
def case_screen(folder: Path, answers: tuple[str, ...], json_: bool) -> int:
    """Answer the screening's questions, and see which triggers are met and what follows.

    Without answers it asks what is open, where somebody sits at the terminal. "unsure" counts as yes.

    Example: workbench case screen street-case/ public_monitoring=yes crowds=no
    """
    from workbench import commands_case

    return commands_case.screen(folder, answers, json_)


@case.command("person")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("login")
@click.option("--role", "roles", multiple=True, type=ROLES, help="May be given again; none for somebody who left.")
@click.option("--name", default="", help="Full name; it stands in case.toml only.")
@as_json
@one_sentence
def case_person(folder: Path, login: str, json_: bool, **given: Any) -> int:
    """Name a person by their account and give them roles; from then on only named people act in this case.

    Example: workbench case person street-case/ ann --role operator --role reviewer
    """
    from workbench import commands_case

    return commands_case.person(folder, login, given["roles"], given["name"], json_)


@case.command("verdict")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option("--scene", "scenes", multiple=True, help="Scenario such as street, beside those the intake knows.")
@as_json
@one_sentence
def case_verdict(folder: Path, scenes: tuple[str, ...], json_: bool) -> int:
    """Say whether hiding faces is enough here: what identifies beside them, what is done about it, what is open.

    Example: workbench case verdict street-case/ --scene street
    """
    from workbench import commands_export

    return commands_export.verdict(folder, scenes, json_)


@case.command("guide")
@click.option("--jurisdiction", type=click.Choice(["eu", "uk"]), help="Only this column.")
@as_json
@one_sentence
def case_guide(jurisdiction: str | None, json_: bool) -> int:
    """Print the table of GDPR and UK GDPR, the lawful bases, the image-rights exceptions and the references.

    Example: workbench case guide --jurisdiction uk
    """
    from workbench import commands_guide

    return commands_guide.guide(jurisdiction, json_)


@click.group(cls=Listed)
def ledger() -> None:
    """Read and prove the log of who did what: one line an act, each chained to the line before."""


@ledger.command("verify")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option(
    "--release", "releases", multiple=True, type=FOLDER, help="Release that must fit too (default: known ones)."
)
@as_json
@one_sentence
def ledger_verify(folder: Path, releases: tuple[Path, ...], json_: bool) -> int:
    """Find any edit, removal or reordering. Exit 1 when there is one.

    A release that is kept elsewhere shows whether the ledger's end was cut off: name it with --release.

    Example: workbench ledger verify street-case/ --release redacted/
    """
    from workbench import commands_ledger

    return commands_ledger.verify(folder, releases, json_)


@ledger.command("show")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.option("--last", type=click.IntRange(min=1), help="Only so many lines, the last ones.")
@as_json
@one_sentence
def ledger_show(folder: Path, last: int | None, json_: bool) -> int:
    """Print the ledger.

    Example: workbench ledger show street-case/ --last 20
    """
    from workbench import commands_ledger

    return commands_ledger.show(folder, last, json_)
