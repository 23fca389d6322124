"""A reviewer at work, without a page: what they get, what is stored of it, and what comes back after a break."""

import numpy as np
import pytest
from review_cases import FAINT

from workbench.apps.review import Screen
from workbench.apps.review_desk import IDLE_SECONDS, ON_THE_SHEET, Desk
from workbench.apps.review_words import figures_words, plan_words, queue_items
from workbench.apps.session import Session
from workbench.assess import sample
from workbench.catalog.case import Case
from workbench.media.photo import encode_jpeg
from workbench.review import figures, open_review, playbooks
from workbench.review.marks import Operation, TileRequest
from workbench.values import Action, Correction, FileError, Kind, UsageError

CARDS = {card.name: card for card in playbooks.load()}
OWN = (60.0, 40.0, 80.0, 60.0)


@pytest.fixture
def made(desk):
    """A finished run over four photos that can be opened; two have a faint face."""
    for number in range(4):
        path = desk.source / ("day", "night")[number % 2] / f"{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(np.full((80, 100, 3), 50 + number, np.uint8), 90))
    return desk.photos(4, faint=(1, 2), contents=True)


@pytest.fixture
def at(made):
    """Return ``at(name)``: a reviewer who has begun."""
    time = [0.0]

    def begun(name="ana", plan="publication"):
        desk = Desk(made.case, name, clock=lambda: time[0])
        desk.open(made.run, plan)
        return desk

    begun.time = time
    return begun


def draw(desk, box=OWN, kind=Kind.FACE):
    return desk.opened.editing.perform(Operation("draw", box=box, kind=kind))


def stored(made, item):
    return made.case.catalog.corrections(item.asset.sha256)


def test_a_case_without_a_release_says_so(desk):
    assert Desk(desk.case, "ana").runs() == []
    screen = Screen(Desk(desk.case, "ana"), Session(desk.case))
    assert screen.begin.disabled
    assert "redact a folder first" in screen.about_plan.value
    screen.lay_out.click()
    assert "redact a folder first" in screen.notice.text


def test_what_is_corrected_is_stored_at_once_with_who(made, at):
    desk = at()
    item = desk.following()
    desk.take(item)
    draw(desk)
    (one,) = stored(made, item)
    assert (one.action, one.by, one.reason) == (Action.ADD, "ana", "")


def test_two_reviewers_never_get_the_same_item(at):
    ana, ben = at("ana"), at("ben")
    first = ana.following()
    ana.take(first)
    assert ben.following().id != first.id
    assert all(ben.beside(1).id != first.id for _ in range(2))
    standings = queue_items(ben, ben.items(), [], {"ana": first.id})
    assert standings[first.position].standing == "elsewhere"


def test_whoever_comes_back_goes_on_at_the_same_item_and_sees_what_they_cleared(made, at):
    desk = at()
    item = desk.following()
    opened = desk.take(item)
    assert opened.editing.candidates[0].box == tuple(FAINT)
    opened.editing.perform(Operation("clear", candidate=0))
    again = at()
    assert again.following().id == item.id
    editing = again.take(item).editing
    assert editing.judged(0) == "clear"


def test_what_one_cleared_is_still_open_for_another(made, at):
    desk = at()
    item = desk.following()
    desk.take(item).editing.perform(Operation("clear", candidate=0))
    desk.finish()
    other = at("ben")
    assert other.take(item).editing.judged(0) == ""


def test_what_was_cleared_can_be_taken_back(made, at):
    desk = at()
    item = desk.following()
    editing = desk.take(item).editing
    editing.perform(Operation("clear", candidate=0))
    editing.perform(Operation("undo"))
    assert made.case.catalog.cleared(item.asset.sha256, "ana") == []


def test_the_word_on_an_item_follows_from_what_was_done(made, at):
    desk = at()
    first = desk.following()
    desk.take(first)
    draw(desk)
    answer = desk.finish()
    assert (answer.verdict, answer.misses) == ("corrected", 1)
    desk.take(desk.following())
    assert desk.finish().verdict == "clean"
    desk.take(desk.following())
    assert desk.finish(unsure=True).verdict == "unsure"


def test_time_counts_but_not_a_night(at):
    desk = at()
    desk.take(desk.following())
    at.time[0] += 12
    draw(desk)
    at.time[0] += 40_000
    assert desk.finish().seconds == 12 + IDLE_SECONDS


def test_the_undo_of_a_picture_is_there_when_one_comes_back_to_it(at):
    desk = at()
    item = desk.following()
    desk.take(item)
    draw(desk)
    desk.take(desk.beside(1))
    back = desk.beside(-1)
    assert back.id == item.id
    assert desk.take(back).editing.undo_words == "drew: face"


