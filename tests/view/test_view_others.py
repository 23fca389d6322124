"""The folder chooser, the monitor and the report as a user meets them."""

import pytest

from workbench.values import UsageError
from workbench.widgets.folders import FolderWidget
from workbench.widgets.monitor import MonitorWidget
from workbench.widgets.report import ReportWidget

pytestmark = pytest.mark.browser

EVIL = "<img src=x onerror='window.hurt = 1'>"


@pytest.fixture
def folders(mount, tmp_path):
    root = tmp_path / "pictures"
    for name in ("autumn", "spring/day 1", "summer", EVIL):
        (root / name).mkdir(parents=True)
    for number in range(3):
        (root / "spring" / f"{number}.jpg").touch()
    view = mount(FolderWidget([root], label="Folder to redact"))
    view.root, view.chosen = root, []
    view.widget.on_choose(view.chosen.append)
    view.list = view.page.get_by_role("listbox", name="Sub folders")
    return view


def entries(view):
    return view.page.locator(".wb-folder-name").all_inner_texts()


def test_folders_are_listed_with_the_number_of_their_pictures(folders):
    assert entries(folders) == [EVIL, "autumn", "spring", "summer"]
    assert folders.page.get_by_role("option", name="spring").get_by_text("3 pictures").is_visible()
    assert folders.page.get_by_role("heading").inner_text() == "Folder to redact"
    assert folders.page.evaluate("window.hurt") is None


def test_a_click_goes_down_the_breadcrumb_up_and_the_button_chooses(folders):
    folders.page.get_by_role("option", name="spring").click()
    folders.pump()
    assert entries(folders) == ["day 1"]
    folders.page.get_by_role("option", name="day 1").click()
    folders.pump()
    folders.page.get_by_role("navigation").get_by_role("button", name="spring").click()
    folders.pump()
    folders.page.get_by_role("button", name="Choose “spring”").click()
    folders.pump()
    assert folders.chosen == [folders.root / "spring"]
    assert folders.page.get_by_role("status").inner_text() == f"Chosen: {folders.root / 'spring'}"


def test_the_keyboard_is_enough(folders):
    folders.list.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        folders.page.keyboard.press(key)
    folders.pump()
    assert entries(folders) == ["day 1"]
    folders.list.focus()
    folders.page.keyboard.press("Backspace")
    folders.pump()
    folders.list.focus()
    folders.page.keyboard.type("su")
    assert entries(folders) == ["summer"], "typing goes on in the filter"
    folders.page.keyboard.press("Enter")
    folders.pump()
    assert folders.page.get_by_role("button", name="Choose “summer”").is_visible()


def test_a_path_can_be_typed_and_a_wrong_one_is_told(folders):
    path = folders.page.get_by_label("Path on the server")
    path.fill(str(folders.root / "spring" / "day 1"))
    path.press("Enter")
    folders.pump()
    assert entries(folders) == []
    assert folders.page.get_by_text("There are no sub folders here.").is_visible()
    path.fill("/etc")
    path.press("Enter")
    folders.pump()
    assert "There is no folder '/etc' that may be opened here" in folders.page.get_by_role("alert").inner_text()
    assert folders.page.get_by_role("button", name="Choose “day 1”").is_visible()


def test_the_refusal_of_the_application_is_shown(folders):
    def refuses(path):
        raise UsageError(f"There is no picture in {path.name}: choose another folder.")

    folders.widget.on_choose(refuses)
    folders.page.get_by_role("button", name="Choose “pictures”").click()
    folders.pump()
    assert folders.page.get_by_role("alert").inner_text().strip().endswith("choose another folder.")


@pytest.fixture
def monitor(mount):
    view = mount(MonitorWidget())
    view.requests = []
    view.widget.on_request(view.requests.append)

    def update(**status):
        view.widget.update(status)
        view.pump()

    view.update = update
    return view


def heading(view):
    return view.page.locator(".wb-run-state").inner_text().strip()


def test_a_run_that_has_not_begun_says_so(monitor):
    assert heading(monitor) == "Waiting to start"
    assert monitor.page.get_by_role("table").is_hidden()


