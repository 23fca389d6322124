"""The record before one person: saving, errors, somebody else, roles. No kernel, no page."""

import pytest

from workbench.apps import case_pages
from workbench.apps.case_desk import CaseDesk, differing, value_text
from workbench.governance import case_file, casework, guidance, ledger
from workbench.governance.record import Person, Record
from workbench.values import UsageError
from workbench.widgets.form import OvertakenError

KEY = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
"""the public key of the age documentation's own example"""


@pytest.fixture
def desk(tmp_path):
    made = CaseDesk(tmp_path, "ann")
    made.begin("Street", "ai-training", "eu")
    return made


def on_disk(desk) -> Record:
    return case_file.load(desk.folder)


def test_a_case_begins_with_three_answers_and_only_once(tmp_path):
    desk = CaseDesk(tmp_path, "ann")
    with pytest.raises(UsageError, match="short name"):
        desk.begin("  ", "publication", "eu")
    assert desk.begin(" Street ", "publication", "uk").title == "Street"
    with pytest.raises(UsageError, match="has a record already"):
        CaseDesk(tmp_path, "bob").begin("Other", "publication", "eu")


def test_every_field_of_the_record_is_asked_somewhere():
    record = Record.new("x", "publication", basis={"lawful_basis": "consent", "answers": {}})
    sections = [make(record) for make in (case_pages.why, case_pages.risks, case_pages.rights)]
    sections += [case_pages.assessment(record), case_pages.limits(record)]
    asked = {field.name for group in sections for section in group for field in section.fields}
    dumped = record.model_dump(mode="json")
    paths = {
        f"{name}.{inner}" if isinstance(value, dict) else name
        for name, value in dumped.items()
        for inner in (value if isinstance(value, dict) else [""])
    }
    assert paths - asked == {"format", "people", "basis.answers"}
    assert {f"basis.answers.{prompt.id}" for prompt in guidance.bases()["consent"].prompts} <= asked


def test_an_answer_is_stored_and_stands_in_the_ledger(desk):
    assert desk.save("origin.taken_for", "Dash cams.") == {"origin.taken_for": "Dash cams."}
    assert on_disk(desk).origin.taken_for == "Dash cams."
    assert [entry.act for entry in ledger.entries(desk.folder)] == ["case-made", "case-changed"]
    desk.save("origin.taken_for", "Dash cams.")
    assert len(ledger.entries(desk.folder)) == 2  # nothing was changed, so nothing is written down


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("retention.originals_days", " 12 ", 12),
        ("retention.originals_days", "", -1),
        ("output.max_side", "0", 0),
        ("dpia.by", "", 0),
    ],
)
def test_numbers_are_typed_as_words_and_nothing_means_the_purposes_own(desk, name, typed, stored):
    desk.save(name, "3" if name != "dpia.by" else "")
    desk.save(name, typed)
    table, _, field = name.partition(".")
    assert getattr(getattr(on_disk(desk), table), field) == stored
    assert value_text(on_disk(desk), name) == ("" if stored in (-1,) or name == "dpia.by" else str(stored))


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("retention.work_days", "soon", "Write a whole number, such as 30, or nothing."),
        ("retention.work_days", "-4", "Write a whole number"),
        ("dpia.decided", "last week", "."),
        ("title", "", "."),
    ],
)
def test_a_wrong_answer_is_refused_in_words_that_need_no_file(desk, name, typed, words):
    before = desk.folder.joinpath("case.toml").read_text()
    with pytest.raises(UsageError, match=words) as found:
        desk.save(name, typed)
    assert "case.toml" not in str(found.value)
    assert desk.folder.joinpath("case.toml").read_text() == before


def test_an_answer_that_lacks_its_reason_is_stored_together_with_it(desk):
    with pytest.raises(UsageError, match="Say why no assessment is needed"):
        desk.save("dpia.needed", "no")
    assert on_disk(desk).dpia.needed == ""
    assert desk.save("dpia.reason", "Nothing speaks for it.") == {
        "dpia.needed": "no",
        "dpia.reason": "Nothing speaks for it.",
    }
    assert on_disk(desk).dpia.needed == "no"


def test_what_stays_wrong_does_not_hold_back_other_answers(desk):
    with pytest.raises(UsageError):
        desk.save("link.table", "sealed")
    assert desk.save("title", "Roads") == {"title": "Roads"}
    assert (on_disk(desk).title, on_disk(desk).link.table) == ("Roads", "none")


def test_somebody_elses_answer_is_neither_lost_nor_overwritten(desk):
    other = CaseDesk(desk.folder, "bob")
    other.save("title", "Roads")
    other.save("description", "For a map.")
    with pytest.raises(OvertakenError) as found:
        desk.save("title", "Streets")
    assert (found.value.theirs, on_disk(desk).title) == ("Roads", "Roads")
    assert desk.record.description == "For a map."  # what else they wrote is shown from now on
    desk.save("title", "Streets", over=True)
    assert on_disk(desk).title == "Streets"
    assert on_disk(desk).description == "For a map."


def test_other_fields_that_somebody_changed_are_no_conflict(desk):
    shown = desk.record
    CaseDesk(desk.folder, "bob").save("description", "For a map.")
    desk.save("title", "Roads")
    assert differing(shown, desk.record) == ["title", "description"]


def test_a_record_that_is_broken_by_hand_is_a_sentence_and_comes_back(desk):
    path = desk.folder / "case.toml"
    whole = path.read_text()
    path.write_text(whole[:100])
    assert desk.look()
    assert "case.toml" in desk.problem
    with pytest.raises(UsageError):
        desk.save("title", "x")
    path.write_text(whole)
    assert desk.look()
    assert (desk.problem, desk.record.title) == ("", "Street")


def test_the_role_is_asked_below_the_screen(desk):
    casework.name_person(desk.folder, Person(number=1, login="ann", roles=("operator",)), who="ann")
    desk.look()
    stranger = CaseDesk(desk.folder, "eve")
    assert "no role" in stranger.seat.refusal("change-case")
    with pytest.raises(UsageError, match="no role in this case"):
        stranger.save("title", "Mine")
    assert on_disk(desk).title == "Street"


def test_people_keep_their_number_and_the_first_one_is_operator(desk):
    with pytest.raises(UsageError, match="has to be operator"):
        desk.name_person("bob", "", ("auditor",))
    desk.name_person("ann", "Ann", ("operator", "approver"))
    desk.name_person("bob", "", ("reviewer",))
    desk.name_person("ann", "", ("operator", "approver"))
    assert [(each.number, each.login) for each in on_disk(desk).people] == [(1, "ann"), (2, "bob")]


def test_the_ledger_is_read_and_proved_and_a_change_in_it_is_told(desk):
    desk.save("title", "Roads")
    assert desk.ledger().checked.ok
    path = desk.folder / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[1])
    found = desk.ledger()
    assert not found.checked.ok
    assert desk.ledger().checked.findings
