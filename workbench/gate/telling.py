"""A run's dossier from everything that the case knows, and its pages in the case's private reports.

What leaves with a release names roles and numbers, never people, sources or places on this machine. Of what people
typed it holds the answers about Recital 26 and the AI Act, reasons of overrides and of the decision, risks and
actions; all other free text of the record stands in the draft assessment only, which stays in the case.
"""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.catalog.case import Case
from workbench.catalog.gate import Export
from workbench.catalog.said import FIELDS
from workbench.disk import publish_bytes
from workbench.gate import checks, told_figures, told_record
from workbench.gate.attempts import REDETECTION
from workbench.gate.discretion import Discretion
from workbench.gate.facts import Facts, gather
from workbench.gate.risks import EXPLAINED
from workbench.gate.values import Gate
from workbench.governance import guidance
from workbench.governance.effects import WORDS
from workbench.governance.verdict import verdict
from workbench.release import dossier_pages
from workbench.release.dossier import CheckRow, Dossier, OverrideRow, Private, RiskRow
from workbench.release.entries import Manifest
from workbench.release.verification import CHECKS, NotRun, Verification
from workbench.values import UsageError


@dataclass(frozen=True)
class Pages:
    """What was written into the case's private reports."""

    report: Path
    """HTML"""
    text: Path
    """the same as Markdown"""
    dpia: Path
    """draft of the impact assessment"""
    card: Path | None
    """dataset card, for training sets"""


def dossier(case: Case, run: int | None = None) -> Dossier:
    """Return everything that the pages of a run say; the latest run by default.

    Raises
    ------
    UsageError
        When the case has no record, no run, or the run has no manifest.
    """
    facts = gather(case, run)
    return tell(case, facts, checks.look(facts))


def write_pages(case: Case, run: int | None = None) -> Pages:
    """Write the report, the draft assessment and the dataset card into ``CASE/reports``; raises like `dossier`.

    They say whether the run is released, and may be looked at before anybody decides.
    """
    facts = gather(case, run)
    told = tell(case, facts, checks.look(facts))
    number = facts.run.id

    def put(name: str, text: str) -> Path:
        path = case.reports / name
        publish_bytes(text.encode(), path, private=True)
        return path

    return Pages(
        put(f"report-{number}.html", dossier_pages.report_html(told)),
        put(f"report-{number}.md", dossier_pages.report_markdown(told)),
        put(f"dpia-draft-{number}.md", dossier_pages.dpia_draft(told)),
        put(f"dataset-card-{number}.md", dossier_pages.dataset_card(told)) if told.training else None,
    )


def page(case: Case, run: int | None = None) -> str:
    """Return the report as HTML, for a screen; raises like `dossier`."""
    return dossier_pages.report_html(dossier(case, run))


def tell(case: Case, facts: Facts, gate: Gate) -> Dossier:
    """Return the dossier of facts that were gathered and looked at; raises like `dossier`."""
    record, decided, screened = facts.record, facts.effects, facts.screened
    if record is None or decided is None or screened is None:
        raise UsageError(f"The case {case.path.name} has no record: make one with workbench case new.")
    if facts.manifest is None:
        raise UsageError(f"There is nothing to report yet. {facts.manifest_problem}".strip())
    clean = Discretion(record, [outcome.asset for outcome in facts.outcomes])
    described = told_figures.scenarios(case, facts.run.id)
    by, parts = told_figures.parts(facts.manifest, described, clean)
    known = _known(case)
    return Dossier(
        manifest=facts.manifest,
        verification=facts.verification or _unverified(facts.manifest),
        purpose=WORDS[record.purpose],
        training=record.purpose == "ai-training",
        released=_released(facts),
        may_leave=gate.may_leave,
        standing=clean(gate.why),
        decision=_decision(facts, gate, clean),
        case=tuple(told_record.case_rows(record)),
        decided=tuple(told_record.decided_rows(decided, facts.run.profile)),
        triggers=tuple(_upper(met.question.trigger) + "." for met in screened.met),
        screening=" ".join((screened.sentence, *screened.why)),
        checks=tuple(_checks(gate, clean)),
        overrides=_overrides(facts, gate, clean),
        parts=parts,
        parts_by=by,
        review=tuple(told_figures.review_sentences(facts)),
        review_parts=told_figures.review_parts(facts.reviews, known),
        measured=tuple(told_figures.measured_rows(facts.measured, known)),
        measured_says=told_figures.measured_sentence(facts.measured),
        attempts=tuple(told_figures.attempt_rows(record, facts.attempts)),
        risks=tuple(_risks(facts, clean)),
        terms=told_record.terms(decided, facts.manifest.run.day, _exports(facts), None),
        verdict=verdict(record, facts.run.profile, sorted({*described.values(), *decided.scenes})).sentences,
        recital_26=told_record.sheet(record, "recital_26", clean),
        ai_act=told_record.sheet(record, "ai_act", clean) if record.purpose == "ai-training" else (),
        memorisation=told_record.memorisation(record, clean),
        warnings=decided.warnings,
        references=told_record.sources(record, screened),
        advice=guidance.NOT_LEGAL_ADVICE,
        private=told_record.private(
            record, screened, [each.note for each in facts.attempts if each.note.strip() and each.method != REDETECTION]
        ),
    )


