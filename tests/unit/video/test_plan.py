"""How a clip is searched."""

from fractions import Fraction
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from clips import make_clip
from video_finders import FindsDisc

from workbench import profiles
from workbench.media.video import open_video
from workbench.values import Detections, Kind
from workbench.video.plan import choose, without_key_between


class Reads:
    """A detector that cannot look quickly."""

    name, kinds, licence, fingerprint = "reader", (Kind.TEXT,), "MIT", "reader 1"

    def __call__(self, image):
        return Detections.empty()


def view(x, at):
    """Return what a camera sees of a wall, with something that walks before it."""
    wall = cv2.resize(np.random.default_rng(4).integers(0, 180, (30, 60, 3), np.uint8), (640, 240))
    picture = np.array(wall[:, x : x + 320])
    picture[100:140, 5 * at : 5 * at + 30] = (250, 220, 30)
    return picture


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plans")
    still = make_clip(folder / "still.mp4", frames=30, size=(320, 240), draw=lambda at: view(100, at))
    moving = make_clip(folder / "moving.mp4", frames=30, size=(320, 240), draw=lambda at: view(100 + 4 * at, at))
    return {"still": open_video(still.path), "moving": open_video(moving.path)}


def plan(video, detectors=None, quality="balanced", **settings):
    chosen = profiles.Video(**settings)
    return choose(video, [FindsDisc()] if detectors is None else detectors, chosen, quality)


@pytest.mark.parametrize("camera", ["still", "moving"])
def test_the_camera_is_told_from_the_clip_and_can_be_overridden(clips, camera):
    assert plan(clips[camera]).camera == camera
    other = {"still": "moving", "moving": "still"}[camera]
    assert plan(clips[camera], camera=other).camera == other


def test_a_plan_is_said_in_plain_words(clips):
    assert plan(clips["still"], camera="still").describe() == (
        "Still camera: every 3rd frame, changed areas only, all anew each second."
    )
    assert plan(clips["still"], camera="moving").describe() == "Moving camera: every 3rd frame."
    assert plan(clips["still"], camera="moving", every=1).describe() == "Moving camera: every frame."
    assert plan(clips["still"], [FindsDisc(), Reads()], camera="moving").describe() == (
        "Moving camera: every 3rd frame; reader each 0.5 s, and where the view has moved on."
    )
    assert plan(clips["still"], [Reads()], camera="still").describe() == (
        "Still camera: reader each 0.5 s, and where the view has moved on."
    )


def test_quality_trades_looks_for_time(clips):
    fast, balanced, careful = (
        plan(clips["still"], quality=name, camera="moving") for name in ("fast", "balanced", "careful")
    )
    assert fast.every > balanced.every > careful.every == 1
    assert fast.study > balanced.study > careful.study
    assert len(careful.cycle) > len(balanced.cycle)
    assert len({fast.key, balanced.key, careful.key}) == 3


def test_looks_alternate_and_are_never_too_small(clips):
    chosen = plan(clips["still"], camera="moving")
    assert [chosen.look(frame).mirrored for frame in range(0, 12, 3)] == [False, True, False, True]
    assert chosen.cycle[0].scale == 3  # 320 px wide: seen at 960


class Clip:
    rate, width, height, expected_frames = Fraction(25), 1280, 720, 600


@pytest.mark.parametrize(("rate", "looks"), [(25, 125), (24, 125), (60, 125), (Fraction(30000, 1001), 125), (10, 100)])
def test_clips_of_any_rate_get_as_many_looks_a_second(monkeypatch, rate, looks):
    monkeypatch.setattr(Clip, "rate", Fraction(rate))
    chosen = plan(Clip(), camera="moving")
    seen = [frame for frame in range(10 * Clip.rate.numerator // Clip.rate.denominator + 1) if chosen.look(frame)]
    assert seen[0] == 0
    assert len(seen) == pytest.approx(looks, abs=1)
    gaps = np.diff(seen)
    assert gaps.max() - gaps.min() <= 1
    assert [chosen.look(frame).mirrored for frame in seen[:4]] == [False, True, False, True]


@pytest.mark.parametrize(
    ("rate", "words"),
    [(25, "every 2nd frame"), (10, "every frame"), (30, "one frame in 2.4"), (24, "one frame in 1.9")],
)
def test_the_stride_is_said_as_it_is(monkeypatch, rate, words):
    monkeypatch.setattr(Clip, "rate", Fraction(rate))
    assert plan(Clip(), camera="moving").describe() == f"Moving camera: {words}."


def test_small_pictures_are_enlarged_and_seen_less_often_large_ones_reduced(monkeypatch):
    assert plan(Clip(), camera="moving").cycle[0].scale == 1
    monkeypatch.setattr(Clip, "width", 640)
    monkeypatch.setattr(Clip, "height", 360)
    assert plan(Clip(), camera="moving").every == plan(Clip(), camera="still").every == 3
    monkeypatch.setattr(Clip, "width", 4096)
    assert plan(Clip(), camera="moving").cycle[0].scale == 0.5


def test_a_clip_without_a_rate_is_searched_as_most_clips_are(monkeypatch):
    monkeypatch.setattr(Clip, "rate", Fraction(0))
    assert plan(Clip(), camera="moving").every == 2


def test_a_plan_depends_on_the_clip_and_the_settings_alone(clips):
    assert plan(clips["moving"]) == plan(clips["moving"])
    assert plan(clips["moving"]).key == plan(clips["moving"]).key


@pytest.mark.parametrize(
    ("keys", "groups"),
    [((0,), [[0, 46, 92]]), ((0, 50, 100), [[0, 46], [92]]), ((0, 40, 80), [[0], [46], [92]]), ((), [[0, 46, 92]])],
)
def test_places_that_no_key_frame_parts_are_read_in_one_go(keys, groups):
    clip = SimpleNamespace(timeline=SimpleNamespace(keys=np.array(keys, int)))
    assert without_key_between([0, 46, 92], clip) == groups
