"""Who looks at what: two reviewers never meet by accident, and nothing that was said is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from workbench import profiles
from workbench.catalog.review_values import Answer, ReviewItem, ReviewRecord, Verdict
from workbench.catalog.store import Catalog
from workbench.values import Asset, UsageError

HOUR = 3600.0


@pytest.fixture
def catalog(tmp_path):
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def planned(catalog, count=4, twice=()):
    run = catalog.create_run(profiles.load("publication"), [Path("/photos")], Path("/out"))
    assets = [Asset(f"{number}.jpg", "/photos", f"{number:02x}", 10, 1) for number in range(count)]
    catalog.put_assets(run, assets)
    items = [
        ReviewItem(asset, "street", 0.5, number, number, True, number == 0, 2 if number in twice else 1, ("why",))
        for number, asset in enumerate(assets)
    ]
    record = ReviewRecord(0, run, "name = 'x'\ntarget = 0.1\n", "digest", "seed", {"street": count}, "planner")
    return catalog.add_review(record, items)


def answer(item, reviewer="ann", misses=0, **others):
    return Answer(item.id, reviewer, Verdict.CORRECTED if misses else Verdict.CLEAN, misses, 0, 5.0, **others)


def paths(catalog, review, reviewer, now=0.0):
    """Take and answer one item after the other."""
    taken = []
    while item := catalog.claim_next(review, reviewer, now, HOUR):
        taken.append(item.asset.path)
        catalog.put_answer(answer(item, reviewer))
    return taken


def test_a_review_is_kept_as_it_was_planned(catalog):
    review = planned(catalog)
    record = catalog.review(review)
    assert (record.seed, record.total, record.by, record.strata) == ("seed", 4, "planner", {"street": 4})
    assert catalog.reviews() == [record] == catalog.reviews(record.run)
    assert catalog.reviews(99) == []
    [first, *_] = catalog.review_items(review)
    assert (first.asset.path, first.asset.sha256, first.why, first.risky) == ("0.jpg", "00", ("why",), True)


def test_the_queue_is_worked_off_in_its_order(catalog):
    review = planned(catalog)
    assert paths(catalog, review, "ann") == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert paths(catalog, review, "ben") == []


def test_two_reviewers_never_get_the_same_item(catalog):
    review = planned(catalog)
    first = catalog.claim_next(review, "ann", 0, HOUR)
    second = catalog.claim_next(review, "ben", 1, HOUR)
    assert (first.asset.path, second.asset.path) == ("0.jpg", "1.jpg")
    assert catalog.claims(review, 2) == {"ann": first.id, "ben": second.id}
    with pytest.raises(UsageError, match="Somebody else"):
        catalog.claim_item(first.id, "ben", 2, HOUR)


def test_whoever_comes_back_gets_what_they_had_begun(catalog):
    review = planned(catalog)
    first = catalog.claim_next(review, "ann", 0, HOUR)
    assert catalog.claim_next(review, "ann", 10, HOUR).id == first.id
    assert catalog.claim_next(review, "ann", 5 * HOUR, HOUR).id == first.id  # even long after the lease


def test_what_is_left_lying_goes_to_somebody_else_and_a_late_answer_still_counts(catalog):
    review = planned(catalog)
    first = catalog.claim_next(review, "ann", 0, HOUR)
    assert catalog.claim_next(review, "ben", 2 * HOUR, HOUR).id == first.id
    catalog.put_answer(answer(first, "ben"))
    catalog.put_answer(answer(first, "ann", misses=2))
    assert {given.reviewer: given.misses for given in catalog.answers(review)} == {"ben": 0, "ann": 2}
    assert catalog.claim_next(review, "ann", 2 * HOUR, HOUR).asset.path == "1.jpg"


def test_two_look_at_what_is_wanted_twice_and_nobody_looks_twice(catalog):
    review = planned(catalog, twice=(1,))
    assert paths(catalog, review, "ann") == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert paths(catalog, review, "ben") == ["1.jpg"]
    assert paths(catalog, review, "cem") == []


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_both_stay_on_record(catalog):
    review = planned(catalog)
    item = catalog.claim_next(review, "ann", 0, HOUR)
    catalog.put_answer(answer(item))
    again = catalog.claim_item(item.id, "ann", 5, HOUR)
    catalog.put_answer(answer(again, misses=1))
    assert [given.misses for given in catalog.answers(review)] == [1]
    assert len(catalog._read("SELECT * FROM answer")) == 2


def test_more_is_drawn_in_the_same_order(catalog):
    run = catalog.create_run(profiles.load("publication"), [Path("/photos")], Path("/out"))
    assets = [Asset(f"{number}.jpg", "/photos", f"{number:02x}", 10, 1) for number in range(6)]
    catalog.put_assets(run, assets)
    items = [ReviewItem(asset, "", 0, rank, rank, rank < 2, rank == 4, 2) for rank, asset in enumerate(assets)]
    record = ReviewRecord(0, run, "", "digest", "seed", {"": 6})
    review = catalog.add_review(record, sorted(items, key=lambda item: (not item.risky, item.rank)))
    assert [item.rank for item in catalog.review_items(review)] == [4, 0, 1]
    assert [item.wanted for item in catalog.review_items(review)] == [1, 2, 2]  # the risky one is no sample
    assert catalog.extend_review(review, 5) == 2
    assert [item.rank for item in catalog.review_items(review)] == [4, 0, 1, 2, 3]
    assert catalog.review_items(review)[0].at_random
    assert catalog.extend_review(review, 5) == 0


def test_unsure_counts_as_a_miss():
    sure = Answer(1, "ann", Verdict.CLEAN, 0, 0, 1.0)
    assert not sure.missed
    assert replace(sure, verdict=Verdict.UNSURE).missed
    assert replace(sure, verdict=Verdict.CORRECTED, false_alarms=3).missed is False


def test_unknown_numbers_are_told(catalog):
    with pytest.raises(UsageError, match="no review 7"):
        catalog.review(7)
    with pytest.raises(UsageError, match="no review item 7"):
        catalog.claim_item(7, "ann", 0, HOUR)


def test_what_a_picture_looks_like_is_remembered(catalog):
    catalog.put_likeness("ab", 2**64 - 1)
    assert catalog.likenesses() == {"ab": 2**64 - 1}
