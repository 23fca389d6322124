"""The editor without a browser: what a page may ask for, what it is told, and what the application hears."""

from dataclasses import dataclass

import numpy as np
import pytest

from workbench import profiles
from workbench.review.editing import Editing
from workbench.values import Detections, Kind, UsageError, WorkbenchError
from workbench.widgets.editor import EditorWidget

FOUND = Detections(
    np.array([[100, 100, 140, 160], [240, 40, 300, 70]]), [0.9, 0.04], ["face", "plate"], ["centerface", "yolo"]
)
WHOLE = [0, 0, 400, 300]


@dataclass(frozen=True)
class Place:
    box: tuple = (10, 10, 50, 60)
    kind: Kind = Kind.FACE
    risk: float = 0.25
    why: str = "The picture's edge cuts it."


class Heard:
    def __init__(self):
        self.tiles, self.changes, self.steps, self.verdicts, self.tracks = [], [], [], [], []


@pytest.fixture
def heard():
    return Heard()


@pytest.fixture
def editor(wire, heard):
    widget = EditorWidget()
    widget.on(
        tile=heard.tiles.append,
        action=heard.changes.append,
        navigate=heard.steps.append,
        finish=heard.verdicts.append,
        everywhere=heard.tracks.append,
    )
    line = wire(widget)
    line.item = widget.show(b"jpeg", editing(), title="street.jpg", position=(1, 3), about="It shows a crowd.")
    return line


def editing(**more):
    return Editing(FOUND, profiles.load("publication"), (400, 300), candidates=[Place(risk=0.1), Place()], **more)


def act(line, what, number=1, **more):
    return line.say(type="act", item=line.item, number=number, what=what, **more)


def test_a_view_gets_the_photo_when_it_asks_and_its_objects_as_state(editor):
    assert editor.told("item") == []
    editor.ready()
    ((content, buffers),) = editor.told("item")
    assert (content["title"], content["position"], content["width"], buffers) == ("street.jpg", (1, 3), 400, [b"jpeg"])
    marks = editor.widget.marks
    assert marks["boxes"][0] == [0, 0, 100, 100, 140, 160, 0.9, "centerface", 0, 0]
    assert [row[0] for row in marks["candidates"]] == [1, 0], "the riskiest first"
    assert marks["item"] == content["item"]


def test_an_action_is_answered_with_the_objects_as_they_are_then(editor, heard):
    editor.ready()
    act(editor, "drop", number=7, track=0)
    assert editor.resent("marks")[-1]["boxes"][-1][8] == 2
    ((answer, _),) = editor.told("answered")
    assert (answer["number"], answer["words"], answer["select"]) == (7, "false alarm: face", 0)
    assert [change.words for change in heard.changes] == ["false alarm: face"]
    act(editor, "drop", number=8, track=0)
    assert "words" not in editor.told("answered")[-1][0], "there was nothing to do, but the view is not left waiting"
    assert len(heard.changes) == 1


def test_looking_at_a_place_does_not_make_the_redacted_picture_old(editor):
    before = editor.widget.marks["version"]
    act(editor, "clear", candidate=0)
    assert editor.widget.marks["version"] == before
    assert editor.widget.marks["candidates"][1][-1] == 2
    act(editor, "hide", candidate=1)
    assert editor.widget.marks["version"] == before + 1


def test_an_action_that_cannot_be_stored_is_an_error_and_an_answer(wire, heard):
    def full(_change):
        raise WorkbenchError("The disk is full.")

    widget = EditorWidget()
    line = wire(widget)
    widget.on(tile=heard.tiles.append, action=heard.changes.append)
    line.item = widget.show(b"", editing(store=full))
    line.ready()
    act(line, "drop", track=0)
    assert line.errors == ["The disk is full."]
    assert len(line.told("answered")) == 1
    assert heard.changes == []
    assert widget.marks["boxes"][0][8] == 0


def test_an_error_of_the_application_is_shown_though_the_action_stands(editor):
    def broken(_change):
        raise UsageError("The preview could not be made.")

    editor.widget.on(tile=print, action=broken)
    editor.ready()
    act(editor, "drop", track=0)
    assert editor.errors == ["The preview could not be made."]
    assert editor.widget.marks["boxes"][-1][8] == 2


