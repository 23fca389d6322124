"""A review as a person does it, by keyboard alone: begin, find a miss, tag it, leave, come back, end, redact again."""

import re

import pytest
from served_pages import seen, tab, until

from workbench import batch, evidence, profiles, review
from workbench.catalog.case import Case
from workbench.media.samples import write_samples
from workbench.serving.dashboards import dashboards_folder
from workbench.values import Action, Kind

pytestmark = pytest.mark.browser
START = re.compile("(Begin|Go on with) the review")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A case with a finished run over three pictures."""
    made = tmp_path_factory.mktemp("review")
    for sample in write_samples(made / "all"):
        if sample.stem in ("astronaut", "parking", "whiteboard"):
            target = made / "pictures" / sample.parent.name / sample.name
            target.parent.mkdir(parents=True, exist_ok=True)
            sample.rename(target)
    case = Case.open(made / "case")
    run = batch.prepare(case, [made / "pictures"], made / "out", profiles.load("publication"))
    assert list(batch.run(case, run))[-1].kind == "end"
    case.close()
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place])


@pytest.fixture
def case(place):
    opened = Case.open(place / "case")
    yield opened
    opened.close()


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def begin(page) -> str:
    """Begin or go on, and return the name of the picture that is open; the keys go to it."""
    page.get_by_role("button", name=START).focus()
    press(page, "Enter")
    return opened(page)


def opened(page) -> str:
    seen(page, "To be looked at|still to be looked at")
    page.locator(".wb-editor .wb-badge", has_text="Redacted").wait_for()
    return page.locator(".wb-editor .wb-title").inner_text()


def test_by_keyboard_from_the_plan_to_a_verified_release(server, place, visit, case):
    page = visit(server)
    page.get_by_role("link", name="Review what was redacted").press("Enter")
    first = begin(page)
    seen(page, "nothing can be said about the pictures")

    # A miss: the card for reflections is taken by its letter, a box is drawn by keys, and both are stored at once.
    press(page, "l")
    page.locator(".wb-armed", has_text="Reflections").wait_for()
    press(page, "n", "Enter", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "Enter")
    until(case.catalog.reasons)
    assert case.catalog.reasons() == {"playbook:reflections": 1}
    item = next(each for each in case.catalog.review_items(1) if each.asset.path == first)
    (made,) = case.catalog.corrections(item.asset.sha256)
    assert (made.action, made.kind, bool(made.by)) == (Action.ADD, Kind.FACE, True)
    page.locator(".wb-card-row", has_text="Reflections").locator(".wb-card-count", has_text="1").wait_for()

    # Undo and redo keep the tag.
    press(page, "Control+z")
    until(lambda: not case.catalog.reasons())
    press(page, "Control+y")
    until(lambda: case.catalog.reasons() == {"playbook:reflections": 1})

    # Whoever closes the page comes back to the same picture, and their correction is there.
    page.close()
    page = visit(server, "voila/render/review.ipynb")
    assert begin(page) == first
    assert len(case.catalog.corrections(item.asset.sha256)) == 1

    # Done: the next one comes, until none is left.
    for left in (2, 1):
        press(page, "Control+Enter")
        page.locator(".wb-queue", has_text=f"{left} still to be looked at").wait_for()
        opened(page)
    press(page, "Control+Enter")
    seen(page, "Nothing is left for you")
    seen(page, "3 reviewed, 1 missed|3 pictures")
    answers = {answer.item: answer for answer in case.catalog.answers(1)}
    assert (answers[item.id].verdict, answers[item.id].misses) == ("corrected", 1)
    assert {answer.verdict for number, answer in answers.items() if number != item.id} == {"clean"}

    # The contact sheet: one key hides what is seen in a crop.
    tab(page, "Contact")
    page.get_by_role("button", name="Lay out the sheet").press("Enter")
    sheet = page.get_by_role("listbox", name="Crops").locator("visible=true")
    sheet.focus()
    sheet.locator("img").first.wait_for()
    press(page, "m")
    seen(page, "Will be hidden")
    until(lambda: "contact sheet" in case.catalog.reasons())

    # Only what was corrected is redacted again, and the release is proved anew.
    tab(page, "Redact again")
    outdated = review.outdated(case, 1)
    before = {source.name: source.stat().st_mtime_ns for source in (place / "out").rglob("*.jpg")}
    seen(page, rf"{len(outdated)} files? (was|were) corrected")
    page.get_by_role("button", name="Redact the corrected files again").press("Enter")
    until(lambda: not review.outdated(case, 1))
    seen(page, "Every correction is in the output already")
    assert evidence.verify(place / "out").ok
    after = {source.name: source.stat().st_mtime_ns for source in (place / "out").rglob("*.jpg")}
    assert sum(after[name] != time for name, time in before.items()) <= len(outdated)
