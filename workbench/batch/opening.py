"""From a run's sources to the list of what is to be done; at its end the output holds nothing that is out of date."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from workbench import __version__, corrections
from workbench.batch import described, intake, places
from workbench.batch.control import Control
from workbench.batch.intake import Intake
from workbench.batch.pool import Pool
from workbench.batch.standing import standing
from workbench.batch.target import Target
from workbench.catalog.case import Case
from workbench.catalog.names import Key, Name, key
from workbench.catalog.runs import Run
from workbench.release.entries import DetectorInfo
from workbench.values import Asset, UsageError


@dataclass(frozen=True)
class Sources:
    """What lies in the sources of a run."""

    found: Intake
    names: Mapping[Key, Name]
    """of each output"""
    known: Mapping[Key, Asset]
    """the sources as they were when their content was read last"""


@dataclass(frozen=True)
class Plan:
    """What a run does."""

    fingerprint: str
    """of the detectors"""
    infos: tuple[DetectorInfo, ...]
    todo: tuple[Asset, ...]
    kept: frozenset[Key]
    """what was done before and stands"""

    def made_by(self, corrected: str) -> str:
        """Return what an output must have been made by to stand: this software with these detectors and corrections.

        `corrected` is the digest of the corrections, "" for none.
        """
        return f"{__version__} {self.fingerprint} {corrected}".rstrip()


def look(case: Case, run: Run, target: Target, allow: Callable[[Intake], object], control: Control) -> Sources:
    """Walk the sources, record what is there and give every output its name.

    Parameters
    ----------
    allow : callable
        Sees what the run is about before anything is changed; it may raise.

    Raises
    ------
    UsageError
        When a source is gone, holds nothing to redact any more, or must not be used with this output; when a file of
        the run's subset is gone or was changed.
    StoppedError
    """
    roots = intake.resolve(run.sources)
    places.refuse(case, roots, run.out)
    found = intake.walk(roots)
    if not found.assets:  # an empty folder is more likely a disk that is not connected than a wish to delete
        raise UsageError(f"There is no photo or video left in the sources of run {run.id}: are they connected?")
    found = described.narrow(case, found, run.subset, run.subset_digest, control.tick)
    allow(found)
    # Before an asset that is gone takes the trace of what it may have left along.
    target.remove_strays(case.catalog.working(run.out))
    case.catalog.clear_working(run.out)
    folders = dict.fromkeys(asset.source for asset in found.assets)
    known = {(folder, path): asset for folder in folders for path, asset in case.catalog.known(folder).items()}
    case.catalog.put_assets(run.id, [*found.assets, *(asset for asset, _ in found.refused)])
    names = case.catalog.give_names(run.id, found.assets, found.tops, found.formats)
    return Sources(found, names, known)


def clear(case: Case, run: Run, target: Target, sources: Sources, pool: Pool, control: Control) -> Plan:
    """Take out of the output what this run does not stand for, and return what is to be done.

    The manifest goes first: from here to the end of the run the folder is no release.

    Raises
    ------
    UsageError
        When the detectors cannot be loaded, or another case claims the output. Nothing was changed then.
    StoppedError
    """
    fingerprint, infos = pool.hello(control.tick)
    plan = Plan(fingerprint, infos, (), frozenset())
    assets = sources.found.assets
    finished = {
        owner: record
        for owner, record in case.catalog.finished(run.id).items()
        if record.made_by == plan.made_by(corrections.digest(case.catalog.corrections(record.sha256)))
    }
    kept = standing(run.out, assets, sources.names, finished, sources.known, control.tick)
    target.claim()
    target.remove_release()
    target.remove(sorted(case.catalog.outputs(run.out) - {record.outcome.output for record in kept.values()}))
    case.catalog.restart(run.id, kept)
    todo = tuple(_with_hash(asset, sources.known) for asset in assets if key(asset) not in kept)
    return replace(plan, todo=todo, kept=frozenset(kept))


def _with_hash(asset: Asset, known: Mapping[Key, Asset]) -> Asset:
    before = known.get(key(asset))
    if before and (before.size, before.mtime) == (asset.size, asset.mtime):
        return replace(asset, sha256=before.sha256)
    return asset
