"""How well two reviewers agree, and how long looking takes."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """Two reviewers' answers to the same items."""

    items: int
    same: float
    """share of the items to which both gave the same answer; nan without items"""
    kappa: float
    """Cohen's kappa: 1 agree in everything, 0 as often as by chance; nan where chance alone would agree always"""

    def words(self) -> str:
        """Return what it means, in one sentence."""
        if not self.items:
            return "No item was reviewed by two people yet."
        start = f"Two reviewers gave the same answer to {self.same:.0%} of {self.items} items"
        if np.isnan(self.kappa):
            return f"{start}; both always gave the same one, so kappa says nothing."
        return f"{start} (Cohen's kappa {self.kappa:.2f}, {_strength(self.kappa)})."


def agreement(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Return how well the two answers of each pair agree.

    Notes
    -----
    Cohen (1960), A coefficient of agreement for nominal scales, https://doi.org/10.1177/001316446002000104.
    Whose answer stands first matters; the caller keeps one order.
    """
    if not pairs:
        return Agreement(0, float("nan"), float("nan"))
    count = len(pairs)
    same = sum(one == other for one, other in pairs) / count
    first, second = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(first[answer] * second[answer] for answer in first) / count**2
    kappa = (same - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")
    return Agreement(count, same, kappa)


@dataclass(frozen=True)
class Pace:
    """How long people took."""

    items: int
    median: float
    """seconds an item; nan without items"""
    slow: float
    """seconds within which nine of ten items were done"""
    total: float
    """seconds altogether"""


def pace(seconds: Sequence[float]) -> Pace:
    """Return how long items took; what has no time (0) is left aside."""
    taken = np.array([each for each in seconds if each > 0])
    if not len(taken):
        return Pace(0, float("nan"), float("nan"), 0.0)
    return Pace(len(taken), float(np.median(taken)), float(np.quantile(taken, 0.9)), float(taken.sum()))


def _strength(kappa: float) -> str:
    # Landis & Koch (1977), https://doi.org/10.2307/2529310
    names = ((0.81, "almost perfect"), (0.61, "substantial"), (0.41, "moderate"), (0.21, "fair"), (0.0, "slight"))
    return next((name for least, name in names if kappa >= least), "worse than chance")
