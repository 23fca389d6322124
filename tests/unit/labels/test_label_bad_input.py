"""Label files of other tools, and damaged ones: one clear sentence, and what was changed is said."""

import json

import pytest

from workbench.labels import formats
from workbench.labels.values import Label, frame_name
from workbench.values import FileError, UsageError, WorkbenchError

BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><annotations>&c;</annotations>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>"""


def cvat(shapes: str, head: str = "") -> str:
    image = f'<image id="0" name="a.jpg" width="100" height="80">{shapes}</image>'
    return f"<annotations><version>1.1</version><meta>{head}</meta>{image}</annotations>"


def clip(tracks: str, size: int = 5) -> str:
    meta = f"<task><size>{size}</size><mode>interpolation</mode><original_size><width>100</width><height>80</height>"
    return f"<annotations><meta>{meta}</original_size></task><source>c.mp4</source></meta>{tracks}</annotations>"


def at(frame: int, x: float, outside: int = 0) -> str:
    place = f'xtl="{x}" ytl="0" xbr="{x + 10}" ybr="10"'
    return f'<box frame="{frame}" outside="{outside}" occluded="0" keyframe="1" {place}/>'


def coco(annotations: list, images: list | None = None) -> str:
    own = [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}]
    categories = [{"id": 1, "name": "face"}]
    return json.dumps(
        {"images": own if images is None else images, "categories": categories, "annotations": annotations}
    )


def voc(inner: str) -> str:
    return (
        f"<annotation><filename>a.jpg</filename><size><width>100</width><height>80</height></size>{inner}</annotation>"
    )


def read(folder, form: str, text: str, name: str = "labels.any", sizes=None):
    (folder / name).write_text(text, "utf-8")
    return formats.read(folder / name, form, sizes)


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        ("cvat", BOMB, "entities"),
        ("voc", OUTSIDE, "entities"),
        ("cvat", "<annotations><image>", "not whole XML"),
        ("cvat", voc(""), "not CVAT"),
        ("voc", cvat(""), "not Pascal VOC"),
        ("voc", "<annotation/>", "name its picture"),
        ("voc", voc("<object><name>face</name></object>"), "bndbox"),
        ("voc", voc("<object><bndbox/></object>"), "no name"),
        ("cvat", cvat('<box label="f" xtl="nan" ytl="0" xbr="1" ybr="1"/>'), "finite"),
        ("cvat", cvat('<box label="f" xtl="left" ytl="0" xbr="1" ybr="1"/>'), "number"),
        ("cvat", cvat('<box xtl="0" ytl="0" xbr="1" ybr="1"/>'), "without a label"),
        ("cvat", cvat('<star label="f" points="1,1"/>'), "star"),
        ("cvat", cvat('<polygon label="f" points="1,1;2"/>'), "pairs"),
        ("cvat", '<annotations><meta/><track id="0" label="f"/></annotations>', "which video"),
        ("cvat", clip(f'<track id="0" label="f">{at(-3, 0)}</track>'), "frame -3"),
        ("cvat", clip(f'<track id="0" label="f">{at(3, 0)}{at(3, 5)}</track>'), "two boxes"),
        ("cvat", clip("<track id='0' label='f'/>", 10**12), "no video"),
        ("coco", "{", "not whole JSON"),
        ("coco", "[" * 100_000, "not whole JSON"),
        ("coco", "[]", "list of COCO results"),
        ("coco", '{"images": 3}', "not a COCO data set"),
        ("coco", coco([], [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}]), "number 1 twice"),
        ("coco", coco([], [{"id": 1, "file_name": "a"}, {"id": 2, "file_name": "a"}]), "pictures twice"),
        ("coco", coco([{"id": 5, "image_id": 9, "category_id": 1, "bbox": [0, 0, 1, 1]}]), "picture 9"),
        ("coco", coco([{"id": 5, "image_id": 1, "category_id": 9, "bbox": [0, 0, 1, 1]}]), "category 9"),
        ("coco", coco([{"id": 5, "image_id": 1, "category_id": 1, "bbox": [0, 0, 1]}]), "four numbers"),
        ("coco", coco([{"id": 5, "image_id": 1, "category_id": 1, "bbox": [0, 0, True, 1]}]), "number"),
        ("coco", coco([]).replace("100", "NaN"), "NaN"),
        ("coco", "\x00", "not whole JSON"),
    ],
)
def test_what_is_wrong_is_one_sentence(tmp_path, form, text, says):
    with pytest.raises(FileError, match=says) as caught:
        read(tmp_path, form, text)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_archives_and_other_bytes_are_told_apart(tmp_path):
    (tmp_path / "a.xml").write_bytes(b"PK\x03\x04 and so on")
    (tmp_path / "b.xml").write_bytes(b"\xff\xfe\x00<")
    with pytest.raises(FileError, match="ZIP"):
        formats.read(tmp_path / "a.xml", "cvat")
    with pytest.raises(FileError, match="UTF-8"):
        formats.read(tmp_path / "b.xml", "cvat")
    with pytest.raises(UsageError, match="no file or folder"):
        formats.read(tmp_path / "none.xml", "cvat")
    with pytest.raises(UsageError, match="coco, yolo, voc, cvat"):
        formats.read(tmp_path / "a.xml", "darknet")


@pytest.mark.parametrize(
    ("shape", "box", "says"),
    [
        # A square of 20 px, turned by 45°, is 20·√2 px wide.
        (
            '<box label="f" xtl="30" ytl="30" xbr="50" ybr="50" rotation="45"/>',
            (25.8579, 25.8579, 54.1421, 54.1421),
            "Turned",
        ),
        ('<box label="f" xtl="30" ytl="30" xbr="50" ybr="40" rotation="90"/>', (35, 25, 45, 45), "Turned"),
        ('<polygon label="f" points="1,2;9,4;5,8"/>', (1, 2, 9, 8), "Outlines"),
        ('<polyline label="f" points="1,2;9,4"/>', (1, 2, 9, 4), "Outlines"),
        ('<points label="f" points="1,2;9,4;3,3"/>', (1, 2, 9, 4), "Outlines"),
        ('<ellipse label="f" cx="20" cy="20" rx="5" ry="4"/>', (15, 16, 25, 24), "Ellipses"),
        ('<mask label="f" rle="1,2" left="3" top="4" width="5" height="6"/>', (3, 4, 8, 10), "Masks"),
        ('<box label="f" xtl="-5" ytl="70" xbr="5" ybr="95"/>', (0, 70, 5, 80), "beyond"),
    ],
)
def test_every_shape_becomes_the_upright_box_around_it_and_that_is_said(tmp_path, shape, box, says):
    found = read(tmp_path, "cvat", cvat(shape))
    [label] = found.pictures[0].labels
    assert label.box == pytest.approx(box, abs=1e-4)
    assert any(says in note for note in found.notes)


@pytest.mark.parametrize(
    "shape", ['<points label="f" points="3,3"/>', '<box label="f" xtl="200" ytl="0" xbr="300" ybr="9"/>']
)
def test_a_box_of_no_size_or_outside_is_left_out_and_said(tmp_path, shape):
    found = read(tmp_path, "cvat", cvat(shape + '<tag label="street"/>'))
    assert found.pictures[0].labels == ()
    assert any("no size" in note for note in found.notes)
    assert any("Tags" in note for note in found.notes)


def test_declared_attributes_of_cvat_keep_their_sort(tmp_path):
    sorts = {"n": "number", "c": "checkbox", "s": "select"}
    declared = "".join(f"<attribute><name>{n}</name><input_type>{s}</input_type></attribute>" for n, s in sorts.items())
    head = f"<task><labels><label><name>f</name><attributes>{declared}</attributes></label></labels></task>"
    values = "".join(f'<attribute name="{n}">{v}</attribute>' for n, v in (("n", "3"), ("c", "true"), ("s", "3")))
    shape = f'<box label="f" xtl="1" ytl="1" xbr="2" ybr="2" occluded="1" source="manual" z_order="2">{values}</box>'
    [label] = read(tmp_path, "cvat", cvat(shape, head)).pictures[0].labels
    assert label.attributes == {"n": 3, "c": True, "s": "3", "z_order": 2}
    assert (label.occluded, label.source) == (True, "person")


def test_between_key_frames_a_track_is_where_cvat_shows_it(tmp_path):
    track = f'<track id="7" label="f">{at(0, 0)}{at(2, 20)}{at(3, 20, 1)}</track>'
    pictures = read(tmp_path, "cvat", clip(track)).pictures
    assert [picture.name for picture in pictures] == [frame_name("c.mp4", frame) for frame in range(5)]
    assert [picture.labels[0].box[0] for picture in pictures[:3]] == [0, 10, 20]
    assert [label.track for picture in pictures for label in picture.labels] == [7, 7, 7]
    assert pictures[3].labels == pictures[4].labels == ()


def yolo(folder, lines: str, names: str | None = "names: [face, plate]\n", names_file: str = "data.yaml"):
    (folder / "labels" / "train").mkdir(parents=True)
    (folder / "labels" / "train" / "a.txt").write_text(lines)
    if names is not None:
        (folder / names_file).write_text(names)
    return formats.read(folder, "yolo", lambda name: (100, 80) if name == "a" else None)


@pytest.mark.parametrize(
    ("lines", "names", "says"),
    [
        ("0 .5 .5 .1 .1\n", None, "names no classes"),
        ("0 .5 .5 .1 .1\n", "path: .\n", "names no classes"),
        ("0 .5 .5 .1 .1\n", "names: [", "not valid YAML"),
        ("0 .5 .5 .1 .1\n", "names: [face, face]", "two classes"),
        ("0 .5 .5 .1 .1\n", "names: !!python/object/apply:os.system ['true']", "not valid YAML"),
        ("7 .5 .5 .1 .1\n", "names: {0: face}", "line 1: class 7 has no name"),
        ("0 .5 .5 .1 .1\n0 .5 .5\n", "names: {0: face}", "line 2 has 3 columns"),
        ("0 .5 .5 .1 .1 .1 .1 .1\n", "names: {0: face}", "8 columns"),
        ("0 .5 .5 .1 wide\n", "names: {0: face}", "not a number"),
        ("face .5 .5 .1 .1\n", "names: {0: face}", "not a number"),
    ],
)
def test_a_wrong_yolo_line_is_named(tmp_path, lines, names, says):
    with pytest.raises(FileError, match=says):
        yolo(tmp_path, lines, names)


def test_yolo_reads_scores_tracks_outlines_and_class_lists(tmp_path):
    found = yolo(tmp_path, "0 .5 .5 .2 .5 0.75\n1 .1 .1 .3 .1 .3 .5\n", "face\nplate\n", "classes.txt")
    first, second = found.pictures[0].labels
    assert first == Label((40, 20, 60, 60), "face", score=0.75)
    assert (second.box, second.kind) == ((10, 8, 30, 40), "plate")
    assert "Outlines" in found.notes[0]


def test_a_yolo_picture_of_unknown_size_has_no_boxes_and_that_is_said(tmp_path):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "b.txt").write_text("0 .5 .5 .1 .1\n")
    found = yolo(tmp_path, "0 .5 .5 .1 .1 4\n")
    assert {picture.name: len(picture.labels) for picture in found.pictures} == {"a": 1, "b": 0}
    assert any("size is not known" in note for note in found.notes)
    [label] = next(picture for picture in found.pictures if picture.labels).labels
    assert label.track == 4


def test_fields_of_foreign_coco_are_kept_as_attributes(tmp_path):
    row = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "blur": 2, "attributes": {"rotation": 90.0}}
    more = {"segmentation": {"counts": "x"}, "pair": [1, 2], "iscrowd": 1, "area": 5, "score": "high"}
    found = read(tmp_path, "coco", coco([row | more]))
    [label] = found.pictures[0].labels
    assert label == Label((0.5, 2.5, 4.5, 5.5), "face", ignored=True, attributes={"blur": 2, "pair": "[1, 2]"})
    assert len(found.notes) == 4


def test_folders_without_labels_and_names_that_climb_are_refused(tmp_path):
    from workbench.labels.values import LabelSet, Picture

    for form in ("coco", "voc", "cvat", "yolo"):
        with pytest.raises(WorkbenchError):
            formats.read(tmp_path, form)
    for name in ("../a.jpg", "/a.jpg", "a\nb.jpg", "c\\d.jpg"):
        for form in ("voc", "yolo"):
            with pytest.raises(FileError, match="cannot be a file"):
                formats.write(LabelSet((Picture(name, 9, 9),)), tmp_path / "out", form)
    twins = LabelSet((Picture("a.jpg", 9, 9), Picture("a.png", 9, 9)))
    with pytest.raises(FileError, match="share one label file"):
        formats.write(twins, tmp_path / "out", "yolo")
    formats.write(twins, tmp_path / "out", "voc")
    assert len(formats.read(tmp_path / "out", "voc").pictures) == 2
