"""One picture in a notebook cell, with all sliders: the same preview as in the dashboard."""

from pathlib import Path

from workbench import pipeline, profiles
from workbench.evidence import on_screen
from workbench.media.photo import Photo, open_photo
from workbench.profiles import Profile
from workbench.values import Detections
from workbench.widgets import PreviewWidget
from workbench.widgets.rules import Rules, with_rules


def explore(
    picture: Photo | Path | str,
    profile: Profile | str = "publication",
    detections: Detections | None = None,
    frame: int = 0,
) -> PreviewWidget:
    """Return a widget that shows one picture, what was detected in it, and what a profile hides.

    Sliders act at once; on their release the picture is computed by the function that the batch
    uses. ``widget.profile`` is the profile as the sliders stand. No pixel is ever part of the
    notebook: the widget sends pictures to the page only.

    Parameters
    ----------
    picture : Photo or path
        What to look at.
    profile : Profile or str
        Where the sliders begin; its purpose limits them.
    detections : Detections, optional
        Of this frame; found now with the profile's detectors if not given.
    frame : int
        Which frame of an animation.

    Raises
    ------
    FileError
        When the picture cannot be read.
    UsageError
        When the profile is not usable here.
    """
    opened = picture if isinstance(picture, Photo) else open_photo(Path(picture))
    settings = profiles.load(profile) if isinstance(profile, str) else profile
    shown = opened.frames[frame]
    found = pipeline.detect(shown, settings) if detections is None else detections
    widget = PreviewWidget(settings)

    def render(rules: Rules) -> None:
        asked = with_rules(settings, rules)
        redacted, regions = pipeline.redact_frame(shown, found, asked, opened.grid, opened.grid_origin)
        widget.show_exact(on_screen(redacted.image, opened.icc), regions, rules=rules)

    widget.on_rules(render)
    jpeg = on_screen(shown.image, opened.icc)
    widget.show(jpeg, shown.width, shown.height, found, grid=opened.grid, origin=opened.grid_origin)
    render(widget.rules)
    return widget
