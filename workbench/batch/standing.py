"""Which outputs of earlier runs are as good as new. Reads files, changes nothing."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from workbench.catalog.entries import Finished
from workbench.catalog.names import Key, Name, key
from workbench.catalog.store import file_sha256
from workbench.values import Asset


def standing(
    out: Path,
    assets: Sequence[Asset],
    names: Mapping[Key, Name],
    finished: Mapping[Key, Finished],
    known: Mapping[Key, Asset],
    tick: Callable[[], None],
) -> dict[Key, Finished]:
    """Return what need not be done again: same source, same name, and an output that nobody touched.

    Parameters
    ----------
    out : Path
        The output folder.
    assets : sequence of Asset
        The sources as they are now.
    names : mapping
        The name of each output.
    finished : mapping
        What this profile, these detectors and these corrections put into `out`.
    known : mapping
        The sources as they were when their content was read last; sizes and times that are the same
        spare reading them again.
    tick : callable
        Called once a file; it may raise.
    """
    kept = {}
    for asset in assets:
        tick()
        record = finished.get(key(asset))
        if record is None:
            continue
        stem = PurePosixPath(record.outcome.output)
        if stem.with_name(stem.stem).as_posix() != names[key(asset)].stem:
            continue
        if _same_source(asset, record, known.get(key(asset))) and _same_output(out, record):
            kept[key(asset)] = record
    return kept


def _same_source(asset: Asset, record: Finished, before: Asset | None) -> bool:
    if before and (before.size, before.mtime) == (asset.size, asset.mtime):
        return before.sha256 == record.sha256
    return _hash(Path(asset.source) / asset.path) == record.sha256


def _same_output(out: Path, record: Finished) -> bool:
    path = out / record.outcome.output
    try:
        status = path.lstat()
    except OSError:
        return False
    if path.is_symlink() or status.st_size != record.outcome.output_size:
        return False
    return status.st_mtime_ns == record.mtime or _hash(path) == record.outcome.output_sha256


def _hash(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError:
        return ""
