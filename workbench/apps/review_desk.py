"""One reviewer at work: which review, which picture, and what is stored of it. Plain Python, no widget."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from workbench import geometry
from workbench.apps.review_opened import Opened
from workbench.apps.review_pen import Pen
from workbench.assess import risk, sample
from workbench.catalog.case import Case
from workbench.catalog.cleared import Cleared
from workbench.catalog.review_values import Answer, ReviewItem, Verdict
from workbench.media.photo import open_photo
from workbench.profiles import Profile
from workbench.review import (
    Permit,
    Review,
    anyone,
    begin,
    corrections_shown,
    extend,
    next_item,
    open_review,
    record,
    survey,
)
from workbench.review.editing import Editing
from workbench.review.marks import SAME, Candidate
from workbench.review.playbooks import Card
from workbench.review.queue import contradictions, counted
from workbench.review.survey import Released
from workbench.values import Correction, FileError, Media, UsageError

IDLE_SECONDS = 300.0
"""nothing done for longer than this counts as this long: somebody was called away"""
KEPT = 40
"""pictures whose undo is kept when one goes on"""
AT_RANDOM = "Drawn at random."
ON_THE_SHEET, LIKE_ANOTHER = "contact sheet", "same as elsewhere"
"""how the reasons of corrections end that were not made while the picture was reviewed"""


class Desk:
    """What one reviewer has before them.

    Parameters
    ----------
    case : Case
    reviewer : str
        Who it is; goes into every correction and answer.
    permit : callable
        See `workbench.review.Permit`.
    clock : callable
        Seconds, for how long an item takes.
    """

    def __init__(
        self, case: Case, reviewer: str, permit: Permit = anyone, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.case, self.reviewer, self.permit, self._clock = case, reviewer, permit, clock
        self.review: Review | None = None
        self.opened: Opened | None = None
        self.pen = Pen(case, reviewer, permit)
        self._members: Mapping[tuple[str, str], Released] = {}
        self._kept: OrderedDict[int, Editing] = OrderedDict()
        self._acted = self._clock()

    def now(self) -> float:
        """Return the time by which claims are judged, seconds since the epoch."""
        return time.time()

    # Reviews

    def runs(self) -> list[tuple[str, int]]:
        """Return the runs that can be reviewed, the newest first, with a word for each."""
        chosen = [run for run in self.case.catalog.runs() if run.done]
        return [(f"{run.out.name}: {run.done:,} files, profile {run.profile.name}", run.id) for run in reversed(chosen)]

    def plan_for(self, run: int) -> str:
        """Return the name of the plan that fits what the run is for."""
        purpose = self.case.catalog.run(run).profile.purpose
        return purpose if purpose in sample.plans() else next(iter(sample.plans()))

    def begun(self, run: int) -> str:
        """Return the plan of the review of this run that was planned last; "" where there is none."""
        known = self.case.catalog.reviews(run)
        return Review(self.case, known[-1].id).plan.name if known else ""

    def open(self, run: int, plan: str, strata: str = "folder") -> Review:
        """Take up the review of a run with a plan; it is drawn when there is none yet."""
        self.review = open_review(
            self.case, run, sample.plan(plan), strata=strata, by=self.reviewer, permit=self.permit
        )
        self.opened = self.pen.card = None
        self._kept.clear()
        self.look_again()
        return self.review

    def look_again(self) -> None:
        """Notice what the run released since."""
        found = survey.released(self.case, self._at_hand().record.run)
        self._members = {(each.asset.source, each.asset.path): each for each in found}

    @property
    def profile(self) -> Profile:
        """What the run hides."""
        return self.case.catalog.run(self._at_hand().record.run).profile

    def items(self) -> list[ReviewItem]:
        """Return the whole queue."""
        return self.case.catalog.review_items(self._at_hand().id)

    # Items

    def following(self) -> ReviewItem | None:
        """Return what this reviewer is to look at: what they had begun, or else the next; None when nothing is left."""
        return next_item(self._at_hand(), self.reviewer)

    def beside(self, step: int) -> ReviewItem | None:
        """Return the next (1) or previous (−1) item that nobody else looks at; None at the end of the queue."""
        items = self.items()
        now = next((at for at, each in enumerate(items) if self.opened and each.id == self.opened.item.id), -1)
        for other in items[now + 1 :] if step > 0 else reversed(items[: max(now, 0)]):
            try:
                return begin(self._at_hand(), other.id, self.reviewer)
            except UsageError:
                continue
        return None

    def take(self, item: ReviewItem) -> Opened:
        """Open an item.

        Raises
        ------
        FileError
            When its file cannot be read, or was changed.
        """
        path = Path(item.asset.source) / item.asset.path
        spent = self.opened.seconds if self.opened and self.opened.item.id == item.id else 0.0
        self.opened, self.pen.card, self._acted = Opened(item, path, seconds=spent), None, self._clock()
        if item.asset.media is Media.VIDEO:
            return self.opened
        opened = open_photo(path)
        if opened.sha256 != item.asset.sha256:
            raise FileError(f"{item.asset.path} was changed since it was drawn: run the batch again, and review anew.")
        frame = opened.frames[0]
        self.opened.photo = opened
        self.opened.editing = self._editing(item, (frame.width, frame.height))
        return self.opened

    def sees(self, item: ReviewItem) -> Callable[[Correction], bool]:
        """Return what says of which corrections of an item this reviewer may know, see `corrections_shown`."""
        alone, reviewer = item.wanted > 1, self.reviewer
        return lambda correction: not alone or correction.by == reviewer

    def why(self, item: ReviewItem) -> str:
        """Return in one or more sentences why an item is there."""
        return " ".join([*item.why[:2], *([AT_RANDOM] if item.at_random else [])]) or AT_RANDOM

    def contradictions(self, item: ReviewItem) -> list[str]:
        """Return where people contradict each other in an item, as far as this reviewer may know."""
        return contradictions(corrections_shown(self._at_hand(), item, self.reviewer))

    def act(self) -> None:
        """Count the time until now as spent on the item."""
        now = self._clock()
        if self.opened is not None:
            self.opened.seconds += min(now - self._acted, IDLE_SECONDS)
        self._acted = now

    def finish(self, unsure: bool = False) -> Answer:
        """Record what this reviewer says about the item: that it is in order now, or that they cannot tell."""
        if self.opened is None:
            raise UsageError("No picture is open.")
        self.act()
        return self._answer(self.opened.item, unsure, self.opened.seconds)

    def reconsider(self, sha256: str) -> None:
        """Record anew what was said about a picture in which something was found afterwards, such as on the sheet.

        A miss must count also where a picture was called clean before. What nobody has answered yet is left to
        whoever looks at it.
        """
        if self.review is None:
            return
        answers = self.case.catalog.answers(self.review.id)
        answered = {answer.item for answer in answers}
        mine = {answer.item: answer for answer in answers if answer.reviewer == self.reviewer}
        for item in self.items():
            if item.asset.sha256 == sha256 and item.id in answered:
                before = mine.get(item.id)
                unsure = before is not None and before.verdict is Verdict.UNSURE
                self._answer(item, unsure, before.seconds if before else 0.0)

    def _answer(self, item: ReviewItem, unsure: bool, seconds: float) -> Answer:
        standing = self.case.catalog.corrections(item.asset.sha256)
        made = [one for one in standing if one.by == self.reviewer or one.reason.endswith((ON_THE_SHEET, LIKE_ANOTHER))]
        verdict = Verdict.UNSURE if unsure else Verdict.CORRECTED if made else Verdict.CLEAN
        misses, false_alarms = self._counted(item, made)
        return record(
            self._at_hand(), item, self.reviewer, verdict,
            misses=misses, false_alarms=false_alarms, seconds=round(seconds, 1),
        )  # fmt: skip

    def _counted(self, item: ReviewItem, made: Sequence[Correction]) -> tuple[int | None, int | None]:
        """Return misses and false alarms; None where `record` has to find out from the whole run, which is slower."""
        found = self._members.get((item.asset.source, item.asset.path))
        stored = self.case.catalog.detections(item.asset.sha256, found.found_by) if found else None
        return counted(stored, made, self.profile) if stored else (None, None)

    def lacking(self, needed: int | None) -> bool:
        """Return whether fewer random items are in the queue than are needed."""
        size = min(needed or 0, self._at_hand().record.total)
        return sum(item.at_random and item.rank < size for item in self.items()) < size

    def draw_more(self, needed: int) -> int:
        """Draw more random items from the same order, until `needed` are in the queue; return how many came."""
        self.permit(self.reviewer, "plan review")
        return extend(self._at_hand(), needed)

    # Corrections

    def tag(self, card: Card, number: int = -1) -> str:
        """Tag an object with a card, or what is corrected next; see `Pen.tag`."""
        if self.opened is None:
            raise UsageError("Open a picture first.")
        return self.pen.tag(self.opened.item.asset.sha256, self.opened.editing, card, number)

    def _editing(self, item: ReviewItem, size: tuple[int, int]) -> Editing:
        found = self._members.get((item.asset.source, item.asset.path))
        if found is None:
            raise FileError(f"{item.asset.path} is not in the release any more: run the batch again.")
        shown = corrections_shown(self._at_hand(), item, self.reviewer)
        known = self._kept.pop(item.id, None)
        places = self._places(item, found, shown)
        if known is None or self._numbers(known.corrections) != self._numbers(shown) or _more(places, known):
            known = self._fresh(item, found, shown, places, size)
        self._kept[item.id] = known
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return known

    def has_new_places(self) -> bool:
        """Return whether a second look has seen something in the open picture since it was opened."""
        if self.opened is None or self.opened.editing is None:
            return False
        item = self.opened.item
        found = self._members.get((item.asset.source, item.asset.path))
        shown = corrections_shown(self._at_hand(), item, self.reviewer)
        return found is not None and _more(self._places(item, found, shown), self.opened.editing)

    def _places(self, item: ReviewItem, found: Released, shown: Sequence[Correction]) -> list[risk.Candidate]:
        """Return where this reviewer should look in a photo; the editor shows its first frame."""
        run = self._at_hand().record.run
        every = survey.candidates_of(self.case, run, found, item.asset.path, item.stratum, shown)
        return [one for one in every if not one.frame]

    def _numbers(self, corrections: Sequence[Correction]) -> set[int]:
        return {self.pen.current(one).number for one in corrections}

    def _fresh(
        self,
        item: ReviewItem,
        found: Released,
        shown: Sequence[Correction],
        places: Sequence[Candidate],
        size: tuple[int, int],
    ) -> Editing:
        catalog, sha256 = self.case.catalog, item.asset.sha256
        stored = catalog.detections(sha256, found.found_by)
        if not stored:
            raise FileError(f"What was found in {item.asset.path} is not stored any more: run the batch again.")
        named = [Cleared(one.kind, one.box, self.reviewer) for one in places]
        before = catalog.cleared(sha256, self.reviewer)
        return Editing(
            stored[0], self.profile, size,
            corrections=shown,
            candidates=places,
            cleared=[at for at, one in enumerate(named) if any(_alike(one, other) for other in before)],
            store=self.pen.store(sha256, named, self.act),
            free_track=lambda: catalog.free_track(sha256),
        )  # fmt: skip

    def _at_hand(self) -> Review:
        if self.review is None:
            raise UsageError("Choose a run and begin its review first.")
        return self.review


def _alike(one: Cleared, other: Cleared) -> bool:
    overlap = geometry.iou(geometry.as_boxes(one.box), geometry.as_boxes(other.box))[0, 0]
    return one.kind is other.kind and bool(overlap >= SAME)


def _more(places: Sequence[risk.Candidate], known: Editing) -> bool:
    """Return whether a second look saw something at which the editor does not send anybody yet."""
    shown = {(one.kind, tuple(one.box)) for one in known.candidates}
    return any(one.reason is risk.Reason.LOOKS and (one.kind, tuple(one.box)) not in shown for one in places)
