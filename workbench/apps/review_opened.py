"""One picture or video that a reviewer looks at, and its parts as the editor asks for them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench import evidence, pipeline
from workbench.catalog.review_values import ReviewItem
from workbench.media.photo import Photo
from workbench.review.editing import Editing
from workbench.review.marks import TileRequest
from workbench.values import UsageError


@dataclass(eq=False)
class Opened:
    """One item that is being looked at."""

    item: ReviewItem
    path: Path
    photo: Photo | None = None
    """None of a video"""
    editing: Editing | None = None
    """None of a video"""
    seconds: float = 0.0
    """spent on it so far"""
    _redacted: tuple[int, NDArray[np.uint8]] | None = None

    def picture(self) -> bytes:
        """Return the unredacted photo as a JPEG for the screen."""
        opened = self._opened()
        return evidence.on_screen(opened.frames[0].image, opened.icc)

    def tile(self, request: TileRequest) -> bytes:
        """Return a part of the photo, as it is or as the batch will write it, as JPEG."""
        opened = self._opened()
        image = opened.frames[0].image if request.layer == "original" else self._hidden(request.version)
        return evidence.on_screen(request.cut(image), opened.icc, request.side)

    def _hidden(self, version: int) -> NDArray[np.uint8]:
        kept, opened, editing = self._redacted, self._opened(), self.editing
        if editing is None:
            raise UsageError("This is no photo.")
        if kept is None or kept[0] != version:
            frame, _ = pipeline.redact_frame(
                opened.frames[0], editing.detections, editing.profile, opened.grid, opened.grid_origin
            )
            kept = self._redacted = (version, frame.image)
        return kept[1]

    def _opened(self) -> Photo:
        if self.photo is None:
            raise UsageError("This is no photo.")
        return self.photo
