"""How far the work on one video has come."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["reading", "looking", "hiding", "checking"]
WEIGHTS: dict[Phase, float] = {"reading": 1.0, "looking": 6.0, "hiding": 3.0, "checking": 1.0}
"""how long the parts of the work take beside each other, roughly"""


@dataclass(frozen=True)
class Step:
    """A sign of life of the work on one video."""

    phase: Phase
    share: float
    """of the whole work on this video, 0..1"""
    rest: bool = False
    """a segment has just been put away: what stops the work now costs nothing"""


Tick = Callable[[Step], None]
"""called for every frame and at the end of every segment; what it raises ends the work, and finished segments stay"""


def nothing(_: Step) -> None:
    """Do nothing: the tick of somebody who waits."""


class Course:
    """Turns frames done in one phase into the share of the whole work.

    Parameters
    ----------
    tick : Tick
    frames : int
        Of the video, as far as it is known.
    phases : sequence of Phase
        What has to be done, in this order.
    """

    def __init__(self, tick: Tick, frames: int, *phases: Phase) -> None:
        self._tick, self.frames, self._phases = tick, frames, phases
        self._total = sum(WEIGHTS[phase] for phase in phases)
        self._share = 0.0

    def at(self, phase: Phase, frame: float, rest: bool = False) -> None:
        """Tell that `frame` of the frames of a phase are done."""
        if phase not in self._phases:  # what was known does not fit, and all is looked at again
            self._phases = (phase, *self._phases)
            self._total += WEIGHTS[phase]
        before = sum(WEIGHTS[other] for other in self._phases[: self._phases.index(phase)])
        within = min(frame / max(self.frames, 1), 1.0) * WEIGHTS[phase]
        self._share = max(self._share, (before + within) / self._total)
        self._tick(Step(phase, self._share, rest))
