"""The third and fourth step of the dashboard: start a run, follow it, read its result."""

import threading
import time

from workbench import evidence, jobs
from workbench.apps import results
from workbench.apps.background import Background
from workbench.apps.layout import Layout
from workbench.apps.parts import gallery_item, hint
from workbench.apps.session import Session, changed_name
from workbench.release.entries import REPORT
from workbench.values import State, UsageError

POLL_SECONDS = 0.7
PREPARING = "Preparing …"
ENDED = ("done", "stopped", "interrupted", "none")
"""states in which nothing changes any more by itself"""


class Running:
    """Connects the widgets of the last two steps with the runs of a case.

    Parameters
    ----------
    layout : Layout
        Its monitor, report and buttons.
    session : Session
        The case, the pictures and the profile.
    background : Background
        Does what takes longer than a click.
    """

    def __init__(self, layout: Layout, session: Session, background: Background) -> None:
        self._layout, self._session, self._background = layout, session, background
        self.run = 0
        layout.monitor.layout.display = "none"  # it steers a run, and there is none yet
        layout.monitor.on_request(self._request)
        layout.start.on_click(layout.notice.guarded(lambda _: self._start()))
        layout.verify.on_click(layout.notice.guarded(lambda _: self._verify()))
        layout.result_choice.observe(layout.notice.guarded(lambda _: self._show_result()), "value")

    def take_up_last(self) -> None:
        """Follow the run that this case had last; go to its step when it is at work."""
        runs = self._session.case.catalog.runs()
        if not runs:
            return
        self.run = runs[-1].id
        self._watch()
        if jobs.watch(self._session.case).alive:
            self._layout.tabs.selected_index = 2

    def _start(self) -> None:
        self._layout.notice.say(PREPARING)
        self._background.do("start", self._start_run)

    def _start_run(self) -> None:
        profile = self._layout.preview.profile
        if profile.digest != self._session.profile.digest:
            profile = profile.changed(name=changed_name(profile))
        self.run = self._session.start(self._layout.out.value, profile)
        self._layout.notice.clear(PREPARING)
        self._layout.monitor.reset()
        self._watch()

    def _watch(self) -> None:
        """Follow the run in the catalog; the run itself does not depend on this page."""
        self._layout.monitor.layout.display = ""

        def follow() -> None:
            try:
                self._follow(self.run)
            except Exception as error:
                self._layout.notice.explain(error)

        threading.Thread(target=follow, name="workbench-watch", daemon=True).start()

    def _follow(self, run: int) -> None:
        case = self._session.case
        while True:
            status = jobs.watch(case, run)
            self._layout.monitor.update(results.monitor_status(self._session, status))
            if not status.alive and status.state in ENDED:
                break
            time.sleep(POLL_SECONDS)
        self._mark_results(run)
        if status.state == "done" and (case.catalog.run(run).out / REPORT).is_file():
            self._background.do("result", self._show_result)

    def _mark_results(self, run: int) -> None:
        for index, outcome in self._session.results(run).items():
            done = outcome.state is State.DONE
            asset = self._session.assets[index]
            item = gallery_item(asset, "done" if done else "failed", outcome.counts, outcome.error)
            self._layout.gallery.update(index, item)

    def _request(self, request: str) -> None:
        case = self._session.case
        if request == "resume" and not jobs.watch(case, self.run).alive:
            jobs.start(case.path, self.run)
            self._watch()
            return
        case.catalog.request(self.run, request)  # type: ignore[arg-type]

    def _show_result(self) -> None:
        if not self.run:
            raise UsageError("There is no run yet: start one first.")
        self._layout.frames.offer(results.release_with_videos(self._session.case, self.run))
        choice = self._layout.result_choice
        html = (
            evidence.release_report(self._session.case, self.run)
            if choice.value == "report"
            else evidence.before_after(self._session.case, self.run)
        )
        self._layout.report.show(html, title=str(choice.label))

    def _verify(self) -> None:
        if not self.run:
            raise UsageError("There is no run yet: start one first.")
        verdict = self._layout.verdict
        verdict.value = hint("Checking every file …").value
        self._background.do("verify", lambda: setattr(verdict, "value", results.verdict(self._session.case, self.run)))
