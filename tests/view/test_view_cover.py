"""The browser's approximation beside Python's own result."""

import base64
import json

import cv2
import numpy as np
import pytest

from workbench import profiles
from workbench.profiles import Background, KindRule
from workbench.redact.apply import apply_regions
from workbench.redact.cover import cover
from workbench.values import Detections, Frame, Kind
from workbench.widgets.assets import script
from workbench.widgets.rules import rules_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser_side(chromium):
    page = chromium.new_page()
    page.evaluate(
        """async (source) => {
          window.cover = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
        }""",
        script("cover"),
    )
    yield page
    page.close()


def rows(detections):
    names = ("x0", "y0", "x1", "y1")
    return [
        {**dict(zip(names, box, strict=True)), "score": score, "kind": str(kind), "origin": str(origin)}
        for box, score, kind, origin in zip(
            detections.boxes.tolist(), detections.scores.tolist(), detections.kinds, detections.origins, strict=True
        )
    ]


def crowd(seed, count=300, width=1200, height=900):
    random = np.random.default_rng(seed)
    low = random.uniform(-20, [width, height], (count, 2))
    sides = random.uniform(1, 90, (count, 2))
    kinds = random.choice([str(kind) for kind in Kind], count)
    scores = random.choice([0.05, 0.2, 0.3, 0.35, 0.7, 0.9], count)
    return Detections(np.hstack([low, low + sides]), scores, kinds, random.choice(["x", "person"], count, p=[0.9, 0.1]))


@pytest.mark.parametrize(("grid", "origin"), [(1, (0, 0)), (8, (0, 0)), (16, (0, 0)), (16, (5, 12))])
@pytest.mark.parametrize("shape", ["box", "ellipse"])
def test_the_browser_covers_the_same_pixels_as_python(browser_side, grid, origin, shape):
    rule = KindRule(min_score=0.7, min_size=17, pad=0.35, shape=shape, method="pixelate", strength=1.2)
    if shape == "ellipse":
        profile = profiles.load("analytics").changed(kinds=dict.fromkeys((Kind.FACE, Kind.PERSON, Kind.OTHER), rule))
    else:
        profile = profiles.load("analytics").changed(kinds=dict.fromkeys(Kind, rule))
    found = crowd(grid)
    wanted = cover(found, profile, 1200, 900, grid, origin)
    regions = browser_side.evaluate(
        "([boxes, rules, grid, origin]) => cover.regionsOf(boxes, rules, 1200, 900, grid, origin)",
        [rows(found), rules_of(profile), grid, origin],
    )
    boxes = sorted([[r["x0"], r["y0"], r["x1"], r["y1"]] for r in regions])
    assert len(boxes) > 10
    assert boxes == sorted(wanted.boxes.tolist())
    details = sorted(r["detail"] for r in regions)
    assert details == pytest.approx(sorted(wanted.details.tolist()), rel=1e-5)


def painted(page, image, regions, background):
    """Return the picture that the browser paints, as (H, W, 3) uint8."""
    height, width = image.shape[:2]
    opaque = np.dstack([image, np.full((height, width), 255, np.uint8)])
    data = page.evaluate(
        """([bytes, width, height, regions, background]) => {
          const raw = Uint8ClampedArray.from(atob(bytes), (letter) => letter.charCodeAt(0));
          const pixels = new ImageData(raw, width, height);
          const [source, result] = [document.createElement("canvas"), document.createElement("canvas")];
          for (const canvas of [source, result]) [canvas.width, canvas.height] = [width, height];
          source.getContext("2d").putImageData(pixels, 0, 0);
          const context = result.getContext("2d");
          cover.paint(context, source, pixels, regions, 1, background);
          const out = context.getImageData(0, 0, width, height).data;
          let text = "";
          for (let i = 0; i < out.length; i += 8192) text += String.fromCharCode(...out.subarray(i, i + 8192));
          return btoa(text);
        }""",
        [base64.b64encode(opaque.tobytes()).decode(), width, height, regions, background],
    )
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[:, :, :3]


@pytest.mark.parametrize(
    ("method", "strength", "off"),
    [("solid", 1, 1), ("average", 1, 4), ("pixelate", 0.4, 4), ("blur", 0.5, 6), ("blur", 0.3, 6)],
)
@pytest.mark.parametrize("shape", ["box", "ellipse"])
def test_the_preview_looks_like_the_exact_result(browser_side, method, strength, off, shape):
    data = pytest.importorskip("skimage.data")
    image = data.astronaut()
    rule = KindRule(pad=0.3, shape=shape, method=method, strength=strength)
    profile = profiles.load("analytics").changed(kinds={Kind.FACE: rule})
    found = Detections.of(Kind.FACE, [[170, 60, 275, 190], [380, 300, 420, 350]], [0.9, 0.9], "x")
    exact = apply_regions(Frame(image), cover(found, profile, 512, 512)).image
    regions = browser_side.evaluate(
        "([boxes, rules]) => cover.regionsOf(boxes, rules, 512, 512)",
        [rows(found), json.loads(json.dumps(rules_of(profile)))],
    )
    seen = painted(browser_side, image, regions, {"hide": False})
    difference = cv2.absdiff(seen, exact).mean(axis=2)
    hidden = np.abs(exact.astype(int) - image).max(axis=2) > 0
    assert hidden.sum() > 10_000
    assert difference[hidden].mean() <= off
    assert difference[~hidden].mean() < 0.5


def test_a_hidden_background_leaves_only_what_is_kept(browser_side):
    image = np.random.default_rng(3).integers(0, 255, (120, 160, 3)).astype(np.uint8)
    kept = {"x0": 40, "y0": 30, "x1": 80, "y1": 90}
    background = Background(hide=True)
    seen = painted(browser_side, image, [], {"hide": True, "colour": list(background.colour), "kept": [kept]})
    assert (seen[30:90, 40:80] == image[30:90, 40:80]).all()
    seen = seen.copy()
    seen[30:90, 40:80] = background.colour
    assert (seen == background.colour).all()
