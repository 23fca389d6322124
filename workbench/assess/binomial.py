"""What looking at a random part says about the whole: exact intervals, in figures and in words.

The unit is a whole picture or video, and a *miss* is one in which at least one object stayed visible. Objects
of one picture are missed together, so counting objects would promise more than was looked at.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import stats

from workbench.values import UsageError

CONFIDENCE = 0.95
LARGE = 2_000_000
"""from so many on a batch is treated as endless: the two bounds agree to five digits"""


@dataclass(frozen=True)
class Interval:
    """Between which shares (0..1) the true one lies, with this confidence."""

    low: float
    high: float
    confidence: float


def at_most(misses: int, reviewed: int, confidence: float = CONFIDENCE, total: int | None = None) -> float:
    """Return the one-sided exact upper bound of the share of all pictures with a miss, 0..1.

    Parameters
    ----------
    misses : int
        Pictures among the reviewed in which something was missed.
    reviewed : int
        Pictures drawn at random and looked at; with none, nothing is known and the bound is 1.
    confidence : float
        Of the statement, 0..1.
    total : int, optional
        Pictures in the batch: 40 of 50 say more than 40 of 50,000. Endless if not given.

    Raises
    ------
    UsageError
        When the numbers contradict each other.

    Notes
    -----
    Clopper & Pearson (1934), https://doi.org/10.1093/biomet/26.4.404, for an endless batch. For a finite one the
    same test turned round with the hypergeometric distribution: the largest number of bad pictures that would
    still have shown so few of them with a chance above ``1 - confidence``.
    """
    _refuse(misses, reviewed, confidence, total)
    if total is not None and total < LARGE:
        return most_bad(misses, reviewed, total, confidence) / total if total else 0.0
    if not reviewed:
        return 1.0
    test = stats.binomtest(misses, reviewed, alternative="less")
    return float(test.proportion_ci(confidence, method="exact").high)


def interval(misses: int, reviewed: int, confidence: float = CONFIDENCE, total: int | None = None) -> Interval:
    """Return the two-sided exact interval of the share of pictures with a miss; see `at_most`."""
    _refuse(misses, reviewed, confidence, total)
    if total is not None and total < LARGE:
        each = (1 + confidence) / 2
        high = most_bad(misses, reviewed, total, each) / total if total else 0.0
        return Interval(_least_bad(misses, reviewed, total, each) / total if total else 0.0, high, confidence)
    if not reviewed:
        return Interval(0.0, 1.0, confidence)
    found = stats.binomtest(misses, reviewed).proportion_ci(confidence, method="exact")
    return Interval(float(found.low), float(found.high), confidence)


def wilson(misses: int, reviewed: int, confidence: float = CONFIDENCE) -> Interval:
    """Return Wilson's two-sided score interval: narrower than the exact one, right on the average only.

    Wilson (1927), https://doi.org/10.1080/01621459.1927.10502953. For charts; promises use `at_most`.
    """
    _refuse(misses, reviewed, confidence, None)
    if not reviewed:
        return Interval(0.0, 1.0, confidence)
    found = stats.binomtest(misses, reviewed).proportion_ci(confidence, method="wilson")
    return Interval(float(found.low), float(found.high), confidence)


def most_bad(misses: int, reviewed: int, total: int, confidence: float = CONFIDENCE) -> int:
    """Return the largest number of pictures with a miss, among `total`, that fits what was seen."""
    _refuse(misses, reviewed, confidence, total)
    # The chance of seeing so few falls as the bad ones grow in number, so the last one that fits is found by halving.
    low, high = misses, total - reviewed + misses
    while low < high:
        middle = (low + high + 1) // 2
        if stats.hypergeom.cdf(misses, total, middle, reviewed) > 1 - confidence:
            low = middle
        else:
            high = middle - 1
    return low


def _least_bad(misses: int, reviewed: int, total: int, confidence: float) -> int:
    low, high = misses, total - reviewed + misses
    while low < high:
        middle = (low + high) // 2
        if stats.hypergeom.sf(misses - 1, total, middle, reviewed) > 1 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def needed(target: float, misses: int = 0, confidence: float = CONFIDENCE, total: int | None = None) -> int:
    """Return how many pictures must have been looked at, all in all, for `misses` to prove at most `target`.

    For a number that is fixed before looking. Whoever goes on after a miss needs `stopping.Rule`.

    Parameters
    ----------
    target : float
        The largest share of pictures with a miss that is accepted, 0..1.
    misses, confidence, total
        As for `at_most`.
    """
    if not 0 < target < 1:
        raise UsageError(f"A target of {target:g} cannot be proved: give a share between 0 and 1, such as 0.01.")
    _refuse(misses, misses, confidence, None if total is None else max(total, misses))
    low, high = misses, misses + 1
    if total is not None:
        high = max(total, misses)  # who has looked at everything knows
    else:
        while at_most(misses, high, confidence) > target:
            low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if at_most(misses, middle, confidence, total) <= target:
            high = middle
        else:
            low = middle + 1
    return high


def sentence(
    reviewed: int, misses: int, confidence: float = CONFIDENCE, total: int | None = None, noun: str = "picture"
) -> str:
    """Return what a random sample says, such as "300 reviewed, 0 missed: at most 1 % of pictures, 95 % confidence".

    The share is rounded up, so that the sentence never promises more than the figures.
    """
    start = f"{reviewed:,} reviewed, {misses:,} missed"
    if not reviewed:
        return f"Nothing was reviewed at random yet, so nothing can be said about the {noun}s."
    if total is not None and reviewed >= total:
        return f"{start}: that is every {noun}, so the share is {share(misses / total)} exactly."
    bound = share_up(at_most(misses, reviewed, confidence, total))
    said = f"{start}: at most {bound} of {noun}s, {100 * confidence:.4g} % confidence"
    if total is None:
        return f"{said}."
    unseen = most_bad(misses, reviewed, total, confidence) - misses
    return f"{said}; that is at most {unseen:,} of the {total - reviewed:,} that nobody looked at."


def share(value: float) -> str:
    """Return a share in per cent, two digits that mean something: "0.34 %", "12 %"."""
    return f"{_digits(100 * value, round)} %"


def share_up(value: float) -> str:
    """Return a share in per cent, rounded up."""
    return f"{_digits(100 * value, math.ceil)} %"


def _digits(value: float, to_whole: Callable[[float], int]) -> str:
    if value <= 0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 1)
    # 1e-9: what is 2.0000000000000004 steps by the arithmetic of the machine is two steps.
    rounded = to_whole(value / step - 1e-9) * step
    return f"{min(rounded, 100.0):.12g}" if rounded >= 1e-4 else f"{rounded:.1e}"


def _refuse(misses: int, reviewed: int, confidence: float, total: int | None) -> None:
    if not 0 <= misses <= reviewed or (total is not None and reviewed > total):
        of = "" if total is None else f" of {total}"
        raise UsageError(f"{misses} misses in {reviewed} reviewed pictures{of} cannot be: check the numbers.")
    if not 0 < confidence < 1:
        raise UsageError(f"A confidence of {confidence:g} cannot be had: give a share between 0 and 1, such as 0.95.")
