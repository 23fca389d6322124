"""Decides how a clip is searched: which frames, how large, and whether only what changed.

The choice depends on the clip, the profile's settings and the quality alone, so that searching again finds the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from workbench.detect import motion
from workbench.detect.protocol import Detector, Glancer, Quality
from workbench.detect.tiles import Pass
from workbench.profiles import Video as Settings

if TYPE_CHECKING:
    from workbench.media.video import Video

Camera = Literal["still", "moving"]

EVERY: dict[tuple[Quality, Camera], Fraction] = {
    ("fast", "still"): Fraction(4, 25),
    ("fast", "moving"): Fraction(3, 25),
    ("balanced", "still"): Fraction(3, 25),
    ("balanced", "moving"): Fraction(2, 25),
    ("careful", "still"): Fraction(1, 25),
    ("careful", "moving"): Fraction(1, 25),
}
"""Seconds from one quick look to the next, on average. A picture that is enlarged for it is looked at as seldom as one
before a still camera: such a look costs more and sees more. In the labelled clips at half their size nothing was lost
by it but 0.2 % of the dense one's faces."""
SIZES: dict[Quality, tuple[Pass, ...]] = {
    "fast": (Pass(), Pass(mirrored=True)),
    "balanced": (Pass(), Pass(mirrored=True)),
    "careful": (
        Pass(),
        Pass(0.75, mirrored=True),
        Pass(1.5, mirrored=True),
        Pass(mirrored=True),
        Pass(0.75),
        Pass(1.5),
    ),
}
"""Quick looks, in turns. Mirrored, a network errs elsewhere, and tracks carry a hit to the frames around it."""
OPERATING_POINTS: dict[Quality, float] = {"fast": 0.12, "balanced": 0.12, "careful": 0.07}
"""Mean scores of the looks around a moment that are to be called 0.2, see benchmarks/video.py"""
STUDY: dict[Quality, Fraction] = {"fast": Fraction(1), "balanced": Fraction(1, 2), "careful": Fraction(1, 4)}
"""seconds after which detectors without a quick look see a frame"""
ANEW = Fraction(1)
"""seconds after which a still camera's whole picture is looked at again; not more than `track.GAP`"""
SMALL, LARGE = 960, 2048
"""Px of the longer side: smaller pictures are enlarged for a look, larger ones reduced. In a real clip of 640 x 360
with heads of 6 to 8 px, 960 px hide them in ten times as many frames as 768; labelled faces, from 10 px on, tell no
such difference. See docs/decisions/0006-offline-linking.md."""

SAMPLES, APART = 3, Fraction(2, 5)
"""places of a clip at which the camera is watched, and for how many seconds"""
STILL_SHIFT, STILL_TURN = 0.004, 0.004
"""Share of the width, and radians or share of the size, that a picture may shift while its camera stands still:
wind and compression move the corners by less, a hand holds no camera so steadily."""


@dataclass(frozen=True)
class Plan:
    """How one clip is searched."""

    camera: Camera
    quick: tuple[str, ...]
    """names of the detectors with a quick look"""
    slow: tuple[str, ...]
    """names of the others"""
    every: Fraction
    """Frames from one quick look to the next, on average: clips of any rate get as many looks a second."""
    cycle: tuple[Pass, ...]
    """how the quick looks see it, in turns"""
    operating_point: float
    """mean score of the quick looks around a moment that is to be called 0.2"""
    study: Fraction
    """seconds after which the slow detectors see a frame"""
    anew: Fraction = ANEW
    """still camera: seconds after which everything is looked at again, changed or not"""

    @property
    def key(self) -> str:
        """A stable text of everything that changes what is found."""
        return repr(self)

    def look(self, frame: int) -> Pass | None:
        """Return how the quick looks see a frame; None where they do not."""
        number = math.floor(frame / self.every)
        if frame and number == math.floor((frame - 1) / self.every):
            return None
        return self.cycle[number % len(self.cycle)]

    def describe(self) -> str:
        """Return the plan in plain words."""
        parts = []
        if self.quick:
            parts.append(_stride(self.every))
            if self.camera == "still":
                parts.append(f"changed areas only, all anew each {_seconds(self.anew)}")
        if self.slow:
            parts.append(f"{' and '.join(self.slow)} each {_seconds(self.study)}, and where the view has moved on")
        return f"{self.camera.capitalize()} camera: {'; '.join(parts) if self.slow else ', '.join(parts)}."


def choose(video: "Video", detectors: Sequence[Detector], settings: Settings, quality: Quality) -> Plan:
    """Return how `video` is searched; a few seconds of it are read where the settings leave the camera open.

    Raises
    ------
    FileError
        When a frame that is needed for it cannot be read.
    """
    rate = video.rate or Fraction(25)
    longer = max(video.width, video.height)
    scale = min(max(1.0, SMALL / longer), LARGE / longer)
    camera = watched(video) if settings.camera == "auto" else settings.camera
    pace = "still" if scale > 1 else camera
    return Plan(
        camera=camera,
        quick=tuple(each.name for each in detectors if isinstance(each, Glancer)),
        slow=tuple(each.name for each in detectors if not isinstance(each, Glancer)),
        every=Fraction(settings.every) if settings.every else max(Fraction(1), rate * EVERY[quality, pace]),
        cycle=tuple(Pass(round(each.scale * scale, 4), each.mirrored) for each in SIZES[quality]),
        operating_point=OPERATING_POINTS[quality],
        study=STUDY[quality],
    )


def watched(video: "Video") -> Camera:
    """Return whether the camera stands still at each of some places of the clip."""
    frames = video.expected_frames
    length = max(1, round((video.rate or Fraction(25)) * APART))
    length = min(length, max(frames - 1, 1)) if frames else length
    starts = (
        sorted({int(start) for start in np.linspace(0, max(frames - 1 - length, 0), SAMPLES + 1)[:-1]})
        if frames
        else [0]
    )
    for together in without_key_between(starts, video):
        ends = {start: start + length for start in together}
        seen: dict[int, motion.Small] = {}
        for frame in video.frames(together[0], ends[together[-1]] + 1):
            if frame.index in ends or frame.index in ends.values():
                seen[frame.index] = motion.shrink(frame.planes[0], frame.depth)
        for start, end in ends.items():
            if end in seen and not _is_still(motion.step(seen[start], seen[end]), seen[end].shape[1]):
                return "moving"
    return "still"


def without_key_between(starts: Sequence[int], video: "Video") -> list[list[int]]:
    """Return the places in groups that are read in one go: to seek the second would decode the first's frames again."""
    keys = video.timeline.keys if video.timeline is not None else np.zeros(0, np.int64)
    groups = [[starts[0]]]
    for before, start in pairwise(starts):
        if ((keys > before) & (keys <= start)).any():
            groups.append([])
        groups[-1].append(start)
    return groups


def _is_still(step: motion.Step, width: int) -> bool:
    shift = float(np.hypot(*step.camera[:, 2])) / width
    turn = float(np.abs(step.camera[:, :2] - np.eye(2)).max())
    return step.known and shift <= STILL_SHIFT and turn <= STILL_TURN


def _stride(every: Fraction) -> str:
    """Return in words how many frames are looked at."""
    if every == 1:
        return "every frame"
    return f"every {_ordinal(int(every))} frame" if every.denominator == 1 else f"one frame in {float(every):.2g}"


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number not in (11, 12, 13) else "th"
    return f"{number}{ending}"


def _seconds(duration: Fraction) -> str:
    return "second" if duration == 1 else f"{float(duration):g} s"
