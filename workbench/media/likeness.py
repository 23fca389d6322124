"""What a picture looks like, in 64 bits that nearly equal pictures nearly share; of a video three such numbers in one.

The bits are the signs of the lowest frequencies of the picture reduced to 32 × 32 grey pixels, against their median
("pHash", Zauner 2010, https://www.phash.org/docs/pubs/thesis_zauner.pdf), as the library imagehash computes them.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.disk import printable
from workbench.media import colour, decode, files, headers, pixels
from workbench.media.photo import MAX_PIXELS, clearly, open_photo
from workbench.media.video import open_video
from workbench.values import FileError, Media

BITS = 64
PARTS = {Media.PHOTO: 1, Media.VIDEO: 3}
"""how many numbers of `BITS` bits stand for one file: of a video its first, middle and last frame"""
ALIKE = 10
"""differing bits of 64 up to which two pictures may show the same; chance alone gives 32, 10 or fewer in one of 10^8"""
_SIDE = 256
"""px of the longer side to which a large picture is decoded before it is reduced"""

_SIDEWAYS = (5, 6, 7, 8)
"""values of Exif's Orientation that swap width and height"""


@dataclass(frozen=True)
class Glance:
    """What one file shows."""

    width: int
    """px of the upright picture"""
    height: int
    """px"""
    seconds: float
    """a video's; 0 for a photo"""
    bits: int
    """what it looks like, see `likeness` and `likeness_of_frames`"""


def likeness(image: NDArray[np.uint8]) -> int:
    """Return 64 bits that nearly equal pictures nearly share.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8, RGB
    """
    import imagehash

    found = imagehash.phash(Image.fromarray(image)).hash
    return int("".join("1" if value else "0" for value in np.asarray(found).ravel()), 2)


def likeness_of_frames(first: NDArray[np.uint8], middle: NDArray[np.uint8], last: NDArray[np.uint8]) -> int:
    """Return the 192 bits of a video by three of its frames, each as `likeness` takes it."""
    return likeness(first) << (2 * BITS) | likeness(middle) << BITS | likeness(last)


def difference(one: int, other: int, media: Media = Media.PHOTO) -> int:
    """Return the differing bits of 64; of videos the mean over their three frames, rounded up."""
    return -(-(one ^ other).bit_count() // PARTS[media])


def is_flat(bits: int, media: Media = Media.PHOTO) -> bool:
    """Return whether a picture shows next to nothing (black, or one colour), so that it resembles every other such."""
    parts = [(bits >> (BITS * part)) & (2**BITS - 1) for part in range(PARTS[media])]
    return all(part.bit_count() <= 2 for part in parts)


def glance(path: Path, media: Media, tick: Callable[[], object] = lambda: None) -> Glance:
    """Return the size of a photo or video and what it looks like.

    A large JPEG is decoded at reduced size.

    Raises
    ------
    FileError
        When it cannot be read as what it is.
    """
    return _video(path, tick) if media is Media.VIDEO else _photo(path)


def _photo(path: Path) -> Glance:
    name = printable(path.name)
    data = files.read_source(path)
    form = files.sniff(data[:64])
    if form != "JPEG":
        photo = open_photo(path)
        frame = photo.frames[0]
        return Glance(frame.width, frame.height, 0.0, likeness(frame.image))
    if not headers.read(data, form).whole:
        raise FileError(f"{name} is cut short or damaged (its JPEG data have no proper end): copy it again.")
    with clearly(name, form):
        source: Any = Image.open(io.BytesIO(data), formats=(form,))
        width, height = source.size
        decode.refuse_bomb(name, source.size, 1, MAX_PIXELS)
        source.draft(None, (_SIDE, _SIDE))
        source.load()
        base, _ = pixels.split(source)
        plain = colour.apply(base, colour.plan(colour.embedded(source.info), base.mode, keep=False))
        turn = pixels.orientation_of(source.info.get("exif"))
        if turn in _SIDEWAYS:
            width, height = height, width
        return Glance(width, height, 0.0, likeness(pixels.upright(plain, turn)))


def _video(path: Path, tick: Callable[[], object]) -> Glance:
    video = open_video(path)
    places = (0, video.expected_frames // 2, max(video.expected_frames - 1, 0))
    scale = min(_SIDE / max(video.width, video.height), 1.0)
    images = []
    for place in places:
        tick()
        images.append(next(iter(video.frames(place, place + 1, threads=1))).rgb(scale))
    return Glance(video.width, video.height, float(video.duration), likeness_of_frames(*images))
