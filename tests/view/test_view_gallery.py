"""The gallery as a user meets it: lazy thumbnails, filter, keyboard, names that are only text."""

import cv2
import numpy as np
import pytest

from workbench.values import FileError
from workbench.widgets.gallery import GalleryItem, GalleryWidget

pytestmark = pytest.mark.browser

EVIL = "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 1'>.jpg"
JPEG = cv2.imencode(".jpg", np.full((40, 60, 3), 120, np.uint8))[1].tobytes()


@pytest.fixture
def show(mount):
    def shown(items, **options):
        asked = []

        def thumbnail(index):
            asked.append(index)
            if items[index].name == "broken.jpg":
                raise FileError("broken.jpg is cut off.")
            return JPEG

        widget = GalleryWidget(thumbnail, **options)
        widget.show(items)
        view = mount(widget)
        view.asked, view.list = asked, view.page.get_by_role("listbox", name="Pictures")
        view.opened = []
        widget.on_open(view.opened.append)
        return view

    return shown


def names(view):
    view.frames(2)
    return view.page.locator(".wb-name").all_inner_texts()


FEW = [
    GalleryItem("a.jpg"),
    GalleryItem("b.jpg", "found", {"face": 2, "plate": 1}),
    GalleryItem("c.jpg", "done", {"face": 1}),
    GalleryItem("broken.jpg", "failed", note="broken.jpg is cut off: copy it again."),
    GalleryItem("e.jpg", "found"),
]


def test_of_thousands_only_those_in_sight_are_drawn_and_read(show):
    view = show([GalleryItem(f"{number:05}.jpg") for number in range(5000)])
    assert 8 <= len(names(view)) < 60
    assert len(view.asked) < 60
    assert view.page.get_by_text("5,000 pictures").is_visible()
    before = len(view.asked)
    requests = "model.sent.filter((one) => one.type === 'thumbnails').length"
    asked = view.page.evaluate(requests)
    for share in (0.2, 0.5, 0.7, 1):
        view.list.evaluate("(node, share) => { node.scrollTop = share * node.scrollHeight; }", share)
        view.frames(2)
    assert view.page.evaluate(requests) == asked + 1, "one request at a time"
    view.until("document.querySelector('.wb-cell:last-child img') !== null")
    assert names(view)[-1] == "04999.jpg"
    passed = set(view.asked[before:]) & set(range(1500, 4900))
    assert passed == set(), "what was scrolled past is not read"


def test_every_state_is_told_in_words_and_by_a_sign(show):
    view = show(FEW)
    cells = view.page.get_by_role("option").filter(has=view.page.locator("svg"))
    texts = view.page.locator(".wb-cell-state").all_inner_texts()
    assert texts == ["Not looked at", "Found 2 faces and 1 licence plate", "Hidden: 1 face", "Failed", "Nothing found"]
    assert len({path.get_attribute("d") for path in view.page.locator(".wb-cell-state path").all()}) == 4
    assert cells.count() == 5
    assert "copy it again" in cells.nth(3).get_attribute("aria-label")


def test_a_picture_without_a_thumbnail_says_so_and_the_others_are_there(show):
    view = show(FEW)
    assert view.page.get_by_text("No picture", exact=True).count() == 1
    assert view.page.locator(".wb-cell img").count() == 4
    assert view.page.get_by_role("alert").is_hidden(), "a banner for each would be in the way"


def test_arrows_move_and_enter_opens(show):
    view = show(FEW)
    view.list.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        view.page.keyboard.press(key)
    view.pump()
    assert view.opened == [1]
    view.page.keyboard.press("End")
    view.page.keyboard.press("Enter")
    view.pump()
    assert view.opened == [1, 4]
    view.frames(2)
    assert view.page.locator("[aria-selected=true]").get_attribute("aria-label").startswith("e.jpg")


def test_down_goes_a_row_on_and_stays_in_sight(show):
    view = show([GalleryItem(f"{number:05}.jpg") for number in range(1000)])
    view.list.focus()
    for _ in range(20):
        view.page.keyboard.press("ArrowDown")
    view.frames(3)
    active = view.list.get_attribute("aria-activedescendant")
    box = view.page.locator(f"#{active}").bounding_box()
    around = view.list.bounding_box()
    assert around["y"] <= box["y"] and box["y"] + box["height"] <= around["y"] + around["height"]


def test_a_click_opens(show):
    view = show(FEW)
    view.page.locator(".wb-cell").nth(2).click()
    view.pump()
    assert view.opened == [2]


def test_filters_by_name_state_and_kind(show):
    view = show(FEW)
    view.page.get_by_label("Name").fill("B")
    assert names(view) == ["b.jpg", "broken.jpg"]
    assert view.page.get_by_text("2 of 5 pictures").is_visible()
    view.page.get_by_label("State").select_option("failed")
    assert names(view) == ["broken.jpg"]
    view.page.get_by_label("Name").fill("")
    view.page.get_by_label("State").select_option("")
    view.page.get_by_label("Shows").select_option("face")
    assert names(view) == ["b.jpg", "c.jpg"]
    view.list.focus()
    view.page.keyboard.press("ArrowRight")
    view.page.keyboard.press("Enter")
    view.pump()
    assert view.opened == [2], "the index is that of all pictures, not of the filtered ones"
    view.page.get_by_label("Name").fill("no such")
    assert view.page.get_by_text("No picture fits this filter.").is_visible()


def test_a_changed_state_is_shown_without_reading_the_picture_again(show):
    view = show(FEW)
    before = len(view.asked)
    view.widget.update(0, GalleryItem("a.jpg", "done", {"text": 3}))
    view.pump()
    assert view.page.locator(".wb-cell-state").first.inner_text() == "Hidden: 3 pieces of text"
    assert len(view.asked) == before


def test_python_can_mark_the_open_picture_without_being_called(show):
    view = show([GalleryItem(f"{number:05}.jpg") for number in range(1000)])
    view.widget.select(700)
    view.pump()
    view.frames(2)
    assert view.page.locator("[aria-selected=true]").get_attribute("aria-label").startswith("00700.jpg")
    assert view.opened == []


def test_file_names_are_only_text(show):
    view = show([GalleryItem(EVIL, "failed", note=EVIL)])
    view.frames(3)
    assert names(view) == [EVIL]
    assert view.page.evaluate("window.hurt") is None
    assert view.page.locator(".wb script").count() == 0


def test_other_pictures_replace_all(show):
    view = show(FEW)
    view.widget.show([GalleryItem("z.jpg")])
    view.pump()
    assert names(view) == ["z.jpg"]
    view.widget.show([])
    view.pump()
    assert view.page.get_by_text("No pictures yet.").is_visible()
    view.page.evaluate("cleanup()")
    assert view.page.evaluate("model.listening()") == 0


def test_its_height_can_be_set(show):
    view = show(FEW, height=208)
    assert view.list.bounding_box()["height"] == 208
