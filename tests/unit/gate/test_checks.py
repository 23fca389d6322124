"""What each check says about facts that are made up; a pure function of them."""

import datetime
from dataclasses import replace

import pytest

from workbench import profiles
from workbench.assess.binomial import Interval
from workbench.assess.truth import Measured, Share
from workbench.catalog.gate import Attempt, Decision, Risk
from workbench.catalog.runs import Run
from workbench.gate import check_files, check_people, check_record
from workbench.gate.attempts import METHODS, REDETECTION
from workbench.gate.checks import LOOKS, look
from workbench.gate.facts import Facts, LedgerFacts, ModelReleases
from workbench.gate.risks import digest
from workbench.governance import guidance
from workbench.governance.effects import effects
from workbench.governance.record import Dpia, ImageRights, LawfulBasis, Origin, Person, Record
from workbench.governance.screening import screen
from workbench.release.entries import Counts, Manifest, RunEntry, VideoEntry
from workbench.release.verification import Verification
from workbench.values import Finding, Outcome, State

MANIFEST = "a" * 64
DAY = datetime.date(2026, 1, 31)
PEOPLE = (
    Person(number=1, login="ann", roles=("operator",)),
    Person(number=2, login="bob", roles=("approver",)),
    Person(number=3, login="cleo", roles=("reviewer",)),
)
KNOWN = LedgerFacts(9, operators=(1,), written=MANIFEST)


def video(audio):
    return VideoEntry.model_construct(path="000001.mp4", audio=audio, spans=())


def made(**changes):
    """Return the facts of a finished run of one photo; the record is given as `record`, or its fields."""
    profile = profiles.load("publication")
    run = Run(
        1, profile, (), None, 1, False, "done", "", "", 1, 0, 0, 1, 0.0, 0.0, 0.0, 0, 0.0, None,
    )  # type: ignore[arg-type]  # fmt: skip
    record = changes.pop("record", Record.new("Street", "publication", people=PEOPLE))
    entry = RunEntry.model_construct(counts=Counts(files=1, done=1, failed=0, blocked=0), profile={})
    facts = Facts(
        run, record, effects(record) if record else None, screen(record) if record else None,
        (Outcome("a.jpg", State.DONE),), Manifest(entry, ()), MANIFEST, ledger=KNOWN,
    )  # fmt: skip
    return replace(facts, **changes)


def record(**fields):
    return Record.new("Street", fields.pop("purpose", "publication"), people=PEOPLE, **fields)


def test_every_check_has_something_that_looks_and_the_data_names_no_other():
    assert list(LOOKS) == list(guidance.check_rules())
    for rules in guidance.purposes().values():
        assert {*rules.checks, *rules.should} <= set(LOOKS)
        assert not set(rules.checks) & set(rules.should)
        assert rules.checks[-1] == "approval"
    for rule in guidance.check_rules().values():
        assert rule.override != bool(rule.why_fixed)


def test_where_a_check_does_not_hold_it_says_what_to_do():
    for check in look(made()).checks:
        assert check.says.endswith((".", "…")), check
        assert check.state in ("passed", "weak") or check.way_out, check
    for check in look(made(record=None)).checks:
        assert check.state != "passed" or check.name in ("outcomes", "sound"), check


def test_a_check_that_should_run_holds_nothing_back():
    gate = look(made(record=record(purpose="analytics")))
    assert not gate.check("quality").must
    assert gate.check("quality").state == "did not run"
    assert "quality" not in [check.name for check in gate.held_by]
    assert gate.check("memorisation") is None


