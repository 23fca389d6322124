"""What a second run does again, and what not; the worker is this process."""

import os

import batch_fakes
import pytest
from batch_fakes import outputs

from workbench.batch.job import Engine
from workbench.profiles import Output
from workbench.release.verify import verify_release

pytestmark = pytest.mark.usefixtures("inline")


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
