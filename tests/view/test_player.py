"""The player as a user meets it: pictures on demand, moving in time, the timeline, jumps."""

from functools import partial

import pytest
from player_factory import FRAMES, GREEN, RED, ROWS, choose, clock, colour, key, near, option, point, settled, shown

from workbench.values import Kind
from workbench.widgets.playing import Row

pytestmark = pytest.mark.browser


@pytest.fixture
def show(mount):
    return partial(shown, mount)


def test_a_picture_is_asked_for_and_only_in_the_form_that_is_shown(show):
    view = show()
    assert near(colour(view), RED)
    assert view.page.locator(".wb-badge").text_content() == "Exact result"
    last = view.kernel.asked[-1]
    assert (last.original, last.redacted) == (False, True)
    assert last.side <= 480, "no larger than the clip"
    key(view, "r")
    view.until("document.querySelector('.wb-badge').textContent === 'Original'")
    assert near(colour(view), GREEN)
    assert (view.kernel.asked[-1].original, view.kernel.asked[-1].redacted) == (True, False)


def test_the_divider_needs_both_pictures(show):
    view = show()
    view.page.get_by_label("Compare").click()
    settled(view)
    assert (view.kernel.asked[-1].original, view.kernel.asked[-1].redacted) == (True, True)
    assert near(colour(view), RED)
    divider = view.page.get_by_label("Divider between original and redacted")
    divider.focus()
    divider.press("End")
    assert near(colour(view), GREEN)


def test_no_picture_box_or_name_is_in_a_trait(show):
    view = show()
    state = view.widget.get_state()
    assert {"rules", "video", "limits"} < set(state)
    assert "street.mp4" not in repr(state)
    assert not any(isinstance(value, bytes | memoryview) for value in state.values())


def test_while_the_slider_is_dragged_few_pictures_are_asked_for_and_the_last_one_is_shown(show):
    view = show(hold_back=True)
    kernel = view.kernel
    scrub = view.page.get_by_label("Position in the clip")
    for index in range(5, 205, 5):
        scrub.evaluate(
            "(node, v) => { node.value = v; node.dispatchEvent(new Event('input', {bubbles: true})); }", index
        )
        view.pump()
    assert len(kernel.asked) == 2, "what is on its way is waited for"
    kernel.hold_back = False
    for request in list(kernel.asked):
        kernel.answer(request)
    view.until("document.querySelector('.wb-badge').textContent === 'Exact result'")
    settled(view)
    assert kernel.asked[-1].index == 200
    assert len(kernel.asked) <= 4
    assert clock(view) == "0:08.00 of 0:10.00, frame 201 of 250"


def test_an_answer_for_an_earlier_moment_never_replaces_a_later_one(show):
    view = show()
    kernel = view.kernel
    kernel.hold_back = True
    key(view, "ArrowRight", "End")
    early, late = kernel.asked[-2:]
    assert (early.index, late.index) == (1, FRAMES - 1)
    kernel.answer(late)
    settled(view)
    boxes = "[...document.querySelectorAll('.wb-tip')].length"
    kernel.answer(early)
    settled(view)
    assert view.page.evaluate(boxes) == 1
    view.page.mouse.move(*point(view, 30, 60))
    view.frames(2)
    assert view.page.locator(".wb-tip").text_content().startswith("Licence plate"), "what frame 250 shows"


def test_steps_by_frame_and_by_second(show):
    view = show()
    key(view, "ArrowRight", "ArrowRight")
    assert "frame 3 of 250" in clock(view)
    key(view, "Shift+ArrowRight")
    assert "frame 28 of 250" in clock(view)
    key(view, "Shift+ArrowLeft", "ArrowLeft")
    assert "frame 2 of 250" in clock(view)
    key(view, "End")
    assert "frame 250 of 250" in clock(view)


def test_it_plays_at_a_pace_and_stops(show):
    view = show()
    view.page.get_by_label("Pace").select_option("0.25")
    key(view, " ")
    assert view.page.get_by_role("button", name="Pause").is_visible()
    for _ in range(100):
        settled(view, 40)
        if len({request.index for request in view.kernel.asked}) > 3:
            break
    key(view, " ")
    assert view.page.get_by_role("button", name="Play").is_visible()
    settled(view)
    before = clock(view)
    settled(view)
    assert clock(view) == before != "0:00.00 of 0:10.00, frame 1 of 250"
    assert view.kernel.asked[-1].index > 2


