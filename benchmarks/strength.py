"""How well what is hidden withstands an attacker who knows the method, in changed light, angle, motion and size.

Each face is taken twice: as it is, and changed as another shot of the same moment would change it. Both are hidden in
the same way; the attacker has the first ones of all faces and looks, for each second one, for the most alike
(normalised correlation of grey 24 x 24 px, the "parrot" attack: McPherson, Shokri and Shmatikov, 2016,
https://arxiv.org/abs/1609.00408, without the network). The share that is found is to be held against chance. A trained
network finds more, so a high share condemns a method and a low one does not acquit it.

Run it as ``uv run python benchmarks/strength.py [FOLDER]``: a folder of photos with COCO labels of faces.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from photos import machine
from truth import read_coco

from workbench import profiles
from workbench.media.photo import open_photo
from workbench.profiles import KindRule, Profile
from workbench.redact.apply import apply_regions
from workbench.redact.cover import cover
from workbench.values import Detections, Frame, Kind, Method, Shape

HERE = Path(__file__).resolve().parent
SIDE = 96
"""px to which every face is brought before it is hidden"""
AROUND = 0.5
"""share of the face's side that is kept around it"""
LEAST = 48
"""px: smaller faces are left out"""
SEEN = 24
"""px of what the attacker compares"""
Image = NDArray[np.uint8]


def faces(folder: Path, most: int) -> list[Image]:
    """Return crops of faces with their surroundings, all of one size."""
    found: list[Image] = []
    for picture in read_coco(folder):
        large = [box for box in picture.boxes if min(box[2] - box[0], box[3] - box[1]) >= LEAST]
        if not large or len(found) >= most:
            continue
        image = open_photo(picture.path).frames[0].image
        for x0, y0, x1, y1 in large:
            half = max(x1 - x0, y1 - y0) * (1 + 2 * AROUND) / 2
            middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
            low_x, low_y, high_x, high_y = (
                round(part) for part in (middle_x - half, middle_y - half, middle_x + half, middle_y + half)
            )
            if low_x < 0 or low_y < 0 or high_x > image.shape[1] or high_y > image.shape[0]:
                continue
            whole = round(SIDE * (1 + 2 * AROUND))
            crop = cv2.resize(image[low_y:high_y, low_x:high_x], (whole, whole), interpolation=cv2.INTER_AREA)
            found.append(np.asarray(crop, np.uint8))
    return found[:most]


def darker(image: Image) -> Image:
    """Return the picture as at dusk: a third of the light, and the camera's noise."""
    noise = np.random.default_rng(7).normal(0, 6, image.shape)
    return np.asarray((image * 0.35 + noise).clip(0, 255), np.uint8)


def lit_from_the_side(image: Image) -> Image:
    """Return the picture with one half in shade."""
    shade = np.linspace(0.45, 1.25, image.shape[1])[None, :, None]
    return np.asarray((image * shade).clip(0, 255), np.uint8)


