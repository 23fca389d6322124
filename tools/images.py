"""Make the pictures of the documentation from the samples: `uv run python tools/images.py`. Needs Chromium."""

import re
import shutil
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Page, sync_playwright

from workbench import batch, pipeline, profiles
from workbench.catalog.case import Case
from workbench.governance import casework
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


def dashboard(page: Page, address: str) -> None:
    """Open a picture with several faces and leave the page as it is to be shown."""
    page.goto(f"{address}voila/render/redact.ipynb")
    page.get_by_text("pictures", exact=True).first.click()
    page.get_by_role("button", name=re.compile("Choose .pictures")).click()
    page.get_by_text("Exact result").first.wait_for()
    page.get_by_text("people/group.webp", exact=True).first.click()
    page.get_by_text("5 of 7").first.wait_for()
    page.get_by_text("Exact result").first.wait_for()
    page.wait_for_timeout(1500)


def shoot(page: Page, name: str) -> None:
    """Save what is seen for a page of the documentation: a JPEG, because a small file is enough to recognise it."""
    page.screenshot(path=str(TARGET / f"{name}.jpg"), type="jpeg", quality=80)


def redact(folder: Path, source: Path, out: Path) -> None:
    """Run the case's profile over the samples."""
    with Case.open(folder) as opened:
        profile = casework.picked_profile(folder) or profiles.load("publication")
        run = batch.prepare(opened, [source], out, profile)
        for _ in batch.run(opened, run):
            pass


def case(page: Page, address: str) -> None:
    """Open a case, answer two questions of the screening, and show what follows."""
    page.goto(f"{address}voila/render/case.ipynb")
    page.get_by_label("Short name of the case").fill("Street scenes")
    page.get_by_role("button", name="Open the case").click()
    page.get_by_role("tab", name=re.compile("Risks")).click()
    for question in ("Do the pictures come from watching", "Do many pictures show crowds"):
        page.get_by_role("group", name=re.compile(question)).get_by_label("Yes").check()
    page.get_by_text("Crowded scenes").first.wait_for()
    page.wait_for_timeout(1500)


def intake(page: Page, address: str) -> None:
    """Look at the folder, and show its files as pictures."""
    page.goto(f"{address}voila/render/intake.ipynb")
    page.get_by_text("pictures", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Choose .pictures")).press("Enter")
    page.get_by_text(re.compile(r"^\d+ photos; ")).wait_for()
    page.get_by_role("tab", name=re.compile("Describe")).click()
    page.locator(".wb-file-cell img").nth(5).wait_for()
    page.get_by_role("button", name="Pick all shown").click()
    page.wait_for_timeout(1500)


def gate(page: Page, address: str) -> None:
    """Show the checks of the run, one of them passed just now."""
    page.goto(f"{address}voila/render/release.ipynb")
    page.get_by_role("button", name=re.compile("^Verify now")).click()
    page.get_by_text(re.compile("^Verified: ")).first.wait_for()
    page.wait_for_timeout(1500)


def main() -> None:
    """Write all pictures."""
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
                page.set_default_timeout(40_000)
                page.goto(server.url)
                dashboard(page, server.address)
                page.screenshot(path=str(TARGET / "dashboard.png"))
                page.set_viewport_size({"width": 1200, "height": 1000})
                intake(page, server.address)
                shoot(page, "intake")
                case(page, server.address)
                shoot(page, "case")
                redact(place / "case", place / "pictures", place / "redacted")
                gate(page, server.address)
                shoot(page, "release")
                browser.close()
        finally:
            server.stop()


if __name__ == "__main__":
    main()
