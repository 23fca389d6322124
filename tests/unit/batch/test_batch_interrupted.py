"""Runs that pause, stop, or find the world changed; the worker is this process."""

import shutil

import batch_fakes
import pytest

from workbench import batch
from workbench.batch.job import Engine
from workbench.release.verify import verify_release
from workbench.values import State, UsageError

pytestmark = pytest.mark.usefixtures("inline")


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
    with pytest.raises(UsageError, match="no photo or video left"):
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
