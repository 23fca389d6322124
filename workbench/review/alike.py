"""The same thing in other pictures: nearly equal ones by a fingerprint of what they look like, and the place in them.

A burst, a picture that was cropped or saved again, the frames of a fixed camera: who masks something in one of
them is offered it in the others. It is an offer: a person decides in each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from workbench.catalog.case import Case
from workbench.media.photo import open_photo
from workbench.review.survey import Released, released
from workbench.values import Asset, FileError, Media

ALIKE = 10
"""differing bits of 64 up to which two pictures may show the same; chance alone gives 32, 10 or fewer in one of 10^8"""
SURE = 0.6
"""correlation of the masked crop with its place in the other picture from which on the place is offered"""
ROOM = 0.15
"""how far the crop may have moved, as a share of the picture's longer side"""
SCALES = (1.0, 0.9, 1.1)
FLAT = 2.0
"""grey levels of standard deviation: a crop of less is alike everywhere"""
CROP_SIDE = 96
"""px of the longer side to which a crop is reduced before it is searched"""


@dataclass(frozen=True)
class Place:
    """Where the same thing probably is in another picture."""

    asset: Asset
    box: tuple[float, float, float, float]
    """px of that picture"""
    score: float
    """correlation with what was masked, −1..1"""


def likeness(image: NDArray[np.uint8]) -> int:
    """Return 64 bits that nearly equal pictures nearly share.

    The signs of the lowest frequencies of the picture reduced to 32 × 32 grey pixels, against their median
    (the "pHash" of Zauner, 2010, https://www.phash.org/docs/pubs/thesis_zauner.pdf, as the package imagehash does it).
    """
    small = cv2.resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = np.asarray(fft.dctn(small.astype(np.float64), type=2))[:8, :8]
    return int("".join("1" if value else "0" for value in (low > np.median(low)).ravel()), 2)


def near_duplicates(
    case: Case, run: int, asset: Asset, most: int = ALIKE, tick: Callable[[], object] = lambda: None
) -> list[tuple[Asset, int]]:
    """Return the photos of a run that look nearly like one of them, with the bits in which they differ, best first.

    What a picture looks like is remembered in the case; only what was never asked for is opened.

    Parameters
    ----------
    case, run
    asset : Asset
        One of the run's photos.
    most : int
        Differing bits of 64 that are still alike.
    tick : callable
        Called once a photo; it may raise to stop.
    """
    known = case.catalog.likenesses()
    found: list[tuple[Asset, int]] = []
    photos = [each for each in released(case, run) if each.asset.media is Media.PHOTO]
    own = next((each for each in photos if (each.asset.source, each.asset.path) == (asset.source, asset.path)), None)
    mine = _of(case, own, known) if own else None
    if own is None or mine is None:
        return []
    for other in photos:
        tick()
        theirs = None if other is own else _of(case, other, known)
        if theirs is not None and (mine ^ theirs).bit_count() <= most:
            found.append((other.asset, (mine ^ theirs).bit_count()))
    return sorted(found, key=lambda pair: (pair[1], pair[0].source, pair[0].path))


def same_place(
    image: NDArray[np.uint8], box: tuple[float, float, float, float], other: NDArray[np.uint8]
) -> tuple[tuple[float, float, float, float], float] | None:
    """Return where what `box` shows in `image` is in `other`, with its correlation; None when it is not found surely.

    Parameters
    ----------
    image, other : ndarray of shape (H, W, 3), uint8, RGB
        Nearly equal pictures; their sizes may differ.
    box : (float, float, float, float), px
        In `image`.
    """
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (round(max(part, 0)) for part in box)
    crop = image[y0 : min(y1, height), x0 : min(x1, width)]
    if min(crop.shape[:2]) < 4 or crop.std() < FLAT:
        return None
    stretch = np.array([other.shape[1] / width, other.shape[0] / height])
    best: tuple[tuple[float, float, float, float], float] | None = None
    reach = ROOM * max(other.shape[:2])
    for scale in SCALES:
        size = np.maximum(np.array([crop.shape[1], crop.shape[0]]) * stretch * scale, 2)
        centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) * stretch
        low = np.maximum(np.floor(centre - size / 2 - reach), 0).astype(int)
        high = np.minimum(np.ceil(centre + size / 2 + reach), [other.shape[1], other.shape[0]]).astype(int)
        window = other[low[1] : high[1], low[0] : high[0]]
        shrink = min(CROP_SIDE / float(size.max()), 1.0)
        columns, lines = np.maximum(np.round(size * shrink), 2).astype(int).tolist()
        needle = cv2.resize(crop, (columns, lines), interpolation=cv2.INTER_AREA)
        hay = cv2.resize(window, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        if hay.shape[0] < needle.shape[0] or hay.shape[1] < needle.shape[1]:
            continue
        match = cv2.matchTemplate(hay, needle, cv2.TM_CCOEFF_NORMED)
        _, score, _, (column, line) = cv2.minMaxLoc(np.nan_to_num(match, posinf=0, neginf=0))
        if score >= SURE and (best is None or score > best[1]):
            left, top = low[0] + column / shrink, low[1] + line / shrink
            best = (float(left), float(top), float(left + size[0]), float(top + size[1])), float(score)
    return best


def everywhere(
    case: Case,
    run: int,
    asset: Asset,
    box: tuple[float, float, float, float],
    tick: Callable[[], object] = lambda: None,
) -> list[Place]:
    """Return where what a box of one photo shows is in its near duplicates, the surest first: each is an offer."""
    alike = near_duplicates(case, run, asset, tick=tick)
    if not alike:
        return []
    image = open_photo(Path(asset.source) / asset.path).frames[0].image
    places = []
    for other, _ in alike:
        tick()
        try:
            found = same_place(image, box, open_photo(Path(other.source) / other.path).frames[0].image)
        except FileError:
            continue  # moved or damaged since: the next run says so
        if found:
            places.append(Place(other, *found))
    return sorted(places, key=lambda place: -place.score)


def _of(case: Case, item: Released, known: dict[str, int]) -> int | None:
    sha256 = item.asset.sha256
    if sha256 not in known:
        try:
            opened = open_photo(Path(item.asset.source) / item.asset.path)
        except FileError:
            return None
        if opened.sha256 != sha256:
            return None
        known[sha256] = likeness(opened.frames[0].image)
        case.catalog.put_likeness(sha256, known[sha256])
    return known[sha256]
