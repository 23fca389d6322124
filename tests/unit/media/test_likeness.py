import numpy as np
import pytest
from clips import make_clip
from PIL import Image

from workbench.media.likeness import ALIKE, BITS, difference, glance, is_flat, likeness, likeness_of_frames
from workbench.media.photo import open_photo
from workbench.values import FileError, Media


def patches(seed, size=(320, 200)):
    small = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def test_a_smaller_darker_copy_is_alike_and_another_picture_is_not():
    image = patches(1)
    other = likeness(np.asarray(patches(2)))
    changed = image.resize((97, 61)).point(lambda value: value * 0.8)
    mine = likeness(np.asarray(image))
    assert 0 <= mine < 2**BITS
    assert difference(mine, likeness(np.asarray(changed))) <= 4
    assert difference(mine, other) > ALIKE


def test_it_is_what_imagehash_computes():
    import imagehash

    image = patches(3)
    assert f"{likeness(np.asarray(image)):016x}" == str(imagehash.phash(image))


def test_an_empty_picture_resembles_nothing():
    for grey in (0, 128, 255):
        assert is_flat(likeness(np.full((40, 60, 3), grey, np.uint8)))
    assert not is_flat(likeness(np.asarray(patches(1))))
    black = likeness(np.zeros((40, 60, 3), np.uint8))
    assert not is_flat(likeness_of_frames(*[np.asarray(patches(1))] * 3), Media.VIDEO)
    assert is_flat(black << 2 * BITS | black << BITS | black, Media.VIDEO)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_glance_sees_the_picture_upright_as_opening_it_does(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    patches(4, (1600, 1000)).save(path, exif=exif)
    frame = open_photo(path).frames[0]
    seen = glance(path, Media.PHOTO)
    assert (seen.width, seen.height, seen.seconds) == (frame.width, frame.height, 0)
    assert difference(seen.bits, likeness(frame.image)) <= 2


def test_a_glance_at_a_clip_takes_three_frames(tmp_path):
    clip = make_clip(tmp_path / "a.mp4", frames=20)
    seen = glance(clip.path, Media.VIDEO)
    assert (seen.width, seen.height, seen.seconds) == (160, 120, 0.8)
    again = glance(make_clip(tmp_path / "b.mp4", frames=20).path, Media.VIDEO)
    assert difference(seen.bits, again.bits, Media.VIDEO) == 0


def test_half_a_picture_is_no_picture(tmp_path):
    path = tmp_path / "a.jpg"
    patches(5).save(path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(FileError, match=r"a\.jpg is cut short"):
        glance(path, Media.PHOTO)
