"""Labels as one value, whatever format they come from or go to: pictures with boxes. All are frozen.

A box is ``(x0, y0, x1, y1)`` in px of the upright picture, half open, in ten-thousandths of a pixel at the
finest, so that every format gives back what was written into it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

Scalar = str | int | float | bool
"""what an attribute may be"""
Box = tuple[float, float, float, float]

DIGITS = 4
"""decimals of a coordinate: finer than any tool writes, coarser than the error of dividing by a picture's width"""
_FRAME = re.compile(r"(?P<video>.+)/(?P<frame>\d{6,})(?:\.\w{1,5})?")


@dataclass(frozen=True)
class Label:
    """One labelled object."""

    box: Box
    kind: str
    """the name of its class, as its file says it"""
    score: float | None = None
    """0..1; None where a person or a truth file says it is there"""
    track: int = -1
    """the same number is the same object in other frames; −1 for none"""
    occluded: bool = False
    ignored: bool = False
    """need not be found: a crowd, too small, marked difficult"""
    source: str = ""
    """who made it: a detector's name, "person"; "" where nobody says"""
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "box", tuple(round(float(part), DIGITS) + 0.0 for part in self.box))
        object.__setattr__(self, "attributes", dict(self.attributes))


@dataclass(frozen=True)
class Picture:
    """One labelled picture, or one frame of a video."""

    name: str
    """relative POSIX path; of a frame ``VIDEO/000012.png``, see `frame_name`"""
    width: int
    """px; 0 where nobody knows"""
    height: int
    """px; 0 where nobody knows"""
    labels: tuple[Label, ...] = ()
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "attributes", dict(self.attributes))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in px."""
        return self.width, self.height

    @property
    def video(self) -> str:
        """The relative POSIX path of the video that it is a frame of; "" for a photo."""
        return video_and_frame(self.name)[0]

    @property
    def frame(self) -> int:
        """Its position in the video, from 0; 0 for a photo."""
        return video_and_frame(self.name)[1]

    def scaled(self, width: int, height: int) -> Self:
        """Return the picture and its boxes at another size."""
        across, down = width / self.width, height / self.height

        def moved(box: Box) -> Box:
            return box[0] * across, box[1] * down, box[2] * across, box[3] * down

        labels = tuple(replace(label, box=moved(label.box)) for label in self.labels)
        return replace(self, width=width, height=height, labels=labels)


@dataclass(frozen=True)
class LabelSet:
    """The labels of some pictures."""

    pictures: tuple[Picture, ...] = ()
    kinds: tuple[str, ...] = ()
    """every class that the file declares, in its order, and those that its boxes have"""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """what was changed or left out on the way here, one sentence each"""

    def __post_init__(self) -> None:
        used = (label.kind for picture in self.pictures for label in picture.labels)
        object.__setattr__(self, "pictures", tuple(self.pictures))
        object.__setattr__(self, "kinds", tuple(dict.fromkeys((*self.kinds, *used))))
        object.__setattr__(self, "notes", tuple(self.notes))

    @property
    def boxes(self) -> int:
        """How many there are."""
        return sum(len(picture.labels) for picture in self.pictures)


def frame_name(video: str, frame: int) -> str:
    """Return the name of one frame of a video as a picture of its own; all our exports use it."""
    return f"{video}/{frame:06d}.png"


VIDEO_SUFFIXES = (".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".3gp")
"""only a folder of such a name is a video: "2024/000012.png" is a photo"""


def video_and_frame(name: str) -> tuple[str, int]:
    """Return the video and the number of the frame with this name; ``("", 0)`` for a photo."""
    found = _FRAME.fullmatch(name)
    if not found or not found["video"].lower().endswith(VIDEO_SUFFIXES):
        return "", 0
    return found["video"], int(found["frame"])
