"""What other tools write today, as they wrote it: Datumaro 1.13.12 (CVAT builds on it) and Label Studio 2.1."""

import json

import pytest

from workbench.labels import formats
from workbench.labels.match import Names, placed
from workbench.labels.values import Label, LabelSet, Picture

SIZES = {"street/a b.jpg": (640, 480), "street/a b": (640, 480)} | {
    "b.png": (100, 50),
    "street/c.jpg": (320, 200),
    "street/c": (320, 200),
}


def files(folder, texts):
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("part", "lines"),
    [
        ("train", "data/obj_train_data/b.png\ndata/obj_train_data/street/c.jpg\n"),
        ("default", "obj_default_data/b.png\n"),
    ],
)
def test_yolo_as_cvat_lays_it_out_names_each_picture_once(tmp_path, part, lines):
    folder = files(
        tmp_path,
        {
            "obj.data": f"classes = 1\n{part} = data/{part}.txt\nnames = data/obj.names\nbackup = backup/\n",
            "obj.names": "face\n",
            f"{part}.txt": lines,
            f"obj_{part}_data/b.txt": "0 0.155000 0.420000 0.290000 0.760000\n",
            f"obj_{part}_data/street/c.txt": "",
        },
    )
    read = formats.read(folder, "yolo", SIZES.get)
    known = placed(read, Names(["b.png", "street/c.jpg"]))
    assert {picture.name: len(picture.labels) for picture in known.pictures} == {"b.png": 1, "street/c.jpg": 0}
    [found] = known.pictures[0].labels
    assert found.box == pytest.approx((1, 2, 30, 40))
    assert read.notes == ()


def test_voc_pictures_whose_last_box_was_deleted_are_in_the_list_alone(tmp_path):
    box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
    size = "<size><width>100</width><height>50</height><depth>3</depth></size>"
    folder = files(
        tmp_path,
        {
            "Annotations/b.xml": f"<annotation><filename>b.png</filename>{size}<object><name>face</name>{box}"
            "</object></annotation>",
            "ImageSets/Main/default.txt": "b\nstreet/a b\n",
            "ImageSets/Main/face_default.txt": "b  1\nstreet/a b  -1\n",
            "labelmap.txt": "# label:color_rgb:parts:actions\nface:::\n",
        },
    )
    known = placed(formats.read(folder, "voc", SIZES.get), Names(["b.png", "street/a b.jpg"]))
    assert [(picture.name, picture.size, len(picture.labels)) for picture in known.pictures] == [
        ("b.png", (100, 50), 1),
        ("street/a b.jpg", (640, 480), 0),
    ]


def test_coco_with_empty_fields_and_flags_under_other_names(tmp_path):
    blank = {"license": 0, "flickr_url": "", "coco_url": "", "date_captured": 0}
    box = {"image_id": 1, "category_id": 1, "area": 20, "iscrowd": 0, "segmentation": []}
    content = {
        "images": [{"id": 1, "file_name": "b.png", "width": 100, "height": 50, **blank, "rights": "own"}],
        "categories": [{"id": 1, "name": "face", "supercategory": ""}],
        "annotations": [
            {**box, "id": 1, "bbox": [5, 6, 4, 5], "attributes": {"difficult": True, "occluded": False}},
            {**box, "id": 2, "bbox": [1, 2, 29, 38], "attributes": {"is_crowd": False, "origin": "hog", "track": 3}},
        ],
    }
    (tmp_path / "a.json").write_text(json.dumps(content))
    [picture] = formats.read(tmp_path / "a.json", "coco").pictures
    assert picture.attributes == {"rights": "own"}
    assert [(one.ignored, one.source, one.track) for one in picture.labels] == [(True, "", -1), (False, "hog", 3)]
    assert all(not one.attributes for one in picture.labels)


def test_label_studios_addresses_are_pictures_of_the_case(tmp_path):
    images = [
        {"id": 0, "file_name": "/data/local-files/?d=images/street/a%20b.jpg", "width": 640, "height": 480},
        {"id": 1, "file_name": "/data/local-files/?d=images/street/c.jpg", "width": None, "height": None},
    ]
    box = {"id": 0, "image_id": 0, "category_id": 0, "segmentation": [], "ignore": 0, "iscrowd": 0, "area": 2440.1}
    content = {
        "images": images,
        "categories": [{"id": 0, "name": "face"}],
        "annotations": [{**box, "bbox": [10.0, 19.999999999999996, 40.5, 60.25]}],
    }
    (tmp_path / "result.json").write_text(json.dumps(content))
    read = formats.read(tmp_path / "result.json", "coco", SIZES.get)
    known = placed(read, Names(["street/a b.jpg", "street/c.jpg"]))
    assert [picture.name for picture in known.pictures] == ["street/a b.jpg", "street/c.jpg"]
    assert known.pictures[0].labels[0].box == (10, 20, 50.5, 80.25)


def test_what_other_tools_keep_of_coco_holds_the_flags_the_origin_and_the_track(tmp_path):
    label = Label((5, 6, 9, 11), "face", 0.5, track=3, ignored=True, source="hog")
    formats.write(LabelSet((Picture("b.png", 100, 50, (label,)),), ("face",)), tmp_path / "a.json", "coco")
    [written] = json.loads((tmp_path / "a.json").read_text())["annotations"]
    assert written["attributes"] == {"ignore": True, "track": 3, "origin": "hog"}
    [picture] = formats.read(tmp_path / "a.json", "coco").pictures
    assert picture.labels == (label,)
