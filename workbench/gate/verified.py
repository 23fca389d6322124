"""The verification of a run's outputs, kept in the case for as long as nothing in their folder changes."""

import hashlib
import json
import os
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.catalog.case import Case
from workbench.disk import publish_bytes
from workbench.evidence import second_reader
from workbench.gate.runs import run_of
from workbench.release.entries import MANIFEST
from workbench.release.verification import NotRun, Verification
from workbench.release.verify import verifying
from workbench.values import Event, FileError, Finding


def verify(case: Case, run: int | None = None, *, anew: bool = False) -> Generator[Event, None, Verification]:
    """Open every output of a run again and prove it; yields "file" events and returns the `Verification`.

    The result is kept in the case for as long as neither the manifest nor size, times or place on the disk of any
    file in the folder change; `anew` reads every byte again all the same.

    Raises
    ------
    UsageError
        When there is no such run, or it has no manifest.
    """
    number = run_of(case, run)
    out = case.catalog.run(number).out
    if not anew and (kept := known(case, number)) is not None:
        return kept
    before = _stamp(out)
    found = yield from verifying(out, second_reader)
    if before == _stamp(out):  # who changes a file meanwhile does not get its verification kept
        text = json.dumps({"stamp": before, "verification": asdict(found)})
        publish_bytes(text.encode(), _place(case, number), private=True)
    return found


def known(case: Case, run: int) -> Verification | None:
    """Return the verification that is kept and still speaks of what lies in the run's folder, or None."""
    try:
        kept = json.loads(_place(case, run).read_text("utf-8"))
        stamp = _stamp(case.catalog.run(run).out)
        return _parse(kept["verification"]) if kept["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # verifying again is always safe


def _place(case: Case, run: int) -> Path:
    return case.work / f"verified-{run}.json"


def _stamp(out: Path) -> str:
    """Return a digest over the manifest, and size, times and inode of everything in a folder."""
    digest = hashlib.sha256(f"workbench {__version__}\n".encode())
    manifest = out / MANIFEST
    if manifest.is_file():
        digest.update(hashlib.sha256(manifest.read_bytes()).digest())
    rows = []
    for folder, names, files in os.walk(out, onerror=_refuse):
        for name in (*names, *files):
            path = Path(folder) / name
            about = path.lstat()
            # All that is released has the same modification time; the time of the last change cannot be set.
            place = (about.st_mode, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
            rows.append((os.fsencode(path.relative_to(out)), place))
    for path_bytes, place in sorted(rows):
        digest.update(path_bytes + b"\0" + repr(place).encode() + b"\n")
    return digest.hexdigest()


def _refuse(error: OSError) -> None:
    raise FileError(f"A folder of the run's output cannot be read ({error.strerror}): check its permissions.")


def _parse(fields: dict[str, Any]) -> Verification:
    return Verification(
        files=fields["files"],
        findings=tuple(Finding(**row) for row in fields["findings"]),
        checked=tuple(fields["checked"]),
        not_run=tuple(NotRun(**row) for row in fields["not_run"]),
        warnings=tuple(fields["warnings"]),
        manifest_sha256=fields["manifest_sha256"],
    )
