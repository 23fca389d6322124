"""An archive as it is sealed: a tar with the files, what it is at its beginning and ``SHA256SUMS`` at its end.

Opened with ``age`` and ``tar`` alone, ``sha256sum -c SHA256SUMS`` proves it.
"""

import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from workbench.disk import printable
from workbench.keeping.values import Tick
from workbench.values import FileError, WorkbenchError

FORMAT = "workbench sealed archive 1"
ABOUT, SUMS, FILES = "sealed.json", "SHA256SUMS", "files/"
PART = 2**20
"""bytes that are read at a time"""
MAX_ABOUT = 2**16
MAX_SUMS = 2**28
"""bytes: enough for more than a million files"""


@dataclass(frozen=True)
class Member:
    """A file that goes into an archive."""

    name: str
    """relative POSIX path in it"""
    path: Path


def parts(
    what: str, case: str, members: Iterable[Member], total: int, sums: dict[str, str], tick: Tick
) -> Iterator[bytes]:
    """Yield the bytes of an archive; each file is read once, and its SHA-256 is put into `sums` by name.

    Raises
    ------
    FileError
        When a file cannot be read, or changes while it is read.
    """
    about = {"format": FORMAT, "what": what, "case": case}
    yield from _small(ABOUT, json.dumps(about, sort_keys=True).encode() + b"\n")
    for number, member in enumerate(members):
        tick("Sealing", number, total)
        name = FILES + member.name
        digest = hashlib.sha256()
        yield from _file(name, member.path, digest)
        sums[name] = digest.hexdigest()
    tick("Sealing", total, total)
    yield from _small(SUMS, b"".join(_line(name, digest) for name, digest in sums.items()))
    yield bytes(2 * tarfile.BLOCKSIZE)


def read_back(stream: BinaryIO, sums: dict[str, str], name: str) -> None:
    """Raise `FileError` when an archive does not hold exactly the files whose SHA-256 are given."""
    if unpack(stream, None, name).sums != sums:
        raise FileError(f"{printable(name)} does not hold what was put into it: check the disk and the memory.")


@dataclass(frozen=True)
class Unpacked:
    """What was in an archive."""

    what: str
    case: str
    sums: dict[str, str]


def unpack(stream: BinaryIO, into: Path | None, name: str, tick: Tick | None = None) -> Unpacked:
    """Read an archive to its end, prove every file by the list inside, and write them into a folder if asked.

    Only plain files with plain relative names are taken: an archive can be made by anybody who has the public key.

    Raises
    ------
    FileError
        When it is not whole, is not what the list inside says, or a file cannot be written.
    """
    said = f"{printable(name)} is not an archive that the workbench sealed"
    sums: dict[str, str] = {}
    about: dict[str, Any] = {}
    listed: dict[str, str] | None = None
    try:
        with tarfile.open(fileobj=stream, mode="r|", bufsize=20 * tarfile.BLOCKSIZE, errors="surrogateescape") as tar:
            for number, info in enumerate(tar):
                content = tar.extractfile(info) if info.isreg() else None
                if content is None or listed is not None:
                    raise FileError(f"{said}: it holds something that does not belong there.")
                if number == 0:
                    about = _about(content.read(MAX_ABOUT) if info.name == ABOUT else b"")
                elif info.name == SUMS:
                    listed = dict(_entries(content.read(MAX_SUMS)))
                else:
                    if tick:
                        tick("Opening", number - 1, 0)
                    _refuse_odd(info.name, sums, said)
                    sums[info.name] = _take(content, info, into)
    except tarfile.TarError as error:
        raise FileError(f"{said} ({error}).") from None
    if about.get("format") != FORMAT or listed is None or listed != sums:
        raise FileError(f"{said}, or it is not whole: put it back from a copy.")
    return Unpacked(str(about.get("what", "")), str(about.get("case", "")), sums)


