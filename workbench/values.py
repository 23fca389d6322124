"""The values that flow through the whole program. All are frozen; arrays are copied, read-only.

An *image* is always ``(H, W, 3)`` uint8, RGB, upright. A *box* is ``[x0, y0, x1, y1]`` in pixels of
that upright image, half open.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench import geometry


class WorkbenchError(Exception):
    """One clear sentence for the user: what is wrong, with which file, and the way out."""


class UsageError(WorkbenchError):
    """The request itself is wrong (exit code 2): unknown option, kind or profile, a bad folder."""


class FileError(WorkbenchError):
    """One file cannot be handled (exit code 1); the rest of a batch goes on."""


class Kind(StrEnum):
    """What a detection shows."""

    FACE = "face"
    PLATE = "plate"
    PERSON = "person"
    TEXT = "text"
    SCREEN = "screen"
    DOCUMENT = "document"
    OTHER = "other"


class Shape(StrEnum):
    """The outline of a region inside its box."""

    BOX = "box"
    ELLIPSE = "ellipse"


class Method(StrEnum):
    """How a region is hidden, from the strongest to the weakest."""

    SOLID = "solid"
    AVERAGE = "average"
    PIXELATE = "pixelate"
    BLUR = "blur"


def _frozen(values: ArrayLike, dtype: Any, shape: tuple[int, ...] | None = None) -> NDArray[Any]:
    array = np.array(values, dtype=dtype)
    if shape is not None:
        array = array.reshape(shape)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Frame:
    """One upright picture."""

    image: NDArray[np.uint8]
    """``(H, W, 3)`` uint8, RGB, upright"""
    index: int = 0
    """position in its asset, from 0"""
    time: Fraction | None = None
    """presentation time in seconds; None for a photo"""
    alpha: NDArray[np.uint8] | None = None
    """``(H, W)`` uint8 opacity, where the source has one"""
    deep: NDArray[np.uint16] | None = None
    """``(H, W)`` or ``(H, W, 3)`` uint16, the same picture at full depth, where the source has more than 8 bit"""

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"a frame needs (H, W, 3) uint8, not {self.image.shape} {self.image.dtype}")
        for name in ("image", "alpha", "deep"):
            array = getattr(self, name)
            if array is not None:
                view = array.view()
                view.setflags(write=False)
                object.__setattr__(self, name, view)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.image.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.image.shape[0])


@dataclass(frozen=True, eq=False)
class Detections:
    """Scored candidates of one frame, as parallel arrays. Choose rows with a boolean mask."""

    boxes: NDArray[np.float32]
    """``(N, 4)`` float32, px, ``[x0, y0, x1, y1]``"""
    scores: NDArray[np.float32]
    """``(N,)`` float32 in 0..1"""
    kinds: NDArray[np.str_]
    """``(N,)`` str, values of `Kind`"""
    origins: NDArray[np.str_]
    """``(N,)`` str, the detector that saw it, "interpolated", or "person" for a human"""
    tracks: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """``(N,)`` int32, −1 for none"""

    def __post_init__(self) -> None:
        boxes = _frozen(self.boxes, np.float32, (-1, 4))
        count = len(boxes)
        tracks = self.tracks if len(self.tracks) == count else np.full(count, -1)
        columns = {
            "boxes": boxes,
            "scores": _frozen(self.scores, np.float32, (-1,)),
            "kinds": _frozen([str(kind) for kind in self.kinds], np.str_, (-1,)),
            "origins": _frozen([str(origin) for origin in self.origins], np.str_, (-1,)),
            "tracks": _frozen(tracks, np.int32, (-1,)),
        }
        for name, column in columns.items():
            if len(column) != count:
                raise ValueError(f"{count} boxes but {len(column)} {name}")
            object.__setattr__(self, name, column)
        if not np.isfinite(boxes).all() or not np.isfinite(columns["scores"]).all():
            raise ValueError("a detector returned a box or score that is not a finite number")
        unknown = set(self.kinds.tolist()) - set(Kind)
        if unknown:
            raise ValueError(f"unknown kinds {sorted(unknown)}")

    @classmethod
    def empty(cls) -> "Detections":
        """Return no detections."""
        return cls(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.str_), np.zeros(0, np.str_))

    @classmethod
    def of(cls, kind: Kind, boxes: ArrayLike, scores: ArrayLike, origin: str) -> "Detections":
        """Return detections of a single kind from one detector."""
        rows = geometry.as_boxes(boxes)
        return cls(rows, np.asarray(scores, np.float32), np.full(len(rows), str(kind)), np.full(len(rows), origin))

    @classmethod
    def concat(cls, parts: Sequence["Detections"]) -> "Detections":
        """Return the rows of all parts, in order."""
        if not parts:
            return cls.empty()
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Detections":
        return Detections(*(getattr(self, name)[rows] for name in _COLUMNS))


_COLUMNS = ("boxes", "scores", "kinds", "origins", "tracks")


@dataclass(frozen=True, eq=False)
class Regions:
    """What will be hidden in one frame, as parallel arrays."""

    boxes: NDArray[np.int32]
    """``(M, 4)`` int32, px, rounded outward, inside the picture, never empty"""
    kinds: NDArray[np.str_]
    """``(M,)`` str, values of `Kind`"""
    shapes: NDArray[np.str_]
    """``(M,)`` str, values of `Shape`"""
    methods: NDArray[np.str_]
    """``(M,)`` str, values of `Method`"""
    details: NDArray[np.float32]
    """``(M,)`` float32, px: the blur's sigma or the pixel block's side; 0 for fills"""
    colours: NDArray[np.uint8]
    """``(M, 3)`` uint8 RGB, used by solid fills"""

    def __post_init__(self) -> None:
        columns = {
            "boxes": _frozen(self.boxes, np.int32, (-1, 4)),
            "kinds": _frozen([str(kind) for kind in self.kinds], np.str_, (-1,)),
            "shapes": _frozen([str(shape) for shape in self.shapes], np.str_, (-1,)),
            "methods": _frozen([str(method) for method in self.methods], np.str_, (-1,)),
            "details": _frozen(self.details, np.float32, (-1,)),
            "colours": _frozen(self.colours, np.uint8, (-1, 3)),
        }
        for name, column in columns.items():
            if len(column) != len(columns["boxes"]):
                raise ValueError(f"{len(columns['boxes'])} boxes but {len(column)} {name}")
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.boxes)

    def counts(self) -> dict[str, int]:
        """Return how many regions of each kind there are."""
        names, numbers = np.unique(self.kinds, return_counts=True)
        return {str(name): int(number) for name, number in zip(names, numbers, strict=True)}


class Media(StrEnum):
    """What an asset is."""

    PHOTO = "photo"
    VIDEO = "video"


class Action(StrEnum):
    """What a person changed about the objects of an asset."""

    ADD = "add"
    """hide this box as well, from `Correction.first` to `Correction.last`"""
    DROP = "drop"
    """a false alarm: do not hide this track in these frames"""
    ACCEPT = "accept"
    """looked at and right as it is; it is hidden whatever it scores"""
    KIND = "kind"
    """it shows something else: `Correction.kind`"""
    EXTEND = "extend"
    """hide this track up to these frames too"""
    SPLIT = "split"
    """from `Correction.first` on it is another object"""
    MERGE = "merge"
    """it is the same object as `Correction.other`"""
    MUTE = "mute"
    """silence the sound from `Correction.first` to `Correction.last`"""


@dataclass(frozen=True)
class Correction:
    """What one person changed about one asset; stored beside the detections, never in them.

    Frames are counted from 0, both ends belong to the range. A photo has frame 0.
    """

    action: Action
    first: int
    last: int
    track: int = -1
    """the track it is about; the one that it creates for "add" and "split", from `FIRST_OWN_TRACK` on"""
    other: int = -1
    """the track that is merged into `track`; the one that "split" takes `track` from"""
    kind: Kind = Kind.OTHER
    boxes: Sequence[Sequence[float]] = ()
    """``[frame, x0, y0, x1, y1]`` px of the upright picture: key boxes of "add"; between them they are interpolated.
    Of the others: where the track was when the person looked, so that it is found again after a new search
    (of "merge" also the other one, its frame f written −1 − f)"""
    by: str = ""
    """who; "" where nobody was signed in"""
    at: float = 0.0
    """when, seconds since the epoch"""
    reason: str = ""
    number: int = 0
    """the catalog's number; 0 before it is stored"""


