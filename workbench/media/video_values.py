"""What is known about a video, and one frame of it in the source's own planes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.values import Frame

if TYPE_CHECKING:
    from workbench.media.video_times import Timeline

Plane = NDArray[Any]
"""``(h, w)`` uint8, or uint16 that holds 10 or 12 bits"""


@dataclass(frozen=True)
class Colour:
    """How samples stand for colours, in the numbers of ITU-T H.273; 2 means that the file does not say."""

    primaries: int = 2
    transfer: int = 2
    matrix: int = 2
    range: int = 0
    """1: from 16 to 235; 2: all values; 0: the file does not say, which means 1"""


@dataclass(frozen=True)
class Turn:
    """How stored pictures are brought upright: first the transposition, then the mirroring."""

    transpose: bool = False
    flip_x: bool = False
    """left and right change places"""
    flip_y: bool = False
    """top and bottom change places"""

    @property
    def degrees(self) -> int:
        """Clockwise quarter turns in degrees; where the picture is also mirrored, those before the mirroring."""
        if self.transpose:
            return 270 if self.flip_y else 90
        return 180 if self.flip_y else 0


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """One decoded frame: upright, not interlaced, in the planes in which it is written again."""

    index: int
    """position among the frames that are shown, from 0"""
    time: Fraction
    """seconds since the first frame that is shown"""
    planes: tuple[Plane, ...]
    """Y, U and V, contiguous and read-only; U and V may be smaller by whole divisors, rounded up"""
    depth: int = 8
    """bits a sample: 8, 10 or 12"""
    colour: Colour = Colour()

    def __post_init__(self) -> None:
        frozen = []
        for plane in self.planes:
            view = np.ascontiguousarray(plane).view()
            view.setflags(write=False)
            frozen.append(view)
        object.__setattr__(self, "planes", tuple(frozen))

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.planes[0].shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.planes[0].shape[0])

    def rgb(self, scale: float = 1.0) -> NDArray[np.uint8]:
        """Return ``(H, W, 3)`` uint8 RGB by the clip's matrix and range, made smaller on the way where `scale` < 1."""
        from workbench.media.video_pixels import to_rgb

        return to_rgb(self, scale)

    def frame(self) -> Frame:
        """Return the picture in full size as every detector takes it."""
        return Frame(self.rgb(), self.index, self.time)


@dataclass(frozen=True)
class Video:
    """What `open_video` tells about a clip. Sizes are those of upright frames."""

    path: Path
    width: int
    """px"""
    height: int
    """px"""
    depth: int = 8
    """bits a sample: 8, 10 or 12"""
    subsampling: tuple[int, int] = (2, 2)
    """width and height of the picture for one sample of U and V: (2, 2) is 4:2:0, (2, 1) 4:2:2, (1, 1) 4:4:4"""
    sample_aspect: Fraction = Fraction(1)
    """width of a pixel by its height"""
    colour: Colour = Colour()
    rotation: int = 0
    """degrees clockwise by which stored pictures are turned to be upright; frames come turned already"""
    interlaced: bool = False
    """stored as fields; frames come as whole pictures already"""
    codec: str = ""
    container: str = ""
    expected_frames: int = 0
    """how many frames are shown"""
    duration: Fraction = Fraction(0)
    """seconds, to the end of the last frame"""
    rate: Fraction = Fraction(25)
    """frames a second on average"""
    time_base: Fraction = Fraction(1, 90000)
    """seconds; every time of a frame is a multiple of it"""
    has_audio: bool = False
    notes: tuple[str, ...] = ()
    """what the user must know, one sentence each"""
    start: Fraction = Fraction(0)
    """seconds: when the first shown frame stands on the clock of the file, which the sound is timed by"""
    sha256: str = ""
    """hex digest of the file, where the caller knows it"""
    turn: Turn = field(default_factory=Turn, repr=False)
    timeline: "Timeline | None" = field(default=None, repr=False, compare=False)

    def frames(self, first: int = 0, last: int | None = None, threads: int = 0) -> Iterator[VideoFrame]:
        """Give the frames that a player shows, in order, from `first` up to, not including, `last`.

        Memory does not grow with the clip's length. A `first` far into the clip is reached by its
        nearest key frame where the container's index can be trusted.

        Parameters
        ----------
        first, last : int
            Positions among the shown frames; None goes to the end.
        threads : int
            For decoding; 0 for one a core.

        Raises
        ------
        FileError
            At the first frame that is damaged or missing, or when the picture changes its size: one
            sentence that names the frame.
        """
        from workbench.media.video_decode import decoded

        return decoded(self, first, last, threads)

    def times(self) -> list[Fraction]:
        """Return when each frame is shown, in seconds since the first."""
        return self.timeline.times() if self.timeline is not None else [frame.time for frame in self.frames()]
