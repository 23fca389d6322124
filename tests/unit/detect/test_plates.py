import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.detect import plates
from workbench.detect.lines import Line, distinct, lines_from_map, oriented, upright_boxes


def line(x, y, length, height, text=None, confidence=0.9, score=0.8, angle=0.0):
    quad = cv2.boxPoints(((x + length / 2, y + height / 2), (length, height), angle))
    return Line(oriented(quad), score, text, confidence)


def texts(lines):
    return [each.text for each in lines]


@pytest.mark.parametrize(
    "reading",
    ["B 123 CD", "AYO-9034", "RK·906AJ", "鲁R·C2808", "5EZP631", "1966", "BIMMIAN", "DüW KD 600", "SK5kgy", "V328 FNN"],
)
def test_readings_of_plates(reading):
    assert plates.plate_like(reading)


@pytest.mark.parametrize(
    "reading",
    ["", "E", "06", "Agenda for Monday", "www.example.org", "$4.99", "20% OFF", "THE LONG AND WINDING", "Exit"],
)
def test_readings_of_other_writing(reading):
    assert not plates.plate_like(reading)


@pytest.mark.parametrize(
    ("found", "is_plate"),
    [
        (line(100, 100, 120, 30, "B 123 CD"), True),
        (line(100, 100, 120, 30, "B 123 CD", angle=20), True),
        (line(100, 100, 40, 36, "62-5AX"), True),
        (line(100, 100, 120, 30, "Pharmacy"), False),
        (line(100, 100, 400, 30, "B 123 CD"), False),
        (line(100, 100, 120, 30, "", 0.0), True),
        (line(100, 100, 120, 30, "xq", 0.2), True),
        (line(100, 100, 120, 30), True),
        (line(100, 100, 32, 30, "", 0.0), False),
        (line(100, 100, 20, 5, "", 0.0), False),
    ],
    ids=["read", "slanted", "square", "word", "too long", "unreadable", "unsure", "unread", "round", "tiny"],
)
def test_a_single_line(found, is_plate):
    as_plates, as_texts = plates.split([found])
    assert (len(as_plates), len(as_texts)) == ((1, 0) if is_plate else (0, 1))


def test_nothing_found():
    assert plates.split([]) == ([], [])


def test_two_rows_of_a_motorcycle_plate_become_one():
    rows = [line(100, 100, 90, 40, "YC 62", score=0.6), line(100, 145, 90, 40, "1966", score=0.8)]
    found, rest = plates.split(rows)
    assert texts(found) == ["YC 62 1966"]
    assert rest == []
    assert found[0].score == pytest.approx(0.8)
    assert found[0].box == pytest.approx([100, 100, 190, 185], abs=1)


def test_fragments_in_a_row_become_one():
    found, rest = plates.split([line(160, 101, 50, 30, "KAX"), line(100, 100, 50, 30, "IF 10")])
    assert texts(found) == ["IF 10 KAX"]
    assert rest == []


def test_unreadable_neighbours_do_not_become_one_huge_plate():
    lamps = [line(100, 100, 300, 200, "", 0.0, score=0.6), line(430, 100, 300, 200, "人", 0.3, score=0.05)]
    found, rest = plates.split(lamps)
    assert sorted(each.length for each in [*found, *rest]) == pytest.approx([300, 300])


def test_a_block_of_lines_is_text_even_with_codes_in_it():
    rows = [line(50, 50 + 40 * row, 150, 30, reading) for row, reading in enumerate(["TODO 12", "SHIP 24", "CALL 7A3"])]
    found, rest = plates.split(rows)
    assert found == []
    assert texts(rest) == ["TODO 12", "SHIP 24", "CALL 7A3"]


def test_lamps_beside_a_plate_do_not_make_it_a_text():
    lamps = [line(40, 100, 45, 33, "", 0.0), line(230, 100, 45, 33, "1", 0.3), line(280, 100, 45, 33, "", 0.0)]
    found, _ = plates.split([line(100, 100, 120, 32, "RK 959 AD"), *lamps])
    assert "RK 959 AD" in texts(found)


def test_plates_of_two_cars_stay_apart():
    found, _ = plates.split([line(100, 100, 100, 25, "B 123 CD"), line(400, 100, 100, 25, "B 456 EF")])
    assert sorted(texts(found)) == ["B 123 CD", "B 456 EF"]


@given(st.lists(st.tuples(*[st.floats(0, 500), st.floats(0, 500), st.floats(6, 200), st.floats(6, 60)]), max_size=12))
def test_nothing_that_was_found_gets_lost(drawn):
    lines = [line(*numbers, text="", confidence=0.0) for numbers in drawn]
    covered = [each.box for part in plates.split(lines) for each in part]
    for each in lines:
        inside = [(box[:2] <= each.box[:2] + 0.5).all() and (box[2:] >= each.box[2:] - 0.5).all() for box in covered]
        assert any(inside)


@given(st.floats(-90, 90), st.floats(10, 300), st.floats(5, 100))
def test_upright_boxes_cover_a_slanted_line(angle, length, height):
    quad = oriented(cv2.boxPoints(((300.0, 300.0), (length, height), angle)))
    boxes = upright_boxes(quad)
    shares = np.random.default_rng(0).random((200, 2))
    points = quad[0] + shares[:, :1] * (quad[1] - quad[0]) + shares[:, 1:] * (quad[3] - quad[0])
    inside = (points[:, None] >= boxes[None, :, :2] - 0.01) & (points[:, None] <= boxes[None, :, 2:] + 0.01)
    assert inside.all(axis=2).any(axis=1).all()


def test_a_long_diagonal_line_does_not_cover_the_whole_picture():
    quad = oriented(cv2.boxPoints(((500.0, 500.0), (1000.0, 30.0), 45.0)))
    boxes = upright_boxes(quad)
    sides = boxes[:, 2:] - boxes[:, :2]
    assert (sides[:, 0] * sides[:, 1]).sum() < 0.2 * 700 * 700


def test_corners_start_where_reading_starts():
    level = oriented(np.array([[90, 40], [10, 40], [10, 20], [90, 20]], np.float32))
    assert level[0].tolist() == [10, 20]
    assert level[1].tolist() == [90, 20]


def test_two_looks_at_one_line_become_one_that_covers_both():
    near = [line(100, 100, 120, 30, score=0.9), line(104, 98, 125, 33, score=0.4)]
    found = distinct([*near, line(300, 300, 50, 20, score=0.2)])
    assert [each.score for each in found] == pytest.approx([0.9, 0.2])
    assert found[0].box == pytest.approx([100, 98, 229, 131], abs=1.5)


def test_a_small_line_inside_a_large_one_stays():
    assert len(distinct([line(0, 0, 400, 300, score=0.9), line(100, 100, 80, 20, score=0.5)])) == 2


def test_the_map_gives_scores_and_pixels_of_the_picture():
    found = np.zeros((100, 200), np.uint8)
    found[40:50, 50:110] = 204
    (only,) = lines_from_map(found, np.array([2, 3], np.float32))
    assert only.score == pytest.approx(0.75, abs=0.06)
    assert only.box[0] < 100 < 220 < only.box[2]
    assert only.box[1] < 120 < 150 < only.box[3]
    assert only.box == pytest.approx([84, 98, 236, 172], abs=6)


def test_writing_inside_a_ring_is_found():
    found = np.zeros((200, 200), np.uint8)
    cv2.circle(found, (100, 100), 90, 255, 6)
    found[95:105, 70:130] = 255
    assert any(each.length < 100 for each in lines_from_map(found, np.ones(2, np.float32)))
