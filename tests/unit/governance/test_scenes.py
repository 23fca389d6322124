import pytest

from workbench import profiles
from workbench.governance import guidance, scenes
from workbench.governance.effects import effects, profile_for, refuse_weaker
from workbench.governance.raising import weaknesses
from workbench.governance.record import Record
from workbench.values import UsageError


@pytest.mark.parametrize("name", list(scenes.scenes()))
@pytest.mark.parametrize("purpose", ["publication", "ai-training", "analytics"])
def test_every_scene_can_be_met_by_a_raised_profile_and_says_why(name, purpose):
    record, scene = Record.new("x", purpose), scenes.scenes()[name]
    profile = profile_for(record, [name])
    refuse_weaker(record, profile, [name])
    assert not list(weaknesses(profile, [want for want in scene.raises if want.must]))
    assert all(want.why for want in scene.raises)
    assert set(scene.checks) <= set(guidance.checks())
    if list(weaknesses(profiles.load(profile.name.removesuffix(" raised")), [w for w in scene.raises if w.must])):
        with pytest.raises(UsageError, match="weaker than this case allows"):
            refuse_weaker(record, profile_for(record), [name])


def test_words_are_unique_and_known_by_their_other_names():
    words = [word for scene in scenes.scenes().values() for word in (scene.id, *scene.also)]
    assert len(words) == len(set(words))
    assert scenes.scene_of("protest") == "crowd"
    assert scenes.scene_of("meadow") == ""


def test_what_is_present_comes_from_scenario_and_sensitivity():
    assert scenes.present([]) == ()
    assert scenes.present([{"scenario": "meadow"}, {"sensitivity": "low"}]) == ()
    said = [{"scenario": "clinic", "sensitivity": "high"}, {"scenario": "street"}, {"scenario": "street"}]
    assert scenes.present(said) == ("street", "hospital", "high-sensitivity")


def test_scenes_suggest_the_background_ask_for_checks_and_more_review():
    record = Record.new("x", "publication")
    plain, school = effects(record), effects(record, ["school"])
    assert {want.setting for want in school.suggested} == {"background.hide", "kinds.person.hide"}
    assert "background" in {check.value for check in school.checks}
    assert "schools" in next(check.why for check in school.checks if check.value == "background")
    assert (plain.review_target.value, school.review_target.value) == (0.01, 0.005)
    assert "schools" in school.review_target.why
    assert effects(record, ["school", "crowd"]).review_target.value == 0.005
    assert school.scenes == ("school",)
    assert effects(record, ["meadow"]) == plain
