"""Each candidate is there for a reason that a reviewer can see."""

from dataclasses import replace

import numpy as np
import pytest

from workbench import geometry, profiles
from workbench.assess.risk import Reason, Seen, chance, covered, expected, finders
from workbench.assess.risk_looks import by_looks, merged
from workbench.assess.risk_photo import Count, disagreements, empty_among_full, in_photo
from workbench.assess.risk_tracks import in_video
from workbench.values import Detections, Kind, Media

PROFILE = profiles.load("publication")
NOTHING = geometry.as_boxes([])


def rows(*found, origin="centerface", kind=Kind.FACE):
    return Detections.of(kind, [box for box, _ in found], [score for _, score in found], origin)


def photo(*parts, hidden=(), size=(640, 480)):
    boxes = geometry.as_boxes(list(hidden))
    return Seen("a.jpg", "street", *size, [Detections.concat(list(parts))], lambda frame: boxes)


def reasons(found):
    return [candidate.reason for candidate in found]


def test_nothing_found_gives_nothing_to_look_at():
    assert in_photo(photo(), PROFILE) == []
    assert in_video(Seen("a.mp4", "", 64, 48, [], lambda frame: NOTHING, Media.VIDEO), PROFILE) == []


def test_what_scored_just_under_the_threshold_comes_first():
    seen = photo(rows(([100, 100, 130, 130], 0.06), ([200, 100, 230, 130], 0.19)))
    best, other = in_photo(seen, PROFILE)
    assert (best.score, other.score) == pytest.approx((0.19, 0.06))
    assert best.risk > 5 * other.risk
    assert best.reason is Reason.UNDER
    assert best.why == "A face scored 0.19, under the 0.20 that the profile asks for."


def test_what_is_hidden_anyway_is_no_candidate():
    under = rows(([100, 100, 130, 130], 0.19))
    assert in_photo(photo(under, hidden=[[90, 90, 140, 140]]), PROFILE) == []
    assert len(in_photo(photo(under, hidden=[[115, 90, 140, 140]]), PROFILE)) == 1


def test_two_regions_side_by_side_cover_together():
    boxes = geometry.as_boxes([[0, 0, 10, 10], [0, 0, 40, 10], [50, 50, 60, 60]])
    shares = covered(boxes, geometry.as_boxes([[0, 0, 5, 10], [5, 0, 10, 10]]))
    assert shares.tolist() == [1, 0.25, 0]


@pytest.mark.parametrize(
    ("box", "side"), [([0, 50, 20, 90], "left"), ([620, 50, 640, 90], "right"), ([50, 0, 90, 20], "top")]
)
def test_what_the_edge_cuts_says_so(box, side):
    [found] = in_photo(photo(rows((box, 0.15))), PROFILE)
    assert found.reason is Reason.EDGE
    assert f"{side} edge" in found.why


def test_one_of_several_detectors_alone_is_told_and_two_together_are_likelier():
    near = rows(([100, 100, 130, 130], 0.15)), rows(([108, 108, 138, 138], 0.15), origin="yunet")
    seen = photo(*near, rows(([300, 100, 330, 130], 0.15)))
    by = finders([seen])
    assert by == {Kind.FACE: {"centerface", "yunet"}}
    found = {candidate.box[0]: candidate for candidate in in_photo(seen, PROFILE, by)}
    assert found[300].reason is Reason.ALONE
    assert "only centerface" in found[300].why
    assert "two detectors" in found[100].why
    assert found[100].risk > 1.9 * found[300].risk


def test_what_the_profile_leaves_visible_for_its_size_is_very_likely_there():
    rule = PROFILE.kinds[Kind.FACE].model_copy(update={"min_size": 12})
    profile = PROFILE.changed(kinds={**PROFILE.kinds, Kind.FACE: rule})
    [found] = in_photo(photo(rows(([100, 100, 108, 110], 0.9))), profile)
    assert found.reason is Reason.SMALL
    assert found.risk > 0.9
    assert "smaller than 12 px" in found.why


