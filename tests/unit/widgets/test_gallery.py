"""The gallery's model: thumbnails on demand, and only for what is there."""

import pytest

from workbench.values import FileError, UsageError
from workbench.widgets.gallery import AT_ONCE, GalleryItem, GalleryWidget

ITEMS = [GalleryItem(f"{number}.jpg") for number in range(40)]


@pytest.fixture
def page(wire):
    asked = []

    def thumbnail(index):
        asked.append(index)
        if index == 5:
            raise ValueError(index)
        if index == 3:
            raise FileError("3.jpg is cut off.")
        return b"jpeg %d" % index

    page = wire(GalleryWidget(thumbnail))
    page.asked = asked
    page.widget.show(ITEMS)
    page.ready()
    page.revision = page.told("items")[-1][0]["revision"]
    return page


def test_names_and_states_go_as_a_message_and_no_picture_is_read_yet(page):
    assert page.told("items")[-1][0]["items"][1] == ["1.jpg", "new", {}, "", False]
    assert page.asked == []
    assert "1.jpg" not in repr(page.widget.get_state())


def test_thumbnails_come_for_what_is_asked_and_no_more_than_a_screenful(page):
    page.say(type="thumbnails", revision=page.revision, indices=list(range(40)))
    assert len(page.asked) == AT_ONCE
    contents = {content["index"]: buffers for content, buffers in page.told("thumbnail")}
    assert contents[2] == [b"jpeg 2"]
    assert len(page.told("thumbnails_sent")) == 1


def test_a_picture_that_fails_leaves_an_empty_frame_and_the_others_come(page):
    page.say(type="thumbnails", revision=page.revision, indices=[3, 4, 5])
    assert {content["index"]: buffers for content, buffers in page.told("thumbnail")} == {
        3: [b""],
        4: [b"jpeg 4"],
        5: [b""],
    }
    assert page.errors == ["Something went wrong here (ValueError). The details are in the log."], (
        "bad files are ordinary"
    )


@pytest.mark.parametrize("indices", [[40], [-1], ["1"], [None], [[1]]])
def test_an_index_that_is_not_there_reads_nothing(page, indices):
    page.say(type="thumbnails", revision=page.revision, indices=indices)
    assert page.asked == []
    assert len(page.errors) == 1


@pytest.mark.parametrize("content", [{"revision": -5, "indices": [1]}, {"revision": 1, "indices": "all"}, {}])
def test_a_request_for_pictures_that_are_gone_is_left_unanswered(page, content):
    page.say(type="thumbnails", **content)
    assert page.asked == []


def test_opening_tells_the_application_which(page):
    opened = []
    page.widget.on_open(opened.append)
    page.say(type="open", index=7).say(type="open", index=700)
    assert opened == [7]
    assert page.widget.selected == 7


def test_one_state_can_be_changed(page):
    page.widget.update(2, GalleryItem("2.jpg", "failed", note="Cut off."))
    assert page.told("item")[-1][0]["item"] == ["2.jpg", "failed", {}, "Cut off.", False]
    assert page.widget.items[2].state == "failed"
    with pytest.raises(UsageError):
        page.widget.update(99, GalleryItem("99.jpg"))


def test_new_pictures_forget_the_selection(page):
    page.say(type="open", index=7)
    page.widget.show([])
    assert (page.widget.selected, page.widget.items) == (-1, ())
    assert page.told("items")[-1][0]["revision"] > page.revision


def test_an_unknown_state_is_refused():
    with pytest.raises(UsageError, match="not 'finished'"):
        GalleryItem("a.jpg", "finished")
