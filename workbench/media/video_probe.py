"""Learn all about a clip that `media.video.open_video` tells: from its packets and its first frames."""

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np

from workbench.disk import printable
from workbench.media.video_open import READ_ERRORS, Opened, is_picture, opened
from workbench.media.video_pixels import colour_of, layout_of, turn_of, upright_divisors
from workbench.media.video_times import Timeline, timeline
from workbench.media.video_values import Video
from workbench.values import FileError

MAX_SIDE = 16_384
"""px: what H.264 can be written with"""
MAX_PIXELS = 8192 * 8192
_CODECS = {"h264", "hevc", "vp8", "vp9", "av1", "mjpeg", "prores", "dnxhd", "ffv1", "mpeg2video", "rawvideo", "vvc"}
"""of these, one packet holds one shown frame, so that the packets alone tell the times"""
_CODECS |= {"huffyuv", "ffvhuff", "utvideo", "png", "dvvideo", "magicyuv", "cfhd", "v210", "qtrle", "jpeg2000"}
_INSIDE = {"mjpeg", "rawvideo", "huffyuv", "ffvhuff", "utvideo", "png", "dvvideo", "magicyuv", "cfhd", "v210"}
"""of these, every frame stands alone: AVI's counted times are right for them"""
_STAMPED = {"MP4", "QuickTime", "Matroska", "WebM", "MPEG-TS", "MXF"}
"""containers that write a time beside every packet"""
_TRUE_KEYS = {"MP4", "QuickTime", "Matroska", "WebM", "AVI"}
"""containers that say where decoding can begin"""
_REORDERED = 16
"""frames that a codec may store before one that is shown earlier, at most (H.264 and HEVC)"""
_SAMPLE = 24
"""frames that are decoded to see what the decoder makes of the packets"""


class _Packets(NamedTuple):
    """What the packets of a clip tell."""

    stamps: list[int | None]
    """presentation times in the order of the packets"""
    durations: list[int]
    keys: list[bool]
    cut: bool = False
    """there were more, which cannot be read"""

    def doubtful(self) -> int:
        """Return how many of the frames, the last ones shown, may come after one that cannot be read.

        Packets stand in the order of decoding. One that is missing is shown before no more of those that were read
        than any other packet of this clip.
        """
        stamps = [stamp for stamp in self.stamps if stamp is not None]
        if len(stamps) < len(self.stamps):
            return _REORDERED
        return max(
            sum(before > stamp for before in stamps[max(at - _REORDERED, 0) : at]) for at, stamp in enumerate(stamps)
        )


def probed(path: Path, *, whole: bool = True) -> Video:
    """Return what is known about a clip; see `media.video.open_video`."""
    name = printable(path.name)
    with opened(path, inspect=True, whole=whole) as clip:
        _refuse_vast(clip, name)
        packets = _read(clip, name, whole)
    with opened(path) as clip:
        sample = _first(clip, name)
        line = _timeline(clip, packets, sample, path, name)
        if packets.cut:
            line = _surely(line, packets, name)
        return _described(path, clip, sample, line)


def _refuse_vast(clip: Opened, name: str) -> None:
    """Raise before memory is asked for frames that nobody can write again."""
    context = clip.stream.codec_context
    width, height = context.width, context.height
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise FileError(f"{name} has frames of {width}x{height} pixels, which is too large: make it smaller first.")


def _surely(line: Timeline, packets: _Packets, name: str) -> Timeline:
    """Return the part of a timeline in which nothing is missing."""
    count = len(line) - packets.doubtful()
    if count < 1:
        raise FileError(f"{name} is cut short after a few frames: copy it again from its source.")
    return line.until(count)


def _read(clip: Opened, name: str, whole: bool) -> _Packets:
    """Read all packets without decoding them; of a file that need not be whole those that can be read."""
    found = _Packets([], [], [])
    count, problem = 0, "cut short" if clip.cut else ""
    strict = clip.form in _TRUE_KEYS
    vp8 = clip.stream.codec_context.name == "vp8"
    try:
        for packet in clip.container.demux(clip.stream):
            if packet.size == 0 and packet.dts is None:
                continue
            count += 1
            if packet.is_corrupt and strict:
                problem = "cut short or damaged"
                break
            # A packet of VP8 may build a picture that is never shown (RFC 6386 section 9.1).
            hidden = packet.is_discard or packet.size == 0 or (vp8 and not memoryview(packet)[0] & 0x10)
            if not hidden:
                found.stamps.append(packet.dts if packet.pts is None and clip.form == "AVI" else packet.pts)
                found.durations.append(packet.duration or 0)
                found.keys.append(packet.is_keyframe)
    except READ_ERRORS:
        problem = f"damaged after {count} frames"
    if not problem and clip.form in ("MP4", "QuickTime") and count < len(getattr(clip.stream, "index_entries", ())):
        problem = "cut short"
    if problem and whole:
        raise FileError(f"{name} is {problem}: copy it again from its source.")
    if not found.stamps:
        raise FileError(f"{name} holds no picture that can be shown: copy it again from its source.")
    return found._replace(cut=bool(problem))


