"""Encoded pieces of a video on the disk: whole and provably so, or of no use.

A file of ours: the coded pictures one after the other as the MP4 will hold them, behind them what is known of them,
as JSON. It is read from its end, so a file whose writing was cut short is never taken for a whole one.
"""

import errno
import json
import math
import os
import struct
import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

from workbench.disk import printable
from workbench.values import FileError

_END = struct.Struct(">II8s")
"""length and CRC-32 of the JSON, magic"""
_MAGIC = b"wbsegmt1"


@dataclass(frozen=True)
class Segment:
    """One whole, encoded piece of a video."""

    path: Path
    frames: int
    first: Fraction
    """seconds: the first frame's time"""
    last: Fraction
    """seconds: the last frame's time"""


@dataclass(frozen=True, eq=False)
class Contents:
    """What a segment's end says of it."""

    settings: dict[str, Any]
    """codec, parameter sets, size, depth, …: segments are joined only where all of it is equal"""
    clock: int
    """ticks a second, in which every time is a whole number"""
    ticks: Sequence[int]
    """the time of each frame"""
    sizes: Sequence[int]
    """bytes of each frame"""
    keys: list[int]
    """frames from 0 with which decoding can begin"""
    crc: int
    """of all coded pictures"""

    def segment(self, path: Path) -> Segment:
        """Return the segment that this is the end of."""
        first, last = (Fraction(self.ticks[at], self.clock) for at in (0, -1))
        return Segment(path, len(self.ticks), first, last)


def contents_of(
    settings: dict[str, Any], times: Sequence[Fraction], sizes: list[int], keys: list[int], crc: int
) -> Contents:
    """Return the end of a segment whose frames have these times (seconds)."""
    clock = math.lcm(*(time.denominator for time in times))
    return Contents(settings, clock, [int(time * clock) for time in times], sizes, keys, crc)


def write_end(file: BinaryIO, contents: Contents) -> None:
    """Write what makes a segment whole."""
    said = {
        "settings": contents.settings,
        "clock": contents.clock,
        "ticks": list(contents.ticks),
        "sizes": list(contents.sizes),
        "keys": contents.keys,
        "crc": contents.crc,
    }
    text = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
    file.write(text + _END.pack(len(text), zlib.crc32(text), _MAGIC))


def read_end(path: Path) -> Contents:
    """Return what a segment's end says of it.

    Raises
    ------
    FileError
        When the file is missing or not whole; what to do is to encode that piece again.
    """
    try:
        with path.open("rb") as file:
            whole = file.seek(0, os.SEEK_END)
            file.seek(max(whole - _END.size, 0))
            length, crc, magic = _END.unpack(file.read(_END.size))
            file.seek(max(whole - _END.size - length, 0))
            text = file.read(length)
        if magic != _MAGIC or zlib.crc32(text) != crc:
            raise ValueError
        said = json.loads(text)
        ticks, sizes = array("Q", said["ticks"]), array("I", said["sizes"])
        contents = Contents(said["settings"], said["clock"], ticks, sizes, said["keys"], said["crc"])
        if sum(sizes) != whole - length - _END.size or not ticks or len(ticks) != len(sizes):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise FileError(f"A finished part of the video ({printable(path.name)}) is damaged: run it again.") from error
    return contents


def read_segment(path: Path) -> Segment:
    """Return a segment that an earlier run finished.

    Raises
    ------
    FileError
        When the file is missing or not whole.
    """
    return read_end(path).segment(path)


def copy_samples(segment: Segment, contents: Contents, counts: Iterable[int], target: BinaryIO) -> Iterator[int]:
    """Copy the coded pictures to `target` in portions of so many frames, yielding the bytes of each portion.

    Raises
    ------
    FileError
        When the pictures are not what was written.
    """
    crc, at = 0, 0
    with segment.path.open("rb") as file:
        for count in counts:
            portion = file.read(sum(contents.sizes[at : at + count]))
            crc = zlib.crc32(portion, crc)
            at += count
            target.write(portion)
            yield len(portion)
    if crc != contents.crc:
        name = printable(segment.path.name)
        raise FileError(f"A finished part of the video ({name}) is damaged: run it again.")


@contextmanager
def clearly_written(name: str) -> Iterator[None]:
    """Turn what goes wrong on the disk into one sentence about the file of that name."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
            raise FileError(
                f"{name} cannot be written, because the disk is full: free some space and run it again."
            ) from error
        reason = error.strerror or type(error).__name__
        raise FileError(f"{name} cannot be written ({reason}): check the folder and its permissions.") from error
