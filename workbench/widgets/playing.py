"""What the player and an application tell each other: rows of the timeline, requests and edits. No widget here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from workbench.values import Kind, UsageError
from workbench.widgets.base import text_of, whole_number

KINDS = tuple(str(kind) for kind in Kind)
Look = Literal["seen", "between", "held", "person", "dropped"]
"""a detector saw it, it stands between two sights or beside the first or last one, a person asked for it, a person
called it a false alarm"""
LOOKS = get_args(Look)
Fate = Literal["hidden", "left", "dropped"]
What = Literal["accept", "drop", "extend", "split", "merge", "kind", "add", "mute", "unmute"]
"""what a person can change"""
LARGEST = 2560
"""px of the longer side of a picture that a view may ask for"""
CROPS = 24
"""crops that a view may ask for at once"""


@dataclass(frozen=True)
class Row:
    """One object, as one row of the timeline."""

    track: int
    name: str
    """such as "Face 12" """
    kind: Kind
    score: float
    """the best of all its sights"""
    fate: Fate
    """whether it is hidden anywhere with the rules as they are"""
    stretches: Sequence[tuple[int, int, Look, bool]]
    """first and last frame, what stands there, and whether it is hidden there; ascending"""
    close: bool = False
    """not hidden, but not far from it: worth a look"""


@dataclass(frozen=True)
class FrameRequest:
    """One picture that a view wants."""

    number: int
    """the view's own, to be given back"""
    index: int
    original: bool
    redacted: bool
    side: int
    """px of the longer side"""


@dataclass(frozen=True)
class Edit:
    """One change that a person asks for. Fields that it does not need are 0, −1 or empty."""

    what: What
    first: int = 0
    """the first frame concerned; the one where a box was drawn, or where a track is split"""
    last: int = 0
    track: int = -1
    other: int = -1
    kind: Kind = Kind.OTHER
    box: tuple[float, float, float, float] = (0, 0, 0, 0)
    """px"""
    follow: bool = False
    """follow a drawn box through the frames around it"""


def read_request(content: Mapping[str, Any], frames: int) -> FrameRequest:
    """Return what a page asks for; raises `UsageError` for what no page of ours sends."""
    return FrameRequest(
        number=whole_number(content, "number", 2**53),
        index=whole_number(content, "index", frames),
        original=content.get("original") is True,
        redacted=content.get("redacted") is True,
        side=max(min(whole_number(content, "side", 2**16), LARGEST), 64),
    )


def read_tracks(content: Mapping[str, Any]) -> list[int]:
    """Return the numbers of the tracks that a page asks about; raises `UsageError`."""
    wanted = content.get("tracks")
    return [whole_number({"track": number}, "track", 2**31) for number in (wanted or [])[:CROPS]]


def read_edit(content: Mapping[str, Any], frames: int) -> Edit:
    """Return what a page wants changed; raises `UsageError` for what no page of ours sends."""
    what = text_of(content, "what", 20)
    kind = text_of(content, "kind", 20) if "kind" in content else str(Kind.OTHER)
    box = content.get("box", (0, 0, 0, 0))
    numbers = isinstance(box, list | tuple) and all(
        isinstance(part, int | float) and np.isfinite(part) and abs(part) < 2**20 for part in box
    )
    if what not in get_args(What) or kind not in KINDS or not numbers or len(box) != 4:
        raise UsageError("The page asked for a change that this widget does not know. Reload the page.")
    numbered = {name: whole_number(content, name, 2**31) for name in ("track", "other") if name in content}
    first = whole_number(content, "first", frames)
    last = whole_number(content, "last", frames) if "last" in content else first
    x0, y0, x1, y1 = (float(part) for part in box)
    return Edit(
        what,  # type: ignore[arg-type]
        first,
        last,
        kind=Kind(kind),
        box=(x0, y0, x1, y1),
        follow=content.get("follow") is True,
        **numbered,
    )
