"""The frames of a video: as many, at the times and as upright as a player shows them, from every kind of file."""

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import MATRICES, Clip, Image, cut, hide_start, make_clip, turn

from workbench.media.video import Video, VideoFrame, open_video, times_digest

KINDS: list[tuple[str, dict[str, Any], str]] = [
    ("one.mp4", {"frames": 1}, "h264"),
    ("plain.mp4", {}, "h264"),
    ("b.mp4", {"b_frames": 2}, "h264"),
    ("b.mov", {"b_frames": 2}, "h264"),
    ("b.mkv", {"b_frames": 2}, "h264"),
    ("b.avi", {"b_frames": 2}, "h264"),
    ("film.mp4", {"rate": Fraction(24000, 1001)}, "h264"),
    ("hevc.mp4", {"codec": "libx265", "b_frames": 2}, "hevc"),
    ("vp8.webm", {"codec": "libvpx", "options": {"auto-alt-ref": "1", "lag-in-frames": "8", "b": "500k"}}, "vp8"),
    ("vp9.webm", {"codec": "libvpx-vp9"}, "vp9"),
    ("av1.mkv", {"codec": "libsvtav1"}, "av1"),
    ("packed.avi", {"codec": "mpeg4", "b_frames": 2}, "mpeg4"),
    ("old.mp4", {"codec": "mpeg4", "b_frames": 1}, "mpeg4"),
    ("motion.avi", {"codec": "mjpeg", "pixels": "yuvj422p"}, "mjpeg"),
    ("opengop.mkv", {"b_frames": 3, "frames": 40, "options": {"x264-params": "open-gop=1"}}, "h264"),
    ("refresh.mp4", {"frames": 40, "options": {"x264-params": "intra-refresh=1"}}, "h264"),
    ("stream.ts", {"b_frames": 2}, "h264"),
    ("disc.mpg", {"codec": "mpeg2video", "b_frames": 2}, "mpeg2video"),
]


def read(clip: Clip) -> tuple[Video, list[VideoFrame]]:
    video = open_video(clip.path)
    return video, list(video.frames())


def box_error(frame: VideoFrame, box: tuple[int, int, int, int]) -> float:
    """Return how far the bright disc is from where it was drawn, px."""
    image = frame.rgb().astype(int)
    ys, xs = np.nonzero((image[..., 0] > 200) & (image[..., 2] < 110))
    found = xs.min(), ys.min(), xs.max() + 1, ys.max() + 1
    return float(np.abs(np.subtract(found, box)).max())


@pytest.mark.parametrize(("name", "traits", "codec"), KINDS, ids=[kind[0] for kind in KINDS])
def test_every_frame_comes_once_at_its_time(tmp_path: Path, name: str, traits: dict[str, Any], codec: str) -> None:
    clip = make_clip(tmp_path / name, **traits)
    video, frames = read(clip)
    assert video.codec == codec
    assert [frame.index for frame in frames] == list(range(len(clip.times)))
    coarse = name.endswith((".mkv", ".webm")) or name.startswith(("film", "disc"))
    for frame, time in zip(frames, clip.times, strict=True):
        assert abs(frame.time - time) <= (Fraction(1, 1000) if coarse else 0)
    assert video.times() == [frame.time for frame in frames]
    assert video.expected_frames == len(frames)
    assert all(box_error(frame, box) <= 3 for frame, box in zip(frames, clip.boxes, strict=True))


@pytest.mark.parametrize("name", ["steps.mp4", "steps.mkv", "steps.mov"])
def test_a_variable_rate_keeps_every_time(tmp_path: Path, name: str) -> None:
    ticks = [0, 33, 40, 90, 100, 110, 300, 310, 320, 400]
    clip = make_clip(tmp_path / name, ticks=ticks, time_base=Fraction(1, 1000), b_frames=2)
    video, frames = read(clip)
    assert [frame.time for frame in frames] == [Fraction(tick, 1000) for tick in ticks]
    assert video.duration > Fraction(400, 1000)
    assert times_digest(frame.time for frame in frames) == times_digest(time + 5 for time in clip.times)


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe is the referee")
@pytest.mark.parametrize("name", ["b.mp4", "b.mkv", "vp9.webm", "old.mp4"])
def test_counts_and_times_are_those_of_ffprobe(tmp_path: Path, name: str) -> None:
    traits = next(kind[1] for kind in KINDS if kind[0] == name)
    video, frames = read(make_clip(tmp_path / name, **traits))
    what = ["-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp", "-of", "json"]
    said = json.loads(
        subprocess.run(["ffprobe", "-v", "error", *what, str(video.path)], capture_output=True, check=True).stdout
    )
    stamps = [frame["best_effort_timestamp"] for frame in said["frames"]]
    assert [frame.time for frame in frames] == [(stamp - stamps[0]) * video.time_base for stamp in stamps]


