"""``workbench release`` as a user meets it."""

import json

import pytest
from click.testing import CliRunner
from gate_cases import FACE, Finder

from workbench import pipeline
from workbench.cli import main
from workbench.values import Detections, Kind


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def words(result):
    return " ".join(result.output.replace("│", " ").split())


@pytest.fixture
def case(world):
    world.photos().record().run()
    world.who("cleo")
    return world.case.path


def test_check_says_what_to_do_and_exits_1_until_it_may_leave(case):
    shown = run("release", "check", case)
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output
    for part in ("Review by people", "did not run", "not required", "It may not leave", "not legal advice"):
        assert part in words(shown)
    data = json.loads(run("release", "check", case, "--json").output)
    assert data["checks"][0]["name"] == "outcomes"
    assert data["held_by"][-1] == "approval"
    assert next(check for check in data["checks"] if check["name"] == "verified")["state"] == "passed"
    assert len(data["manifest"]) == 64


def test_attempts_risks_and_overrides_are_recorded(case, world, monkeypatch):
    guide = run("release", "attempt", case, "--files", "2")
    assert guide.exit_code == 0
    assert "Never upload an original" in words(guide)
    assert words(guide).count(".png") == 2
    assert run("release", "attempt", case, "--method", "context-clues").exit_code == 2
    done = run("release", "attempt", case, "--method", "context-clues", "--tried", "3", "--note", "Nothing tells.")
    assert (done.exit_code, "0 of 3 recognised" in done.output) == (0, True)
    assert run("release", "risk", case, "Shirts tell the club.", "--level", "high").exit_code == 2
    assert run("release", "risk", case, "Shirts tell the club.", "--level", "low").exit_code == 0
    nobody = run("release", "explain", case, "None.")
    assert (nobody.exit_code, "No file of run 1 failed" in nobody.output) == (2, True)
    denied = run("release", "override", case, "quality", "--reason", "x")
    assert (denied.exit_code, "may not override a check" in denied.output) == (2, True)
    world.who("bob")
    done = json.loads(run("release", "override", case, "quality", "--reason", "All were looked at.", "--json").output)
    assert (done["check"], done["by"]) == ("quality", "bob")
    early = run("release", "approve", case)
    assert (early.exit_code, "cannot be approved yet" in early.output) == (2, True)
    assert run("release", "refuse", case, "--reason", "Too early.").exit_code == 0
    shown = words(run("release", "check", case))
    assert "overridden" in shown
    assert "It was refused (Too early)" in shown


def test_approve_tells_which_files_and_what_comes_next(world):
    world.photos().record("analytics").answered().run()
    world.reviewed().who("bob")
    path = world.case.path
    manifest = json.loads(run("release", "check", path, "--json").output)["manifest"]
    wrong = run("release", "approve", path, "--manifest", "0" * 64)
    assert (wrong.exit_code, "made anew" in wrong.output) == (2, True)
    done = run("release", "approve", path, "--manifest", manifest)
    assert done.exit_code == 0
    assert manifest in words(done)
    assert "release export" in words(done)
    shown = run("release", "check", path)
    assert (shown.exit_code, "It may leave." in words(shown)) == (0, True)


def test_attack_lists_the_places_and_exits_1_where_something_is_visible(case, monkeypatch):
    class Sharper(Finder):
        def __call__(self, image):
            return Detections.of(Kind.FACE, [FACE, (70, 60, 90, 78)], [0.9, 0.8], "sharper")

    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (Sharper(),))
    found = run("release", "attack", case, "--files", "2")
    assert found.exit_code == 1
    assert "searched 2 of 3 outputs" in words(found)
    assert "face (0.80) at 70, 60, 90, 78" in words(found)
    assert "Places to look at" in words(found)
    page = next((case / "reports").glob("found-places-*.html"))
    text = page.read_text("utf-8")
    assert text.count("data:image/jpeg;base64,") == 2
    assert page.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (Finder(),))
    clean = run("release", "attack", case, "--json")
    assert clean.exit_code == 0
    assert json.loads(clean.output)["identified"] == 0


def test_a_case_without_a_run_and_a_folder_that_is_none(world, tmp_path):
    empty = run("release", "check", world.case.path)
    assert (empty.exit_code, "no run yet" in empty.output) == (2, True)
    assert run("release", "check", tmp_path / "nowhere").exit_code == 2
