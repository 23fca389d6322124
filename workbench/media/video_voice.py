"""Make voices unrecognisable to a listener: pitch and resonances moved, by amounts that keep changing.

A phase vocoder (Flanagan and Golden 1966; the pitch is moved as in Laroche and Dolson 1999) on the excitation, and a
warp of the spectral envelope (its cepstrum, cut above 1.5 ms), which holds the shape of the vocal tract. Both factors
wander on their own random paths.

What it is worth: who knows a fixed factor undoes it with one command. Here the two paths come from the operating
system's random numbers and are stored nowhere; there is no key. But it is no proof against analysis: a steady tone
in the background (mains hum, music) shows the pitch's path, and a program trained on such disguises recognises
speakers better than chance (the pitch and McAdams baselines of the VoicePrivacy challenges). What is said, and how,
stays; names stay. Where that matters, drop the sound.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

PITCH = ((0.68, 0.82), (1.28, 1.55))
"""factors, lower or higher; which of the two is drawn once for each clip"""
RESONANCES = ((0.78, 0.90), (1.12, 1.28))
"""likewise, drawn for itself"""
_WINDOW = 0.043
"""seconds, about: several periods of the lowest voice"""
_OVERLAP = 4
_LIFTER = 0.0015
"""seconds: shorter than any voice's period, so that the envelope holds no pitch"""
_PACE = (0.4, 1.2)
"""seconds from one turning point of a path to the next"""
_LOUDER = 4
"""at most, so that faint noise stays faint"""
_FRAMES = 64
"""handled at once: about 0.7 s"""


class Path:
    """A factor that wanders smoothly and at random between two bounds, for as long as it is asked."""

    def __init__(self, random: np.random.Generator, bounds: tuple[float, float]) -> None:
        self._random, self._bounds = random, bounds
        self._knots = [(0.0, random.uniform(*bounds)), (random.uniform(*_PACE), random.uniform(*bounds))]

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the factor at rising times (seconds), none before those of an earlier call."""
        while self._knots[-1][0] < times[-1]:
            last = self._knots[-1][0]
            self._knots.append((last + self._random.uniform(*_PACE), self._random.uniform(*self._bounds)))
        while self._knots[1][0] < times[0]:
            del self._knots[0]
        where, what = (np.array(column) for column in zip(*self._knots, strict=True))
        after = np.clip(np.searchsorted(where, times), 1, len(where) - 1)
        share = (times - where[after - 1]) / (where[after] - where[after - 1])
        ease = (1 - np.cos(np.pi * np.clip(share, 0, 1))) / 2
        smooth: NDArray[np.float64] = what[after - 1] + (what[after] - what[after - 1]) * ease
        return smooth


class Disguise:
    """Disguise sound block by block; what comes out is as long as what went in, and in step with it.

    Parameters
    ----------
    rate : int
        Samples a second.
    channels : int
    seed : int, optional
        For tests. Without it the operating system's random numbers are used, and nobody knows them.
    """

    def __init__(self, rate: int, channels: int, seed: int | None = None) -> None:
        random = np.random.default_rng(seed)
        self._pitch = Path(random, PITCH[random.integers(2)])
        self._resonances = Path(random, RESONANCES[random.integers(2)])
        self._rate = rate
        self._size = 1 << round(np.log2(rate * _WINDOW))
        self._hop = self._size // _OVERLAP
        self._lifter = max(round(rate * _LIFTER), 4)
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        bins = self._size // 2 + 1
        # One window of silence before the first sample, so that every sample is in as many windows as any other.
        self._waiting = np.zeros((channels, self._size), np.float32)
        self._tail = np.zeros((channels, self._size), np.float32)
        self._phases = np.zeros((channels, 1, bins))
        self._turned = np.zeros((channels, 1, bins))
        self._frame = 0
        self._fed = self._given = 0
        self._early = self._size

    def feed(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what is finished after another block ``(C, n)``; it may be empty."""
        self._fed += block.shape[1]
        self._waiting = np.concatenate([self._waiting, block], axis=1)
        return self._counted(list(self._finished()))

    def flush(self) -> NDArray[np.float32]:
        """Return the rest."""
        silence = np.zeros((len(self._waiting), 2 * self._size + _FRAMES * self._hop), np.float32)
        self._waiting = np.concatenate([self._waiting, silence], axis=1)
        return self._counted(list(self._finished()))

    def _counted(self, parts: list[NDArray[np.float32]]) -> NDArray[np.float32]:
        done = np.concatenate([np.zeros((len(self._waiting), 0), np.float32), *parts], axis=1)
        drop = min(self._early, done.shape[1])
        self._early -= drop
        done = done[:, drop : drop + self._fed - self._given]
        self._given += done.shape[1]
        return done

    def _finished(self) -> Iterator[NDArray[np.float32]]:
        need = self._size + (_FRAMES - 1) * self._hop
        while self._waiting.shape[1] >= need:
            pieces = np.lib.stride_tricks.sliding_window_view(self._waiting[:, :need], self._size, axis=1)
            changed = self._changed(pieces[:, :: self._hop] * self._window) * self._window
            total = np.zeros((len(changed), need + self._hop), np.float32)
            total[:, : self._size] = self._tail
            for number in range(_FRAMES):
                at = number * self._hop
                total[:, at : at + self._size] += changed[:, number] / (_OVERLAP * 0.375)
            ready = _FRAMES * self._hop
            self._tail = total[:, ready : ready + self._size]
            self._waiting = self._waiting[:, ready:]
            yield total[:, :ready]

    def _changed(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return windows ``(C, F, size)`` with pitch and resonances moved."""
        spectrum = np.fft.rfft(pieces)
        loud, phases = np.abs(spectrum), np.angle(spectrum)
        bins = np.arange(loud.shape[2])
        times = (self._frame + np.arange(loud.shape[1])) * self._hop / self._rate
        self._frame += loud.shape[1]
        pitch, resonances = (path.at(times)[:, None] for path in (self._pitch, self._resonances))

        step = 2 * np.pi / _OVERLAP  # by which bin 1 turns from one window to the next
        turns = np.diff(phases, axis=1, prepend=self._phases) - step * bins
        frequency = bins + (turns - 2 * np.pi * np.round(turns / (2 * np.pi))) / step  # in bins
        self._phases = phases[:, -1:]

        envelope = self._envelope(loud)
        flat = loud / envelope
        source = _index(bins / pitch, loud.shape)
        inside = bins / pitch < bins[-1]
        moved = np.take_along_axis(flat, source, 2) * inside
        moved *= np.take_along_axis(envelope, _index(bins / resonances, loud.shape), 2)
        # Harmonics that leave or enter the band must not make the voice louder or softer.
        moved *= np.sqrt((loud**2).sum(2, keepdims=True) / ((moved**2).sum(2, keepdims=True) + 1e-12)).clip(0, _LOUDER)
        turned = np.cumsum(step * np.take_along_axis(frequency, source, 2) * pitch, axis=1) + self._turned
        self._turned = turned[:, -1:] % (2 * np.pi)
        return np.fft.irfft(moved * np.exp(1j * turned), self._size).astype(np.float32)

    def _envelope(self, loud: NDArray[np.floating]) -> NDArray[np.floating]:
        cepstrum = np.fft.irfft(np.log(loud + 1e-6))
        cepstrum[..., self._lifter : -self._lifter + 1] = 0
        return np.exp(np.fft.rfft(cepstrum).real)


def _index(where: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.intp]:
    nearest = np.minimum(np.round(where), shape[2] - 1).astype(np.intp)
    return np.broadcast_to(nearest[None], shape)
