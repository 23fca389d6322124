"""What real worker processes do when they die, hang or cannot start."""

import os
import signal

import batch_fakes
import pytest

from workbench import profiles
from workbench.batch import driver, pool
from workbench.batch.job import Engine
from workbench.detect.runtime import usable_cores
from workbench.values import State, UsageError


def test_a_child_that_dies_or_hangs_fails_its_file_only(world):
    world.photo("a.jpg")
    world.photo("b.jpg", "publish and die")
    world.photo("c.jpg", "crash")
    world.photo("d.jpg", "hang")
    world.photo("e.jpg")
    run_id = world.prepare(workers=1)
    events = world.run(run_id=run_id, patience=lambda size: 3.0)
    found = world.outcomes(run_id)
    assert {name: outcome.state for name, outcome in found.items()} == {
        "a.jpg": State.DONE,
        "b.jpg": State.FAILED,
        "c.jpg": State.FAILED,
        "d.jpg": State.FAILED,
        "e.jpg": State.DONE,
    }
    assert "b.jpg was killed, most likely because memory ran out" in found["b.jpg"].error
    assert f"c.jpg crashed (signal {signal.SIGSEGV.value})" in found["c.jpg"].error
    assert "d.jpg took longer" in found["d.jpg"].error
    assert world.names() == ["000001.jpg", "000005.jpg"]
    assert events[-1].kind == "end"
    with world.case() as case:
        assert not list(case.work.iterdir())


def test_detectors_that_kill_their_process_are_told(world):
    world.photo("a.jpg")
    run_id = world.prepare(workers=1)
    with pytest.raises(UsageError, match="detectors could not be loaded: their process ended"):
        world.run(run_id=run_id, engine=Engine(batch_fakes.load_crash, batch_fakes.redact))
    assert world.last().state == "stopped"


def test_two_workers_do_every_file_once_and_closing_abandons_what_flies(world):
    for number in range(5):
        world.photo(f"{number}.jpg", "slow")
    run_id = world.prepare(workers=2)

    def leave(case, run, event):
        if event.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.run(run_id=run_id, on=leave)
    assert world.last().state == "stopped"
    assert len(world.names()) == 1 + world.last().done
    assert not list((world.case_path / "work").iterdir())
    world.calls()
    left = 5 - world.last().done
    world.run(run_id=run_id)
    assert len(set(world.calls())) == left
    assert world.last().done == 5


def test_workers_fit_the_machine(monkeypatch):
    assert 1 <= pool.default_workers() <= usable_cores()
    monkeypatch.setattr(pool.os, "sysconf", lambda name: {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 1000}[name])
    assert pool.default_workers() == 1


def test_patience_grows_with_the_file():
    assert driver.patience(0) >= 300
    assert driver.patience(100 * 2**20) > 10 * 60 + 50 * 60


@pytest.mark.parametrize("given", ["", "glibc.malloc.check=0"])
def test_workers_are_started_with_large_pages_unless_the_user_chose_otherwise(monkeypatch, tmp_path, given):
    name, ours = pool.LARGE_PAGES
    monkeypatch.setenv(name, given)  # so that it is put back afterwards
    if not given:
        monkeypatch.delenv(name)
    pool.Pool(Engine(batch_fakes.load_crash, batch_fakes.redact), profiles.load("publication"), 1, tmp_path)
    assert os.environ[name] == (given or ours)
