"""From a finished run to a sentence that can be defended."""

import json
import secrets
from dataclasses import replace

import pytest
from click.testing import CliRunner
from review_cases import FAINT, PLAN

from workbench import review as reviews
from workbench.cli import main
from workbench.review import opening
from workbench.review.queue import counted
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, Kind, Media, UsageError


def work_off(review, reviewer="ann", missed=(), now=0.0):
    """Answer everything that is left for one reviewer."""
    taken = []
    while item := reviews.next_item(review, reviewer, now):
        verdict, misses = ("corrected", 1) if item.asset.path in missed else ("clean", 0)
        reviews.record(review, item, reviewer, verdict, misses=misses, false_alarms=0, seconds=4)
        taken.append(item)
    return taken


def add(box=FAINT, by="ann", track=FIRST_OWN_TRACK):
    return Correction(Action.ADD, 0, 0, track, kind=Kind.FACE, boxes=((0, *box),), by=by)


def test_the_riskiest_come_first_and_say_why(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN, seed="s")
    first = reviews.next_item(review, "ann")
    assert first.asset.path in ("night/03.jpg", "day/04.jpg")
    assert first.why == ("A face scored 0.19, under the 0.20 that the profile asks for.",)
    [found] = reviews.candidates(review, first)
    assert found.box == tuple(FAINT)


def test_the_same_request_gives_the_same_review_and_another_seed_another(desk):
    desk.photos()
    review = reviews.open_review(desk.case, plan=PLAN, seed="s")
    assert reviews.open_review(desk.case, plan=PLAN) == reviews.open_review(desk.case, plan=PLAN, seed="s") == review
    assert reviews.open_review(desk.case, plan=PLAN, seed="t").id != review.id
    assert reviews.resume(desk.case, review.id) == review
    assert review.plan == PLAN


def test_a_seed_by_chance_is_recorded(desk, monkeypatch):
    monkeypatch.setattr(opening, "secrets", secrets)
    review = reviews.open_review(desk.photos().case, plan=PLAN)
    assert len(review.record.seed) == 16


def test_without_a_miss_the_target_is_proved_and_the_figures_say_what_that_means(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN, seed="s")
    before = reviews.figures(review)
    assert not before.proved
    assert "nothing can be said" in before.sentence
    assert f"{before.more} more files, drawn at random" in before.advice
    work_off(review)
    after = reviews.figures(review)
    assert after.proved
    assert after.reviewed >= before.needed
    assert after.sentence.startswith(f"{after.reviewed} reviewed, 0 missed: at most ")
    assert after.advice == "Enough: the target is proved.", "nothing was corrected that has to be redacted again"
    assert (after.answered, after.risky, after.pace.median) == (after.items, 2, 4)
    assert [(row.name, row.total, row.misses) for row in after.strata] == [("day", 10, 0), ("night", 10, 0)]
    assert all(row.reviewed >= PLAN.per_stratum for row in after.strata)


def test_a_miss_in_the_sample_asks_for_more_and_more_can_be_drawn(desk):
    review = reviews.open_review(desk.photos(60).case, plan=PLAN, seed="s")
    sample = next(item for item in desk.case.catalog.review_items(review.id) if item.rank == 0)
    work_off(review, missed={sample.asset.path})
    found = reviews.figures(review)
    assert (found.misses, found.proved) == (1, False)
    assert found.more > 0
    assert reviews.extend(review, found.needed) > 0
    work_off(review)
    assert reviews.figures(review).proved


def test_misses_among_the_riskiest_alone_say_nothing_about_the_rest(desk):
    review = reviews.open_review(desk.photos(60).case, plan=PLAN, seed="s")
    size = reviews.figures(review).needed
    risky = {item.asset.path for item in desk.case.catalog.review_items(review.id) if item.risky and item.rank >= size}
    work_off(review, missed=risky)
    found = reviews.figures(review)
    assert (found.misses, found.risky_misses, found.proved) == (0, len(risky), True)


def test_only_an_unbroken_part_of_the_random_order_counts(desk):
    review = reviews.open_review(desk.photos(60).case, plan=PLAN, seed="s")
    items = {item.rank: item for item in desk.case.catalog.review_items(review.id)}
    for rank in (0, 1, 3, 4):
        reviews.record(review, reviews.begin(review, items[rank].id, "ann"), "ann", misses=0, false_alarms=0)
    assert reviews.figures(review).reviewed == 2


