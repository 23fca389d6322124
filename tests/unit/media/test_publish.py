"""Writing photos: the same picture in the same format and quality, and nothing of the source beside it."""

import io
import time
from dataclasses import replace

import numpy as np
import pytest
from media_pictures import (
    ANIMATED,
    CANARY,
    FORMATS,
    animated,
    encoded,
    scene,
    written,
)
from PIL import Image

from workbench.media import encode, files, publish, quality
from workbench.profiles import Output


@pytest.mark.parametrize("form", FORMATS)
def test_the_format_and_the_picture_stay(opened, reopened, form):
    options = {} if form in ("PNG", "TIFF", "BMP", "GIF") else {"quality": 85}
    source = opened(encoded(scene(), form, **options))
    made = written(source)
    again = reopened(made)
    assert made.suffix == files.SUFFIXES[form][0]
    assert (again.format, again.notes, made.notes) == (form, (), ())
    difference = np.abs(again.frames[0].image.astype(int) - source.frames[0].image)
    assert difference.mean() < (6 if source.quality else 1e-9)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_pixels_give_equal_bytes_at_any_time(opened, monkeypatch, form):
    frames = [scene(), scene()[::-1], scene()[:, ::-1]]
    source = opened(animated(form, frames, duration=70) if form in ANIMATED else encoded(scene(), form))
    first = written(source)
    time.sleep(1.1 if form == "AVIF" else 0)  # whose writer has a clock in seconds
    assert written(source).data == first.data
    for stamp in (b"x265", b"libheif", b"libavif", b"Lavf", b"tifffile", b"Pillow", b"OpenCV", b"aom"):
        assert stamp not in first.data


def test_the_clock_of_an_animated_avif_is_cleared():
    data = animated("AVIF", [scene(), scene()[::-1]], duration=70)
    cleared = encode.without_clock(data)
    assert len(cleared) == len(data)
    assert cleared != data
    for name in (b"mvhd", b"tkhd", b"mdhd"):
        at = cleared.index(name)
        assert cleared[at + 8 : at + 24] == bytes(16)
        assert data[at + 8 : at + 24] != bytes(16)
    assert Image.open(io.BytesIO(cleared)).n_frames == 2


def rich(form):
    """A source with the canary in every slot that its format and Pillow offer."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0131], exif[0x0132] = (CANARY.decode(),) * 3
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + CANARY
    options = {"exif": exif.tobytes(), "xmp": b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"}
    if form in ("BMP", "GIF"):
        options = {"comment": CANARY} if form == "GIF" else {}
    if form == "JPEG":
        options |= {"comment": CANARY}
    if form == "PNG":
        from PIL.PngImagePlugin import PngInfo

        text = PngInfo()
        text.add_text("Author", CANARY.decode())
        text.add_itxt("Comment", CANARY.decode())
        options = {"exif": options["exif"], "pnginfo": text}
    if form == "TIFF":
        options = {"tiffinfo": {270: CANARY.decode(), 305: CANARY.decode(), 700: CANARY}, "exif": exif}
    return encoded(scene(), form, **options) + (CANARY if form in ("JPEG", "PNG", "GIF", "BMP") else b"")


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_of_the_source_but_pixels_reaches_the_output(opened, form):
    data = rich(form)
    assert CANARY in data
    made = written(opened(data))
    assert CANARY not in made.data
    info = {name for name, value in Image.open(io.BytesIO(made.data)).info.items() if value}
    assert not {"exif", "xmp", "comment", "icc_profile", "Software", "Author", "photoshop", "metadata"} & info


def test_the_cameras_own_quantisation_tables_are_not_copied(opened):
    own = [[min(value + number % 5, 255) for number, value in enumerate(np.exp(row).round())]
           for row in quality._scaled()[84]]  # fmt: skip
    source = opened(encoded(scene(), "JPEG", qtables=[[int(v) for v in table] for table in own]))
    made = Image.open(io.BytesIO(written(source).data)).quantization
    assert list(made[0]) != [int(v) for v in own[0]]
    known = [Image.open(io.BytesIO(encoded(scene(), "JPEG", quality=q))).quantization for q in range(70, 90)]
    assert made in known


@pytest.mark.parametrize("level", [50, 75, 92])
def test_a_jpeg_keeps_its_quality_sampling_and_size(opened, reopened, level):
    data = encoded(scene(320, 256), "JPEG", quality=level, subsampling=0)
    source = opened(data)
    made = written(source)
    again = reopened(made)
    assert abs(again.quality - level) <= 1
    assert again.subsampling == 0
    assert 0.8 < len(made.data) / len(data) < 1.2
    assert not Image.open(io.BytesIO(made.data)).info.get("progressive")


def test_noise_does_not_break_the_jpeg_encoder(opened, reopened):
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), dtype=np.uint8)
    source = opened(encoded(noise, "PNG"))
    like = replace(source, format="JPEG", quality=94, subsampling=0)
    again = reopened(publish.encode_photo(source.frames, like, Output()))
    assert np.abs(again.frames[0].image.astype(int) - noise).mean() < 12


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("level", [65, 85])
def test_other_lossy_formats_keep_about_their_size(opened, form, level):
    data = encoded(scene(256, 256), form, quality=level)
    made = written(opened(data))
    assert 0.6 < len(made.data) / len(data) < 1.6


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "HEIF"])
def test_fills_do_not_buy_quality(opened, form):
    source = opened(encoded(scene(256, 256), form, quality=70))
    whole = written(source)
    filled = source.frames[0].image.copy()
    filled[:, 64:] = 96
    made = publish.encode_photo([replace(source.frames[0], image=filled)], source, Output())
    assert len(made.data) < 0.6 * len(whole.data)


def test_quality_match_finds_the_step_that_made_a_size():
    image = scene(256, 256)

    def size(part, level):
        return len(encoded(part, "WEBP", quality=level))

    assert quality.match(image, size(image, 80), size) == 80
    assert quality.match(image, 1, size) == quality.STEPS[0]
    assert quality.match(image, 10**9, size) == quality.STEPS[-1]
    large = np.tile(image, (4, 4, 1))
    assert quality.sample(large).shape == (768, 768, 3)
    assert abs(quality.match(large, size(large, 80), size) - 80) <= 5


def test_webp_stays_lossless(opened, reopened):
    again = reopened(written(opened(encoded(scene(), "WEBP", lossless=True))))
    assert again.quality is None
    assert np.array_equal(again.frames[0].image, scene())


def test_heic_has_a_stated_substitute_where_it_cannot_be_written(opened, monkeypatch):
    source = opened(encoded(scene(), "HEIF"))
    monkeypatch.setattr(encode, "can_write_heif", lambda: False)
    made = written(source)
    assert made.suffix == ".jpg"
    assert made.notes == ("HEIC cannot be written here: JPEG is written in its place.",)
    assert Image.open(io.BytesIO(made.data)).format == "JPEG"
