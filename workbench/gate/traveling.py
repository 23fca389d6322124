"""The labels of a dataset on their way into its release: read, renamed, rescaled, and written beside the pictures."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.catalog.case import Case
from workbench.disk import printable, publish_bytes, temporary_for
from workbench.labels import formats, match
from workbench.labels.travel import Output, travel
from workbench.labels.values import LabelSet
from workbench.release.entries import FileEntry, MediaEntry
from workbench.release.files import listing
from workbench.release.verification import number
from workbench.review.members import Members
from workbench.values import Shape

FOLDER = "labels"
"""of a release, in which its labels lie"""
_FILES: Mapping[str, str] = {"coco": ".json", "cvat": ".xml"}
"""formats that are one file; the others are a folder"""


@dataclass(frozen=True)
class LabelSource:
    """Labels that came with the dataset."""

    path: Path
    form: str
    """"coco", "yolo", "voc" or "cvat" """


@dataclass(frozen=True)
class Travelled:
    """One label set, written into a release."""

    files: tuple[str, ...]
    """relative POSIX paths below the release"""
    sentence: str
    """for the report: what travels, without a name of anything"""
    notes: tuple[str, ...]
    """for whoever exports: what was changed or left out"""


def read_labels(case: Case, run: int, sources: Sequence[LabelSource], rescale: bool = False) -> list[LabelSet]:
    """Return label sets by the names and in the pixels of the originals; their kinds stay as they are.

    Raises
    ------
    UsageError
        When none of the labelled pictures is in the case, or they are of another size and not to be rescaled.
    FileError
        When a file is not what it should be.
    """
    if not sources:
        return []
    members = Members(case, run)
    names = match.Names(members.by_name)

    def size(name: str) -> tuple[int, int] | None:
        found = names.find(name)
        return members.size(found) if found else None

    sets = []
    for source in sources:
        found = match.placed(formats.read(source.path, source.form, size), names, only_known=True)
        sets.append(match.measured(found, members.size, rescale))
    return sets


def outputs(case: Case, run: int, entries: Mapping[str, MediaEntry], regions: bool) -> dict[str, Output]:
    """Return what each original became in the release, by its name among the labels.

    Parameters
    ----------
    entries : mapping
        The entry of the release for the path of each output of the run.
    regions : bool
        Whether it is asked for what is hidden.
    """
    found = {}
    for name, item in Members(case, run).by_name.items():
        entry = entries.get(item.outcome.output)
        if entry is not None:
            found[name] = Output(entry.path, entry.width, entry.height, _hidden(entry) if regions else {})
    return found


def write_labels(
    sets: Sequence[LabelSet],
    sources: Sequence[LabelSource],
    became: Mapping[str, Output],
    out: Path,
    hidden: Literal["keep", "drop"] = "keep",
    keep: Collection[str] = (),
) -> list[Travelled]:
    """Write label sets into a release that is being made.

    Raises
    ------
    FileError
        When they cannot be written in their format, or the disk is full.
    """
    done: list[Travelled] = []
    used: Counter[str] = Counter()
    for labels, source in zip(sets, sources, strict=True):
        used[source.form] += 1
        name = source.form if used[source.form] == 1 else f"{source.form}-{used[source.form]}"
        made = travel(labels, became, hidden, keep)
        target = f"{FOLDER}/{name}{_FILES.get(source.form, '')}"
        lost, files = _publish(made, source.form, out, target)
        kept = "stay, though the object is not to be seen" if hidden == "keep" else "are left out"
        done.append(
            Travelled(
                tuple(files),
                f"{target}: {number(made.boxes, 'box').replace('boxs', 'boxes')} in "
                f"{number(len(made.pictures), 'picture')}, under the names and in the pixels of this release. Boxes "
                f"under what is hidden {kept}. Texts, and numbers that may tell people apart, were dropped.",
                tuple(f"{printable(source.path.name)}: {note}" for note in (*labels.notes, *made.notes, *lost)),
            )
        )
    return done


def _publish(labels: LabelSet, form: str, out: Path, target: str) -> tuple[tuple[str, ...], list[str]]:
    """Write labels as the release's own files; return what the format cannot hold, and their paths."""
    made = temporary_for(out)
    try:
        lost = formats.write(labels, made, form)
        found = [made] if made.is_file() else [made / name for name, sort in listing(made) if sort == "file"]
        files = []
        for path in sorted(found):
            name = target if path == made else f"{target}/{path.relative_to(made).as_posix()}"
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            publish_bytes(path.read_bytes(), out / name)
            files.append(name)
        return lost, files
    finally:
        made.unlink(missing_ok=True) if made.is_file() else shutil.rmtree(made, ignore_errors=True)


def _hidden(entry: MediaEntry) -> dict[int, list[tuple[int, int, int, int]]]:
    """Return the boxes that are hidden in each frame; of an ellipse the square inside it, which is surely covered."""
    found: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
    if isinstance(entry, FileEntry):
        for frame, _, _, shape, *box in entry.regions:
            found[frame].append(_inner(shape, *box))
        return dict(found)
    for _, first, last, _, _, shape, *box in entry.spans:
        for frame in range(first, last + 1):
            found[frame].append(_inner(shape, *box))
    return dict(found)


def _inner(shape: Shape, x0: int, y0: int, x1: int, y1: int) -> tuple[int, int, int, int]:
    if shape is not Shape.ELLIPSE:
        return x0, y0, x1, y1
    across, down = round((x1 - x0) * 0.1465), round((y1 - y0) * 0.1465)  # (1 - 1/√2) / 2 on every side
    return x0 + across, y0 + down, x1 - across, y1 - down
