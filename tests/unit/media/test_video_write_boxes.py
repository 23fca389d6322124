"""Nothing but what a player needs is in the file, read byte by byte and by programs made to find more."""

import json
import shutil
import struct
import subprocess
from fractions import Fraction

import numpy as np
import pytest
from video_writing import beeps, boxes, clip_of, movie, needs_ffprobe, probe, steady, with_sound

from workbench.media import video_mp4, video_nal
from workbench.media.video_audio import sound
from workbench.values import FileError

PICTURE = "tkhd mdia mdia/mdhd mdia/hdlr mdia/minf mdia/minf/vmhd mdia/minf/dinf mdia/minf/dinf/dref mdia/minf/stbl"
TABLES = ["stsd", "stts", "stss", "stsc", "stsz", "stco"]


@pytest.fixture(params=[8, 10], ids=["H.264", "HEVC"])
def silent(request, tmp_path):
    return movie(clip_of(depth=request.param), tmp_path / "out.mp4", steady(20), parts=8)


@pytest.fixture
def speaking(tmp_path):
    source = with_sound(tmp_path / "source.mov", beeps(0.1, 0.9))
    return movie(clip_of(), tmp_path / "out.mp4", steady(50), parts=20, audio=sound(source, "keep"))


def test_the_boxes_are_exactly_these(silent):
    data = silent.read_bytes()
    found = [path for path, _, _ in boxes(data)]
    track = [f"/moov/trak/{name}" for name in PICTURE.split()]
    tables = [f"/moov/trak/mdia/minf/stbl/{name}" for name in TABLES]
    assert found == ["/ftyp", "/moov", "/moov/mvhd", "/moov/trak", *track, *tables, "/mdat"]
    assert list(boxes(data))[-1][2] == len(data)


def test_only_the_sound_has_an_edit_list(speaking):
    data = speaking.read_bytes()
    paths = [path for path, _, _ in boxes(data)]
    assert paths.count("/moov/trak/edts/elst") == 1
    begin = next(begin for path, begin, _ in boxes(data) if path.endswith("elst"))
    count, shown, skipped = struct.unpack(">IQq", data[begin + 4 : begin + 24])
    assert (count, shown, skipped) == (1, 2 * 12800, 1024)


def test_nobody_signed_the_file(silent, speaking):
    for path in (silent, speaking):
        data = path.read_bytes().lower()
        assert not [word for word in (b"x264", b"x265", b"lavc", b"lavf", b"ffmpeg", b"handler") if word in data]


def test_no_time_of_making(speaking):
    data = speaking.read_bytes()
    dated = [begin for path, begin, _ in boxes(data) if path[-4:] in ("mvhd", "tkhd", "mdhd")]
    assert len(dated) == 5
    assert all(data[begin] == 0 and not any(data[begin + 4 : begin + 12]) for begin in dated)


def test_samples_hold_pictures_only(silent):
    codec = "h264" if b"avc1" in silent.read_bytes() else "hevc"
    data = silent.read_bytes()
    at, end = next((begin, end) for path, begin, end in boxes(data) if path == "/mdat")
    found = set()
    while at < end:
        (length,) = struct.unpack(">I", data[at : at + 4])
        found.add(video_nal.kind(codec, data[at + 4 : at + 6]))
        at += 4 + length
    assert found and found <= (set(range(1, 6)) if codec == "h264" else set(range(32)))


