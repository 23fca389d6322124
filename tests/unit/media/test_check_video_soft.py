"""Blurred and pixelated regions of a video: with the original at hand, the second reader sees what is left."""

from pathlib import Path

import av
import numpy as np
import pytest
from video_canaries import SIZE, Clip, Span

from workbench import evidence
from workbench.media.check_video import check_video
from workbench.media.video import open_video
from workbench.values import Asset, Media, Outcome, State

SOFT: list[Span] = [
    [1, 0, 23, "face", "blur", "box", 40, 40, 110, 130],
    [2, 6, 17, "face", "pixelate", "box", 200, 30, 260, 90],
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return Clip(spans=[], crf=12).write(tmp_path / "source.mp4")


def soften(frame: av.VideoFrame, spans: list[Span]) -> None:
    """Replace each region by its own coarse blocks, as pixelation does."""
    for number, plane in enumerate(frame.planes):
        rows = np.frombuffer(plane, np.uint8).reshape(plane.height, -1).copy()
        across, down = frame.width // plane.width, frame.height // plane.height
        for *_, x0, y0, x1, y1 in spans:
            part = rows[y0 // down : y1 // down, x0 // across : x1 // across]
            block = 20 if number == 0 else 10
            for top in range(0, part.shape[0], block):
                for left in range(0, part.shape[1], block):
                    tile = part[top : top + block, left : left + block]
                    tile[:] = int(tile.mean())
        plane.update(rows.tobytes())


def written(path: Path, monkeypatch: pytest.MonkeyPatch, leave: int | None) -> Clip:
    """Write a clip whose regions are pixelated, except for one frame."""
    clip = Clip(spans=SOFT, tweak=lambda frame, spans: [] if frame == leave else spans)
    monkeypatch.setattr("video_canaries.paint", soften)
    clip.write(path)
    return clip


def test_without_the_original_soft_regions_are_not_judged(tmp_path: Path) -> None:
    clip = Clip(spans=SOFT, tweak=lambda frame, spans: [])
    assert check_video(clip.write(tmp_path / "a.mp4"), **clip.request) == []


def test_with_the_original_soft_regions_are_judged(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = written(tmp_path / "a.mp4", monkeypatch, leave=None)
    assert check_video(tmp_path / "a.mp4", source=open_video(source), **clip.request) == []
    clip = written(tmp_path / "b.mp4", monkeypatch, leave=9)
    findings = check_video(tmp_path / "b.mp4", source=open_video(source), **clip.request)
    assert [finding.check for finding in findings] == ["region", "region"]
    assert all(finding.message.startswith("Frame 9: the face") for finding in findings)


def test_an_original_with_fewer_frames_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = written(tmp_path / "a.mp4", monkeypatch, leave=None)
    short = Clip(spans=[], frames=10).write(tmp_path / "short.mp4")
    assert "fewer frames" in str(check_video(tmp_path / "a.mp4", source=open_video(short), **clip.request))


def test_frames_before_and_after_stand_side_by_side(tmp_path: Path, source: Path) -> None:
    clip = Clip()
    clip.write(tmp_path / "000001.mp4")
    outcome = Outcome(
        "source.mp4", State.DONE, output="000001.mp4", frames=24, width=SIZE[0], height=SIZE[1], regions=clip.spans,
        media=Media.VIDEO,
    )  # fmt: skip
    pairs = list(evidence._pairs(tmp_path, [(Asset("source.mp4", str(tmp_path)), outcome)]))
    assert [pair.name for pair in pairs] == [f"000001.mp4, 0:00.{tenth}" for tenth in (1, 4, 8)]
    assert pairs[1].counts == {"face": 2, "plate": 1, "person": 1}
    assert pairs[0].before != pairs[0].after and pairs[0].source == "source.mp4"
