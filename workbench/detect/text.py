"""Writing, and the number plates among it, by the PP-OCR networks that the installed `rapidocr` package carries.

Networks: PP-OCRv6 (https://github.com/PaddlePaddle/PaddleOCR, Apache-2.0): one marks the pixels of writing
(differentiable binarisation, https://arxiv.org/abs/1911.08947), one reads a line. Only their two files are
used, in our own runtime, because it is several times as fast, and because `rapidocr` would sort the boxes but
not their scores. So none of its code is loaded, and nothing can be downloaded.

The score of a box is the text detector's own: the mean of its map inside the rectangle.
"""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.detect.lines import Line, Map, distinct, lines_from_map, upright_boxes
from workbench.detect.plates import plate_shaped, split
from workbench.detect.protocol import FLOOR, Quality
from workbench.detect.reader import Reader
from workbench.detect.runtime import Session
from workbench.values import Detections, Kind, UsageError

NAME = "ocr"
LICENCE = "Apache-2.0"
DETECTOR = "PP-OCRv6_det_small.onnx"
READER = "PP-OCRv6_rec_small.onnx"
VERSION = 2
"""raise it whenever the code below finds other boxes than before"""

FIGURE_AREA = 0.01
"""share of the picture from which a compact shape has to be read to count"""
FIGURE_CONFIDENCE = 0.65
"""of a reading of two signs; three or more count from 0.5 on, as everywhere"""
FIGURE_HEIGHT = 40.0
"""px; writing of less height may be real although it cannot be read"""
FIGURE_ASPECT = 2.2
"""length over height from which a shape is not compact"""
LONG_AREA, LONG_SCORE = 0.03, 0.7
"""share of the picture from which, and score below which, an elongated shape has to be read too"""
LARGE_CONFIDENCE = 0.9
"""of the reading of a shape that is compact, very large and doubtful to the detector: people on a square read as 111"""
FIGURE_SCORE = FLOOR
"""what a shape without writing scores: it is stored, and hidden only by a profile that hides all it can"""
NOTHING_AREA = 0.5
"""share of the picture from which a shape without writing is dropped: a plain wall gives one"""

_MULTIPLE = 32
"""the network halves its input five times"""
_TILE, _OVERLAP = 2048, 256
"""px: the side of what is run at once, which bounds the memory to 0.7 GB, and what neighbours share; smaller tiles
measured fewer plates and more false alarms, because the network judges by what stands around"""
_MOST_READINGS = 48
"""lines read in one picture, the best first; a reading costs 4 to 9 ms"""


@dataclass(frozen=True)
class Look:
    """How large one pass sees a picture."""

    least: int
    """px of the longer side of a 4:3 picture; smaller pictures are enlarged to this, at most three times"""
    most: int
    """larger ones are reduced to this; what is larger than a tile is seen in tiles"""


LOOKS: dict[Quality, tuple[Look, ...]] = {
    "fast": (Look(960, 960),),
    "balanced": (Look(1280, 2048),),
    "careful": (Look(1280, 1280), Look(2048, 8192)),
}


def bundled(name: str) -> Path:
    """Return the path of a network in the installed `rapidocr` package.

    Raises
    ------
    UsageError
        When the package or the file is missing.
    """
    spec = importlib.util.find_spec("rapidocr")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "models" / name
        if path.is_file():
            return path
    raise UsageError(
        f"The text detector's file {name} is not in the installed package rapidocr: "
        "install it again (pip install --force-reinstall 'rapidocr>=3.10,<4'), or leave 'ocr' out of the detectors."
    )


def build(quality: Quality = "balanced", threads: int = 0) -> "OcrDetector":
    """Return the detector of plates and text.

    Parameters
    ----------
    quality : {"fast", "balanced", "careful"}
        How large it sees the picture.
    threads : int
        0 leaves it to the runtime.

    Raises
    ------
    UsageError
        When a network's file is missing or broken, or the quality is unknown.
    """
    if quality not in LOOKS:
        raise UsageError(f"There is no quality '{quality}': use {', '.join(LOOKS)}.")
    return OcrDetector(bundled(DETECTOR), bundled(READER), quality, threads)


