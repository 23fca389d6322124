"""The shapes in CVAT's XML: every one of them as an upright box with its attributes."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from workbench.disk import printable
from workbench.labels.reading import Remarks, bounding, number, turned
from workbench.labels.values import Box, Label, Scalar
from workbench.labels.writing import fit, parsed, plain, trim
from workbench.values import FileError

Sorts = Mapping[tuple[str, str], str]
"""the declared sort ("number", "checkbox", "text", …) of each (label, attribute)"""
CORNERS = ("xtl", "ytl", "xbr", "ybr")
_FIELDS = ("z_order", "group_id")
"""of a shape's own XML attributes, those that are kept as attributes of its label"""
_SOURCES = {"person": "manual", "": "file"}
_OUTLINES = ("polygon", "polyline", "points")


def sorts_of(root: Element) -> dict[tuple[str, str], str]:
    """Return what sort each declared attribute is."""
    return {
        (item.findtext("name") or "", attribute.findtext("name") or ""): attribute.findtext("input_type") or "text"
        for item in root.iterfind("meta//labels/label")
        for attribute in item.iterfind("attributes/attribute")
    }


def shapes(
    parent: Element, kind: str | None, sorts: Sorts, where: str, remarks: Remarks
) -> Iterator[tuple[str, Box, dict[str, Any], Element]]:
    """Give every shape of an image or a track as kind, upright box, attributes and its element.

    Raises
    ------
    FileError
        When one has no label or no proper place.
    """
    for item in parent:
        if item.tag == "attribute":
            continue
        if item.tag == "tag":
            remarks.add("Tags of whole pictures, left out")
            continue
        name = item.get("label") or kind
        if not name:
            raise FileError(f"{where} has a <{printable(item.tag)}> without a label: export it again.")
        attributes: dict[str, Any] = {"occluded": item.get("occluded", "0")}
        attributes |= {field: parsed(item.get(field, ""), "number") for field in _FIELDS if item.get(field, "0") != "0"}
        attributes |= _attributes(parent, name, sorts) if kind else {}
        attributes |= _attributes(item, name, sorts)
        attributes.setdefault("origin", _origin(item.get("source") or parent.get("source") or ""))
        yield name, _place(item, where, remarks), attributes, item


def _attributes(item: Element, kind: str, sorts: Sorts) -> dict[str, Scalar]:
    found = {}
    for attribute in item.iterfind("attribute"):
        name = attribute.get("name") or ""
        found[name] = parsed(attribute.text or "", sorts.get((kind, name), "text"))
    return found


def _origin(source: str) -> str:
    """Return who made a shape: CVAT says "manual" where a person drew it."""
    return {"manual": "person", "file": ""}.get(source, source)


def _place(item: Element, where: str, remarks: Remarks) -> Box:
    def at(name: str) -> float:
        return number(item.get(name), f"{where}, <{printable(item.tag)}>, {name}")

    if item.tag == "box":
        x0, y0, x1, y1 = (at(name) for name in CORNERS)
        return _upright(item, (x0, y0, x1, y1), where, remarks)
    if item.tag == "ellipse":
        remarks.add("Ellipses, taken as the upright boxes around them")
        cx, cy, rx, ry = (at(name) for name in ("cx", "cy", "rx", "ry"))
        return _upright(item, (cx - rx, cy - ry, cx + rx, cy + ry), where, remarks)
    if item.tag == "mask":
        remarks.add("Masks, taken as the upright boxes around them")
        left, top = at("left"), at("top")
        return left, top, left + at("width"), top + at("height")
    if item.tag in _OUTLINES:
        points = _points(item, where)
    elif item.tag == "cuboid":
        xs, ys = ([name for name in item.attrib if name[0] == axis and name[1:2].isalpha()] for axis in "xy")
        points = list(zip(map(at, sorted(xs)), map(at, sorted(ys)), strict=False))
    elif item.tag == "skeleton":
        points = [point for part in item.iter("points") for point in _points(part, where)]
    else:
        raise FileError(f"{where} has a <{printable(item.tag)}>, which is no shape that we know: export boxes.")
    if not points:
        raise FileError(f"{where} has a <{printable(item.tag)}> without points: export it again.")
    remarks.add("Outlines and points, taken as the upright boxes around them")
    return bounding(points)


def _upright(item: Element, box: Box, where: str, remarks: Remarks) -> Box:
    degrees = number(item.get("rotation") or 0, f"{where}, rotation")
    if degrees % 360:
        remarks.add("Turned boxes, taken as the upright boxes around them")
    return turned(box, degrees)


def _points(item: Element, where: str) -> list[tuple[float, float]]:
    place = f"{where}, <{printable(item.tag)}>"
    pairs = [pair.split(",") for pair in (item.get("points") or "").split(";") if pair.strip()]
    if any(len(pair) != 2 for pair in pairs):
        raise FileError(f"{place}: its points are not pairs of numbers: export it again.")
    return [(number(x, place), number(y, place)) for x, y in pairs]


def put_box(
    parent: Element, item: Label, remarks: Remarks, fields: Mapping[str, str], attributes: Mapping[str, Scalar]
) -> Element:
    """Add a label to an image or a track as a ``<box>``."""
    made = Element("box", dict(fields))
    made.attrib |= dict(zip(CORNERS, map(trim, item.box), strict=True))
    made.attrib |= {"occluded": str(int(item.occluded)), "source": _SOURCES.get(item.source, "auto")}
    for name in _FIELDS:
        value = attributes.get(name, 0)
        whole = isinstance(value, int) and not isinstance(value, bool)
        if whole or name == "z_order":
            made.set(name, str(value) if whole else "0")
    for name, value in attributes.items():
        if name in _FIELDS and made.get(name, "0") != "0":
            continue
        attribute = Element("attribute", {"name": fit(name, remarks)})
        attribute.text = fit(plain(value), remarks)
        made.append(attribute)
    parent.append(made)
    return made