def test_a_trigger_asks_for_a_check_that_then_must_pass():
    asked = {**dict.fromkeys(guidance.questions(), "no"), "recognisable_models": "yes"}
    gate = look(made(record=record(screening=asked)))
    assert gate.check("releases").must
    assert gate.check("releases").state == "did not run"
    assert gate.check("screening").state == "passed"


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, "passed", "1 file done"),
        ({"manifest": None, "manifest_problem": "There is none."}, "failed", "There is none."),
        ({"outcomes": (Outcome("a", State.DONE), Outcome("b", State.FAILED, error="b: cut"))}, "failed", "nobody said"),
    ],
)
def test_outcomes(changes, state, words):
    said = check_files.outcomes(made(**changes))
    assert (said.state, words in said.says) == (state, True)


def test_files_without_an_outcome_hold_it_back():
    facts = made()
    said = check_files.outcomes(replace(facts, run=replace(facts.run, total=3, state="stopped")))
    assert (said.state, "2 files of 3 have no outcome yet" in said.says) == ("did not run", True)


def test_an_explanation_counts_when_the_ledger_knows_it():
    row = Risk(1, MANIFEST, "Cut short on the card.", "explained", "1 left out")
    facts = made(outcomes=(Outcome("b", State.FAILED, error="b: cut"),), risks=(row,))
    assert check_files.outcomes(facts).state == "failed"
    known = replace(KNOWN, explained=(check_files.digest(row),))
    assert check_files.outcomes(replace(facts, ledger=known)).state == "weak"


@pytest.mark.parametrize(
    ("verification", "state"),
    [
        (None, "did not run"),
        (Verification(1), "passed"),
        (Verification(1, warnings=("1 region is blurred.",)), "weak"),
        (Verification(1, findings=(Finding("sha256", "000001.jpg was changed."),)), "failed"),
    ],
)
def test_verification(verification, state):
    assert check_files.verified(made(verification=verification)).state == state


def test_another_manifest_than_the_ledger_knows_fails():
    facts = made(verification=Verification(1), ledger=replace(KNOWN, written="b" * 64))
    assert check_files.verified(facts).state == "failed"


@pytest.mark.parametrize(
    ("ledger", "state"),
    [
        (KNOWN, "passed"),
        (replace(KNOWN, findings=("ledger.jsonl: line 3 was changed.",)), "failed"),
        (LedgerFacts(4), "failed"),
    ],
)
def test_ledger(ledger, state):
    assert check_files.ledger(made(ledger=ledger)).state == state


@pytest.mark.parametrize(
    ("audio", "state"),
    [((), "passed"), (("none", "dropped"), "passed"), (("distorted",), "weak"), (("muted in parts",), "weak"),
     (("dropped", "kept"), "failed")],
)  # fmt: skip
def test_sound(audio, state):
    facts = made()
    films = replace(facts.manifest, files=tuple(video(each) for each in audio))
    assert check_files.sound(replace(facts, manifest=films)).state == state


def measured(hidden, objects, low, high, kinds=("face", "plate", "text")):
    rows = tuple(Share(kind, objects, hidden, Interval(low, high, 0.95)) for kind in kinds)
    return Measured(rows[0], rows, (), (), {"face": 0.02}, 10, 0, "")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (measured(990, 1000, 0.98, 0.995), "passed"),
        (measured(19, 20, 0.75, 0.99), "weak"),
        (measured(990, 1000, 0.98, 0.995, ("face",)), "weak"),
        (measured(500, 1000, 0.47, 0.53), "failed"),
        (measured(0, 0, 0.0, 1.0), "did not run"),
        (None, "did not run"),
    ],
)
def test_quality(found, state):
    assert check_people.quality(made(measured=found)).state == state


def test_the_quality_names_its_limits():
    said = check_people.quality(made(measured=measured(990, 1000, 0.98, 0.995, ("face",)))).says
    for words in ("990 of 1,000 faces hidden (98 % to 99 %)", "Hidden in vain: 2 % as face", "plates and texts"):
        assert words in said


