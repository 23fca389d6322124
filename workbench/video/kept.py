"""What is finished of a video, kept until it is published: after a kill the next run goes on there.

Every file in here is whole or not there. Its folder's name says what it was made by, so that nothing
of another profile, other detectors or another version is ever taken for it.
"""

import hashlib
import shutil
from pathlib import Path

from workbench.disk import publish_bytes, publish_file


class Kept:
    """The finished segments of one pass over one video.

    Parameters
    ----------
    folder : Path
        Of the video; it is made when it is not there.
    sort : str
        Which pass: what the same pass kept for other settings is out of date, and removed.
    made_by : str
        Everything on which the content depends.
    """

    def __init__(self, folder: Path, sort: str, made_by: str) -> None:
        self._folder = folder / f"{sort}-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}"
        for other in folder.glob(f"{sort}-*"):
            if other != self._folder:
                shutil.rmtree(other, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for rest in self._folder.glob("*.part"):
            rest.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """Return where a file is or will be."""
        return self._folder / name

    def read(self, name: str) -> bytes | None:
        """Return the content of a file; None when it is not there."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Keep a file; raises `FileError` when the disk is full."""
        publish_bytes(data, self.path(name), part=f"{name}.part", private=True)

    def part(self, name: str) -> Path:
        """Return where a large file is written before `finish` gives it its name."""
        return self.path(f"{name}.part")

    def finish(self, name: str) -> Path:
        """Give a written file its name once it is safe on the disk, and return its path."""
        publish_file(self.part(name), self.path(name))
        return self.path(name)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)
