"""The case as a compliance officer keeps it in the browser: opened, answered, shared with somebody, proved."""

import re

import pytest
from served_pages import PROXY, seen, tab, until

from workbench.apps.case_desk import CaseDesk
from workbench.governance import case_file, ledger
from workbench.serving.dashboards import dashboards_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cases") / "street"


@pytest.fixture(scope="module")
def server(serve, folder):
    return serve(dashboards_folder(), case=folder, roots=[folder.parent], **PROXY)


def stored(folder):
    return case_file.load(folder)


def test_from_no_record_to_a_proved_ledger(server, folder, visit):
    page = visit(server, who="ann")
    page.get_by_role("link", name="Open and keep the case").press("Enter")
    page.get_by_label("Short name of the case").fill("Street scenes")
    page.get_by_label("AI training").check()
    page.get_by_role("button", name="Open the case").press("Enter")
    what = page.get_by_label("What is to be done with the pictures?")
    what.wait_for()
    assert stored(folder).purpose == "ai-training"

    # Saved as it is typed: no button, a pause is enough; and a choice at once.
    what.press_sequentially("Teach a model to find pedestrians.")
    until(lambda: stored(folder).description == "Teach a model to find pedestrians.")
    page.get_by_label("On which basis is this lawful?").select_option("legitimate-interests")
    page.get_by_label("Necessity test").fill("Fewer pictures miss the rare cases.")
    page.get_by_label("Necessity test").press("Tab")
    until(lambda: stored(folder).basis.answers.get("necessity"))

    # The page is long: a wheel gets on, and what follows from the answers stays in sight.
    tab(page, "Risks")
    page.get_by_role("group", name="Do the pictures come from watching").get_by_label("Yes").check()
    seen(page, r"An impact assessment \(DPIA, Article 35\) is required")
    page.mouse.move(300, 500)
    page.mouse.wheel(0, 600)
    until(lambda: page.evaluate("document.querySelector('#rendered_cells').scrollTop") > 100)
    panel = page.get_by_role("region", name="What follows").locator("visible=true")
    assert panel.bounding_box()["y"] >= 0

    # What lacks its reason stays chosen, with the reason beside it, and is stored together with it.
    tab(page, "Assessment")
    needed = page.get_by_role("group", name="Is an impact assessment (DPIA) needed?").get_by_label("No", exact=True)
    needed.check()
    seen(page, "Say why no assessment is needed")
    assert needed.is_checked()
    page.get_by_label("Why?").fill("It was done for the pilot.")
    page.get_by_label("Why?").press("Tab")
    until(lambda: stored(folder).dpia.needed == "no")

    # Somebody else changes the same answer meanwhile: both are shown, and one chooses.
    tab(page, "Why")
    CaseDesk(folder, "bob").save("title", "Roads")
    tab(page, "Risks")
    seen(page, "Somebody else changed the record meanwhile")
    tab(page, "Why")
    name = page.get_by_label("Short name", exact=True)
    until(lambda: name.input_value() == "Roads")
    CaseDesk(folder, "bob").save("title", "Lanes")
    name.fill("Street scenes")
    name.press("Tab")
    seen(page, "Somebody else changed this meanwhile, to: “Lanes”")
    assert name.input_value() == "Street scenes"
    page.get_by_role("button", name="Keep mine").click()
    until(lambda: stored(folder).title == "Street scenes")

    # From the first name on, only who is named acts; this page says so and lets others read.
    tab(page, "People")
    page.get_by_label("Account").fill("ann")
    page.get_by_label(re.compile("^operator")).check()
    page.get_by_role("button", name="Save person").click()
    seen(page, "You are ann, operator in this case")

    tab(page, "What follows")
    seen(page, "Is hiding faces enough")
    tab(page, "Ledger")
    seen(page, "unbroken")
    assert {entry.act for entry in ledger.entries(folder)} == {"case-made", "case-changed"}

    # Who has no role reads everything and changes nothing.
    other = visit(server, "voila/render/case.ipynb", who="eve")
    seen(other, "You are eve, and have no role in this case")
    assert other.get_by_label("Short name", exact=True).get_attribute("readonly") == ""
    assert seen(other, "may not change the record").is_visible()
