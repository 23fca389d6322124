"""What all widgets share: messages, refusal of what a visitor may not write, and visible errors.

Pictures, file names and paths travel only as messages to a view that has said "ready". They are
never in a synced trait, because those end up in saved notebooks and go to every page of the server.
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

import anywidget
from traitlets import TraitError

from workbench.values import UsageError, WorkbenchError

logger = logging.getLogger("workbench")

Arguments = ParamSpec("Arguments")
Owner = TypeVar("Owner", bound="WorkbenchWidget")
_FROM_FRONT_END = frozenset({"_view_count"})


def guarded(
    function: Callable[Concatenate[Owner, Arguments], object],
) -> Callable[Concatenate[Owner, Arguments], bool]:
    """Make a callback show its error beside the widget and log it, and return whether it went well.

    Nothing is printed by a failing callback in a dashboard: without this the page would just not
    change. A `WorkbenchError` is a sentence for the user; of any other only its type is shown.
    """

    @functools.wraps(function)
    def safely(widget: Owner, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> bool:
        try:
            function(widget, *args, **kwargs)
        except WorkbenchError as error:
            logger.warning("%s: %s", type(widget).__name__, error)
            widget.show_error(str(error))
            return False
        except Exception as error:
            logger.exception("%s: a callback failed", type(widget).__name__)
            widget.show_error(f"Something went wrong here ({type(error).__name__}). The details are in the log.")
            return False
        return True

    return safely


class WorkbenchWidget(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget whose view asks for its content, and whose visitor may write only what is allowed."""

    writable: ClassVar[frozenset[str]] = frozenset()
    """names of the traits that a view may set; all others are refused"""
    actions: ClassVar[Mapping[str, str]] = {}
    """the method that handles each type of message from the view"""

    def __init__(self, **options: Any) -> None:
        unknown = [name for name in options if not self.has_trait(name)]
        if unknown:
            raise UsageError(f"{type(self).__name__} has no option {', '.join(map(repr, unknown))}.")
        self._attached = False
        self._error = ""
        super().__init__(**options)
        self.on_msg(self._receive)

    def show_error(self, text: str) -> None:
        """Show one sentence in a banner of the widget, until the user closes it or goes on."""
        self._error = text
        self.tell("error", text=text)

    def tell(self, kind: str, buffers: Sequence[bytes] = (), **content: Any) -> None:
        """Send a message to the views; before there is one nothing is sent, since it would be lost."""
        if self._attached:
            self.send({"type": kind, **content}, list(buffers))

    def replay(self) -> None:
        """Send everything that a new view needs. Widgets with content override this."""

    def set_state(self, sync_data: Mapping[str, Any]) -> None:
        """Take over what a view wrote, if it may and if it is valid; otherwise tell the view."""
        allowed = {name: value for name, value in sync_data.items() if name in self.writable | _FROM_FRONT_END}
        refused = [name for name in sync_data if name not in allowed]
        if refused:
            logger.warning("%s: a view tried to set %s", type(self).__name__, ", ".join(map(repr, refused)))
            self.send_state([name for name in refused if name in self.keys])
        before = {name: getattr(self, name) for name in allowed}
        try:
            super().set_state(allowed)
        except TraitError as error:
            self.show_error(str(error))
            self.send_state(list(allowed))
            return
        self._error = ""
        changed = {name for name, value in before.items() if getattr(self, name) != value}
        if changed & self.writable:
            self.written(changed)

    def written(self, names: set[str]) -> None:
        """React to traits that a view has changed; Python's own changes do not come here."""

    def _receive(self, _widget: Any, content: object, _buffers: object) -> None:
        self._dispatch(content)

    @guarded
    def _dispatch(self, content: object) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "ready":
            self._attached = True
            self.replay()
            if self._error:
                self.tell("error", text=self._error)
            return
        if not isinstance(content, dict) or not isinstance(kind, str) or kind not in self.actions:
            raise UsageError("The page sent a message that this widget does not know. Reload the page.")
        self._error = ""
        getattr(self, self.actions[kind])(content)


def whole_number(content: Mapping[str, Any], name: str, below: int) -> int:
    """Return the integer ``content[name]`` in 0..below−1, or raise `UsageError`: pages can send anything."""
    number = content.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < below:
        raise UsageError("The page asked for something that is no longer there. Reload the page.")
    return number


def text_of(content: Mapping[str, Any], name: str, longest: int = 4096) -> str:
    """Return the string ``content[name]``, or raise `UsageError` when it is none or far too long."""
    text = content.get(name)
    if not isinstance(text, str) or len(text) > longest:
        raise UsageError("The page sent a text that cannot be used.")
    return text
