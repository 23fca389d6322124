"""Plan a review, find it again, and draw more when the rule asks for more."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workbench.assess import sample
from workbench.assess.sample import Drawn, ReviewPlan
from workbench.batch.described import scenes_of_run
from workbench.catalog.case import Case
from workbench.catalog.review_values import ReviewItem, ReviewRecord
from workbench.governance import case_file
from workbench.governance.effects import effects
from workbench.review import survey
from workbench.review.survey import Strata, Survey
from workbench.values import UsageError

Permit = Callable[[str, str], None]
"""asked with a person's name ("" unknown) and an act ("plan review", "review", "redo"); raises `UsageError` with the
reason when they may not"""


def anyone(person: str, act: str) -> None:
    """Let everybody do everything: a case without roles."""
    del person, act


@dataclass(frozen=True)
class Review:
    """A review at hand; everything it holds is in the catalog."""

    case: Case
    id: int
    permit: Permit = field(default=anyone, compare=False)

    @property
    def record(self) -> ReviewRecord:
        """How it was planned."""
        return self.case.catalog.review(self.id)

    @property
    def plan(self) -> ReviewPlan:
        """How much is looked at, and what that has to prove."""
        return ReviewPlan.parse(self.record.plan, f"of review {self.id}")


def open_review(
    case: Case,
    run: int | None = None,
    plan: ReviewPlan | None = None,
    *,
    seed: str = "",
    strata: str | Mapping[str, str] | Strata = "folder",
    by: str = "",
    permit: Permit = anyone,
) -> Review:
    """Return the review of a run with this plan; it is drawn and recorded when there is none yet.

    Parameters
    ----------
    case : Case
    run : int, optional
        The one that was touched last, if not given.
    plan : ReviewPlan, optional
        What the case asks for, see `asked_for`, if not given.
    seed : str
        Of the random order. If not given, that of the same review before, or a new one by chance.
    strata : str, mapping or callable
        "folder", "media", "scenario", "camera", "sensitivity", the stratum of every relative path, or a function
        of an asset.
    by : str
        Who plans it.
    permit : callable
        See `Permit`.

    Raises
    ------
    UsageError
        When there is no run, when nothing of it was released, or when the strata cannot be had.
    """
    permit(by, "plan review")
    number = latest(case) if run is None else run
    chosen = plan or asked_for(case, number)
    for before in case.catalog.reviews(number):
        if before.digest == chosen.digest and seed in ("", before.seed):
            return Review(case, before.id, permit)
    whole = survey.take(case, number, strata)
    seed = seed or secrets.token_hex(8)
    record = ReviewRecord(
        0, number, chosen.to_toml(), chosen.digest, seed, dict(Counter(unit.stratum for unit in whole.units)), by
    )
    drawn = sample.draw(chosen, whole.units, seed)
    return Review(case, case.catalog.add_review(record, _items(drawn, whole)), permit)


def asked_for(case: Case, run: int) -> ReviewPlan:
    """Return the plan of the purpose of a run's profile, with the target of the case's record where that is smaller."""
    plan = sample.plan(case.catalog.run(run).profile.purpose)
    record = case_file.load(case.path)
    if record is None:
        return plan
    target = effects(record, scenes_of_run(case, run)).review_target.value
    return plan.model_copy(update={"target": min(plan.target, target)})


def resume(case: Case, review: int | None = None, permit: Permit = anyone) -> Review:
    """Return a review by number, or the one that was planned last; raises `UsageError` when there is none."""
    if review is None:
        known = case.catalog.reviews()
        if not known:
            raise UsageError("No review was planned in this case yet: workbench review plan CASE.")
        review = known[-1].id
    return Review(case, case.catalog.review(review).id, permit)


def latest(case: Case) -> int:
    """Return the run that was touched last; raises `UsageError` when there is none."""
    number = case.catalog.latest()
    if number is None:
        raise UsageError("This case has no run yet, so there is nothing to review.")
    return number


def extend(review: Review, size: int) -> int:
    """Make the random sample `size` large; return how many came into the queue by that.

    The random order is that of the seed: the sample is what it would have been, had more been asked for at once.
    """
    return review.case.catalog.extend_review(review.id, size)


def _items(drawn: Sequence[Drawn], whole: Survey) -> list[ReviewItem]:
    return [
        ReviewItem(
            asset=whole.members[item.key].asset,
            stratum=item.stratum,
            risk=item.risk,
            rank=item.rank,
            stratum_rank=item.stratum_rank,
            at_random=item.at_random,
            risky=item.risky,
            wanted=2 if item.twice else 1,
            why=whole.why.get(item.key, ()) if item.at_random or item.risky else (),
        )
        for item in drawn
    ]
