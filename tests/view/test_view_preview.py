"""The preview as a user meets it: keys, hover, wipe, zoom, and what it says."""

import cv2
import numpy as np
import pytest
from preview_page import (
    GREEN,
    HEIGHT,
    SOLID,
    WIDTH,
    jpeg,
    kind,
    near,
    pixel,
    pixels,
    plain_picture,
    point,
    settled,
)

from workbench import profiles
from workbench.values import Detections
from workbench.widgets.preview import PreviewWidget

pytestmark = pytest.mark.browser


def test_number_keys_hide_and_show_kinds_and_the_counts_are_said(show):
    view = show()
    status = view.page.locator(".wb-status")
    settled(view)
    assert status.text_content() == "Hidden: 1 face and 1 licence plate. Not hidden: 1 piece of text."
    assert status.get_attribute("role") == "status"
    view.canvas.press("1")
    assert not kind(view, "Faces").get_by_label("Faces", exact=True).is_checked()
    settled(view)
    assert status.text_content() == "Hidden: 1 licence plate. Not hidden: 1 face and 1 piece of text."
    assert view.widget.rules["face"]["hide"] is False
    assert near(pixel(view, 90, 90), GREEN)


def test_keys_change_the_view_and_ask_for_the_next_picture(show):
    view = show()
    steps = []
    view.widget.on_navigate(steps.append)
    view.canvas.press("r")
    assert view.page.get_by_label("Original", exact=True).is_checked()
    assert near(pixel(view, 90, 90), GREEN)
    view.canvas.press("w")
    assert view.page.get_by_label("Compare").is_checked()
    view.canvas.press("b")
    assert not view.page.get_by_label("Boxes", exact=True).is_checked()
    view.canvas.press("ArrowRight")
    view.canvas.press("ArrowLeft")
    view.pump()
    assert steps == [1, -1]
    view.canvas.press("?")
    assert view.page.get_by_role("dialog").get_by_text("previous or next picture").is_visible()
    view.page.keyboard.press("Escape")
    assert view.page.get_by_role("dialog").count() == 0


def test_keys_do_nothing_while_the_focus_is_elsewhere(show):
    view = show()
    view.page.evaluate("document.body.append(document.createElement('textarea'))")
    view.page.locator("textarea").press("1")
    settled(view)
    assert view.saved == []


def test_what_has_the_focus_keeps_its_keys_from_jupyterlab(show):
    view = show()
    for part in (view.canvas, kind(view, "Faces").get_by_label("Margin")):
        part.focus()
        assert part.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_arrows_on_a_slider_move_the_slider_and_not_the_picture(show):
    view = show()
    view.widget.on_navigate(lambda _: pytest.fail("navigated"))
    kind(view, "Faces").get_by_label("Margin").press("ArrowRight")
    settled(view)
    assert view.widget.rules["face"]["pad"] == pytest.approx(0.35)


def test_hover_tells_kind_score_size_and_detector(show):
    view = show()
    tip = view.page.locator(".wb-tip")
    assert tip.is_hidden()
    view.page.mouse.move(*point(view, 120, 130))
    view.frames(2)
    assert tip.text_content() == "Face, 90% sure, 40 × 60 pixels, found by centerface, hidden"
    view.page.mouse.move(*point(view, 300, 220))
    view.frames(2)
    assert tip.text_content() == "Piece of text, 15% sure, 100 × 40 pixels, found by ocr, not hidden"
    view.page.mouse.move(*point(view, 20, 20))
    view.frames(2)
    assert tip.is_hidden()


def test_what_stays_visible_is_outlined_more_thinly_than_what_is_hidden(show):
    view = show()

    def differs(x0, x1, y):
        """Count pixels along a line that are not the same without boxes."""
        row = pixels(view, np.arange(x0, x1, 0.5), y)
        view.canvas.press("b")
        without = pixels(view, np.arange(x0, x1, 0.5), y)
        view.canvas.press("b")
        return int((np.abs(row - without).max(axis=1) > 40).sum())

    hidden, left = differs(96, 104, 130), differs(246, 254, 220)
    assert hidden > left > 0


def test_the_divider_shows_the_original_on_its_left(show):
    view = show()
    view.canvas.press("b")
    view.page.get_by_label("Compare").click()
    assert np.ptp(pixels(view, range(110, 120), 130)[:, 0]) > 100, "the face is left of the middle"
    assert near(pixel(view, 270, 55), SOLID)
    x, y = point(view, 200, 150)
    view.page.mouse.move(x, y)
    view.page.mouse.down()
    view.page.mouse.move(*point(view, 60, 150), steps=3)
    view.page.mouse.up()
    assert near(pixel(view, 120, 130), SOLID)
    divider = view.page.get_by_label("Divider between original and redacted")
    assert float(divider.input_value()) < 0.4
    divider.focus()
    divider.press("End")
    assert np.ptp(pixels(view, range(260, 270), 55)[:, 0]) > 100


