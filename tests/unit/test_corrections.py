"""What people change, laid over what was detected: whatever leaves a doubt leaves the object hidden."""

import numpy as np
import pytest

from workbench import corrections
from workbench.corrections import anchors, apply, digest, lay, muted
from workbench.tracks import Track, numbered, per_frame, tracks_of
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, Kind, UsageError

FRAMES = 40
OWN = FIRST_OWN_TRACK


def track(number, first, last, x=10.0, score=0.4, kind=Kind.FACE, step=1.0):
    """An object of 20 by 20 px that walks to the right."""
    frames = np.arange(first, last + 1)
    left = x + step * (frames - first)
    boxes = np.stack([left, left * 0 + 10, left + 20, left * 0 + 30], axis=1).astype(np.float32)
    count = len(frames)
    return Track(number, kind, frames, boxes, np.full(count, score, np.float32), np.full(count, "centerface"))


def after(found, *made):
    """The tracks after corrections, by number."""
    return {one.number: one for one in tracks_of(apply(per_frame(found, FRAMES), made))}


def drop(number, first=0, last=FRAMES - 1, **more):
    return Correction(Action.DROP, first, last, track=number, **more)


def accept(number, first=0, last=FRAMES - 1, **more):
    return Correction(Action.ACCEPT, first, last, track=number, **more)


def test_without_corrections_nothing_changes():
    found = per_frame([track(3, 5, 9)], FRAMES)
    assert apply([], []) == []
    assert apply(found, []) == found


def test_a_box_is_interpolated_between_its_keys_and_hidden_in_every_frame_of_its_range():
    boxes = [[10, 0, 0, 10, 10], [20, 100, 0, 110, 10]]
    added = after([], Correction(Action.ADD, 8, 25, track=OWN, kind=Kind.PLATE, boxes=boxes))[OWN]
    assert added.frames.tolist() == list(range(8, 26))
    assert added.kind is Kind.PLATE
    assert added.boxes[:, 0].tolist() == [0, 0, *np.linspace(0, 100, 11).tolist(), *[100] * 5]
    assert set(added.origins) == {"person"}
    assert added.score == 1


def test_a_false_alarm_is_removed_only_in_its_frames():
    assert after([track(3, 5, 9), track(4, 0, 39)], drop(3)).keys() == {4}
    assert after([track(3, 5, 9)], drop(3, 7, 8))[3].frames.tolist() == [5, 6, 9]


def test_of_drop_and_accept_the_later_wins():
    found = [track(3, 5, 9)]
    assert after(found, drop(3), accept(3))[3].score == 1
    assert after(found, accept(3), drop(3)) == {}
    assert after(found, drop(3), accept(3, 7, 7))[3].frames.tolist() == [7]


def test_accepting_makes_it_certain_and_leaves_who_saw_it():
    accepted = after([track(3, 5, 9)], accept(3))[3]
    assert (accepted.score, set(accepted.origins)) == (1, {"centerface"})


def test_an_object_goes_on_where_it_was_seen_first_and_last():
    longer = after([track(3, 5, 9)], Correction(Action.EXTEND, 2, 12, track=3))[3]
    assert longer.frames.tolist() == list(range(2, 13))
    assert longer.boxes[:, 0].tolist() == [10, 10, 10, 10, 11, 12, 13, 14, 14, 14, 14]
    assert longer.score == 1
    assert set(longer.origins) == {"person"}


def test_extending_hides_again_what_was_dropped_there_and_only_there():
    found = [track(3, 5, 20)]
    assert after(found, drop(3, 8, 20), Correction(Action.EXTEND, 8, 10, track=3))[3].last == 10


def test_from_a_frame_on_it_is_another_object_which_can_be_dropped_alone():
    split = Correction(Action.SPLIT, 8, FRAMES - 1, track=OWN, other=3)
    parts = after([track(3, 5, 12)], split)
    assert (parts[3].last, parts[OWN].first) == (7, 8)
    assert after([track(3, 5, 12)], split, drop(OWN)).keys() == {3}


def test_two_tracks_of_one_object_become_one_and_a_short_gap_is_closed():
    merged = after([track(3, 5, 9), track(4, 14, 16, x=19)], Correction(Action.MERGE, 0, 39, track=3, other=4))
    assert merged.keys() == {3}
    assert merged[3].frames.tolist() == list(range(5, 17))
    assert merged[3].boxes[:, 0].tolist() == list(range(10, 22))
    assert (~merged[3].seen).sum() == 4


