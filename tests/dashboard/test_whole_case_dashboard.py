"""A whole case in the browser: from an empty folder to an approved release, by two people, and then to deletion."""

import re

import pytest
from served_pages import PROXY, push, seen, tab, until

import workbench
from workbench.governance import case_file, guidance
from workbench.governance.verifying import verify as verify_ledger
from workbench.keeping.witnesses import anchors
from workbench.media.samples import write_samples
from workbench.serving.dashboards import dashboards_folder

pytestmark = pytest.mark.browser
USED = ("people/astronaut.jpg", "street/parking.jpg")
"""what is redacted; another picture lies beside them"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Three pictures, and no case yet."""
    made = tmp_path_factory.mktemp("whole")
    for sample in write_samples(made / "all"):
        path = sample.relative_to(made / "all")
        if path.as_posix() in (*USED, "office/letter.png"):
            target = made / "pictures" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            sample.rename(target)
    return made


@pytest.fixture(scope="module")
def server(serve, place):
    return serve(dashboards_folder(), case=place / "case", roots=[place / "pictures"], **PROXY)


def test_from_an_empty_folder_to_a_release_and_to_deletion(server, place, visit):
    # Ann prepares, runs and keeps; Bob looks at what she made, and decides.
    ann = visit(server, who="ann")
    ann.get_by_role("link", name="Open and keep the case").press("Enter")
    open_the_case(ann)
    answer(ann, place / "case")
    name_two_people(ann)
    assess(ann, place / "case")
    choose_files(ann, server)
    redact(ann)

    bob = visit(server, "voila/render/review.ipynb", who="bob")
    look_at_all(bob)
    bob.goto(f"{server.address}voila/render/release.ipynb")
    attack_and_approve(bob)

    ann.goto(f"{server.address}voila/render/release.ipynb")
    export(ann)
    released = place / "pictures-pilot-redacted-release"
    proof = workbench.verify(released)
    assert proof.ok, proof.summary()
    assert proof.files == len(USED)

    ann.goto(f"{server.address}voila/render/retention.ipynb")
    delete_the_originals(ann)
    left = sorted(path.relative_to(place / "pictures").as_posix() for path in (place / "pictures").rglob("*.*"))
    assert left == ["office/letter.png"]
    assert workbench.verify(released).ok

    # Every step is in the ledger, and the release vouches for the lines before it.
    known, skipped = anchors(place / "case", [released])
    checked = verify_ledger(place / "case", known)
    assert (checked.ok, checked.findings, skipped) == (True, (), [])
    assert checked.anchors >= 1
    ann.goto(f"{server.address}voila/render/case.ipynb")
    tab(ann, "Ledger")
    seen(ann, f"{checked.entries} lines, unbroken")


def open_the_case(page):
    page.get_by_label("Short name of the case").fill("Street scenes")
    page.get_by_label("AI training").check()
    push(page, "Open the case")
    page.get_by_label("What is to be done with the pictures?").wait_for()


def answer(page, folder):
    """Answer what the gate asks for: basis, origin, screening, Recital 26."""
    page.get_by_role("group", name="Is this purpose another one").get_by_label("No", exact=True).check()
    page.get_by_label("On which basis is this lawful?").select_option("anonymised")
    for prompt in guidance.bases()["anonymised"].prompts:
        write(page, prompt.ask, "See the register of processing activities, entry 12.")
    tab(page, "Risks")
    for question in guidance.questions().values():
        page.get_by_role("group", name=question.ask).get_by_label("No", exact=True).check()
    seen(page, "No answer speaks for an impact assessment")
    tab(page, "Assessment")
    for prompt in guidance.sheets()["recital_26"].prompts:
        write(page, prompt.ask, "Faces, plates and text are filled; the rest was looked at.")
    until(lambda: all(case_file.load(folder).recital_26.values()))


def write(page, label, words):
    field = page.get_by_label(label, exact=True)
    field.fill(words)
    field.press("Tab")


