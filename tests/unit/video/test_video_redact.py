"""A video from file to file: what is hidden, what stays, what is refused."""

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from clips import cut, make_clip, spoil, turn
from video_finders import FindsDisc, yellow

from workbench import corrections, profiles
from workbench.media.check_video import check_video
from workbench.media.video import open_video, times_digest
from workbench.profiles import KindRule, Video
from workbench.redact.over_time import cover_video
from workbench.values import Action, Correction, FileError, Kind, Method, State
from workbench.video import find, looking, redact_file, redact_video, redact_video_frame, render, search_key
from workbench.video.steps import Course, Step, nothing

FACES = profiles.load("publication").changed(kinds={Kind.FACE: KindRule()})
INTERNAL = profiles.load("analytics")


def frames_of(path):
    return [frame.rgb() for frame in open_video(path).frames()]


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("plain.mp4", {}),
        ("b.mp4", {"b_frames": 3}),
        ("web.webm", {"codec": "libvpx-vp9"}),
        ("deep.mkv", {"codec": "libx265", "pixels": "yuv420p10le"}),
        ("odd.mkv", {"size": (161, 121), "pixels": "yuv444p"}),
        ("old.avi", {"codec": "mpeg4"}),
        (
            "variable.mp4",
            {"ticks": [0, 1, 2, 5, 6, 9, 10, 15, 16, 17, 30, 31], "frames": 12, "time_base": Fraction(1, 30)},
        ),
    ],
)
def test_every_frame_is_there_at_its_time_without_the_object(tmp_path, name, traits):
    made = make_clip(tmp_path / name, **traits)
    outcome = redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    assert (outcome.state, outcome.output) == (State.DONE, "out.mp4")
    after = open_video(tmp_path / "out.mp4")
    before = open_video(made.path)
    assert after.times() == made.times
    assert outcome.times_sha256 == times_digest(made.times)
    assert (after.width, after.height, after.sample_aspect) == (before.width, before.height, before.sample_aspect)
    assert after.colour.matrix == before.colour.matrix
    assert after.depth == min(before.depth, 10)
    assert not after.has_audio
    for first, second in zip(frames_of(made.path), frames_of(tmp_path / "out.mp4"), strict=True):
        assert yellow(first).sum() > 100
        assert yellow(second).sum() == 0
    assert outcome.output_sha256 == hashlib.sha256((tmp_path / "out.mp4").read_bytes()).hexdigest()
    assert outcome.duration == str(after.duration)
    assert dict(outcome.counts) == {"face": 1}
    assert 0.05 < outcome.covered < 0.6
    changed = name != "plain.mp4" and name not in ("b.mp4", "variable.mp4")
    assert any(note.startswith("It was written as MP4") for note in outcome.notes) == changed


def test_a_damaged_clip_is_left_out_or_ends_at_its_last_good_frame_as_the_profile_says(tmp_path):
    made = make_clip(tmp_path / "a.mkv", frames=60, sound=2.0)
    cut(made.path, 0.7)
    with pytest.raises(FileError, match="cut short"):
        redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    assert not (tmp_path / "out.mp4").exists()
    profile = FACES.changed(video=Video(damaged="cut"))
    outcome = redact_file(made.path, tmp_path / "out", profile, [FindsDisc()])
    after = open_video(tmp_path / "out.mp4")
    assert 20 < outcome.frames == after.expected_frames < 60
    assert after.times() == made.times[: outcome.frames]
    assert any(f"only its first {outcome.frames} frames" in note for note in outcome.notes)
    assert all(yellow(picture).sum() == 0 for picture in frames_of(tmp_path / "out.mp4"))


def test_blur_in_a_damaged_clip_is_held_against_what_is_left_of_it(tmp_path):
    made = make_clip(tmp_path / "a.mp4", frames=24)
    spoil(made.path, 12, 400)
    profile = INTERNAL.changed(kinds={Kind.FACE: KindRule(method=Method.BLUR)}, video=Video(damaged="cut"))
    steps = []
    work = tmp_path / "work"
    work.mkdir()
    outcome = redact_video(
        made.path, tmp_path / "out", profile, [FindsDisc()], work=tmp_path, segments=work, tick=steps.append
    )
    assert 10 <= outcome.frames <= 12
    assert steps[0].phase == "reading"


def test_what_lies_beside_the_object_keeps_its_place_and_colour(tmp_path):
    made = make_clip(tmp_path / "a.mp4", frames=6)
    redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    for first, second in zip(frames_of(made.path), frames_of(tmp_path / "out.mp4"), strict=True):
        corner = np.s_[:20, :]
        assert np.abs(first[corner].astype(int) - second[corner]).mean() < 3


