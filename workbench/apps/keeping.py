"""The retention screen: what is due, sealing, and deletion that a named person confirms."""

import time
from collections.abc import Callable
from html import escape
from pathlib import Path

import ipywidgets as ui

from workbench import keeping
from workbench.apps import keeping_words
from workbench.apps.background import Background
from workbench.apps.keeping_layout import Layout
from workbench.apps.keeping_sealing import Sealing
from workbench.apps.parts import hint
from workbench.apps.role import Seat, show_head
from workbench.governance import case_file
from workbench.keeping import Certificate, Plan
from workbench.serving.context import context, start_log
from workbench.values import UsageError, WorkbenchError

CODE = 12
"""characters of a plan's digest that are typed to confirm it"""
PAUSE = 0.2
"""seconds between two words about progress"""
NO_RECORD = (
    "This case has no record, so no day is set and nobody is named: open it on the page “Open and keep the case” first."
)


def build(case: Path | str | None = None, user: str | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with. It is not made when it is not there.
    user : str, optional
        Who looks; by default whoever is signed in.

    Raises
    ------
    UsageError
        When there is no such folder.
    """
    given = context()
    folder = (Path(case) if case is not None else given.case or Path("workbench-case")).expanduser().absolute()
    if not folder.is_dir():
        raise UsageError(f"There is no case {folder.name} yet: open it on the page “Open and keep the case” first.")
    start_log(folder)
    return Screen(Seat(folder, given.user if user is None else user)).root


class Screen(Layout):
    """Connects the widgets of the retention screen with `workbench.keeping`.

    Parameters
    ----------
    seat : Seat
        The case, and who sits there.
    """

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        super().__init__(seat)
        self.background = Background(self.notice.explain)
        self._plan: Plan | None = None
        self._known: dict[str, Certificate] = {}
        self._connect()
        self.sealing = Sealing(self)
        self.refresh()

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return self.background.join()

    def refresh(self) -> None:
        """Show how the case stands now; what cannot be told says why."""
        show_head(self.header, self.seat)
        try:
            record = case_file.load(self.seat.folder)
            standing = keeping.standing(self.seat.folder)
        except WorkbenchError as error:
            self.notice.explain(error)
            return
        clock = keeping.clock_note(self.seat.folder)
        self.standing.value = keeping_words.warning_words(standing.interrupted, clock)
        self.clock.layout.display = "" if clock else "none"
        if record is None:
            self.due.value = hint(NO_RECORD).value
        else:
            self.due.value = keeping_words.due_words(keeping.due(self.seat.folder), standing.today)
        self.may_delete.look()
        self.sealing.show(record, standing)
        self._show_certificates()

    def _connect(self) -> None:
        guarded = self.notice.guarded
        self.again.on_click(guarded(lambda _: self.refresh()))
        self.what.observe(lambda _: self._forget(), "value")
        self.look.on_click(guarded(lambda _: self.soon(self._dry_run)))
        self.code.observe(lambda _: self._typed(), "value")
        self.delete.on_click(guarded(lambda _: self.soon(self._delete_now)))
        self.certificates.observe(lambda _: self._show_certificate(), "value")
        self.tabs.observe(lambda _: self.notice.clear(), "selected_index")

    def soon(self, task: Callable[[keeping.Tick], object]) -> None:
        """Do what takes long beside the page, and say how far it is."""
        said = [0.0]

        def tick(doing: str, done: int, total: int) -> None:
            if time.monotonic() - said[0] > PAUSE:
                said[0] = time.monotonic()
                self.progress.value = _bar(doing, done, total)

        def work() -> None:
            self.progress.value = _bar("Working", 0, 0)
            try:
                task(tick)
            finally:
                self.progress.value = ""

        self.background.do("work", work)

    # Deletion

    def _forget(self) -> None:
        """Another choice needs another dry run."""
        self._plan = None
        self.plan.value = self.gone.value = ""
        self.confirm.layout.display = "none"

    def _dry_run(self, tick: keeping.Tick) -> None:
        self._forget()
        plan = keeping.plan(self.seat.folder, self.what.value, tick=tick)
        self._plan = plan
        self.plan.value = keeping_words.plan_words(plan)
        if plan.files and not plan.refused:
            self.code.value = ""
            self.code.description = f"To confirm, type this code: {plan.digest[:CODE]}"
            self.confirm.layout.display = ""
            self._typed()

    def _typed(self) -> None:
        plan, typed = self._plan, self.code.value.strip().lower()
        self.delete.disabled = plan is None or len(typed) < CODE or not plan.digest.startswith(typed)

    def _delete_now(self, tick: keeping.Tick) -> None:
        plan, typed = self._plan, self.code.value.strip().lower()
        if plan is None:
            raise UsageError("Make a dry run first: what is confirmed has to be seen.")
        self.delete.disabled = True  # pressed twice: the first one counts
        try:
            made = keeping.delete(
                self.seat.folder, plan, confirm=typed, who=self.seat.who, clock_is_right=self.clock.value, tick=tick
            )
        except WorkbenchError:
            self._typed()
            raise
        self._forget()
        self.gone.value = keeping_words.certificate_words(made)
        self.notice.say(f"Deleted {keeping.WORDS[made.what]}; the certificate stands below.")
        self.refresh()

    # Certificates

    def _show_certificates(self) -> None:
        found = keeping.certificates(self.seat.folder)
        self._known = {each.digest: each for each in found}
        options = [(f"{each.at[:10]}: {keeping.WORDS[each.what]}", each.digest) for each in reversed(found)]
        if tuple(options) != tuple(self.certificates.options):
            self.certificates.options = options
            self.certificates.index = 0 if options else None  # the newest
        self.certificates.layout.display = "" if options else "none"
        if options:
            self._show_certificate()
        else:
            self.certificate.value = hint("Nothing was deleted in this case yet.").value

    def _show_certificate(self) -> None:
        chosen = self._known.get(self.certificates.value or "")
        if chosen is not None:
            self.certificate.value = keeping_words.certificate_words(chosen)


def _bar(doing: str, done: int, total: int) -> str:
    words = f"{doing} …" + (f" {done:,} of {total:,}" if total else "")
    bar = f"<progress value='{done}' max='{total}'></progress>" if total else "<progress></progress>"
    return f"<div class='wbp-notice' role='status'>{escape(words)} {bar}</div>"
