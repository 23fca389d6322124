"""Whatever kills the driver at whatever instant: the next run gives the same tree as one that nothing disturbed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import batch_fakes
import pytest
from batch_fakes import tree

from workbench import batch
from workbench.catalog.case import Case
from workbench.catalog.connection import Database
from workbench.release.verify import verify_release

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")

DRIVER = """
import sys
sys.path.insert(0, sys.argv[1])
import batch_fakes
from workbench import batch
from workbench.catalog.case import Case

if __name__ == "__main__":
    for event in batch.run(Case.open(sys.argv[2]), int(sys.argv[3]), engine=batch_fakes.ENGINE):
        print(event.kind, flush=True)
"""


def photos(world):
    world.photo("a.jpg")
    world.photo("b.jpg", "fail")
    world.photo("sub/c.jpg")


def change(world):
    """Between a first run and the second: one of each that makes a difference."""
    world.photo("a.jpg", "changed")
    world.photo("b.jpg")
    (world.source / "sub" / "c.jpg").unlink()
    world.photo("d.jpg")


def killed_at(world, run_id, instant):
    """Do a run in a forked process that kills itself at the n-th change on the disk; return whether it got there."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == signal.SIGKILL
    try:
        count = 0

        def step(*_):
            nonlocal count
            count += 1
            if count > instant:
                os.kill(os.getpid(), signal.SIGKILL)

        def hook(name, arguments):
            if name in ("os.rename", "os.remove", "os.rmdir", "os.mkdir"):
                step()

        write = Database._write

        def counted(self):
            step()
            return write(self)

        Database._write = counted
        sys.addaudithook(hook)
        with Case.open(world.case_path) as case:
            for _ in batch.run(case, run_id, engine=batch_fakes.ENGINE):
                pass
    finally:
        os._exit(0)


@pytest.mark.usefixtures("inline")
def test_killed_at_every_instant(world, tmp_path_factory):
    photos(world)
    world.run()
    change(world)
    run_id = world.prepare()
    start = {name: tmp_path_factory.mktemp(name) / "copy" for name in ("out", "case")}
    for name, copy in start.items():
        shutil.copytree(world.root / name, copy)

    def restore():
        for name, copy in start.items():
            shutil.rmtree(world.root / name)
            shutil.copytree(copy, world.root / name)

    world.run(run_id=run_id)
    undisturbed = world.tree()
    assert world.names() == ["000001.jpg", "000002.jpg", "000004.jpg"]
    instant = 0
    while True:
        restore()
        if not killed_at(world, run_id, instant):
            break
        world.run(run_id=run_id)
        assert world.tree() == undisturbed, f"killed at change {instant}"
        instant += 1
    assert instant > 30
    assert verify_release(world.out).findings == ()


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("words", ["slow", "publish and hang"])
def test_a_killed_driver_takes_its_workers_along(world, inline, words):
    world.photo("a.jpg")
    world.photo("b.jpg", words)
    world.photo("c.jpg")
    run_id = world.prepare(workers=1)
    script = world.root / "drive.py"
    script.write_text(DRIVER)
    driver = subprocess.Popen(
        [sys.executable, script, str(Path(__file__).parent), str(world.case_path), str(run_id)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with driver:
        log = world.root / "calls.log"
        wait_for(lambda: log.exists() and "b.jpg" in log.read_text())
        if words != "slow":
            wait_for((world.out / "000002.jpg").exists)
        driver.kill()
    with world.case() as case:
        assert case.catalog.run(run_id).state == "running"
        assert not case.busy()
    world.calls()
    if words != "slow":
        world.photo("b.jpg")  # or the inline worker would hang as well
    world.run(run_id=run_id)
    assert [call.split()[0] for call in world.calls()] == ["b.jpg", "c.jpg"]
    assert world.names() == ["000001.jpg", "000002.jpg", "000003.jpg"]
    before = tree(world.out)
    time.sleep(0.4)  # a worker that was left alone would publish now
    assert tree(world.out) == before
    assert verify_release(world.out).findings == ()
