import json
import os
import shutil
import subprocess

import media_canaries as canaries
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.media.disclose import disclosures
from workbench.media.facts import Facts, Source
from workbench.media.facts_xmp import read_xmp
from workbench.values import FileError

CLEAN = canaries.clean()
PLANTED = canaries.planted()


def listed(tmp_path, data, name="photo"):
    path = tmp_path / name
    path.write_bytes(data)
    return [row for row in disclosures(path) if row.where != "file system"]


def values(rows, group):
    return {row.label: row.value for row in rows if row.group == group}


@pytest.mark.parametrize("make", [lambda path: path.write_bytes(b""), lambda path: path.mkdir(), lambda path: None])
def test_what_cannot_be_read_is_one_sentence_that_names_the_file(tmp_path, make):
    path = tmp_path / "odd.jpg"
    make(path)
    with pytest.raises(FileError, match=r"^odd\.jpg "):
        disclosures(path)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_discloses_its_name_and_date_only(tmp_path, name):
    path = tmp_path / "holiday in a place.x"
    path.write_bytes(CLEAN[name])
    os.utime(path, (0, 981173106))
    rows = [(row.group, row.label, row.value) for row in disclosures(path)]
    assert rows[:2] == [
        ("other", "file name", "holiday in a place.x"),
        ("date", "file modification time", "2001-02-03 04:05:06 UTC"),
    ]
    assert {group for group, _, _ in rows[2:]} <= {"second picture"}
    assert len(rows) == 2 or name == "tiff pages"


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_is_disclosed(tmp_path, name):
    data, group, readable = PLANTED[name]
    rows = listed(tmp_path, data)
    assert group in {row.group for row in rows}
    assert any(canaries.CANARY in row.value for row in rows) or not readable
    assert all(row.offset is not None and 0 <= row.offset < len(data) for row in rows)


@pytest.mark.parametrize("name", ["exif artist", "comment", "iptc", "unknown segment", "tiff artist", "gif comment"])
def test_the_offset_leads_to_the_value(tmp_path, name):
    data = PLANTED[name][0]
    row = next(row for row in listed(tmp_path, data) if row.value == canaries.CANARY)
    # A TIFF tag's place is its entry, whose last four bytes point to the value.
    assert row.offset <= data.index(canaries.RAW) <= row.offset + 250


def test_coordinates_stand_on_lines_of_their_own_in_decimal_degrees(tmp_path):
    found = values(listed(tmp_path, PLANTED["exif gps"][0]), "GPS")
    assert found["latitude"] == "-33.856784°"
    assert found["longitude"] == "151.215297°"
    assert found["altitude"] == "25.0 m"
    assert found["positioning method"] == canaries.CANARY


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", {}),
        ("<exif:GPSLatitude>33,51.40704S</exif:GPSLatitude>", {"latitude (exif:GPSLatitude)": "-33.856784°"}),
        ("<exif:GPSLongitude>151,12,55.07E</exif:GPSLongitude>", {"longitude (exif:GPSLongitude)": "151.215297°"}),
        (
            '<d:GpsLatitude xmlns:d="http://www.dji.com/drone-dji/1.0/">+52.520008</d:GpsLatitude>',
            {"latitude (drone-dji:GpsLatitude)": "52.520008°"},
        ),
    ],
)
def test_positions_in_xmp(tmp_path, body, expected):
    packet = b"http://ns.adobe.com/xap/1.0/\0" + canaries.xmp(body)
    rows = listed(tmp_path, canaries.with_segment(CLEAN["jpeg"], 0xE1, packet))
    assert values(rows, "GPS") == expected
    assert values(rows, "serial") == {"xmpMM:DocumentID": canaries.CANARY}


