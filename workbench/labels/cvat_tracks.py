"""CVAT's XML 1.1 "for video": one ``<track>`` an object, with a box for each frame, or for its key frames."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from workbench.disk import printable
from workbench.labels.cvat_shapes import Sorts, put_box, shapes
from workbench.labels.reading import Remarks, Sizes, label, whole
from workbench.labels.values import Label, Picture, frame_name
from workbench.labels.writing import child, extras, fit
from workbench.values import FileError

LONGEST = 10_000_000
"""frames of one video: three days; what claims more is damaged"""
_Row = tuple[int, Label | None]


def put(root: Element, pictures: list[Picture], remarks: Remarks) -> None:
    """Add the labels of a video's frames as tracks; each box also says which track it had here."""
    frames = {picture.frame: picture for picture in pictures}
    last = max(frames, default=0)
    objects: dict[tuple[int, str, int], dict[int, Label]] = {}
    loose = 0
    for frame, picture in sorted(frames.items()):
        seen: dict[tuple[int, str], int] = {}
        for item in picture.labels:
            # A box without a track is a track of one frame; a second box of the same track, another object.
            loose += item.track < 0
            again = seen[item.track, item.kind] = seen.get((item.track, item.kind), -1) + 1
            objects.setdefault((item.track, item.kind, loose if item.track < 0 else again), {})[frame] = item
    for number, ((_, kind, _), rows) in enumerate(objects.items()):
        made = child(root, "track")
        made.attrib = {"id": str(number), "label": fit(kind, remarks), "source": "auto"}
        for frame, item in rows.items():
            _put(made, item, frame, False, remarks)
            if frame + 1 not in rows and frame < last:
                _put(made, item, frame + 1, True, remarks)


def _put(track: Element, item: Label, frame: int, outside: bool, remarks: Remarks) -> None:
    fields = {"frame": str(frame), "outside": str(int(outside)), "keyframe": "1"}
    put_box(track, item, remarks, fields, {**extras(item), "track": item.track})


def pictures(root: Element, sorts: Sorts, sizes: Sizes | None, where: str, remarks: Remarks) -> Iterator[Picture]:
    """Give the frames of a video; nothing where the file is not about one.

    Boxes between key frames are computed, as CVAT shows them, unless the object is outside in between.
    """
    tracks = root.findall("track")
    source = next((item.text for item in root.iter("source") if item.text), None) or root.findtext("meta/task/name")
    mode = root.findtext("meta/task/mode") or root.findtext("meta/job/mode") or ""
    if not tracks and (mode != "interpolation" or root.find("image") is not None):
        return
    if not source:
        raise FileError(f"{where} does not say which video it is about: add <source>clip.mp4</source> to its <meta>.")
    size = _size(root, where) or (sizes(frame_name(source, 0)) if sizes else None) or (0, 0)
    found: dict[int, list[Label]] = {}
    rows = [_rows(track, sorts, size, f"{where}, track {printable(track.get('id', '?'))}", remarks) for track in tracks]
    for frame, item in _numbered(tracks, rows):
        found.setdefault(frame, []).append(item)
    text = root.findtext("meta/task/size") or root.findtext("meta/job/size") or 0
    count = max(whole(text, f"{where}, size"), max(found, default=-1) + 1)
    if count > LONGEST:
        raise FileError(f"{where} tells of {count:,} frames, which is no video: export it again.")
    for frame in range(count):
        yield Picture(frame_name(source, frame), *size, tuple(found.get(frame, ())))


def _size(root: Element, where: str) -> tuple[int, int] | None:
    original = next(root.iter("original_size"), None)
    if original is None:
        return None
    sides = [whole(original.findtext(side), f"{where}, original_size, {side}") for side in ("width", "height")]
    return sides[0], sides[1]


def _rows(track: Element, sorts: Sorts, size: tuple[int, int], where: str, remarks: Remarks) -> list[_Row]:
    """Return the frames of one track with its label there, None where it is outside or has no size."""
    rows: list[_Row] = []
    for kind, box, attributes, item in shapes(track, track.get("label") or "", sorts, where, remarks):
        frame = whole(item.get("frame"), f"{where}, frame")
        if not 0 <= frame <= LONGEST:
            raise FileError(f"{where}: frame {frame} is not in a video: export it again.")
        fields: dict[str, Any] = dict(attributes)
        outside = item.get("outside") == "1"
        rows.append((frame, None if outside else label(box, kind, size, fields, remarks)))
    rows.sort(key=lambda row: row[0])
    if len({frame for frame, _ in rows}) < len(rows):
        raise FileError(f"{where} has two boxes in one frame: export it again.")
    return rows


def _numbered(tracks: list[Element], rows: list[list[_Row]]) -> Iterator[tuple[int, Label]]:
    """Give every box with the number of its track: what it says itself, else CVAT's own, or one that is free."""
    own = {item.track for part in rows for _, item in part if item and item.track >= 0}
    said = [any(attribute.get("name") == "track" for attribute in track.iter("attribute")) for track in tracks]
    for track, part, has_number in zip(tracks, rows, said, strict=True):
        number = int(track.get("id") or 0) if (track.get("id") or "0").isdecimal() else 0
        if not has_number:
            number = number if number not in own else max(own) + 1
            own.add(number)
        for frame, item in _between(part):
            yield frame, item if has_number else replace(item, track=number)


def _between(rows: list[_Row]) -> Iterator[tuple[int, Label]]:
    for at, (frame, item) in enumerate(rows):
        if item is None:
            continue
        yield frame, item
        after, other = rows[at + 1] if at + 1 < len(rows) else (frame + 1, None)
        for step in range(frame + 1, after):
            share = (step - frame) / (after - frame)
            pairs = zip(item.box, (other or item).box, strict=True)
            x0, y0, x1, y1 = (a + (b - a) * share for a, b in pairs)
            yield step, replace(item, box=(x0, y0, x1, y1))
