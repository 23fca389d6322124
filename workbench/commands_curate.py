"""What the commands of ``workbench intake`` do."""

import secrets
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from workbench import batch, curate
from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.commands_curate_words import cells, counts, literal, many, report, say, size
from workbench.curate import Described
from workbench.disk import printable
from workbench.governance import scenes
from workbench.terminal import console, errors, follow
from workbench.values import Event, Events, UsageError


def look(folder: Path, sources: Sequence[Path], find: bool, profile: str | None, json_: bool) -> int:
    """Look at the files of some sources; return the exit code: 1 when a file cannot be used."""
    searching = batch.profile_of(folder, folder, profile) if find or profile else None
    with batch.case_for(folder, folder) as case:
        said: list[str] = []
        with closing(_listening(curate.look(case, sources, find=searching), said)) as events:
            follow(events, None, quiet=json_)
        files = curate.files(case, sources)
    problems = [file for file in files if file.problem]
    if json_:
        print_json({"message": said[-1], "counts": asdict(curate.counted(files)), "problems": _problems(problems)})
        return int(bool(problems))
    say(said[-1])
    counts(files)
    report(problems)
    return int(bool(problems))


def show(folder: Path, where: str, subset: str | None, limit: int, json_: bool) -> int:
    """List files; return the exit code."""
    with Case.open(folder, create=False) as case:
        files = _looked(case)
        chosen = curate.members_of(files, curate.subset(case, subset)) if subset else files
        if where:
            chosen = curate.select(chosen, where)
    if json_:
        print_json([_plain(file) for file in chosen])
        return 0
    good = [file for file in chosen if not file.problem]
    counts(chosen)
    table = Table(title="Files", title_justify="left", title_style="bold")
    for heading in ("file", "size", "device", "discloses", "scenario", "sensitivity", "found", "alike"):
        table.add_column(heading, overflow="fold")
    for file in good[:limit]:
        table.add_row(*map(literal, cells(file)))
    if good and limit:
        console.print(table)
    if len(good) > limit:
        say(f"… and {len(good) - limit:,} more files (--limit {len(good)} lists them all).")
    report([file for file in chosen if file.problem])
    return 0


def set_values(folder: Path, values: Sequence[str], where: str, json_: bool) -> int:
    """Say something about many files; return the exit code."""
    pairs = dict(_pair(text) for text in values)
    with Case.open(folder, create=False) as case:
        chosen = curate.select(_looked(case), where)
        if not chosen:
            raise UsageError(f"No file fits {where or 'this'}: workbench intake show lists what there is.")
        changed = curate.describe(case, chosen, pairs)
    if json_:
        print_json({"chosen": len(chosen), "changed": changed})
    else:
        say(f"{many(len(chosen), 'file')} chosen; something new is said about {changed:,}.")
        _about_scenes(pairs)
    return 0


def rules(folder: Path, json_: bool) -> int:
    """Check and apply the rules, or write the form; return the exit code."""
    with Case.open(folder, create=False) as case:
        path = case.path / curate.RULES_FILE
        new = not path.exists()
        if new:
            curate.save_rules(case.path, curate.read_rules(case.path))
        known = curate.load_rules(case.path)
        changed = curate.apply_rules(case)
        files = curate.files(case)
    fits = [sum(rule.holds(file) for file in files) for rule in known]
    if json_:
        rows = [{**asdict(rule), "fits": number} for rule, number in zip(known, fits, strict=True)]
        print_json({"file": str(path), "written": new, "rules": rows, "changed": changed})
        return 0
    if new:
        say(f"Wrote {path}, with all that can be asked and said in it: edit it, then run this again.")
        return 0
    for rule, number in zip(known, fits, strict=True):
        when = " ".join(f"{name}={value}" for name, value in rule.when.items()) or "every file"
        says = " ".join(f"{name}={value}" for name, value in rule.set.items())
        say(f"line {rule.line}: {when} → {says}: fits {many(number, 'file')}")
        if not number:
            errors.print(f"The rule in line {rule.line} fits no file.", style="yellow", markup=False)
    say(f"{many(len(known), 'rule')}; something new is said about {many(changed, 'file')}; by hand goes first.")
    return 0


