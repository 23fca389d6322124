"""A folder that is whole or not there: made under a hidden name beside its place, and renamed at the end."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from workbench.disk import printable
from workbench.values import FileError, UsageError

CLAIM = "claim"
INSIDE = "release"
SPARE = 50 * 2**20
"""bytes that have to stay free beside what is written"""


@contextmanager
def staged(target: Path, owner: str, size: int) -> Iterator[Path]:
    """Yield a hidden folder beside `target` for what is to stand there; nothing of it stays in any case."""
    hidden = target.with_name(f".{target.name}.unfinished")
    made = [path for path in target.parents if not path.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _take_away(hidden, owner)
        if shutil.disk_usage(target.parent).free < size + SPARE:
            raise OSError(errno.ENOSPC, "the disk is full")
        hidden.mkdir(mode=0o700)
        (hidden / CLAIM).write_text(owner)
        (hidden / INSIDE).mkdir()
        yield hidden / INSIDE
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        reason = "the disk is full: free some space" if full else f"{error.strerror}: check the folder"
        raise FileError(
            f"{printable(target.name)} cannot be written, because {reason}. Nothing was released."
        ) from error
    finally:
        with suppress(OSError, UsageError):
            _take_away(hidden, owner)
        for path in made:
            with suppress(OSError):  # not empty: the release stands in it
                path.rmdir()


def _take_away(hidden: Path, owner: str) -> None:
    """Remove what an export of this case left that was killed; raise `UsageError` when it is somebody else's."""
    if not hidden.exists():
        return
    sign = hidden / CLAIM
    if hidden.is_symlink() or (any(hidden.iterdir()) and (not sign.is_file() or sign.read_text() != owner)):
        raise UsageError(
            f"{hidden} is in the way, and this case did not make it: move it away, or choose another name."
        )
    shutil.rmtree(hidden)


def appear(folder: Path, target: Path) -> None:
    """Give the finished release its name."""
    folder.chmod(0o755)
    if target.is_dir():
        target.rmdir()  # empty, as was seen before
    folder.rename(target)
    if os.name != "nt":  # a folder cannot be opened there
        handle = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
