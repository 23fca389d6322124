import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from workbench.cli import main


def run(*arguments):
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def plain(*arguments):
    return json.loads(run(*arguments, "--json").stdout)


@pytest.fixture
def place(tmp_path):
    for number, name in enumerate(("street/a.jpg", "street/b.jpg", "clinic/c.jpg", "clinic/d.jpg")):
        small = np.random.default_rng(number).integers(0, 255, (6, 8, 3), np.uint8)
        stream = io.BytesIO()
        Image.fromarray(small).resize((96, 64), Image.Resampling.BICUBIC).save(stream, "JPEG")
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "photos" / name).write_bytes(stream.getvalue())
    return tmp_path


def test_from_a_folder_to_a_subset(place):
    case, photos = place / "case", place / "photos"
    done = run("intake", "look", case, photos)
    assert (done.exit_code, "4 photos; 0 videos." in done.stdout) == (0, True)
    assert plain("intake", "set", case, "scenario=clinic", "--where", "folder=clinic") == {"chosen": 2, "changed": 2}
    done = run("intake", "set", case, "sensitivity=high", "--where", "folder=clinic")
    assert "needs: quality" in done.stdout
    rows = plain("intake", "show", case, "--where", "sensitivity=high")
    assert [row["asset"]["path"] for row in rows] == ["clinic/c.jpg", "clinic/d.jpg"]
    kept = plain("intake", "subset", case, "one", "--where", "scenario=clinic", "--sample", 1, "--seed", "s")
    assert (kept["rule"], kept["seed"], len(kept["members"])) == ("scenario=clinic sample 1 per scenario", "s", 1)
    assert [row["name"] for row in plain("intake", "subset", case)] == ["one"]
    assert len(plain("intake", "show", case, "--subset", "one")) == 1
    assert "holds 4 files" in run("intake", "subset", case, "all").stdout
    assert "No two files show nearly the same" in run("intake", "duplicates", case).stdout


def test_rules_are_written_checked_and_applied(place):
    case = place / "case"
    run("intake", "look", case, place / "photos")
    assert "Wrote" in run("intake", "rules", case).stdout
    path = case / "intake.toml"
    path.write_text(path.read_text() + '\n[[rule]]\nfolder = "street"\nset = { scenario = "street" }\n')
    done = run("intake", "rules", case)
    assert "folder=street → scenario=street: fits 2 files" in done.stdout
    assert plain("intake", "rules", case)["changed"] == 0
    path.write_text("[[rule]]\nfolder = 1\n")
    done = run("intake", "rules", case)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "intake.toml, line 1" in done.stderr


def test_what_cannot_be_used_is_listed_and_the_exit_code_says_so(place):
    (place / "photos" / "notes.txt").write_text("x")
    done = run("intake", "look", place / "case", place / "photos")
    assert done.exit_code == 1
    assert "Left out: notes.txt" in done.stderr
    assert plain("intake", "look", place / "case", place / "photos")["problems"][0]["path"] == "notes.txt"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("show", "CASE"), "Nothing was looked at"),
        (("show", "none"), "not a case"),
        (("set", "CASE", "scenario"), "NAME=VALUE"),
        (("look", "CASE", "none"), "no file or folder"),
        (("subset", "CASE", "x"), "Nothing was looked at"),
    ],
)
def test_a_wrong_request_is_one_sentence(place, words, says):
    (place / "empty").mkdir()
    from workbench.catalog.case import Case

    Case.open(place / "case").close()
    done = run("intake", *(str(place / "case") if word == "CASE" else word for word in words))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert says in done.stderr


def test_a_look_that_is_refused_leaves_no_case_behind(place):
    assert run("intake", "look", place / "new", place / "none").exit_code == 2
    assert not (place / "new").exists()
