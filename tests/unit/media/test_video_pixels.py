"""Samples and colours of video frames, beside FFmpeg's own conversion where it is installed."""

import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import make_clip, turn
from PIL import Image

from workbench.media.video import Colour, Video, VideoFrame, open_video, thumbnail_video

FORMS: list[tuple[str, dict[str, Any], tuple[int, tuple[int, int]]]] = [
    ("bt601.mp4", {}, (8, (2, 2))),
    ("bt709.mp4", {"colour": (1, 1, 1, 1)}, (8, (2, 2))),
    ("full.mp4", {"colour": (1, 1, 1, 2), "pixels": "yuvj420p"}, (8, (2, 2))),
    ("full422.avi", {"codec": "mjpeg", "pixels": "yuvj422p"}, (8, (2, 1))),
    ("fine.mp4", {"pixels": "yuv444p"}, (8, (1, 1))),
    ("odd.webm", {"codec": "libvpx-vp9", "size": (161, 121)}, (8, (2, 2))),
    ("ten.mp4", {"pixels": "yuv420p10le", "codec": "libx265"}, (10, (2, 2))),
    ("bt2020.mp4", {"pixels": "yuv420p10le", "codec": "libx265", "colour": (9, 16, 9, 1)}, (10, (2, 2))),
    ("pro.mov", {"pixels": "yuv422p10le", "codec": "prores_ks"}, (10, (2, 1))),
    ("twelve.mkv", {"pixels": "yuv420p12le", "codec": "libx265"}, (12, (2, 2))),
    ("grey.mkv", {"pixels": "gray", "codec": "ffv1"}, (8, (2, 2))),
    ("turned.mp4", {"colour": (1, 1, 1, 1), "size": (160, 96)}, (8, (2, 2))),
]
needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="FFmpeg's program is the referee")


def by_ffmpeg(path: Path, form: str, kind: Any) -> Any:
    what = ["-i", str(path), "-map", "0:v:0", "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", form, "-"]
    return np.frombuffer(subprocess.run(["ffmpeg", "-v", "error", *what], capture_output=True, check=True).stdout, kind)


@needs_ffmpeg
@pytest.mark.parametrize(("name", "traits", "form"), FORMS, ids=[form[0] for form in FORMS])
def test_planes_and_colours_are_ffmpegs(tmp_path: Path, name: str, traits: dict[str, Any], form: Any) -> None:
    clip = make_clip(tmp_path / name, frames=3, **traits)
    if name.startswith("turned"):
        turn(clip.path, 90)
    video = open_video(clip.path)
    frames = list(video.frames())
    assert (video.depth, video.subsampling) == form
    kind = {(2, 2): "420", (2, 1): "422", (1, 1): "444"}[video.subsampling]
    full = "j" if video.colour.range == 2 else ""
    planes = f"yuv{full}{kind}p" + ("" if video.depth == 8 else f"{video.depth}le")
    said = by_ffmpeg(clip.path, planes, np.uint8 if video.depth == 8 else np.uint16)
    ours = np.concatenate([plane.ravel() for frame in frames for plane in frame.planes])
    assert np.array_equal(said, ours)
    colours = by_ffmpeg(clip.path, "rgb24", np.uint8).reshape(3, video.height, video.width, 3).astype(int)
    assert max(np.abs(said - frame.rgb()).max() for said, frame in zip(colours, frames, strict=True)) <= 2


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("tags.mp4", {"colour": (1, 1, 1, 1)}),
        ("old.mp4", {"colour": (6, 6, 6, 1)}),
        ("full.mp4", {"colour": (1, 1, 1, 2), "pixels": "yuvj420p"}),
        ("wide.mp4", {"colour": (9, 16, 9, 1), "pixels": "yuv420p10le", "codec": "libx265"}),
        ("png.avi", {"codec": "png", "pixels": "rgb24"}),
        ("raw.avi", {"codec": "rawvideo", "pixels": "bgr24"}),
        ("tape.avi", {"codec": "dvvideo", "pixels": "yuv411p", "size": (720, 480), "rate": Fraction(30000, 1001)}),
    ],
)
def test_colours_come_back_as_they_were_drawn(tmp_path: Path, name: str, traits: dict[str, Any]) -> None:
    size = traits.get("size", (160, 120))
    video = open_video(make_clip(tmp_path / name, frames=2, **traits).path)
    frame = list(video.frames())[1]
    if "colour" in traits:
        assert video.colour == Colour(*traits["colour"])
    middle = np.s_[size[1] // 2 - 4 : size[1] // 2 + 4, 12 : size[1] // 3 - 8]
    assert np.abs(frame.rgb()[middle].astype(int).mean(axis=(0, 1)) - (250, 220, 30)).max() <= 6


def test_transparency_is_left_out_and_said(tmp_path: Path) -> None:
    video = open_video(make_clip(tmp_path / "clear.mov", codec="prores_ks", pixels="yuva444p10le", frames=2).path)
    assert video.notes == ("The transparency is left out.",)
    assert len(next(video.frames()).planes) == 3


def test_planes_cannot_be_written_and_a_changed_copy_shows_the_change(tmp_path: Path) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=1, pixels="yuv444p").path)
    frame = next(video.frames())
    assert all(plane.flags.c_contiguous and not plane.flags.writeable for plane in frame.planes)
    planes = tuple(plane.copy() for plane in frame.planes)
    planes[0][:60], planes[1][:60], planes[2][:60] = 16, 128, 128
    hidden = replace(frame, planes=planes)
    assert hidden.rgb()[:60].max() == 0
    assert hidden.frame().image[:60].max() == 0
    assert np.array_equal(hidden.rgb()[64:], frame.rgb()[64:])


