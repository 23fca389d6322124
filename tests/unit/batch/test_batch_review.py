"""A review's corrections redact again what they touch, and nothing else; the worker is this process."""

import batch_fakes
import pytest

from workbench import review
from workbench.release.verify import verify_release
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Kind

pytestmark = pytest.mark.usefixtures("inline")


def test_only_what_was_corrected_is_redacted_again(world):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        world.photo(name)
    world.run()
    world.calls()
    box = Correction(Action.ADD, 0, 0, FIRST_OWN_TRACK, kind=Kind.FACE, boxes=((0, 1, 1, 9, 9),), by="ann")
    with world.case() as case:
        at_hand = review.open_review(case, seed="s")
        assert at_hand.record.total == 3
        item = review.next_item(at_hand, "ann")
        case.catalog.add_correction(item.asset.sha256, box)
        review.record(at_hand, item, "ann", "corrected", seconds=3)
        assert [asset.path for asset in review.outdated(case, 1)] == [item.asset.path]
        events = list(review.redo(case, 1, engine=batch_fakes.ENGINE))
        assert [event.kind for event in events] == ["start", "file", "end"]
        assert review.outdated(case, 1) == []
        assert review.figures(at_hand).objects_missed == 1  # the review outlives the new run
    assert world.calls() == [f"{item.asset.path} known"]
    assert verify_release(world.out).findings == ()
