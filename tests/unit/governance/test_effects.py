"""What a record decides, and what it refuses."""

import pytest

from workbench import profiles
from workbench.assess import sample
from workbench.governance import guidance
from workbench.governance.effects import effects, profile_for, refuse_weaker
from workbench.governance.record import ImageRights, LawfulBasis, Link, Origin, Output, Record, Retention
from workbench.governance.screening import screen
from workbench.profiles import Background
from workbench.profiles import Output as Sizes
from workbench.values import Kind, UsageError


def answered(purpose="publication", **answers):
    none = dict.fromkeys(guidance.questions(), "no")
    return Record.new("x", purpose, screening={**none, **answers})


@pytest.mark.parametrize("purpose", ["publication", "ai-training", "analytics"])
def test_each_purpose_picks_a_profile_that_it_accepts_itself(purpose):
    record = Record.new("x", purpose)
    profile = profile_for(record)
    refuse_weaker(record, profile)
    assert profile.purpose == purpose
    assert profile_for(record) == profile


def test_every_effect_has_its_reason():
    decided = effects(answered(public_monitoring="yes", speech="yes"))
    reasons = [
        decided.profile.why, decided.link_table.why, decided.max_side.why, decided.originals_days.why,
        decided.work_days.why, decided.releases_days.why, decided.review_target.why,
        *(check.why for check in decided.checks),
    ]  # fmt: skip
    assert all(why.endswith(".") and len(why) > 15 and why[0].isupper() for why in reasons)
    assert all(want.why for want in (*decided.raised, *decided.suggested))


def test_the_review_target_is_that_of_the_review_plans():
    for purpose, plan in sample.plans().items():
        assert effects(Record.new("x", purpose)).review_target.value == plan.target


def test_stronger_purposes_ask_for_more():
    public, training, inside = (effects(Record.new("x", purpose)) for purpose in guidance.purposes())
    assert public.review_target.value < training.review_target.value < inside.review_target.value
    assert {c.value for c in inside.checks} < {c.value for c in public.checks}
    assert public.max_side.value
    assert not public.link_table.value


@pytest.mark.parametrize("answer", ["yes", "unsure"])
def test_a_trigger_raises_the_profile_and_unsure_counts_as_yes(answer):
    record = answered(special_categories=answer)
    profile = profile_for(record)
    assert profile.quality == "careful"
    assert profile.name == "publication raised"
    with pytest.raises(UsageError, match=r"quality is balanced and must be careful.*lasting harm"):
        refuse_weaker(record, profile.changed(quality="balanced"))
    assert effects(record).review_target.value == pytest.approx(0.005)
    assert {want.setting for want in effects(record).suggested} == {"background.hide", "kinds.person.hide"}


def test_a_suggestion_is_not_forced_and_what_is_stronger_is_welcome():
    record = answered(sensitive_place="yes")
    profile = profile_for(record)
    assert not profile.background.hide
    refuse_weaker(record, profile)
    refuse_weaker(record, profile.changed(background=Background(hide=True)))


def test_a_weaker_purpose_is_refused_and_a_stronger_one_is_not():
    with pytest.raises(UsageError, match=r"case is for publication.*'analytics' is for internal analytics.*weaker"):
        refuse_weaker(Record.new("x", "publication"), profiles.load("analytics"))
    refuse_weaker(Record.new("x", "analytics"), profiles.load("publication"))
    refuse_weaker(Record.new("x", "ai-training"), profiles.load("publication"))


def test_a_kind_that_stays_visible_is_refused():
    record = Record.new("x", "ai-training")
    with pytest.raises(UsageError, match=r"kinds.plate.hide is off and must be on"):
        refuse_weaker(record, profiles.load("ai-training").with_kinds((Kind.FACE, Kind.TEXT)))


def test_the_size_and_the_names_of_a_publication_are_limited():
    record = Record.new("x", "publication")
    profile = profile_for(record)
    assert profile.output.max_side == 2560
    for sizes in (Sizes(max_side=0), Sizes(max_side=4000)):
        with pytest.raises(UsageError, match=r"output.max_side.*2560"):
            refuse_weaker(record, profile.changed(output=sizes))
    with pytest.raises(UsageError, match=r"output.names is keep.*leads back"):
        refuse_weaker(record, profile.changed(output=Sizes(max_side=2000, names="keep")))
    refuse_weaker(record, profile.changed(output=Sizes(max_side=1000)))


