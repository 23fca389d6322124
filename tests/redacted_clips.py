"""Releases of clips whose hidden regions are made up: no detector, no second encoding."""

import datetime

from clips import make_clip

from workbench import profiles
from workbench.batch.closing import SOFTWARE
from workbench.catalog.store import file_sha256
from workbench.media.video import open_video, times_digest
from workbench.release.finish import finish_release
from workbench.release.manifest import RunInfo, file_entry
from workbench.release.reading import read_manifest
from workbench.values import Media, Outcome, State
from workbench.video.redacted import Redacted
from workbench.video.report import counts

PROFILE = profiles.load("publication")
SIZE = (160, 120)
FACE = [7, 4, 9, "face", "solid", "box", 40, 30, 72, 70]
"""a face of track 7 in frames 4 to 9"""


def outcome(folder, name="000001.mp4", rows=(FACE,), **options):
    """Write a clip below a folder and return what a run would say about it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    clip = make_clip(path, size=SIZE, **options)
    video = open_video(path)
    return Outcome(
        asset=name,
        state=State.DONE,
        counts=counts(rows),
        covered=0.1 if rows else 0.0,
        output=name,
        output_sha256=file_sha256(path),
        output_size=path.stat().st_size,
        frames=len(clip.times),
        width=video.width,
        height=video.height,
        regions=rows,
        media=Media.VIDEO,
        duration=str(video.duration),
        times_sha256=times_digest(clip.times),
        audio="none",
    )


def redacted(folder, profile=PROFILE, **options):
    """Return a redacted video with made-up regions."""
    return Redacted(folder, file_entry(folder, outcome(folder, **options)), profile)


def release(folder, *outcomes, profile=PROFILE):
    """Make a release of clips that lie in a folder; by default of one that shows a face."""
    done = outcomes or (outcome(folder),)
    day = datetime.date(2024, 5, 6)
    finish_release(folder, RunInfo(profile, (), SOFTWARE, day), done, check=lambda path, **_: [])
    return read_manifest(folder)
