"""Widgets for notebooks and dashboards: traits, messages and validation, and no decision about pixels."""

import importlib
from typing import Any

_WHERE = {
    "CardsWidget": "cards",
    "ChecksWidget": "checks",
    "EditorWidget": "editor",
    "FileRow": "files",
    "FilesWidget": "files",
    "FolderWidget": "folders",
    "FormWidget": "form",
    "GalleryItem": "gallery",
    "GalleryWidget": "gallery",
    "MonitorWidget": "monitor",
    "PlayerWidget": "player",
    "PreviewWidget": "preview",
    "QueueWidget": "queue",
    "ReportWidget": "report",
    "SheetWidget": "sheet",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'workbench.widgets' has no attribute {name!r}")
    return getattr(importlib.import_module(f"workbench.widgets.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
