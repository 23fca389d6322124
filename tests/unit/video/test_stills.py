"""Single frames of a redacted video."""

from fractions import Fraction

import numpy as np
import pytest
from clips import moving_box, scene
from PIL import Image
from redacted_clips import FACE, PROFILE, SIZE, redacted

from workbench.profiles import Background
from workbench.values import FileError, Kind
from workbench.video.stills import movement, still_name, write_stills


def written(made, tmp_path, frames=(6,), form="png"):
    out = tmp_path / "frames"
    out.mkdir()
    return list(write_stills(made, made.open(), frames, out, form, tmp_path)), out


def pixels(out, still):
    return np.asarray(Image.open(out / still.outcome.output).convert("RGB"))


def looked(made):
    steps = movement(made, made.open())
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            assert shares == sorted(shares)
            assert shares[-1] == 1
            return end.value


@pytest.mark.parametrize("form", ["png", "jpg"])
def test_the_fill_is_one_colour_and_everything_else_is_the_video(tmp_path, form):
    made = redacted(tmp_path / "release")
    [still], out = written(made, tmp_path, form=form)
    picture = pixels(out, still)
    assert still.outcome.output == f"000001-f000006.{form}"
    # A JPEG's blocks have 8 px; one that is hidden in part rings a little.
    assert np.abs(picture[32:64, 40:72].astype(int) - 96).max() <= (0 if form == "png" else 2)
    assert np.abs(picture[30:70, 40:72].astype(int) - 96).max() <= (0 if form == "png" else 24)
    shown = next(made.open().frames(6, 7)).rgb().astype(int)
    shown[30:70, 40:72] = 96
    assert np.abs(picture - shown).mean() <= (0 if form == "png" else 4)


def test_a_frame_says_what_is_hidden_in_it_and_when_it_is_shown(tmp_path):
    rows = [FACE, [8, 6, 6, "text", "solid", "box", 0, 0, 20, 10]]
    stills, _ = written(redacted(tmp_path / "release", rows=rows), tmp_path, frames=[3, 4, 6])
    assert [dict(still.outcome.counts) for still in stills] == [{}, {"face": 1}, {"face": 1, "text": 1}]
    assert [still.time for still in stills] == [Fraction(3, 25), Fraction(4, 25), Fraction(6, 25)]
    assert stills[1].rows == [(7, "face", "solid", "box", 40, 30, 72, 70)]
    assert stills[1].outcome.regions == [[0, "face", "solid", "box", 40, 30, 72, 70]]
    assert stills[2].outcome.covered == pytest.approx((32 * 40 + 20 * 10) / (SIZE[0] * SIZE[1]))


def test_an_average_is_that_of_the_surroundings_and_a_blur_stays_as_it_is(tmp_path):
    rows = [[*FACE[:4], "average", *FACE[5:]], [2, 6, 6, "text", "blur", "box", 100, 80, 140, 110]]
    made = redacted(tmp_path / "release", rows=rows)
    [still], out = written(made, tmp_path)
    picture, shown = pixels(out, still), next(made.open().frames(6, 7)).rgb()
    assert np.ptp(picture[30:70, 40:72].reshape(-1, 3), axis=0).max() == 0
    assert (picture[80:110, 100:140] == shown[80:110, 100:140]).all()
    assert {row[2] for row in still.rows} == {"average", "blur"}


def test_what_a_smaller_video_left_nothing_of_is_not_listed(tmp_path):
    [still], _ = written(redacted(tmp_path / "release", rows=[[*FACE[:6], 40, 30, 40, 70]]), tmp_path)
    assert list(still.rows) == []


def test_a_hidden_background_has_its_colour_and_is_no_object(tmp_path):
    profile = PROFILE.changed(background=Background(hide=True, colour=(10, 200, 30)))
    rows = [[-1, 0, 23, "other", "solid", "box", 0, 0, 80, 120], FACE]
    made = redacted(tmp_path / "release", profile, rows=rows)
    assert np.flatnonzero(made.objects()).tolist() == list(range(4, 10))
    [still], out = written(made, tmp_path)
    assert pixels(out, still)[100, 20].tolist() == [10, 200, 30]
    assert Kind.OTHER in still.outcome.counts


def test_a_video_that_was_changed_is_not_opened(tmp_path):
    made = redacted(tmp_path / "release")
    data = bytearray(made.path.read_bytes())
    data[-1] ^= 1
    made.path.write_bytes(data)
    with pytest.raises(FileError, match=r"000001\.mp4 is not what the manifest"):
        made.open()
    made.path.unlink()
    with pytest.raises(FileError, match="cannot be read"):
        made.open()


def test_a_link_to_another_place_is_not_followed(tmp_path):
    made = redacted(tmp_path / "release")
    made.path.rename(tmp_path / "elsewhere.mp4")
    made.path.symlink_to(tmp_path / "elsewhere.mp4")
    with pytest.raises(FileError, match="not what the manifest"):
        made.open()


def test_a_scene_begins_with_a_cut(tmp_path):
    made = redacted(tmp_path / "release", rows=[], frames=30, draw=_two_scenes)
    assert np.flatnonzero(looked(made).cuts).tolist() == [14]


def test_a_fill_that_comes_and_goes_is_neither_a_cut_nor_motion(tmp_path):
    def draw(index):
        picture = scene(0, SIZE)
        if 8 <= index < 16:
            picture[:, 60:] = 96
        return picture

    hidden = [1, 8, 15, "face", "solid", "box", 60, 0, 160, 120]
    seen = looked(redacted(tmp_path / "release", rows=[hidden], draw=draw))
    assert not seen.cuts.any()
    assert seen.change.max() < 0.01
    blind = looked(redacted(tmp_path / "other", rows=[], draw=draw))
    assert blind.change.max() > 0.3 or blind.cuts.any()


def test_what_moves_is_told_from_what_stands(tmp_path):
    still = looked(redacted(tmp_path / "still", rows=[], draw=lambda index: scene(0, SIZE)))
    moving = looked(redacted(tmp_path / "moving", rows=[], draw=lambda index: scene(index, SIZE, still=True)))
    assert still.change.max() == 0
    assert np.median(moving.change) > 0.005


def test_names_tell_the_video_and_the_frame():
    assert still_name("folder-01/000012.mp4", 345) == "folder-01/000012-f000345"


def _two_scenes(index):
    if index < 14:
        return scene(index, SIZE, still=True)
    noise = np.random.default_rng(3).integers(0, 2, (12, 16, 1)).repeat(10, 0).repeat(10, 1)
    picture = np.broadcast_to(noise * 200 + 20, (SIZE[1], SIZE[0], 3)).astype(np.uint8).copy()
    x0, y0, x1, y1 = moving_box(index, SIZE)
    picture[y0:y1, x0:x1] = (250, 30, 30)
    return picture
