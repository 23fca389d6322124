"""The command line: the same work without Jupyter.

Exit codes: 0 everything done, 1 some files failed or a check found something, 2 the request is wrong.
"""

from pathlib import Path
from typing import Any

import click

from workbench import __version__, commands
from workbench.cli_case import case, ledger
from workbench.cli_curate import intake
from workbench.cli_keep import retention, seal
from workbench.cli_labels import labels, measure
from workbench.cli_parts import EXISTING, FOLDER, Listed, as_json, one_sentence
from workbench.cli_release import release
from workbench.cli_review import review
from workbench.values import Kind, UsageError


def _kinds(_: click.Context, __: click.Parameter, value: str | None) -> tuple[Kind, ...] | None:
    if value is None:
        return None
    names = [name.strip().lower() for name in value.split(",") if name.strip()]
    unknown = sorted(set(names) - set(Kind))
    if unknown or not names:
        raise click.BadParameter(f"unknown kind {', '.join(unknown) or '(none given)'}; known are {', '.join(Kind)}.")
    return tuple(Kind(name) for name in names)


@click.group(cls=Listed, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="workbench")
def main() -> None:
    """Take people out of photos and videos before these are used. Nothing leaves this machine.

    Start with: workbench demo
    """


@main.command()
@click.option("--out", type=FOLDER, default=Path("workbench-demo"), show_default=True, help="New folder for all of it.")
@click.option("--serve/--no-serve", "serve_", default=None, help="Open the dashboard afterwards (asks by default).")
@one_sentence
def demo(out: Path, serve_: bool | None) -> int:
    """Do the whole job once on sample pictures: find, hide, check, release, show.

    Example: workbench demo --out try-it
    """
    from workbench.demo import run_demo

    return run_demo(out, serve_)


@main.command()
@click.argument("sources", nargs=-1, required=True, type=EXISTING, metavar="SOURCE...")
@click.option("--out", required=True, type=FOLDER, help="Folder for what is redacted; new or empty.")
@click.option("--case", "case_", type=FOLDER, help="Folder for the private record (default: OUT-case beside OUT).")
@click.option("--profile", help="Built-in profile or TOML file (default: the case's record's, else publication).")
@click.option("--kinds", callback=_kinds, help="Hide exactly these, such as face,plate,text.")
@click.option("--workers", type=click.IntRange(min=1), help="Files at a time (default: one a core).")
@click.option("--allow-nothing-hidden", is_flag=True, help="Release although nothing was found in any file.")
@click.option("--subset", default="", help="Only the files of this stored subset (workbench intake subset).")
@as_json
@one_sentence
def redact(**options: Any) -> int:
    """Redact a folder of photos and videos (or single files) and write a release that can be verified.

    The tree of SOURCE is mirrored; originals are only read. Ctrl-C stops at the end of the file, or of ten
    seconds of video, in work; run the same command again to resume.

    Example: workbench redact holiday/ --out redacted/ --profile publication
    """
    return commands.redact(
        sources=options["sources"],
        out=options["out"],
        case_folder=options["case_"],
        profile_name=options["profile"],
        kinds=options["kinds"],
        workers=options["workers"],
        allow_nothing_hidden=options["allow_nothing_hidden"],
        json_=options["json_"],
        subset=options["subset"],
    )


@main.command()
@click.argument("sources", nargs=-1, required=True, type=EXISTING, metavar="SOURCE...")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="COCO file to write.")
@click.option("--profile", default="publication", show_default=True, help="Whose detectors and quality to use.")
@click.option("--empty-frames", is_flag=True, help="List the frames of videos in which nothing was found too.")
@as_json
@one_sentence
def detect(sources: tuple[Path, ...], out: Path | None, profile: str, empty_frames: bool, json_: bool) -> int:
    """Find objects and write them as COCO; no file is changed.

    Everything from a score of 0.05 on is written: the threshold is yours to choose afterwards. In a video
    every frame with an object is an image, and each box has the number of its track.

    Example: workbench detect holiday/ --out boxes.json
    """
    if out is None and not json_:
        raise UsageError("Say where the boxes go: --out boxes.json, or --json to print them.")
    return commands.detect(sources, out, profile, empty_frames)


@main.command()
@click.argument("files", nargs=-1, required=True, type=EXISTING, metavar="FILE...")
@as_json
@one_sentence
def inspect(files: tuple[Path, ...], json_: bool) -> int:
    """List everything that photos and videos disclose: place, device, dates, thumbnails, comments, trailers.

    Example: workbench inspect holiday/IMG_0001.jpg
    """
    return commands.inspect(files, json_)