def test_two_reviewers_share_the_work_and_agree_or_not(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN.model_copy(update={"twice": 1.0}), seed="s")
    first = work_off(review, "ann")
    second = work_off(review, "ben", missed={first[0].asset.path})
    both = [item for item in second if item.at_random]
    assert len(both) == len(second)
    found = reviews.figures(review)
    assert found.agreement.items == len(second)
    assert found.answered == found.items
    assert found.reviewers == {"ann": len(first), "ben": len(second)}


def test_who_looks_second_does_not_see_what_the_first_one_did(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN.model_copy(update={"twice": 1.0}), seed="s")
    item = next(item for item in desk.case.catalog.review_items(review.id) if item.wanted == 2)
    mine = desk.case.catalog.add_correction(item.asset.sha256, add(by="ann"))
    assert reviews.corrections_shown(review, item, "ann") == [mine]
    assert reviews.corrections_shown(review, item, "ben") == []
    assert reviews.corrections_shown(review, replace(item, wanted=1), "ben") == [mine]


def test_misses_are_counted_from_the_corrections(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN, seed="s")
    item = reviews.next_item(review, "ann")
    desk.case.catalog.add_correction(item.asset.sha256, add([60, 50, 70, 60]))
    desk.case.catalog.add_correction(item.asset.sha256, Correction(Action.DROP, 0, 0, 0, by="ann"))
    with pytest.raises(UsageError, match="not clean"):
        reviews.record(review, item, "ann", "clean")
    given = reviews.record(review, item, "ann", "corrected", seconds=7)
    assert (given.misses, given.false_alarms) == (1, 1)
    found = reviews.figures(review)
    assert (found.objects_missed, found.false_alarms) == (1, 1)
    assert found.corrections == {"add face": 1, "drop": 1}


@pytest.mark.parametrize(
    ("correction", "expected"),
    [
        (Correction(Action.ACCEPT, 0, 0, 1), (1, 0)),  # it was left visible for its score
        (Correction(Action.ACCEPT, 0, 0, 0), (0, 0)),  # it was hidden anyway
        (Correction(Action.KIND, 0, 0, 2, kind=Kind.FACE), (1, 0)),  # a screen, which stays visible, is a face
        (Correction(Action.KIND, 0, 0, 0, kind=Kind.PLATE), (0, 0)),
        (Correction(Action.DROP, 0, 0, 0), (0, 1)),
        (Correction(Action.DROP, 0, 0, 1), (0, 0)),  # it was not hidden
    ],
)
def test_what_counts_as_a_miss_and_what_as_a_false_alarm(desk, correction, expected):
    kinds = [Kind.FACE, Kind.FACE, Kind.SCREEN]
    rows = Detections([[0, 0, 9, 9], [20, 0, 29, 9], [40, 0, 49, 9]], [0.9, 0.1, 0.9], kinds, ["x"] * 3)
    assert counted([rows], [correction], desk.profile) == expected


def test_bad_answers_are_told_and_nothing_is_kept(desk):
    review = reviews.open_review(desk.photos().case, plan=PLAN, seed="s")
    item = reviews.next_item(review, "ann")
    for wrong, says in (
        ({"verdict": "fine"}, "no verdict"),
        ({"misses": -1, "false_alarms": 0}, "fewer than no"),
        ({"misses": 2, "false_alarms": 0}, "not clean"),
    ):
        with pytest.raises(UsageError, match=says):
            reviews.record(review, item, "ann", **wrong)
    with pytest.raises(UsageError, match="no item"):
        reviews.record(review, replace(item, id=999), "ann")
    desk.change(item.asset)
    with pytest.raises(UsageError, match="was changed since"):
        reviews.record(review, item, "ann")
    assert desk.case.catalog.answers(review.id) == []


def test_who_may_not_review_is_told_so(desk):
    def permit(person, act):
        if person != "ann":
            raise UsageError(f"{person} may not {act}.")

    desk.photos()
    with pytest.raises(UsageError, match="eve may not plan review"):
        reviews.open_review(desk.case, plan=PLAN, by="eve", permit=permit)
    review = reviews.open_review(desk.case, plan=PLAN, by="ann", permit=permit)
    item = reviews.next_item(review, "ann")
    for act in (
        lambda: reviews.next_item(review, "eve"),
        lambda: reviews.begin(review, item.id, "eve"),
        lambda: reviews.record(review, item, "eve"),
        lambda: list(reviews.redo(desk.case, desk.run, by="eve", permit=permit)),
    ):
        with pytest.raises(UsageError, match="eve may not"):
            act()


