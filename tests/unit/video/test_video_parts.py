"""Small pure parts of a video's way."""

import json

import pytest

from workbench import profiles
from workbench.columns import Spans
from workbench.profiles import Background
from workbench.values import Kind
from workbench.video.kept import Kept
from workbench.video.report import colours, counts, scaled
from workbench.video.steps import Course

ROW = [4, 0, 9, "face", "solid", "box", 10, 20, 31, 41]


def test_an_object_counts_once_however_many_stretches_it_has():
    rows = [ROW, [4, 10, 12, *ROW[3:]], [5, 3, 4, *ROW[3:]], [5, 3, 4, "text", *ROW[4:]]]
    assert counts(rows) == {"face": 2, "text": 1}
    assert counts([]) == {}


def test_a_scaled_row_is_surely_inside():
    rows = Spans.of([ROW])
    assert scaled(rows, (100, 100), (100, 100)) == [ROW]
    assert scaled(rows, (100, 100), (50, 30))[0] == [*ROW[:6], 5, 6, 15, 12]
    assert scaled(Spans.of([[*ROW[:6], 3, 3, 4, 4]]), (100, 100), (10, 10))[0][6:] == [1, 1, 1, 1]
    assert json.dumps(list(scaled(rows, (100, 100), (50, 30))))


def test_the_background_may_have_its_colour_too():
    profile = profiles.load("publication")
    assert colours(profile)["face"] == [profile.kinds[Kind.FACE].colour]
    hidden = profile.changed(background=Background(hide=True, colour=(1, 2, 3)))
    assert (1, 2, 3) in colours(hidden)["other"]


def test_what_was_made_otherwise_is_removed_and_the_rest_stays(tmp_path):
    old = Kept(tmp_path, "hidden", "old settings")
    old.write("00000.json", b"1")
    looks = Kept(tmp_path, "looks", "x")
    looks.write("00000.looks", b"2")
    looks.part("00001.looks").write_bytes(b"cut off")
    new = Kept(tmp_path, "hidden", "new settings")
    assert (old.read("00000.json"), new.read("00000.json")) == (None, None)
    again = Kept(tmp_path, "looks", "x")
    assert again.read("00000.looks") == b"2"
    assert not again.part("00001.looks").exists()
    again.part("a").write_bytes(b"3")
    assert again.finish("a").read_bytes() == b"3"
    again.remove()
    assert again.read("a") is None


@pytest.mark.parametrize("frames", [0, 1, 10])
def test_a_share_never_falls_and_never_passes_one(frames):
    shares = []
    course = Course(lambda step: shares.append(step.share), frames, "hiding", "checking")
    for phase in ("hiding", "looking", "hiding", "checking"):  # looking again, where what was known does not fit
        for frame in range(0, 30, 3):
            course.at(phase, frame)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
