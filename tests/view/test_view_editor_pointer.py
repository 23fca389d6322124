"""The editor by mouse and by touch: drawing, moving, resizing, zoom and pan."""

import numpy as np
import pytest
from editor_factory import BOXES, FACE, HEIGHT, OTHER, WIDTH, Application

from workbench.values import FIRST_OWN_TRACK, Kind

pytestmark = pytest.mark.browser
OWN = FIRST_OWN_TRACK
CENTRES = {name: ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for name, box in BOXES.items()}


@pytest.fixture
def show(mount):
    def shown(wide=1280):
        application = Application()
        view = mount(application.widget, width=wide, height=1000)
        view.app, view.canvas = application, view.page.locator("canvas")
        view.until("document.querySelector('.wb-title').textContent === 'street.jpg'")
        return view

    return shown


def point(view, x, y):
    """Where a point of the picture, shown whole, is on the page."""
    box = view.canvas.bounding_box()
    scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left, top = (box["width"] - WIDTH * scale) / 2, (box["height"] - HEIGHT * scale) / 2
    return box["x"] + left + x * scale, box["y"] + top + y * scale


def drag(view, start, end, steps=4):
    mouse = view.page.mouse
    mouse.move(*point(view, *start))
    mouse.down()
    mouse.move(*point(view, *end), steps=steps)
    mouse.up()
    view.pump()


def click(view, x, y):
    view.page.mouse.click(*point(view, x, y))
    view.pump()


def box_of(view, number):
    return np.array(view.app.editing.marks[number].box)


def test_a_click_chooses_and_a_drag_moves(show):
    view = show()
    click(view, *CENTRES["face"])
    assert view.app.widget.selected == FACE
    assert view.app.changes == []
    x, y = CENTRES["face"]
    drag(view, (x, y), (x + 500, y + 300))
    assert np.allclose(box_of(view, OWN), np.add(BOXES["face"], (500, 300, 500, 300)), atol=8)
    assert len(view.app.changes) == 1
    drag(view, (x + 500, y + 300), (x, y))
    assert np.allclose(box_of(view, OWN), BOXES["face"], atol=12)
    assert [str(row.action) for row in view.app.rows] == ["drop", "add"]


@pytest.mark.parametrize(
    ("grip", "edges"),
    [((0, 0), (0, 1)), ((1, 1), (2, 3)), ((1, 0), (2, 1)), ((0.5, 0), (1,)), ((0, 0.5), (0,))],
    ids=["top left", "bottom right", "top right", "top", "left"],
)
def test_grips_resize(show, grip, edges):
    view = show()
    click(view, *CENTRES["other"])
    x0, y0, x1, y1 = BOXES["other"]
    at = (x0 + grip[0] * (x1 - x0), y0 + grip[1] * (y1 - y0))
    drag(view, at, (at[0] + 120, at[1] + 80))
    wanted = np.array(BOXES["other"], float)
    for edge in edges:
        wanted[edge] += (120, 80)[edge % 2]
    assert np.allclose(box_of(view, OWN), wanted, atol=8)


def test_a_box_never_leaves_the_picture_nor_turns_inside_out(show):
    view = show()
    click(view, *CENTRES["face"])
    drag(view, CENTRES["face"], (-3000, -3000))
    assert np.allclose(box_of(view, OWN), (0, 0, 400, 600), atol=1)
    drag(view, (400, 600), (-500, -500))
    assert np.allclose(box_of(view, OWN), (0, 0, 4, 4), atol=1)


def test_a_drag_beside_the_chosen_box_moves_nothing(show):
    view = show()
    click(view, *CENTRES["face"])
    drag(view, CENTRES["other"], (3000, 2500))
    click(view, *CENTRES["other"])
    assert view.app.widget.selected == OTHER
    assert view.app.changes == []


