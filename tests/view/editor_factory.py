"""An editor with a made-up photo: an application that answers at once, and remembers what it was asked."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from workbench import profiles
from workbench.review.editing import Editing
from workbench.values import Detections, Kind, WorkbenchError
from workbench.widgets.editor import EditorWidget

WIDTH, HEIGHT = 4000, 3000
GREEN, RED, FINE = (40, 160, 60), (200, 30, 30), (40, 60, 200)
BOXES = {"face": (1000, 1000, 1400, 1600), "plate": (2400, 400, 3000, 700), "other": (2500, 2000, 3500, 2400)}
FAINT = (400, 400, 600, 640)
FOUND = Detections(
    np.array([*BOXES.values(), FAINT], np.float32),
    [0.9, 0.8, 0.9, 0.06],
    [*BOXES, "face"],
    ["centerface", "yolo", "yolo", "centerface"],
)
FACE, PLATE, OTHER, LOW = range(4)


@dataclass(frozen=True)
class Place:
    box: tuple
    kind: Kind = Kind.FACE
    risk: float = 0.4
    why: str = "It scored 6 %, less than the profile asks for."


PLACES = (
    Place((3600, 100, 3800, 400), Kind.PLATE, 0.04, "A vehicle on which no plate was found."),
    Place(FAINT),
)


def jpeg(colour, width=1600, height=1200):
    return cv2.imencode(".jpg", np.full((height, width, 3), colour[::-1], np.uint8))[1].tobytes()


class Application:
    """Shows a green original whose tiles are blue, so that a test sees which is drawn; what is redacted is red."""

    def __init__(self, found=FOUND, size=(WIDTH, HEIGHT), places=PLACES, picture=None, hold_back=False, **more):
        self.widget = EditorWidget()
        self.changes, self.tiles, self.steps, self.verdicts, self.spread = [], [], [], [], []
        self.rows, self.full, self.hold_back, self.picture = [], False, hold_back, picture
        self.editing = Editing(found, profiles.load("publication"), size, candidates=places, store=self.keep)
        callbacks = {
            "tile": self.tile, "action": self.changes.append, "navigate": self.steps.append,
            "finish": self.verdicts.append, "everywhere": self.spread.append,
        }  # fmt: skip
        self.widget.on(**{name: callbacks[name] for name in ("tile", "action", *more.pop("offers", callbacks))})
        self.options = {"title": "street.jpg", "position": (2, 9), **more}
        self.open()

    def open(self):
        self.widget.show(jpeg(GREEN) if self.picture is None else self.picture, self.editing, **self.options)

    def keep(self, change):
        if self.full:
            raise WorkbenchError("The disk is full. Make room, then try again.")
        gone = {one.number for one in change.withdrawn}
        stored = [replace(one, number=len(self.changes) * 10 + at + 1) for at, one in enumerate(change.added)]
        self.rows = [row for row in self.rows if row.number not in gone] + stored
        return stored

    def tile(self, request):
        self.tiles.append(request)
        if not self.hold_back:
            self.answer(request)

    def answer(self, request):
        x0, y0, x1, y1 = request.box
        scale = min(request.side / max(x1 - x0, y1 - y0), 1)
        size = max(round((x1 - x0) * scale), 1), max(round((y1 - y0) * scale), 1)
        self.widget.show_tile(request, jpeg(FINE if request.layer == "original" else RED, *size))
