"""The gate for whoever holds all roles: verify, override with a reason, approve."""

import re

import pytest
from served_pages import push, seen, until

from workbench import batch
from workbench.catalog.case import Case
from workbench.governance import casework
from workbench.governance.record import Record
from workbench.media.samples import write_samples
from workbench.serving.dashboards import dashboards_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A case of one person with a finished run over one picture."""
    made = tmp_path_factory.mktemp("release")
    for sample in write_samples(made / "all"):
        if sample.stem == "astronaut":
            (made / "pictures").mkdir()
            sample.rename(made / "pictures" / sample.name)
    case = Case.open(made / "case")
    casework.make(case.path, Record.new("One picture", "analytics"))
    run = batch.prepare(case, [made / "pictures"], made / "out", casework.picked_profile(case.path))
    assert list(batch.run(case, run))[-1].kind == "end"
    case.close()
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place])


def test_one_person_overrides_with_reasons_and_approves(server, place, visit):
    page = visit(server, "voila/render/release.ipynb")
    seen(page, "This release may not leave yet")
    checks = page.get_by_role("list", name="Checks")
    page.get_by_role("button", name="Verify now: Verification").press("Enter")
    seen(page, "Verified: 1 file")
    assert page.get_by_role("link", name="Open the case screen: Lawful basis").is_visible()

    overrides = page.get_by_role("button", name=re.compile("^Override …"))
    overrides.first.wait_for()
    for left in reversed(range(overrides.count())):
        overrides.first.press("Enter")
        reason = page.locator(".wbp-part", has_text="Override a check").get_by_label("Reason")
        reason.fill("Only a test.")
        reason.press("Tab")
        page.get_by_role("button", name="Override it").press("Enter")
        until(lambda left=left: overrides.count() == left)
    assert checks.get_by_text("Overridden: ").count() >= 1

    page.get_by_role("button", name="Decide …: Approval").press("Enter")
    push(page, "Approve the release")
    seen(page, "Approved: these files may leave")
