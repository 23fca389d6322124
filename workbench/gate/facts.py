"""Everything that the checks of the gate look at, gathered once: plain values, so that the checks are pure."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from workbench.assess.truth import Measured
from workbench.batch.described import scenes_of_run
from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt, Decision, Export, Override, Risk
from workbench.catalog.review_values import Verdict
from workbench.catalog.runs import Run
from workbench.catalog.said import RELEASE_DIGEST
from workbench.catalog.store import file_sha256
from workbench.gate.logged import LedgerFacts, logged
from workbench.gate.runs import manifest_of, run_of
from workbench.gate.verified import known, verify
from workbench.governance import case_file
from workbench.governance.effects import Effects, effects, refuse_weaker
from workbench.governance.record import Record
from workbench.governance.screening import Screened, screen
from workbench.release.entries import Manifest
from workbench.release.verification import Verification
from workbench.review import figures, outdated, resume
from workbench.review.measuring import measure
from workbench.review.summary import Figures
from workbench.review.survey import made_of, released
from workbench.values import Action, Outcome, UsageError

__all__ = ["Facts", "LedgerFacts", "ModelReleases", "Reviewed", "gather", "run_of", "verify"]


@dataclass(frozen=True)
class Reviewed:
    """What one review of the run has shown."""

    review: int
    figures: Figures
    made_again: int = 0
    """files that were made again, though not corrected, after somebody had found them clean"""
    unsure: int = 0
    """files of which somebody could not tell whether something was missed"""


@dataclass(frozen=True)
class ModelReleases:
    """Which files of the release have a model release linked to them."""

    linked: int = 0
    changed: int = 0
    """of them, whose release file is not there any more or is not what was linked"""
    dropped: int = 0
    """files without one in which a person left something visible that a detector had found"""


@dataclass(frozen=True)
class Facts:
    """What is known about one run of a case."""

    run: Run
    record: Record | None
    """None in a case without ``case.toml``: nobody said what the pictures are for"""
    effects: Effects | None
    """what the record decides"""
    screened: Screened | None
    outcomes: Sequence[Outcome]
    manifest: Manifest | None
    """of the run's output folder; None while there is none that can be relied on"""
    manifest_sha256: str
    """hex; "" while there is no manifest"""
    manifest_problem: str = ""
    """why it cannot be relied on, one sentence"""
    verification: Verification | None = None
    """None while these very files were not verified"""
    reviews: tuple[Reviewed, ...] = ()
    outdated: int = 0
    """files that were corrected after they were redacted"""
    measured: Measured | None = None
    """None where no file of the run has ground truth"""
    attempts: tuple[Attempt, ...] = ()
    """on these very files"""
    risks: tuple[Risk, ...] = ()
    overrides: tuple[Override, ...] = ()
    """on these very files, whether the ledger knows them or not"""
    decisions: tuple[Decision, ...] = ()
    exports: tuple[Export, ...] = ()
    """of the run, these files or others"""
    ledger: LedgerFacts = field(default_factory=LedgerFacts)
    weaker: str = ""
    """why the run's profile is weaker than the record and the scenes ask for now; "" where it is not"""
    models: ModelReleases = field(default_factory=ModelReleases)
    """counted where the gate asks for it"""


def gather(case: Case, run: int | None = None, *, verification: Verification | None = None) -> Facts:
    """Return everything that the checks look at.

    Parameters
    ----------
    case : Case
    run : int, optional
        The one that was touched last, if not given.
    verification : Verification, optional
        As `verify` returned it; if not given, the one that is kept in the case where it still holds, else none.

    Raises
    ------
    UsageError
        When there is no such run, or ``case.toml`` cannot be read.
    """
    number = run_of(case, run)
    catalog = case.catalog
    record = case_file.load(case.path)
    manifest, sha256, problem = manifest_of(case, number)
    proved = verification or known(case, number)
    if proved is not None and proved.manifest_sha256 != sha256:
        proved = None
    measured = None
    with suppress(UsageError):  # no file has ground truth
        measured = measure(case, number)
    head = manifest.run.ledger_head if manifest else None
    scenes = scenes_of_run(case, number) if record else ()
    decided = effects(record, scenes) if record else None
    asked = decided is not None and any(check.value == "releases" for check in decided.checks)
    return Facts(
        run=catalog.run(number),
        record=record,
        effects=decided,
        screened=screen(record) if record else None,
        outcomes=tuple(catalog.outcomes(number)),
        manifest=manifest,
        manifest_sha256=sha256,
        manifest_problem=problem,
        verification=proved,
        reviews=tuple(_reviewed(case, number)),
        outdated=len(outdated(case, number)),
        measured=measured,
        attempts=tuple(catalog.attempts(number, sha256)) if sha256 else (),
        risks=tuple(catalog.risks(number, sha256)) if sha256 else (),
        overrides=tuple(catalog.overrides(number, sha256)) if sha256 else (),
        decisions=tuple(catalog.decisions(number, sha256)) if sha256 else (),
        exports=tuple(catalog.exports(number)),
        ledger=logged(case.path, number, sha256, head or "") if record else LedgerFacts(),
        weaker=_weaker(record, catalog.run(number), scenes) if record else "",
        models=_models(case, number) if asked else ModelReleases(),
    )


def _reviewed(case: Case, run: int) -> list[Reviewed]:
    records = case.catalog.reviews(run)
    if not records:
        return []
    finished = case.catalog.finished(run)
    found = []
    for record in records:
        items = {item.id: item.asset for item in case.catalog.review_items(record.id)}
        again, unsure = set(), set()
        for answer in case.catalog.answers(record.id):
            asset = items[answer.item]
            done = finished.get((asset.source, asset.path))
            # What was corrected had to be made again; what was clean had not.
            if done and answer.verdict is Verdict.CLEAN and done.finished > answer.at and not made_of(done.made_by)[1]:
                again.add(answer.item)
            if answer.verdict is Verdict.UNSURE:
                unsure.add(answer.item)
        found.append(Reviewed(record.id, figures(resume(case, record.id)), len(again), len(unsure)))
    return found


def _weaker(record: Record, run: Run, scenes: Sequence[str]) -> str:
    try:
        refuse_weaker(record, run.profile, scenes)
    except UsageError as error:
        return str(error)
    return ""


def _models(case: Case, run: int) -> ModelReleases:
    said = case.catalog.said()
    linked = changed = dropped = 0
    sound: dict[tuple[str, str], bool] = {}
    for item in released(case, run):
        about = said.get(item.asset.sha256, {})
        if "model_release" in about:
            linked += 1
            digest = about[RELEASE_DIGEST].value if RELEASE_DIGEST in about else ""
            key = (about["model_release"].value, digest)
            if key not in sound:
                sound[key] = _is(case.path / key[0], digest)
            changed += not sound[key]
        elif any(each.action is Action.DROP for each in case.catalog.corrections(item.asset.sha256)):
            dropped += 1
    return ModelReleases(linked, changed, dropped)


def _is(path: Path, digest: str) -> bool:
    try:
        return file_sha256(path) == digest
    except OSError:
        return False
