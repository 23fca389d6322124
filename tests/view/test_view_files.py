"""The file browser as a user meets it: filter, pictures and table, picks by mouse and keys."""

import cv2
import numpy as np
import pytest

from workbench.values import UsageError
from workbench.widgets.files import Facet, FileRow, FilesWidget

pytestmark = pytest.mark.browser
JPEG = cv2.imencode(".jpg", np.full((40, 60, 3), 120, np.uint8))[1].tobytes()
EVIL = "<img src=x onerror='window.hurt = 1'>.jpg"
COLUMNS = ("Kind", "Size", "Scenario")
FACETS = [Facet("Kind", (("media=photo", "photos (4)"), ("media=video", "videos (1)")))]
FEW = [
    FileRow("b.jpg", ("photo", ("10 kB", 10_000), "street"), "street"),
    FileRow("a.jpg", ("photo", ("2.0 MB", 2_000_000), ""), "no scenario yet"),
    FileRow("2024/c.mp4", ("video", ("900 B", 900), "parking"), "parking", video=True),
    FileRow("cut.jpg", ("", "", ""), problem="cut.jpg is cut short: copy it again."),
    FileRow(EVIL, ("photo", ("11 kB", 11_000), ""), ""),
]


@pytest.fixture
def show(mount):
    def shown(rows=FEW, width=1000):
        def search(text):
            if text.startswith("colour"):
                raise UsageError("'colour' is nothing to choose files by.")
            wanted = [part for part in text.split() if "=" not in part]
            kind = "video" if "media=video" in text else "photo" if "media=photo" in text else ""
            return [
                at for at, row in enumerate(rows)
                if all(part in row.name for part in wanted) and (not kind or row.cells[0] == kind)
            ]  # fmt: skip

        asked, opened = [], []
        widget = FilesWidget(lambda index: (asked.append(index), JPEG)[1], search)
        widget.on(open_it=opened.append)
        widget.show(rows, COLUMNS, FACETS)
        view = mount(widget, width=width)
        view.asked, view.opened = asked, opened
        view.frames(2)
        view.pump()
        return view

    return shown


def table(view):
    view.page.get_by_label("Table").check()
    view.frames(2)
    view.pump()


def cells(view):
    return view.page.get_by_role("listbox", name="Files").get_by_role("option")


def names(view):
    return view.page.locator(".wb-file-row .wb-name").all_inner_texts()


def status(view):
    view.pump()
    view.frames(2)
    return view.page.get_by_role("status").inner_text()


def test_pictures_say_what_they_are_and_names_are_only_text(show):
    view = show()
    labels = [each.get_attribute("aria-label") for each in cells(view).all()]
    assert labels[:4] == [
        "b.jpg: street",
        "a.jpg: no scenario yet",
        "2024/c.mp4: Video, parking",
        "cut.jpg: cut.jpg is cut short: copy it again.",
    ]
    assert view.page.evaluate("window.hurt") is None
    assert status(view) == "5 files, 0 picked"


def test_only_what_is_in_sight_exists_and_is_asked_for(show):
    view = show([FileRow(f"{number:05}.jpg", ("photo", "", "")) for number in range(20_000)])
    view.until("document.querySelectorAll('.wb-file-cell img').length > 8")
    assert view.page.locator(".wb-file-cell").count() < 60
    assert max(view.asked) < 60
    table(view)
    assert view.page.locator(".wb-file-row").count() < 40
    assert view.page.get_by_role("grid").get_attribute("aria-rowcount") == "20001"


def test_a_click_picks_and_shift_picks_everything_between(show):
    view = show()
    cells(view).nth(1).click()
    cells(view).nth(3).click(modifiers=["Shift"])
    assert status(view) == "5 files, 3 picked"
    assert view.widget.picked == (1, 2, 3)
    assert cells(view).nth(2).get_attribute("aria-selected") == "true"
    cells(view).nth(2).click()
    view.pump()
    assert view.widget.picked == (1, 3)


