"""A redacted video as its release describes it: what is hidden in each frame, without the original or the case."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.catalog.store import file_sha256
from workbench.disk import printable
from workbench.media.video import Video, open_video, times_digest
from workbench.profiles import Profile
from workbench.release.entries import VideoEntry
from workbench.values import FileError, Kind, Regions

Row = tuple[int, str, str, str, int, int, int, int]
"""track, kind, method, shape, x0, y0, x1, y1"""


@dataclass(frozen=True, eq=False)
class Redacted:
    """A redacted video of a release, held against the manifest when it is opened."""

    folder: Path
    """the release"""
    entry: VideoEntry
    """its line in the manifest"""
    profile: Profile
    """how the release was made"""
    _firsts: NDArray[np.int64] = field(init=False, repr=False)
    _lasts: NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name, column in (("_firsts", 1), ("_lasts", 2)):
            object.__setattr__(self, name, np.array([row[column] for row in self.entry.spans], np.int64))

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / self.entry.path

    def open(self) -> Video:
        """Open it.

        Raises
        ------
        FileError
            When it cannot be read, or is not, byte for byte, what the manifest says.
        """
        name, entry = printable(self.entry.path), self.entry
        advice = "verify the release (workbench verify)"
        try:
            sha256 = "" if self.path.is_symlink() else file_sha256(self.path)
        except OSError as error:
            raise FileError(f"{name} cannot be read ({error.strerror}): {advice}.") from error
        if sha256 != entry.sha256:
            raise FileError(f"{name} is not what the manifest of its release says: {advice}.")
        video = open_video(self.path)
        found = (video.width, video.height, video.expected_frames, times_digest(video.times()))
        if found != (entry.width, entry.height, entry.frames, entry.times_sha256):
            raise FileError(f"{name} has not the size, or the frames, that the manifest of its release says: {advice}.")
        return video

    def rows(self, frame: int) -> list[Row]:
        """Return what is hidden in one frame."""
        shown = np.flatnonzero((self._firsts <= frame) & (frame <= self._lasts))
        spans = (self.entry.spans[row] for row in shown.tolist())
        # Of a region that was made smaller with its video nothing may be left.
        return [
            (track, str(kind), str(method), str(shape), x0, y0, x1, y1)
            for track, _, _, kind, method, shape, x0, y0, x1, y1 in spans
            if x0 < x1 and y0 < y1
        ]

    def objects(self) -> NDArray[np.bool_]:
        """Return ``(F,)`` whether an object is hidden in each frame; a hidden background is none."""
        found = np.zeros(self.entry.frames, bool)
        for track, first, last, kind, *_ in self.entry.spans:
            found[first : last + 1] |= not self._is_background(track, kind)
        return found

    def regions(self, rows: Sequence[Row]) -> Regions:
        """Return rows as regions with the colours of the profile; how soft a soft method is, no release says."""
        return Regions(
            np.array([row[4:] for row in rows], np.int32),
            np.array([row[1] for row in rows]),
            np.array([row[3] for row in rows]),
            np.array([row[2] for row in rows]),
            np.zeros(len(rows), np.float32),
            np.array([self._colour(row[0], row[1]) for row in rows], np.uint8),
        )

    def _is_background(self, track: int, kind: str) -> bool:
        return self.profile.background.hide and track < 0 and kind == Kind.OTHER

    def _colour(self, track: int, kind: str) -> tuple[int, int, int]:
        if self._is_background(track, kind):
            return self.profile.background.colour
        return self.profile.kinds[Kind(kind)].colour
