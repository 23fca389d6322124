"""What the editor and its page tell each other: objects as rows, operations and tiles as a page asks for them."""

from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from workbench.review.editing import Editing
from workbench.review.marks import Fate, Operation, TileRequest, What
from workbench.values import Kind, UsageError
from workbench.widgets.base import text_of, whole_number

KINDS = tuple(str(kind) for kind in Kind)
FATES = get_args(Fate)
LARGEST = 2560
"""px of the longer side of what a page may ask for"""
_DONE = {"hidden": 1, "clear": 2}


def rows_of(editing: Editing) -> dict[str, Any]:
    """Return the objects, the candidates with the riskiest first, and what undo and redo would do."""
    boxes = [
        [
            mark.number, KINDS.index(mark.kind), *(round(part, 1) for part in mark.box), round(mark.score, 4),
            mark.origin, FATES.index(mark.fate), int(mark.accepted),
        ]
        for mark in editing.marks.values()
    ]  # fmt: skip
    order = sorted(range(len(editing.candidates)), key=lambda at: -editing.candidates[at].risk)
    candidates = [
        [
            at, KINDS.index(one.kind), *(round(float(part), 1) for part in one.box), round(float(one.risk), 4),
            one.why, _DONE.get(editing.judged(at), 0),
        ]
        for at in order
        for one in [editing.candidates[at]]
    ]  # fmt: skip
    return {"boxes": boxes, "candidates": candidates, "undo": editing.undo_words, "redo": editing.redo_words}


def read_operation(content: Mapping[str, Any]) -> Operation:
    """Return what a page wants changed; raises `UsageError` for what no page of ours sends."""
    what = text_of(content, "what", 20)
    kind = text_of(content, "kind", 20) if "kind" in content else str(Kind.FACE)
    box = content.get("box", (0, 0, 0, 0))
    if what not in get_args(What) or kind not in KINDS or not _is_box(box):
        raise UsageError("The page asked for a change that this widget does not know. Reload the page.")
    numbered = {name: whole_number(content, name, 2**31) for name in ("track", "candidate") if name in content}
    x0, y0, x1, y1 = (float(part) for part in box)
    return Operation(
        what,  # type: ignore[arg-type]
        numbered.get("track", -1),
        numbered.get("candidate", -1),
        Kind(kind),
        (x0, y0, x1, y1),
    )


def read_tile(content: Mapping[str, Any], item: int, size: tuple[int, int]) -> TileRequest:
    """Return the part of a picture that a page asks for; raises `UsageError` for what no page of ours sends."""
    layer, box = content.get("layer"), content.get("box", ())
    if layer not in ("original", "redacted") or not _is_box(box):
        raise UsageError("The page asked for a picture that this widget does not know. Reload the page.")
    low = [min(max(int(part), 0), most - 1) for part, most in zip(box[:2], size, strict=True)]
    high = [min(max(int(part), start + 1), most) for part, start, most in zip(box[2:], low, size, strict=True)]
    return TileRequest(
        item=item,
        number=whole_number(content, "number", 2**53),
        layer=layer,
        version=whole_number(content, "version", 2**53),
        box=(low[0], low[1], high[0], high[1]),
        side=max(min(whole_number(content, "side", 2**16), LARGEST), 16),
    )


def _is_box(box: object) -> bool:
    return (
        isinstance(box, list | tuple)
        and len(box) == 4
        and all(isinstance(part, int | float) and np.isfinite(part) and abs(part) < 2**20 for part in box)
    )