def test_what_an_edit_list_hides_is_never_given(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "trimmed.mp4", frames=40, b_frames=2, sound=1.6)
    whole = read(clip)[1]
    hide_start(clip.path, Fraction(17, 25))
    video, frames = read(clip)
    assert len(frames) == video.expected_frames == 23
    assert [frame.time for frame in frames] == [Fraction(index, 25) for index in range(23)]
    assert np.array_equal(frames[0].planes[0], whole[17].planes[0])
    assert np.array_equal(next(video.frames(20)).planes[0], whole[37].planes[0])


@pytest.mark.parametrize("degrees", sorted(MATRICES))
@pytest.mark.parametrize("pixels", ["yuv420p", "yuv422p", "yuv444p"])
def test_a_turned_clip_comes_upright(tmp_path: Path, degrees: int, pixels: str) -> None:
    clip = make_clip(tmp_path / "turned.mp4", frames=3, pixels=pixels, aspect=Fraction(4, 3))
    stored = read(clip)[1][2].rgb().astype(int)
    turn(clip.path, degrees)
    video, frames = read(clip)
    assert video.rotation == degrees
    assert video.sample_aspect == (Fraction(3, 4) if degrees in (90, 270) else Fraction(4, 3))
    assert (video.width, video.height) == ((120, 160) if degrees in (90, 270) else (160, 120))
    assert video.subsampling == ((1, 1) if pixels == "yuv422p" and degrees in (90, 270) else video.subsampling)
    assert np.abs(frames[2].rgb() - np.rot90(stored, -degrees // 90)).max() <= 40
    assert np.abs(frames[2].rgb() - np.rot90(stored, -degrees // 90)).mean() <= 2


def test_a_mirrored_clip_comes_as_it_is_shown(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "selfie.mp4", frames=2)
    stored = read(clip)[1][0].planes[0]
    turn(clip.path, matrix=(-1, 0, 0, 1))
    assert np.array_equal(read(clip)[1][0].planes[0], stored[:, ::-1])


def test_odd_sides_keep_their_colours_when_turned(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "odd.mp4", frames=2, size=(161, 121), codec="libvpx-vp9")
    video, frames = read(clip)
    stored = frames[1].planes[1]
    assert (video.width, video.height, stored.shape) == (161, 121, (61, 81))
    turn(clip.path, 180)
    turned = read(clip)[1][1].planes[1]
    # The last column of the picture had a sample of its own; the two before it shared one.
    assert turned[0, :3].tolist() == [stored[60, 80], stored[60, 79], stored[60, 79]]


def bar(index: int) -> Image:
    image = np.full((120, 160, 3), 60, np.uint8)
    image[:, 3 * index % 120 :][:, :40] = 220
    return image


@pytest.mark.parametrize("name", ["tv.mp4", "tv.mkv"])
def test_fields_become_whole_pictures(tmp_path: Path, name: str) -> None:
    video, frames = read(make_clip(tmp_path / name, interlaced=True, draw=bar))
    assert video.interlaced
    assert any("interlaced" in note for note in video.notes)
    assert len(frames) == 24
    # Of the two moments of a frame the first is shown, in all of its rows.
    rows = frames[10].planes[0][8:-8].astype(int)
    assert np.abs(rows - rows[0]).max() < 30
    assert np.flatnonzero(rows.mean(axis=0) > 140).tolist() == pytest.approx(list(range(60, 100)), abs=1)
    again = next(video.frames(10, 11))
    assert np.array_equal(again.planes[0], frames[10].planes[0])


def test_only_the_first_real_video_counts(tmp_path: Path) -> None:
    clip = make_clip(
        tmp_path / "full.mp4", sound=1.0, chapters=True, cover=True, subtitle="hello", telemetry=b"gps", second=True
    )
    video, frames = read(clip)
    assert len(frames) == 24
    assert video.has_audio
    assert video.notes == ("1 other video stream was left out.",)


def test_a_start_in_the_middle_of_a_scene_is_said(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "cut.ts", frames=36, b_frames=2, key_every=12, options={"x264-params": "open-gop=1"})
    data = clip.path.read_bytes()
    head, rest = data[: 188 * 3], data[188 * 40 :]
    clip.path.write_bytes(head + rest)
    video, frames = read(clip)
    assert 10 <= len(frames) == video.expected_frames < 36
    assert frames[0].time == 0


def test_a_frame_can_be_read_from_a_file_with_any_name(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "plain.mp4", frames=2)
    odd = tmp_path / "concat:a|b %03d \udcff.mp4"
    clip.path.rename(odd)
    assert len(list(open_video(odd).frames())) == 2


def test_cut_at_the_end_of_a_frame_in_a_live_recording(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "live.ts", frames=24)
    cut(clip.path, 0.5)
    assert 5 < len(list(open_video(clip.path).frames())) < 24
