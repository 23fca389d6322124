"""Engines without a model, and a pool without a process. Top level, so that a worker process finds them.

A fake photo is three bytes that say "JPEG" and words that say what its redaction does.
"""

import errno
import hashlib
import os
import signal
import time
from dataclasses import replace

from workbench.batch import worker
from workbench.batch.job import Engine, Result, Tools
from workbench.media.files import sniff
from workbench.profiles import Output
from workbench.values import Detections, FileError, Kind, Outcome, State, UsageError

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


def load(profile, threads):
    return Tools("fake detector 1")


def load_other(profile, threads):
    return Tools("fake detector 2")


def load_nothing(profile, threads):
    raise UsageError("The weights of face-finder are missing: install them.")


def load_crash(profile, threads):
    os._exit(3)


def redact(job, tools):
    data = job.source.read_bytes()
    if hashlib.sha256(data).hexdigest() != job.asset.sha256:
        raise FileError(f"{job.label} was changed.")
    words = data.split(b"\n")[1:]
    log = os.open(job.out.parent / "calls.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    os.write(log, os.fsencode(f"{job.asset.path} {'detected' if job.detections is None else 'known'}\n"))
    os.close(log)
    new = None
    if job.detections is None:
        new = (Detections.of(Kind.FACE, [[1, 2, 3, 4]], [0.5], "fake"),)
    if b"slow" in words:
        time.sleep(0.3)
    if b"die" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"crash" in words:
        os.kill(os.getpid(), signal.SIGSEGV)
    if b"ask to end" in words:
        os.kill(os.getpid(), signal.SIGTERM)
    if b"hang" in words:
        time.sleep(600)
    if b"fail" in words:
        return replace(worker.failure(job, FileError(f"{job.label} is cut short.")), detections=new)
    if b"bug" in words:
        raise KeyError("surprise")
    if b"full" in words and (job.out.parent / "disk is full").exists():
        raise FileError("cannot write") from OSError(errno.ENOSPC, "No space left on device")
    suffix = {"JPEG": ".jpg", "PNG": ".png"}.get(sniff(data[:64]), ".jpg")
    output = data + job.profile.digest.encode()
    target = job.out / (job.stem + suffix)
    part = job.work / f"{os.getpid()}.part"
    part.write_bytes(output)
    os.utime(part, (1, 1))
    part.replace(target)
    if b"publish and hang" in words:
        time.sleep(600)
    if b"publish and die" in words:
        os.kill(os.getpid(), signal.SIGKILL)
    outcome = Outcome(
        "?",
        State.DONE,
        counts={} if b"nothing" in words else {"face": 1},
        covered=0.0 if b"nothing" in words else 0.1,
        output=target.name,
        output_sha256=hashlib.sha256(output).hexdigest(),
        output_size=len(output),
        frames=1,
        width=8,
        height=8,
        regions=() if b"nothing" in words else [[0, "face", "solid", "box", 0, 0, 4, 4]],
    )
    return Result(outcome, new)


ENGINE = Engine(load, redact)


class InlinePool:
    """A pool of one worker that is this process."""

    def __init__(self, engine, profile, workers, work):
        self.engine, self.profile, self.workers = engine, profile, 1
        self.waiting = []
        worker._Process.engine, worker._Process.profile, worker._Process.threads = engine, profile, 1
        worker._Process.tools = None

    @property
    def busy(self):
        return len(self.waiting)

    def hello(self, tick):
        tick()
        return worker.hello()

    def submit(self, job, seconds):
        self.waiting.append(job)

    def finished(self, seconds):
        if not self.waiting:
            time.sleep(0.01)
        done = [(job, worker.call(job)) for job in self.waiting]
        self.waiting = []
        return done

    def stop(self):
        self.waiting = []


def keep(world):
    """Let the outputs keep their sources' names."""
    world.profile = world.profile.changed(output=Output(names="keep"))


def outputs(world, run_id=1):
    """Return the output of every asset that has one."""
    return {name: outcome.output for name, outcome in world.outcomes(run_id).items() if outcome.output}


def tree(folder):
    """Return every file below a folder with its content's digest."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
