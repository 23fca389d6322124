"""What the commands of ``workbench review`` do."""

import json
import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from workbench import review as reviews
from workbench.assess import sample
from workbench.assess.binomial import share
from workbench.catalog.case import Case
from workbench.commands import print_json
from workbench.disk import printable
from workbench.governance import casework
from workbench.review import Figures, Look, Looked, Review
from workbench.terminal import Asked, console, follow
from workbench.values import Events, UsageError


def plan(folder: Path, run: int | None, plan_name: str | None, seed: str, strata: str, by: str, json_: bool) -> int:
    """Plan a review, or draw more for one; return the exit code."""
    with Case.open(folder, create=False) as case:
        chosen = sample.plan(plan_name) if plan_name else None
        permit = casework.permit(case.path)
        by = casework.own_name(case.path, by)
        review = reviews.open_review(case, run, chosen, seed=seed, strata=_strata(strata), by=by, permit=permit)
        found = reviews.figures(review)
        if found.needed is not None and found.needed > found.reviewed:
            reviews.extend(review, found.needed)
            found = reviews.figures(review)
        if json_:
            print_json(_plain(review, found))
            return 0
        record = review.record
        _say(f"Review {record.id} of run {record.run}: plan {found.plan}, seed {record.seed}")
        _say(f"{found.items:,} of {found.total:,} to look at: {found.sample:,} at random, the others for their risk.")
        _say(found.rule)
        _say(f"So far: {found.sentence}")
    return 0


def status(folder: Path, number: int | None, limit: int, json_: bool) -> int:
    """Say how far a review is; return the exit code."""
    with Case.open(folder, create=False) as case:
        review = reviews.resume(case, number)
        found = reviews.figures(review)
        claims = case.catalog.claims(review.id, time.time())
        answered = {answer.item for answer in case.catalog.answers(review.id)}
        items = case.catalog.review_items(review.id)
        waiting = [item for item in items if item.id not in answered]
        if json_:
            queue = [
                {
                    "item": item.id,
                    "path": item.asset.path,
                    "stratum": item.stratum,
                    "at_random": item.at_random,
                    "risk": round(item.risk, 4),
                    "why": list(item.why),
                }
                for item in waiting[:limit]
            ]
            looking = {name or "(unknown)": item for name, item in claims.items()}
            print_json({**_plain(review, found), "looking_at": looking, "next": queue})
            return 0
        _say(f"Review {review.id} of run {found.run}: {found.answered:,} of {found.items:,} done. {found.advice}")
        for name, held in claims.items():
            _say(f"{name or 'Somebody'} looks at item {held}.")
        table = Table(title="Next", title_justify="left", title_style="bold")
        for heading in ("file", "stratum", "risk", "why"):
            table.add_column(heading, overflow="fold", justify="right" if heading == "risk" else "left")
        for item in waiting[:limit]:
            why = item.why[0] if item.why else "drawn at random"
            table.add_row(*map(printable, (item.asset.path, item.stratum, f"{item.risk:.2f}", why)))
        if waiting and limit:
            console.print(table)
    return 0


def look(folder: Path, number: int | None, looks: tuple[str, ...], whole: bool, by: str, json_: bool) -> int:
    """Look again at what is to be reviewed; return 0 when every file was looked at, 1 otherwise."""
    asked = Asked("Stopping after the look in work; what was seen is kept. Again: at once.")
    with Case.open(folder, create=False) as case:
        by = casework.own_name(case.path, by)
        review = reviews.resume(case, number, casework.permit(case.path))
        kept: list[Looked] = []

        def events() -> Events:
            kept.append((yield from reviews.look_again(review, looks or Look, whole=whole, by=by, stopping=asked)))

        follow(events(), asked, quiet=json_)
        (found,) = kept
        if json_:
            print_json({"review": review.id, **asdict(found)})
        else:
            _say(found.words())
            for path, reason in found.failed:
                _say(f"{printable(path)}: {reason}")
            if found.files + len(found.failed) < found.total:
                _say("It was stopped: the same command goes on with what is left.")
    return 0 if found.files == found.total else 1


def figures(folder: Path, number: int | None, json_: bool) -> int:
    """Say what a review has shown; return 0 when its target is proved, 1 before."""
    with Case.open(folder, create=False) as case:
        review = reviews.resume(case, number)
        found = reviews.figures(review)
        if json_:
            print_json(_plain(review, found))
        else:
            _show(found)
    return 0 if found.proved else 1


def _show(found: Figures) -> None:
    _say(found.sentence)
    _say(found.rule)
    _say(found.advice)
    table = Table(title="By stratum", title_justify="left", title_style="bold")
    for heading in ("stratum", "files", "reviewed", "missed", f"share, {found.confidence:.0%} interval"):
        table.add_column(heading, overflow="fold", justify="left" if heading == "stratum" else "right")
    for row in found.strata:
        bounds = f"{share(row.interval.low)} – {share(row.interval.high)}"
        table.add_row(printable(row.name), f"{row.total:,}", f"{row.reviewed:,}", f"{row.misses:,}", bounds)
    console.print(table)
    _say(f"Riskiest: {found.risky:,} looked at, in {found.risky_misses:,} something was missed.")
    _say(f"Objects missed: {found.objects_missed:,}. False alarms: {found.false_alarms:,}.")
    made = ", ".join(f"{what}: {count}" for what, count in found.corrections.items())
    _say(f"Corrections: {made or 'none'}.")
    if found.pace.items:
        _say(f"Time: {found.pace.median:.0f} s an item (median), {found.pace.total / 3600:.1f} h altogether.")
    _say(found.agreement.words())


def _plain(review: Review, found: Figures) -> dict[str, Any]:
    return {"review": review.id, **_finite(asdict(found)), "more": found.more}


def _finite(value: Any) -> Any:
    """Return a value that JSON can hold: what has no number is null."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _strata(choice: str) -> str | dict[str, str]:
    path = Path(choice)
    if path.suffix != ".json":
        return choice
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise UsageError(f"The strata in {path.name} cannot be read ({error}): give JSON, path to stratum.") from None
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content.values()):
        raise UsageError(f'The strata in {path.name} are not pairs of path and stratum: write {{"a/b.jpg": "night"}}.')
    return content


def _say(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
