"""Pass 1: what is looked at, what is stored of it, and the tracks that come of it."""

import dataclasses
import time

import cv2
import numpy as np
import pytest
from clips import make_clip, moving_box, scene
from video_finders import FindsDisc, yellow

from workbench import profiles
from workbench.media.video import open_video
from workbench.tracks import CARRIED, INTERPOLATED, tracks_of
from workbench.values import Detections, FileError, Kind
from workbench.video.plan import choose
from workbench.video.search import Looks, link, look

SIZE = (320, 240)
WALL = cv2.resize(np.random.default_rng(4).integers(0, 180, (30, 40, 3), np.uint8), SIZE)
"""with many corners, all around the disc"""


class Studied:
    """A detector without a quick look."""

    name, kinds, licence, fingerprint = "studied", (Kind.FACE,), "MIT", "studied 1"

    def __init__(self):
        self.count = 0

    def __call__(self, image):
        self.count += 1
        found = FindsDisc()(image)
        return Detections.of(Kind.FACE, found.boxes, found.scores, self.name)


class Areas(FindsDisc):
    """Notes how large the pictures are that it gets."""

    def __init__(self):
        super().__init__()
        self.areas = []

    def __call__(self, image):
        self.areas.append(image.shape[0] * image.shape[1])
        return super().__call__(image)


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    path = tmp_path_factory.mktemp("moving") / "clip.mp4"
    return open_video(make_clip(path, frames=50, size=SIZE, draw=lambda at: scene(at, SIZE)).path)


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    def draw(at):
        picture = scene(max(at - 20, 0), SIZE, still=True)
        return np.where(yellow(picture)[..., None], picture, WALL)

    path = tmp_path_factory.mktemp("still") / "clip.mp4"
    return open_video(make_clip(path, frames=50, size=SIZE, draw=draw).path)


def planned(video, detectors, camera, **settings):
    return choose(video, detectors, profiles.Video(camera=camera, **settings), "balanced")


def searched(video, detector, camera, **settings):
    return look(video, [detector], planned(video, [detector], camera, **settings))


def middles(boxes):
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def test_a_moving_cameras_frames_are_looked_at_by_turns_and_filled_between(moving):
    finder = FindsDisc()
    looks = searched(moving, finder, "moving")
    assert finder.count == 17
    (track,) = tracks_of(link([looks], 50, SIZE))
    assert track.frames.tolist() == list(range(50))
    assert (track.origins == "disc").tolist() == [frame % 3 == 0 for frame in range(50)]
    assert set(track.origins) == {"disc", INTERPOLATED}
    truth = np.array([moving_box(frame, SIZE) for frame in range(50)], np.float32)
    assert np.abs(middles(track.boxes) - middles(truth))[:45].max() < 6
    assert track.scores.min() > 0.8


def test_nothing_moved_nothing_is_looked_at_but_everything_is_once_a_second(still):
    finder = Areas()
    looks = searched(still, finder, "still", every=2)
    whole = SIZE[0] * SIZE[1]
    frames = looks.glances[:, 0].astype(int).tolist()
    assert frames[0] == 0
    assert [frame for frame in frames if 0 < frame < 20] == []  # the disc rests
    assert {frame for frame in frames if frame > 20} >= {22, 24, 30, 40}
    assert [area == whole for area in finder.areas].count(True) == 2  # at 0 s and at 1 s (50 frames, 25 a second)
    (track,) = tracks_of(link([looks], 50, SIZE))
    assert track.frames.tolist() == list(range(50))  # resting, it stays hidden
    assert track.scores.min() > 0.2