def leaving(
    told: Dossier,
    facts: Facts,
    manifest: Manifest,
    verification: Verification,
    day: datetime.date,
    labels: Collection[str],
) -> Dossier:
    """Return a dossier as it leaves on a day: about the release's own files, without what stays in the case."""
    if facts.effects is None:
        raise ValueError("a dossier that was told has effects")
    return replace(
        told,
        manifest=manifest,
        verification=verification,
        released=day,
        labels=tuple(labels),
        terms=told_record.terms(facts.effects, manifest.run.day, (), day),
        private=Private(),
    )


def _known(case: Case) -> set[str]:
    """Return the names of parts that may leave: what is said about files, not the folders they lie in."""
    values = {said.value for each in case.catalog.said().values() for name, said in each.items() if name in FIELDS[:3]}
    return {*values, *told_figures.MEDIA}


def _checks(gate: Gate, clean: Discretion) -> list[CheckRow]:
    return [
        CheckRow(check.name, check.title, check.state, clean(check.says), check.must, overridden=bool(check.overridden))
        for check in gate.checks
    ]


def _overrides(facts: Facts, gate: Gate, clean: Discretion) -> tuple[OverrideRow, ...]:
    record = facts.record
    titles = {check.name: check.title for check in gate.checks}
    return tuple(
        OverrideRow(
            titles.get(row.check, row.check), clean(row.reason), told_figures.who(record, row.by, "override"),
            told_figures.day_of(row.at),
        )
        for row in gate.overrides
        if record is not None
    )  # fmt: skip


def _risks(facts: Facts, clean: Discretion) -> list[RiskRow]:
    rows = []
    for row in facts.risks:
        if row.level == EXPLAINED:
            rows.append(RiskRow(f"Files that were left out: {clean(row.risk)}", "explained", clean(row.action)))
        else:
            rows.append(RiskRow(clean(row.risk), row.level, clean(row.action)))
    return rows


def _decision(facts: Facts, gate: Gate, clean: Discretion) -> str:
    if gate.decision is None or facts.record is None:
        return ""
    by = told_figures.who(facts.record, gate.decision.by, "approve")
    date = told_figures.day_of(gate.decision.at)
    said = clean(" ".join(gate.decision.reason.split()))
    sentence = f"{gate.decision.decision.capitalize()} by the {by.removeprefix('the ')} on {date.day} {date:%B %Y}"
    return f"{sentence}: {said}" if said else f"{sentence}."


def _released(facts: Facts) -> datetime.date | None:
    return min((told_figures.day_of(row.at) for row in _exports(facts)), default=None)


def _exports(facts: Facts) -> list[Export]:
    """Return the releases of these very files."""
    return [row for row in facts.exports if row.manifest == facts.manifest_sha256]


def _unverified(manifest: Manifest) -> Verification:
    reasons = tuple(
        NotRun(name, f"{text} (The files were not verified since they were made.)") for name, text in CHECKS.items()
    )
    return Verification(len(manifest.files), not_run=reasons)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
