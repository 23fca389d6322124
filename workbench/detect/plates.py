"""Decides which pieces of writing are number plates. Pure: no network, no picture.

In doubt writing counts as a plate: built-in profiles hide both kinds, but somebody who keeps text (signs,
brands) and hides plates must not lose a plate to a careful rule.
"""

import re
from collections.abc import Sequence

import cv2
import numpy as np

from workbench import geometry
from workbench.detect.lines import Line, oriented

ASPECTS = (1.0, 8.0)
"""length over height of a plate's writing: a square one to a long plate of one row (520 x 110 mm)"""
UNREAD_ASPECT = 1.5
"""least length over height where nothing can be read; what is rounder is more often an emblem or a lamp"""
JOINED_ASPECTS = (0.8, 8.0)
"""length over height of the rows of one plate taken together"""
SMALLEST = 8.0
"""px: what is lower and cannot be read is more often a texture than a plate"""
SAME_HEIGHT = 1.6
"""lines whose heights differ by a larger factor are not parts of one plate or one block"""
BLOCK = 3
"""so many lines of one height side by side or stacked are a text, not plates"""

_SMALL = set("ckopsuvwxyz")
"""small letters that a reader confuses with capitals"""


def plate_shaped(line: Line, aspects: tuple[float, float] = ASPECTS) -> bool:
    """Return whether a line has the proportions of a plate's writing."""
    return aspects[0] <= line.aspect <= aspects[1]


def plate_like(text: str) -> bool:
    """Return whether a reading could be a plate's: short, capitals and digits.

    Letters alone count too from 4 to 8 (vanity plates); prices and shares do not.
    """
    signs = [sign for sign in text if sign.isalnum()]
    if not 3 <= len(signs) <= 10 or re.search(r"[$€£¥%@]", text):
        return False
    if sum(sign.islower() and sign not in _SMALL for sign in signs) > 1:
        return False
    if any(sign.isdigit() for sign in signs):
        return True
    return 4 <= len(signs) <= 8 and all(sign.isascii() for sign in signs)


def split(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """Return the plates and the other text among the lines of one picture.

    Rows or fragments of one plate are joined to one line, whose quadrilateral covers them and whose score
    is their best.
    """
    plates: list[Line] = []
    texts: list[Line] = []
    for group in _groups(lines):
        members = [lines[index] for index in group]
        joined = _join(members) if 1 < len(members) <= 2 * BLOCK else None
        if joined is not None:
            plates.append(joined)
        elif sum(line.text is None or line.signs > 1 for line in members) >= BLOCK:
            texts += members
        else:
            for line in members:
                (plates if _is_plate(line) else texts).append(line)
    return plates, texts


def _is_plate(line: Line) -> bool:
    if not plate_shaped(line):
        return False
    if line.readable:
        return plate_like(line.text or "")
    return line.height >= SMALLEST and line.aspect >= UNREAD_ASPECT


def _join(members: Sequence[Line]) -> Line | None:
    """Return the plate that a few neighbouring pieces form together, or None.

    Every piece has to be readable: lamps and grilles beside each other would become a huge plate otherwise.
    """
    if not all(line.readable for line in members):
        return None
    corners = np.concatenate([line.quad for line in members])
    quad = oriented(cv2.boxPoints(cv2.minAreaRect(corners)))
    text = " ".join(line.text or "" for line in _reading_order(members))
    confidence = min(line.confidence for line in members)
    whole = Line(quad, max(line.score for line in members), text, confidence)
    # The joined rectangle has to be mostly writing, or it joins things that merely stand near each other.
    writing = sum(line.length * line.height for line in members)
    if not plate_shaped(whole, JOINED_ASPECTS) or writing < 0.5 * whole.length * whole.height:
        return None
    return whole if plate_like(text) and any(sign.isdigit() for sign in text) else None


def _reading_order(members: Sequence[Line]) -> list[Line]:
    """Return lines from the top row to the bottom row, each from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(members, key=lambda line: float(line.box[1] + line.box[3])):
        middle = (line.box[1] + line.box[3]) / 2
        if rows and middle < rows[-1][0].box[3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: float(line.box[0]))]


def _groups(lines: Sequence[Line]) -> list[list[int]]:
    """Return the indices of lines that stand together: alike in height, side by side or stacked."""
    if not lines:
        return []
    boxes = geometry.as_boxes([line.box for line in lines])
    heights = np.array([line.height for line in lines])
    sides = boxes[:, 2:] - boxes[:, :2]
    # shared[axis] > 0 is how far two boxes overlap on that axis, < 0 how far they are apart
    shared = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:]) - np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    least = np.minimum(sides[:, None], sides[None, :])
    low = np.minimum(heights[:, None], heights[None, :])
    alike = np.maximum(heights[:, None], heights[None, :]) <= SAME_HEIGHT * low
    beside = (shared[..., 1] >= 0.5 * least[..., 1]) & (shared[..., 0] >= -1.2 * low)
    stacked = (shared[..., 0] >= 0.3 * least[..., 0]) & (shared[..., 1] >= -0.9 * low)
    near = alike & (beside | stacked)
    groups: list[list[int]] = []
    left = np.ones(len(lines), bool)
    for first in range(len(lines)):
        if not left[first]:
            continue
        members = np.zeros(len(lines), bool)
        members[first] = True
        while (grown := near[members].any(axis=0) | members).sum() > members.sum():
            members = grown
        left &= ~members
        groups.append(np.flatnonzero(members).tolist())
    return groups