@pytest.mark.parametrize("scale", [0.75, 0.5, 0.3, 0.001])
def test_a_smaller_picture_is_the_same_picture(tmp_path: Path, scale: float) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=1, size=(161, 122), pixels="yuv444p").path)
    frame = next(video.frames())
    small = frame.rgb(scale)
    size = max(round(161 * scale), 1), max(round(122 * scale), 1)
    assert small.shape == (size[1], size[0], 3)
    expected = np.asarray(Image.fromarray(frame.rgb()).resize(size, Image.Resampling.BILINEAR)).astype(int)
    assert np.abs(small - expected).mean() < 6


def test_a_frame_made_by_hand_has_colours_too() -> None:
    luma = np.full((2, 3), 81, np.uint8)
    chroma = np.full((1, 2), 90, np.uint8), np.full((1, 2), 240, np.uint8)
    frame = VideoFrame(0, Fraction(0), (luma, *chroma), 8, Colour(matrix=5, range=1))
    assert np.abs(frame.rgb().astype(int) - (255, 0, 0)).max() <= 2  # BT.601: the numbers of pure red


def test_a_thumbnail_has_square_pixels_and_shows_a_tenth_into_the_clip(tmp_path: Path) -> None:
    colours = [(0, 0, 0)] * 4 + [(200, 30, 30)] * 36

    def draw(index: int) -> Any:
        return np.full((120, 160, 3), colours[index], np.uint8)

    clip = make_clip(tmp_path / "a.mp4", frames=40, draw=draw, aspect=Fraction(2))
    (tmp_path / "thumb.jpg").write_bytes(thumbnail_video(clip.path, 80))
    with Image.open(tmp_path / "thumb.jpg") as image:
        assert image.size == (80, 30)
        assert image.getpixel((40, 15))[0] > 150


def test_a_video_says_what_it_is(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", frames=10, rate=Fraction(30000, 1001), aspect=Fraction(4, 3), sound=0.2)
    video = open_video(clip.path)
    assert isinstance(video, Video)
    assert (video.container, video.codec, video.has_audio) == ("MP4", "h264", True)
    assert (video.width, video.height, video.sample_aspect) == (160, 120, Fraction(4, 3))
    assert (video.rate, video.duration) == (Fraction(30000, 1001), Fraction(1001, 3000))
