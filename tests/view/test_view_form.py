"""The form as a user meets it: answers are saved by themselves, and nothing that was typed is ever lost."""

from dataclasses import replace

import pytest

from workbench.values import UsageError
from workbench.widgets.form import Field, FormWidget, OvertakenError, Section

pytestmark = pytest.mark.browser
EVIL = "<img src=x onerror='window.hurt = 1'>"
SURE = Field("sure", "Are you sure?", "choice", options=(("yes", "Yes"), ("no", "No"), ("", "not answered yet")))
FIELDS = (
    Field("name", "Name?", value="old"),
    Field("why", "Why?", "text", help=f"In a sentence. {EVIL}"),
    SURE,
    Field("basis", "Which basis?", "list", options=(("", "none yet"), ("consent", "Consent"))),
    Field("days", "How many days?", "number"),
)


class Store:
    """What stands on the other side: answers, and what is refused."""

    def __init__(self):
        self.saved, self.refuse, self.theirs = [], "", {}

    def save(self, name, value, over):
        if name in self.theirs and not over:
            raise OvertakenError(self.theirs[name])
        if self.refuse:
            raise UsageError(self.refuse)
        self.saved.append((name, value))
        return {name: value}


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def form(mount, store):
    view = mount(FormWidget((Section("One", FIELDS, about="About."),), store.save, label="Case"))
    view.until("document.querySelectorAll('.wb-field').length === 5")
    return view


def state(view, label):
    return view.page.locator(".wb-field", has_text=label).locator(".wb-state")


def test_a_pause_in_typing_saves_and_so_does_leaving_the_field(form, store):
    box = form.page.get_by_label("Why?")
    box.press_sequentially("Because")
    form.pump()
    assert store.saved == []
    form.page.wait_for_timeout(1300)
    form.pump()
    assert store.saved == [("why", "Because")]
    assert state(form, "Why?").inner_text() == "Saved"
    box.press_sequentially(" so.")
    form.page.keyboard.press("Tab")
    form.pump()
    assert store.saved[-1] == ("why", "Because so.")
    form.page.get_by_label("Why?").blur()
    form.pump()
    assert len(store.saved) == 2  # nothing new, nothing sent


def test_everything_is_reached_and_chosen_by_keys_and_has_its_label(form, store):
    form.page.get_by_label("Name?").focus()
    for _ in range(2):
        form.page.keyboard.press("Tab")
    form.page.keyboard.press("ArrowUp")  # from "not answered yet" to "No"
    form.pump()
    assert store.saved[-1] == ("sure", "no")
    assert form.page.get_by_role("group", name="Are you sure?").get_by_label("No", exact=True).is_checked()
    form.page.get_by_label("Which basis?").select_option("consent")
    form.pump()
    assert store.saved[-1] == ("basis", "consent")
    form.page.get_by_label("How many days?").fill("12")
    form.page.keyboard.press("Enter")
    form.pump()
    assert store.saved[-1] == ("days", "12")
    assert form.page.get_by_role("status").inner_text() == "Saved: How many days?"


def test_what_is_refused_stays_typed_with_the_reason_beside_it(form, store):
    store.refuse = "Too short."
    box = form.page.get_by_label("Name?")
    box.fill("x")
    box.blur()
    form.pump()
    assert (box.input_value(), state(form, "Name?").inner_text()) == ("x", "Too short.")
    assert box.get_attribute("aria-invalid") == "true"
    described = box.get_attribute("aria-describedby").split()
    assert "Too short." in form.page.locator(f"#{described[-1]}").inner_text()
    store.refuse = ""
    box.fill("xyz")
    box.blur()
    form.pump()
    assert (store.saved, box.get_attribute("aria-invalid")) == ([("name", "xyz")], "false")


def test_other_questions_come_and_go_without_losing_text_or_focus(form):
    box = form.page.get_by_label("Why?")
    box.press_sequentially("Half a sen")
    more = (*FIELDS, Field("how", "How?"))
    form.widget.show((Section("One", (replace(FIELDS[0], value="theirs"), *more[1:]), about="About."),))
    form.until("document.querySelectorAll('.wb-field').length === 6")
    assert form.page.get_by_label("Name?").input_value() == "theirs"
    assert box.input_value() == "Half a sen"
    form.page.keyboard.type("tence")
    assert box.input_value() == "Half a sentence"


def test_somebody_elses_word_is_shown_and_one_chooses(form, store):
    store.theirs = {"name": "theirs"}
    box = form.page.get_by_label("Name?")
    box.fill("mine")
    box.blur()
    form.pump()
    assert "“theirs”" in state(form, "Name?").inner_text()
    assert box.input_value() == "mine"
    form.page.get_by_role("button", name="Keep mine").press("Enter")
    form.pump()
    assert store.saved == [("name", "mine")]
    box.fill("mine again")
    box.blur()
    form.pump()
    form.page.get_by_role("button", name="Take theirs").click()
    form.pump()
    assert (box.input_value(), len(store.saved)) == ("theirs", 1)


def test_who_may_not_change_anything_reads_it_all_and_is_told_why(form):
    form.widget.show((Section("One", FIELDS, about="About."),), locked="'eve' may not change the record.")
    form.pump()
    assert form.page.get_by_role("note").inner_text() == "'eve' may not change the record."
    assert form.page.get_by_label("Name?").get_attribute("readonly") == ""
    assert form.page.get_by_role("group", name="Are you sure?").get_by_label("Yes").is_disabled()


def test_names_and_questions_are_only_text(form):
    assert form.page.evaluate("window.hurt") is None
    assert form.page.get_by_text("<img src=x").is_visible()
