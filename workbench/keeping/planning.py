"""The dry run of a deletion: every file that would go, read once, and what there is to be said before it goes."""

import hashlib
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.catalog.store import file_sha256
from workbench.disk import printable
from workbench.governance import casework, ledger, retention
from workbench.governance.lines import Entry
from workbench.governance.record import Record
from workbench.keeping import unfinished
from workbench.keeping.custody import folder_of, is_locked
from workbench.keeping.dates import today_of_clock
from workbench.keeping.reach import Reach, reach
from workbench.keeping.values import WHATS, WORDS, Doomed, Plan, Tick, What, quiet
from workbench.values import FileError, UsageError

UNNAMED = (
    "Nothing is deleted without a named person: name a custodian, and somebody as operator, in the case screen or with "
    "workbench case person CASE LOGIN --role custodian."
)
LOCKED = "The work of this case is locked: unlock it first (workbench seal unlock), or delete the whole case."


def plan(folder: Path, what: What, *, run: int = 0, places: Sequence[Path] = (), tick: Tick = quiet) -> Plan:
    """Return what a deletion would remove; every file is read once.

    Parameters
    ----------
    what : {"originals", "work", "link-table", "release", "case"}
    run : int
        Only the releases of this run; 0 for all.
    places : sequence of Path
        Release folders that the catalog does not know any more; the ledger has to know their manifests.

    Raises
    ------
    UsageError
        When there is no such thing in this case, or a deletion was cut off and has to be finished first.
    FileError
        When a file cannot be read.
    """
    if what not in WHATS:
        raise UsageError(f"'{what}' cannot be deleted: say one of {', '.join(WHATS)}.")
    if (run or places) and what != "release":
        raise UsageError("Only releases can be chosen by their run or folder.")
    place = folder_of(folder)
    record = casework.load(place)
    if order := unfinished.read(place):
        raise UsageError(unfinished.sentence(order, WORDS[order.what]))
    if what == "work" and is_locked(place):
        raise UsageError(LOCKED)
    found = reach(place, what, run, tuple(Path(each).expanduser().absolute() for each in places))
    files = tuple(_read(found.files, tick))
    entries = ledger.entries(place)
    due = retention.due(record, entries, today_of_clock())
    facts = Situation(place, record, entries, due, found)
    return Plan(
        what=what,
        run=run,
        files=files,
        bytes=sum(each.size for each in files),
        digest=_digest(what, run, files),
        warnings=(*facts.early(what), *found.warnings, *facts.unsafe(what)),
        stays=found.stays,
        refused=facts.refused(what),
        places=tuple(places),
        roots=found.roots,
        folders=found.folders,
    )


@dataclass(frozen=True)
class Situation:
    """What the record and the ledger say about a deletion."""

    folder: Path
    record: Record
    entries: Sequence[Entry]
    due: Sequence[retention.Due]
    found: Reach

    def refused(self, what: What) -> str:
        """Return why this may not be deleted now, or ""."""
        if hold := self.record.retention.hold.strip():
            return f"The record says that nothing may be deleted for now: {hold} (retention.hold)."
        if not self.record.named:
            return UNNAMED
        if what == "originals" and self.record.retention.afterwards == "seal" and not self._sealed():
            return (
                "The record says that the originals are sealed before they go, and the ledger knows of no sealed "
                "archive since the last run: workbench seal originals CASE --out FILE (or set retention.afterwards to "
                "delete)."
            )
        return ""

    def early(self, what: What) -> Iterable[str]:
        """Yield that the clock is wrong, and that it is not due yet."""
        if note := retention.behind(self.entries, today_of_clock()):
            yield note
        for each in self.due:
            if each.what == what and not each.gone and each.left is not None and each.left >= 0:
                yield f"It may be kept until {each.until}, {each.left} days more, and is not due yet."
            elif each.what == what and not each.gone and each.until is None:
                yield f"It is not due: {each.note}"

    def unsafe(self, what: What) -> Iterable[str]:
        """Yield what cannot be done any more afterwards."""
        exported = any(entry.act == "release-exported" for entry in self.entries)
        if what == "originals":
            if not exported:
                yield (
                    "No release of these pictures was exported yet. Without the originals nothing can be redacted, "
                    "corrected or measured again."
                )
            if not self._sealed():
                yield "The ledger knows of no sealed archive of them: once they are gone, they are gone."
        if what == "work":
            yield "Afterwards no run can be continued, reviewed or corrected; record, ledger and certificates stay."
            if not exported:
                yield "No release was exported yet, and without the catalog none can be."
        if what == "case":
            yield "The record goes too: export what has to be kept of it, such as the impact assessment, first."

    def _sealed(self) -> bool:
        started = [number for number, entry in enumerate(self.entries) if entry.act == "run-started"]
        since = self.entries[started[-1] if started else 0 :]
        return any(entry.act == "sealed" and entry.facts.get("what") == "originals" for entry in since)


def _read(files: Sequence[Path], tick: Tick) -> Iterable[Doomed]:
    for number, path in enumerate(files):
        tick("Reading", number, len(files))
        try:
            facts = path.stat(follow_symlinks=False)
            digest = file_sha256(path) if stat.S_ISREG(facts.st_mode) else ""
        except OSError as error:
            raise FileError(
                f"{printable(path.name)} cannot be read ({error.strerror}), so nobody could say what was deleted."
            ) from error
        yield Doomed(path, facts.st_size, digest, (facts.st_mtime_ns, facts.st_ino))
    tick("Reading", len(files), len(files))


def _digest(what: str, run: int, files: Iterable[Doomed]) -> str:
    digest = hashlib.sha256(f"{what} {run}\n".encode())
    for each in files:
        digest.update(f"{each.sha256} {each.size} ".encode() + os.fsencode(each.path) + b"\0")
    return digest.hexdigest()
