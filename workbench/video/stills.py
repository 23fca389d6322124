"""Single frames of a redacted video as pictures. The original is never opened, so nothing more can come to light."""

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.detect import motion
from workbench.disk import printable, publish_bytes
from workbench.media.check import check_photo
from workbench.media.photo import Photo
from workbench.media.publish import encode_photo
from workbench.media.video import Video, VideoFrame
from workbench.media.video_frames import Frames
from workbench.profiles import Output
from workbench.redact.apply import apply_regions, covered_share
from workbench.values import FileError, Frame, Method, Outcome, State
from workbench.video.redacted import Redacted, Row
from workbench.video.sample import Movement

Form = Literal["jpg", "png"]
FORMATS = {"jpg": "JPEG", "png": "PNG"}
"""what a picture's suffix stands for"""
QUALITY = 95
"""of JPEG, on the IJG's scale: what is learnt from should show the video's faults and no new ones"""
FULL_COLOUR = 0
"""Pillow's number for 4:4:4: coarser colours would bleed over the edges of fills"""
MEMORY = 32 << 20
"""bytes of decoded frames that are kept: each is asked for once"""
LEAST_CHANGE = 6
"""grey levels of a change that counts: more than a sensor's noise in the small picture. Where noise is stronger it
counts in every frame alike, and frames come evenly spread"""
FILLS = (Method.SOLID, Method.AVERAGE)
HDR = (16, 18)
"""transfer functions of H.273 whose pictures look pale without a screen that knows them"""


@dataclass(frozen=True, eq=False)
class Still:
    """One frame that was written."""

    outcome: Outcome
    frame: int
    time: Fraction
    """s, in its video"""
    rows: Sequence[Row]
    """what is hidden in it"""


def movement(redacted: Redacted, video: Video) -> Generator[float, None, Movement]:
    """Look at every frame in small; yield the share that is done, return where scenes begin and how much changes.

    Only what is visible counts: a fill that comes or goes is neither a cut nor motion.

    Parameters
    ----------
    redacted : Redacted
    video : Video
        From `redacted.open()`.

    Raises
    ------
    FileError
        When a frame is damaged.
    """
    before: motion.Small | None = None
    hidden_before = np.zeros((0, 0), bool)
    cuts: list[bool] = []
    change: list[float] = []
    for frame in video.frames():
        small = motion.shrink(frame.planes[0], frame.depth)
        hidden = _hidden(redacted.rows(frame.index), small.shape, frame.width)
        share, cut = (0.0, False) if before is None else _step(before, small, ~(hidden | hidden_before))
        cuts.append(cut)
        change.append(share)
        before, hidden_before = small, hidden
        yield len(cuts) / max(video.expected_frames, len(cuts))
    return Movement(np.array(cuts, bool), np.array(change, np.float64))


def _hidden(rows: Sequence[Row], shape: tuple[int, ...], width: int) -> NDArray[np.bool_]:
    """Return the pixels of the small picture of which any part is hidden."""
    hidden = np.zeros(shape, bool)
    scale = shape[1] / width
    for row in rows:
        (x0, y0), (x1, y1) = np.floor(np.array(row[4:6]) * scale), np.ceil(np.array(row[6:]) * scale)
        hidden[int(y0) : int(y1) + 1, int(x0) : int(x1) + 1] = True
    return hidden


def _step(before: motion.Small, after: motion.Small, visible: NDArray[np.bool_]) -> tuple[float, bool]:
    """Return which share of the picture changed, and whether a scene begins, both as far as it is visible."""
    after = np.where(visible, after, before)
    apart = cv2.absdiff(before, after)
    # How the camera moved, which tells a cut from a pan, is costly: it is asked for where most of the picture jumps.
    jumped = float((apart > motion.JUMP).mean())
    if jumped > motion.CUT_CHANGED and motion.step(before, after).cut:
        return 0.0, True
    return float((cv2.blur(apart, (3, 3)) > LEAST_CHANGE).mean()), False


def still_name(video: str, frame: int) -> str:
    """Return the path of a frame without its suffix: "000012-f000345" for "000012.mp4"."""
    path = PurePosixPath(video)
    return path.with_name(f"{path.stem}-f{frame:06d}").as_posix()


def write_stills(
    redacted: Redacted, video: Video, frames: Sequence[int], out: Path, form: Form, work: Path
) -> Iterator[Still]:
    """Write frames of a redacted video as pictures; each is checked before it gets its name.

    Fills are drawn once more, which takes the codec's noise out of them. What is blurred or pixelated
    stays as the video has it.

    Parameters
    ----------
    redacted : Redacted
    video : Video
        From `redacted.open()`.
    frames : sequence of int
        In order.
    out : Path
        The folders of the release are mirrored in it.
    form : {"jpg", "png"}
    work : Path
        Folder for temporary files, on the file system of `out`.

    Raises
    ------
    FileError
        When a frame is damaged, when a picture cannot be written or fails its check, or when the video was
        changed meanwhile.
    """
    before = _stamp(redacted.path)
    with Frames(video, MEMORY) as reader:
        for number in frames:
            yield _written(redacted, video, reader.at(number), out, form, work)
    if _stamp(redacted.path) != before:
        raise FileError(f"{printable(redacted.entry.path)} was changed while it was read: verify its release.")


def _written(redacted: Redacted, video: Video, shown: VideoFrame, out: Path, form: Form, work: Path) -> Still:
    rows = redacted.rows(shown.index)
    frame = apply_regions(Frame(shown.rgb()), redacted.regions([row for row in rows if row[2] in FILLS]))
    data = encode_photo([frame], _like(frame, form), Output()).data
    target = out / f"{still_name(redacted.entry.path, shown.index)}.{form}"
    target.parent.mkdir(parents=True, exist_ok=True)
    size, listed = (frame.width, frame.height), [[0, *row[1:]] for row in rows]
    publish_bytes(
        data,
        target,
        work=work,
        check=lambda path: check_photo(path, size=size, frames=1, allow_icc=False, regions=listed),
    )
    outcome = Outcome(
        asset=redacted.entry.path,
        state=State.DONE,
        counts=Counter(row[1] for row in rows),
        covered=covered_share(redacted.regions(rows), *size),
        output=target.relative_to(out).as_posix(),
        output_sha256=hashlib.sha256(data).hexdigest(),
        output_size=len(data),
        frames=1,
        width=frame.width,
        height=frame.height,
        regions=listed,
        notes=tuple(_notes(video)),
    )
    return Still(outcome, shown.index, shown.time, rows)


def _like(frame: Frame, form: Form) -> Photo:
    """Return how a picture of this form is to be stored."""
    return Photo(
        frames=(frame,),
        format=FORMATS[form],
        grey=False,
        icc=None,
        quality=QUALITY if form == "jpg" else None,
        subsampling=FULL_COLOUR if form == "jpg" else None,
        durations=(),
        loop=0,
        grid=1,
        sha256="",
        size=0,
        notes=(),
    )


def _notes(video: Video) -> Iterator[str]:
    yield "It is a frame of a redacted video, in which the fills were drawn once more."
    if video.depth > 8:
        yield f"The {video.depth} bit per channel of the video are reduced to 8."
    if video.colour.transfer in HDR:
        yield "The video is made for HDR screens: without its curve the picture looks pale."
    if video.sample_aspect != 1:
        ratio = f"{video.sample_aspect.numerator}:{video.sample_aspect.denominator}"
        yield f"The video's pixels are shown {ratio} as wide as high; here they are square."


def _stamp(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino
