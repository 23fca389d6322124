"""What of a case's words may leave."""

import pytest

from workbench.gate.discretion import Discretion
from workbench.gate.told_record import setting
from workbench.governance.record import Person, Record

RECORD = Record.new("Case", "publication", people=(
    Person(number=1, login="ann", name="Ann Miller", roles=("operator",)), Person(number=7, login="bob"),
))  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", ""),
        ("Nobody. See page 4/5.", "Nobody. See page 4/5."),
        ("street", "street"),
        ("Ann Miller and BOB agreed.", "person 1 and person 7 agreed."),
        ("Annie plans bobsleighs.", "Annie plans bobsleighs."),
        ("two\nlines for ann", "two\nlines for person 1"),
        ("It lies in /home/ann/x.", "It lies in the file"),
        ("Seen in IMG_2041 and IMG_2041.jpg.", "Seen in the file and the file."),
        ("The beach of 2041 is fine.", "The beach of 2041 is fine."),
        ("Ask in shoot-07, it knows.", "Ask in the file, it knows."),
    ],
)
def test_names_that_the_case_knows_do_not_leave(typed, told):
    clean = Discretion(RECORD, ["shoot-07/beach/IMG_2041.jpg", "2041/beach.jpg"])
    assert clean(typed) == told


def test_settings_are_told_in_words():
    assert setting("kinds.face.min_score") == "faces hidden from this confidence on"
    assert setting("quality") == "care of the search"
    assert setting("kinds.face.colour") == "kinds.face.colour"
