"""Two sheets of crops: what is visible although it scored, and the same thing in pictures that look alike."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from workbench.apps.background import Background
from workbench.apps.parts import hint
from workbench.apps.review_desk import LIKE_ANOTHER, ON_THE_SHEET
from workbench.review import Place, along, everywhere, exposure
from workbench.review.exposure import Exposed
from workbench.review.marks import name_of
from workbench.tracks import Track
from workbench.values import Asset, Correction, Kind, Media, UsageError
from workbench.widgets.sheet import Crop

if TYPE_CHECKING:
    from workbench.apps.review import Screen

LAYING = "Looking for everything that is visible although it scored …"
ELSEWHERE = "Looking for the same thing in files that look alike …"


class _Decisions:
    """What was hidden from a sheet, so that it can be taken back.

    Parameters
    ----------
    screen : Screen
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._made: dict[int, Correction] = {}

    def __contains__(self, index: int) -> bool:
        return index in self._made

    def clear(self) -> None:
        self._made.clear()

    def toggle(self, index: int, asset: Asset, correction: Correction) -> None:
        """Store the correction, or withdraw the one that was stored for this crop before."""
        desk = self._screen.desk
        desk.permit(desk.reviewer, "review")
        made = self._made.pop(index, None)
        if made is None:
            self._made[index] = desk.case.catalog.add_correction(asset.sha256, correction)
        else:
            desk.case.catalog.withdraw_correction(asset.sha256, made.number, desk.reviewer)
        desk.reconsider(asset.sha256)
        self._screen.reopen(asset.sha256)
        self._screen.counting.soon()


class ContactSheet:
    """The third step of the screen.

    Parameters
    ----------
    screen : Screen
        Its widgets and its desk.
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._exposed: Sequence[Exposed] = ()
        self._made = _Decisions(screen)
        self._crops = Background(screen.notice.explain)
        screen.lay_out.on_click(screen.notice.guarded(lambda _: self._clicked()))
        screen.sheet.on(toggle=self._toggle, open_it=self._open, background=self._crops.do)

    def forget(self) -> None:
        """Show nothing, because another run is looked at."""
        self._exposed = ()
        self._made.clear()
        self._screen.sheet.show([])
        self._screen.sheet_words.value = hint("").value

    def crop(self, index: int) -> bytes:
        """Return one crop as JPEG."""
        return exposure.crop(self._exposed[index])

    def _clicked(self) -> None:
        run, screen = self._screen.run.value, self._screen
        if run is None:
            raise UsageError("This case has released nothing yet: redact a folder first.")
        screen.notice.say(LAYING)
        screen.background.do("sheet", lambda: self._lay(run))

    def _lay(self, run: int) -> None:
        screen, choice = self._screen, self._screen.kinds.value
        profile = screen.desk.case.catalog.run(run).profile
        kinds = profile.hidden if choice == "profile" else tuple(Kind) if choice == "all" else (Kind(choice),)
        laid = exposure.sheet(screen.desk.case, run, screen.least.value, kinds)
        self._made.clear()
        self._exposed, self._profile = laid.exposed, profile
        screen.sheet.show([self._item(at) for at in range(len(laid.exposed))], "Nothing of this is visible.")
        screen.sheet_words.value = hint(_found_words(laid)).value
        screen.notice.clear(LAYING)

    def _item(self, index: int) -> Crop:
        one = self._exposed[index]
        where = one.asset.path if not one.frame else f"{one.asset.path}, frame {one.frame}"
        return Crop(f"{one.score:.2f} {name_of(one.kind)}", where, index in self._made)

    def _toggle(self, index: int) -> None:
        one, screen = self._exposed[index], self._screen
        reason = screen.desk.pen.reason(ON_THE_SHEET)
        self._made.toggle(index, one.asset, exposure.masking(one, self._profile, screen.desk.reviewer, reason))
        screen.sheet.update(index, self._item(index))

    def _open(self, index: int) -> None:
        asset = self._exposed[index].asset
        self._screen.open_file(asset.source, asset.path)


class Alike:
    """Offers to hide the same thing in pictures that look alike.

    Parameters
    ----------
    screen : Screen
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._places: Sequence[Place] = ()
        self._kind = Kind.OTHER
        self._made = _Decisions(screen)
        self._crops = Background(screen.notice.explain)
        screen.alike.on(toggle=self._toggle, open_it=self._open, background=self._crops.do)

    def crop(self, index: int) -> bytes:
        """Return the place with some room around it as JPEG."""
        place = self._places[index]
        return exposure.crop_at(place.asset, place.frame, place.box)

    def look(self, track: int) -> None:
        """Look for what an object of the open picture shows in all pictures that look alike."""
        opened, screen = self._screen.desk.opened, self._screen
        mark = opened.editing.marks.get(track) if opened and opened.editing else None
        if opened is None or mark is None:
            raise UsageError("Choose an object first.")
        self._find(mark.kind, lambda run: everywhere(screen.desk.case, run, opened.item.asset, mark.box))

    def look_along(self, track: Track) -> None:
        """Look for what a track of the open video shows in all videos that look alike."""
        opened, case = self._screen.desk.opened, self._screen.desk.case
        if opened is None:
            raise UsageError("Choose an object first.")
        self._find(track.kind, lambda run: along(case, run, opened.item.asset, track))

    def _find(self, kind: Kind, look: Callable[[int], Sequence[Place]]) -> None:
        screen, run = self._screen, self._screen.run.value
        opened = screen.desk.opened
        screen.notice.say(ELSEWHERE)

        def find() -> None:
            places = look(run)
            screen.notice.clear(ELSEWHERE)
            if opened is not screen.desk.opened:
                return
            self._places, self._kind = places, kind
            self._made.clear()
            screen.show_alike([self._item(at) for at in range(len(places))])
            if not places and opened is not None:
                video = opened.item.asset.media is Media.VIDEO
                what = "No other video" if video else "No other picture"
                (screen.clips.player if video else screen.editor).say(
                    f"{what} of this run shows it at about the same place."
                )

        screen.background.do("everywhere", find)

    def _item(self, index: int) -> Crop:
        place = self._places[index]
        return Crop(f"{place.score:.0%} alike", place.asset.path, index in self._made)

    def _toggle(self, index: int) -> None:
        place, desk = self._places[index], self._screen.desk
        number = desk.case.catalog.free_track(place.asset.sha256)
        added = place.masking(number, self._kind, desk.reviewer, desk.pen.reason(LIKE_ANOTHER))
        self._made.toggle(index, place.asset, added)
        self._screen.alike.update(index, self._item(index))

    def _open(self, index: int) -> None:
        asset = self._places[index].asset
        self._screen.open_file(asset.source, asset.path)


def _found_words(laid: exposure.Sheet) -> str:
    if not laid.total:
        text = "Nothing that scored as much is visible in the release."
    else:
        what = "1 object is" if laid.total == 1 else f"{laid.total:,} objects are"
        files = "1 file" if laid.files == 1 else f"{laid.files:,} files"
        text = f"{what} visible in {files}."
    if laid.total > len(laid.exposed):
        text += f" The {len(laid.exposed):,} with the highest scores are shown."
    if laid.unknown:
        text += f" Of {len(laid.unknown):,} files nothing is stored any more: run the batch again to see them here."
    return text
