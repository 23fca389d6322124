"""What a person does in the editor, as corrections: stored at once, taken back without limit."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from workbench import profiles
from workbench.review.editing import Editing
from workbench.review.marks import Operation, TileRequest
from workbench.values import FIRST_OWN_TRACK, Action, Detections, Kind, UsageError, WorkbenchError

OWN = FIRST_OWN_TRACK
SIZE = (400, 300)
FOUND = Detections(
    np.array([[100, 100, 140, 160], [240, 40, 300, 70], [20, 20, 40, 44], [200, 150, 320, 290]]),
    [0.9, 0.8, 0.06, 0.9],
    ["face", "plate", "face", "person"],
    ["centerface", "yolo", "centerface", "yolo"],
)
FACE, PLATE, FAINT, PERSON = range(4)


@dataclass(frozen=True)
class Place:
    box: tuple
    kind: Kind = Kind.FACE
    risk: float = 0.5
    why: str = "A face scored less than the profile asks for."


CANDIDATES = [Place((20, 20, 40, 44)), Place((350, 10, 380, 50)), Place((0, 0, 400, 300))]


class Shelf:
    """Keeps corrections as the catalog does: rows are added and withdrawn, numbers never come twice."""

    def __init__(self):
        self.rows, self.changes, self.issued, self.full = [], [], 0, False

    def __call__(self, change):
        if self.full:
            raise WorkbenchError("The disk is full.")
        self.changes.append(change)
        gone = [one.number for one in change.withdrawn]
        assert set(gone) <= {row.number for row in self.rows}, "only what stands can be withdrawn"
        self.rows = [row for row in self.rows if row.number not in gone]
        added = []
        for one in change.added:
            self.issued += 1
            added.append(replace(one, number=self.issued))
        self.rows += added
        return added


@pytest.fixture
def shelf():
    return Shelf()


@pytest.fixture
def editing(shelf):
    return opened(shelf)


def opened(shelf, found=FOUND, **more):
    profile = profiles.load("publication")
    return Editing(found, profile, SIZE, corrections=shelf.rows, candidates=CANDIDATES, store=shelf, **more)


def do(editing, what, number=-1, **more):
    return editing.perform(Operation(what, number, **more))


def fates(editing):
    return {number: mark.fate for number, mark in editing.marks.items()}


def actions(shelf):
    return [str(row.action) for row in shelf.rows]


def test_shows_what_the_profile_hides_before_anybody_did_anything(editing):
    assert fates(editing) == {FACE: "hidden", PLATE: "hidden", FAINT: "left", PERSON: "left"}
    assert (editing.undo_words, editing.redo_words) == ("", "")


def test_a_miss_is_drawn_stored_and_hidden(editing, shelf):
    change = do(editing, "draw", box=(50, 200, 90, 250), kind=Kind.PLATE)
    assert (change.select, change.words) == (OWN, "drew: licence plate")
    assert editing.marks[OWN].fate == "hidden"
    assert editing.marks[OWN].box == (50, 200, 90, 250)
    (row,) = shelf.rows
    assert (row.action, row.track, row.kind, row.boxes) == (
        Action.ADD,
        OWN,
        Kind.PLATE,
        ((0.0, 50.0, 200.0, 90.0, 250.0),),
    )


def test_a_false_alarm_stays_visible_as_dropped(editing, shelf):
    do(editing, "drop", FACE)
    assert fates(editing)[FACE] == "dropped"
    assert (shelf.rows[0].action, shelf.rows[0].track) == (Action.DROP, FACE)
    assert do(editing, "drop", FACE) is None, "nothing more to do"
    do(editing, "accept", FACE)
    assert fates(editing)[FACE] == "hidden"
    assert actions(shelf) == ["accept"], "the drop was withdrawn"


@pytest.mark.parametrize(
    ("number", "action"),
    [(FAINT, Action.ACCEPT), (PERSON, Action.EXTEND)],
    ids=["a score is enough", "a kind that the profile leaves"],
)
def test_accepting_hides_whatever_the_profile_says(editing, shelf, number, action):
    do(editing, "accept", number)
    assert fates(editing)[number] == "hidden"
    assert editing.marks[number].accepted
    assert [row.action for row in shelf.rows] == [action]
    assert do(editing, "accept", number) is None


def test_another_kind_never_shows_what_was_hidden(editing, shelf):
    do(editing, "kind", FACE, kind=Kind.OTHER)
    assert (editing.marks[FACE].kind, editing.marks[FACE].fate) == (Kind.OTHER, "hidden")
    do(editing, "kind", FACE, kind=Kind.TEXT)
    do(editing, "kind", FACE, kind=Kind.SCREEN)
    assert (editing.marks[FACE].kind, editing.marks[FACE].fate) == (Kind.SCREEN, "hidden")
    assert actions(shelf).count("kind") == 1, "the last word alone stands"
    assert do(editing, "kind", FACE, kind=Kind.SCREEN) is None


def test_moving_what_was_found_drops_it_and_draws_it_anew(editing, shelf):
    change = do(editing, "reshape", FACE, box=(110, 100, 150, 160))
    assert (change.before, change.select) == (FACE, OWN)
    assert fates(editing)[FACE] == "dropped"
    assert (editing.marks[OWN].box, editing.marks[OWN].kind, editing.marks[OWN].fate) == (
        (110, 100, 150, 160),
        Kind.FACE,
        "hidden",
    )
    assert actions(shelf) == ["drop", "add"]
    do(editing, "reshape", OWN, box=(120, 100, 160, 160))
    assert actions(shelf) == ["drop", "add"], "its own box is one correction however often it is moved"
    assert do(editing, "reshape", OWN, box=(120, 100, 160, 160)) is None


def test_deleting_a_drawn_box_leaves_no_trace_on_the_picture(editing, shelf):
    do(editing, "draw", box=(50, 200, 90, 250))
    do(editing, "drop", OWN)
    assert OWN not in editing.marks
    assert shelf.rows == []
    do(editing, "draw", box=(150, 200, 190, 250))
    do(editing, "undo")
    do(editing, "undo")
    assert editing.marks[OWN].box == (50, 200, 90, 250), "and it comes back"


def test_everything_can_be_taken_back_and_done_again(editing, shelf):
    before = {**editing.marks}
    steps = [
        ("draw", -1, {"box": (50, 200, 90, 250)}),
        ("kind", OWN, {"kind": Kind.PLATE}),
        ("reshape", OWN, {"box": (60, 200, 95, 255)}),
        ("drop", FACE, {}),
        ("reshape", PLATE, {"box": (245, 40, 300, 75)}),
        ("accept", FAINT, {}),
        ("drop", FAINT, {}),
        ("accept", PERSON, {}),
        ("kind", PERSON, {"kind": Kind.TEXT}),
        ("hide", -1, {"candidate": 1}),
        ("clear", -1, {"candidate": 2}),
        ("drop", OWN, {}),
    ]
    seen = []
    for what, number, more in steps:
        seen.append(({**editing.marks}, editing.judged(1), editing.judged(2)))
        assert do(editing, what, number, **more) is not None
    after = {**editing.marks}
    for _ in range(3):
        for wanted in reversed(seen):
            do(editing, "undo")
            assert (editing.marks, editing.judged(1), editing.judged(2)) == wanted
        assert editing.marks == before
        assert shelf.rows == []
        assert do(editing, "undo") is None
        for _step in steps:
            assert do(editing, "redo") is not None
        assert editing.marks == after
        assert do(editing, "redo") is None
    assert fates(opened(shelf)) == fates(editing), "what was stored means the same to whoever opens it next"


def test_a_new_change_ends_redoing(editing):
    do(editing, "drop", FACE)
    do(editing, "undo")
    assert editing.redo_words == "false alarm: face"
    do(editing, "drop", PLATE)
    assert (editing.undo_words, editing.redo_words) == ("false alarm: licence plate", "")


def test_what_could_not_be_stored_was_not_done(editing, shelf):
    do(editing, "drop", FACE)
    shelf.full = True
    for what in ("draw", "undo"):
        with pytest.raises(WorkbenchError, match="disk is full"):
            do(editing, what, box=(50, 200, 90, 250))
    assert fates(editing) == {FACE: "dropped", PLATE: "hidden", FAINT: "left", PERSON: "left"}
    assert editing.undo_words == "false alarm: face"


@pytest.mark.parametrize(
    ("box", "kept"),
    [
        ((390, 280, 430, 330), (390, 280, 400, 300)),
        ((90, 250, 50, 200), (50, 200, 90, 250)),
        ((50, 200, 50, 250), None),
        ((410, 10, 450, 50), None),
        ((50, 200, 51, 250), None),
    ],
    ids=["partly outside", "drawn backwards", "no width", "outside", "a slip"],
)
def test_boxes_that_cannot_be_are_refused_and_others_cut_to_the_picture(editing, shelf, box, kept):
    if kept is None:
        with pytest.raises(UsageError, match="draw it anew"):
            do(editing, "draw", box=box)
        assert shelf.rows == []
    else:
        do(editing, "draw", box=box)
        assert editing.marks[OWN].box == kept


def test_an_object_that_is_gone_is_one_sentence(editing):
    for what in ("drop", "accept", "kind", "reshape"):
        with pytest.raises(UsageError, match="not there any more"):
            do(editing, what, 77)
    with pytest.raises(UsageError, match="not in the list"):
        do(editing, "hide", candidate=9)


def test_candidates_are_hidden_as_what_was_found_there_or_as_a_place(editing, shelf):
    assert [editing.judged(at) for at in range(3)] == ["", "", ""]
    do(editing, "hide", candidate=0)
    assert (actions(shelf), fates(editing)[FAINT]) == (["accept"], "hidden")
    do(editing, "hide", candidate=1)
    assert (actions(shelf), editing.marks[OWN].box) == (["accept", "add"], (350, 10, 380, 50))
    assert [editing.judged(at) for at in range(2)] == ["hidden", "hidden"]
    assert do(editing, "hide", candidate=0) is None
    with pytest.raises(UsageError, match="whole picture"):
        do(editing, "hide", candidate=2)


def test_a_candidate_with_nothing_to_hide_is_told_to_the_application_and_can_be_reopened(editing, shelf):
    do(editing, "clear", candidate=1)
    assert (editing.judged(1), shelf.changes[-1].cleared) == ("clear", (1,))
    do(editing, "undo")
    assert (editing.judged(1), shelf.changes[-1].reopened) == ("", (1,))
    do(editing, "redo")
    do(editing, "hide", candidate=1)
    assert (editing.judged(1), shelf.changes[-1].reopened) == ("hidden", (1,))


def test_corrections_survive_a_new_search_that_counts_anew(shelf):
    first = opened(shelf)
    do(first, "drop", FACE)
    do(first, "accept", FAINT)
    order = np.array([3, 2, 1, 0])
    again = opened(shelf, FOUND[order])
    assert fates(again) == {0: "left", 1: "hidden", 2: "hidden", 3: "dropped"}
    # The object that is now called 0 is another one: what is said about it withdraws nothing of the face's.
    do(again, "accept", 0)
    assert fates(again)[3] == "dropped"
    lost = opened(shelf, Detections.empty())
    (substitute,) = (number for number, mark in lost.marks.items() if mark.box == (20, 20, 40, 44))
    do(lost, "drop", substitute)
    assert (20, 20, 40, 44) not in {mark.box for mark in lost.marks.values()}, (
        "a place that is only hidden because somebody accepted it can be let go"
    )


def test_numbers_of_drawn_boxes_are_never_used_twice(shelf):
    editing = opened(shelf, free_track=lambda: OWN + 41)
    assert do(editing, "draw", box=(50, 200, 90, 250)).select == OWN + 41
    assert do(editing, "draw", box=(150, 200, 190, 250)).select == OWN + 42


def test_a_tile_is_cut_from_the_full_picture():
    image = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)
    assert TileRequest(1, 1, "original", 0, (2, 1, 5, 4), 512).cut(image).shape == (3, 3, 3)


def test_five_hundred_objects_answer_at_once(shelf):
    from time import process_time

    places = np.stack([np.arange(500) % 25 * 16, np.arange(500) // 25 * 15], axis=1)
    found = Detections.of(Kind.FACE, np.concatenate([places, places + 12], axis=1), np.full(500, 0.5), "centerface")
    editing = opened(shelf, found)
    for number in range(0, 100, 2):
        do(editing, "drop", number)
    started = process_time()
    do(editing, "drop", 101)
    assert process_time() - started < 0.3
