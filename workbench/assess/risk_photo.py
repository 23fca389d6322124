"""What was probably missed in photos, and what two ways of looking disagree about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.assess.risk import COVERED, Candidate, Reason, Seen, chance, covered, cut
from workbench.profiles import Profile
from workbench.values import Detections, Kind

CROWD = 10
"""as many hidden objects in one picture make it likely that others are too small to be seen at all"""
UNSEEN_IN_CROWD = 0.015
"""of each hidden object in a crowd: how many more there are that no score tells of; measured like the curve"""
EMPTY, USUAL = 0.05, 2
"""chance that a picture in which nothing was found is wrong, where its neighbours mostly show at least `USUAL`"""
SAME = 0.3
"""intersection over union from which on two boxes may be the same object"""
MOSTLY = 0.5
"""share of a box that is hidden from which on two looks agree about an object, but for where it ends"""
SETTLED = 0.5
"""intersection over union from which on a box is the one about which people have decided"""
BODY, BODY_CHANCE = 60, 0.3
"""px of a person's height from which on a face should be found, and how often one is there: many turn their back"""
PLATE_CHANCE = 0.2


def in_photo(seen: Seen, profile: Profile, by: Mapping[Kind, frozenset[str]] | None = None) -> list[Candidate]:
    """Return the candidates of a photo (of each of its frames), the likeliest first.

    Parameters
    ----------
    seen : Seen
    profile : Profile
        Of the run.
    by : mapping, optional
        `finders` of the whole batch, so that "only one of them saw it" can be told.
    """
    found: list[Candidate] = []
    for frame, rows in enumerate(seen.frames):
        hidden = geometry.as_boxes(seen.hidden(frame))
        found += _visible(seen, frame, rows[~settled(seen, frame, rows)], hidden, profile, by or {})
        found += _wholes(seen, frame, rows, hidden, profile)
        main = _main(profile)
        crowd = int(((rows.kinds == main) & sure_enough(rows, profile)).sum())
        if crowd >= CROWD:
            why = f"{crowd} {main}s are hidden here: in such a crowd some are too small to be seen."
            found.append(_whole(seen, frame, main, UNSEEN_IN_CROWD * crowd, Reason.CROWD, why))
    return sorted(found, key=lambda candidate: -candidate.risk)


@dataclass(frozen=True)
class Count:
    """How much is hidden in one photo."""

    asset: str
    stratum: str
    width: int
    height: int
    hidden: int


def empty_among_full(counts: Sequence[Count], profile: Profile) -> list[Candidate]:
    """Return a candidate for each photo in which nothing is hidden, where the others of its stratum show much."""
    strata: dict[str, list[int]] = defaultdict(list)
    for count in counts:
        strata[count.stratum].append(count.hidden)
    usual = {stratum: float(np.median(numbers)) for stratum, numbers in strata.items()}
    kind = _main(profile)
    return [
        Candidate(
            count.asset, 0, (0.0, 0.0, float(count.width), float(count.height)), kind, 0.0, EMPTY, Reason.EMPTY,
            f"Nothing was found, though {usual[count.stratum]:.0f} are hidden in the usual picture of {count.stratum}.",
        )
        for count in counts
        if not count.hidden and usual[count.stratum] >= USUAL
    ]  # fmt: skip


def disagreements(
    seen: Seen, first: Sequence[Detections], second: Sequence[Detections], profile: Profile, look: str = "another look"
) -> list[Candidate]:
    """Return what `second` found surely enough for the profile, and the regions that follow from `first` do not hide.

    Parameters
    ----------
    seen : Seen
        Its `hidden` regions follow from `first`.
    first, second : sequence of Detections
        Of every frame, by two ways of looking at the same asset: other detectors, mirrored, enlarged, in tiles.
    look : str
        What the second way is called in the reason.
    """
    found = []
    for frame, (before, rows) in enumerate(zip(first, second, strict=True)):
        if not len(rows):
            continue
        hidden = covered(rows.boxes, geometry.as_boxes(seen.hidden(frame)))
        known = sure_enough(before, profile)
        for row in np.flatnonzero(
            sure_enough(rows, profile) & ~settled(seen, frame, rows) & (hidden < COVERED)
        ).tolist():
            alike = geometry.iou(rows.boxes[row : row + 1], before.boxes)[0] * (before.kinds == rows.kinds[row]) >= SAME
            best = float(before.scores[alike].max(initial=0))
            others = f"scored it {best:.2f}" if best else "saw nothing there"
            if (alike & known).any():
                if hidden[row] >= MOSTLY:
                    continue  # they agree but for where it ends
                others = f"hides {hidden[row]:.0%} of it"
            score = float(rows.scores[row])
            why = f"By {look} it is a {rows.kinds[row]} ({score:.2f}); the search {others}."
            found.append(_row(seen, frame, rows, row, float(chance(score)), Reason.LOOKS, why))
    return sorted(found, key=lambda candidate: -candidate.risk)


