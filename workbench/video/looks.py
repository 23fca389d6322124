"""What the detectors saw in one stretch of a clip, and how the camera moved: the raw material of the tracks."""

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from workbench.values import Detections


@dataclass(frozen=True, eq=False)
class Looks:
    """Raw detections of one stretch of a clip, from frame `first` up to, not including, `last`."""

    first: int
    last: int
    times: tuple[Fraction, ...]
    """``(F,)`` seconds, of every frame"""
    cameras: NDArray[np.float64]
    """``(F, 2, 3)`` how the camera moved from the frame before, px; the first is unknown, see `head`"""
    cuts: NDArray[np.bool_]
    """``(F,)`` a new scene begins with the frame"""
    head: NDArray[np.uint8]
    tail: NDArray[np.uint8]
    """small pictures of the first and the last frame: what happened between two stretches is told from them"""
    frames: NDArray[np.int64]
    """``(N,)`` the frame of each row of `seen`"""
    seen: Detections
    """``(N,)`` rows, no tracks yet"""
    glances: NDArray[np.float64]
    """``(K, 5)`` frame and area (px) of every quick look"""
    glanced: tuple[str, ...]
    """kinds that quick looks find"""
    quick: tuple[str, ...]
    """names of the detectors that looked quickly"""
    studies: NDArray[np.int64]
    """``(J,)`` frames that the other detectors saw"""
    studied: tuple[str, ...]
    """kinds that these find"""
    operating_point: float
    """mean score of quick looks that is to be called 0.2"""

    def to_bytes(self) -> bytes:
        """Return everything as bytes that `from_bytes` reads; equal looks give equal bytes."""
        columns = {
            "span": np.array([self.first, self.last]),
            "times": np.array([str(time) for time in self.times], np.str_),
            "point": np.array(self.operating_point),
            **{name: np.array(getattr(self, name), np.str_) for name in _WORDS},
            **{name: getattr(self, name) for name in _ARRAYS},
            **{f"seen_{name}": getattr(self.seen, name) for name in _SEEN},
        }
        target = io.BytesIO()
        np.savez(target, allow_pickle=False, **columns)
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Looks":
        """Return what `to_bytes` wrote; raises `ValueError` for anything else."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as stored:
                columns: dict[str, Any] = {name: stored[name] for name in stored.files}
            first, last = (int(part) for part in columns["span"])
            words: dict[str, Any] = {name: tuple(columns[name].tolist()) for name in _WORDS}
            return cls(
                first=first,
                last=last,
                times=tuple(Fraction(time) for time in columns["times"].tolist()),
                seen=Detections(*(columns[f"seen_{name}"] for name in _SEEN)),
                operating_point=float(columns["point"]),
                **words,
                **{name: columns[name] for name in _ARRAYS},
            )
        except (KeyError, OSError, EOFError, TypeError, ValueError, BadZipFile) as error:
            raise ValueError(f"these bytes are no looks at a clip ({type(error).__name__})") from error


_WORDS = ("glanced", "quick", "studied")
_ARRAYS = ("cameras", "cuts", "head", "tail", "frames", "glances", "studies")
_SEEN = ("boxes", "scores", "kinds", "origins")
