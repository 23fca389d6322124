"""One run before its gate, and one person before both: what is known, tried, decided, exported. No widget."""

from collections.abc import Generator
from pathlib import Path
from typing import Literal

from workbench.apps.role import Seat
from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt
from workbench.gate import attempts, checks, export, risks, signing, telling
from workbench.gate.facts import Facts, gather, verify
from workbench.gate.values import Gate
from workbench.governance import case_file
from workbench.governance.roles import require
from workbench.release.verification import Verification
from workbench.values import Event, UsageError, WorkbenchError

NO_RUN = "This case has no run yet: redact a folder first."
NO_RECORD = "This case has no record that says what the pictures are for: begin one in the case screen."


class GateDesk:
    """What one person has before them.

    Parameters
    ----------
    case : Case
    seat : Seat
        Who it is; what they may do is asked again below this.
    """

    def __init__(self, case: Case, seat: Seat) -> None:
        self.case, self.seat = case, seat
        self.run: int | None = None
        self.facts: Facts | None = None
        self.gate: Gate | None = None

    def runs(self) -> list[tuple[str, int]]:
        """Return the runs, the newest first, with a word for each."""
        return [
            (f"Run {run.id}: {run.out.name}, {run.done:,} files, profile {run.profile.name}", run.id)
            for run in reversed(self.case.catalog.runs())
        ]

    def look(self, run: int) -> Gate:
        """Look at a run and keep what is known about it; what is done afterwards is about these very files."""
        facts = gather(self.case, run)
        self.run, self.facts, self.gate = run, facts, checks.look(facts)
        return self.gate

    def barred(self, act: str) -> str:
        """Return why this person may not do something with this run, as a sentence, or "".

        Parameters
        ----------
        act : str
            One of the acts of ``governance/data/roles.toml``, such as "approve".
        """
        if reason := self.seat.refusal(act):
            return reason
        if act not in ("approve", "override", "release"):
            return ""
        try:
            record = case_file.load(self.case.path)
            if record is None:
                return NO_RECORD
            if act != "release":
                for operator in self.facts.ledger.operators if self.facts else ():
                    require(record, self.seat.who, act, made_by=operator)
        except WorkbenchError as error:
            return str(error)
        return ""

    def verify(self) -> Generator[Event, None, Verification]:
        """Open every output again and prove it."""
        return verify(self.case, self._run(), anew=True)

    def attack(self, files: int) -> Generator[Event, None, Attempt]:
        """Search the outputs again, carefully."""
        return attempts.attack(self.case, self._run(), files=files, by=self.seat.who)

    def record(self, method: str, tried: int, identified: int, note: str, tools: str) -> Attempt:
        """Keep what people tried."""
        return attempts.record(
            self.case, self._run(), method, tried, identified,
            note=note, tools=tools, by=self.seat.who, expected=self._manifest,
        )  # fmt: skip

    def add_risk(self, risk: str, level: str, action: str) -> None:
        """Keep a risk that is left."""
        risks.add(self.case, self._run(), risk, level, action, by=self.seat.who, expected=self._manifest)

    def explain(self, reason: str) -> None:
        """Say why files failed."""
        risks.explain(self.case, self._run(), reason, by=self.seat.who, expected=self._manifest)

    def override(self, check: str, reason: str) -> None:
        """Let the release go although a check holds it back."""
        signing.override(self.case, self._run(), check, reason, by=self.seat.who, expected=self._manifest)

    def approve(self, reason: str) -> None:
        """Approve the release."""
        signing.approve(self.case, self._run(), reason=reason, by=self.seat.who, expected=self._manifest)

    def refuse(self, reason: str) -> None:
        """Refuse the release."""
        signing.refuse(self.case, self._run(), reason=reason, by=self.seat.who, expected=self._manifest)

    def report(self) -> str:
        """Return the report as HTML."""
        if case_file.read(self.case.path) is None:
            raise UsageError(NO_RECORD)
        return telling.page(self.case, self._run())

    def export(
        self, out: str, labels: str, form: str, hidden: Literal["keep", "drop"], rescale: bool
    ) -> Generator[Event, None, export.Exported]:
        """Write the release into a new folder."""
        if not out.strip():
            raise UsageError("Say into which new folder the release goes.")
        sources = []
        if labels.strip():
            path = Path(labels.strip()).expanduser()
            if not path.exists():
                raise UsageError(f"There are no labels at {path}: give the file or folder that came with the dataset.")
            sources.append(export.LabelSource(path, form))
        folder = Path(out.strip()).expanduser()
        return export.exporting(
            self.case, self._run(), folder, sources, self.seat.who, hidden_labels=hidden, rescale=rescale
        )

    def suggested_out(self) -> str:
        """Return where a release could go: beside the run's outputs."""
        if self.facts is None:
            return ""
        out = self.facts.run.out
        return str(out.with_name(f"{out.name}-release"))

    def _run(self) -> int:
        if self.run is None:
            raise UsageError(NO_RUN)
        return self.run

    @property
    def _manifest(self) -> str:
        """Of the files that stand on the screen: what is done is about these."""
        return self.gate.manifest if self.gate else ""
