"""The widgets of the release screen and where they stand; what they do is `gate.Screen`'s part."""

import ipywidgets as ui

from workbench.apps import gate_rows
from workbench.apps.gate_desk import GateDesk
from workbench.apps.parts import Notice, heading, hint, page, part
from workbench.apps.progressing import Progress
from workbench.apps.role import head
from workbench.gate.attacking import FILES
from workbench.gate.risks import LEVELS
from workbench.widgets import ChecksWidget, ReportWidget

LABEL = {"description_width": "112px"}
FULL = {"width": "auto"}
TITLES = ("1  Checks", "2  Try to recognise", "3  Risks", "4  Decide", "5  Report and export")
ABOUT_TRYING = (
    "Whoever wants to recognise somebody will try. So try first: let the program search the outputs once more, then "
    "let people try in the ways below. Look at the outputs only, never at the originals beside them."
)
ABOUT_RISKS = (
    "What is left after everything was hidden and checked, and what is done about it. It stands in the report and in "
    "the draft of the impact assessment: name no person and no file."
)
ABOUT_DECIDING = (
    "The decision is about these very files: when one of them is made anew, it has to be taken anew. Whoever made the "
    "run does not approve it, where the case names people."
)
ABOUT_EXPORT = (
    "The verified outputs are copied into a new folder, with manifest and report. Nothing is exported before the "
    "release is approved."
)
ABOUT_OVERRIDING = "The reason stands in the report, beside what the check has found."


