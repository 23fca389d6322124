"""The last step: redact again what people corrected, in a process of its own, and watch it."""

import threading
import time
from typing import TYPE_CHECKING

from workbench import jobs
from workbench.apps import results, review_words
from workbench.apps.parts import hint
from workbench.apps.running import ENDED, POLL_SECONDS
from workbench.review import outdated
from workbench.values import UsageError

if TYPE_CHECKING:
    from workbench.apps.review import Screen

AGAIN = 3
"""its tab"""


class Redoing:
    """Connects the last step with the run.

    Parameters
    ----------
    screen : Screen
        Its widgets and its desk.
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._watching = False
        screen.redo.on_click(screen.notice.guarded(lambda _: self._start()))
        screen.monitor.on_request(self._request)
        screen.monitor.layout.display = "none"
        # Asked of the whole run, so only when somebody goes there.
        screen.tabs.observe(screen.notice.guarded(lambda change: self._seen(change["new"])), "selected_index")

    def _seen(self, tab: int) -> None:
        if tab == AGAIN and not self._watching:
            self._screen.background.do("outdated", self.tell)

    def tell(self) -> None:
        """Say how many files wait for it."""
        screen = self._screen
        run = screen.run.value
        number = len(outdated(screen.desk.case, run)) if run is not None else 0
        screen.redo_words.value = hint(review_words.outdated_words(number)).value
        screen.redo.disabled = not number or self._watching

    def _start(self) -> None:
        screen = self._screen
        run = screen.run.value
        if run is None:
            raise UsageError("This case has released nothing yet: redact a folder first.")
        screen.desk.permit(screen.desk.reviewer, "redo")
        jobs.start(screen.desk.case.path, run)
        self._watch(run)

    def _watch(self, run: int) -> None:
        screen = self._screen
        self._watching = screen.redo.disabled = True
        screen.monitor.reset()
        screen.monitor.layout.display = ""

        def follow() -> None:
            try:
                self._follow(run)
            except Exception as error:
                screen.notice.explain(error)
            finally:
                self._watching = False
                self.tell()
                screen.counting.soon()

        threading.Thread(target=follow, name="workbench-watch", daemon=True).start()

    def _follow(self, run: int) -> None:
        screen = self._screen
        while True:
            status = jobs.watch(screen.desk.case, run)
            screen.monitor.update(results.monitor_status(screen.session, status))
            if not status.alive and status.state in ENDED:
                break
            time.sleep(POLL_SECONDS)
        if screen.desk.review is not None:
            screen.desk.look_again()

    def _request(self, request: str) -> None:
        screen = self._screen
        run = screen.run.value
        if request == "resume" and not jobs.watch(screen.desk.case, run).alive:
            jobs.start(screen.desk.case.path, run)
            self._watch(run)
            return
        screen.desk.case.catalog.request(run, request)  # type: ignore[arg-type]
