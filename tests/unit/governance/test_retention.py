"""When what is kept has to go; a wrong clock never makes it go earlier."""

from datetime import date, timedelta

import pytest

from workbench.governance.lines import Entry
from workbench.governance.record import Record, Retention
from workbench.governance.retention import behind, due


def line(seq, day, act, **facts):
    return Entry(seq, f"{day}T08:00:00Z", 1, "operator", act, facts, "", "")


def lines(*rows):
    return [line(number, day, act, **facts) for number, (day, act, facts) in enumerate(rows, 1)]


def found(entries, today, record=None, what="originals"):
    every = due(record or Record.new("Street", "ai-training"), entries, date.fromisoformat(today))
    return next(each for each in every if each.what == what)


ENDED = lines(("2026-01-01", "run-started", {"run": 1}), ("2026-01-10", "run-ended", {"run": 1}))


@pytest.mark.parametrize(
    ("today", "left", "overdue"),
    [("2026-01-10", 90, False), ("2026-04-10", 0, False), ("2026-04-11", -1, True), ("2027-04-10", -365, True)],
)
def test_the_days_count_from_the_end_of_the_run_and_the_last_day_is_allowed(today, left, overdue):
    each = found(ENDED, today)
    assert (each.since, each.until, each.days) == (date(2026, 1, 10), date(2026, 4, 10), 90)
    assert (each.left, each.overdue) == (left, overdue)
    assert "AI training" in each.why


def test_without_a_run_no_days_have_begun():
    each = found([], "2026-01-01")
    assert (each.since, each.until, each.left, each.overdue) == (None, None, None, False)
    assert "not begun" in each.note


def test_another_run_begins_the_days_anew_also_while_it_works():
    again = [*ENDED, line(3, "2026-04-01", "run-started", run=2)]
    each = found(again, "2026-04-20")
    assert (each.since, each.overdue) == (date(2026, 4, 1), False)
    assert "not ended" in each.note
    assert found([*again, line(4, "2026-04-03", "run-ended", run=2)], "2026-04-20").since == date(2026, 4, 3)


def test_a_line_that_a_clock_dated_back_counts_from_the_line_before():
    entries = lines(("2026-03-01", "case-made", {}), ("2020-01-01", "run-ended", {"run": 1}))
    each = found(entries, "2026-04-01")
    assert (each.since, each.overdue) == (date(2026, 3, 1), False)


def test_while_the_clock_is_behind_the_ledger_nothing_is_overdue_and_that_is_said():
    record = Record.new("Street", "ai-training", retention=Retention(originals_days=0))
    entries = lines(("2026-01-01", "run-ended", {"run": 1}), ("2030-01-01", "case-changed", {}))
    each = found(entries, "2026-05-01", record)
    assert not each.overdue
    assert "The clock says 2026-05-01" in each.note
    assert "2030-01-01" in behind(entries, date(2026, 5, 1))
    assert behind(entries, date(2030, 1, 1)) == ""
    assert found(entries, "2030-01-02", record).overdue


def test_a_hold_wins():
    record = Record.new("Street", "ai-training", retention=Retention(hold="Court order 12"))
    each = found(ENDED, "2027-01-01", record)
    assert not each.overdue
    assert each.left < 0
    assert each.note == "Held: Court order 12"


def test_each_release_has_its_own_days_and_the_link_table_those_of_the_originals():
    entries = [
        *ENDED,
        line(3, "2026-01-12", "sealed", what="link-table"),
        line(4, "2026-01-20", "release-exported", run=1),
        line(5, "2026-02-20", "release-exported", run=2),
    ]
    every = due(Record.new("Street", "publication"), entries, date(2026, 3, 1))
    releases = [(each.run, each.since) for each in every if each.what == "release"]
    assert releases == [(1, date(2026, 1, 20)), (2, date(2026, 2, 20))]
    link = next(each for each in every if each.what == "link-table")
    assert (link.until, link.overdue) == (date(2026, 1, 10) + timedelta(30), True)
    assert [each.overdue for each in every] == sorted((each.overdue for each in every), reverse=True)


def test_what_was_deleted_is_not_due_until_there_is_more_of_it():
    gone = [*ENDED, line(3, "2026-04-20", "deleted", what="originals", run=0)]
    each = found(gone, "2026-06-01")
    assert (each.gone, each.overdue) == (date(2026, 4, 20), False)
    assert found(gone, "2026-06-01", what="work").overdue
    again = [*gone, line(4, "2026-05-01", "run-ended", run=2)]
    assert found(again, "2026-12-01").overdue
    releases = [
        line(1, "2020-01-01", "release-exported", run=1),
        line(2, "2020-01-01", "release-exported", run=2),
        line(3, "2026-01-01", "deleted", what="release", run=2),
    ]
    every = due(Record.new("Street", "publication"), releases, date(2026, 2, 1))
    assert {each.run: each.overdue for each in every if each.what == "release"} == {1: True, 2: False}
