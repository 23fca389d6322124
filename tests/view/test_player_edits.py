"""Corrections in the player: what a person asks for by pointer or key, and what reaches the kernel."""

import string
from functools import partial

import numpy as np
import pytest
from player_factory import ROWS, choose, key, option, point, settled, shown

from workbench.review import playbooks
from workbench.values import Kind
from workbench.widgets.playing import Edit, Row

pytestmark = pytest.mark.browser
CARD_LETTERS = "".join(letter for letter in string.ascii_lowercase if letter not in playbooks.TAKEN)


@pytest.fixture
def show(mount):
    return partial(shown, mount)


def test_corrections_are_sent_and_nothing_changes_before_the_kernel_says_so(show):
    view = show()
    choose(view, "Face 1")
    key(view, "x")
    assert view.kernel.edits == [Edit("drop", 10, 120, 3)]
    assert "hidden" in option(view, "Face 1").get_attribute("aria-label")
    view.kernel.rows = (Row(3, "Face 1", Kind.FACE, 0.9, "dropped", [(10, 120, "dropped", False)]), *ROWS[1:])
    view.kernel.show(undo="do not hide Face 1")
    settled(view)
    assert "dropped by a person" in option(view, "Face 1").get_attribute("aria-label")
    view.page.get_by_role("button", name="Undo: do not hide Face 1").click()
    key(view, "Control+z", "Control+y", "Control+Shift+Z")
    assert view.kernel.words == ["undo", "undo", "redo", "redo"]


def test_accept_extend_split_kind_and_join(show):
    view = show()
    choose(view, "Face 2")
    view.page.get_by_role("button", name="Hide it").click()
    key(view, "Home", "e")
    choose(view, "Face 1")
    key(view, "Shift+S")  # not at its first frame
    key(view, "ArrowRight", "Shift+S")
    view.page.get_by_label("What it shows").select_option("plate")
    key(view, "Shift+J")
    assert view.page.get_by_text("the same as Face 1").is_visible()
    option(view, "Face 3").click()
    settled(view)
    assert view.kernel.edits == [
        Edit("accept", 40, 44, 5),
        Edit("extend", 0, 40, 5),
        Edit("split", 11, 120, 3),
        Edit("kind", 10, 120, 3, kind=Kind.PLATE),
        Edit("merge", 11, 11, 3, 1_000_000),
    ]


def test_a_cards_letter_is_left_to_the_cards_and_a_file_is_done_by_keys_where_that_is_offered(show):
    view = show()
    choose(view, "Face 1")
    view.page.evaluate("window.heard = []; addEventListener('keydown', (event) => window.heard.push(event.key))")
    key(view, "ArrowRight", *CARD_LETTERS, "Control+Enter")
    assert (view.kernel.edits, view.kernel.words) == ([], [])
    assert "".join(each for each in view.page.evaluate("window.heard") if len(each) == 1) == CARD_LETTERS
    done = []
    view.kernel.widget.on_finish(lambda: done.append(True))
    settled(view)
    key(view, "Control+Enter")
    assert done == [True]


def test_the_same_object_is_looked_for_in_other_videos_where_that_is_offered(show):
    view = show()
    choose(view, "Face 1")
    button, asked = view.page.get_by_role("button", name="In similar videos"), []
    key(view, "Shift+E")
    assert not button.is_visible()
    view.kernel.widget.on_everywhere(asked.append)
    settled(view)
    button.click()
    key(view, "Shift+E")
    assert (asked, view.kernel.edits) == ([3, 3], [])


def test_escape_stops_joining(show):
    view = show()
    choose(view, "Face 1")
    key(view, "Shift+J", "Escape")
    choose(view, "Face 2")
    assert view.kernel.edits == []


def test_a_box_is_drawn_with_the_pointer(show):
    view = show()
    key(view, "n")
    view.page.mouse.move(*point(view, 100, 50))
    view.page.mouse.down()
    view.page.mouse.move(*point(view, 160, 120), steps=4)
    view.page.mouse.up()
    settled(view)
    (edit,) = view.kernel.edits
    assert (edit.what, edit.first, edit.kind, edit.follow) == ("add", 0, Kind.FACE, True)
    assert np.allclose(edit.box, (100, 50, 160, 120), atol=1)


def test_a_box_is_drawn_with_keys_alone(show):
    view = show()
    view.page.get_by_label("What is drawn").select_option("plate")
    view.page.get_by_label("Follow it on and back").uncheck()
    key(view, "n")
    for one in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Enter"):
        view.page.keyboard.press(one)
    settled(view)
    (edit,) = view.kernel.edits
    assert (edit.what, edit.kind, edit.follow) == ("add", Kind.PLATE, False)
    x0, y0, x1, y1 = edit.box
    assert x1 - x0 > y1 - y0 > 4
    key(view, "n")
    view.page.keyboard.press("Escape")
    settled(view)
    assert len(view.kernel.edits) == 1


def test_a_stretch_is_silenced_and_given_its_sound_again(show):
    view = show()
    key(view, "Shift+ArrowRight", "Shift+M", "Shift+ArrowRight", "Shift+M")
    assert view.kernel.edits == [Edit("mute", 25, 50)]
    view.kernel.show(muted=[(25, 50)])
    settled(view)
    view.page.get_by_role("button", name="Sound on again").click()
    settled(view)
    assert view.kernel.edits[-1] == Edit("unmute", 50, 50)


def test_without_sound_there_is_nothing_to_silence(show):
    view = show(sound=False)
    key(view, "Shift+M", "Shift+M")
    assert view.kernel.edits == []
    assert view.page.get_by_role("button", name="Silence from here").count() == 0


def test_rules_and_settings_reach_the_kernel_once_when_let_go(show):
    view = show()
    view.page.get_by_label("Sound").select_option("mute")
    settled(view)
    assert [profile.video.audio for profile in view.kernel.profiles] == ["mute"]
    margin = view.page.get_by_role("group", name="Faces").get_by_label("Margin")
    margin.focus()
    margin.press("ArrowRight")
    settled(view)
    assert len(view.kernel.profiles) == 2
    assert view.kernel.profiles[-1].video.audio == "mute"
    keep = view.page.get_by_label("Sound").locator("option[value=keep]")
    assert keep.is_disabled()
    assert "too weak for publication" in keep.text_content()
