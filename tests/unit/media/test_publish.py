"""Writing photos: the same pixels, format and timing, nothing of the source beside them, and never half a file."""

import errno
import io
import os
import stat
import struct
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
import skimage.data
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from workbench.media import animation, encode, files, palettes, photo, pixels, publish, quality
from workbench.profiles import Output
from workbench.values import FileError, Finding

pillow_heif.register_heif_opener()
CANARY = b"CANARY-90210"
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF")
ANIMATED = ("GIF", "PNG", "WEBP", "AVIF")


def scene(width=96, height=64):
    """A real picture, so that codecs behave as they do on photos."""
    return cv2.resize(skimage.data.astronaut()[:320, 60:380], (width, height), interpolation=cv2.INTER_AREA)


def encoded(image, form, **options):
    file = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(file, form, **options)
    return file.getvalue()


def few_colours(step=0):
    """Few enough colours for a GIF to hold exactly."""
    image = np.zeros((24, 32, 3), np.uint8)
    image[4:12, 4 + step : 16 + step] = (200, 30, 40)
    image[14:20, 20:30] = (30, 60, 250)
    return image


@pytest.fixture
def opened(tmp_path):
    def opened(data):
        path = tmp_path / "source"
        path.write_bytes(data)
        return photo.open_photo(path)

    return opened


@pytest.fixture
def reopened(tmp_path):
    def reopened(made):
        path = tmp_path / f"output{made.suffix}"
        path.write_bytes(made.data)
        return photo.open_photo(path)

    return reopened


def written(source, **output):
    return publish.encode_photo(source.frames, source, Output(**output))


def coded_animation(form, frames, **options):
    images = [Image.fromarray(frame) for frame in frames]
    return encoded(images[0], form, save_all=True, append_images=images[1:], **options)


# --- formats ---------------------------------------------------------------------------------------------------------


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
    source = opened(coded_animation(form, frames, duration=70) if form in ANIMATED else encoded(scene(), form))
    first = written(source)
    time.sleep(1.1 if form == "AVIF" else 0)  # whose writer has a clock in seconds
    assert written(source).data == first.data
    for stamp in (b"x265", b"libheif", b"libavif", b"Lavf", b"tifffile", b"Pillow", b"OpenCV", b"aom"):
        assert stamp not in first.data


def test_the_clock_of_an_animated_avif_is_cleared():
    data = coded_animation("AVIF", [scene(), scene()[::-1]], duration=70)
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


# --- depth, grey, transparency, size ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bit_goes_in_and_out(opened, reopened, form, channels):
    rng = np.random.default_rng(5)
    deep = rng.integers(1, 65536, (20, 30, channels), dtype=np.uint16)
    deep[..., 3:] = 40000
    if channels == 1:
        deep = deep[..., 0]
    if form == "PNG":
        order = deep if channels == 1 else deep[..., [2, 1, 0, 3][:channels]]
        data = bytes(cv2.imencode(".png", np.ascontiguousarray(order))[1])
    else:
        file = io.BytesIO()
        kind = {"photometric": "minisblack" if channels == 1 else "rgb"}
        tifffile.imwrite(file, deep, metadata=None, extrasamples=["unassalpha"] if channels == 4 else None, **kind)
        data = file.getvalue()
    source = opened(data)
    again = reopened(written(source))
    assert np.array_equal(again.frames[0].deep, deep if channels == 1 else deep[..., :3])
    assert again.grey is (channels == 1)
    assert (again.frames[0].alpha is not None) is (channels == 4)
    assert again.notes == ()


def test_16_bit_png_keeps_its_profile(opened, reopened):
    from workbench.media import icc

    deep = np.random.default_rng(5).integers(1, 65536, (20, 30, 3), dtype=np.uint16)
    data = bytes(cv2.imencode(".png", deep)[1])
    source = replace(opened(data), icc=icc.ADOBE_RGB)
    again = reopened(publish.encode_photo(source.frames, source, Output()))
    assert again.icc == icc.ADOBE_RGB
    assert np.array_equal(again.frames[0].deep, source.frames[0].deep)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP", "AVIF", "HEIF"])
def test_grey_stays_grey_unless_something_coloured_is_drawn(opened, form):
    source = opened(encoded(Image.fromarray(scene()).convert("L"), form))
    assert source.grey
    assert Image.open(io.BytesIO(written(source).data)).mode in (("L", "P") if form not in ("AVIF", "HEIF") else
                                                                 ("L", "RGB"))  # fmt: skip
    red = source.frames[0].image.copy()
    red[:20, :20] = (255, 0, 0)
    made = publish.encode_photo([replace(source.frames[0], image=red)], source, Output())
    shown = np.asarray(Image.open(io.BytesIO(made.data)).convert("RGB"))[8, 8].astype(int)
    assert shown[0] > 200
    assert shown[1:].max() < 60


