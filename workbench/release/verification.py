"""What a verification says: its findings, what ran, what did not, as text for people and as JSON for programs."""

import json
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass

from workbench.values import Event, Finding

CHECKS: Mapping[str, str] = {
    "manifest": "The manifest is whole and unchanged: its own checksum fits.",
    "totals": "The manifest's counts agree with its lines.",
    "profile": "The settings have the stated digest, and every region was hidden by the stated method.",
    "listing": "Every listed file is there, and nothing else is: no hidden file, link or folder.",
    "sha256": "Every file has the listed size and checksum.",
    "container": "Every picture and video was opened again by a second reader: its size, its frames and their times, "
    "no metadata, no thumbnail, no further track, nothing after its end, and every filled region really filled.",
    "names": "The names of the files are neutral numbers.",
}
"""what each check means, in the order in which they run"""


@dataclass(frozen=True)
class NotRun:
    """A check that did not run."""

    check: str
    reason: str
    """one sentence: why, and what would"""
    inherent: bool = False
    """no release can be checked this way by itself; otherwise this verification is weaker than it could be"""


@dataclass(frozen=True)
class Verification:
    """What was found about a release."""

    files: int
    """listed pictures and videos"""
    findings: tuple[Finding, ...] = ()
    checked: tuple[str, ...] = ()
    """names of the checks that ran, keys of `CHECKS`"""
    not_run: tuple[NotRun, ...] = ()
    warnings: tuple[str, ...] = ()
    """sentences about what is as stated and should still be looked at"""
    manifest_sha256: str = ""
    """hex digest of the manifest file: compare it with the one that was noted down when the release was made"""

    @property
    def ok(self) -> bool:
        """Whether nothing was found and every check that could run did."""
        return not self.findings and all(item.inherent for item in self.not_run)

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.findings:
            return f"NOT verified: {number(len(self.findings), 'finding')} in {number(self.files, 'listed file')}."
        if not self.ok:
            return f"Incomplete: nothing was found in {number(self.files, 'file')}, but not every check ran."
        return f"Verified: {number(self.files, 'file')}, exactly as the manifest says."

    @property
    def failed(self) -> frozenset[str]:
        """The names of the checks that found something; what a second reader calls by other names is "container"."""
        return frozenset(finding.check if finding.check in CHECKS else "container" for finding in self.findings)

    def to_json(self) -> str:
        """Return everything as JSON text, for programs."""
        return json.dumps({"ok": self.ok, "verdict": self.verdict, **asdict(self)}, indent=2)

    def summary(self, limit: int = 40) -> str:
        """Return everything as plain text, for a terminal; at most `limit` findings are spelt out."""
        lines = [self.verdict]
        lines += [f"  ! {finding.message}" for finding in self.findings[:limit]]
        if len(self.findings) > limit:
            lines.append(f"  ! … and {len(self.findings) - limit} more (all of them with --json)")
        lines += [f"  ? {warning}" for warning in self.warnings]
        marks = [f"  {'! not so:' if name in self.failed else '+'} {CHECKS[name]}" for name in self.checked]
        lines += ["Checked:", *marks] if marks else []
        lines += ["Not checked:", *(f"  - {item.reason}" for item in self.not_run)] if self.not_run else []
        return "\n".join([*lines, f"Manifest SHA-256: {self.manifest_sha256}"] if self.manifest_sha256 else lines)


def result_of(steps: Generator[Event, None, Verification]) -> Verification:
    """Run the steps to their end and return what they return."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Verification = end.value
            return result


def number(count: int, noun: str) -> str:
    """Return "1 file", "2 files" and so on."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
