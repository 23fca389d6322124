"""Which files a deletion reaches, and which it leaves alone."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.batch.places import inside
from workbench.catalog.case import CATALOG, LOCKED_WORK, PROFILE, Case
from workbench.disk import printable
from workbench.governance import ledger
from workbench.governance.lines import LEDGER
from workbench.keeping.custody import ACT_LOCKS, CERTIFICATES, LINKS
from workbench.keeping.originals import originals
from workbench.keeping.values import What
from workbench.release.entries import MANIFEST
from workbench.release.files import listing
from workbench.release.reading import read
from workbench.values import State, UsageError, WorkbenchError

CASE_STAYS = {LEDGER, CERTIFICATES, *ACT_LOCKS}
"""names at the top of a case that outlive it"""
WORK_FOLDERS = ("work", "reports", "segments")
CATALOG_REST = tuple(f"{CATALOG}{end}" for end in ("-wal", "-shm", "-journal"))
"""what SQLite keeps beside the catalog while it is open"""
STILL_LINKED = "The catalog leads back from the outputs to the originals too, until the work files are deleted."


@dataclass(frozen=True)
class Reach:
    """What a deletion would remove."""

    files: tuple[Path, ...]
    """by path"""
    roots: tuple[Path, ...] = ()
    """folders of the case or of a release: they go with all in them that is empty"""
    folders: tuple[Path, ...] = ()
    """folders of the files that go: each goes if it is empty then"""
    warnings: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def reach(folder: Path, what: What, run: int, places: Sequence[Path]) -> Reach:
    """Return which files a deletion reaches; raises `UsageError` when there are none."""
    if what == "originals":
        found = _originals(folder)
    elif what == "work":
        found = _work(folder)
    elif what == "link-table":
        found = Reach(
            tuple(_below(folder / LINKS)), (folder / LINKS,), (), (STILL_LINKED,) if Case.is_there(folder) else ()
        )
    elif what == "release":
        found = _releases(folder, run, places)
    else:
        found = _case(folder)
    if not found.files:
        raise UsageError(f"There is nothing to delete: {' '.join(found.stays) or 'it is gone, or was never there.'}")
    return found


def _originals(folder: Path) -> Reach:
    found: dict[Path, Path] = {}
    gone = changed = other = 0
    with Case.open(folder, create=False) as case:
        known, refused = originals(case), _refused(case)
    for asset in known:
        path = Path(asset.source) / asset.path
        if (asset.source, asset.path) in refused:
            other += path.is_file()
        elif not path.is_file() or path.is_symlink():
            gone += 1
        else:
            facts = path.stat()
            changed += (facts.st_size, facts.st_mtime_ns) != (asset.size, asset.mtime)
            found[path] = Path(asset.source)
    stays = []
    if gone:
        stays.append(f"{gone} of the originals are not there any more.")
    if other:
        stays.append(
            f"{other} files in the source folders are no photos or videos that could be read, and stay: look at them "
            "yourself. So does what came there after the last run."
        )
    warnings = []
    if changed:
        warnings.append(f"{changed} of them were changed since they were redacted; they go as they are now.")
    warnings.append("Another case may still use the same originals: nobody here can know.")
    folders = {up for path, source in found.items() for up in path.parents if source in up.parents}
    return Reach(tuple(sorted(found)), (), tuple(sorted(folders)), tuple(warnings), tuple(stays))


def _refused(case: Case) -> set[tuple[str, str]]:
    """Return what lay in the sources and is no photo or video that could be read."""
    return {
        (asset.source, asset.path)
        for run in case.catalog.runs()
        for asset, outcome in case.catalog.results(run.id)
        if outcome.state is State.BLOCKED and not asset.sha256
    }


def _work(folder: Path) -> Reach:
    files = [folder / CATALOG, folder / PROFILE, folder / "worker.log", folder / LOCKED_WORK]
    if not Case.is_there(folder):
        files = []
    here = [path for path in files if path.is_file()]
    for name in WORK_FOLDERS:
        here += _below(folder / name)
    stays = ("The record, the intake's rules, model releases, the ledger and what is sealed stay.",)
    return Reach(tuple(sorted(here)), tuple(folder / name for name in WORK_FOLDERS), (), (), stays)


def _case(folder: Path) -> Reach:
    warnings = []
    if Case.is_there(folder):
        with Case.open(folder, create=False) as case:
            outs = {run.out for run in case.catalog.runs()}
            refused = _refused(case)
            known = [asset for asset in originals(case) if (asset.source, asset.path) not in refused]
            left = sum((Path(asset.source) / asset.path).is_file() for asset in known)
        if left:
            warnings.append(
                f"{left} originals are still in their folders: delete them first, for afterwards nothing knows where "
                "they are."
            )
        if any((out / MANIFEST).is_file() and not inside(out, folder) for out in outs):
            warnings.append("Releases outside of the case's folder stay; nothing leads back from them any more.")
    else:
        warnings.append("The catalog is locked or gone: nobody can say whether originals or releases are still there.")
    skipped = {*CASE_STAYS, *CATALOG_REST}
    tops = [path for path in sorted(folder.iterdir()) if path.name not in skipped]
    files = [path for top in tops for path in ([top] if not top.is_dir() or top.is_symlink() else _below(top))]
    roots = tuple(top for top in tops if top.is_dir() and not top.is_symlink())
    return Reach(tuple(sorted(files)), roots, (), tuple(warnings), ("Ledger and certificates stay.",))


def _releases(folder: Path, run: int, places: Sequence[Path]) -> Reach:
    chosen = list(places)
    if not chosen and not Case.is_there(folder):
        raise UsageError("The catalog that knew where the releases are is gone or locked: name them (--folder).")
    if not chosen:
        with Case.open(folder, create=False) as case:
            runs = [case.catalog.run(run)] if run else case.catalog.runs()
            chosen = [each.out for each in runs]
            chosen += [export.out for each in runs for export in case.catalog.exports(each.id)]
    files: list[Path] = []
    stays: list[str] = []
    roots: list[Path] = []
    for place in dict.fromkeys(chosen):
        if places or (place / MANIFEST).is_file():
            own = _listed(folder, place)
            files += own
            roots.append(place)
            if others := sum(path not in set(own) for path in _below(place)):
                stays.append(f"{others} files in a release's folder are not in its manifest and stay.")
        else:
            stays.append("A folder that runs wrote to is no finished release, or not there any more.")
    warnings = ("Copies that others hold stay: ask them to delete theirs.",)
    return Reach(tuple(sorted(set(files))), tuple(roots), (), warnings, tuple(stays))


def _listed(folder: Path, place: Path) -> list[Path]:
    """Return the files that a release's manifest names, and the manifest; the ledger has to know it."""
    name = printable(place.name)
    try:
        reading = read(place)
    except WorkbenchError as error:
        raise UsageError(f"{error} Delete the folder by hand if it has to go.") from None
    known = {entry.facts.get(fact) for entry in ledger.entries(folder) for fact in ("manifest", "released")}
    if reading.manifest is None or reading.sha256 not in known:
        raise UsageError(f"The ledger of this case knows no release with the manifest of {name}: it is another case's.")
    manifest = reading.manifest
    names = [entry.path for entry in (*manifest.files, *manifest.documents)]
    return [path for path in (*(place / each for each in names), place / MANIFEST) if path.is_file()]


def _below(folder: Path) -> Iterator[Path]:
    """Yield every file, link and special file below a folder; a link itself, never what it leads to."""
    if folder.is_dir() and not folder.is_symlink():
        for name, sort in listing(folder):
            if sort not in ("folder", "unreadable"):
                yield Path(os.path.join(folder, name))  # noqa: PTH118  (a name may hold what a Path would change)
