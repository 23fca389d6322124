"""The gate between a run and its release: what is known, what each check says, who signed, and how it leaves."""

from workbench.gate.attempts import METHODS, attack
from workbench.gate.attempts import record as record_attempt
from workbench.gate.export import Exported, LabelSource
from workbench.gate.export import export as export_release
from workbench.gate.risks import add as add_risk
from workbench.gate.risks import explain
from workbench.gate.signing import approve, override, refuse
from workbench.gate.signing import gate as check
from workbench.gate.values import Check, Gate

__all__ = [
    "METHODS",
    "Check",
    "Exported",
    "Gate",
    "LabelSource",
    "add_risk",
    "approve",
    "attack",
    "check",
    "explain",
    "export_release",
    "override",
    "record_attempt",
    "refuse",
]
