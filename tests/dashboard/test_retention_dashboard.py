"""What is due, sealed and deleted as a custodian does it in the browser."""

import re

import pytest
from served_pages import until
from unit.keeping import kept_case

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
    proxy = {"user_header": "X-User", "proxy_secret": "s" * 20}
    return serve(dashboards_folder(), case=kept.folder, roots=[kept.root], **proxy)


def seen(page, text):
    found = page.get_by_text(re.compile(text)).locator("visible=true").first
    found.wait_for()
    return found


def test_sealed_then_deleted_with_a_certificate(server, kept, visit):
    page = visit(server)
    page.context.set_extra_http_headers({"X-User": "cus", "X-Workbench-Proxy": "s" * 20})
    page.goto(f"{server.address}voila/render/retention.ipynb")
    seen(page, "You are cus, custodian in this case")
    seen(page, "Nothing is overdue")

    page.get_by_role("tab", name=re.compile("Seal")).click()
    archive = kept.root / "originals.age"
    page.get_by_label("New file for the archive of the originals").fill(str(archive))
    page.get_by_role("button", name="Seal the originals").click()
    until(archive.is_file)
    seen(page, "Sealed the originals: 6 files")

    page.get_by_role("tab", name=re.compile("Delete")).click()
    page.get_by_role("button", name="Dry run").press("Enter")
    seen(page, "Nothing is deleted yet")
    for_good = page.get_by_role("button", name="Delete for good")
    assert for_good.is_disabled()
    label = page.locator("label", has_text="To confirm, type this code").inner_text()
    page.get_by_label("To confirm, type this code").fill(label.rpartition(" ")[2])
    until(for_good.is_enabled)
    for_good.press("Enter")
    seen(page, "Certificate of deletion")
    assert not (kept.source / "a.jpg").exists()
    assert [entry.act for entry in ledger.entries(kept.folder)][-2:] == ["sealed", "deleted"]
    page.get_by_role("tab", name=re.compile("What is due")).click()
    seen(page, "deleted on")
