"""What a run does with files and outcomes; the worker is this process."""

import os

import pytest
from batch_fakes import outputs

from workbench.release.manifest import read_manifest
from workbench.release.verify import verify_release
from workbench.values import State

pytestmark = pytest.mark.usefixtures("inline")


def test_a_folder_becomes_a_release_with_neutral_names_in_a_mirrored_tree(world):
    for name in ("b.jpg", "a.jpg", "sub/c.jpg", "sub/deep/d.jpg", "other/e.jpg"):
        world.photo(name)
    events = world.run()
    assert [event.kind for event in events] == ["start", *["file"] * 5, "end"], events[-1].message
    assert [event.done for event in events] == [0, 1, 2, 3, 4, 5, 5]
    assert outputs(world) == {
        "a.jpg": "000001.jpg",
        "b.jpg": "000002.jpg",
        "other/e.jpg": "folder-01/000003.jpg",
        "sub/c.jpg": "folder-02/000004.jpg",
        "sub/deep/d.jpg": "folder-02/folder-01/000005.jpg",
    }
    assert verify_release(world.out).findings == ()
    assert len(read_manifest(world.out).files) == 5
    assert world.last().state == "done"
    assert {path.name for path in world.out.iterdir()} == {
        "000001.jpg",
        "000002.jpg",
        "folder-01",
        "folder-02",
        "manifest.jsonl",
        "report.html",
    }


def test_everything_that_is_left_out_is_listed(world):
    world.photo("a.jpg")
    (world.source / "letter.pdf").write_bytes(b"%PDF-1.7")
    (world.source / "empty.jpg").touch()
    (world.source / "link.jpg").symlink_to(world.source / "a.jpg")
    (world.source / "loop").symlink_to(world.source)
    os.mkfifo(world.source / "pipe.jpg")
    (world.source / ".hidden.jpg").write_bytes(b"x")
    (world.source / "folder.jpg").mkdir()
    events = world.run()
    found = world.outcomes()
    assert found["a.jpg"].state is State.DONE
    assert found["letter.pdf"].state is State.BLOCKED
    assert "letter.pdf is no photo or video that this version can redact" in found["letter.pdf"].error
    assert found["link.jpg"].state is found["loop"].state is found["pipe.jpg"].state is State.BLOCKED
    assert "link" in found["loop"].error
    assert "empty.jpg" in found  # tried as a photo, so that its reason is told
    assert "Hidden and passed over: 1." in events[0].message
    run = world.last()
    assert (run.done + run.failed, run.blocked, run.total) == (2, 4, 6)


def test_an_unreadable_folder_is_reported_and_the_rest_is_done(world, monkeypatch):
    world.photo("a.jpg")
    world.photo("locked/b.jpg")
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    world.run()
    assert world.outcomes()["locked"].state is State.FAILED
    assert "locked cannot be read (Permission denied)" in world.outcomes()["locked"].error
    assert world.names() == ["000001.jpg"]


def test_a_failed_file_loses_its_earlier_output(world):
    world.photo("a.jpg")
    world.photo("b.jpg")
    world.run()
    world.photo("b.jpg", "fail")
    events = world.run()
    assert world.names() == ["000001.jpg"]
    assert world.outcomes()["b.jpg"].error == "b.jpg is cut short."
    assert [event.outcome.asset for event in events if event.outcome] == ["b.jpg"]
    assert world.last().failed == 1


def test_a_folder_in_which_everything_failed_is_not_in_the_release(world):
    world.photo("a.jpg")
    world.photo("sub/deep/b.jpg", "fail")
    world.run()
    assert world.last().state == "done"
    assert [path.name for path in world.out.iterdir() if path.is_dir()] == []
    assert verify_release(world.out).findings == ()


def test_a_mistake_of_the_program_is_one_sentence_and_a_private_trace(world):
    world.photo("a.jpg")
    world.photo("b.jpg", "bug")
    world.run()
    error = world.outcomes()["b.jpg"].error
    assert "KeyError" in error
    assert "\n" not in error
    assert "surprise" in (world.case_path / "worker.log").read_text()


def test_nothing_hidden_anywhere_blocks_the_release(world):
    world.photo("a.jpg", "nothing")
    events = world.run()
    assert events[-1].message.startswith("Blocked: nothing was hidden")
    assert world.last().message == events[-1].message
    assert not (world.out / "manifest.jsonl").exists()
    world.run(run_id=world.prepare(allow_nothing_hidden=True))
    assert (world.out / "manifest.jsonl").exists()


def test_a_run_in_which_everything_failed_is_no_release(world):
    world.photo("a.jpg", "fail")
    events = world.run()
    assert events[-1].message.startswith("Blocked: no file could be redacted")
    assert world.names() == [".workbench-unfinished"]
