"""The widgets of the review screen and where they stand; what they do is `review.Screen`'s part."""

import ipywidgets as ui

from workbench.apps.clip_screen import ClipScreen
from workbench.apps.parts import Notice, hint, page
from workbench.apps.review_desk import Desk
from workbench.apps.review_words import STRATA
from workbench.apps.role import head
from workbench.apps.session import Session
from workbench.assess import sample
from workbench.values import Kind
from workbench.widgets import CardsWidget, EditorWidget, MonitorWidget, QueueWidget, SheetWidget
from workbench.widgets.sheet import Crop

LABEL = {"description_width": "initial"}
TITLES = ("1  Plan", "2  Look", "3  Contact sheet", "4  Redact again")
SHEET_KINDS = (("what the profile hides", "profile"), ("everything", "all"), *((str(kind), str(kind)) for kind in Kind))
ABOUT = (
    "People look at a random part of what a run wrote, and at what looks riskiest. They correct what they see; from "
    "what they find follows, with a stated confidence, how much was missed in all of it."
)
SHEET_ABOUT = (
    "Everything that a detector gave a score and that is visible all the same, the highest score first. What you hide "
    "here is stored at once; it is redacted in step 4."
)


class Layout:
    """Builds the steps of a review as tabs below one line for messages.

    Parameters
    ----------
    desk : Desk
        Gives what the controls show at first.
    session : Session
        Loads the detectors, where a video has to be searched.
    """

    def __init__(self, desk: Desk, session: Session) -> None:
        self.notice = Notice()
        self.editor = EditorWidget()
        self.cards = CardsWidget()
        self.queue = QueueWidget()
        self.sheet = SheetWidget(self.sheet_crop, empty="Press the button above to lay out the sheet.")
        self.alike = SheetWidget(self.alike_crop)
        self.monitor = MonitorWidget()
        self.clips = ClipScreen(desk.case, session.profile, lambda _: session.detectors(), desk.pen.sign)
        self._controls(desk)
        self.tabs = ui.Tab(children=[self._plan(), self._look(), self._sheet(), self._again()], titles=TITLES)
        self.root = page([head(session.seat), self.notice.widget, self.tabs])
        self.show_video(None)

    def sheet_crop(self, index: int) -> bytes:
        """Return a crop of the contact sheet."""
        raise NotImplementedError

    def alike_crop(self, index: int) -> bytes:
        """Return a crop of another picture that shows the same."""
        raise NotImplementedError

    def show_video(self, shown: bool | None) -> None:
        """Show the player, or the editor of a photo, or with None neither."""
        self.editor.layout.display = "" if shown is False else "none"
        for widget in (self.why, self.clips.player, self.video_row):
            widget.layout.display = "" if shown else "none"
        self.done_words.layout.display = "" if shown is None else "none"

    def show_alike(self, crops: list[Crop]) -> None:
        """Offer the same thing in other pictures; without any, nothing is shown."""
        self.alike.show(crops)
        self.alike_box.layout.display = "" if crops else "none"

    def _controls(self, desk: Desk) -> None:
        runs = desk.runs()
        self.run = ui.Dropdown(options=runs, description="Run", style=LABEL, layout={"width": "min(640px, 100%)"})
        plans = [
            (f"{name}: at most {plan.target:.0%} of the files with a miss", name)
            for name, plan in sample.plans().items()
        ]
        self.plan = ui.Dropdown(options=plans, description="Plan", style=LABEL, layout={"width": "420px"})
        self.strata = ui.Dropdown(
            options=[(words, name) for name, words in STRATA.items()],
            description="Shared out by", style=LABEL, layout={"width": "auto"},
        )  # fmt: skip
        self.begin = ui.Button(
            description="Begin the review", button_style="primary", disabled=not runs, layout={"width": "auto"}
        )
        self.about_plan = ui.HTML()
        self.figures, self.details = ui.HTML(), ui.HTML()
        self.details_box = ui.Accordion([self.details], titles=("By group, time, agreement",), selected_index=None)
        self.details_box.layout.display = "none"
        self.looks_box = ui.VBox()
        self.more = ui.Button(description="Draw more into the queue", layout={"width": "auto", "display": "none"})
        self.done_words = hint("Nothing is open. Begin a review in step 1, or choose an item of the queue.")
        self.why = ui.HTML()
        self.done = ui.Button(description="Done, next", button_style="primary", tooltip="Nothing is visible any more")
        self.unsure = ui.Button(description="Cannot tell, next")
        self.back, self.on = ui.Button(description="Previous"), ui.Button(description="Next")
        self.video_row = ui.HBox([self.done, self.unsure, self.back, self.on], layout=_wrap())
        self.least = ui.FloatSlider(
            value=0.1, min=0, max=0.9, step=0.05, description="Score from", style=LABEL, continuous_update=False,
            layout={"width": "min(320px, 100%)"},
        )  # fmt: skip
        self.kinds = ui.Dropdown(options=SHEET_KINDS, description="Show", style=LABEL, layout={"width": "auto"})
        self.lay_out = ui.Button(description="Lay out the sheet", button_style="primary")
        self.sheet_words = hint("")
        self.redo = ui.Button(
            description="Redact the corrected files again", button_style="primary", layout={"width": "auto"}
        )
        self.redo_words = hint("")

    def _plan(self) -> ui.Widget:
        return ui.VBox(
            [hint(ABOUT), self.run, ui.HBox([self.plan, self.strata, self.begin], layout=_wrap()), self.about_plan]
        )

    def _look(self) -> ui.Widget:
        close = ui.Button(description="Close this offer", layout={"width": "auto"})
        close.on_click(lambda _: self.show_alike([]))
        words = hint("The same place in files that look alike. Nothing is hidden there unless you say so.")
        self.alike_box = ui.VBox([ui.HBox([words, close], layout=_wrap()), self.alike])
        self.alike_box.layout.display = "none"
        main, side = ui.VBox([self.queue]), ui.VBox([self.cards])
        main.add_class("wbp-main")
        side.add_class("wbp-side")
        columns = ui.Box([main, side])
        columns.add_class("wbp-columns")
        picture = [self.done_words, self.editor, self.why, self.clips.player, self.video_row, self.alike_box]
        return ui.VBox([self.figures, self.more, *picture, columns, self.details_box, self.looks_box])

    def _sheet(self) -> ui.Widget:
        row = ui.HBox([self.kinds, self.least, self.lay_out], layout=_wrap())
        return ui.VBox([hint(SHEET_ABOUT), row, self.sheet_words, self.sheet])

    def _again(self) -> ui.Widget:
        return ui.VBox([self.redo_words, ui.HBox([self.redo]), self.monitor])


def _wrap() -> ui.Layout:
    return ui.Layout(flex_flow="row wrap", align_items="center")
