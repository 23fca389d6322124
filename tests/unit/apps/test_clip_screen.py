"""The player joined with a clip: what a page would say, and what it gets to hear."""

import threading
import time

import pytest
from clip_fakes import DiscFinder
from clips import make_clip
from screen_fakes import Finder

from workbench import profiles
from workbench.apps.clip_screen import ClipScreen
from workbench.apps.redact import Screen
from workbench.catalog.case import Case
from workbench.values import FileError, Kind

PROFILE = profiles.load("publication").with_kinds((Kind.FACE,))


class Page:
    """Stands for a browser."""

    def __init__(self, screen):
        self.screen, self.messages = screen, []
        screen.player._send = lambda message, buffers=None: self.messages.append((message, list(buffers or [])))
        self.say(type="ready")

    def say(self, **content):
        self.screen.player._handle_custom_msg(content, [])
        assert self.screen.join()

    def told(self, kind):
        return [
            (message["content"], buffers)
            for message, buffers in self.messages
            if message["method"] == "custom" and message["content"]["type"] == kind
        ]

    def last(self, kind):
        return self.told(kind)[-1][0]

    def ask_frame(self, index, **more):
        clip = self.last("clip")["clip"]
        self.say(type="frame", clip=clip, number=len(self.messages), index=index, side=320, redacted=True, **more)
        return self.told("frame")[-1]

    def edit(self, what, **more):
        self.say(type="edit", clip=self.last("clip")["clip"], what=what, **more)

    def fates(self):
        return {row[0]: row[4] for row in self.last("tracks")["rows"]}


@pytest.fixture
def made(tmp_path):
    return make_clip(tmp_path / "walk.mp4", frames=20, sound=0.8)


@pytest.fixture
def finder():
    return DiscFinder()


@pytest.fixture
def screen(tmp_path, finder):
    with Case.open(tmp_path / "case") as case:
        made = ClipScreen(case, PROFILE, lambda _: (finder,))
        yield made
        made.leave()
        assert made.join()


@pytest.fixture
def page(screen, made):
    page = Page(screen)
    screen.open(made.path, PROFILE, title="walk.mp4", position=(1, 2))
    assert screen.join()
    return page


def test_opening_searches_and_shows_what_was_found(page):
    clip = page.last("clip")
    assert (clip["title"], clip["width"], clip["height"], clip["sound"]) == ("walk.mp4", 160, 120, True)
    shares = [content["share"] for content, _ in page.told("progress") if content["text"]]
    assert shares == sorted(shares)
    assert page.last("progress")["text"] == ""
    assert "hidden" in page.fates().values()
    content, (original, redacted, boxes, marks) = page.ask_frame(7, original=True)
    assert content["index"] == 7
    assert original != redacted
    assert len(original) > 100 < len(redacted)
    assert len(boxes) == len(marks) // 8 * 28 > 0


def test_opening_again_needs_no_search(page, screen, made, finder):
    looks = finder.looks
    screen.open(made.path, PROFILE, title="walk.mp4")
    assert screen.join()
    assert finder.looks == looks
    assert len(page.told("tracks")) == 2


def test_an_edit_is_stored_and_shown_and_undone_from_the_page(page):
    (track,) = [number for number, fate in page.fates().items() if fate == "hidden"]
    page.edit("drop", track=track, first=0, last=19)
    assert page.fates()[track] == "dropped"
    assert page.last("tracks")["undo"] == "do not hide Face 1"
    page.say(type="ask", what="undo")
    assert page.fates()[track] == "hidden"
    page.say(type="ask", what="redo")
    assert page.fates()[track] == "dropped"


def test_crops_are_sent_for_the_rows_in_sight(page):
    page.say(type="crops", clip=page.last("clip")["clip"], tracks=[0, 77])
    assert [content["track"] for content, _ in page.told("crop")] == [0]
    assert page.told("crop")[0][1][0].startswith(b"\xff\xd8")


def test_a_rule_acts_on_the_tracks_and_no_detector_runs(page, screen, finder):
    heard = []
    screen.on_settings(heard.append)
    looks = finder.looks
    rules = screen.player.rules
    screen.player.set_state({"rules": {**rules, "face": {**rules["face"], "hide": False}}})
    assert screen.join()
    assert set(page.fates().values()) == {"left"}
    assert finder.looks == looks
    assert Kind.FACE not in heard[-1].hidden


def test_settings_for_videos_reach_the_profile_and_bad_ones_are_refused(page, screen):
    video = screen.player.video
    screen.player.set_state({"video": {**video, "audio": "mute", "hold": 1}})
    assert (screen.player.profile.video.audio, screen.player.profile.video.hold) == ("mute", 1)
    for wrong in ({**video, "audio": "keep"}, {**video, "hold": 0}, {**video, "hold": "1"}, {"audio": "drop"}, None):
        screen.player.set_state({"video": wrong})
        assert screen.player.profile.video.audio == "mute"
        assert page.told("error")


