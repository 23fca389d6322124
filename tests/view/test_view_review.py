"""The review's small widgets as a user meets them: keys, words, and names that are only text."""

import cv2
import numpy as np
import pytest

from workbench.review import playbooks
from workbench.widgets.cards import CardsWidget, CardView
from workbench.widgets.queue import QueueItem, QueueWidget
from workbench.widgets.sheet import Crop, SheetWidget

pytestmark = pytest.mark.browser
JPEG = cv2.imencode(".jpg", np.full((40, 60, 3), 120, np.uint8))[1].tobytes()
EVIL = "<img src=x onerror='window.hurt = 1'>.jpg"


@pytest.fixture
def cards(mount):
    widget, chosen = CardsWidget(), []
    views = [
        CardView(
            card.name, card.text.title, playbooks.as_blocks(card.text.look_for), playbooks.as_blocks(card.text.do),
            playbooks.DEFAULTS[card.text.default], card.text.key, card.picture, card.picture_type,
        )
        for card in playbooks.load()
    ]  # fmt: skip
    widget.show(views, {"reflections": 3})
    widget.on_tag(lambda name: (chosen.append(name), widget.arm(name)))
    view = mount(widget)
    view.chosen = chosen
    return view


def test_a_card_opens_with_its_drawing_and_says_what_to_do(cards):
    title = cards.page.get_by_role("button", name="Reflections", exact=True)
    title.press("Enter")
    cards.frames(2)
    drawing = cards.page.get_by_role("img", name="Drawn example: Reflections")
    cards.until("document.querySelector('.wb-card-open img').naturalWidth > 0")
    assert drawing.is_visible()
    assert cards.page.get_by_text("a second time").is_visible()
    assert cards.page.get_by_text("Hide it.", exact=True).is_visible()
    assert title.get_attribute("aria-expanded") == "true"
    assert title.evaluate("node => node === document.activeElement")
    title.press("Enter")
    assert not drawing.is_visible()


def test_a_letter_or_the_button_chooses_a_card(cards):
    cards.page.locator(".wb-card-title").first.focus()
    for keys in ("p", "Control+h", "Alt+h", "Shift+V", "v", "7"):
        cards.page.keyboard.press(keys)
    cards.pump()
    assert cards.chosen == ["posters", "video-calls"]
    cards.page.get_by_role("button", name="Tag as: Children").click()
    cards.pump()
    assert cards.chosen[-1] == "children"
    pressed = cards.page.get_by_role("button", name="Tag as: Children")
    assert pressed.get_attribute("aria-pressed") == "true"
    assert cards.page.get_by_role("status").inner_text() == "What you correct next is tagged: Children"


def test_letters_that_are_written_or_pressed_elsewhere_choose_nothing(cards):
    cards.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<input id=\"text\"><button id=\"out\">x</button>')"
    )
    cards.page.locator("#text").press("p")
    cards.page.locator("#out").press("p")
    cards.pump()
    assert cards.chosen == []


def test_the_findings_of_a_card_are_counted_in_words(cards):
    row = cards.page.locator(".wb-card-row", has_text="Reflections")
    assert row.locator(".wb-card-count").text_content() == "3 findings"
    cards.widget.count({"reflections": 1})
    cards.pump()
    assert row.locator(".wb-card-count").text_content() == "1 finding"


@pytest.fixture
def sheet(mount):
    asked, done = [], []
    widget = SheetWidget(lambda index: (asked.append(index), JPEG)[1])
    items = [Crop(f"face {1 - number / 100:.2f}", EVIL if number == 1 else f"{number}.jpg") for number in range(60)]

    def toggle(index):
        done.append(index)
        item = widget.items[index]
        widget.update(index, Crop(item.title, item.where, not item.hidden))

    opened = []
    widget.on(toggle=toggle, open_it=opened.append)
    widget.show(items)
    view = mount(widget)
    view.asked, view.done, view.opened = asked, done, opened
    view.list = view.page.get_by_role("listbox", name="Crops")
    return view


def test_one_key_hides_what_is_seen_and_takes_it_back(sheet):
    sheet.list.focus()
    for key in ("ArrowRight", "m"):
        sheet.page.keyboard.press(key)
    sheet.pump()
    assert sheet.done == [1]
    assert sheet.page.get_by_text("Will be hidden").count() == 1
    assert sheet.page.get_by_text("1 to 48 of 60, 1 to be hidden").is_visible()
    sheet.page.keyboard.press("m")
    sheet.pump()
    assert sheet.page.get_by_text("Will be hidden").count() == 0
    sheet.page.keyboard.press("Enter")
    sheet.pump()
    assert sheet.opened == [1]
    assert sheet.page.evaluate("window.hurt") is None


def test_a_long_name_is_read_to_its_end(mount):
    widget = SheetWidget(lambda index: JPEG)
    widget.show([Crop("0.31 licence plate", f"street/{'very-long-name-' * 8}{number}.jpg") for number in range(3)])
    view = mount(widget, width=480)
    view.until("document.querySelectorAll('.wb-sheet-cell').length === 3")
    cut = """[...document.querySelectorAll('.wb-sheet-title, .wb-sheet-where')].filter((node) =>
        node.scrollWidth > node.clientWidth || node.scrollHeight > node.clientHeight + 1).length"""
    assert view.page.evaluate(cut) == 0
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 480


def test_crops_of_other_pages_are_not_asked_for(sheet):
    sheet.pump()
    assert sorted(sheet.asked) == list(range(48))
    sheet.page.get_by_role("button", name="Next page").click()
    sheet.pump()
    assert sorted(sheet.asked) == list(range(60))
    assert sheet.page.get_by_role("button", name="Next page").is_disabled()
    sheet.page.keyboard.press("Home")
    sheet.pump()
    assert sheet.page.get_by_text("1 to 48 of 60").is_visible()


def test_the_queue_says_why_and_what_became_of_each(mount):
    widget, opened = QueueWidget(), []
    widget.on_open(opened.append)
    widget.show(
        [
            QueueItem(EVIL, "A face scored 0.19."),
            QueueItem("b.jpg", "Drawn at random.", "clean"),
            QueueItem("c.jpg", "x"),
        ],
        0,
    )
    view = mount(widget)
    assert view.page.get_by_text("3 items, 2 still to be looked at").is_visible()
    assert view.page.get_by_role("option", name="b.jpg: Nothing was missed. Drawn at random.").is_visible()
    view.page.get_by_label("Only what is still to be looked at").check()
    assert view.page.get_by_role("option").count() == 2
    view.page.get_by_role("listbox", name="Queue").focus()
    for key in ("ArrowDown", "Enter"):
        view.page.keyboard.press(key)
    view.pump()
    assert opened == [2]
    assert view.page.evaluate("window.hurt") is None
