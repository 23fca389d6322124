"""Near duplicates: bursts, pictures saved again or cropped a little. The best is kept, the others may be dropped."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.catalog.case import Case
from workbench.curate.listing import files as listed
from workbench.curate.values import Described
from workbench.media.likeness import ALIKE, BITS, PARTS, is_flat
from workbench.values import Media


@dataclass(frozen=True)
class Group:
    """Files that show nearly the same."""

    number: int
    """as `Described.alike`"""
    keep: Described
    """the largest picture, then the one with most bytes"""
    drop: tuple[Described, ...]
    """offered for dropping: the filter -alike leaves them out"""


def duplicates(case: Case, files: Sequence[Described] | None = None) -> tuple[Group, ...]:
    """Return the groups of near duplicates among the files of a case, photos and videos apart.

    Parameters
    ----------
    files : sequence of Described, optional
        As `listing.files` gives them, where they are at hand.
    """
    groups: dict[int, list[Described]] = {}
    for file in listed(case) if files is None else files:
        if file.alike:
            groups.setdefault(file.alike, []).append(file)
    return tuple(
        Group(number, min(members, key=lambda file: not file.best), tuple(each for each in members if not each.best))
        for number, members in sorted(groups.items())
        if len(members) > 1
    )


@dataclass(frozen=True)
class Candidate:
    """One content whose likeness is known."""

    sha256: str
    bits: int
    pixels: int
    """width times height"""
    size: int
    """bytes"""
    seconds: float = 0.0


def best_of(candidates: Sequence[Candidate], media: Media, most: int = ALIKE) -> dict[str, str]:
    """Return, for every content that has near duplicates, which one is the best of its group; of the best itself too.

    The best comes first, and what resembles it joins it, not what resembles one that joined: a chain of pictures
    each a little unlike the next never becomes one group.

    Parameters
    ----------
    most : int
        Differing bits of 64 that are still alike; in a video the mean of its three frames.
    """
    usable = [each for each in candidates if not is_flat(each.bits, media)]
    usable.sort(key=lambda each: (-each.seconds, -each.pixels, -each.size, each.sha256))
    parts = PARTS[media]
    mask = 2**BITS - 1
    columns = [np.array([each.bits >> (BITS * part) & mask for each in usable], np.uint64) for part in range(parts)]
    free = np.ones(len(usable), bool)
    best: dict[str, str] = {}
    for place, leader in enumerate(usable):
        if not free[place]:
            continue
        differing = sum(np.bitwise_count(column[place + 1 :] ^ column[place]).astype(np.int16) for column in columns)
        near = np.flatnonzero(differing <= most * parts) + place + 1
        near = near[free[near]]
        if len(near):
            free[near] = False
            best[leader.sha256] = leader.sha256
            best.update({usable[other].sha256: leader.sha256 for other in near.tolist()})
    return best


def group_all(case: Case) -> None:
    """Find the near duplicates among everything that was looked at, and remember them."""
    likenesses, sights = case.catalog.likenesses(), case.catalog.sights()
    sizes = {row.asset.sha256: row.asset.size for row in case.catalog.looked() if not row.problem}
    best: dict[str, str] = {}
    for media in Media:
        candidates = [
            Candidate(sha256, likenesses[sha256], sights[sha256].width * sights[sha256].height, size)
            for sha256, size in sizes.items()
            if sha256 in likenesses and sha256 in sights and sights[sha256].media is media
        ]
        best.update(best_of(candidates, media))
    case.catalog.put_best(best)
