"""Any Ultralytics YOLO weights that the user points to.

``.onnx`` runs in our own runtime and needs nothing else. ``.pt`` needs the extra ``redaction-workbench[yolo]``
(Ultralytics, AGPL-3.0). A ``.pt`` file is a pickle, which can run any code when it is loaded: only a file whose
SHA-256 is the registered one is loaded, and restricted to known classes where the library can do that. Prefer
``.onnx`` (``yolo export model=best.pt format=onnx dynamic=True``), and take ``.pt`` files only from people you
trust.

Only boxes are used, also of networks that return masks or key points.
"""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.detect import weights as files
from workbench.detect.classes import kinds_of
from workbench.detect.merge import merge
from workbench.detect.onnx_meta import read_meta
from workbench.detect.protocol import FLOOR, Quality
from workbench.detect.runtime import Session
from workbench.detect.tiles import Pass, look
from workbench.values import Detections, Kind, UsageError

VERSION = 1
"""raise it whenever the code below finds other boxes than before"""
SIDE = 640
"""px: the size most YOLO networks were trained at"""
OVERLAP = 0.5
"""IoU from which the better of two boxes of one kind stands for both"""

Image = NDArray[np.uint8]
Rows = NDArray[np.float32]
"""``(N, 6)`` float32: x0, y0, x1, y1 in px, score, class number"""


class Network(Protocol):
    """One YOLO network, however it is run."""

    names: Mapping[int, str]
    """its classes by number; empty when its file does not name them"""
    side: int
    """px of the longer side that it wants to see"""
    fixed: bool
    """whether it takes no other size"""
    version: str
    """what of the software changes its results"""

    def rows(self, image: Image) -> Rows:
        """Return every candidate in an RGB picture, in its pixels."""
        ...


def build(
    name: str,
    weights: Path,
    sha256: str,
    licence: str,
    classes: str | Mapping[str, str] | None = None,
    quality: Quality = "balanced",
    threads: int = 0,
) -> "YoloDetector":
    """Return a detector that runs the user's weights.

    Parameters
    ----------
    name : str
        What profiles call it.
    weights : Path
        A ``.onnx`` or ``.pt`` file.
    sha256 : str
        Hex digest that the file must have; nothing of it is loaded otherwise.
    licence : str
        Of the weights.
    classes : str or mapping, optional
        A table of `classes.TABLES`, or kinds by class name or number; by default whatever is known is mapped.
    quality : {"fast", "balanced", "careful"}
        Sees the picture at 1, 1.5 or 2 times the network's own size, the last mirrored too.
    threads : int
        0 leaves it to the runtime.

    Raises
    ------
    UsageError
        When the file changed or cannot be loaded, Ultralytics is missing, or a class or kind is unknown.
    """
    if quality not in _PASSES:
        raise UsageError(f"There is no quality '{quality}': use {', '.join(_PASSES)}.")
    files.verified(weights, sha256, f"put the old file back, or add it again (workbench models add {name} ...)")
    suffix = weights.suffix.lower()
    if suffix == ".onnx":
        network: Network = OnnxYolo(weights, threads)
    elif suffix == ".pt":
        from workbench.detect.ultralytics_engine import UltralyticsYolo

        network = UltralyticsYolo(weights, threads)
    else:
        raise UsageError(f"{weights.name} is neither .pt nor .onnx: export the network to ONNX and add that file.")
    mapping = kinds_of(network.names, classes, weights.name)
    return YoloDetector(name, network, mapping, licence, sha256, quality)


_PASSES: Mapping[Quality, tuple[tuple[float, bool], ...]] = {
    "fast": ((1.0, False),),
    "balanced": ((1.5, False),),
    "careful": ((2.0, False), (2.0, True), (1.0, False)),
}
"""(size in units of the network's own side, mirrored)"""


