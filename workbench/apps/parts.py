"""Small parts that the screens share. All text is escaped here."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

import ipywidgets as ui

from workbench.profiles import Profile
from workbench.values import Asset, Kind, Media, Method, WorkbenchError
from workbench.widgets import GalleryItem
from workbench.widgets.base import logger
from workbench.widgets.gallery import Progress

METHOD_WORDS = {
    Method.SOLID: "covered with one colour",
    Method.AVERAGE: "filled with the colour around it",
    Method.PIXELATE: "pixelated",
    Method.BLUR: "blurred",
}
KIND_WORDS = {
    Kind.FACE: "faces",
    Kind.PLATE: "licence plates",
    Kind.PERSON: "whole persons",
    Kind.TEXT: "text",
    Kind.SCREEN: "screens",
    Kind.DOCUMENT: "documents",
    Kind.OTHER: "other things",
}
PURPOSE_WORDS = {"publication": "publication", "analytics": "internal analytics", "ai-training": "AI training"}


def page(children: Sequence[ui.Widget]) -> ui.VBox:
    """Return the frame of a screen with the shared style."""
    style = (resources.files("workbench.apps") / "page.css").read_text("utf-8")
    box = ui.VBox([ui.HTML(f"<style>{style}</style>"), *children])
    box.add_class("wbp-page")
    return box


def hint(text: str) -> ui.HTML:
    """Return a quiet line of explanation."""
    return ui.HTML(f"<p class='wbp-hint'>{escape(text)}</p>" if text else "")


def heading(text: str) -> ui.HTML:
    """Return a heading inside a screen."""
    return ui.HTML(f"<p class='wbp-title' role='heading' aria-level='3'>{escape(text)}</p>")


def part(title: str, children: Sequence[ui.Widget]) -> ui.VBox:
    """Return a framed part of a screen with its heading."""
    box = ui.VBox([heading(title), *children])
    box.add_class("wbp-part")
    return box


def kept_words(profile: Profile) -> str:
    """Return in plain words what a hidden background leaves visible."""
    return " and ".join(KIND_WORDS[kind].removeprefix("whole ") for kind in profile.background.keep)


def profile_words(profile: Profile) -> str:
    """Return in plain words what a profile does, as HTML."""
    hidden = [f"{KIND_WORDS[kind]} {METHOD_WORDS[profile.kinds[kind].method]}" for kind in profile.hidden]
    if profile.background.hide:
        hidden.append(f"everything but {kept_words(profile)} {METHOD_WORDS[Method.SOLID]}")
    what = ", ".join(hidden) if hidden else "nothing"
    return (
        f"<p class='wbp-profile'>For <b>{escape(PURPOSE_WORDS[profile.purpose])}</b>: {escape(what)}. "
        f"{escape(profile.description)}</p>"
    )


def gallery_item(
    asset: Asset, state: Progress = "new", counts: Mapping[str, int] | None = None, note: str = ""
) -> GalleryItem:
    """Return how a picture or video stands in the gallery."""
    return GalleryItem(asset.path, state, counts or {}, note, asset.media is Media.VIDEO)


class Notice:
    """One line at the top of a screen that says what is going on or what went wrong."""

    def __init__(self) -> None:
        self.widget = ui.HTML()
        self.text = ""

    def say(self, text: str) -> None:
        """Show what is going on."""
        self._show(text, "wbp-notice", "status")

    def warn(self, text: str) -> None:
        """Show what went wrong; it stays until something else is shown."""
        self._show(text, "wbp-notice wbp-warn", "alert")

    def explain(self, error: Exception) -> None:
        """Show what went wrong in one sentence; what is a mistake of this program goes to the log."""
        if isinstance(error, WorkbenchError):
            self.warn(str(error))
            return
        logger.error("a screen's action failed", exc_info=error)
        self.warn(f"Something went wrong here ({type(error).__name__}). The details are in the log.")

    def guarded(self, action: Callable[..., object]) -> Callable[..., None]:
        """Return a callback that wipes the line, does `action`, and shows its error on the page."""

        def safely(*args: Any) -> None:
            self.clear()
            try:
                action(*args)
            except Exception as error:
                self.explain(error)

        return safely

    def clear(self, text: str | None = None) -> None:
        """Show nothing; with `text` only if that is what is shown, so that a newer word is not wiped out."""
        if text in (None, self.text):
            self.text = self.widget.value = ""

    def _show(self, text: str, classes: str, role: str) -> None:
        self.text = text
        self.widget.value = f"<div class='{classes}' role='{role}'>{escape(text)}</div>"
