"""From a finished run to an approved one: who may, in which order, and what happens when somebody goes around it."""

import hashlib
import json
import sqlite3

import pytest
from filelock import FileLock
from gate_cases import FACE, Finder

from workbench import review
from workbench.catalog.gate import Attempt, Decision, Override
from workbench.gate import attempts, risks, signing
from workbench.gate.facts import gather, verify
from workbench.gate.signing import gate
from workbench.governance import casework, ledger
from workbench.governance.record import Person
from workbench.release.verification import result_of
from workbench.values import Detections, FileError, Kind, UsageError


def steps(generator):
    """Return what a generator returns."""
    return result_of(generator)


def finder(frame):
    return Finder()(frame.image)


def ready(world, purpose="publication"):
    """Do everything but the approval."""
    world.photos().record(purpose)
    world.answered().run()
    world.reviewed().truth()
    world.who("cleo")
    steps(verify(world.case))
    steps(attempts.attack(world.case, search=finder))
    attempts.record(world.case, None, "context-clues", 3, 0)
    return world


def test_nothing_leaves_before_an_approver_has_signed(world):
    ready(world)
    now = gate(world.case)
    assert [check.name for check in now.held_by] == ["approval"]
    assert now.why == "It may not leave yet: only the approval is missing."
    assert now.check("reidentification").state == "passed"
    signing.approve(world.who("bob").case, reason="Looked at all of it.", expected=now.manifest)
    then = gate(world.case)
    assert then.may_leave
    assert then.decision.reason == "Looked at all of it."
    assert "Looked at all of it" in then.check("approval").says
    assert [entry.act for entry in ledger.entries(world.case.path)][-1] == "release-approved"
    # Plates and text are not labelled: it is measured, though not all of it.
    assert then.check("quality").state == "weak"


def test_what_is_missing_is_named_and_holds_it_back(world):
    world.photos().record().run()
    now = gate(world.case)
    states = {check.name: check.state for check in now.checks}
    assert states["verified"] == states["review"] == states["quality"] == states["reidentification"] == "did not run"
    assert states["outcomes"] == states["ledger"] == states["sound"] == "passed"
    assert not now.may_leave
    assert "Review by people (did not run)" in now.why
    with pytest.raises(UsageError, match="cannot be approved yet: Review by people"):
        signing.approve(world.who("bob").case)


@pytest.mark.parametrize(
    ("who", "act", "words"),
    [
        ("ann", signing.approve, "may not approve a release"),
        ("cleo", signing.approve, "may not approve a release"),
        ("ann", signing.refuse, "may not approve a release"),
        ("dan", signing.approve, "has no role in this case"),
    ],
)
def test_only_an_approver_signs(world, who, act, words):
    ready(world).who(who)
    with pytest.raises(UsageError, match=words):
        act(world.case, reason="x")
    assert world.case.catalog.decisions(1) == []


def test_nobody_approves_what_they_ran_even_as_approver(world):
    ready(world).who("bob")
    casework.name_person(world.case.path, Person(number=1, login="ann", roles=("operator", "approver")))
    world.who("ann")
    with pytest.raises(UsageError, match="another person has to"):
        signing.approve(world.case)
    with pytest.raises(UsageError, match="another person has to"):
        signing.override(world.case, None, "quality", "mine")


def test_whoever_went_on_with_a_run_has_made_it_too(world):
    ready(world).who("bob")
    casework.name_person(world.case.path, Person(number=2, login="bob", roles=("operator", "approver")))
    world.run()
    with pytest.raises(UsageError, match="another person has to"):
        signing.approve(world.case)


def test_new_files_need_new_words(world):
    ready(world)
    seen = gate(world.case).manifest
    signing.approve(world.who("bob").case)
    (world.source / "late.png").write_bytes((world.source / "0.png").read_bytes())
    world.who("ann").run()
    now = gate(world.case)
    assert now.manifest != seen
    assert {now.check(name).state for name in ("approval", "verified", "reidentification")} == {"did not run"}
    with pytest.raises(UsageError, match="made anew since you looked"):
        signing.approve(world.who("bob").case, expected=seen)
    with pytest.raises(UsageError, match="made anew since you looked"):
        attempts.record(world.who("cleo").case, None, "context-clues", 3, 0, expected=seen)


