"""What is written in a format is read back equal, or the writer says what is gone."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from label_strategies import photos, videos

from workbench.labels import formats
from workbench.labels.values import Label, LabelSet, Picture, frame_name


def there_and_back(labels: LabelSet, form: str, name: str = "labels"):
    sizes = {picture.name: picture.size for picture in labels.pictures}
    with TemporaryDirectory() as folder:
        notes = formats.write(labels, Path(folder) / name, form)
        return formats.read(Path(folder) / name, form, sizes.get), notes


def exactly(labels: LabelSet):
    """Every value with its type: to Python True is 1 and 1 is 1.0."""
    return sorted(
        (p.name, p.size, sorted(map(repr, p.attributes.items())), sorted(_exactly(label) for label in p.labels))
        for p in labels.pictures
    )


def _exactly(label: Label) -> str:
    return repr(replace(label, attributes=dict(sorted(label.attributes.items()))))


@settings(max_examples=60, deadline=None)
@given(photos())
def test_coco_holds_everything(labels):
    back, notes = there_and_back(labels, "coco", "labels.json")
    assert exactly(back) == exactly(labels)
    assert (back.kinds, back.notes, notes) == (labels.kinds, (), ())


@settings(max_examples=60, deadline=None)
@given(videos())
def test_coco_holds_every_frame_of_a_video(labels):
    back, _ = there_and_back(labels, "coco", "labels.json")
    assert exactly(back) == exactly(labels)


@settings(max_examples=60, deadline=None)
@given(photos().filter(lambda labels: labels.pictures))
def test_voc_holds_everything_but_kinds_without_a_box(labels):
    back, notes = there_and_back(labels, "voc")
    assert exactly(back) == exactly(labels)
    assert back.notes == ()
    used = {label.kind for picture in labels.pictures for label in picture.labels}
    assert bool(notes) == (set(labels.kinds) != used)


@settings(max_examples=60, deadline=None)
@given(photos(of_pictures=False))
def test_cvat_for_images_holds_everything_about_boxes(labels):
    back, notes = there_and_back(labels, "cvat", "annotations.xml")
    assert exactly(back) == exactly(labels)
    assert (back.kinds, back.notes, notes) == (labels.kinds, (), ())


@settings(max_examples=60, deadline=None)
@given(videos())
def test_cvat_for_video_holds_every_track_and_every_gap(labels):
    back, notes = there_and_back(labels, "cvat", "annotations.xml")
    assert exactly(back) == exactly(labels)
    assert (back.kinds, back.notes, notes) == (labels.kinds, (), ())


@settings(max_examples=60, deadline=None)
@given(photos(attributes=False, of_pictures=False))
def test_yolo_holds_boxes_and_kinds(labels):
    back, notes = there_and_back(labels, "yolo")
    assert exactly(back) == exactly(labels)
    assert (back.kinds, back.notes, notes) == (labels.kinds, (), ())


FULL = Label((1, 2, 30, 40), "face", 0.5, 3, True, True, "centerface", {"mood": "x"})


def test_yolo_says_all_that_it_cannot_hold():
    labels = LabelSet((Picture("a.jpg", 50, 50, (FULL,), {"event": "fair"}),))
    back, notes = there_and_back(labels, "yolo")
    assert back.pictures[0].labels == (Label((1, 2, 30, 40), "face"),)
    said = " ".join(notes)
    for what in ("scores", "track", "occluded", "origins", "attributes of boxes", "attributes of pictures"):
        assert what in said


def test_cvat_says_that_it_loses_attributes_of_pictures():
    labels = LabelSet((Picture("a.jpg", 50, 50, (FULL,), {"event": "fair"}),))
    back, notes = there_and_back(labels, "cvat", "a.xml")
    assert back.pictures[0].labels == (FULL,)
    assert "attributes of pictures" in notes[0]


def test_photos_and_videos_are_several_cvat_tasks_in_one_folder():
    names = ("a.jpg", frame_name("one.mp4", 0), frame_name("two.mp4", 0))
    labels = LabelSet(tuple(Picture(name, 50, 50, (FULL,)) for name in names))
    back, _ = there_and_back(labels, "cvat")
    assert exactly(back) == exactly(labels)


def test_what_xml_cannot_hold_stands_there_as_an_escape_and_is_said(tmp_path):
    label = Label((1, 2, 3, 4), "face", attributes={"note": "bell\x07 \r end \ud800"})
    labels = LabelSet((Picture("a.jpg", 9, 9, (label,)),))
    for form, name in (("cvat", "a.xml"), ("voc", "folder")):
        back, notes = there_and_back(labels, form, name)
        assert back.pictures[0].labels[0].attributes["note"] == "bell\\x07 \\r end \\ud800"
        assert "escapes" in notes[-1]


@pytest.mark.parametrize(("form", "name"), [("coco", "a.json"), ("cvat", "a.xml"), ("voc", "a"), ("yolo", "a")])
def test_a_format_is_written_for_its_owner_alone_and_never_over_something(tmp_path, form, name):
    labels = LabelSet((Picture("sub/a.jpg", 50, 50, (FULL,)),))
    formats.write(labels, tmp_path / name, form)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / name, *files))
    if (tmp_path / name).is_dir():
        with pytest.raises(Exception, match="choose"):
            formats.write(labels, tmp_path / name, form)
    assert [path.name for path in tmp_path.iterdir()] == [name]
