"""The main job, done once on sample pictures and a short video that need no download."""

import sys
from pathlib import Path

import click

from workbench import batch, commands, evidence, profiles, terminal
from workbench.catalog.case import Case
from workbench.media.disclose import disclosures
from workbench.media.samples import write_sample_clip, write_samples
from workbench.values import UsageError

PARTS = {"pictures", "case", "release"}


def run_demo(folder: Path, serve: bool | None = None) -> int:
    """Make a case from sample pictures, redact and verify it; return the exit code.

    Parameters
    ----------
    folder : Path
        Gets ``pictures`` (the samples), ``case`` (private) and ``release`` (what may leave).
    serve : bool, optional
        Open the dashboard at the end; None asks when somebody sits at the terminal.

    Raises
    ------
    UsageError
        When `folder` holds anything that no demo has made.
    """
    say = terminal.console.print
    if folder.exists() and not (folder.is_dir() and {path.name for path in folder.iterdir()} <= PARTS):
        raise UsageError(f"{folder} holds other things: give the demo a new folder with --out.")
    samples = [*write_samples(folder / "pictures"), write_sample_clip(folder / "pictures")]
    say(f"[bold]1  Samples[/bold]   {len(samples) - 1} pictures and a video in {folder / 'pictures'}")
    astronaut = next(path for path in samples if path.name == "astronaut.jpg")
    groups = sorted({item.group for item in disclosures(astronaut)})
    say(f"   {astronaut.name} also discloses: {', '.join(groups)}", markup=False)
    profile = profiles.load("publication")
    with Case.open(folder / "case") as case:
        say(f"[bold]2  Redact[/bold]    profile {profile.name}: searching, hiding and checking each file")
        run = batch.prepare(case, [folder / "pictures"], folder / "release", profile)
        asked = terminal.Asked()
        terminal.follow(batch.run(case, run, stopping=asked), asked)
        outcomes = case.catalog.outcomes(run)
        page = evidence.write_before_after(case, run)
    say(commands.hidden_table(outcomes))
    say("[bold]3  Verify[/bold]    every output opened again, by its manifest alone")
    result = evidence.verify(folder / "release")
    say(f"   {result.verdict}", style="green" if result.ok else "red", markup=False)
    say(f"[bold]4  Look[/bold]      before and after (private): {page.resolve()}", soft_wrap=True)
    say(f"             release, with its report.html: {(folder / 'release').resolve()}", soft_wrap=True)
    if serve is None and sys.stdin.isatty():
        serve = click.confirm("\nOpen the dashboard in the browser now?", default=True)
    if serve:
        return commands.serve(folder / "case", [folder.resolve()], 0, True)
    say(f"\nDashboard: [bold]workbench serve {folder / 'case'} --root {folder}[/bold]", soft_wrap=True)
    return 0 if result.ok else 1
