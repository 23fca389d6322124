"""The intake screen: look at a folder, say what the files are, choose which of them are used."""

from collections.abc import Sequence
from pathlib import Path

import ipywidgets as ui

from workbench.apps import intake_rows
from workbench.apps.background import Background
from workbench.apps.intake_desk import IntakeDesk
from workbench.apps.intake_layout import Layout
from workbench.apps.parts import hint
from workbench.apps.role import Seat
from workbench.catalog.case import Case
from workbench.curate import Group
from workbench.governance import casework
from workbench.profiles import Profile, load
from workbench.serving.context import context, is_served, start_log
from workbench.values import UsageError
from workbench.widgets.files import FileRow

FILES, TWINS, SUBSETS = 1, 2, 4
"""tabs"""


def build(case: Path | str | None = None, roots: list[Path] | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with.
    roots : list of Path, optional
        Folders that may be browsed; by default what `workbench serve` was started with.

    Raises
    ------
    UsageError
        When the case cannot be opened.
    """
    given = context()
    folder = Path(case) if case is not None else given.case or Path("workbench-case")
    opened = Case.open(folder)
    start_log(opened.path)
    return Screen(IntakeDesk(opened, Seat(opened.path, given.user)), roots or list(given.roots)).root


class Screen(Layout):
    """Connects the widgets of the intake screen with an `IntakeDesk`.

    Parameters
    ----------
    desk : IntakeDesk
        The state; all work is done there.
    roots : list of Path
        Folders that may be browsed.
    """

    def __init__(self, desk: IntakeDesk, roots: list[Path]) -> None:
        self.desk = desk
        self.folder: Path | None = None
        self._groups: tuple[Group, ...] = ()
        self._twin_files: list[int] = []
        super().__init__(desk, roots)
        self.background = Background(self.notice.explain)
        self._pictures = Background(self.notice.explain)
        self._connect()
        self.refresh()
        self.rules.value = desk.rules()

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return all(one.join() for one in (self.background, self._pictures))

    def thumbnail(self, index: int) -> bytes:
        """Return the thumbnail of a file."""
        return self.desk.thumbnail(self.desk.files[index])

    def twin_thumbnail(self, index: int) -> bytes:
        """Return the thumbnail of a near-duplicate."""
        return self.desk.thumbnail(self.desk.files[self._twin_files[index]])

    def search_twins(self, text: str) -> list[int]:
        """Return which near-duplicates a filter lets through."""
        found = set(self.desk.search(text)) if text.strip() else set(range(len(self.desk.files)))
        return [place for place, index in enumerate(self._twin_files) if index in found]

    def _connect(self) -> None:
        guarded = self.notice.guarded
        self.folders.on_choose(guarded(self._choose))
        self.look.on_click(guarded(lambda _: self._look()))
        self.files.on(changed=self._chosen_changed, open_it=self._details, background=self._pictures.do)
        self.twins.on(changed=self._twins_changed, background=self._pictures.do)
        self.say.on_click(guarded(lambda _: self._say()))
        self.take_back.on_click(guarded(lambda _: self._say_back()))
        self.draw.on_click(guarded(lambda _: self._draw()))
        self.store.on_click(guarded(lambda _: self._store()))
        self.leave_out.on_click(guarded(lambda _: self._leave_out()))
        self.save_rules.on_click(guarded(lambda _: self._save_rules()))
        self.add_rule.on_click(guarded(lambda _: self._add_rule()))
        self.redact_choice.observe(guarded(lambda _: self._tell_redact()), "value")

    # Looking

    def _choose(self, folder: Path) -> None:
        self.folder = folder
        self._look()

    def _look(self) -> None:
        if self.folder is None:
            raise UsageError("Choose a folder first.")
        self.desk.seat.require("curate")
        folder, find = self.folder, self._profile() if self.find.value else None
        self.held.look(False)
        self.background.do("look", lambda: self._follow(folder, find))

    def _profile(self) -> Profile:
        return casework.picked_profile(self.desk.case.path) or load("publication")

    def _follow(self, folder: Path, find: Profile | None) -> None:
        try:
            ended = self.progress.follow(self.desk.look(folder, find), "Looking …")
        finally:
            self.held.look()
        self.desk.reload()
        self.refresh()
        self.notice.say("Stopped. What was looked at so far is kept." if ended.stopped else ended.message or "Done.")

    # What is there

    def refresh(self) -> None:
        """Show all files anew; picks are gone."""
        self.desk.drawn = None
        files = self.desk.files
        self.summary.value = intake_rows.summary(files) if files else ""
        self.files.show([intake_rows.row(file) for file in files], intake_rows.COLUMNS, intake_rows.facets(files))
        self._show_twins()
        self._show_stored()

    def update(self) -> None:
        """Show what is said of the files anew; picks and filter stay."""
        files = self.desk.files
        self.summary.value = intake_rows.summary(files)
        rows = {at: intake_rows.row(file) for at, file in enumerate(files)}
        changed = {at: row for at, row in rows.items() if row != self._shown(at)}
        self.files.update(changed, intake_rows.facets(files))

    def _shown(self, index: int) -> FileRow | None:
        rows = self.files.rows
        return rows[index] if index < len(rows) else None

    def _details(self, index: int) -> None:
        self.about.value = intake_rows.details(self.desk.files[index])

    def _chosen(self) -> tuple[int, ...]:
        """The files that a button is about: those picked, else all that are shown."""
        chosen: tuple[int, ...] = self.files.picked or self.files.visible
        return chosen

    def _chosen_changed(self) -> None:
        chosen = self._chosen()
        number = len(self.desk.usable(chosen))
        usable = " usable" if number < len(chosen) else ""
        files = f"1{usable} file" if number == 1 else f"{number:,}{usable} files"
        every = "the" if number == 1 or self.files.picked else "all"
        which = f"{every} {files} {'picked' if self.files.picked else 'shown'}" if number else "no file"
        self.say.description = f"Set for {which}"
        self.take_back.description = f"Take it back for {which}"
        self.choice.value = hint(f"The subset would hold {which}.").value

    # Saying

    def _say(self) -> None:
        values = {name: widget.value for name, widget in self.fields.items() if widget.value.strip()}
        self._said(self.desk.describe(self._chosen(), values))
        for widget in self.fields.values():
            widget.value = ""

    def _say_back(self) -> None:
        self._said(self.desk.describe(self._chosen(), {self.back_field.value: ""}))

    def _said(self, number: int) -> None:
        self.update()
        self.notice.say(_changed(number))

    # Near-duplicates

    def _show_twins(self) -> None:
        self._groups = self.desk.groups()
        places = {file.key: index for index, file in enumerate(self.desk.files)}
        order = [file for group in self._groups for file in (group.keep, *group.drop)]
        self._twin_files = [places[file.key] for file in order]
        self.twins.show([intake_rows.twin(file) for file in order], intake_rows.COLUMNS)
        offered = {file.key for group in self._groups for file in group.drop}
        self.twins.pick([at for at, file in enumerate(order) if file.key in offered])
        self.leave_out.layout.display = "" if order else "none"

    def _twins_changed(self) -> None:
        number = len(self.twins.picked)
        files = "the picked file" if number == 1 else f"the {number:,} picked files"
        self.leave_out.description = f"Leave {files} out" if number else "Leave nothing out"

    def _leave_out(self) -> None:
        picked = [self.desk.files[self._twin_files[at]] for at in self.twins.picked]
        self.desk.leave_out(picked)
        number = len(picked)
        files = "1 near-duplicate is" if number == 1 else f"{number:,} near-duplicates are"
        self.left_out.value = hint(f"{files} left out here." if number else "").value
        self.files.set_filter(self.files.filter)
        self.tabs.selected_index = FILES

    # Rules

    def _save_rules(self) -> None:
        self._ruled(self.desk.save_rules(self.rules.value))

    def _add_rule(self) -> None:
        self._ruled(self.desk.add_rule(_filled(self.when), _filled(self.then)))
        for widget in (*self.when.values(), *self.then.values()):
            widget.value = ""

    def _ruled(self, number: int) -> None:
        self.rules.value = self.desk.rules()
        self.update()
        self.notice.say(f"The rules are saved. {_changed(number)}")

    # Subsets

    def _draw(self) -> None:
        drawn = self.desk.draw(
            self.files.visible, self.sample.value, self.per.value, self.seed.value, self.files.filter
        )
        self.files.pick(drawn)
        number = "1 file was" if len(drawn) == 1 else f"{len(drawn):,} files were"
        self.notice.say(f"{number} drawn and picked. Store them under a name, or draw others with another seed.")

    def _store(self) -> None:
        subset = self.desk.store(self.name.value, self._chosen(), self.files.filter, bool(self.files.picked))
        self.name.value = ""
        self._show_stored(subset.name)
        self.tabs.selected_index = SUBSETS
        self.notice.say(f"Stored: '{subset.name}' with {len(subset.members):,} files.")

    def _show_stored(self, chosen: str = "") -> None:
        subsets = self.desk.subsets()
        self.stored.value = intake_rows.stored(subsets, self.desk.still_there())
        names: Sequence[str] = [each.name for each in subsets]
        self.redact_choice.options = names
        self.redact_choice.layout.display = "" if names else "none"
        if chosen in names:
            self.redact_choice.value = chosen
        self._tell_redact()

    def _tell_redact(self) -> None:
        self.redact_how.value = intake_rows.how_to_redact(self.redact_choice.value or "", is_served())


def _filled(widgets: dict[str, ui.Widget]) -> dict[str, str]:
    return {name: widget.value.strip() for name, widget in widgets.items() if widget.value.strip()}


def _changed(number: int) -> str:
    if not number:
        return "Nothing changed: that was said before."
    return "1 file changed." if number == 1 else f"{number:,} files changed."
