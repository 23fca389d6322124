"""Two settings above the sliders: the colour of what is covered, and hiding everything but persons."""

import re
from collections.abc import Callable

import ipywidgets as ui

from workbench.apps.parts import hint, kept_words
from workbench.profiles import Profile
from workbench.values import Method, UsageError

NO_FINDER = (
    "To leave only {kept} visible a detector has to find them first. Those that come with the workbench find faces, "
    "licence plates and text: add one with 'workbench models add', then open this page again."
)
KEPT = "What is surely one of them stays visible; what is hidden on them stays hidden. Everything else is covered."


class Fills:
    """A colour and a tick box that change a profile.

    Parameters
    ----------
    profile : Profile
        What they show at first.
    can_keep : callable
        ``can_keep(profile)`` says whether what a hidden background leaves visible can be found here.
    """

    def __init__(self, profile: Profile, can_keep: Callable[[Profile], bool]) -> None:
        self._can_keep = can_keep
        self._showing = False
        self._on_colour: Callable[[str], object] = lambda _: None
        self._on_background: Callable[[bool], object] = lambda _: None
        # Not the concise form: its label names a field that cannot be seen.
        self.colour = ui.ColorPicker(description="Fill colour", style={"description_width": "initial"})
        self.background = ui.Checkbox(indent=False, layout=ui.Layout(width="auto"))
        self.note = hint("")
        row = ui.HBox([self.colour, self.background], layout=ui.Layout(flex_flow="row wrap"))
        self.widget = ui.VBox([row, self.note])
        self.show(profile)
        self.colour.observe(lambda change: self._changed(self._on_colour, change["new"]), "value")
        self.background.observe(lambda change: self._changed(self._on_background, change["new"]), "value")

    def show(self, profile: Profile) -> None:
        """Show how `profile` has them, and each only where it matters."""
        hidden, kept = profile.background.hide, kept_words(profile)
        possible = hidden or self._can_keep(profile)
        self._showing = True
        try:
            self.colour.value = "#" + bytes(colour_of(profile)).hex()
            self.colour.layout.display = None if is_filled(profile) else "none"
            self.background.value = hidden
            self.background.description = f"Hide everything but {kept}"
            self.background.disabled = not possible
            self.note.value = hint(
                "" if possible and not hidden else KEPT if hidden else NO_FINDER.format(kept=kept)
            ).value
        finally:
            self._showing = False

    def on_colour(self, callback: Callable[[str], object]) -> None:
        """Call ``callback("#rrggbb")`` when the user chooses another colour."""
        self._on_colour = callback

    def on_background(self, callback: Callable[[bool], object]) -> None:
        """Call ``callback(hide)`` when the user sets or clears the tick."""
        self._on_background = callback

    def _changed(self, callback: Callable[..., object], value: object) -> None:
        if not self._showing:
            callback(value)


def is_filled(profile: Profile) -> bool:
    """Return whether a profile covers anything with its colour."""
    return profile.background.hide or any(profile.kinds[kind].method is Method.SOLID for kind in profile.hidden)


def colour_of(profile: Profile) -> tuple[int, int, int]:
    """Return the colour of the first kind that a profile covers with one."""
    rules = [profile.kinds[kind] for kind in profile.hidden if profile.kinds[kind].method is Method.SOLID]
    return rules[0].colour if rules else profile.background.colour


def with_colour(profile: Profile, colour: str) -> Profile:
    """Return `profile` with one colour, "#rrggbb", for all kinds and for the background.

    Raises
    ------
    UsageError
        When it is written in another way.
    """
    if not isinstance(colour, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise UsageError("Give the colour as # and six digits or letters from a to f, for example #606060.")
    red, green, blue = bytes.fromhex(colour[1:])
    rules = {kind: rule.model_copy(update={"colour": (red, green, blue)}) for kind, rule in profile.kinds.items()}
    background = profile.background.model_copy(update={"colour": (red, green, blue)})
    return profile.changed(kinds=rules, background=background)


def with_background(profile: Profile, hide: bool, finders: tuple[str, ...] | None) -> Profile:
    """Return `profile` with the background hidden or shown.

    Parameters
    ----------
    profile : Profile
    hide : bool
        Hide everything but what the profile keeps.
    finders : tuple of str, optional
        The detectors that it needs besides its own; None when there are none here.

    Raises
    ------
    UsageError
        When the background is to be hidden, and what it keeps cannot be found.
    """
    if hide and finders is None:
        raise UsageError(NO_FINDER.format(kept=kept_words(profile)))
    background = profile.background.model_copy(update={"hide": hide})
    detectors = (*profile.detectors, *(finders or ())) if hide else profile.detectors
    return profile.changed(background=background, detectors=detectors)