@pytest.mark.parametrize("form", ["PNG", "WEBP", "WEBP lossless", "TIFF", "GIF", "AVIF", "HEIF"])
@pytest.mark.parametrize("max_side", [0, 40])
def test_nothing_stays_under_full_transparency(opened, form, max_side):
    colour = scene()
    alpha = np.full(colour.shape[:2], 255, np.uint8)
    alpha[:32] = 0
    options = {"lossless": True, "exact": True} if "lossless" in form else {}
    source = opened(encoded(np.dstack([colour, alpha]), form.split()[0], **options))
    made = np.asarray(Image.open(io.BytesIO(written(source, max_side=max_side).data)).convert("RGBA"))
    rows = 13 if max_side else 32
    assert made[: rows - 1, :, 3].max() <= 2
    assert made[rows + 1 :, :, 3].min() >= 253
    if form in ("AVIF", "HEIF", "WEBP"):
        # What is visible beside it may ring across the edge, as far as a codec's block.
        assert made[: rows - 8, :, :3].max() <= 12
    else:
        assert made[: rows - 1, :, :3].max() == 0


def test_opaque_parts_do_not_darken_beside_transparency():
    colour = np.full((8, 8, 3), 200, np.uint8)
    alpha = np.zeros((8, 8), np.uint8)
    alpha[:, 3:] = 255
    small = pixels.resized(pixels.blanked(colour, alpha), (4, 4), alpha)
    assert np.array_equal(small[:, 1:], np.full((4, 3, 3), 200))


@pytest.mark.parametrize(("max_side", "size"), [(0, (96, 64)), (48, (48, 32)), (96, (96, 64)), (5000, (96, 64))])
def test_max_side_reduces_and_never_enlarges(opened, max_side, size):
    source = opened(encoded(scene(), "PNG"))
    assert Image.open(io.BytesIO(written(source, max_side=max_side).data)).size == size
    assert publish.output_size(96, 64, max_side) == size
    assert publish.output_size(10_000, 1, 100) == (100, 1)


def test_a_filled_region_stays_one_colour_when_reduced(opened):
    image = scene()
    image[16:48, 24:72] = 96
    source = opened(encoded(image, "PNG"))
    small = np.asarray(Image.open(io.BytesIO(written(source, max_side=41).data)).convert("RGB"))
    height, width = small.shape[:2]
    inside = small[-(-16 * height // 64) : 48 * height // 64, -(-24 * width // 96) : 72 * width // 96]
    assert (inside == 96).all()


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF"])
def test_unused_palette_entries_are_gone(opened, form):
    image = Image.fromarray(few_colours()).quantize(8)
    # Letters in grey, so that a BMP, which stores blue first and a filler, holds them as well.
    image.putpalette((image.getpalette() + [letter for letter in CANARY for _ in range(3)] * 64)[:768])
    trace = b"".join(bytes([letter] * 3) + (b"\0" if form == "BMP" else b"") for letter in CANARY)
    data = encoded(image, form, **({"optimize": False} if form == "GIF" else {}))
    assert trace in data
    made = written(opened(data))
    assert trace not in made.data
    coded = Image.open(io.BytesIO(made.data))
    assert coded.mode == "P"
    assert len(coded.getpalette()) <= 3 * 4
    assert np.array_equal(np.asarray(coded.convert("RGB")), few_colours())


# --- animations and pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ANIMATED)
@pytest.mark.parametrize("lossless", [True, False])
def test_equal_frames_are_not_merged(opened, reopened, form, lossless):
    frames = [few_colours(step) for step in (0, 1, 2, 3)]
    options = {"lossless": True} if form == "WEBP" and lossless else {}
    source = opened(coded_animation(form, frames, duration=[50, 100, 150, 200], **options))
    still = [replace(frame, image=source.frames[0].image) for frame in source.frames]
    again = reopened(publish.encode_photo(still, source, Output()))
    assert len(again.frames) == 4
    assert again.durations == source.durations == (50, 100, 150, 200)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
@pytest.mark.parametrize("loop", [0, 1, 3])
def test_frames_durations_and_loops_survive(opened, reopened, form, loop):
    frames = [few_colours(step) for step in (0, 4, 0, 8)]
    # A GIF counts the repeats after the first time; none written is once.
    times = {} if form == "GIF" and loop == 1 else {"loop": loop - 1 if form == "GIF" and loop else loop}
    options = {"lossless": True} if form == "WEBP" else {}
    source = opened(coded_animation(form, frames, duration=[30, 50, 70, 1000], **times, **options))
    again = reopened(written(source))
    assert source.loop == again.loop == loop
    assert again.durations == (30, 50, 70, 1000)
    for frame, wanted in zip(again.frames, frames, strict=True):
        assert np.array_equal(frame.image, wanted)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 2**16 - 1), min_size=2, max_size=5), st.booleans(), st.sampled_from(["GIF", "PNG", "WEBP"])
)
def test_any_animation_is_read_back_pixel_for_pixel(seeds, with_alpha, form):
    frames, alphas = [], []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        alpha = np.where(rng.random((6, 9)) < 0.3, 0, 255).astype(np.uint8) if with_alpha else None
        frames.append(pixels.blanked(rng.integers(0, 256, (6, 9, 3), dtype=np.uint8), alpha))
        alphas.append(alpha)
    durations = [10 * (number + 1) for number in range(len(frames))]
    if form == "GIF":
        data = animation.gif(frames, alphas, durations, 0)
    else:
        stacked = [frame if alpha is None else np.dstack([frame, alpha])
                   for frame, alpha in zip(frames, alphas, strict=True)]  # fmt: skip
        still = {"PNG": lambda part: encoded(part, "PNG"),
                 "WEBP": lambda part: encoded(part, "WEBP", lossless=True, exact=True)}[form]  # fmt: skip
        write = animation.apng if form == "PNG" else animation.webp
        extra = () if form == "PNG" else (None,)
        data = write(stacked, durations, 0, *extra, still)
    image = Image.open(io.BytesIO(data))
    assert image.n_frames == len(frames)
    for number, (frame, alpha) in enumerate(zip(frames, alphas, strict=True)):
        image.seek(number)
        shown = np.asarray(image.convert("RGBA"))
        opacity = np.full((6, 9), 255) if alpha is None else alpha
        assert np.array_equal(shown[..., 3], opacity)
        assert np.array_equal(shown[opacity > 0, :3], frame[opacity > 0])
        assert image.info["duration"] == durations[number]


