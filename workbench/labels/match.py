"""Fit labels from elsewhere to what is here: their pictures by name, their kinds, their sizes."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from urllib.parse import unquote

from workbench.disk import printable
from workbench.labels.formats import noted
from workbench.labels.reading import Sizes
from workbench.labels.values import LabelSet, Picture, frame_name, video_and_frame
from workbench.labels.writing import without_suffix
from workbench.values import Kind, UsageError

LEAVE_OUT = "-"
"""what a kind is mapped to when its boxes are not wanted"""
_UPLOADED = re.compile(r"[0-9a-f]{8}-(?=.)")
"""Label Studio puts eight characters of its own before the name of an uploaded file"""


class Names:
    """Finds the pictures that are meant by names of other tools.

    Parameters
    ----------
    known : iterable of str
        Relative POSIX paths of the photos and videos that are here.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.known = frozenset(known)
        self._ends: dict[str, set[str]] = defaultdict(set)
        for name in self.known:
            for end in _ends(name):
                self._ends[end.casefold()].add(name)
                self._ends[without_suffix(end).casefold()].add(name)

    def find(self, name: str) -> str | None:
        """Return the name here of a photo or of a video's frame there; None when there is none, or several.

        Tried in this order: the name as it is; with percent signs decoded; Windows' and absolute paths by as
        much of their end as is here; without its suffix, which YOLO leaves out.
        """
        video, frame = video_and_frame(name)
        if video:
            found = self.find(video)
            return found and frame_name(found, frame)
        for text in dict.fromkeys((name, unquote(name))):
            if text in self.known:
                return text
            found = self._by_end(text.replace("\\", "/"))
            if found:
                return found
        return None

    def _by_end(self, path: str) -> str | None:
        plain = re.sub(r"^[A-Za-z]:", "", path).lstrip("./")
        for end in (*_ends(plain), _UPLOADED.sub("", plain.rpartition("/")[2], count=1)):
            found = self._ends.get(end.casefold(), set())
            if len(found) == 1:
                return next(iter(found))
            same = [name for name in found if name.casefold() == end.casefold()]
            if len(same) == 1:
                return same[0]
            if found:
                return None  # it may be any of these; a shorter end fits even more
        return None


def _ends(path: str) -> list[str]:
    """Return a path and every end of it, the longest first."""
    parts = path.split("/")
    return ["/".join(parts[start:]) for start in range(len(parts))]


def placed(labels: LabelSet, names: Names, only_known: bool = False) -> LabelSet:
    """Return labels with the pictures' names here, without those that are not here.

    Raises
    ------
    UsageError
        When pictures are not here, unless `only_known`; when none is; when two names mean one picture.
    """
    found = [(picture, names.find(picture.name)) for picture in labels.pictures]
    unknown = [picture.name for picture, name in found if name is None]
    if unknown and (not only_known or len(unknown) == len(found)):
        way = "is this the right case?" if len(unknown) == len(found) else "leave them out with --only-known."
        raise UsageError(
            f"{len(unknown)} of {len(found)} labelled pictures are not in this case, or not clearly one of its, "
            f"such as {_some(unknown)}: {way}"
        )
    twice = [name for name, count in Counter(name for _, name in found).items() if name and count > 1]
    if twice:
        raise UsageError(f"Two labelled pictures mean {printable(twice[0])}: leave one of them in the labels.")
    kept = replace(labels, pictures=tuple(replace(picture, name=name) for picture, name in found if name))
    return noted(kept, f"Pictures that are not in this case, left out: {len(unknown)}.") if unknown else kept


def mapped(labels: LabelSet, mapping: Mapping[str, str]) -> LabelSet:
    """Return labels whose kinds are all ours, by their own name or by `mapping` (theirs → ours, "-" for none).

    Raises
    ------
    UsageError
        When a kind is not ours and not in `mapping`, or `mapping` leads to none of ours.
    """
    ours = {str(kind) for kind in Kind}
    wrong = sorted({to for to in mapping.values() if to.lower() not in ours and to != LEAVE_OUT})
    if wrong:
        raise UsageError(f"There is no kind {_some(wrong)}: known are {', '.join(Kind)}, and {LEAVE_OUT} for none.")
    table = {name.casefold(): to.lower() for name, to in mapping.items()}
    meant = {kind: table.get(kind.casefold(), kind.casefold()) for kind in labels.kinds}
    counts = Counter(label.kind for picture in labels.pictures for label in picture.labels)
    unknown = [kind for kind, to in meant.items() if to not in (*ours, LEAVE_OUT) and counts[kind]]
    if unknown:
        listed = ", ".join(f"{printable(kind)} ({counts[kind]:,})" for kind in unknown[:10])
        raise UsageError(
            f"These kinds of labels are not ours: {listed}. Say what they show with --map "
            f"{printable(unknown[0])}=face, or leave them out with --map {printable(unknown[0])}={LEAVE_OUT}."
        )

    def told(picture: Picture) -> Picture:
        rows = (label for label in picture.labels if meant[label.kind] != LEAVE_OUT)
        return replace(picture, labels=tuple(replace(label, kind=meant[label.kind]) for label in rows))

    kinds = tuple(dict.fromkeys(to for to in meant.values() if to in ours))
    made = LabelSet(tuple(map(told, labels.pictures)), kinds, labels.notes)
    gone = labels.boxes - made.boxes
    return noted(made, f"Boxes of kinds that are not wanted, left out: {gone:,}.") if gone else made


def measured(labels: LabelSet, sizes: Sizes, rescale: bool = False) -> LabelSet:
    """Return labels in pixels of the pictures that are here.

    Raises
    ------
    UsageError
        When the labels are about another size, unless `rescale`.
    """
    pictures, moved = [], 0
    for picture in labels.pictures:
        size = sizes(picture.name)
        if size is None or picture.size == size:
            pictures.append(picture)
        elif not all(picture.size):
            pictures.append(replace(picture, width=size[0], height=size[1]))
        elif not rescale:
            raise UsageError(_other_size(picture, size))
        else:
            moved += 1
            pictures.append(picture.scaled(*size))
    made = replace(labels, pictures=tuple(pictures))
    return noted(made, f"Pictures of another size, whose boxes were scaled: {moved:,}.") if moved else made


def _other_size(picture: Picture, size: tuple[int, int]) -> str:
    start = f"{printable(picture.name)} is {size[0]} × {size[1]} px here, but its labels say {picture.width} × "
    if picture.size == size[::-1]:
        return f"{start}{picture.height}: it is turned there; label the upright picture."
    return f"{start}{picture.height}: give the labels of this version, or scale them with --rescale."


def parse_map(pairs: Collection[str]) -> dict[str, str]:
    """Return what ``--map theirs=ours`` says; raises `UsageError` when it is no pair."""
    found = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs or not ours:
            raise UsageError(f"--map {printable(pair)} is not a pair such as head=face.")
        found[theirs.strip()] = ours.strip()
    return found


def _some(names: Collection[str]) -> str:
    listed = [printable(name) for name in list(names)[:3]]
    return ", ".join(listed) + (", …" if len(names) > 3 else "")
