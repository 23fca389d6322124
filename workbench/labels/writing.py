"""What all writers of label files share: a file or a folder that is whole or not there, and text fit for XML."""

import math
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from workbench.disk import printable, publish_bytes, temporary_for
from workbench.labels.reading import Remarks
from workbench.labels.values import Label, LabelSet, Scalar
from workbench.values import FileError, UsageError

_UNFIT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""what XML 1.0 cannot hold, and the carriage return, which its readers turn into a line's end"""


def put_tree(files: Mapping[str, bytes], out: Path) -> None:
    """Write a new folder of label files, for their owner alone; it is whole or not there.

    Raises
    ------
    UsageError
        When something is there already.
    FileError
        When it cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{printable(out.name)} is there already and not an empty folder: choose another --out.")
    made = temporary_for(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made.mkdir(mode=0o700)
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            publish_bytes(data, made / name, private=True)
        if out.is_dir():
            out.rmdir()
        made.rename(out)
    except OSError as error:
        raise FileError(
            f"{printable(out.name)} cannot be written ({error.strerror}): check the folder and the disk."
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def safe(name: str) -> str:
    """Return a picture's name if it can be a path below a folder; raises `FileError` otherwise."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or any(ord(char) < 32 or char == "\\" for char in name):
        raise FileError(f"A picture named {printable(name)!r} cannot be a file of its own: use coco or cvat.")
    return name


def without_suffix(name: str) -> str:
    """Return a picture's path without its suffix."""
    path = PurePosixPath(name)
    return path.with_suffix("").as_posix() if path.suffix else name


def xml_bytes(root: Element) -> bytes:
    """Return an XML document with its declaration."""
    indent(root)
    text: bytes = tostring(root, "utf-8", xml_declaration=True)
    return text + b"\n"


def fit(text: str, remarks: Remarks) -> str:
    """Return text that XML can hold; characters that it cannot stand there as their escapes."""
    if not _UNFIT.search(text):
        return text
    remarks.add("Texts with characters that XML cannot hold, written as escapes")
    return _UNFIT.sub(lambda found: ascii(found[0])[1:-1], text)


def child(parent: Element, name: str, text: str = "") -> Element:
    """Return a new element inside `parent`."""
    made = SubElement(parent, name)
    made.text = text
    return made


def plain(value: Scalar) -> str:
    """Return a value as text: numbers so that they are read back exactly, flags as "true" and "false"."""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def trim(value: float) -> str:
    """Return a number as short as it can be read back exactly: "12", "12.25"."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def said(value: Scalar) -> str:
    """Return what sort of value an attribute has: "checkbox", "number" or "text"."""
    return "checkbox" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def parsed(text: str, sort: str) -> Scalar:
    """Return the value that `plain` wrote as `text`; text that does not fit its sort stays text."""
    if sort == "checkbox" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if sort == "number":
        for made in (int, float):
            try:
                value = made(text)
            except ValueError:
                continue
            return value if math.isfinite(value) else text
    return text


def extras(label: Label) -> dict[str, Scalar]:
    """Return what formats with attributes, but without such fields, keep of a label as attributes."""
    made: dict[str, Scalar] = dict(label.attributes)
    if label.score is not None:
        made["score"] = label.score
    if label.track >= 0:
        made["track"] = label.track
    if label.source:
        made["origin"] = label.source
    if label.ignored:
        made["ignore"] = True
    return made


def unheld(labels: LabelSet, *, kinds: bool = False, pictures: bool = False, all_fields: bool = False) -> list[str]:
    """Return one sentence for each thing that a format cannot hold: fields of boxes, pictures, unused kinds."""
    lost: Counter[str] = Counter()
    for picture in labels.pictures:
        lost["attributes of pictures"] += len(picture.attributes) if pictures else 0
        for label in picture.labels if all_fields else ():
            lost["scores"] += label.score is not None
            lost["track numbers"] += label.track >= 0
            lost["flags occluded or ignored"] += label.occluded or label.ignored
            lost["origins"] += bool(label.source)
            lost["attributes of boxes"] += len(label.attributes)
    used = {label.kind for picture in labels.pictures for label in picture.labels}
    lost["kinds without a box"] += len(set(labels.kinds) - used) if kinds else 0
    return [f"This format cannot hold {what}, so {count:,} are left out." for what, count in lost.items() if count]
