"""From tracks and a profile to what is hidden in each frame of a video."""

from fractions import Fraction

import numpy as np
import pytest

from workbench import profiles
from workbench.redact.over_time import cover_video, spans
from workbench.tracks import CARRIED, INTERPOLATED, PERSON, Track, per_frame
from workbench.values import FIRST_OWN_TRACK, Kind

SIZE = (200, 100)
BOX = (80, 40, 100, 60)


def profile(**video):
    base = profiles.load("publication").with_kinds((Kind.FACE, Kind.PLATE))
    return base.changed(video=base.video.model_copy(update=video)) if video else base


def track(frames, boxes=BOX, scores=0.9, number=0, origins="finder", kind=Kind.FACE):
    frames = np.array(list(frames))
    count = len(frames)
    rows = np.broadcast_to(np.array(boxes, np.float32), (count, 4))
    return Track(number, kind, frames, rows, np.broadcast_to(np.float32(scores), (count,)), np.full(count, origins))


def times(frames, rate=25):
    return [Fraction(frame, rate) for frame in range(frames)]


def cover(tracks, frames=50, chosen=None, when=None):
    return cover_video(per_frame(tracks, frames), when or times(frames), chosen or profile(), *SIZE)


def hidden(found):
    return [frame for frame, regions in enumerate(found) if len(regions)]


def test_nothing_found_hides_nothing():
    found = cover([])
    assert (len(found), hidden(found), spans(found)) == (50, [], [])
    assert len(cover_video([], [], profile(), *SIZE)) == 0


def test_an_object_is_held_before_and_after_its_sights_and_padded():
    found = cover([track(range(20, 31))])
    assert hidden(found) == list(range(15, 36))
    assert spans(found) == [[0, 15, 35, "face", "solid", "box", 74, 34, 106, 66]]


def test_hold_is_measured_in_the_clips_own_times():
    when = [Fraction(frame, 100) if frame < 10 else Fraction(1, 10) + Fraction(frame - 10) for frame in range(20)]
    assert hidden(cover([track([9, 10])], 20, profile(hold=0.1), when)) == list(range(0, 11))


@pytest.mark.parametrize(("score", "expected"), [(0.19, []), (0.2, list(range(15, 26)))])
def test_the_kinds_confidence_decides(score, expected):
    assert hidden(cover([track([20], scores=score)])) == expected


def test_faint_sights_between_sure_ones_are_hidden_and_those_far_off_are_not():
    scores = np.full(50, 0.06, np.float32)
    scores[[5, 25]] = 0.9
    row = track(range(50))
    row = Track(0, Kind.FACE, row.frames, row.boxes, scores, row.origins)
    assert hidden(cover([row])) == list(range(0, 31))


def test_small_objects_are_left_when_their_largest_sight_is_small():
    chosen = profile()
    kinds = dict(chosen.kinds) | {Kind.FACE: chosen.kinds[Kind.FACE].model_copy(update={"min_size": 15})}
    chosen = chosen.changed(kinds=kinds)
    small = track([10], (0, 0, 10, 10))
    grows = Track(1, Kind.FACE, np.array([30, 31]), np.array([[80, 40, 88, 48], [80, 40, 96, 56]], np.float32),
                  np.full(2, 0.9, np.float32), np.full(2, "finder"))  # fmt: skip
    assert hidden(cover([small], chosen=chosen)) == []
    assert 30 in hidden(cover([small, grows], chosen=chosen))


def test_what_a_person_made_is_hidden_whatever_the_profile_says():
    mine = track([20], scores=0.0, origins=PERSON, kind=Kind.SCREEN, number=FIRST_OWN_TRACK)
    theirs = track([20], scores=0.01, number=FIRST_OWN_TRACK + 1)
    assert hidden(cover([mine])) == list(range(15, 26))
    assert hidden(cover([theirs])) == list(range(15, 26))
    assert hidden(cover([track([20], kind=Kind.SCREEN)])) == []


