"""How far a long file is, how long a run takes, and what travels between the processes."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from workbench import profiles
from workbench.batch import progress
from workbench.batch.job import Job, Result
from workbench.batch.pace import Pace, Working
from workbench.batch.progress import RestError, Teller, Watcher
from workbench.values import Asset, Detections, Kind, Media, Outcome, State
from workbench.video import Step


def photo(size=1):
    return Asset("a.jpg", "/s", size=size)


def video(size=1):
    return Asset("a.mp4", "/s", size=size, media=Media.VIDEO)


@pytest.mark.parametrize(
    ("learned", "waiting", "working", "workers", "left"),
    [
        ([], [photo()], [], 1, None),
        ([(photo(), 2.0), (photo(), 4.0)], [photo()] * 6, [], 1, 18),
        ([(photo(), 2.0)], [photo()] * 6, [], 3, 4),
        ([(photo(), 2.0)], [], [], 3, 0),
        # A video waits and nothing is known of any: better no word than a wrong one.
        ([(photo(), 2.0)], [photo(), video()], [], 1, None),
        ([(video(10), 50.0)], [video(30)], [], 1, 150),
        # One in work says how long it needs, and from it how long those of other sizes need.
        ([], [], [Working(video(10), 0.75, 20.0)], 2, 20),
        ([], [video(5)], [Working(video(10), 0.75, 20.0)], 1, 60),
        # A single long one is not shared between workers.
        ([(photo(), 1.0)], [photo()] * 4, [Working(video(10), 0.5, 100.0)], 4, 100),
        # Of a file in work that says nothing the whole is counted.
        ([(photo(), 3.0)], [], [Working(photo())], 1, 3),
    ],
)
def test_the_time_left(learned, waiting, working, workers, left):
    pace = Pace()
    for asset, seconds in learned:
        pace.learn(asset, seconds)
    assert pace.seconds_left(waiting, working, workers) == (left if left is None else pytest.approx(left))


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_what_a_worker_tells_is_read_and_timed(tmp_path, clock):
    tell, watch = Teller(tmp_path / "p", tmp_path / "rest"), Watcher(tmp_path / "p")
    watch.look()
    assert (watch.now.share, watch.seconds_left) == (0.0, None)
    tell(Step("looking", 0.5))
    clock[0] += 5
    watch.look()
    assert (watch.now.phase, watch.now.share, watch.first, watch.silent) == ("looking", 0.5, 0.5, 0)
    clock[0] += 10
    tell(Step("hiding", 0.6))
    watch.look()
    assert watch.seconds_left == pytest.approx(40)  # a tenth in ten seconds: it was taken up in the middle
    clock[0] += 7
    watch.look()
    assert watch.silent == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["p"]


def test_frames_follow_faster_than_they_are_told(tmp_path, clock):
    tell = Teller(tmp_path / "p", tmp_path / "rest")
    tell(Step("looking", 0.1))
    (tmp_path / "p").unlink()
    for _ in range(100):
        tell(Step("looking", 0.2))
    assert not (tmp_path / "p").exists()


def test_a_rest_is_taken_only_where_it_costs_nothing(tmp_path):
    tell = Teller(tmp_path / "p", tmp_path / "rest")
    tell(Step("looking", 0.1, rest=True))
    (tmp_path / "rest").touch()
    tell(Step("looking", 0.2))
    with pytest.raises(RestError):
        tell(Step("looking", 0.3, rest=True))
    assert not isinstance(RestError(), Exception)  # nothing that handles errors of files takes it for one


@pytest.mark.parametrize("content", ["", "[", "[1]", '["looking", "x"]', "null"])
def test_a_progress_file_that_makes_no_sense_is_passed_over(tmp_path, content):
    (tmp_path / "p").write_text(content)
    watch = Watcher(tmp_path / "p")
    watch.look()
    assert watch.now.share == 0.0


def test_detections_travel_between_processes_unchanged(tmp_path):
    found = [Detections.empty(), Detections.of(Kind.FACE, [[1, 2, 3, 4], [5, 6, 7, 8]], [0.5, 0.25], "x")]
    found[1] = replace(found[1], tracks=np.array([7, 9]))
    job = Job(photo(), tmp_path, "1", profiles.load("publication"), tmp_path, tuple(found))
    result = Result(Outcome("a", State.DONE), tuple(found), resting=True)
    for value in (job, result, replace(job, detections=None), replace(result, detections=None)):
        again = pickle.loads(pickle.dumps(value))
        if value.detections is None:
            assert again.detections is None
            continue
        assert [part.tracks.tolist() for part in again.detections] == [[], [7, 9]]
        assert [part.boxes.tolist() for part in again.detections] == [part.boxes.tolist() for part in found]
    assert pickle.loads(pickle.dumps(job)).stem == "1"
