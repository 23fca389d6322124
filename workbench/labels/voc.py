"""Label sets from and to Pascal VOC: one XML file a picture.

Source: http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf, and how CVAT and LabelImg write it today:
corners counted from 0 at the picture's edge. What VOC has no element for stands in ``<attributes>``, as CVAT does.
"""

import math
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from workbench.disk import printable
from workbench.labels.reading import (
    Remarks,
    Sizes,
    bounding,
    label,
    label_set,
    number,
    scalar,
    sized,
    text_of,
    truth,
    turned,
    whole,
    xml_of,
)
from workbench.labels.values import Label, LabelSet, Picture, Scalar
from workbench.labels.writing import (
    child,
    extras,
    fit,
    parsed,
    plain,
    put_tree,
    safe,
    said,
    trim,
    unheld,
    without_suffix,
    xml_bytes,
)
from workbench.values import FileError

LISTS = "ImageSets/Main"
"""the folder of a data set's lists"""
CORNERS = ("xmin", "ymin", "xmax", "ymax")
_OF_OBJECT = (
    "name",
    "bndbox",
    "robndbox",
    "attributes",
    "occluded",
    "difficult",
    "pose",
    "truncated",
    "polygon",
    "part",
    "id",
)
_USUAL = {"pose": ("", "Unspecified", "unspecified"), "truncated": ("", "0")}
"""what these elements say where nobody said anything"""


def read(path: Path, sizes: Sizes | None = None) -> LabelSet:
    """Read one VOC file, or all in a folder.

    A picture that only a list in ``ImageSets/Main`` names has no boxes: most tools write no file for it.

    Raises
    ------
    FileError
        When one of them is not VOC: none is taken then.
    """
    files = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
    listed = _listed(path) if path.is_dir() else []
    if not files and not listed:
        raise FileError(f"{printable(path.name)} has no XML file in it: name the folder with the annotations.")
    remarks = Remarks()
    pictures = [_picture(file, path if path.is_dir() else path.parent, sizes, remarks) for file in files]
    there = {file.relative_to(path).with_suffix("").as_posix().removeprefix("Annotations/") for file in files if listed}
    pictures += [sized(Picture(name, 0, 0), sizes) for name in listed if name not in there]
    return label_set(pictures, (), remarks, path.name)


def write(labels: LabelSet, out: Path) -> tuple[str, ...]:
    """Write a new folder with one XML file a picture; return one sentence for everything that is lost."""
    remarks, files = Remarks(), {}
    for picture in labels.pictures:
        place = f"{without_suffix(safe(picture.name))}.xml"
        files[f"{picture.name}.xml" if place in files else place] = xml_bytes(_element(picture, remarks))
    put_tree(files, out)
    return (*unheld(labels, kinds=True), *remarks.sentences())


def _element(picture: Picture, remarks: Remarks) -> Element:
    root = Element("annotation")
    child(root, "filename", fit(picture.name, remarks))
    size = child(root, "size")
    for name, side in (("width", picture.width), ("height", picture.height), ("depth", 3)):
        child(size, name, str(side))
    _put_attributes(root, picture.attributes, remarks)
    for item in picture.labels:
        further = extras(item)
        made = child(root, "object")
        child(made, "name", fit(item.kind, remarks))
        pose, truncated = further.get("pose"), further.get("truncated")
        if isinstance(pose, str) and pose.strip() == pose and pose not in _USUAL["pose"]:
            child(made, "pose", fit(str(further.pop("pose")), remarks))
        if truncated is True:
            child(made, "truncated", str(int(bool(further.pop("truncated")))))
        child(made, "difficult", str(int(bool(further.pop("ignore", False)))))
        child(made, "occluded", str(int(item.occluded)))
        box = child(made, "bndbox")
        for name, corner in zip(CORNERS, item.box, strict=True):
            child(box, name, trim(corner))
        _put_attributes(made, further, remarks)
    return root


def _listed(folder: Path) -> list[str]:
    """Return the pictures, without their suffixes, that the lists of a data set name; not those of single kinds."""
    found: dict[str, None] = {}
    for file in sorted((folder / LISTS).glob("*.txt")):
        lines = [line.strip() for line in text_of(file).splitlines() if line.strip()]
        # A kind's list, such as face_train.txt, says -1, 0 or 1 after each picture.
        if "_" not in file.stem or not all(re.search(r"\s(-1|0|1)$", line) for line in lines):
            found.update(dict.fromkeys(lines))
    return list(found)


