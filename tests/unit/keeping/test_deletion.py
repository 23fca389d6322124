"""Nothing goes without a dry run, a named person and a certificate."""

import hashlib
import json
import shutil
from contextlib import closing
from datetime import UTC, datetime

import pytest
from kept_case import OUTSIDERS, PHOTOS

from workbench import keeping
from workbench.catalog.case import Case
from workbench.governance import ledger
from workbench.governance.roles import Actor
from workbench.governance.verifying import verify
from workbench.keeping import deleting
from workbench.values import FileError, UsageError


def delete(kept, what, **options):
    plan = keeping.plan(kept.folder, what, **options)
    return keeping.delete(kept.folder, plan, confirm=plan.digest[:12])


def test_a_dry_run_touches_nothing_and_says_what_would_go_and_what_stays(custodian):
    before = custodian.tree()
    plan = keeping.plan(custodian.folder, "originals")
    assert custodian.tree() == before
    assert {path.path.relative_to(custodian.source).as_posix() for path in plan.files} == set(PHOTOS)
    assert plan.bytes == sum(map(len, PHOTOS.values()))
    assert plan.refused == ""
    words = " ".join(plan.warnings)
    for part in ("not due yet", "No release of these pictures was exported", "no sealed archive"):
        assert part in words
    assert "2 files in the source folders" in " ".join(plan.stays)
    assert keeping.plan(custodian.folder, "originals").digest == plan.digest


def test_originals_go_and_nothing_else(custodian):
    (custodian.source / "empty-before").mkdir()
    (custodian.source / "deep" / "later.jpg").write_bytes(b"came later")
    rest = custodian.tree(custodian.out)
    made = delete(custodian, "originals")
    assert {path.relative_to(custodian.source).as_posix() for path in custodian.source.rglob("*")} == {
        *OUTSIDERS, "deep", "deep/later.jpg", "empty-before",
    }  # fmt: skip
    assert custodian.tree(custodian.out) == rest
    assert (made.files, made.left, made.person, made.role) == (4, 0, 2, "custodian")
    digests = sorted(hashlib.sha256(data).hexdigest() for data in PHOTOS.values())
    assert made.contents == hashlib.sha256("".join(f"{each}\n" for each in digests).encode()).hexdigest()
    assert custodian.ledger()[-1] == (
        "deleted", {"what": "originals", "run": 0, "files": 4, "bytes": made.bytes, "digest": made.digest},
    )  # fmt: skip
    assert made.digest == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert [each.what for each in keeping.due(custodian.folder) if each.gone] == ["originals"]
    with pytest.raises(UsageError, match="nothing to delete"):
        keeping.plan(custodian.folder, "originals")


def test_a_certificate_says_who_and_what_without_a_name(custodian):
    made = delete(custodian, "originals")
    for text in (made.path.read_text(), made.page.read_text()):
        for name in ("cus", "a.jpg", "deep", str(custodian.root)):
            assert name not in text.replace("custodian", "")
        assert "SSD" in text
        assert "Backups" in text
    assert "person 2" in made.page.read_text()
    assert keeping.certificates(custodian.folder) == (made,)
    made.path.write_text(made.path.read_text().replace('"files": 4', '"files": 9'))
    with pytest.raises(FileError, match="ledger does not know the certificate"):
        keeping.certificates(custodian.folder)


def test_nothing_is_deleted_without_a_named_person(kept):
    plan = keeping.plan(kept.folder, "originals")
    assert "named person" in plan.refused
    before = kept.tree()
    with pytest.raises(UsageError, match="named person"):
        keeping.delete(kept.folder, plan, confirm=plan.digest)
    assert kept.tree() == before


def test_nobody_but_the_custodian_deletes(custodian, monkeypatch):
    plan = keeping.plan(custodian.folder, "work")
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    with pytest.raises(UsageError, match="for the custodian"):
        keeping.delete(custodian.folder, plan, confirm=plan.digest)
    assert Case.is_there(custodian.folder)


@pytest.mark.parametrize("confirm", ["", "0" * 12, "short"])
def test_what_was_not_confirmed_is_not_deleted(custodian, confirm):
    plan = keeping.plan(custodian.folder, "originals")
    before = custodian.tree()
    with pytest.raises(UsageError, match="not what the dry run printed"):
        keeping.delete(custodian.folder, plan, confirm=confirm or plan.digest[:11])
    assert custodian.tree() == before


