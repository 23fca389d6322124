"""The one way to write a file, so that it is whole or not there, and the one way to show a file's name."""

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from workbench.values import FileError, Finding, WorkbenchError

FIXED_TIME = 946_684_800
"""seconds: 2000-01-01 UTC, the modification time of all that is released, so that it does not tell when it was made"""

COPIED_AT_ONCE = 2**20
"""bytes"""

Check = Callable[[Path], Sequence[Finding]]
"""opens a written file again; anything that it reports stops the publication"""


def printable(name: str) -> str:
    """Return a file's name fit for one line of any terminal or page.

    Every control, direction and undecodable character stands there as its escape: nothing that a name
    says is lost, and nothing that it does happens.
    """
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)


def publish_bytes(
    data: bytes,
    target: Path,
    *,
    work: Path | None = None,
    part: str | None = None,
    check: Check | None = None,
    private: bool = False,
) -> None:
    """Write a file so that its name appears only when it is whole, checked and safe on the disk.

    Parameters
    ----------
    data : bytes
        The whole content.
    target : Path
        The final name; a file of that name is replaced.
    work : Path, optional
        Folder for the temporary file, see `temporary_for`.
    part : str, optional
        A fixed name for the temporary file, beside the target, where a later run has to know what one
        that was killed may have left; such a rest is overwritten.
    check : callable, optional
        See `Check`.
    private : bool
        Readable for its owner alone, and with its true time.

    Raises
    ------
    FileError
        When the disk is full, the folder cannot be written, or the check reports something. Neither
        the target nor a temporary file is left then; an older target stays if the new one never came so far.
    """
    with _all_or_nothing(target) as traces:
        temporary = target.with_name(part) if part else temporary_for(target, work)
        traces.append(temporary)
        if part:
            temporary.unlink(missing_ok=True)
        _write(data, temporary)
        _publish(temporary, target, check, private, traces)


def publish_file(temporary: Path, target: Path, check: Check | None = None, *, private: bool = False) -> None:
    """Give a file that is written already its final name: like `publish_bytes`, for what is too large for memory.

    Parameters
    ----------
    temporary : Path
        The written and closed file, on the file system of the target, as `temporary_for` names it.
        It is gone afterwards, whatever happens.
    target : Path
        The final name; a file of that name is replaced.
    check : callable, optional
        See `Check`.
    private : bool
        Readable for its owner alone, and with its true time.

    Raises
    ------
    FileError
        As `publish_bytes`.
    """
    with _all_or_nothing(target) as traces:
        traces.append(temporary)
        temporary.chmod(0o600)  # not for others until it has been checked
        _publish(temporary, target, check, private, traces)


def publish_copy(source: Path, target: Path, sha256: str, size: int) -> None:
    """Copy a file so that its name appears only when every byte of it is the expected one and safe on the disk.

    Parameters
    ----------
    source : Path
        A regular file; a link is not followed.
    target : Path
        The final name.
    sha256 : str
        Hex digest that the bytes must have, taken of what is written.
    size : int
        Bytes.

    Raises
    ------
    FileError
        When the bytes are others, or as `publish_bytes`.
    """
    with _all_or_nothing(target) as traces:
        temporary = temporary_for(target)
        traces.append(temporary)
        found, count = hashlib.sha256(), 0
        with _opened(source) as before, _new(temporary) as after:
            while chunk := before.read(COPIED_AT_ONCE):
                found.update(chunk)
                count += len(chunk)
                after.write(chunk)
        if (found.hexdigest(), count) != (sha256, size):
            raise FileError(f"{printable(source.name)} is not what was verified any more: nothing of it is kept.")
        _publish(temporary, target, None, False, traces)


def temporary_for(target: Path, work: Path | None = None) -> Path:
    """Return a free name for the temporary file of `target`.

    It lies in `work`, or beside the target when there is no such folder or it is on another file system:
    renaming is one step only within one.
    """
    beside = target.parent
    same = work is not None and work.is_dir() and work.stat().st_dev == beside.stat().st_dev
    return (work if work is not None and same else beside) / f".part-{secrets.token_hex(4)}"


@contextmanager
def _all_or_nothing(target: Path) -> Iterator[list[Path]]:
    """Remove the paths put into the list when anything fails, and say what failed in one sentence."""
    traces: list[Path] = []
    try:
        yield traces
    except BaseException as error:
        for path in traces:
            # A failure here changes nothing: the name is neutral and the caller hears of the first error.
            with suppress(OSError):
                path.unlink(missing_ok=True)
        if isinstance(error, WorkbenchError) or not isinstance(error, Exception):
            raise
        raise _explained(printable(target.name), error) from error


def _publish(temporary: Path, target: Path, check: Check | None, private: bool, traces: list[Path]) -> None:
    how = os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    if check is None:
        _sync(temporary, how)
    else:
        with ThreadPoolExecutor(1) as beside:  # the disk is waited for while the check computes
            safe = beside.submit(_sync, temporary, how)
            findings = list(check(temporary))
            safe.result()
        if findings:
            raise FileError(f"{printable(target.name)} is held back, because its check failed: {findings[0].message}")
    if not private:
        temporary.chmod(0o644)
        os.utime(temporary, (FIXED_TIME, FIXED_TIME))
    temporary.replace(target)
    traces.append(target)
    if os.name != "nt":  # a folder cannot be opened there; the rename itself is journalled
        _sync(target.parent, os.O_RDONLY)


def _write(data: bytes, path: Path) -> None:
    with _new(path) as file:
        file.write(data)


def _new(path: Path) -> BinaryIO:
    # Unreadable to others until it has been checked.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    return os.fdopen(descriptor, "wb")


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")


def _sync(path: Path, mode: int) -> None:
    descriptor = os.open(path, mode)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explained(name: str, error: Exception) -> FileError:
    if not isinstance(error, OSError):
        return FileError(f"{name} is held back, because it could not be checked ({type(error).__name__}).")
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return FileError(f"{name} cannot be written, because the disk is full: free some space and run it again.")
    reason = error.strerror or type(error).__name__
    return FileError(f"{name} cannot be written ({reason}): check the folder and its permissions.")
