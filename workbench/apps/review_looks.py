"""Second looks from the review screen: begun by a button, watched, stopped; what they see comes into the queue."""

import threading
import time
from typing import TYPE_CHECKING

import ipywidgets as ui

from workbench.apps.background import Background
from workbench.apps.parts import hint
from workbench.review import Look, look_again
from workbench.values import UsageError

if TYPE_CHECKING:
    from workbench.apps.review import Screen

ABOUT = (
    "The same detectors look at the pictures mirrored, enlarged and in tiles. Where they see what the release shows, "
    "the picture comes to the front of the queue and says why. It takes a multiple of the search; stop it when you "
    "want, what was seen is kept."
)
SCOPES = (("what is in the queue", False), ("everything that was released", True))
LABEL = {"description_width": "initial"}
REFRESH_SECONDS = 3.0
"""so often the queue is shown anew while it goes on"""


class SecondLooks:
    """Connects the controls for second looks with the desk.

    Parameters
    ----------
    screen : Screen
        Its desk, its session (which keeps the detectors) and its messages.
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._background = Background(self._failed)
        self._stop = threading.Event()
        self.scope = ui.Dropdown(options=SCOPES, description="Look again at", style=LABEL, layout={"width": "auto"})
        self.ways = {
            each: ui.Checkbox(value=True, description=words, indent=False, layout={"width": "auto"})
            for each, words in zip(Look, ("mirrored", "enlarged", "in tiles"), strict=True)
        }
        self.begin = ui.Button(description="Look a second time", layout={"width": "auto"})
        self.end = ui.Button(description="Stop", layout={"width": "auto", "display": "none"})
        self.bar = ui.FloatProgress(min=0, max=1, layout={"width": "min(320px, 100%)", "display": "none"})
        self.words = hint("")
        wrap = ui.Layout(flex_flow="row wrap", align_items="center")
        choices = ui.HBox([self.scope, *self.ways.values()], layout=wrap)
        inside = ui.VBox([hint(ABOUT), choices, ui.HBox([self.begin, self.end, self.bar], layout=wrap), self.words])
        self.node = ui.Accordion([inside], titles=("Look a second time",), selected_index=None)
        self.begin.on_click(screen.notice.guarded(lambda _: self._clicked()))
        self.end.on_click(screen.notice.guarded(lambda _: self.stop()))

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return self._background.join()

    def stop(self) -> None:
        """Stop after the look that is being taken."""
        self._stop.set()
        self.end.disabled = True
        self.words.value = hint("Stopping after the look in work …").value

    def _clicked(self) -> None:
        screen = self._screen
        if screen.desk.review is None:
            raise UsageError("Begin a review first.")
        chosen = [each for each, box in self.ways.items() if box.value]
        if not chosen:
            raise UsageError("Choose at least one way to look again.")
        screen.desk.permit(screen.desk.reviewer, "plan review")
        self._stop.clear()
        self._show(True)
        self.words.value = hint("Loading the detectors …").value
        self._background.do("looks", lambda: self._look(chosen, bool(self.scope.value)))

    def _look(self, chosen: list[Look], whole: bool) -> None:
        screen, shown = self._screen, time.monotonic()
        review = screen.desk.review
        if review is None:
            return
        screen.session.profile = screen.desk.profile
        try:
            for event in look_again(
                review, chosen, whole=whole, by=screen.desk.reviewer,
                detectors=screen.session.detectors(), stopping=self._stop.is_set,
            ):  # fmt: skip
                self.bar.value = event.done / max(event.total, 1)
                self.words.value = hint(
                    _said(event.kind, event.message, event.done, event.total, event.seconds_left)
                ).value
                if time.monotonic() - shown > REFRESH_SECONDS:
                    shown = time.monotonic()
                    screen.counting.soon()
        finally:
            self._show(False)
        screen.look_at_new_places()
        screen.counting.soon()

    def _failed(self, error: Exception) -> None:
        self.words.value = hint("").value
        self._screen.notice.explain(error)

    def _show(self, going: bool) -> None:
        self.begin.disabled = self.scope.disabled = going
        for box in self.ways.values():
            box.disabled = going
        self.end.disabled = False
        self.end.layout.display = self.bar.layout.display = "" if going else "none"


def _said(kind: str, message: str, done: int, total: int, seconds_left: float | None) -> str:
    """Return how far it is, in a sentence."""
    if kind in ("end", "stopped"):
        return message if kind == "end" else f"Stopped. {message}"
    text = f"{done:,} of {total:,} files looked at again."
    if seconds_left is None:
        return text
    left = f"{seconds_left / 60:,.0f} minutes" if seconds_left >= 90 else f"{max(seconds_left, 1):.0f} seconds"
    return f"{text} About {left} left."
