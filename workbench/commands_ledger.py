"""What the commands of ``workbench ledger`` do."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from workbench.commands import print_json
from workbench.commands_case import say
from workbench.governance import case_file, ledger
from workbench.governance.lines import LEDGER
from workbench.governance.verifying import verify as check
from workbench.keeping.witnesses import anchors
from workbench.terminal import errors
from workbench.values import UsageError


def verify(folder: Path, releases: Sequence[Path], json_: bool) -> int:
    """Prove the ledger; return 0 when nothing was found, else 1."""
    _refuse_none(folder)
    known, skipped = anchors(folder, releases)
    found = check(folder, known)
    if json_:
        print_json({**asdict(found), "ok": found.ok, "skipped": skipped})
        return 0 if found.ok else 1
    for finding in found.findings:
        errors.print(finding.message, style="red", markup=False, soft_wrap=True)
    for note in (*found.notes, *skipped):
        errors.print(note, style="yellow", markup=False, soft_wrap=True)
    if found.ok:
        say(f"{found.entries} lines, unbroken. Head: {found.head}")
        say(
            f"Releases that name a line of it: {found.anchors}. Lines after the last one named: {found.beyond}; only a "
            "copy of the head kept elsewhere shows whether more followed."
            if found.anchors
            else "No release vouches for it yet: a copy of the head kept elsewhere shows whether its end was cut off."
        )
    return 0 if found.ok else 1


def show(folder: Path, last: int | None, json_: bool) -> int:
    """Print the ledger; return the exit code."""
    _refuse_none(folder)
    entries = ledger.entries(folder)
    chosen = entries[-last:] if last else entries
    if json_:
        print_json([asdict(entry) for entry in chosen])
        return 0
    for entry in chosen:
        who = f"person {entry.person} ({entry.role})" if entry.person else entry.role
        say(f"{entry.seq:>4}  {entry.at}  {entry.hash[:12]}  {who}: {entry.act}  {entry.text}")
    return 0


def _refuse_none(folder: Path) -> None:
    if case_file.read(folder) is None and not (folder / LEDGER).exists():
        raise UsageError(f"{folder} has no record and no ledger: make a case with workbench case new.")
