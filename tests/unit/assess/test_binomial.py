"""Exact bounds beside published tables and brute force."""

from math import comb

import pytest

from workbench.assess import binomial
from workbench.values import UsageError


@pytest.mark.parametrize(
    ("misses", "reviewed", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857, table I: method 5 (Clopper-Pearson)
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0000, 0.1684),
        (1, 29, 0.0009, 0.1776),
        # R 4.3, binom.test(2, 10)
        (2, 10, 0.0252, 0.5561),
    ],
)
def test_the_exact_interval_is_the_published_one(misses, reviewed, low, high):
    found = binomial.interval(misses, reviewed)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("misses", "reviewed", "low", "high"),
    [  # Newcombe (1998), table I: method 3 (score, Wilson)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_the_published_one(misses, reviewed, low, high):
    found = binomial.wilson(misses, reviewed)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_three_hundred_without_a_miss_prove_one_per_cent():
    # Hanley & Lippman-Hand (1983), "If nothing goes wrong, is everything all right?": the rule of three
    assert binomial.at_most(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300), rel=1e-12)
    assert binomial.at_most(0, 300) < 0.01 < binomial.at_most(0, 298)
    assert binomial.sentence(300, 0) == "300 reviewed, 0 missed: at most 1 % of pictures, 95 % confidence."


@pytest.mark.parametrize(
    ("target", "misses", "confidence", "number"),
    [
        # Wilks' numbers for one-sided tolerance limits, as in every table of them: 59, 93, 124 for 95/95
        (0.05, 0, 0.95, 59),
        (0.05, 1, 0.95, 93),
        (0.05, 2, 0.95, 124),
        (0.01, 0, 0.95, 299),
        (0.01, 1, 0.95, 473),
        (0.01, 0, 0.99, 459),
        (0.1, 0, 0.9, 22),
    ],
)
def test_so_many_are_needed(target, misses, confidence, number):
    assert binomial.needed(target, misses, confidence) == number
    assert binomial.at_most(misses, number, confidence) <= target < binomial.at_most(misses, number - 1, confidence)


def brute(misses, reviewed, total, confidence, upper=True):
    """The numbers of bad pictures that fit what was seen, with nothing but whole numbers."""

    def chance(bad):
        counts = range(misses + 1) if upper else range(misses, reviewed + 1)
        ways = sum(comb(bad, k) * comb(total - bad, reviewed - k) for k in counts if k <= bad)
        return ways / comb(total, reviewed)

    return [bad for bad in range(misses, total - reviewed + misses + 1) if chance(bad) > 1 - confidence]


@pytest.mark.parametrize("total", [1, 7, 50])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_a_finite_batch_is_bounded_as_by_counting_every_case(total, confidence):
    for reviewed in range(total + 1):
        for misses in range(min(reviewed, 6) + 1):
            largest = max(brute(misses, reviewed, total, confidence))
            assert binomial.most_bad(misses, reviewed, total, confidence) == largest
            assert binomial.at_most(misses, reviewed, confidence, total) == largest / total
            both = binomial.interval(misses, reviewed, confidence, total)
            each = (1 + confidence) / 2
            assert both.high == max(brute(misses, reviewed, total, each)) / total
            assert both.low == min(brute(misses, reviewed, total, each, upper=False)) / total


def test_the_finite_bound_is_never_wider_and_becomes_the_endless_one():
    for misses, reviewed in ((0, 40), (2, 40), (7, 300)):
        endless = binomial.at_most(misses, reviewed)
        before = 0.0
        for total in (reviewed, 2 * reviewed, 50 * reviewed, 1_900_000):
            found = binomial.at_most(misses, reviewed, total=total)
            assert before <= found <= endless + 1 / total
            before = found
        assert before == pytest.approx(endless, abs=2e-4)
    assert binomial.at_most(0, 40, total=50) < binomial.at_most(0, 40, total=50_000)


def test_what_was_not_looked_at_is_not_known():
    assert binomial.at_most(0, 0) == 1
    assert binomial.at_most(0, 0, total=9) == 1
    assert "nothing can be said" in binomial.sentence(0, 0)


def test_sentences_of_small_batches_say_what_is_left():
    assert binomial.sentence(40, 0, total=50) == (
        "40 reviewed, 0 missed: at most 2 % of pictures, 95 % confidence; "
        "that is at most 1 of the 10 that nobody looked at."
    )
    assert binomial.sentence(50, 2, total=50, noun="video") == (
        "50 reviewed, 2 missed: that is every video, so the share is 4 % exactly."
    )


@pytest.mark.parametrize(
    ("value", "text"), [(0.00999, "1 %"), (0.01001, "1.1 %"), (0.5, "50 %"), (1.0, "100 %"), (0, "0 %")]
)
def test_a_bound_is_rounded_up(value, text):
    assert binomial.share_up(value) == text


@pytest.mark.parametrize(("misses", "reviewed", "total"), [(3, 2, None), (-1, 2, None), (0, 6, 5)])
def test_numbers_that_contradict_are_refused(misses, reviewed, total):
    with pytest.raises(UsageError, match="cannot be"):
        binomial.at_most(misses, reviewed, total=total)


@pytest.mark.parametrize("target", [0, 1, -0.1])
def test_a_target_that_nobody_can_prove_is_refused(target):
    with pytest.raises(UsageError, match="target"):
        binomial.needed(target)
