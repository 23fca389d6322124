"""What a video discloses: every secret that is put into a clip must be told, with its place where it has one."""

import json
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from clips import make_clip
from video_canaries import Clip, box, inside, replaced

from workbench.media.disclose import disclosures
from workbench.media.facts import Disclosure

TAGS = {
    "title": "Holiday of Anna",
    "artist": "Anna Example",
    "comment": "at the harbour",
    "location": "+53.5400+009.9900+012.5/",
    "creation_time": "2024-03-14T09:25:00.000000Z",
    "encoder": "Cam Works 7",
    "copyright": "A. Example",
    "description": "birthday",
}
GROUPS = {
    "GPS", "device", "serial", "date", "thumbnail", "XMP", "maker note", "trailer", "comment", "person",
    "colour profile", "C2PA", "second picture", "other",
}  # fmt: skip


def listed(path: Path) -> list[Disclosure]:
    rows = disclosures(path)
    assert {row.group for row in rows} <= GROUPS
    return [row for row in rows if row.where != "file system"]


def said(rows: Sequence[Disclosure], group: str = "") -> str:
    return "\n".join(f"{row.label}: {row.value}" for row in rows if group in ("", row.group))


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv", "avi", "webm", "ts"])
def test_tags_of_every_container_are_told(tmp_path: Path, ending: str) -> None:
    codec = "libvpx-vp9" if ending == "webm" else "libx264"
    path = make_clip(tmp_path / f"a.{ending}", frames=6, codec=codec, metadata=TAGS, sound=0.3).path
    rows = listed(path)
    assert "a voice is personal data" in said(rows, "person")
    if ending == "ts":
        return  # it holds next to no tags
    assert TAGS["title"] in said(rows, "comment")
    assert TAGS["artist"] in said(rows, "person") and TAGS["comment"] in said(rows, "comment")
    if ending != "avi":
        assert "latitude: 53.540000°" in said(rows, "GPS") and "longitude: 9.990000°" in said(rows, "GPS")
        assert "2024-03-14" in said(rows, "date")


@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_the_settings_of_the_encoder_inside_the_pictures_are_told(tmp_path: Path, ending: str) -> None:
    path = make_clip(tmp_path / f"a.{ending}", frames=6).path
    (row,) = [row for row in listed(path) if "x264 encoder" in row.label]
    assert row.group == "device" and "x264 - core" in row.value


def test_everything_beside_the_pictures_is_told(tmp_path: Path) -> None:
    path = make_clip(
        tmp_path / "a.mp4",
        chapters=True,
        cover=True,
        subtitle="GPS (9.9900, 53.5400, 17) BAROMETER 91.2",
        telemetry=b"where the camera was",
        second=True,
    ).path
    rows = listed(path)
    assert "before the secret" in said(rows) and "after the secret" in said(rows)
    assert "BAROMETER" in said(rows, "comment")
    assert "position in subtitles: GPS (9.9900, 53.5400, 17)" in said(rows, "GPS")
    assert "may hold position and time" in said(rows, "GPS")
    assert "further video track" in said(rows, "second picture")
    assert "cover picture" in said(rows, "thumbnail")