@main.command()
@click.argument("folder", type=FOLDER)
@as_json
@one_sentence
def verify(folder: Path, json_: bool) -> int:
    """Open a release again and prove it by its manifest alone; say which bytes are wrong.

    Example: workbench verify redacted/
    """
    return commands.verify(folder, json_)


@main.command()
@click.argument("source", type=FOLDER, metavar="CASE_OR_RELEASE")
@click.option("--out", required=True, type=FOLDER, help="New or empty folder for the pictures.")
@click.option("--every", type=click.IntRange(min=1), help="Every n-th frame.")
@click.option(
    "--per-second",
    type=click.FloatRange(min=0, min_open=True),
    help="Frames a second, 0.1 for one in ten (default: 1).",
)
@click.option("--per-scene", type=click.IntRange(min=1), help="Frames from each scene.")
@click.option("--by-motion", type=click.IntRange(min=1), help="Frames from each video, where most changes.")
@click.option("--only-with-objects", is_flag=True, help="Only frames in which an object is hidden.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many in all, evenly thinned.")
@click.option("--format", "form", type=click.Choice(["jpg", "png"]), default="jpg", show_default=True)
@as_json
@one_sentence
def frames(source: Path, out: Path, json_: bool, **choice: Any) -> int:
    """Take frames out of redacted videos as a data set for training: pictures, and their boxes as COCO.

    The originals are not opened. What is written is a release of its own, which workbench verify proves.

    Example: workbench frames redacted/ --out frames/ --per-scene 3 --only-with-objects
    """
    from workbench.commands_frames import frames as export

    return export(source, out, json_, **{name: value for name, value in choice.items() if value is not None})


@main.group(cls=Listed)
def models() -> None:
    """Say which detectors are usable here, check them, add your own."""


@models.command("list")
@as_json
@one_sentence
def models_list(json_: bool) -> int:
    """List the detectors with their kinds, weights, licence and checksum.

    Example: workbench models list --json
    """
    return commands.models(check=False, json_=json_)


@models.command("check")
@as_json
@one_sentence
def models_check(json_: bool) -> int:
    """Compare every checksum anew and run each detector once; exit 1 when one is not usable.

    Example: workbench models check
    """
    return commands.models(check=True, json_=json_)


@models.command("add")
@click.argument("name")
@click.option("--engine", required=True, type=click.Choice(["yolo", "yunet", "lpd_yunet"]), help="What runs it.")
@click.option("--weights", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The weights file.")
@click.option("--licence", required=True, help="Licence of the weights, such as Apache-2.0.")
@click.option("--classes", help="coco, open-images, or pairs such as 0=face,1=plate.")
@one_sentence
def models_add(name: str, engine: str, weights: Path, licence: str, classes: str | None) -> int:
    """Register a weights file of your own; its checksum is pinned from now on.

    Example: workbench models add my-faces --engine yunet --weights yunet.onnx --licence MIT
    """
    return commands.add_model(name, engine, weights, licence, classes)


@main.group(cls=Listed)
def profiles() -> None:
    """Look at the settings of a redaction."""


@profiles.command("list")
@one_sentence
def profiles_list() -> int:
    """List the built-in profiles with what each is for.

    Example: workbench profiles list
    """
    return commands.list_profiles()


@profiles.command("show")
@click.argument("name")
@one_sentence
def profiles_show(name: str) -> int:
    """Print a profile as TOML, to be saved, changed and given to --profile.

    Example: workbench profiles show publication > mine.toml
    """
    return commands.show_profile(name)


@main.command()
@click.argument("case", required=False, type=FOLDER)
@click.option("--root", "roots", multiple=True, type=FOLDER, help="Folder that may be browsed (default: your home).")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this machine (default: a free one).")
@click.option("--browser/--no-browser", default=True, help="Open the page in your browser.")
@one_sentence
def serve(case: Path | None, roots: tuple[Path, ...], port: int, browser: bool) -> int:
    """Open the dashboards in your browser; only this machine can reach them.

    Example: workbench serve my-case --root /data/photos
    """
    return commands.serve(case, roots, port, browser)


main.add_command(review)
main.add_command(case)
main.add_command(intake)
main.add_command(ledger)
main.add_command(labels)
main.add_command(measure)
main.add_command(release)
main.add_command(seal)
main.add_command(retention)

if __name__ == "__main__":
    main()
