"""What a custodian seals in the browser, and what is due. Deleting: see `test_whole_case_dashboard`."""

import kept_case
import pytest
from served_pages import PROXY, seen, tab, until

from workbench.governance import ledger
from workbench.serving.dashboards import dashboards_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_USER", "ann")
        made = kept_case.make(tmp_path_factory.mktemp("kept"))
        kept_case.name_people(made)
    return made


@pytest.fixture(scope="module")
def server(serve, kept):
    return serve(dashboards_folder(), case=kept.folder, roots=[kept.root], **PROXY)


def test_the_custodian_sees_what_is_due_and_seals(server, kept, visit):
    page = visit(server, "voila/render/retention.ipynb", who="cus")
    seen(page, "You are cus, custodian in this case")
    seen(page, "Nothing is overdue")
    seen(page, "90 days left")

    tab(page, "Seal")
    archive = kept.root / "originals.age"
    page.get_by_label("New file for the archive of the originals").fill(str(archive))
    page.get_by_role("button", name="Seal the originals").click()
    until(archive.is_file)
    seen(page, "Sealed the originals: 6 files")
    assert (kept.source / "a.jpg").exists(), "sealing deletes nothing"
    assert ledger.entries(kept.folder)[-1].act == "sealed"
