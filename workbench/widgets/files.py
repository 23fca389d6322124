"""The file browser: many files as pictures or as a table, filtered by words, of which any number is picked."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.values import UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, guarded, logger, text_of, whole_number

AT_ONCE = 24
"""a view asks for this many thumbnails at most, then waits for the answer"""


@dataclass(frozen=True)
class FileRow:
    """One file, as it is shown."""

    name: str
    """shown as plain text"""
    cells: tuple[str | tuple[str, float], ...] = ()
    """text of each column; with a number beside it the column is sorted by that"""
    about: str = ""
    """one short line below the picture"""
    video: bool = False
    problem: str = ""
    """one sentence, such as why the file cannot be used"""

    def plain(self) -> list[Any]:
        """Return what the view gets."""
        cells = [[cell, None] if isinstance(cell, str) else [cell[0], float(cell[1])] for cell in self.cells]
        return [self.name, self.about, self.video, self.problem, cells]


@dataclass(frozen=True)
class Facet:
    """One menu above the files, each choice of which is a term of the filter."""

    label: str
    options: tuple[tuple[str, str], ...]
    """term of the filter, such as "media=photo", and its words"""


class FilesWidget(WorkbenchWidget):
    """Shows files and lets the user filter and pick them; tens of thousands are no problem.

    Parameters
    ----------
    thumbnail : callable
        ``thumbnail(index) -> bytes``: a JPEG of about 320 px, called only for what is in sight.
        A `WorkbenchError` leaves an empty frame.
    search : callable
        ``search(text) -> sequence of int``: the files that a filter lets through, in order. A `UsageError` is
        shown beside the filter, and what was shown before stays.
    label : str
        What the list is called by a screen reader.
    empty : str
        What to say where there is no file.
    """

    _esm = script("files")
    _css = style("files")
    actions: ClassVar = {"thumbnails": "_asked", "filter": "_filter", "pick": "_pick", "open": "_open"}

    def __init__(
        self,
        thumbnail: Callable[[int], bytes],
        search: Callable[[str], Sequence[int]],
        *,
        label: str = "Files",
        empty: str = "No files yet.",
        **options: Any,
    ) -> None:
        self._thumbnail, self._search = thumbnail, search
        self._label, self._empty = label, empty
        self._rows: list[FileRow] = []
        self._columns: tuple[str, ...] = ()
        self._facets: tuple[Facet, ...] = ()
        self._revision = 0
        self._text, self._problem = "", ""
        self._visible: tuple[int, ...] = ()
        self._picked: tuple[int, ...] = ()
        self._changed: Callable[[], object] = lambda: None
        self._opened: Callable[[int], object] = lambda _: None
        self._do: Callable[[str, Callable[[], object]], object] = lambda _, task: task()
        super().__init__(**options)

    @property
    def rows(self) -> tuple[FileRow, ...]:
        """What is shown of each file, whether the filter lets it through or not."""
        return tuple(self._rows)

    @property
    def filter(self) -> str:
        """The filter that holds: the last one that could be read."""
        return self._text

    @property
    def visible(self) -> tuple[int, ...]:
        """The files that the filter lets through."""
        return self._visible

    @property
    def picked(self) -> tuple[int, ...]:
        """The files that the user has picked; all of them are visible."""
        return self._picked

    def on(
        self,
        *,
        changed: Callable[[], object] | None = None,
        open_it: Callable[[int], object] | None = None,
        background: Callable[[str, Callable[[], object]], object] | None = None,
    ) -> None:
        """Say what happens.

        Parameters
        ----------
        changed : callable, optional
            ``changed()`` after the filter or what is picked is another.
        open_it : callable, optional
            ``open_it(index)`` when the user wants to see more of one file (Enter, or a double click).
        background : callable, optional
            ``background(name, task)`` does a task beside the page; thumbnails are made there.
        """
        self._changed, self._opened = changed or self._changed, open_it or self._opened
        self._do = background or self._do

    def show(self, rows: Sequence[FileRow], columns: Sequence[str] = (), facets: Sequence[Facet] = ()) -> None:
        """Show these files instead of all others; the filter stays where it can still be read."""
        self._rows, self._columns, self._facets = list(rows), tuple(columns), tuple(facets)
        self._revision += 1
        self._picked = ()
        self._apply(self._text)
        self.replay()
        self._changed()

    def update(self, rows: Mapping[int, FileRow], facets: Sequence[Facet] | None = None) -> None:
        """Change what is said of some files; pictures, picks and filter stay, and what that lets through is asked anew.

        Raises
        ------
        UsageError
            When there is no such file.
        """
        for index in rows:
            if not 0 <= index < len(self._rows):
                raise UsageError(f"The list has no file {index}.")
        for index, row in rows.items():
            self._rows[index] = row
        if facets is not None:
            self._facets = tuple(facets)
        self._apply(self._text)
        self.tell(
            "rows", revision=self._revision, rows=[[index, row.plain()] for index, row in rows.items()],
            facets=self._plain_facets(),
        )  # fmt: skip
        self._tell_shown()
        self._changed()

    def set_filter(self, text: str) -> None:
        """Use another filter, as if the user had typed it."""
        self._apply(text)
        self._tell_shown()
        self._changed()

    def pick(self, indices: Sequence[int]) -> None:
        """Pick these files and no others; what the filter holds back is not picked."""
        self._picked = self._among_visible(indices)
        self._tell_shown()
        self._changed()

    def replay(self) -> None:
        """Send the list, without thumbnails."""
        self.tell(
            "files",
            revision=self._revision,
            label=self._label,
            empty=self._empty,
            columns=list(self._columns),
            facets=self._plain_facets(),
            rows=[row.plain() for row in self._rows],
        )
        self._tell_shown()

    def _plain_facets(self) -> list[Any]:
        return [[facet.label, [list(option) for option in facet.options]] for facet in self._facets]

    def _tell_shown(self) -> None:
        everything = len(self._visible) == len(self._rows)
        self.tell(
            "shown",
            revision=self._revision,
            text=self._text,
            problem=self._problem,
            visible=None if everything else list(self._visible),
            picked=list(self._picked),
        )

    def _apply(self, text: str) -> None:
        """Ask which files the filter lets through; one that cannot be read changes nothing but the message."""
        self._problem = ""
        try:
            found = self._search(text)
        except UsageError as error:
            self._problem = str(error)
            known = range(len(self._rows))
            self._visible = tuple(index for index in self._visible if index in known) or tuple(known)
        else:
            self._text, self._visible = text, tuple(found)
        self._picked = self._among_visible(self._picked)

    def _among_visible(self, indices: Sequence[int]) -> tuple[int, ...]:
        wanted = set(indices)
        return tuple(index for index in self._visible if index in wanted)

    def _filter(self, content: dict[str, Any]) -> None:
        self.set_filter(text_of(content, "text", 1000))

    def _pick(self, content: dict[str, Any]) -> None:
        wanted = content.get("indices")
        if content.get("revision") != self._revision or not isinstance(wanted, list):
            return  # of files that are gone
        self._picked = self._among_visible(
            [whole_number({"index": number}, "index", len(self._rows)) for number in wanted]
        )
        self._changed()

    def _open(self, content: dict[str, Any]) -> None:
        if content.get("revision") == self._revision:
            self._opened(whole_number(content, "index", len(self._rows)))

    def _asked(self, content: dict[str, Any]) -> None:
        wanted, revision = content.get("indices"), self._revision
        if content.get("revision") != revision or not isinstance(wanted, list):
            return
        indices = [whole_number({"index": number}, "index", len(self._rows)) for number in wanted[:AT_ONCE]]
        self._do("thumbnails", lambda: self._send_thumbnails(indices, revision))

    @guarded
    def _send_thumbnails(self, indices: Sequence[int], revision: int) -> None:
        for index in indices:
            if revision != self._revision:
                return
            try:
                jpeg = self._thumbnail(index)
            except WorkbenchError as error:
                # Ordinary in a folder of many: the frame stays empty, and the row says why.
                logger.info("no thumbnail: %s", error)
                jpeg = b""
            self.tell("thumbnail", [jpeg], revision=revision, index=index)
        self.tell("thumbnails_sent", revision=revision)
