"""Prove a release by its manifest alone: what is wrong, in which file, at which bytes, and what nobody checked."""

import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.disk import printable
from workbench.release import rules
from workbench.release.blobs import Blob
from workbench.release.entries import MANIFEST, Manifest, MediaEntry, VideoEntry
from workbench.release.files import BLOCK_DIGEST, Sort, digest, listing
from workbench.release.reading import Reading, read
from workbench.release.verification import CHECKS, NotRun, Verification, number, result_of
from workbench.values import Event, FileError, Finding

Check = Callable[..., list[Finding]]
"""
For a picture ``media.check.check_photo``: (path, *, size, frames, allow_icc, regions) → findings; for a video
``media.check_video.check_video``: (path, *, size, frames, times_sha256, spans, audio, colours) → findings.
Whoever knows both tells them apart by "spans".
"""

_NEUTRAL = re.compile(r"folder-[0-9]{2,}|[0-9]{6,7}(-f[0-9]{6,7})?")
"""numbers, in numbered folders, with the frame of a video that a picture was; eight digits may be a date"""


def verify_release(out: Path, check: Check | None = None) -> Verification:
    """Verify the release in the folder `out` by its manifest alone.

    Parameters
    ----------
    out : Path
        The folder that holds ``manifest.jsonl``.
    check : callable, optional
        See `Check`. Without it the pictures and videos are not opened, which the result says
        and which keeps it from being `ok`.

    Raises
    ------
    UsageError
        When `out` is no release. Whatever is wrong inside one is a finding.
    """
    return result_of(verifying(out, check))


def verifying(out: Path, check: Check | None = None) -> Generator[Event, None, Verification]:
    """Like `verify_release`, as events: one "file" event after each listed file; returns the `Verification`."""
    reading = read(out)
    if reading.manifest is None:
        unread = [NotRun(name, f"{text} (The manifest cannot be read.)") for name, text in CHECKS.items()]
        return Verification(0, reading.findings, ("manifest",), tuple(unread[1:]), (), reading.sha256)
    result = yield from verifying_manifest(out, reading.manifest, check, ours=(MANIFEST,))
    return _with_reading(result, reading)


def _with_reading(result: Verification, reading: Reading) -> Verification:
    return replace(
        result,
        findings=(*reading.findings, *result.findings),
        checked=("manifest", "totals", *result.checked),
        manifest_sha256=reading.sha256,
    )


def verifying_manifest(
    out: Path, manifest: Manifest, check: Check | None, ours: Collection[str] = ()
) -> Generator[Event, None, Verification]:
    """Hold a folder against a manifest that need not be written yet; top-level entries in `ours` are left aside."""
    findings = [*rules.problems(manifest), *_names(manifest)]
    present = {path: sort for path, sort in listing(out) if path.partition("/")[0] not in ours}
    blobs: list[Blob] = [*manifest.files, *manifest.documents]
    findings += _listing(out, blobs, present)
    owners = {entry.sha256: entry.path for entry in blobs}
    for step, entry in enumerate(blobs, 1):
        if present.get(entry.path) == "file":
            findings += _content(out, entry, owners)
            if check and isinstance(entry, MediaEntry):
                findings += _container(out, entry, manifest, check)
        yield Event("file", step, len(blobs), message=entry.path)
    neutral = rules.section(manifest.run.profile, "output").get("names") == "neutral"
    ran = {"profile", "listing", "sha256"} | ({"container"} if check else set()) | ({"names"} if neutral else set())
    return Verification(
        files=len(manifest.files),
        findings=tuple(findings),
        checked=tuple(name for name in CHECKS if name in ran),
        not_run=tuple(_not_run(manifest, check)),
        warnings=tuple(_warnings(manifest)),
    )


def _names(manifest: Manifest) -> Iterator[Finding]:
    if rules.section(manifest.run.profile, "output").get("names") != "neutral":
        return
    for entry in manifest.files:
        path = PurePosixPath(entry.path)
        if not all(_NEUTRAL.fullmatch(part) for part in (*path.parent.parts, path.stem)):
            text = "is not a neutral name, which the profile asks for: it may tell whom or where."
            yield Finding("names", f"{printable(entry.path)} {text}", entry.path)


def _listing(out: Path, blobs: list[Blob], present: Mapping[str, Sort]) -> Iterator[Finding]:
    listed = {entry.path: entry for entry in blobs}
    folders = {str(parent) for path in listed for parent in PurePosixPath(path).parents}
    strangers = [path for path, sort in present.items() if path not in listed and sort == "file"]
    gone = {path for path in listed if path not in present}
    homes = _homes(out, strangers, {listed[path].size for path in gone})
    for path in gone:
        home = homes.get(listed[path].sha256)
        where = f": its content is there as {printable(home)}" if home else ""
        yield Finding("listing", f"{printable(path)} is missing{where}.", path)
    for path, sort in present.items():
        if path in listed and sort != "file":
            yield Finding("listing", f"{printable(path)} is a {_SORTS[sort]}, not a regular file.", path)
        elif path not in listed and not (sort == "folder" and path in folders):
            hidden = "hidden " if PurePosixPath(path).name.startswith(".") else ""
            message = f"{printable(path)} is a {hidden}{_SORTS[sort]} that the manifest does not list: take it away."
            yield Finding("listing", message, path)


