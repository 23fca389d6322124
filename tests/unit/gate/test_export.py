"""The release: refused without the gate, whole or not there, and nothing in it leads back."""

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from export_cases import SECRET, SIZE, Street, as_user

from workbench import evidence
from workbench.cli import main
from workbench.gate import export as exporting_module
from workbench.gate import signing, telling
from workbench.gate.export import LabelSource, export, exporting
from workbench.gate.facts import verify
from workbench.governance import casework, ledger
from workbench.release.reading import read_manifest
from workbench.release.verification import result_of
from workbench.values import FileError, UsageError


@pytest.fixture(autouse=True)
def _whoever_is_signed_in(monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case before and after its approval; making one takes seconds, so both are kept as copies."""
    signed_in = os.environ.get("WORKBENCH_USER")
    root = tmp_path_factory.mktemp("case")
    street = Street(root / "world")
    with street.open() as case:
        street.describe(case)
    shutil.copytree(street.root, root / "street")
    with street.open() as case:
        street.approve(case)
    shutil.copytree(street.root, root / "approved")
    os.environ.pop("WORKBENCH_USER") if signed_in is None else as_user(signed_in)
    return street


def again(street, which):
    shutil.rmtree(street.root)
    shutil.copytree(street.root.with_name(which), street.root)
    with street.open() as case:
        result_of(verify(case))  # what was kept spoke of the files that were copied from
    return street


@pytest.fixture
def street(made):
    return again(made, "street")


@pytest.fixture
def approved(made):
    return again(made, "approved")


def beside(street):
    """What lies beside the case, hidden things too."""
    return sorted(path.name for path in street.root.iterdir())


def test_without_the_gate_nothing_leaves_and_the_sentence_says_why(street):
    with street.open() as case, pytest.raises(UsageError, match=r"It may not leave: .*Review by people"):
        export(case, None, street.root / "release")
    assert beside(street) == ["case", "out", "photos"]
    assert [entry.act for entry in ledger.entries(street.folder)][-1] != "release-exported"


def test_an_approved_run_becomes_a_release_that_proves_itself(approved):
    out = approved.root / "new" / "release"
    with approved.open() as case:
        head = ledger.head(case.path)
        done = export(case, None, out)
        assert case.catalog.exports(1)[0].released == done.manifest_sha256
    assert evidence.verify(out).ok
    assert approved.tree(out) == [*(f"00000{n}.png" for n in range(1, 5)), "manifest.jsonl", "report.html", "report.md"]
    manifest = read_manifest(out)
    assert manifest.run.ledger_head == head
    assert {document.path for document in manifest.documents} == {"report.html", "report.md"}
    last = ledger.entries(approved.folder)[-1]
    assert (last.act, last.role, last.facts["released"]) == ("release-exported", "operator", done.manifest_sha256)
    assert sorted(path.read_bytes() for path in out.glob("*.png")) == sorted(
        path.read_bytes() for path in approved.out.rglob("*.png")
    )
    assert {path.stat().st_mode & 0o777 for path in out.glob("*")} == {0o644}
    assert [path.name for path in out.parent.iterdir()] == ["release"]


def test_names_are_new_where_no_link_may_exist_and_stay_where_one_may(approved, tmp_path_factory, monkeypatch):
    monkeypatch.setattr(exporting_module.secrets.SystemRandom, "shuffle", lambda self, names: names.reverse())
    with approved.open() as case:
        export(case, None, approved.root / "release")
    order = [path.read_bytes() for path in sorted(approved.out.rglob("*.png"))]
    assert [path.read_bytes() for path in sorted((approved.root / "release").glob("*.png"))] == order[::-1]
    linked = {"link.table": "sealed", "link.reason": "Incidents are looked up."}
    other = Street(tmp_path_factory.mktemp("other"), "analytics", **linked)
    with other.open() as case:
        other.approve(case)
        export(case, None, other.root / "release")
    assert [name for name in other.tree(other.root / "release") if name.endswith(".png")] == [
        name for name in other.tree(other.out) if name.endswith(".png")
    ]


def test_nobody_and_nothing_is_named_in_what_leaves(approved):
    out = approved.root / "release"
    with approved.open() as case:
        export(case, None, out)
        draft = telling.write_pages(case).dpia
    for name in ("report.html", "report.md", "manifest.jsonl"):
        text = (out / name).read_text("utf-8")
        for secret in (SECRET, "Ann", "Miller", "bob", "DSC_", "/home", str(approved.root), "night"):
            assert secret not in text, (name, secret)
    report = (out / "report.md").read_text("utf-8")
    for part in ("person 1 says: nobody.", "saw review.", "approver (person 2)", "| portrait | 2 |", "| studio | 2 |"):
        assert part in report, part
    assert "not legal advice" in report
    assert SECRET in draft.read_text("utf-8")
    assert draft.stat().st_mode & 0o077 == 0


def test_only_an_operator_exports(approved):
    as_user("bob")
    with approved.open() as case, pytest.raises(UsageError, match="may not write a release"):
        export(case, None, approved.root / "release")
    assert beside(approved) == ["case", "out", "photos"]


def test_an_output_that_was_changed_since_is_not_released(approved):
    picture = sorted(approved.out.rglob("*.png"))[2]
    data = picture.read_bytes()
    picture.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    with approved.open() as case, pytest.raises(UsageError, match="Verification"):
        export(case, None, approved.root / "release")
    assert beside(approved) == ["case", "out", "photos"]


def test_an_output_that_changes_while_it_is_copied_is_not_released(approved):
    with approved.open() as case:
        steps = exporting(case, None, approved.root / "release")
        next(steps)
        for picture in approved.out.rglob("*.png"):
            picture.write_bytes(b"another picture")
        with pytest.raises(FileError, match="not what was verified"):
            list(steps)
    assert beside(approved) == ["case", "out", "photos"]


def test_a_full_disk_leaves_nothing(approved, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(exporting_module, "publish_copy", full)
    with approved.open() as case, pytest.raises(FileError, match="disk is full"):
        export(case, None, approved.root / "deep" / "release")
    assert beside(approved) == ["case", "out", "photos"]
    assert [entry.act for entry in ledger.entries(approved.folder)][-1] == "release-approved"


def test_who_stops_halfway_leaves_nothing(approved):
    with approved.open() as case:
        steps = exporting(case, None, approved.root / "release")
        next(steps)
        steps.close()
    assert beside(approved) == ["case", "out", "photos"]


def test_what_a_killed_export_left_is_taken_away_and_nothing_else_is(approved):
    rest = approved.root / ".release.unfinished"
    (rest / "release").mkdir(parents=True)
    (rest / "release" / "000001.png").write_bytes(b"half")
    with approved.open() as case:
        with pytest.raises(UsageError, match="did not make it"):
            export(case, None, approved.root / "release")
        assert (rest / "release" / "000001.png").is_file()
        (rest / "claim").write_text(case.catalog.case_id)
        export(case, None, approved.root / "release")
    assert not rest.exists()
    assert evidence.verify(approved.root / "release").ok


def test_a_refusal_while_the_files_are_copied_stops_the_release(approved):
    with approved.open() as case:
        steps = exporting(case, None, approved.root / "release")
        next(steps)
        as_user("bob")
        signing.refuse(case, reason="Wait.")
        as_user("ann")
        with pytest.raises(UsageError, match="may not leave"):
            list(steps)
    assert beside(approved) == ["case", "out", "photos"]


def test_two_do_not_release_at_once(approved):
    with approved.open() as first, approved.open() as second:
        steps = exporting(first, None, approved.root / "release")
        next(steps)
        with pytest.raises(UsageError, match="Another process is working on the case"):
            export(second, None, approved.root / "other")
        list(steps)
    assert evidence.verify(approved.root / "release").ok


@pytest.mark.parametrize("where", ["out", "out/inside", "photos/inside", "case/inside", "full"])
def test_places_that_would_mix_things_are_refused(approved, where):
    (approved.root / "full").mkdir()
    (approved.root / "full" / "letter.txt").write_text("mine")
    before = sorted(approved.root.rglob("*"))
    with approved.open() as case, pytest.raises(UsageError, match=r"choose|move"):
        export(case, None, approved.root / where)
    assert sorted(approved.root.rglob("*")) == before


def test_a_case_without_a_record_releases_nothing(tmp_path):
    street = Street(tmp_path)
    (street.folder / "case.toml").unlink()
    with street.open() as case, pytest.raises(UsageError, match="is gone, though the case"):
        export(case, None, tmp_path / "release")


def labels(street, form):
    """Labels of two released pictures, half the size of one, and of one that was not released."""
    rows = {"night/DSC_0000.png": SIZE, "day/DSC_0001.png": SIZE, "gone/x.png": SIZE}
    images = [
        {"id": at, "file_name": name, "width": size[0], "height": size[1]}
        for at, (name, size) in enumerate(rows.items(), 1)
    ]
    boxes = [
        {"id": at, "image_id": at, "category_id": 1, "bbox": box, "attributes": {"owner": "Anna", "moving": True}}
        for at, box in enumerate(([4, 4, 16, 16], [30, 20, 10, 8], [1, 1, 2, 2]), 1)
    ]
    path = street.root / "labels.json"
    data = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "car"}]}
    path.write_text(json.dumps(data))
    if form == "coco":
        return LabelSource(path, form)
    from workbench.labels import formats

    target = street.root / f"labels-{form}{'.xml' if form == 'cvat' else ''}"
    formats.write(formats.read(path, "coco"), target, form)
    return LabelSource(target, form)


@pytest.mark.parametrize("form", ["coco", "yolo", "voc", "cvat"])
def test_labels_travel_under_the_new_names(approved, form):
    from workbench.labels import formats

    out = approved.root / "release"
    with approved.open() as case:
        done = export(case, None, out, [labels(approved, form)])
    assert evidence.verify(out).ok
    assert any("left out: 1" in note for note in done.notes)
    place = out / "labels" / {"coco": "coco.json", "cvat": "cvat.xml"}.get(form, form)
    found = formats.read(place, form, lambda name: SIZE)
    pictures = {path.name: path.read_bytes() for path in out.glob("*.png")}
    originals = {path.read_bytes(): path.name for path in approved.out.rglob("*.png")}
    boxes = {originals[pictures[each.name.split("/")[-1]]]: each.labels[0] for each in found.pictures}
    rounded = {name: tuple(map(round, label.box)) for name, label in boxes.items()}
    assert rounded == {"000001.png": (4, 4, 20, 20), "000002.png": (30, 20, 40, 28)}  # of DSC_0000 and DSC_0001
    everything = "".join(path.read_text("utf-8") for path in (out / "labels").rglob("*") if path.is_file())
    assert "DSC_" not in everything and "Anna" not in everything
    assert "2 boxes in 2 pictures" in (out / "report.md").read_text("utf-8")


def test_boxes_under_what_is_hidden_may_be_left_out(approved):
    out = approved.root / "release"
    with approved.open() as case:
        export(case, None, out, [labels(approved, "coco"), labels(approved, "coco")], hidden_labels="drop")
    made = json.loads((out / "labels" / "coco-2.json").read_text("utf-8"))
    assert [row["bbox"] for row in made["annotations"]] == [[30, 20, 10, 8]]


def test_a_training_set_brings_a_dataset_card(tmp_path):
    street = Street(tmp_path, "ai-training")
    with street.open() as case:
        street.approve(case)
        export(case, None, tmp_path / "release")
    card = (tmp_path / "release" / "dataset-card.md").read_text("utf-8")
    assert "Memorisation" in card and "released on" in card
    assert evidence.verify(tmp_path / "release").ok


def test_the_pages_may_be_looked_at_before_anybody_decides(street):
    with street.open() as case:
        pages = telling.write_pages(case)
        assert "May not leave" in telling.page(case)
    assert pages.card is None
    assert pages.report.parent == street.folder / "reports"
    assert "Report before release" in pages.text.read_text("utf-8")
    assert "Not released" in (street.out / "report.html").read_text("utf-8")


def test_a_report_after_the_release_says_so_and_tells_its_dates(approved):
    with approved.open() as case:
        export(case, None, approved.root / "release")
        told = telling.dossier(case)
    assert told.released is not None
    assert [row.until is not None for row in told.terms] == [True, True, True]


def test_the_commands(approved):
    def run(*arguments):
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    assert "Draft impact assessment" in run("release", "report", approved.folder).output
    wrong = run("release", "export", approved.folder, "--out", approved.root / "release", "--labels", "labels.json")
    assert (wrong.exit_code, "coco=labels.json" in wrong.output) == (2, True)
    done = run("release", "export", approved.folder, "--out", approved.root / "release", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["verified"] is True
    again = run("release", "export", approved.folder, "--out", approved.root / "release")
    assert (again.exit_code, "not an empty folder" in again.output) == (2, True)
    held = run("case", "verdict", approved.folder, "--json")
    assert json.loads(held.output)["answer"]
    shown = run("case", "verdict", approved.folder, "--scene", "parking").output
    assert "Plates, signs and house fronts" in shown and "not legal advice" in shown


def test_a_link_instead_of_an_output_is_not_followed(approved, tmp_path):
    from workbench.disk import publish_copy

    secret = tmp_path / "secret"
    secret.write_bytes(b"x")
    link = tmp_path / "link"
    link.symlink_to(secret)
    with pytest.raises(FileError):
        publish_copy(link, tmp_path / "copy", "", 1)
    assert not Path(tmp_path / "copy").exists()


def test_the_record_may_not_change_under_a_release(approved):
    with approved.open() as case:
        steps = exporting(case, None, approved.root / "release")
        next(steps)
        casework.change(case.path, {"screening.crowds": "unsure", "recital_26.means": ""})
        with pytest.raises(UsageError, match="may not leave"):
            list(steps)
    assert beside(approved) == ["case", "out", "photos"]


def test_a_run_that_is_weaker_than_the_case_asks_for_now_is_not_released(approved):
    with approved.open() as case:
        casework.change(case.path, {"screening.crowds": "unsure"})
        with pytest.raises(UsageError, match=r"Profile"):
            export(case, None, approved.root / "release")
        assert "this run was weaker: balanced" in telling.page(case)
    assert beside(approved) == ["case", "out", "photos"]
