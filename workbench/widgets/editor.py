"""The editor: one photo, its objects, where to look, and what a person corrects, by keyboard alone if they like.

The application shows a photo with an `Editing` of it and answers requests for parts of the picture::

    editor = EditorWidget()
    editor.on(tile=tile, action=changed, navigate=go, finish=done)
    editor.show(evidence.on_screen(image), Editing(found, profile, size, store=keep), title=name)

    def tile(request):  # from any thread
        image = original if request.layer == "original" else redacted()
        editor.show_tile(request, evidence.on_screen(request.cut(image), side=request.side))

An action is carried out by `Editing.perform`, which stores it first; then the view is told, then `action`
is called. Whoever keeps the `Editing` of each photo can show it again later, with all its undo.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import traitlets

from workbench.review.editing import Editing
from workbench.review.marks import Change, TileRequest
from workbench.values import UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, whole_number
from workbench.widgets.editor_messages import KINDS, read_operation, read_tile, rows_of

NOTHING: dict[str, Any] = {"item": 0, "version": 0, "boxes": [], "candidates": [], "undo": "", "redo": ""}
Verdict = Literal["done", "unsure"]


class EditorWidget(WorkbenchWidget):
    """Shows one photo at a time and lets the user correct what is hidden in it.

    Raises
    ------
    UsageError
        For an option that does not exist.

    Notes
    -----
    Boxes and the sentences of candidates are in a trait. Pixels, names and paths go as messages to a view that
    has asked.
    """

    _esm = script("editor")
    _css = style("preview", "player", "editor")
    writable: ClassVar = frozenset({"mode", "outlines", "selected"})
    actions: ClassVar = {
        "act": "_act",
        "tile": "_tile",
        "navigate": "_navigate",
        "finish": "_finish",
        "everywhere": "_everywhere",
    }

    marks = traitlets.Dict(NOTHING, help="objects and candidates as they are now; read only for the view").tag(
        sync=True
    )
    mode = traitlets.Enum(("original", "redacted", "wipe"), "redacted", help="what is shown").tag(sync=True)
    outlines = traitlets.Bool(True, help="whether boxes are drawn").tag(sync=True)
    selected = traitlets.Int(-1, help="the track of the chosen object; −1 for none").tag(sync=True)
    offers = traitlets.List(traitlets.Unicode(), help="what the application can do besides").tag(sync=True)

    def __init__(self, **options: Any) -> None:
        self._callbacks: dict[str, Callable[..., object] | None] = {}
        self._editing: Editing | None = None
        self._item: dict[str, Any] | None = None
        self._shown = 0
        self._version = 0
        super().__init__(**options)

    def on(
        self,
        *,
        tile: Callable[[TileRequest], object],
        action: Callable[[Change], object] | None = None,
        navigate: Callable[[int], object] | None = None,
        finish: Callable[[Verdict], object] | None = None,
        everywhere: Callable[[int], object] | None = None,
    ) -> None:
        """Say what is called when the view wants something.

        Parameters
        ----------
        tile : callable
            Ends in `show_tile` or `fail_tile`, at once or later, from any thread.
        action : callable, optional
            Gets each `Change` after it was stored, also of undo and redo. An error that it raises is shown.
        navigate : callable, optional
            Gets 1 or −1: the next or previous photo. Without it there are no such buttons.
        finish : callable, optional
            Gets "done" or "unsure": the reviewer's word on the whole photo. It should show the next one.
        everywhere : callable, optional
            Gets the track of an object that is to be hidden on all pictures like this one.
        """
        self._callbacks = {
            "tile": tile, "action": action, "navigate": navigate, "finish": finish, "everywhere": everywhere,
        }  # fmt: skip
        self.offers = sorted(name for name, callback in self._callbacks.items() if callback is not None)

    @property
    def editing(self) -> Editing | None:
        """The photo that is shown."""
        return self._editing

    def show(
        self,
        image_jpeg: bytes,
        editing: Editing,
        *,
        title: str = "",
        position: tuple[int, int] | None = None,
        about: str = "",
    ) -> int:
        """Show a photo.

        Parameters
        ----------
        image_jpeg : bytes
            The upright, *unredacted* picture as JPEG, at any size that suits a screen.
        editing : Editing
            Its objects, candidates and history.
        title : str
            What to call it; shown as plain text.
        position : (int, int), optional
            Number of this photo, from 1, and how many there are.
        about : str
            Why it is looked at, one sentence.

        Returns
        -------
        int
            Names this photo; answers for an earlier one are dropped.
        """
        self._shown += 1
        self._editing = editing
        width, height = editing.size
        self._item = {
            "buffers": [image_jpeg], "item": self._shown, "width": width, "height": height,
            "title": title, "position": position, "about": about,
        }  # fmt: skip
        self.selected = -1
        self.refresh()
        self.tell("item", **self._item)
        return self._shown

    def refresh(self) -> None:
        """Send the objects as they are now, after `editing` was changed from outside; redacted parts are asked anew."""
        self._version += 1
        self._send_marks()

    def show_tile(self, request: TileRequest, jpeg: bytes) -> None:
        """Answer a request with its part of the picture as JPEG."""
        self.tell("tile", [jpeg], item=request.item, number=request.number)

    def fail_tile(self, request: TileRequest, error: str) -> None:
        """Say that a part of the picture cannot be shown."""
        self.tell("no_tile", item=request.item, number=request.number)
        if request.item == self._shown:
            self.show_error(error)

    def say(self, text: str) -> None:
        """Tell the user what has just happened, below the picture."""
        self.tell("said", text=text)

    def focus(self) -> None:
        """Send the keys to the picture, such as after a button of the application was pressed."""
        self.tell("focus")

    def clear(self) -> None:
        """Show no photo."""
        self._shown += 1
        self._editing = self._item = None
        self.selected = -1
        self.marks = {**NOTHING, "item": self._shown}
        self.tell("clear")

    def replay(self) -> None:
        """Send the photo to a view that has just opened; it asks for more itself."""
        if self._item is not None:
            self.tell("item", **self._item)

    def _send_marks(self) -> None:
        if self._editing is not None:
            self.marks = {"item": self._shown, "version": self._version, "kinds": KINDS, **rows_of(self._editing)}

    # From the view

    def _open(self, content: Mapping[str, Any]) -> Editing | None:
        """Return what a page talks about, if it is still shown."""
        return self._editing if content.get("item") == self._shown else None

    def _call(self, name: str, *values: object) -> None:
        callback = self._callbacks.get(name)
        if callback is not None:
            callback(*values)

    def _act(self, content: dict[str, Any]) -> None:
        number = whole_number(content, "number", 2**53)
        editing, change = self._open(content), None
        try:
            if editing is not None:
                change = editing.perform(read_operation(content))
        finally:
            # Also after an error: the view takes back what it had drawn already.
            if change is not None:
                self._version += bool(change.added or change.withdrawn)
                self._send_marks()
            told: dict[str, Any] = (
                {} if change is None else {"words": change.words, "select": change.select, "before": change.before}
            )
            self.tell("answered", item=content.get("item"), number=number, **told)
        if change is not None:
            self._call("action", change)

    def _tile(self, content: dict[str, Any]) -> None:
        editing = self._open(content)
        if editing is None:
            return
        request = read_tile(content, self._shown, editing.size)
        if request.layer == "redacted" and request.version != self._version:
            self.tell("no_tile", item=request.item, number=request.number)  # it will ask for the newer one
            return
        try:
            self._call("tile", request)
        except WorkbenchError as error:
            self.fail_tile(request, str(error))

    def _navigate(self, content: dict[str, Any]) -> None:
        step = content.get("step")
        if step not in (-1, 1):
            raise UsageError("The page asked for a picture that is neither the next nor the previous one.")
        if self._open(content):
            self._call("navigate", step)

    def _finish(self, content: dict[str, Any]) -> None:
        verdict = content.get("verdict")
        if verdict not in ("done", "unsure"):
            raise UsageError("The page sent a verdict that this widget does not know. Reload the page.")
        if self._open(content):
            self._call("finish", verdict)

    def _everywhere(self, content: dict[str, Any]) -> None:
        number = whole_number(content, "track", 2**31)
        editing = self._open(content)
        if editing is not None and number in editing.marks:
            self._call("everywhere", number)
