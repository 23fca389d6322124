"""What every widget does: refuse, guard, and wait until somebody listens."""

import logging
import re

import pytest
import traitlets

from workbench.values import FileError, UsageError
from workbench.widgets import assets
from workbench.widgets.base import WorkbenchWidget, guarded, text_of, whole_number
from workbench.widgets.monitor import MonitorWidget

WIDGETS = ("preview", "gallery", "folders", "monitor", "report")


class Sample(WorkbenchWidget):
    _esm = "export default { render() {} }"
    writable = frozenset({"number"})
    actions = {"do": "_do"}  # noqa: RUF012
    number = traitlets.Int(0, min=0, max=10).tag(sync=True)
    secret = traitlets.Unicode("kept").tag(sync=True)
    reaction = None

    def _do(self, content):
        self.reaction(content)

    def replay(self):
        self.tell("content", value=1)

    @guarded
    def act(self, error):
        if error is not None:
            raise error


def test_a_misspelt_option_is_refused_by_name():
    with pytest.raises(UsageError, match="Sample has no option 'nunber'"):
        Sample(nunber=3)


def test_nothing_is_sent_before_a_view_has_asked_and_everything_after(wire):
    page = wire(Sample())
    page.widget.tell("content", value=1)
    assert page.messages == []
    assert page.ready().told("content") == [({"type": "content", "value": 1}, [])]


@pytest.mark.parametrize("value", [11, -1, "many", None, 1.5])
def test_a_wrong_value_from_a_view_is_refused_and_the_view_put_right(wire, value):
    page = wire(Sample(number=4)).ready()
    page.widget.set_state({"number": value})
    assert page.widget.number == 4
    assert page.resent("number")[-1] == 4
    assert len(page.errors) == 1


def test_a_view_may_write_only_what_is_meant_for_it(wire):
    page = wire(Sample()).ready()
    page.widget.set_state({"secret": "stolen", "_esm": "evil", "no_such": 1, "number": 5})
    assert (page.widget.secret, page.widget.number) == ("kept", 5)
    assert page.resent("secret") == ["kept"]
    assert "evil" not in str(page.widget._esm)


def test_only_changes_by_a_view_are_handed_on(wire):
    page = wire(Sample())
    handed = []
    page.widget.written = handed.append
    page.widget.number = 3
    page.widget.set_state({"number": 3})
    assert handed == []
    page.widget.set_state({"number": 4})
    assert handed == [{"number"}]


@pytest.mark.parametrize("content", [{"type": "unknown"}, {}, {"type": ["do"]}, "text", None, 3, {"type": "__init__"}])
def test_an_unknown_message_becomes_a_sentence(wire, content):
    page = wire(Sample()).ready()
    page.widget._handle_custom_msg(content, [])
    assert page.errors == ["The page sent a message that this widget does not know. Reload the page."]


def test_a_sentence_for_the_user_is_shown_as_it_is(wire):
    page = wire(Sample()).ready()
    assert page.widget.act(FileError("a.jpg is cut off.")) is False
    assert page.widget.act(None) is True
    assert page.errors == ["a.jpg is cut off."]


def test_any_other_error_is_logged_whole_but_shown_without_its_text(wire, caplog):
    page = wire(Sample()).ready()
    page.widget.reaction = lambda _: (_ for _ in ()).throw(ValueError("/home/someone/secret.jpg"))
    with caplog.at_level(logging.ERROR, logger="workbench"):
        page.say(type="do")
    assert page.errors == ["Something went wrong here (ValueError). The details are in the log."]
    assert "secret.jpg" in caplog.text


def test_an_error_waits_for_a_late_view_until_the_user_goes_on(wire):
    page = wire(Sample())
    page.widget.reaction = lambda _: None
    page.widget.show_error("Too late.")
    assert page.ready().errors == ["Too late."]
    page.say(type="do").ready()
    assert page.errors == ["Too late."]


@pytest.mark.parametrize("value", [True, -1, 3, 1.0, "1", None])
def test_an_index_from_a_page_is_checked(value):
    with pytest.raises(UsageError):
        whole_number({"index": value}, "index", 3)
    assert whole_number({"index": 2}, "index", 3) == 2


@pytest.mark.parametrize("value", [None, 3, "x" * 5000, ["a"]])
def test_a_text_from_a_page_is_checked(value):
    with pytest.raises(UsageError):
        text_of({"path": value}, "path")


@pytest.mark.parametrize("name", WIDGETS)
def test_a_joined_module_imports_and_loads_nothing(name):
    text = re.sub(r"/\*.*?\*/", "", assets.script(name), flags=re.DOTALL)
    assert not re.search(r"^\s*import\b|\bimport\(|\brequire\(|\bfetch\(|XMLHttpRequest|WebSocket", text, re.MULTILINE)
    outside = set(re.findall(r"https?://[^\"')\s]+", text + assets.style(name)))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert text.count("export function element(") == 1


@pytest.mark.parametrize("path", sorted(assets.STATIC.glob("*.*")), ids=lambda path: path.name)
def test_every_static_file_stays_readable(path):
    assert len(path.read_text("utf-8").splitlines()) <= 350


def test_markup_is_never_made_from_text():
    for path in assets.STATIC.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text("utf-8")
        )


def test_two_widgets_do_not_share_their_state():
    first, second = MonitorWidget(), MonitorWidget()
    first.update({"done": 3})
    assert second.status["done"] == 0
