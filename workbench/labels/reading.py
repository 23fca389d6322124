"""What all readers of label files share: careful numbers, boxes that fit, attributes, and remarks about the rest."""

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from workbench.disk import printable
from workbench.labels.values import Box, Label, LabelSet, Picture, Scalar
from workbench.values import FileError

LARGEST = 1024 * 2**20
"""bytes of one label file"""
Sizes = Callable[[str], tuple[int, int] | None]
"""gives (width, height) in px of the picture with this name, where somebody knows it"""
IGNORED = ("ignore", "is_crowd", "difficult")
"""what COCO and Pascal VOC call it becomes an attribute where another tool turns one into the other"""
RESERVED = ("score", "track", "track_id", "occluded", *IGNORED, "origin", "rotation")
"""attributes that are fields of a `Label`"""


class Remarks:
    """Collects what was changed or left out, and tells each once with its number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, what: str, count: int = 1) -> None:
        """Count one more of what the sentence `what`, without its full stop, says."""
        self._counts[what] += count

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence each."""
        return tuple(f"{what}: {count:,}." for what, count in self._counts.items())


def text_of(path: Path) -> str:
    """Return the text of a label file; raises `FileError` when it is none."""
    name = printable(path.name)
    try:
        if path.stat().st_size > LARGEST:
            raise FileError(f"{name} is larger than {LARGEST >> 30} GiB: split it.")
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{name} cannot be read ({error.strerror or type(error).__name__}): check the file.") from None
    if data[:4] == b"PK\x03\x04":
        raise FileError(f"{name} is a ZIP archive: unpack it, and name the file or the folder in it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(f"{name} is not text in UTF-8: export it again from the tool that wrote it.") from None


def xml_of(path: Path) -> Element:
    """Return the root of an XML file; entities, which can blow up to any size or read other files, are refused."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    name, text = printable(path.name), text_of(path)
    try:
        root: Element = fromstring(text.encode())
    except DefusedXmlException:
        raise FileError(f"{name} defines entities, which can harm this machine: export it again without.") from None
    except (ParseError, ValueError, LookupError) as error:
        raise FileError(f"{name} is not whole XML ({error}): export it again.") from None
    return root


def number(value: Any, where: str) -> float:
    """Return a finite number; raises `FileError` that names the place."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FileError(f"{where}: {_short(value)} is not a number.")
    try:
        result = float(value)
    except (ValueError, OverflowError):
        raise FileError(f"{where}: {_short(value)} is not a number.") from None
    if not math.isfinite(result):
        raise FileError(f"{where}: {_short(value)} is not a finite number.")
    return result


def whole(value: Any, where: str) -> int:
    """Return a whole number; raises `FileError` that names the place."""
    result = number(value, where)
    if result != int(result):
        raise FileError(f"{where}: {_short(value)} is not a whole number.")
    return int(result)


def truth(value: Any) -> bool:
    """Return whether a flag is set, however a tool writes it."""
    return str(value).strip().lower() in ("1", "true", "yes", "1.0")


def scalar(value: Any, what: str, remarks: Remarks) -> Scalar:
    """Return a value as an attribute; what has parts is kept as JSON text, and that is remarked."""
    if isinstance(value, str | int | float | bool):
        return value
    remarks.add(f"Values of '{printable(what)}' that have parts, kept as JSON text")
    return json.dumps(value, ensure_ascii=False)


def bounding(points: Sequence[tuple[float, float]]) -> Box:
    """Return the box around points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def turned(box: Box, degrees: float) -> Box:
    """Return the upright box around a box that is turned about its middle."""
    if not degrees % 360:
        return box
    x0, y0, x1, y1 = box
    middle, angle = ((x0 + x1) / 2, (y0 + y1) / 2), math.radians(degrees)
    half = (
        abs((x1 - x0) * math.cos(angle)) / 2 + abs((y1 - y0) * math.sin(angle)) / 2,
        abs((x1 - x0) * math.sin(angle)) / 2 + abs((y1 - y0) * math.cos(angle)) / 2,
    )
    return middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]


def label(box: Box, kind: str, size: tuple[int, int], attributes: Mapping[str, Any], remarks: Remarks) -> Label | None:
    """Return a label whose box fits its picture, with the fields that its attributes hold; None when it is empty."""
    rest = dict(attributes)
    degrees = rest.pop("rotation", 0)
    if _is_number(degrees) and float(degrees) % 360:
        remarks.add("Turned boxes, taken as the upright boxes around them")
        box = turned(box, float(degrees))
    fields = {name: rest.pop(name) for name in RESERVED if name in rest}
    track = fields.get("track", fields.get("track_id", -1))
    score = fields.get("score")
    made = Label(
        fitted(box, size, remarks),
        kind,
        score=_score(score),
        track=int(float(track)) if _is_number(track) else -1,
        occluded=truth(fields.get("occluded", False)),
        ignored=any(truth(fields.get(name, False)) for name in IGNORED),
        source=str(fields.get("origin", "")),
        attributes={name: scalar(value, name, remarks) for name, value in rest.items() if value is not None},
    )
    if score is not None and made.score is None:
        remarks.add("Scores that are no number from 0 to 1, left out")
    if made.box[2] <= made.box[0] or made.box[3] <= made.box[1]:
        remarks.add("Boxes of no size, or outside of their picture, left out")
        return None
    return made


def fitted(box: Box, size: tuple[int, int], remarks: Remarks) -> Box:
    """Return a box cut to its picture; one of an unknown size (0) cuts nothing."""
    width, height = size[0] or math.inf, size[1] or math.inf
    cut = tuple(min(max(float(side), 0.0), (width, height)[at % 2]) for at, side in enumerate(box))
    # A ten-thousandth part of a pixel is how a tool rounds, nothing to speak of.
    if size != (0, 0) and max(abs(a - b) for a, b in zip(cut, box, strict=True)) > 0.01:
        remarks.add("Boxes that reached beyond their picture, cut to it")
    return cut[0], cut[1], cut[2], cut[3]


def label_set(pictures: Iterable[Picture], kinds: Iterable[str], remarks: Remarks, name: str) -> LabelSet:
    """Return the pictures as a set; raises `FileError` when two have the same name."""
    found = list(pictures)
    twice = [name for name, count in Counter(picture.name for picture in found).items() if count > 1]
    if twice:
        raise FileError(
            f"{printable(name)} has {len(twice)} pictures twice, such as {printable(twice[0])}: leave one of each."
        )
    return LabelSet(tuple(found), tuple(kinds), remarks.sentences())


def sized(picture: Picture, sizes: Sizes | None) -> Picture:
    """Return a picture whose size is known, where `sizes` knows what its file does not say."""
    known = sizes(picture.name) if sizes and not (picture.width and picture.height) else None
    return replace(picture, width=known[0], height=known[1]) if known else picture


def _score(value: Any) -> float | None:
    return float(value) if _is_number(value) and 0 <= float(value) <= 1 else None


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _short(value: Any) -> str:
    text = printable(repr(value))
    return text if len(text) <= 40 else text[:39] + "…"
