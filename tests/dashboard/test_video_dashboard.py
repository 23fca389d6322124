"""A video in the dashboard, as a person works on it: look, correct, redact, and the release keeps the correction."""

import re

import pytest
from clips import make_clip, scene
from served_pages import seen, tab, until

from workbench import evidence
from workbench.catalog.case import Case
from workbench.serving.dashboards import dashboards_folder
from workbench.values import Action

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    made = tmp_path_factory.mktemp("video-dashboard")
    (made / "clips").mkdir()
    size = 480, 360
    make_clip(made / "clips" / "street.mp4", frames=30, size=size, draw=lambda n: scene(n, size, still=True, face=True))
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place])


def test_a_video_is_searched_corrected_and_redacted(server, place, visit):
    page = visit(server, "voila/render/redact.ipynb")
    seen(page, "Everything stays on this machine")
    page.get_by_text("clips", exact=True).first.click()
    page.get_by_role("button", name=re.compile("Choose .clips")).click()
    page.get_by_role("option", name=re.compile("street.mp4: Video, 0:01")).wait_for()
    seen(page, "Exact result")
    face = page.get_by_role("option", name=re.compile("^Face .*, hidden, from 0:00"))
    face.first.wait_for()

    # What the detector missed is drawn, and what it found is gone through with keys.
    page.locator(".wb-player .wb-canvas").focus()
    page.keyboard.press("n")
    stage = page.locator(".wb-player .wb-stage").bounding_box()
    page.mouse.move(stage["x"] + 12, stage["y"] + 12)
    page.mouse.down()
    page.mouse.move(stage["x"] + 90, stage["y"] + 70, steps=3)
    page.mouse.up()
    seen(page, "Followed from")
    own = page.get_by_role("option", name=re.compile("certain, hidden"))
    own.wait_for()
    page.keyboard.press("Control+z")
    until(lambda: own.count() == 0)
    page.keyboard.press("Control+y")
    own.wait_for()

    tab(page, "3")
    page.get_by_role("button", name="Start redacting").click()
    seen(page, "Finished")
    result = evidence.verify(place / "clips-redacted")
    assert result.ok, result.summary()
    with Case.open(place / "case") as case:
        (run,) = case.catalog.runs()
        ((asset, outcome),) = case.catalog.results(run.id)
        (correction,) = case.catalog.corrections(asset.sha256)
    assert correction.action is Action.ADD
    assert correction.track in {row[0] for row in outcome.regions}, "what a person drew is hidden in the output"
    assert outcome.frames == 30
