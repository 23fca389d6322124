"""The manifest: one JSON line a file, between a line about the run and a line that closes it.

It lets anybody prove a release without the originals, and it tells nothing about them: no source name, no path
of the machine, no hour.
"""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from pydantic import ValidationError

from workbench.columns import Spans
from workbench.disk import publish_bytes
from workbench.profiles import Profile
from workbench.release.entries import (
    MANIFEST,
    MANIFEST_PART,
    AssetEntry,
    Counts,
    DetectorInfo,
    DocumentEntry,
    FileEntry,
    Manifest,
    MediaEntry,
    RunEntry,
    VideoEntry,
)
from workbench.release.files import Digest, block_size, digest
from workbench.release.neutral import neutral, neutral_text
from workbench.release.reading import read_manifest, reason
from workbench.values import FileError, Kind, Media, Method, Outcome, Shape, State

__all__ = ["DetectorInfo", "Manifest", "RunInfo", "build_manifest", "read_manifest", "write_manifest"]


@dataclass(frozen=True)
class RunInfo:
    """What the manifest says about a run, besides its files."""

    profile: Profile
    detectors: tuple[DetectorInfo, ...]
    software: str
    """name and version, such as "redaction-workbench 0.1.0" """
    day: datetime.date = field(default_factory=lambda: datetime.datetime.now(datetime.UTC).date())
    """UTC"""
    ledger_head: str = ""
    """hash of the last line of the case's ledger when the run ended; "" where the case keeps none"""

    @property
    def not_looked_for(self) -> tuple[Kind, ...]:
        """The kinds that none of the detectors reports."""
        found = {kind for detector in self.detectors for kind in detector.kinds}
        return tuple(kind for kind in Kind if kind not in found and kind is not Kind.OTHER)


def build_manifest(out: Path, run: RunInfo, outcomes: Sequence[Outcome], documents: Sequence[str] = ()) -> Manifest:
    """Return the manifest of a release folder, without writing it.

    Parameters
    ----------
    out : Path
        The release folder. Every output is read once.
    run : RunInfo
        How it was made.
    outcomes : sequence of Outcome
        One for each source file; `Outcome.output` is relative to `out`.
    documents : sequence of str
        Relative paths of what else lies in the folder on purpose.

    Raises
    ------
    FileError
        When an output is missing, differs from what the run verified, or cannot be listed.
    """
    files = [file_entry(out, outcome) for outcome in outcomes if outcome.state is State.DONE]
    return assemble(run, outcomes, files, [document_entry(out, name) for name in documents])


def write_manifest(out: Path, run: RunInfo, outcomes: Sequence[Outcome], documents: Sequence[str] = ()) -> Path:
    """Write ``manifest.jsonl`` into the release folder and return its path; see `build_manifest`.

    `finish.finish_release` writes the report as well and lists it.
    """
    target = out / MANIFEST
    publish_bytes(build_manifest(out, run, outcomes, documents).to_bytes(), target, part=MANIFEST_PART)
    return target


def assemble(
    run: RunInfo, outcomes: Sequence[Outcome], files: Sequence[MediaEntry], documents: Sequence[DocumentEntry]
) -> Manifest:
    """Return the manifest of these lines, in an order that tells nothing about the sources."""
    twice = [path for path, number in Counter(entry.path for entry in (*files, *documents)).items() if number > 1]
    if twice:
        raise FileError(f"{twice[0]} is the output of two source files: give them different names.")
    assets = [
        AssetEntry(state=outcome.state, reason=neutral(outcome.error or "No reason was given", outcome.asset))
        for outcome in outcomes
        if outcome.state is not State.DONE
    ]
    return Manifest(
        run=_run_entry(run, outcomes),
        files=tuple(sorted(files, key=lambda entry: entry.path)),
        documents=tuple(sorted(documents, key=lambda entry: entry.path)),
        assets=tuple(sorted(assets, key=lambda entry: (entry.state, entry.reason))),
    )


def _run_entry(run: RunInfo, outcomes: Sequence[Outcome]) -> RunEntry:
    states = Counter(str(outcome.state) for outcome in outcomes)
    return RunEntry(
        software=run.software,
        day=run.day,
        # The description is free text and stays at home; the digest covers all the rest.
        profile=run.profile.model_dump(mode="json", exclude={"description"}),
        profile_digest=run.profile.digest,
        detectors=tuple(_without_folders(detector) for detector in run.detectors),
        not_looked_for=run.not_looked_for,
        ledger_head=run.ledger_head or None,
        counts=Counts(files=len(outcomes), done=states["done"], failed=states["failed"], blocked=states["blocked"]),
    )


def _without_folders(detector: DetectorInfo) -> DetectorInfo:
    weights = PurePath(detector.weights).name
    return detector.model_copy(update={"weights": weights, "fingerprint": neutral_text(detector.fingerprint)})


def file_entry(out: Path, outcome: Outcome) -> MediaEntry:
    """Return the line of one output, read from the disk; raises `FileError` like `build_manifest`."""
    path = out / outcome.output
    if not path.is_file() or path.is_symlink():
        raise FileError(f"{outcome.output or 'An output'} is not in the release folder: run the batch again.")
    found = digest(path)
    if (found.sha256, found.size) != (outcome.output_sha256, outcome.output_size):
        raise FileError(f"{outcome.output} was changed after it was verified: delete it and run the batch again.")
    try:
        return _media_entry(outcome, found)
    except (ValidationError, TypeError, ValueError) as error:
        raise FileError(f"{outcome.output} cannot be listed in the manifest: {reason(error)}.") from error


def _media_entry(outcome: Outcome, found: Digest) -> MediaEntry:
    shared: dict[str, Any] = {
        "path": outcome.output,
        **_blob(found),
        "width": outcome.width,
        "height": outcome.height,
        "frames": outcome.frames,
        "counts": {Kind(kind): number for kind, number in outcome.counts.items() if number},
        "covered": round(outcome.covered, 6),
        "notes": tuple(neutral(note, outcome.asset) for note in outcome.notes),
    }
    if outcome.media is Media.PHOTO:
        return FileEntry(**shared, regions=tuple(_row(*row) for row in outcome.regions))
    return VideoEntry(
        **shared,
        duration=outcome.duration,
        times_sha256=outcome.times_sha256,
        audio=outcome.audio,  # type: ignore[arg-type]  # pydantic refuses any other word
        spans=Spans.of(outcome.regions),
    )


def _row(frame: int, kind: str, method: str, shape: str, *box: int) -> Any:
    return (frame, Kind(kind), Method(method), Shape(shape), *box)


def _blob(found: Digest) -> dict[str, Any]:
    size = block_size(found.size)
    return {"sha256": found.sha256, "size": found.size, "block_size": size, "blocks": found.blocks}


def document_entry(out: Path, name: str) -> DocumentEntry:
    """Return the line of a document that lies in the release."""
    return DocumentEntry(path=name, **_blob(digest(out / name)))