def test_kinds_that_stay_visible_on_purpose_are_no_candidates():
    assert in_photo(photo(rows(([100, 100, 200, 130], 0.19), kind=Kind.SCREEN)), PROFILE) == []


def test_a_person_without_a_face_and_a_vehicle_without_a_plate():
    people = rows(
        ([100, 100, 160, 300], 0.9), ([300, 100, 360, 300], 0.9), ([500, 100, 510, 130], 0.9), kind=Kind.PERSON
    )
    car = rows(([0, 300, 90, 400], 0.8), kind=Kind.OTHER)
    found = in_photo(photo(people, car, hidden=[[110, 110, 140, 150]]), PROFILE)
    assert {(candidate.reason, candidate.box[0]) for candidate in found} == {(Reason.BODY, 300), (Reason.VEHICLE, 0)}


def test_crowds_and_empty_pictures_among_full_ones():
    grid = [[x, y, x + 8, y + 8] for x in range(0, 200, 20) for y in (0, 20)]
    [crowd] = in_photo(photo(rows(*[(box, 0.9) for box in grid]), hidden=grid), PROFILE)
    assert crowd.why.startswith("20 faces are hidden here")
    signs = rows(*[(box, 0.9) for box in grid], kind=Kind.TEXT)
    assert in_photo(photo(signs, hidden=grid), PROFILE) == []  # a page of text is no crowd
    assert crowd.reason is Reason.CROWD
    assert crowd.box == (0, 0, 640, 480)
    counts = [Count(f"{n}.jpg", "street", 64, 48, 3 * (n > 0)) for n in range(4)]
    [empty] = empty_among_full([*counts, Count("sea.jpg", "sea", 64, 48, 0)], PROFILE)
    assert (empty.asset, empty.reason) == ("0.jpg", Reason.EMPTY)
    assert "3 are hidden in the usual picture of street" in empty.why


def test_another_look_that_disagrees():
    first = [rows(([100, 100, 130, 130], 0.15))]
    second = [rows(([101, 100, 131, 130], 0.6), ([300, 100, 330, 130], 0.5), ([400, 100, 430, 130], 0.1))]
    seen = photo(first[0])
    one, other = disagreements(seen, first, second, PROFILE, "a mirrored look")
    assert one.why == "By a mirrored look it is a face (0.60); the search scored it 0.15."
    assert other.why.endswith("the search saw nothing there.")
    assert one.risk > other.risk


@pytest.mark.parametrize(
    ("hidden", "words"),
    [([100, 100, 130, 122], None), ([100, 100, 130, 110], "the search hides 38% of it."), ([0, 0, 9, 9], "hides 0%")],
)
def test_looks_that_agree_but_for_where_the_object_ends_are_no_disagreement(hidden, words):
    first, second = [rows(([100, 100, 130, 125], 0.9))], [rows(([100, 100, 130, 130], 0.8))]
    found = disagreements(photo(first[0], hidden=[hidden]), first, second, PROFILE, "a mirrored look")
    assert len(found) == (words is not None)
    assert not words or words in found[0].why


def test_what_several_looks_saw_at_one_place_is_one_candidate():
    seen = photo(rows(([100, 100, 130, 130], 0.15)))
    looks = {
        "a mirrored look": [rows(([101, 100, 131, 130], 0.6))],
        "a look in tiles": [rows(([100, 101, 130, 131], 0.7), ([300, 100, 330, 130], 0.5))],
        "an enlarged look": [rows()],
    }
    one, other = found = by_looks(seen, looks, PROFILE)
    assert one.why == "By a look in tiles and a mirrored look it is a face (0.70); the search scored it 0.15."
    assert other.why == "By a look in tiles it is a face (0.50); the search saw nothing there."
    assert reasons(merged(in_photo(seen, PROFILE), found)) == [Reason.LOOKS, Reason.LOOKS]
    assert reasons(merged(in_photo(seen, PROFILE), [other])) == [Reason.LOOKS, Reason.UNDER]


