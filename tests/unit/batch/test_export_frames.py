"""Frames of a release as a data set: whole and provable, or not there."""

import json
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner
from filelock import FileLock
from PIL import Image
from redacted_clips import FACE, PROFILE, outcome, release

from workbench import evidence
from workbench.batch import export_frames, frames
from workbench.batch.target import CLAIM, WORK
from workbench.catalog.case import Case
from workbench.cli import main
from workbench.profiles import Output
from workbench.release.reading import read_manifest
from workbench.values import FileError, UsageError
from workbench.video import stills


@pytest.fixture
def made(tmp_path):
    folder = tmp_path / "release"
    release(folder)
    return folder


def export(source, out, **options):
    return list(export_frames(source, out, **options))


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_data_set_is_a_release_of_its_own_with_its_boxes(made, tmp_path):
    out = tmp_path / "new" / "frames"
    events = export(made, out, every=6)
    assert [event.kind for event in events] == ["start", "file", "file", "file", "file", "end"]
    assert events[-1].message == "4 pictures from 1 video, with 1 box."
    pictures = [f"000001-f{frame:06d}.jpg" for frame in (0, 6, 12, 18)]
    assert names(out) == [*pictures, "labels.json", "manifest.jsonl", "report.html"]
    result = evidence.verify(out)
    assert result.ok, result.summary()
    manifest = read_manifest(out)
    assert [len(entry.regions) for entry in manifest.photos] == [0, 1, 0, 0]
    assert manifest.run.profile_digest == PROFILE.digest
    labels = json.loads((out / "labels.json").read_text())
    [box] = labels["annotations"]
    assert box["bbox"] == [40, 30, 32, 40]
    assert (box["track"], box["method"]) == (7, "solid")
    image = next(image for image in labels["images"] if image["id"] == box["image_id"])
    assert image["file_name"] == pictures[1]
    assert (image["video"], image["frame"], image["time"]) == ("000001.mp4", 6, 0.24)
    shown = np.asarray(Image.open(out / pictures[1]))
    assert np.abs(shown[32:64, 40:72].astype(int) - 96).max() <= 2


@pytest.mark.parametrize("changed", ["labels.json", "000001-f000006.jpg"])
def test_verifying_notices_a_change_afterwards(made, tmp_path, changed):
    export(made, tmp_path / "frames", every=6)
    path = tmp_path / "frames" / changed
    path.write_bytes(path.read_bytes().replace(b"\x00", b"\x01") + b" ")
    result = evidence.verify(tmp_path / "frames")
    assert not result.ok
    assert changed in result.summary()


def test_folders_are_mirrored_and_png_is_without_loss(tmp_path):
    folder = tmp_path / "release"
    parts = [outcome(folder, name) for name in ("folder-01/000001.mp4", "folder-02/000002.mp4")]
    release(folder, *parts)
    export(folder, tmp_path / "frames", per_second=1, limit=1, form="png", only_with_objects=False)
    assert [name for name in names(tmp_path / "frames") if name.endswith(".png")] == ["folder-02/000002-f000000.png"]
    assert evidence.verify(tmp_path / "frames").ok


def test_own_names_stay_where_the_release_has_them(tmp_path):
    folder = tmp_path / "release"
    profile = PROFILE.changed(output=Output(names="keep"))
    release(folder, outcome(folder, "harbour.mp4"), profile=profile)
    export(folder, tmp_path / "frames", every=12, only_with_objects=False)
    assert "harbour-f000012.jpg" in names(tmp_path / "frames")
    assert evidence.verify(tmp_path / "frames").ok


def test_scenes_and_motion_are_looked_for_first(made, tmp_path):
    events = export(made, tmp_path / "frames", by_motion=3)
    assert events[0].kind == "progress"
    assert [event.kind for event in events if event.kind != "progress"] == ["start", "file", "file", "file", "end"]
    assert export(made, tmp_path / "other", per_scene=2)[-1].total == 2


def test_the_same_request_gives_the_same_bytes(made, tmp_path):
    for name in ("a", "b"):
        export(made, tmp_path / name, by_motion=4)
    for name in names(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"every": 2, "per_scene": 1}, "one way"),
        ({"form": "bmp"}, "jpg or png"),
        ({"every": 1, "limit": -1}, "limit"),
        ({"every": 20, "only_with_objects": True}, "No frame was chosen"),
    ],
)
def test_a_wrong_request_leaves_nothing(made, tmp_path, options, says):
    with pytest.raises(UsageError, match=says):
        export(made, tmp_path / "new" / "frames", **options)
    assert not (tmp_path / "new").exists()


