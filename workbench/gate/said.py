"""What one check answers, before it is known whether the purpose requires it; and the small words they share."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.gate.values import CheckState


@dataclass(frozen=True)
class Said:
    """The state of a check, what it says, and what to do next."""

    state: CheckState
    says: str
    way_out: str = ""


def passed(says: str) -> Said:
    """Return that all is as it should be."""
    return Said("passed", says)


def weak(says: str, way_out: str = "") -> Said:
    """Return that it holds, though not as well as it could."""
    return Said("weak", says, way_out)


def failed(says: str, way_out: str) -> Said:
    """Return that something is wrong."""
    return Said("failed", says, way_out)


def not_run(says: str, way_out: str) -> Said:
    """Return that nobody looked: never a pass."""
    return Said("did not run", says, way_out)


def count(number: int, noun: str) -> str:
    """Return "1 file", "1,200 files"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(names: Iterable[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    parts = list(names)
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