def attempt(method, tried, identified=0, id=1):
    return Attempt(1, MANIFEST, method, tried, identified, "The program searched.", id=id)


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        ((), "did not run"),
        ((attempt(REDETECTION, 5),), "weak"),
        ((attempt("context-clues", 20),), "weak"),
        ((attempt(REDETECTION, 5), attempt("context-clues", 20, id=2)), "passed"),
        ((attempt(REDETECTION, 5), attempt("context-clues", 20, 1, 2)), "failed"),
        ((attempt(REDETECTION, 5, 2), attempt("context-clues", 20, id=2)), "failed"),
        ((attempt("found-places", 2), attempt(REDETECTION, 5, 2, 2), attempt("context-clues", 20, id=3)), "failed"),
        ((attempt(REDETECTION, 5, 2), attempt("found-places", 2, id=2), attempt("known-persons", 20, id=3)), "passed"),
    ],
)
def test_attempts(attempts, state):
    known = replace(KNOWN, attempts=tuple((each.tried, each.identified) for each in attempts))
    assert check_people.reidentification(made(attempts=attempts, ledger=known)).state == state


def test_few_tries_of_many_files_are_a_glance():
    many = tuple(video("none") for _ in range(40))
    facts = made(attempts=(attempt(REDETECTION, 5), attempt("enhancement", 3, id=2)))
    facts = replace(
        facts,
        manifest=replace(facts.manifest, files=many),
        ledger=replace(KNOWN, attempts=((5, 0), (3, 0))),
    )
    said = check_people.reidentification(facts)
    assert (said.state, "at most 64 %" in said.says) == ("weak", True)


def test_the_background_is_looked_at_by_people_or_hidden():
    assert check_people.background(made()).state == "did not run"
    for identified, state in ((0, "passed"), (2, "failed")):
        tried = (attempt("context-clues", 20, identified),)
        facts = made(attempts=tried, ledger=replace(KNOWN, attempts=((20, identified),)))
        assert check_people.background(facts).state == state
    profile = made().run.profile
    hidden = profile.changed(background=profile.background.model_copy(update={"hide": True}))
    assert check_people.background(replace(made(), run=replace(made().run, profile=hidden))).state == "passed"


@pytest.mark.parametrize(
    ("models", "state"),
    [
        (ModelReleases(), "did not run"),
        (ModelReleases(4), "passed"),
        (ModelReleases(4, changed=1), "failed"),
        (ModelReleases(4, dropped=2), "weak"),
    ],
)
def test_model_releases(models, state):
    assert check_people.releases(made(models=models)).state == state


def test_recital_26_and_memorisation_want_answers():
    ids = [prompt.id for prompt in guidance.sheets()["recital_26"].prompts]
    assert check_record.recital_26(made()).state == "did not run"
    part = record(recital_26={**dict.fromkeys(ids, ""), "means": "Own knowledge."})
    said = check_record.recital_26(made(record=part))
    assert (said.state, "technology" in said.way_out, "means" in said.way_out) == ("failed", True, False)
    whole = record(recital_26={**dict.fromkeys(ids, "Said."), "memorisation": ""})
    assert check_record.recital_26(made(record=whole)).state == "passed"
    assert check_record.memorisation(made(record=whole)).state == "did not run"


@pytest.mark.parametrize(
    ("screening", "dpia", "state"),
    [
        ({}, Dpia(), "did not run"),
        ({}, Dpia(needed="yes"), "failed"),
        ({}, Dpia(needed="yes", done="yes"), "weak"),
        ({}, Dpia(needed="yes", done="yes", document="Safe", by=2, decided=DAY), "passed"),
        ({}, Dpia(needed="no", reason="Few pictures."), "weak"),
        ({}, Dpia(needed="no", reason="Few pictures.", by=2, decided=DAY), "passed"),
        ({"vulnerable": "yes"}, Dpia(needed="no", reason="Few.", by=2, decided=DAY), "weak"),
        ({"public_monitoring": "yes"}, Dpia(needed="no", reason="Few.", by=2, decided=DAY), "failed"),
    ],
)
def test_dpia(screening, dpia, state):
    assert check_record.dpia(made(record=record(screening=screening, dpia=dpia))).state == state


