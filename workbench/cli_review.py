"""``workbench review``: plan what people look at, see how far they are, read what it proves."""

from pathlib import Path
from typing import Any

import click

from workbench.cli_parts import FOLDER, Listed, as_json, one_sentence


@click.group(cls=Listed)
def review() -> None:
    """Let people look at a sample and at the riskiest files, and say what that proves."""


@review.command("plan")
@click.argument("case", type=FOLDER)
@click.option("--run", type=int, help="Number of the run (default: the one touched last).")
@click.option("--plan", "plan_", help="Purpose or TOML file (default: the purpose of the run's profile).")
@click.option("--seed", default="", help="Of the random order (default: by chance, and recorded).")
@click.option(
    "--strata",
    default="folder",
    help="folder, media, scenario, camera, sensitivity, or a JSON file that gives each path its stratum.",
)
@click.option("--by", default="", help="Who plans it.")
@as_json
@one_sentence
def review_plan(case: Path, **options: Any) -> int:
    """Draw what is looked at and say why so many; the same call again draws more where a miss asks for more.

    Example: workbench review plan redacted-case/ --seed spring-2026
    """
    from workbench import commands_review

    return commands_review.plan(
        case,
        options["run"],
        options["plan_"],
        options["seed"],
        options["strata"],
        options["by"],
        options["json_"],
    )


@review.command("status")
@click.argument("case", type=FOLDER)
@click.option("--review", "number", type=int, help="Number of the review (default: the one planned last).")
@click.option("--limit", type=click.IntRange(min=0), default=10, show_default=True, help="Items to list.")
@as_json
@one_sentence
def review_status(case: Path, number: int | None, limit: int, json_: bool) -> int:
    """Say how far a review is, who looks at what, and what comes next and why.

    Example: workbench review status redacted-case/
    """
    from workbench import commands_review

    return commands_review.status(case, number, limit, json_)


@review.command("figures")
@click.argument("case", type=FOLDER)
@click.option("--review", "number", type=int, help="Number of the review (default: the one planned last).")
@as_json
@one_sentence
def review_figures(case: Path, number: int | None, json_: bool) -> int:
    """Say what a review has shown: the bound, the strata, agreement, time, corrections. Exit 1 while nothing is proved.

    Example: workbench review figures redacted-case/ --json
    """
    from workbench import commands_review

    return commands_review.figures(case, number, json_)


@review.command("look")
@click.argument("case", type=FOLDER)
@click.option("--review", "number", type=int, help="Number of the review (default: the one planned last).")
@click.option(
    "--look",
    "looks",
    multiple=True,
    type=click.Choice(["mirrored", "enlarged", "tiles"]),
    help="How to look again; may be given several times (default: all three).",
)
@click.option("--whole", is_flag=True, help="Look also at files that are not in the queue.")
@click.option("--by", default="", help="Who asks for it.")
@as_json
@one_sentence
def review_look(case: Path, number: int | None, looks: tuple[str, ...], whole: bool, by: str, json_: bool) -> int:
    """Look a second time at what is to be reviewed; where that disagrees with the search, people are sent there.

    It takes a multiple of the search. Stop it when you want: the same command goes on with what is left.

    Example: workbench review look redacted-case/ --look mirrored --look tiles
    """
    from workbench import commands_review

    return commands_review.look(case, number, looks, whole, by, json_)
