"""Who acts in the case: a table, and a small form to name somebody or change their roles."""

from collections.abc import Callable
from html import escape

import ipywidgets as ui

from workbench.apps import case_words
from workbench.apps.case_desk import CaseDesk
from workbench.apps.parts import Notice, hint
from workbench.apps.role import Held
from workbench.governance import guidance

LABEL = {"description_width": "80px"}
WIDE = {"width": "min(480px, 100%)"}
NOBODY = (
    "This case names nobody: one person holds all roles, and nobody approves what somebody else made. Name people "
    "here; from then on only they act in this case. The first has to be operator, and names the others until an "
    "approver is named."
)
ABOUT = (
    "The account is the name with which somebody signs in: at the dashboard's server, at JupyterHub, or at this "
    "machine. The ledger holds the number alone. Whoever left keeps their number and gets no role."
)
FILES = (
    "Whoever can write the case's folder as the same user of this machine can go around the roles: give each role an "
    "account of its own to make them a barrier."
)


class People:
    """Shows and changes the people of a case.

    Parameters
    ----------
    desk : CaseDesk
    notice : Notice
        Shows what was refused.
    changed : callable
        Called after somebody was named.
    """

    def __init__(self, desk: CaseDesk, notice: Notice, changed: Callable[[], object]) -> None:
        self._desk, self._changed = desk, changed
        self.table = ui.HTML()
        self.who = ui.Dropdown(description="Person", style=LABEL, layout=WIDE)
        self.login = ui.Text(description="Account", style=LABEL, layout=WIDE)
        self.name = ui.Text(
            description="Full name", style=LABEL, layout=WIDE, placeholder="stands in the case’s record only"
        )
        self.roles = {
            role: ui.Checkbox(description=f"{role}: {does}", indent=False, layout={"width": "auto"})
            for role, does in guidance.roles().roles.items()
        }
        self.save = ui.Button(description="Save person", button_style="primary")
        self.held = Held(desk.seat, "name-people", self.save, *self.roles.values(), self.login, self.name)
        title = ui.HTML("<h3>Name somebody, or change their roles</h3>")
        ticks = ui.VBox(list(self.roles.values()))
        ticks.add_class("wbp-ticks")
        form = ui.VBox([title, self.who, self.login, self.name, ui.HTML("<b>Roles</b>"), ticks, self.save])
        self.widget = ui.VBox([self.table, self.held.why, form, hint(ABOUT), hint(FILES)])
        self.who.observe(lambda change: self._choose(change["new"]), "value")
        self.save.on_click(notice.guarded(lambda _: self._save()))
        self.show()

    def show(self) -> None:
        """Show the people as the record has them now; what is typed for a new one stays."""
        record = self._desk.record
        if record is None:
            return
        self.table.value = case_words.people_words(record) or f"<p class='wbp-hint'>{escape(NOBODY)}</p>"
        known = [(f"Person {each.number}: {each.login}", each.login) for each in record.people]
        options = [("somebody new", ""), *known]
        if tuple(options) != tuple(self.who.options):
            chosen = self.who.value
            self.who.options = options
            self.who.value = chosen if record.person(chosen or "") else ""
        self.held.look()

    def _choose(self, login: str | None) -> None:
        person = self._desk.record.person(login) if self._desk.record and login else None
        self.login.value = person.login if person else ""
        self.name.value = person.name if person else ""
        for role, tick in self.roles.items():
            tick.value = person is not None and role in person.roles

    def _save(self) -> None:
        held = tuple(role for role, tick in self.roles.items() if tick.value)
        person = self._desk.name_person(self.login.value, self.name.value, held)
        another = self.who.value
        if not another:
            self._choose("")  # room for the next one
        self._changed()
        if another:
            self.who.value = person.login
