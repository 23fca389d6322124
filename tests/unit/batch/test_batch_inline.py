"""What a run does with files, names and outcomes; the worker is this process."""

import os
import shutil

import batch_fakes
import pytest

from workbench import batch
from workbench.batch.worker import Engine
from workbench.profiles import Output
from workbench.release.manifest import read_manifest
from workbench.release.verify import verify_release
from workbench.values import State, UsageError

pytestmark = pytest.mark.usefixtures("inline")


def keep(world):
    world.profile = world.profile.changed(output=Output(names="keep"))


def outputs(world, run_id=1):
    return {name: outcome.output for name, outcome in world.outcomes(run_id).items() if outcome.output}


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


def test_what_is_done_is_not_done_again(world):
    world.photo("a.jpg")
    world.photo("b.jpg", "fail")
    world.run()
    before = world.tree()
    world.calls()
    events = world.run()
    assert world.calls() == ["b.jpg known"]  # what failed is tried again, but not searched again
    assert [event.kind for event in events] == ["start", "file", "end"]
    assert events[0].done == 1
    assert world.tree() == before


def test_added_and_deleted_photos_leave_the_other_numbers_alone(world):
    for name in ("b.jpg", "x/d.jpg"):
        world.photo(name)
    world.run()
    world.calls()
    world.photo("a.jpg")
    world.photo("a/z.jpg")
    (world.source / "x" / "d.jpg").unlink()
    world.run()
    assert world.calls() == ["a.jpg detected", "a/z.jpg detected"]
    assert outputs(world) == {"b.jpg": "000001.jpg", "a.jpg": "000003.jpg", "a/z.jpg": "folder-02/000004.jpg"}
    assert world.names() == ["000001.jpg", "000003.jpg", "folder-02/000004.jpg"]
    assert not (world.out / "folder-01").exists()
    assert verify_release(world.out).findings == ()


def test_a_changed_source_is_done_again_and_a_touched_one_is_not(world):
    photo = world.photo("a.jpg")
    world.photo("b.jpg")
    world.run()
    world.calls()
    os.utime(photo, (5, 5))
    world.run()
    assert world.calls() == []
    world.photo("a.jpg", "other content")
    world.run()
    assert world.calls() == ["a.jpg detected"]
    assert world.names() == ["000001.jpg", "000002.jpg"]


def test_a_changed_profile_redacts_again_without_detecting_again(world):
    world.photo("a.jpg")
    world.run()
    first = world.tree()
    world.calls()
    world.profile = world.profile.changed(output=Output(max_side=100))
    world.run()
    assert world.calls() == ["a.jpg known"]
    assert world.names() == ["000001.jpg"]
    assert world.tree()["000001.jpg"] != first["000001.jpg"]
    world.run(run_id=1)  # the first run again: its file has been replaced
    assert world.tree()["000001.jpg"] == first["000001.jpg"]


def test_other_detectors_detect_again(world):
    world.photo("a.jpg")
    world.run()
    world.calls()
    world.run(engine=Engine(batch_fakes.load_other, batch_fakes.redact))
    assert world.calls() == ["a.jpg detected"]


def test_what_the_dashboard_detected_is_not_detected_again(world):
    photo = world.photo("a.jpg")
    run_id = world.prepare()
    with world.case() as dashboard:
        from workbench.catalog.store import file_sha256

        dashboard.catalog.put_detections(file_sha256(photo), "fake detector 1", [])
    world.run(run_id=run_id)
    assert world.calls() == ["a.jpg known"]


@pytest.mark.parametrize("change", ["edited", "deleted", "same size and new time"])
def test_a_changed_output_is_made_again(world, change):
    world.photo("a.jpg")
    world.photo("b.jpg")
    world.run()
    before = world.tree()
    world.calls()
    path = world.out / "000001.jpg"
    if change == "deleted":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + (b"" if change == "edited" else b"?"))
    world.run()
    assert world.calls() == ["a.jpg known"]
    assert world.tree() == before


def test_sources_with_the_same_names_do_not_collide(world):
    other = world.root / "more"
    world.photo("a.jpg")
    world.photo("a.jpg", "second", under=other)
    single = world.photo("a.jpg", "third", under=world.root / "third")
    world.run(world.source, other, single)
    assert world.names() == ["000003.jpg", "folder-01/000001.jpg", "folder-02/000002.jpg"]