def test_an_unsure_answer_is_weaker():
    answers = {**dict.fromkeys(guidance.questions(), "no"), "crowds": "unsure"}
    assert check_record.screening(made(record=record(screening=answers))).state == "weak"
    assert check_record.screening(made()).state == "did not run"


def test_the_basis_is_named_and_argued():
    answers = {prompt.id: "Said." for prompt in guidance.bases()["consent"].prompts}
    named = LawfulBasis(lawful_basis="consent", answers=answers)
    told = Origin(repurposed="no", note="Taken for this.")
    assert check_record.basis(made()).state == "did not run"
    assert check_record.basis(made(record=record(basis=LawfulBasis(lawful_basis="consent")))).state == "did not run"
    assert check_record.basis(made(record=record(basis=named))).state == "weak"
    assert check_record.basis(made(record=record(basis=named, origin=told))).state == "passed"
    rights = ImageRights(public_figure="yes")
    said = check_record.basis(made(record=record(purpose="ai-training", basis=named, origin=told, image_rights=rights)))
    assert (said.state, "rely on anonymisation" in said.says) == ("weak", True)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "did not run"),
        ({"decided": "approved", "decided_by": 2}, "passed"),
        ({"decided": "refused", "decided_by": 2}, "failed"),
        ({"decided": "approved", "decided_by": 1}, "failed"),
        ({"decided": "approved", "decided_by": 0}, "weak"),
        ({"decided": "approved", "decided_by": 2, "operators": (0,)}, "weak"),
        ({"decided": "approved", "decided_by": 2, "decided_record": "other"}, "weak"),
        ({"decided": "approved", "decided_by": 2, "decided_purpose": "analytics"}, "did not run"),
    ],
)
def test_approval(changes, state):
    facts = made()
    known = {"decided_purpose": "publication", "decided_record": facts.record.digest, **changes}
    assert check_record.approval(replace(facts, ledger=replace(KNOWN, **known))).state == state


def test_a_refusal_that_only_the_catalog_knows_holds_back():
    facts = made()
    ledger = replace(KNOWN, decided="approved", decided_by=2, decided_purpose="publication")
    ledger = replace(ledger, decided_record=facts.record.digest)
    signed, refused = (Decision(1, MANIFEST, word, "", "bob") for word in ("approved", "refused"))
    assert check_record.approval(replace(facts, ledger=ledger, decisions=(refused, signed))).state == "passed"
    said = check_record.approval(replace(facts, ledger=ledger, decisions=(signed, refused)))
    assert (said.state, "refused last" in said.says) == ("failed", True)


def test_a_risk_that_only_the_ledger_knows_holds_back():
    risk = Risk(1, MANIFEST, "Shirts tell the club.", "high", "Other pictures.")
    known = replace(KNOWN, explained=(digest(risk),))
    assert check_files.ledger(made(ledger=known, risks=(risk,))).state == "passed"
    assert check_files.ledger(made(ledger=known, risks=(replace(risk, level="low"),))).state == "failed"


def test_the_same_files_tried_in_two_ways_are_no_more_files():
    tried = (attempt(REDETECTION, 4), attempt("context-clues", 4, id=2), attempt("reverse-image-search", 4, id=3))
    facts = made(attempts=tried, ledger=replace(KNOWN, attempts=((4, 0),) * 3))
    facts = replace(facts, manifest=replace(facts.manifest, files=tuple(video("none") for _ in range(12))))
    said = check_people.reidentification(facts)
    assert (said.state, "of 4 different files" in said.says, "at most 53 %" in said.says) == ("weak", True, True)
    assert "in 4 files" in check_people.background(facts).says


def test_every_way_of_trying_is_explained():
    for name, way in METHODS.items():
        assert name == name.lower()
        assert way.how.endswith(".")
    assert "Never upload an original" in METHODS["reverse-image-search"].warning
