"""What the tests of writing videos share: a clip's description, frames made up for it, and readers of the result."""

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from workbench.media.video_write import Segment, SegmentWriter, join

RATE = 48000
needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="FFmpeg's programs are not installed")


def clip_of(
    width=64, height=48, *, depth=8, subsampling=(2, 2), base=Fraction(1, 12800), aspect=Fraction(1), colour=(1,) * 4
):
    """Return what a writer has to know of a clip; `colour` is primaries, transfer, matrix, range."""
    names = ("primaries", "transfer", "matrix", "range")
    return SimpleNamespace(
        path=Path("holiday.mov"),
        width=width,
        height=height,
        depth=depth,
        subsampling=subsampling,
        time_base=base,
        rate=Fraction(25),
        sample_aspect=aspect,
        colour=SimpleNamespace(**dict(zip(names, colour, strict=True))),
    )


def steady(count: int, rate=Fraction(25)) -> list[Fraction]:
    return [number / rate for number in range(count)]


def planes_of(clip: Any, number: int) -> tuple[np.ndarray, ...]:
    """Return a picture that differs from frame to frame and from sample to sample."""
    kind, most = (np.uint8, 255) if clip.depth == 8 else (np.uint16, (1 << clip.depth) - 1)
    rows, columns = np.mgrid[: clip.height, : clip.width]
    luma = (columns * 3 + rows * 2 + number * 5) % 256 * most // 255
    x, y = clip.subsampling
    rows, columns = np.mgrid[: -(-clip.height // y), : -(-clip.width // x)]
    blue, red = (columns * 4 + number * 3) % 256 * most // 255, (rows * 5 + 40) % 256 * most // 255
    return luma.astype(kind), blue.astype(kind), red.astype(kind)


def segment(clip: Any, path: Path, times: Sequence[Fraction], first: int = 0, compression: int = 20) -> Segment:
    with SegmentWriter(path, clip, compression, threads=1) as writer:
        for number, time in enumerate(times, first):
            writer.write(planes_of(clip, number), time)
        return writer.close()


def movie(
    clip: Any, target: Path, times: Sequence[Fraction], *, parts: int = 7, last=Fraction(1, 25), audio=None
) -> Path:
    """Write a whole clip in segments of `parts` frames."""
    segments = [
        segment(clip, target.with_name(f"{first}.seg"), times[first : first + parts], first)
        for first in range(0, len(times), parts)
    ]
    join(segments, target, clip, last, audio)
    return target


def times_of(path: Path) -> list[Fraction]:
    with av.open(str(path)) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def pictures_of(path: Path) -> list[tuple[np.ndarray, ...]]:
    """Decode a file into its planes."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [tuple(_plane(plane, frame) for plane in frame.planes) for frame in frames]


def _plane(plane: Any, frame: Any) -> np.ndarray:
    kind = np.dtype(np.uint16 if frame.format.components[0].bits > 8 else np.uint8)
    return np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width].copy()


def probe(path: Path) -> dict[str, Any]:
    """Ask ffprobe."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_packets", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not done.stderr
    return json.loads(done.stdout)


def boxes(data: bytes, start: int = 0, end: int | None = None, above: str = "") -> Iterator[tuple[str, int, int]]:
    """Yield the path, and the begin and end of the body, of every box."""
    end = len(data) if end is None else end
    while start < end:
        size, name = struct.unpack(">I4s", data[start : start + 8])
        path = f"{above}/{name.decode()}"
        yield path, start + 8, start + size
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf"):
            yield from boxes(data, start + 8, start + size, path)
        start += size


def with_sound(path: Path, samples: np.ndarray, codec: str = "aac", *, rate: int = RATE, shift=Fraction(0)) -> Path:
    """Write a clip of 50 grey frames at 25 fps and sound ``(n, C)`` int16 that begins `shift` seconds later."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("mpeg4", rate=25, width=32, height=32, pix_fmt="yuv420p")
        layout = {1: "mono", 2: "stereo", 6: "5.1"}[samples.shape[1]]
        heard = container.add_stream(codec, rate=rate, layout=layout)
        for _ in range(50):
            container.mux(picture.encode(av.VideoFrame.from_ndarray(np.full((48, 32), 128, np.uint8), "yuv420p")))
        container.mux(picture.encode(None))
        resampler = av.AudioResampler(heard.format, layout, rate)
        step = heard.frame_size or 1024
        for at in range(0, len(samples), step):
            part = np.ascontiguousarray(samples[at : at + step]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(part, "s16", layout)
            frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
            frame.pts = at + round(shift * rate)
            for ready in resampler.resample(frame):
                container.mux(heard.encode(ready))
        container.mux(heard.encode(None))
    return path


def beeps(*starts: float, seconds: float = 2.0, rate: int = RATE, channels: int = 1) -> np.ndarray:
    """Return silence with a tone of 40 ms at each time, ``(n, C)`` int16."""
    sound = np.zeros(round(seconds * rate))
    for start in starts:
        at, count = round(start * rate), round(0.04 * rate)
        sound[at : at + count] = 12000 * np.sin(2 * np.pi * 1000 * np.arange(count) / rate)
    return np.repeat(sound[:, None], channels, axis=1).astype(np.int16)


def heard(path: Path) -> tuple[int, np.ndarray]:
    """Decode the sound of a file as a player does: its rate and samples ``(C, n)``."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    assert frames[0].pts * frames[0].time_base == 0
    return frames[0].sample_rate, np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


def onsets(samples: np.ndarray, rate: int) -> list[float]:
    """Return the times at which a sound begins after at least 20 ms of silence."""
    loud = np.flatnonzero(np.abs(samples) > 0.1)
    if not len(loud):
        return []
    begins = [loud[0], *loud[1:][np.diff(loud) > rate * 0.02]]
    return [float(at / rate) for at in begins]
