"""The widgets of the intake screen and where they stand; what they do is `intake.Screen`'s part."""

from pathlib import Path

import ipywidgets as ui

from workbench import curate
from workbench.apps.intake_desk import NO_FILES, IntakeDesk
from workbench.apps.intake_rows import FIELD_WORDS
from workbench.apps.parts import Notice, heading, hint, page, part
from workbench.apps.progressing import Progress
from workbench.apps.role import Held, head
from workbench.widgets import FilesWidget, FolderWidget

TITLES = ("1  Look", "2  Describe and choose", "3  Near-duplicates", "4  Rules", "5  Subsets")
LABEL = {"description_width": "112px"}
FULL = {"width": "auto"}
ABOUT = (
    "The files are only read: what kind each one is, what took it, what it discloses beside its pixels (place, "
    "device, dates), and which look nearly alike. Nothing in the folder is changed."
)
ABOUT_TWINS = (
    "Pictures of a burst, saved again or cropped a little. Of each group the largest is kept; the others are picked "
    "here. Nothing is deleted: what is left out only does not enter the subset."
)
ABOUT_RULES = (
    "Rules say something about many files at once, by folder, name, device or what a file discloses. A later rule wins "
    "over an earlier one, and what is said by hand wins over all rules. They are kept in intake.toml in the case."
)
ABOUT_SEED = "The same seed draws the same files again."
ABOUT_SUBSETS = "A subset is a list of files by their content. A run over a subset takes these files and no others."
PER_WORDS = {"scenario": "scenario", "camera": "camera", "sensitivity": "sensitivity", "media": "kind of file",
             "device": "device", "folder": "folder", "all": "nothing: from all together"}  # fmt: skip
WHEN = {
    "folder": "In the folder",
    "pattern": "Named like",
    "device": "Taken with",
    "has": "Discloses",
    "media": "Kind",
}
"""conditions of a rule that the form offers"""
SCENARIOS = ("street", "parking", "entrance", "crowd", "school", "hospital", "office", "home")
CAMERAS = ("handheld", "fixed-camera", "vehicle", "drone", "body-worn")