def test_progress_is_told_in_words_and_by_a_bar(monitor):
    monitor.update(
        state="running", done=1412, failed=3, total=5210, seconds_left=1900.0, hidden={"face": 9120, "text": 1}
    )
    bar = monitor.page.get_by_role("progressbar")
    assert bar.evaluate("(node) => node.value / node.max") == pytest.approx(1415 / 5210)
    assert monitor.page.get_by_text("1,415 of 5,210 files: 1,412 done, 3 failed, 3,795 to go").is_visible()
    assert monitor.page.get_by_text("about 32 minutes left").is_visible()
    assert monitor.page.get_by_text("9,120 faces and 1 piece of text").is_visible()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (3, "a few seconds left"),
        (34, "about 30 seconds left"),
        (70, "about a minute left"),
        (130, "about 2 minutes left"),
        (3600, "about 1 hour left"),
        (7100, "about 2 hours left"),
        (5400, "about 1 hour 30 minutes left"),
        (200_000, "about 2 days left"),
    ],
)
def test_the_time_left_is_said_as_people_say_it(monitor, seconds, words):
    monitor.update(state="running", seconds_left=seconds, total=9)
    assert monitor.page.locator(".wb-run-head > .wb-quiet").inner_text() == words


def test_buttons_fit_the_state_and_are_pressed_once(monitor):
    pause, resume, stop = (monitor.page.get_by_role("button", name=name) for name in ("Pause", "Resume", "Stop"))
    monitor.update(state="running", total=9)
    assert (pause.is_visible(), resume.is_visible(), stop.is_enabled()) == (True, False, True)
    pause.click()
    assert pause.is_disabled(), "until the answer is there"
    monitor.pump()
    monitor.update(state="paused")
    resume.click()
    monitor.pump()
    monitor.update(state="running")
    stop.click()
    monitor.pump()
    assert monitor.requests == ["pause", "resume", "stop"]
    monitor.update(state="done")
    assert not any(button.is_visible() for button in (pause, resume, stop))


def test_a_request_that_fails_can_be_made_again(monitor):
    def refuses(_request):
        raise UsageError("The worker does not answer: start the run again.")

    monitor.widget.on_request(refuses)
    monitor.update(state="running", total=9)
    monitor.page.get_by_role("button", name="Pause").click()
    monitor.pump()
    assert "does not answer" in monitor.page.get_by_role("alert").inner_text()
    assert monitor.page.get_by_role("button", name="Pause").is_enabled()


def test_failed_files_are_listed_with_their_reason_and_can_be_filtered(monitor):
    failures = [("a.jpg", "It is cut off."), (EVIL, "It is no picture."), ("c.jpg", "It is cut off.")]
    monitor.update(state="done", done=7, failed=3, total=10, failures=failures)
    assert heading(monitor) == "Finished, 3 files failed"
    cells = monitor.page.locator("tbody th")
    assert cells.all_inner_texts() == ["a.jpg", EVIL, "c.jpg"]
    monitor.page.get_by_label("Filter failed files").fill("CUT")
    assert cells.all_inner_texts() == ["a.jpg", "c.jpg"]
    assert monitor.page.evaluate("window.hurt") is None


def test_a_page_opened_again_shows_where_the_run_is(monitor, mount):
    monitor.update(state="running", done=3, total=9, recent=[("x.jpg", {"face": 2}), ("y.jpg", {})])
    again = mount(monitor.widget)
    assert heading(again) == "Running"
    items = [text.split("\n") for text in again.page.get_by_role("listitem").all_inner_texts()]
    assert items == [["x.jpg", "2 faces"], ["y.jpg", "nothing hidden"]]
    again.page.evaluate("cleanup()")
    assert again.page.evaluate("model.listening()") == 0


def test_a_report_is_shown_but_its_scripts_and_its_requests_are_not(mount):
    page = f"""<!doctype html><html><body><h1>Größe: 3 files</h1>
      <script>document.body.append("SCRIPT RAN")</script>{EVIL}
      <img src="http://elsewhere.test/x.png"><form action="http://elsewhere.test/"><button>Send</button></form>"""
    view = mount(ReportWidget(height=300), expect=("Blocked script", "Content Security Policy", "sandboxed"))
    assert view.page.get_by_text("There is no report yet.").is_visible()
    view.widget.show(page, "Release report")
    view.pump()
    frame = view.page.frame_locator("iframe")
    assert frame.get_by_role("heading").inner_text() == "Größe: 3 files"
    assert "SCRIPT RAN" not in frame.locator("body").inner_text()
    assert view.page.locator("iframe").get_attribute("sandbox") == ""
    assert view.page.locator("iframe").get_attribute("title") == "Release report"
    frame.get_by_role("button", name="Send").click()
    view.page.wait_for_timeout(100)
    assert frame.get_by_role("heading").is_visible()
    assert frame.locator("html").evaluate("() => document.compatMode") == "CSS1Compat"
    view.widget.clear()
    view.pump()
    assert view.page.locator("iframe").count() == 0
