"""Other looks at a file that a run has searched: how each is taken, and where what it saw is kept.

A look is what the same detectors see when the picture is mirrored, enlarged, or cut into tiles. It changes
nothing that is hidden: where it sees what the run leaves visible, a person is sent there.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workbench import pipeline
from workbench.catalog.case import Case
from workbench.detect.protocol import Detector
from workbench.detect.tiles import Pass, look
from workbench.values import Detections

VERSION = 1
"""to be raised when a look sees something else than before: what is stored is then out of date"""
ENLARGED = 2.0
LARGEST = 4096
"""px: a look enlarges the longer side up to this; what is larger already shows as much in tiles"""
LEAST = 1.25
"""an enlargement of less shows nothing new"""
TILE, SHARED = 0.6, 0.2
"""sides of a tile, and what two tiles share, as parts of the picture's longer side: four tiles of most pictures"""
LARGEST_TILE = 2048
"""px"""


Picture = NDArray[np.uint8]
"""``(H, W, 3)`` uint8, RGB"""


class Look(StrEnum):
    """One way of looking again."""

    MIRRORED = "mirrored"
    ENLARGED = "enlarged"
    TILES = "tiles"

    @property
    def words(self) -> str:
        """What it is called in a sentence."""
        return "a look in tiles" if self is Look.TILES else f"a{'n' if self is Look.ENLARGED else ''} {self} look"


def take(image: NDArray[np.uint8], detectors: Sequence[Detector], which: Look) -> Detections:
    """Return what the detectors see in one look, in pixels of `image`.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8, RGB
    detectors : sequence of Detector
    which : Look

    Raises
    ------
    FileError
        When a detector fails.
    """

    def find(part: NDArray[np.uint8]) -> Detections:
        return pipeline.detect(part, detectors)

    longer = max(image.shape[:2])
    whole = 2 * LARGEST  # a side that no look cuts
    if which is Look.TILES:
        side = min(round(longer * TILE), LARGEST_TILE)
        return look(image, (Pass(),), find, side, round(side * SHARED / TILE))[0]
    if which is Look.MIRRORED:
        return look(image, (Pass(mirrored=True),), find, max(whole, longer), 0)[0]
    scale = min(ENLARGED, LARGEST / longer)
    if scale < LEAST:
        return Detections.empty()
    return look(image, (Pass(scale),), find, whole, 0)[0]


def look_key(found_by: str, which: Look) -> str:
    """Return under which name a look is stored beside the search that it is compared with."""
    return hashlib.sha256(repr((VERSION, found_by, str(which))).encode()).hexdigest()


def stored_looks(case: Case, sha256: str, found_by: str) -> Mapping[Look, Sequence[Detections]]:
    """Return the looks at a file that were taken before, with what each saw in every frame."""
    known = {which: case.catalog.detections(sha256, look_key(found_by, which)) for which in Look}
    return {which: frames for which, frames in known.items() if frames is not None}


def looked(frames: int, chosen: Sequence[int], see: Callable[[int], Detections]) -> list[Detections]:
    """Return what `see` finds in the chosen frames; all others are empty."""
    wanted = frozenset(chosen)
    return [see(frame) if frame in wanted else Detections.empty() for frame in range(frames)]