def _homes(out: Path, strangers: list[str], sizes: Collection[int]) -> dict[str, str]:
    """Return the digests of unlisted files that may be missing ones under another name."""
    homes = {}
    for path in strangers:
        try:
            if (out / path).stat().st_size in sizes:
                homes[digest(out / path).sha256] = path
        except (OSError, FileError):  # it is reported as unlisted either way
            continue
    return homes


_SORTS: Mapping[Sort, str] = {
    "file": "file",
    "folder": "folder",
    "link": "link",
    "special": "special file",
    "unreadable": "folder, which cannot be read,",
}


def _content(out: Path, entry: Blob, owners: Mapping[str, str]) -> Iterator[Finding]:
    name = printable(entry.path)
    try:
        found = digest(out / entry.path, entry.block_size, entry.size)
    except FileError as error:
        yield Finding("sha256", str(error), entry.path)
        return
    wrong = list(entry.wrong_blocks(found.blocks, found.size))
    first = wrong[0][0] if wrong else min(found.size, entry.size)
    if found.sha256 == entry.sha256:
        if wrong:
            text = "has the listed checksum, but the manifest's block checksums do not fit: the manifest is wrong."
            yield Finding("manifest", f"{name} {text}", entry.path, first)
        return
    if found.sha256 in owners:
        owner = printable(owners[found.sha256])
        text = f"{name} holds the content that belongs to {owner}: they were exchanged or copied."
        yield Finding("sha256", text, entry.path, first)
        return
    parts = []
    if wrong:
        (start, last), total = wrong[0], number(len(entry.blocks) // BLOCK_DIGEST, "block")
        parts.append(f"its first wrong byte lies in bytes {start}–{last} ({len(wrong)} of {total} differ)")
    if found.size < entry.size:
        parts.append(f"it ends after {found.size} of {number(entry.size, 'byte')}")
    elif found.size > entry.size:
        added = number(found.size - entry.size, "byte")
        parts.append(f"it goes on for {added} after its end at byte {entry.size}")
    if not parts:
        parts.append("its bytes fit the block checksums and not the whole one: the manifest is wrong")
    yield Finding("sha256", f"{name} was changed: {' and '.join(parts)}.", entry.path, first)


def _container(out: Path, entry: MediaEntry, manifest: Manifest, check: Check) -> Iterator[Finding]:
    request: dict[str, Any] = {"size": (entry.width, entry.height), "frames": entry.frames}
    if isinstance(entry, VideoEntry):
        request |= {
            "times_sha256": entry.times_sha256,
            "spans": entry.spans,
            "audio": entry.audio,
            "colours": rules.colours(manifest.run.profile),
        }
    else:
        keep = rules.section(manifest.run.profile, "output").get("keep_colour_profile")
        request |= {"allow_icc": bool(keep), "regions": entry.regions}
    try:
        findings = check(out / entry.path, **request)
    except Exception as error:  # whatever a changed file does to the second reader must not hide the other findings
        text = f"{printable(entry.path)} could not be opened again ({type(error).__name__}): it is damaged."
        findings = [Finding("container", text)]
    for finding in findings:
        yield replace(finding, file=entry.path)


def _not_run(manifest: Manifest, check: Check | None) -> Iterator[NotRun]:
    if check is None:
        files = "pictures and videos" if manifest.photos and manifest.videos else manifest.noun + "s"
        yield NotRun("container", f"The {files} were not opened again: metadata and regions are unchecked.")
    if any(soft := [entry.soft for entry in manifest.files]):
        text = (
            f"{number(sum(soft), 'blurred or pixelated region')} in {number(sum(map(bool, soft)), 'file')} cannot be "
            "compared with what was there before: that needs the originals, which are not in the release."
        )
        yield NotRun("before", text, inherent=True)
    text = (
        "Whether a face, a plate or a text was missed cannot be seen from the release: people must compare a sample "
        "with the originals."
    )
    yield NotRun("missed", text, inherent=True)
    text = (
        "The manifest is not signed: whoever can change the files can write a manifest that fits them. Compare its "
        "checksum with the one noted down when the release was made."
    )
    yield NotRun("signature", text, inherent=True)


def _sound_advice(manifest: Manifest) -> str:
    if any(entry.audio == "kept" for entry in manifest.videos):
        return "It was kept as it is, so whoever speaks can be recognised."
    if any(entry.audio == "muted in parts" for entry in manifest.videos):
        return "Only what people marked was muted, so whoever speaks elsewhere can be recognised."
    return "It was distorted, which hides who speaks from listeners, not from a program, and not what is said."


def _warnings(manifest: Manifest) -> Iterator[str]:
    counts = manifest.run.counts
    if manifest.files and not manifest.hidden():
        yield f"Nothing was hidden in any file: make sure that this is right before the {manifest.noun}s are used."
    if heard := sum(entry.has_sound for entry in manifest.videos):
        text = f"{number(heard, 'video')} {'has' if heard == 1 else 'have'} sound: a voice is personal data."
        yield f"{text} {_sound_advice(manifest)}"
    if soft := sum(entry.soft for entry in manifest.files):
        text = f"blurred or pixelated, which can be partly undone: the {manifest.noun}s remain personal data."
        yield f"{number(soft, 'region')} {'is' if soft == 1 else 'are'} {text}"
    if left := counts.failed + counts.blocked:
        yield f"{left} of {number(counts.files, 'source file')} could not be handled: not in the release."
    kinds = rules.section(manifest.run.profile, "kinds")
    if unseen := [kind for kind in manifest.run.not_looked_for if rules.section(kinds, kind).get("hide")]:
        yield f"The profile hides {', '.join(unseen)}, but no detector looked for that."
