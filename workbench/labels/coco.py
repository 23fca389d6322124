"""Detections, and what was hidden, as COCO: ``bbox`` is ``[x, y, width, height]`` in px of the upright picture.

Source: the COCO data format, https://cocodataset.org/#format-data (annotations and results).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workbench.values import Detections, Kind

CATEGORIES = {kind: number for number, kind in enumerate(Kind, start=1)}
"""COCO category number of each kind"""


@dataclass(frozen=True)
class Labelled:
    """The detections of one photo or video."""

    file_name: str
    """relative POSIX path"""
    width: int
    """px"""
    height: int
    """px"""
    frames: Sequence[Detections]
    """one a frame; a still picture has one"""
    times: Sequence[Fraction] | None = None
    """s: when each frame of a video is shown; None for a photo"""


@dataclass(frozen=True)
class HiddenFrame:
    """One redacted frame of a video, as a picture of its own."""

    file_name: str
    """relative POSIX path"""
    width: int
    """px"""
    height: int
    """px"""
    video: str
    """relative POSIX path of the video in its release"""
    frame: int
    """its position in the video, from 0"""
    time: Fraction
    """s: when it is shown there"""
    regions: Sequence[Sequence[Any]]
    """``[track, kind, method, shape, x0, y0, x1, y1]`` px of all that is hidden in it"""


def to_coco(assets: Iterable[Labelled], description: str = "", empty_frames: bool = False) -> dict[str, Any]:
    """Return a COCO data set; every annotation also carries ``score``, ``origin`` and ``frame``.

    Photos in which nothing was found stand in ``images`` all the same. Each frame of a video is an image
    of its own, with ``video``, ``frame`` and ``time``, and its annotations carry their ``track``.

    Parameters
    ----------
    assets : iterable of Labelled
    description : str
    empty_frames : bool
        List the frames of videos in which nothing was found too.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for asset in assets:
        size = {"width": asset.width, "height": asset.height}
        if asset.times is None:
            images.append({"id": len(images) + 1, "file_name": asset.file_name, **size})
        for frame, found in enumerate(asset.frames):
            if asset.times is not None:
                if not len(found) and not empty_frames:
                    continue
                name = {"file_name": f"{asset.file_name}/{frame:06d}.png", "video": asset.file_name}
                time = round(float(asset.times[frame]), 6)
                images.append({"id": len(images) + 1, **name, "frame": frame, "time": time, **size})
            for row in range(len(found)):
                place = {"id": len(annotations) + 1, "image_id": len(images), "frame": frame}
                track = {} if asset.times is None else {"track": int(found.tracks[row])}
                annotations.append({**place, **_annotation(found, row), **track})
    return _data_set(description, images, annotations)


def frames_to_coco(frames: Iterable[HiddenFrame], description: str = "") -> dict[str, Any]:
    """Return a COCO data set of redacted frames: its boxes are the hidden regions, with the margin around the object.

    Every image carries ``video``, ``frame`` and ``time``; every annotation its ``track``, which counts within the
    video (−1 for none), and the ``method`` and ``shape`` by which the region was hidden.
    """
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for picture in frames:
        image = {"id": len(images) + 1, "file_name": picture.file_name, "video": picture.video, "frame": picture.frame}
        size = {"width": picture.width, "height": picture.height}
        images.append({**image, "time": round(float(picture.time), 6), **size})
        for track, kind, method, shape, x0, y0, x1, y1 in picture.regions:
            place = {"id": len(annotations) + 1, "image_id": len(images), "category_id": CATEGORIES[Kind(kind)]}
            box = {"bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0), "iscrowd": 0}
            annotations.append({**place, **box, "track": track, "method": str(method), "shape": str(shape)})
    return _data_set(description, images, annotations)


def _data_set(description: str, images: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> dict[str, Any]:
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
