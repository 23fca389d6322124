"""The ledger: one line an act, each with the digest of the line before. Whoever changes a line breaks the chain.

A line is canonical JSON (sorted names, no spaces, ASCII) of ``seq``, ``at`` (UTC), ``person``, ``role``, ``act``,
``facts`` and ``prev``, with ``hash``, the SHA-256 of all the others. The chain alone cannot show that its end was
cut off, or that all of it was written anew: for that the hash of its last line, the head, stands in the manifest
of every release, where whoever holds the release holds it too.
"""

import errno
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.governance import acts
from workbench.governance.acts import Fact
from workbench.governance.lines import AGAIN, CUT_SHORT, LEDGER, Entry, next_line, parse, read, to_bytes
from workbench.governance.roles import Actor
from workbench.values import FileError, UsageError

LOCK = "ledger.lock"
LOCK_SECONDS = 20.0
MAX_LINE = 4096
"""bytes; no act comes near it"""


def append(folder: Path, who: Actor, act: str, facts: Mapping[str, Fact], now: datetime | None = None) -> str:
    """Add an act to the ledger of a case's folder and return the new head; it is on the disk then.

    Raises
    ------
    UsageError
        When another process holds the ledger for too long.
    FileError
        When the last line was changed, or the disk is full; nothing is added then.
    ValueError
        When the act or a fact is none that the ledger knows: a mistake of this program.
    """
    acts.refuse_odd(act, facts)
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    try:
        with locked(folder):
            last = _mended(folder, who, moment)
            return _write(folder, next_line(last, moment, who, act, facts))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(
            f"{LEDGER} cannot be written ({reason}), so nothing is done that it would have to hold: free some space "
            "or allow it, then try again."
        ) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a case's ledger and record; who holds it may take it again. Raises `UsageError` when it takes too long."""
    lock = FileLock(folder.resolve() / LOCK, mode=0o600, timeout=LOCK_SECONDS, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"Another process has held {LEDGER} for {LOCK_SECONDS:.0f} seconds: try again.") from None
    try:
        yield
    finally:
        lock.release()


def head(folder: Path) -> str:
    """Return the hash of the ledger's last line, or "" when there is none; raises `FileError` like `append`."""
    last = _last(folder)
    return last.hash if last else ""


def entries(folder: Path) -> list[Entry]:
    """Return the lines of a ledger; half a line at its end, which nobody was told of, is passed over.

    Raises
    ------
    FileError
        When one of them is not what was written; `verifying.verify` says all that is wrong.
    """
    checked = [(entry, problem) for entry, problem in read(folder) if problem != CUT_SHORT]
    for number, (entry, problem) in enumerate(checked, 1):
        if entry is None or problem:
            raise FileError(f"{LEDGER}, line {number}: {problem}; {AGAIN}.")
    return [entry for entry, _ in checked if entry is not None]


def _write(folder: Path, entry: Entry) -> str:
    path = folder / LEDGER
    new = not path.exists()
    data = to_bytes(entry)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        size = os.fstat(handle).st_size
        try:
            if os.write(handle, data) != len(data):
                raise OSError(errno.ENOSPC, "the disk is full")
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, size)  # half a line is no line
            raise
    finally:
        os.close(handle)
    if new and os.name != "nt":  # a folder cannot be opened there
        folder_handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(folder_handle)
        finally:
            os.close(folder_handle)
    return entry.hash


def _mended(folder: Path, who: Actor, moment: datetime) -> Entry | None:
    """Return the last line, after taking away half a line that a crash left; that is written down as well."""
    path = folder / LEDGER
    if not path.exists():
        return None
    with path.open("r+b") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 2 * MAX_LINE, 0))
        tail = stream.read()
        rest = tail[tail.rfind(b"\n") + 1 :]
        if rest and parse(rest)[0] is None:
            stream.truncate(size - len(rest))
            os.fsync(stream.fileno())
        elif rest:  # a whole line that lacks only its end
            stream.seek(0, os.SEEK_END)
            stream.write(b"\n")
            rest = b""
    last = _last(folder)
    if rest:
        facts: dict[str, Fact] = {"bytes": len(rest), "digest": hashlib.sha256(rest).hexdigest()}
        entry = next_line(last, moment, Actor(who.person, who.role), "line-repaired", facts)
        _write(folder, entry)
        return entry
    return last


def _last(folder: Path) -> Entry | None:
    path = folder / LEDGER
    if not path.exists():
        return None
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 2 * MAX_LINE, 0))
        tail = stream.read().rstrip(b"\n")
    if not tail:
        return None
    entry, problem = parse(tail[tail.rfind(b"\n") + 1 :])
    if entry is None or problem:
        raise FileError(f"The last line of {LEDGER}: {problem}; {AGAIN} (workbench ledger verify says more).")
    return entry