def test_an_armed_card_goes_with_what_is_corrected_next_and_survives_undo(made, at):
    desk = at()
    item = desk.following()
    editing = desk.take(item).editing
    assert "tagged: Reflections" in desk.tag(CARDS["reflections"])
    draw(desk)
    for what in ("undo", "redo"):
        editing.perform(Operation(what))
    assert [one.reason for one in stored(made, item)] == ["playbook:reflections"]
    assert desk.tag(CARDS["reflections"]) == "No card any more."
    draw(desk, (5, 50, 25, 70))
    assert playbooks.findings(made.case.catalog.reasons()) == {"reflections": 1}


def test_a_corrected_object_is_tagged_afterwards_and_can_still_be_undone(made, at):
    desk = at()
    item = desk.following()
    editing = desk.take(item).editing
    number = draw(desk).select
    desk.tag(CARDS["posters"], number)
    desk.tag(CARDS["helmets"], number)
    assert [(one.reason, one.by) for one in stored(made, item)] == [("playbook:helmets", "ana")]
    editing.perform(Operation("undo"))
    assert stored(made, item) == []
    editing.perform(Operation("redo"))
    assert [one.reason for one in stored(made, item)] == ["playbook:helmets"]


def test_a_moved_box_counts_as_one_finding(made, at):
    desk = at()
    item = desk.following()
    editing = desk.take(item).editing
    face = next(mark.number for mark in editing.marks.values() if mark.fate == "hidden")
    desk.tag(CARDS["children"])
    editing.perform(Operation("reshape", face, box=(12, 12, 36, 36)))
    assert sorted(one.action for one in stored(made, item)) == [Action.ADD, Action.DROP]
    assert playbooks.findings(made.case.catalog.reasons()) == {"children": 1}


def test_a_hidden_object_is_tagged_and_a_visible_one_only_where_the_card_hides(made, at):
    desk = at()
    item = desk.following()
    editing = desk.take(item).editing
    fates = {mark.fate: mark.number for mark in editing.marks.values()}
    desk.tag(CARDS["statues"], fates["hidden"])
    with pytest.raises(UsageError, match="what becomes of it"):
        desk.tag(CARDS["statues"], fates["left"])
    desk.tag(CARDS["children"], fates["left"])
    assert {one.reason for one in stored(made, item)} == {"playbook:statues", "playbook:children"}
    assert editing.marks[fates["left"]].fate == "hidden"


def test_a_file_that_was_changed_or_lost_is_said_and_can_be_called_unsure(made, at):
    desk = at()
    item = desk.following()
    path = made.source / item.asset.path
    path.write_bytes(encode_jpeg(np.zeros((80, 100, 3), np.uint8), 90))
    with pytest.raises(FileError, match="was changed"):
        desk.take(item)
    assert desk.finish(unsure=True).verdict == "unsure"


def test_the_redacted_part_is_what_the_batch_would_write(at):
    desk = at()
    desk.take(desk.following())
    box = (10, 10, 30, 30)
    before = desk.opened.tile(TileRequest(1, 1, "original", 0, box, 64))
    after = desk.opened.tile(TileRequest(1, 2, "redacted", 1, box, 64))
    assert before != after
    draw(desk)
    assert desk.opened.tile(TileRequest(1, 3, "redacted", 2, (60, 40, 80, 60), 64)) != before


def test_a_case_that_knows_roles_is_asked(made):
    def nobody(person, act):
        raise UsageError(f"{person} may not {act}.")

    desk = Desk(made.case, "eve", permit=nobody)
    with pytest.raises(UsageError, match="eve may not plan review"):
        desk.open(made.run, "publication")


def test_the_plan_and_the_figures_are_said_in_words_and_escaped(made, at):
    plan = sample.plan("publication").model_copy(update={"name": "<b>", "riskiest": 3})
    review = open_review(made.case, made.run, plan, seed="<i>", by="ana")
    text = plan_words(review)
    assert "&lt;b&gt;" in text and "&lt;i&gt;" in text and "<i>" not in text
    assert "4 files" in text and "up to 3" in text and "night" in text
    assert "nothing can be said" in figures_words(figures(review))


def test_a_miss_asks_for_more_and_more_is_drawn(desk):
    desk.photos(60)
    reviewer = Desk(desk.case, "ana")
    review = open_review(desk.case, desk.run, sample.plan("analytics").model_copy(update={"per_stratum": 0}), by="ana")
    reviewer.review = review
    needed = figures(review).needed
    assert not reviewer.lacking(needed)
    assert reviewer.lacking(needed + 3)
    assert reviewer.draw_more(needed + 3) > 0
    assert not reviewer.lacking(needed + 3)


