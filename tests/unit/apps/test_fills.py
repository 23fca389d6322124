"""The fill colour and the hidden background: what they do to a profile, and when they are shown."""

import pytest

from workbench import detect, profiles
from workbench.apps import fills
from workbench.apps.parts import profile_words
from workbench.detect import ModelInfo
from workbench.values import Kind, UsageError

PERSON_FINDER = ModelInfo("coco", "yolo", (Kind.PERSON,), "AGPL-3.0", "yolo.onnx", "ab", 1, True, "", "")


@pytest.fixture
def person_finder(monkeypatch):
    """A detector of persons that somebody has added."""
    known = detect.infos()
    monkeypatch.setattr(detect, "infos", lambda: [*known, PERSON_FINDER])


def test_one_colour_goes_to_every_kind_and_the_background():
    profile = fills.with_colour(profiles.load("publication"), "#0A141e")
    assert {rule.colour for rule in profile.kinds.values()} == {(10, 20, 30)}
    assert profile.background.colour == (10, 20, 30)
    assert fills.colour_of(profile) == (10, 20, 30)


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#1234567", "#12345g", "123456", None, 7])
def test_a_colour_that_is_no_colour_is_refused(colour):
    with pytest.raises(UsageError, match="#606060"):
        fills.with_colour(profiles.load("publication"), colour)


def test_a_colour_matters_where_something_is_covered_with_it():
    profile = profiles.load("analytics")
    rules = {kind: rule.model_copy(update={"method": "average"}) for kind, rule in profile.kinds.items()}
    averaged = profile.changed(kinds=rules)
    assert fills.is_filled(profiles.load("publication"))
    assert not fills.is_filled(averaged)
    assert fills.is_filled(fills.with_background(averaged, True, ()))


def test_a_background_is_hidden_only_where_what_stays_can_be_found():
    profile = profiles.load("publication")
    with pytest.raises(UsageError, match="persons visible a detector has to find them"):
        fills.with_background(profile, True, None)
    hidden = fills.with_background(profile, True, ("coco",))
    assert hidden.background.hide
    assert hidden.detectors == (*profile.detectors, "coco")
    assert "everything but persons" in profile_words(hidden)
    assert not fills.with_background(hidden, False, None).background.hide


def test_without_a_finder_of_persons_the_page_says_what_is_missing(screen):
    shown = screen.fills
    assert shown.background.disabled
    assert shown.background.description == "Hide everything but persons"
    assert "workbench models add" in shown.note.value
    assert "Traceback" not in shown.note.value
    shown.background.value = True  # as a page could that was tampered with
    assert not shown.background.value
    assert not screen.preview.profile.background.hide
    assert "a detector has to find them" in screen.notice.text


def test_a_finder_that_was_added_is_taken_along(person_finder, screen):
    assert not screen.fills.background.disabled
    assert "models add" not in screen.fills.note.value
    screen._open(1)
    assert screen.background.join()
    before = dict(screen.gallery.items[1].counts)
    screen.fills.background.value = True
    assert screen.background.join()
    profile = screen.preview.profile
    assert (profile.background.hide, profile.name) == (True, "publication changed")
    assert profile.detectors[-1] == "coco"
    assert "stays visible" in screen.fills.note.value
    assert dict(screen.gallery.items[1].counts)["other"] >= 1  # nobody was found, so all of it is covered
    screen.fills.background.value = False
    assert screen.background.join()
    assert dict(screen.gallery.items[1].counts) == before


def test_another_colour_is_drawn_and_kept(screen):
    assert screen.fills.colour.value == "#606060"
    screen._open(1)
    screen.background.join()
    rules = screen.preview.rules
    screen.preview.set_state({"rules": {**rules, "face": {**rules["face"], "min_score": 0.1}}})
    screen.fills.colour.value = "#102030"
    assert screen.background.join()
    face = screen.preview.profile.kinds[Kind.FACE]
    assert (face.colour, face.min_score) == ((16, 32, 48), 0.1)  # what the sliders said stays
    screen.profile_name.value = "dark"
    screen.save.click()
    assert screen.session.load_profile("dark").background.colour == (16, 32, 48)
    screen.fills.colour.value = "red"
    assert "#606060" in screen.notice.text
    assert screen.fills.colour.value == "#102030"


def test_the_colour_is_shown_only_while_something_is_covered_with_it(screen):
    assert screen.fills.colour.layout.display is None
    rules = {kind: {**rule, "method": "average"} for kind, rule in screen.preview.rules.items()}
    screen.preview.set_state({"rules": rules})
    assert screen.fills.colour.layout.display == "none"
    screen.profile_choice.value = "analytics"
    screen.profile_choice.value = "publication"
    assert screen.fills.colour.layout.display is None
