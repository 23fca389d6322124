"""Encode frames into segments that can be joined without a trace of where one ends.

H.264 for 8 bits, HEVC for more; no B-frames, so that frames stand in the file as they are shown and no edit list
is needed; every segment begins with a picture that needs no other.

Notes
-----
x264, 8 bits, compression 20, one run on a loaded machine of two cores; CPU ms a frame | KiB | PSNR of Y in dB. The
last clip was enlarged from 768x432, so it has less detail than a true one of its size:

=============================  ================  ================  ================  ================
clip, frames                   superfast         veryfast          faster            veryfast, 3 B
=============================  ================  ================  ================  ================
1280x720 still camera, 100     7 | 2454 | 43.4   9 | 1518 | 42.1   16 | 1503 | 43.1  12 | 1261 | 42.0
1280x720 handheld, 100         10 | 2482 | 44.2  17 | 1913 | 43.6  25 | 1909 | 44.3  22 | 1623 | 43.7
1920x1080 car (enlarged), 60   17 | 2367 | 53.3  26 | 893 | 51.7   41 | 1048 | 52.3  36 | 765 | 51.3
=============================  ================  ================  ================  ================

Hence "veryfast": 38 to 77 % of superfast's size for 1.4 to 1.8 times its time. B-frames would save another sixth of
the size for a third more time, and would make presentation times depend on edit lists.

x265 at 10 bits, 1280x720, 50 frames, still | handheld: ultrafast 34 | 42 CPU ms, 1066 | 757 KiB, 42.3 | 44.7 dB;
superfast 46 | 81, 816 | 749, 44.2 | 45.2; veryfast 65 | 97, 842 | 810, 44.5 | 46.2. Hence "superfast".
"""

import zlib
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from numpy.typing import NDArray

from workbench.disk import printable
from workbench.media import video_nal
from workbench.media.video_join import join
from workbench.media.video_segment import Segment, clearly_written, contents_of, read_segment, write_end
from workbench.values import FileError

if TYPE_CHECKING:
    from workbench.media.video import Video

__all__ = ["Segment", "SegmentWriter", "coded_depth", "coded_subsampling", "format_notes", "join", "read_segment"]

PRESET_H264, PRESET_HEVC = "veryfast", "superfast"
KEY_FRAMES = 250
"""at most so many frames from one with which decoding can begin to the next"""
_USUAL_RATE = Fraction(25)
_FINEST = 1 << 30
_COMMON = "bframes=0:open-gop=0:scenecut=40:repeat-headers=0:aud=0"
_X264 = f"{_COMMON}:stitchable=1:keyint={KEY_FRAMES}"
_X265 = f"{_COMMON}:info=0:hrd=0:log-level=none:keyint={KEY_FRAMES}"


def coded_depth(like: "Video") -> int:
    """Return the bits of a sample in the output: 8, or 10 for everything deeper."""
    return 8 if like.depth == 8 else 10


def coded_subsampling(like: "Video") -> tuple[int, int]:
    """Return the plane divisors (x, y) of the output.

    H.264 and HEVC crop in steps of a chroma sample, so no 4:2:0 picture has an odd side. Such a picture is written
    with finer chroma, each sample repeated: 4:2:2 where only the height is odd, else 4:4:4. The size stays exact and
    every sample keeps its value.
    """
    x, y = like.subsampling
    x = 1 if like.width % x else x
    return x, 1 if x == 1 or like.height % y else y


def format_notes(like: "Video") -> tuple[str, ...]:
    """Return what writing changes about the form of a video, for `Outcome.notes`."""
    notes = []
    if coded_depth(like) < like.depth:
        notes.append(f"{like.depth} bits a sample were reduced to {coded_depth(like)}.")
    if coded_subsampling(like) != tuple(like.subsampling):
        notes.append("The colours are stored more finely than in the source, because the size of the picture is odd.")
    return tuple(notes)


