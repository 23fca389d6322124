"""Videos in real worker processes: progress, stop, pause, hang, and a kill at many instants."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import video_fakes
from video_fakes import clip, reds

from workbench import jobs
from workbench.evidence import verify
from workbench.profiles import KindRule, Video
from workbench.values import Kind, State

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

DRIVER = """
import sys
sys.path.insert(0, sys.argv[1])
import video_fakes
from workbench import batch
from workbench.catalog.case import Case

if __name__ == "__main__":
    for event in batch.run(Case.open(sys.argv[2]), int(sys.argv[3]), engine=video_fakes.SLOW):
        print(event.kind, flush=True)
"""


@pytest.fixture
def films(world, monkeypatch):
    """A profile that searches every frame, and a log of what the detector sees."""
    world.profile = world.profile.changed(kinds={Kind.FACE: KindRule()}, video=Video(every=1, camera="moving"))
    log = world.root / "seen.log"
    monkeypatch.setenv(video_fakes.CALLS, str(log))
    world.seen = lambda: len(log.read_text().splitlines()) if log.exists() else 0
    return world


def test_progress_is_told_and_a_stop_acts_inside_a_long_file(films):
    clip(films.source / "a.mp4", frames=70, rate=2)
    run_id = films.prepare(workers=1)
    shown = []

    def ask(case, run, event):
        if event.kind == "progress":
            shown.append((event.share, jobs.watch(case).share))
            case.catalog.request(run, "stop")

    events = films.run(run_id=run_id, engine=video_fakes.SLOW, on=ask)
    assert events[-1].kind == "stopped"
    assert any("a.mp4: looking" in event.message for event in events)
    assert 0 < shown[-1][0] < 1
    assert 0 <= shown[-1][1] < 1
    assert any(event.seconds_left for event in events)
    seen = films.seen()
    assert seen % 20 == 0  # ten seconds a segment
    assert 0 < seen < 70
    assert films.names() == [".workbench-unfinished"]
    events = films.run(run_id=run_id, engine=video_fakes.ENGINE)
    assert events[-1].kind == "end", events[-1].message
    assert films.seen() == 70
    assert len(reds(films.out / "000001.mp4")) == 70
    assert verify(films.out).ok


def test_a_pause_puts_a_video_down_and_resuming_takes_it_up(films):
    clip(films.source / "a.mp4", frames=50, rate=2)
    run_id = films.prepare(workers=1)
    asked = []

    def ask(case, run, event):
        if event.kind == "progress" and not asked:
            asked.append(films.seen())
            case.catalog.request(run, "pause")
        elif event.kind == "paused":
            asked.append(event)
            assert jobs.watch(case).seconds_left is None
            case.catalog.request(run, "resume")

    events = films.run(run_id=run_id, engine=video_fakes.SLOW, on=ask)
    assert [event.kind for event in events if event.kind in ("paused", "end")] == ["paused", "end"]
    assert films.seen() == 50
    assert films.last(run_id).done == 1


def test_a_video_without_progress_is_given_up_and_the_rest_goes_on(films):
    clip(films.source / "a.mp4")
    films.photo("b.jpg")  # no photo at all, but it is tried
    run_id = films.prepare(workers=1)
    events = films.run(run_id=run_id, engine=video_fakes.HANGING, silence=4.0)
    found = films.outcomes(run_id)
    assert "a.mp4 made no progress" in found["a.mp4"].error
    assert found["b.jpg"].state is State.FAILED
    assert events[-1].kind == "end"
    assert films.names() == [".workbench-unfinished"]


def wait_for(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_killed_driver_leaves_no_output_and_the_next_run_goes_on_at_the_last_segment(films):
    clip(films.source / "a.mp4", frames=90, rate=2)
    run_id = films.prepare(workers=1)
    script = films.root / "drive.py"
    script.write_text(DRIVER)
    command = [sys.executable, script, str(Path(__file__).parent), str(films.case_path), str(run_id)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        wait_for(lambda: films.seen() > 25)
        driver.kill()
    time.sleep(0.3)
    seen = films.seen()
    time.sleep(0.3)
    assert films.seen() == seen < 90  # its worker went along
    assert films.names() == [".workbench-unfinished"]
    events = films.run(run_id=run_id, engine=video_fakes.ENGINE)
    assert events[-1].kind == "end", events[-1].message
    assert films.seen() == seen + 90 - seen // 20 * 20
    assert verify(films.out).ok
