"""Connects the player with the clip that is being looked at: what takes long is done beside the page."""

import threading
from collections.abc import Callable
from pathlib import Path

from workbench import pipeline
from workbench.apps import clip_rows
from workbench.apps.background import Background
from workbench.apps.clip import Clip
from workbench.apps.clip_edit import Sees, Sign
from workbench.catalog.case import Case
from workbench.detect.protocol import Detector
from workbench.profiles import Profile
from workbench.tracks import Track
from workbench.values import UsageError, WorkbenchError
from workbench.video.keys import search_key
from workbench.widgets.base import logger
from workbench.widgets.player import PlayerWidget
from workbench.widgets.playing import Edit, FrameRequest

SEARCHING = "Looking for what should be hidden, frame by frame. You can look around meanwhile."
FOLLOWING = "Following what you drew …"
NOT_SEARCHED = "This video was not searched through with these settings."
BUSY = "A run is going on in this case, and a search beside it would slow both down."
TOLD_EVERY = 0.005
"""the bar moves by this share at least: thousands of frames need no thousands of messages"""


class _Stopped(Exception):  # noqa: N818 - no error: somebody asked for it
    """The user gave up what was going on."""


class ClipScreen:
    """Opens videos in a player.

    Parameters
    ----------
    case : Case
        Where detections and corrections are kept.
    profile : Profile
        Where the controls begin.
    detectors : callable
        ``detectors(profile)`` returns those that search; it may take a while the first time.
    sign : callable, optional
        Puts who and why into new corrections.
    """

    def __init__(
        self,
        case: Case,
        profile: Profile,
        detectors: Callable[[Profile], tuple[Detector, ...]],
        sign: Sign = lambda correction: correction,
    ) -> None:
        self.player = PlayerWidget(profile)
        self.clip: Clip | None = None
        self._case, self._detectors, self._sign = case, detectors, sign
        self._found: Callable[[dict[str, int]], object] = lambda _: None
        self._settings: Callable[[Profile], object] = lambda _: None
        self._navigate: Callable[[int], object] = lambda _: None
        self._shown = self._asked = self._waiting = 0
        self._declined = ""  # the search that the user gave up: not begun again by moving a slider
        self._counting = threading.Lock()
        self._stop = threading.Event()
        self._work = Background(self._explain)
        self._pictures = Background(self._explain)
        self._crops = Background(self._explain)
        self.player.on(
            frame=self._frame,
            crops=self._send_crops,
            edit=self._edit,
            undo=lambda: self._back("undo"),
            redo=lambda: self._back("redo"),
            search=lambda: self._work.do("search", lambda: self._find(again=True)),
            stop=self._stop.set,
            settings=self._settings_changed,
            navigate=self._go,
        )

    def on_settings(self, callback: Callable[[Profile], object]) -> None:
        """Call ``callback(profile)`` after the user has changed a rule or a setting."""
        self._settings = callback

    def on_found(self, callback: Callable[[dict[str, int]], object]) -> None:
        """Call ``callback(counts)`` with how many objects of each kind are hidden, after each change."""
        self._found = callback

    def on_navigate(self, callback: Callable[[int], object]) -> None:
        """Call ``callback(step)`` when the user asks for the next (1) or previous (−1) file."""
        self._navigate = callback

    def on_finish(self, callback: Callable[[], object]) -> None:
        """Call ``callback()`` when the user says by key that the file is in order now."""
        self.player.on_finish(lambda: self.after_edits(callback))

    def on_everywhere(self, callback: Callable[[Track], object]) -> None:
        """Call ``callback(track)`` when the user looks for an object in videos that look alike."""

        def found(number: int) -> None:
            now = self.clip.decided if self.clip else None
            track = next((each for each in now.laid.tracks if each.number == number), None) if now else None
            if track is None:
                raise UsageError("Choose an object that is not called a false alarm first.")
            callback(track)

        self.player.on_everywhere(found)

    def after_edits(self, then: Callable[[], object]) -> None:
        """Do something once every correction that was asked for is stored: leaving earlier would lose it."""
        if self._waiting:
            self._asked += 1
            self._work.do(f"then {self._asked}", then)
        else:
            then()

    def use(self, profile: Profile) -> None:
        """Show a profile in the controls, and the video as it hides it."""
        self.player.profile = profile
        self._work.do("search", self._find)

    def open(
        self,
        path: Path,
        profile: Profile,
        *,
        title: str,
        position: tuple[int, int] | None = None,
        sees: Sees = lambda _: True,
    ) -> Clip:
        """Show a video, and begin to search it where that was not done before.

        Parameters
        ----------
        path : Path
        profile : Profile
            How the controls stand.
        title : str
        position : (int, int), optional
            Number of the file, from 1, and how many there are.
        sees : callable, optional
            Says of which corrections the user may know.

        Raises
        ------
        FileError
            When it cannot be read.
        """
        self.leave()
        self._declined = ""
        clip = Clip(self._case, path, self._sign, sees, profile.video.damaged)
        self.clip = clip
        self._shown = self.player.show(
            [float(time) for time in clip.times],
            clip.video.width,
            clip.video.height,
            title=title,
            position=position,
            sound=clip.video.has_audio,
            about=clip.video.notes,
        )
        self.use(profile)
        return clip

    def leave(self) -> None:
        """Show no video any more, and give up what goes on for it."""
        self._stop.set()
        clip, self.clip = self.clip, None
        self.player.clear()
        if clip is not None:
            clip.close()

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return all(one.join() for one in (self._work, self._pictures, self._crops))

    def _go(self, step: int) -> None:
        self.after_edits(lambda: self._navigate(step))

    def _explain(self, error: Exception) -> None:
        self.player.show_progress("")
        if isinstance(error, WorkbenchError):
            self.player.show_error(str(error))
            return
        logger.error("the player's action failed", exc_info=error)
        self.player.show_error(f"Something went wrong here ({type(error).__name__}). The details are in the log.")

    # Searching and deciding

    def _find(self, again: bool = False) -> None:
        """Take what is known, or search; nothing happens when the search that is shown is the one asked for."""
        clip, profile = self.clip, self.player.profile
        if clip is None:
            return
        finders = self._detectors(profile)
        words = ""
        if not clip.load(profile, finders):
            asked = search_key(pipeline.fingerprint(finders), profile)
            if not again and (self._declined == asked or self._case.busy()):
                words = NOT_SEARCHED if self._declined == asked else f"{NOT_SEARCHED} {BUSY}"
            else:
                self._declined = ""
                self._stop.clear()
                try:
                    clip.search(profile, finders, self._teller(clip, SEARCHING))
                except _Stopped:
                    if clip is not self.clip:
                        return
                    self._declined, words = asked, NOT_SEARCHED
        self.player.show_progress(words, can_search=bool(words))
        self._decide()

    def _teller(self, clip: Clip, words: str) -> Callable[[float], None]:
        """Return what is told the share that is done; it raises when the user gives up."""
        told = -1.0

        def tell(share: float) -> None:
            nonlocal told
            if self._stop.is_set() or clip is not self.clip:
                raise _Stopped
            if share >= told + TOLD_EVERY:
                told = share
                self.player.show_progress(words, share)

        tell(0.0)
        return tell

    def _decide(self, select: int = -1) -> None:
        clip = self.clip
        if clip is None or not clip.key:
            return
        now = clip.decide(self.player.profile)
        rows = clip.rows()
        found = clip_rows.counts(rows)
        self.player.show_tracks(
            rows,
            counts=found,
            muted=clip.muted(),
            undo=clip.history.undo_words,
            redo=clip.history.redo_words,
            select=select,
        )
        self._found(found["hidden"])
        if now.laid.unplaced:
            number = len(now.laid.unplaced)
            what = "1 correction" if number == 1 else f"{number} corrections"
            self.player.say(
                f"{what} of earlier could not be placed any more, because the objects were found differently now: "
                "what was called a false alarm is hidden again. Look through the objects."
            )

    def _settings_changed(self, profile: Profile) -> None:
        self._settings(profile)
        self._work.do("search", self._find)

    # What the view asks for

    def _frame(self, request: FrameRequest) -> None:
        clip, shown = self.clip, self._shown

        def send() -> None:
            if clip is None or clip is not self.clip:
                return
            try:
                original, redacted, boxes, hidden = clip.picture(request)
            except WorkbenchError as error:
                self.player.fail_frame(request, shown, str(error))
                return
            self.player.show_frame(request, shown, original, redacted, boxes, hidden)

        # Every request is answered: the view asks for two at once, and then waits.
        self._pictures.do(f"frame {request.number}", send)

    def _send_crops(self, wanted: list[int]) -> None:
        clip = self.clip

        def send() -> None:
            if clip is None or clip.decided is None:
                return
            for track, index, box in clip.sights(wanted):
                if clip is not self.clip:
                    return
                try:
                    jpeg = clip.crop(index, box)
                except WorkbenchError as error:
                    logger.info("no crop: %s", error)
                    jpeg = b""
                self.player.show_crop(track, jpeg)

        self._crops.do(f"crops {wanted}", send)

    def _edit(self, edit: Edit) -> None:
        self._in_turn(lambda: self._carry_out(edit))

    def _in_turn(self, task: Callable[[], object]) -> None:
        """Do something after what was asked for before, and count it until it is done."""
        self._asked += 1
        with self._counting:
            self._waiting += 1

        def counted() -> None:
            try:
                task()
            finally:
                with self._counting:
                    self._waiting -= 1

        self._work.do(f"edit {self._asked}", counted)  # a name of its own: each of them counts

    def _carry_out(self, edit: Edit) -> None:
        clip = self.clip
        if clip is None or clip.decided is None:
            return
        self._stop.clear()
        if edit.what == "add" and edit.follow:
            self.player.show_progress(FOLLOWING)
        track, words = clip.edit(edit, self.player.profile, lambda _: not self._stop.is_set())
        self.player.show_progress("")
        self._decide(track)
        if words:
            self.player.say(words)

    def _back(self, way: str) -> None:
        def go() -> None:
            clip = self.clip
            if clip is not None and clip.decided is not None:
                getattr(clip.history, way)()
                self._decide()

        self._in_turn(go)
