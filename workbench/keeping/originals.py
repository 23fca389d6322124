"""The originals, in a sealed archive."""

from collections.abc import Sequence
from pathlib import Path

from workbench.batch.places import inside
from workbench.catalog.case import Case
from workbench.disk import printable
from workbench.keeping.archive import Member, parts, read_back
from workbench.keeping.custody import folder_of, held, keys_for, record_of, tell
from workbench.keeping.values import Sealed, Tick, quiet
from workbench.release.seal import seal
from workbench.values import Asset, UsageError

STAY = (
    "The originals are where they were. Open the archive once with the custodian's key before they are deleted: "
    "workbench seal open."
)
NO_KEY = "Whoever loses the private key loses what is in the archive: nobody can open it without."


def seal_originals(
    folder: Path,
    out: Path,
    *,
    run: int | None = None,
    to: tuple[str, ...] = (),
    who: str = "",
    tick: Tick = quiet,
) -> Sealed:
    """Write the originals into an archive that the custodian alone opens. The originals stay where they are.

    The archive is opened again from the disk before it gets its name, and every file in it compared.

    Parameters
    ----------
    out : Path
        The archive, a new file such as ``originals.age``.
    run : int, optional
        Only the files of this run; of all runs by default.
    to : tuple of str
        Public keys; the custodian's, as the record names them, by default.

    Raises
    ------
    UsageError
        When there is no key or no original, or the role does not allow it.
    FileError
        When an original changes while it is read, or the disk is full; nothing stands under the name then.
    """
    place = folder_of(folder)
    target = Path(out).expanduser().absolute()
    with held(place):
        keys = keys_for(record_of(place, "seal", who), to)
        with Case.open(place, create=False) as case:
            known = originals(case, run)
            case_id = case.catalog.case_id
            outs = {each.out for each in case.catalog.runs()}
        _refuse(target, known, outs)
        there = [asset for asset in known if _path(asset).is_file() and not _path(asset).is_symlink()]
        if not there:
            raise UsageError("None of this case's originals is there any more: there is nothing to seal.")
        sums: dict[str, str] = {}
        members = _members(there)
        stream = parts("originals", case_id, members, len(members), sums, tick)
        written = seal(stream, target, keys, lambda back: read_back(back, sums, target.name))
        try:
            tell(place, "sealed", "seal", who, "originals", len(sums), written.sha256)
        except BaseException:
            target.unlink(missing_ok=True)  # what the ledger does not know was not sealed
            raise
    notes = (STAY, NO_KEY, *_odd(known, there, members, sums))
    return Sealed(target, "originals", len(sums), written.bytes, written.sha256, keys, notes)


def originals(case: Case, run: int | None = None) -> list[Asset]:
    """Return the source files of a run, or of all runs, each once, whether they are still there or not."""
    runs = [run] if run is not None else [each.id for each in case.catalog.runs()]
    found: dict[tuple[str, str], Asset] = {}
    for number in runs:
        case.catalog.run(number)
        found.update({(asset.source, asset.path): asset for asset in case.catalog.assets(number)})
    return [found[key] for key in sorted(found)]


def _path(asset: Asset) -> Path:
    return Path(asset.source) / asset.path


def _members(assets: Sequence[Asset]) -> list[Member]:
    """Give each source a folder of its own: two may hold files of one name."""
    sources = {source: number for number, source in enumerate(dict.fromkeys(asset.source for asset in assets), 1)}
    return [
        Member(f"{sources[asset.source]}-{Path(asset.source).name or 'root'}/{asset.path}", _path(asset))
        for asset in assets
    ]


def _refuse(target: Path, known: Sequence[Asset], outs: set[Path]) -> None:
    name = printable(target.name)
    if target.exists() or target.is_symlink():
        raise UsageError(f"{name} is there already: choose a new name for the archive, such as originals.age.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {printable(str(target.parent))}: make it first.")
    for source in dict.fromkeys(asset.source for asset in known):
        if inside(target, Path(source)):
            raise UsageError(f"{name} would lie among the originals: choose another folder for the archive.")
    if any(inside(target, out) for out in outs):
        raise UsageError(f"{name} would lie in a release and could leave with it: choose another folder.")


def _odd(known: Sequence[Asset], there: Sequence[Asset], members: Sequence[Member], sums: dict[str, str]) -> list[str]:
    notes = []
    if missing := len(known) - len(there):
        notes.append(f"{missing} of {len(known)} originals are not there any more, and not in the archive.")
    digests = [sums[f"files/{member.name}"] for member in members]
    changed = sum(bool(asset.sha256) and asset.sha256 != now for asset, now in zip(there, digests, strict=True))
    if changed:
        notes.append(f"{changed} originals were changed since they were redacted; they are sealed as they are now.")
    return notes