def test_merging_hides_both_where_both_are_and_what_was_dropped_of_only_one():
    found = [track(3, 5, 9), track(4, 5, 9, x=40)]
    merge = Correction(Action.MERGE, 0, 39, track=3, other=4)
    both = after(found, merge)[3]
    assert (both.boxes[0, 0], both.boxes[0, 2]) == (10, 60)
    assert after(found, drop(4), merge)[3].frames.tolist() == [5, 6, 7, 8, 9]
    assert after(found, drop(3), drop(4), merge) == {}


def test_merging_never_takes_another_object_that_has_got_the_number():
    one, other = track(3, 5, 9), track(4, 14, 16, x=19)
    merge = Correction(Action.MERGE, 0, 39, track=3, other=4, boxes=corrections.anchors_of_two(one, other))
    assert after([one, other], merge).keys() == {3}
    renumbered = [track(8, 5, 9), track(4, 5, 9, x=200), track(2, 14, 16, x=19)]
    assert {number: part.last for number, part in after(renumbered, merge).items()} == {4: 9, 8: 16}
    gone = [track(3, 5, 9), track(4, 5, 9, x=200)]
    assert after(gone, merge).keys() == {3, 4}
    assert lay(gone, FRAMES, [merge]).unplaced == [merge]


def test_a_kind_is_changed_and_keeps_its_boxes():
    changed = after([track(3, 5, 9)], Correction(Action.KIND, 0, 39, track=3, kind=Kind.SCREEN))[3]
    assert (changed.kind, len(changed.frames)) == (Kind.SCREEN, 5)


def test_after_a_new_search_the_object_is_found_by_its_place_and_never_by_a_number_alone():
    before = track(3, 5, 30)
    asked = drop(3, boxes=anchors(before, 0, 39))
    renumbered = [track(3, 5, 30, x=300), track(7, 6, 30, x=11.5)]
    assert after(renumbered, asked).keys() == {3}


def test_what_cannot_be_found_again_stays_hidden_and_is_said():
    before = track(3, 5, 9)
    elsewhere = [track(3, 5, 9, x=300)]
    asked = drop(3, boxes=anchors(before, 0, 39))
    assert after(elsewhere, asked).keys() == {3}
    assert lay(elsewhere, FRAMES, [asked]).unplaced == [asked]
    kept = after(elsewhere, accept(3, 5, 9, boxes=anchors(before, 0, 39)))
    assert len(kept) == 2
    assert max(kept) > OWN
    assert kept[max(kept)].boxes[:, 0].tolist() == [10, 11, 12, 13, 14]


def test_frames_beyond_the_end_and_unknown_tracks_do_no_harm():
    assert after([track(3, 5, 9)], drop(99), drop(3, 500, 900), accept(3, 0, 900))[3].score == 1
    long = Correction(Action.ADD, 0, 900, track=OWN, boxes=[[0, 1, 1, 5, 5]])
    assert after([], long)[OWN].last == FRAMES - 1


def test_a_photo_is_a_video_of_one_frame_and_its_rows_have_numbers():
    found = [Detections.of("face", [[0, 0, 9, 9], [20, 20, 30, 30]], [0.9, 0.3], "centerface")]
    assert numbered(found)[0].tracks.tolist() == [0, 1]
    (left,) = apply(found, [drop(0, 0, 0), accept(1, 0, 0), Correction(Action.ADD, 0, 0, OWN, boxes=[[0, 5, 5, 8, 8]])])
    assert left.tracks.tolist() == [1, OWN]
    assert left.scores.tolist() == [1, 1]
    assert left.origins.tolist() == ["centerface", "person"]


def test_silent_stretches_are_joined():
    made = [Correction(Action.MUTE, *span) for span in ((50, 60), (5, 10), (11, 12), (8, 9))]
    assert muted([*made, drop(3)]) == [(5, 12), (50, 60)]
    assert muted([]) == []


def test_the_digest_is_about_what_happens_and_not_about_who_said_so():
    assert digest([]) == ""
    assert digest([drop(3, by="first", at=5.0)]) == digest([drop(3, by="second")])
    assert digest([drop(3)]) != digest([drop(4)])
    assert digest([drop(3), accept(3)]) != digest([accept(3), drop(3)])


@pytest.mark.parametrize(
    "wrong",
    [
        drop(3, 5, 4),
        drop(3, -1, 4),
        drop(3, boxes=[[1, 2, 3]]),
        drop(3, boxes=[[0, 1, 1, float("nan"), 9]]),
        Correction(Action.ADD, 0, 1, track=OWN, boxes=[[0, 5, 5, 5, 9]]),
        Correction(Action.ADD, 0, 1, track=OWN),
        Correction(Action.ADD, 0, 1, track=7, boxes=[[0, 1, 1, 5, 5]]),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        corrections.checked(wrong)
