"""What a run released, and what was probably missed in it: from the catalog alone, no picture is opened."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.assess.risk import Candidate, Seen, expected, finders
from workbench.assess.risk_photo import Count, empty_among_full
from workbench.assess.sample import Unit, unit_key
from workbench.catalog.case import Case
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.review.left import as_left, likely
from workbench.review.look import stored_looks
from workbench.values import Asset, Correction, Kind, Media, Outcome, UsageError
from workbench.video.keys import search_key

Strata = Callable[[Asset], str]
"""gives the stratum of a picture or video"""
SAID_STRATA = ("scenario", "camera", "sensitivity")
"""divisions by what the intake says about a file"""
NOT_SAID = "not said"
SAMPLED = 200
"""pictures from which it is told which detectors report which kind"""
SAID = 5
"""reasons that are kept with an item; all of them can be had again at any time"""


@dataclass(frozen=True)
class Released:
    """One picture or video that stands in a run's output."""

    asset: Asset
    """with the content from which the output was made"""
    outcome: Outcome
    found_by: str
    """under which name its detections are stored"""


@dataclass(frozen=True)
class Survey:
    """The whole batch as the sample sees it."""

    units: list[Unit]
    members: Mapping[str, Released]
    """by the key of the unit"""
    why: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """by the key of the unit, the most important first"""


def by_folder(asset: Asset) -> str:
    """Return the first folder of a relative path: the usual stratum."""
    parts = PurePosixPath(asset.path).parts
    return parts[0] if len(parts) > 1 else "."


def by_media(asset: Asset) -> str:
    """Return whether it is a photo or a video."""
    return str(asset.media)


def strata(choice: str | Mapping[str, str] | Strata, case: Case) -> Strata:
    """Return the function that gives strata.

    Parameters
    ----------
    choice : str, mapping or callable
        "folder", "media"; "scenario", "camera", "sensitivity" as the intake says; or a stratum for each relative path.
    case : Case

    Raises
    ------
    UsageError
        When there is no such division; and, from the function, when a mapping leaves a file out.
    """
    if callable(choice):
        return choice
    if isinstance(choice, Mapping):
        given = dict(choice)

        def look_up(asset: Asset) -> str:
            if asset.path not in given:
                raise UsageError(f"The strata say nothing about {asset.path}: name every file of the run.")
            return given[asset.path]

        return look_up
    known = {"folder": by_folder, "media": by_media}
    if choice in SAID_STRATA:
        said = case.catalog.said()
        return lambda asset: value.value if (value := said.get(asset.sha256, {}).get(choice)) else NOT_SAID
    if choice not in known:
        names = " or ".join((*known, *SAID_STRATA))
        raise UsageError(f"Pictures cannot be divided by '{choice}': use {names}, or a list of your own.")
    return known[choice]


def released(case: Case, run: int, only: Asset | None = None) -> list[Released]:
    """Return what stands in the output of a run, by source and path; of one asset if asked."""
    profile = case.catalog.run(run).profile
    found = []
    for (source, path), done in sorted(case.catalog.finished(run, only).items()):
        fingerprint, _ = made_of(done.made_by)
        media = done.outcome.media
        by = search_key(fingerprint, profile) if media is Media.VIDEO else fingerprint
        asset = Asset(path, source, done.sha256, 0, 0, media)
        found.append(Released(asset, done.outcome, by))
    return found


def made_of(made_by: str) -> tuple[str, str]:
    """Return the digests of the detectors and of the corrections that made an output, see `batch.opening.Plan`."""
    what = made_by.partition(" ")[2]
    corrected = re.fullmatch(r"(.+) ([0-9a-f]{64})", what)
    return (corrected[1], corrected[2]) if corrected else (what, "")


def take(case: Case, run: int, choice: str | Mapping[str, str] | Strata = "folder", risk: bool = True) -> Survey:
    """Return the whole batch of a run: every unit with its stratum, its risk and the reasons.

    Raises
    ------
    UsageError
        When nothing of the run stands in its output, or when the strata cannot be had.
    """
    members = keyed(released(case, run))
    if not members:
        raise UsageError(f"Run {run} has released nothing, so there is nothing to review: finish it first.")
    stratum_of = strata(choice, case)
    names = {key: stratum_of(item.asset) for key, item in members.items()}
    if not risk:
        return Survey([Unit(key, names[key]) for key in members], members)
    found = _candidates(case, run, members, names)
    units = [Unit(key, names[key], expected(found.get(key, ()))) for key in members]
    why = {key: tuple(candidate.why for candidate in each[:SAID]) for key, each in found.items()}
    return Survey(units, members, why)


