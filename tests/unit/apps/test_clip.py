"""A video that is looked at and corrected, without a widget: what is shown, what is stored, what is undone."""

import cv2
import numpy as np
import pytest
from clip_fakes import DiscFinder, row
from clips import cut, make_clip

from workbench import pipeline, profiles
from workbench.apps.clip import Clip
from workbench.catalog.case import Case
from workbench.media.photo import encode_jpeg
from workbench.media.video import open_video
from workbench.values import FIRST_OWN_TRACK, Action, Detections, FileError, Kind, UsageError
from workbench.video.frame import redact_video_frame
from workbench.video.keys import search_key
from workbench.widgets.playing import Edit, FrameRequest

FRAMES, SIZE = 30, (160, 120)
FINDERS = (DiscFinder(),)
PROFILE = profiles.load("publication").with_kinds((Kind.FACE,))
STILL = (4, 4, 24, 24)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clip") / "walk.mp4", frames=FRAMES, size=SIZE, sound=1.2)


@pytest.fixture
def case(tmp_path):
    with Case.open(tmp_path / "case") as opened:
        yield opened


@pytest.fixture
def clip(case, made):
    """A searched clip: the disc is track 0, a faint thing in the first half is track 1, another one later track 2."""
    opened = Clip(case, made.path)
    found = []
    for index, box in enumerate(made.boxes):
        parts = [row(box, 0.9, 0)]
        if index < 10:
            parts.append(row(STILL, 0.15, 1))
        if index >= 20:
            parts.append(row((100, 4, 130, 24), 0.8, 2, Kind.PERSON))
        found.append(Detections.concat(parts))
    case.catalog.put_detections(opened.sha256, search_key(pipeline.fingerprint(FINDERS), PROFILE), found)
    assert opened.load(PROFILE, FINDERS)
    opened.decide(PROFILE)
    return opened


def request(index=0, original=True, redacted=True, side=2560):
    return FrameRequest(1, index, original, redacted, side)


def fates(clip):
    return {one.track: one.fate for one in clip.rows()}


def change(clip, what, track=-1, **more):
    first, last = more.pop("first", 0), more.pop("last", FRAMES - 1)
    track, words = clip.edit(Edit(what, first, last, track, **more), PROFILE)
    clip.decide(PROFILE)
    return track, words


def pixels(jpeg):
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1].astype(int)


