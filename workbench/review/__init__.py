"""Review: people look at a sample and at the riskiest, say what they see, and what they correct is redacted again.

Roles: every function that acts for a reviewer asks `Review.permit` first. Until a case knows roles it is
`anyone`; a case that does hands over a function that raises `UsageError` with the reason.
"""

from workbench.review.alike import Place, along, everywhere, near_duplicates
from workbench.review.look import Look
from workbench.review.looks import Looked, look_again
from workbench.review.opening import Permit, Review, anyone, extend, open_review, resume
from workbench.review.queue import begin, candidates, contradictions, corrections_shown, next_item, record
from workbench.review.redo import outdated, redo
from workbench.review.summary import Figures, figures

__all__ = [
    "Figures",
    "Look",
    "Looked",
    "Permit",
    "Place",
    "Review",
    "along",
    "anyone",
    "begin",
    "candidates",
    "contradictions",
    "corrections_shown",
    "everywhere",
    "extend",
    "figures",
    "look_again",
    "near_duplicates",
    "next_item",
    "open_review",
    "outdated",
    "record",
    "redo",
    "resume",
]
