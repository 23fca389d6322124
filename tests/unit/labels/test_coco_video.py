from fractions import Fraction

import numpy as np

from workbench.labels.coco import Labelled, to_coco
from workbench.values import Detections, Kind

SEEN = Detections(
    np.array([[1, 2, 11, 7], [0, 0, 4, 4]]), np.array([0.5, 0.7]), [Kind.FACE] * 2, ["x"] * 2, np.array([3, 8])
)
CLIP = Labelled("a/clip.mp4", 40, 30, [Detections.empty(), SEEN], [Fraction(0), Fraction(1, 30)])


def test_only_frames_with_objects_are_images_and_boxes_have_their_tracks():
    data = to_coco([Labelled("a.jpg", 9, 9, [SEEN]), CLIP, Labelled("b.jpg", 9, 9, [SEEN])])
    assert [image["file_name"] for image in data["images"]] == ["a.jpg", "a/clip.mp4/000001.png", "b.jpg"]
    frame = {"video": "a/clip.mp4", "frame": 1, "time": 0.033333, "width": 40, "height": 30}
    assert data["images"][1].items() >= frame.items()
    assert [row["image_id"] for row in data["annotations"]] == [1, 1, 2, 2, 3, 3]
    assert [row.get("track") for row in data["annotations"]] == [None, None, 3, 8, None, None]
    assert len({row["id"] for row in data["annotations"]}) == 6


def test_all_frames_when_asked_for():
    data = to_coco([CLIP], empty_frames=True)
    assert [image["frame"] for image in data["images"]] == [0, 1]
    assert {row["image_id"] for row in data["annotations"]} == {2}
