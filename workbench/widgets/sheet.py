"""The sheet: many small crops in order, each asked for when it comes into sight, with one key that decides on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.values import UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, logger, whole_number

AT_ONCE = 24
"""a view asks for this many crops at most, then waits for the answer"""


@dataclass(frozen=True)
class Crop:
    """One crop, as it is shown."""

    title: str
    """plain text, such as "face 0.31" """
    where: str
    """plain text, such as the file's name"""
    hidden: bool = False
    """the user has decided that it is to be hidden"""

    def plain(self) -> list[Any]:
        """Return what the view gets."""
        return [self.title, self.where, self.hidden]


class SheetWidget(WorkbenchWidget):
    """Shows crops in pages.

    Parameters
    ----------
    crop : callable
        ``crop(index) -> bytes``: a small JPEG. It is called only for what is on the page that is open.
        A `WorkbenchError` leaves an empty frame.
    empty : str
        What to say where there is no crop.
    """

    _esm = script("sheet")
    _css = style("sheet")
    actions: ClassVar = {"crops": "_asked", "toggle": "_toggle", "open": "_open"}

    def __init__(self, crop: Callable[[int], bytes], *, empty: str = "Nothing to show.", **options: Any) -> None:
        self._crop, self._empty = crop, empty
        self._items: list[Crop] = []
        self._revision = 0
        self._callbacks: dict[str, Callable[[int], object]] = {}
        self._do: Callable[[str, Callable[[], object]], object] = lambda _, task: task()
        super().__init__(**options)

    @property
    def items(self) -> tuple[Crop, ...]:
        """What is shown, in order."""
        return tuple(self._items)

    def on(
        self,
        *,
        toggle: Callable[[int], object],
        open_it: Callable[[int], object],
        background: Callable[[str, Callable[[], object]], object] | None = None,
    ) -> None:
        """Say what happens.

        Parameters
        ----------
        toggle : callable
            ``toggle(index)``: hide this one, or take that back; it should end in `update`.
        open_it : callable
            ``open_it(index)``: show the whole picture.
        background : callable, optional
            ``background(name, task)`` does a task beside the page; crops are made there.
        """
        self._callbacks = {"toggle": toggle, "open": open_it}
        if background is not None:
            self._do = background

    def show(self, items: Sequence[Crop], empty: str = "") -> None:
        """Show these crops instead of all others."""
        self._items, self._empty = list(items), empty or self._empty
        self._revision += 1
        self.replay()

    def update(self, index: int, item: Crop) -> None:
        """Change what is said of one crop; its picture stays."""
        if not 0 <= index < len(self._items):
            raise UsageError(f"The sheet has no crop {index}.")
        self._items[index] = item
        self.tell("item", revision=self._revision, index=index, item=item.plain())

    def replay(self) -> None:
        """Send the list, without pictures."""
        self.tell("items", revision=self._revision, items=[item.plain() for item in self._items], empty=self._empty)

    def _toggle(self, content: dict[str, Any]) -> None:
        self._call("toggle", content)

    def _open(self, content: dict[str, Any]) -> None:
        self._call("open", content)

    def _call(self, name: str, content: dict[str, Any]) -> None:
        if content.get("revision") != self._revision:
            return  # of crops that are gone
        index = whole_number(content, "index", len(self._items))
        if name in self._callbacks:
            self._callbacks[name](index)

    def _asked(self, content: dict[str, Any]) -> None:
        wanted, revision = content.get("indices"), self._revision
        if content.get("revision") != revision or not isinstance(wanted, list):
            return
        indices = [whole_number({"index": number}, "index", len(self._items)) for number in wanted[:AT_ONCE]]
        self._do("crops", lambda: self._send_crops(indices, revision))

    def _send_crops(self, indices: Sequence[int], revision: int) -> None:
        for index in indices:
            if revision != self._revision:
                return
            try:
                jpeg = self._crop(index)
            except WorkbenchError as error:
                logger.info("no crop: %s", error)
                jpeg = b""
            self.tell("crop", [jpeg], revision=revision, index=index)
        self.tell("sent", revision=revision)
