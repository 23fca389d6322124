"""Killed at any instant of its work on a video, a run leaves nothing half done, and the next gives the same bytes."""

import os
import shutil
import signal
import sys

import pytest
from video_fakes import FindsRed, clip, engine_of, reds

from workbench import batch
from workbench.catalog.case import Case
from workbench.profiles import KindRule
from workbench.values import Kind
from workbench.video import looking

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
EVERY = 3
"""changes on the disk between two instants that are tried"""


def killed_at(world, run_id, instant):
    """Do a run in a forked process that kills itself at the n-th change on the disk; return whether it got there."""
    pid = os.fork()
    if pid:
        return os.waitpid(pid, 0)[1] == signal.SIGKILL
    try:
        count = 0

        def hook(name, arguments):
            nonlocal count
            if name in ("os.rename", "os.remove", "os.mkdir"):
                count += 1
                if count > instant:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        with Case.open(world.case_path) as case:
            for _ in batch.run(case, run_id, engine=engine_of(FindsRed())):
                pass
    finally:
        os._exit(0)


@pytest.mark.usefixtures("inline")
def test_killed_at_many_instants(world, monkeypatch):
    monkeypatch.setattr(looking, "SEGMENT_SECONDS", 1)
    world.profile = world.profile.changed(kinds={Kind.FACE: KindRule()})
    clip(world.source / "a.mp4", frames=25)
    run_id = world.prepare()
    world.run(run_id=run_id, engine=engine_of(FindsRed()))
    undisturbed = world.tree()
    instant, killed = 0, 0
    while True:
        shutil.rmtree(world.out)
        shutil.rmtree(world.case_path)
        world.prepare()
        if not killed_at(world, run_id, instant):
            break
        killed += 1
        for name in world.names():
            if name.endswith(".mp4"):
                assert max(reds(world.out / name)) == 0, f"killed at change {instant}"
        world.run(run_id=run_id, engine=engine_of(FindsRed()))
        assert world.tree() == undisturbed, f"killed at change {instant}"
        assert not list((world.case_path / "segments").iterdir())
        instant += EVERY
    assert killed > 8
