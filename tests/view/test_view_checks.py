"""The gate's list as a user meets it: state by sign and word, the way out, and buttons that say why they are barred."""

import pytest

from workbench.widgets.checks import CheckLine, ChecksWidget, Deed

pytestmark = pytest.mark.browser
LINES = [
    CheckLine("Outcomes", "passed", "12 files done."),
    CheckLine("Review", "weak", "Seen by one.", "Let another look.", deeds=(Deed("", "Open", link="review.ipynb"),)),
    CheckLine("Attempts", "failed", "2 recognised.", "Hide more.", deeds=(Deed("override", "Override …", "Not you."),)),
    CheckLine("Quality", "did not run", "Nothing is labelled.", must=False),
    CheckLine("Sound", "failed", "<b>3</b> videos.", overridden="Music only.", deeds=(Deed("go", "Go"),)),
]  # fmt: skip


@pytest.fixture
def checks(mount):
    widget, done = ChecksWidget(), []
    widget.on_deed(lambda index, name: done.append((index, name)))
    widget.show(LINES, holds=False, headline="It may not leave yet", why="Attempts failed.")
    view = mount(widget)
    view.done = done
    return view


def line(view, name):
    return view.page.get_by_role("listitem").filter(has=view.page.get_by_role("heading", name=name, exact=True))


def test_each_state_has_a_word_and_a_sign_of_its_own(checks):
    words = [each.inner_text().split() for each in checks.page.locator(".wb-check-state").all()]
    assert [" ".join(each) for each in words] == [
        "Passed", "Weak", "Failed", "Did not run not required", "Failed overridden",
    ]  # fmt: skip
    signs = {path.get_attribute("d") for path in checks.page.locator(".wb-check-state path").all()}
    assert len(signs) == 4


def test_the_verdict_is_announced_and_what_holds_back_is_marked(checks):
    assert "It may not leave yet" in checks.page.get_by_role("status").inner_text()
    assert checks.page.locator(".wb-holds-back h3").all_inner_texts() == ["Attempts"]


def test_words_are_never_markup(checks):
    assert "<b>3</b> videos." in line(checks, "Sound").inner_text()
    assert "Overridden: Music only." in line(checks, "Sound").inner_text()


def test_a_button_acts_by_keyboard_and_a_barred_one_says_why(checks):
    checks.page.get_by_role("button", name="Go: Sound").press("Enter")
    barred = checks.page.get_by_role("button", name="Override …: Attempts")
    assert barred.get_attribute("aria-disabled") == "true"
    barred.press("Enter")
    checks.pump()
    assert checks.done == [(4, "go")]
    assert line(checks, "Attempts").get_by_text("Not you.").is_visible()


def test_a_link_leads_to_another_screen(checks):
    link = checks.page.get_by_role("link", name="Open: Review")
    assert link.get_attribute("href") == "review.ipynb"


def test_the_focus_stays_on_its_button_when_the_list_is_drawn_anew(checks):
    checks.page.get_by_role("button", name="Go: Sound").focus()
    checks.widget.show(LINES, holds=True, headline="It may leave")
    checks.pump()
    assert checks.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Go: Sound"
    checks.widget.clear()
    checks.pump()
    assert checks.page.get_by_role("listitem").count() == 0
    assert checks.page.get_by_role("status").count() == 0