@pytest.mark.parametrize(
    "message",
    [
        {"what": "erase"},
        {"what": "draw", "box": [1, 2, 3]},
        {"what": "draw", "box": [1, 2, float("nan"), 4]},
        {"what": "draw", "box": [1, 2, 3, "4"]},
        {"what": "kind", "track": 0, "kind": "ghost"},
        {"what": "drop", "track": -1},
        {"what": "drop", "track": 99},
        {"what": "hide", "candidate": 5},
        {"what": None},
    ],
)
def test_what_no_page_of_ours_sends_changes_nothing(editor, heard, message):
    editor.ready()
    act(editor, **message)
    assert len(editor.errors) == 1
    assert heard.changes == []


def test_answers_and_actions_for_an_earlier_photo_are_dropped(editor, heard):
    editor.ready()
    old = editor.item
    editor.item = editor.widget.show(b"next", editing())
    editor.say(type="act", item=old, number=1, what="drop", track=0)
    editor.say(type="tile", item=old, number=2, layer="original", version=0, box=WHOLE, side=400)
    editor.say(type="finish", item=old, verdict="done").say(type="navigate", item=old, step=1)
    assert (heard.changes, heard.tiles, heard.verdicts, heard.steps) == ([], [], [], [])
    assert editor.errors == []
    assert len(editor.told("answered")) == 1


def test_tiles_are_kept_inside_the_picture_and_within_reason(editor, heard):
    editor.ready()
    editor.say(
        type="tile", item=editor.item, number=5, layer="original", version=0, box=[-9, 250, 512, 512], side=60000
    )
    (request,) = heard.tiles
    assert (request.box, request.side) == ((0, 250, 400, 300), 2560)
    editor.widget.show_tile(request, b"tile")
    ((content, buffers),) = editor.told("tile")
    assert (content["number"], buffers) == (5, [b"tile"])


def test_redacted_tiles_of_an_earlier_state_are_not_made_at_all(editor, heard):
    editor.ready()
    version = editor.widget.marks["version"]
    act(editor, "drop", track=0)
    ask = {"type": "tile", "item": editor.item, "layer": "redacted", "box": WHOLE, "side": 400}
    editor.say(number=1, version=version, **ask)
    assert heard.tiles == []
    assert [content["number"] for content, _ in editor.told("no_tile")] == [1]
    editor.say(number=2, version=version + 1, **ask)
    assert len(heard.tiles) == 1


def test_a_tile_that_cannot_be_made_is_one_sentence(editor):
    def gone(_request):
        raise UsageError("The file is gone.")

    editor.widget.on(tile=gone)
    editor.ready()
    editor.say(type="tile", item=editor.item, number=1, layer="original", version=0, box=WHOLE, side=400)
    assert editor.errors == ["The file is gone."]
    assert len(editor.told("no_tile")) == 1


def test_the_reviewer_goes_on(editor, heard):
    editor.say(type="navigate", item=editor.item, step=1).say(type="finish", item=editor.item, verdict="unsure")
    editor.say(type="everywhere", item=editor.item, track=0)
    editor.say(type="navigate", item=editor.item, step=2).say(type="finish", item=editor.item, verdict="fine")
    assert (heard.steps, heard.verdicts, heard.tracks) == ([1], ["unsure"], [0])


def test_a_page_may_set_what_it_shows_and_nothing_else(editor):
    marks = editor.widget.marks
    editor.widget.set_state({"mode": "original", "outlines": False, "selected": 1, "marks": {}, "offers": []})
    assert (editor.widget.mode, editor.widget.outlines, editor.widget.selected) == ("original", False, 1)
    assert editor.widget.marks == marks
    editor.widget.set_state({"mode": "everything"})
    assert editor.widget.mode == "original"


def test_what_was_changed_elsewhere_is_sent_anew(editor):
    version = editor.widget.marks["version"]
    editor.widget.refresh()
    assert editor.widget.marks["version"] == version + 1
    editor.widget.clear()
    assert (editor.widget.marks["boxes"], editor.widget.editing) == ([], None)
