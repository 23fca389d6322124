"""A run in a process of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workbench import batch, jobs, profiles
from workbench.batch import driver
from workbench.catalog.case import Case
from workbench.values import UsageError

FAKES = Path(__file__).parent / "batch"
WORKER = """
import sys
sys.path.insert(0, sys.argv[1])
import batch_fakes
from workbench import jobs

if __name__ == "__main__":
    sys.exit(jobs.work(sys.argv[2], int(sys.argv[3]), batch_fakes.ENGINE))
"""
STARTER = """
import sys
sys.path.insert(0, sys.argv[1])
from workbench import jobs

jobs._command = lambda case, run: [sys.executable, sys.argv[4], sys.argv[1], str(case), str(run)]
jobs.start(sys.argv[2], int(sys.argv[3]))
"""


@pytest.fixture
def prepared(tmp_path, monkeypatch):
    """A case with a run of five slow photos, and workers that load no model."""
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    (tmp_path / "photos").mkdir()
    for number in range(5):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(b"\xff\xd8\xff%d\nslow" % number)
    monkeypatch.setattr(
        jobs, "_command", lambda case, run: [sys.executable, str(script), str(FAKES), str(case), str(run)]
    )
    with Case.open(tmp_path / "case") as case:
        run = batch.prepare(case, [tmp_path / "photos"], tmp_path / "out", profiles.load("publication"), workers=1)
        yield case, run
        if case.busy():
            os.kill(case.catalog.run(run).pid, signal.SIGKILL)


def wait_for(case, condition, seconds=30.0):
    end = time.monotonic() + seconds
    while True:
        status = jobs.watch(case)
        if condition(status):
            return status
        assert time.monotonic() < end, status
        time.sleep(0.02)


def test_the_real_worker_is_this_python_without_the_folder_it_stands_in():
    command = jobs._command(Path("/case"), 7)
    assert command[0] == sys.executable
    assert command[1:] == ["-P", "-m", "workbench.jobs", "/case", "7"]


def test_a_worker_outlives_its_starter_is_watched_killed_and_resumed(prepared, tmp_path):
    case, run = prepared
    assert jobs.watch(case).state == "waiting"
    starter = tmp_path / "starter.py"
    starter.write_text(STARTER)
    script = str(tmp_path / "worker.py")
    subprocess.run([sys.executable, starter, str(FAKES), str(case.path), str(run), script], check=True, timeout=60)
    status = wait_for(case, lambda status: status.done >= 1)  # its starter is gone
    assert (status.alive, status.state, status.total) == (True, "running", 5)
    assert 0 < status.seconds_left < 60
    assert time.time() - status.run.heartbeat < 5
    with pytest.raises(UsageError, match="at work already"):
        jobs.start(case.path, run)
    os.kill(status.run.pid, signal.SIGKILL)
    status = wait_for(case, lambda status: not status.alive)
    assert status.state == "interrupted"
    assert "resume" in status.message
    jobs.start(case.path, run)
    assert jobs.watch(case).state in ("waiting", "running")
    status = wait_for(case, lambda status: status.state == "done" and not status.alive)
    assert (status.done, status.failed, status.seconds_left) == (5, 0, None)
    assert (tmp_path / "out" / "manifest.jsonl").exists()


def test_a_polite_end_finishes_the_file_in_work(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(FAKES))
    import batch_fakes

    monkeypatch.setattr(driver, "Pool", batch_fakes.InlinePool)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    (tmp_path / "photos").mkdir()
    for name, word in (("a", "-"), ("b", "ask to end"), ("c", "-")):
        (tmp_path / "photos" / f"{name}.jpg").write_bytes(b"\xff\xd8\xff\n" + word.encode())
    with Case.open(tmp_path / "case") as case:
        run = batch.prepare(case, [tmp_path / "photos"], tmp_path / "out", profiles.load("publication"))
        before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
        try:
            assert jobs.work(case.path, run, batch_fakes.ENGINE) == 0
        finally:
            for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
                signal.signal(number, handler)
        assert case.catalog.run(run).state == "stopped"
        assert case.catalog.run(run).done == 2
        assert sorted(path.name for path in (tmp_path / "out").glob("*.jpg")) == ["000001.jpg", "000002.jpg"]
        assert not list(case.work.iterdir())


def test_a_worker_that_cannot_start_is_shown(prepared, monkeypatch):
    case, run = prepared
    monkeypatch.setattr(jobs, "_command", lambda case, run: [sys.executable, "-c", "raise SystemExit('broken')"])
    jobs.start(case.path, run)
    jobs._started[case.path, run].wait(timeout=30)
    status = jobs.watch(case)  # known at once: this process began it
    assert status.state == "interrupted"
    assert "did not start: press Resume" in status.message
    assert "broken" in case.log.read_text()


def test_a_run_whose_worker_somebody_else_began_or_nobody_is_given_up_after_a_while_and_can_be_started(
    prepared, monkeypatch
):
    case, run = prepared
    assert jobs.watch(case).state == "waiting"  # it may still begin
    monkeypatch.setattr(jobs, "STARTING_SECONDS", -1.0)
    with case.locked():
        assert jobs.watch(case).state == "waiting"  # its worker, or another one, is at work
    status = jobs.watch(case)
    assert (status.state, status.alive) == ("interrupted", False)
    assert "did not start" in status.message
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "_command", lambda case, run: [sys.executable, "-c", "import time; time.sleep(30)"])
    jobs.start(case.path, run)
    assert jobs.watch(case).state == "waiting"
    jobs._started[case.path, run].kill()
    jobs._started[case.path, run].wait(timeout=30)
    assert jobs.watch(case).state == "interrupted"


def test_a_case_without_a_run_and_a_run_that_is_not_there(tmp_path):
    with Case.open(tmp_path / "case") as case:
        status = jobs.watch(case)
        assert (status.state, status.alive, status.total) == ("none", False, 0)
        with pytest.raises(UsageError, match="no run 3"):
            jobs.start(case.path, 3)
        with pytest.raises(UsageError, match="not a case"):
            jobs.start(tmp_path / "none", 1)


@pytest.mark.parametrize("arguments", [[], ["only-a-case"], ["case", "x"], ["no-such-case", "1"]])
def test_wrong_arguments_are_told(arguments, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    assert jobs.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
