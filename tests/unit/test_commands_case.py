"""``workbench case`` and ``workbench ledger`` as a user meets them."""

import json

import pytest
from click.testing import CliRunner

from workbench.cli import main
from workbench.governance import guidance


def run(*arguments, **options):
    return CliRunner().invoke(main, [str(argument) for argument in arguments], **options)


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    made = run("case", "new", tmp_path / "case", "--title", "Street", "--purpose", "ai-training")
    assert made.exit_code == 0, made.output
    return tmp_path / "case"


def test_a_new_case_says_where_it_is_and_what_it_is_not(tmp_path, case):
    assert (case / "case.toml").stat().st_mode & 0o077 == 0
    again = run("case", "new", case, "--title", "Other", "--purpose", "publication")
    assert (again.exit_code, "has a record already" in again.output) == (2, True)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    full = run("case", "new", tmp_path / "full", "--title", "x", "--purpose", "publication")
    assert full.exit_code == 2
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_nobody_takes_a_role_by_typing_a_name(case, monkeypatch):
    assert run("case", "person", case, "ann", "--role", "operator").exit_code == 0
    assert run("case", "person", case, "rex", "--role", "reviewer", "--role", "approver").exit_code == 0
    monkeypatch.setenv("WORKBENCH_USER", "zed")
    (case / "labels.json").write_text("{}")
    for command in (
        ("review", "plan", case, "--by", "rex"),
        ("labels", "import", case, case / "labels.json", "--format", "coco", "--by", "rex"),
        ("labels", "export", case, "--format", "coco", "--out", case / "out.json", "--by", "rex"),
    ):
        done = run(*command)
        assert (done.exit_code, "signed in as 'zed'" in done.output) == (2, True), done.output


def test_show_says_what_is_decided_and_why(case):
    shown = run("case", "show", case).output
    words = " ".join(shown.split())
    for part in ("AI training", "one person holds all roles", "Not answered yet", "not legal advice"):
        assert part in words
    data = json.loads(run("case", "show", case, "--json").output)
    assert data["effects"]["profile"]["value"] == "ai-training"
    assert data["effects"]["profile"]["why"]
    assert data["screening"]["dpia"] == ""
    assert "basis.lawful_basis" in data["unanswered"]
    assert not data["edited_by_hand"]


def test_fields_are_set_and_the_screening_answered(case):
    assert run("case", "set", case, "basis.lawful_basis", "anonymised").exit_code == 0
    bad = run("case", "set", case, "retention.originals_days", "soon")
    assert (bad.exit_code, "retention.originals_days" in bad.output) == (2, True)
    found = json.loads(run("case", "screen", case, "public_monitoring=unsure", "crowds=no", "--json").output)
    assert found["dpia"] == "required"
    assert [met["question"] for met in found["met"]] == ["public_monitoring"]
    assert len(found["unanswered"]) == len(guidance.questions()) - 2
    for answer in ("crowds", "crowd=no", "crowds=maybe"):
        assert run("case", "screen", case, answer).exit_code == 2
    assert "impact assessment" in run("case", "screen", case).output
    acts = [entry["act"] for entry in json.loads(run("ledger", "show", case, "--json").output)]
    assert acts == ["case-made", "case-changed", "case-changed"]


def test_a_half_written_record_is_one_sentence_and_stays_as_it_is(case):
    path = case / "case.toml"
    text = path.read_text("utf-8")
    path.write_text(text[: len(text) // 2], "utf-8")
    for words in (("show", case), ("set", case, "title", "x"), ("screen", case), ("person", case, "bob")):
        result = run("case", *words)
        assert result.exit_code == 2
        assert result.output.startswith("Error: case.toml")
        assert result.output.count("\n") == 1
    assert path.read_text("utf-8") == text[: len(text) // 2]


def test_people_are_named_and_held_to_their_roles(case, monkeypatch):
    assert "Person 1: ann (you): operator" in run("case", "person", case, "ann", "--role", "operator").output
    assert run("case", "person", case, "bob", "--role", "approver", "--name", "Robert").exit_code == 0
    refused = run("case", "person", case, "ann", "--role", "approver")
    assert (refused.exit_code, "for the approver" in refused.output) == (2, True)
    monkeypatch.setenv("WORKBENCH_USER", "mallory")
    assert "has no role" in run("case", "set", case, "title", "x").output
    monkeypatch.setenv("WORKBENCH_USER", "bob")
    assert "nobody is operator" in run("case", "person", case, "ann").output
    run("case", "person", case, "carl", "--role", "operator")
    people = json.loads(run("case", "person", case, "ann", "--json").output)
    assert people[0] == {"number": 1, "login": "ann", "name": "", "roles": []}
    assert people[1]["name"] == "Robert"


def test_the_ledger_is_proved_and_its_tampering_named(case):
    run("case", "set", case, "title", "Other")
    whole = run("ledger", "verify", case)
    assert (whole.exit_code, "2 lines, unbroken" in whole.output) == (0, True)
    path = case / "ledger.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    cut = run("ledger", "verify", case)
    assert (cut.exit_code, "line 1 does not follow" in " ".join(cut.output.split())) == (1, True)
    assert json.loads(run("ledger", "verify", case, "--json").output)["ok"] is False
    shown = run("ledger", "show", case)
    assert shown.exit_code == 0  # each line is genuine; what is missing is for verify to say


def test_a_folder_that_is_no_case_is_one_sentence(tmp_path):
    for words in (("case", "show"), ("ledger", "verify"), ("ledger", "show"), ("case", "screen")):
        result = run(*words, tmp_path)
        assert (result.exit_code, "workbench case new" in result.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_redaction_obeys_the_record(case, tmp_path, samples):
    result = run("redact", samples, "--out", tmp_path / "out", "--case", case, "--profile", "analytics")
    assert (result.exit_code, "case is for AI training" in result.output) == (2, True)
    result = run("redact", samples, "--out", tmp_path / "out", "--case", case, "--kinds", "face")
    assert (result.exit_code, "kinds.plate.hide is off and must be on" in result.output) == (2, True)
    assert not (tmp_path / "out").exists()


def test_the_guide_compares_the_two_laws(case):
    shown = " ".join(run("case", "guide").output.split())
    for part in ("GDPR (European Union)", "Legitimate", "not switch off", "[5] European Commission", "legal advice"):
        assert part in shown or part.lower() in shown.lower()
    assert {"eu"} == {key for row in json.loads(run("case", "guide", "--jurisdiction", "eu", "--json").output)["topics"]
                      for key in row} - {"name", "refs"}  # fmt: skip
