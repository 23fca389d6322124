"""The contact sheet of exposure: everything that scored anything and is not hidden, the highest score first.

What is in it comes from the catalog alone; a crop is made when somebody looks at it, and kept nowhere.
"""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench import corrections, evidence, geometry
from workbench.assess.risk import Seen, covered
from workbench.catalog.case import Case
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.profiles import Profile
from workbench.redact.cover import shown
from workbench.review.survey import released, see
from workbench.tracks import PERSON, Track, tracks_of
from workbench.values import Action, Asset, Correction, Detections, FileError, Kind, Media

COVERED = 0.9
"""share of a box from which on it counts as hidden"""
MOST = 2000
"""crops of a sheet"""
CROP_SIDE = 240
"""px of the longer side of a crop"""
ROOM = 0.6
"""of a box's side that is shown around it, so that one sees what it is"""
LEAST_ROOM = 12
"""px, of the picture"""


@dataclass(frozen=True, eq=False)
class Exposed:
    """One object that is visible in the release."""

    asset: Asset
    track: Track
    """with its number, by which a correction names it"""
    frame: int
    """in which it is seen best; 0 of a photo"""
    box: tuple[float, float, float, float]
    """px, in that frame"""

    @property
    def kind(self) -> Kind:
        """What it may be."""
        return self.track.kind

    @property
    def score(self) -> float:
        """The highest of its scores, 0..1."""
        return self.track.score

    @property
    def key(self) -> tuple[str, int]:
        """What it is called as long as nobody searches again: the content of its file, and its number."""
        return self.asset.sha256, self.track.number


@dataclass(frozen=True)
class Sheet:
    """A contact sheet."""

    exposed: tuple[Exposed, ...]
    """the highest score first"""
    total: int
    """how many there are; more than `exposed` holds when `MOST` was not enough"""
    files: int
    """how many files have any"""
    unknown: tuple[Asset, ...] = ()
    """whose detections are not stored any more, so that nothing can be said of them"""


def sheet(case: Case, run: int, least: float = 0.0, kinds: Iterable[Kind] = Kind, most: int = MOST) -> Sheet:
    """Return what stands visible in the output of a run although a detector gave it a score.

    Parameters
    ----------
    case, run
    least : float
        Score from which on, 0..1.
    kinds : iterable of Kind
    most : int
        So many with the highest scores are kept.
    """
    wanted, profile = frozenset(kinds), case.catalog.run(run).profile
    files: set[tuple[str, str]] = set()
    unknown, total = [], 0

    def everything() -> Iterator[tuple[float, int, Exposed]]:
        nonlocal total
        for item in released(case, run):
            seen = see(case, run, item, item.asset.path)
            if seen is None:
                unknown.append(item.asset)
                continue
            for one in exposed(item.asset, seen, profile):
                if one.score >= least and one.kind in wanted:
                    total += 1
                    files.add((item.asset.source, item.asset.path))
                    yield one.score, -total, one

    best = heapq.nlargest(most, everything(), key=lambda row: row[:2])
    return Sheet(tuple(one for _, _, one in best), total, len(files), tuple(unknown))


def exposed(asset: Asset, seen: Seen, profile: Profile) -> list[Exposed]:
    """Return the objects of one file that neither the run nor a correction hides, the highest score first.

    Of a video, one for each track: where it is seen best. What people called a false alarm is not among them.
    """
    hidden_tracks = {span[0] for span in seen.spans}
    found = []
    for track in tracks_of(seen.frames):
        if track.number in hidden_tracks or _will_be_hidden(track, profile):
            continue
        best = int(np.lexsort((_areas(track), track.scores))[-1])
        frame, box = int(track.frames[best]), track.boxes[best]
        if covered(geometry.as_boxes(box), seen.hidden(frame))[0] >= COVERED:
            continue
        x0, y0, x1, y1 = (float(part) for part in box)
        found.append(Exposed(asset, track, frame, (x0, y0, x1, y1)))
    return sorted(found, key=lambda one: -one.score)


def masking(one: Exposed, profile: Profile, by: str = "", reason: str = "") -> Correction:
    """Return the correction that hides an exposed object, of a video for as long as its track is known."""
    track = one.track
    first, last = int(track.frames[0]), int(track.frames[-1])
    # "accept" gives a full score, which is not enough where the profile leaves the kind or the size alone.
    certain = bool(shown(_rows(track, np.float32(1)), profile).all())
    action = Action.ACCEPT if certain else Action.EXTEND
    boxes = corrections.anchors(track, first, last)
    return Correction(action, first, last, track.number, kind=track.kind, boxes=boxes, by=by, reason=reason)


def crop(one: Exposed, side: int = CROP_SIDE) -> bytes:
    """Return an exposed object with some room around it as a small JPEG, unredacted.

    Raises
    ------
    FileError
        When its file cannot be read, or is not what was searched.
    """
    return crop_at(one.asset, one.frame, one.box, side)


def crop_at(asset: Asset, frame: int, box: Iterable[float], side: int = CROP_SIDE) -> bytes:
    """Return a place in a file with some room around it; see `crop`."""
    image, icc = _picture(str(Path(asset.source) / asset.path), asset.sha256, frame, asset.media)
    return evidence.on_screen(cut(image, box), icc, side)


def cut(image: NDArray[np.uint8], box: Iterable[float]) -> NDArray[np.uint8]:
    """Return what is in a box of a picture ``(H, W, 3)`` and around it; never empty."""
    x0, y0, x1, y1 = box
    room = max(ROOM * max(x1 - x0, y1 - y0), LEAST_ROOM)
    height, width = image.shape[:2]
    left, top = max(int(x0 - room), 0), max(int(y0 - room), 0)
    right, bottom = min(int(np.ceil(x1 + room)), width), min(int(np.ceil(y1 + room)), height)
    left, top = min(left, width - 1), min(top, height - 1)
    return np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])


@lru_cache(maxsize=3)
def _picture(path: str, sha256: str, frame: int, media: Media) -> tuple[NDArray[np.uint8], bytes | None]:
    """Return one frame of a file; neighbours on the sheet are often from the same one."""
    if media is Media.VIDEO:
        frames = Frames(open_video(Path(path), whole=False), memory=1)
        try:
            return frames.at(frame).rgb(), None
        finally:
            frames.close()
    opened = open_photo(Path(path))
    if sha256 and opened.sha256 != sha256:
        raise FileError(f"{Path(path).name} was changed since it was searched: run the batch again.")
    return opened.frames[min(frame, len(opened.frames) - 1)].image, opened.icc


def _will_be_hidden(track: Track, profile: Profile) -> bool:
    return bool((track.origins == PERSON).any() or shown(_rows(track, np.float32(track.score)), profile).any())


def _rows(track: Track, score: np.float32) -> Detections:
    """Return the boxes of a track as detections with one score."""
    count = len(track.boxes)
    return Detections(
        track.boxes, np.full(count, score), np.full(count, str(track.kind)), np.full(count, "", object).astype(str)
    )


def _areas(track: Track) -> NDArray[np.float32]:
    sides = track.boxes[:, 2:] - track.boxes[:, :2]
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)
