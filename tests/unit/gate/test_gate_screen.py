"""The release screen without a kernel: what it shows, who may do what, and from the checks to an export."""

import pytest
from gate_cases import Finder, World

from workbench import pipeline
from workbench.apps.gate import DECIDE, RISKS, TRY, Screen
from workbench.apps.gate_desk import GateDesk
from workbench.apps.gate_rows import ON_SCREEN, SCREENS, way_out, ways
from workbench.apps.role import Seat
from workbench.gate.values import Check
from workbench.governance import guidance


def screen_of(world: World, who: str = "ann") -> Screen:
    world.who(who)
    made = Screen(GateDesk(world.case, Seat(world.case.path, who)))
    assert made.join()
    return made


def line(screen, title):
    return next(each for each in screen.checks.lines if each.title == title)


def deed(screen, title, name):
    """Press a button beside a check, as a page would."""
    at = next(at for at, each in enumerate(screen.checks.lines) if each.title == title)
    place = next(at for at, each in enumerate(screen.checks.lines[at].deeds) if each.name == name)
    screen.checks._handle_custom_msg({"type": "deed", "index": at, "deed": place}, [])
    assert screen.join()


def press(screen, button):
    button.click()
    assert screen.join()


def test_a_case_without_a_run_says_where_to_begin(tmp_path, monkeypatch):
    screen = screen_of(World(tmp_path, monkeypatch))
    assert "redact a folder first" in screen.notice.text
    press(screen, screen.attack)
    assert "redact a folder first" in screen.notice.text


def test_every_check_has_a_state_and_a_way_out_without_commands(world):
    world.photos(2, broken=1).record("publication").run()
    screen = screen_of(world)
    states = {each.title: each.state for each in screen.checks.lines}
    assert (states["Outcomes"], states["Approval"]) == ("failed", "did not run")
    assert not [each.way_out for each in screen.checks.lines if "workbench " in each.way_out]
    assert screen.approve.disabled
    assert screen.export.disabled


def test_what_a_role_may_not_do_is_disabled_with_the_reason(world):
    world.photos(1).record("analytics").run()
    ann = screen_of(world, "ann")
    assert ann.approve.disabled
    assert ann.refuse.disabled
    assert "operator" in ann.decide_barred.value
    (barred,) = [each.barred for each in line(ann, "Screening").deeds if each.name == "override"]
    assert "approver" in barred
    bob = screen_of(world, "bob")
    assert not bob.refuse.disabled
    assert "other checks hold it back" in bob.decide_barred.value
    assert bob.attack.disabled is False
    assert bob.export.disabled
    cleo = screen_of(world, "cleo")
    assert not cleo.record.disabled


def test_verifying_takes_the_line_further(world):
    world.photos(2).record("analytics").run()
    screen = screen_of(world)
    assert line(screen, "Verification").state == "did not run"
    deed(screen, "Verification", "verify")
    assert line(screen, "Verification").state in ("passed", "weak")
    assert "Verified" in screen.notice.text


def test_attempts_and_risks_are_recorded_and_shown(world, monkeypatch):
    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (Finder(),))
    world.photos(2, broken=1).record("publication").run()
    screen = screen_of(world, "cleo")
    deed(screen, "Attempts to recognise people", "try")
    assert screen.tabs.selected_index == TRY
    press(screen, screen.attack)
    assert "The program searched 2 of 2 outputs" in screen.attempts.value
    assert not screen.attack.disabled
    screen.method.value = "reverse-image-search"
    assert "Never upload an original" in screen.how.value
    screen.tried.value = 2
    screen.tools.value = "<b>engine</b>"
    press(screen, screen.record)
    assert "With &lt;b&gt;engine&lt;/b&gt;." in screen.attempts.value
    assert screen.tried.value == 0
    deed(screen, "Outcomes", "explain")
    assert screen.tabs.selected_index == RISKS
    screen.failed.value = "Damaged when it came."
    press(screen, screen.explain)
    assert line(screen, "Outcomes").state == "weak"
    screen.risk.value, screen.level.value = "The shop can be told.", "high"
    press(screen, screen.add_risk)
    assert "needs an action" in screen.notice.text
    assert screen.risk.value == "The shop can be told.", "what was typed stays"
    screen.action.value = "Crop it by May."
    press(screen, screen.add_risk)
    assert "Crop it by May." in screen.risks.value


def test_an_override_needs_the_approver_and_a_reason(world):
    world.photos(1).record("analytics").run()
    screen = screen_of(world, "bob")
    deed(screen, "Screening", "override")
    assert screen.override_box.layout.display == ""
    press(screen, screen.override_it)
    assert "reason" in screen.notice.text
    screen.override_reason.value = "Answered on paper."
    press(screen, screen.override_it)
    assert line(screen, "Screening").overridden == "Answered on paper."
    assert screen.override_box.layout.display == "none"


def test_from_the_checks_to_an_export(world):
    world.photos(3).record("analytics").answered().run()
    world.reviewed()
    bob = screen_of(world, "bob")
    deed(bob, "Verification", "verify")
    for each in list(bob.checks.lines):
        if any(one.name == "override" for one in each.deeds):
            deed(bob, each.title, "override")
            bob.override_reason.value = "Only a test."
            press(bob, bob.override_it)
    deed(bob, "Approval", "decide")
    assert bob.tabs.selected_index == DECIDE
    press(bob, bob.refuse)
    assert "Say why" in bob.notice.text
    press(bob, bob.approve)
    assert bob.desk.gate.may_leave
    assert "approved" in bob.decisions.value
    assert bob.approve.disabled

    ann = screen_of(world, "ann")
    assert not ann.export.disabled
    ann.out.value = " "
    press(ann, ann.export)
    assert "which new folder" in ann.notice.text
    ann.out.value = str(world.root / "release")
    ann.labels.value = str(world.root / "nothing")
    press(ann, ann.export)
    assert "no labels at" in ann.notice.text
    ann.labels.value = ""
    press(ann, ann.export)
    assert (world.root / "release" / "manifest.jsonl").is_file()
    assert "3 files" in ann.exported.value
    press(ann, ann.show_report)
    assert "Report" in str(ann.report._report[1])


def test_files_that_were_made_anew_meanwhile_are_not_decided_about(world):
    world.photos(1).record("analytics").run()
    screen = screen_of(world, "bob")
    world.who("ann").photos(2).run()
    world.who("bob")
    screen.reason.value = "No."
    press(screen, screen.refuse)
    assert screen.desk.case.catalog.decisions(1, screen.desk.gate.manifest) == []
    assert screen.notice.text
    assert screen.reason.value == "No."


# The way out of "sound" names no command.
@pytest.mark.parametrize("name", sorted({*guidance.check_rules()} - {"sound"}))
def test_a_command_never_stands_on_the_screen(name):
    check = Check(name, "T", "did not run", "Nothing.", "Do it: workbench release check CASE.")
    assert "workbench" not in way_out(check)


def test_words_of_the_screen_are_about_checks_that_exist():
    assert {name for name, _ in ON_SCREEN} | set(SCREENS) <= set(guidance.check_rules())
    assert ("Context clues", "context-clues") in ways()
