"""The player: a clip of any length, its objects as rows of a timeline, the rules, and what people correct.

The view asks for each picture that it shows, and gets it as a message with what the kernel hides in
it: nothing is decided in the browser, and no pixel, box, name or path is ever in a trait.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.profiles import Profile
from workbench.values import Detections, UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, guarded
from workbench.widgets.playing import KINDS, LOOKS, Edit, FrameRequest, Row, read_edit, read_request, read_tracks
from workbench.widgets.rules import Rules, limits_of, rules_of, video_limits, with_rules, with_video

Callback = Callable[..., object]


class PlayerWidget(WorkbenchWidget):
    """Shows one clip and lets the user look through it, set the rules of `profile` and correct what was found.

    Parameters
    ----------
    profile : Profile
        Its purpose sets the limits of the controls, its settings their first positions.

    Raises
    ------
    UsageError
        For an option that does not exist.
    """

    _esm = script("player")
    _css = style("preview", "player")
    writable: ClassVar = frozenset({"rules", "video"})
    actions: ClassVar = {
        "frame": "_frame",
        "crops": "_crops",
        "edit": "_edit",
        "ask": "_ask",
        "navigate": "_navigate",
        "finish": "_finish",
        "everywhere": "_everywhere",
    }

    rules = traitlets.Dict(help="kind → the fields of `KindRule`; replace it, never change it in place").tag(sync=True)
    video = traitlets.Dict(help="the fields of `profiles.Video`; replace it as well").tag(sync=True)
    limits = traitlets.Dict(help="ranges and choices of the controls; read only for the view").tag(sync=True)

    offers = traitlets.List(traitlets.Unicode(), help="what the application can do besides").tag(sync=True)

    def __init__(self, profile: Profile, **options: Any) -> None:
        self._profile = profile
        self._callbacks: dict[str, Callback] = {}
        self._shown: dict[str, dict[str, Any]] = {}
        self._clip = 0
        self._frames = 0
        super().__init__(rules=rules_of(profile), video=_video(profile), limits=_limits(profile), **options)

    @property
    def profile(self) -> Profile:
        """The profile as the user has set it; assign one to replace all controls."""
        return with_video(with_rules(self._profile, self.rules), self.video)

    @profile.setter
    def profile(self, profile: Profile) -> None:
        self._profile = profile
        with self.hold_sync():
            self.limits, self.rules, self.video = _limits(profile), rules_of(profile), _video(profile)

    def on(
        self,
        *,
        frame: Callable[[FrameRequest], object],
        crops: Callable[[list[int]], object],
        edit: Callable[[Edit], object],
        undo: Callable[[], object],
        redo: Callable[[], object],
        search: Callable[[], object],
        stop: Callable[[], object],
        settings: Callable[[Profile], object],
        navigate: Callable[[int], object],
    ) -> None:
        """Say what is called when the view wants something.

        Parameters
        ----------
        frame : callable
            Ends in `show_frame` or `fail_frame`, from any thread.
        crops : callable
            Gets numbers of tracks; ends in a `show_crop` for each.
        edit, undo, redo : callable
            A correction. Each ends in `show_tracks`.
        search, stop : callable
            Begin to look for objects, and give up what `show_progress` tells of.
        settings : callable
            Gets the profile after the user has changed a rule or a setting.
        navigate : callable
            Gets 1 or −1: the next or previous file.
        """
        self._callbacks = {
            "frame": frame, "crops": crops, "edit": edit, "undo": undo, "redo": redo,
            "search": search, "stop": stop, "settings": settings, "navigate": navigate,
        }  # fmt: skip

    def on_finish(self, callback: Callable[[], object]) -> None:
        """Call ``callback()`` when the user says by Ctrl and Enter that this file is in order now."""
        self._offer("finish", callback)

    def on_everywhere(self, callback: Callable[[int], object]) -> None:
        """Call ``callback(track)`` when the user looks for an object in videos that look alike."""
        self._offer("everywhere", callback)

    def _offer(self, name: str, callback: Callback) -> None:
        self._callbacks[name] = callback
        self.offers = sorted({*self.offers, name})

    # To the view

    def show(
        self,
        times: Sequence[float],
        width: int,
        height: int,
        *,
        title: str = "",
        position: tuple[int, int] | None = None,
        sound: bool = False,
        about: Sequence[str] = (),
    ) -> int:
        """Show a clip, without tracks yet.

        Parameters
        ----------
        times : sequence of float, s
            When each frame is shown.
        width, height : int, px
            Of its frames, upright.
        title : str
            Shown as plain text.
        position : (int, int), optional
            Number of this file, from 1, and how many there are.
        sound : bool
            Whether it has sound that could be silenced.
        about : sequence of str
            Sentences that the user should know about this clip.

        Returns
        -------
        int
            Names this clip; answers for an earlier one are dropped.
        """
        self._clip += 1
        self._frames = len(times)
        self._shown = {}
        self._keep(
            "clip",
            [np.asarray(times, "<f4").tobytes()],
            width=width,
            height=height,
            title=title,
            position=position,
            sound=sound,
            about=list(about),
        )
        return self._clip

    def show_tracks(
        self,
        rows: Sequence[Row],
        *,
        counts: Mapping[str, Mapping[str, int]],
        muted: Sequence[tuple[int, int]] = (),
        undo: str = "",
        redo: str = "",
        select: int = -1,
    ) -> None:
        """Show the objects as they are now.

        Parameters
        ----------
        rows : sequence of Row
        counts : mapping
            "hidden" and "left" → kind → number of objects.
        muted : sequence of (int, int)
            Stretches of frames without sound.
        undo, redo : str
            What would be undone or done again, in words; "" for nothing.
        select : int
            A track to go to; −1 leaves the selection.
        """
        stretches = [
            (row, first, last, LOOKS.index(look), hidden)
            for row, item in enumerate(rows)
            for first, last, look, hidden in item.stretches
        ]
        self._keep(
            "tracks",
            [np.array(stretches, "<i4").reshape(-1, 5).tobytes()],
            rows=[[row.track, row.name, str(row.kind), float(row.score), row.fate, row.close] for row in rows],
            looks=LOOKS,
            counts={name: dict(part) for name, part in counts.items()},
            muted=[list(span) for span in muted],
            undo=undo,
            redo=redo,
            select=select,
        )
        self._shown["tracks"]["select"] = -1  # for a view that opens later it is old news

    def show_frame(
        self,
        request: FrameRequest,
        clip: int,
        original: bytes,
        redacted: bytes,
        boxes: Detections,
        hidden: NDArray[np.bool_],
    ) -> None:
        """Answer a request.

        Parameters
        ----------
        clip : int
            What `show` returned.
        original, redacted : bytes
            JPEG, empty where it was not asked for or is not known yet.
        boxes : Detections
            Of this frame, with their tracks.
        hidden : ndarray of shape (N,), bool
            Which of them are hidden.
        """
        if clip != self._clip:
            return
        origins = sorted(set(boxes.origins.tolist()))
        kinds = [KINDS.index(kind) for kind in boxes.kinds]
        places = [origins.index(origin) for origin in boxes.origins]
        columns = np.column_stack([boxes.boxes, boxes.scores, kinds, places]).astype("<f4")
        # Numbers of tracks are too large for a float32.
        marks = np.column_stack([boxes.tracks, hidden]).astype("<i4")
        self.tell(
            "frame",
            [original, redacted, columns.tobytes(), marks.tobytes()],
            clip=clip,
            number=request.number,
            index=request.index,
            kinds=KINDS,
            origins=origins,
        )

    def fail_frame(self, request: FrameRequest, clip: int, error: str) -> None:
        """Say that a picture cannot be shown."""
        self.tell("no_frame", clip=clip, number=request.number, index=request.index)
        if clip == self._clip:
            self.show_error(error)

    def show_crop(self, track: int, jpeg: bytes) -> None:
        """Show the best sight of a track in its row; empty when there is none."""
        self.tell("crop", [jpeg], clip=self._clip, track=track)

    def show_progress(self, text: str, share: float = -1.0, can_search: bool = False) -> None:
        """Show how far something long is.

        Parameters
        ----------
        text : str
            "" when it is over.
        share : float
            0..1; −1 when nobody knows.
        can_search : bool
            Nothing goes on, but a search can be started.
        """
        self._keep("progress", [], text=text, share=float(share), can_search=can_search)

    def say(self, text: str) -> None:
        """Tell the user what has just happened, below the picture."""
        self.tell("said", clip=self._clip, text=text)

    def clear(self) -> None:
        """Show no clip."""
        self._clip += 1
        self._frames, self._shown = 0, {}
        self.tell("clear")

    def replay(self) -> None:
        """Send the clip and its tracks to a view that has just opened; it asks for pictures itself."""
        for kind in ("clip", "tracks", "progress"):
            if kind in self._shown:
                self.tell(kind, **self._shown[kind])

    def _keep(self, kind: str, buffers: Sequence[bytes], **content: Any) -> None:
        self._shown[kind] = {"buffers": list(buffers), "clip": self._clip, **content}
        self.tell(kind, **self._shown[kind])

    # From the view

    def written(self, names: set[str]) -> None:
        """Hand settings that the user has changed to the application."""
        if names & self.writable:
            self._hand_over_settings()

    @guarded
    def _hand_over_settings(self) -> None:
        self._call("settings", self.profile)

    def _call(self, name: str, *values: object) -> None:
        if name in self._callbacks:
            self._callbacks[name](*values)

    def _is_old(self, content: Mapping[str, Any]) -> bool:
        return content.get("clip") != self._clip

    def _frame(self, content: dict[str, Any]) -> None:
        if not self._is_old(content):
            self._call("frame", read_request(content, self._frames))

    def _crops(self, content: dict[str, Any]) -> None:
        if not self._is_old(content):
            self._call("crops", read_tracks(content))

    def _edit(self, content: dict[str, Any]) -> None:
        if not self._is_old(content):
            self._call("edit", read_edit(content, self._frames))

    def _ask(self, content: dict[str, Any]) -> None:
        what = content.get("what")
        if what not in ("undo", "redo", "search", "stop"):
            raise UsageError("The page asked for something that this widget does not know. Reload the page.")
        self._call(what)

    def _finish(self, content: dict[str, Any]) -> None:
        if not self._is_old(content):
            self._call("finish")

    def _everywhere(self, content: dict[str, Any]) -> None:
        if not self._is_old(content):
            self._call("everywhere", read_tracks({"tracks": [content.get("track")]})[0])

    def _navigate(self, content: dict[str, Any]) -> None:
        step = content.get("step")
        if step not in (-1, 1):
            raise UsageError("The page asked for a file that is neither the next nor the previous one.")
        self._call("navigate", step)

    @traitlets.validate("rules")  # type: ignore[untyped-decorator]
    def _valid_rules(self, proposal: dict[str, Any]) -> Rules:
        return dict(_valid(proposal["value"], lambda value: with_rules(self._profile, value)))

    @traitlets.validate("video")  # type: ignore[untyped-decorator]
    def _valid_video(self, proposal: dict[str, Any]) -> dict[str, Any]:
        return dict(_valid(proposal["value"], lambda value: with_video(self._profile, value)))


def _valid(value: Any, check: Callable[[Any], object]) -> Any:
    try:
        check(value)
    except WorkbenchError as error:
        raise traitlets.TraitError(str(error)) from None
    return copy.deepcopy(value)


def _video(profile: Profile) -> dict[str, Any]:
    return profile.video.model_dump(mode="json")


def _limits(profile: Profile) -> dict[str, Any]:
    return {**limits_of(profile), "video": video_limits(profile)}
