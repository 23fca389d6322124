"""Label sets from and to COCO: one JSON file; ``bbox`` is ``[x, y, width, height]`` in px.

Source: https://cocodataset.org/#format-data. What COCO has no field for stands in further fields of an annotation
(``score``, ``track``, ``origin``, ``ignore``) and in its ``attributes``, where CVAT looks for them.
"""

import json
from pathlib import Path
from typing import Any

from workbench.disk import printable, publish_bytes
from workbench.labels.reading import Remarks, Sizes, bounding, label, label_set, number, scalar, sized, text_of, whole
from workbench.labels.values import Label, LabelSet, Picture, Scalar, frame_name
from workbench.values import FileError

_OF_IMAGE = ("id", "file_name", "width", "height", "video", "frame")
_EMPTY = {"license": (0, "", None), "flickr_url": ("",), "coco_url": ("",), "date_captured": (0, "")}
"""what tools write into a picture's fields where nobody said anything"""
_OF_ANNOTATION = ("id", "image_id", "category_id", "bbox", "area", "iscrowd", "frame", "attributes")
_OUTLINES = ("segmentation", "keypoints", "num_keypoints")


def read(path: Path, sizes: Sizes | None = None) -> LabelSet:
    """Read a COCO file, or the only one in a folder.

    Raises
    ------
    FileError
        When it is not a COCO data set, or contradicts itself.
    """
    file, remarks = _file(path), Remarks()
    content = _content(file)
    name = printable(file.name)
    kinds = {_id(item, "id", name): str(item.get("name", "")) for item in content["categories"]}
    if "" in kinds.values():
        raise FileError(f"{name} has a category without a name: give it one.")
    pictures = {}
    for image in content["images"]:
        number_of = _id(image, "id", name)
        if number_of in pictures:
            raise FileError(f"{name} uses the picture number {number_of} twice: give each picture its own.")
        pictures[number_of] = sized(_picture(image, name, remarks), sizes)
    found: dict[int, list[Label]] = {key: [] for key in pictures}
    for item in content["annotations"]:
        where = f"{name}, annotation {item.get('id', '?')}"
        of, kind = _id(item, "image_id", where), _id(item, "category_id", where)
        if of not in pictures or kind not in kinds:
            missing = f"picture {of}" if of not in pictures else f"category {kind}"
            raise FileError(f"{where} belongs to {missing}, which the file does not have: export it again.")
        made = _label(item, kinds[kind], pictures[of].size, where, remarks)
        if made:
            found[of].append(made)
    whole_pictures = (
        Picture(picture.name, picture.width, picture.height, tuple(found[key]), picture.attributes)
        for key, picture in pictures.items()
    )
    return label_set(whole_pictures, kinds.values(), remarks, file.name)


def write(labels: LabelSet, out: Path) -> tuple[str, ...]:
    """Write a COCO file; nothing is lost. Return what the user must know."""
    publish_bytes(dumps(labels), out, private=True)
    return ()


