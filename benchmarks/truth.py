"""Counts what a set of boxes hides of the labelled objects, and what it covers in vain."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HIDDEN = 0.9
"""share of a labelled box that must be covered"""
PAD = 0.3
"""fraction of each side by which boxes are grown, on every side"""


@dataclass(frozen=True)
class Picture:
    """One labelled picture."""

    path: Path
    width: int
    height: int
    boxes: NDArray[np.float64]
    """(N, 4) px, what has to be hidden"""
    ignored: NDArray[np.float64]
    """(M, 4) px, need not be hidden; covering them is not in vain"""


def read_coco(folder: Path) -> list[Picture]:
    """Return the pictures of one folder with ``annotations.json`` (COCO) and ``images/``."""
    content = json.loads((folder / "annotations.json").read_text("utf-8"))
    rows: dict[tuple[int, bool], list[list[float]]] = {}
    for label in content["annotations"]:
        x, y, w, h = label["bbox"]
        rows.setdefault((label["image_id"], bool(label.get("ignore"))), []).append([x, y, x + w, y + h])
    base = folder / "images" if (folder / "images").is_dir() else folder
    return [
        Picture(
            base / image["file_name"],
            image["width"],
            image["height"],
            *(np.array(rows.get((image["id"], ignored), []), float).reshape(-1, 4) for ignored in (False, True)),
        )
        for image in content["images"]
    ]


def padded(boxes: Any) -> NDArray[np.float64]:
    """Return boxes grown by `PAD` of their side on every side."""
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    margin = (boxes[:, 2:] - boxes[:, :2]) * PAD
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)


def mask(boxes: NDArray[np.float64], picture: Picture) -> NDArray[np.bool_]:
    """Return which pixels lie under the union of boxes."""
    covered = np.zeros((picture.height, picture.width), bool)
    low = np.clip(np.floor(boxes[:, :2]), 0, None).astype(int)
    high = np.clip(np.ceil(boxes[:, 2:]), 0, None).astype(int)
    for (x0, y0), (x1, y1) in zip(low, high, strict=True):
        covered[y0:y1, x0:x1] = True
    return covered


@dataclass
class Tally:
    """Adds up pictures."""

    sizes: list[float] = field(default_factory=list)
    hidden: list[bool] = field(default_factory=list)
    in_vain: int = 0
    pixels: int = 0

    def add(self, picture: Picture, areas: NDArray[np.float64], side: int, fully_labelled: bool = True) -> None:
        """Count one picture whose `areas` (N, 4) are covered; objects are sized by `side` (0 width, 1 height)."""
        covered = mask(areas, picture)
        if fully_labelled:
            known = mask(padded(np.concatenate([picture.boxes, picture.ignored])), picture)
            self.in_vain += int((covered & ~known).sum())
            self.pixels += covered.size
        for box in picture.boxes:
            x0, y0, x1, y1 = np.round(box).astype(int)
            part = covered[max(0, y0) : max(y1, y0 + 1), max(0, x0) : max(x1, x0 + 1)]
            self.sizes.append(box[2 + side] - box[side])
            self.hidden.append(bool(part.size) and float(part.mean()) >= HIDDEN)

    def share(self, least: float, below: float = np.inf) -> tuple[float, int]:
        """Return the hidden share, in per cent, and the number of objects of a size."""
        chosen = [hit for size, hit in zip(self.sizes, self.hidden, strict=True) if least <= size < below]
        return (100 * float(np.mean(chosen)) if chosen else float("nan")), len(chosen)

    @property
    def vain(self) -> float:
        """Per cent of all pixels that is covered, and that no label explains."""
        return 100 * self.in_vain / self.pixels if self.pixels else float("nan")


def existing(folders: Iterable[Path]) -> list[Path]:
    """Return the folders that hold labelled pictures."""
    return sorted(folder for folder in folders if (folder / "annotations.json").is_file())
