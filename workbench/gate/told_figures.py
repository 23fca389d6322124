"""What was counted and tried, as rows of a dossier. No name of a folder, a file or a person gets in."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from workbench.assess.binomial import share
from workbench.assess.truth import Measured, Share
from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt
from workbench.gate.attempts import METHODS, REDETECTION
from workbench.gate.discretion import Discretion
from workbench.gate.facts import Facts, Reviewed
from workbench.governance import guidance
from workbench.governance.record import Record
from workbench.release.dossier import AttemptRow, PartRow, ShareRow
from workbench.release.entries import Manifest, MediaEntry
from workbench.release.wording import NAMES
from workbench.review.survey import released
from workbench.values import Kind

NOBODY_SAID = "not described"
MEDIA = ("photo", "video")


def scenarios(case: Case, run: int) -> dict[str, str]:
    """Return the scenario of each output whose original somebody described, by the output's path."""
    said = case.catalog.said()
    found = {}
    for item in released(case, run):
        scenario = said.get(item.asset.sha256, {}).get("scenario")
        if scenario and scenario.value:
            found[item.outcome.output] = scenario.value
    return found


def parts(manifest: Manifest, by_output: dict[str, str], clean: Discretion) -> tuple[str, tuple[PartRow, ...]]:
    """Return by what the release is divided, and what was hidden in each part; no rows where it is one part."""
    if by_output:
        names = {entry.path: clean(by_output.get(entry.path, "")) or NOBODY_SAID for entry in manifest.files}
        return "Scenario", _parts(manifest, names)
    if manifest.photos and manifest.videos:
        photos = {entry.path for entry in manifest.photos}
        return "Media", _parts(manifest, {entry.path: MEDIA[entry.path not in photos] for entry in manifest.files})
    return "Scenario", ()


def _parts(manifest: Manifest, names: dict[str, str]) -> tuple[PartRow, ...]:
    groups: dict[str, list[MediaEntry]] = defaultdict(list)
    for entry in manifest.files:
        groups[names[entry.path]].append(entry)
    rows = []
    for name, entries in sorted(groups.items(), key=lambda pair: (pair[0] == NOBODY_SAID, pair[0].casefold())):
        counts: Counter[Kind] = Counter()
        for entry in entries:
            counts.update(entry.counts)
        pixels = sum(entry.width * entry.height * entry.frames for entry in entries)
        covered = sum(entry.covered * entry.width * entry.height * entry.frames for entry in entries)
        by_kind = {str(kind): counts[kind] for kind in Kind if counts[kind]}
        rows.append(PartRow(name, len(entries), by_kind, covered / pixels if pixels else 0.0))
    return tuple(rows)


def review_sentences(facts: Facts) -> Iterator[str]:
    """Yield what the people found who looked at a sample; of several reviews each."""
    looked = [item for item in facts.reviews if item.figures.reviewed or item.figures.answered]
    for item in looked:
        figures = item.figures
        yield figures.sentence
        goal = f"The plan asks for at most {share(figures.target)} with {100 * figures.confidence:g} % confidence"
        yield f"{goal}: {'proved' if figures.proved else 'not proved'}."
        if figures.risky and figures.reviewed < figures.total:
            yield (
                f"Besides, {figures.risky:,} were looked at because something was probably missed in them: "
                f"{figures.risky_misses:,} had something missed. They prove nothing about the others."
            )
        if figures.objects_missed or figures.false_alarms:
            yield (
                f"Objects found visible by reviewers: {figures.objects_missed:,}; hidden without need: "
                f"{figures.false_alarms:,}."
            )
        if figures.corrections:
            done = ", ".join(f"{count} × {what}" for what, count in figures.corrections.items())
            yield f"Corrected in the files that were looked at: {done}."
        if figures.agreement.items:
            yield figures.agreement.words()
        if figures.pace.items and len(figures.reviewers) > 1:  # of one reviewer it would be that person's own speed
            middle, slow = figures.pace.median, figures.pace.slow
            yield f"Time for one file: {middle:.0f} s in the middle, nine of ten within {slow:.0f} s."
    if looked and facts.outdated:
        yield f"{facts.outdated:,} files were corrected after they were redacted, and are not redacted anew yet."


