"""Files that are no whole, readable video: one clear sentence each, and never a frame too few in silence."""

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from clips import as_frame, cut, make_clip, make_sound, scene, spoil

from workbench.media.video import DOUBTED, VIDEO_SUFFIXES, is_video, last_good, open_video
from workbench.media.video_frames import Frames
from workbench.values import FileError


def refusal(path: Path) -> str:
    with pytest.raises(FileError) as error:
        list(open_video(path).frames())
    text = str(error.value)
    assert text.startswith(path.name)
    assert text.endswith(".")
    assert str(path.parent) not in text
    return text


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "gone.mp4")
    assert "folder" in refusal(tmp_path) if tmp_path.name else True
    (tmp_path / "empty.mp4").touch()
    assert "empty" in refusal(tmp_path / "empty.mp4")
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "pipe" in refusal(tmp_path / "pipe.mp4")
    clip = make_clip(tmp_path / "a.mp4", frames=1)
    (tmp_path / "link.mp4").symlink_to(clip.path)
    assert "link" in refusal(tmp_path / "link.mp4")


@pytest.mark.parametrize(
    "content",
    [b"hello", b"#EXTM3U\nhttps://192.0.2.1/a.ts\n", b"ffconcat version 1.0\nfile other.mp4\n", b"\x89PNG\r\n\x1a\n"],
)
def test_other_files_are_never_opened_as_a_video(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "playlist.mp4"
    path.write_bytes(content)
    assert not is_video(path)
    assert "not a video" in refusal(path)


def test_garbage_behind_a_good_start(tmp_path: Path) -> None:
    for start in (b"\0\0\0\x18ftypisom", b"\x1aE\xdf\xa3", b"RIFF\0\0\1\0AVI LIST"):
        path = tmp_path / "garbage.mp4"
        path.write_bytes(start + os.urandom(4000))
        assert is_video(path)
        refusal(path)


def test_sound_only(tmp_path: Path) -> None:
    assert "sound only" in refusal(make_sound(tmp_path / "voice.mp4"))


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "fast.mp4"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_file_that_was_cut_short(tmp_path: Path, name: str, share: float) -> None:
    clip = make_clip(tmp_path / name, codec="libvpx-vp9" if name == "a.webm" else "libx264", sound=1.0)
    if name == "fast.mp4":
        _index_first(clip.path)
    cut(clip.path, share)
    assert "cut short" in (text := refusal(clip.path)) or "no index" in text


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("a.mkv", {}),
        ("b.mkv", {"b_frames": 3}),
        ("a.webm", {"codec": "libvpx-vp9"}),
        ("a.avi", {"codec": "mjpeg", "pixels": "yuvj420p"}),
        ("fast.mp4", {"b_frames": 3}),
    ],
)
@pytest.mark.parametrize("share", [0.5, 0.7, 0.97])
def test_a_file_that_was_cut_short_up_to_its_last_good_frame(
    tmp_path: Path, name: str, traits: dict[str, Any], share: float
) -> None:
    clip = make_clip(tmp_path / name, frames=60, sound=1.0, **traits)
    if name == "fast.mp4":
        _index_first(clip.path)
    every = [(frame.time, frame.planes[0].copy()) for frame in open_video(clip.path).frames()]
    cut(clip.path, share)
    video = last_good(open_video(clip.path, whole=False))
    left = [(frame.time, frame.planes[0]) for frame in video.frames()]
    assert 5 < len(left) == video.expected_frames < len(every)
    assert video.times() == [time for time, _ in left] == [time for time, _ in every[: len(left)]]
    assert all(np.array_equal(one, other) for (_, one), (_, other) in zip(left, every, strict=False))
    assert video.duration == every[len(left)][0]
    assert f"only its first {len(left)} frames" in video.notes[-1]


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("b.mp4", "mpeg4"), ("c.mkv", "libsvtav1")])
def test_a_damaged_clip_up_to_its_last_good_frame(tmp_path: Path, name: str, codec: str) -> None:
    clip = make_clip(tmp_path / name, codec=codec, frames=24)
    every = [frame.planes[0].copy() for frame in open_video(clip.path).frames()]
    spoil(clip.path, 12, 400)
    ticks: list[int] = []
    video = last_good(open_video(clip.path, whole=False), ticks.append)
    left = [frame.planes[0] for frame in video.frames()]
    assert 12 - DOUBTED <= len(left) <= 12
    assert ticks == sorted(ticks) and len(ticks) >= len(left)
    assert all(np.array_equal(one, other) for one, other in zip(left, every, strict=False))
    with Frames(video) as access:
        assert np.array_equal(access.at(len(left) - 1).planes[0], left[-1])