def test_matroska_subtitles_and_chapters_are_told(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mkv", chapters=True, subtitle="latitude: 53.54").path
    rows = listed(path)
    assert "after the secret" in said(rows, "comment") and "latitude: 53.54" in said(rows, "GPS")


def atom(kind: str, text: str) -> bytes:
    raw = text.encode()
    return box(kind, len(raw).to_bytes(2, "big") + b"\x15\xc7" + raw)


def keys(**tags: str) -> bytes:
    names = [f"com.apple.quicktime.{name.replace('_', '.')}".encode() for name in tags]
    listed = b"".join(box("mdta", name) for name in names)
    items = b"".join(
        (24 + len(value)).to_bytes(4, "big")
        + (at + 1).to_bytes(4, "big")
        + box("data", b"\0\0\0\1\0\0\0\0" + value.encode())
        for at, value in enumerate(tags.values())
    )
    head = box("hdlr", bytes(8) + b"mdta" + bytes(13))
    return box("meta", head + box("keys", bytes(4) + len(names).to_bytes(4, "big") + listed) + box("ilst", items))


def loci(name: bytes, latitude: float, longitude: float) -> bytes:
    numbers = b"".join(struct.pack(">i", round(value * 65536)) for value in (longitude, latitude, 3.0))
    return box("loci", bytes(4) + b"\x15\xc7" + name + b"\0" + b"\0" + numbers + b"earth\0\0")


def xtra(name: bytes, text: str) -> bytes:
    raw = text.encode("utf-16-le") + b"\0\0"
    value = (6 + len(raw)).to_bytes(4, "big") + b"\0\x08" + raw
    body = len(name).to_bytes(4, "big") + name + b"\0\0\0\1" + value
    return box("Xtra", (4 + len(body)).to_bytes(4, "big") + body)


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="Anna Example"/></rdf:RDF></x:xmpmeta>'  # fmt: skip  # noqa: E501
XMP_ID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
CANARIES: dict[str, tuple[bytes, str, str]] = {
    "position": (box("udta", atom("\xa9xyz", "-33.8650+151.2094/")), "GPS", "latitude: -33.865000°"),
    "place": (box("udta", loci(b"Harbour Lane", 53.5, -9.25)), "GPS", "longitude: -9.250000°"),
    "name of the place": (box("udta", loci(b"Harbour Lane", 53.5, 9.25)), "GPS", "Harbour Lane"),
    "model": (box("udta", atom("\xa9mod", "Pocket Cam 3")), "device", "model: Pocket Cam 3"),
    "author": (box("udta", box("auth", bytes(4) + b"\x15\xc7Anna Example\0")), "person", "Anna Example"),
    "lens": (box("udta", box("LENS", b"LAE6101112400243" + bytes(range(32)))), "serial", "LAE6101112400243"),
    "camera": (box("udta", box("CAME", bytes(range(1, 17)))), "serial", "0102030405060708"),
    "keys": (keys(make="Cam Works", model="CW 1"), "device", "com.apple.quicktime.model: CW 1"),
    "place in keys": (keys(location_ISO6709="+53.5400+009.9900/"), "GPS", "latitude: 53.540000°"),
    "date in keys": (keys(creationdate="2024-03-14T09:25:00+0100"), "date", "2024-03-14T09:25"),
    "Windows": (box("udta", xtra(b"WM/Writer", "Anna Example")), "person", "Writer: Anna Example"),
    "XMP": (box("udta", box("XMP_", XMP)), "person", "Anna Example"),
    "XMP in a uuid": (box("uuid", XMP_ID + XMP), "person", "Anna Example"),
    "unknown uuid": (box("uuid", b"\x99" * 16 + b"12345678"), "other", "uuid box"),
    "unknown tag": (box("udta", box("HOME", b"12 Harbour Lane")), "other", "12 Harbour Lane"),
    "thumbnail": (box("udta", box("thmb", b"\xff\xd8\xff\xe0" + bytes(50))), "thumbnail", "JPEG picture"),
    "filler": (box("free", b"written by Anna"), "trailer", "written by Anna"),
}


@pytest.mark.parametrize("name", CANARIES)
def test_a_secret_in_the_boxes_is_told_in_its_group(tmp_path: Path, name: str) -> None:
    path = Clip(spans=[], frames=4).write(tmp_path / "a.mp4")
    secret, group, words = CANARIES[name]
    path.write_bytes(inside(path.read_bytes(), "moov", secret))
    rows = [row for row in listed(path) if row.group == group]
    assert words in said(rows)
    places = [row.offset for row in rows if words in f"{row.label}: {row.value}"]
    assert places[0] is not None and places[0] < path.stat().st_size


def test_bytes_behind_the_movie_are_told(tmp_path: Path) -> None:
    path = Clip(spans=[], frames=4).write(tmp_path / "a.mp4")
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\xff\xd8\xff\xe0" + bytes(40))
    assert [(row.group, row.offset) for row in listed(path) if row.group == "trailer"] == [("trailer", size)]


def test_frames_that_an_edit_list_hides_are_counted(tmp_path: Path) -> None:
    path = Clip(spans=[]).write(tmp_path / "a.mp4")
    assert "hidden" not in said(listed(path))
    start = (1024 + 5 * 512).to_bytes(4, "big")
    made = box("elst", bytes(4) + b"\0\0\0\1" + (760).to_bytes(4, "big") + start + b"\0\1\0\0")
    path.write_bytes(replaced(path.read_bytes(), "moov/trak/edts", lambda old: box("edts", made)))
    assert "frames hidden by an edit list: 5 of 24" in said(listed(path), "second picture")


def gpmf(key: bytes, kind: bytes, size: int, rows: Sequence[bytes]) -> bytes:
    body = b"".join(rows)
    return key + kind + bytes([size]) + len(rows).to_bytes(2, "big") + body + bytes(-len(body) % 4)


def test_a_gopro_track_gives_its_first_position_away(tmp_path: Path) -> None:
    scale = gpmf(b"SCAL", b"l", 4, [n.to_bytes(4, "big") for n in (10_000_000, 10_000_000, 1000, 1000, 100)])
    fix = struct.pack(">5i", -338_650_000, 1_512_094_000, 12_000, 0, 0)
    stream = gpmf(b"STRM", b"\0", 1, [bytes([byte]) for byte in scale + gpmf(b"GPS5", b"l", 20, [fix])])
    name = gpmf(b"DVNM", b"c", 1, [bytes([byte]) for byte in b"Hero of Anna"])
    device = gpmf(b"DEVC", b"\0", 1, [bytes([byte]) for byte in name + stream])
    path = make_clip(tmp_path / "a.mp4", frames=4, telemetry=device).path
    data = path.read_bytes()
    # FFmpeg writes another name for a track of data that it does not know.
    at = data.index(b"stsd", data.rindex(b"trak")) + 16
    path.write_bytes(data[:at] + b"gpmd" + data[at + 4 :])
    rows = listed(path)
    assert "latitude: -33.865000°" in said(rows, "GPS") and "longitude: 151.209400°" in said(rows, "GPS")
    assert "Hero of Anna" in said(rows, "device")


def test_a_plain_output_discloses_next_to_nothing(tmp_path: Path) -> None:
    rows = listed(Clip(spans=[]).write(tmp_path / "a.mp4"))
    assert {row.group for row in rows} == {"other"}
    assert {row.label for row in rows} <= {"container", "container brand", "handler"}


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("ending", ["mp4", "mkv", "avi"])
def test_what_is_cut_off_is_still_told_as_far_as_it_goes(tmp_path: Path, ending: str, cut: float) -> None:
    path = make_clip(tmp_path / f"a.{ending}", frames=8, metadata=TAGS).path
    os.truncate(path, int(path.stat().st_size * cut))
    assert listed(path)


def test_a_file_that_points_everywhere_ends_soon(tmp_path: Path) -> None:
    path = Clip(spans=[], frames=4).write(tmp_path / "a.mp4")
    whole = path.read_bytes()
    table = "moov/trak/mdia/minf/stbl/"
    hostile: list[Callable[[bytes], bytes]] = [
        lambda data: replaced(data, table + "stsz", lambda old: old[:12] + b"\0\0\0\1" + b"\xff\xff\xff\xff"),
        lambda data: replaced(data, table + "stsc", lambda old: old[:20] + b"\xff\xff\xff\xff" + old[24:]),
        lambda data: replaced(data, table + "stts", lambda old: old[:16] + b"\xff\xff\xff\xff" + old[20:]),
        lambda data: replaced(data, table + "stco", lambda old: old[:12] + b"\xff\xff\xff\xff" + old[16:]),
        lambda data: replaced(data, "moov/trak/edts/elst", lambda old: old[:12] + b"\xff\xff\xff\xff" + old[16:]),
    ]
    for spoil in hostile:
        path.write_bytes(spoil(whole))
        assert listed(path)


@pytest.mark.skipif(not shutil.which("exiftool") or not shutil.which("ffprobe"), reason="needs exiftool and ffprobe")
def test_nothing_that_exiftool_or_ffprobe_find_is_missing(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "a.mov", frames=8, metadata=TAGS, chapters=True, sound=0.3).path
    path.write_bytes(path.read_bytes() + box("udta", atom("\xa9mod", "Pocket Cam 3")))
    text = re.sub(r"[^a-z0-9]", "", said(listed(path)).lower())
    found = subprocess.run(["exiftool", "-j", "-G1", "-n", path], capture_output=True, check=True).stdout
    tags = {
        f"exiftool {name}": value
        for name, value in json.loads(found)[0].items()
        if name.startswith(("Keys", "User", "Item"))
    }
    command = ["ffprobe", "-v", "error", "-show_format", "-show_chapters", "-of", "json", path]
    probed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    tags |= {f"ffprobe {name}": value for name, value in probed["format"]["tags"].items() if "brand" not in name}
    tags |= {f"chapter {at}": chapter["tags"]["title"] for at, chapter in enumerate(probed["chapters"])}
    told = ("minor_version", "GPS", "location", "ChapterList")
    missing = [
        name
        for name, value in tags.items()
        if not any(word in name for word in told)
        and re.sub(r"\.0+Z$|(?<=\d)T(?=\d)|[^a-z0-9]", "", str(value), flags=re.IGNORECASE).lower() not in text
    ]
    assert missing == []
