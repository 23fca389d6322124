"""One thread makes items while another uses them."""

import threading
import time
from contextlib import closing

import pytest

from workbench.media.ahead import ahead


def test_the_same_items_in_the_same_order_however_deep():
    assert list(ahead(iter(range(100)), 1)) == list(range(100))
    assert list(ahead([None, 0, ""])) == [None, 0, ""]
    assert list(ahead([])) == []


def test_what_is_raised_comes_after_what_was_made_before_it():
    def items():
        yield 1
        raise LookupError("no more")

    given = ahead(items())
    assert next(given) == 1
    with pytest.raises(LookupError, match="no more"):
        next(given)


def test_no_more_is_made_than_may_wait():
    made = []

    def items():
        for number in range(100):
            made.append(number)
            yield number

    with closing(ahead(items(), 2)) as given:
        next(given)
        time.sleep(0.3)
        assert len(made) <= 4  # one was taken, two wait, one is in the hand


def test_whoever_stops_early_leaves_no_thread_and_nothing_open():
    closed = []

    def items():
        try:
            while True:
                yield 1
        finally:
            closed.append(True)

    before = threading.active_count()
    with closing(ahead(items())) as given:
        next(given)
    assert closed == [True]
    assert threading.active_count() == before