def test_strata_of_ones_own(desk):
    desk.photos(4, faint=())
    given = {asset.path: "indoor" if number else "outdoor" for number, asset in enumerate(desk.assets)}
    assert reviews.open_review(desk.case, plan=PLAN, seed="a", strata=given).record.strata == {
        "indoor": 3,
        "outdoor": 1,
    }
    assert reviews.open_review(desk.case, plan=PLAN, seed="b", strata="media").record.strata == {"photo": 4}
    with pytest.raises(UsageError, match="say nothing about"):
        reviews.open_review(desk.case, plan=PLAN, seed="c", strata={})
    with pytest.raises(UsageError, match="folder or media"):
        reviews.open_review(desk.case, plan=PLAN, seed="d", strata="weather")


def test_two_people_who_contradict_each_other_are_told():
    drop = Correction(Action.DROP, 0, 9, 3, by="ann", number=1)
    keep = Correction(Action.ACCEPT, 5, 5, 3, by="ben", number=2)
    [said] = reviews.contradictions([drop, keep])
    assert said == "ann calls it a false alarm, ben wants it hidden: it is hidden, since that came last."
    assert "stays visible" in reviews.contradictions([keep, replace(drop, number=7)])[0]
    assert reviews.contradictions([drop, replace(keep, by="ann")]) == []
    assert reviews.contradictions([drop, replace(keep, track=4)]) == []
    assert reviews.contradictions([drop, replace(keep, first=10, last=12)]) == []


def test_a_video_is_drawn_like_a_picture_and_says_where_to_look(desk):
    desk.photos(4, faint=())
    clip = desk.video("night/clip.mp4")
    review = reviews.open_review(desk.case, plan=PLAN, seed="s", strata="media")
    assert review.record.strata == {"photo": 4, "video": 1}
    first = reviews.next_item(review, "ann")
    assert (first.asset.path, first.asset.media) == (clip.path, Media.VIDEO)
    gap, faint = sorted(reviews.candidates(review, first), key=lambda found: found.reason != "gap")[:2]
    assert (gap.frame, gap.track) == (20, 0)
    assert "0.4 seconds" in gap.why
    assert (faint.track, faint.box) == (1, tuple(FAINT))
    assert reviews.figures(review).total == 5


def test_what_was_corrected_after_the_run_is_out_of_date(desk):
    desk.photos()
    assert reviews.outdated(desk.case, desk.run) == []
    desk.case.catalog.add_correction(desk.assets[3].sha256, add())
    assert [asset.path for asset in reviews.outdated(desk.case, desk.run)] == ["night/03.jpg"]


def test_a_case_without_anything_to_review_says_so(desk):
    with pytest.raises(UsageError, match="released nothing"):
        reviews.open_review(desk.case)
    with pytest.raises(UsageError, match="No review was planned"):
        reviews.resume(desk.case)


def run(*arguments):
    return CliRunner().invoke(main, ["review", *map(str, arguments)])


def test_the_commands_plan_and_tell(desk, tmp_path):
    desk.photos()
    (tmp_path / "plan.toml").write_text(PLAN.to_toml())
    planned = run("plan", desk.case.path, "--plan", tmp_path / "plan.toml", "--seed", "s")
    assert planned.exit_code == 0, planned.output
    assert "seed s" in planned.output
    assert "may have a miss" in planned.output
    status = json.loads(run("status", desk.case.path, "--json").output)
    assert status["next"][0]["why"]
    assert status["reviewed"] == 0
    assert run("figures", desk.case.path).exit_code == 1  # nothing is proved yet
    work_off(reviews.resume(desk.case))
    done = run("figures", desk.case.path, "--json")
    assert done.exit_code == 0
    assert json.loads(done.output)["proved"] is True
    assert json.loads(done.output)["agreement"]["kappa"] is None
    shown = run("figures", desk.case.path).output
    assert "0 missed" in shown
    assert "By stratum" in shown


def test_a_wrong_command_is_one_sentence(desk, tmp_path):
    for arguments in (("status", desk.case.path), ("plan", tmp_path / "nowhere"), ("plan", desk.case.path)):
        result = run(*arguments)
        assert result.exit_code == 2, result.output
        assert result.output.startswith("Error: ")
