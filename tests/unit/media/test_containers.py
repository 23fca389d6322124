import zlib
from itertools import pairwise

import media_canaries as canaries
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.media.bytewise import Block, tile, zlib_length
from workbench.media.containers import blocks, container
from workbench.values import FileError

CLEAN = canaries.clean()
PLANTED = canaries.planted()
EVERY = [*CLEAN.values(), *(data for data, _, _ in PLANTED.values())]
HEADS = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\0\0\0WEBP", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08",
         b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0", b"GIF89a", b"BM", b"\0\0\0\x18ftypheic"]  # fmt: skip


def assert_tiled(data):
    parts = blocks(data)
    assert sum(part.size for part in parts) == len(data)
    assert parts[0].offset == 0
    assert all(part.size > 0 for part in parts)
    assert all(first.offset + first.size == second.offset for first, second in pairwise(parts))


@pytest.mark.parametrize("data", [b"", b"\0", b"hello there", b"RIFF\0\0\0\0WAVE", b"\xff\xd8"])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(FileError):
        blocks(data)


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_file_has_only_essential_blocks(name):
    # An encoder stamps its clock into animated AVIF only, which is therefore among the planted files.
    assert [part for part in blocks(CLEAN[name]) if not part.essential] == []


@pytest.mark.parametrize("data", EVERY)
def test_every_byte_belongs_to_one_block(data):
    assert_tiled(data)


@pytest.mark.parametrize("name", PLANTED)
def test_what_was_planted_lies_in_a_block_that_is_not_essential(name):
    data = PLANTED[name][0]
    loose = [part for part in blocks(data) if not part.essential]
    assert loose
    at = data.find(canaries.RAW)
    if at >= 0:  # else it is packed
        assert any(part.offset <= at and at + len(canaries.RAW) <= part.offset + part.size for part in loose)


@pytest.mark.parametrize(
    ("name", "block"),
    [
        ("exif artist", "APP1 Exif"),
        ("xmp", "APP1 XMP"),
        ("iptc", "APP13 Photoshop"),
        ("comment", "COM comment"),
        ("second picture", "APP2 MPF second pictures"),
        ("c2pa", "APP11 JUMBF"),
        ("trailer", "trailer (text)"),
        ("motion photo", "trailer (MP4 video)"),
        ("png behind the pixels", "IDAT with hidden bytes"),
        ("png trailer", "trailer (text)"),
        ("gif comment", "comment"),
        ("webp exif", "EXIF"),
        ("tiff artist", "IFD0 Artist"),
        ("heic unreferenced bytes", "bytes that no item refers to"),
        ("heic free box", "free"),
    ],
)
def test_blocks_have_telling_names(name, block):
    assert block in {part.name for part in blocks(PLANTED[name][0])}


def test_a_zip_and_a_jpeg_behind_the_end_are_told_apart():
    plain = CLEAN["jpeg"]
    assert blocks(plain + b"PK\3\4" + bytes(60))[-1].name == "trailer (ZIP archive)"
    assert blocks(plain + plain)[-1].name == "trailer (JPEG picture)"


def test_a_png_chunk_with_a_wrong_checksum_is_not_essential():
    data = bytearray(CLEAN["png"])
    data[-1] ^= 1
    assert [part.name for part in blocks(bytes(data)) if not part.essential] == ["IEND"]


def test_a_message_inside_a_coded_picture_is_found():
    # An HEVC SEI unit (type 39) in front of the picture's own unit, inside the item.
    data = CLEAN["heic"]
    start = data.rindex(b"mdat") + 4
    sei = b"\0\0\0\x10\x4e\x01" + canaries.RAW + b"\x80"
    assert len(sei) == 20
    length = len(data) - start
    longer = data[:start] + sei + data[start:]
    grown = longer.replace(length.to_bytes(4, "big"), (length + 20).to_bytes(4, "big"), 1)
    grown = grown.replace((length + 8).to_bytes(4, "big") + b"mdat", (length + 28).to_bytes(4, "big") + b"mdat")
    assert [part.name for part in blocks(grown) if not part.essential] == ["message inside the coded picture"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], [("gap", 0, 10)]),
        ([Block("a", 0, 10, True)], [("a", 0, 10)]),
        ([Block("a", 0, 10, True), Block("x", 4, 2, False)], [("a", 0, 4), ("x", 4, 2), ("a", 6, 4)]),
        ([Block("x", 0, 6, False), Block("a", 2, 6, True)], [("x", 0, 6), ("a", 6, 2), ("gap", 8, 2)]),
        ([Block("a", 8, 99, True), Block("b", 50, 3, True)], [("gap", 0, 8), ("a", 8, 2)]),
    ],
)
def test_tiles_prefer_what_is_not_essential(parts, expected):
    assert [(part.name, part.offset, part.size) for part in tile(parts, 10, "gap")] == expected


def test_a_bomb_is_measured_without_being_unpacked():
    packed = zlib.compress(bytes(50_000_000), 9)
    assert zlib_length(packed, 0, len(packed), 1000) == (len(packed), True)
    small = zlib.compress(b"abc")
    assert zlib_length(small + b"more", 0, len(small) + 4, 1000) == (len(small), False)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff", "gif", "bmp", "heic", "avif"])
def test_a_truncated_file_is_tiled_at_every_length(name):
    data = CLEAN[name]
    for size in range(16, len(data), 37):
        if container(data[:size]):
            assert_tiled(data[:size])


@settings(max_examples=100, deadline=None)
@given(head=st.sampled_from(HEADS), body=st.binary(max_size=400))
def test_random_bytes_are_tiled_or_refused(head, body):
    try:
        assert_tiled(head + body)
    except FileError:
        assert not container(head + body)


@settings(max_examples=100, deadline=None)
@given(data=st.sampled_from(EVERY), edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12))
def test_damaged_files_are_tiled(data, edits):
    damaged = bytearray(data)
    for place, value in edits:
        damaged[place % len(damaged)] = value
    if container(bytes(damaged)):
        assert_tiled(bytes(damaged))
