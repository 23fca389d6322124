"""The same thing in other pictures: nearly equal ones by a fingerprint of what they look like, and the place in them.

A burst, a picture that was cropped or saved again, the frames of a fixed camera: who masks something in one of
them is offered it in the others. It is an offer: a person decides in each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.catalog.case import Case
from workbench.catalog.store import file_sha256
from workbench.media.likeness import ALIKE, difference, glance, is_flat
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.review.survey import Released, released
from workbench.tracks import Track
from workbench.values import Action, Asset, Correction, FileError, Kind

SURE = 0.6
"""correlation of the masked crop with its place in the other picture from which on the place is offered"""
ROOM = 0.15
"""how far the crop may have moved, as a share of the picture's longer side"""
SCALES = (1.0, 0.9, 1.1)
FLAT = 2.0
"""grey levels of standard deviation: a crop of less is alike everywhere"""
MOMENTS = 12
"""of a track, at which it is looked for in another video"""
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
    frame: int = 0
    """of a video: in which it is found first"""
    last: int = 0
    """of a video: up to which frame it is to be hidden"""
    keys: Sequence[Sequence[float]] = ()
    """of a video: ``(frame, x0, y0, x1, y1)`` px, where it was found"""

    def masking(self, number: int, kind: Kind, by: str, reason: str) -> Correction:
        """Return the correction that hides it there, as a new object with this number."""
        boxes = self.keys or ((0.0, *self.box),)
        return Correction(Action.ADD, self.frame, self.last, number, kind=kind, boxes=boxes, by=by, reason=reason)


def near_duplicates(
    case: Case, run: int, asset: Asset, most: int = ALIKE, tick: Callable[[], object] = lambda: None
) -> list[tuple[Asset, int]]:
    """Return the photos or videos of a run that look nearly like one of them, with the differing bits, best first.

    What a file looks like is remembered in the case; only what was never asked for is opened.

    Parameters
    ----------
    case, run
    asset : Asset
        One of the run's photos or videos; what is compared is of the same sort.
    most : int
        Differing bits of 64 that are still alike; of videos the mean over three of their frames.
    tick : callable
        Called once a file, and now and then in a video; it may raise to stop.
    """
    known = case.catalog.likenesses()
    found: list[tuple[Asset, int]] = []
    same_sort = [each for each in released(case, run) if each.asset.media is asset.media]
    own = next((each for each in same_sort if (each.asset.source, each.asset.path) == (asset.source, asset.path)), None)
    mine = _of(case, own, known, tick) if own else None
    if own is None or mine is None or is_flat(mine, asset.media):
        return []  # what shows next to nothing resembles everything
    for other in same_sort:
        tick()
        theirs = None if other is own else _of(case, other, known, tick)
        if theirs is not None and (bits := difference(mine, theirs, asset.media)) <= most:
            found.append((other.asset, bits))
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


def along(case: Case, run: int, asset: Asset, track: Track, tick: Callable[[], object] = lambda: None) -> list[Place]:
    """Return where a track of one video is in videos that look nearly like it, the surest first: each is an offer.

    A copy, the same clip cut to another size or saved again. It is looked for at the same moments, at up to
    `MOMENTS` of them, and has to be found in half of those that the other video has.
    """
    rows = np.unique(np.linspace(0, len(track.frames) - 1, MOMENTS).round().astype(int))
    places = []
    with Frames(open_video(Path(asset.source) / asset.path, whole=False), memory=1) as own:
        for other, _ in near_duplicates(case, run, asset, tick=tick):
            try:
                with Frames(open_video(Path(other.source) / other.path, whole=False), memory=1) as theirs:
                    place = _along(own, theirs, other, track, rows.tolist(), tick)
            except FileError:
                continue
            places += [place] if place else []
    return sorted(places, key=lambda place: -place.score)


def _along(
    own: Frames, theirs: Frames, other: Asset, track: Track, rows: Sequence[int], tick: Callable[[], object]
) -> Place | None:
    """Return where a track is in another video, with a key box at each moment at which it was found."""
    keys: dict[int, tuple[float, float, float, float]] = {}
    scores, tried = [], 0
    for row in rows:
        tick()
        frame = int(track.frames[row])
        if own.times[frame] > theirs.times[-1]:
            continue  # the other one is cut off before
        tried += 1
        x0, y0, x1, y1 = (float(part) for part in track.boxes[row])
        here = theirs.index_at(own.times[frame])
        found = same_place(own.at(frame).rgb(), (x0, y0, x1, y1), theirs.at(here).rgb())
        if found:
            keys[here] = found[0]
            scores.append(found[1])
    if not keys or 2 * len(keys) < tried:
        return None
    first, last = (theirs.index_at(own.times[int(frame)]) for frame in (track.frames[0], track.frames[-1]))
    boxes = tuple((float(frame), *(round(part, 1) for part in keys[frame])) for frame in sorted(keys))
    return Place(other, keys[min(keys)], sum(scores) / len(scores), first, last, boxes)


def _of(case: Case, item: Released, known: dict[str, int], tick: Callable[[], object]) -> int | None:
    sha256 = item.asset.sha256
    if sha256 not in known:
        path = Path(item.asset.source) / item.asset.path
        try:
            if file_sha256(path, tick) != sha256:
                return None
            known[sha256] = glance(path, item.asset.media, tick).bits
        except (FileError, OSError):
            return None  # moved or damaged since: the next run says so
        case.catalog.put_likeness(sha256, known[sha256])
    return known[sha256]
