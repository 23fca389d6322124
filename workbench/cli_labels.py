"""``workbench labels`` and ``workbench measure``: review in another tool, and what a run hides of the truth."""

from pathlib import Path
from typing import Any

import click

from workbench.cli_parts import EXISTING, FOLDER, Listed, as_json, one_sentence

FORMATS = ("coco", "yolo", "voc", "cvat")
in_format = click.option("--format", "form", required=True, type=click.Choice(FORMATS), help="Of the labels.")
of_run = click.option("--run", type=int, help="Number of the run (default: the one touched last).")


@click.group(cls=Listed)
def labels() -> None:
    """Take labels to another tool and back: CVAT, Label Studio, or whatever reads COCO, YOLO or Pascal VOC."""


@labels.command("export")
@click.argument("case", type=FOLDER)
@in_format
@click.option("--out", required=True, type=click.Path(path_type=Path), help="New file (coco, cvat) or folder.")
@of_run
@click.option("--all", "everything", is_flag=True, help="Also what scores too little to be hidden.")
@click.option("--by", default="", help="Who exports.")
@as_json
@one_sentence
def labels_export(case: Path, **options: Any) -> int:
    """Write what a run hides as labels of the originals. Keep them as private as the originals.

    Example: workbench labels export redacted-case/ --format cvat --out annotations.xml
    """
    from workbench import commands_labels

    return commands_labels.export(
        case, options["run"], options["form"], options["out"], options["everything"], options["by"], options["json_"]
    )


@labels.command("import")
@click.argument("case", type=FOLDER)
@click.argument("path", type=EXISTING, metavar="FILE|FOLDER")
@in_format
@click.option(
    "--as",
    "meaning",
    type=click.Choice(["corrections", "truth"]),
    default="corrections",
    show_default=True,
    help="What was changed since the export, or what is really to be seen.",
)
@click.option("--map", "mapping", multiple=True, metavar="THEIRS=OURS", help="Such as head=face; car=- for none.")
@click.option("--only-known", is_flag=True, help="Leave out pictures that are not in the case.")
@click.option("--rescale", is_flag=True, help="Scale boxes of pictures that have another size here.")
@of_run
@click.option("--by", default="", help="Who reviewed.")
@as_json
@one_sentence
def labels_import(case: Path, path: Path, **options: Any) -> int:
    """Take labels as corrections of what is hidden, or as ground truth; all of them or, where one is wrong, none.

    Example: workbench labels import redacted-case/ annotations.xml --format cvat --map head=face
    """
    from workbench import commands_labels

    return commands_labels.bring(case, path, options)


@click.command()
@click.argument("case", type=FOLDER)
@of_run
@click.option("--slices", default="folder", show_default=True, help="folder, media, scenario, … or a JSON file.")
@as_json
@one_sentence
def measure(case: Path, run: int | None, slices: str, json_: bool) -> int:
    """Say how much of the ground truth a run hides, by kind, size and slice, and what it hides in vain.

    Example: workbench measure redacted-case/
    """
    from workbench import commands_labels

    return commands_labels.measure(case, run, slices, json_)