def test_a_source_inside_another_is_taken_once(world):
    world.photo("sub/a.jpg")
    world.run(world.source / "sub", world.source, world.source / "sub" / "a.jpg")
    assert world.names() == ["folder-01/000001.jpg"]


def test_own_names_are_kept_and_twins_told_apart(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.photo("a.heic", magic=b"\0\0\0\x18ftypheic")  # comes out as JPEG
    world.photo("B.jpg")
    world.photo("b.jpg", "other")
    world.photo("sub/x.y.jpg")
    world.photo("wrong.png", "a JPEG by content")
    world.run()
    found = outputs(world)
    assert found["sub/x.y.jpg"] == "sub/x.y.jpg"
    assert found["wrong.png"] == "wrong.jpg"
    assert found["B.jpg"] == "B.jpg"
    assert found["b.jpg"] == "b-2.jpg"
    assert [found["a.jpg"], found["a.png"], found["a.heic"]] == ["a.jpg", "a.png", "a-2.jpg"]
    assert len({name.casefold() for name in found.values()}) == len(found)
    before = world.tree()
    world.photo("0.jpg")
    world.photo("A.jpg")
    world.run()
    assert outputs(world)["A.jpg"] == "A-3.jpg"
    assert {name: world.tree()[name] for name in before if name.endswith("g")} == {
        name: digest for name, digest in before.items() if name.endswith("g")
    }


def test_a_jpeg_and_a_png_of_one_name_keep_it(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.run()
    assert world.names() == ["a.jpg", "a.png"]


def test_a_changed_format_does_not_overwrite_its_twin(world):
    keep(world)
    world.photo("a.jpg")
    world.photo("a.png", magic=batch_fakes.PNG)
    world.run()
    world.photo("a.png", "became a JPEG")
    world.run()
    assert outputs(world) == {"a.jpg": "a.jpg", "a.png": "a-2.jpg"}
    assert world.names() == ["a-2.jpg", "a.jpg"]


def test_several_sources_get_folders_of_their_own_names(world):
    keep(world)
    other = world.root / "twin" / "photos"
    world.photo("a.jpg")
    world.photo("a.jpg", "second", under=other)
    world.run(world.source, other)
    assert world.names() == ["photos-2/a.jpg", "photos/a.jpg"]


def test_names_that_are_no_text_are_handled(world):
    world.photo(os.fsdecode(b"\xff\xfe.jpg"))
    world.photo("two\nlines.jpg", "fail")
    world.photo("=cmd|' \N{RIGHT-TO-LEFT OVERRIDE}.jpg")
    events = world.run()
    assert events[-1].kind == "end"
    assert world.names() == ["000001.jpg", "000003.jpg"]
    assert "\n" not in world.outcomes()["two\nlines.jpg"].error


def test_everything_that_is_left_out_is_listed(world):
    world.photo("a.jpg")
    (world.source / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (world.source / "empty.jpg").touch()
    (world.source / "link.jpg").symlink_to(world.source / "a.jpg")
    (world.source / "loop").symlink_to(world.source)
    os.mkfifo(world.source / "pipe.jpg")
    (world.source / ".hidden.jpg").write_bytes(b"x")
    (world.source / "folder.jpg").mkdir()
    events = world.run()
    found = world.outcomes()
    assert found["a.jpg"].state is State.DONE
    assert found["film.mp4"].state is State.BLOCKED
    assert "film.mp4 is not a photo that this version can redact" in found["film.mp4"].error
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


def test_a_full_disk_pauses_the_run_and_loses_nothing(world):
    flag = world.root / "disk is full"
    flag.touch()
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        world.photo(name, "full")

    def resume(case, run_id, event):
        if event.kind == "paused":
            assert "disk is full" in event.message
            assert case.catalog.run(run_id).state == "paused"
            assert case.catalog.outcomes(run_id)[0].state is State.FAILED
            flag.unlink()
            case.catalog.request(run_id, "resume")

    events = world.run(on=resume)
    assert [event.kind for event in events] == ["start", "file", "paused", "start", "file", "file", "file", "end"]
    assert world.last().done == 3
    assert len(world.names()) == 3


def test_a_source_that_vanishes_pauses_the_run(world):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        world.photo(name)
    away = world.root / "unplugged"

    def pull(case, run_id, event):
        if event.kind == "file" and world.source.exists() and not event.outcome.error:
            shutil.move(world.source, away)
        if event.kind == "paused":
            assert "is not there any more" in event.message
            shutil.move(away, world.source)
            case.catalog.request(run_id, "resume")
            pull.done = True

    def once(case, run_id, event):
        if not getattr(pull, "done", False):
            pull(case, run_id, event)

    world.run(on=once)
    assert world.last().done == 3


def test_pause_resume_and_stop_from_another_connection(world):
    for number in range(6):
        world.photo(f"{number}.jpg")
    kinds = []

    def ask(case, run_id, event):
        kinds.append(event.kind)
        with world.case() as dashboard:
            if event.kind == "file" and event.done == 2:
                dashboard.catalog.request(run_id, "pause")
            if event.kind == "paused":
                assert dashboard.catalog.run(run_id).state == "paused"
                dashboard.catalog.request(run_id, "resume")
            if event.kind == "file" and event.done == 4:
                dashboard.catalog.request(run_id, "stop")

    world.run(on=ask)
    assert kinds == ["start", "file", "file", "paused", "start", "file", "file", "stopped"]
    assert world.last().state == "stopped"
    assert not (world.out / "manifest.jsonl").exists()
    world.run()
    assert world.last().done == 6


def test_closing_the_generator_stops_the_run(world):
    world.photo("a.jpg")
    world.photo("b.jpg")
    run_id = world.prepare()
    with world.case() as case:
        events = batch.run(case, run_id, engine=batch_fakes.ENGINE)
        while next(events).kind != "file":
            pass
        with pytest.raises(UsageError, match="Another process is working"):
            next(batch.run(case, run_id, engine=batch_fakes.ENGINE)) if case.busy() else None
        events.close()
        assert case.catalog.run(run_id).state == "stopped"
        assert not case.busy()
        assert not list(case.work.iterdir())
    assert world.names() == [".workbench-unfinished", "000001.jpg"]


def test_missing_detectors_leave_the_release_as_it_was(world):
    world.photo("a.jpg")
    world.run()
    before = world.tree()
    with pytest.raises(UsageError, match="weights of face-finder are missing"):
        world.run(engine=Engine(batch_fakes.load_nothing, batch_fakes.redact))
    assert world.tree() == before
    assert world.last().state == "stopped"
    assert "face-finder" in world.last().message


def test_a_half_done_run_does_not_verify(world):
    world.photo("a.jpg")
    world.run()
    world.photo("b.jpg")

    def look(case, run_id, event):
        if event.kind == "file":
            assert not (world.out / "manifest.jsonl").exists()
            assert (world.out / ".workbench-unfinished").exists()

    world.run(on=look)
    assert verify_release(world.out).findings == ()


def test_an_emptied_source_does_not_empty_the_output(world):
    photo = world.photo("a.jpg")
    world.run()
    before = world.tree()
    photo.unlink()
    with pytest.raises(UsageError, match="no photo left"):
        world.run(run_id=1)
    assert world.tree() == before


def test_an_output_that_was_changed_during_the_run_stops_the_release(world):
    world.photo("a.jpg")
    world.photo("b.jpg")

    def spoil(case, run_id, event):
        if event.done == 2:
            (world.out / "000001.jpg").write_bytes(b"something else")

    events = world.run(on=spoil)
    assert events[-1].kind == "stopped"
    assert "000001.jpg was changed" in events[-1].message
    assert not (world.out / "manifest.jsonl").exists()


def test_strange_files_that_appear_later_are_not_touched(world):
    world.photo("a.jpg")
    world.run()
    stranger = world.out / "mine.txt"
    stranger.write_text("x")
    with pytest.raises(UsageError, match=r"mine\.txt"):
        world.run(run_id=1)
    with pytest.raises(UsageError, match=r"mine\.txt"):
        world.prepare()
    assert stranger.read_text() == "x"


def test_two_cases_do_not_write_into_one_folder(world):
    world.photo("a.jpg")
    run_id = world.prepare()
    other = type(world).__new__(type(world))
    other.__dict__.update(world.__dict__, case_path=world.root / "second case")
    second = other.prepare()  # both found it empty
    events = []

    def meanwhile(case, number, event):
        if event.kind == "start":
            with pytest.raises(UsageError, match="Another case"):
                other.run(run_id=second)
            events.append(event)

    world.run(run_id=run_id, on=meanwhile)
    assert events
    assert verify_release(world.out).findings == ()
