"""A form's Python half: what a page may send, and what it hears."""

import pytest

from workbench.values import UsageError
from workbench.widgets.form import Field, FormWidget, OvertakenError, Section

SURE = Field("sure", "Sure?", "choice", options=(("yes", "Yes"), ("", "–")))
SECTIONS = (Section("One", (Field("name", "Name?", value="old"), SURE)),)


def form(wire, save=lambda name, value, over: {name: value}):
    return wire(FormWidget(SECTIONS, save, label="Test")).ready()


def test_a_view_gets_the_whole_form_when_it_is_ready(wire):
    page = form(wire)
    (content, _), = page.told("form")  # fmt: skip
    assert content["label"] == "Test"
    assert [field["value"] for field in content["sections"][0]["fields"]] == ["old", ""]


def test_an_answer_is_stored_and_the_view_hears_what_was(wire):
    page = form(wire, lambda name, value, over: {name: value, "sure": "yes"})
    page.say(type="edit", name="name", value="new", number=3)
    (content, _), = page.told("kept")  # fmt: skip
    assert (content["stored"], content["number"]) == ({"name": "new", "sure": "yes"}, 3)
    assert {name: field.value for name, field in page.widget.fields.items()} == {"name": "new", "sure": "yes"}


def test_what_is_refused_belongs_to_its_field_and_changes_nothing(wire):
    def save(name, value, over):
        raise UsageError("Too short.")

    page = form(wire, save).say(type="edit", name="name", value="x", number=1)
    (content, _), = page.told("refused")  # fmt: skip
    assert (content["name"], content["text"], page.errors) == ("name", "Too short.", [])
    assert page.widget.fields["name"].value == "old"


def test_a_mistake_of_the_program_is_told_beside_the_field_without_its_details(wire):
    def save(name, value, over):
        raise KeyError("/secret/place")

    page = form(wire, save).say(type="edit", name="name", value="x", number=1)
    (content, _), = page.told("refused")  # fmt: skip
    assert "KeyError" in content["text"]
    assert "/secret" not in content["text"]


def test_somebody_elses_answer_is_shown_and_one_may_insist(wire):
    def save(name, value, over):
        if not over:
            raise OvertakenError("theirs")
        return {name: value}

    page = form(wire, save).say(type="edit", name="name", value="mine", number=1)
    assert [content["theirs"] for content, _ in page.told("overtaken")] == ["theirs"]
    page.say(type="edit", name="name", value="mine", number=2, over=True)
    assert page.widget.fields["name"].value == "mine"


@pytest.mark.parametrize(
    "content",
    [
        {"name": "nobody asked", "value": "x"},
        {"name": "name", "value": 7},
        {"value": "x"},
        {"name": "name", "value": "x" * 50_000},
    ],
)
def test_what_no_form_sends_is_refused_as_a_whole(wire, content):
    page = form(wire).say(type="edit", number=1, **content)
    assert len(page.errors) == 1
    assert page.told("kept") == []


def test_a_choice_that_is_not_offered_and_a_locked_form_are_refused(wire):
    page = form(wire).say(type="edit", name="sure", value="perhaps", number=1)
    page.widget.show(SECTIONS, locked="You may not.")
    page.say(type="edit", name="name", value="x", number=2)
    assert [content["text"] for content, _ in page.told("refused")] == [
        "This answer is too long, or none of those offered.",
        "You may not.",
    ]


def test_the_same_form_is_not_sent_twice(wire):
    page = form(wire)
    page.widget.show(SECTIONS)
    assert len(page.told("form")) == 1
