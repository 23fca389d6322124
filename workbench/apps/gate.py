"""The release screen: what stands between a run and its release, attempts, risks, the decision, the export."""

from collections.abc import Callable, Generator
from html import escape
from pathlib import Path

import ipywidgets as ui

from workbench.apps import gate_rows
from workbench.apps.background import Background
from workbench.apps.gate_desk import NO_RUN, GateDesk
from workbench.apps.gate_layout import Layout
from workbench.apps.parts import hint
from workbench.apps.role import Seat
from workbench.catalog.case import Case
from workbench.gate.export import Exported
from workbench.gate.values import Gate
from workbench.serving.context import context, is_served, start_log
from workbench.values import Event, State, UsageError

CHECKS, TRY, RISKS, DECIDE, EXPORT = range(5)
"""tabs"""
LOOKING = "Looking at everything that is known about this run …"


def build(case: Path | str | None = None, who: str | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with.
    who : str, optional
        Account of the person; by default whoever is signed in.

    Raises
    ------
    UsageError
        When the case cannot be opened.
    """
    given = context()
    opened = Case.open(Path(case) if case is not None else given.case or Path("workbench-case"))
    start_log(opened.path)
    return Screen(GateDesk(opened, Seat(opened.path, given.user if who is None else who))).root


class Screen(Layout):
    """Connects the widgets of the release screen with a `GateDesk`.

    Parameters
    ----------
    desk : GateDesk
        The state; all work is done there.
    """

    def __init__(self, desk: GateDesk) -> None:
        self.desk = desk
        self._overriding, self._searching = "", False
        super().__init__(desk)
        self.background = Background(self.notice.explain)
        self._connect()
        self._tell_way()
        self.look()

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return self.background.join()

    def _connect(self) -> None:
        guarded = self.notice.guarded
        clicks: dict[ui.Button, Callable[[], object]] = {
            self.again: self.look,
            self.attack: self._attack,
            self.record: self._record,
            self.add_risk: self._add_risk,
            self.explain: self._explain,
            self.override_it: self._override,
            self.leave_it: lambda: self._open_override(""),
            self.approve: lambda: self._decide(True),
            self.refuse: lambda: self._decide(False),
            self.export: self._export,
            self.show_report: self._report,
        }
        for button, action in clicks.items():
            button.on_click(guarded(lambda _, action=action: action()))
        self.run.observe(guarded(lambda _: self.look()), "value")
        self.method.observe(guarded(lambda _: self._tell_way()), "value")
        self.checks.on_deed(self._deed)

    # What is known

    def look(self) -> None:
        """Look at the chosen run, beside the page."""
        if self.run.value is None:
            self.notice.warn(NO_RUN)
            return
        run = self.run.value
        self._open_override("")
        self._soon("look", LOOKING, lambda: self._show(self.desk.look(run)))

    def _soon(self, name: str, words: str, task: Callable[[], object]) -> None:
        self.notice.say(words)

        def work() -> None:
            task()
            self.notice.clear(words)

        self.background.do(name, work)

    def _done(self, words: str) -> None:
        """Say what was done, with everything on the page as it is now."""
        assert self.desk.run is not None
        self._show(self.desk.look(self.desk.run))
        self.notice.say(words)

    def _show(self, gate: Gate) -> None:
        facts, desk = self.desk.facts, self.desk
        assert facts is not None
        self.checks.show(
            gate_rows.lines(gate, desk.barred, is_served()),
            holds=gate.may_leave,
            headline=gate_rows.headline(gate),
            why=gate_rows.why(gate),
        )
        self.attempts.value = gate_rows.attempts(facts.attempts)
        self.risks.value = gate_rows.risks(facts.risks)
        self.decisions.value = gate_rows.decisions(facts.decisions)
        self.exports.value = gate_rows.exports(facts.exports)
        self.standing.value = (
            f"<p class='wbp-profile'><b>{gate_rows.headline(gate)}.</b> {escape(gate_rows.why(gate))}</p>"
        )
        failed = sum(outcome.state is State.FAILED for outcome in facts.outcomes)
        self.failed_box.layout.display = "" if failed else "none"
        files = "1 file of this run failed and is" if failed == 1 else f"{failed:,} files of this run failed and are"
        self.failed_words.value = hint(f"{files} not in its output.").value
        if not self.out.value:
            self.out.value = desk.suggested_out()
        self._bar(gate)

    def _bar(self, gate: Gate) -> None:
        """Disable what this person may not do now, with the reason beside it."""
        desk = self.desk
        attempt = desk.barred("attempt")
        _bar(attempt, self.try_barred, self.attack, self.record)
        self.attack.disabled = bool(attempt) or self._searching
        _bar(attempt, self.risk_barred, self.add_risk, self.explain)
        others = [check.title for check in gate.held_by if check.name != "approval"]
        approve = desk.barred("approve")
        held = "It cannot be approved while other checks hold it back." if others else ""
        decided = "These files are approved already." if gate.may_leave else ""
        _bar(approve or held or decided, self.decide_barred, self.approve)
        self.refuse.disabled = bool(approve)
        held = "" if gate.may_leave else "It cannot be exported before it may leave: see step 1."
        _bar(desk.barred("release") or held, self.export_barred, self.export)

    # Checks

    def _deed(self, index: int, name: str) -> None:
        self.notice.guarded(self._do_deed)(index, name)

    def _do_deed(self, index: int, name: str) -> None:
        gate = self.desk.gate
        if gate is None or index >= len(gate.checks):
            return
        if name == "verify":
            self.background.do("verify", self._verify)
        elif name == "override":
            self._open_override(gate.checks[index].name)
        else:
            self.tabs.selected_index = {"try": TRY, "explain": RISKS, "decide": DECIDE}[name]

    def _verify(self) -> None:
        ended = self.progress.follow(self.desk.verify(), "Verifying …")
        verdict = ended.result.verdict if ended.result else "Stopped: nothing is verified by that."
        self._done(verdict)

    def _open_override(self, check: str) -> None:
        """Offer to override one check; with "" none."""
        self._overriding = check
        self.override_box.layout.display = "" if check else "none"
        if check and self.desk.gate is not None:
            found = self.desk.gate.check(check)
            words = f"<b>{escape(found.title)}</b>: {escape(found.says)}" if found else ""
            self.override_title.value = f"<p class='wbp-profile'>{words}</p>"
            self.override_reason.focus()

    def _override(self) -> None:
        self.desk.override(self._overriding, self.override_reason.value)
        self.override_reason.value = ""
        self._open_override("")
        self._done("Overridden. The reason stands in the report.")

    # Attempts and risks

    def _tell_way(self) -> None:
        self.how.value = gate_rows.way(self.method.value)

    def _attack(self) -> None:
        files = self.least.value
        self.background.do("attack", lambda: self._search(files))

    def _search(self, files: int) -> None:
        self._searching = self.attack.disabled = True
        try:
            ended = self.progress.follow(self.desk.attack(files), "Searching the outputs …")
        finally:
            self._searching = self.attack.disabled = False
        self._done(ended.result.note if ended.result else "Stopped: nothing is recorded.")

    def _record(self) -> None:
        self.desk.record(self.method.value, self.tried.value, self.identified.value, self.note.value, self.tools.value)
        self.tried.value = self.identified.value = 0
        self.note.value = self.tools.value = ""
        self._done("The attempt is recorded.")

    def _add_risk(self) -> None:
        self.desk.add_risk(self.risk.value, self.level.value, self.action.value)
        self.risk.value = self.action.value = ""
        self._done("The risk is recorded.")

    def _explain(self) -> None:
        self.desk.explain(self.failed.value)
        self.failed.value = ""
        self._done("The reason is recorded.")

    # Decision and export

    def _decide(self, approve: bool) -> None:
        reason = self.reason.value
        if not approve and not reason.strip():
            raise UsageError("Say why it is refused, so that it can be mended.")
        # Approving verifies every output first, which can take long.
        self._soon("decide", "Verifying the files that are decided about …", lambda: self._decided(approve, reason))

    def _decided(self, approve: bool, reason: str) -> None:
        (self.desk.approve if approve else self.desk.refuse)(reason)
        self.reason.value = ""
        self._done("Approved: these files may leave." if approve else "Refused: these files may not leave.")

    def _export(self) -> None:
        steps = self.desk.export(
            self.out.value, self.labels.value, self.form.value, self.hidden.value, self.rescale.value
        )
        self.exported.value = ""
        self.background.do("export", lambda: self._follow_export(steps))

    def _follow_export(self, steps: Generator[Event, None, Exported]) -> None:
        self.export.disabled = True
        try:
            ended = self.progress.follow(steps, "Exporting …")
        finally:
            self.export.disabled = False
        if ended.result is None:
            self._done("Stopped: nothing was released.")
            return
        self.exported.value = gate_rows.exported(ended.result)
        self._done("Released.")

    def _report(self) -> None:
        self._soon("report", "Writing the report …", self._show_report)

    def _show_report(self) -> None:
        self.report.show(self.desk.report(), title="Report")
        self.report.layout.display = ""


def _bar(reason: str, words: ui.HTML, *buttons: ui.Button) -> None:
    words.value = hint(reason).value if reason else ""
    words.layout.display = "" if reason else "none"
    for button in buttons:
        button.disabled = bool(reason)
