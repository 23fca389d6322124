"""What the commands of ``workbench release`` do."""

from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from rich.table import Table

from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.disk import printable
from workbench.gate import attempts, places, risks, signing
from workbench.gate.checks import look
from workbench.gate.facts import gather, run_of, verify
from workbench.gate.runs import manifest_of
from workbench.gate.values import Check, Gate
from workbench.governance import guidance
from workbench.governance.effects import WORDS
from workbench.terminal import console, errors, follow
from workbench.values import Event, UsageError

T = TypeVar("T")
LISTED = 20
"""places that are listed; the page has more"""
STYLES = {"passed": "green", "weak": "yellow", "failed": "bold red", "did not run": "bold magenta"}


class Steps(Generic[T]):
    """A generator's events, and what it returns at its end."""

    result: T

    def __init__(self, steps: Generator[Event, None, T]) -> None:
        self._steps = steps

    def __iter__(self) -> Generator[Event, None, None]:
        """Yield the events."""
        self.result = yield from self._steps


def check(folder: Path, run: int | None, anew: bool, json_: bool) -> int:
    """Say of every check whether it holds; return 0 when the run may leave, else 1."""
    with Case.open(folder, create=False) as case:
        number = run_of(case, run)
        if manifest_of(case, number)[0] is not None:
            follow(iter(Steps(verify(case, number, anew=anew))), None, quiet=json_)
        gate = look(gather(case, number))
    if json_:
        print_json({**asdict(gate), "held_by": [each.name for each in gate.held_by]})
    else:
        _show(gate, folder)
    return 0 if gate.may_leave else 1


def _show(gate: Gate, folder: Path) -> None:
    console.print(f"Run {gate.run}, for {WORDS[gate.purpose]}", style="bold", markup=False)
    table = Table(show_header=True, header_style="bold", expand=False)
    for heading in ("check", "state", "what it says"):
        table.add_column(heading, overflow="fold", vertical="top")
    for each in gate.checks:
        table.add_row(each.title, _state(each), _words(each, folder), end_section=True)
    console.print(table)
    if gate.manifest:
        _say(f"All of this speaks of the manifest {gate.manifest}")
    console.print(gate.why, style="bold green" if gate.may_leave else "bold", markup=False, soft_wrap=True)
    _say(guidance.NOT_LEGAL_ADVICE)


def _state(each: Check) -> str:
    words = f"[{STYLES[each.state]}]{each.state}[/]"
    if each.overridden:
        return f"{words}\noverridden"
    return words if each.must else f"{words}\n[dim]not required[/]"


def _words(each: Check, folder: Path) -> str:
    from rich.markup import escape

    parts = [each.says]
    if each.overridden:
        parts.append(f"Overridden: {each.overridden}")
    elif each.way_out and each.state != "passed":
        parts.append("→ " + each.way_out.replace(" CASE", f" {folder}"))
    return escape("\n".join(parts))


def attack(folder: Path, run: int | None, files: int, json_: bool) -> int:
    """Search the outputs; return 1 where something is still visible."""
    with Case.open(folder, create=False) as case:
        steps = Steps(attempts.attack(case, run, files=files))
        follow(iter(steps), None, quiet=json_)
        made = steps.result
        page = places.write(case, made) if made.identified else None
    if json_:
        print_json({**asdict(made), "page": page})
        return 1 if made.identified else 0
    _say(made.note)
    found = places.visible(made)
    for row in found[:LISTED]:
        box = ", ".join(f"{part:.0f}" for part in row["box"])
        _say(f"  {printable(row['file'])}, frame {row['frame']}: {row['kind']} ({row['score']:.2f}) at {box}")
    if len(found) > LISTED:
        _say(f"  … and {len(found) - LISTED:,} more")
    if page:
        _say(f"Places to look at: {page}")
    return 1 if made.identified else 0


def attempt(folder: Path, run: int | None, given: dict[str, Any], json_: bool) -> int:
    """Record an attempt, or say how to try; return the exit code."""
    with Case.open(folder, create=False) as case:
        if not given["method"]:
            return _ways(case, run, given["files"], json_)
        if given["tried"] is None:
            raise UsageError("Say how many files were tried: --tried 20.")
        made = attempts.record(
            case,
            run,
            given["method"],
            given["tried"],
            given["identified"],
            note=given["note"],
            tools=given["tools"],
        )
    if json_:
        print_json(asdict(made))
    else:
        _say(f"Recorded: {attempts.METHODS[made.method].title}, {made.identified} of {made.tried} recognised.")
    return 0


def _ways(case: Case, run: int | None, files: int, json_: bool) -> int:
    number = run_of(case, run)
    out = case.catalog.run(number).out
    chosen = [entry.path for entry in attempts.drawn(case, number, files)]
    if json_:
        print_json({"ways": {name: way.model_dump() for name, way in attempts.METHODS.items()}, "files": chosen})
        return 0
    for name, way in attempts.METHODS.items():
        console.print(f"{way.title} (--method {name})", style="bold", markup=False)
        _say(f"  {way.how}")
        if way.warning:
            errors.print(f"  {way.warning}", style="yellow", markup=False, soft_wrap=True)
    _say(f"Outputs to try, drawn over scenes and devices, in {out}:")
    _say("  " + "  ".join(printable(name) for name in chosen))
    return 0


def risk(folder: Path, run: int | None, text: str, level: str, action: str, json_: bool) -> int:
    """Record a risk; return the exit code."""
    with Case.open(folder, create=False) as case:
        return _recorded(risks.add(case, run, text, level, action), json_)


def explain(folder: Path, run: int | None, reason: str, json_: bool) -> int:
    """Say why files failed; return the exit code."""
    with Case.open(folder, create=False) as case:
        return _recorded(risks.explain(case, run, reason), json_)


def override(folder: Path, run: int | None, name: str, reason: str, json_: bool) -> int:
    """Set a check aside; return the exit code."""
    with Case.open(folder, create=False) as case:
        return _recorded(signing.override(case, run, name, reason), json_)


def decide(folder: Path, run: int | None, decision: str, reason: str, manifest: str, json_: bool) -> int:
    """Approve or refuse; return the exit code."""
    act = signing.approve if decision == "approved" else signing.refuse
    with Case.open(folder, create=False) as case:
        made = act(case, run, reason=reason, expected=manifest)
        if json_:
            print_json(asdict(made))
            return 0
        _say(f"The release of run {made.run} is {made.decision}: manifest {made.manifest}")
        if made.decision == "approved":
            _say(f"Next: workbench release export {folder} --out FOLDER")
    return 0


def _recorded(made: Any, json_: bool) -> int:
    if json_:
        print_json(asdict(made))
    else:
        _say(f"Recorded for run {made.run}, manifest {made.manifest[:12]}…")
    return 0


def _say(text: str) -> None:
    console.print(text, markup=False, soft_wrap=True)
