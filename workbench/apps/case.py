"""The case screen: why pictures are redacted, on what basis, with which risks, who answers, and what follows."""

from collections.abc import Callable, Collection, Mapping
from html import escape
from pathlib import Path

import ipywidgets as ui

from workbench.apps import case_pages, case_words
from workbench.apps.case_desk import CaseDesk, differing
from workbench.apps.case_people import People
from workbench.apps.parts import Notice, hint, page
from workbench.apps.role import Held, head, show_head
from workbench.batch.described import scenes_of_case
from workbench.catalog.case import Case
from workbench.governance import case_file, guidance
from workbench.governance.effects import effects, profile_for
from workbench.governance.record import Record
from workbench.governance.screening import screen
from workbench.governance.unanswered import unanswered
from workbench.governance.verdict import verdict
from workbench.serving.context import context, start_log
from workbench.widgets import FormWidget
from workbench.widgets.form import Section

TITLES = (
    "1  Why", "2  Risks", "3  Rights and notes", "4  Assessment", "5  People and roles", "6  What follows", "7  Ledger",
)  # fmt: skip
RISKS, FOLLOWS, LEDGER = 1, 5, 6
LABEL = {"description_width": "initial"}
NEW = (
    "This case has no record yet. A record says what the pictures are for, on which basis they are used, which risks "
    "there are and who answers for it. What it says decides how strongly is redacted and what is checked before "
    "anything leaves. Three answers open it; all others can wait."
)
BROKEN = "Nothing can be shown or saved until it is put right. Correct the file, or put a copy back, then look again."
SAVED = "Each answer is saved by itself, shortly after you stop typing or when you leave the field."


