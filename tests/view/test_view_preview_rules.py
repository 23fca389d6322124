"""The preview's sliders and methods: what they cover at once, and what Python hears and answers."""

import numpy as np
import pytest
from preview_page import (
    GREEN,
    GREY,
    HEIGHT,
    SOLID,
    WIDTH,
    jpeg,
    kind,
    near,
    pixel,
    pixels,
    release,
    settled,
    slide,
)

from workbench.values import FileError

pytestmark = pytest.mark.browser


def test_hidden_objects_are_covered_with_their_margin_and_others_are_not(show):
    view = show()
    assert near(pixel(view, 120, 130), SOLID)
    assert near(pixel(view, 90, 90), SOLID), "the margin"
    assert near(pixel(view, 80, 130), GREEN)
    assert near(pixel(view, 270, 55), SOLID)
    assert np.ptp(pixels(view, range(290, 300), 220)[:, 0]) > 100, "what scores too low stays visible"


def test_a_slider_acts_in_the_next_frame_and_python_hears_once_on_release(show):
    calls = []
    view = show(callback=lambda _widget, rules: calls.append(rules["text"]["min_score"]))
    kind(view, "Text").get_by_role("button").click()
    slider = kind(view, "Text").get_by_label("Confidence from")
    assert not near(pixel(view, 292, 220), SOLID)
    for value in (0.25, 0.2, 0.16, 0.14, 0.1):
        slide(slider, value)
        view.frames(1)
    assert near(pixel(view, 292, 220), SOLID)
    settled(view)
    assert (view.saved, view.sent, calls) == ([], [], [])
    assert kind(view, "Text").get_by_text("1 of 1 hidden").is_visible()
    release(slider)
    settled(view)
    assert calls == [0.1]
    assert len(view.saved) == 1
    assert view.widget.rules["text"]["min_score"] == 0.1


def test_dragging_with_a_real_mouse_sends_nothing_before_it_is_let_go(show):
    view = show()
    slider = kind(view, "Faces").get_by_label("Margin")
    assert near(pixel(view, 120, 190), GREEN)
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    view.page.mouse.move(box["x"] + box["width"] * 0.3, y)
    view.page.mouse.down()
    for share in (0.4, 0.5, 0.6, 0.7):
        view.page.mouse.move(box["x"] + box["width"] * share, y)
    settled(view)
    assert view.saved == []
    assert near(pixel(view, 120, 190), SOLID), "the margin has grown"
    view.page.mouse.up()
    settled(view)
    assert len(view.saved) == 1
    assert view.widget.rules["face"]["pad"] > 0.5


def test_the_floor_of_the_purpose_is_the_end_of_the_slider(show):
    view = show("publication")
    margin = kind(view, "Faces").get_by_label("Margin")
    assert margin.get_attribute("min") == "0.3"
    assert kind(view, "Faces").get_by_text("For publication, at least 30%").is_visible()
    blur = kind(view, "Faces").get_by_label("Method").locator("option[value=blur]")
    assert blur.is_disabled()
    assert blur.text_content() == "Blur (too weak for publication)"


@pytest.mark.parametrize(
    ("method", "wanted"), [("solid", SOLID), ("average", GREEN), ("pixelate", GREY), ("blur", GREY)]
)
def test_every_method_can_be_seen(show, method, wanted):
    view = show("analytics")
    view.canvas.press("b")
    kind(view, "Faces").get_by_label("Method").select_option(method)
    assert near(pixel(view, 120, 130), wanted, 60 if wanted is GREY else 14)
    assert np.ptp(pixels(view, range(112, 128), 130)[:, 0]) < 60, "no stripe is left"
    settled(view)
    assert view.widget.rules["face"]["method"] == method


def test_an_ellipse_leaves_the_corners(show):
    view = show("analytics")
    kind(view, "Faces").get_by_label("Method").select_option("solid")
    assert near(pixel(view, 90, 84), SOLID)
    kind(view, "Faces").get_by_label("Shape").select_option("ellipse")
    assert near(pixel(view, 90, 84), GREEN)
    assert near(pixel(view, 120, 130), SOLID)


def test_a_stronger_method_brings_its_own_smallest_strength(show):
    view = show("analytics")
    kind(view, "Licence plates").get_by_role("button").click()
    plate = kind(view, "Licence plates")
    for method, least in (("pixelate", 1.0), ("blur", 0.75)):
        plate.get_by_label("Method").select_option(method)
        assert float(plate.get_by_label("Strength").get_attribute("min")) == least
        settled(view)
        assert view.widget.rules["plate"]["strength"] >= least
    assert view.page.get_by_role("alert").is_hidden()


def test_the_badge_tells_an_approximation_from_the_exact_result(show):
    red = np.full((HEIGHT, WIDTH, 3), (200, 30, 30), np.uint8)
    view = show(callback=lambda widget, rules: widget.show_exact(jpeg(red), rules=rules))
    badge = view.page.locator(".wb-badge")
    assert badge.text_content() == "Preview, exact result follows"
    view.canvas.press("b")
    view.canvas.press("3")
    settled(view)
    view.until("document.querySelector('.wb-badge').textContent === 'Exact result'")
    assert near(pixel(view, 20, 20), (200, 30, 30))
    slide(kind(view, "Faces").get_by_label("Margin"), 0.8)
    assert badge.text_content() == "Preview"
    assert near(pixel(view, 20, 20), GREEN), "the exact picture is that of other rules"
    slide(kind(view, "Faces").get_by_label("Margin"), 0.3)
    assert badge.text_content() == "Exact result"
    view.canvas.press("r")
    assert badge.text_content() == "Original"


def test_an_exact_result_for_earlier_rules_is_not_shown(show):
    view = show()
    early = view.widget.rules
    slide(kind(view, "Faces").get_by_label("Margin"), 0.8)
    view.widget.show_exact(jpeg(np.zeros((HEIGHT, WIDTH, 3), np.uint8)), rules=early)
    settled(view)
    assert view.page.locator(".wb-badge").text_content() == "Preview"
    assert near(pixel(view, 20, 20), GREEN)


def test_the_error_of_the_application_is_a_banner_that_can_be_closed(show):
    def fails(_widget, _rules):
        raise FileError("one.jpg is gone: choose its folder again.")

    view = show(callback=fails)
    view.canvas.press("3")
    settled(view)
    banner = view.page.get_by_role("alert")
    assert banner.inner_text().strip() == "one.jpg is gone: choose its folder again."
    assert view.page.locator(".wb-badge").text_content() == "Preview"
    view.page.get_by_role("button", name="Close this message").click()
    assert banner.is_hidden()


def test_rules_that_python_refuses_are_taken_back_on_screen(show):
    view = show()
    view.page.evaluate(
        """() => {
          const rules = JSON.parse(JSON.stringify(model.get("rules")));
          rules.face.method = "blur";
          model.set("rules", rules);
          model.save_changes();
        }"""
    )
    settled(view)
    assert "too weak" in view.page.get_by_role("alert").inner_text()
    assert kind(view, "Faces").get_by_label("Method").input_value() == "solid"
    assert near(pixel(view, 120, 130), SOLID)
