"""Between the looks and the cover: what was seen becomes tracks with a place and a score in every frame. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.columns import PerFrame
from workbench.detect import between, motion
from workbench.detect.protocol import FLOOR
from workbench.detect.track import GAP, Places, Sights
from workbench.detect.track import link as link_sights
from workbench.tracks import CARRIED, CARRIED_SECONDS, INTERPOLATED, Track, per_frame
from workbench.values import Detections, Kind
from workbench.video.looks import Looks


def link(looks: Sequence[Looks], frames: int, size: tuple[int, int]) -> PerFrame:
    """Return every frame's detections, each with the number of its track.

    A track has a row in every frame from the first to the last of which it is known that it may be there; its score
    says how surely, from all looks at its place around that moment. Rows that nobody saw have the origin
    "interpolated", those beside its sights "carried", see `tracks.CARRIED`.

    Parameters
    ----------
    looks : sequence of Looks
        Of the whole clip, in order.
    frames : int
        How many the clip has.
    size : (int, int), px
        Its width and height.
    """
    clip = _Clip(looks, size)
    tracks = [track for kind in Kind for track in clip.tracks(kind)]
    tracks.sort(key=lambda track: (track.first, str(track.kind), *track.boxes[0].tolist()))
    return per_frame(
        [
            Track(number, track.kind, track.frames, track.boxes, track.scores, track.origins)
            for number, track in enumerate(tracks)
        ],
        frames,
    )


_CHARACTER = np.dtype("U1").itemsize


@dataclass(frozen=True, eq=False)
class _Seen:
    """The rows of one track."""

    sights: Sights
    origins: NDArray[np.str_]
    quick: NDArray[np.bool_]


class _Clip:
    """All stretches of a clip put together."""

    def __init__(self, looks: Sequence[Looks], size: tuple[int, int]) -> None:
        self._size = size
        self.times = np.array([float(time) for part in looks for time in part.times])
        factor = max(1.0, max(size) / motion.SIDE)
        cameras = [part.cameras.copy() for part in looks]
        cuts = [part.cuts.copy() for part in looks]
        for at in range(1, len(looks)):
            if len(cuts[at]):
                step = motion.step(looks[at - 1].tail, looks[at].head)
                cameras[at][0], cuts[at][0] = motion.enlarge([step], factor)[0], step.cut
        self._scene = motion.Scene(
            np.concatenate([np.zeros((0, 2, 3)), *cameras]), np.concatenate([np.zeros(0, bool), *cuts])
        )
        self._seen = Detections.concat([part.seen for part in looks])
        self._frames = np.concatenate([np.zeros(0, np.intp), *(part.frames for part in looks)]).astype(np.intp)
        self._quick = np.isin(self._seen.origins, sorted({name for part in looks for name in part.quick}))
        self._glances = np.concatenate([np.zeros((0, 5)), *(part.glances for part in looks)])
        self._studies = np.concatenate([np.zeros(0, np.intp), *(part.studies for part in looks)]).astype(np.intp)
        self._glanced = {kind for part in looks for kind in part.glanced}
        self._studied = {kind for part in looks for kind in part.studied}
        self._operating_point = looks[0].operating_point if looks else 0.2

    def tracks(self, kind: Kind) -> list[Track]:
        """Return the tracks of one kind; their numbers are not final."""
        rows = np.flatnonzero(self._seen.kinds == kind)
        rows = rows[np.argsort(self._frames[rows], kind="stable")]
        if not len(rows):
            return []
        frames = self._frames[rows]
        sights = Sights(
            frames,
            self.times[frames],
            self._scene.shots[frames],
            self._scene.enter(self._seen.boxes[rows], frames),
            self._seen.scores[rows],
        )
        glances = self._looks_for(kind)
        numbers = link_sights(sights)
        worth = between.highest(sights, numbers, self._operating_point) >= FLOOR
        worth[numbers[~self._quick[rows]]] = True
        order = np.argsort(numbers, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)
        made = (
            self._track(kind, _Seen(sights[part], self._seen.origins[rows[part]], self._quick[rows[part]]), glances)
            for part, worthwhile in zip(parts, worth, strict=True)
            if worthwhile
        )
        return [track for track in made if len(track.frames) and track.score >= FLOOR]

    def _looks_for(self, kind: Kind) -> between.Glances:
        """Return every look that could have found a kind, quick ones and others."""
        quick = self._glances if kind in self._glanced else self._glances[:0]
        others = self._studies if kind in self._studied else self._studies[:0]
        frames = np.concatenate([quick[:, 0].astype(np.intp), others])
        areas = np.concatenate([quick[:, 1:], np.tile([0.0, 0.0, *self._size], (len(others), 1))])
        order = np.argsort(frames, kind="stable")
        single = np.arange(len(frames)) < len(quick)
        frames = frames[order]
        return between.Glances(frames, self.times[frames], self._scene.shots[frames], areas[order], single[order])

    def _track(self, kind: Kind, seen: _Seen, glances: between.Glances) -> Track:
        sights = seen.sights
        places = between.steadied(sights)
        covering = self._covering(sights, places, glances)
        start, end = between.reach(glances, covering, sights)
        first, last = sights.frames[0], sights.frames[-1]
        low = np.searchsorted(self.times, self.times[first] - CARRIED_SECONDS)
        high = np.searchsorted(self.times, self.times[last] + CARRIED_SECONDS, side="right")
        low = min(int(np.searchsorted(self.times, start, side="right")), int(low))
        high = max(int(np.searchsorted(self.times, end)), int(high))
        frames = np.arange(low, high)
        frames = frames[self._scene.shots[frames] == sights.shots[0]]
        boxes = geometry.clip(self._boxes(sights, places, frames), *self._size)
        longest = max(len(INTERPOLATED), len(CARRIED), seen.origins.dtype.itemsize // _CHARACTER)
        origins = np.full(len(frames), INTERPOLATED, dtype=np.dtype(f"U{longest}"))
        origins[np.searchsorted(frames, sights.frames)] = seen.origins
        scores = self._scores(seen, glances, covering, frames)
        when = self.times[frames]
        beside = ((when <= start) | (when >= end)) & ((frames < first) | (frames > last))
        scores[beside], origins[beside] = 0, CARRIED
        there = geometry.area(boxes) > 0
        return Track(-1, kind, frames[there], boxes[there], scores[there], origins[there])

    def _boxes(self, sights: Sights, places: Places, frames: NDArray[np.intp]) -> geometry.Boxes:
        """Return where an object stands in each frame: between its sights on straight lines in the scene."""
        when = self.times[frames]
        return self._scene.leave(
            np.column_stack([np.interp(when, sights.times, places[:, column]) for column in range(4)]), frames
        )

    def _covering(self, sights: Sights, places: Places, glances: between.Glances) -> NDArray[np.intp]:
        """Return which looks saw the place of an object, from `GAP` before its first to after its last sight."""
        low = int(np.searchsorted(glances.times, sights.times[0] - GAP))
        high = int(np.searchsorted(glances.times, sights.times[-1] + GAP, side="right"))
        near = np.arange(low, high)
        near = near[glances.shots[near] == sights.shots[0]]
        boxes = self._boxes(sights, places, glances.frames[near])
        middles, areas = (boxes[:, :2] + boxes[:, 2:]) / 2, glances.areas[near]
        inside = ((middles >= areas[:, :2]) & (middles < areas[:, 2:])).all(axis=1)
        covering: NDArray[np.intp] = near[inside | _among(glances.frames[near], sights.frames)]
        return covering

    def _scores(
        self, seen: _Seen, glances: between.Glances, covering: NDArray[np.intp], frames: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Return how surely the object is there in each frame; beside its sights as at the nearest one."""
        sights = seen.sights
        when = np.clip(self.times[frames], sights.times[0], sights.times[-1])
        scores = np.zeros(len(frames))
        if seen.quick.any():
            single = covering[glances.single[covering]]
            single = single[np.diff(glances.frames[single], prepend=-1) > 0]
            times, sure = between.supported(glances, single, sights[np.flatnonzero(seen.quick)], self._operating_point)
            scores = np.interp(when, times, sure)
        if not seen.quick.all():
            slow = sights[np.flatnonzero(~seen.quick)]
            scores = np.maximum(scores, np.interp(when, slow.times, slow.scores))
        return scores.astype(np.float32)


def _among(frames: NDArray[np.intp], known: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which frames are among the known ones, which are in order; for a few frames faster than `np.isin`."""
    return np.asarray(known[np.minimum(np.searchsorted(known, frames), len(known) - 1)] == frames)