def test_a_whole_clip_is_whole_whatever_is_allowed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", b_frames=3)
    whole = open_video(clip.path)
    assert last_good(open_video(clip.path, whole=False)) == whole
    assert len(list(last_good(open_video(clip.path, whole=False)).frames())) == whole.expected_frames


def test_a_clip_without_a_good_frame_is_refused_in_any_case(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4", codec="mpeg4")
    spoil(clip.path, 1, 400)
    with pytest.raises(FileError, match=r"^a\.mp4 is damaged from its start"):
        last_good(open_video(clip.path, whole=False))
    unfinished = make_clip(tmp_path / "b.mp4")
    cut(unfinished.path, 0.5)
    with pytest.raises(FileError, match=r"no index|cut short"):
        open_video(unfinished.path, whole=False)


def _index_first(path: Path) -> None:
    """Write the file anew with its index in front."""
    data = path.with_suffix(".tmp")
    with av.open(str(path)) as source, av.open(str(data), "w", "mp4", options={"movflags": "faststart"}) as out:
        streams = {stream.index: out.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream_index]
                out.mux(packet)
    data.replace(path)


@pytest.mark.parametrize("frame", [0, 12])
@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("b.mp4", "mpeg4"), ("c.mkv", "libsvtav1"), ("d.mov", "mjpeg")],
)
def test_a_damaged_frame_is_named(tmp_path: Path, name: str, codec: str, frame: int) -> None:
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = make_clip(tmp_path / name, codec=codec, pixels=pixels)
    spoil(clip.path, frame, 400)
    text = refusal(clip.path)
    # An AV1 decoder that works on several frames at once notices it a frame later.
    places = [f"at frame {number} " for number in (frame + 1, frame + 2)]
    assert any(place in text for place in places) or (frame == 0 and "cannot be decoded" in text)


def test_frames_before_the_damage_are_the_true_ones(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mp4")
    spoil(clip.path, 12, 400)
    frames = open_video(clip.path).frames()
    assert [next(frames).index for _ in range(12)] == list(range(12))
    with pytest.raises(FileError, match="frame 13"):
        next(frames)
    with Frames(open_video(clip.path)) as access:
        with pytest.raises(FileError, match="frame 13"):
            access.at(20)
        assert access.at(3).index == 3


def test_a_clip_that_changes_its_size(tmp_path: Path) -> None:
    small = make_clip(tmp_path / "s.ts", frames=6).path
    large = make_clip(tmp_path / "l.ts", size=(320, 240), ticks=range(6, 12), time_base=Fraction(1, 25)).path
    joined = tmp_path / "grows.ts"
    joined.write_bytes(small.read_bytes() + large.read_bytes())
    assert "at frame" in refusal(joined)


def test_an_encrypted_clip(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "film.mp4", frames=2)
    data = clip.path.read_bytes()
    at = data.index(b"avc1", data.index(b"stsd"))
    clip.path.write_bytes(data[:at] + b"encv" + data[at + 4 :])
    assert "encrypted" in refusal(clip.path)


def test_frames_without_end_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "vast.avi"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", 1)
        stream.width, stream.height, stream.pix_fmt = 20_000, 16, "yuvj420p"
        for packet in [*stream.encode(as_frame(scene(0, (20_000, 16)), "yuvj420p")), *stream.encode(None)]:
            out.mux(packet)
    assert "too large" in refusal(path)


def test_an_initial_segment_without_pictures(tmp_path: Path) -> None:
    path = tmp_path / "init.mp4"
    with av.open(str(path), "w", options={"movflags": "empty_moov+frag_keyframe"}) as out:
        stream = out.add_stream("libx264", 25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        out.start_encoding()
    assert "no picture" in refusal(path)


def test_names_of_videos() -> None:
    assert {".mp4", ".mov", ".mkv", ".avi", ".webm"} <= VIDEO_SUFFIXES
    assert is_video(b"\0\0\0\x20ftypisom" + bytes(20))
    assert not is_video(b"\0\0\0\x18ftypheic" + bytes(20))
    assert not is_video(b"\0\0\0\x18ftypM4A " + bytes(20))
    assert not is_video(b"")
