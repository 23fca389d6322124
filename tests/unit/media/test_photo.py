"""Opening photos: what comes in upright, at full depth, whole; and what is refused with one clear sentence."""

import io
import struct
import warnings

import cv2
import numpy as np
import pillow_heif
import pytest
import tifffile
from media_pictures import (
    animated,
    assert_like,
    encoded,
    picture,
)
from PIL import Image, ImageOps

from workbench.media import files, headers, photo, pixels, quality
from workbench.values import FileError


@pytest.mark.parametrize("orientation", range(9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_every_orientation_comes_in_upright(put, form, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(picture(), form, exif=exif)
    opened = photo.open_photo(put(data, f"a{files.SUFFIXES[form][0]}"))
    # Pillow's own transposition of the plain picture is the referee.
    plain = Image.fromarray(picture())
    plain.getexif()[0x0112] = orientation
    assert_like(opened.frames[0].image, np.asarray(ImageOps.exif_transpose(plain)), 40 if form == "WEBP" else 12)
    if orientation in (5, 6, 7, 8):
        assert (opened.frames[0].width, opened.frames[0].height) == (48, 64)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_heic_is_not_turned_twice(put, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    opened = photo.open_photo(put(encoded(picture(), "HEIF", exif=exif.tobytes()), "a.heic"))
    plain = Image.fromarray(picture())
    plain.getexif()[0x0112] = orientation
    assert_like(opened.frames[0].image, np.asarray(ImageOps.exif_transpose(plain)))


def test_16_bit_pictures_are_turned_at_both_depths(put):
    deep = np.arange(6, dtype=np.uint16).reshape(2, 3) * 9000
    file = io.BytesIO()
    tifffile.imwrite(file, deep, photometric="minisblack", metadata=None, extratags=[(274, 3, 1, 6, True)])
    opened = photo.open_photo(put(file.getvalue(), "a.tif"))
    assert np.array_equal(opened.frames[0].deep, np.rot90(deep, -1))
    assert np.array_equal(opened.frames[0].image[..., 0], pixels.to_8_bit(np.rot90(deep, -1)))


@pytest.mark.parametrize(("orientation", "origin"), [(1, (0, 0)), (2, (4, 0)), (3, (4, 2)), (6, (2, 0)), (8, (0, 4))])
def test_the_block_grid_starts_where_turning_left_a_part_block(put, orientation, origin):
    exif = Image.Exif()
    exif[0x0112] = orientation
    opened = photo.open_photo(put(encoded(picture(68, 50), "JPEG", exif=exif, subsampling=2)))
    assert opened.grid == 16
    assert opened.grid_origin == origin


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_png_modes(put, mode):
    plain = Image.fromarray(picture())
    image = Image.fromarray(np.arange(48 * 64, dtype=np.uint16).reshape(48, 64) * 21) if mode == "I;16" else (
        plain.convert(mode)
    )  # fmt: skip
    opened = photo.open_photo(put(encoded(image, "PNG"), "a.png"))
    frame = opened.frames[0]
    assert opened.grey is (mode in ("1", "L", "LA", "I;16"))
    assert frame.alpha is None  # fully opaque
    wanted = pixels.to_8_bit(np.asarray(image)) if mode == "I;16" else np.asarray(image.convert("RGB"))
    assert np.array_equal(frame.image, pixels.as_rgb(wanted))
    assert (opened.quality, opened.grid, opened.durations) == (None, 1, ())


@pytest.mark.parametrize(("mode", "value"), [("L", 7), ("RGB", (220, 40, 40)), ("P", 0)])
def test_a_transparent_colour_becomes_opacity(put, mode, value):
    image = Image.fromarray(picture())
    image = image.quantize(4) if mode == "P" else image.convert(mode)
    if mode == "L":
        image.putpixel((3, 3), 7)
    data = encoded(image, "PNG", transparency=value)
    reference = np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"))[..., 3]
    assert 0 in reference
    assert np.array_equal(photo.open_photo(put(data)).frames[0].alpha, reference)


@pytest.mark.parametrize("alpha", [False, True])
def test_16_bit_colour_png_keeps_its_depth(put, alpha):
    rng = np.random.default_rng(2)
    deep = rng.integers(0, 65536, (20, 30, 4 if alpha else 3), dtype=np.uint16)
    deep[..., 3:] = 32768
    order = [2, 1, 0, 3][: deep.shape[2]]
    data = bytes(cv2.imencode(".png", np.ascontiguousarray(deep[..., order]))[1])
    frame = photo.open_photo(put(data, "a.png")).frames[0]
    assert np.array_equal(frame.deep, deep[..., :3])
    assert np.array_equal(frame.image, pixels.to_8_bit(deep[..., :3]))
    assert (frame.alpha is not None) is alpha


@pytest.mark.parametrize(("planar", "compression"), [("contig", None), ("contig", "zlib"), ("separate", "zlib")])
def test_16_bit_tiff_keeps_its_depth(put, planar, compression):
    deep = np.random.default_rng(3).integers(0, 65536, (20, 30, 3), dtype=np.uint16)
    file = io.BytesIO()
    stored = deep if planar == "contig" else np.moveaxis(deep, 2, 0)
    tifffile.imwrite(file, stored, photometric="rgb", planarconfig=planar, compression=compression, metadata=None)
    opened = photo.open_photo(put(file.getvalue(), "a.tif"))
    assert np.array_equal(opened.frames[0].deep, deep)
    assert np.array_equal(opened.frames[0].image, pixels.to_8_bit(deep))


def test_a_16_bit_layout_that_decoders_read_differently_is_refused_or_right(put):
    deep = np.random.default_rng(3).integers(0, 65536, (3, 20, 30), dtype=np.uint16)
    file = io.BytesIO()
    tifffile.imwrite(file, deep, photometric="rgb", planarconfig="separate", metadata=None)
    path = put(file.getvalue(), "planes.tif")
    try:
        opened = photo.open_photo(path)
    except FileError as refusal:
        assert str(refusal).startswith("planes.tif: its 16-bit layout")
    else:
        assert np.array_equal(opened.frames[0].deep, np.moveaxis(deep, 0, 2))


def test_a_negative_16_bit_tiff_becomes_positive(put):
    deep = np.arange(600, dtype=np.uint16).reshape(20, 30) * 100
    file = io.BytesIO()
    tifffile.imwrite(file, deep, photometric="miniswhite", metadata=None)
    assert np.array_equal(photo.open_photo(put(file.getvalue(), "a.tif")).frames[0].deep, 65535 - deep)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])
def test_animations_come_with_every_frame_and_its_duration(put, form):
    frames = [np.roll(picture(), 5 * step, axis=1) for step in range(3)]
    options = {"WEBP": {"lossless": True}, "AVIF": {"quality": 95}}.get(form, {})
    loop = {} if form == "AVIF" else {"loop": 0}
    opened = photo.open_photo(put(animated(form, frames, duration=[100, 50, 200], **loop, **options)))
    assert opened.format == form
    assert opened.durations == (100, 50, 200)
    assert opened.loop == 0
    assert [frame.index for frame in opened.frames] == [0, 1, 2]
    for frame, wanted in zip(opened.frames, frames, strict=True):
        assert_like(frame.image, wanted)


def test_gif_frames_are_composited(put):
    first = picture()
    second = first.copy()
    second[4:8, 4:8] = (1, 2, 3)
    opened = photo.open_photo(put(animated("GIF", [first, second], duration=40), "a.gif"))
    assert np.array_equal(opened.frames[1].image, second)
    assert opened.loop == 1


def test_the_stand_in_picture_of_an_animated_png_is_dropped_and_said(put):
    stand_in = Image.new("RGB", (64, 48), "red")
    frames = [Image.fromarray(np.roll(picture(), step, axis=1)) for step in (0, 8)]
    data = encoded(stand_in, "PNG", save_all=True, default_image=True, append_images=frames, duration=50)
    opened = photo.open_photo(put(data, "a.png"))
    assert len(opened.frames) == 2
    assert np.array_equal(opened.frames[0].image, picture())
    assert any("stand-in" in note for note in opened.notes)


def test_every_tiff_page_is_a_frame_and_reduced_copies_are_not(put):
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for page, kind in ((picture(), 0), (picture(16, 12), 1), (picture()[::-1], 0)):
            writer.write(page, photometric="rgb", subfiletype=kind, metadata=None, contiguous=False)
    opened = photo.open_photo(put(file.getvalue(), "a.tif"))
    assert len(opened.frames) == 2
    assert np.array_equal(opened.frames[1].image, picture()[::-1])
    assert opened.durations == ()
    assert opened.notes == ("Reduced copies or masks among the pages are dropped.",)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"])
def test_a_wrong_suffix_is_handled_and_said(put, form):
    path = put(encoded(picture(), form), "photo.txt")
    opened = photo.open_photo(path)
    assert opened.format == form
    assert any(form in note and "name" in note for note in opened.notes)
    assert photo.is_photo(path)
    assert not photo.open_photo(put(encoded(picture(), form), f"a{files.SUFFIXES[form][0].upper()}")).notes


def test_further_pictures_in_a_jpeg_are_dropped_and_said(put):
    second = Image.fromarray(picture()[::-1].copy())
    opened = photo.open_photo(put(encoded(Image.fromarray(picture()), "MPO", save_all=True, append_images=[second])))
    assert opened.format == "JPEG"
    assert len(opened.frames) == 1
    assert_like(opened.frames[0].image, picture())
    assert opened.notes == ("Further pictures in the file are dropped.",)


def test_a_video_behind_a_jpeg_is_dropped_and_said(put):
    opened = photo.open_photo(put(encoded(picture(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(200)))
    assert opened.notes == ("The video behind the picture is dropped.",)


def test_heic_thumbnails_and_further_pictures_are_not_carried_over_and_said(put):
    second = Image.fromarray(picture()[::-1].copy())
    data = encoded(picture(), "HEIF", save_all=True, append_images=[second], thumbnails=[16])
    opened = photo.open_photo(put(data, "a.heic"))
    assert len(opened.frames) == 1
    assert_like(opened.frames[0].image, picture())
    assert opened.notes == ("Not carried over: 1 more picture, 1 thumbnail.",)


def test_ten_bit_heic_says_that_it_was_reduced(put):
    deep = np.repeat((picture().astype(np.uint16) * 257)[None], 1, axis=0)[0]
    file = io.BytesIO()
    pillow_heif.from_bytes("RGB;16", (64, 48), deep.tobytes()).save(file, quality=90)
    opened = photo.open_photo(put(file.getvalue(), "a.heic"))
    assert opened.notes == ("10 bit per channel are reduced to 8.",)
    assert_like(opened.frames[0].image, picture())


@pytest.mark.parametrize(("subsampling", "grid"), [(0, 8), (1, 16), (2, 16)])
@pytest.mark.parametrize("level", [50, 60, 75, 85, 90, 95])
def test_jpeg_quality_and_sampling_are_read_off_the_file(put, level, subsampling, grid):
    opened = photo.open_photo(put(encoded(picture(), "JPEG", quality=level, subsampling=subsampling)))
    assert abs(opened.quality - level) <= 1
    assert (opened.subsampling, opened.grid) == (subsampling, grid)


def test_foreign_quantisation_tables_are_placed_near_their_like():
    # The luminance table of a scaled and slightly bent quality 80.
    tables = {0: [value + number % 3 for number, value in enumerate(np.exp(quality._scaled()[79, 0]).round())]}
    assert 70 <= quality.of_tables(tables, [0]) <= 82


def test_a_greyscale_jpeg_stays_grey(put):
    opened = photo.open_photo(put(encoded(Image.fromarray(picture()).convert("L"), "JPEG")))
    assert opened.grey
    assert opened.subsampling is None
    assert pixels.is_grey(opened.frames[0].image)


@pytest.mark.parametrize(
    ("form", "options", "lossy", "grid"),
    [("WEBP", {}, True, 16), ("WEBP", {"lossless": True}, False, 1), ("AVIF", {}, True, 64), ("HEIF", {}, True, 32),
     ("TIFF", {"compression": "jpeg"}, False, 16), ("TIFF", {}, False, 1), ("BMP", {}, False, 1)],
)  # fmt: skip
def test_grid_tells_how_far_a_pixel_can_bleed(put, form, options, lossy, grid):
    opened = photo.open_photo(put(encoded(picture(), form, **options)))
    assert (opened.quality is not None) is lossy
    assert opened.grid == grid


def test_hash_and_size_are_those_of_the_file(put):
    import hashlib

    data = encoded(picture(), "JPEG")
    opened = photo.open_photo(put(data))
    assert (opened.sha256, opened.size) == (hashlib.sha256(data).hexdigest(), len(data))


def test_opening_prints_no_warning_of_the_decoder(put):
    data = encoded(picture(), "TIFF", tiffinfo={270: "x" * 40})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        photo.open_photo(put(data, "a.tif"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "HEIF"])
def test_thumbnails_are_small_upright_and_srgb(put, form):
    exif = Image.Exif()
    exif[0x0112] = 6
    large = np.repeat(np.repeat(picture(), 10, axis=0), 10, axis=1)
    made = Image.open(io.BytesIO(photo.thumbnail(put(encoded(large, form, exif=exif.tobytes())), 96)))
    assert made.format == "JPEG"
    assert made.size == (72, 96)
    assert_like(np.asarray(made), cv2.resize(np.rot90(large, -1), (72, 96)), 40)


def test_a_thumbnail_never_enlarges_and_shows_white_behind_transparency(put):
    image = np.dstack([picture(), np.zeros((48, 64), np.uint8)])
    made = np.asarray(Image.open(io.BytesIO(photo.thumbnail(put(encoded(image, "PNG")), 500))))
    assert made.shape == (48, 64, 3)
    assert made.min() > 250


def test_a_broken_thumbnail_source_is_a_file_error(put):
    with pytest.raises(FileError):
        photo.thumbnail(put(encoded(picture(), "JPEG")[:200]), 64)


def test_jpeg_end_skips_thumbnails_and_junk():
    data = encoded(picture(), "JPEG")
    thumbnail = b"Exif\0\0" + data
    application = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    inside = data[:2] + application + b"junk" + data[2:]
    assert headers.jpeg_end(inside) == len(inside)
    assert headers.jpeg_end(inside + b"more") == len(inside)
    assert headers.jpeg_end(inside[:-2]) is None
