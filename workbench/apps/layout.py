"""The widgets of the redaction dashboard and where they stand; what they do is `redact.Screen`'s part."""

from pathlib import Path

import ipywidgets as ui

from workbench.apps.clip_screen import ClipScreen
from workbench.apps.fills import Fills
from workbench.apps.frames import FramesPanel
from workbench.apps.parts import Notice, hint, page, part
from workbench.apps.role import Held, head
from workbench.apps.session import Session
from workbench.widgets import FolderWidget, GalleryWidget, MonitorWidget, PreviewWidget, ReportWidget

GALLERY_HEIGHT = 208
"""px: one row of thumbnails above the picture"""
LABEL = {"description_width": "initial"}
QUALITIES = (("quickly", "fast"), ("balanced", "balanced"), ("carefully, slower", "careful"))
NEXT = (
    "What a run made is no release yet: people look at a sample on the screen Review, and the checks on the screen "
    "Release decide whether it may leave."
)
TITLES = ("1  Choose a folder", "2  Look and tune", "3  Redact", "4  Result")


class Layout:
    """Builds the four steps as tabs below one line for messages.

    Parameters
    ----------
    session : Session
        Gives what the controls show at first.
    roots : list of Path
        Folders that may be browsed.
    """

    def __init__(self, session: Session, roots: list[Path]) -> None:
        self.notice = Notice()
        self.folders = FolderWidget(roots)
        self.gallery = GalleryWidget(session.thumbnail, length=session.length, height=GALLERY_HEIGHT)
        self.preview = PreviewWidget(session.profile)
        self.clips = ClipScreen(session.case, session.profile, lambda _: session.detectors(), session.seat.sign)
        self.monitor = MonitorWidget()
        self.report = ReportWidget()
        self._controls(session)
        self.tabs = ui.Tab(
            children=[self._choose_tab(), self._tune_tab(), self._run_tab(), self._result_tab()], titles=TITLES
        )
        self.show_player(False)
        self.root = page([head(session.seat), self.notice.widget, self.tabs])

    def show_player(self, shown: bool) -> None:
        """Show the player, or else the preview of a picture."""
        self.clips.player.layout.display = "" if shown else "none"
        self.preview.layout.display = "none" if shown else ""

    def _controls(self, session: Session) -> None:
        names = session.profile_names()
        current = session.profile.name
        self.profile_choice = ui.Dropdown(
            options=names, value=current if current in names else names[0], description="Profile", style=LABEL
        )
        self.quality = ui.Dropdown(options=QUALITIES, value=session.profile.quality, description="Search", style=LABEL)
        self.profile_about = ui.HTML()
        self.fills = Fills(session.profile, lambda profile: session.keepers(profile) is not None)
        self.profile_name = ui.Text(placeholder="a name for these settings", description="Save as", style=LABEL)
        self.save = ui.Button(description="Save profile", icon="save")
        self.chosen = hint("No folder chosen yet.")
        self.subset = ui.Dropdown(
            options=session.subsets(), description="Subset", style=LABEL, layout={"width": "min(420px, 100%)"}
        )
        self.use_subset = ui.Button(description="Use this subset", layout={"width": "auto"})
        self.out = ui.Text(description="Output folder", style=LABEL, layout=ui.Layout(width="min(720px, 100%)"))
        self.start = ui.Button(description="Start redacting", button_style="primary", icon="play")
        self.may_start = Held(session.seat, "run", self.start)
        self.result_choice = ui.ToggleButtons(
            options=[("Report of the run", "report"), ("Before and after (private)", "pairs")],
            value="report",
            style={"button_width": "auto"},
        )
        self.verify = ui.Button(description="Verify again", icon="check")
        self.verdict = ui.HTML()
        self.frames = FramesPanel(self.notice)

    def _choose_tab(self) -> ui.Widget:
        about = hint("The pictures and videos stay where they are and are only read. Sub folders are included.")
        row = ui.HBox([self.subset, self.use_subset], layout=ui.Layout(flex_flow="row wrap", align_items="center"))
        known = part("A subset that was stored in the intake", [row])
        known.layout.display = "" if self.subset.options else "none"
        return ui.VBox([about, known, self.folders, self.chosen])

    def _tune_tab(self) -> ui.Widget:
        profile_row = ui.HBox(
            [self.profile_choice, self.quality, self.profile_name, self.save], layout=ui.Layout(flex_flow="row wrap")
        )
        return ui.VBox(
            [profile_row, self.profile_about, self.fills.widget, self.gallery, self.preview, self.clips.player]
        )

    def _run_tab(self) -> ui.Widget:
        about = hint(
            "Every picture and video of the folder is searched, hidden and checked in a process of its own. "
            "You may close this page meanwhile: open it again to see where the run is."
        )
        return ui.VBox([about, self.out, self.start, self.may_start.why, self.monitor])

    def _result_tab(self) -> ui.Widget:
        row = ui.HBox([self.result_choice, self.verify], layout=ui.Layout(flex_flow="row wrap"))
        return ui.VBox([hint(NEXT), row, self.verdict, self.frames.widget, self.report])