def test_a_search_can_be_stopped_is_not_begun_again_by_a_slider_and_can_be_asked_for(screen, made, finder):
    begun = threading.Event()

    class Slow(DiscFinder):
        def __call__(self, image):
            begun.set()
            stopped.wait(20)
            return super().__call__(image)

    stopped = threading.Event()
    slow = Slow()
    screen._detectors = lambda _: (slow,)
    page = Page(screen)
    screen.open(made.path, PROFILE, title="walk.mp4")
    assert begun.wait(20)
    screen.player._handle_custom_msg({"type": "ask", "what": "stop"}, [])
    stopped.set()
    assert screen.join()
    assert page.last("progress")["can_search"]
    assert page.told("tracks") == []
    looks = slow.looks
    screen.player.set_state({"video": {**screen.player.video, "hold": 0.5}})
    assert screen.join()
    assert slow.looks == looks
    page.say(type="ask", what="search")
    assert "hidden" in page.fates().values()


def test_what_a_page_may_not_send_changes_nothing(page, screen):
    clip = page.last("clip")["clip"]
    for wrong in (
        {"type": "edit", "clip": clip, "what": "erase", "first": 0},
        {"type": "edit", "clip": clip, "what": "drop", "first": -1, "track": 0},
        {"type": "edit", "clip": clip, "what": "add", "first": 0, "box": [0, 0, "1", 9]},
        {"type": "edit", "clip": clip, "what": "add", "first": 0, "box": [0, 0, 9]},
        {"type": "edit", "clip": clip, "what": "kind", "first": 0, "track": 0, "kind": "dog"},
        {"type": "frame", "clip": clip, "number": 1, "index": 20, "side": 100},
        {"type": "crops", "clip": clip, "tracks": [-1]},
        {"type": "crops", "clip": clip, "tracks": "all"},
        {"type": "ask", "what": "everything"},
        {"type": "navigate", "step": 5},
    ):
        before = len(page.told("error"))
        page.say(**wrong)
        assert len(page.told("error")) == before + 1, wrong
    assert screen.clip.history.corrections == []
    page.say(type="edit", clip=clip - 1, what="drop", first=0, track=0)
    assert screen.clip.history.corrections == [], "meant for a clip that was shown before"


def test_a_damaged_video_is_one_sentence(screen, tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(200))
    with pytest.raises(FileError, match=r"no\.mp4"):
        screen.open(tmp_path / "no.mp4", PROFILE, title="no.mp4")


def test_the_dashboard_opens_a_video_in_the_player_and_a_picture_in_the_preview(session, pictures):
    make_clip(pictures / "walk.mp4", frames=12)
    screen = Screen(session, [pictures.parent])
    screen._choose(pictures)
    assert screen.background.join()
    names = [asset.path for asset in session.assets]
    video, picture = names.index("walk.mp4"), names.index("people/astronaut.jpg")
    assert [item.video for item in screen.gallery.items].count(True) == 1
    assert session.length(video) == "0:00"
    assert session.thumbnail(video).startswith(b"\xff\xd8")
    screen._open(video)
    assert screen.background.join()
    assert screen.clips.join()
    shown = lambda: (screen.preview.layout.display, screen.clips.player.layout.display)  # noqa: E731
    assert shown() == ("none", "")
    assert Finder.calls > 0
    settings = {**screen.clips.player.video, "audio": "distort"}
    screen.clips.player.set_state({"video": settings})
    assert screen.preview.profile.video.audio == "distort", "what is run is what was set"
    screen._open(picture)
    assert screen.background.join()
    assert shown() == ("", "none")
    assert screen.preview.profile.video.audio == "distort"


def test_whoever_is_done_at_once_after_a_correction_leaves_only_when_it_is_stored(page, screen):
    (track,) = [number for number, fate in page.fates().items() if fate == "hidden"]
    clip, stored = screen.clip, []

    def leave():
        stored.append([each.action for each in clip.history.corrections])
        screen.leave()

    screen.on_finish(leave)
    number = page.last("clip")["clip"]
    screen._work.do("before", lambda: time.sleep(0.2))  # something else is still going on
    for message in (
        {"type": "edit", "clip": number, "what": "drop", "track": track, "first": 0, "last": 19},
        {"type": "finish", "clip": number},
    ):
        screen.player._handle_custom_msg(message, [])
    assert screen.join()
    assert stored == [["drop"]]


def test_of_two_who_do_not_know_of_each_other_each_sees_their_own_corrections(page, screen, made):
    (track,) = [number for number, fate in page.fates().items() if fate == "hidden"]
    page.edit("drop", track=track, first=0, last=19)
    screen.open(made.path, PROFILE, title="walk.mp4", sees=lambda correction: correction.by == "ben")
    assert screen.join()
    assert page.fates()[track] == "hidden"
    screen.open(made.path, PROFILE, title="walk.mp4")
    assert screen.join()
    assert page.fates()[track] == "dropped"