def test_a_refusal_ends_an_approval_and_needs_a_reason(world):
    ready(world).who("bob")
    signing.approve(world.case)
    with pytest.raises(UsageError, match="why it is refused"):
        signing.refuse(world.case)
    signing.refuse(world.case, reason="A sign names the street.")
    now = gate(world.case)
    assert not now.may_leave
    assert (now.check("approval").state, now.decision.decision) == ("failed", "refused")
    assert "A sign names the street" in now.check("approval").says


def test_an_approval_for_one_purpose_is_none_for_another(world):
    ready(world, "analytics")
    signing.approve(world.who("bob").case)
    assert gate(world.case).may_leave
    casework.change(world.case.path, {"title": "Streets"})
    assert gate(world.case).check("approval").state == "weak"
    casework.change(world.case.path, {"purpose": "publication"})
    now = gate(world.case)
    assert now.check("approval").state == "did not run"
    assert "another purpose" in now.check("approval").says


def test_a_record_that_asks_for_more_since_the_run_holds_it_back(world):
    ready(world)
    assert gate(world.case).check("profile").state == "passed"
    casework.change(world.who("ann").case.path, {"screening.crowds": "yes"})
    found = gate(world.case).check("profile")
    assert (found.state, "must be careful or stronger" in found.says) == ("failed", True)
    with pytest.raises(UsageError, match="cannot be overridden"):
        signing.override(world.who("bob").case, None, "profile", "It will do.")


def test_an_override_stands_with_its_reason_and_only_where_it_is_needed(world):
    world.photos().record().answered().run()
    world.reviewed().who("cleo")
    steps(verify(world.case))
    attempts.record(world.case, None, "known-persons", 3, 1, note="By the red coat.")
    world.who("bob")
    for check, reason, words in (
        ("verified", "trust me", "cannot be overridden: nobody can vouch"),
        ("approval", "trust me", "cannot be overridden"),
        ("reidentification", " ", "needs a reason"),
        ("screening", "x", "holds nothing back"),
        ("memorisation", "x", "does not ask for"),
        ("colour", "x", "no check 'colour'"),
    ):
        with pytest.raises(UsageError, match=words):
            signing.override(world.case, None, check, reason)
    signing.override(world.case, None, "reidentification", "She is an actress in her role.")
    now = gate(world.case)
    assert now.check("reidentification").overridden == "She is an actress in her role."
    signing.approve(world.case)
    then = gate(world.case)
    assert then.may_leave
    assert "Attempts to recognise people" in then.why
    # What is found out afterwards is not what was set aside.
    attempts.record(world.who("cleo").case, None, "known-persons", 3, 2, note="By their dog.")
    assert not gate(world.case).may_leave


def test_rows_that_the_ledger_does_not_know_do_not_count(world):
    ready(world)
    manifest = gate(world.case).manifest
    catalog = world.case.catalog
    catalog.put_decision(Decision(1, manifest, "approved", "by hand", "bob"))
    assert "does not count" in gate(world.case).check("approval").says
    assert not gate(world.case).may_leave
    casework.change(world.who("ann").case.path, {"screening.crowds": ""})
    catalog.put_override(Override(1, manifest, "screening", "by hand", "bob"))
    assert gate(world.case).check("screening").overridden == ""


def test_an_attempt_written_past_the_ledger_speaks_against_a_release_and_never_for_it(world):
    world.photos().record().run()
    manifest = gate(world.case).manifest
    world.case.catalog.put_attempt(Attempt(1, manifest, "context-clues", 30, 0))
    assert gate(world.case).check("reidentification").state == "did not run"
    assert gate(world.case).check("background").state == "did not run"
    world.case.catalog.put_attempt(Attempt(1, manifest, "context-clues", 30, 1))
    assert gate(world.case).check("reidentification").state == "failed"


