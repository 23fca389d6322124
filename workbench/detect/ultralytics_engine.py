"""Runs a ``.pt`` file in Ultralytics, with everything that talks to the outside switched off.

Left to itself the library reports usage, asks for its newest version, installs what it misses with pip,
downloads weights and writes settings into the user's home.
"""

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from workbench.detect.protocol import FLOOR
from workbench.values import UsageError

_ENVIRONMENT: Mapping[str, str] = {
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SAFE_LOAD": "1",  # unpickle only the library's own classes
}
_OFF = ("sync", "clearml", "comet", "dvc", "mlflow", "neptune", "raytune", "tensorboard", "wandb", "vscode_msg")
_TASKS = ("detect", "segment", "pose", "obb")


@cache
def library() -> Any:
    """Return the imported package `ultralytics`, silenced.

    Raises
    ------
    UsageError
        When it is not installed.
    """
    os.environ.update(_ENVIRONMENT)
    fresh = "ultralytics" not in sys.modules
    if fresh:
        private = tempfile.mkdtemp(prefix="workbench-yolo-")
        atexit.register(shutil.rmtree, private, ignore_errors=True)
        os.environ["YOLO_CONFIG_DIR"] = private
    try:
        import ultralytics
    except ImportError as error:
        raise UsageError(
            "Weights in .pt form need Ultralytics: install redaction-workbench[yolo], or export them to ONNX."
        ) from error
    if fresh:
        # Only ever the private settings: a user's own are neither read nor written.
        ultralytics.settings.update({key: False for key in _OFF if key in ultralytics.settings})
    _close_doors()
    return ultralytics


def _close_doors() -> None:
    """Switch off what the environment cannot: it may have been imported before us, or be an older version."""
    from ultralytics import utils
    from ultralytics.utils import checks, downloads

    for module in (utils, checks):
        module.ONLINE = False
        module.AUTOINSTALL = False
    downloads.safe_download = _refuse
    for name in ("ultralytics.utils.events", "ultralytics.hub.utils"):
        events = getattr(sys.modules.get(name), "events", None)
        if events is not None:
            events.enabled = False


def _refuse(*_: object, **__: object) -> NoReturn:
    raise ConnectionError("the workbench downloads nothing")


class UltralyticsYolo:
    """One ``.pt`` network. The caller has checked the file's SHA-256."""

    fixed = False

    def __init__(self, weights: Path, threads: int = 0) -> None:
        package = library()
        if threads > 0:
            import torch

            torch.set_num_threads(threads)
        try:
            self._model = package.YOLO(str(weights.absolute()), verbose=False)
            task = str(self._model.task)
            self.names: Mapping[int, str] = {int(number): str(name) for number, name in self._model.names.items()}
        except Exception as error:  # the library raises whatever its layers and the unpickler raise
            raise UsageError(
                f"{weights.name} cannot be loaded as Ultralytics weights ({type(error).__name__}): "
                "take the file that the training wrote (best.pt), or export it to ONNX."
            ) from error
        if task not in _TASKS:
            raise UsageError(f"{weights.name} does not find objects (its task is {task}): choose a detector's weights.")
        self.side = _side(self._model.overrides.get("imgsz"))
        self.version = f"ultralytics-{_version('ultralytics')}-torch-{_version('torch')}"

    def rows(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return every candidate ``(N, 6)`` in an RGB picture: x0, y0, x1, y1 in px, score, class number."""
        sides = [-(-side // 32) * 32 for side in image.shape[:2]]
        result = self._model.predict(
            np.ascontiguousarray(image[..., ::-1]),
            imgsz=sides,
            conf=FLOOR,
            iou=0.7,
            max_det=3000,
            verbose=False,
            save=False,
        )[0]
        found = result.boxes if result.boxes is not None else result.obb
        if found is None or not len(found):
            return np.zeros((0, 6), np.float32)
        columns = [found.xyxy, found.conf[:, None], found.cls[:, None]]
        return np.concatenate([column.cpu().numpy() for column in columns], axis=1, dtype=np.float32)


def _side(trained: object) -> int:
    sides = trained if isinstance(trained, list | tuple) else [trained]
    return max((int(side) for side in sides if isinstance(side, int | float) and side >= 32), default=640)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
