"""What the commands ``workbench labels`` and ``workbench measure`` do."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from workbench.assess.binomial import share
from workbench.assess.truth import Measured, Share
from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.disk import printable
from workbench.governance import casework
from workbench.review import labelling, measuring
from workbench.review.labelling import Reading
from workbench.terminal import console, errors
from workbench.values import UsageError

TO_REDO = "Redact the changed files again with: workbench redact, as before."


def export(folder: Path, run: int | None, form: str, out: Path, everything: bool, by: str, json_: bool) -> int:
    """Write labels for another tool; return the exit code."""
    with Case.open(folder, create=False) as case:
        by, permit = casework.own_name(case.path, by), casework.permit(case.path)
        done = labelling.export(case, _run(case, run), out, form, everything=everything, by=by, permit=permit)
    if json_:
        print_json({**asdict(done), "out": str(out)})
        return 0
    _say(f"{done.boxes:,} boxes in {done.pictures:,} pictures and frames: {out}")
    _say("The names and places are those of the originals: keep this as private as they are.")
    _warn(done.notes)
    return 0


def bring(folder: Path, path: Path, options: dict[str, Any]) -> int:
    """Take labels from another tool; return the exit code."""
    how = Reading(options["form"], tuple(options["mapping"]), options["only_known"], options["rescale"])
    act = labelling.bring_truth if options["meaning"] == "truth" else labelling.bring_corrections
    with Case.open(folder, create=False) as case:
        by, permit = casework.own_name(case.path, options["by"]), casework.permit(case.path)
        done = act(case, _run(case, options["run"]), path, how, by=by, permit=permit)
    if options["json_"]:
        print_json(asdict(done))
        return 0
    counts = ", ".join(f"{count:,} {name}" for name, count in done.counts.items())
    if options["meaning"] == "truth":
        _say(f"Ground truth of {done.files:,} files: {counts or 'no object'}. See: workbench measure {folder}")
    elif done.changed:
        _say(f"{done.changed:,} of {done.files:,} files were changed: {counts}. {TO_REDO}")
    else:
        _say(f"{done.files:,} files, and nothing was changed in any of them.")
    _warn(done.notes)
    return 0


def measure(folder: Path, run: int | None, slices: str, json_: bool) -> int:
    """Hold a run against the ground truth; return the exit code."""
    with Case.open(folder, create=False) as case:
        found = measuring.measure(case, _run(case, run), _slices(slices))
    if json_:
        print_json(_plain(found))
        return 0
    console.print(_table(found))
    for kind, part in found.in_vain.items():
        _say(f"Hidden in vain as {kind}: {share(part)} of all pixels")
    _say(f"Files with something left visible, if they were drawn at random: {found.sentence}")
    _say("The intervals take each object for itself; objects of one picture are often missed together.")
    return 0


def _table(found: Measured) -> Table:
    table = Table(title="Ground truth that is hidden", title_justify="left", title_style="bold")
    table.add_column("", overflow="fold")
    for heading in ("objects", "hidden", "share", f"{found.total.interval.confidence:.0%} interval"):
        table.add_column(heading, justify="right")
    for group in (found.by_kind, found.by_size, found.by_slice, (found.total,)):
        for row in group:
            table.add_row(*_cells(row), style="bold" if row is found.total else "")
        table.add_section()
    return table


def _cells(row: Share) -> Iterable[str]:
    limits = f"{100 * row.interval.low:.1f} – {100 * row.interval.high:.1f} %"
    part = "–" if math.isnan(row.share) else f"{100 * row.share:.1f} %"
    return printable(row.name), f"{row.objects:,}", f"{row.hidden:,}", part, limits


def _plain(found: Measured) -> dict[str, Any]:
    def rows(group: Sequence[Share]) -> list[dict[str, Any]]:
        return [{**asdict(row), "share": None if math.isnan(row.share) else row.share} for row in group]

    groups = {"by_kind": found.by_kind, "by_size": found.by_size, "by_slice": found.by_slice}
    return {
        **asdict(found),
        **{name: rows(group) for name, group in groups.items()},
        "total": rows([found.total])[0],
    }


def _slices(text: str) -> str | dict[str, str]:
    path = Path(text)
    if not path.is_file():
        return text
    try:
        content = json.loads(path.read_text("utf-8"))
    except ValueError:
        content = None
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content.values()):
        raise UsageError(f"{printable(path.name)} does not give each path its slice: write a JSON object.")
    return content


def _run(case: Case, run: int | None) -> int:
    number = case.catalog.latest() if run is None else case.catalog.run(run).id
    if number is None:
        raise UsageError("This case has no run yet: start with workbench redact.")
    return number


def _say(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)


def _warn(notes: Iterable[str]) -> None:
    for note in notes:
        errors.print(note, markup=False, style="yellow", soft_wrap=True)
