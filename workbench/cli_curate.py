"""``workbench intake``: look at files, say what they are, find what is there twice, choose and store a subset."""

from pathlib import Path
from typing import Any

import click

from workbench.cli_parts import EXISTING, FOLDER, Listed, as_json, one_sentence

WHERE = click.option(
    "--where",
    default="",
    metavar="FILTER",
    help='Which files, such as "scenario=street has=GPS -alike" (default: all).',
)
PER = click.Choice(["scenario", "camera", "sensitivity", "media", "device", "folder", "all"])


@click.group(cls=Listed)
def intake() -> None:
    """Look at photos and videos before anything is done, describe them, and choose which of them are redacted.

    A filter holds terms such as scenario=street media=photo has=GPS kind=face sensitivity!=high -alike.
    """


@intake.command("look")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("sources", nargs=-1, required=True, type=EXISTING, metavar="SOURCE...")
@click.option("--find", is_flag=True, help="Run the detectors too, to choose files by what is found in them.")
@click.option("--profile", help="Whose detectors (default: those that the case picks).")
@as_json
@one_sentence
def intake_look(folder: Path, sources: tuple[Path, ...], find: bool, profile: str | None, json_: bool) -> int:
    """Read what every file is and discloses, find near duplicates, and apply the case's rules. Nothing is changed.

    Example: workbench intake look street-case/ holiday/ clips/
    """
    from workbench import commands_curate

    return commands_curate.look(folder, sources, find, profile, json_)


@intake.command("show")
@click.argument("folder", type=FOLDER, metavar="CASE")
@WHERE
@click.option("--subset", help="Only the files of a stored subset.")
@click.option("--limit", type=click.IntRange(min=0), default=30, show_default=True, help="Files to list.")
@as_json
@one_sentence
def intake_show(folder: Path, where: str, subset: str | None, limit: int, json_: bool) -> int:
    """Count and list the files: device, size, what they disclose, what is said and found.

    Example: workbench intake show street-case/ --where "has=GPS sensitivity!=high"
    """
    from workbench import commands_curate

    return commands_curate.show(folder, where, subset, limit, json_)


@intake.command("set")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@WHERE
@as_json
@one_sentence
def intake_set(folder: Path, values: tuple[str, ...], where: str, json_: bool) -> int:
    """Say something by hand about many files at once; NAME= takes it back, so that the rules hold again.

    Names: scenario, camera, sensitivity (low, normal, high), provenance, rights, model_release (a file).

    Example: workbench intake set street-case/ --where "folder=clinic" scenario=hospital sensitivity=high
    """
    from workbench import commands_curate

    return commands_curate.set_values(folder, values, where, json_)


@intake.command("rules")
@click.argument("folder", type=FOLDER, metavar="CASE")
@as_json
@one_sentence
def intake_rules(folder: Path, json_: bool) -> int:
    """Check intake.toml and apply its rules; write it, with all that can be asked and said, where there is none.

    Example: workbench intake rules street-case/
    """
    from workbench import commands_curate

    return commands_curate.rules(folder, json_)


@intake.command("duplicates")
@click.argument("folder", type=FOLDER, metavar="CASE")
@as_json
@one_sentence
def intake_duplicates(folder: Path, json_: bool) -> int:
    """List files that show nearly the same; the best of each group is kept, the filter -alike drops the others.

    Example: workbench intake duplicates street-case/
    """
    from workbench import commands_curate

    return commands_curate.duplicates(folder, json_)


@intake.command("subset")
@click.argument("folder", type=FOLDER, metavar="CASE")
@click.argument("name", required=False)
@WHERE
@click.option("--sample", type=click.IntRange(min=1), help="Draw so many at random (default: all).")
@click.option("--per", type=PER, default="scenario", show_default=True, help="By what the sample is divided.")
@click.option("--seed", default="", help="Of the random draw (default: by chance, and recorded).")
@as_json
@one_sentence
def intake_subset(folder: Path, name: str | None, json_: bool, **options: Any) -> int:
    """Store the files that a filter chooses under a name, for workbench redact --subset; without NAME list subsets.

    Example: workbench intake subset street-case/ train-1 --where "media=photo -alike" --sample 500 --seed spring
    """
    from workbench import commands_curate

    return commands_curate.subset(folder, name, json_, **options)
