import random
from collections import Counter

import pytest

from workbench import curate
from workbench.curate import Described
from workbench.curate.choosing import shares
from workbench.curate.twins import Candidate, best_of
from workbench.values import Asset, Media, UsageError


def made(number, scenario=""):
    said = {"scenario": scenario} if scenario else {}
    return Described(Asset(f"{scenario}/{number:04}.jpg", "/s", f"{number:064}"), 10, 10, said=said)


FILES = tuple(
    [made(number, "street") for number in range(80)]
    + [made(100 + number, "school") for number in range(15)]
    + [made(200 + number) for number in range(5)]
)


def test_a_sample_takes_its_share_of_every_stratum_and_the_seed_draws_it_again():
    drawn = curate.select(FILES, sample=20, seed="spring")
    assert Counter(file.said.get("scenario", "") for file in drawn) == {"street": 16, "school": 3, "": 1}
    mixed = list(FILES)
    random.Random(1).shuffle(mixed)
    again = curate.select(mixed, sample=20, seed="spring")
    assert {file.key for file in again} == {file.key for file in drawn}
    assert {file.key for file in curate.select(FILES, sample=20, seed="autumn")} != {file.key for file in drawn}


@pytest.mark.parametrize(
    ("sizes", "sample", "expected"),
    [
        ({"a": 1}, 1, {"a": 1}),
        ({"a": 98, "b": 1, "c": 1}, 3, {"a": 1, "b": 1, "c": 1}),
        ({"a": 98, "b": 1, "c": 1}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 98, "b": 1, "c": 1}, 10, {"a": 8, "b": 1, "c": 1}),
        ({"a": 50, "b": 50}, 99, {"a": 50, "b": 49}),
    ],
)
def test_shares(sizes, sample, expected):
    assert shares(sizes, sample) == expected


def test_what_cannot_be_chosen_is_refused(folder):
    for call, match in (
        (lambda: curate.select(FILES, sample=-1), "cannot be drawn"),
        (lambda: curate.select(FILES, sample=2, per="colour"), "cannot be divided by 'colour'"),
        (lambda: curate.store(folder.case, "a/b", FILES), "cannot name a subset"),
        (lambda: curate.store(folder.case, "a", []), "would be empty"),
        (lambda: curate.subset(folder.case, "a"), "no subset 'a' .it has: none yet"),
    ):
        with pytest.raises(UsageError, match=match):
            call()
    assert curate.select(FILES, sample=1000) == FILES


def test_a_subset_is_kept_and_its_digest_is_of_its_files(folder):
    folder.usual().look()
    first = curate.store(folder.case, "clinic-1", curate.select(folder.files(), "folder=clinic"), "folder=clinic", "s")
    assert curate.subset(folder.case, "clinic-1") == first
    assert [each.name for each in curate.subsets(folder.case)] == ["clinic-1"]
    assert [file.asset.path for file in curate.members_of(folder.files(), first)] == ["clinic/c.jpg", "clinic/d.jpg"]
    again = curate.store(folder.case, "other", reversed(first.members))
    assert again.digest == first.digest
    replaced = curate.store(folder.case, "clinic-1", first.members[:1])
    assert replaced.digest != first.digest
    assert len(curate.subsets(folder.case)) == 2


def test_a_chain_of_pictures_never_becomes_one_group():
    base = 0x0F0F_F0F0_1234_5678
    step = (1 << 8) - 1  # eight bits each
    chain = [
        Candidate("big", base, 100, 1),
        Candidate("near", base ^ step, 90, 1),
        Candidate("far", base ^ step ^ (step << 8), 80, 1),
        Candidate("black", 0, 70, 1),
        Candidate("white", 1 << 63, 60, 1),
    ]
    assert best_of(chain, Media.PHOTO) == {"big": "big", "near": "big"}
    assert best_of([], Media.PHOTO) == {}


def test_of_equal_pictures_the_one_with_most_bytes_is_kept():
    same = [Candidate("small", 0xABCDEF, 100, 1), Candidate("large", 0xABCDEF, 100, 2)]
    assert best_of(same, Media.PHOTO) == {"small": "large", "large": "large"}