def test_a_look_at_everything_that_changed_counts_for_the_second_that_follows(tmp_path):
    bright = make_clip(tmp_path / "a.mp4", frames=60, size=SIZE, draw=lambda at: WALL if at < 20 else WALL // 2 + 90)
    finder = Areas()
    looks = searched(open_video(bright.path), finder, "still", every=2)
    assert looks.glances[:, 0].astype(int).tolist() == [0, 20, 46]  # once the light changes, and a second after it
    assert finder.areas == [SIZE[0] * SIZE[1]] * 3


def test_detectors_without_a_quick_look_study_a_frame_now_and_then(still):
    finder = Studied()
    looks = searched(still, finder, "still")
    assert finder.count == len(looks.studies) == 4
    (track,) = tracks_of(link([looks], 50, SIZE))
    assert track.frames.tolist() == list(range(50))
    assert set(track.origins) == {"studied", INTERPOLATED}


def test_no_look_is_given_up_when_a_track_is_smoothed(moving):
    class Trembling(FindsDisc):
        def __call__(self, image):
            found = super().__call__(image)
            inside = np.random.default_rng(self.count).uniform(0, 8, (len(found), 4)) * [1, 1, -1, -1]
            return dataclasses.replace(found, boxes=(found.boxes + inside).astype(np.float32))

    looks = searched(moving, Trembling(), "moving")
    found = link([looks], moving.expected_frames, SIZE)
    assert len(looks.frames) == 17
    for frame, box in zip(looks.frames, looks.seen.boxes, strict=True):
        boxes = found[int(frame)].boxes
        held = (boxes[:, :2] <= box[:2] + 0.01).all(axis=1) & (boxes[:, 2:] >= box[2:] - 0.01).all(axis=1)
        assert held.any(), f"frame {frame}"


def test_a_clip_searched_in_parts_gives_the_same_tracks(moving):
    finder = FindsDisc()
    plan = planned(moving, [finder], "moving")
    whole = look(moving, [finder], plan)
    parts = [look(moving, [finder], plan, first, first + 20) for first in (0, 20, 40)]
    assert [(part.first, part.last) for part in parts] == [(0, 20), (20, 40), (40, 50)]
    one, other = (tracks_of(link(looks, 50, SIZE)) for looks in ([whole], parts))
    assert len(one) == len(other) == 1
    assert np.abs(one[0].boxes - other[0].boxes).max() < 0.5
    assert [time for part in parts for time in part.times] == list(whole.times)


def test_looks_survive_being_stored_byte_for_byte(moving):
    looks = searched(moving, FindsDisc(), "moving")
    again = Looks.from_bytes(looks.to_bytes())
    assert again.to_bytes() == looks.to_bytes() == searched(moving, FindsDisc(), "moving").to_bytes()
    assert again.times == looks.times
    first, second = (link([each], 50, SIZE) for each in (looks, again))
    assert all(np.array_equal(a.boxes, b.boxes) for a, b in zip(first, second, strict=True))
    with pytest.raises(ValueError, match="no looks"):
        Looks.from_bytes(b"PK")


def test_an_object_that_leaves_at_a_cut_is_not_carried_over_it(moving):
    looks = searched(moving, FindsDisc(), "moving")
    cuts = looks.cuts.copy()
    cuts[30] = True
    rows = looks.frames < 30
    cut = dataclasses.replace(looks, cuts=cuts, frames=looks.frames[rows], seen=looks.seen[rows])
    (track,) = tracks_of(link([cut], 50, SIZE))
    assert track.last == 29
    uncut = dataclasses.replace(cut, cuts=looks.cuts)
    (track,) = tracks_of(link([uncut], 50, SIZE))
    assert track.last > 30
    assert track.origins[-1] == CARRIED
    assert track.scores[-1] == 0


def test_nothing_found_and_nothing_to_look_at():
    assert len(link([], 0, SIZE)) == 0


def test_progress_is_told_by_frame_and_what_it_raises_ends_the_search(moving):
    seen = []
    finder = FindsDisc()
    look(moving, [finder], planned(moving, [finder], "moving"), 10, 15, seen.append)
    assert seen == [10, 11, 12, 13, 14]

    def stop(frame):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        look(moving, [finder], planned(moving, [finder], "moving"), tick=stop)


def test_a_detector_that_fails_fails_the_clip(moving):
    def broken(count):
        raise RuntimeError("no memory")

    finder = FindsDisc(broken)
    with pytest.raises(FileError, match=r"detector disc failed \(no memory\)"):
        look(moving, [finder], planned(moving, [finder], "moving"))


def test_glances_beside_each_other_see_what_one_after_the_other_sees(moving):
    class Hurried(FindsDisc):
        """Answers later frames sooner."""

        def __init__(self, at_once):
            super().__init__()
            self.at_once = at_once

        def __call__(self, image):
            time.sleep(0.02 if self.count % 3 == 0 else 0)
            return super().__call__(image)

    plan = choose(moving, [FindsDisc()], profiles.load("publication").video, "balanced")
    alone, beside = (look(moving, [Hurried(number)], plan) for number in (1, 4))
    assert beside.to_bytes() == alone.to_bytes()


def test_a_stop_does_not_wait_for_the_glances_that_were_not_begun(moving):
    class Slow(FindsDisc):
        def __call__(self, image):
            time.sleep(0.05)
            return super().__call__(image)

    def stop(frame):
        if frame == 6:
            raise KeyboardInterrupt

    finder = Slow()
    plan = choose(moving, [finder], profiles.load("publication").video.model_copy(update={"every": 1}), "balanced")
    with pytest.raises(KeyboardInterrupt):
        look(moving, [finder], plan, tick=stop)
    assert finder.count <= 7
