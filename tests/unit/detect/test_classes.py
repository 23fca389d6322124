import pytest

from workbench.detect import classes
from workbench.values import Kind, UsageError

COCO_PART = {0: "person", 2: "car", 62: "tv", 63: "laptop", 67: "cell phone", 73: "book"}


def test_coco_without_a_table():
    assert classes.kinds_of(COCO_PART, None, "yolo11n.onnx") == {
        0: Kind.PERSON,
        62: Kind.SCREEN,
        63: Kind.SCREEN,
        67: Kind.SCREEN,
        73: Kind.DOCUMENT,
    }


def test_open_images_by_name():
    names = {0: "Human face", 1: "Tree", 2: "Vehicle registration plate", 3: "Girl", 4: "Computer monitor", 5: "Book"}
    assert classes.kinds_of(names, "open-images", "oi.pt") == {
        0: Kind.FACE,
        2: Kind.PLATE,
        3: Kind.PERSON,
        4: Kind.SCREEN,
        5: Kind.DOCUMENT,
    }


@pytest.mark.parametrize("name", ["face", "Face", "FACES", "human_face", "Human head"])
def test_face_networks(name):
    assert classes.kinds_of({0: name}, None, "f.onnx") == {0: Kind.FACE}


@pytest.mark.parametrize(
    "name", ["license-plate", "License_Plate", "licence_plate", "LP", "number plate", "licenseplate", "Car-Plate"]
)
def test_plate_networks(name):
    assert classes.kinds_of({0: name}, None, "p.onnx") == {0: Kind.PLATE}


def test_the_users_table_goes_by_name_or_number():
    names = {0: "helmet", 1: "id_card", 2: "tree"}
    assert classes.kinds_of(names, {"ID card": "document", "0": "person"}, "own.pt") == {
        0: Kind.PERSON,
        1: Kind.DOCUMENT,
    }


def test_a_file_that_names_nothing():
    assert classes.kinds_of({}, {"0": "plate"}, "p.onnx") == {0: Kind.PLATE}
    assert classes.kinds_of({}, "plate", "p.onnx") == {0: Kind.PLATE}
    with pytest.raises(UsageError, match=r"p\.onnx does not name its classes.*\"0\" = \"plate\""):
        classes.kinds_of({}, None, "p.onnx")
    with pytest.raises(UsageError, match="give 'face' by its number"):
        classes.kinds_of({}, {"face": "face"}, "p.onnx")


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"fase": "face"}, "own.pt has no class 'fase': it has 0 face, 1 tree"),
        ({"7": "face"}, "own.pt has no class '7': it has 0 face, 1 tree"),
        ({"face": "visage"}, "There is no kind 'visage'.*face, plate, person"),
        ("imagenet", "There is no class table 'imagenet': use coco, open-images, face, plate"),
        ("coco", "own.pt has the classes 0 face, 1 tree, and no built-in table"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_way_out(table, sentence):
    with pytest.raises(UsageError, match=sentence):
        classes.kinds_of({0: "face", 1: "tree"}, table, "own.pt")


def test_a_network_of_other_things_is_refused():
    with pytest.raises(UsageError, match=r"birds\.pt has the classes 0 robin, 1 wren.*give kinds by class"):
        classes.kinds_of({0: "robin", 1: "wren"}, None, "birds.pt")


def test_every_table_gives_kinds():
    for table in classes.TABLES.values():
        assert set(table.values()) <= set(Kind)
        assert len({classes.plain(name) for name in table}) == len(table)