def test_every_object_says_what_it_is_how_sure_and_whether_it_is_hidden(show):
    view = show()
    names = [row.get_attribute("aria-label") for row in view.page.get_by_role("option").all()]
    options = [name for name in names if name and "to 0:" in name]
    assert options == [
        "Face 1, 90% sure, hidden, from 0:00.40 to 0:04.84, 1 gap",
        "Face 2, 15% sure, not hidden, from 0:01.60 to 0:01.80",
        "Licence plate 1, 70% sure, hidden, from 0:04.00 to 0:10.00",
        "Face 3, certain, hidden, from 0:05.20 to 0:05.64",
        "Face 4, 80% sure, not hidden, dropped by a person, from 0:06.00 to 0:08.04",
    ]
    assert sorted(track for part in view.kernel.crops for track in part) == sorted(
        row.track for row in ROWS if row.name != "Face 5"
    )
    view.until("document.querySelectorAll('.wb-crop img').length === 5")


def test_what_is_far_from_being_hidden_is_listed_on_demand(show):
    view = show()
    assert view.page.get_by_text("5 of 6 objects").is_visible()
    view.page.get_by_label("Which objects").select_option("all")
    settled(view)
    assert option(view, "Face 5, 6% sure, not hidden").is_visible()
    view.page.get_by_label("Which objects").select_option("gaps")
    settled(view)
    assert view.page.locator(".wb-track").count() == 1


def test_bars_are_full_where_hidden_thin_in_gaps_and_hollow_where_not_hidden(show):
    view = show()
    view.frames(2)
    lanes = """(at) => { const canvas = document.querySelector(".wb-lanes");
      const ratio = canvas.width / canvas.clientWidth;
      const x = (at.frame / 250) * canvas.width; const column = canvas.getContext("2d")
        .getImageData(x, at.row * 48 * ratio, 1, 47 * ratio).data;
      return column.filter((value, i) => i % 4 === 3 && value === 255).length / ratio; }"""
    high = {
        name: view.page.evaluate(lanes, {"row": row, "frame": frame})
        for name, row, frame in (("seen", 0, 30), ("gap", 0, 70), ("dropped", 4, 175), ("nowhere", 0, 200))
    }
    assert high["seen"] == pytest.approx(18, abs=1)
    assert high["gap"] == pytest.approx(6, abs=1)
    assert high["dropped"] < 6
    assert high["nowhere"] == 0


def test_jumps_go_to_gaps_brief_and_unsure_objects_and_say_so_when_there_is_none(show):
    view = show()
    key(view, "g")
    assert "frame 62 of" in clock(view)
    assert view.page.get_by_text("Face 1 at 0:02.44").is_visible()
    key(view, "y")
    assert "frame 131 of" in clock(view), "the next one after this"
    key(view, "Shift+U")
    assert "frame 41 of" in clock(view), "close to being hidden, and the faint one is left aside"
    key(view, "u")
    assert view.page.get_by_text("There is no unsure object after this.").is_visible()
    view.page.get_by_role("button", name="Next gap").click()
    assert "frame 62 of" in clock(view)


def test_choosing_a_row_goes_to_the_object_and_choosing_a_box_marks_the_row(show):
    view = show()
    choose(view, "Licence plate 1")
    assert "frame 101 of" in clock(view)
    assert view.page.get_by_text("Licence plate 1, 70% sure").is_visible()
    view.page.mouse.click(*point(view, 30, 60))
    settled(view)
    assert option(view, "Face 1").get_attribute("aria-selected") == "true"
    key(view, "ArrowDown")
    assert option(view, "Face 2").get_attribute("aria-selected") == "true"