def test_the_screen_says_when_nothing_is_left(made, at):
    with Case.open(made.case.path) as case:
        screen = Screen(Desk(case, "ana"), Session(case))
        screen.begin.click()
        assert screen.join()
        for _ in range(4):
            screen.finish(False)
            assert screen.join()
        assert "Nothing is left for you" in screen.done_words.value
        assert {item.standing for item in screen.queue._items} == {"clean"}
        assert "4 reviewed, 0 missed" in screen.figures.value
        assert screen.editor.editing is None


def test_two_who_look_without_knowing_of_each_other_and_their_agreement_is_on_the_page(desk):
    for number in range(4):
        path = desk.source / ("day", "night")[number % 2] / f"{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(np.full((80, 100, 3), 50 + number, np.uint8), 90))
    case = desk.photos(4, faint=(1, 2), contents=True).case
    plan = sample.plan("publication").model_copy(update={"twice": 1.0})
    for name, unsure in (("ana", (False, True, True, False)), ("ben", (False, True, False, False))):
        screen = Screen(Desk(case, name), Session(case))
        screen.desk.review = open_review(case, desk.run, plan, by="ana")
        screen.desk.look_again()
        for said in unsure:
            screen.desk.take(screen.desk.following())
            screen.desk.finish(said)
        screen.counting.soon()
        assert screen.join()
    # both clean 2, both unsure 1, one each 1: agreed 0.75; by chance 1/2 · 3/4 + 1/2 · 1/4 = 0.5; kappa 0.5
    assert "same answer to 75% of 4 items (Cohen&#x27;s kappa 0.50, moderate)" in screen.details.value
    assert screen.details_box.layout.display == ""


def test_the_second_of_two_is_sent_to_the_places_that_the_first_one_decided_about(desk):
    for number in range(4):
        path = desk.source / ("day", "night")[number % 2] / f"{number:02}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encode_jpeg(np.full((80, 100, 3), 50 + number, np.uint8), 90))
    case = desk.photos(4, faint=(1, 2), contents=True).case
    plan = sample.plan("publication").model_copy(update={"twice": 1.0})
    seen = {}
    for name in ("ana", "ben"):
        reviewer = Desk(case, name)
        reviewer.review = open_review(case, desk.run, plan, by="ana")
        reviewer.look_again()
        for item in case.catalog.review_items(reviewer.review.id):
            editing = reviewer.take(item).editing
            seen[name, item.asset.path] = [(one.box, one.why) for one in editing.candidates]
            for position in range(len(editing.candidates)):
                editing.perform(Operation("hide", candidate=position))
    assert sum(map(len, seen.values())) > 0
    assert all(seen["ana", path] == seen["ben", path] for _, path in seen)


def test_a_miss_that_is_found_on_the_sheet_counts_also_in_what_was_called_clean(made, at):
    with Case.open(made.case.path) as case:
        screen = Screen(Desk(case, "ana"), Session(case))
        screen.begin.click()
        assert screen.join()
        first = screen.desk.opened.item
        screen.finish(False)
        assert screen.join()
        screen.lay_out.click()
        assert screen.join()
        index = next(at for at, crop in enumerate(screen.sheet.items) if crop.where == first.asset.path)
        screen.contact._toggle(index)
        assert screen.join()
        assert screen.sheet.items[index].hidden
        (answer,) = case.catalog.answers(screen.desk.review.id)
        assert (answer.verdict, answer.misses) == ("corrected", 1)
        assert "1 had something missed" in screen.figures.value
        screen.contact._toggle(index)
        assert screen.join()
        assert [answer.verdict for answer in case.catalog.answers(screen.desk.review.id)] == ["clean"]


def test_a_miss_from_the_sheet_counts_whoever_looks_at_the_picture_then(made, at):
    desk = at("ana")
    item = desk.following()
    desk.pen.card = CARDS["children"]
    (_, faint) = desk.take(item).editing.marks.values()
    hidden = Correction(
        Action.ACCEPT, 0, 0, faint.number, kind=Kind.FACE, boxes=((0, *faint.box),), by="ben",
        reason=desk.pen.reason(ON_THE_SHEET),
    )  # fmt: skip
    made.case.catalog.add_correction(item.asset.sha256, hidden)
    answer = desk.finish()
    assert (answer.verdict, answer.misses) == ("corrected", 1)
