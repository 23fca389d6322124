"""A drawn box is followed through made-up frames whose every position is known."""

import cv2
import numpy as np
import pytest

from workbench.corrections import key_boxes
from workbench.detect.follow import follow

WIDTH, HEIGHT, FRAMES = 320, 180, 60
RANDOM = np.random.default_rng(7)
GROUND = cv2.GaussianBlur(RANDOM.integers(0, 255, (HEIGHT, WIDTH), np.uint8), (0, 0), 3)
PATCH = cv2.GaussianBlur(RANDOM.integers(0, 255, (40, 30), np.uint8), (0, 0), 1.2)
OTHER = cv2.GaussianBlur(RANDOM.integers(0, 255, (HEIGHT, WIDTH), np.uint8), (0, 0), 5)


def place(index, speed=3.0, grow=0.0):
    size = np.array([30, 40]) * (1 + grow * index)
    left = np.array([40 + speed * index, 60 + 0.5 * index])
    return np.concatenate([left, left + size])


class Clip:
    """Frames with a textured object that walks to the right."""

    def __init__(self, *, gone=(), cut=None, **motion):
        self.gone, self.cut, self.motion, self.reads = gone, cut, motion, []

    def strip(self, first, last):
        self.reads.append((first, last))
        return [self.frame(index) for index in range(first, last + 1)]

    def frame(self, index):
        if self.cut is not None and index >= self.cut:
            return OTHER
        image = GROUND.copy()
        if index not in self.gone:
            x0, y0, x1, y1 = place(index, **self.motion)
            turn = np.array([[(x1 - x0) / 30, 0, x0], [0, (y1 - y0) / 40, y0]])
            cv2.warpAffine(PATCH, turn, (WIDTH, HEIGHT), dst=image, borderMode=cv2.BORDER_TRANSPARENT)
        return image


def overlap(one, other):
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    common = np.clip(high - low, 0, None).prod()
    return common / ((one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - common)


@pytest.mark.parametrize("motion", [{}, {"speed": 0.0}, {"speed": -0.5}, {"grow": 0.01}])
def test_it_is_followed_on_and_back_to_both_ends(motion):
    found = follow(Clip(**motion).strip, 30, place(30, **motion), FRAMES)
    assert (found.first, found.last, found.before, found.after) == (0, FRAMES - 1, "end", "end")
    boxes = key_boxes(found.boxes, found.first, found.last)
    worst = min(overlap(box, place(index, **motion)) for index, box in enumerate(boxes))
    assert worst > 0.8
    assert len(found.boxes) <= FRAMES // 2, "key boxes, and not one for each frame"


def test_it_stops_where_the_object_is_gone_and_says_so():
    found = follow(Clip(gone=range(40, 60)).strip, 20, place(20), FRAMES)
    assert (found.after, found.last) == ("lost", 39)
    assert (found.before, found.first) == ("end", 0)


def test_a_cut_ends_it():
    found = follow(Clip(cut=33).strip, 20, place(20), FRAMES)
    assert (found.after, found.last) == ("lost", 32)


def test_it_ends_where_the_object_leaves_the_picture():
    found = follow(Clip(speed=6.0).strip, 20, place(20, speed=6.0), FRAMES)
    assert found.after in ("left", "lost")
    assert 40 <= found.last <= 46, "half of it is outside from frame 46 on"


def test_no_further_than_asked_and_read_in_pieces():
    clip = Clip()
    found = follow(clip.strip, 30, place(30), FRAMES, longest=10)
    assert (found.first, found.last, found.before, found.after) == (20, 40, "limit", "limit")
    assert len(clip.reads) == 4


def test_somebody_may_stop_it():
    found = follow(Clip().strip, 30, place(30), FRAMES, go_on=lambda frame: frame < 33)
    assert (found.after, found.last) == ("stopped", 32)


def test_reduced_frames_give_boxes_of_the_full_size():
    def strip(first, last):
        return [cv2.resize(Clip().frame(index), None, fx=0.5, fy=0.5) for index in range(first, last + 1)]

    found = follow(strip, 30, place(30), FRAMES, scale=0.5)
    assert (found.first, found.last) == (0, FRAMES - 1)
    boxes = key_boxes(found.boxes, found.first, found.last)
    assert min(overlap(box, place(index)) for index, box in enumerate(boxes)) > 0.7


def test_a_plain_surface_is_not_followed_over_a_change():
    frames = [np.full((HEIGHT, WIDTH), 90, np.uint8)] * 5 + [np.full((HEIGHT, WIDTH), 200, np.uint8)] * 5
    found = follow(lambda first, last: frames[first : last + 1], 0, (40, 40, 80, 80), 10)
    assert (found.last, found.after) == (0, "lost")