def test_names_of_people_in_face_regions(tmp_path):
    region = (
        '<m:Regions xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/"><m:RegionList><rdf:Bag><rdf:li>'
        f'<rdf:Description m:Name="{canaries.CANARY}" m:Type="Face"/></rdf:li></rdf:Bag></m:RegionList></m:Regions>'
    )
    packet = b"http://ns.adobe.com/xap/1.0/\0" + canaries.xmp(region)
    rows = listed(tmp_path, canaries.with_segment(CLEAN["jpeg"], 0xE1, packet))
    assert ("mwg-rs:RegionList mwg-rs:Name", canaries.CANARY) in values(rows, "person").items()


def test_xmp_that_declares_entities_is_not_parsed():
    facts = Facts()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>' + canaries.xmp("&a;" * 3)
    read_xmp(facts, Source(bomb, "XMP"))
    assert [row.label for row in facts.rows] == ["XMP packet", "XMP not read"]


def test_damaged_xmp_still_gives_what_can_be_picked_out():
    facts = Facts()
    read_xmp(facts, Source(canaries.xmp()[:-30], "XMP"))
    assert values(facts.rows, "serial") == {"xmpMM:DocumentID": canaries.CANARY}


def test_a_thumbnail_is_disclosed_with_its_size(tmp_path):
    rows = listed(tmp_path, PLANTED["photoshop thumbnail"][0])
    assert any(row.value.startswith("24 x 16 pixels") for row in rows if row.group == "thumbnail")


def test_the_second_picture_behind_the_end_is_looked_into(tmp_path):
    inner = PLANTED["exif serial"][0]
    rows = listed(tmp_path, CLEAN["jpeg"] + inner)
    serial = next(row for row in rows if row.group == "serial")
    assert serial.value == canaries.CANARY
    assert serial.where.startswith("second picture")
    assert serial.offset > len(CLEAN["jpeg"])


def test_a_file_of_unknown_format_is_searched_by_signature(tmp_path):
    rows = listed(tmp_path, b"what is this" + canaries.xmp() + b"and more")
    assert values(rows, "person") == {"dc:creator": canaries.CANARY}


def test_control_characters_do_not_reach_the_list(tmp_path):
    rows = listed(tmp_path, canaries.with_segment(CLEAN["jpeg"], 0xFE, b"one\nline\x1b[31m\0" + b"x" * 9999))
    value = values(rows, "comment")["JPEG comment"]
    assert value.startswith("one line")
    assert value.isprintable()
    assert len(value) < 400


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
@pytest.mark.parametrize("name", ["exif gps", "exif serial", "exif artist", "webp exif", "png exif", "heic exif"])
def test_exiftool_reads_the_same_values(tmp_path, name):
    path = tmp_path / "photo"
    path.write_bytes(PLANTED[name][0])
    command = ["exiftool", "-j", "-n", "-GPSLatitude", "-GPSLongitude", "-SerialNumber", "-Artist", str(path)]
    reference = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)[0]
    ours = {row.label: row.value for row in disclosures(path)}
    pairs = {
        "GPSLatitude": "latitude",
        "GPSLongitude": "longitude",
        "SerialNumber": "body serial number",
        "Artist": "artist",
    }
    told = {tag: label for tag, label in pairs.items() if tag in reference}
    assert told
    for tag, label in told.items():
        if "GPS" in tag:
            assert float(ours[label].rstrip("°")) == pytest.approx(reference[tag], abs=2e-6)
        else:
            assert ours[label] == reference[tag]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.sampled_from([data for data, _, _ in PLANTED.values()]),
    edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12),
    cut=st.integers(0, 400),
)
def test_damaged_files_never_raise(tmp_path, data, edits, cut):
    damaged = bytearray(data)
    for place, value in edits:
        damaged[place % len(damaged)] = value
    listed(tmp_path, bytes(damaged[: max(1, len(damaged) - cut)]))


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=600))
def test_random_xmp_never_raises(data):
    read_xmp(Facts(), Source(data, "XMP"))
    read_xmp(Facts(), Source(b"<x:xmpmeta>" + data, "XMP"))
