"""Files that only the owner of a key can open, in the age format: https://age-encryption.org/v1, C2SP.

What is sealed is encrypted while it is made: no byte of it is ever written as it is. The standard ``age`` tool
opens what stands here, and what it made is opened here.
"""

import errno
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from workbench.disk import printable, publish_file
from workbench.release.keys import recipient
from workbench.release.unsealing import decrypted, drain
from workbench.values import FileError, UsageError

Check = Callable[[BinaryIO], None]
"""reads what was sealed back from the disk; raises `WorkbenchError` when it is not what it should be"""


@dataclass(frozen=True)
class SealedFile:
    """An encrypted file as it lies on the disk."""

    bytes: int
    sha256: str
    """of the encrypted bytes, hex"""


def seal(parts: Iterable[bytes], target: Path, keys: Sequence[str], check: Check | None = None) -> SealedFile:
    """Encrypt bytes as they come; the file has its name only when it is whole, checked and safe on the disk.

    Parameters
    ----------
    parts : iterable of bytes
        Everything that is to be sealed; what it raises passes through.
    target : Path
        The final name. What a killed process left of it, under a hidden name beside it, is overwritten: only one
        process at a time may seal to a name.
    keys : sequence of str
        Public keys; each of their owners can open it.
    check : callable, optional
        Gets what was sealed, decrypted from the file on the disk. Nobody but the owners can decrypt it, so the file
        is encrypted for one more key, which is made here, is never written anywhere and is gone when this returns.

    Raises
    ------
    UsageError
        When there is no key, or one is none.
    FileError
        When it cannot be written, or is not on the disk as it was written. Nothing is left of it then.
    """
    if not keys:
        raise UsageError("There is no key to seal with: name the custodian's public key (age1...).")
    witness = pyrage.x25519.Identity.generate() if check else None
    owners = [recipient(key) for key in keys] + ([witness.to_public()] if witness else [])
    temporary = part_of(target)
    temporary.unlink(missing_ok=True)
    try:
        source = _Source(parts)
        with _writing(temporary) as stream:
            sink = _Sink(stream)
            _run(lambda: pyrage.encrypt_io(source, sink, owners), source, sink)
            stream.flush()
            os.fsync(stream.fileno())
        digest, size = _digest(temporary)
        if digest != sink.digest.hexdigest() or size != sink.size:
            raise FileError(f"{printable(target.name)} is not on the disk as it was written: check the disk.")
        if check and witness:
            with decrypted(temporary, [witness], target.name) as back:
                check(back)
                drain(back)
        publish_file(temporary, target, private=True)
    except OSError as error:
        raise _explained(target, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return SealedFile(size, digest)


def part_of(target: Path) -> Path:
    """Return the hidden name under which a file or folder is made before it gets its own name."""
    return target.with_name(f".part-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}")


class _Source:
    """What pyrage reads from. It keeps the error of the parts, which pyrage would turn into words."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._rest = b""
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._rest:
                part = next(self._parts, None)
                if part is None:
                    return b""
                self._rest = part
        except BaseException as error:
            self.error = error
            raise
        given = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(given) :]
        return given


class _Sink:
    """What pyrage writes to, for the same reason; it knows the digest of what went through."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()
        self.size = 0
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            self._stream.write(data)
        except BaseException as error:
            self.error = error
            raise
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: the file is flushed at its end."""


def _run(act: Callable[[], None], source: _Source, sink: _Sink) -> None:
    try:
        act()
    except BaseException:
        if first := source.error or sink.error:
            raise first from None
        raise
    # pyrage says nothing when its last buffer cannot be written.
    if first := source.error or sink.error:
        raise first


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "wb") as stream:
        yield stream


def _digest(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while part := stream.read(2**20):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size


def _explained(target: Path, error: OSError) -> FileError:
    name = printable(target.name)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FileError(
            f"{name} cannot be written, because the disk is full: free some space and do it again; nothing was sealed."
        )
    return FileError(f"{name} cannot be written ({error.strerror or error}): check the folder and its permissions.")