class SegmentWriter:
    """Encode frames into one segment.

    A context manager; left without `close`, nothing stays on the disk. The file is of use only after `close`.

    Parameters
    ----------
    path : Path
        The segment; a file of that name is replaced.
    like : Video
        The clip: size, depth, subsampling, sample aspect, colours and clock of the output.
    compression : int
        The encoder's constant rate factor: smaller is better and larger.
    threads : int
        0 lets the encoder choose.

    Raises
    ------
    FileError
        When the disk is full or the encoder refuses: one sentence that names the clip.
    """

    def __init__(self, path: Path, like: "Video", compression: int, threads: int = 0) -> None:
        self._path, self._like = path, like
        self._name = printable(like.path.name)
        self._codec = video_nal.H264 if coded_depth(like) == 8 else video_nal.HEVC
        self._drop = like.depth - coded_depth(like)
        self._divisors = coded_subsampling(like)
        self._times: list[Fraction] = []
        self._sizes: list[int] = []
        self._keys: list[int] = []
        self._crc, self._last, self._closed = 0, -1, False
        self._encoder = self._opened(compression, threads)
        self._sets = video_nal.parameter_sets(self._codec, self._encoder.extradata or b"")
        with clearly_written(self._name):
            self._file = path.open("wb")

    def write(self, planes: Sequence[NDArray[Any]], time: Fraction) -> None:
        """Encode one frame.

        Parameters
        ----------
        planes : sequence of ndarray
            Y, U and V as in `VideoFrame.planes`.
        time : Fraction
            Seconds; later than the frame before.
        """
        if self._times and time <= self._times[-1]:
            raise FileError(f"{self._name} has two frames at the same time: convert it to a constant frame rate first.")
        encoder = self._encoder
        frame = av.VideoFrame(encoder.width, encoder.height, str(encoder.pix_fmt))
        for number, plane in enumerate(planes):
            _fill(frame.planes[number], self._fitted(plane, number), self._codec == video_nal.HEVC)
        # The exact times are kept beside the pictures; the encoder only has to see them rise.
        frame.pts = self._last = max(round(time / encoder.time_base), self._last + 1)
        frame.time_base = encoder.time_base
        self._times.append(time)
        self._encode(frame)

    def close(self) -> Segment:
        """Finish the segment."""
        self._encode(None)
        if not self._times or len(self._sizes) != len(self._times):
            raise FileError(f"{self._name} could not be encoded: {len(self._sizes)} of {len(self._times)} frames came.")
        contents = contents_of(self._settings(), self._times, self._sizes, self._keys, self._crc)
        with clearly_written(self._name), self._file:
            write_end(self._file, contents)
        self._closed = True
        return contents.segment(self._path)

    def __enter__(self) -> "SegmentWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._closed:
            with suppress(OSError):  # what could not be written is of no use, and the first error is told
                self._file.close()
            self._path.unlink(missing_ok=True)

    def _settings(self) -> dict[str, Any]:
        return {
            "codec": self._codec,
            "sets": [unit.hex() for unit in self._sets],
            "size": [self._encoder.width, self._encoder.height],
            "depth": coded_depth(self._like),
            "subsampling": list(self._divisors),
        }

    def _opened(self, compression: int, threads: int) -> VideoCodecContext:
        like, hevc = self._like, self._codec == video_nal.HEVC
        chroma = {(2, 2): "420", (2, 1): "422", (1, 1): "444"}[self._divisors]
        encoder: VideoCodecContext = av.CodecContext.create("libx265" if hevc else "libx264", "w")
        encoder.width, encoder.height = like.width, like.height
        encoder.pix_fmt = f"yuv{chroma}p10le" if hevc else f"yuv{chroma}p"
        encoder.framerate = like.rate if 0 < like.rate < 1000 else _USUAL_RATE
        encoder.time_base = Fraction(1, min(like.time_base.denominator, _FINEST))
        encoder.sample_aspect_ratio = like.sample_aspect
        colour = like.colour
        encoder.color_primaries, encoder.color_trc = colour.primaries, colour.transfer
        encoder.colorspace, encoder.color_range = colour.matrix, colour.range
        encoder.flags |= Flags.global_header | Flags.bitexact | Flags.closed_gop
        encoder.thread_count = threads
        encoder.thread_type = "FRAME"  # PyAV's default cuts each picture into slices, which costs size
        pools = f":pools={threads}" if threads else ""
        params = {"x265-params": _X265 + pools} if hevc else {"x264-params": _X264}
        encoder.options = {"crf": str(compression), "preset": PRESET_HEVC if hevc else PRESET_H264, **params}
        try:
            encoder.open()
        except (av.FFmpegError, ValueError) as error:
            size = f"{like.width}x{like.height}"
            raise FileError(
                f"{self._name} cannot be encoded at {size} pixels: scale it to a usual size first."
            ) from error
        return encoder

    def _fitted(self, plane: NDArray[Any], number: int) -> NDArray[Any]:
        """Return a plane in the depth and subsampling of the output."""
        if self._drop:
            most = (1 << coded_depth(self._like)) - 1
            plane = np.minimum((plane.astype(np.uint32) + (1 << self._drop >> 1)) >> self._drop, most).astype(np.uint16)
        if number and self._divisors != tuple(self._like.subsampling):
            (x, y), (to_x, to_y) = self._like.subsampling, self._divisors
            height, width = -(-self._like.height // to_y), -(-self._like.width // to_x)
            plane = plane.repeat(y // to_y, axis=0).repeat(x // to_x, axis=1)[:height, :width]
        return plane

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            packets = self._encoder.encode(frame)
        except (av.FFmpegError, ValueError) as error:
            raise FileError(f"{self._name} cannot be encoded ({type(error).__name__}): run it again.") from error
        for packet in packets:
            data = video_nal.sample(self._codec, bytes(packet), self._sets)
            if packet.is_keyframe:
                self._keys.append(len(self._sizes))
            self._sizes.append(len(data))
            self._crc = zlib.crc32(data, self._crc)
            with clearly_written(self._name):
                self._file.write(data)


def _fill(target: Any, plane: NDArray[Any], deep: bool) -> None:
    """Copy a plane into an encoder's, whose rows are longer than the picture is wide."""
    kind = np.dtype(np.uint16 if deep else np.uint8)
    rows = np.frombuffer(target, kind).reshape(-1, target.line_size // kind.itemsize)
    rows[: plane.shape[0], : plane.shape[1]] = plane
