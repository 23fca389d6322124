"""The command line as a user meets it. Detectors are replaced; the demo's own test runs the real ones."""

import json
import shutil
import subprocess
import sys

import click
import numpy as np
import pytest
from click.testing import CliRunner
from clips import make_clip

from workbench.cli import main


def run(*arguments: object):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def commands(group: click.Group = main, prefix: tuple[str, ...] = ()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*prefix, name))
        else:
            yield (*prefix, name), command


@pytest.mark.parametrize(
    ("words", "command"), list(commands()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_has_help_with_an_example(words, command):
    shown = run(*words, "--help")
    assert shown.exit_code == 0
    assert f"Example: workbench {' '.join(words)}" in " ".join(shown.output.split())


def test_the_names_that_are_promised_are_there():
    names = {" ".join(words) for words, _ in commands()}
    assert {"demo", "redact", "detect", "inspect", "verify", "frames", "models list", "models check", "serve"} <= names


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Usage"),
        (("redact",), "SOURCE"),
        (("redact", "{folder}"), "--out"),
        (("redact", "{folder}/none", "--out", "{folder}/out"), "none"),
        (("redact", "{folder}", "--out", "{folder}/out"), "inside"),
        (("redact", "{empty}", "--out", "{folder}-out"), "no photo"),
        (("redact", "{pictures}", "--out", "{full}"), "letter.txt"),
        (("redact", "{pictures}", "--out", "{folder}-out", "--profile", "nope"), "publication"),
        (("redact", "{pictures}", "--out", "{folder}-out", "--kinds", "face,nose"), "nose"),
        (("redact", "{pictures}", "--out", "{folder}-out", "--kinds", "person"), "person"),
        (("redact", "{pictures}", "--out", "{folder}-out", "--workers", "0"), "workers"),
        (("verify", "{empty}"), "manifest"),
        (("verify", "{folder}/none"), "none"),
        (("detect", "{pictures}"), "--out"),
        (("frames", "{empty}", "--out", "{folder}-out"), "manifest"),
        (("frames", "{folder}/none", "--out", "{folder}-out"), "none"),
        (("frames", "{empty}", "--out", "{folder}-out", "--every", "0"), "--every"),
        (("frames", "{empty}", "--out", "{folder}-out", "--every", "2", "--by-motion", "2"), "one way"),
        (("models", "add", "x", "--engine", "yolo", "--weights", "{folder}/none.pt", "--licence", "MIT"), "none.pt"),
        (("profiles", "show", "nope"), "nope"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_exit_code_2(tmp_path, samples, arguments, says):
    places = {name: tmp_path / name for name in ("folder", "empty", "pictures", "full")}
    shutil.copytree(samples, places["pictures"])
    for name in ("folder", "empty", "full"):
        places[name].mkdir()
    (places["folder"] / "a.jpg").write_bytes((places["pictures"] / "people" / "astronaut.jpg").read_bytes())
    (places["full"] / "letter.txt").write_text("mine")
    texts = [argument.format(**{name: str(place) for name, place in places.items()}) for argument in arguments]
    result = run(*texts)
    assert result.exit_code == 2, result.output
    assert says in result.output
    assert "Traceback" not in result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(places)  # no case, no output
    assert (places["full"] / "letter.txt").read_text() == "mine"


def test_inspect_shows_the_place_on_a_line_of_its_own(samples):
    photo = samples / "street" / "parking.jpg"
    listed = json.loads(run("inspect", photo, "--json").output)[str(photo)]
    places = [row for row in listed if row["group"] == "GPS"]
    assert any("53.5" in row["value"] for row in places)
    groups = {row["group"] for row in listed}
    assert {"GPS", "device", "serial", "date", "thumbnail"} <= groups
    assert "GPS" in run("inspect", photo).output


def test_inspect_goes_on_after_a_file_that_cannot_be_read(tmp_path, samples):
    (tmp_path / "empty.jpg").write_bytes(b"")
    good = samples / "people" / "astronaut.jpg"
    result = run("inspect", tmp_path / "empty.jpg", good, "--json")
    assert result.exit_code == 1
    assert "empty.jpg" in result.stderr
    assert str(good) in json.loads(result.stdout)


def test_a_profile_can_be_saved_changed_and_used(tmp_path):
    text = run("profiles", "show", "publication").output
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace('name = "publication"', 'name = "mine"').replace("pad = 0.3", "pad = 0.1"))
    result = run("redact", tmp_path, "--out", tmp_path / "x", "--profile", mine)
    assert result.exit_code == 2
    assert "margin" in result.output


def test_the_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "workbench.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert "workbench" in done.stdout


@pytest.fixture
def finds_discs(monkeypatch):
    """A detector without a model, in place of those that the profile names."""
    from video_finders import FindsDisc

    from workbench import pipeline

    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (FindsDisc(),))


@pytest.mark.usefixtures("finds_discs")
def test_the_boxes_of_a_video_are_those_of_its_frames_with_their_tracks(tmp_path):
    made = make_clip(tmp_path / "clip.mp4", frames=12)
    result = run("detect", made.path, "--out", tmp_path / "boxes.json")
    assert result.exit_code == 0, result.output
    data = json.loads((tmp_path / "boxes.json").read_text())
    assert {image["frame"] for image in data["images"]} == {row["frame"] for row in data["annotations"]}
    assert data["images"][0].items() >= {"video": "clip.mp4", "frame": 0, "time": 0.0, "width": 160}.items()
    assert len({row["track"] for row in data["annotations"]}) == 1
    assert all(row["score"] >= 0.05 for row in data["annotations"])


@pytest.mark.usefixtures("finds_discs")
def test_frames_without_objects_are_listed_when_asked_for(tmp_path):
    grey = np.full((48, 64, 3), 90, np.uint8)
    empty = make_clip(tmp_path / "clip.mp4", frames=12, draw=lambda index: grey, size=(64, 48))
    assert json.loads(run("detect", empty.path, "--json").output)["images"] == []
    assert len(json.loads(run("detect", empty.path, "--json", "--empty-frames").output)["images"]) == 12
