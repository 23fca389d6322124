"""Videos beside photos in one batch; the worker is this process, the detector finds red."""

import json
import shutil

import pytest
import video_fakes
from PIL import Image
from video_fakes import FindsRed, clip, engine_of, reds

from workbench import batch
from workbench.evidence import verify
from workbench.profiles import KindRule, Output, Video
from workbench.release.manifest import read_manifest
from workbench.values import Action, Correction, Kind, Media, State
from workbench.video import looking

pytestmark = pytest.mark.usefixtures("inline", "videos")

UNFINISHED = [".workbench-unfinished"]


@pytest.fixture
def videos(world, monkeypatch):
    """Segments of one second, and a profile that hides faces only."""
    monkeypatch.setattr(looking, "SEGMENT_SECONDS", 1)
    world.profile = world.profile.changed(kinds={Kind.FACE: KindRule()})


def photo(world, name):
    image = Image.new("RGB", (96, 64), (90, 90, 90))
    image.paste((230, 20, 20), (20, 20, 40, 40))
    image.save(world.source / name)


def run(world, detector=None, **options):
    detector = detector or FindsRed()
    events = world.run(engine=engine_of(detector), **options)
    return detector, events


def segments(world):
    return sorted(path.name for path in (world.case_path / "segments").iterdir())


def test_photos_and_videos_are_one_batch_one_numbering_one_release(world):
    photo(world, "a.png")
    clip(world.source / "b.mov")
    photo(world, "c.png")
    (world.source / "d.txt").write_text("x")
    _, events = run(world)
    assert events[-1].kind == "end", events[-1].message
    found = world.outcomes()
    assert world.names() == ["000001.png", "000002.mp4", "000003.png"]
    video = found["b.mov"]
    assert (video.media, video.frames, video.width, video.height) == (Media.VIDEO, 30, 96, 64)
    assert dict(video.counts) == {"face": 1}  # one object, however long it is seen
    assert max(reds(world.out / "000002.mp4")) == 0 < min(reds(world.source / "b.mov"))
    assert found["d.txt"].state is State.BLOCKED
    assert verify(world.out).ok
    assert [entry.type for entry in read_manifest(world.out).files] == ["file", "video", "file"]
    assert segments(world) == []


def test_what_is_done_is_kept_and_another_profile_only_renders(world):
    clip(world.source / "a.mp4")
    detector, _ = run(world)
    assert detector.count > 0
    before = world.tree()
    again, _ = run(world)
    assert again.count == 0
    assert world.tree() == before
    world.profile = world.profile.changed(kinds={Kind.FACE: KindRule(colour=(10, 200, 10))})
    again, events = run(world)
    assert events[-1].kind == "end", events[-1].message
    assert again.count == 0
    assert world.tree()["000001.mp4"] != before["000001.mp4"]
    assert max(reds(world.out / "000001.mp4")) == 0


def test_looking_more_often_searches_again(world):
    clip(world.source / "a.mp4")
    run(world)
    world.profile = world.profile.changed(video=Video(every=1, camera="moving"))
    again, _ = run(world)
    assert again.count == 30


def test_a_rest_is_taken_at_the_end_of_a_segment_and_the_next_run_goes_on_there(world):
    clip(world.source / "a.mp4", frames=40)
    world.profile = world.profile.changed(video=Video(every=1, camera="moving"))
    undisturbed, _ = run(world)
    assert undisturbed.count == 40
    before = world.tree()
    shutil.rmtree(world.out)
    shutil.rmtree(world.case_path)
    asked = []
    detector = FindsRed(at=14, then=lambda: (asked.append(1), (world.case_path / "work" / "rest").touch()))
    _, events = run(world, detector, stopping=lambda: bool(asked))
    assert events[-1].kind == "stopped"
    assert detector.count == 20
    assert world.names() == UNFINISHED
    assert len(segments(world)) == 1
    again, events = run(world)
    assert again.count == 20
    assert events[-1].kind == "end", events[-1].message
    assert world.tree()["000001.mp4"] == before["000001.mp4"]
    assert segments(world) == []


def test_a_rest_while_hiding_keeps_what_is_encoded(world, monkeypatch):
    from workbench.video import render

    clip(world.source / "a.mp4", frames=40)
    written = []

    class Writer(render.SegmentWriter):
        def __init__(self, path, *args):
            written.append(path.name)
            super().__init__(path, *args)
            if len(written) == 2:
                (world.case_path / "work" / "rest").touch()

    monkeypatch.setattr(render, "SegmentWriter", Writer)
    _, events = run(world, stopping=lambda: bool(written))
    assert (events[-1].kind, len(written), world.names()) == ("stopped", 2, UNFINISHED)
    again, events = run(world)
    assert (events[-1].kind, len(written), again.count) == ("end", 4, 0)
    assert len(reds(world.out / "000001.mp4")) == 40


def test_what_is_kept_of_a_video_that_is_gone_or_changed_is_removed(world):
    clip(world.source / "a.mp4", frames=40)
    asked = []
    world.profile = world.profile.changed(video=Video(every=1, camera="moving"))
    detector = FindsRed(at=14, then=lambda: (asked.append(1), (world.case_path / "work" / "rest").touch()))
    run(world, detector, stopping=lambda: bool(asked))
    assert len(segments(world)) == 1
    clip(world.source / "a.mp4", frames=20, seed=5)
    _, events = run(world)
    assert events[-1].kind == "end", events[-1].message
    assert segments(world) == []


