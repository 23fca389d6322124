"""What is known about every frame of a long video, in little memory: columns of numbers instead of objects."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from workbench.values import Detections

WORD = np.uint16
"""number of a word in a column's list of words"""


class Words:
    """Numbers the words that a column repeats: kinds, names of detectors, methods."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = list(words)
        self._numbers = {word: number for number, word in enumerate(self.words)}

    def encode(self, column: NDArray[np.str_] | Sequence[str]) -> NDArray[np.uint16]:
        """Return the number of each word; new ones are taken up."""
        distinct, inverse = np.unique(np.asarray(column, np.str_), return_inverse=True)
        numbers = [self._number(str(word)) for word in distinct]
        return np.array(numbers, WORD)[inverse] if numbers else np.zeros(0, WORD)

    def decode(self, numbers: NDArray[np.uint16]) -> NDArray[np.str_]:
        """Return the words with these numbers."""
        return np.array(self.words or [""], np.str_)[numbers]

    def _number(self, word: str) -> int:
        if word not in self._numbers:
            self._numbers[word] = len(self.words)
            self.words.append(word)
        return self._numbers[word]


class PerFrame(Sequence[Detections]):
    """The detections of every frame: ``per_frame[index]`` are those of one, made when they are asked for.

    Some 30 bytes a row, where a list of `Detections` takes 600.

    Parameters
    ----------
    ends : ndarray of shape (F,), int64
        How many rows there are up to the end of each frame.
    boxes : ndarray of shape (N, 4), float32, px
    scores : ndarray of shape (N,), float32
    tracks : ndarray of shape (N,), int32
    kinds, origins : ndarray of shape (N,), uint16
        Numbers of words.
    words : Words
    """

    def __init__(
        self,
        ends: NDArray[np.int64],
        boxes: NDArray[np.float32],
        scores: NDArray[np.float32],
        tracks: NDArray[np.int32],
        kinds: NDArray[np.uint16],
        origins: NDArray[np.uint16],
        words: Words,
    ) -> None:
        self.ends, self.words = ends, words
        self.boxes, self.scores, self.tracks, self.kinds, self.origins = boxes, scores, tracks, kinds, origins

    @classmethod
    def of(cls, parts: Iterable[Detections]) -> "PerFrame":
        """Return the detections of every frame as columns; what is one already stays as it is."""
        if isinstance(parts, cls):
            return parts
        words = Words()
        rows = [
            (part.boxes, part.scores, part.tracks, words.encode(part.kinds), words.encode(part.origins))
            for part in parts
        ]
        empty = (np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32))
        columns = list(zip(*rows, (*empty, np.zeros(0, WORD), np.zeros(0, WORD)), strict=True))
        ends = np.cumsum([len(row[1]) for row in rows], dtype=np.int64)
        boxes, scores, tracks, kinds, origins = (np.concatenate(column) for column in columns)
        return cls(ends, boxes, scores, tracks, kinds, origins, words)

    @property
    def frames(self) -> NDArray[np.intp]:
        """``(N,)``: the frame of each row."""
        return np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=0))

    def rows(self, chosen: NDArray[np.intp] | slice) -> Detections:
        """Return some rows of all, whatever their frames."""
        return Detections(
            self.boxes[chosen],
            self.scores[chosen],
            self.words.decode(self.kinds[chosen]),
            self.words.decode(self.origins[chosen]),
            self.tracks[chosen],
        )

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, index: int) -> Detections: ...

    @overload
    def __getitem__(self, index: slice) -> list[Detections]: ...

    def __getitem__(self, index: int | slice) -> Detections | list[Detections]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = index + len(self) if index < 0 else index
        if not 0 <= at < len(self):
            raise IndexError(f"there is no frame {index} of {len(self)}")
        return self.rows(slice(int(self.ends[at - 1]) if at else 0, int(self.ends[at])))


Span = list[Any]
"""``[track, first frame, last frame, kind, method, shape, x0, y0, x1, y1]``, both frames included"""


class Spans(Sequence[Span]):
    """What is hidden in a video, as rows ``[track, first, last, kind, method, shape, x0, y0, x1, y1]``.

    Some 40 bytes a row, where a list of lists takes 500. A row is made when it is asked for.

    Parameters
    ----------
    numbers : ndarray of shape (N, 7), int32
        Track, first and last frame, box in px.
    named : ndarray of shape (N, 3), uint16
        Kind, method and shape, as numbers of words.
    words : Words
    """

    def __init__(self, numbers: NDArray[np.int32], named: NDArray[np.uint16], words: Words) -> None:
        self.numbers, self.named, self.words = numbers, named, words

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]]) -> "Spans":
        """Return rows as columns; what is one already stays as it is."""
        if isinstance(rows, cls):
            return rows
        words, numbers, named = Words(), [], []
        for row in rows:
            numbers.append((*row[:3], *row[6:]))
            named.append(row[3:6])
        codes = words.encode(np.array(named, np.str_).ravel()).reshape(-1, 3)
        return cls(np.array(numbers, np.int32).reshape(-1, 7), codes, words)

    @property
    def boxes(self) -> NDArray[np.int32]:
        """``(N, 4)`` px."""
        return self.numbers[:, 3:]

    @property
    def digest(self) -> str:
        """SHA-256 of all rows, as hex."""
        found = hashlib.sha256(repr((len(self), self.words.words)).encode())
        found.update(np.ascontiguousarray(self.numbers, "<i4").tobytes())
        found.update(np.ascontiguousarray(self.named, "<u2").tobytes())
        return found.hexdigest()

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Span: ...

    @overload
    def __getitem__(self, index: slice) -> list[Span]: ...

    def __getitem__(self, index: int | slice) -> Span | list[Span]:
        if isinstance(index, slice):
            return [self._row(*both) for both in zip(self.numbers[index], self.named[index], strict=True)]
        return self._row(self.numbers[index], self.named[index])

    def __iter__(self) -> Iterator[Span]:
        for start in range(0, len(self), _CHUNK):
            yield from self[start : start + _CHUNK]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(list(mine) == list(its) for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Spans of {len(self)} rows"

    def _row(self, numbers: NDArray[np.int32], named: NDArray[np.uint16]) -> Span:
        whole = numbers.tolist()
        return [*whole[:3], *(self.words.words[number] for number in named.tolist()), *whole[3:]]


_CHUNK = 1024