def test_the_wheel_zooms_at_the_pointer_a_drag_pans_and_a_double_click_fits(show):
    view = show(profile="publication", detections=Detections.empty())
    corner = point(view, 100, 130)
    box = view.canvas.bounding_box()
    spot = "() => [...document.querySelector('canvas').getContext('2d').getImageData({}, {}, 1, 1).data.slice(0, 3)]"
    at = spot.format(round(corner[0] - box["x"]) + 40, round(corner[1] - box["y"]))
    away = spot.format(round(corner[0] - box["x"]) - 60, round(corner[1] - box["y"]))
    view.page.mouse.move(*corner)
    for _ in range(4):
        view.page.mouse.wheel(0, -240)
    view.frames(2)
    assert view.page.evaluate("scrollY") == 0, "the page does not scroll"
    assert near(view.page.evaluate(away), GREEN), "left of the face it is green at every zoom"
    assert not near(view.page.evaluate(at), GREEN)
    view.page.mouse.down(button="middle")
    view.page.mouse.move(corner[0] + 150, corner[1], steps=3)
    view.page.mouse.up(button="middle")
    view.frames(2)
    assert near(view.page.evaluate(at), GREEN), "the face has moved to the right"
    view.page.mouse.dblclick(*corner)
    assert near(pixel(view, 5, 5), GREEN)
    assert near(pixel(view, 395, 295), GREEN)


def test_plus_minus_and_zero_zoom(show):
    view = show(detections=Detections.empty())
    before = pixels(view, range(95, 145), 130)
    view.canvas.press("+")
    assert (pixels(view, range(95, 145), 130) != before).any()
    view.canvas.press("0")
    assert (pixels(view, range(95, 145), 130) == before).all()


def test_tab_goes_from_box_to_box_and_then_leaves_the_picture(show):
    view = show()
    view.canvas.focus()
    tips = []
    for _ in range(3):
        view.page.keyboard.press("Tab")
        view.frames(2)
        tips.append(view.page.locator(".wb-tip").text_content().split(",")[0])
    assert tips == ["Face", "Licence plate", "Piece of text"]
    assert view.page.locator("li[aria-selected=true]").get_attribute("aria-label").startswith("Piece of text")
    view.page.keyboard.press("Tab")
    assert not view.canvas.evaluate("(node) => node === document.activeElement")


def test_escape_lets_tab_leave_a_crowd(show):
    crowd = Detections.of("face", [[x, 10, x + 8, 20] for x in range(0, 380, 10)], np.full(38, 0.9), "centerface")
    view = show(detections=crowd)
    view.canvas.focus()
    for key in ("Tab", "Escape", "Tab"):
        view.page.keyboard.press(key)
    assert not view.canvas.evaluate("(node) => node === document.activeElement")


def test_the_list_reaches_every_box_without_a_mouse(show):
    view = show()
    boxes = view.page.get_by_role("listbox", name="Found in this picture")
    boxes.focus()
    view.page.keyboard.press("ArrowDown")
    view.page.keyboard.press("ArrowDown")
    view.frames(2)
    assert view.page.locator(".wb-tip").text_content().startswith("Licence plate, 30% sure")
    assert boxes.get_by_role("option").all_inner_texts()[2].split("\n")[-1] == "not hidden"


def test_every_control_has_a_name(show):
    view = show("analytics")
    nameless = view.page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, canvas")].filter((node) =>
          !(node.labels?.length || node.getAttribute("aria-label") || node.textContent.trim())).length"""
    )
    assert nameless == 0


def test_names_from_files_and_detectors_are_only_text(mount):
    evil = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>.jpg"
    found = Detections([[10, 10, 50, 50]], [0.9], ["face"], [evil])
    widget = PreviewWidget(profiles.load("publication"))
    widget.show(jpeg(plain_picture()), WIDTH, HEIGHT, found, title=evil)
    view = mount(widget)
    view.until("document.querySelectorAll('.wb-boxes li').length === 1")
    view.page.locator("li[role=option]").click()
    view.frames(3)
    assert view.page.locator(".wb-title").text_content() == evil
    assert view.page.locator(".wb-tip").text_content().count("<script>") == 1
    assert view.page.evaluate("window.hurt") is None


def test_the_picture_may_be_smaller_than_the_full_size(mount):
    widget = PreviewWidget(profiles.load("publication"))
    widget.show(
        jpeg(cv2.resize(plain_picture(), None, fx=0.5, fy=0.5)),
        WIDTH * 10,
        HEIGHT * 10,
        Detections.of("face", [[1000, 1000, 1400, 1600]], [0.9], "x"),
    )
    view = mount(widget)
    view.until("document.querySelectorAll('.wb-boxes li').length === 1")
    assert near(pixel(view, 120, 130), SOLID)
    assert near(pixel(view, 70, 130), GREEN)


def test_without_a_picture_and_after_clearing_it_says_so(show, mount):
    view = show()
    view.widget.clear()
    view.pump()
    assert view.page.get_by_text("No picture to show yet.").is_visible()
    assert view.page.locator("li[role=option]").count() == 0


def test_a_view_that_opens_late_or_again_shows_the_same(show, mount):
    view = show()
    view.widget.show_exact(jpeg(np.full((HEIGHT, WIDTH, 3), 7, np.uint8)))
    again = mount(view.widget)
    again.until("document.querySelector('.wb-badge').textContent === 'Exact result'")


def test_closing_the_view_saves_what_was_let_go_and_leaves_no_listener(show):
    view = show()
    view.canvas.press("1")
    view.page.evaluate("cleanup()")
    view.pump()
    assert view.widget.rules["face"]["hide"] is False
    assert view.page.evaluate("model.listening()") == 0
    assert view.page.locator(".wb").count() == 0
