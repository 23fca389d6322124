"""The same thing in nearly equal pictures."""

import numpy as np
import pytest
from PIL import Image, ImageFilter

from workbench.review import alike


def scene(seed, size=(320, 240)):
    """A picture of soft shapes that no other seed gives."""
    noise = np.random.default_rng(seed).integers(0, 256, (15, 20, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def bits(image):
    return alike.likeness(np.asarray(image.convert("RGB")))


def test_a_picture_saved_smaller_darker_or_softer_is_nearly_the_same_and_another_is_not():
    here = scene(1)
    dark = here.point(lambda value: value * 0.8)
    for other in (here.resize((160, 120)), here.filter(ImageFilter.GaussianBlur(2)), dark):
        assert (bits(here) ^ bits(other)).bit_count() <= alike.ALIKE
    apart = [(bits(scene(one)) ^ bits(scene(other))).bit_count() for one in range(8) for other in range(one)]
    assert min(apart) > alike.ALIKE


@pytest.mark.parametrize(("shift", "size"), [((0, 0), (320, 240)), ((12, -8), (320, 240)), ((0, 0), (480, 360))])
def test_the_same_thing_is_found_where_it_moved(shift, size):
    before = scene(2)
    patch = scene(3, (40, 40))
    before.paste(patch, (100, 80))
    after = scene(2)
    after.paste(patch, (100 + shift[0], 80 + shift[1]))
    after = after.resize(size)
    box, score = alike.same_place(np.asarray(before), (100, 80, 140, 120), np.asarray(after))
    scale = size[0] / 320
    assert box == pytest.approx([(100 + shift[0]) * scale, (80 + shift[1]) * scale, *box[2:]], abs=3)
    assert box[2:] == pytest.approx([(140 + shift[0]) * scale, (120 + shift[1]) * scale], abs=3)
    assert score > 0.9


def test_what_is_not_there_is_not_offered():
    before = scene(2)
    before.paste(scene(3, (40, 40)), (100, 80))
    assert alike.same_place(np.asarray(before), (100, 80, 140, 120), np.asarray(scene(9))) is None
    assert alike.same_place(np.asarray(before), (5, 5, 6, 6), np.asarray(before)) is None
    flat = np.zeros((240, 320, 3), np.uint8)
    assert alike.same_place(flat, (100, 80, 140, 120), flat) is None


def test_a_mask_is_offered_in_every_near_duplicate(desk):
    pictures = {"day/00.jpg": scene(1), "night/01.jpg": scene(1).resize((160, 120)), "day/02.jpg": scene(5)}
    for path, picture in pictures.items():
        (desk.source / path).parent.mkdir(exist_ok=True)
        picture.save(desk.source / path, quality=92)
    desk.photos(3, faint=(), contents=True)
    first = desk.assets[0]
    near = alike.near_duplicates(desk.case, desk.run, first)
    assert [asset.path for asset, _ in near] == ["night/01.jpg"]
    assert len(desk.case.catalog.likenesses()) == 3
    [place] = alike.everywhere(desk.case, desk.run, first, (100, 80, 150, 130))
    assert place.asset.path == "night/01.jpg"
    assert place.box == pytest.approx((50, 40, 75, 65), abs=4)
    (desk.source / "night/01.jpg").unlink()
    assert alike.everywhere(desk.case, desk.run, first, (100, 80, 150, 130)) == []
