"""The whole job in one call, for a notebook or a script."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench import profiles
from workbench.batch import described, intake
from workbench.batch.driver import run
from workbench.batch.prepare import prepare
from workbench.catalog.case import Case
from workbench.governance import casework
from workbench.profiles import Profile
from workbench.values import Event, WorkbenchError

DEFAULT_PROFILE = "publication"


def default_case(out: Path) -> Path:
    """Return the folder of the private record that belongs to an output folder: beside it."""
    folder = out.expanduser().resolve()
    return folder.with_name(f"{folder.name}-case")


def profile_of(
    folder: Path | str | None, out: Path, name: str | None = None, sources: Sequence[Path] = (), subset: str = ""
) -> Profile:
    """Return the profile of that name or file; without one what the case picks, else "publication".

    The case picks it by its record and by the scenes that its intake knows among `sources`, or in a stored `subset`.
    """
    if name is not None:
        return profiles.load(name)
    place = Path(folder or default_case(out)).expanduser()
    if casework.picked_profile(place) is None:
        return profiles.load(DEFAULT_PROFILE)
    picked = casework.picked_profile(place, _scenes(place, sources, subset))
    return picked or profiles.load(DEFAULT_PROFILE)


def _scenes(place: Path, sources: Sequence[Path], subset: str) -> tuple[str, ...]:
    if not sources or not Case.is_there(place):
        return ()
    with Case.open(place, create=False) as case:
        found = described.narrow(case, intake.walk(intake.resolve(sources)), subset)
        return described.scenes(case, found.assets)


@contextmanager
def case_for(folder: Path | str | None, out: Path) -> Iterator[Case]:
    """Open the case of one request; what was made for a request that is refused is removed again.

    Parameters
    ----------
    folder : path, optional
        The private record; `default_case` of `out` if not given.
    out : Path
        The release's folder.

    Raises
    ------
    UsageError
        When the case cannot be opened; and whatever the request itself raises passes through.
    """
    place = Path(folder or default_case(out)).expanduser().absolute()
    new = not Case.is_there(place)
    target = out.expanduser().absolute()
    missing = [path for path in {place, *place.parents, target, *target.parents} if not path.exists()]
    try:
        with Case.open(place) as case:
            yield case
    except WorkbenchError:
        if new:
            Case.discard_unused(place)
        for path in sorted(missing, key=lambda path: -len(path.parts)):
            with suppress(OSError):  # not there, or not empty: something came of the request
                path.rmdir()
        raise


def redact_folder(
    sources: Sequence[Path | str] | Path | str,
    out: Path | str,
    profile: Profile | str | None = None,
    *,
    case: Path | str | None = None,
    workers: int = 0,
    subset: str = "",
) -> Iterator[Event]:
    """Redact photos, videos and folders into a release, and yield what happens.

    The same call again goes on where it was; closing the iterator stops the run. See `prepare` for
    what is refused, with `UsageError`, before the first file is touched.

    Parameters
    ----------
    sources : path or sequence of paths
        Photos, videos and folders; they are only read.
    out : path
        The release's folder: new, empty, or one that this case wrote before.
    profile : Profile or str, optional
        What to hide and how; by default what the case's record picks, else "publication".
    case : path, optional
        The private record; ``OUT-case`` beside `out` if not given.
    workers : int
        Files at a time; 0 for one a core.
    subset : str
        Name of a subset that the case's intake stored: only its files are redacted.

    Yields
    ------
    Event
        "file" events carry the outcome of one file.
    """
    places = [Path(place) for place in ([sources] if isinstance(sources, Path | str) else sources)]
    target = Path(out)
    settings = profile if isinstance(profile, Profile) else profile_of(case, target, profile, places, subset)
    with case_for(case, target) as opened:
        number = prepare(opened, places, target, settings, workers, subset=subset)
        yield from run(opened, number)
