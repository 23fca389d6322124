"""The values of a review, as the catalog keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from workbench.values import Asset


class Verdict(StrEnum):
    """What a reviewer says about one picture or video."""

    CLEAN = "clean"
    """nothing was missed"""
    CORRECTED = "corrected"
    """something was wrong, and is corrected"""
    UNSURE = "unsure"
    """it cannot be told; it counts as a miss until somebody can"""


@dataclass(frozen=True)
class ReviewItem:
    """One picture or video of a review."""

    asset: Asset
    """as it was drawn: its content by `Asset.sha256`"""
    stratum: str
    risk: float
    """how many objects were probably missed in it"""
    rank: int
    """place in the random order of the whole batch, from 0"""
    stratum_rank: int
    """place in the random order of its stratum, from 0"""
    at_random: bool
    """it belongs to the random sample"""
    risky: bool
    wanted: int = 1
    """how many reviewers are to look at it, without knowing of each other"""
    why: Sequence[str] = ()
    """a sentence each, the most important first"""
    id: int = 0
    """the catalog's; 0 before it is stored"""
    position: int = 0
    """in the queue, from 0"""


@dataclass(frozen=True)
class Answer:
    """What one reviewer said about one item; a later answer of the same reviewer takes the place of this one."""

    item: int
    reviewer: str
    """"" where nobody was signed in"""
    verdict: Verdict
    misses: int
    """objects that were visible and should not have been"""
    false_alarms: int
    """objects that were hidden and need not have been"""
    seconds: float
    """spent on it"""
    at: float = 0.0
    """seconds since the epoch"""
    note: str = ""

    @property
    def missed(self) -> bool:
        """It counts as a miss: something was visible, or nobody can tell."""
        return self.misses > 0 or self.verdict is Verdict.UNSURE


@dataclass(frozen=True)
class ReviewRecord:
    """One review of one run, as it was planned."""

    id: int
    run: int
    plan: str
    """TOML, see `assess.sample.ReviewPlan`"""
    digest: str
    """of the plan"""
    seed: str
    strata: Mapping[str, int] = field(default_factory=dict)
    """how many pictures and videos of the run each stratum has, reviewed or not"""
    by: str = ""
    """who planned it"""
    created: float = 0.0

    @property
    def total(self) -> int:
        """How many pictures and videos the run released."""
        return sum(self.strata.values())
