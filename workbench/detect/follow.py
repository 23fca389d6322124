"""Follow a box that a person drew through the frames before and after it, and stop where that would be a guess.

Each step moves the box by the median of what its own points did (median flow: Z. Kalal, K. Mikolajczyk,
J. Matas, "Forward-backward error", ICPR 2010), then compares what is in the box now with what was in it.
No network: it follows whatever was drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Box = NDArray[np.float64]
Strip = Callable[[int, int], Sequence[Grey]]
End = Literal["end", "lost", "left", "limit", "stopped"]
"""the clip ends, the object was lost, it left the picture, it was followed as long as asked, somebody stopped it"""

CHUNK = 24
"""frames that are read at once: going back frame by frame would decode each of them from the last key frame again"""
POINTS = 80
FORWARD_BACKWARD = 1.5
"""px that a point may miss its start by when it is followed there and back"""
KEPT = 0.35
"""share of points that must come back, or the flow says nothing"""
ALIKE = 0.55
"""correlation with what was in the box before, below which it is something else"""
FOUND = 0.7
"""correlation from which on a search around the last place has found it again"""
SIDE = 32
"""px: patches are compared at this size"""
STEP = 1.25
"""an object does not grow or shrink by more than this from one frame to the next"""
TOLERANCE = 0.5
"""px that a box may be off when it is interpolated between two key boxes"""


@dataclass(frozen=True)
class Followed:
    """Where the object is, and where it was lost."""

    boxes: tuple[tuple[float, ...], ...]
    """``(frame, x0, y0, x1, y1)`` px: key boxes; between them the object moves evenly"""
    first: int
    last: int
    """the frames through which it was followed, both included"""
    before: End
    """why it goes no further back"""
    after: End
    """why it goes no further on"""


def follow(
    strip: Strip,
    frame: int,
    box: Sequence[float],
    frames: int,
    *,
    scale: float = 1.0,
    longest: int = 250,
    go_on: Callable[[int], bool] = lambda _frame: True,
) -> Followed:
    """Follow `box` of `frame` through the frames around it.

    Parameters
    ----------
    strip : callable
        ``strip(first, last)`` returns the frames from first to last, both included, as ``(h, w)`` uint8 grey.
    frame : int
        Where the box was drawn.
    box : sequence of float, px
        ``x0, y0, x1, y1`` in the clip's own pixels.
    frames : int
        How many the clip has.
    scale : float
        Size of the strip's frames compared with the clip's.
    longest : int
        Frames to go in each direction at most.
    go_on : callable
        ``go_on(frame)`` is asked before each step; false stops there.
    """
    start = np.asarray(box, float) * scale
    path = {frame: start}
    ends: list[End] = []
    for step, limit in ((-1, max(frame - longest, 0)), (1, min(frame + longest, frames - 1))):
        ends.append(_one_way(strip, frame, limit, step, path, go_on))
        if ends[-1] == "limit" and limit in (0, frames - 1):
            ends[-1] = "end"
    when = np.array(sorted(path))
    found = np.stack([path[index] for index in when]) / scale
    keys = _keys(when, found)
    boxes = tuple((float(when[row]), *(round(float(part), 2) for part in found[row])) for row in keys)
    return Followed(boxes, int(when[0]), int(when[-1]), ends[0], ends[1])


def _one_way(
    strip: Strip, frame: int, limit: int, step: int, path: dict[int, Box], go_on: Callable[[int], bool]
) -> End:
    """Extend `path` from `frame` to `limit`; return why it stops."""
    before, box = strip(frame, frame)[0], path[frame]
    first = latest = _patch(before, box)
    while frame != limit:
        end = frame + step * CHUNK
        end = max(end, limit) if step < 0 else min(end, limit)
        low, high = sorted((frame + step, end))
        for image in list(strip(low, high))[::step]:
            if not go_on(frame + step):
                return "stopped"
            moved = _step(before, image, box, first, latest)
            if moved is None:
                return "lost"
            if _outside(moved, image) > 0.5:
                return "left"
            frame, box, before = frame + step, moved, image
            path[frame] = box
            now = _patch(image, box)
            # What is remembered follows slow changes, and never a jump.
            latest = np.asarray(cv2.addWeighted(latest, 0.7, now, 0.3, 0), np.uint8)
    return "limit"


def _step(before: Grey, after: Grey, box: Box, first: Grey, latest: Grey) -> Box | None:
    """Return where the box is in the next frame, or None when nothing there looks like it."""
    candidates = [_by_flow(before, after, box), _by_search(after, box, latest)]
    scored = [(_likeness(_patch(after, moved), first, latest), moved) for moved in candidates if moved is not None]
    likeness, moved = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    return moved if likeness >= ALIKE else None


def _by_flow(before: Grey, after: Grey, box: Box) -> Box | None:
    mask = np.zeros_like(before)
    x0, y0, x1, y1 = _inside(box, before)
    mask[y0:y1, x0:x1] = 255
    points = cv2.goodFeaturesToTrack(before, POINTS, 0.01, 2, mask=mask)
    if points is None or len(points) < 4:
        return None
    window = {"winSize": (15, 15), "maxLevel": 3}
    there, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, None, **window)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(after, before, there, None, **window)
    error = np.linalg.norm((back - points).reshape(-1, 2), axis=1)
    good = (found.ravel() == 1) & (returned.ravel() == 1) & (error <= FORWARD_BACKWARD)
    if good.mean() < KEPT or good.sum() < 4:
        return None
    old, new = points.reshape(-1, 2)[good], there.reshape(-1, 2)[good]
    shift = np.median(new - old, axis=0)
    growth = _growth(old, new)
    centre = (box[:2] + box[2:]) / 2 + shift
    half = (box[2:] - box[:2]) / 2 * growth
    return np.concatenate([centre - half, centre + half])


def _growth(old: NDArray[Any], new: NDArray[Any]) -> float:
    """Return by how much the points have moved apart: the median over pairs of them."""
    one, other = np.triu_indices(len(old), 1)
    apart = np.linalg.norm(old[one] - old[other], axis=1)
    far = apart > 3
    if far.sum() < 6:
        return 1.0
    ratio = np.median(np.linalg.norm(new[one[far]] - new[other[far]], axis=1) / apart[far])
    return float(np.clip(ratio, 1 / STEP, STEP))


def _by_search(after: Grey, box: Box, latest: Grey) -> Box | None:
    """Look for the remembered patch around the last place: for what has too little structure for points."""
    size = np.maximum((box[2:] - box[:2]).round().astype(int), 4)
    area = _inside(np.concatenate([box[:2] - size * 0.6, box[2:] + size * 0.6]), after)
    window = after[area[1] : area[3], area[0] : area[2]]
    if window.shape[0] <= size[1] or window.shape[1] <= size[0]:
        return None
    template = cv2.resize(latest, (int(size[0]), int(size[1])))
    if template.std() < 2:
        return None  # a plain surface is everywhere
    _, best, _, place = cv2.minMaxLoc(cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED))
    if best < FOUND:
        return None
    corner = np.array([area[0] + place[0], area[1] + place[1]], float)
    return np.concatenate([corner, corner + (box[2:] - box[:2])])


def _likeness(now: Grey, first: Grey, latest: Grey) -> float:
    return max(_correlation(now, first), _correlation(now, latest))


def _correlation(one: Grey, other: Grey) -> float:
    a, b = one.astype(np.float32) - one.mean(), other.astype(np.float32) - other.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if size < SIDE * SIDE:  # both without structure: compare how bright they are
        return 1.0 - abs(float(one.mean()) - float(other.mean())) / 32
    return float((a * b).sum()) / size


def _patch(image: Grey, box: Box) -> Grey:
    """Return what is in a box at the size at which patches are compared; beyond the rim its pixels go on."""
    centre, size = (box[:2] + box[2:]) / 2, np.maximum(box[2:] - box[:2], 2)
    turn = np.array(
        [
            [size[0] / SIDE, 0, centre[0] - size[0] / 2],
            [0, size[1] / SIDE, centre[1] - size[1] / 2],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, turn, (SIDE, SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _inside(box: Box, image: Grey) -> NDArray[np.intp]:
    height, width = image.shape
    low = np.clip(np.floor(box[:2]), 0, [width, height])
    high = np.clip(np.ceil(box[2:]), 0, [width, height])
    return np.concatenate([low, high]).astype(np.intp)


def _outside(box: Box, image: Grey) -> float:
    """Return the share of a box that lies outside the picture."""
    height, width = image.shape
    seen = np.clip(np.minimum(box[2:], [width, height]) - np.maximum(box[:2], 0), 0, None).prod()
    return 1.0 - float(seen / max((box[2:] - box[:2]).prod(), 1e-6))


def _keys(when: NDArray[Any], boxes: NDArray[Any]) -> list[int]:
    """Return the rows between which all others lie on straight lines (Douglas and Peucker, 1973)."""
    kept, open_spans = {0, len(when) - 1}, [(0, len(when) - 1)]
    while open_spans:
        low, high = open_spans.pop()
        if high - low < 2:
            continue
        share = ((when[low : high + 1] - when[low]) / (when[high] - when[low]))[:, None]
        off = np.abs(boxes[low : high + 1] - (boxes[low] + share * (boxes[high] - boxes[low]))).max(axis=1)
        worst = int(off.argmax())
        if off[worst] > TOLERANCE:
            kept.add(low + worst)
            open_spans += [(low, low + worst), (low + worst, high)]
    return sorted(kept)
