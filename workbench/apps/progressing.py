"""How something long is getting on, with a button that stops it. It runs in the thread that calls `follow`."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from threading import Event as Flag
from typing import Generic, TypeVar

import ipywidgets as ui

from workbench.apps.parts import hint
from workbench.values import Event

Result = TypeVar("Result")


@dataclass(frozen=True)
class Followed(Generic[Result]):
    """How it ended."""

    result: Result | None
    """what the generator returned; None when it was stopped"""
    message: str
    """of its last event that had one of its own"""
    stopped: bool


class Progress:
    """A bar, a number of files and a button; nothing is shown while nothing goes on."""

    def __init__(self) -> None:
        self._stopped = Flag()
        self._stop = ui.Button(description="Stop")
        self._stop.on_click(lambda _: self._stopped.set())
        self._bar = ui.IntProgress(layout={"width": "min(320px, 100%)"})
        self._words = hint("")
        self.widget = ui.HBox(
            [self._bar, self._words, self._stop], layout=ui.Layout(flex_flow="row wrap", align_items="center")
        )
        self.widget.layout.display = "none"

    def follow(self, events: Generator[Event, None, Result], doing: str) -> Followed[Result]:
        """Do it, show how far it is, and return how it ended.

        Parameters
        ----------
        events : generator of Event
            Closing it cancels.
        doing : str
            What is said before the first event, such as "Looking …".
        """
        self._stopped.clear()
        self._bar.value, self._words.value = 0, hint(doing).value
        self.widget.layout.display = ""
        message = ""
        try:
            with closing(events):
                while not self._stopped.is_set():
                    try:
                        event = next(events)
                    except StopIteration as end:
                        return Followed(end.value, message, False)
                    message = event.message if event.kind == "end" else message
                    self._tell(event)
            return Followed(None, message, True)
        finally:
            self.widget.layout.display = "none"

    def _tell(self, event: Event) -> None:
        if event.total:
            self._bar.max, self._bar.value = event.total, event.done
            self._words.value = hint(f"{event.done:,} of {event.total:,} files").value
