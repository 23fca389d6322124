"""Read a manifest that may have been changed by anybody: what it says, and everything that is wrong with it."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from workbench.disk import printable
from workbench.release.blobs import Blob, Line
from workbench.release.entries import (
    ENTRY,
    FORMAT,
    MANIFEST,
    AssetEntry,
    DocumentEntry,
    EndEntry,
    Entry,
    FileEntry,
    Manifest,
    MediaEntry,
    RunEntry,
    VideoEntry,
    tracks_by_kind,
)
from workbench.values import FileError, Finding, Kind, State, UsageError

AGAIN = "get the release again from whoever made it"
_RANKS: Mapping[type[Line], int] = {
    RunEntry: 0,
    FileEntry: 1,
    VideoEntry: 1,
    DocumentEntry: 2,
    AssetEntry: 3,
    EndEntry: 4,
}
"""the order of the lines; pictures and videos stand among each other by their paths"""


@dataclass(frozen=True)
class Reading:
    """What came out of a manifest's bytes."""

    manifest: Manifest | None
    """None when it cannot be understood"""
    findings: tuple[Finding, ...] = ()
    sha256: str = field(default="")
    """hex digest of the manifest's bytes"""


def read_manifest(out: Path) -> Manifest:
    """Return the manifest of the release folder `out`.

    Raises
    ------
    UsageError
        When there is no such folder, or no manifest in it.
    FileError
        When the manifest is cut short, was changed, contradicts itself, is of an unknown format, or
        lists a path twice or outside the folder. The sentence says which.
    """
    reading = read(out)
    if reading.findings or reading.manifest is None:
        raise FileError(reading.findings[0].message)
    return reading.manifest


def read(out: Path) -> Reading:
    """Return the manifest of `out` with all findings; raises `UsageError` when there is none."""
    path = out / MANIFEST
    if not out.is_dir():
        raise UsageError(f"There is no folder '{out}': name the folder that holds {MANIFEST}.")
    if path.is_symlink() or not path.is_file():
        raise UsageError(
            f"'{out.name or out}' holds no {MANIFEST}: it is not a release, or its run has not ended yet "
            "(finish it with workbench redact)."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{MANIFEST} cannot be read ({error.strerror}): check the disk and permissions.") from error
    return parse(data)


def parse(data: bytes) -> Reading:
    """Return what the bytes of a manifest say. As much as can be understood is, so that findings can name files."""
    sha256 = hashlib.sha256(data).hexdigest()
    body = data.rfind(b"\n", 0, -1) + 1  # where the closing line starts
    first, last = data[: data.find(b"\n") + 1], data[body:]
    if (version := _field(first, "format")) not in (None, FORMAT):
        problem = f"{MANIFEST} has format {version}, this workbench reads format {FORMAT}: update the workbench."
        return Reading(None, (_finding(problem),), sha256)
    if not last.endswith(b"\n") or _field(last, "type") != "end":
        problem = f"{MANIFEST} is cut short: its closing line is missing, so nothing in it can be relied on; {AGAIN}."
        return Reading(None, (_finding(problem),), sha256)
    entries: list[Entry] = []
    for number, line in enumerate(io.BytesIO(data), 1):  # one line at a time: a large manifest is not copied
        try:
            entries.append(ENTRY.validate_json(line))
        except ValidationError as error:
            problem = f"{MANIFEST}, line {number}: {reason(error)}; {AGAIN}."
            return Reading(None, (_finding(problem),), sha256)
    end = entries[-1]
    if not isinstance(end, EndEntry):
        return Reading(None, (_finding(f"{MANIFEST} has no valid closing line; {AGAIN}."),), sha256)
    findings = []
    if end.sha256 != hashlib.sha256(memoryview(data)[:body]).hexdigest():
        problem = f"{MANIFEST} was changed after it was written: its own checksum does not fit; {AGAIN}."
        findings.append(_finding(problem))
    findings += _order(entries)
    runs = [entry for entry in entries if isinstance(entry, RunEntry)]
    if len(runs) != 1:
        findings.append(_finding(f"{MANIFEST} has {len(runs)} lines about its run instead of one; {AGAIN}."))
        return Reading(None, tuple(findings), sha256)
    manifest = Manifest(
        run=runs[0],
        files=tuple(entry for entry in entries if isinstance(entry, MediaEntry)),
        documents=tuple(entry for entry in entries if isinstance(entry, DocumentEntry)),
        assets=tuple(entry for entry in entries if isinstance(entry, AssetEntry)),
    )
    findings += contradictions(manifest, end.files)
    return Reading(manifest, tuple(findings), sha256)


def contradictions(manifest: Manifest, listed: int | None = None) -> Iterator[Finding]:
    """Yield every place where a manifest contradicts itself; `listed` is the closing line's number of files."""
    counts, files = manifest.run.counts, len(manifest.files)
    if listed is not None and listed != files:
        yield _total(f"its closing line counts {listed} files, but it lists {files}")
    actual = Counter(entry.state for entry in manifest.assets)
    numbers = [
        ("done", counts.done, files),
        ("failed", counts.failed, actual[State.FAILED]),
        ("blocked", counts.blocked, actual[State.BLOCKED]),
        ("source", counts.files, files + len(manifest.assets)),
    ]
    for name, said, is_really in numbers:
        if said != is_really:
            yield _total(f"it counts {said} {name} files, but lists {is_really}")
    for entry in manifest.files:
        rows = _objects(entry)
        for kind in Kind:
            if rows[kind] != entry.counts.get(kind, 0):
                text = (
                    f"it counts {entry.counts.get(kind, 0)} × {kind} in {printable(entry.path)}, but lists {rows[kind]}"
                )
                yield _total(text, entry.path)
        if entry.covered and not any(rows.values()):
            yield _total(f"a share of {printable(entry.path)} is hidden, but no region is listed", entry.path)


def _objects(entry: MediaEntry) -> Mapping[Kind, int]:
    """Return how many of each kind the rows of an entry hide; `Outcome.counts` counts in the same way."""
    if isinstance(entry, VideoEntry):
        return Counter(tracks_by_kind(entry.spans))
    return Counter(row[1] for row in entry.regions)


def _order(entries: list[Entry]) -> Iterator[Finding]:
    ranks = [_RANKS[type(entry)] for entry in entries]
    paths = [entry.path for entry in entries if isinstance(entry, MediaEntry)]
    if ranks != sorted(ranks) or ranks[0] != 0 or ranks.count(_RANKS[EndEntry]) != 1 or paths != sorted(paths):
        yield _finding(f"The lines of {MANIFEST} are not in the order in which they were written; {AGAIN}.")
    everything = Counter(entry.path for entry in entries if isinstance(entry, Blob))
    for path, number in everything.items():
        if number > 1:
            yield _finding(f"{MANIFEST} lists {printable(path)} {number} times; {AGAIN}.", path)


def reason(error: Exception) -> str:
    """Return the first problem that pydantic found, or any error, as half a sentence."""
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    text = str(first["msg"]).removeprefix("Value error, ")
    kinds = {entry.model_fields["type"].default for entry in _RANKS}
    where = ".".join(str(part) for part in first["loc"] if part not in kinds)
    return f"{where}: {text}" if where else text


def _field(line: bytes, name: str) -> object:
    """Return one field of a line that need not be valid in any way."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields.get(name) if isinstance(fields, dict) else None


def _finding(message: str, file: str = MANIFEST) -> Finding:
    return Finding("manifest", message, file)


def _total(text: str, file: str = MANIFEST) -> Finding:
    return Finding("totals", f"{MANIFEST} contradicts itself: {text}; {AGAIN}.", file)
