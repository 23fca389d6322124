"""Who sits at a screen, and what the case's record lets them do there. What counts is asked again below the screens."""

from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import ipywidgets as ui

from workbench.apps.parts import hint
from workbench.governance import case_file, roles
from workbench.values import Correction, UsageError, WorkbenchError


@dataclass(frozen=True)
class Seat:
    """A person before a screen of one case. The record is read again each time: it may change meanwhile."""

    folder: Path
    """the case's"""
    who: str
    """their account, as from `workbench.serving.context.context`"""

    def refusal(self, act: str) -> str:
        """Return why they may not do something now, as a sentence, or "".

        Parameters
        ----------
        act : str
            One of the acts of ``governance/data/roles.toml``, such as "run".
        """
        try:
            record = case_file.load(self.folder)
        except WorkbenchError as error:
            return str(error)
        reason = roles.may(record, self.who, act) if record is not None else ""
        return reason.replace("with workbench case person", "in the case screen")

    def require(self, act: str) -> None:
        """Raise `UsageError` with the reason where they may not."""
        if reason := self.refusal(act):
            raise UsageError(reason)

    def sign(self, correction: Correction) -> Correction:
        """Return a new correction with who makes it; raises `UsageError` where they may not correct anything."""
        self.require("correct")
        return correction if correction.by else replace(correction, by=self.who)

    @property
    def standing(self) -> str:
        """Who they are and what that means here, in one sentence."""
        try:
            record = case_file.load(self.folder)
        except WorkbenchError:
            return f"You are {self.who}; the record of this case cannot be read."
        if record is None:
            return f"You are {self.who}. This case has no record yet, so nobody has a role."
        if not record.named:
            return f"You are {self.who}. This case names nobody: one person holds all roles."
        person = record.person(self.who)
        if person is None or not person.roles:
            return f"You are {self.who}, and have no role in this case."
        return f"You are {self.who}, {' and '.join(person.roles)} in this case."


def head(seat: Seat) -> ui.HTML:
    """Return the line at the top of every screen: which case this is, who looks at it, and their role."""
    widget = ui.HTML()
    show_head(widget, seat)
    return widget


def show_head(widget: ui.HTML, seat: Seat) -> None:
    """Show that line as it is now."""
    widget.value = (
        f"<p class='wbp-head'>Case <b>{escape(seat.folder.name)}</b>. {escape(seat.standing)} "
        "Everything stays on this machine.</p>"
    )


class Held:
    """A button, or several, that are disabled with the reason beside them while the role does not allow the act.

    Parameters
    ----------
    seat : Seat
    act : str
        What they do, as the roles call it.
    buttons : ipywidgets.Widget
        Anything with ``disabled``.
    """

    def __init__(self, seat: Seat, act: str, *buttons: ui.Widget) -> None:
        self._seat, self._act, self._buttons = seat, act, buttons
        self.why = hint("")
        """to be placed beside the buttons; nothing is shown where they may be used"""
        self.look()

    def look(self, otherwise: bool = True) -> bool:
        """Ask again; the buttons are enabled where the role allows it and `otherwise` is true. Return whether."""
        reason = self._seat.refusal(self._act)
        self.why.value = hint(reason).value if reason else ""
        self.why.layout.display = "" if reason else "none"
        for button in self._buttons:
            button.disabled = bool(reason) or not otherwise
        return not reason and otherwise
