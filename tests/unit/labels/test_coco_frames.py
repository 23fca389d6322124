from fractions import Fraction

from workbench.labels.coco import HiddenFrame, frames_to_coco


def frame(number, *rows):
    return HiddenFrame(f"000001-f{number:06d}.jpg", 40, 30, "000001.mp4", number, Fraction(number, 30), rows)


def test_no_frames_are_an_empty_data_set():
    data = frames_to_coco([], "nothing")
    assert (data["images"], data["annotations"], data["info"]) == ([], [], {"description": "nothing"})
    assert {category["name"] for category in data["categories"]} >= {"face", "plate", "text"}


def test_hidden_regions_become_boxes_with_their_tracks():
    rows = (3, "face", "solid", "box", 1, 2, 11, 7), (-1, "text", "blur", "ellipse", 0, 0, 4, 4)
    data = frames_to_coco([frame(0), frame(10, *rows), frame(20, rows[0])])
    assert [image["frame"] for image in data["images"]] == [0, 10, 20]
    assert data["images"][1]["time"] == 0.333333
    assert [row["id"] for row in data["annotations"]] == [1, 2, 3]
    assert [row["image_id"] for row in data["annotations"]] == [2, 2, 3]
    first, second, _ = data["annotations"]
    assert (first["bbox"], first["area"], first["track"], first["method"]) == ([1, 2, 10, 5], 50, 3, "solid")
    names = {category["id"]: category["name"] for category in data["categories"]}
    assert (names[second["category_id"]], second["track"], second["shape"]) == ("text", -1, "ellipse")
