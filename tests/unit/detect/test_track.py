"""What is one object over time, and what is known between its sights."""

from dataclasses import replace

import numpy as np
import pytest

from workbench.detect import between
from workbench.detect.track import Sights, link, overlap

FPS = 25


def sights(rows):
    """Return sights from (frame, middle x, middle y, side, score[, shot]) rows."""
    rows = sorted((*row, 0) if len(row) == 5 else row for row in rows)
    table = np.array(rows, float).reshape(-1, 6)
    places = np.column_stack([table[:, 1], table[:, 2], table[:, 3], table[:, 3]])
    frames = table[:, 0].astype(np.intp)
    return Sights(frames, frames / FPS, table[:, 5].astype(np.intp), places, table[:, 4].astype(np.float32))


def walking(x, step, frames, score=0.8, y=50.0, side=20.0):
    return [(frame, x + step * frame, y, side, score) for frame in frames]


def partners(seen, numbers):
    """Return, per track, the frames it was seen in."""
    return sorted(tuple(seen.frames[numbers == number].tolist()) for number in np.unique(numbers))


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([(3, 10, 10, 20, 0.06)], [(3,)]),
        (walking(10, 4, range(0, 10, 2)), [(0, 2, 4, 6, 8)]),
        (walking(10, 0, [0, 20]), [(0, 20)]),
        (walking(10, 0, [0, 40]), [(0,), (40,)]),
        ([(0, 10, 10, 20, 0.9), (2, 10, 10, 50, 0.9)], [(0,), (2,)]),
        ([(0, 10, 10, 20, 0.9, 0), (1, 10, 10, 20, 0.9, 1)], [(0,), (1,)]),
    ],
    ids=["nothing", "a single blip", "walking", "unseen for less than a second", "for longer", "other size", "cut"],
)
def test_every_sight_belongs_to_one_track(rows, expected):
    seen = sights(rows)
    assert partners(seen, link(seen)) == expected


def test_two_people_who_cross_stay_two():
    rows = walking(0, 4, range(0, 40, 2)) + walking(160, -4, range(0, 40, 2), y=70)
    seen = sights(rows)
    numbers = link(seen)
    for start in (0, 160):
        first = numbers[(seen.frames == 0) & (seen.places[:, 0] == start)][0]
        last = numbers[(seen.frames == 38) & (np.abs(seen.places[:, 0] - (start + (152 if not start else -152))) < 1)]
        assert first == last[0]


def test_a_small_face_that_moves_by_more_than_its_size_is_one():
    seen = sights(walking(0, 7, range(0, 30, 3), side=12.0))
    assert len(set(link(seen).tolist())) == 1


def test_a_weak_blip_beside_a_face_does_not_take_its_next_sight():
    rows = [(0, 50, 50, 14, 0.6), (0, 57, 50, 14, 0.07), (2, 64, 50, 14, 0.5)]
    seen = sights(rows)
    numbers = link(seen)
    assert numbers[seen.scores > 0.55] == numbers[(seen.frames == 2)]


def test_a_weak_sight_goes_to_the_object_that_is_there_and_does_not_carry_it_away():
    rows = [*walking(50, 0, range(0, 10, 2)), (10, 51, 50, 20, 0.06), (12, 80, 50, 20, 0.06)]
    seen = sights(rows)
    assert partners(seen, link(seen)) == [(0, 2, 4, 6, 8, 10), (12,)]


def test_overlap_is_of_grown_boxes_of_like_size():
    one = np.array([[0.0, 0, 10, 10]])
    assert overlap(one, one)[0, 0] == pytest.approx(1)
    assert overlap(one, np.array([[15.0, 0, 10, 10]]))[0, 0] > 0
    assert overlap(one, np.array([[25.0, 0, 10, 10], [0, 0, 30, 30]])).tolist() == [[0, 0]]


def edges(places):
    return np.concatenate([places[:, :2] - places[:, 2:] / 2, places[:, :2] + places[:, 2:] / 2], axis=1)


def contains(outer, inner, slack=1e-3):
    return bool((outer[:, :2] <= inner[:, :2] + slack).all() and (outer[:, 2:] >= inner[:, 2:] - slack).all())