def dumps(labels: LabelSet) -> bytes:
    """Return a label set as COCO."""
    numbers = {kind: number_of for number_of, kind in enumerate(labels.kinds, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number_of, picture in enumerate(labels.pictures, start=1):
        video = {"video": picture.video, "frame": picture.frame} if picture.video else {}
        size = {"width": picture.width, "height": picture.height}
        images.append({**picture.attributes, "id": number_of, "file_name": picture.name, **size, **video})
        for item in picture.labels:
            place = {"id": len(annotations) + 1, "image_id": number_of, "category_id": numbers[item.kind]}
            annotations.append({**place, **_fields(item)})
    categories = [{"id": number_of, "name": kind} for kind, number_of in numbers.items()]
    data = {"info": {}, "images": images, "categories": categories, "annotations": annotations}
    return json.dumps(data, ensure_ascii=True, allow_nan=False).encode()


def _fields(item: Label) -> dict[str, Any]:
    x0, y0, x1, y1 = item.box
    bbox = [x0, y0, round(x1 - x0, 4), round(y1 - y0, 4)]
    fields: dict[str, Any] = {"bbox": bbox, "area": round(bbox[2] * bbox[3], 4), "iscrowd": int(item.ignored)}
    if item.score is not None:
        fields["score"] = item.score
    if item.track >= 0:
        fields["track"] = item.track
    if item.source:
        fields["origin"] = item.source
    # What stands outside of the attributes is lost in most tools, but for the score.
    flags = {"occluded": item.occluded, "ignore": item.ignored}
    attributes: dict[str, Scalar] = {**item.attributes, **{name: True for name, said in flags.items() if said}}
    attributes.update({name: fields[name] for name in ("track", "origin") if name in fields})
    return {**fields, "attributes": attributes} if attributes else fields


def _file(path: Path) -> Path:
    if not path.is_dir():
        return path
    files = sorted(path.rglob("*.json"))
    if len(files) != 1:
        raise FileError(f"{printable(path.name)} has {len(files)} JSON files: name the one with the labels.")
    return files[0]


def _content(file: Path) -> dict[str, list[dict[str, Any]]]:
    name = printable(file.name)

    def refuse(text: str) -> float:
        raise FileError(f"{name} holds {text}, which is not a number: export it again.")

    try:
        content = json.loads(text_of(file), parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} is not whole JSON ({error}): export it again.") from None
    parts = ("images", "categories", "annotations")
    if isinstance(content, list):
        raise FileError(f"{name} is a list of COCO results without its pictures: give the data set's file.")
    if not isinstance(content, dict) or not all(_is_rows(content.get(part)) for part in parts):
        raise FileError(f"{name} is not a COCO data set: it needs images, categories and annotations.")
    return {part: content[part] for part in parts}


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _id(item: dict[str, Any], key: str, where: str) -> int:
    return whole(item.get(key), f"{where}, {key}")


def _picture(image: dict[str, Any], name: str, remarks: Remarks) -> Picture:
    file_name, video = image.get("file_name"), image.get("video")
    if not isinstance(file_name, str) or not file_name:
        raise FileError(f"{name} has a picture without a file_name: give it one.")
    if isinstance(video, str) and video and isinstance(image.get("frame"), int):
        file_name = frame_name(video, image["frame"])
    width, height = (
        whole(image.get(side) or 0, f"{name}, {printable(file_name)}, {side}") for side in ("width", "height")
    )
    said = {key: value for key, value in image.items() if value not in _EMPTY.get(key, (None,))}
    kept = {key: value for key, value in said.items() if key not in _OF_IMAGE and value is not None}
    attributes = {key: scalar(value, key, remarks) for key, value in kept.items()}
    return Picture(file_name, width, height, attributes=attributes)


def _label(item: dict[str, Any], kind: str, size: tuple[int, int], where: str, remarks: Remarks) -> Label | None:
    outline, bbox = item.get("segmentation"), item.get("bbox")
    if any(item.get(key) for key in _OUTLINES):
        remarks.add("Outlines (polygons, masks, key points), of which only the box is taken")
    if not bbox and isinstance(outline, list) and outline and all(isinstance(ring, list) for ring in outline):
        points = [[number(part, f"{where}, segmentation") for part in ring] for ring in outline]
        box = bounding([pair for ring in points for pair in zip(ring[::2], ring[1::2], strict=False)])
    elif isinstance(bbox, list) and len(bbox) == 4:
        x, y, width, height = (number(part, f"{where}, bbox") for part in bbox)
        box = x, y, x + width, y + height
    else:
        raise FileError(f"{where} has no bbox of four numbers: export it again.")
    further = item.get("attributes")
    attributes = {key: value for key, value in item.items() if key not in (*_OF_ANNOTATION, *_OUTLINES)}
    attributes.update(further if isinstance(further, dict) else {})
    if item.get("iscrowd"):
        attributes["ignore"] = True
    return label(box, kind, size, attributes, remarks)