@needs_ffprobe
def test_ffmpeg_plays_every_frame_without_a_word(silent, speaking):
    for path in (silent, speaking):
        command = ["ffmpeg", "-v", "warning", "-xerror", "-i", str(path), "-f", "null", "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stderr == ""


@needs_ffprobe
def test_ffprobe_finds_two_streams_and_no_tags(speaking):
    found = probe(speaking)
    assert [stream["codec_type"] for stream in found["streams"]] == ["video", "audio"]
    assert set(found["format"]["tags"]) == {"major_brand", "minor_version", "compatible_brands"}
    tags = [{key for key in stream["tags"] if key not in ("language", "vendor_id")} for stream in found["streams"]]
    assert all(value <= {"handler_name"} for value in tags)
    assert not [stream["tags"]["handler_name"] for stream in found["streams"] if stream["tags"].get("handler_name")]
    assert all(float(stream["duration"]) == pytest.approx(2, abs=1e-4) for stream in found["streams"])
    assert "side_data_list" not in found["streams"][0]


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_finds_no_date_and_no_name(speaking):
    command = ["exiftool", "-j", "-G1", "-a", "-u", "-ee", str(speaking)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)[0]
    told = {key.split(":")[1]: value for key, value in found.items() if key.startswith(("Track", "QuickTime"))}
    assert all(value == "0000:00:00 00:00:00" for key, value in told.items() if key.endswith("Date"))
    assert not [key for key in told if key in ("Encoder", "HandlerDescription", "CompressorName", "UserData", "Title")]


def test_the_index_stands_in_front_and_sound_beside_its_picture(speaking):
    data = speaking.read_bytes()
    paths = [path for path, _, _ in boxes(data)]
    assert paths.index("/moov") < paths.index("/mdat")
    offsets = [
        np.frombuffer(data[begin + 8 : end], ">u4") for path, begin, end in boxes(data) if path.endswith("/stco")
    ]
    pictures, sounds = offsets
    # Pictures of a second, but never of two segments, then its sound.
    assert pictures[0] < sounds[0] < pictures[1] < pictures[2] < sounds[1] < pictures[3]


def track(**changes):
    given = {
        "sound": False,
        "timescale": 25,
        "durations": [1, 1],
        "sizes": [3, 4],
        "keys": [1],
        "entry": b"",
        "chunks": [(0, 2)],
        "size": (Fraction(64), 48),
        "shown": 2,
    }
    return video_mp4.Track(**{**given, **changes})


@pytest.mark.parametrize(("samples", "wide"), [(7, False), (2**32 - 8, True), (2**33, True)])
def test_files_beyond_4_gib_have_wide_offsets(samples, wide):
    far = samples - 7
    head = video_mp4.head([track(chunks=[(0, 1), (far, 1)])], 25, samples, hevc=False)
    assert (b"co64" in head) == wide and (b"stco" in head) != wide
    table = head.index(b"co64" if wide else b"stco") + 12
    first, second = np.frombuffer(head[table : table + (16 if wide else 8)], ">u8" if wide else ">u4")
    assert (first, second) == (len(head), len(head) + far)
    assert head[-16:-8] == b"\0\0\0\1mdat" if samples > 2**32 - 17 else head[-4:] == b"mdat"


def test_a_clip_of_many_years_has_wide_durations():
    head = video_mp4.head([track(durations=[2**31] * 4, sizes=[1] * 4, shown=2**33)], 25, 4, hevc=False)
    begin = next(begin for path, begin, _ in boxes(head[:-8]) if path == "/moov/mvhd")
    version, scale, duration = struct.unpack(">B3x16xIQ", head[begin : begin + 32])
    assert (version, scale, duration) == (1, 25, 2**33)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"", []),
        (b"\0\0\1\x65ab\0\0\0\1\x41c", [b"\x65ab", b"\x41c"]),
        (b"\0\0\0\1\x09\xf0\0\0\1\x65a\0\0\3\0", [b"\x09\xf0", b"\x65a\0\0\3"]),
    ],
)
def test_units_are_told_apart(stream, expected):
    assert list(video_nal.units(stream)) == expected


def test_messages_are_left_out_and_unknown_units_refused():
    picture, message, sets = b"\x65pic", b"\x06\x05name", (b"\x67sps", b"\x68pps")
    stream = b"".join(b"\0\0\1" + unit for unit in (*sets, message, picture))
    assert video_nal.parameter_sets("h264", stream) == sets
    assert video_nal.sample("h264", stream, sets) == b"\0\0\0\4" + picture
    with pytest.raises(FileError, match="unexpected unit"):
        video_nal.sample("h264", b"\0\0\1\x67other", sets)
