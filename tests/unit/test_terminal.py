"""What a person at a terminal sees, and how they stop it."""

import os
import signal

import pytest

from workbench.terminal import Asked, follow, searching
from workbench.values import Event, Outcome, State


def test_the_first_ctrl_c_asks_and_the_second_one_stops_at_once(capsys):
    before = signal.getsignal(signal.SIGINT)
    asked = Asked()
    with pytest.raises(KeyboardInterrupt), asked.listening():
        assert not asked()
        os.kill(os.getpid(), signal.SIGINT)
        assert asked()
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGINT) is before
    assert "ten seconds of each video" in capsys.readouterr().err


def test_progress_and_the_time_left_are_shown(capsys, monkeypatch):
    events = iter(
        [
            Event("start", 0, 2),
            Event("progress", 0, 2, message="clip.mp4: looking 43%", share=0.43, seconds_left=3725.0),
            Event("file", 1, 2, outcome=Outcome("clip.mp4", State.DONE), seconds_left=None),
            Event("end", 2, 2, message="Done."),
        ]
    )
    follow(events, Asked())
    capsys.readouterr()  # a pipe shows no bar; that nothing is raised is what counts here


def test_a_pause_ends_it_because_nobody_could_resume_from_here(capsys):
    closed = []

    def events():
        try:
            yield Event("paused", message="The disk is full: free some space, then resume.")
        finally:
            closed.append(1)

    follow(events(), Asked())
    assert closed == [1]
    assert "Then run the same command again." in capsys.readouterr().err


def test_a_search_can_be_quiet(capsys):
    with searching(3, quiet=True) as tell:
        tell(0.5)
    assert capsys.readouterr().err == ""
