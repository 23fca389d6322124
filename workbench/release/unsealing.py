"""What was sealed, decrypted while it is read."""

import io
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyrage

from workbench.disk import printable
from workbench.values import FileError, UsageError, WorkbenchError

PART = 64 * 1024
"""bytes: the length of a block of the format, each with a tag of its own"""
WAITING = 64
"""decrypted blocks that may wait for their reader"""


@contextmanager
def opened(path: Path, keys: Sequence[Any]) -> Iterator[BinaryIO]:
    """Give what is sealed in a file, as a stream that is decrypted while it is read.

    Each block is proved before it is given; that the end was not cut off shows at the end of the stream. Whoever
    writes what it gives has to take it away again when this raises.

    Parameters
    ----------
    keys : sequence
        As `identities` gives them.

    Raises
    ------
    UsageError
        When none of the keys opens it, or it is not in the age format.
    FileError
        When it cannot be read, was changed, or is cut short.
    """
    with decrypted(path, keys, path.name) as stream:
        yield stream
        drain(stream)


class _Stopped(Exception):  # noqa: N818  (not an error: nobody reads on)
    """The reader of a stream is gone."""


class _Decrypted(io.RawIOBase):
    """What a thread decrypts, as a stream: pyrage writes, and whoever unpacks an archive wants to read."""

    def __init__(self, path: Path, keys: Sequence[Any], name: str) -> None:
        super().__init__()
        self._path, self._keys, self._name = path, list(keys), printable(name)
        self._blocks: queue.Queue[bytes | None] = queue.Queue(WAITING)
        self._rest = b""
        self._ended = self._gone = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._decrypt, daemon=True)
        self._thread.start()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and not self._ended:
            block = self._blocks.get()
            if block is None:
                self._ended = True
            else:
                self._rest = block
        if not self._rest and self._error:
            raise self._error
        count = min(len(self._rest), len(buffer))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def close(self) -> None:
        if not self.closed:
            self._gone = True
            while self._thread.is_alive():
                with suppress(queue.Empty):
                    self._blocks.get(timeout=0.05)
            self._thread.join()
        super().close()

    def write(self, data: Any) -> int:
        """Take what pyrage gives; it is called from the thread."""
        if self._gone:
            raise _Stopped
        self._blocks.put(bytes(data))
        return len(data)

    def _decrypt(self) -> None:
        try:
            with self._path.open("rb") as file:
                pyrage.decrypt_io(file, self, self._keys)
        except BaseException as error:
            self._error = None if self._gone else self._said(error)
        self._blocks.put(None) if not self._gone else None

    def _said(self, error: BaseException) -> WorkbenchError:
        if isinstance(error, OSError) and error.errno is not None:
            return FileError(f"{self._name} cannot be read ({error.strerror}): check the disk and permissions.")
        if isinstance(error, pyrage.DecryptError):
            if "matching keys" in str(error):
                return UsageError(f"This key does not open {self._name}: it was sealed for another one.")
            return FileError(
                f"{self._name} is not in the age format, or its beginning was changed: put it back from a copy."
            )
        return FileError(f"{self._name} was changed or cut short since it was sealed: put it back from a copy.")


@contextmanager
def decrypted(path: Path, keys: Sequence[Any], name: str) -> Iterator[BinaryIO]:
    """Like `opened`, for a file whose errors name it `name`; nobody reads on to its end."""
    raw = _Decrypted(path, keys, name)
    try:
        yield cast(BinaryIO, io.BufferedReader(raw, PART))
    finally:
        raw.close()


def drain(stream: BinaryIO) -> None:
    """Read on to the end, where it shows whether the end is the true one."""
    while stream.read(PART):
        pass
