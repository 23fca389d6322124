"""Writing photos: depth, grey, transparency, size and palettes."""

import io
from dataclasses import replace

import cv2
import numpy as np
import pytest
import tifffile
from media_pictures import (
    CANARY,
    encoded,
    few_colours,
    scene,
    written,
)
from PIL import Image

from workbench.media import pixels, publish
from workbench.profiles import Output


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
