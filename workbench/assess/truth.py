"""What a run hides of what is really there, and what it hides in vain. Pure functions; benchmarks use them too.

An object is hidden when nine tenths of its box are covered. What is covered and further than a margin from any
labelled object is covered in vain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.assess import binomial
from workbench.assess.binomial import Interval
from workbench.values import Detections, Kind

HIDDEN = 0.9
"""share of a labelled box that must be covered"""
PAD = 0.3
"""fraction of each side by which boxes are grown, on every side"""
SIZES = (16, 32, 64, 128)
"""px of the shorter side, where one class of sizes ends and the next begins"""
Flags = NDArray[np.bool_]


class Sized(Protocol):
    """Anything with a size."""

    @property
    def width(self) -> int:
        """Width in px."""

    @property
    def height(self) -> int:
        """Height in px."""


class Labelled(Sized, Protocol):
    """A picture of which it is known what is in it."""

    @property
    def boxes(self) -> NDArray[np.float64]:
        """``(N, 4)`` px, what has to be hidden."""

    @property
    def ignored(self) -> NDArray[np.float64]:
        """``(M, 4)`` px, need not be hidden; covering them is not in vain."""


def padded(boxes: ArrayLike) -> NDArray[np.float64]:
    """Return boxes grown by `PAD` of their side on every side."""
    rows = np.asarray(boxes, float).reshape(-1, 4)
    margin = (rows[:, 2:] - rows[:, :2]) * PAD
    return np.concatenate([rows[:, :2] - margin, rows[:, 2:] + margin], axis=1)


def mask(boxes: NDArray[np.float64], picture: Sized, ellipses: Flags | None = None) -> Flags:
    """Return which pixels ``(H, W)`` lie under the union of boxes, or of the ellipses in them."""
    covered = np.zeros((picture.height, picture.width), bool)
    low = np.clip(np.floor(boxes[:, :2]), 0, None).astype(int)
    high = np.clip(np.ceil(boxes[:, 2:]), 0, None).astype(int)
    for at, ((x0, y0), (x1, y1)) in enumerate(zip(low, high, strict=True)):
        place = covered[y0:y1, x0:x1]
        place |= True if ellipses is None or not ellipses[at] else _ellipse(boxes[at], (x0, y0), place.shape)
    return covered


def _ellipse(box: NDArray[np.float64], corner: tuple[int, int], shape: tuple[int, ...]) -> Flags:
    """Return which pixels of a window have their middle inside the ellipse of `box`."""
    xs, ys = np.arange(shape[1]) + corner[0] + 0.5, np.arange(shape[0]) + corner[1] + 0.5
    middle, half = (box[:2] + box[2:]) / 2, np.maximum((box[2:] - box[:2]) / 2, 1e-9)
    inside = ((xs - middle[0]) / half[0]) ** 2 + (((ys - middle[1]) / half[1]) ** 2)[:, None] <= 1
    return np.asarray(inside, bool)


def is_hidden(covered: Flags, box: NDArray[np.float64]) -> bool:
    """Return whether enough of a labelled box is covered."""
    x0, y0, x1, y1 = np.round(box).astype(int)
    part = covered[max(0, y0) : max(y1, y0 + 1), max(0, x0) : max(x1, x0 + 1)]
    return bool(part.size) and float(part.mean()) >= HIDDEN


@dataclass
class Tally:
    """Adds up pictures."""

    sizes: list[float] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    in_vain: int = 0
    pixels: int = 0

    def add(self, picture: Labelled, areas: Any, side: int, fully_labelled: bool = True) -> None:
        """Count one picture whose `areas` (N, 4) are covered; objects are sized by `side` (0 width, 1 height)."""
        covered = mask(np.asarray(areas, float).reshape(-1, 4), picture)
        if fully_labelled:
            known = mask(padded(np.concatenate([picture.boxes, picture.ignored])), picture)
            self.in_vain += int((covered & ~known).sum())
            self.pixels += covered.size
        for box in picture.boxes:
            self.sizes.append(box[2 + side] - box[side])
            self.hidden.append(is_hidden(covered, box))

    def share(self, least: float, below: float = np.inf) -> tuple[float, int]:
        """Return the hidden share, in per cent, and the number of objects of a size."""
        chosen = [hit for size, hit in zip(self.sizes, self.hidden, strict=True) if least <= size < below]
        return (100 * float(np.mean(chosen)) if chosen else float("nan")), len(chosen)

    @property
    def vain(self) -> float:
        """Per cent of all pixels that is covered, and that no label explains."""
        return 100 * self.in_vain / self.pixels if self.pixels else float("nan")


@dataclass(frozen=True, eq=False)
class Cover:
    """What is hidden in one frame, in px of the source."""

    boxes: NDArray[np.float64]
    """``(M, 4)``"""
    kinds: Sequence[str]
    ellipses: Flags
    """``(M,)``: hidden as the ellipse in its box"""


@dataclass(frozen=True, eq=False)
class Subject:
    """One photo or video with what is really in it and what a run hides of it."""

    width: int
    height: int
    slice: str
    """a part of the batch for which figures are wanted of its own"""
    labelled: tuple[Kind, ...]
    """kinds of which every object is labelled"""
    objects: Sequence[Detections]
    """one entry a frame; score 0: need not be found"""
    covers: Sequence[Cover]
    """one entry a frame"""


@dataclass(frozen=True)
class Share:
    """How many objects of one sort are hidden."""

    name: str
    objects: int
    hidden: int
    interval: Interval
    """of the hidden share; exact where each object is hidden or not for itself"""

    @property
    def share(self) -> float:
        """0..1; nan without objects."""
        return self.hidden / self.objects if self.objects else float("nan")


@dataclass(frozen=True)
class Measured:
    """A run held against the truth."""

    total: Share
    by_kind: tuple[Share, ...]
    by_size: tuple[Share, ...]
    by_slice: tuple[Share, ...]
    in_vain: dict[str, float]
    """share (0..1) of all pixels that is covered for this kind and that no label explains"""
    files: int
    missed_files: int
    """files with at least one object that is not hidden"""
    sentence: str
    """what the files say about all others, if they were drawn at random"""


def measure(subjects: Iterable[Subject], confidence: float = binomial.CONFIDENCE) -> Measured:
    """Return the hidden shares and the area in vain of a run.

    A track of a video is one object, hidden when it is hidden in every one of its frames; one box without a track
    is one, too. An object is hidden under a region of whatever kind.
    """
    rows: list[tuple[str, float, str, bool]] = []
    vain: dict[str, int] = defaultdict(int)
    pixels: dict[str, int] = defaultdict(int)
    files = missed = 0
    for subject in subjects:
        found = _objects(subject, vain, pixels)
        rows += [(kind, size, subject.slice, hidden) for kind, size, hidden in found]
        files += 1
        missed += not all(hidden for *_, hidden in found)

    def shares(names: Sequence[str], of: Any) -> tuple[Share, ...]:
        groups: dict[str, list[bool]] = {name: [] for name in names}
        for row in rows:
            groups.setdefault(of(row), []).append(row[3])
        return tuple(_share(name, hits, confidence) for name, hits in groups.items() if hits)

    return Measured(
        _share("all", [row[3] for row in rows], confidence),
        shares([str(kind) for kind in Kind], lambda row: row[0]),
        shares([size_class(size) for size in (0, *SIZES)], lambda row: size_class(row[1])),
        shares(sorted({row[2] for row in rows}), lambda row: row[2]),
        {kind: vain[kind] / pixels[kind] for kind in sorted(pixels)},
        files,
        missed,
        binomial.sentence(files, missed, confidence, noun="file"),
    )


def size_class(size: float) -> str:
    """Return the class of a shorter side of `size` px: "16 to 32 px"."""
    for low, high in zip((0, *SIZES), SIZES, strict=False):
        if size < high:
            return f"{low} to {high} px" if low else f"below {high} px"
    return f"from {SIZES[-1]} px"


def _objects(subject: Subject, vain: dict[str, int], pixels: dict[str, int]) -> list[tuple[str, float, bool]]:
    """Return (kind, shorter side, hidden) of every object of one file, and add its area in vain."""
    found: dict[tuple[int, int], tuple[str, list[float], list[bool]]] = {}
    for frame, (rows, cover) in enumerate(zip(subject.objects, subject.covers, strict=True)):
        covered = mask(cover.boxes, subject, cover.ellipses)
        known = ~mask(padded(rows.boxes), subject)
        for kind in subject.labelled:
            mine = np.array([name == kind for name in cover.kinds], bool)
            if mine.any():
                vain[kind] += int((mask(cover.boxes[mine], subject, cover.ellipses[mine]) & known).sum())
            pixels[kind] += covered.size
        for at in np.flatnonzero(rows.scores > 0):
            box, track = rows.boxes[at].astype(float), int(rows.tracks[at])
            key = (track, -1) if track >= 0 else (-1 - int(at), frame)
            _, sizes, hits = found.setdefault(key, (str(rows.kinds[at]), [], []))
            sizes.append(float(min(box[2] - box[0], box[3] - box[1])))
            hits.append(is_hidden(covered, box))
    return [(kind, float(np.median(sizes)), all(hits)) for kind, sizes, hits in found.values()]


def _share(name: str, hits: Sequence[bool], confidence: float) -> Share:
    missed = binomial.interval(len(hits) - sum(hits), len(hits), confidence)
    turned = Interval(1 - missed.high, 1 - missed.low, confidence)
    return Share(name, len(hits), sum(hits), turned)
