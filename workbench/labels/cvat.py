"""Label sets from and to CVAT's XML 1.1: "for images" here, "for video" in `cvat_tracks`.

Source: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/. What it has no field for (score, origin,
ignored) stands in ``<attribute>`` elements, which a CVAT task keeps when its labels declare them.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from workbench.disk import printable, publish_bytes
from workbench.labels import cvat_tracks
from workbench.labels.cvat_shapes import Sorts, put_box, shapes, sorts_of
from workbench.labels.reading import Remarks, Sizes, label, label_set, sized, whole, xml_of
from workbench.labels.values import Label, LabelSet, Picture
from workbench.labels.writing import child, fit, put_tree, said, unheld, xml_bytes
from workbench.labels.writing import extras as further_of
from workbench.values import FileError, UsageError


def read(path: Path, sizes: Sizes | None = None) -> LabelSet:
    """Read one CVAT file, or all in a folder: both forms, for images and for video.

    Raises
    ------
    FileError
        When one of them is not CVAT's XML: none is taken then.
    """
    files = sorted(path.rglob("*.xml")) if path.is_dir() else [path]
    if not files:
        raise FileError(f"{printable(path.name)} has no XML file in it: name CVAT's annotations.xml.")
    remarks = Remarks()
    pictures: list[Picture] = []
    kinds: list[str] = []
    for file in files:
        root, where = xml_of(file), printable(file.name)
        if root.tag != "annotations":
            raise FileError(f"{where} is not CVAT's XML: its root is <{printable(root.tag)}>, not <annotations>.")
        sorts = sorts_of(root)
        kinds += [name.text or "" for name in root.iterfind("meta//labels/label/name")]
        pictures += _pictures(root, sorts, sizes, where, remarks)
        pictures += cvat_tracks.pictures(root, sorts, sizes, where, remarks)
    return label_set(pictures, filter(None, kinds), remarks, path.name)


def write(labels: LabelSet, out: Path) -> tuple[str, ...]:
    """Write a file for one task, or a new folder with a file for the photos and one for each video.

    Raises
    ------
    UsageError
        When one file (``.xml``) is asked for, but there are more tasks than one.
    """
    remarks, files = Remarks(), _files(labels, Remarks())
    if out.suffix.lower() == ".xml":
        if len(files) > 1:
            raise UsageError(f"CVAT has a task for the photos and one for each video: give a folder, not {out.name}.")
        publish_bytes(next(iter(files.values())), out, private=True)
    else:
        put_tree(files, out)
    _files(labels, remarks)
    return (*unheld(labels, pictures=True), *remarks.sentences())


def _files(labels: LabelSet, remarks: Remarks) -> dict[str, bytes]:
    videos: dict[str, list[Picture]] = {}
    for picture in labels.pictures:
        videos.setdefault(picture.video, []).append(picture)
    files = {}
    for number, (video, pictures) in enumerate(videos.items()):
        root = _head(labels, pictures, video, remarks)
        if video:
            cvat_tracks.put(root, pictures, remarks)
        else:
            _put_images(root, pictures, remarks)
        files[f"video-{number:04d}.xml" if video else "images.xml"] = xml_bytes(root)
    return files or {"images.xml": xml_bytes(_head(labels, [], "", remarks))}


def _head(labels: LabelSet, pictures: list[Picture], video: str, remarks: Remarks) -> Element:
    root = Element("annotations")
    child(root, "version", "1.1")
    meta = child(root, "meta")
    task = child(meta, "task")
    last = max((picture.frame for picture in pictures), default=0)
    child(task, "size", str(last + 1 if video else len(pictures)))
    child(task, "mode", "interpolation" if video else "annotation")
    names = child(task, "labels")
    for kind in labels.kinds:
        made = child(names, "label")
        child(made, "name", fit(kind, remarks))
        child(made, "type", "rectangle")
        attributes = child(made, "attributes")
        for name, sort in _sorts(labels, kind, remarks).items():
            declared = child(attributes, "attribute")
            child(declared, "name", fit(name, remarks))
            child(declared, "mutable", "True")
            child(declared, "input_type", sort)
            child(declared, "default_value")
            child(declared, "values")
    if video:
        size = child(task, "original_size")
        child(size, "width", str(pictures[0].width))
        child(size, "height", str(pictures[0].height))
        child(meta, "source", fit(video, remarks))
    return root


def _sorts(labels: LabelSet, kind: str, remarks: Remarks) -> dict[str, str]:
    """Return what sort of value each attribute of a kind has: CVAT wants one for all."""
    found: dict[str, set[str]] = {}
    for item in (item for picture in labels.pictures for item in picture.labels if item.kind == kind):
        for name, value in further_of(item).items():
            # CVAT's numbers are whole and have a range: what is ours is text there, and read as what it is.
            ours = name not in item.attributes
            found.setdefault(name, set()).add("text" if ours else said(value))
    for name, sorts in found.items():
        if len(sorts) > 1:
            remarks.add(f"Attributes '{printable(name)}' with values of several sorts, written as text")
    return {name: sorts.pop() if len(sorts) == 1 else "text" for name, sorts in found.items()}


def _put_images(root: Element, pictures: list[Picture], remarks: Remarks) -> None:
    for number, picture in enumerate(pictures):
        made = child(root, "image")
        made.attrib = {"id": str(number), "name": fit(picture.name, remarks)}
        made.attrib |= {"width": str(picture.width), "height": str(picture.height)}
        for item in picture.labels:
            put_box(made, item, remarks, {"label": fit(item.kind, remarks)}, further_of(item))


def _pictures(root: Element, sorts: Sorts, sizes: Sizes | None, where: str, remarks: Remarks) -> Iterator[Picture]:
    for image in root.iterfind("image"):
        name = image.get("name") or ""
        if not name:
            raise FileError(f"{where} has an image without a name: export it again.")
        size = [whole(image.get(side) or 0, f"{where}, {printable(name)}, {side}") for side in ("width", "height")]
        picture = sized(Picture(name, size[0], size[1]), sizes)
        labels = _labels(image, sorts, picture.size, f"{where}, {printable(name)}", remarks)
        yield Picture(name, picture.width, picture.height, tuple(labels))


def _labels(image: Element, sorts: Sorts, size: tuple[int, int], where: str, remarks: Remarks) -> Iterable[Label]:
    for kind, box, attributes, _ in shapes(image, image.get("label"), sorts, where, remarks):
        fields: dict[str, Any] = dict(attributes)
        made = label(box, kind, size, fields, remarks)
        if made:
            yield made
