"""Reads single lines of writing with PP-OCR's recognition network.

Network: PP-OCRv6 (https://github.com/PaddlePaddle/PaddleOCR, Apache-2.0), decoded greedily as connectionist
temporal classification (Graves et al. 2006): the best sign at each step, repeats and blanks dropped.
"""

from dataclasses import replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.detect.lines import Line
from workbench.detect.onnx_meta import read_meta
from workbench.detect.runtime import Session

_HEIGHT = 48
"""px: the network takes lines of this height"""
_WIDTHS = (160, 320, 640)
"""px: few different widths, so that the runtime prepares few shapes"""


class Reader:
    """Reads one line of writing."""

    def __init__(self, weights: Path, threads: int) -> None:
        self._weights = weights
        self._threads = threads

    @cached_property
    def _session(self) -> Session:
        return Session(self._weights, self._threads)

    @cached_property
    def _signs(self) -> list[str]:
        # Position 0 is "nothing here" of the connectionist temporal classification, the last one the blank.
        return ["", *read_meta(self._weights).notes["character"].splitlines(), " "]

    def read(self, image: NDArray[np.uint8], line: Line) -> Line:
        """Return the line with what stands in it; a steep one is tried in both directions."""
        if line.text is not None:
            return line
        along = line.quad[1] - line.quad[0]
        turned = [line.quad, np.roll(line.quad, -2, axis=0)] if abs(along[1]) > abs(along[0]) else [line.quad]
        readings = [self._read(_straight(image, quad)) for quad in turned]
        text, confidence = max(readings, key=lambda reading: reading[1])
        return replace(line, text=text, confidence=confidence)

    def _read(self, picture: NDArray[np.uint8]) -> tuple[str, float]:
        room = next((width for width in _WIDTHS if width >= picture.shape[1]), _WIDTHS[-1])
        tensor = np.zeros((1, 3, _HEIGHT, room), np.float32)
        tensor[0, :, :, : picture.shape[1]] = picture.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
        scores = self._session.run(tensor)[0][0]
        best = scores.argmax(axis=1)
        signs = (best != 0) & np.concatenate([[True], best[1:] != best[:-1]])
        confidence = float(scores.max(axis=1)[signs].mean()) if signs.any() else 0.0
        return "".join(self._signs[index] for index in best[signs]).strip(), confidence


def _straight(image: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return a line cut out and turned level, BGR, as high as the reader wants it."""
    length, height = float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))
    wide = int(np.clip(np.ceil(_HEIGHT * length / max(height, 1)), 16, _WIDTHS[-1]))
    goal = np.array([[0, 0], [wide, 0], [0, _HEIGHT]], np.float32)
    # Only the surroundings are handed over: warpAffine takes no picture with a side of 32768 or more.
    low = np.maximum(np.floor(quad.min(axis=0)).astype(int) - 1, 0)
    top = np.maximum(np.ceil(quad.max(axis=0)).astype(int) + 1, low + 1)
    part = image[low[1] : top[1], low[0] : top[0]]
    turn = cv2.getAffineTransform((quad[[0, 1, 3]] - low).astype(np.float32), goal)
    level = cv2.warpAffine(part, turn, (wide, _HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(level[..., ::-1], np.uint8)
