import numpy as np
import pytest

from workbench.profiles import Background, load
from workbench.redact.apply import mask
from workbench.redact.cover import complement, cover
from workbench.values import Detections, Kind, Method, Shape

PUBLICATION = load("publication")


def faces(*rows: tuple[float, float, float, float, float]) -> Detections:
    return Detections.of(Kind.FACE, [row[:4] for row in rows], [row[4] for row in rows], "test")


def ruled(kind: Kind = Kind.FACE, profile=None, **updates):
    base = profile or load("analytics")
    return base.changed(kinds={**base.kinds, kind: base.kinds[kind].model_copy(update=updates)})


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([(10, 10, 20, 30, 0.9)], [[7, 4, 23, 36]]),  # 0.3 of each side on every side
        ([(10.2, 10.2, 20.1, 20.1, 0.9)], [[7, 7, 24, 24]]),  # rounded outward
        ([(-50, -50, 10, 10, 0.9)], [[0, 0, 28, 28]]),  # clipped, the other side not shrunk
        ([(10, 10, 20, 20, 0.19)], []),  # below the threshold
        ([(300, 300, 320, 320, 0.9)], []),  # outside the picture
    ],
)
def test_boxes_are_padded_rounded_outward_and_clipped(rows, expected):
    regions = cover(faces(*rows), PUBLICATION, 100, 100)
    assert regions.boxes.tolist() == expected


def test_min_size_counts_the_shorter_side():
    profile = ruled(min_size=15)
    assert cover(faces((0, 0, 14, 40, 0.9), (50, 50, 66, 66, 0.9)), profile, 100, 100).boxes.tolist() == [
        [45, 45, 71, 71]
    ]


def test_a_codec_block_that_holds_part_of_the_face_is_covered_whole():
    regions = cover(faces((33, 33, 38, 38, 0.9)), PUBLICATION, 100, 100, grid=16)
    assert regions.boxes.tolist() == [[30, 30, 50, 50]]  # block 32..48 and two pixels of bleeding
    turned = cover(faces((33, 33, 38, 38, 0.9)), PUBLICATION, 100, 100, grid=16, origin=(4, 0))
    assert turned.boxes.tolist() == [[18, 30, 54, 50]]  # blocks 20..36 and 36..52


def test_an_ellipse_contains_the_corners_of_the_object():
    profile = ruled(shape=Shape.ELLIPSE, pad=0.1, method=Method.SOLID)
    for x0, y0, x1, y1 in ((40, 40, 61, 73), (20, 50, 100, 60)):
        hidden = mask(cover(faces((x0, y0, x1, y1, 0.9)), profile, 120, 120), 120, 120)
        assert hidden[y0:y1, x0:x1].all()


def test_strength_follows_the_object():
    profile = ruled(method=Method.PIXELATE, strength=0.5)
    small_and_large = cover(faces((0, 0, 20, 20, 0.9), (100, 100, 300, 300, 0.9)), profile, 1000, 1000)
    assert small_and_large.details.tolist() == [10, 100]


def test_kinds_that_are_not_hidden_stay():
    found = Detections.of(Kind.PERSON, [[0, 0, 50, 50]], [0.99], "test")
    assert len(cover(found, PUBLICATION, 100, 100)) == 0


def test_what_a_person_asked_for_is_hidden_whatever_the_profile_says():
    drawn = Detections([[10, 10, 14, 14]] * 2, [1, 0.1], [Kind.FACE, Kind.PERSON], ["person", "person"])
    weak = ruled(Kind.PERSON, ruled(min_size=50, min_score=0.9), hide=False, method=Method.BLUR, pad=0.1)
    regions = cover(drawn, weak, 100, 100)
    assert regions.kinds.tolist() == ["face", "person"]
    assert regions.methods[1] == Method.SOLID, "as strongly as every purpose asks"
    assert len(cover(Detections(drawn.boxes, drawn.scores, drawn.kinds, ["x", "x"]), weak, 100, 100)) == 0


def test_the_background_is_everything_but_what_is_kept():
    profile = PUBLICATION.changed(background=Background(hide=True))
    persons = Detections.of(Kind.PERSON, [[10.5, 20, 40, 80], [30, 60, 90, 95], [0, 0, 5, 5]], [0.9, 0.8, 0.3], "test")
    hidden = mask(cover(persons, profile, 100, 100), 100, 100)
    expected = np.ones((100, 100), bool)
    expected[20:80, 11:40] = False
    expected[60:95, 30:90] = False  # the third is not certain enough to be kept
    assert (hidden == expected).all()


@pytest.mark.parametrize("kept", [[], [[0, 0, 10, 10]], [[2, 2, 4, 4], [4, 4, 6, 6]], [[0, 0, 10, 5], [0, 5, 10, 10]]])
def test_complement_tiles_without_overlap(kept):
    boxes = np.array(kept, np.float32).reshape(-1, 4)
    count = np.zeros((10, 10), int)
    for x0, y0, x1, y1 in complement(boxes, 10, 10):
        count[y0:y1, x0:x1] += 1
    expected = np.ones((10, 10), int)
    for x0, y0, x1, y1 in kept:
        expected[y0:y1, x0:x1] = 0
    assert (count == expected).all()