def build(case: Path | str | None = None, user: str | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with.
    user : str, optional
        Who looks; by default whoever is signed in.

    Raises
    ------
    UsageError
        When the case cannot be opened.
    """
    given = context()
    folder = (Path(case) if case is not None else given.case or Path("workbench-case")).expanduser().absolute()
    if not (folder / case_file.CASE_FILE).is_file():
        Case.open(folder).close()  # the record of a case whose catalog is locked away can still be read
    start_log(folder)
    return Screen(CaseDesk(folder, given.user if user is None else user)).root


class Screen:
    """Connects the widgets of the case screen with a `CaseDesk`.

    Parameters
    ----------
    desk : CaseDesk
        The state; all that is stored goes through it.
    """

    def __init__(self, desk: CaseDesk) -> None:
        self.desk, self.notice = desk, Notice()
        self.header = head(desk.seat)
        self.notice.widget.add_class("wbp-above")
        self.body = ui.VBox()
        self.root = page([self.header, self.notice.widget, self.body])
        self.forms: dict[str, FormWidget] = {}
        self._opening()
        self._show()

    def again(self) -> bool:
        """Read the record again, as somebody else may have changed it, and show it; return whether it was changed."""
        before = self.desk.record
        changed = self.desk.look()
        if changed:
            self._tell(before)
            self._show()
        return changed

    # What is shown: a broken record, the opening form, or the tabs

    def _show(self) -> None:
        show_head(self.header, self.desk.seat)
        if self.desk.problem:
            self.body.children = [self._broken()]
        elif self.desk.record is None:
            self.body.children = [self.opening]
            self.held.look()
        elif not self.forms:
            self._build(self.desk.record)
            self.body.children = [self.tabs]
        else:
            self._refresh()
            self.body.children = [self.tabs]

    def _broken(self) -> ui.Widget:
        look = ui.Button(description="Look again", icon="refresh")
        look.on_click(self.notice.guarded(lambda _: self.again()))
        text = f"<div class='wbp-notice wbp-warn' role='alert'>{escape(self.desk.problem)}</div>"
        return ui.VBox([ui.HTML(text), hint(BROKEN), look])

    def _opening(self) -> None:
        self.title = ui.Text(description="Short name of the case", style=LABEL, layout={"width": "min(640px, 100%)"})
        self.purpose = ui.RadioButtons(
            options=[(words, name) for name, words in case_pages.PURPOSES.items()],
            description="What is the result for?", style=LABEL, layout={"width": "auto"},
        )  # fmt: skip
        self.jurisdiction = ui.RadioButtons(
            options=[(words, name) for name, words in guidance.jurisdictions().names.items()],
            description="Whose law applies?", style=LABEL, layout={"width": "auto"},
        )  # fmt: skip
        self.open = ui.Button(description="Open the case", button_style="primary")
        self.held = Held(self.desk.seat, "change-case", self.open)
        self.open.on_click(self.notice.guarded(lambda _: self._begin()))
        parts = [self.title, self.purpose, self.jurisdiction, self.open, self.held.why]
        self.opening = ui.VBox([hint(NEW), *parts, hint(guidance.NOT_LEGAL_ADVICE)])
        self.opening.add_class("wbp-opening")

    def _begin(self) -> None:
        self.desk.begin(self.title.value, self.purpose.value, self.jurisdiction.value)
        self._show()

    # The tabs

    def _build(self, record: Record) -> None:
        pages: dict[str, Callable[[Record], tuple[Section, ...]]] = {
            "Why": case_pages.why, "Risks": case_pages.risks, "Rights and notes": case_pages.rights,
            "Assessment": case_pages.assessment, "Limits": case_pages.limits,
        }  # fmt: skip
        self._pages = pages
        self.forms = {name: FormWidget(make(record), self._saver(name), label=name) for name, make in pages.items()}
        self.people = People(self.desk, self.notice, self._show)
        self.risks, self.follows, self.advice, self.ledger = ui.HTML(), ui.HTML(), ui.HTML(), ui.HTML()
        for widget in (self.risks, self.advice):
            widget.add_class("wbp-side")
            widget.add_class("wbp-stays")
        verify = ui.Button(description="Verify again", icon="check")
        verify.on_click(self.notice.guarded(lambda _: self._verify()))
        asked = ui.Accordion(
            [self.forms["Limits"]], titles=("Ask for something else: other limits, a link table, keys",)
        )
        asked.selected_index = None
        self.tabs = ui.Tab(
            children=[
                ui.VBox([hint(SAVED), self.forms["Why"]]),
                _columns(self.forms["Risks"], self.risks),
                self.forms["Rights and notes"],
                _columns(self.forms["Assessment"], self.advice),
                self.people.widget,
                ui.VBox([self.follows, asked, hint(guidance.NOT_LEGAL_ADVICE)]),
                ui.VBox([verify, self.ledger]),
            ],
            titles=TITLES,
        )
        self.tabs.observe(self.notice.guarded(lambda _: self._go()), "selected_index")
        self._refresh()

    def _saver(self, name: str) -> Callable[[str, str, bool], Mapping[str, str]]:
        def save(field: str, value: str, over: bool) -> Mapping[str, str]:
            before = self.desk.record
            stored: Mapping[str, str] = {}
            try:
                stored = self.desk.save(field, value, over)
                self.forms[name].put(stored)
            finally:
                if self.desk.record is not before:
                    self._tell(before, {field, *stored})
                    self._refresh()
            return stored

        return save

    def _go(self) -> None:
        if not self.again():
            self._look_at(self.tabs.selected_index)

    def _refresh(self) -> None:
        """Show the record as it is now in every form, and what follows from it."""
        record = self.desk.record
        if record is None:
            return
        show_head(self.header, self.desk.seat)
        locked = self.desk.seat.refusal("change-case")
        for name, form in self.forms.items():
            form.show(self._pages[name](record), locked)
        self.people.show()
        self.risks.value = case_words.risk_words(record)
        self.advice.value = case_words.risk_words(record)
        self._look_at(self.tabs.selected_index)

    def _look_at(self, tab: int | None) -> None:
        """Bring up to date what is dear to compute, once it is looked at."""
        record = self.desk.record
        if record is None:
            return
        if tab == FOLLOWS:
            scenes = scenes_of_case(self.desk.folder)
            profile = profile_for(record, scenes)
            decided = effects(record, scenes)
            self.follows.value = "".join(
                (
                    case_words.warning_words(decided.warnings),
                    case_words.open_words(unanswered(record), screen(record)),
                    "<h3>Is hiding faces enough?</h3>",
                    case_words.verdict_words(verdict(record, profile, scenes)),
                    case_words.effect_words(decided, profile.name),
                )
            )
        if tab == LEDGER:
            self._verify()

    def _verify(self) -> None:
        self.ledger.value = case_words.ledger_words(self.desk.ledger())

    def _tell(self, before: Record | None, mine: Collection[str] = ()) -> None:
        """Say what somebody else has changed since it was shown."""
        after = self.desk.record
        if before is None or after is None:
            return
        others = [path for path in differing(before, after) if path not in mine]
        if others:
            words = "; ".join(case_pages.label_of(path) for path in others[:3])
            more = f" and {len(others) - 3} more" if len(others) > 3 else ""
            self.notice.say(f"Somebody else changed the record meanwhile, and it is shown now: {words}{more}")


def _columns(main: ui.Widget, side: ui.Widget) -> ui.Widget:
    main.add_class("wbp-main")
    row = ui.Box([main, side])
    row.add_class("wbp-columns")
    return row
