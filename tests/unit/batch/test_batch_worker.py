"""What a worker makes of a job: known detections, new ones, and everything that can go wrong."""

import errno
import hashlib
from concurrent.futures import Future
from types import SimpleNamespace

import batch_fakes
import pytest

from workbench import pipeline, profiles
from workbench.batch import driver, worker
from workbench.batch.job import Job, Tools
from workbench.batch.pool import Pool
from workbench.values import Asset, Detections, FileError, Kind, Outcome, State, UsageError

FOUND = Detections.of(Kind.FACE, [[1, 2, 3, 4]], [0.5], "known")


class Searches:
    """A detector that counts how often it is asked."""

    count = 0

    def __call__(self, image):
        self.count += 1
        return FOUND


@pytest.fixture
def job(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"content")
    asset = Asset("a.jpg", str(tmp_path), hashlib.sha256(b"content").hexdigest())
    return Job(asset, tmp_path, "x/000001", profiles.load("publication"), tmp_path, None)


@pytest.fixture
def asset_of(monkeypatch):
    """Stand for `pipeline.redact_asset`: a photo of two frames with the given content; `error` comes while writing."""

    def stand_in(sha256, error=None):
        def redact_asset(source, stem, profile, find, work):
            opened = SimpleNamespace(sha256=sha256, frames=(1, 2))
            redact_asset.found = find(opened)
            if error:
                raise error
            return Outcome(source.name, State.DONE, output=f"{stem.name}.jpg")

        monkeypatch.setattr(pipeline, "redact_asset", redact_asset)
        monkeypatch.setattr(pipeline, "detect", lambda frame, detectors: detectors[0](frame))
        return redact_asset

    return stand_in


def changed(job, **fields):
    return Job(**{**{name: getattr(job, name) for name in job.__dataclass_fields__}, **fields})


def test_known_detections_are_used_and_new_ones_are_returned(job, asset_of):
    searches = Searches()
    ran = asset_of(job.asset.sha256)
    result = worker.redact(job, Tools("fp", (), (searches,)))
    assert (searches.count, len(result.detections)) == (2, 2)
    known = changed(job, detections=result.detections)
    again = worker.redact(known, Tools("fp", (), (searches,)))
    assert (searches.count, again.detections) == (2, None)
    assert ran.found == list(result.detections)


def test_detections_of_another_number_of_frames_are_not_used(job, asset_of):
    searches = Searches()
    asset_of(job.asset.sha256)
    worker.redact(changed(job, detections=(FOUND,)), Tools("fp", (), (searches,)))
    assert searches.count == 2


def test_what_was_found_is_kept_when_writing_fails(job, asset_of):
    asset_of(job.asset.sha256, FileError("a.jpg is held back."))
    result = worker.redact(job, Tools("fp", (), (Searches(),)))
    assert result.outcome == Outcome("a.jpg", State.FAILED, error="a.jpg is held back.")
    assert len(result.detections) == 2


def test_a_file_that_changed_in_between_is_held_back(job, asset_of):
    asset_of("another content")
    result = worker.redact(job, Tools("fp", (), (Searches(),)))
    assert "a.jpg was changed while it was read" in result.outcome.error
    assert result.detections is None


@pytest.mark.parametrize(
    ("error", "says", "full"),
    [
        (FileError("one sentence."), "one sentence.", False),
        (OSError(errno.ENOSPC, "No space"), "disk was full", True),
        (OSError(errno.EDQUOT, "Quota"), "disk was full", True),
        (OSError(errno.EIO, "I/O error"), "I/O error", False),
        (MemoryError(), "not enough memory", False),
        (ZeroDivisionError("secret detail"), "mistake in this program (ZeroDivisionError)", False),
    ],
)
def test_every_error_is_one_sentence(job, error, says, full):
    result = worker.failure(job, error)
    assert result.outcome.state is State.FAILED
    assert says in result.outcome.error
    assert "\n" not in result.outcome.error
    assert "secret" not in result.outcome.error
    assert result.disk_full is full
    assert ("secret" in result.trace) == isinstance(error, ZeroDivisionError)


def test_a_full_disk_behind_a_clear_sentence_is_seen(job):
    wrapped = FileError("cannot write")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space")
    assert worker.failure(job, wrapped).disk_full


def test_an_output_of_another_name_is_refused(job, monkeypatch):
    def redact(job, tools):
        return worker.Result(Outcome("?", State.DONE, output="000002.jpg"))

    worker.start(worker.Engine(batch_fakes.load, redact), job.profile, 1, job.work)
    monkeypatch.setattr(worker._Process, "tools", Tools("fp"))
    with pytest.raises(UsageError, match=r"000002\.jpg"):
        worker.call(job)
    worker._Process.lock.release()


def test_a_job_that_a_broken_pool_never_took_up_is_given_back(job):
    pool = Pool(batch_fakes.ENGINE, job.profile, 1, job.work)
    pool._pool = SimpleNamespace(active=False, stop=lambda: None, join=lambda: None)
    pool._running[Future()] = (job, 1.0)
    assert pool.finished(0.01) == [(job, None)]
    assert pool.busy == 0


@pytest.mark.parametrize(("losses", "state"), [(1, State.DONE), (5, State.FAILED)])
def test_a_file_that_was_lost_is_tried_again_once(world, inline, monkeypatch, losses, state):
    class Losing(batch_fakes.InlinePool):
        left = losses

        def finished(self, seconds):
            if self.waiting and Losing.left:
                Losing.left -= 1
                lost, self.waiting = self.waiting, []
                return [(job, None) for job in lost]
            return super().finished(seconds)

    monkeypatch.setattr(driver, "Pool", Losing)
    world.photo("a.jpg")
    world.run()
    assert world.outcomes()["a.jpg"].state is state
