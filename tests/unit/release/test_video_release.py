"""Videos in a release: their lines, what a verification asks about them, and what the report says of their sound."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from release_factory import FACES, content, no_findings, run_info, written

from workbench import evidence, profiles
from workbench.release.finish import finish_release
from workbench.release.manifest import read_manifest
from workbench.release.report import before_after_page
from workbench.release.verify import verify_release
from workbench.values import FileError, Finding, Kind, Media, Outcome

SPANS: list[list[Any]] = [
    [3, 0, 40, "face", "solid", "box", 10, 10, 60, 70],
    [3, 41, 80, "face", "solid", "box", 12, 10, 62, 70],
    [5, 20, 99, "face", "solid", "box", 100, 10, 150, 70],
    [7, 0, 99, "plate", "solid", "box", 5, 90, 50, 110],
]


def video(out: Path, name: str = "000002.mp4", **changes: Any) -> Outcome:
    fields: dict[str, Any] = {
        "media": Media.VIDEO,
        "frames": 100,
        "duration": "1001/250",
        "times_sha256": "0f" * 32,
        "audio": "dropped",
        "counts": {"face": 2, "plate": 1},
        "asset": "holiday/Anna.mp4",
    }
    return written(out, name, content(7, 20_000), SPANS, **(fields | changes))


def photo(out: Path) -> Outcome:
    return written(out, "000001.jpg", content(1, 9_000), [list(row) for row in FACES])


def test_a_video_is_listed_with_everything_that_proves_it(tmp_path: Path) -> None:
    result = finish_release(tmp_path, run_info(), [video(tmp_path), photo(tmp_path)], no_findings)
    assert result.ok
    manifest = read_manifest(tmp_path)
    assert [entry.path for entry in manifest.files] == ["000001.jpg", "000002.mp4"]
    (entry,) = manifest.videos
    assert (entry.frames, entry.duration, entry.audio, entry.times_sha256) == (100, "1001/250", "dropped", "0f" * 32)
    assert [list(row) for row in entry.spans] == SPANS
    assert manifest.hidden() == {Kind.FACE: 4, Kind.PLATE: 1}
    assert "Anna" not in (tmp_path / "manifest.jsonl").read_text() + (tmp_path / "report.html").read_text()


def test_the_second_reader_gets_what_the_manifest_says(tmp_path: Path) -> None:
    seen: dict[str, dict[str, Any]] = {}

    def check(path: Path, **request: Any) -> list[Finding]:
        seen[path.name] = request
        return [Finding("region", "Frame 7: the face was not hidden.", path.name)] if "spans" in request else []

    finish_release(tmp_path, run_info(), [video(tmp_path), photo(tmp_path)], no_findings)
    result = verify_release(tmp_path, check)
    assert [finding.file for finding in result.findings] == ["000002.mp4"] and not result.ok
    request = seen["000002.mp4"]
    assert set(request) == {"size", "frames", "times_sha256", "spans", "audio", "colours"}
    assert request["colours"][Kind.FACE] == [(96, 96, 96)]
    assert set(seen["000001.jpg"]) == {"size", "frames", "allow_icc", "regions"}


def test_both_second_readers_are_asked_in_the_right_words(tmp_path: Path) -> None:
    finish_release(tmp_path, run_info(), [video(tmp_path), photo(tmp_path)], no_findings)
    result = evidence.verify(tmp_path)
    assert {finding.file for finding in result.findings} == {"000001.jpg", "000002.mp4"}
    assert all("could not be opened again" not in finding.message for finding in result.findings)


@pytest.mark.parametrize(
    "changes",
    [
        {"duration": "0"},
        {"duration": "4.004"},
        {"duration": ""},
        {"times_sha256": ""},
        {"audio": ""},
        {"audio": "loud"},
        {"frames": 99},
        {"width": 140},
        {"regions": [[-2, 0, 1, "face", "solid", "box", 0, 0, 9, 9]]},
        {"regions": [[1, 5, 1, "face", "solid", "box", 0, 0, 9, 9]]},
        {"regions": FACES},
    ],
)
def test_a_line_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(FileError, match=r"000002\.mp4 cannot be listed"):
        finish_release(tmp_path, run_info(), [video(tmp_path, **changes)], no_findings)


Edit = Callable[[list[bytes]], list[bytes]]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b'"face":2', b'"face":3', "it counts 3 × face in 000002.mp4, but lists 2"),
        (b'[7,0,99,"plate","solid"', b'[7,0,99,"plate","blur"', "is a plate hidden by 'blur'"),
        (b'"audio":"dropped"', b'"audio":"kept"', "its sound was kept, which is not what the profile says"),
    ],
)
def test_a_forged_line_is_found(
    tmp_path: Path, rewrite: Callable[[Path, Edit], None], old: bytes, new: bytes, words: str
) -> None:
    finish_release(tmp_path, run_info(), [video(tmp_path)], no_findings)
    manifest = tmp_path / "manifest.jsonl"
    rewrite(manifest, lambda body: [line if b'"run"' in line[:14] else line.replace(old, new) for line in body])
    assert words in "\n".join(finding.message for finding in verify_release(tmp_path, no_findings).findings)


def text_of(page: str) -> str:
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("</style>")[1]))
    return text.replace("\u00a0", " ").replace("&nbsp;", " ")


def with_sound(policy: str) -> Any:
    found = profiles.load("publication")
    return found.model_copy(update={"video": found.video.model_copy(update={"audio": policy})})


def test_the_report_speaks_of_pictures_and_videos(tmp_path: Path) -> None:
    finish_release(tmp_path, run_info(), [video(tmp_path), photo(tmp_path)], no_findings)
    text = text_of((tmp_path / "report.html").read_text("utf-8"))
    assert "1 picture and 1 video, settings" in text
    assert "files released" in text and "regions and objects hidden" in text
    assert "The sound was taken out 1 0.1 no" in text
    assert "An object stays hidden for 0.2 s before" in text


def test_the_report_of_videos_alone_speaks_of_videos(tmp_path: Path) -> None:
    finish_release(tmp_path, run_info(), [video(tmp_path)], no_findings)
    text = text_of((tmp_path / "report.html").read_text("utf-8"))
    assert "1 video, settings" in text and "objects hidden" in text
    assert "Number of videos compared with their originals" in text


@pytest.mark.parametrize(
    ("policy", "audio", "words"),
    [
        ("keep", "kept", "whoever speaks can be recognised"),
        ("mute", "muted in parts", "whoever speaks elsewhere can be recognised"),
        ("distort", "distorted", "not what is said"),
    ],
)
def test_a_voice_is_said_to_be_personal_data(tmp_path: Path, policy: str, audio: str, words: str) -> None:
    result = finish_release(tmp_path, run_info(with_sound(policy)), [video(tmp_path, audio=audio)], no_findings)
    assert not result.findings
    assert any("1 video has sound: a voice is personal data" in item and words in item for item in result.warnings)
    assert "yes: a voice names a person" in text_of((tmp_path / "report.html").read_text("utf-8"))


def test_objects_that_are_only_blurred_are_counted_once_each(tmp_path: Path) -> None:
    soft = [[*row[:4], "blur" if row[3] == "face" else "pixelate", *row[5:]] for row in SPANS]
    result = finish_release(tmp_path, run_info("analytics"), [video(tmp_path, regions=soft)], no_findings)
    (item,) = [item for item in result.not_run if item.check == "before"]
    assert item.reason.startswith("3 blurred or pixelated")


def test_the_manifest_stays_small_and_plain(tmp_path: Path) -> None:
    finish_release(tmp_path, run_info(), [video(tmp_path)], no_findings)
    line = json.loads((tmp_path / "manifest.jsonl").read_bytes().splitlines()[1])
    assert line["type"] == "video" and line["spans"][0] == SPANS[0]


def test_frames_to_look_at_are_those_in_which_something_is_hidden(tmp_path: Path) -> None:
    seen = video(tmp_path, frames=1000, regions=[[1, 300, 320, *SPANS[0][3:]], [2, 900, 929, *SPANS[0][3:]]])
    assert evidence.telling_frames(seen) == [308, 904, 921]
    assert evidence.telling_frames(video(tmp_path, frames=60, regions=[])) == [10, 30, 50]
    assert evidence.telling_frames(video(tmp_path, frames=1, regions=[])) == [0]
    assert evidence.clock(seen.frames * evidence.Fraction(1, 16)) == "1:02.5"


def test_the_private_page_counts_views() -> None:
    assert "0 views of 2 videos" in text_of(before_after_page([], total=2, noun="video"))
