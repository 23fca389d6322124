"""What the intake knows about the files of a run: which belong to a subset, and of which scenes they are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.batch.intake import Intake
from workbench.catalog.case import Case
from workbench.catalog.names import key
from workbench.catalog.said import Looked, Subset
from workbench.catalog.store import file_sha256
from workbench.disk import printable
from workbench.governance import scenes as known_scenes
from workbench.values import Asset, UsageError

Tick = Callable[[], object]


def narrow(case: Case, found: Intake, name: str, digest: str = "", tick: Tick = lambda: None) -> Intake:
    """Return what of `found` belongs to a stored subset; of exact copies the first.

    Parameters
    ----------
    case : Case
    found : Intake
    name : str
        Of the subset; "" returns all of `found`.
    digest : str
        The subset as it was when the run began; "" for a run that begins now.
    tick : callable
        Called now and then while files are read.

    Raises
    ------
    UsageError
        When there is no such subset, when it was stored anew since, or when a file of it is gone or was changed.
    """
    if not name:
        return found
    subset = case.catalog.subset(name)
    if digest and subset.digest != digest:
        raise UsageError(
            f"The subset '{name}' was stored anew since this run began: start a new run with it (the same command "
            "again), or store it as it was."
        )
    wanted = set(subset.members)
    taken: list[Asset] = []
    for asset, sha256 in zip(found.assets, contents(case, found.assets, tick, wanted), strict=True):
        if sha256 in wanted:
            wanted.discard(sha256)
            taken.append(asset)
    if wanted:
        raise UsageError(_incomplete(case, subset, wanted))
    formats = {key(asset): found.formats[key(asset)] for asset in taken}
    return replace(found, assets=tuple(taken), formats=formats, refused=())


def contents(case: Case, assets: Sequence[Asset], tick: Tick = lambda: None, wanted: Iterable[str] = ()) -> list[str]:
    """Return the SHA-256 of every asset that may be one that was described or is wanted; "" for the others.

    A file is read only where it lies elsewhere than when it was looked at, or was changed, and its size is one
    of those; where the size of a wanted content is not known, every such file is.
    """
    rows = [row for row in case.catalog.looked() if row.asset.sha256]
    known = {_whole(row.asset): row.asset for row in rows}
    sizes = {row.asset.size for row in rows}
    every = not set(wanted) <= {row.asset.sha256 for row in rows}
    found = []
    for asset in assets:
        before = known.get(_whole(asset))
        if before and (before.size, before.mtime) == (asset.size, asset.mtime):
            found.append(before.sha256)
        elif every or asset.size in sizes:
            found.append(_read(asset, tick))
        else:
            found.append("")
    return found


def scenes(case: Case, assets: Sequence[Asset], tick: Tick = lambda: None) -> tuple[str, ...]:
    """Return the ids of the scenes among files, by what was said about them; see `governance.scenes`.

    A file that was changed since it was described still counts as of its scene: what it shows is not known better.
    """
    said = {
        sha256: plain
        for sha256, values in case.catalog.said().items()
        if known_scenes.present([plain := {name: each.value for name, each in values.items()}])
    }
    if not said:
        return ()
    at = {_whole(row.asset): row.asset.sha256 for row in case.catalog.looked()}
    found = {*contents(case, assets, tick), *(at.get(_whole(asset), "") for asset in assets)}
    return known_scenes.present(said[sha256] for sha256 in found if sha256 in said)


def scenes_of_run(case: Case, run: int) -> tuple[str, ...]:
    """Return the ids of the scenes among the files of a run, as the catalog knows them: no file is opened."""
    said, at = case.catalog.said(), {_whole(row.asset): row.asset.sha256 for row in case.catalog.looked()}
    shown: set[str] = set()
    for asset in case.catalog.assets(run):
        shown.update((asset.sha256, at.get(_whole(asset), "")))
    return known_scenes.present(
        {name: each.value for name, each in said[sha256].items()} for sha256 in shown if sha256 in said
    )


def scenes_of_case(folder: Path) -> tuple[str, ...]:
    """Return the ids of the scenes among all files that were described in a case's folder; none where it is no case."""
    if not Case.is_there(folder):
        return ()
    with Case.open(folder, create=False) as case:
        there = {row.asset.sha256 for row in case.catalog.looked()}
        said = case.catalog.said()
        return known_scenes.present(
            {name: each.value for name, each in values.items()} for sha256, values in said.items() if sha256 in there
        )


def _incomplete(case: Case, subset: Subset, missing: set[str]) -> str:
    rows: list[Looked] = [row for row in case.catalog.looked() if row.asset.sha256 in missing]
    first = f" (such as {printable(rows[0].asset.path)})" if rows else ""
    return (
        f"{len(missing)} of the {len(subset.members)} files of the subset '{subset.name}' are not in the sources, or "
        f"were changed{first}: name the sources they lie in, or look at them and store the subset again "
        "(workbench intake look, workbench intake subset)."
    )


def _whole(asset: Asset) -> Path:
    return Path(asset.source) / asset.path


def _read(asset: Asset, tick: Tick) -> str:
    try:
        return file_sha256(_whole(asset), tick)
    except OSError:
        return ""  # the run says what is wrong with it
