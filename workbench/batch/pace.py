"""How long a run will take: photos by their number, videos by their frames as far as these are known. Pure."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbench.values import Asset, Media

LAST = 40
"""files whose pace counts"""
GUESS = 1.0
"""seconds for a photo while none was done"""


@dataclass(frozen=True)
class Working:
    """A file in work."""

    asset: Asset
    share: float = 0.0
    """how much of it is done, 0..1"""
    seconds_left: float | None = None
    """at its own pace; None while nothing can be said"""


class Pace:
    """Learns from finished files how long others take."""

    def __init__(self) -> None:
        self._photos: deque[float] = deque(maxlen=LAST)
        self._videos: deque[tuple[float, int]] = deque(maxlen=LAST)

    def learn(self, asset: Asset, seconds: float) -> None:
        """Take note of a file that took one worker `seconds`."""
        if asset.media is Media.PHOTO:
            self._photos.append(seconds)
        else:
            self._videos.append((seconds, asset.size))

    def seconds_left(self, waiting: Iterable[Asset], working: Sequence[Working], workers: int) -> float | None:
        """Return how long the rest of a run takes, or None while nothing can be said.

        Parameters
        ----------
        waiting : iterable of Asset
            Not begun; a video among them counts by its size beside that of those known.
        working : sequence of Working
            In work.
        workers : int
            Files at a time.
        """
        under_way = [(item, item.seconds_left) for item in working]
        projected = [(left / (1 - item.share), item.asset.size) for item, left in under_way if left and item.share < 1]
        if not self._photos and not self._videos and not projected:
            return None
        videos = [*self._videos, *projected]
        each = [left if left is not None else self._whole(item.asset, videos) for item, left in under_way]
        each += [self._whole(asset, videos) for asset in waiting]
        known = [seconds for seconds in each if seconds is not None]
        if len(known) < len(each):
            return None
        return max(sum(known) / max(workers, 1), *known, 0.0)

    def _whole(self, asset: Asset, videos: Sequence[tuple[float, int]]) -> float | None:
        """Return the seconds that a file takes as a whole, given the (seconds, bytes) of some videos."""
        if asset.media is Media.PHOTO:
            return sum(self._photos) / len(self._photos) if self._photos else GUESS
        size = sum(size for _, size in videos)
        return sum(seconds for seconds, _ in videos) / size * asset.size if size else None
