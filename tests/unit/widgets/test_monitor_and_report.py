"""The monitor sends what is new; the report is sent only to who asks."""

import pytest

from workbench.values import UsageError
from workbench.widgets.monitor import ROWS_AT_MOST, MonitorWidget
from workbench.widgets.report import ReportWidget


def test_only_what_changed_is_sent_and_a_late_view_gets_all(wire):
    page = wire(MonitorWidget()).ready()
    failures = [("a.jpg", "It is cut off.")]
    page.widget.update({"state": "running", "done": 1, "total": 9, "failures": failures})
    page.widget.update({"state": "running", "done": 2, "total": 9, "failures": list(failures)})
    page.widget.update({"done": 2})
    assert [content["status"] for content, _ in page.told("status")[1:]] == [
        {"state": "running", "done": 1, "total": 9, "failures": [["a.jpg", "It is cut off."]]},
        {"done": 2},
    ]
    assert page.ready().told("status")[-1][0]["status"]["failures"] == [["a.jpg", "It is cut off."]]
    assert "a.jpg" not in repr(page.widget.get_state())


def test_a_very_long_list_of_failures_is_cut(wire):
    page = wire(MonitorWidget()).ready()
    page.widget.update({"failed": 5000, "failures": [(f"{n}.jpg", "Cut off.") for n in range(5000)]})
    assert len(page.told("status")[-1][0]["status"]["failures"]) == ROWS_AT_MOST


@pytest.mark.parametrize("status", [{"state": "walking"}, {"dnoe": 3}])
def test_a_misspelt_status_is_refused(status):
    with pytest.raises(UsageError):
        MonitorWidget().update(status)


def test_buttons_reach_the_application_and_nonsense_does_not(wire):
    page, requests = wire(MonitorWidget()).ready(), []
    page.widget.on_request(requests.append)
    for request in ("pause", "resume", "stop", "explode", None):
        page.say(type="request", request=request)
    assert requests == ["pause", "resume", "stop"]
    assert len(page.errors) == 2


def test_a_new_run_starts_from_nothing(wire):
    page = wire(MonitorWidget()).ready()
    page.widget.update({"done": 5, "message": "…"})
    page.widget.reset()
    assert page.told("status")[-1][0]["status"]["done"] == 0


def test_a_report_waits_for_its_view(wire):
    page = wire(ReportWidget(height=300))
    page.widget.show("<h1>Größe</h1>", "A title")
    assert page.messages == []
    ((content, buffers),) = page.ready().told("report")
    assert (content["title"], content["height"]) == ("A title", 300)
    assert buffers[0].decode() == "<h1>Größe</h1>"
    assert "Größe" not in repr(page.widget.get_state())
    page.widget.clear()
    page.messages.clear()
    assert page.ready().messages == []