def test_before_a_search_only_the_original_can_be_seen_and_a_search_can_be_started_and_stopped(show):
    view = show(searched=False)
    assert near(colour(view), GREEN)
    assert view.page.locator(".wb-badge").text_content() == "Original, not searched yet"
    assert view.page.get_by_role("radio", name="Redacted").is_disabled()
    assert not view.kernel.asked[-1].redacted
    view.widget.show_progress("Looking …", 0.25)
    view.pump()
    assert view.page.get_by_role("progressbar").get_attribute("value") == "0.25"
    view.page.get_by_role("button", name="Stop").click()
    view.widget.show_progress("Not searched.", can_search=True)
    view.pump()
    view.page.get_by_role("button", name="Search this video").click()
    view.pump()
    assert view.kernel.words == ["stop", "search"]
    view.kernel.show()
    view.widget.show_progress("")
    settled(view)
    assert near(colour(view), RED)
    assert view.page.locator(".wb-doing").is_hidden()


def test_when_the_rules_change_the_old_picture_is_marked_until_the_new_one_is_there(show):
    view = show()
    view.kernel.hold_back = True
    view.kernel.show()
    settled(view)
    assert view.page.locator(".wb-badge").text_content() == "Exact result follows"
    view.kernel.answer(view.kernel.asked[-1])
    settled(view)
    assert view.page.locator(".wb-badge").text_content() == "Exact result"


def test_a_frame_that_cannot_be_read_is_said_and_not_asked_for_for_ever(show):
    view = show()
    kernel = view.kernel
    kernel.hold_back = True
    key(view, "ArrowRight")
    before = len(kernel.asked)
    kernel.widget.fail_frame(kernel.asked[-1], kernel.clip, "street.mp4 is damaged here.")
    settled(view)
    assert view.page.get_by_text("street.mp4 is damaged here.").is_visible()
    assert len(kernel.asked) == before
    key(view, "ArrowRight")
    assert len(kernel.asked) == before + 1


def test_five_hundred_objects_in_a_long_clip_are_no_burden(show):
    frames = 100_000
    rows = [
        Row(n, f"Face {n}", Kind.FACE, 0.1 + n % 80 / 100, "hidden", [(n * 190, n * 190 + 400, "seen", True)] * 5)
        for n in range(500)
    ]
    view = show(rows=rows, frames=frames)
    assert view.page.get_by_text("500 objects").is_visible()
    assert view.page.locator(".wb-track").count() <= 8, "only the rows in sight exist"
    slowest = view.page.evaluate(
        """async () => { const scroller = document.querySelector(".wb-tracks"); let slowest = 0;
        for (let at = 0; at < 60; at += 1) { scroller.scrollTop = at * 350; const start = performance.now();
          await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame);
          slowest = Math.max(slowest, performance.now() - start); } return slowest; }"""
    )
    assert slowest < 400, "milliseconds, on a busy machine"
    assert sum(map(len, view.kernel.crops)) <= 40, "crops are asked for a few at a time"


def test_names_are_only_text(show):
    evil = "<img src=x onerror=window.hurt=1>"
    view = show(rows=[Row(1, evil, Kind.FACE, 0.9, "hidden", [(0, 9, "seen", True)])])
    choose(view, evil)
    assert view.page.evaluate("window.hurt") is None
    assert view.page.locator(".wb-track b").text_content() == evil


@pytest.mark.parametrize("wide", [1200, 420])
def test_every_control_has_a_name_and_nothing_is_wider_than_the_page(show, wide):
    view = show(wide=wide)
    choose(view, "Face 1")
    nameless = view.page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, canvas:not([aria-hidden])")].filter((node) =>
          !(node.labels?.length || node.getAttribute("aria-label") || node.textContent.trim())).length"""
    )
    assert nameless == 0
    assert view.page.evaluate("document.documentElement.scrollWidth") <= wide


def test_keys_never_reach_the_notebook(show):
    view = show()
    view.page.evaluate("window.heard = []; addEventListener('keydown', (event) => window.heard.push(event.key))")
    key(view, "a", "x", "b", "Shift+M", "Delete", "ArrowDown")
    assert set(view.page.evaluate("window.heard")) <= {"Shift"}
    assert view.page.locator(".wb-canvas").get_attribute("data-lm-suppress-shortcuts") == "true"


def test_a_view_that_opens_again_shows_the_same_and_closing_leaves_no_listener(show, mount):
    view = show()
    again = mount(view.widget)
    again.until("document.querySelectorAll('.wb-track').length === 5")
    again.until("document.querySelector('.wb-badge').textContent === 'Exact result'")
    again.page.evaluate("cleanup()")
    assert again.page.evaluate("model.listening()") == 0
    assert again.page.locator(".wb").count() == 0
