"""The files of a case with all that is known and said about them."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.batch import intake
from workbench.catalog.case import Case
from workbench.catalog.said import Looked, Said, Sight
from workbench.curate.values import Described
from workbench.profiles import KindRule, Profile
from workbench.values import Detections, Kind

_found: dict[tuple[str, str, float, str], Mapping[str, int]] = {}
_lock = threading.Lock()
MOST_KEPT = 200_000
"""counts that are remembered while the program runs, so that a screen need not unpack them again"""


def files(case: Case, sources: Sequence[Path | str] | None = None) -> tuple[Described, ...]:
    """Return every file that was looked at, by source and path; what cannot be used with its problem.

    Parameters
    ----------
    case : Case
    sources : sequence of paths, optional
        Only what lies there; all by default.

    Raises
    ------
    UsageError
        When a source is not there.
    """
    rows = case.catalog.looked()
    if sources is not None:
        roots = intake.resolve([Path(source) for source in sources])
        rows = [row for row in rows if _below(row, roots)]
    sights, said = case.catalog.sights(), case.catalog.said()
    counts = found_kinds(case, {row.asset.sha256 for row in rows})
    numbers = _group_numbers(rows, sights)
    first: set[str] = set()
    found = []
    for row in rows:
        sha256 = row.asset.sha256
        found.append(_described(row, sights.get(sha256), said.get(sha256, {}), counts, numbers, sha256 not in first))
        if not row.problem:
            first.add(sha256)
    return tuple(found)


def found_kinds(case: Case, wanted: set[str]) -> dict[str, Mapping[str, int]]:
    """Return what detectors found last in the files with these contents, by kind; only of those they looked at."""
    rules = _rules(case.profile)
    key = ",".join(f"{kind}{score:g}" for kind, score in rules.items())
    found = {}
    for sha256, fingerprint, created in case.catalog.newest_found():
        if sha256 not in wanted:
            continue
        known = (sha256, fingerprint, created, key)
        with _lock:
            counts = _found.get(known)
        if counts is None:
            frames = case.catalog.detections(sha256, fingerprint)
            if frames is None:
                continue
            counts = _counts(frames, rules)
            with _lock:
                if len(_found) >= MOST_KEPT:
                    _found.clear()
                _found[known] = counts
        found[sha256] = counts
    return found


def _rules(profile: Profile | None) -> dict[str, float]:
    if profile is None:
        return {str(kind): KindRule().min_score for kind in Kind}
    return {str(kind): rule.min_score for kind, rule in profile.kinds.items()}


def _counts(frames: Sequence[Detections], rules: Mapping[str, float]) -> dict[str, int]:
    """Return the objects of each kind that score enough: tracks, and what has none where most of them show at once."""
    tracks: set[tuple[str, int]] = set()
    most: dict[str, int] = {}
    for rows in frames:
        good = rows.scores >= [rules[kind] for kind in rows.kinds.tolist()]
        seen: dict[str, int] = {}
        for kind, track in zip(rows.kinds[good].tolist(), rows.tracks[good].tolist(), strict=True):
            if track >= 0:
                tracks.add((kind, track))
            else:
                seen[kind] = seen.get(kind, 0) + 1
        for kind, number in seen.items():
            most[kind] = max(most.get(kind, 0), number)
    for kind, _ in tracks:
        most[kind] = most.get(kind, 0) + 1
    return dict(sorted(most.items()))


def _below(row: Looked, roots: Sequence[Path]) -> bool:
    path = Path(row.asset.source) / row.asset.path
    return any(path == root or root in path.parents for root in roots)


def _group_numbers(rows: Sequence[Looked], sights: Mapping[str, Sight]) -> dict[str, int]:
    """Return the number of the group of near duplicates by the SHA-256 of its best; exact copies are one too."""
    members: dict[str, int] = {}
    for row in rows:
        sight = sights.get(row.asset.sha256)
        if sight is not None and not row.problem:
            best = sight.best or row.asset.sha256
            members[best] = members.get(best, 0) + 1
    several = (best for best, number in members.items() if number > 1)
    return {best: number for number, best in enumerate(several, start=1)}


def _described(
    row: Looked,
    sight: Sight | None,
    said: Mapping[str, Said],
    counts: Mapping[str, Mapping[str, int]],
    numbers: Mapping[str, int],
    is_first: bool,
) -> Described:
    if row.problem or sight is None:
        problem = row.problem or "It was not read to its end yet: look at its folder again."
        return Described(row.asset, problem=problem)
    sha256 = row.asset.sha256
    group = numbers.get(sight.best or sha256, 0)
    return Described(
        asset=row.asset,
        width=sight.width,
        height=sight.height,
        seconds=sight.seconds,
        device=sight.device,
        model=sight.model,
        taken=sight.taken,
        discloses=sight.discloses,
        said={name: each.value for name, each in said.items()},
        how={name: each.how for name, each in said.items()},
        kinds=counts.get(sha256, {}),
        searched=sha256 in counts,
        alike=group,
        # Of exact copies the first stands for all.
        best=not group or (sight.best in ("", sha256) and is_first),
    )
