"""Record, roles and ledger of one case together."""

import json

import pytest

from workbench import profiles
from workbench.governance import case_file, casework, ledger
from workbench.governance.record import Person, Record
from workbench.governance.verifying import verify
from workbench.values import FileError, UsageError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    be(monkeypatch, "ann")
    casework.make(tmp_path, Record.new("Street", "publication"))
    return tmp_path


def be(monkeypatch, who):
    monkeypatch.setenv("WORKBENCH_USER", who)


def told(folder):
    return [(entry.person, entry.role, entry.act) for entry in ledger.entries(folder)]


def test_each_change_is_one_line_with_the_record_s_digest(folder):
    changed = casework.change(folder, {"title": "Crossing", "screening.crowds": "no"})
    assert told(folder) == [(0, "alone", "case-made"), (0, "alone", "case-changed")]
    assert ledger.entries(folder)[-1].facts == {"purpose": "publication", "record": changed.digest}
    assert casework.load(folder) == changed
    text = (folder / "ledger.jsonl").read_text()
    assert "Crossing" not in text
    assert "ann" not in text


def test_a_case_has_one_record(folder):
    with pytest.raises(UsageError, match="has a record already"):
        casework.make(folder, Record.new("Other", "analytics"))
    assert casework.load(folder).title == "Street"


def test_an_edit_by_hand_is_written_down_by_the_next_act_and_claims_nobody(folder):
    path = folder / "case.toml"
    path.write_text(path.read_text("utf-8").replace('description = ""', 'description = "mine"  # ann'), "utf-8")
    casework.change(folder, {"title": "Crossing"})
    assert told(folder)[1:] == [(0, "nobody", "case-edited-by-hand"), (0, "alone", "case-changed")]
    casework.change(folder, {"title": "Other"})
    assert len(told(folder)) == 4
    path.write_text(path.read_text("utf-8") + "\n# only a comment\n", "utf-8")
    casework.change(folder, {"title": "Third"})
    assert told(folder)[-1][2] == "case-changed"
    assert len(told(folder)) == 5


def test_a_record_that_was_put_there_by_hand_opens_its_ledger_at_the_first_act(tmp_path, monkeypatch):
    be(monkeypatch, "ann")
    case_file.save(case_file.fresh(Record.new("Street", "analytics")), tmp_path)
    casework.change(tmp_path, {"title": "Crossing"})
    assert told(tmp_path) == [(0, "nobody", "case-made"), (0, "alone", "case-changed")]
    assert verify(tmp_path).ok


def test_what_is_not_allowed_or_not_valid_changes_neither_file(folder, monkeypatch):
    casework.name_person(folder, Person(number=1, login="ann", roles=("operator",)))
    casework.name_person(folder, Person(number=2, login="bob", roles=("auditor", "approver")))
    before = [(folder / name).read_bytes() for name in ("case.toml", "ledger.jsonl")]
    for who, edits, says in (
        ("mallory", {"title": "x"}, "no role"),
        ("ann", {"nope": 1}, "unknown field"),
        ("ann", {"people": []}, "may not name people"),
        ("ann", {"screening.crowds": "maybe"}, "screening.crowds"),
        ("ann", {"title.x": "maybe"}, "not a field"),
    ):
        be(monkeypatch, who)
        with pytest.raises(UsageError, match=says):
            casework.change(folder, edits)
    with pytest.raises(UsageError, match="may not name people"):
        casework.name_person(folder, Person(number=3, login="eve", roles=("approver",)))
    assert [(folder / name).read_bytes() for name in ("case.toml", "ledger.jsonl")] == before


def test_two_people_who_edit_at_once_do_not_overwrite_each_other(folder):
    seen = casework.load(folder).digest
    casework.change(folder, {"title": "First"}, expected=seen)
    with pytest.raises(UsageError, match="changed by somebody else meanwhile"):
        casework.change(folder, {"title": "Second"}, expected=seen)
    assert casework.load(folder).title == "First"


def test_nothing_changes_where_the_ledger_was_tampered_with(folder):
    path = folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b"alone", b"nobody"))
    before = case_file.read(folder)
    with pytest.raises(FileError, match=r"ledger\.jsonl, line 1"):
        casework.change(folder, {"title": "x"})
    assert case_file.read(folder) == before


def test_a_run_leaves_its_start_its_end_and_its_release(folder, monkeypatch):
    book = casework.RunBook(folder, 3)
    profile = casework.picked_profile(folder)
    book.started(profile)
    # Whoever started it ends it, also when the record gives the role away meanwhile.
    casework.name_person(folder, Person(number=1, login="bob", roles=("operator",)))
    book.ended("done", files=2, done=1, failed=1, blocked=0, corrections=0)
    book.ended("stopped")
    assert book.head == ledger.head(folder)
    book.released("ab" * 32, 1)
    assert [act for *_, act in told(folder)] == [
        "case-made", "run-started", "case-changed", "run-ended", "release-written"
    ]  # fmt: skip
    assert casework.operator_of(folder, 3) == 0
    assert casework.operator_of(folder, 4) is None
    assert verify(folder).ok
    assert json.loads((folder / "ledger.jsonl").read_bytes().splitlines()[-1])["facts"]["run"] == 3


def test_a_weaker_profile_starts_nothing(folder):
    with pytest.raises(UsageError, match="weaker"):
        casework.RunBook(folder, 1).started(profiles.load("analytics"))
    assert len(told(folder)) == 1


def test_without_a_record_there_is_nothing_to_obey_and_no_ledger(tmp_path):
    book = casework.RunBook(tmp_path, 1)
    book.started(profiles.load("analytics"))
    book.ended("done", files=1)
    book.released("ab" * 32, 1)
    assert casework.write_down(tmp_path, "deleted", "delete", what="work", files=1) == ""
    assert casework.picked_profile(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="workbench case new"):
        casework.load(tmp_path)


def test_a_review_is_for_reviewers_once_people_are_named(folder, tmp_path_factory):
    everybody = casework.permit(tmp_path_factory.mktemp("no record"))
    everybody("ann", "review")
    ask = casework.permit(folder)
    ask("ann", "review")
    casework.name_person(folder, Person(number=1, login="ann", roles=("operator",)))
    casework.name_person(folder, Person(number=2, login="bob", roles=("reviewer", "approver")))
    ask("bob", "review")
    ask("ann", "plan review")
    ask("ann", "redo")
    with pytest.raises(UsageError, match="'ann' is operator in this case and may not record a review"):
        ask("ann", "review")
    with pytest.raises(UsageError, match="'eve' has no role in this case"):
        ask("eve", "review")


def test_a_record_that_was_taken_away_does_not_free_the_case(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    casework.make(tmp_path, Record.new("Street", "publication"))
    (tmp_path / "case.toml").unlink()
    for act in (casework.load, casework.picked_profile):
        with pytest.raises(UsageError, match=r"is gone, though the case .* has a ledger"):
            act(tmp_path)
    with pytest.raises(UsageError, match="put it back"):
        casework.write_down(tmp_path, "files-described", "curate", files=1, digest="ab" * 32)
