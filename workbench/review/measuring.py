"""Hold a run against the ground truth of its case."""

from collections.abc import Iterator, Mapping

import numpy as np

from workbench.assess import truth
from workbench.assess.binomial import CONFIDENCE
from workbench.assess.truth import Cover, Measured, Subject
from workbench.catalog.case import Case
from workbench.catalog.truths import Truth
from workbench.review.survey import Released, Strata, released, strata
from workbench.values import Media, Shape, UsageError


def measure(
    case: Case,
    run: int,
    choice: str | Mapping[str, str] | Strata = "folder",
    confidence: float = CONFIDENCE,
) -> Measured:
    """Return what a run hides of what is really there, by kind, size and part of the batch.

    Parameters
    ----------
    choice : str, mapping or callable
        The parts: "folder", "media", "scenario", "camera", "sensitivity", or one for each path; see `survey.strata`.

    Raises
    ------
    UsageError
        When no file of the run has ground truth.
    """
    of = strata(choice, case)

    def subjects() -> Iterator[Subject]:
        for item in released(case, run):
            known = case.catalog.truth(item.asset.sha256)
            if known is not None:
                yield _subject(item, known, of(item.asset))

    found = truth.measure(subjects(), confidence)
    if not found.files:
        raise UsageError(f"No file of run {run} has ground truth: workbench labels import CASE FILE --as truth.")
    return found


def _subject(item: Released, known: Truth, part: str) -> Subject:
    outcome = item.outcome
    video = outcome.media is Media.VIDEO
    at = 6 if video else 4
    factors = np.array([known.width / outcome.width, known.height / outcome.height] * 2)
    boxes = np.array([row[at : at + 4] for row in outcome.regions], float).reshape(-1, 4) * factors
    kinds = np.array([str(row[at - 3]) for row in outcome.regions], np.str_)
    ellipses = np.array([row[at - 1] == Shape.ELLIPSE for row in outcome.regions], bool)
    ends = np.array([row[1:3] if video else (row[0], row[0]) for row in outcome.regions], int).reshape(-1, 2)
    covers = []
    for frame in range(len(known.objects)):
        here = (ends[:, 0] <= frame) & (frame <= ends[:, 1])
        covers.append(Cover(boxes[here], kinds[here].tolist(), ellipses[here]))
    return Subject(known.width, known.height, part, known.kinds, known.objects, covers)
