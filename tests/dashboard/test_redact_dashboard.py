"""One visit to the dashboard, as a person makes it: choose, look, slide, redact, read, come back."""

import re

import pytest
from served_pages import kernel_of, seen, tab, until
from served_tool import session_of

from workbench import evidence, profiles
from workbench.media.samples import write_samples
from workbench.serving.dashboards import dashboards_folder
from workbench.values import Kind

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = tmp_path_factory.mktemp("dashboard")
    for sample in write_samples(made / "all"):
        if sample.stem in ("astronaut", "parking"):
            target = made / "pictures" / sample.name
            target.parent.mkdir(exist_ok=True)
            sample.rename(target)
    (made / "pictures" / "empty.jpg").write_bytes(b"")
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place])


def test_from_a_folder_to_a_verified_release(server, place, visit):
    page = visit(server, "voila/render/redact.ipynb")
    seen(page, "Everything stays on this machine")

    page.get_by_text("pictures", exact=True).first.click()
    page.get_by_role("button", name=re.compile("Choose .pictures")).click()
    seen(page, "Exact result")
    page.get_by_text("parking.jpg", exact=True).first.click()
    seen(page, "3 of 3")
    seen(page, "Exact result")

    # A stricter confidence leaves some of the text visible: said in words, and computed anew by Python.
    slider = page.get_by_role("slider", name=re.compile("Confidence", re.IGNORECASE)).locator("visible=true").first
    before = slider.input_value()
    slider.focus()
    slider.press("ArrowRight")
    assert slider.input_value() != before
    seen(page, "Exact result")

    # Another fill colour; and what cannot be found here is said, not offered.
    assert page.get_by_label("Hide everything but persons").is_disabled()
    seen(page, "a detector has to find them first")
    page.get_by_label("Fill colour").fill("#102030")
    page.get_by_label("Fill colour").press("Tab")
    seen(page, "Exact result")

    page.get_by_label("Save as").fill("mine")
    page.get_by_role("button", name="Save profile").click()
    seen(page, "Saved as 'mine'")
    assert profiles.load(place / "case" / "profiles" / "mine.toml").kinds[Kind.FACE].colour == (16, 32, 48)

    tab(page, "3")
    out = page.get_by_label("Output folder")
    assert out.input_value() == str(place / "pictures-redacted")
    page.get_by_role("button", name="Start redacting").click()
    seen(page, "Finished")
    seen(page, "empty.jpg")  # what failed is listed, the rest was done
    result = evidence.verify(place / "pictures-redacted")
    assert result.ok, result.summary()
    assert result.files == 2

    tab(page, "4")
    page.frame_locator("iframe").get_by_text("Redaction report").wait_for()
    page.get_by_role("button", name="Verify again").click()
    seen(page, "Verified: 2 files")
    page.get_by_role("button", name=re.compile("Before and after")).click()
    page.frame_locator("iframe").get_by_text("PRIVATE").first.wait_for()


def test_whoever_comes_back_sees_where_the_run_is(server, place, visit):
    page = visit(server, "voila/render/redact.ipynb")
    seen(page, "Everything stays on this machine")
    tab(page, "3")
    seen(page, "Finished")
    name, _ = session_of(page)
    page.close(run_before_unload=True)
    until(lambda: kernel_of(server, name) is None)