def _file(name: str, path: Path, digest: Any) -> Iterator[bytes]:
    shown = printable(path.name)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as stream:
            facts = os.fstat(stream.fileno())
            if not stat.S_ISREG(facts.st_mode):
                raise FileError(f"{shown} is not a plain file any more: nothing was sealed.")
            yield _header(name, facts.st_size, facts.st_mtime_ns)
            left = facts.st_size
            while left and (part := stream.read(min(PART, left))):
                digest.update(part)
                left -= len(part)
                yield part
            after = os.fstat(stream.fileno())
            if left or (after.st_size, after.st_mtime_ns) != (facts.st_size, facts.st_mtime_ns):
                raise FileError(f"{shown} changed while it was sealed: do it again; nothing was sealed.")
            yield bytes(-facts.st_size % tarfile.BLOCKSIZE)
    except OSError as error:
        raise FileError(f"{shown} cannot be read ({error.strerror or error}): nothing was sealed.") from error


def _small(name: str, data: bytes) -> Iterator[bytes]:
    yield _header(name, len(data), 0)
    yield data + bytes(-len(data) % tarfile.BLOCKSIZE)


def _header(name: str, size: int, mtime: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, mtime // 10**9
    if mtime % 10**9:
        info.pax_headers = {"mtime": f"{mtime // 10**9}.{mtime % 10**9:09}"}
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _take(content: Any, info: tarfile.TarInfo, into: Path | None) -> str:
    digest = hashlib.sha256()
    target = into / info.name.removeprefix(FILES) if into else None
    try:
        with _sink(target) as sink:
            while part := content.read(PART):
                digest.update(part)
                if sink:
                    sink.write(part)
    except WorkbenchError:
        raise
    except OSError as error:
        full = "because the disk is full: free some space" if error.errno == 28 else f"({error.strerror or error})"
        raise FileError(f"What is sealed cannot be written, {full}; nothing of it is left here.") from error
    if target:
        seconds = info.pax_headers.get("mtime", "")
        whole, _, rest = seconds.partition(".")
        mtime = int(whole) * 10**9 + int(rest.ljust(9, "0")[:9]) if rest.isdigit() else int(info.mtime) * 10**9
        os.utime(target, ns=(mtime, mtime))
    return digest.hexdigest()


class _sink:  # noqa: N801  (read like a function)
    """A new file for its owner alone, or nothing."""

    def __init__(self, target: Path | None) -> None:
        self._target = target
        self._stream: Any = None

    def __enter__(self) -> Any:
        if self._target:
            self._target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            self._stream = os.fdopen(os.open(self._target, flags, 0o600), "wb")
        return self._stream

    def __exit__(self, *_: object) -> None:
        if self._stream:
            self._stream.close()


def _about(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refuse_odd(name: str, known: dict[str, str], said: str) -> None:
    steps = PurePosixPath(name).parts
    odd = not name.startswith(FILES) or len(steps) < 2 or "/".join(steps) != name or ".." in steps or "\0" in name
    if odd or name in known or (os.name == "nt" and any(char in name for char in ":\\")):
        raise FileError(f"{said}: it holds a file with an odd name.")


def _line(name: str, digest: str) -> bytes:
    """Return a line as ``sha256sum`` writes it: a name with a line break or a backslash is escaped."""
    plain = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    mark = "\\" if plain != name else ""
    return f"{mark}{digest}  ".encode() + plain.encode("utf-8", "surrogateescape") + b"\n"


def _entries(data: bytes) -> Iterator[tuple[str, str]]:
    for line in io.BytesIO(data):
        text = line.rstrip(b"\n").decode("utf-8", "surrogateescape")
        digest, _, name = text.removeprefix("\\").partition("  ")
        if text.startswith("\\"):
            plain = {"n": "\n", "r": "\r", "\\": "\\"}
            pieces, escaped = [], False
            for char in name:
                if escaped:
                    pieces.append(plain.get(char, char))
                    escaped = False
                elif char == "\\":
                    escaped = True
                else:
                    pieces.append(char)
            name = "".join(pieces)
        yield name, digest