class Layout:
    """Builds the steps of the intake as tabs below one line for messages.

    Parameters
    ----------
    desk : IntakeDesk
        Gives what the controls show at first.
    roots : list of Path
        Folders that may be browsed.
    """

    def __init__(self, desk: IntakeDesk, roots: list[Path]) -> None:
        self.notice = Notice()
        self.folders = FolderWidget(roots)
        self.files = FilesWidget(self.thumbnail, desk.search, label="Files", empty=NO_FILES)
        self.twins = FilesWidget(
            self.twin_thumbnail, self.search_twins, label="Near-duplicates", empty="No two files look nearly alike."
        )
        self._looking()
        self._describing()
        self._storing(desk)
        self._ruling()
        tabs = [self._look_tab(), self._files_tab(), self._twins_tab(), self._rules_tab(), self._subsets_tab()]
        self.tabs = ui.Tab(children=tabs, titles=TITLES)
        self.held = Held(
            desk.seat, "curate", self.look, self.say, self.take_back, self.store, self.save_rules, self.add_rule
        )
        self.root = page([head(desk.seat), self.notice.widget, self.held.why, self.tabs])

    def thumbnail(self, index: int) -> bytes:
        """Return the thumbnail of a file."""
        raise NotImplementedError

    def twin_thumbnail(self, index: int) -> bytes:
        """Return the thumbnail of a near-duplicate."""
        raise NotImplementedError

    def search_twins(self, text: str) -> list[int]:
        """Return which near-duplicates a filter lets through."""
        raise NotImplementedError

    def _looking(self) -> None:
        self.find = ui.Checkbox(
            description="Also search for faces and plates (slower), so that files can be chosen by what they show",
            indent=False, layout=FULL,
        )  # fmt: skip
        self.look = ui.Button(description="Look again", disabled=True, layout={"width": "auto"})
        self.progress = Progress()
        self.summary = ui.HTML()

    def _describing(self) -> None:
        text = {"style": LABEL, "layout": FULL, "continuous_update": False}
        self.about = ui.HTML()
        self.fields: dict[str, ui.Widget] = {
            "scenario": ui.Combobox(options=SCENARIOS, placeholder="such as street", **text),
            "camera": ui.Combobox(options=CAMERAS, placeholder="such as fixed-camera", **text),
            "sensitivity": ui.Dropdown(
                options=[("leave as it is", ""), *((each, each) for each in curate.SENSITIVITIES)], **_no_update(text)
            ),
            "provenance": ui.Text(placeholder="who made or gave it", **text),
            "rights": ui.Text(placeholder="licence or contract", **text),
            "model_release": ui.Text(placeholder="such as releases/01.pdf", **text),
        }
        for name, widget in self.fields.items():
            widget.description = FIELD_WORDS[name]
        self.say = ui.Button(description="Set for no file", button_style="primary", layout={"width": "auto"})
        self.back_field = ui.Dropdown(
            options=[(words, name) for name, words in FIELD_WORDS.items()], description="Take back", style=LABEL,
            layout=FULL,
        )  # fmt: skip
        self.take_back = ui.Button(description="Take it back", layout={"width": "auto"})

    def _storing(self, desk: IntakeDesk) -> None:
        self.choice = hint("")
        self.sample = ui.BoundedIntText(0, 0, 10_000_000, description="How many", style=LABEL, layout=FULL)
        self.per = ui.Dropdown(
            options=[(PER_WORDS.get(name, name), name) for name in curate.PER],
            description="Shared out by", style=LABEL, layout=FULL,
        )  # fmt: skip
        self.seed = ui.Text(desk.case.path.name, description="Seed", style=LABEL, layout=FULL)
        self.draw = ui.Button(description="Draw and pick them", layout={"width": "auto"})
        self.name = ui.Text(placeholder="letters, digits, - and _", description="Name", style=LABEL, layout=FULL)
        self.store = ui.Button(description="Store the subset", button_style="primary", layout={"width": "auto"})
        self.leave_out = ui.Button(
            description="Leave the picked ones out", button_style="primary", layout={"width": "auto"}
        )
        self.left_out = hint("")
        self.stored = ui.HTML()
        self.redact_choice = ui.Dropdown(
            description="Subset", style={"description_width": "initial"}, layout={"width": "min(420px, 100%)"}
        )
        self.redact_how = ui.HTML()

    def _ruling(self) -> None:
        narrow = {"style": LABEL, "layout": FULL}
        self.when: dict[str, ui.Widget] = {
            "folder": ui.Text(placeholder="such as 2024/garage", **narrow),
            "pattern": ui.Text(placeholder="such as IMG_*.jpg", **narrow),
            "device": ui.Dropdown(options=[("anything", ""), *((each, each) for each in curate.DEVICES)], **narrow),
            "has": ui.Text(placeholder="such as GPS", **narrow),
            "media": ui.Dropdown(options=[("anything", ""), ("photo", "photo"), ("video", "video")], **narrow),
        }
        self.then: dict[str, ui.Widget] = {
            "scenario": ui.Combobox(options=SCENARIOS, placeholder="such as street", **narrow),
            "camera": ui.Combobox(options=CAMERAS, placeholder="such as fixed-camera", **narrow),
            "sensitivity": ui.Dropdown(
                options=[("nothing", ""), *((each, each) for each in curate.SENSITIVITIES)], **narrow
            ),
            "provenance": ui.Text(**narrow),
            "rights": ui.Text(**narrow),
        }
        for name, widget in self.when.items():
            widget.description = WHEN[name]
        for name, widget in self.then.items():
            widget.description = FIELD_WORDS[name]
        self.add_rule = ui.Button(description="Add the rule", button_style="primary", layout={"width": "auto"})
        self.rules = ui.Textarea(tooltip="All rules, as they are kept", layout={"width": "auto", "height": "360px"})
        self.rules.add_class("wbp-code")
        self.save_rules = ui.Button(description="Check and save", button_style="primary", layout={"width": "auto"})

    def _look_tab(self) -> ui.Widget:
        buttons = ui.HBox([self.look, self.progress.widget], layout=_wrap())
        main, side = ui.VBox([self.folders, self.find, buttons]), ui.VBox([self.summary])
        main.add_class("wbp-main")
        side.add_class("wbp-side")
        columns = ui.Box([main, side])
        columns.add_class("wbp-columns")
        return ui.VBox([hint(ABOUT), columns])

    def _files_tab(self) -> ui.Widget:
        describe = part(
            "Describe", [*self.fields.values(), ui.HBox([self.say]), self.back_field, ui.HBox([self.take_back])]
        )
        sample = part(
            "Draw a random sample", [self.sample, self.per, self.seed, hint(ABOUT_SEED), ui.HBox([self.draw])]
        )
        store = part("Store as a subset", [self.choice, self.name, ui.HBox([self.store])])
        main, side = ui.VBox([self.left_out, self.files, self.about]), ui.VBox([describe, sample, store])
        main.add_class("wbp-main")
        side.add_class("wbp-side")
        columns = ui.Box([main, side])
        columns.add_class("wbp-columns")
        return columns

    def _twins_tab(self) -> ui.Widget:
        return ui.VBox([hint(ABOUT_TWINS), ui.HBox([self.leave_out]), self.twins])

    def _rules_tab(self) -> ui.Widget:
        when, then = (
            part("For files that fit all of this …", list(self.when.values())),
            part("… say this", list(self.then.values())),
        )
        for box in (when, then):
            box.add_class("wbp-half")
        columns = ui.Box([when, then])
        columns.add_class("wbp-columns")
        text = [heading("All rules, as they are kept"), self.rules, ui.HBox([self.save_rules])]
        return ui.VBox([hint(ABOUT_RULES), columns, ui.HBox([self.add_rule]), *text])

    def _subsets_tab(self) -> ui.Widget:
        return ui.VBox([hint(ABOUT_SUBSETS), self.stored, self.redact_choice, self.redact_how])


def _no_update(options: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in options.items() if name != "continuous_update"}


def _wrap() -> ui.Layout:
    return ui.Layout(flex_flow="row wrap", align_items="center")