def disc_is_seen(clip, made, index):
    """Whether the redacted picture shows the disc's own yellow."""
    x0, y0, x1, y1 = made.boxes[index]
    middle = pixels(clip.picture(request(index))[1])[(y0 + y1) // 2, (x0 + x1) // 2]
    return middle[0] > 200 and middle[2] < 100


def test_the_redacted_picture_is_what_the_batch_hides_in_this_frame(clip, made):
    _, redacted, _, _ = clip.picture(request(17))
    frame = list(open_video(made.path).frames())[17]
    assert redacted == encode_jpeg(redact_video_frame(frame, clip.decided.cover[17]).rgb(), 88)
    assert not disc_is_seen(clip, made, 17)


def test_only_what_is_asked_for_is_made_and_no_larger_than_asked(clip):
    original, redacted, boxes, hidden = clip.picture(request(3, redacted=False, side=80))
    assert redacted == b""
    assert pixels(original).shape[:2] == (60, 80)
    assert boxes.tracks.tolist() == [0, 1]
    assert hidden.tolist() == [True, False]


def test_before_a_search_the_original_alone_is_shown(case, made):
    opened = Clip(case, made.path)
    assert not opened.load(PROFILE, FINDERS)
    original, redacted, boxes, _ = opened.picture(request())
    assert len(original) > 500
    assert (redacted, len(boxes)) == (b"", 0)


def test_a_damaged_clip_is_shown_up_to_where_the_profile_cuts_it(case, tmp_path):
    path = make_clip(tmp_path / "short.mkv", frames=60, size=SIZE).path
    cut(path, 0.7)
    with pytest.raises(FileError, match="cut short"):
        Clip(case, path)
    clip = Clip(case, path, damaged="cut")
    assert 20 < len(clip.times) < 60
    assert f"first {len(clip.times)} frames" in clip.video.notes[-1]
    clip.search(PROFILE, FINDERS, lambda share: None)
    clip.decide(PROFILE)
    assert clip.rows()
    clip.close()


def test_a_search_is_kept_and_other_rules_need_no_new_one(case, made):
    finder = DiscFinder()
    opened, shares = Clip(case, made.path), []
    opened.search(PROFILE, (finder,), shares.append)
    looks = finder.looks
    assert looks > 0
    assert shares[-1] == pytest.approx(1, abs=0.05)
    opened.decide(PROFILE)
    assert not disc_is_seen(opened, made, 9)
    rules = {**PROFILE.kinds, Kind.FACE: PROFILE.kinds[Kind.FACE].model_copy(update={"pad": 0.6})}
    wider = PROFILE.changed(kinds=rules)
    again = Clip(case, made.path)
    assert again.load(wider, (finder,))
    before, after = opened.decided.cover[9].boxes, again.decide(wider).cover[9].boxes
    assert finder.looks == looks
    assert (after[0, 2:] - after[0, :2]).prod() > (before[0, 2:] - before[0, :2]).prod()


def test_a_search_that_was_given_up_leaves_nothing_half_done(case, made):
    def stop(share):
        if share > 0.3:
            raise KeyboardInterrupt

    opened = Clip(case, made.path)
    with pytest.raises(KeyboardInterrupt):
        opened.search(PROFILE, FINDERS, stop)
    assert not opened.load(PROFILE, FINDERS)


def test_rows_say_who_saw_an_object_where_and_what_becomes_of_it(clip):
    disc, faint, person = clip.rows()
    assert (disc.name, disc.fate, disc.stretches) == ("Face 1", "hidden", [(0, FRAMES - 1, "seen", True)])
    assert (faint.name, faint.fate, faint.close) == ("Face 2", "left", True)
    assert faint.stretches == [(0, 9, "seen", False)]
    assert (person.name, person.fate, person.close) == ("Person 3", "left", False)


def test_a_false_alarm_is_shown_again_listed_as_dropped_and_can_be_undone(clip, made):
    change(clip, "drop", 0)
    assert disc_is_seen(clip, made, 5)
    assert fates(clip)[0] == "dropped"
    assert clip.rows()[0].stretches == [(0, FRAMES - 1, "dropped", False)]
    _, _, boxes, hidden = clip.picture(request(5))
    assert not hidden[boxes.tracks == 0].any(), "its box is still drawn"
    assert clip.history.undo_words == "do not hide Face 1"
    clip.history.undo()
    clip.decide(PROFILE)
    assert fates(clip)[0] == "hidden"
    clip.history.redo()
    clip.decide(PROFILE)
    assert fates(clip)[0] == "dropped"
    change(clip, "accept", 0)
    assert fates(clip)[0] == "hidden"


def test_a_new_correction_forgets_what_was_undone(clip):
    change(clip, "drop", 0)
    clip.history.undo()
    change(clip, "accept", 1)
    assert clip.history.redo_words == ""
    clip.history.redo()
    assert [one.action for one in clip.history.corrections] == [Action.ACCEPT]


def test_accepting_hides_what_was_too_faint_and_what_the_profile_leaves(clip):
    change(clip, "accept", 1, last=9)
    assert fates(clip)[1] == "hidden"
    change(clip, "accept", 2, first=20)
    assert fates(clip)[2] == "hidden", "a person asked for it"


def test_corrections_are_there_when_the_file_is_opened_again(clip, case, made):
    change(clip, "drop", 0)
    again = Clip(case, made.path)
    again.load(PROFILE, FINDERS)
    again.decide(PROFILE)
    assert fates(again)[0] == "dropped"
    assert again.history.undo_words == "", "only what this visit did is undone by a key"


def test_extend_split_merge_and_kind(clip):
    change(clip, "extend", 1, first=9, last=14)
    assert max(last for _, last, look, _ in clip.rows()[1].stretches if look == "person") == 14
    new, _ = change(clip, "split", 0, first=12)
    assert new == FIRST_OWN_TRACK
    change(clip, "drop", new, first=12)
    assert fates(clip)[new] == "dropped"
    assert fates(clip)[0] == "hidden"
    kept, _ = change(clip, "merge", 2, other=1)
    assert kept == 1, "of a kind that is hidden"
    assert 2 not in fates(clip)
    change(clip, "kind", 0, kind=Kind.SCREEN)
    assert clip.rows()[0].name == "Screen 1"


def test_a_drawn_box_is_hidden_in_its_frame_and_extended_from_there(clip):
    track, words = change(clip, "add", first=6, kind=Kind.PLATE, box=(60, 10, 90, 30))
    assert "this frame only" in words
    assert clip.rows()[-1].name == "Licence plate 4"
    _, _, boxes, hidden = clip.picture(request(6))
    assert hidden[boxes.tracks == track].all()
    change(clip, "extend", track, first=6, last=20)
    assert (clip.rows()[-1].stretches[0][0], clip.rows()[-1].stretches[-1][1]) >= (0, 20)


def test_a_drawn_box_is_followed_through_the_clip(clip, made):
    change(clip, "drop", 0)
    track, words = change(clip, "add", first=8, box=made.boxes[8], follow=True)
    assert words.startswith("Followed from 0:00.00 to ")
    last = next(one for one in clip.rows() if one.track == track).stretches[-1][1]
    assert last >= 20
    assert not any(disc_is_seen(clip, made, index) for index in range(last))


def test_a_box_outside_the_picture_is_refused(clip):
    with pytest.raises(UsageError, match="draw it anew"):
        change(clip, "add", box=(500, 500, 600, 600))
    assert clip.history.corrections == []


def test_silence_and_sound_again(clip):
    change(clip, "mute", first=5, last=10)
    change(clip, "mute", first=8, last=20)
    assert clip.muted() == [(5, 20)]
    change(clip, "unmute", first=9)
    assert clip.muted() == []
    clip.history.undo()
    assert clip.muted() == [(5, 20)]
    clip.history.undo()
    clip.history.undo()
    assert clip.muted() == [], "what was undone and made again can be undone once more"
    for _ in range(3):
        clip.history.redo()
    assert clip.muted() == []
    clip.history.undo()
    assert clip.muted() == [(5, 20)]
    with pytest.raises(UsageError, match="sound here already"):
        change(clip, "unmute", first=25)


def test_an_object_that_is_gone_is_said(clip):
    with pytest.raises(UsageError, match="not there any more"):
        change(clip, "drop", 99)


def test_the_best_sight_is_cut_out(clip):
    ((_, index, box),) = clip.sights([0, 99])
    crop = pixels(clip.crop(index, box))
    assert crop.shape[:2] == (60, 60), "with a margin"
    assert crop[30, 30, 0] > 200


def test_what_is_no_video_is_refused_in_one_sentence(case, tmp_path):
    (tmp_path / "no.mp4").write_bytes(b"nothing")
    with pytest.raises(FileError):
        Clip(case, tmp_path / "no.mp4")
