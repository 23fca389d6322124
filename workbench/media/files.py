"""Read a source file safely and say what it is by its content, never by its name."""

import errno
import os
import stat
from pathlib import Path

from workbench.disk import printable
from workbench.values import FileError

MAX_BYTES = 1 << 30
"""bytes; a larger file is refused before it is read"""
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF")
SUFFIXES = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".jif", ".mpo"),
    "PNG": (".png", ".apng"),
    "WEBP": (".webp",),
    "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "HEIF": (".heic", ".heif", ".hif", ".heics", ".heifs"),
    "AVIF": (".avif", ".avifs"),
}
"""the usual endings of each format; the first is the one that is written"""
_STARTS = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


def sniff(head: bytes) -> str | None:
    """Return the format that a file's first 64 bytes announce, one of `FORMATS`, or None."""
    for start, form in _STARTS:
        if head.startswith(start):
            return form
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] != b"ftyp":
        return None
    # The compact form (brand mif3) names its codec where others have a version.
    brands = {
        head[8:12],
        head[12:16],
        *(head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4], "big"), 64), 4)),
    }
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    return "HEIF" if brands & _HEIF_BRANDS else None


def read_source(path: Path, limit: int | None = None) -> bytes:
    """Return the bytes of a regular file; `limit` reads only so many.

    Links, folders, pipes and devices are refused by their type, before anything is opened: a pipe
    would block, and a link may point out of the folder that the user chose.

    Raises
    ------
    FileError
        When the file is missing, not a regular file, empty, larger than `MAX_BYTES`, unreadable,
        or changes while it is read.
    """
    name = printable(path.name)
    try:
        _refuse_special(name, os.lstat(path))
        # Non-blocking and never through a link: it may have been swapped since it was looked at.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        with os.fdopen(os.open(path, flags), "rb") as file:
            status = os.fstat(file.fileno())
            _refuse_special(name, status)
            data = file.read(-1 if limit is None else limit)
    except OSError as error:
        if error.errno == errno.ENOENT:
            raise FileError(f"{name} does not exist (any more).") from None
        reason = error.strerror or type(error).__name__
        raise FileError(f"{name} cannot be read ({reason}): check the file and its permissions.") from error
    if len(data) != (status.st_size if limit is None else min(status.st_size, limit)):
        raise FileError(f"{name} changed while it was read: try again when nothing writes to it.")
    return data


def _refuse_special(name: str, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise FileError(f"{name} is a link, which is not followed: give the file that it points to.")
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{name} is a folder, not a photo.")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{name} is a pipe or a device, not a photo.")
    if status.st_size == 0:
        raise FileError(f"{name} is empty (0 bytes): copy it again from its source.")
    if status.st_size > MAX_BYTES:
        raise FileError(f"{name} is larger than {MAX_BYTES >> 20} MiB: make it smaller first.")
