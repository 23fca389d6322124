import random
from collections import Counter

import pytest

from workbench.assess import sample
from workbench.assess.sample import ReviewPlan, Unit, draw, shuffled, unit_key
from workbench.values import UsageError

PLAN = ReviewPlan(name="test", target=0.1, confidence=0.9, per_stratum=3, riskiest=4, twice=0.25, stopping="once")


def batch(count=200):
    """Most lie in one stratum, a few in another; one in ten has some risk."""
    return [
        Unit(unit_key(f"{n:064x}", f"{n}.jpg"), "rare" if n % 50 == 0 else "usual", float(n % 10 == 0) * n)
        for n in range(count)
    ]


def test_the_draw_is_the_same_on_every_machine():
    order = [unit.key.split()[1] for unit in shuffled(batch(8), "spring")]
    # by the digests that coreutils' sha256sum gives of ["order", "spring", key] as JSON
    assert order == [f"{n}.jpg" for n in (3, 4, 7, 6, 2, 0, 1, 5)]


def test_the_order_in_which_files_were_found_does_not_matter():
    units = batch()
    mixed = units[:]
    random.Random(1).shuffle(mixed)
    assert draw(PLAN, units, "s") == draw(PLAN, mixed, "s")
    assert draw(PLAN, units, "s") != draw(PLAN, units, "t")


def test_files_that_are_added_leave_the_order_of_the_others_alone():
    before = [unit.key for unit in shuffled(batch(100), "s")]
    after = [unit.key for unit in shuffled(batch(120), "s") if unit.key in set(before)]
    assert after == before


def test_the_queue_has_the_riskiest_first_and_then_the_random_order():
    drawn = draw(PLAN, batch(), "s")
    assert [item.key.split()[1] for item in drawn[:4]] == ["190.jpg", "180.jpg", "170.jpg", "160.jpg"]
    assert all(item.risky for item in drawn[:4])
    rest = [item.rank for item in drawn[4:]]
    assert rest == sorted(rest)
    assert sorted(item.rank for item in drawn) == list(range(200))


def test_every_stratum_gets_its_random_pictures():
    drawn = draw(PLAN, batch(), "s")
    size = PLAN.rule(200).enough(0)
    assert {item.rank for item in drawn if item.at_random} >= set(range(size))
    chosen = Counter(item.stratum for item in drawn if item.at_random)
    assert chosen["rare"] >= 3
    for name, total in (("rare", 4), ("usual", 196)):
        assert sorted(item.stratum_rank for item in drawn if item.stratum == name) == list(range(total))


def test_every_place_is_as_likely_for_every_file():
    firsts = Counter(shuffled(batch(4), str(seed))[0].key for seed in range(2000))
    assert all(430 < count < 570 for count in firsts.values())  # 500 expected, 19 is one standard deviation
    twice = sum(item.twice for seed in range(50) for item in draw(PLAN, batch(), str(seed)))
    assert twice / 10_000 == pytest.approx(0.25, abs=0.02)


def test_nothing_without_risk_is_risky():
    assert not any(item.risky for item in draw(PLAN, [Unit("a", "x"), Unit("b", "x")], "s"))
    assert draw(PLAN, [], "s") == []


def test_a_small_batch_is_looked_at_whole():
    strict = PLAN.model_copy(update={"target": 0.001})
    drawn = draw(strict, batch(20), "s")
    assert sum(item.at_random for item in drawn) >= 18


def test_the_built_in_plans_are_read_and_the_stricter_purpose_asks_for_more():
    needed = [sample.plan(name).rule().enough(0) for name in ("analytics", "ai-training", "publication")]
    assert needed == sorted(needed)
    assert set(sample.plans()) == {"publication", "ai-training", "analytics"}


def test_a_plan_goes_to_toml_and_back_and_its_digest_is_of_what_counts():
    assert ReviewPlan.parse(PLAN.to_toml(), "x") == PLAN
    assert PLAN.model_copy(update={"description": "other"}).digest == PLAN.digest
    assert PLAN.model_copy(update={"target": 0.2}).digest != PLAN.digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = 'x'\ntarget = 2", "target"),
        ("name = 'x'\ntarget = 0.1\ntagret = 1", "tagret: unknown setting"),
        ("name = ", "not valid TOML"),
        ("name = 'x'\ntarget = 0.1\nstopping = 'maybe'", "stopping"),
    ],
)
def test_a_wrong_plan_is_one_sentence(tmp_path, text, says):
    path = tmp_path / "plan.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match=says):
        sample.plan(path)


def test_an_unknown_plan_names_the_known_ones():
    with pytest.raises(UsageError, match="publication"):
        sample.plan("leisure")
