"""What the commands ``workbench release report`` and ``release export`` do, and ``workbench case verdict``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench import evidence
from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.commands_case import say
from workbench.commands_release import Steps
from workbench.gate import telling
from workbench.gate.export import LabelSource, exporting
from workbench.governance import casework, guidance
from workbench.governance.effects import profile_for
from workbench.governance.verdict import verdict as verdict_of
from workbench.labels.formats import FORMATS
from workbench.terminal import console, errors, follow
from workbench.values import UsageError


def report(folder: Path, run: int | None, json_: bool) -> int:
    """Write the pages of a run; return the exit code."""
    with Case.open(folder, create=False) as case:
        pages = telling.write_pages(case, run)
    written = {name: str(path) for name, path in asdict(pages).items() if path is not None}
    if json_:
        print_json(written)
        return 0
    words = {
        "report": "Report",
        "text": "The same as Markdown",
        "dpia": "Draft impact assessment",
        "card": "Dataset card",
    }
    for name, path in written.items():
        say(f"{words[name]}: {path}")
    say("All of them are drafts until the release is exported, and private to the case.")
    return 0


def export(folder: Path, run: int | None, out: Path, labels: dict[str, Any], json_: bool) -> int:
    """Write the release and prove it; return the exit code."""
    sources = [_source(text) for text in labels["labels"]]
    with Case.open(folder, create=False) as case:
        steps = Steps(
            exporting(
                case, run, out, sources,
                hidden_labels=labels["hidden_labels"],
                keep_attributes=labels["keep_attribute"],
                rescale=labels["rescale"],
            )
        )  # fmt: skip
        follow(iter(steps), None, quiet=json_)
        done = steps.result
    proved = evidence.verify(done.out)
    if json_:
        print_json({**asdict(done), "verified": proved.ok, "verdict": proved.verdict})
        return 0 if proved.ok else 1
    say(f"Released {done.files} files into {done.out}, with {', '.join(_short(done.documents))}.")
    for note in done.notes:
        errors.print(note, style="yellow", markup=False, soft_wrap=True)
    console.print(proved.verdict, style="green" if proved.ok else "red", markup=False)
    say(f"Manifest SHA-256, to be noted down elsewhere: {done.manifest_sha256}")
    return 0 if proved.ok else 1


def verdict(folder: Path, scenes: Sequence[str], json_: bool) -> int:
    """Say whether hiding faces is enough in a case; return the exit code."""
    record, present, latest = casework.load(folder), list(scenes), None
    if Case.is_there(folder):
        with Case.open(folder, create=False) as case:
            latest = next((run.profile for run in reversed(case.catalog.runs())), None)
            said = case.catalog.said()
            present += sorted({each["scenario"].value for each in said.values() if "scenario" in each} - set(present))
    profile = latest or profile_for(record)
    found = verdict_of(record, profile, present)
    if json_:
        print_json({**asdict(found), "profile": profile.name, "scenes": present, "advice": guidance.NOT_LEGAL_ADVICE})
        return 0
    console.print(found.answer, style="bold", markup=False, soft_wrap=True)
    for heading, sentences in (
        ("What identifies here beside faces", found.why),
        (f"What the settings '{profile.name}' do", found.covered),
        ("Still open", found.left),
    ):
        if sentences:
            say(f"{heading}:")
            for sentence in sentences:
                say(f"  - {sentence}")
    say(guidance.NOT_LEGAL_ADVICE)
    return 0


def _source(text: str) -> LabelSource:
    form, equals, path = text.partition("=")
    if not equals or form not in FORMATS or not path:
        raise UsageError(f"--labels {text} is no pair such as coco=labels.json: formats are {', '.join(FORMATS)}.")
    return LabelSource(Path(path).expanduser(), form)


def _short(documents: Sequence[str]) -> list[str]:
    """Return the documents, a folder of labels as one."""
    return list(dict.fromkeys("/".join(name.split("/")[:2]) for name in documents))
