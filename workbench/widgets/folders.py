"""The folder chooser: folders of the server, never of the visitor's own machine."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from workbench.values import UsageError
from workbench.widgets import browse
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, text_of


class FolderWidget(WorkbenchWidget):
    """Lets the user walk through the folders below some roots and choose one.

    Parameters
    ----------
    roots : sequence of Path
        The folders that may be opened; nothing outside them is listed or can be chosen.
    label : str
        What the folder is for, such as "Folder with the pictures and videos".
    list_folder : callable, optional
        ``list_folder(path, roots, base) -> Listing``, if not `browse.list_folder`.

    Raises
    ------
    UsageError
        When there is no root.
    """

    _esm = script("folders")
    _css = style("folders")
    actions: ClassVar = {"open": "_open", "choose": "_choose"}

    def __init__(
        self,
        roots: Sequence[Path],
        *,
        label: str = "Folder with the pictures and videos",
        list_folder: Callable[..., browse.Listing] = browse.list_folder,
        **options: Any,
    ) -> None:
        if not roots:
            raise UsageError("The folder chooser needs at least one folder to offer.")
        self._roots = [Path(root).resolve() for root in roots]
        self._label = label
        self._list = list_folder
        self._callback: Callable[[Path], object] | None = None
        self._listing: browse.Listing | None = None
        self._chosen: Path | None = None
        super().__init__(**options)

    @property
    def chosen(self) -> Path | None:
        """The folder that the user has chosen: absolute, inside a root, free of links; or None."""
        return self._chosen

    def on_choose(self, callback: Callable[[Path], object]) -> None:
        """Call ``callback(path)`` when the user chooses a folder."""
        self._callback = callback

    def go_to(self, path: str | Path) -> None:
        """Show the folder `path`; raises `UsageError` when it may not be opened."""
        self._listing = self._list(str(path), self._roots, self._here())
        self._tell_listing()

    def replay(self) -> None:
        """Send the present folder, or the first root, to a view that has just opened."""
        if self._listing is None:
            self._listing = self._list(str(self._roots[0]), self._roots, None)
        self._tell_listing()

    def _tell_listing(self) -> None:
        if self._listing is not None:
            roots = [{"name": root.name or str(root), "path": str(root)} for root in self._roots]
            chosen = "" if self._chosen is None else str(self._chosen)
            self.tell("listing", label=self._label, roots=roots, chosen=chosen, **asdict(self._listing))

    def _here(self) -> Path | None:
        return None if self._listing is None else Path(self._listing.path)

    def _open(self, content: dict[str, Any]) -> None:
        self.go_to(text_of(content, "path"))

    def _choose(self, content: dict[str, Any]) -> None:
        # Resolved again: what the page sends need not be what it was shown.
        self._chosen, _ = browse.resolve(text_of(content, "path"), self._roots, self._here())
        self.tell("chosen", path=str(self._chosen))
        if self._callback is not None:
            self._callback(self._chosen)
