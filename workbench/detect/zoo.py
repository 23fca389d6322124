"""Networks of OpenCV's model zoo, from weights files that the user adds (https://github.com/opencv/opencv_zoo).

`yunet` finds faces: Wu et al., YuNet: A Tiny Millisecond-level Face Detector, decoded by `cv2.FaceDetectorYN`.
`lpd_yunet` finds number plates; cv2 has no class for it, so its output is decoded here.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.detect.centerface import OVERLAP, TILE, passes
from workbench.detect.fuse import fuse
from workbench.detect.protocol import FLOOR, Quality
from workbench.detect.runtime import Session
from workbench.detect.tiles import DUPLICATE, Pass, look
from workbench.values import Detections, Kind, UsageError

VERSION = 1
"""raise it whenever the code below, or tiles.py or fuse.py, finds other boxes than before"""

Engine = Literal["yunet", "lpd_yunet"]

_MOST = 5000
_SMALLEST = 32
_STEPS = (8, 16, 32, 64)
_SIZES = ((10, 16, 24), (32, 48), (64, 96), (128, 192, 256))
"""px of the prior boxes in each of the four feature maps"""
_CORNERS = (4, 6, 10, 12)
"""first column of each corner's offset in the network's `loc`"""
_VARIANCE = 0.1


def build(
    name: str, engine: Engine, weights: Path, sha256: str, licence: str, quality: Quality = "balanced", threads: int = 0
) -> "ZooDetector":
    """Return a detector for a weights file of the zoo.

    Raises
    ------
    UsageError
        When the file is not a network of that engine.
    """
    try:
        once = YuNet(weights) if engine == "yunet" else LpdYuNet(weights, threads)
        once(np.zeros((64, 64, 3), np.uint8))  # a wrong network shows itself only when it is run
    except UsageError:
        raise
    except Exception as error:
        raise UsageError(
            f"{weights.name} is not a network that the engine {engine} understands: take the file from OpenCV's zoo, "
            "or another engine."
        ) from error
    return ZooDetector(name, once, f"{engine}/{VERSION}/{sha256}/{once.precision}", licence, quality)


class ZooDetector:
    """One network of the zoo, looking as often as the quality says."""

    def __init__(
        self, name: str, once: "YuNet | LpdYuNet", facts: str, licence: str, quality: Quality = "balanced"
    ) -> None:
        self.name = name
        self.kinds = (once.kind,)
        self.licence = licence
        self.fingerprint = f"{name}/{quality}/{facts}"
        self._once = once
        self._quality: Quality = quality

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Return what the network finds in ``image`` (``(H, W, 3)`` uint8, RGB, upright), best score first."""
        height, width = image.shape[:2]
        looks = self._once.looks(self._quality, width, height)
        seen = look(image, looks, self._find, TILE, OVERLAP)
        found = fuse(seen, self._once.operating_points[self._quality])
        return found[found.scores >= FLOOR]

    def _find(self, image: NDArray[np.uint8]) -> Detections:
        height, width = image.shape[:2]
        boxes, scores = self._once(image)
        boxes = geometry.clip(boxes, width, height)
        good = np.isfinite(boxes).all(axis=1) & np.isfinite(scores) & (scores >= FLOOR) & (geometry.area(boxes) > 0)
        boxes, scores = boxes[good], scores[good]
        kept = geometry.nms(boxes, scores, DUPLICATE)
        return Detections.of(self._once.kind, boxes[kept], np.minimum(scores[kept], 1), self.name)


class YuNet:
    """Faces, through cv2."""

    kind = Kind.FACE
    precision = f"cv2-{cv2.__version__}"
    operating_points: ClassVar[dict[Quality, float]] = {"fast": 0.45, "balanced": 0.78, "careful": 0.92}
    """fused scores that become 0.2: about 1.6 % of all pixels covered in vain on WIDER FACE with the 2026 weights"""

    def __init__(self, weights: Path) -> None:
        self.looks = passes
        log = cv2.utils.logging
        before = log.getLogLevel()
        log.setLogLevel(log.LOG_LEVEL_ERROR)  # OpenCV 5 warns about a setting that its own constructor makes
        try:
            self._network: Any = cv2.FaceDetectorYN.create(
                str(weights), "", (_SMALLEST, _SMALLEST), FLOOR, DUPLICATE, _MOST
            )
        finally:
            log.setLogLevel(before)

    def __call__(self, image: NDArray[np.uint8]) -> tuple[geometry.Boxes, NDArray[np.float32]]:
        """Return boxes ``(N, 4)`` and scores ``(N,)`` in an RGB picture of any size."""
        height, width = image.shape[:2]
        more = max(0, _SMALLEST - height), max(0, _SMALLEST - width)
        padded = cv2.copyMakeBorder(image, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
        self._network.setInputSize((padded.shape[1], padded.shape[0]))
        rows = self._network.detect(cv2.cvtColor(padded, cv2.COLOR_RGB2BGR))[1]
        if rows is None:
            return geometry.as_boxes([]), np.zeros(0, np.float32)
        return np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1), rows[:, 14]


