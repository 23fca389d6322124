"""Hiding in the planes of a video, against plain numbers and against OpenCV's own colour conversion."""

import cv2
import numpy as np
import pytest

from workbench.redact.planes import Space, hide
from workbench.values import Kind, Method, Regions, Shape

SPACES = [
    Space(),
    Space(divisors=(1, 1), full_range=True),
    Space(divisors=(2, 1), matrix=1),
    Space(10, (2, 2), 9),
    Space(12, (1, 1), 1, True),
]


def regions(*boxes, method=Method.SOLID, shape=Shape.BOX, detail=0.0, colour=(96, 96, 96)):
    count = len(boxes)
    return Regions(
        np.array(boxes), [Kind.FACE] * count, [shape] * count, [method] * count, [detail] * count, [colour] * count
    )


def noise(space, width=37, height=23, seed=1):
    random = np.random.default_rng(seed)
    dx, dy = space.divisors
    small = -(-height // dy), -(-width // dx)
    dtype = np.uint8 if space.depth == 8 else np.uint16
    return tuple(random.integers(0, 2**space.depth, size).astype(dtype) for size in ((height, width), small, small))


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("shape", list(Shape))
def test_every_sample_inside_changes_and_none_outside(space, method, shape):
    planes = noise(space)
    before = [plane.copy() for plane in planes]
    hidden = hide(planes, regions([5, 3, 20, 17], method=method, shape=shape, detail=9.0), space)
    dx, dy = space.divisors
    for index, (plane, result) in enumerate(zip(planes, hidden, strict=True)):
        assert (plane == before[index]).all()
        assert (result.dtype, result.shape) == (plane.dtype, plane.shape)
        x, y = (1, 1) if index == 0 else (dx, dy)
        box = np.s_[3 // y : -(-17 // y), 5 // x : -(-20 // x)]
        outside = np.ones(plane.shape, bool)
        outside[box] = False
        assert (result[outside] == plane[outside]).all()
        middle = np.s_[9 // y : 11 // y, 11 // x : 14 // x]
        assert (result[middle] != plane[middle]).any()


@pytest.mark.parametrize("space", SPACES)
def test_a_fill_is_one_value_in_every_plane_and_does_not_depend_on_what_it_hides(space):
    one, other = noise(space, seed=1), noise(space, seed=2)
    for method in (Method.SOLID, Method.AVERAGE):
        rows = regions([4, 4, 20, 16], method=method, colour=(200, 30, 90))
        changed = [plane.copy() for plane in one]
        dx, dy = space.divisors
        for plane, source, (x, y) in zip(changed, other, [(1, 1), (dx, dy), (dx, dy)], strict=True):
            plane[-(-4 // y) : 16 // y, -(-4 // x) : 20 // x] = source[-(-4 // y) : 16 // y, -(-4 // x) : 20 // x]
        for first, second in zip(hide(one, rows, space), hide(changed, rows, space), strict=True):
            assert (first == second).all()
        assert len(np.unique(hide(one, rows, space)[0][4:16, 4:20])) == 1


def test_solid_colours_are_those_that_opencv_reads_back():
    space = Space()  # OpenCV converts BT.601, limited range
    for colour in ((96, 96, 96), (200, 30, 90), (0, 0, 0), (255, 255, 255)):
        y, u, v = hide(noise(space, 32, 32), regions([0, 0, 32, 32], colour=colour), space)
        packed = np.concatenate([y.ravel(), u.ravel(), v.ravel()]).reshape(48, 32)
        rgb = cv2.cvtColor(packed, cv2.COLOR_YUV2RGB_I420)
        assert np.abs(rgb.astype(int) - colour).max() <= 2


@pytest.mark.parametrize(
    ("space", "white", "grey"),
    [
        (Space(), (235, 128, 128), (16, 128, 128)),
        (Space(full_range=True), (255, 128, 128), (0, 128, 128)),
        (Space(10, matrix=9), (940, 512, 512), (64, 512, 512)),
    ],
)
def test_black_and_white_are_the_ends_of_the_range(space, white, grey):
    assert space.levels((255, 255, 255)) == white
    assert space.levels((0, 0, 0)) == grey


def test_a_chroma_sample_that_belongs_to_one_hidden_pixel_is_hidden():
    space = Space()
    planes = tuple(np.full(size, value, np.uint8) for size, value in (((8, 8), 50), ((4, 4), 200), ((4, 4), 60)))
    y, u, v = hide(planes, regions([3, 3, 4, 4]), space)
    assert (y != 50).sum() == 1
    assert (u != 200).sum() == (v != 60).sum() == 1
    assert u[1, 1] == v[1, 1] == 128


def test_a_weaker_neighbour_never_reads_what_a_stronger_one_hides():
    space = Space()
    both = regions([0, 0, 16, 16], [8, 8, 30, 20])
    mixed = Regions(both.boxes, both.kinds, both.shapes, [Method.BLUR, Method.SOLID], [4.0, 0.0], both.colours)
    one = noise(space)
    other = [plane.copy() for plane in one]
    other[0][8:20, 8:30] = 3
    other[1][4:10, 4:15] = 3
    other[2][4:10, 4:15] = 3
    for first, second in zip(hide(one, mixed, space), hide(other, mixed, space), strict=True):
        assert (first == second).all()


def test_planes_that_do_not_fit_together_are_refused():
    planes = noise(Space())
    with pytest.raises(ValueError, match="do not fit"):
        hide((planes[0], planes[0], planes[0]), regions([0, 0, 2, 2]), Space())


def test_nothing_to_hide_gives_the_same_planes_back():
    planes = noise(Space())
    assert hide(planes, regions(), Space())[0] is planes[0]


def test_filled_boxes_that_overlap_show_the_first_one():
    rng = np.random.default_rng(3)
    planes = (rng.integers(0, 255, (48, 64), np.uint8), *(rng.integers(0, 255, (24, 32), np.uint8) for _ in range(2)))
    low = rng.integers(0, 40, (12, 2))
    boxes = np.column_stack([low, np.minimum(low + rng.integers(3, 20, (12, 2)), (64, 48))])
    colours = rng.integers(0, 255, (12, 3), np.uint8)
    words = [np.full(12, word) for word in ("face", "box", "solid")]
    regions = Regions(boxes, *words, np.zeros(12, np.float32), colours)
    short = hide(planes, regions, Space())
    long = [plane.copy() for plane in planes]
    for row in reversed(range(12)):  # of equally strong ones the first row wins
        x0, y0, x1, y1 = boxes[row].tolist()
        y, u, v = Space().levels(colours[row])
        long[0][y0:y1, x0:x1] = y
        for plane, level in ((long[1], u), (long[2], v)):
            plane[y0 // 2 : -(-y1 // 2), x0 // 2 : -(-x1 // 2)] = level
    assert all(np.array_equal(one, other) for one, other in zip(short, long, strict=True))
