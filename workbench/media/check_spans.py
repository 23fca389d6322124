"""Follow the rows of a video through its frames and remember where a mask is missing."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from workbench.media import check_fills, check_regions
from workbench.media.check_areas import Region
from workbench.media.check_insets import Picture, Plane
from workbench.media.check_masks import FILLS, Area, Colour, Span, areas
from workbench.media.video_values import Video


@dataclass
class _Bad:
    """Where one region was found wanting."""

    name: str
    said: str
    first: int
    last: int
    frames: int = 1


class _Remembered:
    """Sentences about regions, one for each region however many frames it concerns."""

    def __init__(self) -> None:
        self._bad: dict[tuple[int, str], _Bad] = {}

    def add(self, span: Span, name: str, said: str, frame: int) -> None:
        """Remember that a region was not hidden in a frame."""
        known = self._bad.setdefault((span.track, span.kind), _Bad(name, said, frame, frame, 0))
        known.last, known.frames = frame, known.frames + 1

    def messages(self) -> Iterator[str]:
        """Yield a sentence for each region."""
        for bad in self._bad.values():
            said = f"{bad.name} {bad.said}".strip()
            if bad.frames == 1:
                yield f"frame {bad.first}: {said}"
            else:
                yield f"{bad.frames} frames from {bad.first} to {bad.last}: in the first {said}"


class _Active:
    """The spans that hold in a frame; frames are asked for in order, and so are spans, by their first frames."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._waiting = iter(spans)
        self._next = next(self._waiting, None)
        self.now: list[Span] = []

    def step(self, frame: int) -> bool:
        """Go on to a frame; tell whether the spans are others than before."""
        before = len(self.now)
        self.now = [span for span in self.now if span.last >= frame]
        changed = len(self.now) != before
        while self._next is not None and self._next.first <= frame:
            if self._next.last >= frame:
                self.now.append(self._next)
                changed = True
            self._next = next(self._waiting, None)
        return changed


class Masks:
    """Looks at every filled region in every frame."""

    def __init__(self, spans: Iterable[Span], picture: Picture, colours: Mapping[str, tuple[Colour, ...]]) -> None:
        self._active = _Active(span for span in spans if span.method in FILLS)
        self._picture, self._colours = picture, colours
        self._areas: list[Area] = []
        self._found = _Remembered()

    def look(self, frame: int, planes: Sequence[Plane]) -> None:
        """Look at a frame's planes."""
        if self._active.step(frame):
            self._areas = areas(self._active.now, self._picture, self._colours)
        for area in self._areas:
            if said := check_fills.problem(area, planes, self._picture.unit):
                self._found.add(area.spans[0], area.name, said, frame)

    def messages(self) -> Iterator[str]:
        """Yield a sentence for each region that was not hidden."""
        return self._found.messages()


class SoftSpans:
    """Compares blurred and pixelated regions with the source, where there is one."""

    def __init__(self, spans: Iterable[Span], source: Video | None, size: tuple[int, int]) -> None:
        soft = source is not None and any(span.method not in FILLS for span in spans)
        self._active = _Active(span for span in (spans if soft else ()) if span.method not in FILLS)
        self._size = size
        self._found = _Remembered()
        self._ended = False
        self._before = _upright(source) if source is not None and soft else None

    def look(self, frame: int, planes: Sequence[Plane]) -> None:
        """Look at a frame's brightness beside the source's."""
        if self._before is None or self._ended:
            return
        old = next(self._before, None)
        self._active.step(frame)
        if old is None:
            self._ended = True
            return
        if self._active.now:
            new = _eight_bit(planes[0])
            old = old if old.shape == new.shape else cv2.resize(old, self._size, interpolation=cv2.INTER_AREA)
            for span in self._active.now:
                region = Region(span.kind, span.method, span.shape, span.box)
                for said in check_regions.compared(new, [region], old):
                    self._found.add(span, "", said, frame)

    def messages(self) -> Iterator[str]:
        """Yield a sentence for each region in which the source is found again."""
        if self._ended:
            yield "the source has fewer frames than the output"
        yield from self._found.messages()

    def close(self) -> None:
        """Stop reading the source."""
        if self._before is not None:
            self._before.close()


def _upright(source: Video) -> Generator[Plane, None, None]:
    for frame in source.frames():
        yield _eight_bit(frame.planes[0])


def _eight_bit(plane: Plane) -> Plane:
    return plane if plane.dtype == np.uint8 else np.asarray(plane >> 2, np.uint8)
