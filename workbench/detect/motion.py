"""How the camera moved from frame to frame, and where the scene was cut; told from small grey pictures.

Sparse optical flow: corners (Shi and Tomasi, Good Features to Track, 1994) are followed by the method of Lucas and
Kanade with pyramids (Bouguet, 2001), and the similarity transform that most of them obey is the camera's.
Everything here is a pure function of its pictures: OpenCV's RANSAC starts from a fixed seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry

Small = NDArray[np.uint8]
"""``(h, w)`` uint8, a grey picture of at most `SIDE` px"""

SIDE = 320
"""px of the longer side of the small picture: enough for an eighth of a pixel at full HD, and cheap"""
CORNERS, LEAST_CORNERS = 120, 8
AGREE = 0.4
"""share of the corners that must move alike; below it the camera's motion is unknown, and taken for none"""
MOST_TURN, MOST_ZOOM = 0.2, 1.2
"""radians and factor between neighbouring frames; anything more is a wrong fit"""
CUT_HISTOGRAM, CUT_CHANGED, CUT_PATTERN = 0.9, 0.35, 0.85
"""A cut changes all three: the histogram's correlation falls below the first, more than the second share of pixels
jumps, and the pixels' own correlation falls below the third. A pan keeps the histogram, a flash keeps the pattern."""
JUMP = 20
"""grey levels that no noise and no slow light reaches between neighbouring frames"""

RESTING = 1.0
"""px of the small picture: a still camera shakes by less"""

STILL: NDArray[np.float64] = np.array([[1.0, 0, 0], [0, 1, 0]])
"""the camera did not move"""


@dataclass(frozen=True, eq=False)
class Step:
    """What happened from one frame to the next."""

    camera: NDArray[np.float64]
    """``(2, 3)`` similarity: where a point of the scene moved, px of the small picture"""
    known: bool
    """whether the camera's motion could be told"""
    cut: bool
    """the frames show different scenes"""

    @property
    def shift(self) -> float:
        """How far the picture's upper left corner moved, px of the small picture."""
        return float(np.hypot(*self.camera[:, 2]))


UNKNOWN = Step(STILL, known=False, cut=False)
"""of the first frame"""


def shrink(grey: NDArray[np.uint8] | NDArray[np.uint16], depth: int = 8) -> Small:
    """Return the small picture of a grey one, such as the luma plane of a video frame of `depth` bits."""
    height, width = grey.shape
    scale = min(1.0, SIDE / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA)) if scale < 1 else grey
    return (small >> (depth - 8)).astype(np.uint8)


def step(before: Small, after: Small) -> Step:
    """Return what happened between two neighbouring frames, as small pictures of one size."""
    camera = _follow(before, after)
    return Step(STILL if camera is None else camera, camera is not None, camera is None and _is_cut(before, after))


def _follow(before: Small, after: Small) -> NDArray[np.float64] | None:
    corners = cv2.goodFeaturesToTrack(before, CORNERS, qualityLevel=0.01, minDistance=8)
    if corners is None or len(corners) < LEAST_CORNERS:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, np.zeros_like(corners), winSize=(15, 15))
    kept = found[:, 0] == 1
    if kept.sum() < LEAST_CORNERS:
        return None
    camera, agreeing = cv2.estimateAffinePartial2D(
        corners[kept], moved[kept], method=cv2.RANSAC, ransacReprojThreshold=1.0, maxIters=300
    )
    if camera is None or agreeing.sum() < AGREE * len(corners) or not np.isfinite(camera).all():
        return None
    zoom, turn = float(np.hypot(camera[0, 0], camera[1, 0])), float(np.arctan2(camera[1, 0], camera[0, 0]))
    plausible = abs(turn) <= MOST_TURN and 1 / MOST_ZOOM <= zoom <= MOST_ZOOM
    return np.asarray(camera, np.float64) if plausible else None


