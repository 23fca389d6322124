"""One item after the other: what comes next, what a reviewer sees of it, and what they said."""

import time
from collections.abc import Sequence

from workbench import corrections
from workbench.assess.risk import Candidate
from workbench.catalog.review_values import Answer, ReviewItem, Verdict
from workbench.profiles import Profile
from workbench.review import survey
from workbench.review.opening import Review
from workbench.tracks import PERSON, Track, numbered, tracks_of
from workbench.values import Action, Correction, Detections, UsageError

LEASE = 30 * 60.0
"""seconds for which an item is kept from other reviewers once somebody looks at it"""


def next_item(review: Review, reviewer: str = "", now: float | None = None) -> ReviewItem | None:
    """Return what this reviewer looks at next, or None when nothing is left for them.

    Somebody who left in the middle gets the same item again; nobody gets an item that others look at, unless
    two are wanted, and then never the same one twice.

    Raises
    ------
    UsageError
        When the reviewer may not review.
    """
    review.permit(reviewer, "review")
    return review.case.catalog.claim_next(review.id, reviewer, time.time() if now is None else now, LEASE)


def begin(review: Review, item: int, reviewer: str = "", now: float | None = None) -> ReviewItem:
    """Return one item to look at, also one that was answered before; raises `UsageError` while others look at it."""
    review.permit(reviewer, "review")
    return review.case.catalog.claim_item(item, reviewer, time.time() if now is None else now, LEASE)


def candidates(review: Review, item: ReviewItem, reviewer: str = "") -> list[Candidate]:
    """Return everything in an item that was probably missed, as this reviewer is to see it, the likeliest first."""
    found = _released(review, item)
    if found is None:
        return []
    made = corrections_shown(review, item, reviewer)
    return survey.candidates_of(review.case, review.record.run, found, found.asset.path, item.stratum, made)


def corrections_shown(review: Review, item: ReviewItem, reviewer: str = "") -> list[Correction]:
    """Return the corrections that a reviewer is to see: of an item that two look at, only their own.

    Otherwise the second one would find nothing to say, and the two would always agree. It holds for what they are
    sent to look at as well (`candidates`): a place that the first one decided about would be missing there. Whatever
    is about the release, such as the contact sheet, knows all corrections.
    """
    made = review.case.catalog.corrections(item.asset.sha256)
    return made if item.wanted < 2 else [each for each in made if each.by == reviewer]


def record(
    review: Review,
    item: ReviewItem,
    reviewer: str = "",
    verdict: Verdict | str = Verdict.CLEAN,
    *,
    misses: int | None = None,
    false_alarms: int | None = None,
    seconds: float = 0.0,
    note: str = "",
) -> Answer:
    """Keep what a reviewer said about an item and return it; a later answer takes the place of an earlier one.

    Parameters
    ----------
    review, item, reviewer
        As `next_item` gave it to that reviewer.
    verdict : Verdict
        "clean", "corrected" or "unsure".
    misses, false_alarms : int, optional
        Objects; counted from the corrections that this reviewer made, if not given.
    seconds : float
        Spent on it.
    note : str
        Free text.

    Raises
    ------
    UsageError
        When the reviewer may not review, when the item is of another review, when the file was changed since it
        was drawn, or when a clean picture has misses.
    """
    review.permit(reviewer, "review")
    said = _verdict(verdict)
    own = {each.id: each for each in review.case.catalog.review_items(review.id)}
    if item.id not in own:
        raise UsageError(f"Review {review.id} has no item {item.id}: take the next one.")
    now = review.case.catalog.known(item.asset.source).get(item.asset.path)
    if now is not None and now.sha256 != item.asset.sha256:
        raise UsageError(
            f"{item.asset.path} was changed since it was drawn: run the batch again, and plan a new review."
        )
    counted = count(review, item, reviewer) if misses is None or false_alarms is None else (0, 0)
    answer = Answer(
        item=item.id,
        reviewer=reviewer,
        verdict=said,
        misses=counted[0] if misses is None else misses,
        false_alarms=counted[1] if false_alarms is None else false_alarms,
        seconds=max(seconds, 0.0),
        note=note,
    )
    if min(answer.misses, answer.false_alarms) < 0:
        raise UsageError("There cannot be fewer than no misses: give 0 or more.")
    if said is Verdict.CLEAN and answer.misses:
        raise UsageError("Something was missed in it, so it is not clean: say that it is corrected, or take that back.")
    return review.case.catalog.put_answer(answer)


def count(review: Review, item: ReviewItem, reviewer: str = "") -> tuple[int, int]:
    """Return (misses, false alarms) by the corrections of one reviewer: what they hid anew, what they dropped."""
    case, run = review.case, review.record.run
    made = [each for each in case.catalog.corrections(item.asset.sha256) if each.by == reviewer]
    found = _released(review, item)
    stored = case.catalog.detections(item.asset.sha256, found.found_by) if found else None
    profile = case.catalog.run(run).profile
    if stored is None:
        alone = [each.action for each in made]
        return alone.count(Action.ADD), alone.count(Action.DROP)
    return counted(stored, made, profile)


def counted(stored: Sequence[Detections], made: Sequence[Correction], profile: Profile) -> tuple[int, int]:
    """Return how many objects `made` hides that `profile` alone does not, and how many it shows again.

    A track that somebody made longer was missed where it is longer.
    """
    found = tracks_of(numbered(stored))
    laid = corrections.lay(found, len(stored), made)
    before = {track.number for track in found if _hidden(track, profile)}
    after = {track.number for track in laid.tracks if _hidden(track, profile)}
    splits = {each.track for each in made if each.action is Action.SPLIT}
    longer = {each.track for each in made if each.action is Action.EXTEND} & before
    dropped = {track.number for track in laid.dropped if _hidden(track, profile)} & before
    return len(after - before - splits) + len(longer), len(dropped)


def contradictions(made: Sequence[Correction]) -> list[str]:
    """Return a sentence for each object that one person calls a false alarm and another one hides.

    Parameters
    ----------
    made : sequence of Correction
        All that stand for one file, in their order: the later one counts.
    """
    found = []
    for drop in (each for each in made if each.action is Action.DROP):
        for hide in (each for each in made if each.action in _HIDING and each.track == drop.track):
            if hide.by != drop.by and hide.first <= drop.last and drop.first <= hide.last:
                last = max(drop, hide, key=lambda each: each.number)
                result = "it stays visible" if last is drop else "it is hidden"
                one, other = drop.by or "somebody", hide.by or "somebody else"
                found.append(f"{one} calls it a false alarm, {other} wants it hidden: {result}, since that came last.")
    return found


_HIDING = (Action.ADD, Action.ACCEPT, Action.EXTEND, Action.KIND)


def _released(review: Review, item: ReviewItem) -> survey.Released | None:
    """Return what the run made of an item; None when the file is another one by now."""
    found = survey.released(review.case, review.record.run, item.asset)
    return found[0] if found and found[0].asset.sha256 == item.asset.sha256 else None


def _hidden(track: Track, profile: Profile) -> bool:
    rule = profile.kinds[track.kind]
    theirs = bool((track.origins == PERSON).any())
    large = float((track.boxes[:, 2:] - track.boxes[:, :2]).min(axis=1).max()) >= rule.min_size
    return theirs or (rule.hide and track.score >= rule.min_score and large)


def _verdict(text: Verdict | str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise UsageError(f"There is no verdict '{text}': use {', '.join(Verdict)}.") from None
