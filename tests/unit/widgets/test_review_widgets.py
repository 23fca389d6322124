"""The models of the review's small widgets: what goes to a page, and what a page may ask."""

import pytest

from workbench.values import FileError, UsageError
from workbench.widgets.cards import CardsWidget, CardView
from workbench.widgets.queue import QueueItem, QueueWidget
from workbench.widgets.sheet import AT_ONCE, Crop, SheetWidget

LOST = "The page asked for something that is no longer there. Reload the page."
CARDS = [
    CardView("posters", "Posters", [("p", [("", "Faces.")])], [], "Hide it.", "p", b"<svg/>", "image/svg+xml"),
    CardView("wet-floors", "Wet floors", [("p", [("", "Puddles.")])], [], "Hide it.", own=True),
]


@pytest.fixture
def cards(wire):
    page = wire(CardsWidget())
    page.chosen = []
    page.widget.on_tag(page.chosen.append)
    page.widget.show(CARDS, {"posters": 2})
    return page.ready()


def test_cards_go_as_a_message_with_their_pictures_and_counts(cards):
    content, pictures = cards.told("cards")[-1]
    assert [card["name"] for card in content["cards"]] == ["posters", "wet-floors"]
    assert (pictures, content["counts"], content["armed"]) == ([b"<svg/>", b""], {"posters": 2}, "")
    assert "picture" not in content["cards"][0]


def test_a_card_that_is_chosen_is_handed_on_and_another_one_refused(cards):
    cards.say(type="tag", name="posters").say(type="tag", name="lost").say(type="tag", name=3)
    assert cards.chosen == ["posters"]
    assert len(cards.errors) == 2


def test_the_armed_card_is_forgotten_with_the_card(cards):
    cards.widget.arm("posters")
    with pytest.raises(UsageError, match="no playbook card 'lost'"):
        cards.widget.arm("lost")
    assert cards.widget.armed == "posters"
    cards.widget.show(CARDS[1:], {})
    assert cards.widget.armed == ""


@pytest.fixture
def sheet(wire):
    asked = []

    def crop(index):
        asked.append(index)
        if index == 3:
            raise FileError("3.jpg is cut off.")
        return b"jpeg %d" % index

    page = wire(SheetWidget(crop))
    page.asked, page.done = asked, []
    page.widget.on(
        toggle=lambda index: page.done.append(("toggle", index)),
        open_it=lambda index: page.done.append(("open", index)),
    )
    page.widget.show([Crop(f"face {number}", "a.jpg") for number in range(40)])
    page.ready()
    page.revision = page.told("items")[-1][0]["revision"]
    return page


def test_crops_are_made_when_they_are_asked_for_and_are_in_no_trait(sheet):
    assert sheet.asked == []
    sheet.say(type="crops", revision=sheet.revision, indices=list(range(40)))
    assert sheet.asked == list(range(AT_ONCE))
    crops = {content["index"]: buffers for content, buffers in sheet.told("crop")}
    assert (crops[2], crops[3]) == ([b"jpeg 2"], [b""])
    assert len(sheet.told("sent")) == 1
    assert "face 1" not in repr(sheet.widget.get_state())


def test_what_a_page_wants_of_crops_that_are_gone_does_nothing(sheet):
    sheet.say(type="toggle", revision=sheet.revision, index=1).say(type="open", revision=sheet.revision, index=2)
    sheet.widget.show([Crop("plate", "b.jpg")])
    sheet.say(type="toggle", revision=sheet.revision, index=1)
    assert sheet.done == [("toggle", 1), ("open", 2)]
    sheet.say(type="toggle", revision=sheet.revision + 1, index=1)
    assert sheet.errors == [LOST]


def test_one_crop_can_be_changed(sheet):
    sheet.widget.update(4, Crop("face", "a.jpg", hidden=True))
    assert sheet.told("item")[-1][0]["item"] == ["face", "a.jpg", True]
    with pytest.raises(UsageError, match="no crop 40"):
        sheet.widget.update(40, Crop("face", "a.jpg"))


def test_the_queue_is_sent_when_it_differs_and_an_item_is_opened(wire):
    page = wire(QueueWidget())
    opened = []
    page.widget.on_open(opened.append)
    items = [QueueItem("a.jpg", "Drawn at random."), QueueItem("b.jpg", "A face scored 0.19.", "clean", twice=True)]
    page.ready()
    for _ in range(2):
        page.widget.show(items, 0)
    assert len(page.told("items")) == 2
    assert page.told("items")[-1][0]["items"][1] == ["b.jpg", "A face scored 0.19.", "clean", True]
    page.say(type="open", index=1).say(type="open", index=2)
    assert (opened, page.errors) == ([1], [LOST])
    with pytest.raises(UsageError, match="not 'done'"):
        QueueItem("a.jpg", "", "done")