FIRST_OWN_TRACK = 1_000_000
"""tracks that people make are numbered from here on, so that looking again never takes their number"""


class State(StrEnum):
    """What became of one asset in one run."""

    DONE = "done"
    FAILED = "failed"
    BLOCKED = "blocked"


@dataclass(frozen=True)
class Asset:
    """One source photo or video of a case."""

    path: str
    """relative POSIX path below its source folder"""
    source: str
    """the absolute source folder; never written to anything that leaves the case"""
    sha256: str = ""
    """hex digest of the file's bytes; empty until it was read"""
    size: int = 0
    """bytes"""
    mtime: int = 0
    """modification time, nanoseconds; only to notice a change cheaply"""
    media: Media = Media.PHOTO


@dataclass(frozen=True)
class Finding:
    """Something a check reports."""

    check: str
    """a short stable name, such as "metadata" or "sha256" """
    message: str
    """one sentence for the user"""
    file: str = ""
    """relative path, where it concerns one file"""
    offset: int | None = None
    """first byte concerned, where known"""


@dataclass(frozen=True)
class Outcome:
    """What happened to one asset in one run."""

    asset: str
    """the asset's relative path"""
    state: State
    counts: Mapping[str, int] = field(default_factory=dict)
    """regions hidden, by kind"""
    covered: float = 0.0
    """share of all pixels that was hidden, 0..1"""
    output: str = ""
    """relative path of the output"""
    output_sha256: str = ""
    output_size: int = 0
    """bytes"""
    frames: int = 0
    width: int = 0
    height: int = 0
    regions: Sequence[Sequence[Any]] = ()
    """a photo: [frame, kind, method, shape, x0, y0, x1, y1] for each region;
    a video: [track, first frame, last frame, kind, method, shape, x0, y0, x1, y1] for each stretch of equal boxes"""
    media: Media = Media.PHOTO
    duration: str = ""
    """a video's, in seconds, as an exact fraction such as "1001/30" """
    times_sha256: str = ""
    """of a video's presentation times, see `media.video.times_digest`"""
    audio: str = ""
    """what became of a video's sound: "none", "dropped", "kept", "muted in parts", "distorted" """
    notes: Sequence[str] = ()
    """what the user must know: a substituted format, reduced depth, …"""
    error: str = ""
    """one sentence, for failed and blocked"""
    seconds: float = 0.0


@dataclass(frozen=True)
class Event:
    """One step of something long. `done` of `total` files are finished."""

    kind: str
    """"start", "file", "progress", "paused", "stopped", "end" """
    done: int = 0
    total: int = 0
    outcome: Outcome | None = None
    message: str = ""
    share: float = 0.0
    """"progress": how much of the files in work is done, 0..1 each, summed"""
    seconds_left: float | None = None
    """"progress": until the end of the run; None while nothing can be said"""


Events = Generator[Event, None, None]
"""closing it cancels"""
