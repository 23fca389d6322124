"""Writing animations and pages: every frame, its duration and the loop."""

import io
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from media_pictures import (
    ANIMATED,
    animated,
    encoded,
    few_colours,
    scene,
    written,
)
from PIL import Image

from workbench.media import animation, encode, palettes, pixels, publish
from workbench.profiles import Output
from workbench.values import FileError


@pytest.mark.parametrize("form", ANIMATED)
@pytest.mark.parametrize("lossless", [True, False])
def test_equal_frames_are_not_merged(opened, reopened, form, lossless):
    frames = [few_colours(step) for step in (0, 1, 2, 3)]
    options = {"lossless": True} if form == "WEBP" and lossless else {}
    source = opened(animated(form, frames, duration=[50, 100, 150, 200], **options))
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
    source = opened(animated(form, frames, duration=[30, 50, 70, 1000], **times, **options))
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
    source = opened(animated("GIF", [few_colours(0), few_colours(4)], duration=50))
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
    source = opened(animated("TIFF", pages, compression="tiff_lzw"))
    made = written(source)
    again = reopened(made)
    assert len(again.frames) == 3
    for frame, page in zip(again.frames, pages, strict=True):
        assert np.array_equal(frame.image, page)
    tags = {256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 317}
    assert set(Image.open(io.BytesIO(made.data)).tag_v2) <= tags


@pytest.mark.parametrize("form", ANIMATED)
def test_a_lost_frame_is_an_error_not_an_output(opened, monkeypatch, form):
    source = opened(animated(form, [few_colours(0), few_colours(4)], duration=50))
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


def test_riff_and_png_containers_are_well_formed():
    frames = [few_colours(step) for step in (0, 3)]
    data = animation.webp(frames, [40, 40], 0, b"odd", lambda part: encoded(part, "WEBP", lossless=True))
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    data = animation.apng(frames, [70_000, 40], 2, lambda part: encoded(part, "PNG"))
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.info["duration"] == 70_000
    assert image.info["loop"] == 2