def test_a_region_stays_as_it_is_while_it_fits_and_always_contains_what_is_needed():
    rng = np.random.default_rng(3)
    boxes = np.array(BOX, np.float32) + 0.4 + rng.uniform(-0.1, 0.1, (40, 4)).astype(np.float32)
    walking = boxes + np.linspace(0, 60, 40, dtype=np.float32)[:, None] * [1, 0, 1, 0]
    for rows, most in ((boxes, 3), (walking, 40)):
        made = Track(0, Kind.FACE, np.arange(40), rows.astype(np.float32), np.full(40, 0.9, np.float32),
                     np.full(40, "finder"))  # fmt: skip
        found = cover([made], 40)
        assert len(spans(found)) <= most
        for frame, regions in enumerate(found):
            (region,) = regions.boxes
            margin = 0.3 * (rows[frame, 2:] - rows[frame, :2])
            assert (region[:2] <= rows[frame, :2] - margin).all()
            assert (region[2:] >= rows[frame, 2:] + margin).all()
            assert (region[2:] - region[:2]).max() <= 40


def test_spans_say_what_the_frames_show():
    moving = [track(range(5 * n, 5 * n + 5), np.array(BOX) + 7 * n, number=n) for n in range(4)]
    found = cover(moving, 30)
    for frame in range(30):
        rows = [row for row in spans(found) if row[1] <= frame <= row[2]]
        assert sorted(row[6:] for row in rows) == sorted(found[frame].boxes.tolist())
        assert [int(found.tracks[row]) for row in found.rows(frame)] == [row[0] for row in rows]
    with pytest.raises(IndexError):
        found[30]


def test_at_the_pictures_edge_regions_are_cut_and_never_empty():
    found = cover([track([10], (-5, 90, 5, 100)), track([20], (300, 10, 320, 30), number=1)])
    assert all(len(regions) == (5 <= frame <= 15) for frame, regions in enumerate(found))
    assert found[10].boxes.tolist() == [[0, 87, 8, 100]]


def test_held_where_the_search_carried_it_and_not_beyond_a_cut():
    seen = track(range(10, 21))
    carried = track(range(21, 25), (120, 40, 140, 60), 0.0, origins=CARRIED)
    both = Track(
        0,
        Kind.FACE,
        np.concatenate([seen.frames, carried.frames]),
        np.concatenate([seen.boxes, carried.boxes]),
        np.concatenate([seen.scores, carried.scores]),
        np.concatenate([seen.origins, carried.origins]),
    )
    found = cover([both])
    assert hidden(found) == list(range(10, 25))  # before frame 10 and from 25 on the search knows that it is gone
    assert found[22].boxes[0].tolist() == [114, 34, 146, 66]


def test_a_hold_longer_than_the_search_carried_goes_on_where_it_stood():
    seen = track(range(10, 19), origins=np.array(["finder", *[CARRIED] * 8]), scores=np.array([0.9, *[0] * 8]))
    gone = track(range(10, 14), origins=np.array(["finder", *[CARRIED] * 3]), scores=np.array([0.9, *[0] * 3]))
    assert hidden(cover([seen], 60, profile(hold=1.0))) == list(range(10, 36))
    assert hidden(cover([gone], 60, profile(hold=1.0))) == list(range(10, 14))


def test_rows_without_a_track_are_hidden_one_by_one():
    rows = list(per_frame([track([10])], 30))
    rows[10] = type(rows[10])(rows[10].boxes, rows[10].scores, rows[10].kinds, rows[10].origins)
    assert hidden(cover_video(rows, times(30), profile(), *SIZE)) == list(range(5, 16))


def test_interpolated_rows_count_like_seen_ones():
    assert hidden(cover([track([20], origins=INTERPOLATED)])) == list(range(15, 26))


def test_everything_but_what_is_kept_is_hidden_with_a_background():
    base = profile()
    chosen = base.changed(background=base.background.model_copy(update={"hide": True}))
    people = track(range(10, 20), (50, 0, 100, 100), kind=Kind.PERSON)
    found = cover([people], 30, chosen)
    assert found[0].boxes.tolist() == [[0, 0, 200, 100]]
    assert sorted(found[15].boxes.tolist()) == [[0, 0, 50, 100], [100, 0, 200, 100]]
    assert {row[0] for row in spans(found)} == {-1}
    assert len(spans(found)) == 4


def test_as_many_times_as_frames():
    with pytest.raises(ValueError, match="2 frames, but 3 times"):
        cover_video(per_frame([], 2), times(3), profile(), *SIZE)
