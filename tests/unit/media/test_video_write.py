import errno
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from video_writing import clip_of, movie, needs_ffprobe, pictures_of, planes_of, probe, segment, steady, times_of

from workbench.media.video_write import SegmentWriter, coded_subsampling, format_notes, join, read_segment
from workbench.values import FileError

VARIABLE = [Fraction(n, 1000) for n in (0, 33, 67, 100, 2500, 2501, 2540, 9000, 9040, 9041)]


@pytest.mark.parametrize(
    ("base", "times"),
    [
        (Fraction(1, 1000), VARIABLE),
        (Fraction(1001, 30000), [number * Fraction(1001, 30000) for number in range(12)]),
        (Fraction(1, 90000), [Fraction(n, 90000) for n in (0, 3003, 6006, 9010, 12012, 200000)]),
        (Fraction(1, 10**9), [Fraction(n * 33_366_667, 10**9) for n in range(9)]),
        (Fraction(1, 10**9), [Fraction(0), Fraction(1, 30), Fraction(7)]),  # a pause of more than 32 bits of ticks
        (Fraction(1, 30), [Fraction(0), Fraction(1, 25), Fraction(2, 25)]),  # repaired: not on the source's clock
    ],
    ids=["variable", "ntsc", "90k", "nanoseconds", "long pause", "off the clock"],
)
def test_every_frame_keeps_its_exact_time(tmp_path, base, times):
    done = movie(clip_of(base=base), tmp_path / "out.mp4", times, parts=4)
    assert times_of(done) == times


def test_the_last_frame_keeps_its_duration(tmp_path):
    done = movie(clip_of(), tmp_path / "out.mp4", steady(10), last=Fraction(3))
    with av.open(str(done)) as container:
        stream = container.streams.video[0]
        assert stream.duration * stream.time_base == Fraction(9, 25) + 3
        assert stream.start_time == 0


