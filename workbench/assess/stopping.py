"""When a review may stop: a rule that is fixed before looking, so that going on after a miss cheats nobody.

Whoever looks at 299 pictures, finds one miss, and then looks at more until the figures are good again has had
several tries. Each try may pass a bad batch by luck, and together they do so more often than the 5 % that is
promised. So the whole risk is divided among the tries beforehand: half of it is spent on the first, half of
the rest on the second, and so on (Bonferroni would add the same shares up; here the chance of passing at each
step, given all the steps before, is counted exactly).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.assess import binomial
from workbench.values import UsageError

Stopping = Literal["once", "extend"]
"""how many tries there are: one, or another after each miss"""


@dataclass(frozen=True)
class Rule:
    """After how many random pictures a review with so many misses proves its target."""

    target: float
    """the largest share of pictures with a miss that is accepted, 0..1"""
    confidence: float
    stopping: Stopping
    total: int | None = None
    """pictures in the batch; None for endless"""

    def enough(self, misses: int) -> int | None:
        """Return how many random pictures have to be looked at when `misses` of them have a miss.

        None when no number would do: of a finite batch too many are known to be bad, or the rule allows one
        try only and it has failed.
        """
        if self.total is not None and misses > self.target * self.total:
            return None
        if self.stopping == "once":
            return binomial.needed(self.target, 0, self.confidence, self.total) if not misses else None
        return steps(self.target, self.confidence, self.total, misses + 1)[misses]

    def passed(self, misses_at: Sequence[bool]) -> int | None:
        """Return after how many pictures the target was proved, or None.

        Parameters
        ----------
        misses_at : sequence of bool
            Of each random picture in its order whether something was missed in it.
        """
        count, enough = 0, self.enough(0)
        for seen, missed in enumerate([False, *misses_at]):
            if missed:
                count += 1
                enough = self.enough(count)
            if enough is None or seen >= enough:
                return None if enough is None else seen
        return None

    def words(self) -> str:
        """Return the rule in plain words."""
        first = self.enough(0)
        sure = f"{100 * self.confidence:.4g} % confidence"
        aim = f"at most {binomial.share(self.target)} of all may have a miss, with {sure}"
        if self.stopping == "once":
            return (
                f"Look at {first:,} pictures at random ({aim}). Without a miss the target is proved. "
                "With one it is not: search again more carefully, and review the new result with a new seed."
            )
        allowed = [(count, enough) for count in (1, 2, 3) if (enough := self.enough(count)) is not None]
        later = "".join(
            f", {enough:,} with {count} {'miss' if count == 1 else 'misses'}" for count, enough in allowed[:2]
        )
        end = ", and so on" if len(allowed) > 2 else "; more misses than that cannot be made up for"
        return (
            f"Look at random pictures until the target is proved ({aim}): {first:,} without a miss{later}{end}. "
            "The numbers count in that you may go on after a miss."
        )


@lru_cache(maxsize=64)
def steps(target: float, confidence: float, total: int | None, count: int) -> tuple[int | None, ...]:
    """Return for 0, 1, … misses (`count` numbers) after how many pictures a review may stop.

    The chance that a batch with just more bad pictures than `target` ever passes is at most ``1 - confidence``,
    however long the review goes on.
    """
    if not (0 < target < 1 and 0 < confidence < 1):
        raise UsageError(f"A target of {target:g} with a confidence of {confidence:g} cannot be proved.")
    found = list(_passing(target, total, [(1 - confidence) / 2 ** (step + 1) for step in range(count)]))
    return (*found, *[None] * (count - len(found)))


def chance_to_pass(bad: float, plan: tuple[int | None, ...], total: int | None = None) -> float:
    """Return how likely a batch passes somewhere in `plan` (as `steps` gives it) when a share `bad` of it is bad."""
    amount = None if total is None else round(bad * total)
    alive = np.zeros(len(plan) + 1)
    alive[0], passed, stage = 1.0, 0.0, 0
    for seen in range(1, max(number for number in plan if number is not None) + 1):
        _draw(alive, seen - 1, bad, amount, total)
        while stage < len(plan) and plan[stage] == seen:
            passed += alive[stage]
            alive[stage] = 0
            stage += 1
    return passed


def _passing(target: float, total: int | None, spend: list[float]) -> Iterator[int]:
    """Yield after how many pictures each step is passed, `spend` being the chances that it may pass a bad batch."""
    bad = None if total is None else int(np.floor(target * total + 1e-9)) + 1
    alive = np.zeros(len(spend) + 1)  # by misses so far, of those reviews that did not pass; more misses do not matter
    alive[0], seen, spent, allowed = 1.0, 0, 0.0, 0.0
    for stage, share in enumerate(spend):
        allowed += share
        if bad is not None and stage >= bad:
            return
        # Whoever is left has at least as many misses as this step allows: those with fewer have passed.
        while spent + alive[stage] > allowed * (1 + 1e-12):
            _draw(alive, seen, target, bad, total)
            seen += 1
        spent += float(alive[stage])
        yield seen
        alive[stage] = 0


def _draw(alive: NDArray[np.float64], seen: int, share: float, bad: int | None, total: int | None) -> None:
    """Look at one more picture: move the chances of so many misses along."""
    if bad is None or total is None:
        miss: float | NDArray[np.float64] = share
    else:
        miss = np.clip((bad - np.arange(len(alive))) / (total - seen), 0, 1)
    moved = alive * miss
    alive -= moved
    alive[1:] += moved[:-1]