def test_more_than_the_purpose_allows_needs_a_reason():
    long, large = Retention(originals_days=900), Output(max_side=0)
    decided = effects(Record.new("x", "publication", retention=long, output=large))
    assert (decided.originals_days.value, decided.max_side.value) == (30, 2560)
    assert len([text for text in decided.warnings if "until" in text]) == 2
    long, large = Retention(originals_days=900, reason="a trial"), Output(max_side=0, reason="a print")
    decided = effects(Record.new("x", "publication", retention=long, output=large))
    assert (decided.originals_days, decided.max_side.value) == (type(decided.originals_days)(900, "A trial."), 0)
    assert effects(Record.new("x", "publication", retention=Retention(originals_days=0))).originals_days.value == 0


def test_a_link_table_exists_only_where_the_purpose_and_the_record_want_it():
    wanted = Link(table="sealed", reason="labels come later")
    assert effects(Record.new("x", "ai-training", link=wanted)).link_table.value
    assert not effects(Record.new("x", "ai-training")).link_table.value
    decided = effects(Record.new("x", "publication", link=wanted))
    assert not decided.link_table.value
    assert any("link table" in text for text in decided.warnings)


def test_weak_grounds_are_said_and_not_forbidden():
    record = Record.new(
        "x", "ai-training", image_rights=ImageRights(part_of_scene="yes"), origin=Origin(repurposed="unsure")
    )
    warnings = " ".join(effects(record).warnings)
    assert "do not switch off data protection" in warnings
    assert "For AI training" not in warnings
    assert "rely on anonymisation" in warnings
    assert "origin.note" in warnings
    assert "basis.lawful_basis" in warnings
    quiet = Record.new("x", "publication", basis=LawfulBasis(lawful_basis="anonymised"))
    assert effects(quiet).warnings == ()


@pytest.mark.parametrize(
    ("answers", "dpia"),
    [
        ({}, ""),
        ({"crowds": "yes"}, ""),
        ({"new_technology": "yes"}, "likely"),
        ({"new_technology": "unsure"}, "likely"),
        ({"new_technology": "yes", "vulnerable": "yes"}, "required"),
        ({"public_monitoring": "yes"}, "required"),
        ({"special_categories": "yes", "large_scale": "yes"}, "required"),
    ],
)
def test_the_screening_says_when_an_assessment_is_due(answers, dpia):
    found = screen(answered(**answers))
    assert found.dpia == dpia
    assert not found.unanswered
    assert bool(found.why) == bool(dpia)
    assert {met.question.id for met in found.met} == set(answers)


def test_what_is_not_answered_is_named():
    found = screen(Record.new("x", "publication"))
    assert len(found.unanswered) == len(guidance.questions())
    assert "not answered" in found.sentence


def test_the_guidance_holds_together():
    numbers = set(guidance.references())
    assert numbers >= {1, 2, 3, 4, 5}
    pointed = [
        *(topic.refs for topic in guidance.jurisdictions().topic),
        *(question.refs for question in guidance.questions().values()),
        *(sheet.refs for sheet in guidance.sheets().values()),
        *(prompt.refs for basis in guidance.bases().values() for prompt in basis.prompts),
    ]
    assert {number for refs in pointed for number in refs} <= numbers
    checks = {name for rules in guidance.purposes().values() for name in rules.checks}
    checks |= {name for question in guidance.questions().values() for name in question.checks}
    assert checks == set(guidance.checks())
    for question in guidance.questions().values():
        assert set(question.with_) <= set(guidance.questions())
    assert len(guidance.image_rights().exception) == 3
    assert set(guidance.roles().words) == set(guidance.roles().acts)
    # Every setting that can be raised is one of a profile.
    everything = Record.new("x", "analytics", screening=dict.fromkeys(guidance.questions(), "yes"))
    assert profile_for(everything).quality == "careful"
