"""What a release has to say about itself beside its files: why, who looked, what was found, what is left. Plain rows.

Nothing here knows a record, a gate or a catalog: whoever does fills it in, in words. No field names a person, a
source or a place on this machine; what must not leave stands in `Private` alone.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workbench.release.entries import Manifest
from workbench.release.verification import Verification

State = Literal["passed", "weak", "failed", "did not run"]


@dataclass(frozen=True)
class Stated:
    """A fact, a decision or an answer, with its reason where there is one."""

    what: str
    """the field's name, or the question"""
    says: str
    """"" where nobody answered"""
    why: str = ""


@dataclass(frozen=True)
class CheckRow:
    """One line of the gate."""

    name: str
    title: str
    state: State
    says: str
    must: bool
    """the release may not leave without it"""
    limit: str = ""
    """what the check cannot show"""
    overridden: bool = False


@dataclass(frozen=True)
class OverrideRow:
    """A check that somebody decided to leave open."""

    check: str
    """its title"""
    reason: str
    who: str
    """role and number, such as "approver (person 2)" """
    day: datetime.date


@dataclass(frozen=True)
class PartRow:
    """What was hidden in one part of the release."""

    name: str
    files: int
    counts: Mapping[str, int]
    """regions or objects, by kind"""
    covered: float
    """share of its pixels, 0..1"""


@dataclass(frozen=True)
class ShareRow:
    """A measured share with its interval."""

    group: str
    """"kind", "size", "slice", "all" """
    name: str
    objects: int
    hidden: int
    low: float
    """0..1"""
    high: float
    """0..1"""
    confidence: float
    """0..1"""


@dataclass(frozen=True)
class AttemptRow:
    """One attempt to recognise somebody."""

    method: str
    tried: int
    identified: int | None
    """files in which somebody was recognised; None for a search by program, which recognises nobody"""
    day: datetime.date
    who: str
    limit: str = ""
    """what this attempt cannot show"""


@dataclass(frozen=True)
class RiskRow:
    """A risk that is left, and what is done about it."""

    risk: str
    level: str
    action: str


@dataclass(frozen=True)
class TermRow:
    """How long something is kept."""

    what: str
    days: int
    until: datetime.date | None
    """None while the clock has not started"""
    why: str


@dataclass(frozen=True)
class Source:
    """A text that the guidance rests on."""

    number: int
    title: str
    dated: str
    url: str


@dataclass(frozen=True)
class Private:
    """What stands in the draft of the impact assessment only, and stays in the case."""

    title: str = ""
    description: str = ""
    origin: tuple[Stated, ...] = ()
    basis: tuple[Stated, ...] = ()
    rights: tuple[Stated, ...] = ()
    dpia: tuple[Stated, ...] = ()
    sheets: tuple[tuple[str, tuple[Stated, ...]], ...] = ()
    """the name of each sheet of questions, with its answers"""
    attempt_notes: tuple[str, ...] = ()
    questions: tuple[Stated, ...] = ()
    """the screening's questions and answers"""


@dataclass(frozen=True)
class Dossier:
    """Everything that the pages of a release say."""

    manifest: Manifest
    verification: Verification
    purpose: str
    """in words: "publication", "AI training", "internal analytics" """
    training: bool
    released: datetime.date | None = None
    """UTC; None while it is not released: the pages then say so"""
    may_leave: bool = False
    standing: str = ""
    """why it may or may not leave, one sentence"""
    decision: str = ""
    """who decided and when, one sentence; "" while nobody has"""
    case: tuple[Stated, ...] = ()
    """purpose and basis"""
    decided: tuple[Stated, ...] = ()
    """what the record decided about this redaction"""
    triggers: tuple[str, ...] = ()
    screening: str = ""
    """what the screening asks for, one sentence"""
    checks: tuple[CheckRow, ...] = ()
    overrides: tuple[OverrideRow, ...] = ()
    parts: tuple[PartRow, ...] = ()
    """by scenario; empty where nobody described the files"""
    parts_by: str = "Scenario"
    review: tuple[str, ...] = ()
    """what people found who looked at a sample, a sentence each"""
    review_parts: tuple[ShareRow, ...] = ()
    """files without a miss, by part of the sample"""
    measured: tuple[ShareRow, ...] = ()
    """labelled objects that are hidden"""
    measured_says: str = ""
    attempts: tuple[AttemptRow, ...] = ()
    risks: tuple[RiskRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    verdict: tuple[str, ...] = ()
    """whether hiding faces is enough here, a sentence each"""
    recital_26: tuple[Stated, ...] = ()
    ai_act: tuple[Stated, ...] = ()
    memorisation: str = ""
    warnings: tuple[str, ...] = ()
    references: tuple[Source, ...] = ()
    labels: tuple[str, ...] = ()
    """label sets that travel along, a sentence each"""
    advice: str = ""
    """that it is not legal advice"""
    private: Private = field(default_factory=Private)
