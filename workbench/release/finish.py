"""The end of a run: prove what was written, write the report, then the manifest that lists both."""

from collections.abc import Collection, Generator, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.disk import publish_bytes
from workbench.release.entries import MANIFEST, MANIFEST_PART, REPORT, REPORT_PART
from workbench.release.manifest import RunInfo, assemble, document_entry, file_entry
from workbench.release.reading import read
from workbench.release.report import release_report
from workbench.release.verification import Verification, result_of
from workbench.release.verify import Check, verifying_manifest
from workbench.values import Event, Outcome, State


def finish_release(
    out: Path, run: RunInfo, outcomes: Sequence[Outcome], check: Check | None = None, aside: Collection[str] = ()
) -> Verification:
    """Write ``report.html`` and ``manifest.jsonl`` into a release folder and return what was found in it.

    Parameters
    ----------
    out : Path
        The folder with the outputs.
    run : RunInfo
        How they were made.
    outcomes : sequence of Outcome
        One for each source file.
    check : callable, optional
        See `verify.Check`; without it the report says that the files were not opened again.
    aside : collection of str
        Names at the top of `out` that the caller takes away before the folder may leave.

    Raises
    ------
    FileError
        When an output is missing or differs from what the run verified, or the disk is full.
    """
    return result_of(finishing(out, run, outcomes, check, aside))


def finishing(
    out: Path,
    run: RunInfo,
    outcomes: Sequence[Outcome],
    check: Check | None = None,
    aside: Collection[str] = (),
    documents: Sequence[str] = (),
) -> Generator[Event, None, Verification]:
    """Like `finish_release`, as "file" events: two for each output, one when it is listed and one when it is proved.

    `documents` are what else lies in `out` to be read, beside the report; they are listed as well.
    """
    done = [outcome for outcome in outcomes if outcome.state is State.DONE]
    files = []
    for number, outcome in enumerate(done, 1):
        files.append(file_entry(out, outcome))
        yield Event("file", number, 2 * len(done), message=outcome.output)
    manifest = assemble(run, outcomes, files, [document_entry(out, name) for name in documents])
    # The report cannot speak of the manifest's checksum: the manifest lists the report, so it comes last.
    proving = verifying_manifest(out, manifest, check, ours=(MANIFEST, REPORT, *aside))
    while True:
        try:
            event = next(proving)
        except StopIteration as end:
            result: Verification = end.value
            break
        yield replace(event, done=len(done) + min(event.done, len(done)), total=2 * len(done))
    publish_bytes(release_report(manifest, result).encode(), out / REPORT, part=REPORT_PART)
    read_too = (*manifest.documents, document_entry(out, REPORT))
    listed = replace(manifest, documents=tuple(sorted(read_too, key=lambda entry: entry.path)))
    publish_bytes(listed.to_bytes(), out / MANIFEST, part=MANIFEST_PART)
    reading = read(out)
    return replace(
        result,
        findings=(*reading.findings, *result.findings),
        checked=("manifest", "totals", *result.checked),
        manifest_sha256=reading.sha256,
    )