def test_an_attempt_that_was_taken_out_of_the_catalog_is_missed(world):
    ready(world)
    attempts.record(world.who("cleo").case, None, "known-persons", 3, 1, note="By the gait.")
    with sqlite3.connect(world.case.path / "catalog.sqlite") as db:
        db.execute("DELETE FROM attempt WHERE identified > 0 AND method = 'known-persons'")
    db.close()
    found = gate(world.case).check("reidentification")
    assert found.state == "failed"
    assert "the catalog does not" in found.says


def test_a_crash_between_catalog_and_ledger_approves_nothing_and_loses_no_word(world, monkeypatch):
    ready(world).who("bob")

    def full(*_, **__):
        raise FileError("ledger.jsonl cannot be written (No space left on device)")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "append", full)
        with pytest.raises(FileError, match="No space left"):
            signing.approve(world.case, reason="Fine.")
    assert not gate(world.case).may_leave
    assert [row.reason for row in world.case.catalog.decisions(1)] == ["Fine."]
    signing.approve(world.case, reason="Fine.")
    assert gate(world.case).may_leave


def test_two_people_at_once_wait_for_each_other_and_nothing_is_half_signed(world, monkeypatch):
    ready(world).who("bob")
    monkeypatch.setattr(ledger, "LOCK_SECONDS", 0.05)
    with FileLock(world.case.path / ledger.LOCK), pytest.raises(UsageError, match="Another process has held"):
        signing.approve(world.case)
    assert world.case.catalog.decisions(1) == []
    signing.approve(world.case)


def test_a_changed_output_or_manifest_fails(world):
    ready(world)
    name = next(world.out.rglob("*.png"))
    name.write_bytes(name.read_bytes() + b"x")
    assert gate(world.case).check("verified").state == "did not run"  # what was verified is not what lies there
    with pytest.raises(UsageError, match=r"Verification \(failed\)"):
        signing.approve(world.who("bob").case)
    assert gate(world.case).check("verified").state == "failed"


def test_a_manifest_that_the_ledger_does_not_know_fails(world):
    ready(world)
    path = world.out / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    run = json.loads(lines[0])
    run["software"] = "another 1.0"
    body = b"".join([json.dumps(run, ensure_ascii=False, separators=(",", ":")).encode() + b"\n", *lines[1:-1]])
    end = json.loads(lines[-1])
    end["sha256"] = hashlib.sha256(body).hexdigest()
    path.write_bytes(body + json.dumps(end, separators=(",", ":")).encode() + b"\n")
    steps(verify(world.case))
    found = gate(world.case).check("verified")
    assert (found.state, "not the one that the run wrote" in found.says) == ("failed", True)


def test_a_cut_ledger_holds_everything_back(world):
    ready(world)
    signing.approve(world.who("bob").case)
    path = world.case.path / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:4] + lines[5:]))
    now = gate(world.case)
    assert now.check("ledger").state == "failed"
    assert not now.may_leave


def test_in_a_case_that_names_nobody_the_approval_is_weak_and_says_so(world):
    world.photos().record("analytics", named=False).answered().run()
    world.reviewed()
    signing.approve(world.case)
    now = gate(world.case)
    assert now.may_leave
    assert now.check("approval").state == "weak"
    assert "One person held all roles" in now.check("approval").says


def test_a_case_without_a_record_shows_its_gate_and_signs_nothing(world):
    world.photos().run()
    now = gate(world.case)
    assert (now.purpose, now.may_leave) == ("publication", False)
    assert "no record" in now.why
    for act in (signing.approve, signing.refuse):
        with pytest.raises(UsageError, match="has no record"):
            act(world.case, reason="x")
    assert not (world.case.path / "ledger.lock").exists()
    attempts.record(world.case, None, "context-clues", 3, 0)
    assert gate(world.case).check("reidentification").state == "weak"


def test_failed_files_are_explained_by_a_written_reason(world):
    world.photos(broken=2).record("analytics").run()
    world.who("cleo")
    before = gate(world.case).check("outcomes")
    assert before.state == "failed"
    assert "broken" not in before.says + before.way_out  # no source's name
    risks.explain(world.case, None, "The card was damaged; both were taken again.")
    assert gate(world.case).check("outcomes").state == "weak"
    with pytest.raises(UsageError, match="in a sentence"):
        risks.explain(world.case, None, "")


