"""What the driver is asked to do, and what it says about itself: requests, heartbeat, states."""

import time
from collections.abc import Callable

from workbench.catalog.runs import Request, RunState
from workbench.catalog.store import Catalog

BEAT = 1.0
"""seconds between two signs of life"""


class StoppedError(Exception):
    """Somebody asked for a stop while no file was in work."""


class Control:
    """The state of a run, as its driver sees it and the catalog shows it.

    Parameters
    ----------
    catalog : Catalog
    run : int
        The run's id.
    asked : callable
        Polled; true asks for a stop, like the request "stop".
    """

    def __init__(self, catalog: Catalog, run: int, asked: Callable[[], bool]) -> None:
        self._catalog, self._run, self._asked = catalog, run, asked
        self._beaten = 0.0
        self._share = 0.0
        self.seconds_left: float | None = None
        self.paused = self.stopping = self.ended = False
        self.message = ""

    def say(self, state: RunState, message: str = "") -> None:
        """Record a state with its reason."""
        self.message = message
        self.paused, self.stopping = state == "paused", state == "stopping"
        self.ended = state in ("stopped", "done")
        self._catalog.set_state(self._run, state, message)

    def tick(self) -> None:
        """Give a sign of life, at most once a second, and obey a stop.

        Raises
        ------
        StoppedError
            For code outside the loop over the files, where there is nothing to finish.
        """
        if not self._beat():
            return
        if self._asked() or self._catalog.peek_request(self._run) == "stop":
            self._catalog.take_request(self._run)
            raise StoppedError

    def next_request(self) -> Request:
        """Give a sign of life and return what is asked for, where it is not so already."""
        self._beat()
        request: Request = "stop" if self._asked() else self._catalog.take_request(self._run)
        already = {"stop": self.stopping, "pause": self.paused or self.stopping, "resume": not self.paused}
        return "" if already.get(request) else request

    @property
    def due(self) -> bool:
        """Whether the next sign of life should say something new: once a second, and until there is an estimate."""
        return self.seconds_left is None or time.monotonic() - self._beaten >= BEAT

    def progress(self, share: float, seconds_left: float | None) -> None:
        """Say how much of the files in work is done, and how long the rest will take."""
        if self.seconds_left is None and seconds_left is not None:
            self._beaten = 0.0  # a first estimate is not kept waiting
        self._share, self.seconds_left = share, seconds_left
        self._beat()

    def alive(self) -> None:
        """Give a sign of life, at most once a second."""
        self._beat()

    def _beat(self) -> bool:
        if time.monotonic() - self._beaten < BEAT:
            return False
        self._beaten = time.monotonic()
        self._catalog.beat(self._run, self._share, self.seconds_left)
        return True
