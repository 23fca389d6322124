"""Presentation times where files tell them badly."""

import hashlib
from fractions import Fraction

import pytest

from workbench.media.video import times_digest
from workbench.media.video_times import timeline
from workbench.values import FileError

BASE, RATE = Fraction(1, 1000), Fraction(25)


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ([0], [0]),
        ([7, 47, 87], [0, 40, 80]),
        ([-40, 0, 35, 300], [0, 40, 75, 340]),
        ([0, 40, 40, 80, 120], [0, 40, 41, 80, 120]),
        ([0, 40, 40, 40, 80, 120], [0, 40, 41, 42, 80, 120]),
        ([None, None, None], [0, 40, 80]),
        ([0, None, 80, 120], [0, 40, 80, 120]),
        ([40, None, None, 161], [0, 40, 80, 120]),
    ],
)
def test_times_that_are_certain(stamps: list[int | None], expected: list[int]) -> None:
    line = timeline(stamps, BASE, RATE, "a.mp4")
    assert line.times() == [Fraction(value, 1000) for value in expected]
    assert bool(line.notes) == (None in stamps or len(set(stamps)) < len(stamps))


@pytest.mark.parametrize(
    ("stamps", "rate"),
    [
        ([], RATE),
        ([0, None, 300], RATE),
        ([0, None, 80], None),
        ([0, 80, 40, 400], RATE),
        ([0, 0, 0, 0], None),
    ],
)
def test_times_that_nobody_can_know(stamps: list[int | None], rate: Fraction | None) -> None:
    with pytest.raises(FileError, match=r"^a\.mp4 .*\.$"):
        timeline(stamps, BASE, rate, "a.mp4")


def test_the_last_frame_lasts_as_long_as_the_file_says_or_as_usual() -> None:
    assert timeline([0, 40, 80], BASE, RATE, "a", durations=[40, 40, 100]).duration == Fraction(180, 1000)
    assert timeline([0, 40, 80], BASE, RATE, "a", durations=[0, 0, 0]).duration == Fraction(120, 1000)
    assert timeline([0], BASE, RATE, "a").duration == Fraction(40, 1000)


def test_the_digest_is_of_plain_lines_relative_to_the_first() -> None:
    expected = hashlib.sha256(b"0/1\n1/25\n1001/12000\n").hexdigest()
    assert times_digest([Fraction(3), Fraction(76, 25), 3 + Fraction(1001, 12000)]) == expected
    assert times_digest([]) == hashlib.sha256(b"").hexdigest()
