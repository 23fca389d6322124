"""Any frame on demand: always the one that reading from the start gives, in memory that does not grow."""

import random
import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clips import make_clip

from workbench.media.video import Video, VideoFrame, open_video
from workbench.media.video_frames import Frames

SORTS: list[tuple[str, dict[str, Any]]] = [
    ("b.mp4", {"b_frames": 2}),
    ("open.mkv", {"b_frames": 3, "options": {"x264-params": "open-gop=1"}}),
    ("refresh.mp4", {"options": {"x264-params": "intra-refresh=1"}}),
    ("tv.mp4", {"interlaced": True}),
    ("hevc.mp4", {"codec": "libx265", "b_frames": 2}),
    ("vp9.webm", {"codec": "libvpx-vp9"}),
    ("av1.mkv", {"codec": "libsvtav1"}),
    ("stream.ts", {"b_frames": 2}),
    ("packed.avi", {"codec": "mpeg4", "b_frames": 2}),
]


def same(one: VideoFrame, other: VideoFrame) -> bool:
    return (one.index, one.time) == (other.index, other.time) and all(
        np.array_equal(a, b) for a, b in zip(one.planes, other.planes, strict=True)
    )


@pytest.mark.parametrize(("name", "traits"), SORTS, ids=[sort[0] for sort in SORTS])
def test_going_to_a_frame_gives_what_reading_gives(tmp_path: Path, name: str, traits: dict[str, Any]) -> None:
    video = open_video(make_clip(tmp_path / name, frames=50, key_every=10, **traits).path)
    whole = list(video.frames())
    for first, last in ((0, 3), (9, 12), (10, 11), (29, 32), (49, None), (48, 99)):
        part = list(video.frames(first, last))
        assert [frame.index for frame in part] == list(range(first, min(last or 50, 50)))
        assert all(same(frame, whole[frame.index]) for frame in part)
    assert list(video.frames(50)) == []
    order = [*random.Random(3).choices(range(50), k=25), 20, 19, 18, 17, 16, 15]
    with Frames(video) as frames:
        assert frames.count == 50
        assert all(same(frames.at(index), whole[index]) for index in order)


class Counting:
    """Counts the frames that are decoded on the way."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from workbench.media import video_decode

        self.count = 0
        inner = video_decode._pictures

        def pictures(clip: Any) -> Any:
            for picture in inner(clip):
                self.count += 1
                yield picture

        monkeypatch.setattr(video_decode, "_pictures", pictures)


def test_a_resumed_clip_is_not_decoded_from_its_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=100, key_every=10, b_frames=2).path)
    counting = Counting(monkeypatch)
    assert next(video.frames(95)).index == 95
    assert counting.count < 12


def test_a_player_steps_without_decoding_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=100, key_every=25).path)
    with Frames(video) as frames:
        counting = Counting(monkeypatch)
        for index in range(60, 90):
            frames.at(index)
        assert counting.count <= 42
        before = counting.count
        for index in range(89, 60, -1):
            frames.at(index)
        assert counting.count == before


def test_little_memory_is_kept(tmp_path: Path) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=40).path)
    one = sum(plane.nbytes for plane in next(video.frames()).planes)
    with Frames(video, memory=4 * one) as frames:
        for index in [*range(40), *range(39, -1, -1)]:
            assert frames.at(index).index == index
            assert len(frames._kept) <= 4
        with Frames(video, memory=0) as poor:
            assert poor.at(30).index == 30


def test_times_and_positions(tmp_path: Path) -> None:
    ticks = [0, 10, 30, 31, 90]
    video = open_video(make_clip(tmp_path / "a.mp4", ticks=ticks, time_base=Fraction(1, 100)).path)
    with Frames(video) as frames:
        assert frames.times == [Fraction(tick, 100) for tick in ticks]
        asked = [Fraction(-1), 0, 0.09, Fraction(1, 10), 0.3, 0.305, 0.5, 7]
        assert [frames.index_at(time) for time in asked] == [0, 0, 0, 1, 2, 2, 3, 4]
        for wrong in (-1, 5):
            with pytest.raises(IndexError):
                frames.at(wrong)


def test_several_threads_at_once(tmp_path: Path) -> None:
    video = open_video(make_clip(tmp_path / "a.mp4", frames=60, key_every=10).path)
    whole = list(video.frames())
    wrong: list[int] = []
    with Frames(video) as frames:

        def look(seed: int) -> None:
            for index in random.Random(seed).choices(range(60), k=20):
                if not same(frames.at(index), whole[index]):
                    wrong.append(index)

        threads = [threading.Thread(target=look, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_video_of_one_frame(tmp_path: Path) -> None:
    video: Video = open_video(make_clip(tmp_path / "a.mp4", frames=1).path)
    with Frames(video) as frames:
        assert frames.at(0).time == 0
        assert frames.index_at(3) == 0
