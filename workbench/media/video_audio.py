"""The sound of a video, by policy: dropped, kept, silent in parts, or with voices disguised.

It is decoded, put on the clock of the picture and encoded anew as AAC, a block at a time; nothing of the source's
file but its samples is carried over. It begins with the first shown frame and ends with the last one's end: what
the source has before or after is cut, what it lacks is silence.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.codec.context import Flags
from av.stream import Disposition
from numpy.typing import NDArray

from workbench.disk import printable
from workbench.media.video_sound import placed
from workbench.media.video_voice import Disguise
from workbench.values import FileError, UsageError

Block = NDArray[np.float32]
Interval = tuple[Fraction, Fraction]

BIT_RATE = 128_000
MARGIN = Fraction(1, 20)
"""seconds by which every muted interval is longer at both ends: nobody marks a word's edge exactly"""
_FADE = Fraction(1, 200)
"""seconds outside the margin in which the sound comes and goes, so that it does not click"""
_STEP = 1024
"""samples in a packet of AAC"""
_RATES = (48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
"""samples a second that are kept; all else becomes the first"""
_WORDS = {"keep": "kept", "mute": "muted in parts", "distort": "distorted"}


@dataclass(frozen=True, eq=False)
class Coded:
    """Encoded sound, whose packets lie one after the other in a file."""

    sizes: Sequence[int]
    """bytes of each packet"""
    configuration: bytes
    """AudioSpecificConfig"""
    rate: int
    channels: int
    skip: int
    """samples that a decoder puts out before the first true one"""
    bits: int = BIT_RATE
    step: int = _STEP

    def packets_before(self, second: int) -> int:
        """Return how many packets begin before a time (seconds)."""
        return -(-(second * self.rate + self.skip) // self.step)


@dataclass(frozen=True)
class Sound:
    """Sound to be written beside the picture; nothing is decoded before `encode`."""

    source: Path
    policy: str
    """"keep", "mute" or "distort" """
    mute: tuple[Interval, ...]
    """seconds from the first shown frame, as marked"""
    start: Fraction
    """seconds on the source's own clock: the first shown frame"""
    rate: int
    """samples a second, of the output"""
    channels: int
    """1 or 2"""
    notes: tuple[str, ...] = ()
    """what the user must know, one sentence each"""

    @property
    def words(self) -> str:
        """What became of the sound, for `Outcome.audio`."""
        return _WORDS[self.policy]

    def blocks(self, duration: Fraction) -> Iterator[Block]:
        """Yield the samples ``(C, n)``, float32 in -1..1, of exactly `duration` seconds.

        Raises
        ------
        FileError
            When the sound is damaged.
        """
        total = round(duration * self.rate)
        blocks = placed(self.source, self.start, total, self.rate, self.channels)
        if self.policy == "mute":
            return _muted(blocks, self.mute, self.rate)
        if self.policy == "distort":
            return _disguised(blocks, self.rate, self.channels)
        return blocks

    def encode(self, target: BinaryIO, duration: Fraction) -> Coded:
        """Encode `duration` seconds of sound into a file, packet after packet.

        Raises
        ------
        FileError
            When the sound is damaged.
        OSError
            When the file cannot be written.
        """
        layout = "mono" if self.channels == 1 else "stereo"
        encoder = av.CodecContext.create("aac", "w")
        encoder.sample_rate, encoder.layout, encoder.format = self.rate, layout, "fltp"
        encoder.bit_rate, encoder.time_base = BIT_RATE, Fraction(1, self.rate)
        # Without bitexact FFmpeg signs the first packet.
        encoder.flags |= Flags.global_header | Flags.bitexact
        encoder.open()
        sizes, skip = array("I"), 0

        def write(packets: Iterable[Any]) -> None:
            nonlocal skip
            for packet in packets:
                if not sizes:
                    skip = max(-(packet.pts or 0), 0)
                sizes.append(packet.size)
                target.write(bytes(packet))

        at = 0
        for block in _even(self.blocks(duration)):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = self.rate, at, Fraction(1, self.rate)
            at += block.shape[1]
            write(encoder.encode(frame))
        write(encoder.encode(None))
        return Coded(sizes, encoder.extradata or b"", self.rate, self.channels, skip)


def sound(source: Path, policy: str, mute: Sequence[Interval] = (), start: Fraction | None = None) -> Sound | None:
    """Return the sound to write beside a video, or None where there is none or it is dropped.

    Parameters
    ----------
    source : Path
        The original video.
    policy : str
        "drop"; "keep"; "mute": silent in the intervals of `mute`, and dropped when there are none; "distort": see
        `video_voice`.
    mute : sequence of (Fraction, Fraction)
        Seconds from the first shown frame; each is made longer by `MARGIN` at both ends.
    start : Fraction, optional
        Seconds on the source's own clock: its first shown frame. Found out where it is not given.

    Raises
    ------
    FileError
        When there is sound but it cannot be read. Never for "drop", which does not look at it.
    """
    if policy == "drop" or (policy == "mute" and not mute):
        return None
    if policy not in _WORDS:
        raise UsageError(f"'{policy}' is nothing that can be done with sound: use drop, mute, distort or keep.")
    name = printable(source.name)
    try:
        with av.open(str(source)) as container:
            streams = container.streams.audio
            if not streams:
                return None
            context = streams[0].codec_context
            if context is None or not context.sample_rate or not context.layout.nb_channels:
                raise FileError(f"{name} has sound of a kind that cannot be read: choose to drop the sound.")
            rate = context.sample_rate if context.sample_rate in _RATES else _RATES[0]
            channels = min(context.layout.nb_channels, 2)
            notes = []
            if len(streams) > 1:
                notes.append("Of several sound tracks only the first is kept.")
            if context.layout.nb_channels > 2:
                notes.append(f"{context.layout.nb_channels} channels of sound were mixed down to 2.")
            if start is None:
                start = _first_shown(container)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise FileError(f"The sound of {name} cannot be read: choose to drop the sound, or repair the file.") from error
    return Sound(source, policy, tuple(mute), start, rate, channels, tuple(notes))


def _first_shown(container: Any) -> Fraction:
    """Return the time of the first frame that is shown; the demuxer has applied the edit list."""
    streams = [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]
    for frame in container.decode(streams[0]) if streams else ():
        if frame.pts is not None:
            return Fraction(frame.pts * frame.time_base)
    return Fraction(0)


def _even(blocks: Iterable[Block]) -> Iterator[Block]:
    """Cut blocks of any length into ones of a packet's; the last may be shorter."""
    rest: Block | None = None
    for block in blocks:
        rest = block if rest is None else np.concatenate([rest, block], axis=1)
        whole = rest.shape[1] - rest.shape[1] % _STEP
        for at in range(0, whole, _STEP):
            yield rest[:, at : at + _STEP]
        rest = rest[:, whole:]
    if rest is not None and rest.shape[1]:
        yield rest


def _muted(blocks: Iterable[Block], mute: Sequence[Interval], rate: int) -> Iterator[Block]:
    edges = [
        [float(time * rate) for time in (first - MARGIN - _FADE, first - MARGIN, last + MARGIN, last + MARGIN + _FADE)]
        for first, last in mute
    ]
    at = 0
    for block in blocks:
        where = np.arange(at, at + block.shape[1])
        at += block.shape[1]
        loud = block
        for interval in edges:
            if interval[0] < at and interval[3] > where[0]:
                loud = loud * np.interp(where, interval, [1, 0, 0, 1]).astype(np.float32)
        yield loud


def _disguised(blocks: Iterable[Block], rate: int, channels: int) -> Iterator[Block]:
    disguise = Disguise(rate, channels)
    for block in blocks:
        yield disguise.feed(block)
    yield disguise.flush()
