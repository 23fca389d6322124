"""One video that is being looked at: its frames, what was found in it, what people and a profile make of that.

Plain Python, no widget. Nothing here runs a detector but `search`.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench import corrections, geometry, pipeline, tracks
from workbench.apps import clip_rows
from workbench.apps.clip_edit import Followed, History, Sees, Sign, step_of
from workbench.catalog.case import Case
from workbench.catalog.store import file_sha256
from workbench.corrections import Laid
from workbench.detect.follow import follow
from workbench.detect.protocol import Detector
from workbench.evidence import on_screen
from workbench.media.photo import encode_jpeg
from workbench.media.video_frames import Frames
from workbench.profiles import Damaged, Profile
from workbench.redact.over_time import Cover, cover_video
from workbench.tracks import Track
from workbench.values import Detections
from workbench.video.frame import redact_video_frame
from workbench.video.keys import search_key
from workbench.video.looking import find, open_as
from workbench.video.steps import Course, Step
from workbench.widgets.playing import Edit, FrameRequest, Row

BRIDGE_SECONDS = 0.2
"""shorter stretches between two sights are not shown as gaps"""
FOLLOW_SECONDS = 20
"""a drawn box is followed so far in each direction"""
FOLLOW_SIDE = 960
"""px of the longer side in which it is followed"""
CROP_SIDE = 80
"""px"""


@dataclass(frozen=True, eq=False)
class Decided:
    """What is hidden in a clip with one profile and the corrections of one moment."""

    profile: Profile
    laid: Laid
    shown: Sequence[Detections]
    """one for each frame"""
    cover: Cover


class Clip:
    """Opens a video of a case.

    Parameters
    ----------
    case : Case
        Where detections and corrections are kept.
    path : Path
        The file.
    sign : callable, optional
        Puts who and why into new corrections, see `History`.
    sees : callable, optional
        Says of which corrections the user may know, see `History`.
    damaged : {"refuse", "cut"}
        See `profiles.Video`.

    Raises
    ------
    FileError
        When it cannot be read.
    """

    def __init__(
        self,
        case: Case,
        path: Path,
        sign: Sign = lambda correction: correction,
        sees: Sees = lambda _: True,
        damaged: Damaged = "refuse",
    ) -> None:
        self.case, self.path = case, path
        self.video = open_as(path, damaged)
        self.frames = Frames(self.video)
        self._aside = Frames(self.video, memory=32 << 20)  # so that crops and followed boxes never make the player wait
        self.times: Sequence[Fraction] = self.frames.times
        self.history = History(case.catalog, file_sha256(path), sign, sees)
        self.sha256 = self.history.sha256
        self.key = ""
        """of the search that `found` is from; "" for none"""
        self.found: list[Track] = []
        self.decided: Decided | None = None

    def close(self) -> None:
        """Close the file and forget its pictures."""
        self.frames.close()
        self._aside.close()

    @property
    def bridge(self) -> int:
        """Frames: shorter stretches between two sights are no gaps."""
        return max(round(float(self.video.rate) * BRIDGE_SECONDS), 2)

    def load(self, profile: Profile, detectors: Sequence[Detector]) -> bool:
        """Take what an earlier search found; return false where there was none."""
        key = search_key(pipeline.fingerprint(detectors), profile)
        if key != self.key:
            known = self.case.catalog.detections(self.sha256, key)
            if known is None or len(known) != len(self.times):
                return False
            self._take(known, key)
        return True

    def search(self, profile: Profile, detectors: Sequence[Detector], tell: Callable[[float], object]) -> None:
        """Look for objects in all of the clip, and keep what is found.

        Parameters
        ----------
        profile : Profile
        detectors : sequence of Detector
        tell : callable
            ``tell(share)`` is called with 0..1; what it raises ends the search. What was searched stays
            until the next time.
        """

        def tick(step: Step) -> None:
            tell(step.share)

        folder = self.case.work / f"search-{self.sha256[:16]}"
        course = Course(tick, len(self.times), "looking")
        found = find(self.video, detectors, profile, course, segments=folder)
        key = search_key(pipeline.fingerprint(detectors), profile)
        self.case.catalog.put_detections(self.sha256, key, found.tracks)
        shutil.rmtree(folder, ignore_errors=True)
        self._take(found.tracks, key)

    def _take(self, per_frame: Sequence[Detections], key: str) -> None:
        self.found = tracks.tracks_of(tracks.numbered(per_frame))
        self.decided, self.key = None, key

    def decide(self, profile: Profile) -> Decided:
        """Work out what `profile` hides, and keep it as what `picture` and `rows` are about."""
        count = len(self.times)
        laid = corrections.lay(self.found, count, self.history.corrections)
        shown = tracks.per_frame(laid.tracks, count)
        cover = cover_video(shown, self.times, profile, self.video.width, self.video.height)
        self.decided = Decided(profile, laid, shown, cover)
        return self.decided

    def rows(self) -> list[Row]:
        """Return the objects for the timeline."""
        now = self._now()
        return clip_rows.rows(self.found, now.laid, now.cover, now.profile, self.bridge)

    def muted(self) -> list[tuple[int, int]]:
        """Return the stretches of frames that people silenced."""
        return corrections.muted(self.history.corrections)

    def picture(self, request: FrameRequest) -> tuple[bytes, bytes, Detections, NDArray[np.bool_]]:
        """Return the original and the redacted picture as JPEG, the boxes in it, and which of them are hidden.

        The redacted one is what the batch hides in this frame, by the same function.

        Raises
        ------
        FileError
            When the frame cannot be read.
        """
        frame = self.frames.at(request.index)
        scale = min(request.side / max(frame.width, frame.height), 1.0)
        original = encode_jpeg(frame.rgb(scale), 88) if request.original else b""
        now = self.decided
        if now is None:
            return original, b"", Detections.empty(), np.zeros(0, bool)
        redacted = b""
        if request.redacted:
            hidden = redact_video_frame(frame, now.cover[request.index])
            redacted = encode_jpeg(hidden.rgb(scale), 88)
        boxes = clip_rows.with_dropped(request.index, now.shown[request.index], now.laid.dropped)
        count = len(now.shown[request.index])
        here = now.cover.tracks[now.cover.rows(request.index)]
        marks = np.isin(boxes.tracks, here) & (np.arange(len(boxes)) < count)
        return original, redacted, boxes, marks

    def sights(self, numbers: Sequence[int]) -> list[tuple[int, int, NDArray[np.float32]]]:
        """Return track, frame and box of where these tracks are seen best, by frame; what is gone is left out."""
        now = self._now()
        wanted = set(numbers)
        found = {track.number: track for track in (*now.laid.dropped, *now.laid.tracks) if track.number in wanted}
        return sorted(((number, *clip_rows.best_sight(track)) for number, track in found.items()), key=itemgetter(1))

    def crop(self, index: int, box: NDArray[np.float32]) -> bytes:
        """Return what is in a box of a frame as a small JPEG, unredacted."""
        image = self._aside.at(index).rgb()
        padded = geometry.clip(geometry.pad(box[None], 0.25), image.shape[1], image.shape[0])[0]
        x0, y0, x1, y1 = (int(part) for part in geometry.round_outward(padded[None])[0])
        part = image[max(y0, 0) : max(y1, y0 + 1), max(x0, 0) : max(x1, x0 + 1)]
        return on_screen(np.ascontiguousarray(part), side=CROP_SIDE) if part.size else b""

    def edit(self, edit: Edit, profile: Profile, go_on: Callable[[int], bool] = lambda _: True) -> tuple[int, str]:
        """Store what a person changed; return the track to go to and a sentence about it.

        Raises
        ------
        UsageError
            When it cannot be.
        """
        now, words = self._now(), ""

        def followed(asked: Edit) -> Followed:
            nonlocal words
            boxes, first, last, words = self._follow(asked, go_on)
            return boxes, first, last

        called = clip_rows.names(self.found, now.laid)
        step, track = step_of(edit, self.history, now.laid, called, profile, len(self.times), followed)
        self.history.do(step)
        return track, words

    def _follow(self, edit: Edit, go_on: Callable[[int], bool]) -> tuple[Sequence[Sequence[float]], int, int, str]:
        """Follow a drawn box, or leave it in its frame."""
        width, height = self.video.width, self.video.height
        box = geometry.clip(np.array([edit.box], np.float32), width, height)[0]
        if not edit.follow:
            words = "It is hidden in this frame only: go on and extend it, or draw it again and have it followed."
            return [(edit.first, *map(float, box))], edit.first, edit.first, words
        scale = min(FOLLOW_SIDE / max(width, height), 1.0)
        longest = max(round(float(self.video.rate) * FOLLOW_SECONDS), 1)
        found = follow(
            lambda first, last: [self._grey(index, scale) for index in range(first, last + 1)],
            edit.first,
            box.tolist(),
            len(self.times),
            scale=scale,
            longest=longest,
            go_on=go_on,
        )
        return found.boxes, found.first, found.last, self._told(found.first, found.last, found.before, found.after)

    def _grey(self, index: int, scale: float) -> NDArray[np.uint8]:
        luma = self._aside.at(index).planes[0]
        grey = luma if luma.dtype == np.uint8 else (luma >> (self.video.depth - 8)).astype(np.uint8)
        size = max(round(grey.shape[1] * scale), 1), max(round(grey.shape[0] * scale), 1)
        return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _told(self, first: int, last: int, before: str, after: str) -> str:
        reasons = {
            "lost": "it could not be followed further: look there, and draw it again if it goes on",
            "left": "it leaves the picture there",
            "limit": f"it is followed for {FOLLOW_SECONDS} seconds: draw it again there if it goes on",
            "stopped": "it was stopped there",
        }
        start, end = seconds(self.times[first]), seconds(self.times[last])
        parts = [f"Followed from {start} to {end}."]
        if before in reasons:
            parts.append(f"Before {start}: {reasons[before]}.")
        if after in reasons:
            parts.append(f"After {end}: {reasons[after]}.")
        return " ".join(parts)

    def _now(self) -> Decided:
        if self.decided is None:
            raise RuntimeError("nothing is decided before a search")
        return self.decided


def seconds(time: Fraction) -> str:
    """Say a time of a clip: "1:02.40"."""
    hundredths = int(time * 100)
    return f"{hundredths // 6000}:{hundredths // 100 % 60:02d}.{hundredths % 100:02d}"
