import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.profiles import load
from workbench.redact.apply import apply_regions, covered_share, mask
from workbench.redact.cover import cover
from workbench.values import Detections, Frame, Kind, Method, Regions, Shape


def picture(seed: int, height: int = 64, width: int = 80) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def regions(*rows) -> Regions:
    """Rows of (box, method, shape, detail)."""
    return Regions(
        boxes=[row[0] for row in rows],
        kinds=["face"] * len(rows),
        shapes=[row[2] for row in rows],
        methods=[row[1] for row in rows],
        details=[row[3] for row in rows],
        colours=[(96, 96, 96)] * len(rows),
    )


def test_nothing_to_hide_changes_nothing():
    frame = Frame(picture(0))
    assert apply_regions(frame, regions()) is frame


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("shape", list(Shape))
def test_only_the_region_changes_and_the_source_does_not(method, shape):
    source = picture(1)
    copy = source.copy()
    chosen = regions(([10, 12, 50, 44], method, shape, 8))
    result = apply_regions(Frame(source), chosen).image
    hidden = mask(chosen, 80, 64)
    assert (result[~hidden] == source[~hidden]).all()
    assert (result[hidden] != source[hidden]).any(axis=1).mean() > 0.97
    assert (source == copy).all()


boxes = st.tuples(st.integers(0, 60), st.integers(0, 48), st.integers(4, 40), st.integers(4, 40)).map(
    lambda b: [b[0], b[1], min(b[0] + b[2], 80), min(b[1] + b[3], 64)]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=5), st.integers(0, 2**31), st.sampled_from(["publication", "ai-training"]))
def test_fills_do_not_depend_on_what_they_hide(found, seed, name):
    """Non-interference: two sources that differ only inside the regions give the same bytes everywhere."""
    profile = load(name)
    detections = Detections.of(Kind.FACE, found, [0.9] * len(found), "test")
    first = picture(seed)
    covered = cover(detections, profile, 80, 64)
    hidden = mask(covered, 80, 64)
    second = np.where(hidden[:, :, None], picture(seed + 1), first)
    results = [
        apply_regions(Frame(image, alpha=alpha, deep=image.astype(np.uint16) * 257), covered)
        for image, alpha in ((first, first[:, :, 0].copy()), (second, second[:, :, 0].copy()))
    ]
    assert (results[0].image == results[1].image).all()
    assert (results[0].deep == results[1].deep).all()
    assert (results[0].alpha == results[1].alpha).all()


@settings(max_examples=60, deadline=None)
@given(boxes, boxes, st.integers(0, 2**31), st.sampled_from([Method.BLUR, Method.PIXELATE]))
def test_a_weaker_neighbour_cannot_carry_out_what_a_fill_hides(filled, softened, seed, weak):
    chosen = regions((softened, weak, Shape.BOX, 6), (filled, Method.SOLID, Shape.BOX, 0))
    first, second = picture(seed), picture(seed)
    x0, y0, x1, y1 = filled
    second[y0:y1, x0:x1] = picture(seed + 1)[y0:y1, x0:x1]
    assert (apply_regions(Frame(first), chosen).image == apply_regions(Frame(second), chosen).image).all()


@pytest.mark.parametrize("method", list(Method))
def test_the_same_box_twice_is_hidden_once(method):
    once = regions(([10, 10, 40, 40], method, Shape.BOX, 7))
    twice = regions(*[([10, 10, 40, 40], method, Shape.BOX, 7)] * 2)
    frame = Frame(picture(3))
    assert (apply_regions(frame, once).image == apply_regions(frame, twice).image).all()


def test_the_order_of_the_regions_does_not_matter():
    rows = [([0, 0, 30, 30], Method.BLUR, Shape.BOX, 5), ([20, 20, 60, 60], Method.SOLID, Shape.BOX, 0)]
    frame = Frame(picture(4))
    assert (apply_regions(frame, regions(*rows)).image == apply_regions(frame, regions(*rows[::-1])).image).all()


def test_pixel_blocks_are_never_smaller_than_asked():
    result = apply_regions(Frame(picture(5)), regions(([3, 3, 50, 50], Method.PIXELATE, Shape.BOX, 10))).image
    row = result[20, 3:50, 0].astype(int)
    changes = np.flatnonzero(np.diff(row)) + 1
    assert np.diff(np.concatenate([[0], changes, [47]])).min() >= 10


@pytest.mark.parametrize("size", [20, 200, 2000])
def test_blur_leaves_no_detail_whatever_the_size_of_the_face(size):
    stripes = np.zeros((size, size, 3), np.uint8)
    stripes[:, :: max(size // 10, 2)] = 255
    for offset in range(max(size // 20, 1)):
        stripes[:, offset :: max(size // 10, 2)] = 255
    profile = load("analytics").changed(
        kinds={Kind.FACE: load("analytics").kinds[Kind.FACE].model_copy(update={"method": "blur", "strength": 0.3})}
    )
    found = Detections.of(Kind.FACE, [[0, 0, size, size]], [0.9], "test")
    result = apply_regions(Frame(stripes), cover(found, profile, size, size)).image
    middle = result[size // 2, size // 4 : -(size // 4), 0].astype(int)
    assert np.ptp(middle) < 30


def test_average_takes_the_colour_of_the_surroundings():
    image = np.full((64, 80, 3), (200, 100, 50), np.uint8)
    image[20:40, 20:40] = 0
    result = apply_regions(Frame(image), regions(([18, 18, 42, 42], Method.AVERAGE, Shape.BOX, 0))).image
    assert (result == (200, 100, 50)).all()


def test_a_picture_hidden_whole_is_plain_grey():
    result = apply_regions(Frame(picture(6)), regions(([0, 0, 80, 64], Method.AVERAGE, Shape.BOX, 0))).image
    assert (result == 128).all()


def test_full_depth_and_opacity_are_hidden_too():
    image = picture(7)
    frame = Frame(image, alpha=image[:, :, 1].copy(), deep=image[:, :, 0].astype(np.uint16) * 257)
    result = apply_regions(frame, regions(([0, 0, 80, 30], Method.SOLID, Shape.BOX, 0)))
    assert (result.deep[:30] == 96 * 257).all()
    assert (result.alpha[:30] == 255).all()
    assert (result.alpha[30:] == frame.alpha[30:]).all()


def test_covered_share_counts_an_overlap_once():
    chosen = regions(([0, 0, 40, 64], Method.SOLID, Shape.BOX, 0), ([20, 0, 40, 64], Method.SOLID, Shape.BOX, 0))
    assert covered_share(chosen, 80, 64) == 0.5
