"""The places that the program's search of the outputs found, cut out, for people to look at."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workbench import evidence
from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt
from workbench.disk import publish_bytes
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.release.report import render
from workbench.review.exposure import CROP_SIDE, cut
from workbench.values import FileError

MOST = 120
"""places on a page, the surest first"""
VIDEO = (".mp4", ".mov", ".mkv", ".webm")


def visible(attempt: Attempt) -> list[dict[str, Any]]:
    """Return what a search found visible, the surest first: file, frame, kind, score and box in px of the output."""
    return [row for row in attempt.facts.get("found", ()) if row["where"] == "visible"]


def crop(case: Case, attempt: Attempt, row: dict[str, Any]) -> bytes:
    """Return one place of `visible` with some room around it, as JPEG.

    Raises
    ------
    FileError
        When the output is gone or cannot be opened.
    """
    path = case.catalog.run(attempt.run).out / row["file"]
    if path.suffix.lower() in VIDEO:
        with Frames(open_video(path), memory=1) as frames:
            image, icc = frames.at(row["frame"]).rgb(), None
    else:
        opened = open_photo(path)
        image, icc = opened.frames[min(row["frame"], len(opened.frames) - 1)].image, opened.icc
    return evidence.on_screen(cut(image, row["box"]), icc, CROP_SIDE)


def page(case: Case, attempt: Attempt) -> str:
    """Return the places of a search as one HTML page that stands alone; it shows outputs, no original."""
    rows = visible(attempt)
    return render(
        "places.html.j2",
        {
            "title": f"What the search of run {attempt.run} reports",
            "lead": attempt.note,
            "total": len(rows),
            "places": list(_shown(case, attempt, rows[:MOST])),
        },
    )


def write(case: Case, attempt: Attempt) -> Path:
    """Write the page into the case's private reports and return its path."""
    target = case.reports / f"found-places-{attempt.run}-{attempt.id}.html"
    publish_bytes(page(case, attempt).encode(), target, private=True)
    return target


def _shown(case: Case, attempt: Attempt, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        try:
            picture = base64.b64encode(crop(case, attempt, row)).decode()
        except FileError:
            continue  # gone or changed since; the numbers of the attempt stand all the same
        yield {**row, "picture": f"data:image/jpeg;base64,{picture}"}
