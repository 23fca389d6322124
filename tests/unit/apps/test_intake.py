"""The intake's screen and its state, without a kernel: look, describe, near-duplicates, rules, subsets."""

import shutil

import pytest
from PIL import Image

from workbench import curate
from workbench.apps.intake import SUBSETS, Screen
from workbench.apps.intake_desk import IntakeDesk, filter_of
from workbench.apps.intake_rows import how_to_redact, summary, term
from workbench.apps.role import Seat
from workbench.apps.session import Session
from workbench.catalog.case import Case
from workbench.governance import casework
from workbench.governance.record import Person, Record
from workbench.media.samples import write_samples
from workbench.values import UsageError


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of pictures, two of them nearly alike, one of them cut off."""
    made = tmp_path_factory.mktemp("intake") / "pictures"
    for sample in write_samples(made):
        if sample.stem not in ("astronaut", "parking", "letter"):
            sample.unlink()
    with Image.open(made / "people" / "astronaut.jpg") as image:
        image.resize((image.width // 2, image.height // 2)).save(made / "people" / "small.jpg", quality=70)
    (made / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return made


@pytest.fixture(scope="module")
def looked(place):
    """A case in which that folder was looked at; it is copied for each test."""
    with Case.open(place.parent / "case") as case:
        list(curate.look(case, [place]))
    return place.parent / "case"


@pytest.fixture
def desk(looked, tmp_path):
    shutil.copytree(looked, tmp_path / "case")
    with Case.open(tmp_path / "case") as case:
        yield IntakeDesk(case, Seat(case.path, "ann"))


@pytest.fixture
def screen(desk, place):
    made = Screen(desk, [place.parent])
    yield made
    assert made.join()


def names(screen):
    return [screen.desk.files[at].asset.path for at in screen.files.visible]


def test_a_folder_is_looked_at_and_counted(tmp_path, place):
    with Case.open(tmp_path / "case") as case:
        screen = Screen(IntakeDesk(case, Seat(case.path, "ann")), [place.parent])
        assert screen.files.rows == ()
        screen._choose(place)
        assert screen.join()
        assert "photos" in screen.notice.text
        assert len(screen.files.rows) == 5
        assert "1 file cannot be used" in screen.summary.value
        assert not screen.look.disabled


def test_what_cannot_be_used_is_listed_with_its_reason_and_never_chosen(screen):
    rows = {row.name: row for row in screen.files.rows}
    assert "broken.jpg" in rows["broken.jpg"].problem
    assert len(screen.files.visible) == 5
    assert "4 usable files" in screen.say.description
    screen.name.value = "all"
    screen.store.click()
    (stored,) = screen.desk.subsets()
    assert len(stored.members) == 4


def test_files_are_described_many_at_once_and_taken_back(screen):
    screen.files.set_filter("people")
    screen.fields["scenario"].value = "street"
    screen.fields["sensitivity"].value = "high"
    screen.say.click()
    assert "2 files changed" in screen.notice.text
    said = {file.asset.path: dict(file.said) for file in screen.desk.files if file.said}
    assert said["people/astronaut.jpg"] == {"scenario": "street", "sensitivity": "high"}
    assert set(said) == {"people/astronaut.jpg", "people/small.jpg"}
    assert screen.fields["scenario"].value == ""
    screen.files.pick([next(at for at, file in enumerate(screen.desk.files) if file.asset.path.endswith("small.jpg"))])
    assert screen.take_back.description == "Take it back for the 1 file picked"
    screen.back_field.value = "sensitivity"
    screen.take_back.click()
    screen.files.set_filter("sensitivity=high")
    assert names(screen) == ["people/astronaut.jpg"]


def test_a_model_release_that_is_not_there_is_said_and_what_was_typed_stays(screen):
    screen.fields["model_release"].value = "releases/none.pdf"
    screen.say.click()
    assert "none.pdf" in screen.notice.text
    assert screen.fields["model_release"].value == "releases/none.pdf"


def test_near_duplicates_are_offered_and_left_out_of_what_is_chosen(screen):
    offered = [screen.twins.rows[at].name for at in screen.twins.picked]
    assert offered == ["people/small.jpg"]
    assert "the best" in screen.twins.rows[0].about
    screen.leave_out.click()
    assert "people/small.jpg" not in names(screen)
    screen.name.value = "best"
    screen.store.click()
    assert screen.desk.subsets()[0].rule == "(1 near-duplicate left out)"
    screen.twins.pick([])
    screen.leave_out.click()
    assert "people/small.jpg" in names(screen)


def test_a_rule_is_added_by_the_form_and_the_text_can_be_edited(screen):
    screen.when["folder"].value = "street"
    screen.then["scenario"].value = "parking"
    screen.add_rule.click()
    assert 'scenario = "parking"' in screen.rules.value
    screen.files.set_filter("scenario=parking")
    assert names(screen) == ["street/parking.jpg"]
    screen.rules.value = screen.rules.value.replace("parking", "garage")
    screen.save_rules.click()
    screen.files.set_filter("scenario=garage")
    assert len(screen.files.visible) == 1
    before = screen.rules.value
    screen.rules.value = "[[rule]]\ncolour = 3\n"
    screen.save_rules.click()
    assert "intake.toml" in screen.notice.text
    assert screen.rules.value == "[[rule]]\ncolour = 3\n", "what was typed stays"
    assert screen.desk.rules() == before


def test_a_sample_is_drawn_again_with_its_seed_and_stored_with_it(screen):
    screen.sample.value, screen.per.value, screen.seed.value = 2, "folder", "one"
    screen.draw.click()
    first = screen.files.picked
    assert len(first) == 2
    screen.files.pick([])
    screen.draw.click()
    assert screen.files.picked == first
    screen.name.value = "pilot"
    screen.store.click()
    (stored,) = screen.desk.subsets()
    assert (stored.name, stored.rule, stored.seed) == ("pilot", "(sample of 2 by folder)", "one")
    assert screen.tabs.selected_index == SUBSETS
    assert "pilot" in screen.stored.value
    assert screen.redact_choice.value == "pilot"


def test_a_bad_name_or_seed_is_a_sentence(screen):
    screen.name.value = "../x"
    screen.store.click()
    assert screen.notice.text
    assert screen.desk.subsets() == []
    screen.sample.value, screen.seed.value = 2, " "
    screen.draw.click()
    assert "seed" in screen.notice.text


def test_the_redaction_takes_a_stored_subset_and_no_other_file(screen, place):
    screen.files.set_filter("parking")
    screen.name.value = "cars"
    screen.store.click()
    session = Session(screen.desk.case, "ann")
    assert session.subsets() == [("cars: 1 file", "cars")]
    assert [asset.path for asset in session.choose_subset("cars")] == ["street/parking.jpg"]
    assert session.suggested_out().endswith("pictures-cars-redacted")
    assert len(session.choose(place)) > 1
    assert session.subset == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("IMG_01", "pattern=*IMG_01*"),
        ("-IMG", "pattern!=*IMG*"),
        ("-alike media=photo", "-alike media=photo"),
        ('device="dash or security camera" gate', 'device="dash or security camera" pattern=*gate*'),
    ],
)
def test_a_plain_word_is_part_of_a_name(typed, meant):
    assert str(filter_of(typed)) == meant


@pytest.mark.parametrize("typed", ["colour=red", 'name="x', "width>tall"])
def test_a_condition_that_is_none_is_refused(typed):
    with pytest.raises(UsageError):
        filter_of(typed)


def test_a_role_that_may_not_gets_the_reason_and_no_button(screen, desk):
    casework.make(desk.case.path, Record.new("Street", "analytics"))
    for number, login, role in ((1, "bob", "operator"), (2, "ann", "auditor")):
        casework.name_person(desk.case.path, Person(number=number, login=login, roles=(role,)), who="bob")
    again = Screen(desk, screen.folders._roots)
    assert again.say.disabled
    assert again.store.disabled
    assert "auditor" in again.held.why.value
    with pytest.raises(UsageError, match="describe files"):
        desk.save_rules("")


def test_words_are_escaped_and_links_only_where_they_lead_somewhere(desk):
    assert "<" not in term("scenario", "street")
    assert "href" not in how_to_redact("pilot", served=False)
    assert "redact.ipynb?subset=pilot" in how_to_redact("pilot", served=True)
    assert how_to_redact("", served=True) == ""
    assert "<script" not in summary(desk.files)
