"""The batch: walk the sources, skip what is done, redact the rest in worker processes, record every outcome."""

from workbench.batch.driver import run
from workbench.batch.folder import default_case, redact_folder
from workbench.batch.intake import find_photos
from workbench.batch.prepare import prepare

__all__ = ["default_case", "find_photos", "prepare", "redact_folder", "run"]
