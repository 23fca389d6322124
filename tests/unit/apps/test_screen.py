"""The dashboard's screen and its state, without a kernel and with a detector that needs no network."""

import pytest
from screen_fakes import Finder

from workbench import pipeline
from workbench.apps.explore import explore
from workbench.values import UsageError


def names(session):
    return [asset.path for asset in session.assets]


def test_the_pictures_of_sub_folders_are_listed(session, pictures):
    session.choose(pictures)
    assert "people/astronaut.jpg" in names(session)
    assert session.thumbnail(names(session).index("people/astronaut.jpg")).startswith(b"\xff\xd8")
    assert session.suggested_out() == str(pictures.with_name("pictures-redacted"))


def test_a_picture_is_searched_once_whatever_the_sliders_do(session, pictures):
    session.choose(pictures)
    index = names(session).index("people/astronaut.jpg")
    picture = session.open(index)
    for _ in range(3):
        session.exact(picture, session.profile)
    session.open(index)
    assert Finder.calls == 1


def test_what_is_shown_is_what_the_batch_writes(session, pictures, tmp_path):
    session.choose(pictures)
    index = names(session).index("office/letter.png")
    picture = session.open(index)
    _, regions = session.exact(picture, session.profile)
    outcome = pipeline.redact_asset(
        session.path(index), tmp_path / "out", session.profile, lambda _: [picture.detections], tmp_path
    )
    assert [row[4:] for row in outcome.regions] == regions.boxes.tolist()


@pytest.mark.parametrize("name", ["", "publication", "../x", "a/b", "x" * 61])
def test_a_profile_needs_a_new_plain_name(session, name):
    with pytest.raises(UsageError):
        session.save_profile(name, session.profile)


def test_a_saved_profile_can_be_chosen_again(session):
    session.save_profile("mine", session.profile.changed(quality="fast"))
    session.load_profile("publication")
    assert "mine" in session.profile_names()
    assert session.load_profile("mine").quality == "fast"


def test_choosing_a_folder_shows_its_pictures_and_opens_the_first_that_can_be(screen):
    assert screen.tabs.selected_index == 1
    assert len(screen.gallery.items) == 8
    states = {item.name: item.state for item in screen.gallery.items}
    assert states["broken.jpg"] == "failed"
    assert "broken.jpg" in screen.notice.text


def test_the_next_picture_is_searched_and_counted(screen):
    screen._open(1)
    assert screen.background.join()
    item = screen.gallery.items[1]
    assert (item.state, dict(item.counts)) == ("found", {"face": 1})
    assert screen.notice.text == ""


def test_a_lower_threshold_hides_the_doubtful_one(screen):
    screen._open(1)
    screen.background.join()
    rules = screen.preview.rules
    rules = {**rules, "face": {**rules["face"], "min_score": 0.1}}
    screen.preview.set_state({"rules": rules})
    assert screen.background.join()
    assert dict(screen.gallery.items[1].counts) == {"face": 2}


def test_a_more_careful_search_looks_again_and_gives_the_profile_another_name(screen):
    screen._open(1)
    screen.background.join()
    looked = Finder.calls
    screen.quality.value = "careful"
    assert screen.background.join()
    profile = screen.preview.profile
    assert (profile.quality, profile.name) == ("careful", "publication changed")
    screen.quality.value = "fast"
    screen.background.join()
    assert screen.preview.profile.name == "publication changed"
    assert Finder.calls == looked  # this finder is the same in all qualities, so nothing is searched twice


def test_an_error_is_a_sentence_on_the_page(screen):
    screen.profile_name.value = "publication"
    screen.save.click()
    assert "built-in" in screen.notice.text
    screen.out.value = ""
    screen.start.click()
    screen.background.join()
    assert "into which folder" in screen.notice.text


def test_a_file_name_cannot_become_markup(screen):
    screen.notice.warn("<script>alert(1)</script>")
    assert "<script>" not in screen.notice.widget.value


def test_explore_shows_one_picture_and_gives_the_profile_back(pictures, monkeypatch):
    monkeypatch.setattr(pipeline, "load_detectors", lambda profile, threads=0: (Finder(),))
    widget = explore(pictures / "people" / "astronaut.jpg", "ai-training")
    assert widget.profile.purpose == "ai-training"
    sent = repr({name: getattr(widget, name) for name in widget.keys if not name.startswith("_")})
    assert len(sent) < 20_000  # no pixel is in a synced trait