def keyed(items: list[Released]) -> dict[str, Released]:
    """Return what was released by its key in draws; equal files under the same path in two sources get a number."""
    members: dict[str, Released] = {}
    for item in items:
        key, copy = unit_key(item.asset.sha256, item.asset.path), 1
        while (name := key if copy == 1 else f"{key} #{copy}") in members:
            copy += 1
        members[name] = item
    return members


def candidates_of(
    case: Case,
    run: int,
    item: Released,
    key: str = "",
    stratum: str = "",
    made: Sequence[Correction] | None = None,
    looks: bool = True,
) -> list[Candidate]:
    """Return what was probably missed in one picture or video, the likeliest first; see `assess.risk`.

    `made` are the corrections that count, see `see`; without `looks` only the search of the run is asked.
    """
    seen = see(case, run, item, key, stratum, made)
    if seen is None:
        return []
    others = stored_looks(case, item.asset.sha256, item.found_by) if looks else {}
    return likely(seen, case.catalog.run(run).profile, others, finders([seen]))


def see(
    case: Case, run: int, item: Released, key: str = "", stratum: str = "", made: Sequence[Correction] | None = None
) -> Seen | None:
    """Return what is known about one picture or video; None when its detections are not stored any more.

    Parameters
    ----------
    case, run, item
    key, stratum : str
        What it is called in the answer.
    made : sequence of Correction, optional
        The corrections that count; if not given, all that stand, whoever made them. Who is to look at an item
        without knowing of another reviewer gets only their own, see `queue.corrections_shown`.
    """
    stored = case.catalog.detections(item.asset.sha256, item.found_by)
    if stored is None:
        return None
    standing = case.catalog.corrections(item.asset.sha256) if made is None else made
    frames, settled = as_left(stored, standing)
    outcome = item.outcome
    width, height = size_of(case, run, item)
    factors = np.array([width / outcome.width, height / outcome.height] * 2)
    if outcome.media is Media.PHOTO:
        return Seen(key, stratum, width, height, frames, _in_photo(outcome, factors), settled=settled)
    spans = [
        (row[0], row[1], row[2], Kind(row[3]), tuple((np.array(row[6:10]) * factors).tolist()))
        for row in outcome.regions
    ]
    rate = outcome.frames / float(Fraction(outcome.duration)) if Fraction(outcome.duration or 0) else 25.0
    return Seen(key, stratum, width, height, frames, _in_video(outcome, factors), Media.VIDEO, spans, rate, settled)


def _candidates(
    case: Case, run: int, members: Mapping[str, Released], names: Mapping[str, str]
) -> dict[str, list[Candidate]]:
    profile = case.catalog.run(run).profile

    def everything() -> Iterator[Seen]:
        for key, item in members.items():
            if (seen := see(case, run, item, key, names[key])) is not None:
                yield seen

    by = finders(islice(everything(), SAMPLED))
    found: dict[str, list[Candidate]] = {}
    counts = []
    for seen in everything():
        item = members[seen.asset]
        found[seen.asset] = likely(seen, profile, stored_looks(case, item.asset.sha256, item.found_by), by)
        if seen.media is not Media.VIDEO:
            hidden = sum(len(seen.hidden(frame)) for frame in range(len(seen.frames)))
            counts.append(Count(seen.asset, names[seen.asset], seen.width, seen.height, hidden))
    for candidate in empty_among_full(counts, profile):
        found[candidate.asset].append(candidate)
    return found


def size_of(case: Case, run: int, item: Released) -> tuple[int, int]:
    """Return the size of the source in px; it is opened only where the output may be smaller."""
    outcome = item.outcome
    limit = case.catalog.run(run).profile.output.max_side
    if not limit or max(outcome.width, outcome.height) < limit:
        return outcome.width, outcome.height
    path = Path(item.asset.source) / item.asset.path
    if outcome.media is Media.VIDEO:
        video = open_video(path, whole=False)
        return video.width, video.height
    frame = open_photo(path).frames[0]
    return frame.width, frame.height


def _in_photo(outcome: Outcome, factors: NDArray[np.float64]) -> Callable[[int], geometry.Boxes]:
    frames = np.array([row[0] for row in outcome.regions], int)
    boxes = np.array([row[4:8] for row in outcome.regions], float).reshape(-1, 4) * factors
    return lambda frame: geometry.as_boxes(boxes[frames == frame])


def _in_video(outcome: Outcome, factors: NDArray[np.float64]) -> Callable[[int], geometry.Boxes]:
    ends = np.array([row[1:3] for row in outcome.regions], int).reshape(-1, 2)
    boxes = np.array([row[6:10] for row in outcome.regions], float).reshape(-1, 4) * factors
    return lambda frame: geometry.as_boxes(boxes[(ends[:, 0] <= frame) & (frame <= ends[:, 1])])
