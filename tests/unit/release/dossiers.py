"""A dossier of everything, for tests of its pages."""

import datetime
from dataclasses import replace
from pathlib import Path
from typing import Any

from release_factory import FACES, PLATE, content, no_findings, run_info, written

from workbench.release.dossier import (
    AttemptRow,
    CheckRow,
    Dossier,
    OverrideRow,
    PartRow,
    Private,
    RiskRow,
    ShareRow,
    Source,
    Stated,
    TermRow,
)
from workbench.release.finish import finish_release
from workbench.release.reading import read_manifest
from workbench.values import Outcome, State

DAY = datetime.date(2025, 11, 21)
LATER = datetime.date(2026, 2, 19)


def empty(folder: Path, profile: str = "ai-training") -> Dossier:
    """Nobody did anything yet."""
    method = "average" if profile == "ai-training" else "solid"
    outcomes = [
        written(folder, "000001.jpg", content(1, 9), [[*row[:2], method, *row[3:]] for row in (*FACES, PLATE)]),
        Outcome("private/Anna.jpg", State.FAILED, error="Anna.jpg is truncated: ask for it again."),
    ]
    found = finish_release(folder, run_info(profile), outcomes, no_findings)
    return Dossier(
        read_manifest(folder), found, "AI training", training=profile == "ai-training", advice="Not legal advice."
    )


def full(folder: Path, **changes: Any) -> Dossier:
    """Everything has something to say."""
    rows: dict[str, Any] = {
        "released": DAY,
        "may_leave": True,
        "standing": "It may leave.",
        "decision": "Approved by the approver (person 2) on 21 November 2025.",
        "case": (Stated("Purpose", "AI training", "A model may memorise."), Stated("Lawful basis", "")),
        "decided": (Stated("Profile", "ai-training", "For AI training."),),
        "triggers": ("Crowded scenes.",),
        "screening": "An impact assessment is advisable.",
        "checks": (
            CheckRow("outcomes", "Every file has an outcome", "passed", "All 2 have one.", True),
            CheckRow("review", "Review by people", "failed", "3 of 40 missed.", True, overridden=True),
            CheckRow("quality", "Measured quality", "did not run", "Nothing is labelled.", False),
            CheckRow("approval", "Approval", "weak", "One person holds all roles.", True, limit="Nobody else looked."),
        ),
        "overrides": (OverrideRow("Review by people", "The three were made again.", "approver (person 2)", DAY),),
        "parts": (PartRow("street", 1, {"face": 2, "plate": 1}, 0.1), PartRow("not described", 0, {}, 0.0)),
        "review": ("40 reviewed, 3 missed: at most 18 % of pictures, 95 % confidence.",),
        "review_parts": (ShareRow("part", "Part 1", 40, 37, 0.82, 0.98, 0.95),),
        "measured": (ShareRow("kind", "Faces", 200, 196, 0.95, 0.994, 0.95), ShareRow("all", "All", 0, 0, 0, 1, 0.95)),
        "measured_says": "12 files were labelled by hand.",
        "attempts": (AttemptRow("Context clues", 20, 1, DAY, "reviewer (person 3)", "Done by people from elsewhere."),),
        "risks": (RiskRow("A red coat tells one person apart.", "high", "Hide whole persons in that scene."),),
        "terms": (TermRow("Originals", 90, LATER, "Only adds risk."), TermRow("Release", 1825, None, "Why.")),
        "verdict": ("Not by itself: clothing identifies.",),
        "recital_26": (Stated("Which means could be used?", "Face matching.\nA walk through the street."),
                       Stated("What would it cost?", "")),
        "ai_act": (Stated("Is it in scope?", "No."),),
        "memorisation": "A model may memorise pictures.",
        "warnings": ("No lawful basis is named.",),
        "references": (Source(1, "GDPR", "27 April 2016", "https://example.org/a_b_c"),),
        "labels": ("labels/coco.json: 3 boxes in 1 picture.",),
        "private": Private(title="Street scenes", description="What Anna wants.", basis=(Stated("Why?", "So."),)),
    }  # fmt: skip
    return replace(empty(folder), **(rows | changes))
