"""How the camera moved, where a scene ends, and what changed before a still camera."""

import cv2
import numpy as np
import pytest

from workbench.detect import motion
from workbench.detect.watch import Watch


@pytest.fixture(scope="module")
def street():
    """A picture with many corners, larger than a frame."""
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (40, 60), np.uint8)
    return cv2.resize(coarse, (640, 420), interpolation=cv2.INTER_CUBIC)


def view(picture, x=0, y=0, width=320, height=180):
    return np.ascontiguousarray(picture[y : y + height, x : x + width])


@pytest.mark.parametrize(("x", "y"), [(0, 0), (7, 0), (-5, 11)])
def test_a_pan_is_told_to_a_part_of_a_pixel(street, x, y):
    step = motion.step(view(street, 100, 100), view(street, 100 + x, 100 + y))
    assert step.known
    assert not step.cut
    assert np.abs(step.camera[:, 2] - [-x, -y]).max() < 0.2
    assert step.shift == pytest.approx(np.hypot(x, y), abs=0.3)


def test_the_larger_part_of_the_picture_tells_the_camera_and_not_what_walks_through(street):
    after = view(street, 104, 100).copy()
    after[40:140, 60:130] = view(street, 300, 200)[40:140, 60:130]
    assert np.abs(motion.step(view(street, 100, 100), after).camera[:, 2] - [-4, 0]).max() < 0.3


def test_blank_pictures_tell_nothing_and_are_no_cut():
    blank = np.full((180, 320), 90, np.uint8)
    step = motion.step(blank, blank)
    assert (step.known, step.cut) == (False, False)
    assert step.camera.tolist() == motion.STILL.tolist()


def test_another_scene_is_a_cut_but_a_fast_pan_is_none(street):
    dark = (view(cv2.flip(street, -1), 30, 40) // 4).astype(np.uint8)
    assert motion.step(view(street), dark).cut
    assert not motion.step(view(street, 0, 0), view(street, 60, 20)).cut


def test_a_brighter_picture_is_no_cut(street):
    brighter = np.clip(view(street).astype(int) + 60, 0, 255).astype(np.uint8)
    assert not motion.step(view(street), brighter).cut


def test_shrinking_keeps_the_proportions_and_the_upper_bits():
    assert motion.shrink(np.zeros((720, 1280), np.uint8)).shape == (180, 320)
    assert motion.shrink(np.zeros((100, 60), np.uint8)).shape == (100, 60)
    deep = motion.shrink(np.full((720, 1280), 1023, np.uint16), 10)
    assert deep.dtype == np.uint8
    assert deep.min() == 255


def test_a_place_that_moves_with_the_camera_stays_in_the_scene():
    moved = np.array([[1.0, 0, 5], [0, 1, -3]])
    scene = motion.Scene(np.array([motion.STILL, moved, moved]), np.zeros(3, bool))
    boxes = np.array([[10, 20, 30, 60], [15, 17, 35, 57], [20, 14, 40, 54]], np.float32)
    places = scene.enter(boxes, np.arange(3))
    assert np.abs(places - places[0]).max() < 1e-9
    assert np.abs(scene.leave(places, np.arange(3)) - boxes).max() < 1e-4


def test_zoom_and_turn_are_undone_as_well():
    angle, zoom = 0.1, 1.1
    moved = np.array(
        [[zoom * np.cos(angle), -zoom * np.sin(angle), 4], [zoom * np.sin(angle), zoom * np.cos(angle), 2]]
    )
    scene = motion.Scene(np.array([motion.STILL, moved]), np.zeros(2, bool))
    place = scene.enter(np.array([[10, 20, 30, 40]], np.float32), np.array([0]))
    box = scene.leave(place, np.array([1]))[0]
    assert (box[:2] + box[2:]) / 2 == pytest.approx(moved[:, :2] @ [20, 30] + moved[:, 2], abs=1e-4)
    assert box[2] - box[0] == pytest.approx(20 * zoom, abs=1e-4)


def test_a_cut_begins_a_scene_with_coordinates_of_its_own():
    moved = np.array([[1.0, 0, 50], [0, 1, 0]])
    scene = motion.Scene(np.array([motion.STILL, moved]), np.array([False, True]))
    assert scene.shots.tolist() == [0, 1]
    assert scene.enter(np.array([[0, 0, 10, 10]], np.float32), np.array([1]))[0].tolist() == [5, 5, 10, 10]


def test_only_what_changed_before_a_still_camera_is_looked_at_again(street):
    watch, before = Watch(), view(street)
    assert watch.changed(before) is None  # nothing is known yet: all of it
    assert watch.changed(before) == []
    after = before.copy()
    after[80:100, 200:215] = 255 - after[80:100, 200:215]
    (area,) = watch.changed(after)
    assert (area[:2] <= [200 - 8, 80 - 8]).all()
    assert (area[2:] >= [215 + 8, 100 + 8]).all()
    assert (area[2:] - area[:2]).prod() < 0.2 * before.size
    assert watch.changed(after) == []  # it was looked at


def test_slow_changes_add_up_until_they_are_seen(street):
    watch, picture = Watch(), view(street) // 2
    watch.changed(picture)
    seen = []
    for level in range(1, 13):
        darker = picture.copy()
        darker[60:90, 100:130] += np.uint8(level)
        seen.append(bool(watch.changed(darker)))
    assert seen[0] is False
    assert any(seen)


def test_noise_is_no_change_and_a_new_light_is_all(street):
    rng = np.random.default_rng(2)
    watch = Watch()
    watch.changed(view(street) // 2)
    noisy = (view(street) // 2 + rng.integers(0, 5, (180, 320))).astype(np.uint8)
    assert watch.changed(noisy) == []
    assert watch.changed(np.clip(noisy.astype(int) * 2, 0, 255).astype(np.uint8)) is None


def test_a_still_cameras_frames_between_looks_follow_from_them(street):
    follower = motion.Follower(still=True)
    settled = [len(follower.see(view(street), settle=frame % 3 == 0)) for frame in range(8)]
    assert settled == [1, 0, 0, 3, 0, 0, 3, 0]
    assert len(follower.finish()) == 8


def test_a_cut_between_looks_is_still_found_at_its_frame(street):
    other = (view(cv2.flip(street, -1), 30, 40) // 4).astype(np.uint8)
    follower = motion.Follower(still=True)
    for frame in range(7):
        follower.see(view(street) if frame < 4 else other, settle=frame % 3 == 0)
    assert [step.cut for step in follower.finish()] == [False] * 4 + [True] + [False] * 2