def review_parts(reviews: Sequence[Reviewed], known: Collection[str]) -> tuple[ShareRow, ...]:
    """Return the files without a miss by part of the sample, of the last review that has parts."""
    for item in reversed(reviews):
        strata = [row for row in item.figures.strata if row.reviewed]
        if len(item.figures.strata) > 1 and strata:
            names = _part_names([row.name for row in strata], known)
            return tuple(
                ShareRow(
                    "part", name, row.reviewed, row.reviewed - row.misses,
                    1 - row.interval.high, 1 - row.interval.low, row.interval.confidence,
                )
                for name, row in zip(names, strata, strict=True)
            )  # fmt: skip
    return ()


def measured_rows(measured: Measured | None, known: Collection[str]) -> Iterator[ShareRow]:
    """Yield the labelled objects that are hidden: by kind, by size, by part, and all."""
    if measured is None or not measured.total.objects:
        return
    for row in measured.by_kind:
        yield _row("kind", NAMES.get(Kind(row.name), row.name), row)
    for row in measured.by_size:
        yield _row("size", f"Shorter side {row.name}", row)
    if len(measured.by_slice) > 1:
        names = _part_names([row.name for row in measured.by_slice], known)
        for name, row in zip(names, measured.by_slice, strict=True):
            yield _row("slice", name, row)
    yield _row("all", "All", measured.total)


def measured_sentence(measured: Measured | None) -> str:
    """Return what the ground truth says, in words."""
    if measured is None:
        return ""
    vain = ", ".join(f"{kind} {share(part)}" for kind, part in measured.in_vain.items())
    return (
        f"{measured.files:,} {'file was' if measured.files == 1 else 'files were'} labelled by hand; in "
        f"{measured.missed_files:,} of them something stayed visible. If they were drawn at random: {measured.sentence}"
        + (f" Hidden in vain, of all pixels: {vain}." if vain else "")
    )


def attempt_rows(record: Record, attempts: Iterable[Attempt]) -> Iterator[AttemptRow]:
    """Yield the attempts to recognise somebody; their notes stay in the case."""
    for attempt in attempts:
        program = attempt.method == REDETECTION
        way = METHODS.get(attempt.method)
        yield AttemptRow(
            "Careful search of the outputs by program" if program else way.title if way else attempt.method,
            attempt.tried,
            # The program recognises nobody: what it reports stands in its own sentence.
            None if program else attempt.identified,
            day_of(attempt.at),
            who(record, attempt.by, "attempt"),
            # The program's own sentence has figures and limits only; what people noted may name somebody.
            attempt.note if program else "",
        )


def who(record: Record, login: str, act: str) -> str:
    """Return who did something without their name: role and number."""
    if not record.named:
        return "the one person of this case"
    person = record.person(login)
    if person is None:
        return "somebody who is not named any more"
    role = next((role for role in guidance.roles().acts[act] if role in person.roles), "without a role now")
    return f"{role} (person {person.number})"


def day_of(at: float) -> datetime.date:
    """Return the UTC day of a moment."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).date()


def _row(group: str, name: str, row: Share) -> ShareRow:
    limits = row.interval
    return ShareRow(group, name, row.objects, row.hidden, limits.low, limits.high, limits.confidence)


def _part_names(names: Sequence[str], known: Collection[str]) -> list[str]:
    """Return names of parts as they are where all come from what is said about files, else numbers.

    The name of a folder may tell whom or where.
    """
    return list(names) if set(names) <= set(known) else [f"Part {number}" for number in range(1, len(names) + 1)]
