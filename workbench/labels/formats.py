"""The formats by name. Each module has ``read(path, sizes) -> LabelSet`` and ``write(labels, out) -> notes``."""

import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.disk import printable
from workbench.labels.reading import Sizes
from workbench.labels.values import LabelSet
from workbench.values import UsageError

FORMATS = {"coco": "coco_sets", "yolo": "yolo", "voc": "voc", "cvat": "cvat"}
"""the module of each format"""


def read(path: Path, form: str, sizes: Sizes | None = None) -> LabelSet:
    """Read labels from a file or a folder.

    Parameters
    ----------
    path : Path
    form : str
        One of `FORMATS`.
    sizes : callable, optional
        Gives (width, height) in px of a picture by its name, for what the labels do not say; YOLO needs it.

    Raises
    ------
    UsageError
        When there is nothing at `path`, or the format is unknown.
    FileError
        When a file is not what it should be; nothing is taken then.
    """
    if not path.exists():
        raise UsageError(f"There is no file or folder {printable(path.name)}.")
    found: LabelSet = _module(form).read(path, sizes)
    return found


def write(labels: LabelSet, path: Path, form: str) -> tuple[str, ...]:
    """Write labels; return what the format cannot hold, one sentence each. Raises as `read`."""
    module = _module(form)
    if path.is_dir() and any(path.iterdir()):
        raise UsageError(f"{printable(path.name)} is a folder with files in it: choose a new name.")
    path.parent.mkdir(parents=True, exist_ok=True)
    notes: tuple[str, ...] = module.write(labels, path)
    return notes


def noted(labels: LabelSet, *notes: str) -> LabelSet:
    """Return labels with further notes."""
    return replace(labels, notes=(*labels.notes, *notes))


def _module(form: str) -> Any:
    if form not in FORMATS:
        raise UsageError(f"There is no label format '{form}': use {', '.join(FORMATS)}.")
    return importlib.import_module(f"workbench.labels.{FORMATS[form]}")
