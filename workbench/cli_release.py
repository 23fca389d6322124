"""``workbench release``: what stands between a run and its release, who tried, who signed, and how it leaves."""

from pathlib import Path
from typing import Any

import click

from workbench.cli_parts import FOLDER, Listed, as_json, one_sentence

CASE = click.argument("case", type=FOLDER)
of_run = click.option("--run", type=int, help="Number of the run (default: the one touched last).")


@click.group(cls=Listed)
def release() -> None:
    """Check what holds a release back, try to recognise people in it, sign it.

    Start with: workbench release check CASE
    """


@release.command("check")
@CASE
@of_run
@click.option("--anew", is_flag=True, help="Read every output again, also where nothing changed since the last time.")
@as_json
@one_sentence
def release_check(case: Path, run: int | None, anew: bool, json_: bool) -> int:
    """Verify the outputs and say of every check whether it holds, and what to do. Exit 1 while it may not leave.

    Example: workbench release check street-case/
    """
    from workbench import commands_release

    return commands_release.check(case, run, anew, json_)


@release.command("attack")
@CASE
@of_run
@click.option("--files", type=click.IntRange(min=0), default=50, show_default=True, help="Outputs; 0 for all.")
@as_json
@one_sentence
def release_attack(case: Path, run: int | None, files: int, json_: bool) -> int:
    """Search the outputs with the careful detectors, and record what they report. Exit 1 where it is not hidden.

    Example: workbench release attack street-case/ --files 0
    """
    from workbench import commands_release

    return commands_release.attack(case, run, files, json_)


@release.command("attempt")
@CASE
@of_run
@click.option("--method", help="How it was tried; without it, the ways are explained and outputs to try are named.")
@click.option("--tried", type=click.IntRange(min=1), help="How many different outputs were tried that way.")
@click.option("--identified", type=click.IntRange(min=0), default=0, help="In how many somebody was recognised.")
@click.option("--note", default="", help="By what somebody was recognised, or what was seen; no names.")
@click.option("--tools", default="", help="With what it was tried.")
@click.option("--files", type=click.IntRange(min=1), default=20, show_default=True, help="Outputs to name.")
@as_json
@one_sentence
def release_attempt(case: Path, run: int | None, json_: bool, **given: Any) -> int:
    """Record that people tried to recognise somebody in the outputs; without --method, say how to try.

    Example: workbench release attempt street-case/ --method context-clues --tried 20 --identified 0
    """
    from workbench import commands_release

    return commands_release.attempt(case, run, given, json_)


@release.command("risk")
@CASE
@click.argument("risk")
@of_run
@click.option("--level", required=True, type=click.Choice(["low", "medium", "high"]))
@click.option("--action", default="", help="What is done about it; a high risk needs one.")
@as_json
@one_sentence
def release_risk(case: Path, risk: str, run: int | None, level: str, action: str, json_: bool) -> int:
    """Record a risk that is left, and what is done about it. Both stand in the report.

    Example: workbench release risk street-case/ "Team colours tell the club" --level low --action "Crop next time"
    """
    from workbench import commands_release

    return commands_release.risk(case, run, risk, level, action, json_)


@release.command("explain")
@CASE
@click.argument("reason")
@of_run
@as_json
@one_sentence
def release_explain(case: Path, reason: str, run: int | None, json_: bool) -> int:
    """Say why files failed, so that the gate can pass over them.

    Example: workbench release explain street-case/ "Two files were cut short on the card, and taken again."
    """
    from workbench import commands_release

    return commands_release.explain(case, run, reason, json_)


@release.command("override")
@CASE
@click.argument("check")
@click.option("--reason", required=True, help="Why it may leave all the same; stands in the report.")
@of_run
@as_json
@one_sentence
def release_override(case: Path, check: str, reason: str, run: int | None, json_: bool) -> int:
    """Set one check aside, as an approver who did not run it, with a reason.

    Example: workbench release override street-case/ quality --reason "Twelve pictures; every one was looked at twice."
    """
    from workbench import commands_release

    return commands_release.override(case, run, check, reason, json_)


@release.command("approve")
@CASE
@click.option("--reason", default="", help="Anything to be said about it; stands in the report.")
@click.option("--manifest", default="", help="SHA-256 of the manifest that you looked at: approve that one alone.")
@of_run
@as_json
@one_sentence
def release_approve(case: Path, reason: str, manifest: str, run: int | None, json_: bool) -> int:
    """Approve the release of a run, as an approver who did not run it. All other checks must hold.

    Example: workbench release approve street-case/
    """
    from workbench import commands_release

    return commands_release.decide(case, run, "approved", reason, manifest, json_)


@release.command("refuse")
@CASE
@click.option("--reason", required=True, help="What has to be mended.")
@click.option("--manifest", default="", help="SHA-256 of the manifest that you looked at.")
@of_run
@as_json
@one_sentence
def release_refuse(case: Path, reason: str, manifest: str, run: int | None, json_: bool) -> int:
    """Refuse the release of a run; an approval of the same files ends by that.

    Example: workbench release refuse street-case/ --reason "The shop sign in the third series names the street."
    """
    from workbench import commands_release

    return commands_release.decide(case, run, "refused", reason, manifest, json_)


@release.command("report")
@CASE
@of_run
@as_json
@one_sentence
def release_report(case: Path, run: int | None, json_: bool) -> int:
    """Write the report as it would leave, the draft impact assessment and the dataset card into CASE/reports.

    They are private to the case. The draft quotes the record and is for people to complete; it never leaves by itself.

    Example: workbench release report street-case/
    """
    from workbench import commands_export

    return commands_export.report(case, run, json_)


@release.command("export")
@CASE
@click.option("--out", required=True, type=FOLDER, help="New or empty folder for the release.")
@click.option(
    "--labels",
    multiple=True,
    metavar="FORMAT=PATH",
    help="Labels of the originals that travel along, such as coco=labels.json; may be given again.",
)
@click.option(
    "--hidden-labels",
    type=click.Choice(["keep", "drop"]),
    default="keep",
    show_default=True,
    help="Boxes of which half or more is hidden.",
)
@click.option("--keep-attribute", multiple=True, help="Attribute of the labels that stays, whatever it holds.")
@click.option("--rescale", is_flag=True, help="Take labels of pictures of another size, scaled.")
@of_run
@as_json
@one_sentence
def release_export(case: Path, out: Path, run: int | None, json_: bool, **labels: Any) -> int:
    """Copy the approved outputs into a release of its own, with manifest, report and labels. Refuses without the gate.

    Example: workbench release export street-case/ --out release/ --labels coco=labels.json
    """
    from workbench import commands_export

    return commands_export.export(case, run, out, labels, json_)