def name_two_people(page):
    tab(page, "People")
    account = page.get_by_label("Account")
    for who, roles in {"ann": ("operator", "custodian"), "bob": ("reviewer", "approver")}.items():
        account.fill(who)
        for role in roles:
            page.get_by_label(re.compile(f"^{role}:")).check()
        push(page, "Save person")
        page.get_by_role("cell", name=who, exact=True).wait_for()
        until(lambda: account.input_value() == "")
    seen(page, "You are ann, operator and custodian in this case")


def assess(page, folder):
    tab(page, "Assessment")
    write(page, "Why?", "Few pictures, and nobody is identifiable in them.")
    needed = page.get_by_role("group", name="Is an impact assessment (DPIA) needed?")
    needed.get_by_label("No", exact=True).check()
    page.get_by_label("Who decided?").select_option("Person 2: bob")
    write(page, "When?", "2026-01-31")
    until(lambda: case_file.load(folder).dpia.decided and case_file.load(folder).dpia.by == 2)


def choose_files(page, server):
    """Look at the folder, say what two of the pictures are, and store them as a subset."""
    page.goto(f"{server.address}voila/render/intake.ipynb")
    push(page, re.compile("^Choose “pictures”"))
    seen(page, "3 photos")
    tab(page, "Describe")
    field = page.get_by_label("Filter").locator("visible=true")
    field.fill("-letter")
    field.press("Enter")
    seen(page, "2 of 3 files")
    write(page.locator(".wbp-part", has_text="Describe"), "Scenario", "street")
    push(page, "Set for all 2 files shown")
    seen(page, "2 files changed")
    write(page.locator(".wbp-part", has_text="Store as a subset"), "Name", "pilot")
    push(page, "Store the subset")
    seen(page, "Stored: 'pilot' with 2 files")
    page.get_by_role("link", name="Redact this subset").press("Enter")


def redact(page):
    page.locator(".wb-gallery", has_text="2 pictures").wait_for()
    seen(page, "Exact result")
    tab(page, "3")
    push(page, "Start redacting")
    seen(page, "Finished")


def look_at_all(page):
    push(page, "Begin the review")
    for left in reversed(range(len(USED))):
        page.locator(".wb-editor .wb-badge", has_text="Redacted").wait_for()
        page.keyboard.press("Control+Enter")
        page.locator(".wb-queue", has_text=f"{left} still to be looked at").wait_for()
    seen(page, "Nothing is left for you")


def attack_and_approve(page):
    seen(page, "This release may not leave yet")
    push(page, "Verify now: Verification")
    seen(page, "Verified: 2 files")

    tab(page, "Try to recognise")
    push(page, "Search the outputs")
    page.get_by_role("cell", name="Search of the outputs, by program").wait_for()
    for way in ("Places that the program found", "Context clues"):
        page.get_by_label("Way").select_option(way)
        write(page, "Tried", str(len(USED)))
        push(page, "Record the attempt")
        page.get_by_role("cell", name=way).wait_for()

    tab(page, "Decide")
    push(page, "Approve the release")
    seen(page, "Approved: these files may leave")


def export(page):
    seen(page, "This release may leave")
    tab(page, "Decide")
    until(page.get_by_role("button", name="Approve the release").is_disabled)  # she is no approver
    tab(page, "Report and export")
    push(page, "Export the release")
    seen(page, "Released into")
    push(page, "Show the report")
    page.frame_locator("iframe").get_by_text(re.compile("Release report")).first.wait_for()


def delete_the_originals(page):
    seen(page, "Nothing is overdue")
    tab(page, "Delete")
    push(page, "Dry run")
    seen(page, "2 files, .* Nothing is deleted yet")
    for_good = page.get_by_role("button", name="Delete for good")
    assert for_good.is_disabled()
    label = page.locator("label", has_text="To confirm, type this code").inner_text()
    page.get_by_label("To confirm, type this code").fill(label.rpartition(" ")[2])
    push(page, "Delete for good")
    seen(page, "Certificate of deletion")
    seen(page, r"Person 1 \(custodian\)")
    tab(page, "What is due")
    seen(page, "deleted on")
