"""The panel that takes frames for training, without a kernel."""

import pytest
from redacted_clips import PROFILE, outcome, release

from workbench import evidence
from workbench.apps import results
from workbench.apps.frames import FramesPanel
from workbench.apps.parts import Notice
from workbench.catalog.case import Case
from workbench.values import Asset, Media, Outcome, State


@pytest.fixture
def panel(tmp_path):
    release(tmp_path / "release")
    made = FramesPanel(Notice())
    made.offer(tmp_path / "release")
    return made


def test_it_is_shown_for_a_release_with_videos_only(tmp_path):
    panel = FramesPanel(Notice())
    assert panel.widget.layout.display == "none"
    panel.offer(tmp_path / "release")
    assert panel.widget.layout.display == ""
    assert panel.out.value == str(tmp_path / "release-frames")
    panel.offer(tmp_path / "other")
    assert panel.out.value == str(tmp_path / "other-frames")
    panel.out.value = "/mine"
    panel.offer(tmp_path / "release")
    assert panel.out.value == "/mine"
    panel.offer(None)
    assert panel.widget.layout.display == "none"


def test_a_case_offers_its_release_when_it_is_finished_and_holds_a_video(tmp_path):
    out = tmp_path / "release"
    out.mkdir()
    (tmp_path / "a.mp4").write_bytes(b"x")
    with Case.open(tmp_path / "case") as case:
        run = case.catalog.create_run(PROFILE, [tmp_path], out)
        asset = Asset("a.mp4", str(tmp_path), media=Media.VIDEO)
        case.catalog.put_assets(run, [asset])
        case.catalog.put_outcome(run, asset, Outcome("a.mp4", State.DONE, output="000001.mp4", media=Media.VIDEO))
        assert results.release_with_videos(case, run) is None
        release(out, outcome(out))
        assert results.release_with_videos(case, run) == out
        case.catalog.put_outcome(run, asset, Outcome("a.mp4", State.FAILED, media=Media.VIDEO))
        assert results.release_with_videos(case, run) is None


def test_one_press_writes_a_data_set(panel, tmp_path):
    panel.way.value = "every"
    panel.number.value = 12
    panel.start.click()
    assert panel.join()
    assert "2 pictures from 1 video" in panel.state.value
    assert evidence.verify(tmp_path / "release-frames").ok
    assert panel.start.description == "Take frames"


def test_the_number_follows_the_way(panel):
    panel.way.value = "by_motion"
    assert panel.number.value == 20


@pytest.mark.parametrize(("number", "folder", "says"), [(0, "x", "number above 0"), (5, " ", "which folder")])
def test_what_is_missing_is_said(panel, number, folder, says):
    panel.number.value, panel.out.value = number, folder
    panel.start.click()
    assert says in panel._notice.text
    assert panel.start.description == "Take frames"


def test_a_refused_request_is_explained_and_can_be_repeated(panel, tmp_path):
    (tmp_path / "release-frames").mkdir()
    (tmp_path / "release-frames" / "mine.txt").write_text("x")
    panel.start.click()
    assert panel.join()
    assert "choose an empty folder" in panel._notice.text
    assert panel.start.description == "Take frames"


def test_stop_leaves_nothing(panel, tmp_path, monkeypatch):
    from workbench.video import stills

    written = stills._written

    def slow(*args):
        if panel.start.description == "Stop":
            panel.start.click()
        return written(*args)

    monkeypatch.setattr(stills, "_written", slow)
    panel.way.value, panel.number.value = "every", 1
    panel.start.click()
    assert panel.join()
    assert "Stopped" in panel.state.value
    assert not (tmp_path / "release-frames").exists()
