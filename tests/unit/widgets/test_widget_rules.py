"""Profile → sliders → profile, with a visitor who may send anything."""

import copy
import json
import math

import pytest

from workbench import profiles
from workbench.profiles import KindRule
from workbench.values import Kind, Method, UsageError
from workbench.widgets.rules import limits_of, rules_of, with_rules


@pytest.mark.parametrize("name", profiles.builtin_names())
def test_the_rules_of_a_profile_give_the_same_redaction_back(name):
    profile = profiles.load(name)
    again = with_rules(profile, json.loads(json.dumps(rules_of(profile))))
    assert again.hidden == profile.hidden
    assert [again.kinds[kind] for kind in again.hidden] == [profile.kinds[kind] for kind in profile.hidden]


@pytest.mark.parametrize("name", profiles.builtin_names())
@pytest.mark.parametrize(
    "weak", [KindRule(hide=False, min_score=1, pad=0, shape="ellipse", method="blur", strength=0.01)]
)
def test_every_kind_can_be_switched_on_as_it_stands(name, weak):
    base = profiles.load(name)
    profile = base.changed(kinds=dict.fromkeys(Kind, weak))
    rules = rules_of(profile)
    for rule in rules.values():
        rule["hide"] = True
    assert set(with_rules(profile, rules).hidden) == set(Kind)


WRONG = [
    ("min_score", 0.9),
    ("min_score", "0.2"),
    ("min_score", True),
    ("min_score", math.nan),
    ("min_score", math.inf),
    ("min_score", None),
    ("min_size", -1),
    ("min_size", math.inf),
    ("pad", 0.1),
    ("pad", 9),
    ("method", "blur"),
    ("method", "nothing"),
    ("shape", "ellipse"),
    ("strength", 0),
    ("hide", 1),
    ("hide", "yes"),
    ("colour", [0, 0, 300]),
    ("colour", [0, 0]),
    ("colour", "red"),
    ("extra", 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_a_value_that_is_wrong_or_below_the_floor_is_refused(field, value):
    profile = profiles.load("publication")
    rules = rules_of(profile)
    rules["face"][field] = value
    with pytest.raises(UsageError, match="face"):
        with_rules(profile, rules)


@pytest.mark.parametrize("rules", [None, [], {}, {"face": {}}, "rules", {str(kind): None for kind in Kind}])
def test_rules_that_are_not_complete_are_refused(rules):
    with pytest.raises(UsageError):
        with_rules(profiles.load("publication"), rules)


def test_the_rules_are_not_changed_by_reading_them():
    profile = profiles.load("analytics")
    rules = rules_of(profile)
    before = copy.deepcopy(rules)
    with_rules(profile, rules)
    assert rules == before


@pytest.mark.parametrize("name", profiles.builtin_names())
def test_the_ends_of_every_slider_are_accepted(name):
    profile = profiles.load(name)
    limits = limits_of(profile)["kinds"]
    for end in (0, 1):
        rules = rules_of(profile)
        for kind, rule in rules.items():
            method = limits[kind]["methods"][-1]
            ranges = {field: limits[kind][field][end] for field in ("min_score", "min_size", "pad")}
            rule.update(hide=True, method=method, shape=limits[kind]["shapes"][-1], **ranges)
            if method in (Method.BLUR, Method.PIXELATE):
                rule["strength"] = limits[kind][method][end]
        with_rules(profile, rules)


def test_a_slider_reaches_what_the_profile_asks_for():
    profile = profiles.load("analytics")
    rules = rules_of(profile)
    rules["face"].update(pad=1.5, min_size=400)
    wide = limits_of(with_rules(profile, rules))["kinds"]["face"]
    assert (wide["pad"][1], wide["min_size"][1]) == (1.5, 400)


def test_the_hints_say_the_floor_in_words():
    hints = limits_of(profiles.load("publication"))["kinds"]["face"]["hints"]
    assert "For publication, at least 30%" in hints["pad"]
    assert "at most 50%" in hints["min_score"]
