"""What is known of a track between and beside its sights: where the object stands in every frame, and how surely.

One look errs more than a photo's several looks fused, but the looks before and after it are looks at the same object.
So places and scores are averaged over time, as `fuse` averages over the looks at one picture. A place only ever grows
by it: what a look saw stays inside (docs/decisions/0006-offline-linking.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.detect.fuse import rescaled
from workbench.detect.track import GAP, Places, Sights

STEADY = 0.2
"""seconds on both sides over which a place is averaged; nearer and better sights count more"""
TREMBLE = 0.04
"""share of each side by which the edges of one sight lie off the average anyway: so much nearer, it is not grown"""
SUPPORT = 8
"""Quick looks on both sides that support a sight or speak against it, the nearer ones more. Counted, not timed: a place
where nothing changes is looked at once a second, and eight looks there say as much as eight within less than one."""
_ONE_SIDE = SUPPORT / 2 + 1
ALONE = 0.5
"""a single glance of this score needs no support"""


@dataclass(frozen=True, eq=False)
class Glances:
    """Where and when a kind was looked for, as parallel arrays, ordered by frame."""

    frames: NDArray[np.intp]
    times: NDArray[np.float64]
    """seconds"""
    shots: NDArray[np.intp]
    areas: NDArray[np.float64]
    """``(K, 4)`` px of the frame"""
    single: NDArray[np.bool_]
    """a quick look, whose scores mean something only together with others"""


def steadied(track: Sights) -> Places:
    """Return the place at each sight of one track, grown to what the sights around it have on average.

    A sight that lies far inside of or beside the average, as a half hidden or a blurred one does, is grown to
    contain the average less `TREMBLE`; nothing of a sight is given up.
    """
    means = _averaged(track)
    means[:, 2:] *= 1 - 2 * TREMBLE
    return _around(track.places, means)


def _around(first: Places, second: Places) -> Places:
    """Return the places that contain both of each pair."""
    low = np.minimum(first[:, :2] - first[:, 2:] / 2, second[:, :2] - second[:, 2:] / 2)
    high = np.maximum(first[:, :2] + first[:, 2:] / 2, second[:, :2] + second[:, 2:] / 2)
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def _averaged(track: Sights) -> Places:
    """Return the mean place around each sight; its middle follows a straight line, so that no walker is pulled back."""
    window, near = _window(track.times, track.times, STEADY)
    apart = track.times[window] - track.times[:, None]
    weights = near * np.maximum(1 - np.abs(apart) / STEADY, 0) * track.scores[window]
    weights /= weights.sum(axis=1, keepdims=True)
    values = track.places[window]
    means = (weights[:, :, None] * values).sum(axis=1)
    lag = (weights * apart).sum(axis=1)
    spread = apart - lag[:, None]
    variance = (weights * spread**2).sum(axis=1)
    slope = ((weights * spread)[:, :, None] * values[:, :, :2]).sum(axis=1) / np.maximum(variance, 1e-9)[:, None]
    means[:, :2] -= lag[:, None] * slope
    return np.asarray(means)


def _window(
    times: NDArray[np.float64], centres: NDArray[np.float64], reach: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return, for each centre, the indices of the times within `reach`, as a rectangle and its mask."""
    low, high = np.searchsorted(times, centres - reach), np.searchsorted(times, centres + reach, side="right")
    columns = low[:, None] + np.arange(max(int((high - low).max(initial=0)), 1))
    return np.minimum(columns, len(times) - 1), columns < high[:, None]


def supported(
    glances: Glances, covering: NDArray[np.intp], track: Sights, operating_point: float
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Return times and scores: how surely the object is there, at every quick look at its place.

    Parameters
    ----------
    glances : Glances
    covering : ndarray of int
        Those quick looks that could have seen the object.
    track : Sights
        Its sights, of quick looks.
    operating_point : float
        The mean score of the looks around that is to be called 0.2.
    """
    times = glances.times[covering]
    scores = np.zeros(len(covering))
    own = np.searchsorted(glances.frames[covering], track.frames)
    scores[own] = track.scores
    beside = np.arange(-SUPPORT, SUPPORT + 1)
    window = np.arange(len(times))[:, None] + beside
    near = (window >= 0) & (window < len(times))
    weights = near * (1 - np.abs(beside) / (SUPPORT + 1))
    means = (weights * scores[np.clip(window, 0, len(times) - 1)]).sum(axis=1)
    # In a shot of a few frames one sight must not count as if it were half of all looks.
    means /= np.maximum(weights.sum(axis=1), _ONE_SIDE)
    return times, np.maximum(rescaled(means, operating_point), rescaled(scores, ALONE))


def highest(sights: Sights, tracks: NDArray[np.intp], operating_point: float) -> NDArray[np.float32]:
    """Return for each track the score that `supported` gives it at most: a crowd's many faint blips need no more work.

    Parameters
    ----------
    sights : Sights
        Of quick looks.
    tracks : ndarray of int
        The number of each sight's track, from 0 on without gaps.
    operating_point : float
        See `supported`.
    """
    best = np.zeros(int(tracks.max()) + 1)
    np.maximum.at(best, tracks, sights.scores)
    most = np.minimum(np.bincount(tracks, sights.scores) / _ONE_SIDE, best)
    return np.maximum(rescaled(most, operating_point), rescaled(best, ALONE))


def reach(glances: Glances, covering: NDArray[np.intp], track: Sights) -> tuple[float, float]:
    """Return from when to when (s, both excluded) nobody looked at the place beside the first and the last sight.

    What was not looked at may hold the object already, or still: for `GAP` seconds at most.
    """
    times = glances.times[covering]
    first, last = float(track.times[0]), float(track.times[-1])
    earlier, later = times[times < first], times[times > last]
    start = max(float(earlier[-1]), first - GAP) if len(earlier) else first - GAP
    end = min(float(later[0]), last + GAP) if len(later) else last + GAP
    return start, end
