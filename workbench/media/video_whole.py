"""Notice from a container's own structure that a file was cut short or is encrypted, before it is decoded."""

import os
from typing import BinaryIO

from workbench.media.bmff_boxes import boxes, children
from workbench.values import FileError

_ESSENTIAL = {b"moov", b"mdat", b"moof"}
_SEGMENT = 0x18538067
_MOST_BOXES = 1_000_000
_MOST_INDEX = 1 << 28
"""bytes"""
_ENCRYPTED = ("encv", "drmi")


def is_cut_short(file: BinaryIO, form: str, name: str) -> bool:
    """Return whether the file ends before its own structure does.

    Parameters
    ----------
    file : binary file
        The open clip.
    form : str
        Its container, a key of `video_kinds.READERS`.
    name : str
        For the sentence.

    Raises
    ------
    FileError
        When it has no index or is encrypted.
    """
    size = file.seek(0, os.SEEK_END)
    match form:
        case "MP4" | "QuickTime":
            return _iso(file, size, name)
        case "Matroska" | "WebM":
            return _matroska(file, size)
        case "AVI":
            return _riff(file, size)
        case _:
            return False


def _iso(file: BinaryIO, size: int, name: str) -> bool:
    """Walk the outermost boxes, ISO 14496-12 section 4.2."""
    at, indexed, cut = 0, False, False
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length, kind, header = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = size - at
        if length < header:
            break
        if at + length > size:
            cut = kind in _ESSENTIAL
            break
        if kind == b"moov":
            indexed = True
            file.seek(at)
            _refuse_encrypted(file.read(min(length, _MOST_INDEX)), name)
        at += length
    if not cut and not indexed:
        raise FileError(f"{name} has no index, because its recording was not finished: repair or convert it first.")
    return cut


def _refuse_encrypted(movie: bytes, name: str) -> None:
    """Raise where the picture's samples are encrypted, ISO 23001-7: some decoders make grey pictures of them."""
    level = list(boxes(movie, 0, len(movie)))
    for kind in ("trak", "mdia", "minf", "stbl", "stsd"):
        level = [inner for outer in level for inner in children(movie, outer, kind)]
    for table in level:
        for entry in boxes(movie, table.body + 8, table.end):
            if entry.kind in _ENCRYPTED:
                raise FileError(f"{name} is encrypted: only a copy without protection can be read.")


def _matroska(file: BinaryIO, size: int) -> bool:
    """Compare the segment's size with the file's, RFC 8794 sections 4 to 6; a live recording announces none."""
    at = 0
    for _ in range(8):
        file.seek(at)
        head = file.read(12)
        if len(head) < 3:
            return False
        id_size = 9 - head[0].bit_length()
        if id_size > 4 or len(head) <= id_size:
            return False
        number = int.from_bytes(head[:id_size], "big")
        size_size = 9 - head[id_size].bit_length()
        if size_size > 8:
            return False
        raw = int.from_bytes(head[id_size : id_size + size_size], "big")
        length = raw & ((1 << (7 * size_size)) - 1)
        unknown = length == (1 << (7 * size_size)) - 1
        at += id_size + size_size
        if number == _SEGMENT:
            return not unknown and at + length > size
        at += length
        if at >= size:
            return False
    return False


def _riff(file: BinaryIO, size: int) -> bool:
    """Walk the outermost chunks; a long file has several."""
    at = 0
    for _ in range(1000):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[:4] != b"RIFF":
            return False
        length = int.from_bytes(head[4:8], "little")
        if at + 8 + length > size:
            return True
        at += 8 + length + length % 2
    return False
