"""The queue of a review: what is to be looked at, why, and what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from workbench.values import UsageError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, whole_number

Standing = Literal["open", "clean", "corrected", "unsure", "elsewhere", "answered"]
"""to be looked at; what this reviewer said; somebody else looks at it now; others have answered it"""


@dataclass(frozen=True)
class QueueItem:
    """One picture or video of the queue, as it is shown."""

    name: str
    reason: str
    """why it is there, plain text"""
    standing: Standing = "open"
    twice: bool = False
    """two reviewers get it"""

    def __post_init__(self) -> None:
        if self.standing not in get_args(Standing):
            raise UsageError(f"An item is {', '.join(get_args(Standing))}, not '{self.standing}'.")

    def plain(self) -> list[Any]:
        """Return what the view gets."""
        return [self.name, self.reason, self.standing, self.twice]


class QueueWidget(WorkbenchWidget):
    """Lists what is to be looked at; an item is opened by a click or Enter."""

    _esm = script("queue")
    _css = style("queue")
    actions: ClassVar = {"open": "_open"}

    def __init__(self, **options: Any) -> None:
        self._items: tuple[QueueItem, ...] = ()
        self._selected = -1
        self._callback: Callable[[int], object] | None = None
        super().__init__(**options)

    def show(self, items: Sequence[QueueItem], selected: int = -1) -> None:
        """Show these items, one of them as the open one."""
        items, changed = tuple(items), selected != self._selected
        if items == self._items and not changed:
            return
        self._items, self._selected = items, selected
        self.replay()

    def on_open(self, callback: Callable[[int], object]) -> None:
        """Call ``callback(index)`` when the user opens an item."""
        self._callback = callback

    def replay(self) -> None:
        """Send the whole list."""
        self.tell("items", items=[item.plain() for item in self._items], selected=self._selected)

    def _open(self, content: dict[str, Any]) -> None:
        index = whole_number(content, "index", len(self._items))
        if self._callback is not None:
            self._callback(index)
