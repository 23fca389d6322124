import numpy as np
import pytest
import skimage.data
from matplotlib import cbook
from PIL import Image

from workbench import geometry
from workbench.detect import centerface, load
from workbench.detect.centerface import decode, passes, turned_passes
from workbench.detect.runtime import Session
from workbench.detect.tiles import Pass
from workbench.detect.weights import centerface as centerface_weights
from workbench.values import Kind, UsageError

# Boxes [x0, y0, x1, y1] drawn by hand around forehead, chin and ears.
ASTRONAUT = [74, 62, 172, 192]
HOPPER = [171, 94, 313, 309]


@pytest.fixture(scope="session")
def astronaut():
    return np.ascontiguousarray(skimage.data.astronaut()[:256, 100:356])


@pytest.fixture(scope="session")
def hopper():
    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture(scope="session")
def session():
    return Session(centerface_weights()[0], pixels=True)


@pytest.fixture(scope="session")
def detectors(session):
    return {quality: centerface.CenterFace(session, "0" * 64, quality) for quality in centerface.OPERATING_POINTS}


def best_iou(found, box, min_score=0.2):
    rows = found.boxes[found.scores >= min_score]
    return geometry.iou(rows, geometry.as_boxes(box)).max(initial=0)


@pytest.mark.parametrize("quality", ["fast", "balanced", "careful"])
def test_the_faces_of_the_sample_photos_are_found(detectors, astronaut, hopper, quality):
    for image, box in ((astronaut, ASTRONAUT), (hopper[:400], HOPPER)):
        found = detectors[quality](image)
        assert best_iou(found, box, 0.5) > 0.5
        assert set(found.kinds) == {Kind.FACE}
        assert np.all(np.diff(found.scores) <= 0)
        assert found.scores.min() >= 0.05
        assert (found.scores >= 0.2).sum() <= 3  # nothing much besides the face


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_careful_finds_a_face_that_lies_on_its_side(detectors, astronaut, turns):
    turned = np.ascontiguousarray(np.rot90(astronaut, turns))
    found = detectors["careful"](turned)
    x0, y0, x1, y1 = ASTRONAUT
    side = len(astronaut)
    expected = {
        1: [y0, side - x1, y1, side - x0],
        2: [side - x1, side - y1, side - x0, side - y0],
        3: [side - y1, x0, side - y0, x1],
    }[turns]
    assert best_iou(found, expected) > 0.5


def test_a_close_up_and_a_distant_face_are_found_at_the_default(detectors, astronaut):
    import cv2

    close = cv2.resize(astronaut[20:240, 20:230], None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    box = (np.array(ASTRONAUT) - [20, 20, 20, 20]) * 4
    assert best_iou(detectors["balanced"](close), box) > 0.5
    far = np.full((500, 660, 3), 128, np.uint8)
    small = cv2.resize(astronaut, None, fx=0.15, fy=0.15, interpolation=cv2.INTER_AREA)
    far[300 : 300 + len(small), 400 : 400 + len(small)] = small
    assert best_iou(detectors["balanced"](far), np.array(ASTRONAUT) * 0.15 + [400, 300, 400, 300]) > 0.5


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (1, 700), (3000, 5), (33, 65)])
def test_any_size_works_and_boxes_stay_inside(detectors, size):
    picture = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    for detector in detectors.values():
        boxes = detector(picture).boxes
        assert (boxes[:, :2] >= 0).all()
        assert (boxes[:, 2:] <= [size[1], size[0]]).all()


def test_parts_of_frames_meet_the_network_in_few_sizes_whole_frames_in_their_own(session, astronaut):
    seen = []

    class Recording:
        at_once, fingerprint = 1, "recording"

        def run(self, tensor, *, beside=False):
            seen.append(tensor.shape[1:3])
            return session.run(tensor, beside=beside)

    detector = centerface.CenterFace(Recording(), "0" * 64)
    whole = np.zeros((330, 640, 3), np.uint8)
    whole[20 : 20 + len(astronaut), 100 : 100 + astronaut.shape[1]] = astronaut
    for width in range(230, 380, 30):
        part = whole[20:280, 100 : 100 + width]
        assert best_iou(detector.glance(part, Pass()), ASTRONAUT, 0.5) > 0.5
    detector.glance(whole, Pass())
    assert seen == [(384, 256), *[(384, 384)] * 4, (352, 640)]


