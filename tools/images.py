"""Make the README's pictures from the demo's own samples: `uv run python tools/images.py`. Needs Chromium."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from workbench import pipeline, profiles
from workbench.media.photo import encode_jpeg, open_photo
from workbench.media.samples import write_samples
from workbench.serving import launch
from workbench.serving.dashboards import dashboards_folder

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
TARGET = ROOT / "docs" / "images"
HEIGHT = 420  # px of each picture of the strip


def strip(samples: dict[str, Path]) -> bytes:
    """Return three samples side by side, each original beside its redacted self."""
    profile = profiles.load("publication")
    detectors = pipeline.load_detectors(profile)
    tiles = []
    for name, part in (("astronaut", 0.5), ("parking", 0.5), ("whiteboard", 0.2)):
        opened = open_photo(samples[name])
        frame = opened.frames[0]
        redacted, _ = pipeline.redact_frame(
            frame, pipeline.detect(frame, detectors), profile, opened.grid, opened.grid_origin
        )
        for image in (frame.image, redacted.image):
            width = round(frame.width * HEIGHT / frame.height)
            small = cv2.resize(image, (width, HEIGHT), interpolation=cv2.INTER_AREA)
            left = round(max(width - HEIGHT, 0) * part)
            tiles += [small[:, left : left + HEIGHT], np.full((HEIGHT, 6, 3), 255, np.uint8)]
        tiles.append(np.full((HEIGHT, 18, 3), 255, np.uint8))
    return encode_jpeg(np.concatenate(tiles[:-2], axis=1), 85)


def dashboard(page: Page, url: str) -> None:
    """Open a picture with several faces and leave the page as it is to be shown."""
    page.goto(url)
    page.get_by_text("pictures", exact=True).first.click()
    page.get_by_role("button", name=re.compile("Choose .pictures")).click()
    page.get_by_text("Exact result").first.wait_for()
    page.get_by_text("people/group.webp", exact=True).first.click()
    page.get_by_text("5 of 7").first.wait_for()
    page.get_by_text("Exact result").first.wait_for()
    page.wait_for_timeout(1500)


def main() -> None:
    """Write both pictures."""
    from chromium import FLAGS

    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        samples = {path.stem: path for path in write_samples(place / "pictures")}
        (TARGET / "before-after.jpg").write_bytes(strip(samples))
        server = launch.start(dashboards_folder(), case=place / "case", roots=[place])
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                page = browser.new_page(viewport={"width": 1360, "height": 1180})
                page.set_default_timeout(90_000)
                dashboard(page, server.url)
                page.screenshot(path=str(TARGET / "dashboard.png"))
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
