"""What each command does. `cli` only reads the words on the command line."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table

from workbench import profiles as profile_store
from workbench.disk import printable, publish_bytes
from workbench.profiles import MIN_DETECTION_SCORE, Profile
from workbench.terminal import Asked, console, errors, follow, searching
from workbench.values import Asset, FileError, Kind, Media, Outcome, State, UsageError

if TYPE_CHECKING:
    from workbench.detect.protocol import Detector
    from workbench.labels.coco import Labelled


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def redact(
    *,
    sources: Sequence[Path],
    out: Path,
    case_folder: Path | None,
    profile_name: str | None,
    kinds: tuple[Kind, ...] | None,
    workers: int | None,
    allow_nothing_hidden: bool,
    json_: bool,
    subset: str = "",
) -> int:
    """Redact files and folders; return the exit code."""
    from workbench import batch, evidence

    profile = batch.profile_of(case_folder, out, profile_name, sources, subset)
    if kinds is not None:
        profile = profile.with_kinds(kinds)
    with batch.case_for(case_folder, out) as case:
        run = batch.prepare(case, sources, out, profile, workers or 0, allow_nothing_hidden, subset)
        asked = Asked()
        follow(batch.run(case, run, stopping=asked), asked, quiet=json_)
        outcomes = case.catalog.outcomes(run)
        final = case.catalog.run(run)
    verification = evidence.verify(out) if (out / "manifest.jsonl").is_file() else None
    problems = [item for item in outcomes if item.state is not State.DONE]
    clean = final.state == "done" and verification is not None and verification.ok
    if json_:
        print_json(
            {
                "state": final.state,
                "message": final.message,
                "verified": clean,
                "out": str(out),
                "case": str(case.path),
                "outcomes": [_plain(item) for item in outcomes],
            }
        )
    else:
        console.print(hidden_table(outcomes))
        report_problems(problems)
        if final.message:
            errors.print(final.message, style="yellow", markup=False)
        if verification is not None:
            console.print(verification.verdict, style="green" if clean else "red", markup=False)
            console.print(f"Release: {out}   Private record: {case.path}", markup=False, soft_wrap=True)
    return 0 if clean and not any(item.state is State.FAILED for item in problems) else 1


def hidden_table(outcomes: Sequence[Outcome]) -> Table:
    """Return a table of what was hidden in which output."""
    kinds = [kind for kind in Kind if any(item.counts.get(kind) for item in outcomes)]
    table = Table(title="What was hidden", title_justify="left", title_style="bold")
    table.add_column("original", overflow="fold")
    table.add_column("output", overflow="fold")
    for kind in kinds:
        table.add_column(str(kind), justify="right")
    table.add_column("covered", justify="right")
    shown = [item for item in outcomes if item.state is State.DONE]
    for item in shown[:20]:
        numbers = [str(item.counts.get(kind, 0) or "–") for kind in kinds]
        table.add_row(_literal(item.asset), _literal(item.output), *numbers, f"{item.covered:.1%}")
    if len(shown) > 20:
        table.add_row(f"… {len(shown) - 20} more", "", *[""] * (len(kinds) + 1))
    totals = [str(sum(item.counts.get(kind, 0) for item in shown)) for kind in kinds]
    table.add_section()
    table.add_row(f"{len(shown)} files", "", *totals, "", style="bold")
    return table


def report_problems(problems: Sequence[Outcome]) -> None:
    """Print which files were left out and why."""
    for item in problems[:20]:
        errors.print(f"Left out: {printable(item.asset)}: {item.error}", markup=False, style="yellow")
    if len(problems) > 20:
        errors.print(f"… and {len(problems) - 20} more files were left out.", style="yellow")


def detect(sources: Sequence[Path], out: Path | None, profile_name: str, empty_frames: bool = False) -> int:
    """Write everything the detectors see as COCO; return the exit code."""
    from workbench import batch, pipeline
    from workbench.labels.coco import to_coco

    profile = profile_store.load(profile_name)
    assets = batch.find_assets(sources)
    if not assets:
        raise UsageError("There is no photo or video in what was given: name a folder or a file with one.")
    detectors = pipeline.load_detectors(profile)
    found, problems = [], []
    with searching(len(assets), quiet=out is None) as tell:
        for number, asset in enumerate(assets):
            try:
                found.append(_search(asset, profile, detectors, partial(_tell, tell, number)))
            except FileError as error:
                problems.append(Outcome(asset.path, State.FAILED, error=str(error)))
    data = to_coco(found, f"redaction-workbench, detectors {', '.join(profile.detectors)}", empty_frames)
    report_problems(problems)
    if out is None:
        print_json(data)
    else:
        publish_bytes(json.dumps(data).encode(), out, private=True)
        where = f"{len(data['images'])} pictures and frames"
        console.print(f"{len(data['annotations'])} boxes in {where}: {out}", markup=False)
    return 1 if problems else 0


def _tell(tell: Callable[[float], None], done: int, share: float) -> None:
    tell(done + share)


def _search(
    asset: Asset, profile: Profile, detectors: "Sequence[Detector]", tell: Callable[[float], None]
) -> "Labelled":
    from workbench import pipeline
    from workbench.labels.coco import Labelled
    from workbench.media.photo import open_photo
    from workbench.video import search_file

    path = Path(asset.source) / asset.path
    if asset.media is Media.VIDEO:
        clip, found = search_file(path, profile, detectors, tell)
        # Where nobody saw it a track has no score of its own there, only a place.
        seen = [rows[rows.scores >= MIN_DETECTION_SCORE] for rows in found.tracks]
        return Labelled(asset.path, clip.width, clip.height, seen, found.times)
    opened = open_photo(path)
    frame = opened.frames[0]
    return Labelled(asset.path, frame.width, frame.height, pipeline.find_with(detectors)(opened))


def inspect(files: Sequence[Path], json_: bool) -> int:
    """Show what files disclose; return the exit code."""
    from workbench.media.disclose import disclosures

    results, failed = {}, False
    for path in files:
        try:
            results[str(path)] = [asdict(item) for item in disclosures(path)]
        except FileError as error:
            failed = True
            errors.print(f"Error: {error}", markup=False)
    if json_:
        print_json(results)
        return int(failed)
    for name, rows in results.items():
        table = Table(title=_literal(name), title_justify="left", title_style="bold")
        for heading in ("group", "what", "value", "where"):
            table.add_column(heading, overflow="fold")
        for row in rows:
            cells = [str(row[field]) for field in ("group", "label", "value", "where")]
            table.add_row(*map(_literal, cells), style="bold red" if row["group"] == "GPS" else "")
        console.print(table if rows else f"{_literal(name)}: nothing beyond the picture itself")
    return int(failed)


def verify(folder: Path, json_: bool) -> int:
    """Prove a release; return the exit code."""
    from workbench import evidence

    result = evidence.verify(folder)
    click.echo(result.to_json() if json_ else result.summary())
    return 0 if result.ok else 1


def models(check: bool, json_: bool) -> int:
    """List or check the detectors; return the exit code."""
    from workbench import detect as engines

    infos = engines.infos(check=check)
    if json_:
        print_json([asdict(info) for info in infos])
    else:
        table = Table(title="Detectors", title_justify="left", title_style="bold")
        for heading in ("name", "finds", "weights", "licence", "SHA-256", "from", "usable"):
            table.add_column(heading, overflow="fold")
        for info in infos:
            state = "yes" if info.usable else f"no: {info.problem}"
            kinds = ", ".join(info.kinds)
            row = (info.name, kinds, info.weights, info.licence, info.sha256[:16], info.source, state)
            table.add_row(*map(_literal, row), style="" if info.usable else "yellow")
        console.print(table)
    return 1 if check and not all(info.usable for info in infos) else 0


def add_model(name: str, engine: str, weights: Path, licence: str, classes: str | None) -> int:
    """Register a weights file; return the exit code."""
    from workbench import detect as engines

    table: str | dict[str, str] | None = classes
    if classes and "=" in classes:
        pairs = [pair.partition("=") for pair in classes.split(",")]
        table = {key.strip(): value.strip() for key, _, value in pairs}
    info = engines.add_model(name, engine, weights, licence, table)
    console.print(
        f'Added {info.name}: finds {", ".join(info.kinds)}. Name it in a profile: detectors = ["centerface", '
        f'"ocr", "{info.name}"]',
        markup=False,
    )
    return 0


def list_profiles() -> int:
    """Print the built-in profiles."""
    for name in profile_store.builtin_names():
        profile = profile_store.load(name)
        console.print(f"[bold]{name}[/bold]  hides {', '.join(profile.hidden)}")
        console.print(f"  {profile.description}", markup=False)
    return 0


def show_profile(name: str) -> int:
    """Print one profile as TOML."""
    profile: Profile = profile_store.load(name)
    click.echo(profile.to_toml(), nl=False)
    return 0


def serve(case: Path | None, roots: Sequence[Path], port: int, browser: bool) -> int:
    """Open the dashboards until interrupted; return the exit code."""
    from workbench.catalog.case import Case
    from workbench.serving.dashboards import dashboards_folder
    from workbench.serving.launch import serve as launch

    folder = case or Path("workbench-case")
    Case.open(folder).close()  # says now, not in the browser, what is wrong with it
    return launch(
        dashboards_folder(), case=folder.resolve(), roots=list(roots) or [Path.home()], port=port, open_browser=browser
    )


def _literal(text: str) -> str:
    """Return text that rich prints as it is: a file's metadata may look like its markup."""
    from rich.markup import escape

    return escape(printable(text))


def _plain(outcome: Outcome) -> dict[str, Any]:
    return {**asdict(outcome), "counts": dict(outcome.counts)}
