"""The preview: one picture, its boxes, the rules, and what they hide, drawn while a slider moves.

The browser only approximates. What is saved or run is always computed in Python, and the view shows
that exact picture as soon as it is there; a badge says which of the two is seen.
"""

import copy
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import traitlets

from workbench.profiles import Profile
from workbench.values import Detections, Kind, Regions, UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, guarded
from workbench.widgets.rules import Rules, limits_of, rules_of, with_rules

KINDS = tuple(str(kind) for kind in Kind)


class PreviewWidget(WorkbenchWidget):
    """Shows one picture with its detections and lets the user set the rules of `profile`.

    Parameters
    ----------
    profile : Profile
        Its purpose sets the limits of the controls, its kinds their first positions.

    Raises
    ------
    UsageError
        For an option that does not exist.

    Notes
    -----
    No pixel, box, name or path is in a trait: they go as a message to a view that has asked.
    """

    _esm = script("preview")
    _css = style("preview")
    writable: ClassVar = frozenset({"rules"})
    actions: ClassVar = {"navigate": "_navigate"}

    rules = traitlets.Dict(help="kind → the fields of `KindRule`; replace it, never change it in place").tag(sync=True)
    limits = traitlets.Dict(help="ranges and choices of the controls; read only for the view").tag(sync=True)
    background = traitlets.Dict(help="the profile's `Background`; read only for the view").tag(sync=True)

    def __init__(self, profile: Profile, **options: Any) -> None:
        self._profile = profile
        self._rules_callback: Callable[[Rules], object] | None = None
        self._navigate_callback: Callable[[int], object] | None = None
        self._picture: dict[str, Any] | None = None
        self._exact: dict[str, Any] | None = None
        self._shown = 0
        super().__init__(rules=rules_of(profile), **_read_only(profile), **options)

    @property
    def profile(self) -> Profile:
        """The profile with the rules as the user has set them; assign one to replace all controls."""
        return with_rules(self._profile, self.rules)

    @profile.setter
    def profile(self, profile: Profile) -> None:
        self._profile, self._exact = profile, None
        with self.hold_sync():
            for name, value in _read_only(profile).items():
                setattr(self, name, value)
            self.rules = rules_of(profile)

    def show(
        self,
        image_jpeg: bytes,
        width: int,
        height: int,
        detections: Detections,
        *,
        title: str = "",
        position: tuple[int, int] | None = None,
        grid: int = 1,
        origin: tuple[int, int] = (0, 0),
    ) -> int:
        """Show a picture and what was detected in it.

        Parameters
        ----------
        image_jpeg : bytes
            The upright, *unredacted* picture as JPEG, at any size that suits a screen.
        width, height : int, px
            Size of the full picture, in whose pixels the boxes are.
        detections : Detections
            Everything that is stored for it, also what scores low.
        title : str
            What to call the picture; shown as plain text.
        position : (int, int), optional
            Number of this picture, from 1, and how many there are.
        grid : int, px
            Block side of the source's codec, see `redact.cover.cover`.
        origin : (int, int), px
            Where one of these blocks begins.

        Returns
        -------
        int
            Names this picture for `show_exact`.
        """
        self._shown += 1
        self._exact = None
        origins = sorted(set(detections.origins.tolist()))
        columns = np.column_stack(
            [
                detections.boxes,
                detections.scores,
                [KINDS.index(kind) for kind in detections.kinds],
                [origins.index(origin) for origin in detections.origins],
            ]
        )
        content = {
            "picture": self._shown,
            "width": width,
            "height": height,
            "grid": grid,
            "origin": origin,
            "kinds": KINDS,
            "origins": origins,
            "title": title,
            "position": position,
            "exact_follows": self._rules_callback is not None,
        }
        self._picture = {"buffers": [image_jpeg, columns.astype("<f4").tobytes()], **content}
        self.tell("picture", **self._picture)
        return self._shown

    def show_exact(
        self,
        image_jpeg: bytes,
        regions: Regions | None = None,
        *,
        rules: Rules | None = None,
        picture: int | None = None,
    ) -> None:
        """Show what the batch would write instead of the browser's approximation.

        Parameters
        ----------
        image_jpeg : bytes
            The *redacted* picture as JPEG, from `pipeline.redact_frame`.
        regions : Regions, optional
            What was hidden in it, for the counts.
        rules : Rules, optional
            The rules that it was computed with; the present ones if not given. The view goes on
            showing its approximation when the user has moved on since.
        picture : int, optional
            What `show` returned; a result for an earlier picture is dropped.
        """
        if self._picture is None or picture not in (None, self._shown):
            return
        self._exact = {
            "buffers": [image_jpeg],
            "picture": self._shown,
            "rules": copy.deepcopy(self.rules if rules is None else rules),
            "counts": None if regions is None else regions.counts(),
        }
        self.tell("exact", **self._exact)

    def clear(self) -> None:
        """Show no picture."""
        self._picture = self._exact = None
        self.tell("clear")

    def on_rules(self, callback: Callable[[Rules], object]) -> None:
        """Call ``callback(rules)`` after the user has changed a rule; it should end in `show_exact`.

        Only valid rules get there. An error it raises is shown in the widget.
        """
        self._rules_callback = callback

    def on_navigate(self, callback: Callable[[int], object]) -> None:
        """Call ``callback(step)`` when the user asks for the next (1) or previous (-1) picture."""
        self._navigate_callback = callback

    def replay(self) -> None:
        """Send the picture, and the exact result where there is one, to a view that has just opened."""
        if self._picture is not None:
            self.tell("picture", **self._picture)
        if self._exact is not None:
            self.tell("exact", **self._exact)

    def written(self, names: set[str]) -> None:
        """Hand rules that the user has set to the application."""
        if "rules" in names:
            self._exact = None
            self._hand_over_rules()

    @guarded
    def _hand_over_rules(self) -> None:
        if self._rules_callback is not None:
            self._rules_callback(copy.deepcopy(self.rules))

    def _navigate(self, content: dict[str, Any]) -> None:
        step = content.get("step")
        if step not in (-1, 1):
            raise UsageError("The page asked for a picture that is neither the next nor the previous one.")
        if self._navigate_callback is not None:
            self._navigate_callback(step)

    @traitlets.validate("rules")  # type: ignore[untyped-decorator]
    def _valid_rules(self, proposal: dict[str, Any]) -> Rules:
        try:
            with_rules(self._profile, proposal["value"])
        except WorkbenchError as error:
            raise traitlets.TraitError(str(error)) from None
        return copy.deepcopy(proposal["value"])


def _read_only(profile: Profile) -> dict[str, Any]:
    return {"limits": limits_of(profile), "background": profile.background.model_dump(mode="json")}
