"""What was probably missed in a video: faint tracks, and hidden ones that break off where nothing ends."""

import numpy as np

from workbench import geometry
from workbench.assess.risk import COVERED, Candidate, Reason, Seen, chance, covered, cut
from workbench.assess.risk_photo import SETTLED
from workbench.profiles import Profile
from workbench.tracks import Track, tracks_of
from workbench.values import Kind

LONG = 2.0
"""seconds: an object that is not seen for longer was probably away"""
BRIEF = 0.5
"""seconds: most real objects stay longer in the picture"""
GAP_CHANCE, LONG_CHANCE, BRIEF_CHANCE, BREAK_CHANCE = 0.5, 0.15, 0.1, 0.2
"""estimates, not measured: how likely something is visible in a gap, a long gap, around a brief track, beside a track
that breaks off in the middle of the picture"""

_Box = tuple[float, float, float, float]


def in_video(seen: Seen, profile: Profile) -> list[Candidate]:
    """Return the candidates of a video, the likeliest first; one a track, not one a frame.

    Parameters
    ----------
    seen : Seen
        With its `spans`.
    profile : Profile
        Of the run.
    """
    found = [
        candidate
        for track in tracks_of(seen.frames)
        if track.kind in profile.hidden and (candidate := _faint(seen, track, profile))
    ]
    for number in sorted({span[0] for span in seen.spans if span[0] >= 0}):
        found += _broken(seen, sorted((span for span in seen.spans if span[0] == number), key=lambda span: span[1]))
    return sorted(found, key=lambda candidate: -candidate.risk)


def _faint(seen: Seen, track: Track, profile: Profile) -> Candidate | None:
    """Return a candidate for a track that the profile leaves visible all along."""
    rule = profile.kinds[track.kind]
    if track.score >= rule.min_score and float(geometry.shorter_side(track.boxes).max()) >= rule.min_size:
        return None
    best = int(np.argmax(track.scores))
    frame, box = int(track.frames[best]), track.boxes[best]
    decided = geometry.as_boxes(seen.settled(frame))
    if len(decided) and geometry.iou(box[None], decided).max() >= SETTLED:
        return None
    if covered(box[None], geometry.as_boxes(seen.hidden(frame)))[0] >= COVERED:
        return None
    small = track.score >= rule.min_score
    edge = cut(box, seen.width, seen.height)
    reason = Reason.SMALL if small else Reason.EDGE if edge else Reason.UNDER
    sights = int(track.seen.sum())
    left = (
        f"smaller than {rule.min_size:g} px" if small else f"under the {rule.min_score:.2f} that the profile asks for"
    )
    why = f"A {track.kind} in {sights} {'frame' if sights == 1 else 'frames'} scored {track.score:.2f} at best: {left}."
    x0, y0, x1, y1 = (float(part) for part in box)
    risk = float(chance(track.score))
    return Candidate(seen.asset, frame, (x0, y0, x1, y1), track.kind, track.score, risk, reason, why, track.number)


def _broken(seen: Seen, spans: list[tuple[int, int, int, Kind, _Box]]) -> list[Candidate]:
    """Return where the hidden stretches of one track have gaps, are brief, or break off inside the picture."""
    number, first, _, kind, box = spans[0]
    last, last_box = max(span[2] for span in spans), spans[-1][4]
    frames = len(seen.frames)

    def place(frame: int, where: _Box, risk: float, reason: Reason, why: str) -> Candidate:
        return Candidate(seen.asset, frame, where, kind, 0.0, risk, reason, why, number)

    found = []
    reached, before = spans[0][2], box
    for span in spans[1:]:
        if span[1] > reached + 1:
            lasts = (span[1] - reached - 1) / seen.rate
            why = f"The {kind} is hidden before and after, but not for {lasts:.2g} seconds in between."
            risk = GAP_CHANCE if lasts <= LONG else LONG_CHANCE
            found.append(place(reached + 1, _between(before, span[4]), risk, Reason.GAP, why))
        if span[2] >= reached:
            reached, before = span[2], span[4]
    shown = (last - first + 1) / seen.rate
    if shown < BRIEF and not (first == 0 or last == frames - 1):
        why = f"The {kind} is hidden for {shown:.2g} seconds only: was it there longer?"
        found.append(place(first, box, BRIEF_CHANCE, Reason.BRIEF, why))
    if first > 0 and not _cut(seen, box):
        why = f"The {kind} is hidden from here on, in the middle of the picture: was it there before?"
        found.append(place(first - 1, box, BREAK_CHANCE, Reason.BEGIN, why))
    if last < frames - 1 and not _cut(seen, last_box):
        why = f"The {kind} is not hidden any more from here on, in the middle of the picture: is it still there?"
        found.append(place(last + 1, last_box, BREAK_CHANCE, Reason.END, why))
    return found


def _cut(seen: Seen, box: _Box) -> str:
    return cut(np.array(box, np.float32), seen.width, seen.height)


def _between(one: _Box, other: _Box) -> _Box:
    x0, y0, x1, y1 = ((a + b) / 2 for a, b in zip(one, other, strict=True))
    return x0, y0, x1, y1
