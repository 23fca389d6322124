"""What was found, as labelled pictures, and back."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from workbench.labels.compare import paired
from workbench.labels.values import Label, Picture
from workbench.tracks import numbered
from workbench.values import Detections


def either(shown: Picture, found: Picture, back: Picture) -> Picture:
    """Return what is hidden of a picture, and what was found where a label came back: the state after a review."""
    pairs = paired([label.box for label in found.labels], [label.box for label in back.labels])
    came = {at for at, _ in pairs}
    standing = {(label.track, label.box) for label in shown.labels}
    rows = [label for at, label in enumerate(found.labels) if at in came or (label.track, label.box) in standing]
    return replace(shown, labels=tuple(rows))


def as_labels(found: Sequence[Detections], names: Sequence[str], width: int, height: int) -> list[Picture]:
    """Return detections as labelled pictures, one a frame, to be exported."""
    return [
        Picture(name, width, height, tuple(_labels_of(rows))) for name, rows in zip(names, numbered(found), strict=True)
    ]


def _labels_of(rows: Detections) -> Iterator[Label]:
    for at in range(len(rows)):
        x0, y0, x1, y1 = (round(float(side), 2) for side in rows.boxes[at])
        yield Label(
            (x0, y0, x1, y1),
            str(rows.kinds[at]),
            score=round(float(rows.scores[at]), 4),
            track=int(rows.tracks[at]),
            source=str(rows.origins[at]),
        )


def detections(labels: Sequence[Label]) -> Detections:
    """Return labels as detections; what nobody scored scores 1."""
    return Detections(
        np.array([label.box for label in labels], np.float32).reshape(-1, 4),
        np.array([1.0 if label.score is None else label.score for label in labels], np.float32),
        np.array([label.kind for label in labels], np.str_),
        np.array([label.source for label in labels], np.str_),
        np.array([label.track for label in labels], np.int32),
    )


def truth(labels: Sequence[Label]) -> Detections:
    """Return labels as what is really there: score 1, or 0 for what need not be found."""
    rows = detections(labels)
    scores = np.array([0.0 if label.ignored else 1.0 for label in labels], np.float32)
    return Detections(rows.boxes, scores, rows.kinds, np.full(len(rows), "truth"), rows.tracks)
