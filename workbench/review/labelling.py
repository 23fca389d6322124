"""Review in another tool: what a run hides goes out as labels, and what people changed comes back as corrections.

Every export is kept in the case, so that what was deleted there is known from what was never shown.
"""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.catalog.case import Case
from workbench.catalog.truths import Truth
from workbench.disk import printable
from workbench.labels import formats, found, match
from workbench.labels.compare import to_corrections
from workbench.labels.values import LabelSet, Picture
from workbench.review import exports
from workbench.review.members import Members, shown_now
from workbench.review.opening import Permit, anyone
from workbench.values import Action, Kind, Media, UsageError


@dataclass(frozen=True)
class Exported:
    """What was written for another tool."""

    pictures: int
    boxes: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What came back."""

    files: int
    """photos and videos that the labels speak about"""
    changed: int
    """of these, how many were corrected; with truth, how many objects are known now"""
    counts: dict[str, int]
    """corrections by action, or objects by kind"""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """How foreign labels are to be understood."""

    form: str
    """one of `formats.FORMATS`"""
    mapping: tuple[str, ...] = ()
    """"theirs=ours" each"""
    only_known: bool = False
    """leave out pictures that are not in the case, instead of refusing"""
    rescale: bool = False
    """scale boxes of pictures of another size, instead of refusing"""


def export(
    case: Case, run: int, out: Path, form: str, *, everything: bool = False, by: str = "", permit: Permit = anyone
) -> Exported:
    """Write what a run hides, by the names and in the pixels of the originals, for a tool in which people review.

    Parameters
    ----------
    everything : bool
        Also what the profile leaves visible because it scores too little.

    Raises
    ------
    UsageError
        When `by` may not, when nothing was released, or when something is in the way of `out`.
    FileError
        When it cannot be written.
    """
    permit(by, "review")
    members = Members(case, run)
    labels = shown_now(members, list(members.by_name), everything)
    notes = formats.write(_public(labels), out, form)
    exports.keep(case, labels)
    animated = sum(item.outcome.media is Media.PHOTO and item.outcome.frames > 1 for item in members.by_name.values())
    if animated:
        notes = (*notes, f"Animations, of which only the first frame is exported: {animated}.")
    return Exported(len(labels.pictures), labels.boxes, notes)


def bring_corrections(
    case: Case, run: int, path: Path, how: Reading, *, by: str = "", permit: Permit = anyone
) -> Imported:
    """Take what people changed in another tool since the last export as corrections.

    Bringing the same labels twice changes nothing the second time.

    Raises
    ------
    UsageError
        When `by` may not; when the labels are about other pictures, kinds or sizes, or about files that were
        changed or never exported. Nothing is taken then.
    FileError
        When the labels cannot be read.
    """
    permit(by, "review")
    members = Members(case, run)
    labels = _read(members, path, how)
    names = list(dict.fromkeys(picture.video or picture.name for picture in labels.pictures))
    known = exports.last(members, names)
    changes = to_corrections(labels, lambda name: known[name], by, lambda name: _free(members, name))
    rows = [
        (members.by_name[change.name].asset.sha256, correction)
        for change in changes
        for correction in change.corrections
    ]
    case.catalog.add_corrections(rows)
    # What came back is known from now on, also where the profile leaves it visible.
    back = {picture.name: picture for picture in labels.pictures}
    now, all_found = shown_now(members, names, False), shown_now(members, names, True)
    pictures = (
        found.either(one, other, back.get(one.name, Picture(one.name, *one.size)))
        for one, other in zip(now.pictures, all_found.pictures, strict=True)
    )
    exports.keep(case, replace(now, pictures=tuple(pictures)))
    counts = Counter(str(correction.action) for change in changes for correction in change.corrections)
    ordered = {str(action): counts[action] for action in Action if counts[action]}
    return Imported(len(names), len(changes), ordered, labels.notes)


def bring_truth(case: Case, run: int, path: Path, how: Reading, *, by: str = "", permit: Permit = anyone) -> Imported:
    """Keep labels as what is really to be seen in the files of a run; the run is not changed by it.

    Raises
    ------
    UsageError, FileError
        As `bring_corrections`.
    """
    permit(by, "review")
    members = Members(case, run)
    labels = _read(members, path, how)
    kinds = tuple(Kind(kind) for kind in labels.kinds)
    if not kinds:
        raise UsageError(f"{printable(path.name)} has no object of a kind that is known: it is no ground truth.")
    frames: dict[str, dict[int, Picture]] = {}
    for picture in labels.pictures:
        frames.setdefault(picture.video or picture.name, {})[picture.frame] = picture
    truths = {}
    for name, pictures in frames.items():
        item = members.by_name[name]
        count = item.outcome.frames if item.outcome.media is Media.VIDEO else 1
        if len(pictures) < count or max(pictures) >= count:
            raise UsageError(
                f"{printable(name)} has {count:,} frames, but {len(pictures):,} labelled ones: truth needs all of them."
            )
        width, height = pictures[0].size
        objects = [found.truth(pictures[frame].labels) for frame in range(count)]
        truths[item.asset.sha256] = Truth(width, height, kinds, objects, path.name, by)
    case.catalog.put_truths(truths)
    counts = Counter(label.kind for picture in labels.pictures for label in picture.labels)
    return Imported(len(frames), labels.boxes, dict(counts), labels.notes)


def _read(members: Members, path: Path, how: Reading) -> LabelSet:
    names = match.Names(members.by_name)

    def size(name: str) -> tuple[int, int] | None:
        found = names.find(name)
        return members.size(found) if found else None

    labels = formats.read(path, how.form, size)
    labels = match.placed(labels, names, how.only_known)
    labels = match.mapped(labels, match.parse_map(how.mapping))
    return match.measured(labels, members.size, how.rescale)


def _public(labels: LabelSet) -> LabelSet:
    return replace(labels, pictures=tuple(replace(picture, attributes={}) for picture in labels.pictures))


def _free(members: Members, name: str) -> int:
    return members.case.catalog.free_track(members.by_name[name].asset.sha256)
