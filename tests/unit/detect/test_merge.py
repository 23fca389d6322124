import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import geometry
from workbench.detect import merge
from workbench.detect.merge import ALIKE, SLACK
from workbench.values import Detections, Kind


def found(kind, *rows, origin="x"):
    rows = np.array(rows, np.float32).reshape(-1, 5)
    return Detections.of(kind, rows[:, :4], rows[:, 4], origin)


@st.composite
def some_detections(draw):
    count = draw(st.integers(0, 8))
    number = st.integers(0, 40)
    rows = [[draw(number), draw(number), draw(st.integers(1, 40)), draw(st.integers(1, 40))] for _ in range(count)]
    boxes = np.array([[x, y, x + w, y + h] for x, y, w, h in rows], np.float32).reshape(-1, 4)
    scores = [draw(st.sampled_from([0.05, 0.2, 0.5, 0.9])) for _ in range(count)]
    kinds = [draw(st.sampled_from([Kind.FACE, Kind.PLATE, Kind.TEXT])) for _ in range(count)]
    return Detections(boxes, np.array(scores, np.float32), np.array(kinds, dtype=np.str_), np.full(count, "x"))


def rows_of(detections):
    columns = (detections.boxes.tolist(), detections.scores.tolist(), detections.kinds.tolist())
    return [(tuple(box), score, kind) for box, score, kind in zip(*columns, strict=True)]


@given(st.lists(some_detections(), max_size=3))
def test_every_box_survives_or_a_better_one_stands_for_it(parts):
    merged = merge(parts)
    for box, score, kind in [row for part in parts for row in rows_of(part)]:
        kinds = [kind, Kind.PLATE] if kind == Kind.TEXT else [kind]
        better = merged.boxes[(merged.scores >= score) & np.isin(merged.kinds, kinds)]
        room = geometry.pad(better, 2 * SLACK + 0.01)  # a text may go for a box that itself went for a plate
        inside = (room[:, :2] <= box[:2]).all(axis=1) & (room[:, 2:] >= box[2:]).all(axis=1)
        assert inside.any()


@given(st.lists(some_detections(), max_size=3), st.randoms())
def test_the_order_of_the_parts_does_not_matter(parts, random):
    shuffled = random.sample(parts, len(parts))
    assert rows_of(merge(parts)) == rows_of(merge(shuffled))


@given(st.lists(some_detections(), max_size=3))
def test_merging_adds_nothing_and_is_done_after_once(parts):
    merged = merge(parts)
    assert set(rows_of(merged)) <= {row for part in parts for row in rows_of(part)}
    assert rows_of(merge([merged])) == rows_of(merged)
    assert (np.diff(merged.scores) <= 0).all()


def test_nothing():
    assert len(merge([])) == len(merge([Detections.empty(), Detections.empty()])) == 0


def test_two_detectors_that_agree_give_the_better_box():
    merged = merge([found(Kind.FACE, [0, 0, 100, 100, 0.6], origin="a"), found(Kind.FACE, [3, 0, 103, 100, 0.8])])
    assert rows_of(merged) == [((3, 0, 103, 100), pytest.approx(0.8), "face")]


@pytest.mark.parametrize(
    "other",
    [
        [0, 0, 100, 165, 0.5],  # alike, but sticking out too far
        [70, 70, 99, 99, 0.5],  # in the corner, where an ellipse would not cover it
        [60, 0, 160, 100, 0.5],  # beside it
    ],
)
def test_boxes_that_differ_much_are_both_kept(other):
    assert len(merge([found(Kind.FACE, [0, 0, 100, 100, 0.6]), found(Kind.FACE, other)])) == 2
    assert 0 < ALIKE < 1


def test_a_plate_wins_over_the_text_on_it_but_not_over_surer_text():
    plate = found(Kind.PLATE, [0, 0, 100, 30, 0.5])
    assert merge([plate, found(Kind.TEXT, [2, 1, 98, 29, 0.5])]).kinds.tolist() == ["plate"]
    assert sorted(merge([plate, found(Kind.TEXT, [2, 1, 98, 29, 0.9])]).kinds) == ["plate", "text"]
    assert sorted(merge([plate, found(Kind.TEXT, [0, 0, 300, 90, 0.3])]).kinds) == ["plate", "text"]


def test_other_kinds_do_not_meet():
    box = [0, 0, 10, 10, 0.5]
    assert len(merge([found(Kind.FACE, box), found(Kind.PERSON, box), found(Kind.SCREEN, box)])) == 3
