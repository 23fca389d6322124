"""Detections as COCO: ``bbox`` is ``[x, y, width, height]`` in px of the upright picture.

Source: the COCO data format, https://cocodataset.org/#format-data (annotations and results).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.values import Detections, Kind

CATEGORIES = {kind: number for number, kind in enumerate(Kind, start=1)}
"""COCO category number of each kind"""


@dataclass(frozen=True)
class Labelled:
    """One picture's detections."""

    file_name: str
    """relative POSIX path"""
    width: int
    """px"""
    height: int
    """px"""
    frames: Sequence[Detections]
    """one a frame; a still picture has one"""


def to_coco(pictures: Iterable[Labelled], description: str = "") -> dict[str, Any]:
    """Return a COCO data set; every annotation also carries ``score``, ``origin`` and ``frame``.

    Pictures in which nothing was found stand in ``images`` all the same.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, picture in enumerate(pictures, start=1):
        images.append({"id": number, "file_name": picture.file_name, "width": picture.width, "height": picture.height})
        for frame, found in enumerate(picture.frames):
            annotations += [
                {"id": len(annotations) + 1 + row, "image_id": number, "frame": frame, **_annotation(found, row)}
                for row in range(len(found))
            ]
    return {
        "info": {"description": description},
        "images": images,
        "categories": [{"id": number, "name": str(kind)} for kind, number in CATEGORIES.items()],
        "annotations": annotations,
    }


def _annotation(found: Detections, row: int) -> dict[str, Any]:
    x0, y0, x1, y1 = (round(float(value), 2) for value in found.boxes[row])
    return {
        "category_id": CATEGORIES[Kind(found.kinds[row])],
        "bbox": [x0, y0, round(x1 - x0, 2), round(y1 - y0, 2)],
        "area": round((x1 - x0) * (y1 - y0), 2),
        "iscrowd": 0,
        "score": round(float(found.scores[row]), 4),
        "origin": str(found.origins[row]),
    }
