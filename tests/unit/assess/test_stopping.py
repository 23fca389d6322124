"""The promise holds for whoever goes on after a miss."""

import numpy as np
import pytest

from workbench.assess.stopping import Rule, chance_to_pass, steps


def test_stopping_at_the_plain_numbers_would_break_the_promise():
    plain = (299, 473, 628, 773, 913, 1049)  # what 0 to 5 misses need when the number is fixed before
    assert chance_to_pass(0.01, plain) > 0.09
    fair = steps(0.01, 0.95, None, 6)
    assert 0.04 < chance_to_pass(0.01, fair) <= 0.05
    assert all(ours > theirs for ours, theirs in zip(fair, plain, strict=True))


@pytest.mark.parametrize(("target", "confidence"), [(0.05, 0.95), (0.1, 0.8), (0.02, 0.99)])
def test_a_bad_batch_passes_as_seldom_as_promised_and_a_good_one_mostly(target, confidence):
    plan = steps(target, confidence, None, 8)
    assert chance_to_pass(target, plan) <= 1 - confidence
    assert chance_to_pass(1.5 * target, plan) < chance_to_pass(target, plan)
    assert chance_to_pass(target / 20, plan) > 0.9


def test_the_chance_is_that_of_trying_it_out():
    plan = steps(0.1, 0.9, 200, 4)
    random = np.random.default_rng(1)
    passed = 0
    for _ in range(4000):
        bad = np.zeros(200, bool)
        bad[random.choice(200, 21, replace=False)] = True
        misses = np.cumsum(bad)
        passed += any(number is not None and misses[number - 1] <= step for step, number in enumerate(plan))
    assert passed / 4000 == pytest.approx(chance_to_pass(21 / 200, plan, 200), abs=0.015)
    assert passed / 4000 < 0.1 + 0.015


def test_a_small_batch_needs_less_and_never_more_than_all():
    for total in (1, 20, 100, 5000):
        numbers = [number for number in steps(0.02, 0.95, total, 5) if number is not None]
        assert numbers == sorted(numbers)
        assert all(number <= total for number in numbers)
        assert numbers[0] <= steps(0.02, 0.95, None, 1)[0]


def test_a_rule_stops_where_it_said_and_counts_every_miss():
    rule = Rule(0.05, 0.95, "extend")
    first, second = rule.enough(0), rule.enough(1)
    assert rule.passed([False] * (first - 1)) is None
    assert rule.passed([False] * (first + 7)) == first
    late = [False] * second
    late[3] = True
    assert rule.passed(late[:-1]) is None
    assert rule.passed(late) == second


def test_one_try_is_cheaper_and_ends_with_a_miss():
    once, extend = Rule(0.01, 0.95, "once"), Rule(0.01, 0.95, "extend")
    assert once.enough(0) == 299 < extend.enough(0)
    assert once.enough(1) is None
    assert once.passed([True] + [False] * 500) is None
    assert once.passed([False] * 299) == 299


def test_too_many_misses_for_a_small_batch_are_told():
    rule = Rule(0.1, 0.95, "extend", total=20)
    assert rule.enough(3) is None
    assert rule.enough(2) == 20


def test_rules_are_explained_in_words():
    words = Rule(0.01, 0.95, "extend", 10_000).words()
    assert "at most 1 % of all may have a miss" in words
    assert f"{Rule(0.01, 0.95, 'extend', 10_000).enough(0):,} without a miss" in words
    assert "with 1 miss" in words
    assert "search again" in Rule(0.01, 0.95, "once").words()
    assert "and so on" in words
    assert "more misses than that cannot be made up for" in Rule(0.01, 0.95, "extend", 161).words()
