"""What the command `workbench frames` does."""

from collections import Counter
from pathlib import Path
from typing import Any

from workbench import evidence
from workbench.batch import export_frames
from workbench.commands import print_json
from workbench.terminal import console, follow
from workbench.values import Event, Events, Outcome


def frames(source: Path, out: Path, json_: bool, **choice: Any) -> int:
    """Export frames of redacted videos and prove the result; return the exit code."""
    outcomes: list[Outcome] = []
    last = Event("")

    def told(events: Events) -> Events:
        nonlocal last
        for last in events:
            if last.outcome:
                outcomes.append(last.outcome)
            yield last

    follow(told(export_frames(source, out, **choice)), None, quiet=json_)
    result = evidence.verify(out)
    hidden: Counter[str] = Counter()
    for outcome in outcomes:
        hidden.update(outcome.counts)
    if json_:
        files = [outcome.output for outcome in outcomes]
        print_json({"out": str(out), "verified": result.ok, "message": last.message, "hidden": hidden, "files": files})
    else:
        kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(hidden.items()))
        console.print(last.message, f"Hidden: {kinds or 'nothing'}.", markup=False)
        console.print(result.verdict, style="green" if result.ok else "red", markup=False)
        console.print(f"Pictures and labels.json: {out}", markup=False, soft_wrap=True)
    return 0 if result.ok else 1
