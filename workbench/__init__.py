"""Take people out of photos and videos before these are used.

The short list below is the public face; everything is imported on first use, so that
``import workbench`` loads neither OpenCV nor a neural network runtime nor a widget.
"""

import importlib
from typing import Any

_WHERE = {
    "Case": "workbench.catalog.case",
    "Detections": "workbench.values",
    "Frame": "workbench.values",
    "Kind": "workbench.values",
    "Profile": "workbench.profiles",
    "Regions": "workbench.values",
    "WorkbenchError": "workbench.values",
    "detect": "workbench.pipeline",
    "explore": "workbench.apps.explore",
    "export_frames": "workbench.batch",
    "load_profile": "workbench.profiles:load",
    "open_photo": "workbench.media.photo",
    "open_video": "workbench.media.video",
    "redact_file": "workbench.video",
    "redact_folder": "workbench.batch",
    "redact_frame": "workbench.pipeline",
    "verify": "workbench.evidence",
}

__version__ = "0.1.0"
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    module, _, other = _WHERE[name].partition(":")
    return getattr(importlib.import_module(module), other or name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