def test_a_plain_picture_has_no_faces(detectors):
    assert len(detectors["balanced"](np.full((200, 300, 3), 127, np.uint8))) == 0


def test_the_picture_is_not_changed_and_the_result_is_repeatable(detectors, astronaut):
    picture = astronaut.copy()
    picture.setflags(write=False)
    first, second = detectors["fast"](picture), detectors["fast"](picture)
    assert np.array_equal(first.boxes, second.boxes)
    assert np.array_equal(picture, astronaut)


def slow_decode(heat, size, offset, width, height, floor):
    """One cell at a time, from the paper's formulas."""
    rows = []
    for y in range(heat.shape[0]):
        for x in range(heat.shape[1]):
            if heat[y, x] < floor:
                continue
            tall, wide = np.exp(size[0, y, x]) * 4, np.exp(size[1, y, x]) * 4
            middle_y, middle_x = (y + offset[0, y, x] + 0.5) * 4, (x + offset[1, y, x] + 0.5) * 4
            x0, x1 = max(0, middle_x - wide / 2), min(width, middle_x + wide / 2)
            y0, y1 = max(0, middle_y - tall / 2), min(height, middle_y + tall / 2)
            if x1 > x0 and y1 > y0:
                rows.append([x0, y0, x1, y1, heat[y, x]])
    return np.array(rows).reshape(-1, 5)


@pytest.mark.parametrize("seed", range(5))
def test_decoding_equals_a_loop_over_cells(seed):
    rng = np.random.default_rng(seed)
    high, wide = rng.integers(1, 24, 2)
    heat = rng.random((high, wide)).astype(np.float32) ** 4
    size = rng.normal(1, 1, (2, high, wide)).astype(np.float32)
    offset = rng.normal(0, 1, (2, high, wide)).astype(np.float32)
    width, height = wide * 4 - 3, high * 4 - 2
    boxes, scores = decode(heat, size, offset, width, height, 0.3)
    expected = slow_decode(heat, size, offset, width, height, 0.3)
    assert np.allclose(boxes, expected[:, :4], atol=1e-3)
    assert np.allclose(scores, expected[:, 4])


def test_decoding_survives_sizes_that_overflow():
    boxes, _ = decode(np.ones((1, 1), np.float32), np.full((2, 1, 1), 99, np.float32), np.zeros((2, 1, 1)), 4, 4)
    assert boxes.tolist() == [[0, 0, 4, 4]]


def test_passes_by_quality_and_size():
    assert passes("fast", 1024, 768) == (Pass(),)
    assert passes("balanced", 1024, 768) == (Pass(0.625), Pass(), Pass(2.0))
    assert passes("balanced", 300, 200) == (Pass(mirrored=True), Pass(), Pass(2.0))
    reduced, middle, own = passes("balanced", 6000, 4000)
    assert own == Pass()
    assert reduced.scale < middle.scale < 0.5
    assert set(passes("balanced", 1024, 768)) < set(passes("careful", 1024, 768))
    assert max(each.scale * 4000 for each in passes("careful", 4000, 3000)) <= centerface.ENLARGED
    assert {each.turns for each in turned_passes(1024, 768)} == {1, 2, 3}


def test_the_fingerprint_names_what_changes_results(detectors, session):
    prints = {detector.fingerprint for detector in detectors.values()}
    assert len(prints) == 3
    assert all(session.precision in each for each in prints)
    assert centerface.CenterFace(session, "1" * 64, "fast").fingerprint not in prints
    assert load("centerface", "fast").fingerprint == load("centerface", "fast", threads=1).fingerprint


def test_an_unknown_quality_is_refused():
    with pytest.raises(UsageError, match="balanced"):
        centerface.build("best")
