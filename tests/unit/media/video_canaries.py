"""Small clips with fills, written and then spoilt on purpose; nothing here is shared with the project's own writer."""

import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.bitstream import BitStreamFilterContext
from numpy.typing import NDArray

SIZE = 320, 240
GREY = (96, 96, 96)
Span = list[Any]
SPANS: list[Span] = [
    [1, 0, 23, "face", "solid", "box", 40, 40, 110, 130],
    [2, 6, 17, "face", "solid", "box", 201, 31, 231, 67],
    [3, 0, 23, "plate", "average", "box", 150, 160, 250, 200],
    [4, 12, 23, "person", "solid", "ellipse", 10, 150, 90, 239],
]


def scene(frames: int = 24, size: tuple[int, int] = SIZE) -> list[NDArray[np.uint8]]:
    """Return frames of a busy picture that moves, ``(H, W, 3)`` RGB."""
    width, height = size
    rng = np.random.default_rng(5)
    small = rng.integers(0, 256, (height // 4 + 20, width // 4 + 40, 3), dtype=np.uint8)
    wide = small.repeat(4, axis=0).repeat(4, axis=1)
    return [np.ascontiguousarray(wide[t // 2 : t // 2 + height, 2 * t : 2 * t + width]) for t in range(frames)]


@dataclass
class Clip:
    """Everything that a test may spoil before the clip is written."""

    spans: list[Span] = field(default_factory=lambda: [list(span) for span in SPANS])
    frames: int = 24
    rate: int = 25
    codec: str = "libx264"
    pixels: str = "yuv420p"
    crf: int = 23
    sound: bool = False
    sei: bool = False
    tweak: Callable[[int, list[Span]], list[Span]] = lambda frame, spans: spans
    """which of the spans are painted in a frame, and where"""
    order: Sequence[int] | None = None
    """which frames are written"""
    shifts: dict[int, int] = field(default_factory=dict)
    """ticks of 1/12800 s by which frames come late"""

    def write(self, path: Path) -> Path:
        """Write it as MP4 whose ``moov`` box comes last and says nothing but what is needed."""
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="mp4", options={"fflags": "+bitexact"}) as out:
            video = self._video(out)
            sound = out.add_stream("aac", rate=44100, layout="mono") if self.sound else None
            if sound:
                sound.codec_context.flags |= 1 << 23  # bit exact: no name of the encoder
                sound.codec_context.open()
            clean = None if self.sei else _no_messages(video)
            _mux(out, video, self._pictures(), clean)
            if sound:
                _mux(out, sound, _tone(44100, self.frames / self.rate), None)
        path.write_bytes(without(buffer.getvalue(), "moov/udta"))
        return path

    def _video(self, out: Any) -> Any:
        video = out.add_stream(self.codec, rate=self.rate)
        video.width, video.height, video.pix_fmt = *SIZE, self.pixels
        video.codec_context.time_base = Fraction(1, 12800)
        video.codec_context.color_range, video.codec_context.colorspace = 1, 1
        video.options = {"crf": str(self.crf), "preset": "veryfast"}
        if self.codec == "libx265":
            video.codec_context.codec_tag = "hvc1"
            video.options |= {"x265-params": "log-level=none:info=0"}
        video.codec_context.open()
        return video

    def _pictures(self) -> Iterable[av.VideoFrame]:
        painted = []
        for index, image in enumerate(scene(self.frames)):
            frame = av.VideoFrame.from_ndarray(image, "rgb24").reformat(
                format=self.pixels, dst_colorspace="ITU709", dst_color_range="MPEG"
            )
            paint(frame, [span for span in self.tweak(index, self.spans) if span[1] <= index <= span[2]])
            painted.append(frame)
        for at, index in enumerate(self.order if self.order is not None else range(self.frames)):
            frame = painted[index]
            copy = av.VideoFrame.from_ndarray(frame.to_ndarray(), frame.format.name)
            copy.pts = at * 12800 // self.rate + self.shifts.get(at, 0)
            copy.time_base = Fraction(1, 12800)
            yield copy

    @property
    def request(self) -> dict[str, Any]:
        """What a good clip of these settings is checked against."""
        times = [Fraction(index, self.rate) for index in range(self.frames)]
        return {
            "size": SIZE,
            "frames": self.frames,
            "times_sha256": digest(times),
            "spans": self.spans,
            "audio": "kept" if self.sound else "none",
            "colours": {"face": [GREY], "person": [(120, 40, 160)]},
        }


def digest(times: Iterable[Fraction]) -> str:
    """Return the checksum of presentation times."""
    return hashlib.sha256(b"".join(f"{t.numerator}/{t.denominator}\n".encode() for t in times)).hexdigest()


LEVELS = {"face": (98, 128, 128), "plate": (70, 120, 140), "person": (66, 167, 160)}
"""Y, U, V of grey 96, of any average, and of (120, 40, 160), by BT.709 in limited range"""


def paint(frame: av.VideoFrame, spans: Sequence[Span]) -> None:
    """Fill regions in a frame's own planes."""
    deep = frame.format.components[0].bits > 8
    for number, plane in enumerate(frame.planes):
        kind = np.dtype(np.uint16 if deep else np.uint8)
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width].copy()
        across, down = frame.width // plane.width, frame.height // plane.height
        for _, _, _, kind_name, _, shape, x0, y0, x1, y1 in spans:
            window = np.s_[y0 // down : -(-y1 // down), x0 // across : -(-x1 // across)]
            value = LEVELS[kind_name][number] * (4 if deep else 1)
            part = rows[window]
            part[_outline(shape, *part.shape)] = value
        whole = np.zeros((plane.height, plane.line_size // kind.itemsize), kind)
        whole[:, : plane.width] = rows
        plane.update(whole.tobytes())


def _outline(shape: str, height: int, width: int) -> NDArray[np.bool_]:
    if shape == "box":
        return np.ones((height, width), bool)
    down, across = (np.arange(height)[:, None] + 0.5) / height * 2 - 1, (np.arange(width) + 0.5) / width * 2 - 1
    return np.asarray(down**2 + across**2 <= 1.04)


def _no_messages(video: Any) -> BitStreamFilterContext:
    kinds = "6" if video.codec_context.name == "libx264" else "39-40"
    return BitStreamFilterContext(f"filter_units=remove_types={kinds}", video)


def _mux(out: Any, stream: Any, frames: Iterable[Any], clean: BitStreamFilterContext | None) -> None:
    for frame in (*frames, None):
        for packet in stream.encode(frame):
            out.mux(packet if clean is None else clean.filter(packet))


def _tone(rate: int, seconds: float) -> Iterable[av.AudioFrame]:
    for start in range(0, int(rate * seconds), 1024):
        wave = np.sin((np.arange(1024) + start) * 0.06).astype(np.float32)[None] * 0.3
        frame = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
        frame.rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield frame


def box(kind: str, body: bytes) -> bytes:
    """Return a box."""
    return (8 + len(body)).to_bytes(4, "big") + kind.encode("latin-1") + body


def find(data: bytes, path: str) -> list[tuple[int, int]]:
    """Return where a box (the first of its path) and its parents stand, as (start, end), the outermost first."""
    places, start, end = [], 0, len(data)
    for kind in path.split("/"):
        while data[start + 4 : start + 8] != kind.encode("latin-1"):
            start += int.from_bytes(data[start : start + 4], "big")
            if start >= end:
                raise KeyError(path)
        end = start + int.from_bytes(data[start : start + 4], "big")
        places.append((start, end))
        start += 8
    return places


def replaced(data: bytes, path: str, new: Callable[[bytes], bytes]) -> bytes:
    """Return the file with one whole box changed; behind the samples no offset is touched by that."""
    *parents, (start, end) = find(data, path)
    made = new(data[start:end])
    grown = len(made) - (end - start)
    out = bytearray(data[:start] + made + data[end:])
    for at, until in parents:
        out[at : at + 4] = (until - at + grown).to_bytes(4, "big")
    return bytes(out)


def without(data: bytes, path: str) -> bytes:
    """Return the file without a box."""
    try:
        return replaced(data, path, lambda old: b"")
    except KeyError:
        return data


def inside(data: bytes, path: str, more: bytes) -> bytes:
    """Return the file with more bytes at the end of a box."""
    return replaced(data, path, lambda old: (len(old) + len(more)).to_bytes(4, "big") + old[4:] + more)
