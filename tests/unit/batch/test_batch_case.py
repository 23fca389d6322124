"""A run in a case with a record: what the record forbids, and what the ledger and the release know of each other."""

import json

import pytest

from workbench import batch, profiles
from workbench.governance import casework, ledger
from workbench.governance.record import Person, Record
from workbench.governance.verifying import Anchor, verify
from workbench.release.manifest import read_manifest
from workbench.values import FileError, UsageError

pytestmark = pytest.mark.usefixtures("inline")


@pytest.fixture
def governed(world, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    world.photo("a.jpg")
    world.photo("holiday.jpg")
    with world.case() as case:
        casework.make(case.path, Record.new("Street", "publication"))
    world.profile = casework.picked_profile(world.case_path)
    return world


def acts(world):
    return [entry.act for entry in ledger.entries(world.case_path)]


def test_a_release_holds_the_ledger_s_head_and_the_ledger_the_release(governed):
    governed.run()
    manifest = read_manifest(governed.out)
    assert acts(governed) == ["case-made", "run-started", "run-ended", "release-written"]
    ended, written = ledger.entries(governed.case_path)[-2:]
    assert manifest.run.ledger_head == ended.hash
    assert ended.facts == {
        "run": 1, "state": "done", "files": 2, "done": 2, "failed": 0, "blocked": 0, "corrections": 0
    }  # fmt: skip
    assert written.facts["files"] == 2
    assert "holiday" not in (governed.case_path / "ledger.jsonl").read_text()
    assert ended.hash in (governed.out / "report.html").read_text()
    found = verify(governed.case_path, [Anchor(manifest.run.ledger_head, "out")])
    assert (found.ok, found.anchors, found.beyond) == (True, 1, 1)


def test_a_release_without_a_record_says_nothing_of_a_ledger(world):
    world.photo("a.jpg")
    world.run()
    assert "ledger" not in (world.out / "manifest.jsonl").read_text()
    assert "Ledger" not in (world.out / "report.html").read_text()
    assert not (world.case_path / "ledger.jsonl").exists()


def test_a_profile_that_the_record_forbids_is_refused_before_anything_is_touched(governed):
    governed.profile = profiles.load("analytics")
    with pytest.raises(UsageError, match="case is for publication"):
        governed.prepare()
    assert acts(governed) == ["case-made"]
    assert not governed.out.exists()


def test_without_a_profile_the_record_picks_it(governed):
    casework.change(governed.case_path, {"screening.public_monitoring": "yes"})
    picked = batch.profile_of(governed.case_path, governed.out)
    assert (picked.name, picked.quality) == ("publication raised", "careful")
    assert batch.profile_of(None, governed.out).name == "publication"
    assert batch.profile_of(governed.case_path, governed.out, "analytics").name == "analytics"


def test_a_record_that_got_stricter_stops_a_run_that_was_prepared_before(governed):
    run = governed.prepare()
    casework.change(governed.case_path, {"screening.vulnerable": "yes"})
    with pytest.raises(UsageError, match="quality is balanced and must be careful"):
        governed.run(run_id=run)
    assert "run-started" not in acts(governed)
    assert governed.calls() == []


def test_only_an_operator_starts_a_run(governed, monkeypatch):
    run = governed.prepare()
    for number, (who, role) in enumerate((("ann", "operator"), ("bob", "reviewer")), 1):
        casework.name_person(governed.case_path, Person(number=number, login=who, roles=(role,)))
    for who, says in (("bob", "'bob' is reviewer in this case and may not start a run"), ("eve", "has no role")):
        monkeypatch.setenv("WORKBENCH_USER", who)
        with pytest.raises(UsageError, match=says):
            governed.prepare()
        with pytest.raises(UsageError, match=says):
            governed.run(run_id=run)
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    governed.run(run_id=run)
    assert casework.operator_of(governed.case_path, run) == 1


def test_a_run_that_hides_nothing_or_is_stopped_is_written_down_as_that(governed):
    for path in governed.source.iterdir():
        path.write_bytes(path.read_bytes() + b"\nnothing")
    governed.run()
    assert ledger.entries(governed.case_path)[-1].facts["state"] == "blocked"
    governed.run(run_id=governed.prepare(), stopping=lambda: True)
    assert ledger.entries(governed.case_path)[-1].facts["state"] == "stopped"


def test_what_the_ledger_cannot_hold_is_not_released(governed, monkeypatch):
    real = ledger.append

    def full(folder, who, act, facts):
        if act == "release-written":
            raise FileError("ledger.jsonl cannot be written (No space left on device).")
        return real(folder, who, act, facts)

    monkeypatch.setattr(ledger, "append", full)
    governed.run()
    assert not (governed.out / "manifest.jsonl").exists()
    assert "manifest was not written" in governed.last().message


def test_a_tampered_ledger_starts_no_run(governed):
    path = governed.case_path / "ledger.jsonl"
    path.write_text(json.dumps({"nothing": 1}) + "\n")
    run = governed.prepare()
    with pytest.raises(FileError, match=r"ledger\.jsonl, line 1"):
        governed.run(run_id=run)
    assert governed.calls() == []
