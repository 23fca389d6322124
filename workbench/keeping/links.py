"""The link table: which output was made from which original, for the custodian's key alone."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from workbench.catalog.case import Case
from workbench.governance.casework import load
from workbench.governance.effects import effects
from workbench.keeping.custody import LINKS, folder_of, held, keys_for, record_of, tell
from workbench.keeping.values import Sealed
from workbench.release.entries import MANIFEST
from workbench.release.seal import seal
from workbench.values import FileError, UsageError

FORMAT = "workbench link table 1"
STILL_LINKED = (
    "The case's catalog holds the same link for as long as it is there: lock it (workbench seal work) or delete it "
    "(workbench retention delete CASE work)."
)


def seal_links(
    folder: Path, run: int | None = None, *, released: Mapping[str, str] | None = None, who: str = ""
) -> Sealed:
    """Write the link table of a run, encrypted as it is written, into ``sealed/links`` of the case.

    It is JSON lines: the first says what it is, each other one names an original (``source``, ``original``,
    ``sha256``) and its output (``output``, ``output_sha256`` and, where an export gave new names, ``released``).

    Parameters
    ----------
    run : int, optional
        The run that was touched last by default.
    released : mapping of str to str, optional
        Name in the exported release by name in the run's own output, where the export gave new ones.

    Raises
    ------
    UsageError
        When the record allows no link table, names no key of a custodian, or the role does not allow it.
    FileError
        When it cannot be written; nothing stands under its name then.
    """
    place = folder_of(folder)
    with held(place):
        allowed = effects(load(place)).link_table
        if not allowed.value:
            raise UsageError(f"This case may have no link table. {allowed.why}")
        keys = keys_for(record_of(place, "seal", who), ())
        number, manifest, rows = _rows(place, run, released or {})
        links = place / LINKS
        for made in (links.parent, links):
            made.mkdir(exist_ok=True, mode=0o700)
        target = _free(links, f"run-{number}-{manifest[:12] or 'unfinished'}")
        about = {"format": FORMAT, "run": number, "manifest": manifest, "files": len(rows)}
        digest = hashlib.sha256(b"".join(_lines(about, rows))).digest()

        def same(stream: BinaryIO) -> None:
            if hashlib.sha256(stream.read()).digest() != digest:
                raise FileError(f"{target.name} does not hold what was put into it: check the disk and the memory.")

        written = seal(_lines(about, rows), target, keys, same)
        try:
            tell(place, "sealed", "seal", who, "link-table", len(rows), written.sha256)
        except BaseException:
            target.unlink(missing_ok=True)  # what the ledger does not know was not sealed
            raise
    return Sealed(target, "link-table", len(rows), written.bytes, written.sha256, keys, (STILL_LINKED,))


def _free(folder: Path, stem: str) -> Path:
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.age" for number in count(1))
    return next(path for name in names if not (path := folder / name).exists())


def _rows(folder: Path, run: int | None, released: Mapping[str, str]) -> tuple[int, str, list[dict[str, Any]]]:
    with Case.open(folder, create=False) as case:
        number = case.catalog.latest() if run is None else run
        if number is None:
            raise UsageError(f"The case {folder.name} has no run yet: there is nothing to link.")
        done = case.catalog.finished(number)
        manifest = case.catalog.run(number).out / MANIFEST
        digest = hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else ""
    if not done:
        raise UsageError(f"Run {number} has no finished file: there is nothing to link.")
    rows = []
    for (source, path), made in sorted(done.items()):
        row = {
            "source": source,
            "original": path,
            "sha256": made.sha256,
            "output": made.outcome.output,
            "output_sha256": made.outcome.output_sha256,
        }
        if made.outcome.output in released:
            row["released"] = released[made.outcome.output]
        rows.append(row)
    return number, digest, rows


def _lines(about: Mapping[str, Any], rows: list[dict[str, Any]]) -> Iterator[bytes]:
    yield json.dumps(about, sort_keys=True).encode() + b"\n"
    for row in rows:
        yield json.dumps(row, sort_keys=True).encode() + b"\n"
