"""The same thing in nearly equal pictures."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from clips import make_clip, moving_box
from PIL import Image, ImageFilter

from workbench.media.likeness import likeness
from workbench.review import alike
from workbench.tracks import Track
from workbench.values import Action, Asset, Kind, Media, Outcome, State


def scene(seed, size=(320, 240)):
    """A picture of soft shapes that no other seed gives."""
    noise = np.random.default_rng(seed).integers(0, 256, (15, 20, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


def bits(image):
    return likeness(np.asarray(image.convert("RGB")))


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


def over(seed, index, size):
    """A frame of a clip: an object that walks over a background that no other seed has."""
    background = np.array(scene(seed, size))
    x0, y0, x1, y1 = moving_box(index, size)
    background[y0:y1, x0:x1] = np.asarray(scene(99, (x1 - x0, y1 - y0)))
    return background


@pytest.fixture
def clips(desk):
    """Three videos that were released: one, the same at half the size, and another one."""
    made = {}
    for name, seed, size in (
        ("day/a.mp4", 1, (320, 240)),
        ("day/half.mp4", 1, (160, 120)),
        ("night/b.mp4", 7, (320, 240)),
    ):
        path = desk.source / name
        path.parent.mkdir(exist_ok=True)
        # The object is where it would be in the large one, whatever the size.
        make_clip(
            path,
            frames=20,
            size=size,
            draw=lambda index, seed=seed, size=size: np.array(
                Image.fromarray(over(seed, index, (320, 240))).resize(size)
            ),
        )
        content = path.read_bytes()
        made[name] = Asset(name, str(desk.source), hashlib.sha256(content).hexdigest(), len(content), 1, Media.VIDEO)
    catalog = desk.case.catalog
    catalog.put_assets(desk.run, list(made.values()))
    catalog.give_names(desk.run, list(made.values()), (), {(one.source, one.path): "MP4" for one in made.values()})
    for number, (name, one) in enumerate(made.items()):
        catalog.put_hash(one)
        outcome = Outcome(
            name, State.DONE, {}, 0, f"{number:06}.mp4", "ff", 9, 20, 320, 240, media=Media.VIDEO, duration="1"
        )
        catalog.put_outcome(desk.run, one, outcome, one.sha256, "1.0 prints", 1)
    return made


def test_a_track_is_offered_in_a_smaller_copy_of_its_video_and_nowhere_else(desk, clips):
    frames = np.arange(2, 15)
    boxes = np.array([moving_box(int(frame), (320, 240)) for frame in frames], np.float32)
    track = Track(4, Kind.FACE, frames, boxes, np.full(13, 0.2), np.full(13, "centerface"))
    assert [one.path for one, _ in alike.near_duplicates(desk.case, desk.run, clips["day/a.mp4"])] == ["day/half.mp4"]
    [place] = alike.along(desk.case, desk.run, clips["day/a.mp4"], track)
    assert (place.asset.path, place.frame, place.last) == ("day/half.mp4", 2, 14)
    for frame, *box in place.keys:
        np.testing.assert_allclose(box, np.array(moving_box(int(frame), (320, 240))) / 2, atol=4)
    made = place.masking(1_000_000, track.kind, "ann", "same as elsewhere")
    assert (made.action, made.first, made.last, made.by) == (Action.ADD, 2, 14, "ann")
    catalog = desk.case.catalog
    assert catalog.add_correction(place.asset.sha256, made).number
    absent = replace(track, boxes=boxes * 0 + np.array([5, 5, 6, 6], np.float32))
    assert alike.along(desk.case, desk.run, clips["day/a.mp4"], absent) == []
