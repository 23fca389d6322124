"""What was probably missed, from what is stored alone: no model runs here, no pixel is read.

Each candidate says why it is there and how likely something real is visible at its place. What lies under a
region that is hidden anyway is no candidate. The sum of a picture's chances is how many objects were probably
missed in it; a queue in that order is what `benchmarks/review.py` measures.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.tracks import PERSON
from workbench.values import Detections, Kind, Media

SLOPE, OFFSET = 2.5, 0.25
"""of the logistic curve from a score's log odds to the chance that it shows something real; fitted to all 20,000
candidates of CenterFace ("balanced") on WIDER FACE, where 0.1 is real in 0.5 %, 0.19 in 3 %, 0.5 in 57 % of cases.
Other detectors and kinds are taken to be alike: for the order in the queue that is enough"""
COVERED = 0.9
"""share of a candidate from which on it counts as hidden already"""
POINTS = 8
"""per side: of the grid by which it is told how much of a box is covered"""


class Reason(StrEnum):
    """Why something is looked at."""

    UNDER = "under"
    """it scored less than the profile asks for"""
    EDGE = "edge"
    """the same, and the picture's edge cuts it"""
    ALONE = "alone"
    """the same, and of several detectors one alone saw it"""
    SMALL = "small"
    """the profile leaves it visible for its size"""
    BODY = "body"
    """a person in whom no face was found"""
    VEHICLE = "vehicle"
    """a vehicle or other thing on which no plate was found"""
    CROWD = "crowd"
    """so many are hidden that others are probably too small to be seen"""
    EMPTY = "empty"
    """nothing was found, and its neighbours show much"""
    LOOKS = "looks"
    """another look at the picture saw it"""
    GAP = "gap"
    """the track is hidden before and after, but not here"""
    BRIEF = "brief"
    """the track is hidden for a moment only"""
    BEGIN = "begin"
    """the track begins in the middle of the picture"""
    END = "end"
    """the track ends in the middle of the picture"""


def nothing(frame: int) -> geometry.Boxes:
    """Return no boxes, whatever the frame."""
    del frame
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True)
class Candidate:
    """One place at which something may be visible that should be hidden."""

    asset: str
    """the key of its asset, as the caller named it"""
    frame: int
    box: tuple[float, float, float, float]
    """px; the whole picture where it concerns the whole"""
    kind: Kind
    score: float
    """of the detector, 0 where none saw it"""
    risk: float
    """the chance that something is visible there; of "crowd" the expected number"""
    reason: Reason
    why: str
    """one sentence for the reviewer"""
    track: int = -1


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known about one asset after a run."""

    asset: str
    stratum: str
    width: int
    height: int
    frames: Sequence[Detections]
    """everything stored, of every frame, corrections applied"""
    hidden: Callable[[int], geometry.Boxes]
    """gives the ``(M, 4)`` regions that the run hid in a frame"""
    media: Media = Media.PHOTO
    spans: Sequence[tuple[int, int, int, Kind, tuple[float, float, float, float]]] = ()
    """of a video: (track, first frame, last frame, kind, box) of each stretch that is hidden"""
    rate: float = 25.0
    """frames a second"""
    settled: Callable[[int], geometry.Boxes] = nothing
    """gives the ``(M, 4)`` boxes of a frame at which people have said what is to become of what is there"""


def chance(scores: NDArray[np.float32] | float) -> NDArray[np.float64]:
    """Return how likely objects with these scores are real, 0..1."""
    value = np.clip(np.asarray(scores, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(1 / (1 + np.exp(-(OFFSET + SLOPE * np.log(value / (1 - value))))))


def expected(candidates: Iterable[Candidate]) -> float:
    """Return how many objects were probably missed."""
    return float(sum(candidate.risk for candidate in candidates))


def finders(everything: Iterable[Seen]) -> dict[Kind, frozenset[str]]:
    """Return which detectors report each kind, as far as what they found shows."""
    found: dict[Kind, set[str]] = defaultdict(set)
    for seen in everything:
        rows = Detections.concat(list(seen.frames))
        for kind in np.unique(rows.kinds):
            found[Kind(kind)] |= set(np.unique(rows.origins[rows.kinds == kind]).tolist()) - {PERSON}
    return {kind: frozenset(names) for kind, names in found.items()}


def covered(boxes: geometry.Boxes, by: geometry.Boxes) -> NDArray[np.float64]:
    """Return which share of each of ``(N, 4)`` boxes lies under the union of ``(M, 4)`` others, to 1/64."""
    share = np.zeros(len(boxes))
    steps = (np.arange(POINTS) + 0.5) / POINTS
    for row, box in enumerate(boxes):
        near = by[geometry.intersection(box[None], by)[0] > 0] if len(by) else by
        if len(near):
            x, y = (box[axis] + steps * (box[axis + 2] - box[axis]) for axis in (0, 1))
            columns = (near[:, 0, None] <= x) & (x < near[:, 2, None])
            lines = (near[:, 1, None] <= y) & (y < near[:, 3, None])
            share[row] = (columns[:, None, :] & lines[:, :, None]).any(axis=0).mean()
    return share


def cut(box: NDArray[np.float32], width: int, height: int, room: float = 2) -> str:
    """Return which edge of the picture cuts a box, or ""; `room` in px."""
    sides = {"left": box[0] <= room, "top": box[1] <= room, "right": box[2] >= width - room}
    sides["bottom"] = box[3] >= height - room
    return next((side for side, touches in sides.items() if touches), "")
