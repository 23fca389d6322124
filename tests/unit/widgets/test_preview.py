"""The preview's model: no pixel in a trait, no wrong rule accepted, errors told."""

import json

import numpy as np
import pytest
import traitlets

from workbench import profiles
from workbench.values import Detections, FileError, Kind, Regions
from workbench.widgets.preview import PreviewWidget
from workbench.widgets.rules import rules_of

JPEG = b"\xff\xd8 not really a picture, but recognisable \xff\xd9"
FOUND = Detections(
    np.array([[10, 20, 30, 50], [1.5, 2.5, 3.5, 4.5]], np.float32), [0.9, 0.25], ["face", "plate"], ["ocr", "a model"]
)


@pytest.fixture
def page(wire):
    return wire(PreviewWidget(profiles.load("publication")))


def changed(page, **part):
    rules = rules_of(page.widget.profile)
    rules["face"].update(part)
    return rules


def test_pixels_boxes_and_names_travel_only_as_a_message_to_a_view(page):
    page.widget.show(JPEG, 640, 480, FOUND, title="anna-at-home.jpg", position=(2, 9), grid=16)
    page.widget.show_exact(JPEG)
    assert page.messages == []
    state = repr(page.widget.get_state())
    assert "recognisable" not in state
    assert "anna-at-home" not in state
    (content, buffers), *_ = page.ready().told("picture")
    assert buffers[0] == JPEG
    rows = np.frombuffer(buffers[1], "<f4").reshape(-1, 7)
    assert rows[0].tolist() == pytest.approx(
        [10, 20, 30, 50, 0.9, list(Kind).index(Kind.FACE), content["origins"].index("ocr")]
    )
    assert content["origins"][int(rows[1, 6])] == "a model"
    assert (content["width"], content["height"], content["position"], content["grid"]) == (640, 480, (2, 9), 16)
    assert "recognisable" not in json.dumps(content)


def test_a_late_view_gets_the_picture_and_then_the_exact_result(page):
    page.widget.show(JPEG, 640, 480, Detections.empty())
    page.widget.show_exact(b"exact")
    page.ready()
    assert [message["content"]["type"] for message, _ in page.messages] == ["picture", "exact"]


def test_valid_rules_of_a_view_reach_the_application_once(page):
    calls = []
    page.widget.on_rules(calls.append)
    page.ready().widget.set_state({"rules": changed(page, min_score=0.4)})
    page.widget.set_state({"rules": changed(page, min_score=0.4)})
    assert [rules["face"]["min_score"] for rules in calls] == [0.4]
    assert page.widget.profile.kinds[Kind.FACE].min_score == 0.4
    assert page.errors == []


def test_rules_below_the_floor_are_refused_and_the_view_put_right(page):
    calls = []
    page.widget.on_rules(calls.append)
    page.ready().widget.set_state({"rules": changed(page, method="blur")})
    assert calls == []
    assert page.widget.profile.kinds[Kind.FACE].method == "solid"
    assert "too weak" in page.errors[0]
    assert page.resent("rules")[-1]["face"]["method"] == "solid"


@pytest.mark.parametrize("value", [None, [], {"face": 1}, 7, "rules"])
def test_rules_that_are_none_are_refused(page, value):
    page.ready().widget.set_state({"rules": value})
    assert len(page.errors) == 1
    assert page.widget.profile.hidden


def test_a_view_cannot_lower_the_limits(page):
    page.ready().widget.set_state({"limits": {}, "background": {"hide": False}})
    assert page.widget.limits["kinds"]["face"]["pad"][0] == 0.3


def test_python_too_must_set_valid_rules(page):
    with pytest.raises(traitlets.TraitError, match="too weak"):
        page.widget.rules = changed(page, method="blur")


def test_the_error_of_a_callback_is_shown(page):
    def fails(_rules):
        raise FileError("a.jpg is gone.")

    page.widget.on_rules(fails)
    page.ready().widget.set_state({"rules": changed(page, min_score=0.4)})
    assert page.errors == ["a.jpg is gone."]


def test_a_callback_cannot_change_the_widget_by_its_argument(page):
    page.widget.on_rules(lambda rules: rules["face"].update(min_score=99))
    page.ready().widget.set_state({"rules": changed(page, min_score=0.4)})
    assert page.widget.rules["face"]["min_score"] == 0.4


def test_an_exact_result_says_for_which_rules_and_picture_it_is(page):
    first = page.ready().widget.show(JPEG, 640, 480, FOUND)
    early = rules_of(page.widget.profile)
    page.widget.set_state({"rules": changed(page, min_score=0.4)})
    regions = Regions(np.array([[0, 0, 9, 9]]), ["face"], ["box"], ["solid"], [0], [[0, 0, 0]])
    page.widget.show_exact(b"exact", regions, rules=early)
    content, buffers = page.told("exact")[-1]
    assert content["rules"]["face"]["min_score"] == early["face"]["min_score"]
    assert (content["counts"], content["picture"], buffers) == ({"face": 1}, first, [b"exact"])


def test_an_exact_result_of_an_earlier_picture_is_dropped(page):
    first = page.ready().widget.show(JPEG, 640, 480, FOUND)
    page.widget.show(JPEG, 320, 200, FOUND)
    page.widget.show_exact(b"old", picture=first)
    assert page.told("exact") == []


def test_another_profile_brings_its_own_limits_and_rules(page):
    page.ready().widget.profile = profiles.load("analytics")
    assert page.widget.rules["face"]["method"] == "pixelate"
    assert page.widget.limits["purpose"] == "internal analytics"
    assert page.widget.profile.purpose == "analytics"
    assert page.resent("rules")[-1]["face"]["method"] == "pixelate"


def test_setting_the_profile_does_not_call_the_application(page):
    page.widget.on_rules(lambda _: pytest.fail("called"))
    page.ready().widget.profile = profiles.load("analytics")
    assert page.errors == []


def test_navigation_is_passed_on_and_nonsense_is_not(page):
    steps = []
    page.widget.on_navigate(steps.append)
    for step in (1, -1, 5, "1", None):
        page.say(type="navigate", step=step)
    assert steps == [1, -1]


def test_an_empty_picture_can_be_shown_and_cleared(page):
    page.ready().widget.show(JPEG, 640, 480, Detections.empty())
    assert page.told("picture")[0][1][1] == b""
    page.widget.clear()
    page.messages.clear()
    assert page.ready().messages == []
