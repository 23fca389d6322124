import os
from pathlib import Path

import pytest

from workbench import curate, profiles
from workbench.curate import looking
from workbench.governance import casework, ledger
from workbench.governance.record import Person, Record
from workbench.values import Detections, Kind, UsageError


def by_path(folder):
    return {file.asset.path: file for file in folder.files()}


def test_every_file_is_described_and_what_is_neither_photo_nor_video_is_listed_with_why(folder):
    events = folder.usual().look()
    assert [event.kind for event in events] == ["start", *["file"] * 7, "end"]
    assert (events[-1].done, events[-1].total) == (7, 7)
    assert events[-1].message.startswith("6 photos; 0 videos; 1 file that cannot be used; 1 near-duplicate")
    files = by_path(folder)
    assert "no photo or video" in files["notes.txt"].problem
    shot = files["street/a.jpg"]
    assert (shot.width, shot.height, shot.device, shot.model) == (192, 128, "phone", "Apple iPhone 12")
    assert shot.taken == "2024-05-02"
    assert {"GPS", "device", "date"} <= set(shot.discloses)
    assert len(shot.asset.sha256) == 64
    assert files["street/b.jpg"].device == "camera"
    assert files["Screenshot_1.jpg"].device == "scanner or screenshot"
    assert files["clinic/c.jpg"].discloses == ()
    assert (files["street/b.jpg"].kinds, files["street/b.jpg"].searched) == ({}, False)


def test_only_what_is_new_or_changed_is_read_again(folder, monkeypatch):
    folder.usual().look()
    read = []
    real = looking._read
    monkeypatch.setattr(looking, "_read", lambda asset: read.append(asset.path) or real(asset))
    folder.look()
    assert read == []
    folder.put("street/b.jpg", 9)
    folder.put("street/new.jpg", 10)
    (folder.source / "clinic" / "c.jpg").unlink()
    folder.look()
    assert sorted(read) == ["street/b.jpg", "street/new.jpg"]
    assert "clinic/c.jpg" not in by_path(folder)


def test_a_damaged_file_is_listed_and_does_not_end_the_intake(folder):
    folder.put("good.jpg", 1)
    whole = folder.put("cut.jpg", 2).read_bytes()
    (folder.source / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder.source / "empty.jpg").write_bytes(b"")
    folder.look()
    files = by_path(folder)
    assert files["good.jpg"].problem == ""
    assert "cut.jpg" in files["cut.jpg"].problem
    assert "empty" in files["empty.jpg"].problem
    (folder.source / "cut.jpg").write_bytes(whole)
    os.utime(folder.source / "cut.jpg")
    folder.look()
    assert by_path(folder)["cut.jpg"].problem == ""


def test_closing_keeps_what_was_read(folder, monkeypatch):
    monkeypatch.setattr(looking, "KEEP_EVERY", 1)
    events = curate.look(folder.usual().case, [folder.source])
    for event in events:
        if event.kind == "file" and event.done == 4:
            break
    events.close()
    assert 0 < len([file for file in folder.files() if not file.problem]) < 6
    folder.look()
    assert len([file for file in folder.files() if not file.problem]) == 6


def test_single_files_and_folders_inside_folders_are_listed_once(folder):
    folder.usual().look()
    folder.look(folder.source / "street")
    folder.look(folder.source / "clinic" / "c.jpg")
    whole = sorted(Path(*file.key) for file in folder.files())
    assert len(whole) == len(set(whole)) == 7
    assert {Path(file.asset.path).name for file in curate.files(folder.case, [folder.source / "street"])} == {
        "a.jpg", "a-again.jpg", "b.jpg",
    }  # fmt: skip


def test_a_source_that_is_not_there_is_refused(folder):
    with pytest.raises(UsageError, match="no file or folder"):
        folder.look(folder.source / "none")


def test_near_duplicates_keep_the_largest_and_exact_copies_count(folder):
    folder.usual()
    copy = folder.source / "clinic" / "c-copy.jpg"
    copy.write_bytes((folder.source / "clinic" / "c.jpg").read_bytes())
    folder.look()
    groups = curate.duplicates(folder.case)
    assert [(group.keep.asset.path, [file.asset.path for file in group.drop]) for group in groups] == [
        ("clinic/c-copy.jpg", ["clinic/c.jpg"]),
        ("street/a.jpg", ["street/a-again.jpg"]),
    ]
    assert curate.counted(folder.files()).duplicates == 2
    assert "street/a-again.jpg" not in folder.chosen("-alike")
    assert folder.chosen("alike") == ["clinic/c.jpg", "street/a-again.jpg"]


def test_what_detectors_found_is_counted_by_kind(folder):
    folder.usual().look()
    faces = Detections.of(Kind.FACE, [[1, 1, 9, 9], [20, 20, 40, 40], [50, 1, 60, 9]], [0.9, 0.8, 0.06], "x")
    files = by_path(folder)
    folder.case.catalog.put_detections(files["street/a.jpg"].asset.sha256, "f", [faces])
    folder.case.catalog.put_detections(files["street/b.jpg"].asset.sha256, "f", [Detections.empty()])
    files = by_path(folder)
    assert dict(files["street/a.jpg"].kinds) == {"face": 2}
    assert (dict(files["street/b.jpg"].kinds), files["street/b.jpg"].searched) == ({}, True)
    assert folder.chosen("kind=face") == ["street/a.jpg"]
    assert folder.chosen("kind=none") == ["street/b.jpg"]
    assert folder.chosen("face<2") == ["street/b.jpg"]  # what was never searched is not known to hold none


def test_looking_can_search_as_well(folder):
    class Finder:
        name, fingerprint, kinds = "finder", "1", (Kind.FACE,)

        def __call__(self, image):
            return Detections.of(Kind.FACE, [[1, 1, 9, 9]], [0.9], "finder")

    folder.put("a.jpg", 1)
    profile = profiles.load("publication")
    import workbench.curate.finding as finding

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding.pipeline, "load_detectors", lambda _: (Finder(),))
        folder.look(find=profile)
    assert dict(folder.files()[0].kinds) == {"face": 1}


def test_who_has_no_part_in_the_intake_is_refused(folder, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    casework.make(folder.case.path, Record.new("x", "publication"))
    casework.name_person(folder.case.path, Person(number=1, login="bob", roles=("operator", "approver")))
    monkeypatch.setenv("WORKBENCH_USER", "bob")
    casework.name_person(folder.case.path, Person(number=2, login="ann", roles=("reviewer",)))
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    with pytest.raises(UsageError, match="describe files"):
        folder.usual().look()
    assert [entry.act for entry in ledger.entries(folder.case.path)][-1] == "case-changed"
