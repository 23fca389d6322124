"""The contact sheet: what is visible although it scored, in order, and what hides it."""

import cv2
import numpy as np
import pytest
from review_cases import FACE, FAINT

from workbench import profiles
from workbench.assess.risk import Seen
from workbench.media.photo import encode_jpeg
from workbench.review import exposure
from workbench.tracks import numbered
from workbench.values import Action, Asset, Correction, Detections, FileError, Kind, Media

PROFILE = profiles.load("publication")
ASSET = Asset("one.jpg", "/photos", "a" * 64)
NOTHING = np.zeros((0, 4), np.float32)


def seen(boxes, scores, kinds=None, hidden=NOTHING, origins=None):
    rows = Detections(boxes, scores, kinds or ["face"] * len(boxes), origins or ["centerface"] * len(boxes))
    return Seen("one.jpg", ".", 100, 80, numbered([rows]), lambda _: np.array(hidden, np.float32).reshape(-1, 4))


def test_nothing_found_is_nothing_exposed():
    assert exposure.exposed(ASSET, seen(NOTHING, []), PROFILE) == []


def test_what_scored_too_little_is_exposed_and_what_is_hidden_is_not():
    found = exposure.exposed(
        ASSET, seen([FACE, FAINT, [80, 60, 90, 70]], [0.9, 0.1, 0.15], hidden=[4, 4, 36, 36]), PROFILE
    )
    assert [(one.kind, round(one.score, 2), one.box) for one in found] == [
        (Kind.FACE, 0.15, (80, 60, 90, 70)),
        (Kind.FACE, 0.1, (50, 10, 70, 30)),
    ]


def test_what_lies_under_the_mask_of_something_else_is_not_exposed():
    assert exposure.exposed(ASSET, seen([FAINT], [0.1], hidden=[48, 8, 72, 32]), PROFILE) == []
    assert len(exposure.exposed(ASSET, seen([FAINT], [0.1], hidden=[48, 8, 60, 32]), PROFILE)) == 1


def test_kinds_that_the_profile_leaves_alone_are_exposed_and_what_a_person_hid_is_not():
    found = exposure.exposed(
        ASSET, seen([FACE, FAINT], [0.9, 0.9], ["person", "face"], origins=["yolo", "person"]), PROFILE
    )
    assert [one.kind for one in found] == [Kind.PERSON]


def test_of_a_video_a_track_is_shown_once_where_it_is_seen_best():
    box = np.array(FAINT, float)
    rows = [Detections([box, FACE], [score, 0.9], ["face"] * 2, ["c"] * 2, [7, 1]) for score in (0.1, 0.17, 0.12)]
    spans = [(1, 0, 2, Kind.FACE, (4.0, 4.0, 36.0, 36.0))]
    clip = Seen("a.mp4", ".", 100, 80, rows, lambda _: NOTHING, Media.VIDEO, spans)
    (one,) = exposure.exposed(ASSET, clip, PROFILE)
    assert (one.frame, one.track.number) == (1, 7)
    correction = exposure.masking(one, PROFILE, "rev")
    assert (correction.action, correction.first, correction.last) == (Action.ACCEPT, 0, 2)
    assert (correction.by, len(correction.boxes)) == ("rev", 3)


@pytest.mark.parametrize(("kind", "action"), [("face", Action.ACCEPT), ("person", Action.EXTEND)])
def test_masking_hides_also_what_the_profile_leaves_alone(desk, kind, action):
    desk.photos(4, faint=())
    asset = desk.assets[0]
    row = Detections([FAINT], [0.19], [kind], ["centerface"])
    desk.case.catalog.put_detections(asset.sha256, "prints", [row])
    (one,) = exposure.sheet(desk.case, desk.run).exposed
    correction = exposure.masking(one, desk.profile, "rev", "contact sheet")
    assert correction.action is action
    desk.case.catalog.add_correction(asset.sha256, correction)
    assert exposure.sheet(desk.case, desk.run).exposed == ()


def test_the_sheet_goes_from_the_highest_score_down_and_says_how_much_there_is(desk):
    desk.photos(6, faint=(1, 3, 5))
    for number, score in ((1, 0.12), (3, 0.18), (5, 0.15)):
        rows = Detections.of(Kind.FACE, [FACE, FAINT], [0.9, score], "centerface")
        desk.case.catalog.put_detections(desk.assets[number].sha256, "prints", [rows])
    laid = exposure.sheet(desk.case, desk.run)
    assert [one.asset.path for one in laid.exposed] == [desk.assets[number].path for number in (3, 5, 1)]
    assert (laid.total, laid.files) == (3, 3)
    assert [round(one.score, 2) for one in exposure.sheet(desk.case, desk.run, most=1).exposed] == [0.18]
    assert exposure.sheet(desk.case, desk.run, most=1).total == 3
    assert exposure.sheet(desk.case, desk.run, least=0.14).total == 2
    assert exposure.sheet(desk.case, desk.run, kinds=[Kind.PLATE]).total == 0


def test_a_false_alarm_is_not_shown_again(desk):
    desk.photos(2, faint=(0,))
    drop = Correction(Action.DROP, 0, 0, 1, kind=Kind.FACE, boxes=((0, *FAINT),))
    desk.case.catalog.add_correction(desk.assets[0].sha256, drop)
    assert exposure.sheet(desk.case, desk.run).exposed == ()


def test_files_of_which_nothing_is_stored_are_named(desk):
    desk.photos(2, faint=())
    desk.done(desk.assets[0], 0)
    outcome = desk.case.catalog.finished(desk.run)[desk.assets[0].source, desk.assets[0].path].outcome
    desk.case.catalog.put_outcome(desk.run, desk.assets[0], outcome, desk.assets[0].sha256, "1.0 others", 1)
    assert [asset.path for asset in exposure.sheet(desk.case, desk.run).unknown] == [desk.assets[0].path]


def test_a_crop_shows_the_object_and_what_is_around_it(desk):
    image = np.zeros((80, 100, 3), np.uint8)
    image[10:30, 50:70] = 255
    (desk.source / "day").mkdir()
    (desk.source / "night").mkdir()
    for number, folder in enumerate(("day", "night")):
        (desk.source / folder / f"{number:02}.jpg").write_bytes(encode_jpeg(image, 95 - number))
    desk.photos(2, faint=(0,), contents=True)
    (one,) = exposure.sheet(desk.case, desk.run).exposed
    crop = cv2.imdecode(np.frombuffer(exposure.crop(one), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert crop.shape[0] < 80 and crop[crop.shape[0] // 2, crop.shape[1] // 2] > 240 and crop[1, 1] < 20
    (desk.source / one.asset.path).write_bytes(encode_jpeg(image[::-1].copy(), 95))
    exposure._picture.cache_clear()
    with pytest.raises(FileError, match="was changed"):
        exposure.crop(one)


@pytest.mark.parametrize("box", [(-9, -9, 2, 2), (99, 79, 100, 80), (40, 40, 40, 40), (0, 0, 100, 80)])
def test_a_cut_is_never_empty(box):
    assert exposure.cut(np.zeros((80, 100, 3), np.uint8), box).size
