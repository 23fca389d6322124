"""Short clips with one red object, and an engine that finds it without a model. Top level, for worker processes."""

import os
import time
from pathlib import Path

import av
import numpy as np

from workbench.batch import worker
from workbench.batch.job import Engine, Tools
from workbench.values import Detections, Kind

WIDTH, HEIGHT, RATE = 96, 64, 10
CALLS = "WORKBENCH_TEST_CALLS"
"""environment variable: a file that gets a line for every picture that the detector sees"""


class FindsRed:
    """A detector of red pixels; `at` and `then` let something happen when it sees its n-th picture."""

    name, kinds, licence, fingerprint = "red", (Kind.FACE,), "MIT", "red 1"
    at_once = 1

    def __init__(self, at=-1, then=lambda: None, pause=0.0):
        self.at, self.then, self.pause, self.count = at, then, pause, 0

    def prepare(self):
        pass

    def glance(self, image, each):
        return self(image)

    def __call__(self, image):
        if CALLS in os.environ:
            with Path(os.environ[CALLS]).open("a") as log:
                log.write("x\n")
        time.sleep(self.pause)
        if self.count == self.at:
            self.then()
        self.count += 1
        rows, columns = np.nonzero(image[..., 0].astype(int) - image[..., 1] > 100)
        if not len(rows):
            return Detections.empty()
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections.of(Kind.FACE, [box], [0.9], "red")


def clip(path, frames=30, red=True, audio=False, seed=0, cut=0, rate=RATE):
    """Write a clip in which a red square wanders over noise; `cut` bytes are missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    ground = np.random.default_rng(seed).integers(60, 120, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        sound = container.add_stream("aac", rate=8000) if audio else None
        for number in range(frames):
            image = ground.copy()
            if red:
                x = 8 + number % 60
                image[20:40, x : x + 20] = (230, 20, 20)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
        if sound:
            tone = np.sin(np.arange(8000 * frames // rate) * 0.3).astype(np.float32)[None]
            frame = av.AudioFrame.from_ndarray(tone, "fltp", "mono")
            frame.sample_rate = 8000
            container.mux(sound.encode(frame))
            container.mux(sound.encode(None))
    if cut:
        path.write_bytes(path.read_bytes()[:-cut])
    return path


def reds(path):
    """Return how many pixels of each frame are red."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    return [int((frame[..., 0] - frame[..., 1] > 60).sum()) for frame in frames]


def load(profile, threads):
    return Tools("fake video detector", (), (FindsRed(),))


def load_slow(profile, threads):
    return Tools("fake video detector", (), (FindsRed(pause=0.08),))


def load_hanging(profile, threads):
    return Tools("fake video detector", (), (FindsRed(at=5, then=lambda: time.sleep(600)),))


ENGINE = Engine(load, worker.redact)
SLOW = Engine(load_slow, worker.redact)
HANGING = Engine(load_hanging, worker.redact)


def engine_of(detector):
    """Return an engine for a worker that is this process."""
    return Engine(lambda profile, threads: Tools("fake video detector", (), (detector,)), worker.redact)