@pytest.mark.parametrize("harm", ["changed", "gone", "swapped"])
def test_files_that_changed_since_the_dry_run_stop_it(custodian, harm):
    plan = keeping.plan(custodian.folder, "originals")
    path = custodian.source / "a.jpg"
    if harm == "changed":
        path.write_bytes(b"x" * path.stat().st_size)
    elif harm == "gone":
        path.unlink()
    else:
        shutil.copy(custodian.source / "deep/b c.jpg", path)
    before = custodian.tree()
    with pytest.raises(UsageError, match="changed since the dry run"):
        keeping.delete(custodian.folder, plan, confirm=plan.digest)
    assert custodian.tree() == before


def test_a_hold_stops_every_deletion(custodian, monkeypatch):
    plan = keeping.plan(custodian.folder, "originals")
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    custodian.change(retention__hold="Court order 12")
    monkeypatch.setenv("WORKBENCH_USER", "cus")
    with pytest.raises(UsageError, match="Court order 12"):
        keeping.delete(custodian.folder, plan, confirm=plan.digest)


def test_originals_that_are_to_be_sealed_do_not_go_before(custodian, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    custodian.change(retention__afterwards="seal")
    monkeypatch.setenv("WORKBENCH_USER", "cus")
    with pytest.raises(UsageError, match="sealed before they go"):
        delete(custodian, "originals")
    keeping.seal_originals(custodian.folder, custodian.root / "o.age")
    assert delete(custodian, "originals").files == 4


def test_a_clock_that_went_backwards_stops_it_until_somebody_answers_for_it(custodian):
    late = datetime(2093, 1, 1, tzinfo=UTC)
    ledger.append(custodian.folder, Actor(2, "custodian"), "unsealed", {"what": "work"}, now=late)
    assert "2093-01-01" in keeping.clock_note(custodian.folder)
    plan = keeping.plan(custodian.folder, "originals")
    before = custodian.tree()
    with pytest.raises(UsageError, match="Set the clock"):
        keeping.delete(custodian.folder, plan, confirm=plan.digest)
    assert custodian.tree() == before
    made = keeping.delete(custodian.folder, plan, confirm=plan.digest, clock_is_right=True)
    assert "said that the clock is right" in " ".join(made.notes)


def test_one_that_was_cut_off_is_finished_with_one_certificate(custodian):
    plan = keeping.plan(custodian.folder, "originals")

    def stop(doing, done, total):
        if doing == "Deleting" and done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.delete(custodian.folder, plan, confirm=plan.digest, tick=stop)
    assert len(custodian.tree(custodian.source)) == len(PHOTOS) + len(OUTSIDERS) - 2
    assert custodian.ledger()[-1][0] != "deleted"
    assert plan.digest[:12] in keeping.standing(custodian.folder).interrupted
    with pytest.raises(UsageError, match="cut off"):
        keeping.plan(custodian.folder, "work")
    with pytest.raises(UsageError, match="not what the dry run printed"):
        keeping.finish(custodian.folder, confirm="0" * 12)
    made = keeping.finish(custodian.folder, confirm=plan.digest)
    assert (made.files, made.left, made.plan) == (4, 0, plan.digest)
    assert [act for act, _ in custodian.ledger()].count("deleted") == 1
    assert keeping.standing(custodian.folder).interrupted == ""


def test_a_full_disk_at_the_end_is_made_good_by_doing_it_again(custodian, monkeypatch):
    plan = keeping.plan(custodian.folder, "originals")

    def full(*_, **__):
        raise FileError("ledger.jsonl cannot be written (No space left on device)")

    with monkeypatch.context() as patch:
        patch.setattr(deleting.ledger, "append", full)
        with pytest.raises(FileError, match="ledger"):
            keeping.delete(custodian.folder, plan, confirm=plan.digest)
    made = keeping.finish(custodian.folder, confirm=plan.digest)
    assert keeping.certificates(custodian.folder) == (made,)


def test_a_list_that_cannot_be_written_deletes_nothing(custodian, monkeypatch):
    def full(*_, **__):
        raise FileError("the disk is full")

    monkeypatch.setattr(deleting.unfinished, "publish_bytes", full)
    before = custodian.tree()
    with pytest.raises(FileError, match="full"):
        delete(custodian, "originals")
    assert custodian.tree() == before


def test_what_was_swapped_after_it_was_cut_off_is_left_and_said(custodian):
    plan = keeping.plan(custodian.folder, "originals")

    def stop(doing, done, total):
        if doing == "Deleting":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.delete(custodian.folder, plan, confirm=plan.digest, tick=stop)
    (custodian.source / "a.jpg").write_bytes(b"X" * len(PHOTOS["a.jpg"]))
    with pytest.raises(FileError, match="1 of 4 files could not be removed"):
        keeping.finish(custodian.folder, confirm=plan.digest)
    assert (custodian.source / "a.jpg").is_file()
    (made,) = keeping.certificates(custodian.folder)
    assert (made.files, made.left) == (3, 1)


def test_work_goes_with_its_catalog_but_not_under_an_open_dashboard(custodian):
    plan = keeping.plan(custodian.folder, "work")
    with (
        closing(Case.open(custodian.folder)) as case,
        pytest.raises(UsageError, match="close the dashboards"),
    ):
        assert case.catalog.runs()
        keeping.delete(custodian.folder, plan, confirm=plan.digest)
    assert keeping.standing(custodian.folder).interrupted == ""
    made = delete(custodian, "work")
    assert made.files == 3
    assert {path.name for path in custodian.folder.iterdir() if not path.name.endswith(".lock")} == {
        "case.toml", "ledger.jsonl", "certificates",
    }  # fmt: skip
    assert len(custodian.tree(custodian.source)) == len(PHOTOS) + len(OUTSIDERS)


def test_a_release_goes_by_its_manifest_and_what_is_not_in_it_stays(custodian):
    (custodian.out / "mine.txt").write_text("mine")
    made = delete(custodian, "release", run=1)
    assert [path.name for path in custodian.out.iterdir()] == ["mine.txt"]
    assert custodian.ledger()[-1][1]["run"] == 1
    assert made.files == 6


def test_a_release_that_the_catalog_does_not_know_is_named_and_the_ledger_vouches_for_it(custodian, tmp_path):
    moved = tmp_path / "elsewhere"
    custodian.out.rename(moved)
    delete(custodian, "work")
    with pytest.raises(UsageError, match="--folder"):
        keeping.plan(custodian.folder, "release")
    other = tmp_path / "other"
    shutil.copytree(moved, other)
    text = (other / "manifest.jsonl").read_text()
    (other / "manifest.jsonl").write_text(text.replace('"frames":1', '"frames":2'))
    with pytest.raises(UsageError):
        keeping.plan(custodian.folder, "release", places=[other])
    delete(custodian, "release", places=[moved])
    assert not moved.exists()


def test_the_whole_case_leaves_its_ledger_and_certificates_only(custodian, monkeypatch):
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    custodian.change(link__reason="labels")
    custodian.change(link__table="sealed")
    monkeypatch.setenv("WORKBENCH_USER", "cus")
    keeping.seal_links(custodian.folder)
    delete(custodian, "link-table")
    assert not (custodian.folder / "sealed").exists()
    plan = keeping.plan(custodian.folder, "case")
    assert "4 originals are still in their folders" in " ".join(plan.warnings)
    made = keeping.delete(custodian.folder, plan, confirm=plan.digest)
    assert {path.name for path in custodian.folder.iterdir()} == {"ledger.jsonl", "certificates"}
    assert verify(custodian.folder, []).ok
    assert [each.what for each in keeping.certificates(custodian.folder)] == ["link-table", "case"]
    assert json.loads(made.path.read_text())["what"] == "case"
    with pytest.raises(UsageError, match="was deleted"):
        keeping.due(custodian.folder)


def test_the_whole_case_cut_off_after_its_record_is_finished_too(custodian):
    plan = keeping.plan(custodian.folder, "case")

    def stop(doing, done, total):
        if doing == "Deleting" and done == total - 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keeping.delete(custodian.folder, plan, confirm=plan.digest, tick=stop)
    assert not (custodian.folder / "case.toml").exists()
    assert keeping.finish(custodian.folder, confirm=plan.digest[:12]).role == "custodian"
    assert {path.name for path in custodian.folder.iterdir()} == {"ledger.jsonl", "certificates"}
