"""What a worker tells about a long file while it works on it, and the sign by which it is asked to rest.

Both are small files in the case's work folder: a worker process never opens the catalog.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.video import Step

EVERY = 0.5
"""seconds between two signs of life"""


class RestError(BaseException):
    """Work is put down at the end of a segment, as asked. No error of a file: nothing may take it for one."""


@dataclass(frozen=True)
class Progress:
    """How far a worker is with its file."""

    phase: str = ""
    """"looking", "hiding", "checking" """
    share: float = 0.0
    """of all the work on this file, 0..1"""


class Teller:
    """Tells the driver how far a worker is.

    Parameters
    ----------
    path : Path
        The file that the driver reads.
    rest : Path
        While it is there, work is to be put down at the end of a segment.
    """

    def __init__(self, path: Path, rest: Path) -> None:
        self._path, self._rest = path, rest
        self._told = 0.0

    def __call__(self, step: "Step") -> None:
        """Tell a step; raises `RestError` where the work is to be put down."""
        if step.rest and self._rest.exists():
            raise RestError
        if time.monotonic() - self._told < EVERY:
            return
        self._told = time.monotonic()
        part = self._path.with_suffix(".part")
        with suppress(OSError):  # a full disk is told by what cannot be written there
            part.write_text(json.dumps([step.phase, round(step.share, 5)]))
            part.replace(self._path)


class Watcher:
    """Reads what the worker of one job tells."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = 0
        self._changed = self._begun = time.monotonic()
        self._first: Progress | None = None
        self.now = Progress()

    def look(self) -> None:
        """Read the file when it was written anew."""
        try:
            stamp = self._path.stat().st_mtime_ns
            if stamp == self._seen:
                return
            phase, share = json.loads(self._path.read_text())
            told = Progress(str(phase), float(share))
        except (OSError, ValueError, TypeError):
            return
        self._seen, self._changed, self.now = stamp, time.monotonic(), told
        if self._first is None:
            self._first, self._begun = self.now, self._changed

    @property
    def first(self) -> float:
        """The share that was done before: of a video that is taken up again."""
        return self._first.share if self._first else 0.0

    @property
    def silent(self) -> float:
        """For how many seconds nothing was told."""
        return time.monotonic() - self._changed

    @property
    def seconds_left(self) -> float | None:
        """How long this file takes at its own pace; None while nothing can be said."""
        done = self.now.share - self.first
        if done < 0.01:
            return None
        return (time.monotonic() - self._begun) * (1 - self.now.share) / done
