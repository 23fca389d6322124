"""The gallery: thumbnails of many pictures, asked for as they come into sight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

from workbench.values import UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, guarded, logger, whole_number

Progress = Literal["new", "found", "done", "failed"]
"""not looked at, searched, redacted, or refused"""
AT_ONCE = 24
"""a view asks for this many thumbnails at most, then waits for the answer"""


@dataclass(frozen=True)
class GalleryItem:
    """One picture of the gallery."""

    name: str
    """shown as plain text"""
    state: Progress = "new"
    counts: Mapping[str, int] = field(default_factory=dict)
    """how many of each kind were found or hidden"""
    note: str = ""
    """one sentence, such as why it failed"""
    video: bool = False
    """shown with a play sign and, where the gallery knows it, its length"""

    def __post_init__(self) -> None:
        if self.state not in get_args(Progress):
            raise UsageError(f"A picture is {', '.join(get_args(Progress))}, not '{self.state}'.")

    def plain(self) -> list[Any]:
        """Return what the view gets."""
        counts = {str(kind): int(number) for kind, number in self.counts.items()}
        return [self.name, self.state, counts, self.note, self.video]


class GalleryWidget(WorkbenchWidget):
    """Shows pictures as thumbnails with their state; thousands are no problem.

    Parameters
    ----------
    thumbnail : callable
        ``thumbnail(index) -> bytes``: a JPEG of about 320 px.
        It is called only for what is in sight. A `WorkbenchError` leaves an empty frame.
    length : callable, optional
        ``length(index) -> str``: how long a video is, such as "1:02"; called together with `thumbnail`.
    height : int, px
        Of the part that scrolls; one row is 208 px. 0 takes about half of the window.
    """

    _esm = script("gallery")
    _css = style("gallery")
    actions: ClassVar = {"thumbnails": "_send_thumbnails", "open": "_open"}

    def __init__(
        self,
        thumbnail: Callable[[int], bytes],
        *,
        length: Callable[[int], str] = lambda _: "",
        height: int = 0,
        **options: Any,
    ) -> None:
        self._thumbnail, self._length = thumbnail, length
        self._height = height
        self._open_callback: Callable[[int], object] | None = None
        self._items: list[GalleryItem] = []
        self._revision = 0
        self._selected = -1
        super().__init__(**options)

    @property
    def items(self) -> tuple[GalleryItem, ...]:
        """What is shown, in order."""
        return tuple(self._items)

    @property
    def selected(self) -> int:
        """Index of the picture that was opened last, −1 for none."""
        return self._selected

    def show(self, items: Sequence[GalleryItem]) -> None:
        """Show these pictures instead of all others; thumbnails are asked for anew."""
        self._items, self._selected = list(items), -1
        self._revision += 1
        self.replay()

    def update(self, index: int, item: GalleryItem) -> None:
        """Change the state of one picture; its thumbnail stays."""
        if not 0 <= index < len(self._items):
            raise UsageError(f"The gallery has no picture {index}.")
        self._items[index] = item
        self.tell("item", revision=self._revision, index=index, item=item.plain())

    def select(self, index: int) -> None:
        """Mark one picture as the open one, without calling the application."""
        if not -1 <= index < len(self._items):
            raise UsageError(f"The gallery has no picture {index}.")
        self._selected = index
        self.tell("selected", revision=self._revision, index=index)

    def on_open(self, callback: Callable[[int], object]) -> None:
        """Call ``callback(index)`` when the user opens a picture (click, or Enter)."""
        self._open_callback = callback

    def replay(self) -> None:
        """Send the list of pictures, without their thumbnails."""
        items = [item.plain() for item in self._items]
        self.tell("items", revision=self._revision, items=items, selected=self._selected, height=self._height)

    def _open(self, content: dict[str, Any]) -> None:
        index = whole_number(content, "index", len(self._items))
        self._selected = index
        if self._open_callback is not None:
            self._open_callback(index)

    def _send_thumbnails(self, content: dict[str, Any]) -> None:
        wanted = content.get("indices")
        if content.get("revision") != self._revision or not isinstance(wanted, list):
            return  # asked before the pictures changed
        for number in wanted[:AT_ONCE]:
            index = whole_number({"index": number}, "index", len(self._items))
            if not self._send_thumbnail(index):
                self._send_frame(index, b"")
        self.tell("thumbnails_sent", revision=self._revision)

    @guarded
    def _send_thumbnail(self, index: int) -> None:
        try:
            jpeg = self._thumbnail(index)
            length = self._length(index) if self._items[index].video else ""
        except WorkbenchError as error:
            # Ordinary in a folder of many: the frame stays empty, and opening the picture says why.
            logger.info("no thumbnail: %s", error)
            jpeg, length = b"", ""
        self._send_frame(index, jpeg, length)

    def _send_frame(self, index: int, jpeg: bytes, length: str = "") -> None:
        self.tell("thumbnail", [jpeg], revision=self._revision, index=index, length=length)
