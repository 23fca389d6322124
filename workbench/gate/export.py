"""The release itself: the verified outputs, copied out of a run, with what travels along. It refuses without the gate.

The new folder is made beside its place under a hidden name, proved, written into the ledger, and renamed: under the
final name stands a whole release or nothing. A rest that a killed export left is taken away by the next one.
"""

import datetime
import os
import secrets
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from workbench.batch import places
from workbench.catalog.case import Case
from workbench.catalog.gate import Export
from workbench.disk import publish_bytes, publish_copy
from workbench.evidence import second_reader
from workbench.gate import checks, telling, told_record, traveling
from workbench.gate.facts import Facts, gather, run_of, verify
from workbench.gate.staging import appear, staged
from workbench.gate.traveling import LabelSource
from workbench.governance import casework, ledger
from workbench.governance.raising import weaknesses
from workbench.governance.roles import identity, require
from workbench.release import dossier_pages
from workbench.release.entries import MANIFEST, REPORT, Manifest, MediaEntry
from workbench.release.manifest import document_entry
from workbench.release.reading import read
from workbench.release.verification import Verification
from workbench.release.verify import verifying_manifest
from workbench.values import Event, FileError, Finding, UsageError

__all__ = ["Exported", "LabelSource", "export", "exporting"]


@dataclass(frozen=True)
class Exported:
    """A release that was written."""

    out: Path
    files: int
    manifest_sha256: str
    """of the release's own manifest"""
    documents: tuple[str, ...]
    """relative paths of what lies beside the pictures"""
    notes: tuple[str, ...]
    """what was changed or left out of the labels, a sentence each"""


def export(
    case: Case,
    run: int | None,
    out: Path | str,
    labels: Sequence[LabelSource] = (),
    by: str = "",
    *,
    hidden_labels: Literal["keep", "drop"] = "keep",
    keep_attributes: Sequence[str] = (),
    rescale: bool = False,
) -> Exported:
    """Write the release of a run into a new folder; it is whole or not there.

    Parameters
    ----------
    case : Case
    run : int, optional
        The latest by default.
    out : path
        New, or an empty folder.
    labels : sequence of LabelSource
        They are written under the release's names and in its pixels.
    by : str
        The account that acts; who is signed in by default.
    hidden_labels, keep_attributes
        See `labels.travel.travel`.
    rescale : bool
        Take labels of pictures of another size, scaled.

    Raises
    ------
    UsageError
        When the gate holds it back, the role does not allow it, somebody else is releasing, or `out` is taken.
    FileError
        When an output is not what was verified, or the disk is full. Nothing stands under `out` then.
    """
    steps = exporting(
        case, run, out, labels, by, hidden_labels=hidden_labels, keep_attributes=keep_attributes, rescale=rescale
    )
    while True:
        try:
            next(steps)
        except StopIteration as end:
            done: Exported = end.value
            return done


def exporting(
    case: Case,
    run: int | None,
    out: Path | str,
    labels: Sequence[LabelSource] = (),
    by: str = "",
    *,
    hidden_labels: Literal["keep", "drop"] = "keep",
    keep_attributes: Sequence[str] = (),
    rescale: bool = False,
) -> Generator[Event, None, Exported]:
    """Like `export`, as events: "file" after each file, "end" at the end; closing it cancels and leaves nothing."""
    number = run_of(case, run)
    require(casework.load(case.path), by or identity(), "release")
    target = _target(case, number, Path(out))
    with case.locked():  # no run changes the outputs meanwhile, and nobody else releases
        stood = _standing(case)
        facts = yield from _facts(case, number)
        manifest = _allowed(facts)
        sets = traveling.read_labels(case, number, labels, rescale)
        with staged(target, case.catalog.case_id, sum(entry.size for entry in manifest.files)) as folder:
            entries = yield from _copied(facts, manifest, folder)
            became = traveling.outputs(case, number, entries, hidden_labels == "drop") if sets else {}
            travelled = traveling.write_labels(sets, labels, became, folder, hidden_labels, keep_attributes)
            said = [one.sentence for one in travelled]
            listed = [name for one in travelled for name in one.files]
            made = _listed(manifest, entries, ledger.head(case.path))
            made, documents = yield from _told(case, facts, made, folder, listed, said)
            released = _put_manifest(made, folder)
            with ledger.locked(case.path):
                _refuse_changed(case, facts, stood)
                casework.write_down(
                    case.path, "release-exported", "release", who=by,
                    run=number, manifest=facts.manifest_sha256, released=released, files=len(made.files),
                )  # fmt: skip
                appear(folder, target)
                case.catalog.put_export(
                    Export(number, facts.manifest_sha256, target, released, by or identity())
                )  # fmt: skip
    total = len(made.files)
    yield Event("end", total, total, message=f"Released into {target}.")
    return Exported(target, total, released, documents, tuple(note for one in travelled for note in one.notes))


def _target(case: Case, run: int, out: Path) -> Path:
    target = Path(os.path.realpath(out.expanduser()))
    asked = case.catalog.run(run)
    places.refuse(case, asked.sources, target)
    if places.inside(target, asked.out) or places.inside(asked.out, target):
        raise UsageError(f"{target} is where the run wrote its outputs: choose another folder for the release.")
    if places.inside(target, case.path):
        raise UsageError(f"{target} lies inside the case, which may not leave: choose a folder beside it.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already and not an empty folder: choose a new one for the release.")
    return target