class YoloDetector:
    """Finds what the mapped classes of one network stand for."""

    def __init__(
        self, name: str, network: Network, mapping: Mapping[int, Kind], licence: str, sha256: str, quality: Quality
    ) -> None:
        self.name = name
        self.licence = licence
        self.kinds = tuple(kind for kind in Kind if kind in mapping.values())
        self._network = network
        self._mapping = mapping
        self._passes = _PASSES[quality]
        if network.fixed and all(factor > 1 for factor, _ in self._passes):
            # Larger than its only size means tiles, and a tile never shows a large object whole.
            self._passes = (*self._passes, (1.0, False))
        table = ",".join(f"{number}={kind}" for number, kind in sorted(mapping.items()))
        self.fingerprint = f"yolo/{VERSION}/{name}/{quality}/{sha256}/{table}/{network.version}"

    def __call__(self, image: Image) -> Detections:
        """Return what stands in ``image`` (``(H, W, 3)`` uint8, RGB, upright)."""
        side = self._network.side
        longer = max(image.shape[:2])
        passes = [Pass(scale=factor * side / longer, mirrored=mirrored) for factor, mirrored in self._passes]
        tile = side if self._network.fixed else max(2048, side)
        return merge(look(image, passes, self._find, tile=tile, overlap=tile // 5))

    def _find(self, picture: Image) -> Detections:
        rows = self._network.rows(picture)
        rows = rows[(rows[:, 4] >= FLOOR) & np.isfinite(rows).all(axis=1)]
        rows[:, :4] = geometry.clip(rows[:, :4], picture.shape[1], picture.shape[0])
        rows = rows[geometry.area(rows[:, :4]) > 0]
        parts = []
        for kind in self.kinds:
            numbers = [number for number, own in self._mapping.items() if own == kind]
            own = rows[np.isin(rows[:, 5], numbers)]
            best = own[geometry.nms(own[:, :4], own[:, 4], OVERLAP)]
            parts.append(Detections.of(kind, best[:, :4], np.minimum(best[:, 4], 1), self.name))
        return Detections.concat(parts)


class OnnxYolo:
    """A YOLO network exported to ONNX, with or without its own suppression of repeated boxes."""

    def __init__(self, weights: Path, threads: int = 0) -> None:
        meta = read_meta(weights)
        self.names: Mapping[int, str] = class_names(meta.notes.get("names", ""))
        self.fixed = bool(meta.height and meta.width)
        self._size = (meta.height, meta.width) if self.fixed else None
        self.side = max(meta.height, meta.width) if self.fixed else SIDE
        self._session = Session(weights, threads)
        self.version = self._session.fingerprint
        self._weights = weights.name

    def rows(self, image: Image) -> Rows:
        """Return every candidate ``(N, 6)`` in an RGB picture, in its pixels."""
        high, wide = image.shape[:2]
        room = self._size or (-(-high // 32) * 32, -(-wide // 32) * 32)
        scale = min(room[0] / high, room[1] / wide) if self._size else 1.0
        size = (min(room[1], max(1, round(wide * scale))), min(room[0], max(1, round(high * scale))))
        small = image if size == (wide, high) else cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        # Grey 114 is the border that these networks were trained with.
        canvas = np.full((*room, 3), 114, np.uint8)
        canvas[: size[1], : size[0]] = small
        tensor = cv2.dnn.blobFromImage(canvas, scalefactor=1 / 255)
        outputs = self._session.run(tensor)
        found = decode(outputs[0], len(self.names), self._weights)
        found[:, :4] *= np.array([wide / size[0], high / size[1]] * 2, np.float32)
        return found


def class_names(text: str) -> dict[int, str]:
    """Return class names by number from what Ultralytics writes into an ONNX file; empty when it is not that."""
    try:
        names = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return {}
    if isinstance(names, Mapping):
        return {int(number): str(name) for number, name in names.items() if str(number).isdecimal()}
    return {number: str(name) for number, name in enumerate(names)} if isinstance(names, list | tuple) else {}


def decode(output: NDArray[np.float32], classes: int, weights: str = "the network") -> Rows:
    """Return the candidates in a YOLO network's first output.

    Parameters
    ----------
    output : ndarray, float32
        ``(N, 7)``: picture, x0, y0, x1, y1, class, score (end-to-end exports of YOLOv7 and YOLOv9);
        ``(1, N, 6)``: x0, y0, x1, y1, score, class (end-to-end exports of Ultralytics);
        ``(1, 4 + classes + ..., N)``: middle x, y, width, height, a score per class (Ultralytics, raw);
        ``(1, N, 5 + classes)``: the same with an objectness that multiplies the scores (YOLOv5 and YOLOv7, raw).
    classes : int
        How many classes the network has; 0 when unknown.
    weights : str
        The file's name, for error messages.

    Returns
    -------
    ndarray of shape (M, 6), float32
        x0, y0, x1, y1 in px of the network's input, score, class number.

    Raises
    ------
    UsageError
        When the output has another form.
    """
    if output.ndim == 2 and output.shape[1] == 7:
        return np.ascontiguousarray(output[:, [1, 2, 3, 4, 6, 5]])
    if output.ndim == 3 and output.shape[0] == 1:
        first, last = output.shape[1:]
        if last == 6 and first <= 1000:
            return np.array(output[0], np.float32)
        if last > first >= 5 and 4 + classes <= first:
            return _raw(output[0].T, classes or first - 4)
        if first > last >= 6 and classes in (0, last - 5):
            table = output[0]
            return _raw(np.concatenate([table[:, :4], table[:, 5:] * table[:, 4:5]], axis=1), last - 5)
    raise UsageError(
        f"{weights} returns {' x '.join(map(str, output.shape))} numbers, which is no YOLO detector's form: "
        "export it with 'yolo export format=onnx'."
    )


def _raw(table: NDArray[np.float32], classes: int) -> Rows:
    """Return the best class of each candidate ``(N, 4 + classes + ...)`` that reaches the floor."""
    scores = table[:, 4 : 4 + classes]
    best = scores.argmax(axis=1)
    score = scores[np.arange(len(scores)), best]
    keep = score >= FLOOR
    middle, half = table[keep, :2], table[keep, 2:4] / 2
    return np.concatenate([middle - half, middle + half, score[keep, None], best[keep, None]], axis=1, dtype=np.float32)
