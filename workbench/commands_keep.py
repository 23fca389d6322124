"""What the commands of ``workbench seal`` and ``workbench retention`` do."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from workbench import keeping
from workbench.commands import print_json
from workbench.commands_case import say
from workbench.disk import printable
from workbench.governance.guidance import NOT_LEGAL_ADVICE
from workbench.keeping import WORDS, Certificate, Due, Opened, Plan, Sealed, Tick, What
from workbench.release.keys import new_key
from workbench.terminal import console, errors

LISTED = 10
"""files of a dry run that are named; --json names all"""


def key(file: Path, json_: bool) -> int:
    """Make a pair of keys; return the exit code."""
    public = new_key(file)
    if json_:
        print_json({"public": public, "file": str(file)})
        return 0
    say(f"Public key: {public}")
    say(f"The private key is in {file}. Move it to where only the custodian gets at it, with a copy in a safe:")
    say("whoever has it opens what is sealed, and without it nobody ever does.")
    say(f"Next: workbench case set CASE custodian.key {public}")
    return 0


def links(folder: Path, run: int | None, json_: bool) -> int:
    """Seal the link table; return the exit code."""
    return _sealed(keeping.seal_links(folder, run), json_)


def originals(folder: Path, out: Path, run: int | None, to: Sequence[str], json_: bool) -> int:
    """Seal the originals; return the exit code."""
    with _bar(json_) as tick:
        made = keeping.seal_originals(folder, out, run=run, to=tuple(to), tick=tick)
    return _sealed(made, json_)


def lock(folder: Path, to: Sequence[str], json_: bool) -> int:
    """Lock a case; return the exit code."""
    with _bar(json_) as tick:
        made = keeping.lock_work(folder, to=tuple(to), tick=tick)
    return _sealed(made, json_)


def unlock(folder: Path, key_file: Path, json_: bool) -> int:
    """Unlock a case; return the exit code."""
    with _bar(json_) as tick:
        made = keeping.unlock_work(folder, key_file, tick=tick)
    return _opened(made, json_)


def open_(file: Path, key_file: Path, out: Path, folder: Path | None, json_: bool) -> int:
    """Open what is sealed; return the exit code."""
    with _bar(json_) as tick:
        made = keeping.open_sealed(file, key_file, out, folder=folder, tick=tick)
    return _opened(made, json_)


def show(folder: Path, json_: bool) -> int:
    """Say what is due; return the exit code."""
    found = keeping.due(folder)
    now = keeping.standing(folder)
    made = keeping.certificates(folder)
    note = keeping.clock_note(folder)
    if json_:
        print_json(
            {
                "today": now.today.isoformat(),
                "due": [_plain(each) for each in found],
                "locked": now.locked,
                "keys": list(now.keys),
                "links": [str(path) for path in now.links],
                "interrupted": now.interrupted,
                "clock": note,
                "certificates": [_certificate(each) for each in made],
            }
        )
        return 0
    for warning in filter(None, (now.interrupted, note)):
        _warn(warning)
    table = Table(title=f"What is kept, on {now.today} (UTC)", title_justify="left", title_style="bold")
    for heading in ("what", "since", "until", "state", "why"):
        table.add_column(heading, overflow="fold")
    for each in found:
        name = f"release of run {each.run}" if each.what == "release" else each.what
        why = f"{each.days} days. {each.why}{f' {each.note}' if each.note else ''}"
        table.add_row(name, str(each.since or "–"), str(each.until or "–"), state(each), why)
    console.print(table)
    if now.locked:
        say("The catalog and the work files are locked: workbench seal unlock opens them.")
    if not now.keys:
        say("No custodian's key is named: nothing can be sealed yet (workbench seal key).")
    for certificate in made:
        words = WORDS[certificate.what]
        say(f"Deleted on {certificate.at[:10]}: {words}, {certificate.files} files. {certificate.page}")
    say("Deleting: workbench retention delete CASE WHAT, which is a dry run first.")
    return 0


def delete(
    folder: Path, what: str, run: int, places: Sequence[Path], confirm: str, clock_is_right: bool, json_: bool
) -> int:
    """Show a dry run, or delete what was confirmed; return the exit code."""
    with _bar(json_) as tick:
        if confirm and keeping.standing(folder).unfinished:
            made = keeping.finish(folder, confirm=confirm, tick=tick)
        elif confirm:
            made = keeping.delete_confirmed(
                folder,
                cast(What, what),
                confirm=confirm,
                run=run,
                places=places,
                clock_is_right=clock_is_right,
                tick=tick,
            )
        else:
            planned = keeping.plan(folder, cast(What, what), run=run, places=places, tick=tick)
    return _deleted(made, json_) if confirm else _dry_run(folder, planned, json_)


def state(each: Due) -> str:
    """Return how it stands with something that is kept, in a word or two."""
    if each.gone:
        return f"deleted {each.gone}"
    if each.left is None:
        return "not yet"
    if each.overdue:
        return f"OVERDUE by {-each.left} days"
    return f"{each.left} days left" if each.left >= 0 else "past its day, held"


def _dry_run(folder: Path, planned: Plan, json_: bool) -> int:
    if json_:
        print_json(
            {
                "what": planned.what,
                "run": planned.run,
                "files": [
                    {"path": str(each.path), "bytes": each.size, "sha256": each.sha256} for each in planned.files
                ],
                "bytes": planned.bytes,
                "digest": planned.digest,
                "warnings": list(planned.warnings),
                "stays": list(planned.stays),
                "refused": planned.refused,
            }
        )
        return 0
    words = WORDS[planned.what].capitalize()
    say(f"Dry run: nothing is deleted. {words}: {len(planned.files)} files, {planned.bytes} bytes.")
    for each in planned.files[:LISTED]:
        say(f"  {printable(str(each.path))}")
    if len(planned.files) > LISTED:
        say(f"  and {len(planned.files) - LISTED} more (--json lists all)")
    for line in planned.stays:
        say(f"Stays: {line}")
    for warning in planned.warnings:
        _warn(warning)
    if planned.refused:
        errors.print(planned.refused, style="red", markup=False, soft_wrap=True)
        return 0
    more = "".join(f" --folder {place}" for place in planned.places) + (f" --run {planned.run}" if planned.run else "")
    say(f"To delete them: workbench retention delete {folder} {planned.what}{more} --confirm {planned.digest[:12]}")
    return 0


def _deleted(made: Certificate, json_: bool) -> int:
    if json_:
        print_json(_certificate(made))
        return 0
    say(f"Deleted {WORDS[made.what]}: {made.files} files, {made.bytes} bytes. Certificate: {made.page}")
    for note in made.notes:
        say(note)
    return 0


def _sealed(made: Sealed, json_: bool) -> int:
    if json_:
        print_json({**asdict(made), "path": str(made.path)})
        return 0
    entries = "lines" if made.what == "link-table" else "files"
    say(f"Sealed {made.files} {entries} into {made.path} ({made.bytes} bytes), opened again and compared.")
    say(f"SHA-256: {made.sha256}")
    for public in made.keys:
        say(f"Opens with the private key of {public}")
    for note in made.notes:
        say(note)
    return 0


def _opened(made: Opened, json_: bool) -> int:
    if json_:
        print_json({**asdict(made), "path": str(made.path)})
        return 0
    entries = "lines" if made.what == "link-table" else "files"
    say(f"Opened: {made.files} {entries}, each as it was sealed, in {made.path}")
    for note in made.notes:
        say(note)
    return 0


def _certificate(made: Certificate) -> dict[str, Any]:
    return {**asdict(made), "path": str(made.path), "page": str(made.page), "advice": NOT_LEGAL_ADVICE}


def _plain(each: Due) -> dict[str, Any]:
    days = {name: str(value) if (value := getattr(each, name)) else None for name in ("since", "until", "gone")}
    return {**asdict(each), **days}


def _warn(text: str) -> None:
    console.print(f"Note: {text}", style="yellow", markup=False, soft_wrap=True)


@contextmanager
def _bar(quiet: bool) -> Iterator[Tick]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=quiet or not errors.is_terminal, transient=True) as progress:
        task = progress.add_task("Starting", total=None)
        yield lambda doing, done, total: progress.update(task, description=doing, completed=done, total=total or None)
