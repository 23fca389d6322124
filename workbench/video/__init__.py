"""A video from end to end: look for objects in its frames, link them over time, hide them, prove it.

The names below are imported on first use: the driver of a batch needs no codec.
"""

import importlib
from typing import Any

_WHERE = {
    "Step": "steps",
    "Tick": "steps",
    "find": "looking",
    "redact_file": "redact",
    "redact_video": "redact",
    "redact_video_frame": "frame",
    "search_file": "looking",
    "search_key": "keys",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'workbench.video' has no attribute {name!r}")
    return getattr(importlib.import_module(f"workbench.video.{_WHERE[name]}"), name)
