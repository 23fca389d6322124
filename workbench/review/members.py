"""The released photos and videos of a run as labelled pictures: by name, with their sizes and what is hidden."""

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from workbench import geometry
from workbench.assess.truth import HIDDEN
from workbench.catalog.case import Case
from workbench.disk import printable
from workbench.labels.found import as_labels
from workbench.labels.travel import covered_share
from workbench.labels.values import LabelSet, Picture, frame_name, video_and_frame
from workbench.profiles import Profile
from workbench.redact.cover import shown
from workbench.review import survey
from workbench.tracks import CARRIED, PERSON
from workbench.values import Detections, Kind, Media, UsageError

CONTENT = "sha256"
"""attribute of a picture: the content that its labels are about"""


class Members:
    """The released photos and videos of a run by unique names, with their sizes; each is looked up once."""

    def __init__(self, case: Case, run: int) -> None:
        self.case, self.run = case, run
        items = survey.released(case, run)
        if not items:
            raise UsageError(f"Run {run} has released nothing yet: finish it first.")
        paths = Counter(item.asset.path for item in items)
        sources = list(dict.fromkeys(item.asset.source for item in items))
        # The same path in two sources is two pictures; the source's own name is nobody's business.
        self.by_name = {
            item.asset.path
            if paths[item.asset.path] == 1
            else f"source-{sources.index(item.asset.source) + 1}/{item.asset.path}": item
            for item in items
        }
        self._sizes: dict[str, tuple[int, int] | None] = {}

    def size(self, name: str) -> tuple[int, int] | None:
        """Return the size in px of the upright source with the name of a photo or of a video's frame."""
        own = video_and_frame(name)[0] or name
        if own not in self._sizes:
            item = self.by_name.get(own)
            self._sizes[own] = survey.size_of(self.case, self.run, item) if item else None
        return self._sizes[own]

    def found(self, name: str, profile: Profile, everything: bool) -> list[Detections]:
        """Return the objects of each frame that a run hides, or all that were found, as people left them."""
        item = self.by_name[name]
        seen = survey.see(self.case, self.run, item)
        if seen is None:
            raise UsageError(f"What was found in {printable(name)} is not stored any more: run it again.")
        if item.outcome.media is Media.PHOTO:
            return [rows if everything else rows[shown(rows, profile)] for rows in seen.frames[:1]]
        # Where nobody saw it, an object has only a place, and nobody can say whether that is right.
        sights = [rows[rows.origins != CARRIED] for rows in seen.frames]
        return (
            sights if everything else [rows[_hidden(rows, seen.hidden(at), profile)] for at, rows in enumerate(sights)]
        )


def _hidden(rows: Detections, regions: geometry.Boxes, profile: Profile) -> NDArray[np.bool_]:
    """Return which objects of a video's frame its run hides.

    A score counts over time there, so that an object may be hidden in a part of its frames: the regions tell, and
    what people asked for since, which stands in the next run.
    """
    low = rows.boxes[:, None, :2] >= regions[None, :, :2] - 1
    high = rows.boxes[:, None, 2:] <= regions[None, :, 2:] + 1
    under = np.array(np.any(np.all(low & high, axis=2), axis=1), bool)
    for at in np.flatnonzero(~under):
        x0, y0, x1, y1 = (float(side) for side in rows.boxes[at])
        under[at] = covered_share((x0, y0, x1, y1), regions) >= HIDDEN
    wanted = np.isin(rows.kinds, [str(kind) for kind in profile.hidden])
    return np.asarray((under & wanted) | (rows.origins == PERSON) | (rows.scores >= 1), bool)


def shown_now(members: Members, names: list[str], everything: bool) -> LabelSet:
    """Return what is hidden now; each picture with the content that it is about."""
    profile = members.case.catalog.run(members.run).profile
    pictures: list[Picture] = []
    for name in names:
        item = members.by_name[name]
        found = members.found(name, profile, everything)
        video = item.outcome.media is Media.VIDEO
        own = [frame_name(name, frame) for frame in range(len(found))] if video else [name]
        width, height = members.size(name) or (0, 0)
        made = as_labels(found, own, width, height)
        pictures += [replace(picture, attributes={CONTENT: item.asset.sha256}) for picture in made]
    return LabelSet(tuple(pictures), tuple(str(kind) for kind in Kind))