def test_a_turned_clip_comes_out_upright(tmp_path):
    made = make_clip(tmp_path / "a.mp4")
    turn(made.path, 90)
    outcome = redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    assert (outcome.width, outcome.height) == (120, 160)
    assert open_video(tmp_path / "out.mp4").rotation == 0
    assert all(yellow(image).sum() == 0 for image in frames_of(tmp_path / "out.mp4"))


def test_the_preview_of_a_frame_is_what_the_encoder_gets(tmp_path, monkeypatch):
    made = make_clip(tmp_path / "a.mp4", frames=10)
    given = []

    class Writer(render.SegmentWriter):
        def write(self, planes, time):
            given.append(planes)
            super().write(planes, time)

    monkeypatch.setattr(render, "SegmentWriter", Writer)
    redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    video = open_video(made.path)
    found = find(video, [FindsDisc()], FACES, Course(nothing, 10, "looking"))
    cover = cover_video(found.tracks, found.times, FACES, video.width, video.height)
    for frame, written in zip(video.frames(), given, strict=True):
        shown = redact_video_frame(frame, cover[frame.index])
        for one, other in zip(shown.planes, written, strict=True):
            assert (one == other).all()
        assert yellow(shown.rgb()).sum() == 0


@pytest.mark.parametrize("method", list(Method))
def test_every_method_passes_its_own_check(tmp_path, method):
    made = make_clip(tmp_path / "a.mp4", frames=12)
    profile = INTERNAL.changed(kinds={Kind.FACE: KindRule(method=method, strength=0.5)})
    outcome = redact_file(made.path, tmp_path / "out", profile, [FindsDisc()])
    assert {row[4] for row in outcome.regions} == {str(method)}


@pytest.mark.parametrize(
    ("audio", "muted", "words"),
    [("drop", False, "dropped"), ("mute", False, "dropped"), ("mute", True, "muted in parts"),
     ("distort", False, "distorted"), ("keep", False, "kept")],
)  # fmt: skip
def test_sound_follows_the_profile(tmp_path, audio, muted, words):
    made = make_clip(tmp_path / "a.mp4", frames=50, sound=2.0)
    profile = INTERNAL.changed(kinds={Kind.FACE: KindRule()}, video=Video(audio=audio))
    marked = [Correction(Action.MUTE, 0, 24)] if muted else []
    outcome = redact_video(
        made.path, tmp_path / "out", profile, [FindsDisc()], work=tmp_path, segments=tmp_path / "s", corrected=marked
    )
    assert outcome.audio == words
    assert open_video(tmp_path / "out.mp4").has_audio == (words != "dropped")


def test_a_box_that_a_person_added_is_hidden_without_looking_again(tmp_path):
    made = make_clip(tmp_path / "a.mp4")
    known = find(open_video(made.path), [FindsDisc()], FACES, Course(nothing, 24, "looking")).tracks
    added = Correction(Action.ADD, 2, 8, track=1_000_000, kind=Kind.FACE, boxes=[[2, 0, 0, 30, 20]])
    finder, kept = FindsDisc(), []
    outcome = redact_video(
        made.path, tmp_path / "out", FACES, [finder], work=tmp_path, segments=tmp_path / "s",
        known=known, found=kept.append, corrected=[added],
    )  # fmt: skip
    assert (finder.count, kept) == (0, [])
    assert outcome.counts["face"] == 2
    assert any(row[0] == 1_000_000 for row in outcome.regions)
    assert corrections.apply(known, [added])[4].boxes.shape[0] == known[4].boxes.shape[0] + 1


def test_known_detections_of_another_number_of_frames_are_looked_for_again(tmp_path):
    made = make_clip(tmp_path / "a.mp4")
    video = open_video(made.path)
    steps = []
    known = find(video, [FindsDisc()], FACES, Course(nothing, 24, "looking")).tracks[:-1]
    finder, kept = FindsDisc(), []
    redact_video(
        made.path, tmp_path / "out", FACES, [finder], work=tmp_path, segments=tmp_path / "s",
        known=known, found=kept.append, tick=steps.append,
    )  # fmt: skip
    assert finder.count > 0
    assert len(kept[0]) == 24
    assert {step.phase for step in steps} == {"looking", "hiding", "checking"}


def test_steps_rise_to_the_end(tmp_path):
    made = make_clip(tmp_path / "a.mp4")
    steps: list[Step] = []
    redact_video(
        made.path, tmp_path / "out", FACES, [FindsDisc()], work=tmp_path, segments=tmp_path / "s", tick=steps.append
    )
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert shares[-1] > 0.99
    assert len(steps) > 3 * 24
    assert any(step.rest for step in steps)


