"""The gate's words: what a check says, and whether a run may leave."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from workbench.catalog.gate import Decision, Override
from workbench.profiles import Purpose

CheckState = Literal["passed", "weak", "failed", "did not run"]
HOLDS: tuple[CheckState, ...] = ("passed", "weak")
"""states that hold nothing back; "weak" is shown, and stands in the report"""


@dataclass(frozen=True)
class Check:
    """One line of the gate."""

    name: str
    """key of `guidance.check_rules`, such as "review" """
    title: str
    """a few words, such as "Review by people" """
    state: CheckState
    says: str
    """what was looked at and what came out, with its limits: one or more sentences, no name of a source or a person"""
    way_out: str = ""
    """what to do next, one sentence; "" where nothing is to be done"""
    must: bool = True
    """the purpose or the screening requires it; otherwise it should run, and holds nothing back"""
    overridden: str = ""
    """the written reason of whoever let the release go all the same; "" for none"""

    @property
    def holds(self) -> bool:
        """Whether this check lets the release leave."""
        return not self.must or self.state in HOLDS or bool(self.overridden)


@dataclass(frozen=True)
class Gate:
    """What stands between a run and its release."""

    run: int
    purpose: Purpose
    checks: tuple[Check, ...]
    """in the order of ``checks.toml``; approval is the last"""
    manifest: str
    """SHA-256 of the run's manifest, hex: all of this speaks of these files; "" while there is none"""
    may_leave: bool
    why: str
    """one sentence: why it may, or what holds it back"""
    decision: Decision | None = None
    """the last one about these files, None while nobody decided"""
    overrides: Sequence[Override] = field(default=())
    """those that the ledger knows"""

    @property
    def held_by(self) -> tuple[Check, ...]:
        """The checks that hold the release back."""
        return tuple(check for check in self.checks if not check.holds)

    def check(self, name: str) -> Check | None:
        """Return one check by its name, or None when the gate does not look at it."""
        return next((check for check in self.checks if check.name == name), None)