def test_a_gif_frame_of_too_many_colours_is_reduced_without_speckles(opened, reopened):
    source = opened(coded_animation("GIF", [few_colours(0), few_colours(4)], duration=50))
    rng = np.random.default_rng(0)
    busy = rng.integers(0, 256, (24, 32, 3), dtype=np.uint8)
    busy[4:20, 4:20] = 96
    made = publish.encode_photo([replace(frame, image=busy) for frame in source.frames], source, Output())
    for frame in reopened(made).frames:
        assert len(np.unique(frame.image[4:20, 4:20].reshape(-1, 3), axis=0)) == 1
        assert np.abs(frame.image.astype(int) - busy).mean() < 30


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 3000])
def test_palettes_hold_what_occurs(count):
    colours = np.arange(count) * 5077 % 2**24
    rows = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.uint8).reshape(-1, 3)
    found = palettes.exact(rows)
    assert (found is None) is (count > 256)
    table, indices = palettes.nearest(rows)
    assert len(table) <= 256
    assert len(np.unique(indices)) == len(table)
    if count <= 256:
        assert np.array_equal(table[indices], rows)


def test_every_page_of_a_tiff_is_written(opened, reopened):
    pages = [scene(), scene()[::-1].copy(), scene()[:, ::-1].copy()]
    source = opened(coded_animation("TIFF", pages, compression="tiff_lzw"))
    made = written(source)
    again = reopened(made)
    assert len(again.frames) == 3
    for frame, page in zip(again.frames, pages, strict=True):
        assert np.array_equal(frame.image, page)
    tags = {256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 317}
    assert set(Image.open(io.BytesIO(made.data)).tag_v2) <= tags


@pytest.mark.parametrize("form", ANIMATED)
def test_a_lost_frame_is_an_error_not_an_output(opened, monkeypatch, form):
    source = opened(coded_animation(form, [few_colours(0), few_colours(4)], duration=50))
    monkeypatch.setattr(publish.animation, "is_count_kept", lambda *args: False)
    with pytest.raises(FileError, match="Not all of the 2 frames"):
        written(source)
    with pytest.raises(FileError, match="1 frames were redacted, but the source has 2"):
        publish.encode_photo(source.frames[:1], source, Output())


def test_an_encoder_that_fails_gives_one_sentence(opened, monkeypatch):
    source = opened(encoded(scene(), "PNG"))

    def fail(*args, **options):
        raise SystemError("tile cannot extend outside image")

    monkeypatch.setattr(encode, "png", fail)
    with pytest.raises(FileError, match="cannot be written as PNG"):
        written(source)


# --- atomic writing --------------------------------------------------------------------------------------------------


def names(*folders):
    return sorted(path.name for folder in folders for path in folder.iterdir())


