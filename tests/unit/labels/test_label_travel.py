"""Labels that came with a dataset go with its release, and nobody's name goes with them."""

import numpy as np
import pytest

from workbench.labels.travel import Output, covered_share, travel
from workbench.labels.values import Label, LabelSet, Picture, frame_name

BOX = (10, 20, 30, 40)


def test_names_and_sizes_become_those_of_the_release():
    labels = LabelSet((Picture("me/a.jpg", 100, 80, (Label(BOX, "car"),)), Picture("failed.jpg", 9, 9)))
    out = travel(labels, {"me/a.jpg": Output("folder-01/000001.jpg", 50, 40, {})})
    assert out.pictures == (Picture("folder-01/000001.jpg", 50, 40, (Label((5, 10, 15, 20), "car"),)),)
    assert any("not released" in note for note in out.notes)
    assert any("none names a person: car" in note for note in out.notes)


def test_what_may_name_somebody_is_dropped_and_said():
    kept = {"truncated": True, "blur": 2}
    gone = {"comment": "Anna", "person_id": 17, "PlateNumber plate": 3, "age": 30}
    label = Label(BOX, "face", track=4, source="Anna", attributes={**kept, **gone})
    labels = LabelSet((Picture("a.jpg", 100, 80, (label,), {"photographer": "Anna", "shot": 3}),))
    out = travel(labels, {"a.jpg": Output("1.jpg", 100, 80, {})})
    assert out.pictures == (Picture("1.jpg", 100, 80, (Label(BOX, "face", attributes=kept),)),)
    said = " ".join(out.notes)
    assert all(
        word in said
        for word in ("comment", "person_id", "age", "whole pictures, dropped: 2", "who or what made", "Tracks")
    )
    assert "Anna" not in said
    out = travel(labels, {"a.jpg": Output("1.jpg", 100, 80, {})}, keep=["comment"])
    assert out.pictures[0].labels[0].attributes["comment"] == "Anna"


@pytest.mark.parametrize(("hidden", "left"), [("keep", 2), ("drop", 1)])
def test_boxes_under_what_is_hidden_stay_or_go_by_choice(hidden, left):
    labels = LabelSet((Picture("a.jpg", 100, 80, (Label(BOX, "face"), Label((60, 60, 70, 70), "face"))),))
    regions = {0: [[8, 18, 20, 44], [18, 18, 33, 44]]}
    out = travel(labels, {"a.jpg": Output("1.jpg", 100, 80, regions)}, hidden)
    assert len(out.pictures[0].labels) == left


def test_frames_of_a_video_follow_it_and_keep_their_tracks():
    labels = LabelSet((Picture(frame_name("me.mp4", 3), 100, 80, (Label(BOX, "face", track=2),)),))
    out = travel(labels, {"me.mp4": Output("000002.mp4", 100, 80, {3: [[0, 0, 100, 80]]})}, "keep")
    assert out.pictures[0].name == frame_name("000002.mp4", 3)
    assert out.pictures[0].labels[0].track == 2
    assert travel(labels, {"me.mp4": Output("000002.mp4", 100, 80, {3: [[0, 0, 100, 80]]})}, "drop").boxes == 0


def test_the_covered_share_is_that_of_the_pixels():
    random = np.random.default_rng(1)
    for _ in range(50):
        corners = np.sort(random.integers(0, 40, (4, 2, 2)), axis=1).reshape(4, 4)
        (x0, y0, x1, y1), areas = corners[0], corners[1:]
        picture = np.zeros((40, 40), bool)
        for a0, b0, a1, b1 in areas:
            picture[b0:b1, a0:a1] = True
        part = picture[y0:y1, x0:x1]
        assert covered_share((x0, y0, x1, y1), areas) == pytest.approx(part.mean() if part.size else 0)