def test_a_damaged_video_fails_with_one_sentence_and_the_rest_goes_on(world):
    clip(world.source / "a.mp4", cut=900)
    (world.source / "b.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    (world.source / "c.webm").touch()
    clip(world.source / "d.mp4")
    _, events = run(world)
    found = world.outcomes()
    for name in ("a.mp4", "b.mp4", "c.webm"):
        assert found[name].state is State.FAILED
        assert name in found[name].error
        assert "\n" not in found[name].error
    assert found["d.mp4"].state is State.DONE
    assert world.names() == ["000004.mp4"]
    assert events[-1].kind == "end"
    assert verify(world.out).ok


def test_nothing_hidden_anywhere_blocks(world):
    clip(world.source / "a.mp4", red=False)
    _, events = run(world)
    assert "nothing was hidden" in events[-1].message
    assert not (world.out / "manifest.jsonl").exists()


def test_sound_by_policy(world):
    clip(world.source / "a.mp4", audio=True)
    clip(world.source / "b.mp4")
    run(world)
    found = world.outcomes()
    assert (found["a.mp4"].audio, found["b.mp4"].audio) == ("dropped", "none")
    world.profile = world.profile.changed(video=Video(audio="mute"))
    run(world)
    found = world.outcomes(2)
    assert found["a.mp4"].audio == "dropped"
    assert any("nobody marked" in note for note in found["a.mp4"].notes)
    world.profile = world.profile.changed(video=Video(audio="distort"))
    run(world)
    assert world.outcomes(3)["a.mp4"].audio == "distorted"
    assert verify(world.out).ok


def test_changed_corrections_put_the_output_out_of_date(world):
    source = clip(world.source / "a.mp4", audio=True)
    world.profile = world.profile.changed(video=Video(audio="mute"))
    run(world)
    first = world.tree()["000001.mp4"]
    from workbench.catalog.store import file_sha256

    sha256 = file_sha256(source)
    with world.case() as case:
        box = Correction(Action.ADD, 3, 9, track=1_000_000, kind=Kind.FACE, boxes=[[3, 60, 40, 80, 60]])
        case.catalog.add_correction(sha256, box)
        case.catalog.add_correction(sha256, Correction(Action.MUTE, 0, 9))
    again, _ = run(world)
    outcome = world.outcomes()["a.mp4"]
    assert again.count == 0
    assert world.tree()["000001.mp4"] != first
    assert outcome.counts["face"] == 2
    assert outcome.audio == "muted in parts"
    assert verify(world.out).ok
    with world.case() as case:
        for correction in case.catalog.corrections(sha256):
            case.catalog.withdraw_correction(sha256, correction.number)
    run(world)
    assert world.tree()["000001.mp4"] == first


def test_a_smaller_output_is_smaller(world):
    clip(world.source / "a.mp4")
    world.profile = world.profile.changed(output=Output(max_side=48))
    _, events = run(world)
    assert events[-1].kind == "end", events[-1].message
    outcome = world.outcomes()["a.mp4"]
    assert (outcome.width, outcome.height) == (48, 32)
    assert max(reds(world.out / "000001.mp4")) == 0
    assert verify(world.out).ok


def test_own_names_let_a_photo_and_its_video_stand_side_by_side(world):
    photo(world, "IMG_1.png")
    clip(world.source / "IMG_1.mov")
    clip(world.source / "IMG_1.mkv", seed=3)
    world.profile = world.profile.changed(output=Output(names="keep"))
    run(world)
    assert world.names() == ["IMG_1-2.mp4", "IMG_1.mp4", "IMG_1.png"]


def test_a_full_disk_pauses_and_the_segments_stay(world, monkeypatch):
    import errno

    from workbench.video import render

    clip(world.source / "a.mp4", frames=40)
    writes = render.SegmentWriter.write
    full = [True]

    def write(self, planes, time):
        if full[0] and time > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        writes(self, planes, time)

    monkeypatch.setattr(render.SegmentWriter, "write", write)

    def look(case, run_id, event):
        if event.kind == "paused":
            assert "disk is full" in event.message
            assert len(segments(world)) == 1
            full[0] = False
            case.catalog.request(run_id, "resume")

    _, events = run(world, on=look)
    kinds = [event.kind for event in events]
    assert kinds.index("paused") < kinds.index("end")
    assert len(reds(world.out / "000001.mp4")) == 40


def test_find_assets_tells_photos_from_videos_by_content(world):
    photo(world, "a.png")
    clip(world.source / "clip.mp4").rename(world.source / "b.dat")
    (world.source / "c.ts").write_text("export const x = 1;\n")
    found = batch.find_assets([world.source])
    assert [(asset.path, asset.media) for asset in found] == [("a.png", Media.PHOTO), ("b.dat", Media.VIDEO)]


def test_the_outcome_survives_the_catalog(world):
    clip(world.source / "a.mp4")
    run(world)
    outcome = world.outcomes()["a.mp4"]
    assert outcome.duration == "3"
    assert len(outcome.times_sha256) == 64
    assert json.dumps(list(outcome.notes))
    assert outcome.media is Media.VIDEO
    assert outcome.frames == video_fakes.RATE * 3