def test_a_file_is_written_with_a_constant_time_and_no_trace(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    target = tmp_path / "000001.jpg"
    seen = []

    def check(path):
        seen.append((path.parent, path.read_bytes(), path.name, target.exists(), stat.S_IMODE(path.stat().st_mode)))
        return []

    publish.write_atomically(b"picture", target, work=work, check=check)
    assert target.read_bytes() == b"picture"
    assert target.stat().st_mtime_ns == publish.FIXED_TIME * 10**9
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    (folder, content, name, already, mode) = seen[0]
    assert (folder, content, already, mode) == (work, b"picture", False, 0o600)
    assert name.startswith(".part-")
    assert len(name) == 14
    assert names(work) == []


def test_an_older_output_is_replaced_whole(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old and longer" * 100)
    publish.write_atomically(b"new", target)
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.png"]


def test_a_link_in_the_targets_place_is_replaced_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    target = tmp_path / "a.png"
    target.symlink_to(other)
    publish.write_atomically(b"new", target)
    assert other.read_bytes() == b"precious"
    assert not target.is_symlink()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "utime", "chmod"])
@pytest.mark.parametrize("turn", [1, 2])
def test_a_failure_at_any_step_leaves_nothing(tmp_path, monkeypatch, call, turn, error):
    work = tmp_path / "work"
    out = tmp_path / "out"
    work.mkdir()
    out.mkdir()
    real, calls = getattr(os, call), []

    def failing(*args, **options):
        calls.append(args)
        if len(calls) == turn:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, call, failing)
    try:
        publish.write_atomically(b"picture" * 10_000, out / "a.jpg", work=work)
    except (FileError, KeyboardInterrupt) as refusal:
        assert type(refusal) is (FileError if isinstance(error, OSError) else KeyboardInterrupt)
        assert names(work, out) == []
        if isinstance(refusal, FileError):
            assert str(refusal).startswith("a.jpg cannot be written")
            assert str(tmp_path) not in str(refusal)
    else:
        assert len(calls) < turn
        assert names(work, out) == ["a.jpg"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_with_the_way_out(tmp_path, monkeypatch, code):
    class Full(io.BytesIO):
        def write(self, data):
            super().write(bytes(data)[: len(data) // 2])
            raise OSError(code, os.strerror(code))

        def fileno(self):
            return 0

    def full(descriptor, *args):
        os.close(descriptor)
        return Full()

    monkeypatch.setattr(publish.os, "fdopen", full)
    with pytest.raises(FileError, match="disk is full: free some space") as refusal:
        publish.write_atomically(b"picture" * 1000, tmp_path / "a.jpg")
    assert str(refusal.value).startswith("a.jpg")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_device_is_noticed(monkeypatch, tmp_path):
    real = os.open
    monkeypatch.setattr(publish.os, "open", lambda path, *args: real("/dev/full", os.O_WRONLY))
    with pytest.raises(FileError, match="disk is full"):
        publish.write_atomically(b"picture" * 1000, tmp_path / "a.jpg")


def test_a_finding_holds_the_file_back(tmp_path):
    def check(path):
        return [Finding("metadata", "an EXIF block is left")]

    with pytest.raises(FileError, match=r"held back.*an EXIF block is left"):
        publish.write_atomically(b"picture", tmp_path / "a.jpg", check=check)
    assert names(tmp_path) == []


def test_a_check_that_cannot_run_holds_the_file_back(tmp_path):
    def check(path):
        raise ZeroDivisionError

    with pytest.raises(FileError, match="could not be checked"):
        publish.write_atomically(b"picture", tmp_path / "a.jpg", check=check)
    assert names(tmp_path) == []


def test_missing_folders_and_overlong_names_are_said(tmp_path):
    for target in (tmp_path / "gone" / "a.jpg", tmp_path / ("x" * 300 + ".jpg")):
        with pytest.raises(FileError, match="cannot be written"):
            publish.write_atomically(b"picture", target)
    assert names(tmp_path) == []


def test_another_file_system_is_not_used_for_the_temporary_file(tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    real = Path.stat

    def elsewhere(self, **options):
        found = real(self, **options)
        if self != work:
            return found
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10]))

    monkeypatch.setattr(Path, "stat", elsewhere)
    places = []
    publish.write_atomically(b"x", tmp_path / "a.jpg", work=work, check=lambda path: places.append(path.parent) or [])
    assert places == [tmp_path]


def test_riff_and_png_containers_are_well_formed():
    frames = [few_colours(step) for step in (0, 3)]
    data = animation.webp(frames, [40, 40], 0, b"odd", lambda part: encoded(part, "WEBP", lossless=True))
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    data = animation.apng(frames, [70_000, 40], 2, lambda part: encoded(part, "PNG"))
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.info["duration"] == 70_000
    assert image.info["loop"] == 2
