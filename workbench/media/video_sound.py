"""Decode the sound of a video onto the clock of its picture: sample 0 is heard with the first shown frame."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from workbench.disk import printable
from workbench.values import FileError

Block = NDArray[np.float32]

TOLERANCE = Fraction(1, 100)
"""seconds: containers round times (Matroska to 1 ms), and closing a gap that is none would click"""


def placed(source: Path, start: Fraction, total: int, rate: int, channels: int) -> Iterator[Block]:
    """Yield exactly `total` samples of a file's first sound stream from a time on, silence where it has none.

    Parameters
    ----------
    source : Path
    start : Fraction
        Seconds on the file's clock, of sample 0.
    total : int
    rate : int
        Samples a second that come out.
    channels : int
        1 or 2; more are mixed down.

    Yields
    ------
    ndarray of shape (channels, n), float32, -1..1

    Raises
    ------
    FileError
        When the sound is damaged.
    """
    at, anchored = 0, False
    near = round(TOLERANCE * rate)
    for where, block in _decoded(source, start, rate, channels):
        gap = where - at
        if anchored and abs(gap) <= near:
            gap = 0
        if gap >= total - at:
            break  # it begins after the last frame
        yield from _silence(channels, max(gap, 0), rate)
        part = block[:, max(-gap, 0) :][:, : total - at - max(gap, 0)]
        if not part.shape[1]:
            at += max(gap, 0)
            continue
        anchored = True
        at += max(gap, 0) + part.shape[1]
        yield part
        if at >= total:
            return
    yield from _silence(channels, total - at, rate)


def _silence(channels: int, count: int, rate: int) -> Iterator[Block]:
    for begin in range(0, count, rate):
        yield np.zeros((channels, min(rate, count - begin)), np.float32)


def _decoded(source: Path, start: Fraction, rate: int, channels: int) -> Iterator[tuple[int, Block]]:
    """Yield blocks with the sample at which each begins."""
    layout = "mono" if channels == 1 else "stereo"
    resampler: Any = av.AudioResampler("fltp", layout, rate)  # Any: its arrays are typed as of every format
    form, after = None, 0
    name = printable(source.name)
    try:
        with av.open(str(source)) as container:
            for frame in _frames(container):
                if form not in (None, kind := (frame.format.name, frame.layout.name, frame.sample_rate)):
                    # The stream changed on the way, as broadcasts do.
                    yield from ((after, part.to_ndarray()) for part in resampler.resample(None))
                    resampler = av.AudioResampler("fltp", layout, rate)
                form = kind
                for part in resampler.resample(frame):
                    where = after
                    if part.pts is not None and part.time_base:
                        where = round((part.pts * Fraction(part.time_base) - start) * rate)
                    after = where + part.samples
                    yield where, part.to_ndarray()
            if form is None:
                raise FileError(f"The sound of {name} is damaged: choose to drop the sound, or repair the file.")
            yield from ((after, part.to_ndarray()) for part in resampler.resample(None))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise FileError(f"The sound of {name} is damaged: choose to drop the sound, or repair the file.") from error


def _frames(container: Any) -> Iterator[Any]:
    """Decode the first sound stream; a file cut out of a longer one may begin with packets that cannot be."""
    began = False
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            if began:
                raise
            continue
        began = began or bool(frames)
        yield from frames