def duplicates(folder: Path, json_: bool) -> int:
    """List near duplicates; return the exit code."""
    with Case.open(folder, create=False) as case:
        groups = curate.duplicates(case, _looked(case))
    if json_:
        print_json(
            [
                {"number": group.number, "keep": _plain(group.keep), "drop": [_plain(file) for file in group.drop]}
                for group in groups
            ]
        )
        return 0
    if not groups:
        say("No two files show nearly the same.")
        return 0
    table = Table(title="Near duplicates", title_justify="left", title_style="bold")
    for heading in ("group", "kept", "size", "may be dropped", "size"):
        table.add_column(heading, overflow="fold")
    for group in groups:
        for place, file in enumerate(group.drop):
            kept = (str(group.number), group.keep.asset.path, size(group.keep)) if not place else ("", "", "")
            table.add_row(*map(literal, (*kept, file.asset.path, size(file))))
    console.print(table)
    dropped = sum(len(group.drop) for group in groups)
    say(f"{many(len(groups), 'group')}; the filter -alike leaves out {many(dropped, 'file')}. Nothing is deleted.")
    return 0


def subset(folder: Path, name: str | None, json_: bool, where: str, sample: int | None, per: str, seed: str) -> int:
    """Store a subset, or list those that are stored; return the exit code."""
    with Case.open(folder, create=False) as case:
        if name is None:
            known = curate.subsets(case)
            if json_:
                print_json([asdict(each) for each in known])
            for each in () if json_ else known:
                say(f"{each.name}: {many(len(each.members), 'file')}, chosen by {each.rule or 'hand'}")
            if not known and not json_:
                say("No subset is stored yet: give a NAME and a --where.")
            return 0
        drawn = (seed or secrets.token_hex(4)) if sample else ""
        rule = " ".join(filter(None, [str(curate.parse(where)), f"sample {sample} per {per}" if sample else ""]))
        chosen = curate.select(_looked(case), where, sample or 0, per, drawn)
        kept = curate.store(case, name, chosen, rule or "all files", drawn)
        place = case.path
    if json_:
        print_json(asdict(kept))
        return 0
    seeded = f", seed {kept.seed}" if kept.seed else ""
    copies = len(chosen) - len(kept.members)
    say(f"The subset '{name}' holds {many(len(kept.members), 'file')}{seeded}.{_copies(copies)}")
    counts(chosen)
    say(f"Redact it: workbench redact SOURCE --out FOLDER --case {place} --subset {name}")
    return 0


def _looked(case: Case) -> tuple[Described, ...]:
    files = curate.files(case)
    if not files:
        raise UsageError(f"Nothing was looked at in this case yet: workbench intake look {case.path.name} SOURCE.")
    return files


def _listening(events: Events, said: list[str]) -> Events:
    event: Event
    for event in events:
        if event.kind == "end":
            said.append(event.message)
        yield event


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"'{printable(text)}' says nothing: write NAME=VALUE, such as scenario=street.")
    return name.strip().lower(), value


def _copies(number: int) -> str:
    return f" {number:,} exact copies count once." if number else ""


def _about_scenes(pairs: dict[str, str]) -> None:
    for name in scenes.present([pairs]):
        wants = [want for want in scenes.scenes()[name].raises if want.must]
        if wants:
            say(f"A run with such files needs: {'; '.join(f'{want.setting} ({want.why})' for want in wants)}.")


def _problems(files: Sequence[Described]) -> list[dict[str, str]]:
    return [{"path": file.asset.path, "problem": file.problem} for file in files]


def _plain(file: Described) -> dict[str, Any]:
    return {**asdict(file), "asset": {"path": file.asset.path, "source": file.asset.source, "sha256": file.asset.sha256,
            "size": file.asset.size, "media": str(file.asset.media)}}  # fmt: skip
