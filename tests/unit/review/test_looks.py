"""Second looks: what they see beyond the search comes into the queue, with its reason, and nothing of it is lost."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image
from review_cases import FACE, PLAN

from workbench import review as reviews
from workbench.apps.review import Screen
from workbench.apps.review_desk import Desk
from workbench.apps.session import Session
from workbench.assess.risk import Reason
from workbench.cli import main
from workbench.review.look import Look, take
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Detections, Kind, UsageError

MISSED = (60, 40, 80, 60)
MARK = (255, 0, 0)


class Eye:
    """Sees a red square as a face where the picture is not as it was when the run searched it."""

    name, kinds, licence, fingerprint = "eye", (Kind.FACE,), "MIT", "eye"

    def __init__(self, score=0.7):
        self.score, self.sizes = score, []

    def __call__(self, image):
        self.sizes.append(image.shape[:2])
        red = (image[..., 0] > 200) & (image[..., 1] < 60)
        if not red.any():
            return Detections.empty()
        rows, columns = np.nonzero(red)
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Detections.of(Kind.FACE, [box], [self.score], self.name)


def photos(desk, marked=(0, 5), **options):
    """Twenty photos on the disk, with a red square in some of them."""
    desk.source.joinpath("day").mkdir()
    desk.source.joinpath("night").mkdir()
    for number in range(20):
        image = Image.new("RGB", (100, 80), (9 * number, 90, 90))
        if number in marked:
            image.paste(MARK, MISSED)
        image.save(desk.source / f"{('day', 'night')[number % 2]}/{number:02}.jpg", quality=100, subsampling=0)
    return desk.photos(contents=True, **options)


@pytest.fixture
def review(desk):
    return reviews.open_review(photos(desk).case, plan=PLAN, seed="s")


def through(events):
    """Go through to the end; return the events and what was seen."""
    seen = []
    while True:
        try:
            seen.append(next(events))
        except StopIteration as end:
            return seen, end.value


def paths(review):
    return [item.asset.path for item in review.case.catalog.review_items(review.id)]


@pytest.mark.parametrize("which", Look)
def test_every_look_gives_boxes_of_the_picture_as_it_is(which):
    image = np.full((80, 100, 3), 90, np.uint8)
    image[32:48, 62:80] = MARK
    found = take(image, [Eye()], which)
    np.testing.assert_allclose(found.boxes, [(62, 32, 80, 48)], atol=1)


def test_what_a_look_sees_and_the_release_shows_comes_to_the_front_of_the_queue_and_says_why(review):
    assert "day/00.jpg" not in paths(review)[:2]
    events, seen = through(reviews.look_again(review, whole=True, detectors=[Eye()]))
    assert set(paths(review)[:2]) == {"day/00.jpg", "night/05.jpg"}
    item = next(each for each in review.case.catalog.review_items(review.id) if each.asset.path == "day/00.jpg")
    assert item.risky
    assert item.why[0] == (
        "By a mirrored look, an enlarged look and a look in tiles it is a face (0.70); the search saw nothing there."
    )
    [place] = [each for each in reviews.candidates(review, item) if each.reason is Reason.LOOKS]
    np.testing.assert_allclose(place.box, MISSED, atol=2)
    assert (seen.files, seen.total, seen.places, seen.with_places) == (20, 20, 2, 2)
    assert [events[0].kind, events[-1].kind] == ["start", "end"]
    assert "2 places in 2 files" in events[-1].message


def test_the_random_sample_stays_as_it_was_drawn(review):
    def sample():
        items = review.case.catalog.all_review_items(review.id)
        return {(item.asset.path, item.rank, item.at_random, item.stratum_rank) for item in items}

    before = sample()
    through(reviews.look_again(review, whole=True, detectors=[Eye()]))
    assert sample() == before


def test_only_the_queue_is_looked_at_unless_everything_is_asked_for(review):
    _, seen = through(reviews.look_again(review, ["mirrored"], detectors=[Eye()]))
    assert seen.total == len(paths(review)) < 20


def test_what_was_looked_at_is_not_looked_at_again_and_a_stopped_one_goes_on(review):
    eye, asked = Eye(), iter([False] * 7 + [True] * 99)
    events, seen = through(reviews.look_again(review, ["mirrored"], detectors=[eye], stopping=lambda: next(asked)))
    assert events[-1].kind == "stopped"
    assert 0 < seen.files < seen.total
    done = len(eye.sizes)
    _, seen = through(reviews.look_again(review, ["mirrored"], detectors=[eye]))
    assert seen.files == seen.total == len(eye.sizes) > done
    through(reviews.look_again(review, ["mirrored"], detectors=[eye]))
    assert len(eye.sizes) == seen.total


def test_closing_it_in_the_middle_keeps_what_was_seen(review):
    events = reviews.look_again(review, ["mirrored"], detectors=[Eye()])
    for _ in range(4):
        next(events)
    events.close()
    eye = Eye()
    _, seen = through(reviews.look_again(review, ["mirrored"], detectors=[eye]))
    assert len(eye.sizes) == seen.total - 3


def test_doing_it_twice_or_with_more_looks_says_nothing_twice(review):
    through(reviews.look_again(review, ["mirrored"], whole=True, detectors=[Eye()]))
    through(reviews.look_again(review, ["mirrored", "tiles"], whole=True, detectors=[Eye()]))
    first = review.case.catalog.review_items(review.id)[0]
    assert [text for text in first.why if "look" in text] == [
        "By a mirrored look and a look in tiles it is a face (0.70); the search saw nothing there."
    ]


def test_what_scores_less_than_the_profile_asks_for_is_no_disagreement(review):
    _, seen = through(reviews.look_again(review, ["mirrored"], whole=True, detectors=[Eye(score=0.1)]))
    assert (seen.places, seen.entered) == (0, 0)
    assert "no look would hide" in seen.words()


@pytest.mark.parametrize("action", [Action.ADD, Action.DROP])
def test_where_people_have_decided_no_look_asks_again(desk, action):
    photos(desk)
    asset, catalog = desk.assets[0], desk.case.catalog
    if action is Action.ADD:
        catalog.add_correction(
            asset.sha256, Correction(Action.ADD, 0, 0, FIRST_OWN_TRACK, kind=Kind.FACE, boxes=((0, *MISSED),))
        )
    else:
        both = Detections.of(Kind.FACE, [FACE, MISSED], [0.9, 0.6], "centerface")
        catalog.put_detections(asset.sha256, "prints", [both])
        catalog.add_correction(asset.sha256, Correction(Action.DROP, 0, 0, 1, kind=Kind.FACE, boxes=((0, *MISSED),)))
    review = reviews.open_review(desk.case, plan=PLAN, seed="s")
    _, seen = through(reviews.look_again(review, ["mirrored"], whole=True, detectors=[Eye()]))
    assert seen.with_places == 1


def test_an_answered_picture_keeps_its_place_and_is_named(desk):
    review = reviews.open_review(photos(desk, marked=range(20)).case, plan=PLAN, seed="s")
    item = next(each for each in review.case.catalog.review_items(review.id) if not each.risky)
    reviews.record(review, item, "ann", "clean", misses=0, false_alarms=0)
    before = reviews.figures(review)
    _, seen = through(reviews.look_again(review, ["mirrored"], whole=True, detectors=[Eye()]))
    assert seen.answered == 1
    assert "1 had been answered before" in seen.words()
    assert reviews.figures(review).risky == before.risky


def test_a_changed_file_is_named_and_the_others_go_on(review):
    item = review.case.catalog.review_items(review.id)[0]
    (review.case.path.parent / "photos" / item.asset.path).write_bytes(b"no picture")
    _, seen = through(reviews.look_again(review, ["mirrored"], detectors=[Eye()]))
    assert [path for path, _ in seen.failed] == [item.asset.path]
    assert seen.files == seen.total - 1


def test_who_may_not_plan_may_not_add_to_the_queue_and_an_unknown_look_is_refused(review):
    def nobody(person, act):
        raise UsageError(f"{person} may not {act}.")

    with pytest.raises(UsageError, match="ann may not plan review"):
        next(reviews.look_again(reviews.resume(review.case, review.id, nobody), by="ann"))
    with pytest.raises(UsageError, match="There is no look 'upside'"):
        next(reviews.look_again(review, ["upside"]))


def test_a_new_plan_knows_what_earlier_looks_saw(review):
    through(reviews.look_again(review, ["mirrored"], whole=True, detectors=[Eye()]))
    other = reviews.open_review(review.case, plan=PLAN, seed="t")
    assert set(paths(other)[:2]) == {"day/00.jpg", "night/05.jpg"}


def test_the_command_says_what_was_seen_and_goes_on_where_it_stopped(review, monkeypatch):
    monkeypatch.setattr("workbench.pipeline.load_detectors", lambda profile: [Eye()])
    folder = str(review.case.path)
    done = CliRunner().invoke(main, ["review", "look", folder, "--look", "mirrored", "--whole"])
    assert done.exit_code == 0, done.output
    assert "20 of 20 files looked at again: 2 places in 2 files" in done.output
    again = CliRunner().invoke(main, ["review", "look", folder, "--whole", "--look", "mirrored", "--json"])
    found = json.loads(again.stdout)
    assert (found["files"], found["places"], found["entered"]) == (20, 2, 0)
    assert CliRunner().invoke(main, ["review", "look", folder, "--look", "upside"]).exit_code == 2


@pytest.fixture
def screen(desk, monkeypatch):
    """The page of a reviewer who has begun, with a picture open in which a look sees more."""
    eye = Eye()
    monkeypatch.setattr("workbench.pipeline.load_detectors", lambda profile: [eye])
    made = Screen(Desk(photos(desk, marked=range(20)).case, "ana"), Session(desk.case))
    made.eye = eye
    made.looks.begin.click()
    assert "Begin a review first" in made.notice.text
    made.begin.click()
    assert made.join()
    return made


def test_on_the_screen_a_button_looks_again_and_the_queue_and_the_open_picture_show_it(screen):
    before = len(screen.desk.opened.editing.candidates)
    screen.looks.ways[Look.ENLARGED].value = screen.looks.ways[Look.TILES].value = False
    screen.looks.begin.click()
    assert screen.join()
    assert "20 of 20 files looked at again: 20 places in 20 files" in screen.looks.words.value
    assert len(screen.desk.opened.editing.candidates) == before + 1
    assert all("mirrored look" in item.reason for item in screen.queue._items)
    assert (screen.looks.begin.disabled, screen.looks.bar.layout.display) == (False, "none")


def test_on_the_screen_it_can_be_stopped_and_goes_on(screen, monkeypatch):
    look = Eye.__call__

    def look_and_stop(eye, image):
        if len(eye.sizes) == 3:
            screen.looks.end.click()
        return look(eye, image)

    monkeypatch.setattr(Eye, "__call__", look_and_stop)
    screen.looks.begin.click()
    assert screen.join()
    assert "Stopped." in screen.looks.words.value
    screen.looks.begin.click()
    assert screen.join()
    assert "20 of 20 files" in screen.looks.words.value


def test_no_way_to_look_is_said(screen):
    for box in screen.looks.ways.values():
        box.value = False
    screen.looks.begin.click()
    assert "Choose at least one way" in screen.notice.text
