"""Samples of video frames: out of FFmpeg's memory, upright, and to RGB."""

import io
import threading
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple, cast

import av
import cv2
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.plane import VideoPlane
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from workbench.media.video_values import Colour, Plane, Turn, VideoFrame

FULL_RANGE = 2
RGB_MATRIX, BT709 = 0, 1
_NAMES = {(2, 2): "420", (2, 1): "422", (1, 1): "444"}
_local = threading.local()


class Layout(NamedTuple):
    """The form of the planes that frames are brought to before they are turned."""

    format: str
    """FFmpeg's name, one of yuv420p, yuv422p, yuv444p and their deeper kinds"""
    depth: int
    divisors: tuple[int, int]
    """width and height of the picture for one sample of U and V"""
    direct: bool
    """the decoder's planes have this form already"""
    grey: bool = False
    """there is no U and V"""
    alpha: bool = False
    """there is a plane of opacity, which is left out"""
    rgb: bool = False
    """the samples stand for red, green and blue and are converted"""


def layout_of(frame: av.VideoFrame) -> Layout:
    """Return the form that frames of this pixel format are brought to; nothing but RGB and odd depths changes."""
    form = frame.format
    name, parts = form.name, form.components
    bits = max(part.bits for part in parts)
    depth = 8 if bits <= 8 else 10 if bits <= 10 else 12
    ending = "" if depth == 8 else f"{depth}le"
    alpha = len(parts) in (2, 4) or form.has_palette
    if len(parts) <= 2 and not form.has_palette:
        plain = name in ("gray", f"gray{ending}", "ya8", "gray8")
        return Layout(f"yuv420p{ending}", depth, (2, 2), plain and name != "ya8", grey=True, alpha=alpha)
    if form.is_rgb or form.has_palette:
        return Layout(f"yuv444p{ending}", depth, (1, 1), False, alpha=alpha, rgb=True)
    x, y = form.chroma_width(8), form.chroma_height(8)
    # 4:1:1 and 4:4:0 have no place in H.264: their U and V are made finer, never coarser.
    divisors = (2, 2) if x <= 4 and y <= 4 else (2, 1) if x <= 4 else (1, 1)
    kind = f"{_NAMES[divisors]}p{ending}"
    direct = name in (f"yuv{kind}", f"yuvj{kind}", f"yuva{kind}")
    return Layout(f"yuv{kind}", depth, divisors, direct, alpha=alpha)


def colour_of(frame: av.VideoFrame, layout: Layout) -> Colour:
    """Return the tags of a frame, as they hold for its planes in `layout`."""
    if layout.rgb:
        return Colour(int(frame.color_primaries), int(frame.color_trc), BT709, 1)
    matrix, scope = int(frame.colorspace), int(frame.color_range)
    if frame.format.name.startswith("yuvj") or (layout.grey and not scope):
        scope = FULL_RANGE
    return Colour(int(frame.color_primaries), int(frame.color_trc), matrix, scope)


