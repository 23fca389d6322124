"""Labelled pictures of the benchmarks. What is hidden, and what in vain, is defined in `workbench.assess.truth`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.assess.truth import HIDDEN, Tally, mask, padded

__all__ = ["HIDDEN", "Picture", "Tally", "existing", "mask", "padded", "read_coco"]


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


def existing(folders: Iterable[Path]) -> list[Path]:
    """Return the folders that hold labelled pictures."""
    return sorted(folder for folder in folders if (folder / "annotations.json").is_file())