class OcrDetector:
    """Finds writing and says which of it is a plate."""

    name = NAME
    kinds = (Kind.PLATE, Kind.TEXT)
    licence = LICENCE

    def __init__(self, detector: Path, reader: Path, quality: Quality, threads: int) -> None:
        self._looks = LOOKS[quality]
        self._find = Session(detector, threads)
        self._reader = Reader(reader, threads)
        sums = "+".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in (detector, reader))
        self.fingerprint = f"{NAME}/{VERSION}/{quality}/{sums}/{self._find.fingerprint}"

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Return the plates and the text in ``image`` (``(H, W, 3)`` uint8, RGB, upright)."""
        seen = [line for look in self._looks for line in self.lines(image, look)]
        # Before lines are joined, so that no shape swallows writing, and after, because joined lines are larger.
        lines = list(self._checked(distinct(list(self._checked(seen, image))), image))
        order = sorted(range(len(lines)), key=lambda index: -lines[index].score)
        for index in [index for index in order if plate_shaped(lines[index])][:_MOST_READINGS]:
            lines[index] = self._reader.read(image, lines[index])
        plates, texts = split(lines)
        parts = [_detections(Kind.PLATE, plates, image), _detections(Kind.TEXT, texts, image)]
        return Detections.concat(parts)

    def lines(self, image: NDArray[np.uint8], look: Look) -> list[Line]:
        """Return the lines that one pass sees, unread."""
        height, width = image.shape[:2]
        seen = cv2.cvtColor(_resized(image, look), cv2.COLOR_RGB2BGR)
        high, wide = seen.shape[:2]
        return lines_from_map(self._map(seen), np.array([width / wide, height / high], np.float32))

    def _map(self, picture: NDArray[np.uint8]) -> Map:
        """Return how certainly each pixel of a BGR picture is writing, 0..255."""
        high, wide = picture.shape[:2]
        found = np.zeros((high, wide), np.uint8)
        for y, x in _corners(high, wide):
            piece = picture[y : y + _TILE, x : x + _TILE]
            rows, columns = piece.shape[:2]
            padded = cv2.copyMakeBorder(piece, 0, -rows % _MULTIPLE, 0, -columns % _MULTIPLE, cv2.BORDER_REPLICATE)
            tensor = padded.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
            part = self._find.run(tensor)[0][0, 0, :rows, :columns]
            target = found[y : y + rows, x : x + columns]
            # One map of the whole picture, so that no line is cut at the border of a tile.
            np.maximum(target, np.clip(np.rint(part * 255), 0, 255).astype(np.uint8), out=target)
        return found

    def _checked(self, lines: Sequence[Line], image: NDArray[np.uint8]) -> Iterator[Line]:
        """Yield lines, with a score that hides nothing by default for what is but a shape.

        The network takes a person, an animal or a tree before a plain ground for one huge letter, with scores
        up to 0.8. Such a shape is large and reads as one sign or as nothing sure; a plate or a word of that size
        is read without doubt. An elongated one is more likely writing, if only in an unknown script: it counts
        as a shape only when it is very large and the detector is not sure either. Several people together read as
        several signs, less surely than writing of their size would.
        """
        for line in lines:
            share = line.length * line.height / (image.shape[0] * image.shape[1])
            compact = line.aspect <= FIGURE_ASPECT
            large = share >= LONG_AREA and line.score < LONG_SCORE
            doubtful = share >= FIGURE_AREA and (compact or large)
            if not doubtful or line.height < FIGURE_HEIGHT:
                yield line
                continue
            read = self._reader.read(image, line)
            needed = LARGE_CONFIDENCE if large and compact else FIGURE_CONFIDENCE
            sure = read.confidence >= needed or (read.signs > 2 and share < NOTHING_AREA and not large)
            if read.signs > 1 and sure:
                yield read
            elif share < NOTHING_AREA:
                yield replace(read, score=FIGURE_SCORE)


def _detections(kind: Kind, lines: Sequence[Line], image: NDArray[np.uint8]) -> Detections:
    if not lines:
        return Detections.empty()
    parts = [upright_boxes(line.quad) for line in lines]
    scores = np.repeat([min(line.score, 1.0) for line in lines], [len(part) for part in parts])
    boxes = geometry.clip(np.concatenate(parts), image.shape[1], image.shape[0])
    inside = geometry.area(boxes) > 0
    return Detections.of(kind, boxes[inside], scores[inside], NAME)


def _resized(image: NDArray[np.uint8], look: Look) -> NDArray[np.uint8]:
    """Return the picture at the size of a look, counted in pixels so that panoramas do not shrink to a thread."""
    height, width = image.shape[:2]
    side = float(np.sqrt(height * width * 4 / 3))
    scale = float(np.clip(1.0, look.least / side, look.most / side))
    scale = min(scale, 3.0)
    wide, high = max(1, round(width * scale)), max(1, round(height * scale))
    if (wide, high) == (width, height):
        return image
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (wide, high), interpolation=how), np.uint8)


def _corners(high: int, wide: int) -> Iterator[tuple[int, int]]:
    """Yield the upper left corners of tiles that overlap."""
    step = _TILE - _OVERLAP
    for y in range(0, max(1, high - _OVERLAP), step):
        for x in range(0, max(1, wide - _OVERLAP), step):
            yield y, x
