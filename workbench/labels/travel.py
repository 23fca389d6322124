"""Labels that came with a dataset travel along with its release: new names, new sizes, nothing that names people."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from workbench.disk import printable
from workbench.labels.values import Box, Label, LabelSet, Picture, Scalar, frame_name
from workbench.values import Kind

COVERED = 0.5
"""share of a box that lies under hidden regions, from which on it counts as redacted"""
_PERSONAL = re.compile(
    r"(?:^|[_\W])"
    r"(?:ids?|uuid|name|person|people|identity|number|phone|plate|birth|age|date|time)"
    r"(?:$|[_\W])"
)
"""numbers under such a name may tell people apart"""
Hidden = Literal["keep", "drop"]


@dataclass(frozen=True)
class Output:
    """What a source became in a release."""

    name: str
    """relative POSIX path in the release"""
    width: int
    """px"""
    height: int
    """px"""
    regions: Mapping[int, ArrayLike]
    """``(M, 4)`` px of the output: what is hidden, by frame; a photo has frame 0"""


def travel(
    labels: LabelSet,
    outputs: Mapping[str, Output],
    hidden: Hidden = "keep",
    keep: Collection[str] = (),
) -> LabelSet:
    """Return the labels of a release: of its outputs only, under their names, in their pixels.

    Parameters
    ----------
    labels : LabelSet
        Of the sources, by their own names (`match.placed`).
    outputs : mapping
        What each source became, by its relative path; what is not there was not released.
    hidden : str
        Whether boxes of which half or more is hidden stay ("keep": the object is there, though not to be seen)
        or go ("drop").
    keep : collection of str
        Attributes that stay whatever they hold. Others stay when they are flags or numbers whose name does not
        sound like a person's; text goes, because it may name somebody.

    Notes
    -----
    Who made a label, attributes of whole pictures, and the track of a photo's box, which would link one person
    over many pictures, go too. Every change is said in the notes.
    """
    lost: Counter[str] = Counter()
    made = []
    for picture in labels.pictures:
        output = outputs.get(picture.video or picture.name)
        if output is None:
            lost["Pictures that were not released, left out with their labels"] += 1
            continue
        if not all(picture.size):
            lost["Pictures of an unknown size, left out"] += 1
            continue
        made.append(_released(picture, output, hidden, keep, lost))
    foreign = [kind for kind in labels.kinds if kind.casefold() not in set(Kind)]
    notes = [f"{what}: {count:,}." for what, count in lost.items() if count]
    if foreign:
        listed = ", ".join(printable(kind) for kind in foreign[:10]) + (", …" if len(foreign) > 10 else "")
        notes.append(f"The labels keep these names of kinds; make sure that none names a person: {listed}.")
    return LabelSet(tuple(made), labels.kinds, tuple(notes))


def _released(picture: Picture, output: Output, hidden: Hidden, keep: Collection[str], lost: Counter[str]) -> Picture:
    scaled = picture.scaled(output.width, output.height)
    areas = output.regions.get(picture.frame, ())
    rows = []
    for label in scaled.labels:
        if hidden == "drop" and covered_share(label.box, areas) >= COVERED:
            lost["Boxes under what is hidden, dropped"] += 1
        else:
            rows.append(_neutral(label, bool(picture.video), keep, lost))
    lost["Attributes of whole pictures, dropped"] += len(picture.attributes)
    name = frame_name(output.name, picture.frame) if picture.video else output.name
    return replace(scaled, name=name, labels=tuple(rows), attributes={})


def _neutral(label: Label, of_video: bool, keep: Collection[str], lost: Counter[str]) -> Label:
    kept = {name: value for name, value in label.attributes.items() if name in keep or _harmless(name, value)}
    for name in label.attributes.keys() - kept.keys():
        lost[f"Values of the attribute '{printable(name)}', which may tell who somebody is, dropped"] += 1
    lost["Names of who or what made a label, dropped"] += bool(label.source)
    lost["Tracks over several photos, dropped"] += label.track >= 0 and not of_video
    return replace(label, attributes=kept, source="", track=label.track if of_video else -1)


def _harmless(name: str, value: Scalar) -> bool:
    return not isinstance(value, str) and not _PERSONAL.search(name.casefold())


def covered_share(box: Box, areas: ArrayLike) -> float:
    """Return how much of `box` (0..1) lies under the union of `areas` ``(M, 4)`` px.

    Exact: the box is cut along the sides of all areas, and each piece lies under one of them or not.
    """
    (x0, y0, x1, y1), rows = box, np.asarray(areas, float).reshape(-1, 4)
    if x1 <= x0 or y1 <= y0 or not len(rows):
        return 0.0
    rows = np.clip(rows, (x0, y0, x0, y0), (x1, y1, x1, y1))
    xs = np.unique(np.append(rows[:, [0, 2]], (x0, x1)))
    ys = np.unique(np.append(rows[:, [1, 3]], (y0, y1)))
    across, down = (xs[:-1] + xs[1:]) / 2, (ys[:-1] + ys[1:]) / 2
    under = np.zeros((len(down), len(across)), bool)
    for left, top, right, bottom in rows:
        under |= np.outer((down > top) & (down < bottom), (across > left) & (across < right))
    return float(np.outer(np.diff(ys), np.diff(xs))[under].sum() / ((x1 - x0) * (y1 - y0)))