def test_a_miss_is_drawn_with_the_mouse(show):
    view = show()
    view.page.get_by_role("button", name="Missed here: draw").click()
    view.page.get_by_label("What is drawn").select_option("text")
    drag(view, (300, 2000), (900, 2600))
    assert np.allclose(box_of(view, OWN), (300, 2000, 900, 2600), atol=8)
    assert view.app.editing.marks[OWN].kind is Kind.TEXT
    assert view.app.widget.selected == OWN
    view.page.get_by_role("button", name="Delete").click()
    view.pump()
    assert OWN not in view.app.editing.marks


def test_buttons_do_what_keys_do(show):
    view = show()
    view.page.locator(".wb-boxes li").nth(0).click()
    view.pump()
    for name, fate in (
        ("False alarm", "dropped"),
        ("Undo: false alarm: face", "hidden"),
        ("Redo: false alarm: face", "dropped"),
    ):
        view.page.get_by_role("button", name=name).click()
        view.pump()
        assert view.app.editing.marks[FACE].fate == fate
    view.page.locator(".wb-places li").nth(0).click()
    view.page.get_by_role("button", name="Nothing here").click()
    view.pump()
    assert view.app.changes[-1].cleared == (1,)
    view.page.get_by_role("button", name="Done, next").click()
    view.pump()
    assert view.app.verdicts == ["done"]


def test_the_wheel_zooms_where_the_pointer_is_and_a_drag_pans(show):
    view = show()
    mouse = view.page.mouse
    mouse.move(*point(view, *CENTRES["face"]))
    for _ in range(5):
        mouse.wheel(0, -200)
    view.frames(3)
    box = view.canvas.bounding_box()
    mouse.click(*point(view, *CENTRES["face"]))
    view.pump()
    assert view.app.widget.selected == FACE, "it is still under the pointer"
    view.page.keyboard.press("Escape")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 150, y, steps=3)
    mouse.up()
    view.pump()
    left, top = point(view, *CENTRES["face"])
    mouse.click(left + 150, top)
    view.pump()
    assert view.app.widget.selected == FACE
    assert view.app.changes == []


def touch(view, *moves):
    """Send touches through the browser's own input: each step is a list of points, none of them at the end."""
    session = view.page.context.new_cdp_session(view.page)
    kinds = ["touchStart", *["touchMove"] * (len(moves) - 1)]
    for kind, points in zip(kinds, moves, strict=True):
        places = [{"x": x, "y": y, "id": at} for at, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    view.pump()


def test_one_finger_chooses_moves_and_resizes(show):
    view = show()
    touch(view, [point(view, *CENTRES["face"])])
    assert view.app.widget.selected == FACE
    x, y = CENTRES["face"]
    touch(view, *[[point(view, x + share * 300, y)] for share in (0, 0.3, 0.7, 1)])
    assert np.allclose(box_of(view, OWN), np.add(BOXES["face"], (300, 0, 300, 0)), atol=10)
    corner = point(view, 1700, 1600)
    touch(view, *[[(corner[0] + 8 + step, corner[1] + 8 + step)] for step in (0, 10, 20, 30)])
    assert box_of(view, OWN)[2] > 1750, "a finger need not hit a grip exactly"


def test_two_fingers_zoom_and_move_no_box(show):
    view = show()
    touch(view, [point(view, *CENTRES["face"])])
    x, y = point(view, *CENTRES["face"])
    touch(view, *[[(x - far, y), (x + far, y)] for far in (20, 40, 60, 80)])
    view.page.wait_for_timeout(300)
    view.pump()
    assert view.app.changes == []
    assert any(tile.side <= 512 for tile in view.app.tiles), "it is seen close up"


def test_a_finger_draws(show):
    view = show(wide=390)
    view.page.get_by_role("button", name="Missed here: draw").click()
    touch(view, *[[point(view, 300 + share * 900, 2000 + share * 600)] for share in (0, 0.3, 0.7, 1)])
    assert np.allclose(box_of(view, OWN), (300, 2000, 1200, 2600), atol=20)


def test_a_phone_shows_everything_without_scrolling_sideways(show):
    view = show(wide=390)
    assert view.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not view.page.locator(".wb-keys dl").is_visible()
