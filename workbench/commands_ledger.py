"""What the commands of ``workbench ledger`` do."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.commands_case import say
from workbench.disk import printable
from workbench.governance import case_file, ledger
from workbench.governance.lines import LEDGER
from workbench.governance.verifying import Anchor
from workbench.governance.verifying import verify as check
from workbench.release.entries import MANIFEST
from workbench.release.reading import read
from workbench.terminal import errors
from workbench.values import UsageError, WorkbenchError


def verify(folder: Path, releases: Sequence[Path], json_: bool) -> int:
    """Prove the ledger; return 0 when nothing was found, else 1."""
    _refuse_none(folder)
    anchors, skipped = _anchors(folder, releases)
    found = check(folder, anchors)
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


def _anchors(folder: Path, releases: Sequence[Path]) -> tuple[list[Anchor], list[str]]:
    """Return the heads that stand in releases, and a sentence for each release that could not be asked."""
    places = list(releases)
    if not places and Case.is_there(folder):
        with Case.open(folder, create=False) as case:
            outs = dict.fromkeys(run.out for run in case.catalog.runs())
        places = [out for out in outs if (out / MANIFEST).is_file()]
    anchors, skipped = [], []
    for place in places:
        name = printable(place.name)
        try:
            reading = read(place)
        except WorkbenchError as error:
            if releases:
                raise
            skipped.append(f"Not asked: {error}")
            continue
        head = reading.manifest.run.ledger_head if reading.manifest else None
        if reading.findings:
            skipped.append(f"Not asked: the manifest of {name} is not as it was written.")
        elif head is None:
            skipped.append(f"Not asked: {name} was written without a ledger.")
        else:
            anchors.append(Anchor(head, f"The release {name}"))
    return anchors, skipped
