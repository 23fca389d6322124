"""What the screens say about roles, and what they ask before they store anything."""

import ipywidgets as ui
import pytest

from workbench import profiles
from workbench.apps.role import Held, Seat, head
from workbench.apps.session import Session
from workbench.catalog.case import Case
from workbench.governance import casework
from workbench.governance.record import Person, Record
from workbench.values import Action, Correction, Kind, UsageError

MUTE = Correction(Action.MUTE, 0, 3, kind=Kind.OTHER)


@pytest.fixture
def folder(tmp_path):
    casework.make(tmp_path, Record.new("Street", "ai-training"))
    return tmp_path


def name(folder, login, *roles, number=1):
    casework.name_person(folder, Person(number=number, login=login, roles=roles), who="ann")


def test_every_screen_says_who_one_is_and_in_which_role(tmp_path):
    assert "no record yet" in Seat(tmp_path, "ann").standing
    casework.make(tmp_path, Record.new("Street", "ai-training"))
    assert "one person holds all roles" in Seat(tmp_path, "ann").standing
    name(tmp_path, "ann", "operator", "reviewer")
    assert Seat(tmp_path, "ann").standing == "You are ann, operator and reviewer in this case."
    assert "no role in this case" in Seat(tmp_path, "eve").standing
    (tmp_path / "case.toml").write_text("title =")
    assert "cannot be read" in Seat(tmp_path, "ann").standing
    assert "<b" not in head(Seat(tmp_path, "<b>x")).value.replace("<b>" + tmp_path.name, "")


def test_a_button_is_disabled_with_the_reason_until_the_role_allows_it(folder):
    name(folder, "ann", "operator")
    button = ui.Button()
    held = Held(Seat(folder, "ann"), "delete", button)
    assert button.disabled
    assert "Nobody in this case is custodian" in held.why.value
    name(folder, "ann", "operator", "custodian")
    assert held.look()
    assert (button.disabled, held.why.value) == (False, "")
    assert not held.look(otherwise=False)
    assert button.disabled


def test_corrections_in_the_player_are_signed_and_ask_the_role(folder):
    assert Seat(folder, "ann").sign(MUTE).by == "ann"
    name(folder, "ann", "operator")
    with pytest.raises(UsageError, match="may not correct"):
        Seat(folder, "eve").sign(MUTE)


def test_the_redaction_starts_with_what_the_record_asks_for(folder):
    with Case.open(folder.parent / "case") as case:
        assert Session(case).profile.name == "publication"
        casework.make(case.path, Record.new("Street", "ai-training"))
        assert Session(case).profile.name == "ai-training"
        casework.change(case.path, {"screening.public_monitoring": "yes"})
        session = Session(case)
        assert (session.profile.quality, session.profile.name) == ("careful", session.profile_names()[0])
        assert session.load_profile(session.profile.name) == session.profile
        # What was used last stays, unless the record has become stricter since.
        case.save_profile(profiles.load("publication").changed(quality="careful", name="strict"))
        assert Session(case).profile.name == "strict"
        case.save_profile(profiles.load("analytics"))
        assert Session(case).profile == session.profile


def test_nobody_starts_a_run_whose_role_does_not_allow_it(folder, tmp_path):
    with Case.open(tmp_path / "case") as case:
        casework.make(case.path, Record.new("Street", "ai-training"))
        casework.name_person(case.path, Person(number=1, login="ann", roles=("operator",)))
        session = Session(case, "eve")
        with pytest.raises(UsageError, match="may not start a run"):
            session.start("out", session.profile)
