"""The report: a self-contained page, shown where it can neither run a script nor load anything."""

from typing import Any

from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget


class ReportWidget(WorkbenchWidget):
    """Shows an HTML text in a sandboxed frame: no scripts, no forms, no requests.

    Parameters
    ----------
    height : int, px
        Height of the frame at first; the user can change it.
    """

    _esm = script("report")
    _css = style("report")

    def __init__(self, *, height: int = 640, **options: Any) -> None:
        self._height = height
        self._report: tuple[str, str] | None = None
        super().__init__(**options)

    def show(self, html: str, title: str = "Report") -> None:
        """Show a whole HTML document; pictures in it must be ``data:`` URLs."""
        self._report = (html, title)
        self.replay()

    def clear(self) -> None:
        """Show nothing."""
        self._report = None
        self.tell("clear")

    def replay(self) -> None:
        """Send the report to a view."""
        if self._report is not None:
            html, title = self._report
            self.tell("report", [html.encode("utf-8", "replace")], title=title, height=self._height)
