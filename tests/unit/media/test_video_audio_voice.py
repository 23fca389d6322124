"""Voices are disguised: pitch and resonances move, length and step do not."""

from fractions import Fraction

import numpy as np
import pytest
from video_writing import RATE, clip_of, heard, movie, steady, with_sound

from workbench.media.video_audio import sound
from workbench.media.video_voice import PITCH, RESONANCES, Disguise, Path


def vowel(pitch: float, seconds: float = 4.0, resonances=(700, 1220, 2600), rate: int = RATE) -> np.ndarray:
    """Return a sung "a", ``(n,)`` float32: harmonics of `pitch` Hz under three resonances."""
    times = np.arange(round(seconds * rate)) / rate
    sung = np.zeros_like(times)
    for number in range(1, int(4000 / pitch)):
        loud = sum(1 / (1 + ((number * pitch - place) / 90) ** 2) for place in resonances) + 0.003
        sung += loud * np.sin(2 * np.pi * number * pitch * times + number)
    return (sung / np.abs(sung).max() / 2).astype(np.float32)


def pitches(samples: np.ndarray, lowest: float, highest: float, rate: int = RATE) -> np.ndarray:
    """Return the fundamental (Hz) of every 80 ms by autocorrelation, looked for between two bounds."""
    size = round(0.08 * rate)
    found = []
    for at in range(0, len(samples) - size, size):
        power = np.abs(np.fft.rfft(samples[at : at + size], 4 * size)) ** 2
        alike = np.fft.irfft(power)[: size // 2] / (1 - np.arange(size // 2) / size)
        first, last = int(rate / highest), int(rate / lowest)
        found.append(rate / (first + np.argmax(alike[first:last])))
    return np.array(found)


def disguised(samples: np.ndarray, seed: int | None = 1, rate: int = RATE, parts: int = 9) -> np.ndarray:
    work = Disguise(rate, 1, seed)
    return np.concatenate([work.feed(part[None]) for part in np.array_split(samples, parts)] + [work.flush()], axis=1)[
        0
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("pitch", [110, 210])
def test_the_pitch_moves_and_keeps_moving(pitch, seed):
    ratio = pitches(disguised(vowel(pitch), seed), pitch * 0.6, pitch * 1.7) / pitch
    away = np.abs(np.log(ratio)) > np.log(1.15)
    assert away.mean() > 0.9
    kept = ratio[away]
    lower, higher = PITCH
    assert lower[0] * 0.95 < np.median(kept) < lower[1] * 1.05 or higher[0] * 0.95 < np.median(kept) < higher[1] * 1.05
    assert np.percentile(kept, 90) / np.percentile(kept, 10) > 1.03


@pytest.mark.parametrize("seed", range(4))
def test_the_resonances_move_by_themselves(seed):
    # A whisper: noise under resonances, so that no pitch hides where they are.
    noise = np.fft.rfft(np.random.default_rng(seed).normal(0, 0.1, 4 * RATE))
    where = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    whisper = np.fft.irfft(noise / (1 + ((where - 2000) / 150) ** 2)).astype(np.float32)
    power = np.abs(np.fft.rfft(disguised(whisper, seed))) ** 2
    centre = (where * power)[where < 5000].sum() / power[where < 5000].sum()
    lower, higher = RESONANCES
    moved = centre / 2000
    assert lower[0] * 0.97 < moved < lower[1] * 1.03 or higher[0] * 0.97 < moved < higher[1] * 1.05


def test_no_two_runs_are_alike():
    sung = vowel(150, 1)
    assert not np.allclose(disguised(sung, None), disguised(sung, None), atol=0.05)


@pytest.mark.parametrize("count", [0, 1, 100, 2048, RATE + 7])
@pytest.mark.parametrize("parts", [1, 5])
@pytest.mark.parametrize("rate", [8000, 48000])
def test_length_stays(count, parts, rate):
    assert len(disguised(np.zeros(count, np.float32), rate=rate, parts=parts)) == count


def test_blocks_do_not_matter():
    sung = vowel(150, 1)
    assert np.array_equal(disguised(sung, parts=1), disguised(sung, parts=50))


def test_a_knock_stays_where_it_is():
    knock = np.zeros(2 * RATE, np.float32)
    knock[RATE : RATE + 240] = np.random.default_rng(0).normal(0, 0.3, 240)
    energy = np.cumsum(disguised(knock).astype(float) ** 2)
    assert np.searchsorted(energy, energy[-1] / 2) / RATE == pytest.approx(1.0025, abs=0.015)


def test_silence_stays_silent():
    assert np.abs(disguised(np.zeros(RATE, np.float32))).max() < 1e-4


def test_loudness_stays():
    sung = vowel(150, 2)
    assert np.std(disguised(sung)) == pytest.approx(np.std(sung), rel=0.3)


def test_a_path_stays_within_its_bounds_and_is_one_curve():
    bounds = (0.7, 0.8)
    times = np.arange(0, 30, 0.01)
    whole = Path(np.random.default_rng(3), bounds).at(times)
    in_parts = Path(np.random.default_rng(3), bounds)
    assert np.array_equal(whole, np.concatenate([in_parts.at(part) for part in np.array_split(times, 40)]))
    assert whole.min() >= bounds[0] and whole.max() <= bounds[1]
    assert np.abs(np.diff(whole)).max() < 0.01
    assert np.ptp(whole) > 0.05


def test_the_written_file_holds_the_disguised_voice(tmp_path):
    samples = (vowel(120, 2) * 32767).astype(np.int16)[:, None]
    source = with_sound(tmp_path / "source.mov", samples, "pcm_s16le")
    found = sound(source, "distort")
    assert found is not None and found.words == "distorted"
    done = movie(clip_of(), tmp_path / "out.mp4", steady(50), parts=30, last=Fraction(1, 25), audio=found)
    rate, spoken = heard(done)
    assert spoken.shape[1] == pytest.approx(2 * rate, abs=1025)
    ratio = pitches(spoken[0], 70, 200, rate) / 120
    assert (np.abs(np.log(ratio)) > np.log(1.15)).mean() > 0.9
