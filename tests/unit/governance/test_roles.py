"""Who somebody is, and what each role may do."""

import pytest

from workbench.governance import guidance
from workbench.governance.record import Person, Record
from workbench.governance.roles import ALONE, Actor, identity, may, require
from workbench.serving import context
from workbench.values import UsageError

ROLES = tuple(guidance.roles().roles)
PEOPLE = tuple(Person(number=n, login=role, roles=(role,)) for n, role in enumerate(ROLES, 1))
EVERYBODY = Record.new("x", "publication", people=PEOPLE)


@pytest.mark.parametrize("act", list(guidance.roles().acts))
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_exactly_what_the_table_says(role, act):
    allowed = role in guidance.roles().acts[act]
    assert bool(may(EVERYBODY, role, act)) != allowed
    if allowed:
        assert require(EVERYBODY, role, act).role == role
    else:
        with pytest.raises(UsageError, match=rf"'{role}' is {role} in this case and may not"):
            require(EVERYBODY, role, act)


@pytest.mark.parametrize("act", list(guidance.roles().acts))
def test_a_case_that_names_nobody_works_as_one_person(act):
    assert require(Record.new("x", "publication"), "anybody", act) == Actor(0, ALONE)


def test_somebody_unknown_or_gone_may_nothing():
    left = Record.new("x", "publication", people=(*PEOPLE, Person(number=9, login="ann")))
    for who in ("ann", "mallory"):
        assert "has no role in this case" in may(left, who, "read")


def test_a_role_that_nobody_holds_is_said():
    record = Record.new("x", "publication", people=(Person(number=1, login="ann", roles=("operator",)),))
    assert may(record, "ann", "delete").startswith("Nobody in this case is custodian")
    assert "workbench case person" in may(record, "ann", "approve")
    assert may(record, "ann", "name-people") == ""  # else nobody could ever be named
    assert may(EVERYBODY, "operator", "name-people")


def test_nobody_approves_what_they_made():
    both = Person(number=9, login="ann", roles=("operator", "approver"))
    record = Record.new("x", "publication", people=(*PEOPLE, both))
    with pytest.raises(UsageError, match="'ann' made it and may not approve a release"):
        require(record, "ann", "approve", made_by=9)
    assert require(record, "approver", "approve", made_by=9) == Actor(3, "approver")
    assert require(record, "ann", "approve", made_by=1) == Actor(9, "approver")


def test_identity_is_the_served_user_then_the_hubs_then_the_systems(monkeypatch):
    assert identity({"WORKBENCH_USER": "a", "JUPYTERHUB_USER": "b"}) == "a"
    assert identity({"JUPYTERHUB_USER": "b"}) == "b"
    monkeypatch.setattr("workbench.governance.roles.getpass.getuser", lambda: "c")
    assert identity({}) == "c"
    assert context.context({"JUPYTERHUB_USER": "b"}).user == "b"
