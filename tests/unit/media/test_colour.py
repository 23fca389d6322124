"""Colours: what a picture looks like stays, what its profile tells about the device does not."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from workbench.media import colour, icc, photo, publish
from workbench.profiles import Output

CANARY = b"Canary-7431"
P3_MATRIX = ((0.51512, 0.2412, -0.00105), (0.29198, 0.69225, 0.04189), (0.1571, 0.06657, 0.78407))
"""Display P3 under D50, as published in Apple's profile"""


def fixed(*values):
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(columns, gamma, *, extra=b"", space=b"RGB ", table=()):
    """A version 2 profile as a device would write it: with names, a date, an ID and private tags."""
    curve = struct.pack(">4s4xI", b"curv", len(table) or 1)
    curve += struct.pack(f">{len(table)}H", *table) if table else struct.pack(">H", round(gamma * 256))
    tags = {b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(CANARY) + 1) + CANARY + bytes(79), b"mmod": CANARY * 3}
    tags |= {b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249), b"vcgt": b"vcgt" + CANARY, b"cprt": b"text" + CANARY}
    if space == b"RGB ":
        tags |= {n: b"XYZ \0\0\0\0" + fixed(*c) for n, c in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
        tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    else:
        tags[b"kTRC"] = curve
    header = bytearray(128)
    header[4:8], header[8:12], header[12:24] = b"CAN1", b"\x02\x40\0\0", b"mntr" + space + b"XYZ "
    header[24:36] = struct.pack(">6H", 2021, 7, 4, 3, 2, 1)
    header[36:40], header[48:56], header[68:80], header[80:84] = b"acsp", CANARY[:8], fixed(0.9642, 1, 0.8249), b"CAN2"
    header[84:100] = (CANARY * 2)[:16]
    at, rows, body = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        rows += struct.pack(">4sII", name, at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    whole = bytes(header) + struct.pack(">I", len(tags)) + rows + body + extra
    return struct.pack(">I", len(whole)) + whole[4:]


SRGB_TABLE = tuple((icc.SRGB_CURVE(np.linspace(0, 1, 1024)) * 65535).round().astype(int).tolist())
DISPLAY_P3 = profile(P3_MATRIX, 2.2, table=SRGB_TABLE)
OWN_WIDE = profile(((0.60, 0.28, 0.01), (0.22, 0.66, 0.05), (0.1442, 0.06, 0.7649)), 2.0)
OWN_NARROW = profile(((0.40, 0.21, 0.02), (0.40, 0.70, 0.11), (0.1642, 0.09, 0.6949)), 2.0)


def picture():
    """Smooth and saturated, every hue."""
    y, x = np.mgrid[0:60, 0:80]
    return np.stack([x * 255 // 79, y * 255 // 59, (x + 2 * y) % 256], axis=2).astype(np.uint8)


def saved(tmp_path, image, form="PNG", name="a", **options):
    path = tmp_path / name
    image.save(path, form, **options)
    return path


def shown(image, embedded):
    """The picture as a colour-managed viewer shows it in sRGB (LittleCMS, perceptual)."""
    if embedded is None:
        return np.asarray(image.convert("RGB"), dtype=int)
    source = ImageCms.ImageCmsProfile(io.BytesIO(embedded))
    srgb = ImageCms.createProfile("sRGB")
    return np.asarray(ImageCms.profileToProfile(image, source, srgb, outputMode="RGB"), dtype=int)


def test_no_profile_is_srgb():
    assert colour.plan(None, "RGB") == colour.Plan()


def test_every_known_space_reads_back_as_itself():
    for known in (icc.SRGB, *icc.WIDE):
        space = icc.parse(known)
        assert icc.build(space) == known
        ImageCms.ImageCmsProfile(io.BytesIO(known))
    # Published D50 columns (Apple's Display P3, Lindbloom's Adobe RGB) are the referees.
    assert np.abs(icc.parse(icc.DISPLAY_P3).matrix.T - P3_MATRIX).max() < 2e-4
    adobe = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
    assert np.abs(icc.parse(icc.ADOBE_RGB).matrix.T - adobe).max() < 2e-4


def test_curves_agree_with_lcms():
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    for known in (icc.DISPLAY_P3, icc.ADOBE_RGB, icc.REC2020, icc.PROPHOTO):
        light = icc.parse(known).curves[0](np.arange(256) / 255)
        encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
        assert np.abs(encoded * 255 - shown(Image.fromarray(ramp), known)[0, :, 1]).max() < 1.5


def test_an_srgb_profile_is_dropped(tmp_path):
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    opened = photo.open_photo(saved(tmp_path, Image.fromarray(picture()), icc_profile=made))
    assert opened.icc is None
    assert np.array_equal(opened.frames[0].image, picture())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_p3_profile_is_kept_without_what_names_the_device(tmp_path, form):
    image = Image.fromarray(picture())
    options = {"quality": 95} if form in ("JPEG", "WEBP", "AVIF", "HEIF") else {}
    source = saved(tmp_path, image, form, icc_profile=DISPLAY_P3, **options)
    assert CANARY in DISPLAY_P3
    opened = photo.open_photo(source)
    assert opened.icc == icc.DISPLAY_P3
    made = publish.encode_photo(opened.frames, opened, Output())
    assert CANARY not in made.data
    written = Image.open(io.BytesIO(made.data))
    assert written.info["icc_profile"] == icc.DISPLAY_P3
    before = shown(Image.open(source).convert("RGB"), DISPLAY_P3)
    after = shown(written.convert("RGB"), written.info["icc_profile"])
    assert np.abs(before.mean((0, 1)) - after.mean((0, 1))).max() < 2
    assert np.abs(before - after).mean() < 4


def test_an_unknown_wide_space_is_rebuilt_from_its_colours_alone(tmp_path):
    opened = photo.open_photo(saved(tmp_path, Image.fromarray(picture()), icc_profile=OWN_WIDE))
    assert np.array_equal(opened.frames[0].image, picture())
    assert opened.icc is not None
    for trace in (CANARY, b"CAN1", b"CAN2", b"vcgt", b"mmod", struct.pack(">3H", 2021, 7, 4)):
        assert trace in OWN_WIDE
        assert trace not in opened.icc
    assert opened.icc[24:36] == bytes(12)
    assert opened.icc[84:100] == bytes(16)
    before, after = (shown(Image.fromarray(picture()), one) for one in (OWN_WIDE, opened.icc))
    assert np.abs(before - after).max() <= 1


def test_equal_colours_give_equal_profiles_whoever_made_them(tmp_path):
    one = colour.plan(OWN_WIDE, "RGB").icc
    other = colour.plan(OWN_WIDE.replace(CANARY, b"Other-Name!"), "RGB").icc
    assert one == other


@pytest.mark.parametrize("keep", [True, False])
def test_what_is_not_wide_or_not_to_be_kept_is_converted(keep):
    image = Image.fromarray(picture())
    source = OWN_NARROW if keep else DISPLAY_P3
    plan = colour.plan(source, "RGB", keep=keep)
    assert plan.icc is None
    assert np.abs(colour.apply(image, plan) - shown(image, source)).mean() < 1


def test_lookup_tables_lab_and_cmyk_are_converted(tmp_path):
    lab = ImageCms.createProfile("LAB")
    transform = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    opened = photo.open_photo(
        saved(tmp_path, ImageCms.applyTransform(Image.fromarray(picture()), transform), "TIFF", "lab.tif")
    )
    assert np.abs(opened.frames[0].image.astype(int) - picture()).mean() < 3
    cmyk = Image.fromarray(picture()).convert("CMYK")
    opened = photo.open_photo(saved(tmp_path, cmyk, "JPEG", "cmyk.jpg", quality=95, subsampling=0))
    assert np.abs(opened.frames[0].image.astype(int) - picture()).mean() < 6
    assert opened.notes == ("CMYK without a colour profile: the colours are approximate.",)
    assert publish.encode_photo(opened.frames, opened, Output()).suffix == ".jpg"


@pytest.mark.parametrize("broken", [b"", b"junk" * 50, DISPLAY_P3[:200], DISPLAY_P3[:128] + b"\xff" * 400])
def test_a_broken_profile_is_ignored_and_said(tmp_path, broken):
    opened = photo.open_photo(saved(tmp_path, Image.fromarray(picture()), "TIFF", "a.tif", icc_profile=broken or None))
    assert opened.icc is None
    assert np.array_equal(opened.frames[0].image, picture())
    assert (len(opened.notes) == 1) is bool(broken)


def test_a_profile_of_the_wrong_kind_is_ignored_and_said(tmp_path):
    grey = profile((), 1.0, space=b"GRAY")
    opened = photo.open_photo(saved(tmp_path, Image.fromarray(picture()), "PNG", "a.png", icc_profile=grey))
    assert np.array_equal(opened.frames[0].image, picture())
    assert "ignored" in opened.notes[0]


@pytest.mark.parametrize("deep", [False, True])
def test_a_grey_profile_is_converted_at_full_depth(tmp_path, deep):
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (4, 1))
    image = Image.fromarray(ramp if deep else (ramp >> 8).astype(np.uint8))
    linear = profile((), 1.0, space=b"GRAY")
    opened = photo.open_photo(saved(tmp_path, image, "TIFF", "a.tif", icc_profile=linear))
    assert opened.icc is None
    assert opened.grey
    light = np.linspace(0, 1, 256)
    wanted = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(opened.frames[0].image[0, :, 0] - wanted * 255).max() < 2
    if deep:
        assert np.abs(opened.frames[0].deep[0] - wanted * 65535).max() < 16
        assert len(np.unique(opened.frames[0].deep)) == 256


def test_16_bit_colour_keeps_its_depth_under_a_matrix_profile(tmp_path):
    import tifffile

    deep = picture().astype(np.uint16) * 257 + 3
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, deep, photometric="rgb", iccprofile=OWN_NARROW, metadata=None)
    opened = photo.open_photo(path)
    assert np.array_equal(opened.frames[0].deep, deep)
    assert opened.icc is not None
    assert CANARY not in opened.icc


def test_png_gamma_and_chromaticities_count_where_there_is_no_profile():
    linear = colour.embedded({"gamma": 1.0})
    assert np.abs(shown(Image.fromarray(picture()), linear)[..., 1] - picture()[..., 1]).mean() > 20
    plan = colour.plan(colour.embedded({"gamma": 0.45455}), "RGB")
    assert plan.icc is None
    assert colour.embedded({"gamma": 1.0, "srgb": 0}) is None
    assert colour.embedded({"gamma": 0.0}) is None
    p3 = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
    assert colour.plan(colour.embedded({"gamma": 0.45455, "chromaticity": p3}), "RGB").icc is not None


@pytest.mark.parametrize(("points", "kept"), [((1, 13), None), ((1, 1), None), ((12, 13), icc.DISPLAY_P3)])
def test_code_points_are_honoured(points, kept):
    assert colour.plan(colour.embedded({}, points), "RGB").icc == kept
    # PNG's code points outrank its profile, AVIF's do not.
    both = {"icc_profile": OWN_WIDE}
    assert colour.embedded(both, points) == OWN_WIDE
    assert colour.embedded(both, points, code_points_first=True) != OWN_WIDE


def test_pages_with_different_profiles_meet_in_srgb(tmp_path):
    import tifffile

    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path) as writer:
        for one in (DISPLAY_P3, None):
            writer.write(picture(), photometric="rgb", iccprofile=one, metadata=None, contiguous=False)
    opened = photo.open_photo(path)
    assert opened.icc is None
    assert np.abs(opened.frames[0].image - shown(Image.fromarray(picture()), DISPLAY_P3)).mean() < 1
    assert np.array_equal(opened.frames[1].image, picture())


def test_the_profile_is_left_out_on_request_and_said(tmp_path):
    opened = photo.open_photo(saved(tmp_path, Image.fromarray(picture()), icc_profile=DISPLAY_P3))
    made = publish.encode_photo(opened.frames, opened, Output(keep_colour_profile=False))
    assert "icc_profile" not in Image.open(io.BytesIO(made.data)).info
    assert len(made.notes) == 1