@pytest.mark.parametrize(
    ("clip", "form"),
    [
        (clip_of(), "yuv420p"),
        (clip_of(subsampling=(2, 1)), "yuv422p"),
        (clip_of(subsampling=(1, 1)), "yuv444p"),
        (clip_of(subsampling=(1, 2)), "yuv444p"),
        (clip_of(depth=10), "yuv420p10le"),
        (clip_of(depth=10, subsampling=(2, 1)), "yuv422p10le"),
        (clip_of(depth=12, subsampling=(1, 1)), "yuv444p10le"),
        (clip_of(65, 49), "yuv444p"),
        (clip_of(64, 49), "yuv422p"),
        (clip_of(65, 48, subsampling=(2, 1)), "yuv444p"),
        (clip_of(65, 49, depth=10), "yuv444p10le"),
        (clip_of(2, 2), "yuv420p"),
        (clip_of(1, 1), "yuv444p"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.width}x{value.height}",
)
def test_size_and_samples_are_the_sources(tmp_path, clip, form):
    done = movie(clip, tmp_path / "out.mp4", steady(8), parts=5)
    with av.open(str(done)) as container:
        context = container.streams.video[0].codec_context
        assert (context.width, context.height, context.pix_fmt) == (clip.width, clip.height, form)
        assert context.codec_tag == ("avc1" if clip.depth == 8 else "hvc1")
    shown = pictures_of(done)
    assert len(shown) == 8
    scale = 1 << (clip.depth - 8)
    for number, planes in enumerate(shown):
        drop = max(clip.depth - 10, 0)
        for plane, source in zip(planes, planes_of(clip, number), strict=True):
            y, x = (-(-clip.height // source.shape[0]), -(-clip.width // source.shape[1]))
            wide = source.repeat(y, axis=0).repeat(x, axis=1)[: clip.height, : clip.width]
            step = -(-clip.height // plane.shape[0]), -(-clip.width // plane.shape[1])
            error = plane.astype(int) - (wide[:: step[0], :: step[1]].astype(int) >> drop)
            assert np.abs(error).mean() < 6 * scale / (1 << drop)


def test_finer_chroma_and_fewer_bits_are_said():
    assert format_notes(clip_of()) == ()
    assert coded_subsampling(clip_of(64, 49)) == (2, 1)
    (note,) = format_notes(clip_of(65, 49))
    assert "odd" in note
    (note,) = format_notes(clip_of(depth=12))
    assert "12 bits" in note and "10" in note


@needs_ffprobe
@pytest.mark.parametrize("depth", [8, 10])
def test_colour_aspect_and_range_are_kept(tmp_path, depth):
    clip = clip_of(depth=depth, aspect=Fraction(16, 11), colour=(9, 16, 9, 2))
    stream = probe(movie(clip, tmp_path / "out.mp4", steady(3)))["streams"][0]
    assert stream["sample_aspect_ratio"] == "16:11"
    assert (stream["color_primaries"], stream["color_transfer"]) == ("bt2020", "smpte2084")
    assert (stream["color_space"], stream["color_range"]) == ("bt2020nc", "pc")


@needs_ffprobe
def test_what_is_unspecified_stays_so(tmp_path):
    stream = probe(movie(clip_of(colour=(2, 2, 2, 0)), tmp_path / "out.mp4", steady(3)))["streams"][0]
    assert not {"color_space", "color_primaries", "color_transfer"} & {
        key for key, value in stream.items() if value != "unknown"
    }


@needs_ffprobe
@pytest.mark.parametrize("depth", [8, 10])
def test_frames_are_stored_as_they_are_shown(tmp_path, depth):
    packets = probe(movie(clip_of(depth=depth), tmp_path / "out.mp4", steady(30), parts=12))["packets"]
    assert [packet["pts"] for packet in packets] == [packet["dts"] for packet in packets]
    keys = {number for number, packet in enumerate(packets) if "K" in packet["flags"]}
    assert {0, 12, 24} <= keys


def test_a_border_between_segments_changes_no_frame(tmp_path):
    clip, times = clip_of(), steady(12)
    parts = [segment(clip, tmp_path / "a", times[:6]), segment(clip, tmp_path / "b", times[6:], 6)]
    join(parts, tmp_path / "both.mp4", clip, Fraction(1, 25))
    alone = segment(clip, tmp_path / "c", times[:6], 6)
    join(parts[:1], tmp_path / "first.mp4", clip, Fraction(1, 25))
    join([alone], tmp_path / "second.mp4", clip, Fraction(1, 25))
    expected = pictures_of(tmp_path / "first.mp4") + pictures_of(tmp_path / "second.mp4")
    for shown, wanted in zip(pictures_of(tmp_path / "both.mp4"), expected, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(shown, wanted, strict=True))


def test_equal_frames_give_equal_files(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    files = [movie(clip_of(), tmp_path / name / "out.mp4", steady(9)) for name in "ab"]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_finished_segment_is_found_again(tmp_path):
    made = segment(clip_of(), tmp_path / "one.seg", steady(5))
    assert read_segment(made.path) == made
    assert (made.frames, made.first, made.last) == (5, 0, Fraction(4, 25))


@pytest.mark.parametrize("kept", [0, 10, 500, -1])
def test_a_segment_cut_short_is_none(tmp_path, kept):
    path = segment(clip_of(), tmp_path / "one.seg", steady(5)).path
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(FileError, match=r"one\.seg.*damaged"):
        read_segment(path)


def test_a_segment_that_changed_on_the_disk_is_not_joined(tmp_path):
    made = segment(clip_of(), tmp_path / "one.seg", steady(5))
    data = bytearray(made.path.read_bytes())
    data[30] ^= 1
    made.path.write_bytes(data)
    with pytest.raises(FileError, match="damaged"):
        join([made], tmp_path / "out.mp4", clip_of(), Fraction(1, 25))
    assert not (tmp_path / "out.mp4").exists()


def test_an_abandoned_segment_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), SegmentWriter(tmp_path / "one.seg", clip_of(), 20) as writer:
        writer.write(planes_of(clip_of(), 0), Fraction(0))
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_segments_of_different_settings_are_not_joined(tmp_path):
    clip, times = clip_of(), steady(8)
    parts = [segment(clip, tmp_path / "a", times[:4]), segment(clip_of(32, 32), tmp_path / "b", times[4:])]
    with pytest.raises(FileError, match=r"holiday\.mov do not fit together"):
        join(parts, tmp_path / "out.mp4", clip, Fraction(1, 25))
    with pytest.raises(FileError, match="do not fit together"):
        join([], tmp_path / "out.mp4", clip, Fraction(1, 25))


def test_segments_in_the_wrong_order_are_refused(tmp_path):
    clip, times = clip_of(), steady(8)
    parts = [segment(clip, tmp_path / "a", times[4:]), segment(clip, tmp_path / "b", times[:4])]
    with pytest.raises(FileError, match=r"holiday\.mov"):
        join(parts, tmp_path / "out.mp4", clip, Fraction(1, 25))
    assert not (tmp_path / "out.mp4").exists()


def test_two_frames_at_one_time_are_refused(tmp_path):
    with pytest.raises(FileError, match=r"holiday\.mov has two frames at the same time"):
        segment(clip_of(), tmp_path / "one.seg", [Fraction(0), Fraction(0)])
    assert not list(tmp_path.iterdir())


def test_a_size_that_no_encoder_takes_is_one_sentence(tmp_path):
    with pytest.raises(FileError, match=r"holiday\.mov cannot be encoded at 4x4 pixels"):
        SegmentWriter(tmp_path / "one.seg", clip_of(4, 4, depth=10), 20)
    assert not list(tmp_path.iterdir())


class _FullDisk:
    """A file on a disk without any space left."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self):
        self._file.close()


@pytest.fixture
def full_disk(monkeypatch):
    opened = Path.open

    def fake(path, mode="r", **more):
        file = opened(path, mode, **more)
        return _FullDisk(file) if mode == "wb" else file

    return lambda: monkeypatch.setattr(Path, "open", fake)


def test_a_full_disk_is_one_sentence_and_leaves_no_segment(tmp_path, full_disk):
    full_disk()
    with pytest.raises(FileError, match=r"^holiday\.mov cannot be written, because the disk is full: free some space"):
        segment(clip_of(), tmp_path / "one.seg", steady(40))
    assert not list(tmp_path.iterdir())


def test_a_full_disk_while_joining_leaves_no_movie(tmp_path, full_disk):
    made = segment(clip_of(), tmp_path / "one.seg", steady(5))
    full_disk()
    with pytest.raises(FileError, match="disk is full"):
        join([made], tmp_path / "out.mp4", clip_of(), Fraction(1, 25))
    assert [path.name for path in tmp_path.iterdir()] == ["one.seg"]


def test_smaller_compression_is_better(tmp_path):
    sizes = [
        segment(clip_of(), tmp_path / "x", steady(5), compression=number).path.stat().st_size for number in (10, 35)
    ]
    assert sizes[0] > 1.5 * sizes[1]