def settled(seen: Seen, frame: int, rows: Detections) -> NDArray[np.bool_]:
    """Return which rows are at a place where people have decided: what they said stands in the next run."""
    places = geometry.as_boxes(seen.settled(frame))
    if not len(places):
        return np.zeros(len(rows), bool)
    return np.asarray(geometry.iou(rows.boxes, places).max(axis=1, initial=0) >= SETTLED, dtype=bool)


def _visible(
    seen: Seen,
    frame: int,
    rows: Detections,
    hidden: geometry.Boxes,
    profile: Profile,
    by: Mapping[Kind, frozenset[str]],
) -> list[Candidate]:
    """Return every stored row of a kind that is to be hidden and is not."""
    wanted = np.isin(rows.kinds, [str(kind) for kind in profile.hidden])
    rows = rows[wanted]
    rows = rows[covered(rows.boxes, hidden) < COVERED]
    found = []
    for row in range(len(rows)):
        kind, score = Kind(rows.kinds[row]), float(rows.scores[row])
        rule = profile.kinds[kind]
        near = (rows.kinds == kind) & (geometry.iou(rows.boxes[row : row + 1], rows.boxes)[0] >= SAME)
        others = near & (rows.origins != rows.origins[row])
        real = 1 - float(np.prod(1 - chance(rows.scores[others]))) * (1 - float(chance(score)))
        side = cut(rows.boxes[row], seen.width, seen.height)
        digits = 2 if round(score, 2) < rule.min_score else 3
        said = f"A {kind} scored {score:.{digits}f}, under the {rule.min_score:.2f} that the profile asks for"
        reason = Reason.UNDER
        if score >= rule.min_score:
            px = float(geometry.shorter_side(rows.boxes[row : row + 1])[0])
            said = f"A {kind} ({score:.2f}) of {px:.0f} px is left visible for being smaller than {rule.min_size:g} px"
            reason = Reason.SMALL
        elif others.any():
            said += ", but two detectors saw it"
        elif side:
            said += f"; the picture's {side} edge cuts it"
            reason = Reason.EDGE
        elif len(by.get(kind, ())) > 1:
            said += f"; only {rows.origins[row]} saw it"
            reason = Reason.ALONE
        found.append(_row(seen, frame, rows, row, real, reason, f"{said}."))
    return found


def _wholes(seen: Seen, frame: int, rows: Detections, hidden: geometry.Boxes, profile: Profile) -> list[Candidate]:
    """Return persons without a face and things without a plate, where these are not hidden themselves."""
    found = []
    centres = (hidden[:, :2] + hidden[:, 2:]) / 2
    for kind, part, odds, reason in (
        (Kind.PERSON, Kind.FACE, BODY_CHANCE, Reason.BODY),
        (Kind.OTHER, Kind.PLATE, PLATE_CHANCE, Reason.VEHICLE),
    ):
        if part not in profile.hidden or kind in profile.hidden:
            continue
        for row in np.flatnonzero(rows.kinds == kind).tolist():
            box = rows.boxes[row]
            inside = (centres >= box[:2]).all(axis=1) & (centres <= box[2:]).all(axis=1)
            if inside.any() or box[3] - box[1] < BODY:
                continue
            what = "A person" if kind is Kind.PERSON else "A vehicle or other thing"
            why = f"{what} ({float(rows.scores[row]):.2f}) on which no {part} was found."
            found.append(_row(seen, frame, rows, row, odds * float(chance(rows.scores[row])), reason, why))
    return found


def sure_enough(rows: Detections, profile: Profile) -> NDArray[np.bool_]:
    """Return which rows score what the profile asks for, are of a kind that it hides, and large enough for it."""
    rules = [profile.kinds[Kind(kind)] for kind in rows.kinds.tolist()]
    least = np.array([rule.min_score if rule.hide else np.inf for rule in rules], float)
    sides = np.array([rule.min_size for rule in rules], float)
    return np.asarray((rows.scores >= least) & (geometry.shorter_side(rows.boxes) >= sides), dtype=bool)


def _main(profile: Profile) -> Kind:
    return Kind.FACE if Kind.FACE in profile.hidden or not profile.hidden else profile.hidden[0]


def _row(seen: Seen, frame: int, rows: Detections, row: int, risk: float, reason: Reason, why: str) -> Candidate:
    x0, y0, x1, y1 = (float(part) for part in rows.boxes[row])
    box, track = (x0, y0, x1, y1), int(rows.tracks[row])
    return Candidate(seen.asset, frame, box, Kind(rows.kinds[row]), float(rows.scores[row]), risk, reason, why, track)


def _whole(seen: Seen, frame: int, kind: Kind, risk: float, reason: Reason, why: str) -> Candidate:
    box = (0.0, 0.0, float(seen.width), float(seen.height))
    return Candidate(seen.asset, frame, box, kind, 0.0, risk, reason, why)
