"""Which frames of a video are worth having as pictures. Pure, and nothing is random: same request, same frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.values import UsageError

Item = TypeVar("Item")
MOST_PER_SECOND = 1000
_EXACT = 1e-6
"""s: far below the distance of two frames, far above the rounding of their times"""
_USUAL = 0.95
"""share of the frames in which something changed whose change counts in full: a flash is not worth ten pictures"""


@dataclass(frozen=True)
class Choice:
    """How frames are chosen: by one of the first four; where none is given, one frame a second.

    Raises
    ------
    UsageError
        When more than one of them is given, or a number makes no sense.
    """

    every: int = 0
    """every n-th frame, from the first on"""
    per_second: float = 0
    """frames a second; less than 1 for one in several seconds"""
    per_scene: int = 0
    """frames from each scene, evenly spread: a cut ends a scene"""
    by_motion: int = 0
    """frames from each video: many where much changes, few or none where nothing does"""
    only_with_objects: bool = False
    """only frames in which an object is hidden"""
    limit: int = 0
    """at most so many frames of all videos together, evenly thinned; 0 for no limit"""

    def __post_init__(self) -> None:
        ways = {"every": self.every, "per second": self.per_second, "per scene": self.per_scene}
        ways |= {"by motion": self.by_motion, "limit": self.limit}
        for name, number in ways.items():
            if not 0 <= number < float("inf"):
                raise UsageError(f"Frames cannot be chosen by {name} {number:g}: give a number above 0.")
        if self.per_second > MOST_PER_SECOND:
            raise UsageError(f"No video has {self.per_second:g} frames a second: give {MOST_PER_SECOND} at most.")
        given = [name for name, number in ways.items() if number and name != "limit"]
        if len(given) > 1:
            raise UsageError(f"Frames are chosen in one way, not by {' and '.join(given)} at once: leave one out.")
        if not given:
            object.__setattr__(self, "per_second", 1.0)

    @property
    def by_looks(self) -> bool:
        """Whether the pictures have to be looked at before frames can be chosen."""
        return bool(self.per_scene or self.by_motion)

    def describe(self) -> str:
        """Return in plain words how frames are chosen."""
        if self.every:
            words = "every frame" if self.every == 1 else f"one in {self.every} frames"
        elif self.per_scene:
            words = f"{self.per_scene} from each scene"
        elif self.by_motion:
            words = f"at most {self.by_motion} from each video, where most changes"
        else:
            words = f"{self.per_second:g} a second"
        words += ", only with something hidden" if self.only_with_objects else ""
        return words + (f", at most {self.limit} in all" if self.limit else "")


@dataclass(frozen=True, eq=False)
class Movement:
    """What happens in a video from frame to frame."""

    cuts: NDArray[np.bool_]
    """``(F,)`` a new scene begins with the frame"""
    change: NDArray[np.float64]
    """``(F,)`` share of the picture that differs from the frame before; 0 where a scene begins"""


def pick(
    choice: Choice, times: Sequence[Fraction], objects: NDArray[np.bool_], movement: Movement | None = None
) -> list[int]:
    """Return the numbers of the chosen frames of one video, in order.

    Parameters
    ----------
    choice : Choice
        Its `limit` is not obeyed here: it holds for all videos together, see `thinned`.
    times : sequence of Fraction, s
        When each frame is shown.
    objects : ndarray of shape (F,), bool
        Whether something is hidden in the frame.
    movement : Movement, optional
        Needed for `per_scene` and `by_motion`.
    """
    wanted = objects if choice.only_with_objects else np.ones(len(times), bool)
    if choice.by_looks:
        if movement is None:
            raise ValueError("scenes and motion have to be looked for first")
        return _by_scene(choice, wanted, movement) if choice.per_scene else _by_motion(choice, wanted, movement)
    steps = np.arange(0, len(times), choice.every) if choice.every else _by_time(choice.per_second, times)
    return [int(frame) for frame in steps if wanted[frame]]


def thinned(picked: Sequence[Sequence[int]], limit: int) -> list[list[int]]:
    """Return at most `limit` of the frames picked from several videos, from each in proportion; 0 leaves all."""
    every = [(video, frame) for video, frames in enumerate(picked) for frame in frames]
    kept: list[list[int]] = [[] for _ in picked]
    for video, frame in spread(every, limit) if limit else every:
        kept[video].append(frame)
    return kept


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """Return at most `count` items, evenly spread."""
    parts = min(count, len(items))
    return [items[(2 * part + 1) * len(items) // (2 * parts)] for part in range(parts)]


def _by_time(per_second: float, times: Sequence[Fraction]) -> NDArray[np.intp]:
    seconds = np.array([float(time) for time in times])
    if not len(seconds):
        return np.zeros(0, np.intp)
    moments = np.arange(int(seconds[-1] * per_second + _EXACT) + 1) / per_second
    return np.unique(np.searchsorted(seconds, moments - _EXACT))


def _by_scene(choice: Choice, wanted: NDArray[np.bool_], movement: Movement) -> list[int]:
    borders = [0, *(int(frame) for frame in np.flatnonzero(movement.cuts) if frame), len(wanted)]
    found: list[int] = []
    for first, end in pairwise(borders):
        frames = [int(frame) + first for frame in np.flatnonzero(wanted[first:end])]
        found += spread(frames, choice.per_scene)
    return found


def _by_motion(choice: Choice, wanted: NDArray[np.bool_], movement: Movement) -> list[int]:
    """Return frames at equal steps of all the change that there is."""
    frames = np.flatnonzero(wanted)
    change = movement.change[frames]
    if not change.any():
        return spread([int(frame) for frame in frames], 1)
    change = np.minimum(change, np.quantile(change[change > 0], _USUAL))
    so_far = np.cumsum(change)
    steps = (np.arange(choice.by_motion) + 0.5) / choice.by_motion * so_far[-1]
    return [int(frame) for frame in frames[np.unique(np.searchsorted(so_far, steps))]]
