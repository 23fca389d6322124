import math

import pytest

from workbench.assess.agreement import agreement, pace


def pairs(table):
    return [
        (row, column) for row, counts in enumerate(table) for column, count in enumerate(counts) for _ in range(count)
    ]


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ([[20, 5], [10, 15]], 0.4),  # en.wikipedia.org/wiki/Cohen's_kappa, simple example
        ([[45, 15], [25, 15]], 0.1304),  # the same page, two pairs with equal agreement
        ([[25, 35], [5, 35]], 0.2593),
        (
            [[88, 14, 18], [10, 40, 10], [2, 6, 12]],
            0.4915,
        ),  # scikit-learn 1.9.1, cohen_kappa_score
        ([[5, 0], [0, 7]], 1.0),
        ([[0, 5], [5, 0]], -1.0),
    ],
)
def test_kappa_is_the_published_one(table, kappa):
    assert agreement(pairs(table)).kappa == pytest.approx(kappa, abs=5e-4)


def test_where_both_always_say_the_same_kappa_says_nothing():
    found = agreement([("clean", "clean")] * 9)
    assert found.same == 1
    assert math.isnan(found.kappa)
    assert "says nothing" in found.words()
    assert "No item" in agreement([]).words()


def test_agreement_is_told_in_words():
    assert agreement(pairs([[20, 5], [10, 15]])).words() == (
        "Two reviewers gave the same answer to 70% of 50 items (Cohen's kappa 0.40, fair)."
    )


def test_pace_leaves_out_what_was_not_timed():
    found = pace([0, 4, 6, 20, 0])
    assert (found.items, found.median, found.total) == (3, 6, 30)
    assert pace([]).items == 0