def _first(clip: Opened, name: str) -> list[av.VideoFrame]:
    """Decode the first frames."""
    found: list[av.VideoFrame] = []
    try:
        for frame in islice(clip.container.decode(clip.stream), _SAMPLE):
            found.append(frame)
    except READ_ERRORS as error:
        # What comes later is said with its place when the frames are read.
        if not found:
            codec = clip.stream.codec_context.name
            raise FileError(f"{name} cannot be decoded ({codec}): convert it to MP4 with H.264 first.") from error
    if not found:
        raise FileError(f"{name} holds no picture that can be shown: copy it again from its source.")
    return found


def _timeline(clip: Opened, packets: _Packets, sample: list[av.VideoFrame], path: Path, name: str) -> Timeline:
    codec = clip.stream.codec_context.name
    base = clip.stream.time_base
    assert base is not None
    rate = clip.stream.average_rate or clip.stream.base_rate
    told = clip.form in _STAMPED or (clip.form == "AVI" and codec in _INSIDE)
    if told and _plain(codec) in _CODECS and None not in packets.stamps:
        order = np.argsort(np.array(packets.stamps, np.int64), kind="stable")
        stamps = np.array(packets.stamps, np.int64)[order]
        first = sample[0].pts
        if first is not None:
            shown = order[stamps >= first]
            expected = [packets.stamps[at] for at in shown]
            if [frame.pts for frame in sample] == expected[: len(sample)]:
                keys = [at for at, packet in enumerate(shown) if packets.keys[packet]]
                line = timeline(
                    expected,
                    base,
                    rate,
                    name,
                    durations=[packets.durations[at] for at in shown],
                    keys=keys if clip.form in _TRUE_KEYS else (),
                )
                lost = len(stamps) - len(shown)
                return _noted(line, lost)
    decoded = _decoded_stamps(path, name, packets.cut)
    counted = sorted(stamp for stamp in packets.stamps if stamp is not None)
    if clip.form == "AVI" and len(decoded) == len(counted):
        # AVI shows one packet after the other at a constant rate; what the decoder makes of that with B-frames
        # is a guess.
        return timeline(counted, base, rate, name, durations=packets.durations, recognised=False)
    return timeline(decoded, base, rate, name)


def _plain(codec: str) -> str:
    """Return the name of what is decoded, not of the decoder."""
    return {"libdav1d": "av1", "libaom-av1": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9"}.get(codec, codec)


def _noted(line: Timeline, lost: int) -> Timeline:
    if not lost:
        return line
    what = "frame at the start builds" if lost == 1 else "frames at the start build"
    return replace(line, notes=(*line.notes, f"{lost} {what} on others that the file lacks, and no player shows them."))


def _decoded_stamps(path: Path, name: str, cut: bool) -> list[int | None]:
    """Return what the decoder says of every frame: slow, for files that do not tell it otherwise."""
    stamps: list[int | None] = []
    with opened(path) as clip:
        try:
            stamps.extend(frame.pts for frame in clip.container.decode(clip.stream))
        except READ_ERRORS as error:
            if not cut:
                at = len(stamps) + 1
                raise FileError(f"{name} is damaged at frame {at}: copy it again from its source.") from error
    return stamps


def _described(path: Path, clip: Opened, sample: list[av.VideoFrame], line: Timeline) -> Video:
    stream, first = clip.stream, sample[0]
    layout = layout_of(first)
    turn, odd = turn_of(first)
    width, height = first.width, first.height
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    aspect = aspect if aspect > 0 else Fraction(1)
    interlaced = any(frame.interlaced_frame for frame in sample)
    rate = stream.average_rate or stream.base_rate
    if not rate or not 0 < rate <= 1000:
        rate = Fraction(len(line)) / line.duration
    notes = list(line.notes)
    if interlaced:
        notes.append("The two fields of each interlaced frame were made into one whole picture.")
    if layout.alpha:
        notes.append("The transparency is left out.")
    if layout.rgb:
        notes.append("The colours are stored as RGB and were converted to YUV.")
    if odd:
        notes.append("The picture is to be shown askew, which is left out: it stays as it is stored.")
    others = sum(1 for other in clip.container.streams.video if not is_picture(other)) - 1
    if others:
        notes.append(f"{others} other video {'stream was' if others == 1 else 'streams were'} left out.")
    upright_size = (height, width) if turn.transpose else (width, height)
    return Video(
        path=path,
        width=upright_size[0],
        height=upright_size[1],
        depth=layout.depth,
        subsampling=upright_divisors(layout.divisors, turn, width, height),
        sample_aspect=1 / aspect if turn.transpose else aspect,
        colour=colour_of(first, layout),
        rotation=turn.degrees,
        interlaced=interlaced,
        codec=_plain(stream.codec_context.name),
        container=clip.form,
        expected_frames=len(line),
        duration=line.duration,
        rate=Fraction(rate),
        time_base=line.time_base,
        has_audio=bool(clip.container.streams.audio),
        notes=tuple(notes),
        start=line.start,
        turn=turn,
        timeline=line,
    )