class Layout:
    """Builds the steps of a release as tabs below one line for messages.

    Parameters
    ----------
    desk : GateDesk
        Gives what the controls show at first.
    """

    def __init__(self, desk: GateDesk) -> None:
        self.notice = Notice()
        self.progress = Progress()
        self.checks = ChecksWidget()
        self.report = ReportWidget()
        self.report.layout.display = "none"
        runs = desk.runs()
        self.run = ui.Dropdown(
            options=runs, value=desk.case.catalog.latest() if runs else None, description="Run",
            style={"description_width": "initial"}, layout={"width": "min(640px, 100%)"},
        )  # fmt: skip
        self.again = _button("Look again")
        self._trying()
        self._deciding()
        tabs = [self._checks_tab(), self._try_tab(), self._risks_tab(), self._decide_tab(), self._export_tab()]
        self.tabs = ui.Tab(children=tabs, titles=TITLES)
        top = ui.HBox([self.run, self.again], layout=_wrap())
        self.root = page([head(desk.seat), self.notice.widget, top, self.progress.widget, self.tabs])

    def _trying(self) -> None:
        self.least = ui.BoundedIntText(
            FILES, 0, 10_000_000, description="Files", style=LABEL, layout={"width": "220px"},
            tooltip="At most so many, drawn over scenes and devices; 0 for all",
        )  # fmt: skip
        self.attack = _button("Search the outputs", main=True)
        self.method = ui.Dropdown(options=gate_rows.ways(), description="Way", style=LABEL, layout=FULL)
        self.how = ui.HTML()
        self.tried = ui.BoundedIntText(0, 0, 10_000_000, description="Tried", style=LABEL, layout=FULL)
        self.identified = ui.BoundedIntText(0, 0, 10_000_000, description="Recognised", style=LABEL, layout=FULL)
        self.tools = ui.Text(description="Tools", placeholder="with what it was tried", style=LABEL, layout=FULL)
        self.note = ui.Textarea(
            description="Note", placeholder="by what somebody was recognised; no name", style=LABEL, layout=FULL
        )
        self.record = _button("Record the attempt", main=True)
        self.try_barred = hint("")
        self.attempts = ui.HTML()

    def _deciding(self) -> None:
        self.risk = ui.Textarea(description="Risk", placeholder="in a sentence", style=LABEL, layout=FULL)
        self.level = ui.Dropdown(options=LEVELS, description="Level", style=LABEL, layout=FULL)
        self.action = ui.Textarea(
            description="Action", placeholder="what is done about it, and by when", style=LABEL, layout=FULL
        )
        self.add_risk = _button("Record the risk", main=True)
        self.failed = ui.Textarea(
            description="Reason", placeholder="why they failed, and why that is acceptable", style=LABEL, layout=FULL
        )
        self.explain = _button("Record the reason", main=True)
        self.failed_words = hint("")
        self.risk_barred = hint("")
        self.risks = ui.HTML()
        self.override_title = ui.HTML()
        self.override_reason = ui.Textarea(description="Reason", style=LABEL, layout=FULL)
        self.override_it, self.leave_it = _button("Override it", main=True), _button("Cancel")
        self.standing = ui.HTML()
        self.reason = ui.Textarea(
            description="Reason", placeholder="needed to refuse; stands in the report", style=LABEL,
            layout={"width": "min(720px, 100%)", "height": "88px"},
        )  # fmt: skip
        self.approve, self.refuse = _button("Approve the release", main=True), _button("Refuse the release")
        self.decide_barred = hint("")
        self.decisions = ui.HTML()
        wide = {"width": "min(720px, 100%)"}
        self.out = ui.Text(description="New folder", style=LABEL, layout=wide)
        self.labels = ui.Text(
            description="Labels", placeholder="optional: file or folder that came with the dataset",
            style=LABEL, layout=wide,
        )  # fmt: skip
        forms = [("COCO", "coco"), ("YOLO", "yolo"), ("Pascal VOC", "voc"), ("CVAT", "cvat")]
        self.form = ui.Dropdown(options=forms, description="Format", style=LABEL)
        hidden = [("keep labels of what is hidden", "keep"), ("drop labels of what is hidden", "drop")]
        self.hidden = ui.Dropdown(options=hidden, description="Hidden", style=LABEL, layout={"width": "360px"})
        self.rescale = ui.Checkbox(description="Scale labels of pictures of another size", indent=False)
        self.export = _button("Export the release", main=True)
        self.export_barred = hint("")
        self.exported, self.exports = ui.HTML(), ui.HTML()
        self.show_report = _button("Show the report")

    def _checks_tab(self) -> ui.Widget:
        buttons = ui.HBox([self.override_it, self.leave_it], layout=_wrap())
        words = [self.override_title, hint(ABOUT_OVERRIDING), self.override_reason, buttons]
        self.override_box = part("Override a check", words)
        self.override_box.layout.display = "none"
        return ui.VBox([self.override_box, self.checks])

    def _try_tab(self) -> ui.Widget:
        search = part(
            "By program",
            [
                hint(
                    "The careful search looks at the outputs and lists what it still finds outside of what is hidden. "
                    "A video is searched frame by frame, which takes long; you may go on meanwhile."
                ),
                ui.HBox([self.least, self.attack], layout=_wrap()),
            ],
        )
        form = part(
            "By people",
            [self.method, self.how, self.tried, self.identified, self.tools, self.note, ui.HBox([self.record])],
        )
        done = [heading("Tried so far, on these very files"), self.attempts]
        return ui.VBox([hint(ABOUT_TRYING), self.try_barred, _columns(search, form), *done])

    def _risks_tab(self) -> ui.Widget:
        add = part("A risk that is left", [self.risk, self.level, self.action, ui.HBox([self.add_risk])])
        self.failed_box = part("Files that failed", [self.failed_words, self.failed, ui.HBox([self.explain])])
        done = [heading("Recorded so far, for these very files"), self.risks]
        return ui.VBox([hint(ABOUT_RISKS), self.risk_barred, _columns(add, self.failed_box), *done])

    def _decide_tab(self) -> ui.Widget:
        buttons = ui.HBox([self.approve, self.refuse], layout=_wrap())
        return ui.VBox([hint(ABOUT_DECIDING), self.standing, self.reason, self.decide_barred, buttons, self.decisions])

    def _export_tab(self) -> ui.Widget:
        row = ui.HBox([self.form, self.hidden, self.rescale], layout=_wrap())
        box = part(
            "Export",
            [hint(ABOUT_EXPORT), self.out, self.labels, row, self.export_barred, ui.HBox([self.export]), self.exported],
        )
        return ui.VBox([box, self.exports, ui.HBox([self.show_report]), self.report])


def _button(words: str, main: bool = False) -> ui.Button:
    return ui.Button(description=words, button_style="primary" if main else "", layout={"width": "auto"})


def _columns(left: ui.Widget, right: ui.Widget) -> ui.Widget:
    for one in (left, right):
        one.add_class("wbp-half")
    columns = ui.Box([left, right])
    columns.add_class("wbp-columns")
    return columns


def _wrap() -> ui.Layout:
    return ui.Layout(flex_flow="row wrap", align_items="center")
