"""The dashboard: choose a folder, look and tune, run, read the result. Nobody has to write code."""

import threading
import time
from pathlib import Path
from typing import Any

import ipywidgets as ui

from workbench import evidence, jobs
from workbench.apps import results
from workbench.apps.background import Background
from workbench.apps.layout import Layout
from workbench.apps.parts import hint, profile_words
from workbench.apps.session import Opened, Session, changed_name
from workbench.catalog.case import Case
from workbench.release.entries import REPORT
from workbench.serving.context import context, start_log
from workbench.values import Regions, State, UsageError, WorkbenchError
from workbench.widgets import GalleryItem
from workbench.widgets.base import logger
from workbench.widgets.rules import Rules, with_rules

POLL_SECONDS = 0.7
PREPARING = "Preparing …"
ENDED = ("done", "stopped", "interrupted", "none")
"""states in which nothing changes any more by itself"""


def build(case: Path | str | None = None, roots: list[Path] | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with.
    roots : list of Path, optional
        Folders that may be browsed; by default what `workbench serve` was started with.

    Raises
    ------
    UsageError
        When the case cannot be opened.
    """
    given = context()
    folder = Path(case) if case is not None else given.case or Path("workbench-case")
    opened = Case.open(folder)
    start_log(opened.path)
    return Screen(Session(opened), roots or list(given.roots)).root


class Screen(Layout):
    """Connects the widgets of the dashboard with a `Session`.

    Parameters
    ----------
    session : Session
        The state; all work is done there.
    roots : list of Path
        Folders that may be browsed.
    """

    def __init__(self, session: Session, roots: list[Path]) -> None:
        self.session = session
        self.background = Background(self._show_exception)
        self.picture: Opened | None = None
        self.index = -1
        self.run = 0
        self._counts: dict[int, dict[str, int]] = {}
        super().__init__(session, roots)
        self._connect()
        self._take_up_last_run()

    def _connect(self) -> None:
        self.folders.on_choose(self._choose)
        self.gallery.on_open(self._open)
        self.preview.on_rules(self._rules_changed)
        self.preview.on_navigate(lambda step: self._open(self.index + step))
        self.monitor.on_request(self._request)
        self.profile_choice.observe(self._guarded(lambda change: self._use_profile(change["new"])), "value")
        self.quality.observe(self._guarded(lambda change: self._use_quality(change["new"])), "value")
        self.save.on_click(self._guarded(lambda _: self._save_profile()))
        self.start.on_click(self._guarded(lambda _: self._start()))
        self.verify.on_click(self._guarded(lambda _: self._verify()))
        self.result_choice.observe(self._guarded(lambda _: self._show_result()), "value")
        self.profile_about.value = profile_words(self.session.profile)

    def _guarded(self, action: Any) -> Any:
        """Return a callback whose error is shown on the page."""

        def safely(*args: Any) -> None:
            self.notice.clear()
            try:
                action(*args)
            except Exception as error:
                self._show_exception(error)

        return safely

    def _show_exception(self, error: Exception) -> None:
        if isinstance(error, WorkbenchError):
            self.notice.warn(str(error))
            return
        logger.error("a screen's action failed", exc_info=error)
        self.notice.warn(f"Something went wrong here ({type(error).__name__}). The details are in the log.")

    # Choosing and looking

    def _choose(self, folder: Path) -> None:
        self.notice.say(_looking(folder))
        self.background.do("choose", lambda: self._list(folder))

    def _list(self, folder: Path) -> None:
        assets = self.session.choose(folder)
        self.notice.clear(_looking(folder))
        self._counts.clear()
        self.picture, self.index = None, -1
        self.preview.clear()
        self.gallery.show([GalleryItem(asset.path) for asset in assets])
        self.chosen.value = hint(f"{folder.name}: {len(assets)} pictures").value
        self.out.value = self.session.suggested_out()
        if not assets:
            self.notice.warn(f"There is no picture in {folder.name}: choose another folder.")
            return
        self.tabs.selected_index = 1
        self._open(0)

    def _open(self, index: int) -> None:
        if not 0 <= index < len(self.session.assets):
            return
        self.notice.say(_searching(self.session.assets[index].path))
        self.background.do("open", lambda: self._show_picture(index))

    def _show_picture(self, index: int) -> None:
        name = self.session.assets[index].path
        try:
            picture = self.session.open(index)
        except WorkbenchError as error:
            self.gallery.update(index, GalleryItem(name, "failed", note=str(error)))
            raise
        self.picture, self.index = picture, index
        frame = picture.opened.frames[picture.frame]
        self.preview.show(
            picture.jpeg,
            frame.width,
            frame.height,
            picture.detections,
            title=name,
            position=(index + 1, len(self.session.assets)),
            grid=picture.opened.grid,
            origin=picture.opened.grid_origin,
        )
        self.gallery.select(index)
        self._render(self.preview.rules)
        notes = [*picture.opened.notes]
        if len(picture.opened.frames) > 1:
            notes.append(f"It has {len(picture.opened.frames)} frames; the first is shown, all are redacted.")
        self.notice.clear(_searching(name))
        if notes:
            self.notice.say(" ".join(notes))

    def _rules_changed(self, rules: Rules) -> None:
        self.background.do("exact", lambda: self._render(rules))

    def _render(self, rules: Rules) -> None:
        if self.picture is None:
            return
        profile = with_rules(self.preview.profile, rules)
        jpeg, regions = self.session.exact(self.picture, profile)
        self.preview.show_exact(jpeg, regions, rules=rules)
        self._mark_found(regions)

    def _mark_found(self, regions: Regions) -> None:
        counts = regions.counts()
        if self._counts.get(self.index) != counts:
            self._counts[self.index] = counts
            self.gallery.update(self.index, GalleryItem(self.session.assets[self.index].path, "found", counts))

    # Profiles

    def _use_profile(self, name: str) -> None:
        if name == self.session.profile.name:
            return  # just saved: it is what the sliders show
        profile = self.session.load_profile(name)
        self.quality.value = profile.quality
        self.profile_about.value = profile_words(profile)
        self.preview.profile = profile
        if self.picture is not None:
            self._open(self.index)

    def _use_quality(self, quality: str) -> None:
        if quality == self.session.profile.quality:
            return
        self.preview.profile = self.session.use_quality(quality, self.preview.profile)
        if self.picture is not None:
            self._open(self.index)

    def _save_profile(self) -> None:
        name = self.profile_name.value.strip()
        self.session.save_profile(name, self.preview.profile)
        self.preview.profile = self.session.profile
        self.profile_about.value = profile_words(self.session.profile)
        self.background.do("exact", lambda: self._render(self.preview.rules))
        self.profile_choice.options = self.session.profile_names()
        self.profile_choice.value = name
        self.profile_name.value = ""
        self.notice.say(f"Saved as '{name}' in this case.")

    # Running

    def _start(self) -> None:
        self.notice.say(PREPARING)
        self.background.do("start", self._start_run)

    def _start_run(self) -> None:
        profile = self.preview.profile
        if profile.digest != self.session.profile.digest:
            profile = profile.changed(name=changed_name(profile))
        self.run = self.session.start(self.out.value, profile)
        self.notice.clear(PREPARING)
        self.monitor.reset()
        self._watch()

    def _take_up_last_run(self) -> None:
        runs = self.session.case.catalog.runs()
        if not runs:
            return
        self.run = runs[-1].id
        self._watch()
        if jobs.watch(self.session.case).alive:
            self.tabs.selected_index = 2

    def _watch(self) -> None:
        """Follow the run in the catalog; the run itself does not depend on this page."""

        def follow() -> None:
            while True:
                status = jobs.watch(self.session.case, self.run)
                self.monitor.update(results.monitor_status(self.session, status))
                if not status.alive and status.state in ENDED:
                    break
                time.sleep(POLL_SECONDS)
            self._mark_results()
            if status.state == "done" and (self.session.case.catalog.run(self.run).out / REPORT).is_file():
                self.background.do("result", self._show_result)

        threading.Thread(target=follow, name="workbench-watch", daemon=True).start()

    def _mark_results(self) -> None:
        for index, outcome in self.session.results(self.run).items():
            done = outcome.state is State.DONE
            name = self.session.assets[index].path
            item = GalleryItem(name, "done" if done else "failed", outcome.counts, outcome.error)
            self.gallery.update(index, item)

    def _request(self, request: str) -> None:
        if request == "resume" and not jobs.watch(self.session.case, self.run).alive:
            jobs.start(self.session.case.path, self.run)
            self._watch()
            return
        self.session.case.catalog.request(self.run, request)  # type: ignore[arg-type]

    # The result

    def _show_result(self) -> None:
        if not self.run:
            raise UsageError("There is no run yet: start one first.")
        html = (
            evidence.release_report(self.session.case, self.run)
            if self.result_choice.value == "report"
            else evidence.before_after(self.session.case, self.run)
        )
        self.report.show(html, title=str(self.result_choice.label))

    def _verify(self) -> None:
        if not self.run:
            raise UsageError("There is no release yet: start a run first.")
        self.verdict.value = hint("Checking every file …").value
        self.background.do(
            "verify", lambda: setattr(self.verdict, "value", results.verdict(self.session.case, self.run))
        )


def _looking(folder: Path) -> str:
    return f"Looking through {folder.name} …"


def _searching(name: str) -> str:
    return f"Searching {name} …"
