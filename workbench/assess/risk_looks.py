"""What other looks at the same picture saw and its search did not: mirrored, enlarged, in tiles. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench import geometry
from workbench.assess.risk import Candidate, Seen
from workbench.assess.risk_photo import SAME, disagreements
from workbench.profiles import Profile
from workbench.values import Detections, Media


@dataclass
class _Place:
    """What several looks saw at about the same place; the surest of them speaks."""

    best: Candidate
    looks: list[str]


def by_looks(seen: Seen, looks: Mapping[str, Sequence[Detections]], profile: Profile) -> list[Candidate]:
    """Return what other looks saw surely enough to be hidden, and the run leaves visible, the likeliest first.

    What several looks saw at about the same place is one candidate, and so is what stays there in a video.

    Parameters
    ----------
    seen : Seen
        What the search of the run found.
    looks : mapping of str to sequence of Detections
        What each look is called ("a mirrored look"), and what it saw in every frame; frames that it left out are
        empty.
    profile : Profile
        Of the run.
    """
    rows = [
        (candidate, name)
        for name, frames in looks.items()
        for candidate in disagreements(seen, seen.frames, frames, profile, name)
    ]
    places: list[_Place] = []
    for candidate, name in sorted(rows, key=lambda row: -row[0].risk):
        place = next((each for each in places if _same(each.best, candidate)), None)
        if place is None:
            places.append(_Place(candidate, [name]))
        elif name not in place.looks:
            place.looks.append(name)
    return [_told(place, seen) for place in places]


def merged(found: Sequence[Candidate], looks: Sequence[Candidate]) -> list[Candidate]:
    """Return all candidates, the likeliest first; where a look says more about the same object, it takes its place."""
    left = [
        each
        for each in found
        if not any(each.frame == look.frame and _same(each, look) and each.risk <= look.risk for look in looks)
    ]
    return sorted([*left, *looks], key=lambda candidate: -candidate.risk)


def _same(one: Candidate, other: Candidate) -> bool:
    overlap = geometry.iou(geometry.as_boxes(one.box), geometry.as_boxes(other.box))[0, 0]
    return one.kind is other.kind and bool(np.greater_equal(overlap, SAME))


def _told(place: _Place, seen: Seen) -> Candidate:
    first, *others = place.looks
    why = place.best.why
    if others:
        why = why.replace(f"By {first}", f"By {', '.join([first, *others[:-1]])} and {others[-1]}", 1)
    if seen.media is Media.VIDEO:
        why += f" It is at {place.best.frame / seen.rate:.1f} seconds."
    elif len(seen.frames) > 1:
        why += f" It is in frame {place.best.frame + 1} of the animation."
    return replace(place.best, why=why)
