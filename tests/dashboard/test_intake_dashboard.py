"""The intake as a person does it in a browser: look, filter, describe, pick by keyboard, store a subset."""

import re

import pytest
from served_pages import seen, tab, until

from workbench.catalog.case import Case
from workbench.media.samples import write_samples
from workbench.serving.dashboards import dashboards_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = tmp_path_factory.mktemp("intake")
    write_samples(made / "pictures")
    (made / "pictures" / "notes.txt").write_text("not a picture")
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place / "pictures"])


@pytest.fixture
def case(place):
    opened = Case.open(place / "case")
    yield opened
    opened.close()


def test_from_a_folder_to_a_stored_subset(server, visit, case):
    page = visit(server)
    titles = page.get_by_role("link").all_inner_texts()
    order = [at for at, text in enumerate(titles) if re.search("Choose what is used|Redact photos|Release it", text)]
    assert order == sorted(order)
    assert len(order) == 3
    page.get_by_role("link", name="Choose what is used").press("Enter")
    page.get_by_role("button", name=re.compile("^Choose “pictures”")).press("Enter")
    seen(page, "7 photos")
    seen(page, "1 file cannot be used")

    tab(page, "Describe")
    field = page.get_by_label("Filter").locator("visible=true")
    field.fill("people")
    field.press("Enter")
    seen(page, "4 of 8 files, 0 picked")
    page.locator(".wb-file-cell img").nth(3).wait_for()
    scenario = page.locator(".wbp-part", has_text="Describe").get_by_label("Scenario")
    scenario.fill("office")
    scenario.press("Tab")
    page.get_by_role("button", name="Set for all 4 files shown").press("Enter")
    until(lambda: sum("scenario" in said for said in case.catalog.said().values()) == 4)
    seen(page, "4 files changed")

    # Two of them are picked by keyboard and stored.
    page.get_by_role("listbox", name="Files").locator("visible=true").focus()
    for key in ("Home", "Space", "Shift+ArrowRight"):
        page.keyboard.press(key)
    seen(page, "The subset would hold the 2 files picked")
    name = page.get_by_label("Name").locator("visible=true")
    name.fill("pilot")
    name.press("Tab")
    page.get_by_role("button", name="Store the subset").press("Enter")
    seen(page, "Stored: 'pilot' with 2 files")
    assert [(each.name, len(each.members)) for each in case.catalog.subsets()] == [("pilot", 2)]
