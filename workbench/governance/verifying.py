"""Is a ledger what was written: every line against the chain, and the chain against heads that stand elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.disk import printable
from workbench.governance.lines import AGAIN, LEDGER, START, read
from workbench.values import Finding


@dataclass(frozen=True)
class Anchor:
    """A head that stands somewhere else."""

    head: str
    where: str
    """such as the name of the release's folder"""


@dataclass(frozen=True)
class Checked:
    """What a verification of the ledger found."""

    entries: int
    head: str
    """hash of the last good line, "" when there is none"""
    findings: tuple[Finding, ...]
    """anything here means that the ledger is not what was written"""
    notes: tuple[str, ...]
    """what is odd and proves nothing, such as a clock that went backwards"""
    anchors: int
    """heads that stand elsewhere and were found in it"""
    beyond: int
    """lines after the last such head: nothing outside of this folder vouches for them"""

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(folder: Path, anchors: Sequence[Anchor] = (), *, expected: bool = True) -> Checked:
    """Hold every line against the chain, and the chain against the heads that stand elsewhere.

    Parameters
    ----------
    folder : Path
        The case's folder.
    anchors : sequence of Anchor
        Heads from releases: what shows that lines were cut off at the end, or that all was written anew.
    expected : bool
        There must be a ledger; false for a case that has no record.
    """
    findings: list[Finding] = []
    notes: list[str] = []
    prev, moment, number, places = START, "", 0, {}
    good = ""
    for number, (entry, problem) in enumerate(read(folder), 1):
        if entry is None:
            findings.append(_finding(f"line {number}: {problem}"))
            prev = ""  # the next line's own word is all there is
            continue
        if problem:
            findings.append(_finding(f"line {number}: {problem}"))
        elif prev and entry.prev != prev:
            findings.append(
                _finding(f"line {number} does not follow the line before it: lines were removed, added or moved")
            )
        elif number == 1 and entry.act != "case-made":
            findings.append(_finding("line 1 does not open the case: what came before it was removed"))
        elif entry.seq != number and not findings:
            findings.append(_finding(f"line {number} is numbered {entry.seq}: lines were removed or added before it"))
        if entry.at < moment:
            notes.append(f"Line {number}: the clock went backwards, from {moment} to {entry.at}.")
        prev, moment = entry.hash, max(moment, entry.at)
        places[entry.hash] = number
        good = entry.hash if not findings else good
    if number == 0 and (expected or anchors):
        findings.append(_finding("it is empty or missing"))
    found = 0
    for anchor in anchors:
        if anchor.head in places:
            found = max(found, places[anchor.head])
        elif number:
            text = (
                f"{printable(anchor.where)} names a line that is not in it: its end was cut off, or it was written anew"
            )
            findings.append(_finding(text))
    known = sum(anchor.head in places for anchor in anchors)
    return Checked(number, good, tuple(findings), tuple(notes), known, number - found)


def _finding(text: str) -> Finding:
    return Finding("ledger", f"{LEDGER}: {text}; {AGAIN}.", LEDGER)
