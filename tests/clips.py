"""Small clips for tests, made with PyAV: every trait that real files have, and pictures whose objects are known.

`make_clip` writes one, `scene` draws its frames. What PyAV cannot write (a turned picture, an edit list that
hides frames) is set in the finished MP4 by `turn` and `hide_start`; `cut` and `spoil` damage a file.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Draw = Callable[[int], Image]
"""gives the picture of frame `index`, ``(H, W, 3)`` uint8 RGB"""
FACE = (177, 75, 277, 195)
"""the face in `skimage.data.astronaut`, px"""
FAST: Mapping[str, dict[str, str]] = {
    "libx264": {"preset": "ultrafast", "crf": "18"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:crf=18"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"},
    "libsvtav1": {"preset": "12", "crf": "25", "svtav1-params": "lp=1"},
    "mpeg4": {"qscale": "3", "b": "4M"},
    "mjpeg": {"qmin": "2", "qmax": "4"},
}
"""options with which each encoder is quick and sharp"""


@dataclass(frozen=True)
class Clip:
    """A written clip and what is in it."""

    path: Path
    times: list[Fraction]
    """seconds since the first, of every frame"""
    boxes: list[tuple[int, int, int, int]]
    """of the drawn object in each frame, px, half open; empty where the caller drew"""


def moving_box(index: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return where `scene` draws its object: it walks to the right and comes back."""
    width, height = size
    side = max(min(width, height) // 3, 2)
    path = max(width - side, 1)
    at = (3 * index) % (2 * path)
    x = at if at < path else 2 * path - at
    y = (height - side) // 2
    return x, y, x + side, y + side


def scene(index: int, size: tuple[int, int] = (160, 120), *, still: bool = False, face: bool = False) -> Image:
    """Return a picture with one object at `moving_box` over a background that moves unless `still`.

    The object is a bright disc, or with `face` a real face.
    """
    width, height = size
    x0, y0, x1, y1 = moving_box(index, size)
    shift = 0 if still else index
    rows, columns = np.mgrid[0:height, 0:width]
    image = np.stack(
        [40 + (columns * 2 + 3 * shift) % 120, 60 + (rows * 2) % 100, 90 + (rows + columns + shift) % 80], axis=2
    ).astype(np.uint8)
    if face:
        image[y0:y1, x0:x1] = _face(x1 - x0)
    else:
        centre, radius = ((y0 + y1 - 1) / 2, (x0 + x1 - 1) / 2), (x1 - x0) / 2
        image[(rows - centre[0]) ** 2 + (columns - centre[1]) ** 2 <= radius**2] = (250, 220, 30)
    return image


@functools.cache
def _face(side: int) -> Image:
    from PIL import Image as Pictures
    from skimage import data

    x0, y0, x1, y1 = FACE
    return np.asarray(Pictures.fromarray(data.astronaut()[y0:y1, x0:x1]).resize((side, side)))


def make_clip(
    path: Path,
    *,
    frames: int = 24,
    size: tuple[int, int] = (160, 120),
    rate: Fraction | int = 25,
    ticks: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    draw: Draw | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    key_every: int = 12,
    b_frames: int = 0,
    aspect: Fraction | None = None,
    colour: tuple[int, int, int, int] | None = None,
    interlaced: bool = False,
    sound: float | None = None,
    metadata: Mapping[str, str] | None = None,
    chapters: bool = False,
    cover: bool = False,
    subtitle: str = "",
    telemetry: bytes = b"",
    second: bool = False,
) -> Clip:
    """Write a clip; the container is what the path's ending says.

    Parameters
    ----------
    ticks, time_base : optional
        When each frame is shown, in units of `time_base`, for a variable rate; else constant at `rate`.
    draw : callable, optional
        The pictures; `scene` where there is none.
    codec, pixels, options
        The encoder, its pixel format, and its options beside those of `FAST`.
    key_every, b_frames : int
        Frames from one key frame to the next, and B-frames in a row.
    aspect : Fraction, optional
        Width of a pixel by its height.
    colour : (int, int, int, int), optional
        Primaries, transfer, matrix and range, in the numbers of H.273.
    interlaced : bool
        Two moments, half a frame apart, the first in the odd rows of each frame, and said so (libx264).
    sound : float, optional
        Seconds of a tone; one pitch a second.
    metadata, chapters, cover, subtitle, telemetry, second
        What a file may hold beside: tags, chapters, a cover picture (MP4), subtitles, a data stream (MP4), and
        a second video stream.
    """
    picture = draw or (lambda index: scene(index, size))
    if interlaced:
        picture = _woven(picture)
        options = {"x264-params": "interlaced=1:bff=1", **(options or {})}
    rate = Fraction(rate)
    base = time_base or (1 / rate)
    stamps = list(range(frames)) if ticks is None else list(ticks)
    with av.open(str(path), "w") as out:
        out.metadata.update(metadata or {})
        if chapters:
            end = max(int(stamps[-1] * base * 1000), 2)
            parts = [(0, end // 2, "before the secret"), (end // 2, end, "after the secret")]
            out.set_chapters(
                [
                    {"id": n, "start": a, "end": b, "time_base": Fraction(1, 1000), "metadata": {"title": title}}
                    for n, (a, b, title) in enumerate(parts)
                ]
            )
        video = _stream(out, codec, rate, size, pixels, base, {**FAST.get(codec, {}), **(options or {})})
        video.codec_context.gop_size, video.codec_context.max_b_frames = key_every, b_frames
        if aspect:
            video.sample_aspect_ratio = video.codec_context.sample_aspect_ratio = aspect
        if colour:
            context = video.codec_context
            context.color_primaries, context.color_trc, context.colorspace, context.color_range = colour
        extras = _extras(out, sound, cover, subtitle, telemetry)
        other = _stream(out, codec, rate, size, pixels, base, FAST.get(codec, {})) if second else None
        for index, stamp in enumerate(stamps):
            frame = as_frame(picture(index), pixels, colour)
            frame.pts, frame.time_base = stamp, base
            _mux(out, video, frame)
            if other is not None:
                frame.pts = stamp
                _mux(out, other, frame)
        _mux(out, video, None)
        if other is not None:
            _mux(out, other, None)
        for write in extras:
            write()
    times = [(stamp - stamps[0]) * base for stamp in stamps]
    return Clip(path, times, [] if draw else [moving_box(index, size) for index in range(len(stamps))])


def make_sound(path: Path, seconds: float = 1.0) -> Path:
    """Write a file with a tone and no picture."""
    with av.open(str(path), "w") as out:
        _tone(out, out.add_stream("aac", rate=48000, layout="mono"), seconds)
    return path


def as_frame(image: Image, pixels: str, colour: tuple[int, int, int, int] | None = None) -> av.VideoFrame:
    """Return a picture as FFmpeg's frame, converted by the matrix and range of `colour`."""
    height, width = image.shape[:2]
    frame = av.VideoFrame(width, height, "rgb24")
    rows = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(height, -1)
    rows[:, : width * 3] = image.reshape(height, -1)
    matrix, scope = (colour[2], colour[3]) if colour else (5, 1)
    return frame.reformat(format=pixels, dst_colorspace=matrix if matrix != 2 else 5, dst_color_range=scope or 1)


def _stream(
    out: Any, codec: str, rate: Fraction, size: tuple[int, int], pixels: str, base: Fraction, options: Mapping[str, str]
) -> Any:
    stream = out.add_stream(codec, rate=rate, options=dict(options))
    stream.width, stream.height, stream.pix_fmt = *size, pixels
    stream.codec_context.time_base = base
    stream.codec_context.thread_count = 1
    if codec == "libx265":
        stream.codec_context.codec_tag = "hvc1"
    return stream


def _mux(out: Any, stream: Any, frame: Any) -> None:
    for packet in stream.encode(frame):
        out.mux(packet)


def _woven(picture: Draw) -> Draw:
    def draw(index: int) -> Image:
        image = picture(2 * index).copy()
        image[0::2] = picture(2 * index + 1)[0::2]
        return image

    return draw


def _extras(out: Any, sound: float | None, cover: bool, subtitle: str, telemetry: bytes) -> list[Callable[[], None]]:
    """Add the other streams; what is returned writes them."""
    from av.stream import Disposition

    found: list[Callable[[], None]] = []
    if sound is not None:
        codec = "libopus" if "webm" in out.format.name else "aac"
        audio = out.add_stream(codec, rate=48000, layout="mono")
        found.append(lambda: _tone(out, audio, sound))
    if cover:
        image = out.add_stream("mjpeg", 1)
        image.width, image.height, image.pix_fmt, image.disposition = 32, 24, "yuvj420p", Disposition.attached_pic
        found.append(lambda: _mux(out, image, as_frame(scene(0, (32, 24)), "yuvj420p")))
    if subtitle:
        matroska = "matroska" in out.format.name
        text = subtitle.encode()
        lines = out.add_mux_stream("subrip" if matroska else "mov_text")
        found.append(lambda: _packet(out, lines, text if matroska else len(text).to_bytes(2, "big") + text))
    if telemetry:
        data = out.add_data_stream("bin_data")
        found.append(lambda: _packet(out, data, telemetry))
    return found


def _packet(out: Any, stream: Any, data: bytes) -> None:
    packet = av.Packet(data)
    packet.stream, packet.pts, packet.dts, packet.duration = stream, 0, 0, 100
    packet.time_base = Fraction(1, 1000)
    out.mux(packet)


def _tone(out: Any, stream: Any, seconds: float) -> None:
    count = round(48000 * seconds)
    pitches = 300.0 + 100 * np.arange(int(seconds) + 1)
    wave = np.sin(np.cumsum(2 * np.pi * pitches[(np.arange(count) / 48000).astype(int)] / 48000)) * 0.4
    for start in range(0, count, 960):
        part = wave[start : start + 960].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(part[None], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        _mux(out, stream, frame)
    _mux(out, stream, None)


MATRICES: Mapping[int, tuple[int, int, int, int]] = {
    0: (1, 0, 0, 1),
    90: (0, 1, -1, 0),
    180: (-1, 0, 0, -1),
    270: (0, -1, 1, 0),
}
"""a, b, c, d of ISO 14496-12 for clockwise turns by degrees; (-1, 0, 0, 1) mirrors"""


def turn(path: Path, degrees: int = 0, *, matrix: tuple[int, int, int, int] | None = None) -> None:
    """Make an MP4 or MOV say that its picture is shown turned clockwise, or by another matrix."""
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4
    start = at + (40 if data[at] == 0 else 52)
    a, b, c, d = matrix or MATRICES[degrees]
    rows = [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30]
    data[start : start + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in rows)
    path.write_bytes(data)


def hide_start(path: Path, seconds: Fraction) -> None:
    """Make the edit list of an MP4's first track begin later, so that its first frames are never shown."""
    data = bytearray(path.read_bytes())
    scale_at = data.index(b"mdhd") + 4
    scale = int.from_bytes(data[scale_at + 12 : scale_at + 16], "big")
    movie_at = data.index(b"mvhd") + 4
    movie_scale = int.from_bytes(data[movie_at + 12 : movie_at + 16], "big")
    row = data.index(b"elst") + 12
    duration = int.from_bytes(data[row : row + 4], "big") - round(seconds * movie_scale)
    start = int.from_bytes(data[row + 4 : row + 8], "big", signed=True) + round(seconds * scale)
    data[row : row + 8] = duration.to_bytes(4, "big") + start.to_bytes(4, "big", signed=True)
    path.write_bytes(data)


def cut(path: Path, share: float) -> None:
    """Keep only the first `share` of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])


def spoil(path: Path, frame: int, count: int = 40) -> None:
    """Overwrite bytes in the middle of the coded frame that comes `frame`-th in the file.

    Decoders surely notice that in key frames of H.264, MPEG-4, AV1 and MJPEG only.
    """
    with av.open(str(path)) as clip:
        packets = [(packet.pos, packet.size) for packet in clip.demux(video=0) if packet.size]
    at, size = packets[frame]
    data = bytearray(path.read_bytes())
    start = at + min(size // 3, size - 1)
    stop = min(start + count, at + size)
    data[start:stop] = bytes((value ^ 0x5A) for value in data[start:stop])
    path.write_bytes(data)
