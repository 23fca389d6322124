import pytest

from workbench.labels.coco import Labelled, to_coco
from workbench.values import Detections, Kind


def test_a_picture_without_findings_is_listed_all_the_same():
    data = to_coco([Labelled("a.jpg", 10, 20, [Detections.empty()])])
    assert data["images"] == [{"id": 1, "file_name": "a.jpg", "width": 10, "height": 20}]
    assert data["annotations"] == []


def test_boxes_become_x_y_width_height():
    found = Detections.of(Kind.PLATE, [[1, 2, 11, 7]], [0.5], "ocr")
    data = to_coco([Labelled("a.gif", 40, 30, [Detections.empty(), found])])
    [annotation] = data["annotations"]
    assert annotation["bbox"] == [1, 2, 10, 5]
    assert annotation["area"] == 50
    assert annotation["frame"] == 1
    assert annotation["score"] == pytest.approx(0.5)
    names = {category["id"]: category["name"] for category in data["categories"]}
    assert names[annotation["category_id"]] == "plate"


def test_annotation_numbers_are_unique_over_all_pictures():
    found = Detections.of(Kind.FACE, [[0, 0, 2, 2], [3, 3, 5, 5]], [0.5, 0.6], "x")
    data = to_coco([Labelled(name, 9, 9, [found]) for name in ("a.png", "b.png")])
    assert [annotation["id"] for annotation in data["annotations"]] == [1, 2, 3, 4]
    assert [annotation["image_id"] for annotation in data["annotations"]] == [1, 1, 2, 2]
