"""The preview in the browser: a picture with known objects, and where they are on the page."""

import cv2
import numpy as np

from workbench.values import Detections

WIDTH, HEIGHT = 400, 300
GREEN, GREY, SOLID = (40, 160, 60), (128, 128, 128), (96, 96, 96)
BOXES = {"face": (100, 100, 140, 160), "plate": (240, 40, 300, 70), "text": (250, 200, 350, 240)}
FOUND = Detections(np.array(list(BOXES.values())), [0.9, 0.3, 0.15], list(BOXES), ["centerface", "ocr", "ocr"])


def jpeg(image):
    return cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()


def plain_picture():
    """A green picture whose objects are fine black and white stripes: they average to grey."""
    image = np.full((HEIGHT, WIDTH, 3), GREEN, np.uint8)
    for x0, y0, x1, y1 in BOXES.values():
        image[y0:y1, x0:x1] = np.where(np.arange(x0, x1) // 2 % 2, 255, 0)[None, :, None]
    return image


def pixels(view, xs, y):
    """Return the colours on screen at points of one row of the picture, shown whole, as (N, 3)."""
    view.frames(2)
    return np.array(
        view.page.evaluate(
            """([xs, y, width, height]) => {
              const canvas = document.querySelector("canvas");
              const scale = Math.min(canvas.width / width, canvas.height / height);
              const left = (canvas.width - width * scale) / 2, top = (canvas.height - height * scale) / 2;
              const row = canvas.getContext("2d").getImageData(0, Math.round(top + (y + 0.5) * scale), canvas.width, 1);
              const at = (x) => Math.round(left + (x + 0.5) * scale) * 4;
              return xs.map((x) => [...row.data.slice(at(x), at(x) + 3)]);
            }""",
            [[float(x) for x in xs], y, WIDTH, HEIGHT],
        )
    )


def pixel(view, x, y):
    """Return the colour on screen at a point of the picture, shown whole."""
    return tuple(pixels(view, [x], y)[0].tolist())


def point(view, x, y):
    """Return where a point of the picture, shown whole, is on the page."""
    box = view.canvas.bounding_box()
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left, top = (box["width"] - WIDTH * scale) / 2, (box["height"] - HEIGHT * scale) / 2
    return box["x"] + left + x * scale, box["y"] + top + y * scale


def near(colour, wanted, by=14):
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


def kind(view, name):
    return view.page.get_by_role("group", name=name, exact=True)


def slide(locator, value):
    """Move a slider without letting it go."""
    locator.evaluate("(node, v) => { node.value = v; node.dispatchEvent(new Event('input', {bubbles: true})); }", value)


def release(locator):
    locator.evaluate("(node) => node.dispatchEvent(new Event('change', {bubbles: true}))")


def settled(view):
    view.page.wait_for_timeout(220)
    view.pump()
