"""Which frames are chosen: numbers in, numbers out."""

from fractions import Fraction

import numpy as np
import pytest

from workbench.values import UsageError
from workbench.video.sample import Choice, Movement, pick, spread, thinned


def steady(frames, rate=25):
    return [Fraction(number, rate) for number in range(frames)]


def moved(change, cuts=()):
    found = np.zeros(len(change), bool)
    found[list(cuts)] = True
    return Movement(found, np.array(change, float))


def chosen(choice, frames=100, objects=(), times=None, movement=None):
    has = np.zeros(frames, bool)
    has[list(objects)] = True
    return pick(choice, steady(frames) if times is None else times, has, movement)


@pytest.mark.parametrize(
    ("choice", "frames", "expected"),
    [
        (Choice(every=30), 0, []),
        (Choice(every=30), 100, [0, 30, 60, 90]),
        (Choice(), 100, [0, 25, 50, 75]),
        (Choice(per_second=0.5), 101, [0, 50, 100]),
        (Choice(per_second=100), 4, [0, 1, 2, 3]),
        (Choice(per_second=10), 9, [0, 3, 5, 8]),
        (Choice(per_second=1), 0, []),
    ],
)
def test_every_so_many_frames_or_seconds(choice, frames, expected):
    assert chosen(choice, frames) == expected


def test_seconds_are_those_of_the_clock_where_the_rate_varies():
    times = [Fraction(0), Fraction(1, 10), Fraction(2), Fraction(21, 10), Fraction(7, 2), Fraction(5)]
    assert chosen(Choice(per_second=1), 6, times=times) == [0, 2, 4, 5]


def test_only_frames_with_objects():
    assert chosen(Choice(every=10, only_with_objects=True), objects=range(15, 45)) == [20, 30, 40]
    assert chosen(Choice(every=10, only_with_objects=True)) == []


def test_so_many_from_each_scene():
    movement = moved(np.zeros(100), cuts=[40, 42])
    assert chosen(Choice(per_scene=3), movement=movement) == [6, 20, 33, 40, 41, 51, 71, 90]
    some = chosen(Choice(per_scene=2, only_with_objects=True), objects=[*range(10, 20), 41], movement=movement)
    assert some == [12, 17, 41]


def test_motion_brings_many_frames_where_much_changes_and_none_where_nothing_does():
    change = np.zeros(100)
    change[20:30], change[60:70] = 0.3, 0.1
    found = chosen(Choice(by_motion=8), movement=moved(change))
    assert len(found) == 8
    assert sum(20 <= frame < 30 for frame in found) == 6
    assert sum(60 <= frame < 70 for frame in found) == 2


def test_a_flash_is_not_worth_all_the_pictures():
    change = np.full(100, 0.01)
    change[50] = 1.0
    found = chosen(Choice(by_motion=10), movement=moved(change))
    assert len(found) == 10
    assert max(np.diff(found)) < 20


def test_a_still_picture_is_taken_once():
    assert chosen(Choice(by_motion=10), movement=moved(np.zeros(100))) == [50]
    assert chosen(Choice(by_motion=10, only_with_objects=True), movement=moved(np.zeros(100))) == []


def test_the_limit_holds_for_all_videos_together_and_in_proportion():
    picked = [list(range(80)), [], list(range(20))]
    kept = thinned(picked, 10)
    assert [len(frames) for frames in kept] == [8, 0, 2]
    assert thinned(picked, 0) == picked
    assert thinned(picked, 500) == picked
    assert thinned([[3, 4]], 1) == [[4]]


def test_spreading_leaves_out_the_ends():
    assert spread(range(10), 2) == [2, 7]
    assert spread([], 3) == []


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"every": 2, "per_scene": 3}, "every and per scene"),
        ({"every": -1}, "-1"),
        ({"per_second": float("nan")}, "nan"),
        ({"per_second": float("inf")}, "inf"),
        ({"per_second": 5000}, "5000"),
        ({"limit": -3}, "-3"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(settings, says):
    with pytest.raises(UsageError, match=says):
        Choice(**settings)


def test_a_choice_says_what_it_is():
    assert Choice().describe() == "1 a second"
    assert Choice(every=5, only_with_objects=True).describe() == "one in 5 frames, only with something hidden"
    assert Choice(by_motion=5, limit=9).describe() == "at most 5 from each video, where most changes, at most 9 in all"
