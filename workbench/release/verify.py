"""Prove a release by its manifest alone: what is wrong, in which file, at which bytes, and what nobody checked."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from workbench.release.entries import MANIFEST, Blob, FileEntry, Manifest
from workbench.release.files import BLOCK_DIGEST, Sort, digest, listing, printable
from workbench.release.reading import Reading, read
from workbench.release.verification import CHECKS, NotRun, Verification, number, result_of
from workbench.values import Event, FileError, Finding, Kind, Method

Check = Callable[..., list[Finding]]
"""``media.check.check_photo``: (path, *, size, frames, allow_icc, regions) → findings"""

_NEUTRAL = re.compile(r"folder-[0-9]{2,}|[0-9]{6,7}")
"""numbers, in numbered folders; eight digits may be a date"""


def verify_release(out: Path, check: Check | None = None) -> Verification:
    """Verify the release in the folder `out` by its manifest alone.

    Parameters
    ----------
    out : Path
        The folder that holds ``manifest.jsonl``.
    check : callable, optional
        ``media.check.check_photo``. Without it the pictures are not opened, which the result says
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
    findings = [*_profile(manifest), *_names(manifest)]
    present = {path: sort for path, sort in listing(out) if path.partition("/")[0] not in ours}
    blobs: list[Blob] = [*manifest.files, *manifest.documents]
    findings += _listing(out, blobs, present)
    owners = {entry.sha256: entry.path for entry in blobs}
    for step, entry in enumerate(blobs, 1):
        if present.get(entry.path) == "file":
            findings += _content(out, entry, owners)
            if check and isinstance(entry, FileEntry):
                findings += _container(out, entry, manifest, check)
        yield Event("file", step, len(blobs), message=entry.path)
    neutral = _section(manifest.run.profile, "output").get("names") == "neutral"
    ran = {"profile", "listing", "sha256"} | ({"container"} if check else set()) | ({"names"} if neutral else set())
    return Verification(
        files=len(manifest.files),
        findings=tuple(findings),
        checked=tuple(name for name in CHECKS if name in ran),
        not_run=tuple(_not_run(manifest, check)),
        warnings=tuple(_warnings(manifest)),
    )


def _profile(manifest: Manifest) -> Iterator[Finding]:
    settings = manifest.run.profile
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(canonical.encode()).hexdigest() != manifest.run.profile_digest:
        yield Finding("profile", "The profile's settings do not have the digest that stands beside them.", MANIFEST)
    rules = _section(settings, "kinds")
    for entry in manifest.files:
        strange = [row for row in entry.regions if not _by_the_rules(settings, _section(rules, row[1]), row)]
        if strange:
            frame, kind, method, shape, *box = strange[0]
            message = (
                f"{printable(entry.path)}: the region {box} of frame {frame} is a {kind} hidden by '{method}' as "
                f"{shape}, which is not what the profile says ({number(len(strange), 'such region')})."
            )
            yield Finding("profile", message, entry.path)


def _by_the_rules(settings: Mapping[str, Any], rule: Mapping[str, Any], row: tuple[Any, ...]) -> bool:
    _, kind, method, shape = row[:4]
    background = _section(settings, "background").get("hide") and kind is Kind.OTHER and method is Method.SOLID
    return bool(background or (rule.get("hide") and (rule.get("method"), rule.get("shape")) == (method, shape)))


def _section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = settings.get(name)
    return section if isinstance(section, dict) else {}


def _names(manifest: Manifest) -> Iterator[Finding]:
    if _section(manifest.run.profile, "output").get("names") != "neutral":
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


def _container(out: Path, entry: FileEntry, manifest: Manifest, check: Check) -> Iterator[Finding]:
    try:
        findings = check(
            out / entry.path,
            size=(entry.width, entry.height),
            frames=entry.frames,
            allow_icc=bool(_section(manifest.run.profile, "output").get("keep_colour_profile")),
            regions=entry.regions,
        )
    except Exception as error:  # whatever a changed file does to the second reader must not hide the other findings
        text = f"{printable(entry.path)} could not be opened again ({type(error).__name__}): it is damaged."
        findings = [Finding("container", text)]
    for finding in findings:
        yield replace(finding, file=entry.path)


def _not_run(manifest: Manifest, check: Check | None) -> Iterator[NotRun]:
    if check is None:
        yield NotRun("container", "The pictures were not opened again: metadata and regions are unchecked.")
    if any(soft := _soft(manifest)):
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


def _soft(manifest: Manifest) -> list[int]:
    """Return how many regions of each file still hold something of what they hide."""
    return [sum(row[2] in (Method.BLUR, Method.PIXELATE) for row in entry.regions) for entry in manifest.files]


def _warnings(manifest: Manifest) -> Iterator[str]:
    counts = manifest.run.counts
    if manifest.files and not manifest.hidden():
        yield "Nothing was hidden in any file: make sure that this is right before the pictures are used."
    if soft := sum(_soft(manifest)):
        text = "blurred or pixelated, which can be partly undone: the pictures remain personal data."
        yield f"{number(soft, 'region')} {'is' if soft == 1 else 'are'} {text}"
    if left := counts.failed + counts.blocked:
        yield f"{left} of {number(counts.files, 'source file')} could not be handled: not in the release."
    rules = _section(manifest.run.profile, "kinds")
    if unseen := [kind for kind in manifest.run.not_looked_for if _section(rules, kind).get("hide")]:
        yield f"The profile hides {', '.join(unseen)}, but no detector looked for that."