def test_by_keyboard_alone(show):
    view = show()
    view.page.get_by_role("listbox", name="Files").focus()
    for key in ("ArrowRight", " ", "Shift+ArrowRight"):
        view.page.keyboard.press(key)
    view.pump()
    assert view.widget.picked == (1, 2)
    view.page.keyboard.press("Enter")
    view.page.keyboard.press("Control+a")
    view.pump()
    assert (view.opened, view.widget.picked) == ([2], (0, 1, 2, 3, 4))
    view.page.keyboard.press("Escape")
    view.pump()
    assert view.widget.picked == ()


def test_the_table_is_sorted_by_numbers_and_what_is_empty_comes_last(show):
    view = show()
    table(view)
    assert names(view) == [row.name for row in FEW]
    size = view.page.get_by_role("button", name="Size")
    size.click()
    view.frames(2)
    assert names(view) == ["2024/c.mp4", "b.jpg", EVIL, "a.jpg", "cut.jpg"]
    view.page.get_by_role("button", name="Size").press("Enter")
    view.frames(2)
    assert names(view) == ["a.jpg", EVIL, "b.jpg", "2024/c.mp4", "cut.jpg"]
    assert view.page.get_by_role("columnheader", name="Size").get_attribute("aria-sort") == "descending"
    assert view.page.evaluate("document.activeElement.textContent") == "Size"
    # A pick is of the file, not of the place.
    view.page.get_by_role("row").nth(1).click()
    view.pump()
    assert view.widget.picked == (1,)


def test_a_menu_writes_the_filter_and_the_filter_sets_the_menu(show):
    view = show()
    field, menu = view.page.get_by_label("Filter"), view.page.get_by_label("Kind")
    field.fill("b.jpg")
    menu.select_option("media=photo")
    assert field.input_value() == "b.jpg media=photo"
    assert status(view) == "1 of 5 files, 0 picked"
    menu.select_option("media=video")
    assert field.input_value() == "b.jpg media=video"
    view.pump()
    assert view.page.get_by_text("No file fits this filter.").is_visible()
    field.fill("media=photo")
    field.press("Enter")
    assert menu.input_value() == "media=photo"
    view.page.get_by_role("button", name="Clear filter").click()
    assert status(view) == "5 files, 0 picked"


def test_a_filter_that_cannot_be_read_is_said_beside_it(show):
    view = show()
    field = view.page.get_by_label("Filter")
    field.fill("colour=red")
    field.press("Enter")
    view.pump()
    assert view.page.get_by_text("'colour' is nothing to choose files by.").is_visible()
    assert (field.get_attribute("aria-invalid"), field.input_value()) == ("true", "colour=red")
    field.fill("a.jpg")
    field.press("Enter")
    assert status(view) == "1 of 5 files, 0 picked"
    assert field.get_attribute("aria-invalid") == "false"


def test_buttons_pick_all_that_is_shown_and_none(show):
    view = show()
    view.page.get_by_label("Kind").select_option("media=photo")
    view.pump()
    view.page.get_by_role("button", name="Pick all shown").click()
    assert status(view) == "3 of 5 files, 3 picked"
    view.page.get_by_role("button", name="Pick none").click()
    assert status(view) == "3 of 5 files, 0 picked"


def test_what_is_said_of_a_file_changes_in_its_place(show):
    view = show()
    cells(view).nth(1).click()
    view.pump()
    view.widget.update({1: FileRow("a.jpg", ("photo", ("2.0 MB", 2e6), "school"), "school")})
    assert status(view) == "5 files, 1 picked"
    assert cells(view).nth(1).get_attribute("aria-label") == "a.jpg: school"


@pytest.mark.parametrize("width", [420, 700])
def test_nothing_sticks_out_of_a_narrow_page(show, width):
    view = show(width=width)
    for as_table in (False, True):
        if as_table:
            table(view)
        assert view.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_view_that_is_closed_listens_no_more(show):
    view = show()
    view.page.evaluate("cleanup()")
    assert view.page.evaluate("model.listening()") == 0
    assert view.page.locator(".wb-files").count() == 0
