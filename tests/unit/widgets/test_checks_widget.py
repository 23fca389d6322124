"""The model of the gate's list: what goes to a page, and what a page may do."""

import pytest

from workbench.values import UsageError
from workbench.widgets.checks import CheckLine, ChecksWidget, Deed

LINES = [
    CheckLine("Outcomes", "passed", "12 files done."),
    CheckLine("Review", "failed", "2 misses.", "Look again.", deeds=(Deed("go", "Go"), Deed("no", "No", "Not you."))),
]


@pytest.fixture
def checks(wire):
    page = wire(ChecksWidget())
    page.done = []
    page.widget.on_deed(lambda index, name: page.done.append((index, name)))
    page.widget.show(LINES, holds=False, headline="It may not leave", why="Review failed.")
    return page.ready()


def test_a_page_gets_the_verdict_and_each_line(checks):
    content, _ = checks.told("checks")[-1]
    assert content["verdict"] == [False, "It may not leave", "Review failed."]
    assert content["lines"][0] == ["Outcomes", "passed", "12 files done.", "", True, "", []]


def test_a_button_is_handed_on_and_one_that_is_barred_says_why(checks):
    checks.say(type="deed", index=1, deed=0)
    assert checks.done == [(1, "go")]
    checks.say(type="deed", index=1, deed=1)
    assert (checks.done, checks.errors) == ([(1, "go")], ["Not you."])


@pytest.mark.parametrize(("index", "deed"), [(0, 0), (2, 0), (1, 2), ("1", 0)])
def test_what_is_not_there_is_refused(checks, index, deed):
    checks.say(type="deed", index=index, deed=deed)
    assert (checks.done, len(checks.errors)) == ([], 1)


def test_a_state_that_is_none_is_refused():
    with pytest.raises(UsageError, match="not 'fine'"):
        CheckLine("Review", "fine", "")
