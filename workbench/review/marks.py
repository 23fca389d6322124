"""What the editor of a photo and its application tell each other: objects, operations, changes, tiles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.values import FIRST_OWN_TRACK, Correction, Kind

Box = tuple[float, float, float, float]
"""px, ``(x0, y0, x1, y1)``"""
Fate = Literal["hidden", "left", "dropped"]
What = Literal["draw", "drop", "accept", "kind", "reshape", "hide", "clear", "undo", "redo"]
SMALLEST = 2.0
"""px: a box with a shorter side was a slip of the hand"""
SAME = 0.5
"""intersection over union from which on a candidate is the object that is there already"""
COVERS = 0.9
"""share of a candidate from which on it counts as hidden"""
WHOLE = 0.6
"""share of the picture from which on a candidate is about all of it, and no box to hide"""
NAMES = {Kind.PLATE: "licence plate", Kind.TEXT: "piece of text", Kind.OTHER: "other object"}


def name_of(kind: Kind) -> str:
    """Return what a kind is called."""
    return NAMES.get(kind, str(kind))


class Candidate(Protocol):
    """A place that is worth a look, such as `assess.risk.Candidate`."""

    @property
    def box(self) -> Box:
        """Where."""

    @property
    def kind(self) -> Kind:
        """What may be there."""

    @property
    def risk(self) -> float:
        """How likely something is visible there that should be hidden, 0..1."""

    @property
    def why(self) -> str:
        """One sentence."""


@dataclass(frozen=True)
class Mark:
    """One object of the picture, as it is now."""

    number: int
    """its track"""
    kind: Kind
    box: Box
    score: float
    origin: str
    fate: Fate
    accepted: bool = False
    """a person has said that it is to be hidden"""

    @property
    def own(self) -> bool:
        """Whether a person drew it."""
        return self.number >= FIRST_OWN_TRACK


@dataclass(frozen=True)
class Operation:
    """What a person asks for. Fields that it does not need keep their defaults."""

    what: What
    """"draw" box and kind; "drop", "accept", "kind" and "reshape" the object `number`; "hide" or "clear" a
    `candidate`; "undo", "redo" """
    number: int = -1
    candidate: int = -1
    kind: Kind = Kind.FACE
    box: Box = (0, 0, 0, 0)


@dataclass(frozen=True)
class Change:
    """One step: what is stored for it, and what is taken back."""

    words: str
    """what was done, such as "drew: face" """
    added: tuple[Correction, ...] = ()
    withdrawn: tuple[Correction, ...] = ()
    cleared: tuple[int, ...] = ()
    """positions of candidates at which a person saw nothing that must be hidden"""
    reopened: tuple[int, ...] = ()
    """positions of candidates for which that was taken back"""
    select: int = -1
    """the object to go to afterwards; −1 for none"""
    before: int = -1
    """the one to go to when this is taken back"""

    def reverse(self) -> "Change":
        """Return what takes this change back."""
        return Change(self.words, self.withdrawn, self.added, self.reopened, self.cleared, self.before, self.select)


Store = Callable[[Change], Sequence[Correction]]
"""keeps a change; returns ``change.added`` with the numbers that they got. What it raises makes the change undone"""


@dataclass(frozen=True)
class TileRequest:
    """A part of the picture that a view wants to show."""

    item: int
    """the photo, as `EditorWidget.show` named it"""
    number: int
    """the view's own, to be given back"""
    layer: Literal["original", "redacted"]
    version: int
    """the state of the corrections that it belongs to; 0 for the original"""
    box: tuple[int, int, int, int]
    """px of the picture, ``(x0, y0, x1, y1)``, inside it, never empty"""
    side: int
    """px: as long as the longer side of the answer may be; it is never enlarged"""

    def cut(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return this part of the upright picture ``(H, W, 3)`` at full size, for `evidence.on_screen`."""
        x0, y0, x1, y1 = self.box
        return image[y0:y1, x0:x1]
