"""``workbench seal`` and ``workbench retention`` as a user meets them."""

import json

import kept_case
import pytest
from click.testing import CliRunner

from workbench import keeping
from workbench.cli import main


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def kept(custodian):
    return custodian


def test_a_pair_of_keys_is_made_and_said_what_to_do_with(tmp_path):
    made = run("seal", "key", tmp_path / "k.txt")
    assert made.exit_code == 0, made.output
    assert "age1" in made.output
    assert "AGE-SECRET" not in made.output
    assert (tmp_path / "k.txt").read_text().splitlines()[-1].startswith("AGE-SECRET-KEY-1")
    again = run("seal", "key", tmp_path / "k.txt")
    assert (again.exit_code, "already" in again.output) == (2, True)


def test_originals_are_sealed_and_opened(kept):
    made = run("seal", "originals", kept.folder, "--out", kept.root / "o.age")
    assert made.exit_code == 0, made.output
    for words in ("Sealed 6 files", "opened again and compared", kept.public, "Whoever loses the private key"):
        assert words in made.output
    data = run("seal", "open", kept.root / "o.age", "--key", kept.key, "--out", kept.root / "x", "--json")
    assert json.loads(data.output)["files"] == 6
    assert "no ledger knows" in json.loads(data.output)["notes"][1]
    wrong = run("seal", "open", kept.root / "o.age", "--key", kept.root / "no", "--out", kept.root / "y")
    assert (wrong.exit_code, "Error: The key no is not there" in wrong.output) == (2, True)


def test_a_link_table_is_refused_where_there_may_be_none(kept):
    refused = run("seal", "links", kept.folder)
    assert (refused.exit_code, "may have no link table" in refused.output) == (2, True)


def test_a_case_is_locked_and_unlocked(kept):
    assert "work.age" in run("seal", "work", kept.folder).output
    assert "locked" in run("retention", "show", kept.folder).output
    assert run("seal", "unlock", kept.folder, "--key", kept.key).exit_code == 0
    assert not (kept.folder / "work.age").exists()


def test_what_is_due_is_shown(kept):
    shown = run("retention", "show", kept.folder).output
    assert "90 days left" in " ".join(shown.replace("│", " ").split())
    data = json.loads(run("retention", "show", kept.folder, "--json").output)
    assert {each["what"]: each["left"] for each in data["due"]} == {"originals": 90, "work": 90}
    assert (data["locked"], data["keys"], data["certificates"]) == (False, [kept.public], [])


def test_deletion_is_a_dry_run_until_it_is_confirmed(kept):
    before = kept.tree(kept.source)
    dry = run("retention", "delete", kept.folder, "originals")
    assert dry.exit_code == 0, dry.output
    assert "Dry run: nothing is deleted" in dry.output
    assert "not due yet" in dry.output
    assert "line\\nbreak.png" in dry.output
    digest = json.loads(run("retention", "delete", kept.folder, "originals", "--json").output)["digest"]
    assert f"--confirm {digest[:12]}" in dry.output
    assert run("retention", "delete", kept.folder, "originals", "--confirm", "0" * 12).exit_code == 2
    assert kept.tree(kept.source) == before
    done = run("retention", "delete", kept.folder, "originals", "--confirm", digest[:12])
    assert done.exit_code == 0, done.output
    assert "SSD" in done.output
    assert len(kept.tree(kept.source)) == len(kept_case.OUTSIDERS)
    assert "Deleted on" in run("retention", "show", kept.folder).output


def test_one_that_was_cut_off_is_finished_by_the_same_command(kept):
    plan = keeping.plan(kept.folder, "originals")

    def stop(doing, done, total):
        if doing == "Deleting":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.delete(kept.folder, plan, confirm=plan.digest, tick=stop)
    told = run("retention", "delete", kept.folder, "work")
    assert (told.exit_code, plan.digest[:12] in told.output) == (2, True)
    assert "cut off" in run("retention", "show", kept.folder).output
    done = run("retention", "delete", kept.folder, "originals", "--confirm", plan.digest[:12])
    assert done.exit_code == 0, done.output


def test_who_may_not_delete_is_told_who_may(kept, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    digest = json.loads(run("retention", "delete", kept.folder, "work", "--json").output)["digest"]
    refused = run("retention", "delete", kept.folder, "work", "--confirm", digest)
    assert (refused.exit_code, "for the custodian" in refused.output) == (2, True)


@pytest.mark.parametrize("command", [("retention", "show"), ("seal", "work"), ("seal", "links")])
def test_what_is_no_case_is_said(tmp_path, command):
    for folder in (tmp_path, tmp_path / "none"):
        done = run(*command, folder)
        assert done.exit_code == 2
        assert "Error: " in done.output
        assert "Traceback" not in done.output
