"""Which parts of a video's frames must have one colour, and which of their pixels a codec leaves alone.

Regions that overlap are told apart: the strongest method wins, and of equal ones the same in the whole overlap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from workbench.media.check_insets import Mask, Patch, Picture, Window, chroma_of, inset, side_of
from workbench.values import Method, Shape

Colour = tuple[float, float, float]
"""Y, U, V in levels of the decoded planes"""

FILLS = (Method.SOLID, Method.AVERAGE)
_RIM = 3
"""px inside a region's edge that the codec's filter changes at once"""
_CORE = 8
"""px inside a region's edge that the codec's transform reaches"""
_MOST_RIVALS = 15
_LEAST = 4
"""px: a thinner part of a region lies in the codec's blocks of its surroundings and cannot be judged"""


@dataclass(frozen=True)
class Span:
    """One row: a region that stays where it is from frame `first` to frame `last`."""

    track: int
    first: int
    last: int
    kind: str
    method: str
    shape: str
    box: Window

    def __str__(self) -> str:
        return f"the {self.kind} at {list(self.box)}"


@dataclass(frozen=True, eq=False)
class Area:
    """A part of the picture that must have one colour."""

    name: str
    spans: tuple[Span, ...]
    colours: tuple[Colour, ...]
    """what it may be; empty when any one colour will do"""
    side: float
    """px of its shorter side"""
    edge: Patch
    core: Patch | None
    chroma: Patch | None


def areas(spans: Sequence[Span], picture: Picture, colours: Mapping[str, tuple[Colour, ...]]) -> list[Area]:
    """Return what must be of one colour while exactly these spans are shown.

    Where regions overlap the strongest method wins, and of equal ones the same everywhere in the overlap.
    """
    fills = [span for span in spans if span.method in FILLS]
    boxes = np.array([span.box for span in fills]).reshape(-1, 4)
    before = np.all(boxes[:, None, :2] < boxes[None, :, 2:], axis=2)
    touching: Mask = before & before.T
    found: list[Area] = []
    for index, span in enumerate(fills):
        near = [fills[other] for other in np.flatnonzero(touching[index]) if other != index]
        rivals = [other for other in near if _rivals(span, other, colours)]
        if rivals:
            found += _cells(span, rivals, fills, picture, colours)
        elif span.shape == Shape.ELLIPSE:
            found += _area((span,), _solid((span,), colours), span.box, _ellipse(span.box), picture)
        else:
            found += _area((span,), _solid((span,), colours), span.box, None, picture)
    return found


def _rivals(span: Span, other: Span, colours: Mapping[str, tuple[Colour, ...]]) -> bool:
    """Tell whether pixels that both cover may have another colour than the rest of `span`."""
    if span.method == Method.SOLID:
        mine = colours.get(span.kind, ())
        return other.method == Method.SOLID and (len(mine) != 1 or mine != colours.get(other.kind))
    return True


def _solid(spans: Sequence[Span], colours: Mapping[str, tuple[Colour, ...]]) -> tuple[Colour, ...]:
    solid = [span for span in spans if span.method == Method.SOLID]
    if not solid or not all(span.kind in colours for span in solid):
        return ()
    return tuple(dict.fromkeys(colour for span in solid for colour in colours[span.kind]))


def _cells(
    span: Span,
    rivals: Sequence[Span],
    order: Sequence[Span],
    picture: Picture,
    colours: Mapping[str, tuple[Colour, ...]],
) -> Iterator[Area]:
    """Yield the parts of a region that the same rivals cover; each part comes from the first region that has it."""
    members = [span, *rivals[:_MOST_RIVALS]]
    masks = [_mask_in(member, span.box) for member in members]
    # One bit for each region: the sum over the covering regions is a name of their set.
    names = np.zeros(masks[0].shape, np.intp)
    for bit, mask in enumerate(masks):
        names[mask] |= 1 << bit
    for rival in rivals[_MOST_RIVALS:]:
        names[_mask_in(rival, span.box)] = 0  # judged from there
    names[~masks[0]] = 0
    for name in np.flatnonzero(np.bincount(names.ravel())):
        if not name:
            continue
        cell = np.asarray(names == name)
        at = np.unravel_index(int(cell.argmax()), cell.shape)
        here = [member for member, mask in zip(members, masks, strict=True) if mask[at]]
        if any(member.method == Method.SOLID for member in here):
            here = [member for member in here if member.method == Method.SOLID]
        if here and min(here, key=order.index) is span:
            yield from _area(tuple(here), _solid(here, colours), span.box, cell, picture)


def _mask_in(span: Span, window: Window) -> Mask:
    """Return which pixels of a window a region surely covers."""
    mask = np.zeros((window[3] - window[1], window[2] - window[0]), bool)
    x0, y0, x1, y1 = span.box
    a0, b0 = max(x0, window[0]), max(y0, window[1])
    a1, b1 = min(x1, window[2]), min(y1, window[3])
    if a0 < a1 and b0 < b1:
        whole = _ellipse(span.box) if span.shape == Shape.ELLIPSE else None
        part = True if whole is None else whole[b0 - y0 : b1 - y0, a0 - x0 : a1 - x0]
        mask[b0 - window[1] : b1 - window[1], a0 - window[0] : a1 - window[0]] = part
    return mask


def _ellipse(box: Window) -> Mask:
    return _ellipse_of(box[2] - box[0], box[3] - box[1])


@lru_cache(256)
def _ellipse_of(width: int, height: int) -> Mask:
    across = (np.arange(width) + 0.5) / width * 2 - 1
    down = (np.arange(height)[:, None] + 0.5) / height * 2 - 1
    return np.asarray(across**2 + down**2 <= 1)


def _area(
    spans: tuple[Span, ...], colours: tuple[Colour, ...], box: Window, mask: Mask | None, picture: Picture
) -> Iterator[Area]:
    """Yield the area of a box, or of a mask inside it; nothing when it is too thin to be judged."""
    core = inset(box, mask, _CORE, picture)
    side = side_of(box, mask) if mask is None or core is None else 2 * _CORE + 1
    if side < _LEAST:
        return
    edge = inset(box, mask, _RIM, picture) or inset(box, mask, 1, picture)
    if edge is None:
        return
    yield Area(
        name=" and ".join(str(span) for span in spans[:3]),
        spans=spans,
        colours=colours,
        side=side,
        edge=edge,
        core=core,
        chroma=None if core is None else chroma_of(core, picture),
    )
