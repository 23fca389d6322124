import io

import cv2
import media_canaries as canaries
import numpy as np
import pytest
import skimage.data
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from workbench.media.check import check_photo
from workbench.values import Frame

CLEAN = canaries.clean()
PLANTED = canaries.planted()
SIZE = (canaries.WIDTH, canaries.HEIGHT)
ANIMATED = ("apng animated", "gif animated", "webp animated", "tiff pages")
FACE = (64, 64, 160, 192)  # on a grid of 16, as `redact.cover` makes it for a lossy picture
SECOND = (176, 160, 240, 240)
LOSSY = [
    *[("JPEG", {"quality": quality, "subsampling": part}) for quality in (60, 75, 85, 95) for part in (0, 2)],
    ("JPEG", {"quality": 75, "progressive": True}),
    *[("WEBP", {"quality": quality}) for quality in (60, 80, 95)],
    ("HEIF", {"quality": 70}),
    ("AVIF", {"quality": 70, "speed": 10}),
]
EXACT = [("PNG", {}), ("WEBP", {"lossless": True}), ("TIFF", {"compression": "tiff_lzw"}), ("BMP", {})]


@pytest.fixture(scope="module")
def astronaut():
    return skimage.data.astronaut()[0:256, 112:368]


@pytest.fixture
def check(tmp_path):
    def run(data, size=SIZE, frames=1, allow_icc=False, **more):
        path = tmp_path / "000001.part"
        path.write_bytes(data)
        return check_photo(path, size=size, frames=frames, allow_icc=allow_icc, **more)

    return run


def row(box, method="solid", shape="box", frame=0, kind="face"):
    return [frame, kind, method, shape, *box]


def filled(image, *boxes, colours=((96, 96, 96), (30, 90, 200))):
    result = image.copy()
    for (x0, y0, x1, y1), colour in zip(boxes, colours, strict=False):
        result[y0:y1, x0:x1] = colour
    return result


def encoded(image, form, **options):
    return canaries.saved(Image.fromarray(image), form, **options)


def checks(findings):
    return {finding.check for finding in findings}


@pytest.mark.parametrize(
    ("data", "expected"),
    [(b"", "format"), (b"\xff\xd8\xff", "decode"), (b"hello", "format"), (CLEAN["png"][:90], "decode")],
)
def test_what_is_no_whole_picture_is_reported(check, data, expected):
    assert expected in checks(check(data))


def test_a_missing_file_is_reported(tmp_path):
    assert [finding.check for finding in check_photo(tmp_path / "gone.jpg", size=SIZE, frames=1, allow_icc=False)] == [
        "readable"
    ]


@pytest.mark.parametrize("name", CLEAN)
def test_clean_files_pass(check, name):
    assert check(CLEAN[name], frames=2 if name in ANIMATED else 1) == []


@pytest.mark.parametrize("name", PLANTED)
def test_planted_files_fail(check, name):
    frames = 2 if name == "avif clock" else 1
    found = check(PLANTED[name][0], frames=frames)
    assert checks(found) & {"metadata", "trailer", "slack", "colour profile"}
    assert all(finding.file == "000001.part" and finding.message.endswith(".") for finding in found)
    at = PLANTED[name][0].find(canaries.RAW)
    offsets = [finding.offset for finding in found if finding.offset is not None]
    assert at < 0 or min(offsets) <= at


