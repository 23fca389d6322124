"""What was found in a file as people left it, and what is likely missed in that. Pure functions."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from workbench import corrections, geometry
from workbench.assess.risk import Candidate, Seen, nothing
from workbench.assess.risk_looks import by_looks, merged
from workbench.assess.risk_photo import in_photo
from workbench.assess.risk_tracks import in_video
from workbench.profiles import Profile
from workbench.review.look import Look
from workbench.tracks import PERSON, numbered, per_frame, tracks_of
from workbench.values import Action, Correction, Detections, Kind, Media

_HIDING = (Action.ACCEPT, Action.EXTEND)


def as_left(
    stored: Sequence[Detections], made: Sequence[Correction]
) -> tuple[Sequence[Detections], Callable[[int], geometry.Boxes]]:
    """Return every frame as people left it, and where in a frame they have decided: hidden for certain, or dropped."""
    rows = numbered(stored)
    if not made:
        return rows, nothing
    laid = corrections.lay(tracks_of(rows), len(rows), made)
    frames, dropped = per_frame(laid.tracks, len(rows)), per_frame(laid.dropped, len(rows))
    asked = [one for one in made if one.action in _HIDING]
    numbers = [one.track for one in asked]
    anchors = np.array([box for one in asked for box in one.boxes], np.float32).reshape(-1, 5)

    def settled(frame: int) -> geometry.Boxes:
        shown = frames[frame]
        hidden = (shown.origins == PERSON) | np.isin(shown.tracks, numbers)
        # A new search may number anew; then the place still tells.
        named = anchors[anchors[:, 0] == frame, 1:]
        return np.concatenate([shown.boxes[hidden], dropped[frame].boxes, named])

    return frames, settled


def likely(
    seen: Seen,
    profile: Profile,
    looks: Mapping[Look, Sequence[Detections]],
    by: Mapping[Kind, frozenset[str]],
) -> list[Candidate]:
    """Return what was probably missed in a file, by its search and by other looks at it, the likeliest first.

    Parameters
    ----------
    seen, profile
    looks : mapping of Look to sequence of Detections
        What each look saw in every frame, see `look.stored_looks`.
    by : mapping
        `risk.finders` of the whole batch.
    """
    found = in_video(seen, profile) if seen.media is Media.VIDEO else in_photo(seen, profile, by)
    named = {which.words: frames for which, frames in looks.items() if len(frames) == len(seen.frames)}
    return merged(found, by_looks(seen, named, profile)) if named else found