def test_of_a_video_the_moment_is_told_and_what_stays_at_its_place_is_told_once():
    seen = clip(50, [])
    there = rows(([100, 100, 130, 130], 0.6))
    looks = {"a mirrored look": [there if frame in (10, 30) else rows() for frame in range(50)]}
    [found] = by_looks(seen, looks, PROFILE)
    assert found.why.endswith("the search saw nothing there. It is at 0.4 seconds.")


def test_where_people_have_decided_nobody_is_sent_again():
    here = photo(rows(([100, 100, 130, 130], 0.15), ([300, 100, 330, 130], 0.15)))
    decided = replace(here, settled=lambda frame: geometry.as_boxes([[300, 100, 330, 130]]))
    assert [found.box[0] for found in in_photo(decided, PROFILE)] == [100]
    over_time = clip(50, [(0, 3, 40, [100, 100, 130, 130], 0.15)])
    assert in_video(replace(over_time, settled=lambda frame: geometry.as_boxes([[100, 100, 130, 130]])), PROFILE) == []


def test_the_sum_of_the_chances_is_what_was_probably_missed():
    found = in_photo(photo(rows(*[([x, 100, x + 20, 120], 0.19) for x in range(0, 600, 30)])), PROFILE)
    assert expected(found) == pytest.approx(20 * float(chance(0.19)))
    assert np.all(np.diff(chance(np.linspace(0.05, 0.95, 20))) > 0)


def clip(frames, tracks, spans=(), hidden=None):
    """Tracks: (number, first, last, box, score)."""
    per_frame = []
    for frame in range(frames):
        here = [track for track in tracks if track[1] <= frame <= track[2]]
        part = rows(*[(track[3], track[4]) for track in here])
        per_frame.append(Detections(part.boxes, part.scores, part.kinds, part.origins, [t[0] for t in here]))
    full = [(number, first, last, Kind.FACE, box) for number, first, last, box in spans]
    return Seen("a.mp4", "", 640, 480, per_frame, hidden or (lambda frame: NOTHING), Media.VIDEO, full, 25.0)


def test_a_faint_track_is_one_candidate_at_its_best_frame():
    seen = clip(50, [(0, 3, 40, [100, 100, 130, 130], 0.15), (1, 0, 49, [300, 100, 330, 130], 0.8)])
    [found] = in_video(seen, PROFILE)
    assert (found.track, found.reason) == (0, Reason.UNDER)
    assert "in 38 frames scored 0.15 at best" in found.why
    assert (
        in_video(
            clip(50, [(0, 3, 40, [1, 1, 9, 9], 0.15)], hidden=lambda frame: geometry.as_boxes([[0, 0, 9, 9]])), PROFILE
        )
        == []
    )


def test_gaps_short_tracks_and_broken_ends_of_what_is_hidden():
    middle, edge = (100.0, 100.0, 130.0, 130.0), (0.0, 100.0, 30.0, 130.0)
    gap = in_video(clip(100, [], [(0, 0, 40, middle), (0, 51, 99, middle)]), PROFILE)
    assert [(found.reason, found.frame) for found in gap] == [(Reason.GAP, 41)]
    assert "0.4 seconds" in gap[0].why
    brief = in_video(clip(100, [], [(0, 50, 55, edge)]), PROFILE)
    assert reasons(brief) == [Reason.BRIEF]
    broken = in_video(clip(100, [], [(0, 20, 60, middle)]), PROFILE)
    assert {(found.reason, found.frame) for found in broken} == {(Reason.BEGIN, 19), (Reason.END, 61)}
    assert in_video(clip(100, [], [(0, 0, 99, middle), (1, 20, 60, edge), (-1, 3, 4, middle)]), PROFILE) == []
