"""What a case's ledger knows about one run, and about the very files of one manifest."""

from dataclasses import dataclass
from pathlib import Path

from workbench.governance.lines import Entry, read
from workbench.governance.verifying import Anchor, verify


@dataclass(frozen=True)
class LedgerFacts:
    """What the case's ledger knows about the run and the files of its manifest."""

    lines: int = 0
    findings: tuple[str, ...] = ()
    """a sentence each: it is not what was written"""
    operators: tuple[int, ...] = ()
    """numbers of everybody who started the run or went on with it; 0 where the case named nobody then"""
    written: str = ""
    """SHA-256 of the manifest that the run wrote last"""
    decided: str = ""
    """"approved" or "refused", the last decision about these very files"""
    decided_by: int = 0
    """number of who decided; 0 where the case named nobody then"""
    decided_purpose: str = ""
    """the case's purpose at that moment"""
    decided_record: str = ""
    """digest of the case's record at that moment"""
    overridden: tuple[tuple[str, str], ...] = ()
    """check and SHA-256 of the reason, of every override of these files"""
    attempts: tuple[tuple[int, int], ...] = ()
    """tried and identified, of every attempt on these files"""
    explained: tuple[str, ...] = ()
    """SHA-256 of every risk or explanation that was recorded about these files"""


_DECISIONS = {"release-approved": "approved", "release-refused": "refused"}


def logged(folder: Path, run: int, manifest: str, head: str = "") -> LedgerFacts:
    """Return what the ledger in a case's folder knows.

    Parameters
    ----------
    folder : Path
        The case's folder.
    run : int
    manifest : str
        SHA-256 of the manifest, hex; "" while there is none.
    head : str
        The ledger's head as the manifest states it: shows whether the ledger's end was cut off, or all written anew.
    """
    anchors = [Anchor(head, "The run's own manifest")] if head else []
    checked = verify(folder, anchors)
    entries = [entry for entry, problem in read(folder) if entry is not None and not problem]
    operators: list[int] = []
    written, record, purpose = "", "", ""
    decision = ("", 0, "", "")
    overridden, attempts, explained = [], [], []
    for entry in entries:
        facts = entry.facts
        if "record" in facts:
            record, purpose = str(facts["record"]), str(facts.get("purpose", ""))
        if facts.get("run") != run:
            continue
        if entry.act == "run-started":
            operators.append(entry.person)
        if entry.act == "release-written":
            written = str(facts.get("manifest", ""))
        if not manifest or facts.get("manifest") != manifest:
            continue
        if entry.act in _DECISIONS:
            decision = (_DECISIONS[entry.act], entry.person, purpose, record)
        elif entry.act == "check-overridden":
            overridden.append((str(facts.get("check", "")), str(facts.get("reason", ""))))
        elif entry.act == "attempt-recorded":
            attempts.append(_numbers(entry))
        elif entry.act == "risk-recorded":
            explained.append(str(facts.get("digest", "")))
    return LedgerFacts(
        checked.entries,
        tuple(finding.message for finding in checked.findings),
        tuple(dict.fromkeys(operators)),
        written,
        *decision,
        overridden=tuple(overridden),
        attempts=tuple(attempts),
        explained=tuple(explained),
    )


def _numbers(entry: Entry) -> tuple[int, int]:
    return int(entry.facts.get("tried", 0)), int(entry.facts.get("identified", 0))