def test_a_release_without_videos_or_no_release_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="not a release"):
        export(tmp_path / "empty", tmp_path / "frames")
    with Case.open(tmp_path / "case"):
        pass
    with pytest.raises(UsageError, match="no finished release"):
        export(tmp_path / "case", tmp_path / "frames")
    assert not (tmp_path / "frames").exists()


def test_frames_of_frames_are_refused(made, tmp_path):
    export(made, tmp_path / "frames")
    with pytest.raises(UsageError, match="no video"):
        export(tmp_path / "frames", tmp_path / "again")


def test_a_case_gives_the_release_of_its_last_run(made, tmp_path):
    with Case.open(tmp_path / "case") as case:
        case.catalog.create_run(PROFILE, [tmp_path], tmp_path / "gone")
        case.catalog.create_run(PROFILE, [tmp_path], made)
    export(tmp_path / "case", tmp_path / "frames", every=12)
    assert evidence.verify(tmp_path / "frames").ok


def test_a_folder_in_use_or_inside_the_release_is_refused(made, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "000001-f000000.jpg").write_bytes(b"mine")
    with pytest.raises(UsageError, match="choose an empty folder"):
        export(made, tmp_path / "full")
    assert names(tmp_path / "full") == ["000001-f000000.jpg"]
    with pytest.raises(UsageError, match="inside the release"):
        export(made, made / "frames")
    assert not (made / "frames").exists()


def test_a_changed_video_stops_everything_and_leaves_nothing(tmp_path):
    folder = tmp_path / "release"
    release(folder, outcome(folder, "000001.mp4"), outcome(folder, "000002.mp4"))
    path = folder / "000002.mp4"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(FileError, match="000002"):
        export(folder, tmp_path / "frames")
    assert not (tmp_path / "frames").exists()


def test_a_changed_manifest_stops_everything(made, tmp_path):
    path = made / "manifest.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"covered":0.1', b'"covered":0.2'))
    with pytest.raises(FileError, match="release that verifies"):
        export(made, tmp_path / "frames")


def test_a_picture_that_fails_its_check_stops_everything_and_leaves_nothing(made, tmp_path, monkeypatch):
    monkeypatch.setattr(stills, "apply_regions", lambda frame, regions: frame)
    with pytest.raises(FileError, match="held back"):
        export(made, tmp_path / "frames", every=6)
    assert not (tmp_path / "frames").exists()


def test_closing_half_way_leaves_nothing(made, tmp_path):
    with closing(export_frames(made, tmp_path / "frames", every=1)) as events:
        assert [next(events).kind for _ in range(4)] == ["start", "file", "file", "file"]
        assert (tmp_path / "frames" / CLAIM).is_file()
        assert not (tmp_path / "frames" / "manifest.jsonl").exists()
    assert not (tmp_path / "frames").exists()


def test_what_a_killed_export_left_is_cleared_by_the_same_one_only(made, tmp_path, monkeypatch):
    out = tmp_path / "frames"
    with monkeypatch.context() as patch:
        patch.setattr(frames.Target, "remove", lambda self, names: None)
        patch.setattr(frames.Target, "finish", lambda self: None)
        with closing(export_frames(made, out, every=4)) as events:
            [next(events) for _ in range(3)]
    assert "000001-f000004.jpg" in names(out)
    other = tmp_path / "other release"
    release(other, outcome(other, rows=[[*FACE[:8], 80, 80]]))
    with pytest.raises(UsageError, match="Another case"):
        export(other, out)
    export(made, out, every=12)
    assert names(out) == ["000001-f000000.jpg", "000001-f000012.jpg", "labels.json", "manifest.jsonl", "report.html"]
    assert evidence.verify(out).ok


def test_two_exports_do_not_write_into_one_folder(made, tmp_path):
    out = tmp_path / "frames"
    with closing(export_frames(made, out, every=1)) as events:
        next(events)
        with FileLock(out / WORK / "other.lock"), pytest.raises(UsageError, match="Another export"):
            export(made, out, every=1)
        assert len(list(events)) == 25
    assert evidence.verify(out).ok


def test_the_command_writes_and_verifies(made, tmp_path):
    done = CliRunner().invoke(main, ["frames", str(made), "--out", str(tmp_path / "frames"), "--every", "6", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["verified"]
    assert said["hidden"] == {"face": 1}
    assert len(said["files"]) == 4
    again = CliRunner().invoke(main, ["frames", str(made), "--out", str(tmp_path / "frames")])
    assert again.exit_code == 2
    assert "choose an empty folder" in again.stderr