class Interruption(BaseException):
    pass


def test_what_a_tick_raises_ends_the_work_and_nothing_is_published(tmp_path, monkeypatch):
    monkeypatch.setattr(looking, "SEGMENT_SECONDS", Fraction(1, 5))
    made = make_clip(tmp_path / "a.mp4")
    profile = FACES.changed(video=Video(every=1, camera="moving"))
    results = []
    for rests in range(30):
        place = tmp_path / f"s{rests}"
        counter = iter(range(rests + 1))

        def tick(step, counter=counter):
            if step.rest and next(counter, None) is None:
                raise Interruption

        try:
            redact_video(made.path, tmp_path / "out", profile, [FindsDisc()], work=tmp_path, segments=place, tick=tick)
            break
        except Interruption:
            assert not list(tmp_path.glob("*.part*")) and not (tmp_path / "out.mp4").exists()
        again = FindsDisc()
        redact_video(made.path, tmp_path / "out", profile, [again], work=tmp_path, segments=place)
        results.append(((tmp_path / "out.mp4").read_bytes(), again.count))
        (tmp_path / "out.mp4").unlink()
    assert len({data for data, _ in results}) == 1
    counts = [count for _, count in results]
    assert counts[0] == 24 - 5 - 5 or counts[0] == 24 - 5
    assert counts[-1] == 0 and len(results) > 6


def test_a_segment_damaged_on_the_disk_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(looking, "SEGMENT_SECONDS", Fraction(1, 5))
    made = make_clip(tmp_path / "a.mp4")
    place = tmp_path / "s"
    outcome = redact_video(made.path, tmp_path / "out", FACES, [FindsDisc()], work=tmp_path, segments=place)
    for part in place.glob("hidden-*/0000[13].seg"):
        part.write_bytes(part.read_bytes()[:-50])
    again = redact_video(made.path, tmp_path / "again", FACES, [FindsDisc()], work=tmp_path, segments=place)
    assert again.output_sha256 == outcome.output_sha256


def test_a_check_that_fails_publishes_nothing_and_forgets_the_segments(tmp_path, monkeypatch):
    from workbench.video import redact

    made = make_clip(tmp_path / "a.mp4")
    monkeypatch.setattr(redact, "check_video", lambda path, **wanted: check_video(path, **{**wanted, "frames": 7}))
    with pytest.raises(FileError, match="held back"):
        redact_video(made.path, tmp_path / "out", FACES, [FindsDisc()], work=tmp_path, segments=tmp_path / "s")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "s"]
    assert not list((tmp_path / "s").glob("hidden-*"))


def test_a_source_that_changes_while_it_is_read_is_held_back(tmp_path):
    made = make_clip(tmp_path / "a.mp4")

    def touch(count):
        if count == 3:
            with made.path.open("ab") as file:
                file.write(b"\0")

    with pytest.raises(FileError, match="was changed while it was read"):
        redact_file(made.path, tmp_path / "out", FACES, [FindsDisc(then=touch)])
    assert not (tmp_path / "out.mp4").exists()


def test_a_clip_that_is_cut_short_is_refused(tmp_path):
    made = make_clip(tmp_path / "a.mkv", frames=50)
    cut(made.path, 0.7)
    with pytest.raises(FileError, match=r"a\.mkv"):
        redact_file(made.path, tmp_path / "out", FACES, [FindsDisc()])
    assert not (tmp_path / "out.mp4").exists()


def test_a_detector_that_fails_fails_the_video(tmp_path):
    def fail(count):
        raise ZeroDivisionError

    made = make_clip(tmp_path / "a.mp4")
    with pytest.raises(FileError, match="detector disc failed"):
        redact_file(made.path, tmp_path / "out", FACES, [FindsDisc(then=fail)])


def test_the_key_of_a_search_depends_on_how_is_searched_only():
    key = search_key("x", FACES)
    assert search_key("x", FACES.changed(kinds={Kind.FACE: KindRule(colour=(1, 2, 3))})) == key
    assert search_key("x", FACES.changed(video=Video(hold=1, audio="distort", compression=30))) == key
    others = [
        search_key("y", FACES),
        search_key("x", FACES.changed(quality="careful")),
        search_key("x", FACES.changed(video=Video(every=3))),
        search_key("x", FACES.changed(video=Video(camera="still"))),
    ]
    assert len({key, *others}) == 5
