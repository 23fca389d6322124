"""A review in another tool, from the export to the corrections, and a run held against the truth."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from review_cases import FACE, FAINT

from workbench.cli import main
from workbench.labels import formats
from workbench.labels.values import Label, LabelSet, Picture, frame_name
from workbench.review import labelling, measuring
from workbench.review.labelling import Reading
from workbench.values import Action, Correction, FileError, Kind, UsageError

PLACES = {"coco": "labels.json", "cvat": "labels.xml", "voc": "labels", "yolo": "labels"}


def bring(desk, path, form="coco", **options):
    return labelling.bring_corrections(desk.case, desk.run, path, Reading(form, **options), by="ann")


def edited(desk, tmp_path, change):
    """Export, change the labels of the first picture as a person in another tool would, and write them anew."""
    out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}.json"
    labelling.export(desk.case, desk.run, out, "coco")
    found = formats.read(out, "coco")
    first, *others = found.pictures
    changed = LabelSet((replace(first, labels=tuple(change(list(first.labels)))), *others), found.kinds)
    path = out.with_suffix(".back.json")
    formats.write(changed, path, "coco")
    return path


@pytest.mark.parametrize("form", PLACES)
def test_what_comes_back_unchanged_changes_nothing(desk, tmp_path, form):
    desk.photos(6)
    out = tmp_path / "there" / PLACES[form]
    done = labelling.export(desk.case, desk.run, out, form)
    assert (done.pictures, done.boxes) == (6, 6)  # the faint ones are not hidden
    assert {p.name for p in formats.read(out, form, lambda _: (100, 80)).pictures} == {
        asset.path for asset in desk.assets
    }
    assert str(desk.source) not in (out.read_text() if out.is_file() else "")
    assert bring(desk, out, form).changed == 0
    assert all(desk.case.catalog.corrections(asset.sha256) == [] for asset in desk.assets)


def test_changes_become_corrections_once(desk, tmp_path):
    desk.photos(6)
    added = Label((60, 50, 70, 60), "plate")
    path = edited(desk, tmp_path, lambda labels: [replace(labels[0], kind="text"), added])
    done = bring(desk, path)
    assert (done.files, done.changed, done.counts) == (6, 1, {"add": 1, "accept": 1, "kind": 1})
    made = desk.case.catalog.corrections(desk.assets[0].sha256)
    assert {c.by for c in made} == {"ann"}
    assert bring(desk, path).changed == 0
    path = edited(desk, tmp_path, lambda labels: labels[1:])
    assert bring(desk, path).counts == {"drop": 1}


def test_a_faint_face_that_was_marked_is_hidden_and_all_can_be_exported(desk, tmp_path):
    desk.photos(6, faint=(0, 1, 2))
    path = edited(desk, tmp_path, lambda labels: [*labels, Label(tuple(FAINT), "face")])
    assert bring(desk, path).counts == {"add": 1}
    everything = labelling.export(desk.case, desk.run, tmp_path / "all.json", "coco", everything=True)
    assert everything.boxes == 6 + 3 + 1


def test_a_clip_goes_out_as_tracks_and_comes_back(desk, tmp_path):
    desk.photos(2)
    asset = desk.video("ride.mp4")
    labelling.export(desk.case, desk.run, tmp_path / "tasks", "cvat")
    assert sorted(path.name for path in (tmp_path / "tasks").iterdir()) == ["images.xml", "video-0001.xml"]
    assert bring(desk, tmp_path / "tasks", "cvat").changed == 0
    found = formats.read(tmp_path / "tasks" / "video-0001.xml", "cvat")
    assert [p.frame for p in found.pictures if not p.labels] == list(range(20, 30))  # as it really is
    cut = [p if p.frame < 40 else replace(p, labels=()) for p in found.pictures]
    formats.write(LabelSet(tuple(cut)), tmp_path / "back.xml", "cvat")
    assert bring(desk, tmp_path / "back.xml", "cvat").counts == {"drop": 1}
    [made] = desk.case.catalog.corrections(asset.sha256)
    assert (made.action, made.first, made.last, made.track) == (Action.DROP, 40, 49, 0)


def test_what_was_never_exported_or_changed_since_is_refused_and_nothing_is_taken(desk, tmp_path):
    desk.photos(4)
    formats.write(LabelSet((Picture(desk.assets[0].path, 100, 80),)), tmp_path / "own.json", "coco")
    with pytest.raises(UsageError, match="never exported"):
        bring(desk, tmp_path / "own.json")
    path = edited(desk, tmp_path, lambda labels: [])
    desk.change(desk.assets[0])
    asset = replace(desk.assets[0], sha256="0" * 64)
    desk.case.catalog.put_detections(
        asset.sha256, "prints", desk.case.catalog.detections(desk.assets[1].sha256, "prints")
    )
    desk.done(asset, 0)
    with pytest.raises(UsageError, match="changed since"):
        bring(desk, path)
    assert not any(desk.case.catalog.corrections(asset.sha256) for asset in desk.assets)


def test_foreign_labels_are_refused_with_the_way_out_and_nothing_is_taken(desk, tmp_path):
    desk.photos(4)
    labelling.export(desk.case, desk.run, tmp_path / "out.json", "coco")
    name = desk.assets[0].path

    def tried(picture, says, **options):
        formats.write(LabelSet((picture,)), tmp_path / "bad.json", "coco")
        with pytest.raises(UsageError, match=says):
            bring(desk, tmp_path / "bad.json", **options)

    tried(Picture("none.jpg", 100, 80), "not in this case")
    tried(Picture(name, 80, 100), "turned")
    tried(Picture(name, 100, 80, (Label((1, 1, 5, 5), "head"),)), "--map head=face")
    tried(Picture(name, 100, 80), "not a pair", mapping=("head",))
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(FileError, match="not whole"):
        bring(desk, tmp_path / "bad.json")
    assert not any(desk.case.catalog.corrections(asset.sha256) for asset in desk.assets)
    formats.write(
        LabelSet((Picture(name, 200, 160, (Label((20, 20, 60, 60), "head"),)),)), tmp_path / "two.json", "coco"
    )
    assert bring(desk, tmp_path / "two.json", mapping=("head=face",), rescale=True).changed == 0


def test_a_role_that_may_not_review_neither_exports_nor_imports(desk, tmp_path):
    desk.photos(2)

    def refuse(who, act):
        raise UsageError(f"{who} may not {act}.")

    with pytest.raises(UsageError, match="may not review"):
        labelling.export(desk.case, desk.run, tmp_path / "a.json", "coco", by="eve", permit=refuse)
    with pytest.raises(UsageError, match="may not review"):
        labelling.bring_truth(desk.case, desk.run, tmp_path / "a.json", Reading("coco"), by="eve", permit=refuse)
    assert not (tmp_path / "a.json").exists()


def truth(desk, tmp_path, pictures):
    formats.write(LabelSet(tuple(pictures)), tmp_path / "truth.json", "coco")
    return labelling.bring_truth(desk.case, desk.run, tmp_path / "truth.json", Reading("coco"))


def test_a_run_is_held_against_the_truth(desk, tmp_path):
    """Each photo hides 4..36 px squared of 100 × 80: its face, and nothing of the faint one."""
    desk.photos(4)
    with pytest.raises(UsageError, match="--as truth"):
        measuring.measure(desk.case, desk.run)
    face, faint = Label(tuple(FACE), "face"), Label(tuple(FAINT), "face")
    rows = [(face,), (face, faint), (face, replace(faint, ignored=True)), ()]
    done = truth(desk, tmp_path, [Picture(a.path, 100, 80, r) for a, r in zip(desk.assets, rows, strict=True)])
    assert (done.files, done.counts) == (4, {"face": 5})
    found = measuring.measure(desk.case, desk.run)
    assert (found.total.objects, found.total.hidden) == (4, 3)
    assert found.total.interval.low < 0.75 < found.total.interval.high
    assert [(row.name, row.objects, row.hidden) for row in found.by_slice] == [("day", 2, 2), ("night", 2, 1)]
    assert [row.name for row in found.by_size] == ["16 to 32 px"]
    # A face of 20 px explains what is within 6 px of it: all of 32 × 32 px. Where there is none, it is in vain.
    assert found.in_vain == {"face": pytest.approx(32 * 32 / (4 * 100 * 80))}
    assert (found.files, found.missed_files) == (4, 1)
    assert "4 reviewed, 1 missed" in found.sentence
    assert desk.case.catalog.corrections(desk.assets[1].sha256) == []


def test_a_track_is_hidden_when_it_is_in_every_frame(desk, tmp_path):
    desk.video("ride.mp4")  # frames 20 to 29 are not hidden

    def frames(last):
        rows = ((Label(tuple(FACE), "face", track=1),) if frame < last else () for frame in range(50))
        return [Picture(frame_name("ride.mp4", frame), 100, 80, row) for frame, row in enumerate(rows)]

    truth(desk, tmp_path, frames(20))
    assert measuring.measure(desk.case, desk.run, "media").total.hidden == 1
    (tmp_path / "truth.json").unlink()
    truth(desk, tmp_path, frames(21))
    assert measuring.measure(desk.case, desk.run, "media").total.hidden == 0
    (tmp_path / "truth.json").unlink()
    with pytest.raises(UsageError, match="needs all of them"):
        truth(desk, tmp_path, frames(20)[:30])


def test_a_smaller_output_is_measured_in_pixels_of_the_source(desk, tmp_path):
    desk.photos(1)
    truth(desk, tmp_path, [Picture(desk.assets[0].path, 100, 80, (Label(tuple(FACE), "face"),))])
    known = desk.case.catalog.truth(desk.assets[0].sha256)
    assert (known.width, known.kinds, known.source) == (100, (Kind.FACE,), "truth.json")
    # The same truth at twice the size: what is hidden of the output lies at the same place of it.
    double = replace(
        known, width=200, height=160, objects=[replace(known.objects[0], boxes=known.objects[0].boxes * 2)]
    )
    desk.case.catalog.put_truths({desk.assets[0].sha256: double})
    found = measuring.measure(desk.case, desk.run)
    assert (found.total.hidden, found.in_vain) == (1, {"face": 0.0})


def test_the_commands_do_all_this(desk, tmp_path):
    desk.photos(4)
    case = str(desk.case.path)

    def run(*words):
        return CliRunner().invoke(main, [str(word) for word in words])

    out = tmp_path / "out.xml"
    assert "4 boxes" in run("labels", "export", case, "--format", "cvat", "--out", out).output
    assert "nothing was changed" in run("labels", "import", case, out, "--format", "cvat").output
    assert "Ground truth of 4 files" in run("labels", "import", case, out, "--format", "cvat", "--as", "truth").output
    assert "100.0 %" in run("measure", case).output
    figures = json.loads(run("measure", case, "--json", "--slices", "media").output)
    assert figures["total"]["hidden"] == 4
    assert [row["name"] for row in figures["by_slice"]] == ["photo"]
    wrong = run("labels", "import", case, out, "--format", "coco")
    assert (wrong.exit_code, "Traceback" in wrong.output) == (1, False)
    assert run("labels", "import", case, tmp_path / "none", "--format", "coco").exit_code == 2
    assert run("labels", "export", tmp_path, "--format", "coco", "--out", tmp_path / "x").exit_code == 2
    assert desk.case.catalog.corrections(desk.assets[0].sha256) == []


def test_people_see_in_the_export_what_others_corrected_before(desk, tmp_path):
    desk.photos(2)
    number = desk.case.catalog.free_track(desk.assets[0].sha256)
    boxes = ((0, 60, 50, 70, 60),)
    desk.case.catalog.add_correction(
        desk.assets[0].sha256, Correction(Action.ADD, 0, 0, number, kind=Kind.PLATE, boxes=boxes)
    )
    labelling.export(desk.case, desk.run, tmp_path / "a.json", "coco")
    first = formats.read(tmp_path / "a.json", "coco").pictures[0]
    assert [(label.kind, label.source) for label in first.labels] == [("face", "centerface"), ("plate", "person")]