def planes_of(frame: av.VideoFrame, layout: Layout) -> tuple[Plane, ...]:
    """Return copies of a frame's planes in `layout`, as they are stored."""
    if layout.grey:
        luma = frame if layout.direct else _reformatter().reformat(frame, format=_grey(layout))
        plane = _copied(luma, 0, layout.depth)
        x, y = layout.divisors
        chroma = np.full((-(-plane.shape[0] // y), -(-plane.shape[1] // x)), 1 << (layout.depth - 1), plane.dtype)
        return plane, chroma, chroma
    if layout.rgb:
        frame = _reformatter().reformat(
            frame,
            format=layout.format,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP,
        )
    elif not layout.direct:
        frame = _reformatter().reformat(frame, format=layout.format)
    return tuple(_copied(frame, number, layout.depth) for number in range(3))


def _grey(layout: Layout) -> str:
    return "gray" if layout.depth == 8 else f"gray{layout.depth}le"


def _copied(frame: av.VideoFrame, number: int, depth: int) -> Plane:
    plane = frame.planes[number]
    kind = np.dtype(np.uint8 if depth == 8 else "<u2")
    return _rows(plane, kind)[:, : plane.width].copy()


def _rows(plane: VideoPlane, kind: np.dtype[Any]) -> Plane:
    """Return a view of a plane's rows with what stands after them."""
    step = plane.line_size // kind.itemsize
    if step <= 0:
        raise ValueError("a picture that is stored upside down")
    rows: Plane = np.frombuffer(memoryview(plane), kind, count=step * plane.height)
    return rows.reshape(plane.height, step)


def upright_divisors(divisors: tuple[int, int], turn: Turn, width: int, height: int) -> tuple[int, int]:
    """Return the divisors of U and V after turning; `width` and `height` are those stored.

    H.264 has no form with U and V of half the height alone, and a mirrored odd side would move them by
    a pixel: there they get a sample for every pixel.
    """
    x, y = divisors
    odd = (turn.flip_x or turn.flip_y) and ((x > 1 and width % x) or (y > 1 and height % y))
    return (1, 1) if odd or (turn.transpose and x != y) else divisors


def upright(planes: tuple[Plane, ...], divisors: tuple[int, int], turn: Turn) -> tuple[Plane, ...]:
    """Return planes turned and mirrored; `divisors` are those stored, see `upright_divisors` for the result's."""
    if turn == Turn():
        return planes
    height, width = planes[0].shape
    if upright_divisors(divisors, turn, width, height) != divisors:
        x, y = divisors
        fine = [plane.repeat(y, axis=0).repeat(x, axis=1)[:height, :width] for plane in planes[1:]]
        planes = (planes[0], *fine)
    return tuple(np.ascontiguousarray(_turned(plane, turn)) for plane in planes)


def _turned(plane: Plane, turn: Turn) -> Plane:
    plane = plane.T if turn.transpose else plane
    return plane[:: -1 if turn.flip_y else 1, :: -1 if turn.flip_x else 1]


def turn_of(frame: av.VideoFrame) -> tuple[Turn, bool]:
    """Return how a frame is brought upright, and whether its matrix says more than turning and mirroring."""
    for data in cast(Iterable[SideData], frame.side_data):
        if data.type.name == "DISPLAYMATRIX":
            matrix = np.frombuffer(bytes(memoryview(data)), np.int32)
            return _from_matrix([int(matrix[at]) for at in (0, 1, 3, 4)])
    return Turn(), False


def _from_matrix(parts: list[int]) -> tuple[Turn, bool]:
    """Read ISO 14496-12's matrix: x' = a x + c y, y' = b x + d y."""
    a, b, c, d = parts
    largest = max(abs(part) for part in parts)
    small = largest / 100
    if largest and abs(b) <= small and abs(c) <= small and a and d:
        return Turn(False, a < 0, d < 0), False
    if largest and abs(a) <= small and abs(d) <= small and b and c:
        return Turn(True, c < 0, b < 0), False
    return Turn(), largest > 0


def to_rgb(frame: VideoFrame, scale: float = 1.0) -> NDArray[np.uint8]:
    """Return ``(H, W, 3)`` uint8 RGB of a frame; see `VideoFrame.rgb`."""
    source = as_av(_smaller(frame, scale) if scale < 1 else frame)
    made = _reformatter().reformat(source, format="rgb24", interpolation=Interpolation.BICUBIC, threads=1)
    rows = _rows(made.planes[0], np.dtype(np.uint8))
    return rows[:, : 3 * source.width].reshape(source.height, source.width, 3)


def _smaller(frame: VideoFrame, scale: float) -> VideoFrame:
    """Return a smaller frame: its planes are made so before they become RGB, a third of the work of swscale's way."""
    width, height = max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)
    x, y = _divisors(frame)
    sizes = [(width, height)] + [(-(-width // x), -(-height // y))] * 2
    way = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR  # below a half, linear would skip samples
    planes = tuple(cv2.resize(plane, size, interpolation=way) for plane, size in zip(frame.planes, sizes, strict=True))
    return replace(frame, planes=planes)


def _divisors(frame: VideoFrame) -> tuple[int, int]:
    luma, chroma = frame.planes[0].shape, frame.planes[1].shape
    return 1 if chroma[1] == luma[1] else 2, 1 if chroma[0] == luma[0] else 2


def as_av(frame: VideoFrame) -> av.VideoFrame:
    """Return a frame as FFmpeg's, with its colours tagged."""
    ending = "" if frame.depth == 8 else f"{frame.depth}le"
    made = av.VideoFrame(frame.width, frame.height, f"yuv{_NAMES.get(_divisors(frame), '420')}p{ending}")
    for plane, samples in zip(made.planes, frame.planes, strict=True):
        _rows(plane, samples.dtype)[:, : plane.width] = samples
    made.colorspace = frame.colour.matrix
    made.color_range = frame.colour.range
    return made


def _reformatter() -> VideoReformatter:
    # It keeps its tables between frames of one form, and may not be used by two threads at once.
    if not hasattr(_local, "reformatter"):
        _local.reformatter = VideoReformatter()
    made: VideoReformatter = _local.reformatter
    return made


def small_jpeg(frame: VideoFrame, aspect: Fraction, side: int) -> bytes:
    """Return a frame as a JPEG whose longer side is at most `side` px, with square pixels."""
    from PIL import Image

    width, height = float(frame.width * aspect), float(frame.height)
    scale = min(side / max(width, height), 1.0)
    image = Image.fromarray(frame.rgb(min(scale * max(float(aspect), 1.0), 1.0)))
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    data = io.BytesIO()
    image.resize(size, Image.Resampling.LANCZOS).save(data, "JPEG", quality=80)
    return data.getvalue()