def _facts(case: Case, run: int) -> Generator[Event, None, Facts]:
    facts = gather(case, run)
    if facts.verification is None and facts.manifest is not None:
        found = yield from verify(case, run)
        facts = gather(case, run, verification=found)
    return facts


def _allowed(facts: Facts) -> Manifest:
    """Return the manifest of what may leave; raise `UsageError`, which says what is missing, when nothing may."""
    gate = checks.look(facts)
    if gate.may_leave and facts.manifest is not None and facts.effects is not None:
        # The record, or what was said about the files, may ask for more than it did when the run began.
        for weak in weaknesses(facts.run.profile, facts.effects.raised):
            has, needs = told_record.word(weak.has), told_record.word(weak.needs)
            raise UsageError(
                f"Run {facts.run.id} was made with settings that are weaker than the case asks for now "
                f"({told_record.setting(weak.setting)}: {has}, and {needs} is needed, because {weak.why}): redact "
                "again with the case's own profile."
            )
        return facts.manifest
    raise UsageError(f"Run {facts.run.id}: {gate.why} workbench release check says what to do about each.")


def _standing(case: Case) -> tuple[str, str]:
    return ledger.head(case.path), casework.load(case.path).digest


def _refuse_changed(case: Case, facts: Facts, stood: tuple[str, str]) -> None:
    """Look at the gate again when anybody did anything since it was looked at."""
    if _standing(case) == stood:
        return
    now = gather(case, facts.run.id)
    if now.manifest_sha256 != facts.manifest_sha256:
        raise UsageError("The files were made anew meanwhile: nothing was released; look at the gate again.")
    _allowed(now)


def _copied(facts: Facts, manifest: Manifest, folder: Path) -> Generator[Event, None, dict[str, MediaEntry]]:
    """Copy the outputs; return the entry of the release for each path of the run."""
    names = _names(manifest.files, facts)
    entries = {}
    for count, entry in enumerate(manifest.files, 1):
        path = names[entry.path]
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        publish_copy(facts.run.out / entry.path, folder / path, entry.sha256, entry.size)
        entries[entry.path] = entry.model_copy(update={"path": path})
        yield Event("file", count, len(manifest.files), message=path)
    return entries


def _names(files: Sequence[MediaEntry], facts: Facts) -> dict[str, str]:
    """Return the names in the release by those in the run.

    Where the record allows no link table they are numbers in an order that nobody can find out: those of the run
    follow the originals' own order. Elsewhere they stay, so that a sealed link table fits both.
    """
    if facts.effects is not None and facts.effects.link_table.value:
        return {entry.path: entry.path for entry in files}
    order = [entry.path for entry in files]
    secrets.SystemRandom().shuffle(order)
    return {path: f"{number:06d}{PurePosixPath(path).suffix}" for number, path in enumerate(order, 1)}


def _listed(manifest: Manifest, entries: Mapping[str, MediaEntry], head: str) -> Manifest:
    files = tuple(sorted(entries.values(), key=lambda entry: entry.path))
    return Manifest(manifest.run.model_copy(update={"ledger_head": head or None}), files, (), manifest.assets)


def _told(
    case: Case, facts: Facts, made: Manifest, folder: Path, labels: Sequence[str], said: Sequence[str]
) -> Generator[Event, None, tuple[Manifest, tuple[str, ...]]]:
    """Prove the folder and write its pages; return the manifest with all documents, and their paths."""
    proved = _with_documents(made, folder, labels)
    verification = yield from _proved(facts, proved, folder)
    today = datetime.datetime.now(datetime.UTC).date()
    told = telling.leaving(telling.tell(case, facts, checks.look(facts)), facts, proved, verification, today, said)
    pages = {REPORT: dossier_pages.report_html(told), dossier_pages.REPORT_TEXT: dossier_pages.report_markdown(told)}
    if told.training:
        pages[dossier_pages.CARD] = dossier_pages.dataset_card(told)
    for name, text in pages.items():
        publish_bytes(text.encode(), folder / name)
    documents = (*labels, *pages)
    return _with_documents(made, folder, documents), tuple(sorted(documents))


def _with_documents(made: Manifest, folder: Path, names: Sequence[str]) -> Manifest:
    listed = sorted((document_entry(folder, name) for name in names), key=lambda entry: entry.path)
    return Manifest(made.run, made.files, tuple(listed), made.assets)


def _proved(facts: Facts, manifest: Manifest, folder: Path) -> Generator[Event, None, Verification]:
    """Hold the new folder against its manifest.

    The second reader passed these very bytes in the run's folder, if it did; their digests were compared as they were
    copied, so that it need not read 50,000 files again.
    """
    before = facts.verification
    read_before = before is not None and "container" in before.checked and not before.findings
    result = yield from verifying_manifest(folder, manifest, _passed if read_before else second_reader)
    if result.findings:
        raise FileError(f"{result.findings[0].message} Nothing was released.")
    return result


def _passed(path: Path, **_: Any) -> list[Finding]:
    del path
    return []


def _put_manifest(made: Manifest, folder: Path) -> str:
    publish_bytes(made.to_bytes(), folder / MANIFEST)
    reading = read(folder)
    if reading.findings:
        raise FileError(f"{reading.findings[0].message} Nothing was released.")
    return reading.sha256
