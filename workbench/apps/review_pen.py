"""What a reviewer changes: stored at once, with who and with the playbook card that it belongs to."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.catalog.case import Case
from workbench.catalog.cleared import Cleared
from workbench.review import Permit
from workbench.review.editing import Editing
from workbench.review.marks import Change, Operation
from workbench.review.places import standing
from workbench.review.playbooks import Card
from workbench.values import Correction, UsageError


class Pen:
    """Signs and stores what one reviewer corrects.

    Parameters
    ----------
    case : Case
    reviewer : str
        Goes into every correction.
    permit : callable
        See `workbench.review.Permit`.
    """

    def __init__(self, case: Case, reviewer: str, permit: Permit) -> None:
        self._catalog, self._reviewer, self._permit = case.catalog, reviewer, permit
        self.card: Card | None = None
        """what the next correction is tagged with"""
        self._tagged: dict[int, Correction] = {}
        self._reasons: dict[Correction, str] = {}

    def current(self, correction: Correction) -> Correction:
        """Return a stored correction as it stands since it was tagged."""
        return self._tagged.get(correction.number, correction)

    def reason(self, words: str) -> str:
        """Return the reason of a correction: the card, where one is taken, and what is said besides."""
        return f"{self.card.tag} {words}" if self.card else words

    def sign(self, correction: Correction) -> Correction:
        """Return a new correction with who made it, and the card; one that was stored before keeps its own."""
        self._permit(self._reviewer, "review")
        if correction.by:
            return replace(correction, reason=self._reasons.get(_bare(correction), correction.reason))
        return replace(correction, by=self._reviewer, reason=self.card.tag if self.card else correction.reason)

    def tag(self, sha256: str, editing: Editing | None, card: Card, number: int = -1) -> str:
        """Tag an object with a card, or what is corrected next; return a sentence about it.

        Parameters
        ----------
        sha256 : str
            Of the picture.
        editing : Editing or None
            None of a video.
        card : Card
        number : int
            The object's track; −1 for none. One that is visible and has no correction is hidden by this only where
            the card says so.
        """
        mark = editing.marks.get(number) if editing else None
        if editing is None or mark is None:
            self.card = None if card == self.card else card
            return f"What you correct next is tagged: {card.text.title}." if self.card else "No card any more."
        self._permit(self._reviewer, "review")
        made = standing(editing.corrections, mark)
        if made:
            self._retag(sha256, made[-1], card)
            return f"Tagged: {card.text.title}."
        if mark.fate != "hidden" and card.text.default != "hide":
            raise UsageError(f"Say first what becomes of it: hide it, or mark it as a false alarm ({card.text.title}).")
        before, self.card = self.card, card
        try:
            editing.perform(Operation("accept", number))
        finally:
            self.card = before
        return f"It is hidden, and tagged: {card.text.title}."

    def store(
        self, sha256: str, places: Sequence[Cleared], done: Callable[[], object]
    ) -> Callable[[Change], Sequence[Correction]]:
        """Return what keeps a change of one picture; the last correction of a change carries the card.

        Parameters
        ----------
        sha256 : str
        places : sequence of Cleared
            The candidates, by position.
        done : callable
            Called after each change.
        """

        def keep(change: Change) -> Sequence[Correction]:
            self._permit(self._reviewer, "review")
            for one in change.withdrawn:
                now = self.current(one)
                self._catalog.withdraw_correction(sha256, now.number, self._reviewer)
                self._reasons[_bare(one)] = now.reason
            card, added = self.card, []
            for place, one in enumerate(change.added, start=1):
                self.card = card if place == len(change.added) else None
                added.append(self._catalog.add_correction(sha256, self.sign(one)))
            self.card = card
            self._catalog.put_cleared(sha256, [places[at] for at in change.cleared])
            self._catalog.drop_cleared(sha256, [places[at] for at in change.reopened])
            done()
            return added

        return keep

    def _retag(self, sha256: str, made: Correction, card: Card) -> None:
        now = self.current(made)
        self._catalog.withdraw_correction(sha256, now.number, self._reviewer)
        self._tagged[made.number] = self._catalog.add_correction(sha256, replace(now, reason=card.tag, number=0))


def _bare(correction: Correction) -> Correction:
    """Return what stays the same of a correction when it is tagged, withdrawn and stored again."""
    return replace(correction, number=0, reason="", boxes=tuple(tuple(box) for box in correction.boxes))
