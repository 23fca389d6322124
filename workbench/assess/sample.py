"""What is looked at: a seeded random sample with something of every stratum, and the riskiest pictures.

The order is that of digests, not of a random number generator: the same seed and the same files give the same
sample on every machine, in every version, in whatever order the files were found. More can be drawn later: it
is the same order, further down.
"""

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Self

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.assess.stopping import Rule, Stopping
from workbench.values import UsageError


class ReviewPlan(BaseModel):
    """How much people look at before a release, and what that has to prove."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    description: str = ""
    target: float = Field(gt=0, lt=1)
    """the largest share of pictures in which something may be missed, 0..1"""
    confidence: float = Field(0.95, gt=0.5, lt=1)
    per_stratum: int = Field(5, ge=0)
    """random pictures of every stratum, at least"""
    riskiest: int = Field(50, ge=0)
    """pictures that are looked at for their risk; they prove nothing about the others"""
    twice: float = Field(0.0, ge=0, le=1)
    """share of the random pictures that two reviewers get"""
    stopping: Stopping = "extend"

    @property
    def digest(self) -> str:
        """The SHA-256 of the plan in canonical JSON, as hex; the description does not count."""
        settings = self.model_dump(mode="json", exclude={"description"})
        return hashlib.sha256(json.dumps(settings, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Read a plan from TOML; raises `UsageError` with one sentence that names the field."""
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"The review plan {where} is not valid TOML: {error}.") from None
        except ValidationError as error:
            first = error.errors()[0]
            reason = "unknown setting" if first["type"] == "extra_forbidden" else first["msg"]
            field = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"The review plan {where}: {field}: {reason}.") from None

    def to_toml(self) -> str:
        """Return the plan as text that `parse` reads back to an equal one."""
        return tomli_w.dumps(self.model_dump(mode="json"))

    def rule(self, total: int | None = None) -> Rule:
        """Return when a review of a batch of `total` pictures may stop."""
        return Rule(self.target, self.confidence, self.stopping, total)


def plans() -> dict[str, ReviewPlan]:
    """Return the plans that come with the workbench, by purpose."""
    text = (resources.files("workbench.assess") / "plans.toml").read_text("utf-8")
    return {name: ReviewPlan(name=name, **settings) for name, settings in tomllib.loads(text).items()}


def plan(name_or_file: str | Path) -> ReviewPlan:
    """Return the plan of a purpose, or one from a TOML file; raises `UsageError` when there is none."""
    known = plans()
    if str(name_or_file) in known:
        return known[str(name_or_file)]
    path = Path(name_or_file)
    if not path.is_file():
        raise UsageError(f"There is no review plan '{name_or_file}': use {', '.join(known)}, or a TOML file.")
    try:
        return ReviewPlan.parse(path.read_text("utf-8"), path.name)
    except UnicodeDecodeError:
        raise UsageError(f"The review plan {path.name} is not text: give a TOML file.") from None


@dataclass(frozen=True)
class Unit:
    """One picture or video that may be drawn."""

    key: str
    """what it is on every machine: content and relative path, see `unit_key`"""
    stratum: str
    risk: float = 0.0
    """how many objects were probably missed in it"""


@dataclass(frozen=True)
class Drawn:
    """The place of one picture in a review. It may be looked at for several reasons at once."""

    key: str
    stratum: str
    risk: float
    rank: int
    """its place in the random order of the whole batch, from 0. Whoever has looked at all places below n has looked
    at a random sample of n, for whatever reasons each of them was drawn"""
    stratum_rank: int
    """the same among the units of its stratum"""
    at_random: bool
    """it belongs to the random sample of the batch or of its stratum"""
    risky: bool
    """it is among the riskiest"""
    twice: bool
    """two reviewers get it, if it belongs to the random sample"""


def unit_key(sha256: str, path: str) -> str:
    """Return what a file is called in every draw: its content and its relative POSIX path."""
    return f"{sha256} {path}"


def shuffled(units: Sequence[Unit], seed: str) -> list[Unit]:
    """Return the units in the random order of `seed`."""
    return sorted(units, key=lambda unit: (_place(unit, seed, "order"), unit.key))


def draw(plan: ReviewPlan, units: Sequence[Unit], seed: str) -> list[Drawn]:
    """Return the whole batch in the order of the queue: the riskiest first, then the random order.

    Parameters
    ----------
    plan : ReviewPlan
    units : sequence of Unit
        The whole batch.
    seed : str
        Chosen before anybody looked; recorded.

    Returns
    -------
    list of Drawn
        Those with `Drawn.at_random` or `Drawn.risky` are to be looked at; the others wait, should more be needed.

    Notes
    -----
    The sample is a simple random one of the whole batch, so what it says about the batch is exact. A stratum
    that has fewer than `per_stratum` in it is filled up from the same order: within a stratum this is a simple
    random sample again.
    """
    order = shuffled(units, seed)
    size = plan.rule(len(order)).enough(0) or 0
    risky = {unit.key for unit in sorted(order, key=lambda unit: -unit.risk)[: plan.riskiest] if unit.risk > 0}
    reached: Counter[str] = Counter()
    drawn = []
    for rank, unit in enumerate(order):
        stratum_rank = reached[unit.stratum]
        reached[unit.stratum] += 1
        drawn.append(
            Drawn(
                key=unit.key,
                stratum=unit.stratum,
                risk=unit.risk,
                rank=rank,
                stratum_rank=stratum_rank,
                at_random=rank < size or stratum_rank < plan.per_stratum,
                risky=unit.key in risky,
                twice=int(_place(unit, seed, "twice")[:13], 16) < plan.twice * 16**13,
            )
        )
    return sorted(drawn, key=lambda item: (not item.risky, -item.risk if item.risky else 0.0, item.rank))


def _place(unit: Unit, seed: str, use: str) -> str:
    # JSON keeps the parts apart: no two different ones give the same text.
    parts: list[Any] = [use, seed, unit.key]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
