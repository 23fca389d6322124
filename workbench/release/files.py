"""What lies on the disk: streaming digests with one short digest a block, and what a folder holds."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.values import FileError

MIN_BLOCK = 4096
"""bytes: a smaller block would tell more about a change than anyone needs"""
MAX_BLOCKS = 256
BLOCK_DIGEST = 4
"""bytes of each block's SHA-256 that are kept: they say where a file changed, the whole digest says whether"""

Sort = Literal["file", "folder", "link", "special", "unreadable"]


@dataclass(frozen=True)
class Digest:
    """What a file's bytes are."""

    sha256: str
    """hex, of all bytes"""
    size: int
    """bytes"""
    blocks: bytes
    """`BLOCK_DIGEST` bytes for each block, in order"""


def block_size(size: int) -> int:
    """Return the block length in bytes for a file of `size` bytes: a power of two, at most `MAX_BLOCKS` of them."""
    length = MIN_BLOCK
    while length * MAX_BLOCKS < size:
        length *= 2
    return length


def digest(path: Path, block: int = 0, limit: int | None = None) -> Digest:
    """Read a file once and return its digest; memory is bounded by one block.

    Parameters
    ----------
    path : Path
        A regular file.
    block : int, bytes
        Block length; 0 chooses by the file's size.
    limit : int, bytes, optional
        Blocks are taken of the first `limit` bytes only; the digest and the size always count all.

    Raises
    ------
    FileError
        When the file cannot be read to its end.
    """
    whole, blocks, size = hashlib.sha256(), bytearray(), 0
    try:
        with path.open("rb") as stream:
            length = block or block_size(os.fstat(stream.fileno()).st_size)
            while chunk := stream.read(length):
                whole.update(chunk)
                part = chunk if limit is None else chunk[: max(limit - size, 0)]
                if part:
                    blocks += hashlib.sha256(part).digest()[:BLOCK_DIGEST]
                size += len(chunk)
    except OSError as error:
        raise FileError(f"{path.name} cannot be read ({error.strerror}): check the disk and permissions.") from error
    return Digest(whole.hexdigest(), size, bytes(blocks))


def listing(folder: Path) -> Iterator[tuple[str, Sort]]:
    """Yield everything below `folder` as (relative POSIX path, sort), hidden entries too; no link is followed.

    A folder that cannot be read comes as "unreadable": what it holds goes unseen.
    """
    waiting = [(folder, "")]
    while waiting:
        place, prefix = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            yield prefix.rstrip("/"), "unreadable"
            continue
        for entry in entries:
            sort = _sort(entry)
            if sort == "folder":
                waiting.append((place / entry.name, f"{prefix}{entry.name}/"))
            yield prefix + entry.name, sort


def _sort(entry: os.DirEntry[str]) -> Sort:
    mode = entry.stat(follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    return "file" if stat.S_ISREG(mode) else "special"
