"""Is hiding faces enough? It never says yes, and it says what is open."""

import pytest

from workbench import profiles
from workbench.governance.record import Record
from workbench.governance.verdict import verdict
from workbench.profiles import Background
from workbench.values import Kind


def record(purpose="publication", **answers):
    made = Record.new("Street", purpose)
    return made.model_copy(update={"screening": {**made.screening, **answers}})


def profile(name="publication", **changes):
    return profiles.load(name).changed(**changes)


def test_it_is_never_a_plain_yes():
    found = verdict(record(), profile())
    assert found.answer.startswith("Not always")
    assert (found.why, found.left) == ((), ())
    assert "The settings hide face, plate and text." in found.covered
    assert found.sentences[0] == found.answer


@pytest.mark.parametrize(
    ("answers", "scenes", "told"),
    [
        ({"distinctive": "unsure"}, (), "Clothing and tattoos stay visible"),
        ({"sensitive_place": "yes"}, (), "The place stays visible"),
        ({}, ("hospital",), "The place stays visible"),
    ],
)
def test_what_is_still_open_is_said_with_the_way_out(answers, scenes, told):
    found = verdict(record(**answers), profile(), scenes)
    assert found.answer.startswith("No: for publication hiding faces is not enough here, and 1 point is still open")
    assert len(found.left) == 1 and found.left[0].startswith(told)
    assert found.why


def test_what_the_profile_does_closes_it():
    hidden = profile(background=Background(hide=True))
    found = verdict(record(sensitive_place="yes", speech="yes"), hidden)
    assert found.left == ()
    assert found.answer.startswith("Not by itself")
    assert any("person is hidden as well" in said or "Everything but" in said for said in found.covered)
    assert "Sound is taken out." in found.covered


def test_plates_count_wherever_they_can_be_read():
    rules = profile("analytics").kinds
    shown = profile("analytics", kinds={**rules, Kind.PLATE: rules[Kind.PLATE].model_copy(update={"hide": False})})
    assert any("Plates stay visible, and plates are readable in such scenes" in said for said in
               verdict(record("analytics"), shown, ("parking",)).left)  # fmt: skip
    small = profile("analytics", kinds={**rules, Kind.PLATE: rules[Kind.PLATE].model_copy(update={"min_size": 8})})
    assert any("distant vehicles" in said for said in verdict(record("analytics"), small, ("street",)).left)
    assert not any("distant vehicles" in said for said in verdict(record("analytics"), small).left)


def test_a_blur_is_reversible_where_the_result_leaves():
    assert not any("undone" in said for said in verdict(record("analytics"), profile("analytics")).left)
    assert any("undone" in said for said in verdict(record(), profile("analytics")).left)
