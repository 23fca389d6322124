"""The dashboard: choose a folder, look and tune, run, read the result. Nobody has to write code."""

from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as ui

from workbench.apps.background import Background
from workbench.apps.fills import with_background, with_colour
from workbench.apps.layout import Layout
from workbench.apps.parts import gallery_item, hint, profile_words
from workbench.apps.running import Running
from workbench.apps.session import Opened, Session
from workbench.catalog.case import Case
from workbench.profiles import Profile
from workbench.serving.context import asked, context, start_log
from workbench.values import Asset, Media, Regions, UsageError, WorkbenchError
from workbench.widgets.rules import Rules, with_rules


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
    screen = Screen(Session(opened, given.user), roots or list(given.roots))
    if subset := asked("subset"):
        screen.notice.guarded(screen.choose_subset)(subset)
    return screen.root


class Screen(Layout):
    """Connects the widgets of the dashboard with a `Session`.

    Parameters
    ----------
    session : Session
        The state; all work is done there.
    roots : list of Path
        Folders that may be browsed.
    """

    def __init__(self, session: Session, roots: list[Path]) -> None:
        self.session = session
        self.picture: Opened | None = None
        self.index = -1
        self._counts: dict[int, dict[str, int]] = {}
        super().__init__(session, roots)
        self.background = Background(self.notice.explain)
        self._connect()
        self._describe(session.profile)
        self.running = Running(self, session, self.background)
        self.running.take_up_last()

    def _connect(self) -> None:
        guarded = self.notice.guarded
        self.folders.on_choose(self._choose)
        self.gallery.on_open(self._open)
        self.preview.on_rules(self._rules_changed)
        for view in (self.preview, self.clips):
            view.on_navigate(lambda step: self._open(self.index + step))
        self.clips.on_settings(self._use_clip_settings)
        self.clips.on_found(self._mark_counts)
        self.profile_choice.observe(guarded(lambda change: self._use_profile(change["new"])), "value")
        self.quality.observe(guarded(lambda change: self._use_quality(change["new"])), "value")
        self.fills.on_colour(guarded(self._use_colour))
        self.fills.on_background(guarded(self._use_background))
        self.save.on_click(guarded(lambda _: self._save_profile()))
        self.use_subset.on_click(guarded(lambda _: self.choose_subset(self.subset.value)))

    # Choosing and looking

    def choose_subset(self, name: str) -> None:
        """Work on the files of a stored subset."""
        if not name:
            raise UsageError("No subset is stored in this case: choose files in the intake screen.")
        self.notice.say(_looking(name))
        self.background.do("choose", lambda: self._list(name, lambda: self.session.choose_subset(name)))

    def _choose(self, folder: Path) -> None:
        self.notice.say(_looking(folder.name))
        self.background.do("choose", lambda: self._list(folder.name, lambda: self.session.choose(folder)))

    def _list(self, name: str, choose: Callable[[], Sequence[Asset]]) -> None:
        assets = choose()
        self.notice.clear(_looking(name))
        self._counts.clear()
        self.picture, self.index = None, -1
        self.preview.clear()
        self.clips.leave()
        self.gallery.show([gallery_item(asset) for asset in assets])
        self.chosen.value = hint(f"{name}: {_number(assets)}").value
        self.out.value = self.session.suggested_out()
        if not assets:
            self.notice.warn(f"There is no picture or video in {name}: choose another folder.")
            return
        if self.session.raise_profile():
            self._show_raised()
        self.tabs.selected_index = 1
        self._open(0)

    def _open(self, index: int) -> None:
        if not 0 <= index < len(self.session.assets):
            return
        self.notice.say(_searching(self.session.assets[index].path))
        self.background.do("open", lambda: self._show(index))

    def _show(self, index: int) -> None:
        asset = self.session.assets[index]
        try:
            if asset.media is Media.VIDEO:
                self._show_video(index)
            else:
                self._show_picture(index)
        except WorkbenchError as error:
            self.gallery.update(index, gallery_item(asset, "failed", note=str(error)))
            raise

    def _show_video(self, index: int) -> None:
        name = self.session.assets[index].path
        self.picture, self.index = None, index
        self.show_player(True)
        self.preview.clear()
        position = index + 1, len(self.session.assets)
        self.clips.open(self.session.path(index), self.preview.profile, title=name, position=position)
        self.gallery.select(index)
        self.notice.clear(_searching(name))

    def _show_picture(self, index: int) -> None:
        name = self.session.assets[index].path
        picture = self.session.open(index)
        self.clips.leave()
        self.show_player(False)
        self.picture, self.index = picture, index
        frame = picture.opened.frames[picture.frame]
        self.preview.show(
            picture.jpeg,
            frame.width,
            frame.height,
            picture.detections,
            title=name,
            position=(index + 1, len(self.session.assets)),
            grid=picture.opened.grid,
            origin=picture.opened.grid_origin,
        )
        self.gallery.select(index)
        self._render(self.preview.rules)
        notes = [*picture.opened.notes]
        if len(picture.opened.frames) > 1:
            notes.append(f"It has {len(picture.opened.frames)} frames; the first is shown, all are redacted.")
        self.notice.clear(_searching(name))
        if notes:
            self.notice.say(" ".join(notes))

    def _rules_changed(self, rules: Rules) -> None:
        self.fills.show(with_rules(self.preview.profile, rules))
        self.background.do("exact", lambda: self._render(rules))

    def _render(self, rules: Rules) -> None:
        if self.picture is None:
            return
        profile = with_rules(self.preview.profile, rules)
        jpeg, regions = self.session.exact(self.picture, profile)
        self.preview.show_exact(jpeg, regions, rules=rules)
        self._mark_found(regions)

    def _mark_found(self, regions: Regions) -> None:
        self._mark_counts(regions.counts())

    def _mark_counts(self, counts: dict[str, int]) -> None:
        if self._counts.get(self.index) != counts:
            self._counts[self.index] = counts
            self.gallery.update(self.index, gallery_item(self.session.assets[self.index], "found", counts))

    # Profiles

    def _use_profile(self, name: str) -> None:
        if name == self.session.profile.name:
            return  # just saved: it is what the sliders show
        self._take(self.session.load_profile(name))

    def _use_quality(self, quality: str) -> None:
        if quality != self.session.profile.quality:
            self._take(self.session.use(self.preview.profile.changed(quality=quality)))

    def _use_colour(self, colour: str) -> None:
        self._change(lambda profile: with_colour(profile, colour))

    def _use_background(self, hide: bool) -> None:
        self._change(lambda profile: with_background(profile, hide, self.session.keepers(profile)))

    def _change(self, change: Callable[[Profile], Profile]) -> None:
        try:
            self._take(self.session.use(change(self.preview.profile)))
        finally:
            self.fills.show(self.preview.profile)  # as it is, where the change was refused

    def _show_raised(self) -> None:
        """Show the stronger profile that scenes among the chosen files ask for."""
        profile = self.session.profile
        self._take(profile)
        self.profile_choice.options = self.session.profile_names()
        self.profile_choice.value = profile.name

    def _take(self, profile: Profile) -> None:
        """Show a profile in all controls, and the picture as it hides it."""
        self.preview.profile = profile
        self._describe(profile)
        if self.picture is not None:
            self._open(self.index)
        elif self.clips.clip is not None:
            self.clips.use(profile)

    def _use_clip_settings(self, profile: Profile) -> None:
        """Take over what was set in the player."""
        self.preview.profile = profile
        self.fills.show(profile)

    def _describe(self, profile: Profile) -> None:
        self.quality.value = profile.quality
        self.profile_about.value = profile_words(profile)
        self.fills.show(profile)

    def _save_profile(self) -> None:
        name = self.profile_name.value.strip()
        self.session.save_profile(name, self.preview.profile)
        self.preview.profile = self.session.profile
        self._describe(self.session.profile)
        self.background.do("exact", lambda: self._render(self.preview.rules))
        self.profile_choice.options = self.session.profile_names()
        self.profile_choice.value = name
        self.profile_name.value = ""
        self.notice.say(f"Saved as '{name}' in this case.")


def _number(assets: Sequence[Asset]) -> str:
    videos = sum(asset.media is Media.VIDEO for asset in assets)
    parts = [(len(assets) - videos, "picture"), (videos, "video")]
    words = [f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts if number]
    return " and ".join(words) or "no pictures"


def _looking(name: str) -> str:
    return f"Looking through {name} …"


def _searching(name: str) -> str:
    return f"Searching {name} …"
