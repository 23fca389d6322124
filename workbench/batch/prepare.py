"""Before a run: everything that can be refused is refused here, before the first file is touched."""

import os
from collections.abc import Sequence
from pathlib import Path

from workbench.batch import described, intake, places
from workbench.batch.target import Target
from workbench.catalog.case import Case
from workbench.governance import casework
from workbench.profiles import Profile
from workbench.values import UsageError


def prepare(
    case: Case,
    sources: Sequence[Path],
    out: Path,
    profile: Profile,
    workers: int = 0,
    allow_nothing_hidden: bool = False,
    subset: str = "",
) -> int:
    """Return the number of the run that redacts `sources` into `out`; the same request gives the same run.

    Parameters
    ----------
    case : Case
        Holds the record; it must not be at work.
    sources : sequence of Path
        Photos, videos and folders. Links inside folders are not followed.
    out : Path
        The release's folder: new, empty, or one that this case wrote before. It is made when it is not there.
    profile : Profile
        Becomes the case's profile.
    workers : int
        Files at a time; 0 for one a core.
    allow_nothing_hidden : bool
        Release although nothing was found in any file.
    subset : str
        Name of a stored subset: only its files enter the run.

    Raises
    ------
    UsageError
        When a source is missing or holds nothing to redact, when a file of the subset is gone or was changed, when
        the places would mix originals and outputs, when the output holds what this case did not put there or cannot
        be written, when a disk is nearly full, when the case is at work, or when its record or a scene among the
        files forbids the profile, or the record this person to start a run.
    """
    if workers < 0:
        raise UsageError(f"{workers} workers cannot do anything: give 1 or more, or 0 for one a core.")
    if case.busy():
        raise UsageError(f"The case {case.path.name} is at work: wait for it, or stop it first.")
    roots = intake.resolve(sources)
    folder = Path(os.path.realpath(Path(out).expanduser()))
    places.refuse(case, roots, folder)
    found = intake.walk(roots)
    if not found.assets:
        raise UsageError(_nothing(found))
    found = described.narrow(case, found, subset)
    casework.refuse_run(case.path, profile, described.scenes(case, found.assets))
    places.make_writable(folder)
    refuse_strangers(case, folder)
    largest = max(asset.size for asset in found.assets)
    places.refuse_full_disk([folder, case.path], largest)
    case.save_profile(profile)
    digest = case.catalog.subset(subset).digest if subset else ""
    return case.catalog.create_run(profile, roots, folder, workers, allow_nothing_hidden, subset, digest)


def refuse_strangers(case: Case, out: Path) -> Target:
    """Return the output folder when all that it holds comes from this case; raise `UsageError` otherwise."""
    catalog = case.catalog
    target = Target(out, catalog.case_id, case.work)
    target.refuse_strangers(catalog.outputs(out), catalog.working(out), catalog.used(out))
    return target


def _nothing(found: intake.Intake) -> str:
    reasons = [outcome.error for _, outcome in found.refused]
    if len(reasons) == 1:
        return f"There is no photo or video to redact: {reasons[0]}"
    if reasons:
        return f"There is no photo or video to redact among {len(reasons)} files: choose a folder with some."
    hidden = " (hidden files are passed over)" if found.hidden else ""
    return f"There is no photo or video to redact in the sources{hidden}: choose a folder with some."
