"""A sample video that needs no download: two seconds of a camera that moves over the portrait of an astronaut."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE, SECONDS = 25, 2
WIDTH, HEIGHT = 384, 288
PLACE = "+52.5200+013.4050/"
"""ISO 6709, as a phone writes it into its films"""


def write(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write the clip as a phone would: with sound, and with the place where it was taken.

    Parameters
    ----------
    path : Path
        Ends in ".mp4".
    picture : ndarray of shape (H, W, 3), uint8, RGB
        What the camera moves over; at least 512 px on both sides.
    """
    with av.open(str(path), "w") as container:
        container.metadata["location"] = PLACE
        container.metadata["creation_time"] = "2024-03-14T09:25:00Z"
        stream = container.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "veryfast", "crf": "20"}
        sound = container.add_stream("aac", rate=48_000)
        for number in range(RATE * SECONDS):
            frame = av.VideoFrame.from_ndarray(_view(picture, number / (RATE * SECONDS - 1)), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        container.mux(sound.encode(_tone()))
        container.mux(sound.encode(None))


def _view(picture: NDArray[np.uint8], moment: float) -> NDArray[np.uint8]:
    """Return what the camera sees at a moment from 0 to 1: it comes in from the left, and sways."""
    room_x, room_y = picture.shape[1] - WIDTH, picture.shape[0] - HEIGHT
    x = round(room_x * moment)
    y = round(min(room_y, 40) * (0.5 - 0.5 * np.cos(2 * np.pi * moment)))
    return np.ascontiguousarray(picture[y : y + HEIGHT, x : x + WIDTH])


def _tone() -> av.AudioFrame:
    """Return a chord that fades, in place of a voice."""
    at = np.arange(48_000 * SECONDS) / 48_000
    chord = sum(np.sin(2 * np.pi * pitch * at) for pitch in (220, 277.2, 329.6)) * np.exp(-at) / 6
    frame = av.AudioFrame.from_ndarray(chord.astype(np.float32)[None], "fltp", "mono")
    frame.sample_rate, frame.time_base, frame.pts = 48_000, Fraction(1, 48_000), 0
    return frame
