"""The whole job in one call, for a notebook or a script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench import profiles
from workbench.batch.driver import run
from workbench.batch.prepare import prepare
from workbench.catalog.case import Case
from workbench.profiles import Profile
from workbench.values import Event


def default_case(out: Path) -> Path:
    """Return the folder of the private record that belongs to an output folder: beside it."""
    folder = out.expanduser().resolve()
    return folder.with_name(f"{folder.name}-case")


def redact_folder(
    sources: Sequence[Path | str] | Path | str,
    out: Path | str,
    profile: Profile | str = "publication",
    *,
    case: Path | str | None = None,
    workers: int = 0,
) -> Iterator[Event]:
    """Redact photos and folders into a release, and yield what happens.

    The same call again goes on where it was; closing the iterator stops the run. See `prepare` for
    what is refused, with `UsageError`, before the first file is touched.

    Parameters
    ----------
    sources : path or sequence of paths
        Photos and folders; they are only read.
    out : path
        The release's folder: new, empty, or one that this case wrote before.
    profile : Profile or str
        What to hide and how.
    case : path, optional
        The private record; ``OUT-case`` beside `out` if not given.
    workers : int
        Files at a time; 0 for one a core.

    Yields
    ------
    Event
        "file" events carry the outcome of one file.
    """
    settings = profiles.load(profile) if isinstance(profile, str) else profile
    places = [sources] if isinstance(sources, Path | str) else list(sources)
    target = Path(out)
    with Case.open(case or default_case(target)) as opened:
        number = prepare(opened, [Path(place) for place in places], target, settings, workers)
        yield from run(opened, number)