def _put_attributes(parent: Element, attributes: dict[str, Scalar] | Any, remarks: Remarks) -> None:
    if not attributes:
        return
    box = child(parent, "attributes")
    for name, value in attributes.items():
        made = child(box, "attribute")
        child(made, "name", fit(name, remarks))
        child(made, "value", fit(plain(value), remarks)).set("type", said(value))


def _picture(file: Path, folder: Path, sizes: Sizes | None, remarks: Remarks) -> Picture:
    root, where = xml_of(file), printable(file.name)
    if root.tag != "annotation":
        raise FileError(f"{where} is not Pascal VOC: its root is <{printable(root.tag)}>, not <annotation>.")
    name = root.findtext("filename") or ""
    if not name:
        raise FileError(f"{where} does not name its picture: add a <filename>.")
    if "/" not in name and "\\" not in name:  # the same name in two folders is two pictures
        parts = [part for part in file.relative_to(folder).parent.parts if part != "Annotations"]
        name = PurePosixPath(*parts, name).as_posix()
    size = [whole(root.findtext(f"size/{side}") or 0, f"{where}, {side}") for side in ("width", "height")]
    picture = sized(Picture(name, size[0], size[1], attributes=_kept(root, remarks)), sizes)
    labels = tuple(_labels(root, picture.size, where, remarks))
    return Picture(name, picture.width, picture.height, labels, picture.attributes)


def _kept(element: Element, remarks: Remarks) -> dict[str, Scalar]:
    """Return the attributes of an element."""
    kept: dict[str, Scalar] = {}
    for item in element.iterfind("attributes/attribute"):
        value = item.find("value")
        text = "" if value is None else value.text or ""
        kept[item.findtext("name") or ""] = parsed(text, value.get("type", "text") if value is not None else "text")
    return {name: scalar(value, name, remarks) for name, value in kept.items() if name}


def _labels(root: Element, size: tuple[int, int], where: str, remarks: Remarks) -> Iterator[Label]:
    for at, item in enumerate(root.iterfind("object"), start=1):
        place = f"{where}, object {at}"
        kind = item.findtext("name") or ""
        if not kind:
            raise FileError(f"{place} has no name: say what it shows.")
        attributes: dict[str, Any] = dict(_kept(item, remarks))
        for name, usual in _USUAL.items():
            text = item.findtext(name)
            if text is not None and text.strip() not in usual:
                attributes.setdefault(name, truth(text) if name == "truncated" else text.strip())
        attributes.setdefault("occluded", truth(item.findtext("occluded") or 0))
        attributes["ignore"] = truth(item.findtext("difficult") or 0) or truth(attributes.get("ignore", False))
        attributes |= {
            part.tag: part.text or "" for part in item if part.tag not in (*_OF_OBJECT, "part") and not len(part)
        }
        if item.find("part") is not None:
            remarks.add("Objects with parts, of which only the whole is taken")
        made = label(_corners(item, place, remarks), kind, size, attributes, remarks)
        if made:
            yield made


def _corners(item: Element, place: str, remarks: Remarks) -> tuple[float, float, float, float]:
    box, rotated = item.find("bndbox"), item.find("robndbox")
    if box is not None:
        x0, y0, x1, y1 = (number(box.findtext(name), f"{place}, {name}") for name in CORNERS)
        return x0, y0, x1, y1
    if rotated is not None:
        names = ("cx", "cy", "w", "h", "angle")
        cx, cy, w, h, angle = (number(rotated.findtext(name), f"{place}, {name}") for name in names)
        remarks.add("Turned boxes, taken as the upright boxes around them")
        # roLabelImg writes radians.
        return turned((cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2), math.degrees(angle))
    polygon = item.find("polygon")
    if polygon is not None and len(polygon):
        parts = {part.tag: number(part.text, f"{place}, {printable(part.tag)}") for part in polygon}
        xs = [value for name, value in parts.items() if name.startswith("x")]
        ys = [value for name, value in parts.items() if name.startswith("y")]
        if xs and len(xs) == len(ys):
            remarks.add("Outlines, taken as the upright boxes around them")
            return bounding(list(zip(xs, ys, strict=True)))
    raise FileError(f"{place} has no <bndbox>: export it again with boxes.")