def turned(image: Image) -> Image:
    """Return the picture from a little further round: rotated by 10 degrees and narrower by a tenth."""
    middle = image.shape[1] / 2, image.shape[0] / 2
    turn = cv2.getRotationMatrix2D(middle, 10, 1.0)
    turn[0, :2] *= 0.9
    turn[0, 2] += 0.1 * middle[0]
    size = image.shape[1], image.shape[0]
    return np.asarray(cv2.warpAffine(image, turn, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


def moved(image: Image) -> Image:
    """Return the picture of somebody who walks by: smeared over an eighth of the face."""
    length = SIDE // 8
    return np.asarray(cv2.filter2D(image, -1, np.full((1, length), 1 / length)), np.uint8)


def small(image: Image) -> Image:
    """Return the picture from far away: a face of 20 px."""
    factor = 20 / SIDE
    away = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(away, image.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


CHANGES: dict[str, Callable[[Image], Image]] = {
    "dusk": darker,
    "side light": lit_from_the_side,
    "turned 10°": turned,
    "walking": moved,
    "far away": small,
}


def rules() -> Iterator[tuple[str, KindRule | None]]:
    """Give what is compared: nothing hidden, then from weak to strong."""
    yield "nothing hidden", None
    for strength in (0.08, 0.2, 0.4, 0.75):
        yield f"blur {strength:g}", KindRule(method=Method.BLUR, shape=Shape.BOX, strength=strength)
    for strength in (0.125, 0.25, 0.5):
        yield f"pixelate {strength:g}", KindRule(method=Method.PIXELATE, shape=Shape.BOX, strength=strength)
    for method in (Method.AVERAGE, Method.SOLID):
        yield f"{method}, no margin", KindRule(method=method, shape=Shape.BOX, pad=0)
        yield f"{method}, margin 0.3", KindRule(method=method, shape=Shape.BOX, pad=0.3)


def hidden(image: Image, rule: KindRule | None, base: Profile) -> Image:
    """Return a crop with the face in its middle hidden, as a profile with this rule does it."""
    if rule is None:
        return image
    start = SIDE * AROUND
    found = Detections.of(Kind.FACE, [[start, start, start + SIDE, start + SIDE]], [1.0], "benchmark")
    profile = base.model_copy(update={"kinds": {**base.kinds, Kind.FACE: rule}})  # weaker than its floors on purpose
    frame = Frame(image)
    return apply_regions(frame, cover(found, profile, frame.width, frame.height)).image


def features(images: list[Image]) -> NDArray[np.float64]:
    """Return what the attacker compares: the face alone, grey, small, without its mean and contrast."""
    rows = []
    start, end = round(SIDE * AROUND), round(SIDE * (1 + AROUND))
    for image in images:
        grey = cv2.cvtColor(image[start:end, start:end], cv2.COLOR_RGB2GRAY)
        row = cv2.resize(grey, (SEEN, SEEN), interpolation=cv2.INTER_AREA).astype(float).ravel()
        row -= row.mean()
        rows.append(row / max(float(np.linalg.norm(row)), 1e-9))
    return np.array(rows)


def recognised(known: NDArray[np.float64], asked: NDArray[np.float64]) -> float:
    """Return the share of the second pictures whose most alike first picture is of the same face.

    Where nothing differs the attacker draws lots.
    """
    alike = asked @ known.T
    best = alike >= alike.max(axis=1, keepdims=True) - 1e-9
    return float((best.diagonal() / best.sum(axis=1)).mean())


def table(rows: list[dict[str, Any]], chance: float) -> str:
    """Return the figures as Markdown."""
    lines = [f"| | {' | '.join(CHANGES)} |", "|---|" + "---|" * len(CHANGES)]
    lines += [
        f"| {row['method']} | " + " | ".join(f"{100 * row[change]:.0f} %" for change in CHANGES) + " |" for row in rows
    ]
    return "\n".join([*lines, f"| chance | {' | '.join([f'{100 * chance:.1f} %'] * len(CHANGES))} |"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = HERE.parent.parent / "shared" / "data" / "faces" / "wider"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--faces", type=int, default=200, help="how many at most")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    print(", ".join(f"{key} {value}" for key, value in machine().items()), end="\n\n")
    if not (options.folder / "annotations.json").is_file():
        print("Skipped: no labelled photos here (annotations.json).")
        return 0
    before = faces(options.folder, options.faces)
    base = profiles.load("analytics")
    changed = {name: [change(image) for image in before] for name, change in CHANGES.items()}
    rows = []
    for name, rule in rules():
        known = features([hidden(image, rule, base) for image in before])
        shares = {
            change: recognised(known, features([hidden(image, rule, base) for image in images]))
            for change, images in changed.items()
        }
        rows.append({"method": name, **shares})
    print(f"{len(before)} faces of at least {LEAST} px; share found again among all of them:\n")
    print(table(rows, 1 / len(before)))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