class LpdYuNet:
    """Number plates, decoded here."""

    kind = Kind.PLATE
    operating_points: ClassVar[dict[Quality, float]] = {"fast": 0.4, "balanced": 0.4, "careful": 0.6}
    """fused scores that become 0.2; on hard street scenes that hid 33, 46 and 53 % of the plates, and covered 4, 6
    and 16 % of all pixels in vain: it is meant for plates that fill a good part of the picture"""

    def __init__(self, weights: Path, threads: int = 0) -> None:
        self._session = Session(weights, threads)
        self.looks = plate_looks
        self.precision = self._session.fingerprint

    def __call__(self, image: NDArray[np.uint8]) -> tuple[geometry.Boxes, NDArray[np.float32]]:
        """Return boxes ``(N, 4)`` and scores ``(N,)`` in an RGB picture of any size."""
        coarsest = _STEPS[-1]
        height, width = image.shape[:2]
        padded = cv2.copyMakeBorder(image, 0, -height % coarsest, 0, -width % coarsest, cv2.BORDER_CONSTANT)
        loc, conf, iou = self._session.run(cv2.dnn.blobFromImage(padded, swapRB=True))
        return decode_plates(loc, conf, iou, padded.shape[1], padded.shape[0])


def plate_looks(quality: Quality, width: int, height: int) -> tuple[Pass, ...]:
    """Return the looks of LPD-YuNet, which was made for small pictures and errs more the larger it sees them."""
    longer = max(width, height)
    sides = (640, 1000) if quality == "careful" else (640,)
    scales = dict.fromkeys(min(1.0, side / longer) for side in sides)
    return tuple(
        Pass(scale, mirrored) for scale in scales for mirrored in ((False,) if quality == "fast" else (False, True))
    )


def decode_plates(
    loc: NDArray[np.float32], conf: NDArray[np.float32], iou: NDArray[np.float32], width: int, height: int
) -> tuple[geometry.Boxes, NDArray[np.float32]]:
    """Return the upright boxes around the four corners that LPD-YuNet predicts for each prior box.

    Parameters
    ----------
    loc : ndarray of shape (N, 14)
        Offsets of box, corners and middle from the prior, in tenths of its side.
    conf : ndarray of shape (N, 2)
        Chance of background and of plate.
    iou : ndarray of shape (N, 1)
        How well the network thinks the box fits.
    width, height : int, px
        Of the network's input, multiples of 64.
    """
    scores = np.sqrt(np.clip(conf[:, 1], 0, 1) * np.clip(iou[:, 0], 0, 1))
    rows = np.flatnonzero(scores >= FLOOR)
    middles, sides = (part[rows] for part in priors(width, height))
    corners = np.stack([middles + loc[rows, at : at + 2] * _VARIANCE * sides for at in _CORNERS])
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)], axis=1), scores[rows]


@lru_cache(maxsize=8)
def priors(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the middles ``(N, 2)`` and sides ``(N, 1)`` of LPD-YuNet's prior boxes, px, in its own order."""
    middles, sides = [], []
    for step, sizes in zip(_STEPS, _SIZES, strict=True):
        y, x = np.mgrid[: height // step, : width // step]
        cells = (np.stack([x.ravel(), y.ravel()], axis=1) + 0.5) * step
        middles.append(np.repeat(cells, len(sizes), axis=0))
        sides.append(np.tile(sizes, len(cells))[:, None])
    return np.concatenate(middles).astype(np.float32), np.concatenate(sides).astype(np.float32)