def test_risks_are_kept_with_what_is_done_about_them(world):
    world.photos().record().run()
    world.who("cleo")
    risks.add(world.case, None, "Team colours tell the club.", "low", "Other shirts next time.")
    for level, action, words in (("high", "", "needs an action"), ("huge", "x", "no level 'huge'")):
        with pytest.raises(UsageError, match=words):
            risks.add(world.case, None, "Something.", level, action)
    with pytest.raises(UsageError, match="which risk"):
        risks.add(world.case, None, " ", "low")
    with pytest.raises(UsageError, match="may not record an attempt"):
        risks.add(world.who("ann").case, None, "Something.", "low")
    assert [(row.risk, row.level) for row in gather(world.case).risks] == [("Team colours tell the club.", "low")]
    with pytest.raises(UsageError, match="No file of run 1 failed"):
        risks.explain(world.who("cleo").case, None, "x")


def test_the_attack_finds_what_was_left_visible(world):
    world.photos().record().run()
    world.who("cleo")

    def sees(frame):
        return Detections.of(Kind.FACE, [FACE, (70, 60, 90, 78)], [0.9, 0.8], "other")

    made = steps(attempts.attack(world.case, search=sees))
    assert (made.tried, made.identified) == (3, 3)
    assert {row["where"] for row in made.facts["found"]} == {"visible"}
    assert "not hidden (3 × face)" in made.note
    found = gate(world.case).check("reidentification")
    assert (found.state, "found-places" in found.way_out) == ("failed", True)
    attempts.record(world.case, None, "found-places", 3, 0, note="Stains on a wall.")
    assert gate(world.case).check("reidentification").state == "weak"  # no person tried to recognise anybody
    attempts.record(world.case, None, "enhancement", 3, 0, tools="an unsharp mask")
    assert gate(world.case).check("reidentification").state == "passed"


def test_an_attack_that_is_given_up_records_nothing(world):
    world.photos().record().run()
    going = attempts.attack(world.who("cleo").case, search=finder)
    next(going)
    going.close()
    assert world.case.catalog.attempts(1) == []


@pytest.mark.parametrize(
    ("method", "tried", "identified", "note", "words"),
    [
        ("guessing", 3, 0, "", "no way of trying called 'guessing'"),
        ("context-clues", 0, 0, "", "cannot be"),
        ("context-clues", 3, 4, "x", "cannot be"),
        ("context-clues", 3, 1, "", "say in a note by what"),
    ],
)
def test_attempts_that_cannot_be_are_refused(world, method, tried, identified, note, words):
    with pytest.raises(UsageError, match=words):
        attempts.record(world.case, 1, method, tried, identified, note=note)


def test_no_more_files_can_be_tried_than_there_are(world):
    world.photos().record().run()
    with pytest.raises(UsageError, match="4 cannot have been tried: run 1 has 3 outputs"):
        attempts.record(world.who("cleo").case, 1, "context-clues", 4, 0)
    assert world.case.catalog.attempts(1) == []


def test_a_row_that_was_changed_in_the_catalog_is_named_and_no_traceback(world):
    world.photos().record().run()
    attempts.record(world.who("cleo").case, 1, "context-clues", 3, 0)
    for column, value in (("facts", "{"), ("at", "yesterday")):
        with sqlite3.connect(world.case.path / "catalog.sqlite") as database:
            database.execute(f"UPDATE attempt SET {column} = ?", (value,))
        with pytest.raises(FileError, match="put it back from a copy"):
            gate(world.case)


def test_a_miss_in_a_review_that_looked_at_everything_must_be_settled(world):
    world.photos().record().run()
    world.reviewed(missed=("1.png",))
    assert gate(world.case).check("review").state == "failed"
    at_hand = review.open_review(world.case)
    for item in world.case.catalog.review_items(at_hand.id):
        review.record(at_hand, item, "cleo", "clean", seconds=1)
    assert gate(world.case).check("review").state == "passed"
