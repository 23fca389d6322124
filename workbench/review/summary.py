"""What a review has shown so far, in figures and in words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.assess import binomial
from workbench.assess.agreement import Agreement, Pace, agreement, pace
from workbench.assess.binomial import Interval
from workbench.catalog.review_values import Answer, ReviewItem
from workbench.review.opening import Review
from workbench.values import Action


@dataclass(frozen=True)
class StratumFigures:
    """What the random pictures of one stratum say about it."""

    name: str
    total: int
    reviewed: int
    misses: int
    """pictures with something missed"""
    interval: Interval
    """two-sided, of the share of its pictures with a miss"""


@dataclass(frozen=True)
class Figures:
    """What a review has shown so far."""

    run: int
    plan: str
    target: float
    confidence: float
    seed: str
    total: int
    """pictures and videos of the run"""
    items: int
    """in the queue"""
    answered: int
    """items with all the answers that are wanted"""
    sample: int
    """size of the random sample as drawn"""
    reviewed: int
    """of it, looked at without a gap in the random order: what the figures below rest on"""
    misses: int
    """of these, with something missed (or nobody can tell)"""
    at_most: float
    """upper bound of the share of all pictures with a miss before they were corrected, 0..1"""
    interval: Interval
    wilson: Interval
    sentence: str
    rule: str
    """when to stop, in words"""
    proved: bool
    """the target is proved by the rule that was fixed before"""
    needed: int | None
    """how large the random sample must be, with as many misses as now; None when no number would do"""
    advice: str
    """what to do next, in one sentence"""
    strata: Sequence[StratumFigures]
    agreement: Agreement
    pace: Pace
    risky: int
    """pictures looked at for their risk"""
    risky_misses: int
    """of these, with something missed"""
    objects_missed: int
    false_alarms: int
    corrections: Mapping[str, int]
    """standing corrections in the reviewed files, by what they do: "add face", "drop" """
    reviewers: Mapping[str, int]
    """items answered, by reviewer"""

    @property
    def more(self) -> int | None:
        """How many random pictures are still to be looked at with as many misses as now."""
        return None if self.needed is None else max(self.needed - self.reviewed, 0)


def figures(review: Review) -> Figures:
    """Return what a review has shown so far.

    Only an unbroken part of the random order counts towards the promise: what is looked at first is not left to
    chance otherwise. An item counts as missed when any of its reviewers says so, or cannot tell.
    """
    record, plan = review.record, review.plan
    catalog = review.case.catalog
    items = catalog.review_items(review.id)
    answers = catalog.answers(review.id)
    by_item: dict[int, list[Answer]] = {}
    for answer in answers:
        by_item.setdefault(answer.item, []).append(answer)
    seen = _unbroken(((item.rank, item) for item in items), by_item)
    misses = sum(seen)
    rule = plan.rule(record.total)
    needed = rule.enough(misses)
    proved = rule.passed(seen) is not None
    sample = sum(item.at_random for item in items)
    looked = [item for item in items if item.id in by_item]
    risky = [item for item in looked if item.risky]
    corrections = _corrections(review, looked)
    answered = sum(len(by_item.get(item.id, [])) >= item.wanted for item in items)
    twice = [sorted(by_item[item.id], key=lambda answer: answer.reviewer) for item in looked]
    pairs = [(both[0].missed, both[1].missed) for both in twice if len(both) > 1]
    return Figures(
        run=record.run,
        plan=plan.name,
        target=plan.target,
        confidence=plan.confidence,
        seed=record.seed,
        total=record.total,
        items=len(items),
        answered=answered,
        sample=sample,
        reviewed=len(seen),
        misses=misses,
        at_most=binomial.at_most(misses, len(seen), plan.confidence, record.total),
        interval=binomial.interval(misses, len(seen), plan.confidence, record.total),
        wilson=binomial.wilson(misses, len(seen), plan.confidence),
        sentence=binomial.sentence(len(seen), misses, plan.confidence, record.total, noun(items)),
        rule=rule.words(),
        proved=proved,
        needed=needed,
        advice=_advice(proved, needed, len(seen), misses, record.total, bool(corrections)),
        strata=_strata(record.strata, items, by_item, plan.confidence),
        agreement=agreement(pairs),
        pace=pace([answer.seconds for answer in answers]),
        risky=len(risky),
        risky_misses=sum(_missed(by_item[item.id]) for item in risky),
        objects_missed=sum(max(answer.misses for answer in by_item[item.id]) for item in looked),
        false_alarms=sum(max(answer.false_alarms for answer in by_item[item.id]) for item in looked),
        corrections=corrections,
        reviewers=dict(Counter(answer.reviewer for answer in answers)),
    )


def noun(items: Iterable[ReviewItem]) -> str:
    """Return what the items are: "picture", "video" or "file"."""
    media = {str(item.asset.media) for item in items}
    return {frozenset({"photo"}): "picture", frozenset({"video"}): "video"}.get(frozenset(media), "file")


def _unbroken(places: Iterable[tuple[int, ReviewItem]], by_item: Mapping[int, list[Answer]]) -> list[bool]:
    """Return of each item in its random order whether something was missed, up to the first that nobody answered."""
    seen: list[bool] = []
    for place, item in sorted(places, key=lambda pair: pair[0]):
        if place != len(seen) or item.id not in by_item:
            break
        seen.append(_missed(by_item[item.id]))
    return seen


def _missed(answers: Sequence[Answer]) -> bool:
    return any(answer.missed for answer in answers)


def _strata(
    totals: Mapping[str, int], items: Sequence[ReviewItem], by_item: Mapping[int, list[Answer]], confidence: float
) -> list[StratumFigures]:
    rows = []
    for name, total in sorted(totals.items()):
        seen = _unbroken(((item.stratum_rank, item) for item in items if item.stratum == name), by_item)
        bounds = binomial.interval(sum(seen), len(seen), confidence, total)
        rows.append(StratumFigures(name, total, len(seen), sum(seen), bounds))
    return rows


def _corrections(review: Review, items: Iterable[ReviewItem]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for sha256 in {item.asset.sha256 for item in items}:
        for each in review.case.catalog.corrections(sha256):
            named = each.action in (Action.ADD, Action.KIND)
            found[f"{each.action} {each.kind}" if named else str(each.action)] += 1
    return dict(found.most_common())


def _advice(proved: bool, needed: int | None, reviewed: int, misses: int, total: int, corrected: bool) -> str:
    again = "search more carefully or lower the confidence, run it again, and review it with a new seed"
    if proved:
        return f"Enough: the target is proved.{' Redact the corrected files again, then release.' if corrected else ''}"
    if needed is None:
        return f"The target cannot be proved with {misses:,} miss{'' if misses == 1 else 'es'}: {again}."
    more = max(needed - reviewed, 0)
    if needed >= total:
        rest = f"Look at all {total:,} ({more:,} more)"
        if not misses:
            return f"{rest}: of so few files a smaller sample cannot prove the target."
        return f"{rest}, since with {misses:,} missed nothing less proves the target; or {again}."
    files = "1 more file, drawn at random, is" if more == 1 else f"{more:,} more files, drawn at random, are"
    return f"{files} needed, if nothing else is missed."