def test_steadied_places_contain_everything_that_was_seen():
    chance = np.random.default_rng(3)
    rows = [
        (frame, 10 + 3 * frame + chance.normal(0, 2), 50 + chance.normal(0, 2), chance.uniform(12, 28), chance.random())
        for frame in range(0, 80, 2)
    ]
    seen = sights(rows)
    assert contains(edges(between.steadied(seen)), edges(seen.places))


def test_a_place_that_is_much_too_small_is_grown_to_what_is_seen_around_it():
    seen = sights([(frame, 50, 50, 8 if frame == 10 else 20, 0.8) for frame in range(0, 21, 2)])
    steady = between.steadied(seen)
    assert steady[5, 2] > 14
    assert steady[[0, -1], 2].tolist() == [20, 20]


def test_a_walker_is_followed_without_lag():
    seen = sights([(frame, 10 + 3 * frame, 50, 20, 0.8) for frame in range(0, 40, 2)])
    assert np.abs(between.steadied(seen) - seen.places).max() < 1e-6


def test_a_single_sight_stays_where_it_was_seen():
    seen = sights([(0, 10, 20, 30, 0.3)])
    assert between.steadied(seen).tolist() == seen.places.tolist()


def looks(frames, shots=None):
    frames = np.array(frames, np.intp)
    areas = np.tile([0.0, 0, 1000, 1000], (len(frames), 1))
    return between.Glances(frames, frames / FPS, np.zeros(len(frames), np.intp), areas, np.ones(len(frames), bool))


def surest(rows, frames=range(0, 60, 2)):
    glances = looks(frames)
    _, scores = between.supported(glances, np.arange(len(glances.frames)), sights(rows), 0.12)
    return float(scores.max())


def test_neighbours_in_time_make_a_faint_object_sure():
    assert surest([(30, 10, 10, 20, 0.25)]) < 0.1
    assert surest(walking(10, 0, range(0, 60, 2), score=0.15)) >= 0.2
    assert surest([(30, 10, 10, 20, 0.5)]) >= 0.2  # one strong sight needs nobody


@pytest.mark.parametrize("seed", range(20))
def test_no_object_is_surer_than_was_foreseen(seed):
    rng = np.random.default_rng(seed)
    tracks = [sorted(rng.choice(30, rng.integers(1, 20), replace=False) * 2) for _ in range(4)]
    rows = [[(frame, 10, 10, 20, rng.uniform(0.05, 0.6)) for frame in frames] for frames in tracks]
    numbers = np.concatenate([np.full(len(own), number) for number, own in enumerate(rows)])
    scores = np.array([row[-1] for own in rows for row in own], np.float32)
    every = sights([(0, 10, 10, 20, 0.1)])[np.zeros(len(numbers), np.intp)]
    foreseen = between.highest(replace(every, scores=scores), numbers, 0.12)
    assert all(surest(own) <= most + 1e-6 for own, most in zip(rows, foreseen, strict=True))


def test_a_single_faint_blip_is_foreseen_to_stay_one():
    assert between.highest(sights([(3, 10, 10, 20, 0.06)]), np.array([0]), 0.12)[0] < 0.05


def test_a_resting_object_is_as_sure_when_its_place_is_looked_at_once_a_second():
    often = surest(walking(10, 0, range(0, 250, 2), score=0.15), range(0, 250, 2))
    seldom = surest(walking(10, 0, range(0, 250, 25), score=0.15), range(0, 250, 25))
    assert seldom == pytest.approx(often, abs=0.01)


def test_what_nobody_looked_at_may_hold_the_object():
    glances = looks([0, 10, 20, 30])
    start, end = between.reach(glances, np.arange(4), sights([(10, 5, 5, 10, 0.9), (20, 5, 5, 10, 0.9)]))
    assert (start, end) == (0, 30 / FPS)
    start, end = between.reach(glances, np.array([1, 2]), sights([(10, 5, 5, 10, 0.9), (20, 5, 5, 10, 0.9)]))
    assert (start, end) == (10 / FPS - 1, 20 / FPS + 1)
