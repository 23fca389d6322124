"""Decide what is hidden: detections and a profile in, regions out. A pure function; no pixel is read."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.profiles import KindRule, Profile
from workbench.tracks import PERSON
from workbench.values import Detections, Kind, Method, Regions, Shape

ELLIPSE_PAD = math.sqrt(0.5) - 0.5
"""the margin with which an ellipse still contains every corner of the object's box"""
BLEED = 2
"""px that chroma upsampling carries beyond a codec block's edge"""


def shown(detections: Detections, profile: Profile) -> NDArray[np.bool_]:
    """Return the ``(N,)`` mask of the detections that the profile hides; what a person asked for always is."""
    sides = geometry.shorter_side(detections.boxes)
    chosen = np.asarray(detections.origins == PERSON, dtype=bool)
    for kind, rule in profile.kinds.items():
        if rule.hide:
            chosen |= (detections.kinds == kind) & (detections.scores >= rule.min_score) & (sides >= rule.min_size)
    return chosen


def cover(
    detections: Detections,
    profile: Profile,
    width: int,
    height: int,
    grid: int = 1,
    origin: tuple[int, int] = (0, 0),
) -> Regions:
    """Return the regions of one frame that `profile` hides.

    Parameters
    ----------
    detections : Detections
        Candidates of the frame, in its pixels.
    profile : Profile
        What to hide and how.
    width, height : int, px
        Size of the frame.
    grid : int, px
        Side of the source codec's block. A block that holds any part of the object carries some of
        it into all its pixels, so every such block is covered whole.
    origin : (int, int), px
        A point at which a block begins: not (0, 0) where turning a photo upright moved a part block
        to the front.
    """
    chosen = detections[shown(detections, profile)]
    blocks = geometry.round_outward(chosen.boxes, grid, origin) + np.array([-BLEED, -BLEED, BLEED, BLEED])
    least = chosen.boxes if grid == 1 else blocks
    parts = [
        _regions(chosen.boxes[chosen.kinds == kind], least[chosen.kinds == kind], kind, rule.applied, (width, height))
        for kind, rule in profile.kinds.items()
    ]
    if profile.background.hide:
        parts.append(_background(detections, profile, width, height))
    return _concat(parts)


def _regions(
    boxes: geometry.Boxes,
    least: NDArray[Any],
    kind: Kind,
    rule: KindRule,
    size: tuple[int, int],
) -> Regions:
    """Return the regions of one kind; each contains its row of `least`."""
    padded = grown(boxes, rule)
    covered = geometry.clip(_both(geometry.round_outward(padded), geometry.round_outward(least)), *size)
    inside = geometry.area(covered) > 0
    covered, boxes = covered[inside], boxes[inside]
    fills = rule.method in (Method.SOLID, Method.AVERAGE)
    details = np.zeros(len(boxes)) if fills else np.maximum(rule.strength * geometry.shorter_side(boxes), 1)
    return _columns(covered, kind, rule.shape, rule.method, details, rule.colour)


def grown(boxes: geometry.Boxes, rule: KindRule) -> geometry.Boxes:
    """Return what of objects a rule covers: with its margin, and with all corners where the shape is an ellipse."""
    padded = geometry.pad(boxes, rule.pad)
    if rule.shape is Shape.ELLIPSE:
        corners = (boxes[:, 2:] - boxes[:, :2]) * ELLIPSE_PAD
        padded = _both(padded, np.concatenate([boxes[:, :2] - corners, boxes[:, 2:] + corners], axis=1))
    return padded


def _both(first: NDArray[Any], second: NDArray[Any]) -> geometry.Boxes:
    """Return the boxes that contain both of each pair."""
    low, high = np.minimum(first, second)[:, :2], np.maximum(first, second)[:, 2:]
    return np.concatenate([low, high], axis=1).astype(np.float32)


def _background(detections: Detections, profile: Profile, width: int, height: int) -> Regions:
    settings = profile.background
    kept = np.isin(detections.kinds, [str(kind) for kind in settings.keep]) & (detections.scores >= settings.min_score)
    boxes = complement(geometry.clip(detections.boxes[kept], width, height), width, height)
    return _columns(boxes, Kind.OTHER, Shape.BOX, Method.SOLID, np.zeros(len(boxes)), settings.colour)


def complement(kept: geometry.Boxes, width: int, height: int) -> NDArray[np.int32]:
    """Return rectangles that tile everything outside `kept`, whose edges are rounded inward."""
    inner = np.concatenate([np.ceil(kept[:, :2]), np.floor(kept[:, 2:])], axis=1).astype(np.int32)
    inner = inner[(inner[:, 2] > inner[:, 0]) & (inner[:, 3] > inner[:, 1])]
    rows = np.unique(np.concatenate([[0, height], inner[:, 1], inner[:, 3]]))
    tiles: list[tuple[int, int, int, int]] = []
    for top, bottom in zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True):
        inside = inner[(inner[:, 1] <= top) & (inner[:, 3] >= bottom)]
        for left, right in _gaps(sorted((int(x0), int(x1)) for x0, x1 in inside[:, [0, 2]]), width):
            tiles.append((left, top, right, bottom))
    return np.array(tiles, dtype=np.int32).reshape(-1, 4)


def _gaps(spans: Iterable[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    gaps, reached = [], 0
    for left, right in spans:
        if left > reached:
            gaps.append((reached, left))
        reached = max(reached, right)
    if reached < width:
        gaps.append((reached, width))
    return gaps


def _columns(
    boxes: NDArray[np.float32] | NDArray[np.int32],
    kind: Kind,
    shape: Shape,
    method: Method,
    details: NDArray[np.floating],
    colour: tuple[int, int, int],
) -> Regions:
    count = len(boxes)
    return Regions(
        boxes=np.asarray(boxes, dtype=np.int32),
        kinds=np.full(count, str(kind)),
        shapes=np.full(count, str(shape)),
        methods=np.full(count, str(method)),
        details=np.asarray(details, dtype=np.float32),
        colours=np.tile(np.array(colour, dtype=np.uint8), (count, 1)),
    )


def _concat(parts: list[Regions]) -> Regions:
    names = ("boxes", "kinds", "shapes", "methods", "details", "colours")
    return Regions(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
