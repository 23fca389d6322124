"""A player with a made-up clip: a kernel's side that answers at once, and remembers what it was asked."""

import cv2
import numpy as np

from workbench import profiles
from workbench.values import Detections, Kind
from workbench.widgets.player import PlayerWidget
from workbench.widgets.playing import Row

WIDTH, HEIGHT, FRAMES, RATE = 320, 180, 250, 25
GREEN, RED = (40, 160, 60), (200, 30, 30)
TIMES = [index / RATE for index in range(FRAMES)]
ROWS = (
    Row(
        3,
        "Face 1",
        Kind.FACE,
        0.9,
        "hidden",
        [(10, 60, "seen", True), (61, 80, "between", True), (81, 120, "seen", True)],
    ),
    Row(5, "Face 2", Kind.FACE, 0.15, "left", [(40, 44, "seen", False)], close=True),
    Row(8, "Licence plate 1", Kind.PLATE, 0.7, "hidden", [(100, 249, "seen", True)]),
    Row(1_000_000, "Face 3", Kind.FACE, 1.0, "hidden", [(130, 140, "person", True)]),
    Row(6, "Face 5", Kind.FACE, 0.06, "left", [(20, 30, "between", False)]),
    Row(9, "Face 4", Kind.FACE, 0.8, "dropped", [(150, 200, "dropped", False)]),
)
COUNTS = {"hidden": {"face": 2, "plate": 1}, "left": {"face": 2}}


def jpeg(colour, side=WIDTH):
    image = np.full((round(HEIGHT * side / WIDTH), side, 3), colour[::-1], np.uint8)
    return cv2.imencode(".jpg", image)[1].tobytes()


class Kernel:
    """Answers the view with a green original, a red redacted picture, and one box per object of the frame."""

    def __init__(self, rows=ROWS, frames=FRAMES, sound=True, searched=True, profile="publication", hold_back=False):
        self.widget = PlayerWidget(profiles.load(profile))
        self.asked, self.crops, self.edits, self.words, self.profiles, self.steps = [], [], [], [], [], []
        self.rows, self.hold_back = rows, hold_back
        words = {name: lambda name=name: self.words.append(name) for name in ("undo", "redo", "search", "stop")}
        self.widget.on(
            frame=self.frame,
            crops=self.crop,
            edit=self.edits.append,
            settings=self.profiles.append,
            navigate=self.steps.append,
            **words,
        )
        times = [index / RATE for index in range(frames)]
        self.clip = self.widget.show(times, WIDTH, HEIGHT, title="street.mp4", position=(2, 9), sound=sound)
        if searched:
            self.show()

    def show(self, **more):
        self.widget.show_tracks(self.rows, counts=COUNTS, **more)

    def frame(self, request):
        self.asked.append(request)
        if not self.hold_back:
            self.answer(request)

    def answer(self, request):
        here = [row for row in self.rows if any(a <= request.index <= b for a, b, *_ in row.stretches)]
        boxes = Detections(
            np.array([[40 * at + 20, 40, 40 * at + 50, 80] for at in range(len(here))], np.float32).reshape(-1, 4),
            [row.score for row in here],
            [row.kind for row in here],
            ["centerface" for _ in here],
            np.array([row.track for row in here], np.int32),
        )
        hidden = np.array([row.fate == "hidden" for row in here], bool)
        original = jpeg(GREEN) if request.original else b""
        redacted = jpeg(RED) if request.redacted else b""
        self.widget.show_frame(request, self.clip, original, redacted, boxes, hidden)

    def crop(self, tracks):
        self.crops.append(tracks)
        for track in tracks:
            self.widget.show_crop(track, jpeg((track % 200, 90, 120), 40))


def shown(mount, wide=1200, **options):
    """Mount a player with a clip, and wait for its first picture."""
    kernel = Kernel(**options)
    view = mount(kernel.widget, width=wide, height=1400)
    view.kernel = kernel
    view.until("document.querySelector('.wb-title').textContent === 'street.mp4'")
    if not kernel.hold_back:
        view.until("!document.querySelector('.wb-badge').hidden")
    return view


def settled(view, milliseconds=220):
    """Deliver what was said, let the page decode and answer, and deliver that too."""
    view.pump()
    view.page.wait_for_timeout(milliseconds)
    view.pump()


def colour(view):
    """The colour in the middle of the stage."""
    view.frames(2)
    return tuple(
        view.page.evaluate(
            """() => { const canvas = document.querySelector(".wb-canvas");
            const at = canvas.getContext("2d").getImageData(canvas.width * 0.75, canvas.height / 2, 1, 1);
            return [...at.data.slice(0, 3)]; }"""
        )
    )


def near(one, other):
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


def key(view, *keys):
    view.page.locator(".wb-canvas").focus()
    for one in keys:
        view.page.keyboard.press(one)
    settled(view, 60)


def clock(view):
    return view.page.locator(".wb-clock").text_content()


def option(view, name):
    return view.page.get_by_role("option", name=name)


def choose(view, name):
    option(view, name).click()
    settled(view, 60)


def point(view, x, y):
    box = view.page.locator(".wb-canvas").bounding_box()
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left, top = (box["width"] - WIDTH * scale) / 2, (box["height"] - HEIGHT * scale) / 2
    return box["x"] + left + x * scale, box["y"] + top + y * scale
