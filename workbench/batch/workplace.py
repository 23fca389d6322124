"""The case's folder for what a run leaves behind only when it is killed."""

import contextlib
import shutil
from pathlib import Path

BALLAST = 4 * 2**20
"""bytes kept free for the catalog, so that a run on a full disk can still say so"""


class Workplace:
    """A folder of temporary files, among them some ballast for a full disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def empty(self) -> None:
        """Remove all of it."""
        for path in self._folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def load_ballast(self) -> None:
        """Put the ballast there, if there is room for it."""
        with contextlib.suppress(OSError):
            self._ballast.write_bytes(bytes(BALLAST))

    def drop_ballast(self) -> None:
        """Make room for the catalog."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self._folder / "ballast"
