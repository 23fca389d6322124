"""Choose a subset: by a filter, by a stratified random sample with a seed, and keep it under a name."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from workbench.catalog.case import Case
from workbench.catalog.said import Subset
from workbench.curate.filters import Filter, parse
from workbench.curate.role import refuse_stranger
from workbench.curate.values import Described
from workbench.disk import printable
from workbench.governance import casework
from workbench.governance.roles import identity
from workbench.values import UsageError

_BY: Mapping[str, Callable[[Described], str]] = {
    "scenario": lambda file: file.said.get("scenario", ""),
    "camera": lambda file: file.said.get("camera", ""),
    "sensitivity": lambda file: file.said.get("sensitivity", ""),
    "media": lambda file: str(file.asset.media),
    "device": lambda file: file.device,
    "folder": lambda file: PurePosixPath(file.asset.path).parent.as_posix(),
    "all": lambda _: "",
}
PER = tuple(_BY)
"""by what a sample can be divided"""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")


def select(
    files: Sequence[Described], where: str | Filter = "", sample: int = 0, per: str = "scenario", seed: str = ""
) -> tuple[Described, ...]:
    """Return the files for which a filter holds, or a stratified random sample of them.

    Parameters
    ----------
    files : sequence of Described
    where : str or Filter
        See `filters.parse`; "" for every file that can be used.
    sample : int
        How many files are drawn; 0 for all. Every stratum gets its share, and at least one while there is room.
    per : str
        By what the sample is divided, one of `PER`.
    seed : str
        The same seed draws the same files, in whatever order they are given.

    Returns
    -------
    tuple of Described
        In the order of `files`.

    Raises
    ------
    UsageError
        When the filter, the number or the division is none.
    """
    wanted = parse(where) if isinstance(where, str) else where
    chosen = [file for file in files if wanted.holds(file)]
    if sample < 0:
        raise UsageError(f"A sample of {sample} files cannot be drawn: give 1 or more, or 0 for all.")
    if per not in _BY:
        raise UsageError(f"A sample cannot be divided by '{printable(per)}': use one of {', '.join(PER)}.")
    if not sample or sample >= len(chosen):
        return tuple(chosen)
    strata: dict[str, list[Described]] = {}
    for file in chosen:
        strata.setdefault(_BY[per](file), []).append(file)
    drawn: set[tuple[str, str]] = set()
    for name, number in shares({name: len(members) for name, members in strata.items()}, sample).items():
        drawn.update(file.key for file in sorted(strata[name], key=lambda file: _lot(seed, file))[:number])
    return tuple(file for file in chosen if file.key in drawn)


def shares(sizes: Mapping[str, int], sample: int) -> dict[str, int]:
    """Return how many are drawn from each stratum: its share by largest remainder, at least one while there is room."""
    total = sum(sizes.values())
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    if sample < len(names):  # not room for each: the largest
        return {name: int(place < sample) for place, name in enumerate(names)}
    exact = {name: sizes[name] * sample / total for name in names}
    given = {name: max(int(exact[name]), 1) for name in names}
    while sum(given.values()) < sample:
        name = max((each for each in names if given[each] < sizes[each]), key=lambda each: exact[each] - given[each])
        given[name] += 1
    while sum(given.values()) > sample:
        name = max((each for each in names if given[each] > 1), key=lambda each: given[each] - exact[each])
        given[name] -= 1
    return given


def store(
    case: Case,
    name: str,
    members: Iterable[Described | str],
    rule: str = "",
    seed: str = "",
    by: str = "",
) -> Subset:
    """Keep a subset under a name and write that into the ledger; an older one of that name is replaced.

    Parameters
    ----------
    case : Case
    name : str
        Letters, digits, - and _.
    members : iterable of Described or str
        Files, or the SHA-256 of their content.
    rule : str
        How they were chosen, such as the filter and the sample.
    seed : str
        Of the sample, where one was drawn.
    by : str
        The account that acts; who is signed in by default.

    Raises
    ------
    UsageError
        When it is empty, the name is none, or the role does not allow it.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"'{printable(name)}' cannot name a subset: use up to 60 letters, digits, - and _, such as street-1."
        )
    refuse_stranger(case.path, by)
    chosen = set()
    for member in members:
        if isinstance(member, Described) and member.problem:
            raise UsageError(f"{printable(member.asset.path)} cannot be used: {member.problem}")
        chosen.add(member if isinstance(member, str) else member.asset.sha256)
    if not chosen:
        raise UsageError(f"The subset '{name}' would be empty: choose at least one file.")
    kept = case.catalog.put_subset(Subset(name, rule, seed, tuple(chosen), by=by or identity()))
    casework.write_down(case.path, "subset-stored", "curate", who=by, files=len(kept.members), digest=kept.digest)
    return kept


def subset(case: Case, name: str) -> Subset:
    """Return a stored subset; raises `UsageError` when there is none of that name."""
    return case.catalog.subset(name)


def subsets(case: Case) -> list[Subset]:
    """Return the stored subsets, by name."""
    return case.catalog.subsets()


def members_of(files: Iterable[Described], chosen: Subset) -> tuple[Described, ...]:
    """Return the files of a subset among `files`; of exact copies the first, which is the one that a run takes."""
    wanted = set(chosen.members)
    found = []
    for file in files:
        if not file.problem and file.asset.sha256 in wanted:
            wanted.discard(file.asset.sha256)
            found.append(file)
    return tuple(found)


def _lot(seed: str, file: Described) -> str:
    return hashlib.sha256(
        f"{seed}\n{file.asset.sha256}\n{file.asset.path}".encode("utf-8", "surrogateescape")
    ).hexdigest()
