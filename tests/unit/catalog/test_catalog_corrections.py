import pytest

from workbench.catalog.store import Catalog
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Kind, UsageError

DROP = Correction(Action.DROP, 3, 9, track=5, by="reviewer", reason="a poster")
ADD = Correction(Action.ADD, 0, 4, track=FIRST_OWN_TRACK, kind=Kind.PLATE, boxes=((0.0, 1.5, 2.0, 3.0, 4.0),))


@pytest.fixture
def catalog(tmp_path):
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def test_corrections_come_back_in_order_and_only_for_their_file(catalog):
    first, second = catalog.add_correction("ab", DROP), catalog.add_correction("ab", ADD)
    assert catalog.corrections("ab") == [first, second]
    assert (first.by, first.reason, second.boxes, second.kind) == ("reviewer", "a poster", ADD.boxes, Kind.PLATE)
    assert first.at > 0
    assert catalog.corrections("cd") == []


def test_what_is_withdrawn_is_gone_from_the_list_and_not_from_the_record(catalog):
    first, second = catalog.add_correction("ab", DROP), catalog.add_correction("ab", ADD)
    catalog.withdraw_correction("ab", first.number, by="reviewer")
    assert catalog.corrections("ab") == [second]
    assert len(catalog._read("SELECT * FROM correction")) == 3
    again = catalog.add_correction("ab", DROP)
    assert [one.number for one in catalog.corrections("ab")] == [second.number, again.number]


@pytest.mark.parametrize("number", [0, 99])
def test_only_what_stands_can_be_withdrawn(catalog, number):
    given = catalog.add_correction("ab", DROP)
    catalog.withdraw_correction("ab", given.number)
    for wrong in (number, given.number):
        with pytest.raises(UsageError, match="not there any more"):
            catalog.withdraw_correction("ab", wrong)


def test_a_number_of_a_track_is_never_given_twice(catalog):
    assert catalog.free_track("ab") == FIRST_OWN_TRACK
    given = catalog.add_correction("ab", ADD)
    catalog.withdraw_correction("ab", given.number)
    assert catalog.free_track("ab") == FIRST_OWN_TRACK + 1
    assert catalog.free_track("cd") == FIRST_OWN_TRACK


def test_nonsense_is_never_stored(catalog):
    with pytest.raises(UsageError):
        catalog.add_correction("ab", Correction(Action.ADD, 0, 1, track=FIRST_OWN_TRACK))
    assert catalog.corrections("ab") == []
