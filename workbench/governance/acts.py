"""What the ledger may hold: a fixed set of acts, each with a fixed set of facts.

A fact is a number, a digest or one of a few words. There is no place for a name, a path or free text, so no
personal data and no source's name can get in by mistake.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, get_args

from workbench.governance.guidance import Role
from workbench.governance.roles import ALONE
from workbench.profiles import Purpose

Fact = int | str


def _number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def _digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _word(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _check_name(value: Any) -> bool:
    # As guidance.checks names them; that module cannot be asked here without reading files for every line.
    return isinstance(value, str) and re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value) is not None


_PURPOSE = _word(*get_args(Purpose))
_WHAT = _word("originals", "work", "link-table", "release", "case")
_COUNTS = {"files": _number, "done": _number, "failed": _number, "blocked": _number, "corrections": _number}

ROLES = (*get_args(Role), ALONE, "nobody")
ACTS: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "case-made": {"record": _digest, "purpose": _PURPOSE, "salt": _digest},
    "case-changed": {"record": _digest, "purpose": _PURPOSE},
    "case-edited-by-hand": {"record": _digest, "purpose": _PURPOSE},
    "run-started": {"run": _number, "profile": _digest},
    "run-ended": {"run": _number, "state": _word("done", "blocked", "stopped"), **_COUNTS},
    "review-recorded": {"run": _number, "review": _number, "items": _number, "misses": _number},
    "subset-stored": {"files": _number, "digest": _digest},
    "files-described": {"files": _number, "digest": _digest},
    "attempt-recorded": {"run": _number, "manifest": _digest, "tried": _number, "identified": _number},
    "risk-recorded": {"run": _number, "manifest": _digest, "digest": _digest},
    "check-overridden": {"run": _number, "manifest": _digest, "check": _check_name, "reason": _digest},
    "release-approved": {"run": _number, "manifest": _digest},
    "release-refused": {"run": _number, "manifest": _digest},
    "release-written": {"run": _number, "manifest": _digest, "files": _number},
    "release-exported": {"run": _number, "manifest": _digest, "released": _digest, "files": _number},
    "sealed": {"what": _WHAT, "files": _number, "digest": _digest},
    "unsealed": {"what": _WHAT, "files": _number, "digest": _digest},
    "deleted": {"what": _WHAT, "run": _number, "files": _number, "bytes": _number, "digest": _digest},
    "line-repaired": {"bytes": _number, "digest": _digest},
}
"""every act, with the facts that it may state; a fact may be left out"""


def refuse_odd(act: str, facts: Mapping[str, Any]) -> None:
    """Raise `ValueError` when an act or a fact is none that the ledger knows."""
    if act not in ACTS:
        raise ValueError(f"unknown act '{act}'")
    for name, value in facts.items():
        fits = ACTS[act].get(name)
        if fits is None:
            raise ValueError(f"'{act}' states no '{name}'")
        if not fits(value):
            raise ValueError(f"'{name}' of '{act}' is not what it may be")
