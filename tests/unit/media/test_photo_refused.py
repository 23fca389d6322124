"""Opening photos: what is refused, in one sentence that names the file."""

import io
import os
import struct
import zlib

import numpy as np
import pytest
import tifffile
from media_pictures import (
    animated,
    chunk,
    encoded,
    picture,
    png_header,
)
from PIL import Image

from workbench.media import files, photo
from workbench.values import FileError


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
