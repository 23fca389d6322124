"""Foreign labels are fitted to what is here: names, kinds, sizes."""

import pytest

from workbench.labels import match
from workbench.labels.values import Label, LabelSet, Picture, frame_name
from workbench.values import UsageError

HERE = ["day 1/IMG_1.jpg", "day 2/IMG_1.jpg", "day 2/café #3.jpg", "ride.mp4", "100%25.png"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("day 1/IMG_1.jpg", "day 1/IMG_1.jpg"),
        ("day%201/IMG_1.jpg", "day 1/IMG_1.jpg"),
        ("day 2\\IMG_1.jpg", "day 2/IMG_1.jpg"),
        ("C:\\data\\day 2\\IMG_1.JPG", "day 2/IMG_1.jpg"),
        ("/somewhere/else/day 1/IMG_1.jpg", "day 1/IMG_1.jpg"),
        ("./caf%C3%A9%20%233.jpg", "day 2/café #3.jpg"),
        ("day 1/IMG_1", "day 1/IMG_1.jpg"),
        ("images/1a2b3c4d-ride.mp4", "ride.mp4"),
        ("100%25.png", "100%25.png"),
        (frame_name("x/ride.mp4", 12), frame_name("ride.mp4", 12)),
        ("ride.mp4/000012", frame_name("ride.mp4", 12)),
        ("IMG_1.jpg", None),  # which of the two?
        ("IMG_2.jpg", None),
        ("", None),
    ],
)
def test_the_picture_that_is_meant_is_found_and_never_guessed(theirs, ours):
    assert match.Names(HERE).find(theirs) == ours


def labels(*names: str, kind: str = "face", size: tuple[int, int] = (100, 80)):
    return LabelSet(tuple(Picture(name, *size, (Label((10, 20, 30, 40), kind),)) for name in names))


def test_unknown_pictures_are_named_and_left_out_only_when_asked():
    found = labels("ride.mp4", "none.jpg")
    with pytest.raises(UsageError, match=r"1 of 2 .*none\.jpg.*--only-known"):
        match.placed(found, match.Names(HERE))
    kept = match.placed(found, match.Names(HERE), only_known=True)
    assert [picture.name for picture in kept.pictures] == ["ride.mp4"]
    assert kept.notes == ("Pictures that are not in this case, left out: 1.",)
    with pytest.raises(UsageError, match="right case"):
        match.placed(labels("none.jpg"), match.Names(HERE), only_known=True)


def test_two_names_for_one_picture_are_refused():
    with pytest.raises(UsageError, match="Two labelled pictures"):
        match.placed(labels("ride.mp4", "a/ride.mp4"), match.Names(HERE))


def test_kinds_are_ours_or_mapped_or_refused_with_the_way_out():
    assert match.mapped(labels("a", kind="Face"), {}).kinds == ("face",)
    with pytest.raises(UsageError, match=r"head \(1\).*--map head=face.*--map head=-"):
        match.mapped(labels("a", kind="head"), {})
    assert match.mapped(labels("a", kind="head"), {"HEAD": "face"}).pictures[0].labels[0].kind == "face"
    gone = match.mapped(labels("a", kind="car"), {"car": "-"})
    assert (gone.boxes, gone.kinds, gone.notes) == (0, (), ("Boxes of kinds that are not wanted, left out: 1.",))
    with pytest.raises(UsageError, match="no kind nose"):
        match.mapped(labels("a"), {"face": "nose"})
    assert match.parse_map(["a=b=face"]) == {"a=b": "face"}
    with pytest.raises(UsageError, match="not a pair"):
        match.parse_map(["face"])


def test_another_size_is_refused_with_its_reason_and_scaled_only_when_asked():
    found = labels("a.jpg")
    assert match.measured(found, lambda _: (100, 80)) == found
    with pytest.raises(UsageError, match="turned"):
        match.measured(found, lambda _: (80, 100))
    with pytest.raises(UsageError, match="--rescale"):
        match.measured(found, lambda _: (200, 80))
    scaled = match.measured(found, lambda _: (200, 40), rescale=True)
    assert scaled.pictures[0].labels[0].box == (20, 10, 60, 20)
    unknown = match.measured(labels("a.jpg", size=(0, 0)), lambda _: (100, 80))
    assert unknown.pictures[0].size == (100, 80)
