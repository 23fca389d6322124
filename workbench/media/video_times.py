"""When each frame of a clip is shown: read from the packets alone where they tell it, else by decoding once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from workbench.values import FileError


@dataclass(frozen=True, eq=False)
class Timeline:
    """The shown frames of a clip, in order."""

    pts: NDArray[np.int64]
    """``(N,)`` what the decoder says of each frame, by which it is recognised; empty where it says nothing reliable"""
    ticks: NDArray[np.int64]
    """``(N,)`` when each is shown, since the first, in units of `time_base`; strictly rising"""
    time_base: Fraction
    """seconds"""
    last: int
    """how long the last frame is shown, in units of `time_base`"""
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """positions of frames from which decoding can begin; empty where the container cannot be trusted"""
    notes: tuple[str, ...] = ()
    start: Fraction = Fraction(0)
    """seconds on the clock of the file when the first frame is shown"""
    cut: bool = False
    """The file may hold more frames, which are left out: it is damaged after these."""

    def until(self, count: int) -> "Timeline":
        """Return the timeline of the first `count` frames, from 1 on; nobody looks at what comes after."""
        last = int(self.ticks[count] - self.ticks[count - 1]) if count < len(self) else self.last
        keys = self.keys[self.keys < count]
        return replace(self, pts=self.pts[:count], ticks=self.ticks[:count], last=last, keys=keys, cut=True)

    def __len__(self) -> int:
        return len(self.ticks)

    def time(self, index: int) -> Fraction:
        """Return when a frame is shown, in seconds."""
        return int(self.ticks[index]) * self.time_base

    def times(self) -> list[Fraction]:
        """Return when every frame is shown, in seconds."""
        return [tick * self.time_base for tick in self.ticks.tolist()]

    @property
    def duration(self) -> Fraction:
        """Seconds, to the end of the last frame."""
        return (int(self.ticks[-1]) + self.last) * self.time_base

    def index_at(self, time: Fraction | float) -> int:
        """Return the frame that is shown at `time` seconds; the nearest end where there is none."""
        found = int(np.searchsorted(self.ticks, float(time / self.time_base), side="right")) - 1
        return min(max(found, 0), len(self) - 1)


def timeline(
    stamps: Sequence[int | None],
    time_base: Fraction,
    rate: Fraction | None,
    name: str,
    *,
    durations: Sequence[int] = (),
    keys: Iterable[int] = (),
    recognised: bool = True,
) -> Timeline:
    """Return the timeline of frames with these time stamps.

    Parameters
    ----------
    stamps : sequence of int or None
        Of each shown frame, in the order in which they are shown, in units of `time_base`.
    time_base : Fraction, s
        The unit.
    rate : Fraction, optional
        Frames a second that the file announces.
    name : str
        The file's, for the refusal.
    durations : sequence of int
        Of each frame, 0 for unknown; only the last counts.
    keys : iterable of int
        See `Timeline.keys`.
    recognised : bool
        The decoder says these stamps of its frames; else they are only counted.

    Raises
    ------
    FileError
        When times are missing or stand still, and nothing says for certain what they were.
    """
    if not stamps:
        raise FileError(f"{name} holds no picture that can be shown: copy it again from its source.")
    known = [stamp for stamp in stamps if stamp is not None]
    if len(known) < len(stamps):
        return _by_rate(stamps, time_base, rate, name)
    pts = np.array(known, np.int64)
    gaps = np.diff(pts)
    notes: tuple[str, ...] = ()
    ticks = pts - pts[0]
    if (gaps <= 0).any():
        moved = _apart(ticks)
        if moved is None:
            return _by_rate(stamps, time_base, rate, name)
        late = int((moved != ticks).sum())
        notes = (f"{_frames(late)} stood at the time of the one before and came a moment later.",)
        ticks, pts = moved, np.zeros(0, np.int64)
    usual = round(1 / rate / time_base) if rate else 0
    if not recognised:
        pts = np.zeros(0, np.int64)
    typical = max(int(np.median(gaps)) if len(gaps) else usual, 1)
    last = durations[-1] if durations and durations[-1] > 0 else typical
    positions = np.array(list(keys), np.int64) if len(pts) else np.zeros(0, np.int64)
    return Timeline(pts, ticks, time_base, int(last), positions, notes, known[0] * time_base)


def _apart(ticks: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Move frames that share a time one tick apart, or return None where the next leaves no room for that."""
    if (np.diff(ticks) < 0).any():
        return None
    steps = np.arange(len(ticks))
    moved = np.maximum.accumulate(ticks - steps) + steps
    typical = int(np.median(np.diff(ticks)))
    return moved if int((moved - ticks).max()) * 4 <= typical else None


def _by_rate(stamps: Sequence[int | None], time_base: Fraction, rate: Fraction | None, name: str) -> Timeline:
    """Return a timeline at the announced rate, where no known time contradicts it."""
    first = stamps[0]
    if rate and rate > 0:
        step = 1 / rate / time_base
        start = Fraction(first) if first is not None else None
        for index, stamp in enumerate(stamps):
            if stamp is None:
                continue
            start = stamp - index * step if start is None else start
            if abs(stamp - start - index * step) > max(step / 2, Fraction(1)):
                break
        else:
            unit = Fraction(1, rate.numerator)
            ticks = np.arange(len(stamps), dtype=np.int64) * rate.denominator
            note = f"Not every frame has a reliable time: all are shown at the {float(rate):g} a second of the file."
            return Timeline(
                np.zeros(0, np.int64), ticks, unit, rate.denominator, notes=(note,), start=(start or 0) * time_base
            )
    raise FileError(f"{name} does not say when its frames are shown: convert it to MP4 first.")


def _frames(count: int) -> str:
    return "One frame" if count == 1 else f"{count} frames"
