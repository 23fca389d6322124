"""Frame times of the box editor in headless Chromium: `uv run python benchmarks/editor.py`.

A picture of 24 megapixels with 500 boxes, drawn without a graphics card: what a reviewer's laptop does at worst.
While a box is dragged, the picture zoomed and panned, every frame of the browser is timed: how long drawing took, and
how long it was until the next one. 16.7 ms are 60 frames a second.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from workbench import profiles
from workbench.evidence import on_screen
from workbench.review.editing import Editing
from workbench.review.marks import TileRequest
from workbench.values import Detections, Kind
from workbench.widgets.editor import EditorWidget

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "view")]
WIDTH, HEIGHT, BOXES = 6000, 4000, 500
STEPS = 120
# A canvas only notes what it is told to draw: reading one pixel makes it draw, so that its time is in the frame's.
PROBE = """
window.frames = [];
const original = window.requestAnimationFrame.bind(window);
let [work, recording] = [0, false];
window.requestAnimationFrame = (callback) => original((time) => {
  const started = performance.now();
  callback(time);
  document.querySelector("canvas")?.getContext("2d").getImageData(0, 0, 1, 1);
  work += performance.now() - started;
});
window.record = (on) => {
  recording = on;
  if (!on) return;
  window.frames.length = 0;
  let last = 0;
  const tick = () => {
    const now = performance.now();
    if (last) window.frames.push([work, now - last]);
    [work, last] = [0, now];
    if (recording) original(tick);
  };
  original(tick);
};
"""


def picture() -> np.ndarray:
    """Return noise with structure at every scale, as costly to scale and to encode as a photo."""
    random = np.random.default_rng(0)
    image = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for side in (8, 64, 512):
        part = random.normal(0, 30, (side * HEIGHT // WIDTH, side, 3)).astype(np.float32)
        image += cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.clip(image + 120, 0, 255).astype(np.uint8)


def crowd() -> Detections:
    """Return boxes of 20 to 220 px all over the picture."""
    random = np.random.default_rng(1)
    low = random.uniform(0, 1, (BOXES, 2)) * (WIDTH - 240, HEIGHT - 240)
    sides = random.uniform(20, 220, (BOXES, 2))
    kinds = random.choice([str(kind) for kind in Kind], BOXES)
    scores = random.uniform(0.05, 1, BOXES)
    return Detections(np.concatenate([low, low + sides], axis=1), scores, kinds, np.full(BOXES, "made up"))


def main() -> None:
    """Print the 50th and 95th percentile and the worst frame of each movement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    from chromium import browser
    from fake_front_end import ADDRESS, FAKE_MODEL, View, blank_page

    image, widget = picture(), EditorWidget()
    editing = Editing(crowd(), profiles.load("publication"), (WIDTH, HEIGHT))

    def tile(request: TileRequest) -> None:
        widget.show_tile(request, on_screen(request.cut(image), side=request.side))

    widget.on(tile=tile)
    widget.show(on_screen(image), editing, title="crowd.jpg")
    with browser() as opened:
        page = opened.new_page(viewport={"width": 1440, "height": 1000})
        html = blank_page(str(widget._css))
        page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(ADDRESS)
        page.add_script_tag(content=PROBE)
        page.add_script_tag(content=FAKE_MODEL)
        view = View(page, widget)
        view.until("document.querySelector('.wb-badge').textContent === 'Redacted'")
        figures = {name: figures_of(view, move) for name, move in MOVES.items()}
    if options.json:
        print(json.dumps(figures))
        return
    print(f"{BOXES} boxes on {WIDTH} x {HEIGHT} px; ms a frame (50 %, 95 %, worst)")
    for name, parts in figures.items():
        drawing, frame = (" ".join(f"{value:6.1f}" for value in parts[part]) for part in ("drawing", "frame"))
        print(f"{name:16} drawing {drawing}    frame to frame {frame}    {parts['frames']} frames")


def figures_of(view: Any, move: Any) -> dict[str, Any]:
    """Return the frame times of one movement."""
    page = view.page
    canvas = page.locator("canvas").bounding_box()
    page.evaluate("record(true)")
    move(page, canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2)
    page.evaluate("record(false)")
    view.pump()
    times = np.array(page.evaluate("frames"))
    times = times[times[:, 0] > 0]  # in the others nothing was drawn
    return {
        "drawing": np.percentile(times[:, 0], (50, 95, 100)).round(2).tolist(),
        "frame": np.percentile(times[:, 1], (50, 95, 100)).round(2).tolist(),
        "frames": len(times),
    }


def drag(page: Any, x: float, y: float) -> None:
    """Move a box about; the picture is shown whole, with all boxes in sight."""
    page.locator("canvas").focus()
    page.keyboard.press("Tab")
    box = page.evaluate("model.get('marks').boxes.find((row) => row[0] === model.get('selected'))")
    scale = page.evaluate("document.querySelector('canvas').clientWidth") / WIDTH
    corner = page.locator("canvas").bounding_box()
    left, top = corner["x"] + (box[2] + box[4]) / 2 * scale, corner["y"] + (box[3] + box[5]) / 2 * scale
    page.mouse.move(left, top)
    page.mouse.down()
    for step in range(STEPS):
        angle = step / STEPS * 4 * np.pi
        page.mouse.move(left + (x - left) * step / STEPS + 60 * np.sin(angle), top + (y - top) * step / STEPS)
    page.mouse.up()


def zoom(page: Any, x: float, y: float) -> None:
    """Zoom in to single pixels and out again by the wheel."""
    page.mouse.move(x, y)
    for step in range(STEPS):
        page.mouse.wheel(0, -60 if step < STEPS / 2 else 60)


def pan(page: Any, x: float, y: float) -> None:
    """Pan at three times the whole picture, without a chosen box."""
    page.keyboard.press("Escape")
    page.mouse.move(x, y)
    page.mouse.wheel(0, -440)
    page.wait_for_timeout(300)
    page.mouse.down()
    for step in range(STEPS):
        angle = step / STEPS * 4 * np.pi
        page.mouse.move(x + 300 * np.sin(angle), y + 200 * np.sin(2 * angle))
    page.mouse.up()


def walk(page: Any, _x: float, _y: float) -> None:
    """Choose one box after the other, as by the Tab key held down; nothing is stored."""
    page.keyboard.press("0")
    page.locator("canvas").focus()
    for _ in range(STEPS):
        page.keyboard.press("Tab")


def pan_close(page: Any, x: float, y: float) -> None:
    """Pan at full resolution, over tiles that arrive meanwhile."""
    page.mouse.wheel(0, -440)
    page.wait_for_timeout(300)
    pan(page, x, y)


MOVES = {"drag a box": drag, "zoom": zoom, "pan": pan, "pan close up": pan_close, "from box to box": walk}

if __name__ == "__main__":
    main()
