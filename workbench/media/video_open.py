"""Open a container safely: a regular file, by the reader that its content asks for, and nothing else."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from workbench.disk import printable
from workbench.media.video_kinds import HEAD, READERS, container_of
from workbench.media.video_whole import is_cut_short
from workbench.values import FileError

_BUFFER = 1 << 18
"""bytes a read"""
_PICTURES = ("attached_pic", "timed_thumbnails", "still_image")
"""kinds of video streams that show no video"""
READ_ERRORS = (av.FFmpegError, OSError, ValueError, MemoryError)
"""what reading a damaged file raises; a jump to a place that cannot be is Python's own `OSError`"""
_STRICT = {"mjpeg", "prores", "dnxhd", "ffv1", "png", "huffyuv", "ffvhuff", "utvideo"}
"""codecs that notice damage but pass over it unless they are told not to; the others mark the frame"""


class Opened(NamedTuple):
    """An open clip."""

    container: InputContainer
    stream: VideoStream
    form: str
    """its container, a key of `video_kinds.READERS`"""
    cut: bool = False
    """the file ends too early, as far as its structure was looked at"""


@contextmanager
def opened(path: Path, threads: int = 0, *, inspect: bool = False, whole: bool = True) -> Iterator[Opened]:
    """Open a clip and choose its stream; it is closed at the end.

    With `inspect` the container's own structure is looked at first, see `video_whole`; a file that is cut short is
    refused unless `whole` is false.

    Raises
    ------
    FileError
        When the file is no regular, readable file, no video, or has no video stream that can be decoded.
    """
    name = printable(path.name)
    with _regular(path, name) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
        form = container_of(file.read(HEAD))
        if form is None:
            raise FileError(f"{name} is not a video that can be read: MP4, MOV, MKV, WebM and AVI can.")
        cut = inspect and is_cut_short(file, form, name)
        if cut and whole:
            raise FileError(f"{name} is cut short: copy it again from its source.")
        file.seek(0)
        try:
            # Never a path: FFmpeg would follow names that look like addresses.
            container = av.open(
                file,
                "r",
                format=READERS[form],
                metadata_errors="replace",
                buffer_size=_BUFFER,
            )
        except READ_ERRORS as error:
            raise FileError(f"{name} is cut short or damaged: copy it again from its source.") from error
        with container:
            stream = chosen(container)
            if stream is None:
                raise FileError(f"{name} holds {_holds(container)}: there is nothing to see in it.")
            if stream.codec_context is None:
                raise FileError(f"{name} is coded in a way that cannot be read: convert it to MP4 with H.264 first.")
            stream.thread_type = "AUTO"
            stream.thread_count = threads
            if stream.codec_context.name in _STRICT:
                stream.codec_context.options = {"err_detect": "explode"}
            yield Opened(container, stream, form, cut)


def chosen(container: InputContainer) -> VideoStream | None:
    """Return the first stream that shows a video: not a cover picture or thumbnails."""
    for stream in container.streams.video:
        if not is_picture(stream):
            return stream
    return None


def is_picture(stream: VideoStream) -> bool:
    """Return whether a stream is a cover picture or thumbnails."""
    flags = stream.disposition
    return any(bool(flags & getattr(type(flags), kind)) for kind in _PICTURES if hasattr(type(flags), kind))


def _holds(container: InputContainer) -> str:
    return "sound only" if container.streams.audio else "no video"


@contextmanager
def _regular(path: Path, name: str) -> Iterator[int]:
    """Open a regular file without following a link, and refuse everything else before it is opened."""
    try:
        _refuse_special(name, os.lstat(path))
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except FileNotFoundError:
        raise FileError(f"{name} does not exist (any more).") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileError(f"{name} cannot be read ({reason}): check the file and its permissions.") from error
    try:
        _refuse_special(name, os.fstat(descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _refuse_special(name: str, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise FileError(f"{name} is a link, which is not followed: give the file that it points to.")
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{name} is a folder, not a video.")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{name} is a pipe or a device, not a video.")
    if status.st_size == 0:
        raise FileError(f"{name} is empty (0 bytes): copy it again from its source.")