def test_size_and_frames_must_be_as_the_manifest_says(check):
    assert checks(check(CLEAN["png"], size=(48, 33))) == {"size"}
    assert checks(check(CLEAN["gif animated"], frames=1)) == {"frames"}
    assert checks(check(CLEAN["png"], frames=2)) == {"frames"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_a_colour_profile_must_be_allowed_and_say_nothing_but_colours(check, form):
    dated = canaries.profile()
    pure = bytearray(dated)
    # Its date, makers and ID are fields of the header.
    for start, stop in ((4, 8), (24, 36), (48, 64), (80, 128)):
        pure[start:stop] = bytes(stop - start)
    pure = bytes(pure)
    with_pure = canaries.saved(canaries.picture(), form, icc_profile=pure)
    assert checks(check(with_pure)) == {"colour profile"}
    assert check(with_pure, allow_icc=True) == []
    with_date = canaries.saved(canaries.picture(), form, icc_profile=dated)
    assert checks(check(with_date, allow_icc=True)) == {"colour profile"}
    with_tail = canaries.saved(canaries.picture(), form, icc_profile=pure + canaries.RAW)
    assert checks(check(with_tail, allow_icc=True)) == {"colour profile"}


@pytest.mark.parametrize("bad", [["x"], [0, "face", "solid", "box", 0, 0, 5], [0, "face", "smear", "box", 0, 0, 5, 5],
                                 row((0, 0, 49, 5)), row((5, 5, 5, 9)), row((0, 0, 5, 5), frame=1)])  # fmt: skip
def test_rows_that_make_no_sense_are_reported(check, bad):
    assert checks(check(CLEAN["png"], regions=[bad])) == {"region"}


@pytest.mark.parametrize(("form", "options"), [*LOSSY, *EXACT])
def test_a_redacted_picture_passes_and_a_region_pasted_back_fails(check, astronaut, form, options):
    rows = [row(FACE), row(SECOND, "average")]
    done = filled(astronaut, FACE, SECOND)
    assert check(encoded(done, form, **options), size=(256, 256), regions=rows) == []
    for box in (FACE, SECOND):
        x0, y0, x1, y1 = box
        undone = done.copy()
        undone[y0:y1, x0:x1] = astronaut[y0:y1, x0:x1]
        found = check(encoded(undone, form, **options), size=(256, 256), regions=rows)
        assert checks(found) == {"region"}
        assert len(found) == 1
        assert str(list(box)) in found[0].message


@pytest.mark.parametrize(("form", "options"), [*LOSSY, *EXACT])
@pytest.mark.parametrize("side", [16, 32])
def test_small_regions_on_the_codec_s_grid(check, astronaut, form, options, side):
    small = cv2.resize(astronaut, (128, 128), interpolation=cv2.INTER_AREA)
    box = (48, 16, 48 + side, 16 + side)
    assert check(encoded(filled(small, box), form, **options), size=(128, 128), regions=[row(box)]) == []
    assert checks(check(encoded(small, form, **options), size=(128, 128), regions=[row(box)])) == {"region"}


@pytest.mark.parametrize(("form", "options"), LOSSY)
@pytest.mark.parametrize("box", [(67, 67, 157, 187), (69, 71, 88, 93), (244, 234, 256, 256)])
def test_regions_off_the_grid_raise_no_false_alarm(check, astronaut, form, options, box):
    assert check(encoded(filled(astronaut, box), form, **options), size=(256, 256), regions=[row(box)]) == []


@pytest.mark.parametrize(("form", "options"), [*LOSSY, *EXACT])
def test_half_a_region_left_open_is_found(check, astronaut, form, options):
    x0, y0, x1, y1 = FACE
    half = filled(astronaut, (x0, y0, x1, (y0 + y1) // 2))
    assert checks(check(encoded(half, form, **options), size=(256, 256), regions=[row(FACE)])) == {"region"}


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("JPEG", {"quality": 80})])
def test_overlapping_regions(check, astronaut, form, options):
    other = (128, 128, 240, 256)
    rows = [row(FACE), row(other, "average")]
    done = filled(astronaut, other, FACE)  # one wins the shared part
    assert check(encoded(done, form, **options), size=(256, 256), regions=rows) == []
    shared = done.copy()
    shared[144:192, 128:160] = astronaut[144:192, 128:160]
    assert checks(check(encoded(shared, form, **options), size=(256, 256), regions=rows)) == {"region"}


@pytest.mark.parametrize(("form", "options"), [("PNG", {}), ("JPEG", {"quality": 80}), ("WEBP", {"quality": 80})])
def test_ellipses_are_checked_inside_their_outline(check, astronaut, form, options):
    x0, y0, x1, y1 = FACE
    done = astronaut.copy()
    rows, columns = np.mgrid[0:256, 0:256] + 0.5
    inside = ((columns - (x0 + x1) / 2) / (x1 - x0) * 2) ** 2 + ((rows - (y0 + y1) / 2) / (y1 - y0) * 2) ** 2 <= 1
    done[inside] = 96
    region = [row(FACE, shape="ellipse")]
    assert check(encoded(done, form, **options), size=(256, 256), regions=region) == []
    assert checks(check(encoded(astronaut, form, **options), size=(256, 256), regions=region)) == {"region"}
    # The corners of the box stay visible, which a box would not allow.
    assert checks(check(encoded(done, form, **options), size=(256, 256), regions=[row(FACE)])) == {"region"}


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
@pytest.mark.parametrize("method", ["blur", "pixelate"])
def test_weak_methods_are_judged_against_the_source_only(check, astronaut, form, method):
    x0, y0, x1, y1 = FACE
    done = astronaut.copy()
    patch = astronaut[y0:y1, x0:x1]
    if method == "blur":
        done[y0:y1, x0:x1] = cv2.GaussianBlur(patch, (0, 0), 0.3 * (x1 - x0))
    else:
        small = cv2.resize(patch, (4, 5), interpolation=cv2.INTER_AREA)
        done[y0:y1, x0:x1] = cv2.resize(small, patch.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    before = [Frame(astronaut)]
    rows = [row(FACE, method)]
    assert check(encoded(done, form), size=(256, 256), regions=rows, before=before) == []
    assert checks(check(encoded(astronaut, form), size=(256, 256), regions=rows, before=before)) == {"region"}
    assert check(encoded(astronaut, form), size=(256, 256), regions=rows) == []


def test_a_scaled_output_is_compared_with_the_scaled_source(check, astronaut):
    half = cv2.resize(astronaut, (128, 128), interpolation=cv2.INTER_AREA)
    box = (32, 32, 80, 96)
    before = [Frame(astronaut)]
    assert check(encoded(filled(half, box), "PNG"), size=(128, 128), regions=[row(box)], before=before) == []
    found = check(encoded(half, "PNG"), size=(128, 128), regions=[row(box, "blur")], before=before)
    assert checks(found) == {"region"}


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_low_byte_of_16_bit_pictures_counts(check, suffix, channels):
    rng = np.random.default_rng(3)
    image = rng.integers(0, 65536, (64, 64, channels), dtype=np.uint16)
    image[16:48, 16:48] = 24672
    options = {"size": (64, 64), "regions": [row((16, 16, 48, 48))]}
    assert check(cv2.imencode(suffix, image)[1].tobytes(), **options) == []
    image[16:48, 16:48] += rng.integers(0, 60, (32, 32, channels), dtype=np.uint16)
    assert checks(check(cv2.imencode(suffix, image)[1].tobytes(), **options)) == {"region"}


def test_colours_behind_full_transparency_count(check, astronaut):
    x0, y0, x1, y1 = FACE
    alpha = np.full((256, 256), 255, np.uint8)
    alpha[y0:y1, x0:x1] = 0
    options = {"size": (256, 256), "regions": [row(FACE)]}
    assert check(encoded(np.dstack([filled(astronaut, FACE), alpha]), "PNG"), **options) == []
    assert checks(check(encoded(np.dstack([astronaut, alpha]), "PNG"), **options)) == {"region"}
    cleared = filled(astronaut, FACE, colours=[(0, 0, 0)])
    cleared[y0 : y0 + 20, x0:x1], alpha[y0 : y0 + 20, x0:x1] = 96, 255
    assert check(encoded(np.dstack([cleared, alpha]), "PNG"), **options) == []


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "TIFF"])
def test_every_frame_is_checked(check, form):
    first, second = (np.asarray(canaries.picture(shift=shift)) for shift in (0, 90))
    box = (16, 16, 32, 32)

    def animation(*pages):
        images = [Image.fromarray(page) for page in pages]
        file = io.BytesIO()
        more = {"lossless": True} if form == "WEBP" else {}
        images[0].save(file, form, save_all=True, append_images=images[1:], **more)
        return file.getvalue()

    rows = [row(box), row(box, frame=1)]
    assert check(animation(filled(first, box), filled(second, box)), frames=2, regions=rows) == []
    found = check(animation(filled(first, box), second), frames=2, regions=rows)
    assert [finding.check for finding in found] == ["region"]
    assert found[0].message.startswith("Frame 1: the face at ")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.sampled_from([*CLEAN.values(), *(data for data, _, _ in PLANTED.values())]),
    edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8),
)
def test_damaged_files_give_findings_and_never_raise(check, data, edits):
    damaged = bytearray(data)
    for place, value in edits:
        damaged[place % len(damaged)] = value
    for finding in check(bytes(damaged), regions=[row((8, 8, 24, 24))]):
        assert finding.message
