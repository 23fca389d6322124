import pytest

from workbench import profiles
from workbench.values import Kind, UsageError


@pytest.mark.parametrize("name", profiles.builtin_names())
def test_a_built_in_profile_survives_its_text_form(name):
    profile = profiles.load(name)
    again = profiles.parse(profile.to_toml())
    assert again == profile
    assert again.digest == profile.digest
    assert {Kind.FACE, Kind.PLATE, Kind.TEXT} == set(profile.hidden)


def test_the_digest_changes_with_every_setting_but_not_with_the_description():
    profile = profiles.load("publication")
    stricter = profile.changed(
        kinds={**profile.kinds, Kind.FACE: profile.kinds[Kind.FACE].model_copy(update={"pad": 0.4})}
    )
    assert stricter.digest != profile.digest
    assert profile.changed(description="other words").digest == profile.digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name"),
        ("name = 'x'", "purpose"),
        ("name = 'x'\npurpose = 'fun'", "publication"),
        ("name = 'x'\npurpose = 'publication'\ncolour = 1", "unknown setting"),
        ("name = 'x'\npurpose = 'publication'\n[kinds.nose]\npad = 1", "kinds.nose"),
        ("name = 'x'\npurpose = 'publication'\n[kinds.face]\npadding = 1", "kinds.face.padding: unknown setting"),
        ("name = 'x'\npurpose = 'publication'\n[kinds.face]\nmin_score = 0.01", "0.05"),
        ("name = 'x'\npurpose = 'publication'\n[kinds.face]\ncolour = [1, 2, 900]", "0 to 255"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_wrong_profile_is_refused_in_one_sentence(text, says):
    with pytest.raises(UsageError) as error:
        profiles.parse(text, "mine.toml")
    assert "mine.toml" in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("purpose", "setting", "says"),
    [
        ("publication", "method = 'blur'", "too weak"),
        ("publication", "method = 'pixelate'", "too weak"),
        ("publication", "shape = 'ellipse'", "corners"),
        ("publication", "pad = 0.1", "margin"),
        ("publication", "min_score = 0.9", "confidence"),
        ("publication", "min_size = 40", "16 px"),
        ("ai-training", "method = 'blur'", "too weak"),
        ("analytics", "method = 'blur'\nstrength = 0.1", "can be undone"),
        ("analytics", "method = 'pixelate'\nstrength = 0.1", "can be undone"),
    ],
)
def test_what_is_below_the_floor_of_its_purpose_is_refused(purpose, setting, says):
    with pytest.raises(UsageError, match=says):
        profiles.parse(f"name = 'x'\npurpose = '{purpose}'\n[kinds.face]\n{setting}")


def test_analytics_may_blur_strongly():
    text = "name = 'x'\npurpose = 'analytics'\n[kinds.face]\nmethod = 'blur'\nstrength = 0.4\nshape = 'ellipse'"
    assert profiles.parse(text).kinds[Kind.FACE].method == "blur"


def test_an_unknown_profile_names_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match="publication"):
        profiles.load(tmp_path / "none.toml")


def test_choosing_kinds_hides_exactly_those():
    assert profiles.load("publication").with_kinds((Kind.FACE,)).hidden == (Kind.FACE,)
