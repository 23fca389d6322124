"""Any frame of a clip on demand, for players: near frames from memory, far ones by the nearest key frame."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from fractions import Fraction
from types import TracebackType
from typing import Self

from workbench.media.video_decode import decoded
from workbench.media.video_values import Video, VideoFrame

_AHEAD = 12
"""frames that are decoded in passing rather than skipped by seeking"""


class Frames:
    """Random access to the shown frames of a clip; may be used from several threads.

    A context manager; the file stays open until `close`.

    Parameters
    ----------
    video : Video
        As `open_video` returned it.
    memory : int
        Bytes of decoded frames that are kept, whatever the length of the clip; at least one frame is.
    threads : int
        For decoding; 0 for one a core.
    """

    def __init__(self, video: Video, memory: int = 96 << 20, threads: int = 0) -> None:
        if video.timeline is None:
            raise ValueError("frames are read from a video that open_video returned")
        self.video = video
        self._timeline = video.timeline
        self._memory, self._threads = memory, threads
        self._kept: OrderedDict[int, VideoFrame] = OrderedDict()
        self._reader: Iterator[VideoFrame] | None = None
        self._next = 0
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self._timeline)

    @property
    def times(self) -> list[Fraction]:
        """When each is shown, in seconds since the first."""
        return self._timeline.times()

    def index_at(self, time: Fraction | float) -> int:
        """Return the frame that is shown at `time` seconds since the first; the nearest end where there is none."""
        return self._timeline.index_at(time)

    def at(self, index: int) -> VideoFrame:
        """Return one frame.

        Raises
        ------
        IndexError
            When the clip has no such frame.
        FileError
            When it, or one that it builds on, is damaged.
        """
        if not 0 <= index < self.count:
            raise IndexError(f"frame {index} of {self.count}")
        with self._lock:
            kept = self._kept.get(index)
            if kept is not None:
                self._kept.move_to_end(index)
                return kept
            return self._read(index)

    def _read(self, index: int) -> VideoFrame:
        if self._reader is None or not self._is_ahead(index):
            # Who steps back wants the frames before as well: they have to be decoded anyway.
            back = self._room() // 2 if index < self._next else 0
            self._restart(max(index - min(back, _AHEAD), 0))
        assert self._reader is not None
        try:
            for frame in self._reader:
                self._next = frame.index + 1
                self._keep(frame)
                if frame.index == index:
                    return frame
        except BaseException:
            self._reader = None
            raise
        raise IndexError(f"frame {index} of {self.count}")

    def _is_ahead(self, index: int) -> bool:
        """Return whether going on from here is the shortest way."""
        if index < self._next:
            return False
        keys = self._timeline.keys
        return index - self._next <= _AHEAD or not bool(((keys > self._next) & (keys <= index)).any())

    def _restart(self, first: int) -> None:
        self._end()
        self._reader, self._next = decoded(self.video, first, None, self._threads), first

    def _end(self) -> None:
        reader, self._reader = self._reader, None
        close = getattr(reader, "close", None)
        if close is not None:
            close()

    def _room(self) -> int:
        """Return how many frames fit into the memory."""
        size = self.video.width * self.video.height * (1 if self.video.depth == 8 else 2)
        x, y = self.video.subsampling
        return max(self._memory // max(size + 2 * size // (x * y), 1), 1)

    def _keep(self, frame: VideoFrame) -> None:
        self._kept[frame.index] = frame
        while len(self._kept) > self._room():
            self._kept.popitem(last=False)

    def close(self) -> None:
        """Close the file and forget the frames; the next `at` opens it again."""
        with self._lock:
            self._end()
            self._kept.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
