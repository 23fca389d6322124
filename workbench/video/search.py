"""Pass 1: looks at the frames that the plan names, notes how the camera moved, and links what was seen over time."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench import detect
from workbench.detect import motion
from workbench.detect.protocol import Detector, Glancer
from workbench.detect.tiles import Pass
from workbench.detect.watch import Watch
from workbench.values import Detections, FileError, WorkbenchError
from workbench.video.linking import link
from workbench.video.looks import Looks
from workbench.video.plan import Plan

if TYPE_CHECKING:
    from workbench.media.video import Video, VideoFrame

__all__ = ["Looks", "link", "look"]

_NEVER = Fraction(-1000)
AHEAD = 4
"""frames that wait for their glances at most: each holds a whole picture"""
PANNED = 0.1
"""A picture that moved on by this share of its width shows enough that is new to be studied again."""


def look(
    video: "Video",
    detectors: Sequence[Detector],
    plan: Plan,
    first: int = 0,
    last: int | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> Looks:
    """Return what the detectors see in the frames from `first` up to, not including, `last`.

    Parameters
    ----------
    video : media.video.Video
    detectors : sequence of Detector
    plan : Plan
    first, last : int
        None searches to the end.
    tick : callable
        Called with the index of every frame that is done; what it raises ends the search.

    Raises
    ------
    FileError
        When a frame cannot be read, or a detector fails.
    """
    with ThreadPoolExecutor(min((each.at_once for each in detectors if isinstance(each, Glancer)), default=1)) as pool:
        search = _Search(detectors, plan, (video.width, video.height), pool)
        try:
            for frame in video.frames(first, last):
                search.see(frame)
                tick(frame.index)
            return search.looks(first)
        finally:
            pool.shutdown(cancel_futures=True)


class _Search:
    """Sees frame after frame of one stretch; a stretch knows nothing of those before it.

    Glances go on in the pool's threads while the next frames are decoded and the camera is followed: none of that
    waits for what they find.
    """

    def __init__(
        self, detectors: Sequence[Detector], plan: Plan, size: tuple[int, int], pool: ThreadPoolExecutor
    ) -> None:
        self._plan = plan
        self._pool = pool
        self._open: deque[tuple[int, list[Future[Detections]], list[Detections]]] = deque()
        """frames that are glanced at: index, glances, and what slow detectors saw"""
        self._size = size
        self._quick = [each for each in detectors if isinstance(each, Glancer)]
        self._slow = [each for each in detectors if not isinstance(each, Glancer)]
        self._factor = max(1.0, max(size) / motion.SIDE)
        self._follower = motion.Follower(plan.camera == "still")
        self._watch = Watch() if plan.camera == "still" else None
        self._times: list[Fraction] = []
        self._head: motion.Small | None = None
        self._tail: motion.Small | None = None
        self._glances: list[list[float]] = []
        self._studies: list[int] = []
        self._studied_at = self._renewed_at = _NEVER
        self._panned = 0.0
        self._frames: list[int] = []
        self._seen: list[Detections] = []

    def see(self, frame: "VideoFrame") -> None:
        """Look at one frame as the plan says."""
        small = motion.shrink(frame.planes[0], frame.depth)
        each = self._plan.look(frame.index) if self._quick else None
        fresh = self._follower.see(small, settle=each is not None or not self._quick)
        self._head = small if self._head is None else self._head
        self._tail = small
        self._times.append(frame.time)
        self._panned += sum(step.shift for step in fresh) / small.shape[1]
        if any(step.cut for step in fresh):
            self._renewed_at = self._studied_at = _NEVER
        glances: list[Future[Detections]] = []
        studied: list[Detections] = []
        picture: NDArray[np.uint8] | None = None
        if each is not None:
            for area in self._areas(frame, small):
                picture = frame.rgb() if picture is None else picture
                self._glances.append([frame.index, *area.tolist()])
                glances.append(self._pool.submit(self._glance, picture, area, each))
        if self._slow and self._is_due(frame.time):
            picture = frame.rgb() if picture is None else picture
            studied = [_guarded(each, each, picture) for each in self._slow]
            self._studies.append(frame.index)
            self._studied_at, self._panned = frame.time, 0.0
        if glances or studied:
            self._open.append((frame.index, glances, studied))
        while len(self._open) > AHEAD:
            self._take()

    def _take(self) -> None:
        """Note what was seen in the first of the open frames."""
        index, glances, studied = self._open.popleft()
        found = [*(glance.result() for glance in glances), *studied]
        merged = detect.merge(found) if len(found) > 1 else found[0]
        if len(merged):
            self._seen.append(merged)
            self._frames += [index] * len(merged)

    def _areas(self, frame: "VideoFrame", small: motion.Small) -> list[NDArray[np.intp]]:
        """Return the parts of the frame that are looked at, px."""
        whole = np.array([0, 0, *self._size])
        if self._watch is None:
            return [whole]
        if frame.time - self._renewed_at < self._plan.anew:
            changed = self._watch.changed(small)
            if changed is not None:
                return [self._scaled(area) for area in changed]
        self._renewed_at = frame.time
        self._watch.renew(small)
        return [whole]

    def _scaled(self, area: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return an area of the small picture in px of the frame."""
        large = np.array([*np.floor(area[:2] * self._factor), *np.ceil(area[2:] * self._factor)])
        return np.asarray(np.clip(large, 0, [*self._size, *self._size]), np.intp)

    def _glance(self, picture: NDArray[np.uint8], area: NDArray[np.intp], each: Pass) -> Detections:
        x0, y0, x1, y1 = area.tolist()
        part = np.ascontiguousarray(picture[y0:y1, x0:x1])
        parts = [_guarded(one, partial(one.glance, each=each), part) for one in self._quick]
        found = detect.merge(parts) if len(parts) > 1 else parts[0]
        return Detections(
            found.boxes + np.array([x0, y0, x0, y0], np.float32), found.scores, found.kinds, found.origins
        )

    def _is_due(self, now: Fraction) -> bool:
        return now - self._studied_at >= self._plan.study or self._panned >= PANNED

    def looks(self, first: int) -> Looks:
        """Return everything that was seen."""
        while self._open:
            self._take()
        steps = self._follower.finish() if self._times else []
        blank = np.zeros((1, 1), np.uint8)
        return Looks(
            first=first,
            last=first + len(self._times),
            times=tuple(self._times),
            cameras=motion.enlarge(steps, self._factor),
            cuts=np.array([step.cut for step in steps], bool),
            head=blank if self._head is None else self._head,
            tail=blank if self._tail is None else self._tail,
            frames=np.array(self._frames, np.int64),
            seen=Detections.concat(self._seen),
            glances=np.array(self._glances, np.float64).reshape(-1, 5),
            glanced=_kinds(self._quick),
            quick=tuple(each.name for each in self._quick),
            studies=np.array(self._studies, np.int64),
            studied=_kinds(self._slow),
            operating_point=self._plan.operating_point,
        )


def _kinds(detectors: Sequence[Detector]) -> tuple[str, ...]:
    return tuple(sorted({str(kind) for each in detectors for kind in each.kinds}))


def _guarded(
    detector: Detector, run: Callable[[NDArray[np.uint8]], Detections], image: NDArray[np.uint8]
) -> Detections:
    try:
        return run(image)
    except WorkbenchError:
        raise
    except Exception as error:
        raise FileError(f"The detector {detector.name} failed ({error}), so this video is left out.") from error
