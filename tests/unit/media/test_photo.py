"""Opening photos: what comes in upright, at full depth, whole; and what is refused with one clear sentence."""

import io
import os
import struct
import warnings
import zlib

import cv2
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image, ImageOps

from workbench.media import files, headers, photo, pixels, quality
from workbench.values import FileError

pillow_heif.register_heif_opener()
CORNERS = ((220, 40, 40), (40, 200, 60), (50, 70, 220), (240, 240, 240))


def picture(width=64, height=48):
    """Four differently coloured quarters: every way of turning shows."""
    image = np.zeros((height, width, 3), np.uint8)
    half = np.s_[: height // 2], np.s_[height // 2 :], np.s_[: width // 2], np.s_[width // 2 :]
    for (rows, columns), colour in zip(
        ((half[0], half[2]), (half[0], half[3]), (half[1], half[2]), (half[1], half[3])), CORNERS, strict=True
    ):
        image[rows, columns] = colour
    return image


def encoded(image, form, **options):
    file = io.BytesIO()
    image = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    image.save(file, form, **options)
    return file.getvalue()


def animated(form, frames, **options):
    images = [Image.fromarray(frame) for frame in frames]
    return encoded(images[0], form, save_all=True, append_images=images[1:], **options)


def corners(image):
    height, width = image.shape[:2]
    points = ((height // 4, width // 4), (height // 4, -width // 4), (-height // 4, width // 4))
    return [image[point].astype(int) for point in (*points, (-height // 4, -width // 4))]


def assert_like(found, wanted, tolerance=12):
    assert found.shape == wanted.shape
    for one, other in zip(corners(found), corners(wanted), strict=True):
        assert np.abs(one - other).max() <= tolerance


@pytest.fixture
def put(tmp_path):
    def put(data, name="picture.jpg"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return put


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width, height):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xff", "not a picture"),
        (b"\xff\xd8\xff", "cut short"),
        (b"hello, world" * 9, "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "cut short"),
        (b"GIF89a", "cut short"),
        (b"BM" + bytes(60), "cannot be decoded"),
        (b"II*\0" + bytes(60), "cut short"),
        (b"II*\0\x08\0\0\0" + bytes(60), "cannot be decoded"),
        (b"II+\0\x08\0\0\0" + b"\xff" * 60, "cut short"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "cut short"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "cannot be decoded"),
        (b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" + bytes(40), "cannot be decoded"),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(put, data, words):
    path = put(data, "odd.jpg")
    with pytest.raises(FileError) as refusal:
        photo.open_photo(path)
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("odd.jpg")
    assert str(path.parent) not in str(refusal.value)


def test_folder_pipe_link_and_missing_file_are_refused_without_being_opened(tmp_path):
    folder = tmp_path / "folder.jpg"
    folder.mkdir()
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    real = tmp_path / "real.jpg"
    real.write_bytes(encoded(picture(), "JPEG"))
    link = tmp_path / "link.jpg"
    link.symlink_to(real)
    for path, words in ((folder, "folder"), (pipe, "pipe"), (link, "link"), (tmp_path / "gone.jpg", "not exist")):
        with pytest.raises(FileError, match=words):
            photo.open_photo(path)
        assert not photo.is_photo(path)
    assert photo.is_photo(real)


def test_unreadable_file_is_refused(put, monkeypatch):
    path = put(encoded(picture(), "JPEG"))

    def refuse(*args, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "open", refuse)
    with pytest.raises(FileError, match="cannot be read \\(Permission denied\\)"):
        photo.open_photo(path)


def test_too_large_a_file_is_refused_before_it_is_read(put, monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 100)
    with pytest.raises(FileError, match="larger than"):
        photo.open_photo(put(encoded(picture(), "JPEG")))


def sources():
    rng = np.random.default_rng(1)
    noisy = rng.integers(0, 256, (64, 80, 3), dtype=np.uint8)
    frames = [noisy, noisy[::-1].copy(), noisy[:, ::-1].copy()]
    yield "JPEG", encoded(noisy, "JPEG")
    yield "JPEG progressive", encoded(noisy, "JPEG", progressive=True)
    yield "PNG", encoded(noisy, "PNG")
    yield "APNG", animated("PNG", frames, duration=50)
    yield "WEBP", encoded(noisy, "WEBP")
    yield "WEBP lossless", encoded(noisy, "WEBP", lossless=True)
    yield "WEBP animated", animated("WEBP", frames, duration=50)
    yield "TIFF", encoded(noisy, "TIFF")
    yield "TIFF deflated", encoded(noisy, "TIFF", compression="tiff_adobe_deflate")
    yield "TIFF pages", animated("TIFF", frames)
    yield "BMP", encoded(noisy, "BMP")
    yield "GIF", encoded(noisy, "GIF")
    yield "GIF animated", animated("GIF", frames, duration=50)
    yield "HEIF", encoded(noisy, "HEIF")
    yield "AVIF", encoded(noisy, "AVIF")
    yield "AVIF animated", animated("AVIF", frames, duration=50)


@pytest.mark.parametrize(("name", "data"), list(sources()), ids=[name for name, _ in sources()])
def test_a_cut_file_is_refused_wherever_it_was_cut(put, name, data):
    assert photo.open_photo(put(data, "whole")).format == name.split()[0].replace("APNG", "PNG")
    for keep in (0.3, 0.6, 0.9, 0.99):
        with pytest.raises(FileError):
            photo.open_photo(put(data[: int(len(data) * keep)], "cut"))
    if name not in ("BMP", "TIFF pages"):  # which may end in bytes that nothing uses
        with pytest.raises(FileError):
            photo.open_photo(put(data[:-1], "cut"))


def test_bombs_are_refused_by_their_header(put):
    stub = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(FileError, match=r"12,000 × 12,000 pixels, more than 120,000,000 in all"):
        photo.open_photo(put(png_header(12_000, 12_000) + stub, "bomb.png"))
    with pytest.raises(FileError, match="more pixels than is safe"):
        photo.open_photo(put(png_header(60_000, 60_000) + stub, "bomb.png"))
    with pytest.raises(FileError, match="more than 1,000 in all"):
        photo.open_photo(put(encoded(picture(), "HEIF"), "a.heic"), max_pixels=1000)


def test_the_limit_counts_all_frames_together(put):
    frames = [np.roll(picture(), step, axis=1) for step in range(4)]
    data = animated("GIF", frames, duration=50)
    assert len(photo.open_photo(put(data), max_pixels=4 * 64 * 48).frames) == 4
    with pytest.raises(FileError, match="in 4 frames"):
        photo.open_photo(put(data), max_pixels=4 * 64 * 48 - 1)


def test_too_many_frames_are_refused(put):
    frame = b"\x2c" + struct.pack("<4HB", 0, 0, 1, 1, 0) + b"\x02\x02\x4c\x01\x00"
    data = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6) + frame * 10_000 + b";"
    with pytest.raises(FileError, match="10,000 frames"):
        photo.open_photo(put(data, "many.gif"))


def test_pages_of_different_sizes_are_refused(put):
    first, second = Image.fromarray(picture()), Image.fromarray(picture(32, 32))
    data = encoded(first, "TIFF", save_all=True, append_images=[second])
    with pytest.raises(FileError, match="different sizes"):
        photo.open_photo(put(data, "pages.tif"))


def test_floating_point_pixels_are_refused_with_the_way_out(put):
    with pytest.raises(FileError, match=r"^float\.tif: .*8 or 16 bit"):
        photo.open_photo(put(encoded(np.ones((8, 8), np.float32), "TIFF"), "float.tif"))


def test_a_camera_raw_preview_is_not_taken_for_the_photo(put):
    file = io.BytesIO()
    tifffile.imwrite(file, picture(), photometric="rgb", subfiletype=1, metadata=None)
    with pytest.raises(FileError, match="raw file"):
        photo.open_photo(put(file.getvalue(), "camera.dng"))


@pytest.mark.parametrize("error", [KeyError("MPO"), SystemError("tile"), ValueError("x"), MemoryError()])
def test_whatever_a_decoder_raises_becomes_one_sentence(put, monkeypatch, error):
    def fail(*args, **options):
        raise error

    monkeypatch.setattr(photo.decode, "decode", fail)
    with pytest.raises(FileError, match=r"^a\.jpg "):
        photo.open_photo(put(encoded(picture(), "JPEG"), "a.jpg"))


def test_names_are_shown_on_one_line(tmp_path):
    path = tmp_path / os.fsdecode(b"a\nb\xff\xe2\x80\xaegpj.exe")
    path.write_bytes(b"no")
    with pytest.raises(FileError) as refusal:
        photo.open_photo(path)
    assert "\n" not in str(refusal.value)
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in str(refusal.value)
    str(refusal.value).encode()


# --- what is opened --------------------------------------------------------------------------------------------------


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


# --- for screens -----------------------------------------------------------------------------------------------------


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
