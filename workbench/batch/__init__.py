"""The batch: walk the sources, skip what is done, redact the rest in worker processes, record every outcome."""

from workbench.batch.driver import run
from workbench.batch.folder import case_for, default_case, profile_of, redact_folder
from workbench.batch.frames import export_frames
from workbench.batch.intake import find_assets
from workbench.batch.prepare import prepare

__all__ = [
    "case_for",
    "default_case",
    "export_frames",
    "find_assets",
    "prepare",
    "profile_of",
    "redact_folder",
    "run",
]