def _is_cut(before: Small, after: Small) -> bool:
    counts = [np.bincount(picture.ravel() >> 3, minlength=32).astype(np.float32) for picture in (before, after)]
    alike = cv2.compareHist(counts[0], counts[1], cv2.HISTCMP_CORREL)
    changed = float((cv2.absdiff(before, after) > JUMP).mean())
    if alike >= CUT_HISTOGRAM or changed <= CUT_CHANGED:
        return False
    spread = before.std() * after.std()
    pattern = float(((before - before.mean()) * (after - after.mean())).mean() / spread) if spread > 0 else 0.0
    return pattern < CUT_PATTERN


class Follower:
    """Follows the camera through the frames of a clip, as they come.

    Before a still camera only the frames that are looked at are compared; those between follow from them, unless the
    camera moved or the scene was cut.
    """

    def __init__(self, still: bool) -> None:
        self.steps: list[Step] = []
        """one for each frame that is settled; the first is `UNKNOWN`"""
        self._still = still
        self._seen: list[Small] = []

    def see(self, small: Small, settle: bool = True) -> list[Step]:
        """Take the next frame, and return the steps that are settled by it, the newest last."""
        self._seen.append(small)
        if not self.steps:
            fresh = [UNKNOWN]
        elif self._still and not settle:
            return []
        else:
            fresh = self._between()
        self._seen = [small]
        self.steps += fresh
        return fresh

    def finish(self) -> list[Step]:
        """Settle what is left, and return all steps."""
        self.steps += self._between()
        self._seen = self._seen[-1:]
        return self.steps

    def _between(self) -> list[Step]:
        if len(self._seen) > 2:
            over = step(self._seen[0], self._seen[-1])
            if over.known and over.shift < RESTING:
                return [Step(STILL, known=True, cut=False)] * (len(self._seen) - 1)
        return [step(before, after) for before, after in pairwise(self._seen)]


class Scene:
    """Places of a whole clip in one system of coordinates, in which the camera's own motion is undone.

    Parameters
    ----------
    cameras : ndarray of shape (F, 2, 3)
        How the camera moved from the frame before to each frame, px of the full picture; the first is ignored.
    cuts : ndarray of shape (F,), bool
        Whether a new scene begins with the frame.
    """

    def __init__(self, cameras: NDArray[np.float64], cuts: NDArray[np.bool_]) -> None:
        frames = len(cameras)
        self._turn = np.ones(frames, np.complex128)
        self._shift = np.zeros(frames, np.complex128)
        self.shots: NDArray[np.intp] = np.cumsum(cuts)
        # A similarity is z -> a z + b on complex numbers: half the arithmetic of matrices, and easy to invert.
        turns = cameras[:, 0, 0] + 1j * cameras[:, 1, 0]
        shifts = cameras[:, 0, 2] + 1j * cameras[:, 1, 2]
        for frame in range(1, frames):
            if not cuts[frame]:
                self._turn[frame] = self._turn[frame - 1] / turns[frame]
                self._shift[frame] = self._shift[frame - 1] - self._turn[frame] * shifts[frame]

    def enter(self, boxes: geometry.Boxes, frames: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return boxes of the given frames as places ``(N, 4)``: middle x, middle y, width, height in the scene."""
        middles = (boxes[:, 0] + boxes[:, 2] + 1j * (boxes[:, 1] + boxes[:, 3]).astype(np.float64)) / 2
        placed = self._turn[frames] * middles + self._shift[frames]
        sides = (boxes[:, 2:] - boxes[:, :2]) * np.abs(self._turn[frames])[:, None]
        return np.column_stack([placed.real, placed.imag, sides])

    def leave(self, places: NDArray[np.float64], frames: NDArray[np.intp]) -> geometry.Boxes:
        """Return places as the boxes ``(N, 4)`` that they are in the given frames."""
        middles = (places[:, 0] + 1j * places[:, 1] - self._shift[frames]) / self._turn[frames]
        half = places[:, 2:] / np.abs(self._turn[frames])[:, None] / 2
        middle = np.column_stack([middles.real, middles.imag])
        return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


def enlarge(steps: Sequence[Step], factor: float) -> NDArray[np.float64]:
    """Return the cameras ``(F, 2, 3)`` of some steps in px of a picture `factor` times as large."""
    cameras = np.array([each.camera for each in steps], np.float64).reshape(-1, 2, 3)
    cameras[:, :, 2] *= factor
    return cameras
