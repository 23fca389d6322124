"""A case whose catalog and work files are encrypted while nobody works on it."""

import os
from contextlib import closing

import pytest

from workbench import keeping
from workbench.catalog.case import Case
from workbench.keeping import work
from workbench.keeping.custody import nobody_works
from workbench.release.keys import new_key
from workbench.values import FileError, UsageError


def private(kept):
    """What of a case says something about people, by content; SQLite may write its header anew."""
    return {name: digest for name, digest in kept.tree(kept.folder).items() if name != "ledger.jsonl"}


def outcomes(kept):
    with closing(Case.open(kept.folder, create=False)) as case:
        return case.catalog.outcomes(1)


def test_locking_leaves_only_what_says_nothing_about_pictures_and_unlocking_brings_all_back(kept):
    (kept.folder / "intake.toml").write_text("# rules")
    (kept.folder / "papers").mkdir()
    (kept.folder / "papers" / "01.pdf").write_text("a model release")
    before, known = private(kept), outcomes(kept)
    made = keeping.lock_work(kept.folder)
    assert set(kept.tree(kept.folder)) == {"case.toml", "ledger.jsonl", "work.age"}
    assert keeping.standing(kept.folder).locked
    assert keeping.due(kept.folder)
    with pytest.raises(UsageError, match="workbench seal unlock"):
        Case.open(kept.folder)
    with pytest.raises(UsageError, match="locked already"):
        keeping.lock_work(kept.folder)
    with pytest.raises(UsageError, match="locked: unlock it first"):
        keeping.plan(kept.folder, "work")
    assert keeping.unlock_work(kept.folder, kept.key).files == made.files
    after = private(kept)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} <= {"catalog.sqlite"}
    assert outcomes(kept) == known
    assert [act for act, _ in kept.ledger()[-2:]] == ["sealed", "unsealed"]
    with pytest.raises(UsageError, match="not locked"):
        keeping.unlock_work(kept.folder, kept.key)
    for path in kept.folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.is_dir(), path


def test_nobody_loses_what_they_write_while_a_case_is_locked(kept):
    with closing(Case.open(kept.folder)) as case:
        with pytest.raises(UsageError, match="close the dashboards"):
            keeping.lock_work(kept.folder)
        assert case.catalog.outcomes(1)
    with nobody_works(kept.folder), pytest.raises(UsageError, match="A run is working"):
        keeping.lock_work(kept.folder)

    def meddle(doing, done, total):
        if doing == "Sealing" and done == total:
            (kept.folder / "reports" / "new.html").write_text("just made")

    with pytest.raises(UsageError, match="worked on the case"):
        keeping.lock_work(kept.folder, tick=meddle)
    assert outcomes(kept)
    assert not (kept.folder / "work.age").exists()


@pytest.mark.parametrize("moment", ["after the archive", "after the catalog", "between the files"])
def test_a_lock_that_was_cut_off_loses_nothing_and_is_finished(kept, monkeypatch, moment):
    known = outcomes(kept)

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        if moment == "after the archive":
            patch.setattr(work, "publish_bytes", stop)
        elif moment == "after the catalog":
            patch.setattr(work, "finish_removing", stop)
        else:
            patch.setattr(work, "remove_empty", stop)
        with pytest.raises(KeyboardInterrupt):
            keeping.lock_work(kept.folder)
    if moment == "after the archive":
        assert outcomes(kept) == known
    else:
        assert "seal work again" in keeping.standing(kept.folder).interrupted
    keeping.lock_work(kept.folder)
    assert set(kept.tree(kept.folder)) == {"case.toml", "ledger.jsonl", "work.age"}
    assert keeping.standing(kept.folder).interrupted == ""
    keeping.unlock_work(kept.folder, kept.key)
    assert outcomes(kept) == known


def test_an_unlock_that_was_cut_off_stays_locked_and_works_again(kept, monkeypatch):
    known = outcomes(kept)
    keeping.lock_work(kept.folder)
    real = os.replace

    def replace(self, target):
        if target.name == "catalog.sqlite":
            raise KeyboardInterrupt
        real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.replace", replace)
        with pytest.raises(KeyboardInterrupt):
            keeping.unlock_work(kept.folder, kept.key)
    assert keeping.standing(kept.folder).locked
    assert not list(kept.folder.glob(".part-*"))
    keeping.unlock_work(kept.folder, kept.key)
    assert outcomes(kept) == known


def test_an_archive_that_was_changed_or_another_key_leaves_it_locked(kept):
    keeping.lock_work(kept.folder)
    archive = kept.folder / "work.age"
    whole = archive.read_bytes()
    new_key(kept.root / "other.key")
    with pytest.raises(UsageError, match="does not open"):
        keeping.unlock_work(kept.folder, kept.root / "other.key")
    archive.write_bytes(whole[:-1000] + b"x" * 1000)
    with pytest.raises(FileError, match="not a file that this case sealed"):
        keeping.unlock_work(kept.folder, kept.key)
    assert set(kept.tree(kept.folder)) == {"case.toml", "ledger.jsonl", "work.age"}
    archive.write_bytes(whole)
    keeping.unlock_work(kept.folder, kept.key)


def test_a_case_without_a_record_can_be_locked_for_a_key_that_is_named(kept):
    (kept.folder / "case.toml").unlink()
    (kept.folder / "ledger.jsonl").unlink()
    with pytest.raises(UsageError, match="no key"):
        keeping.lock_work(kept.folder)
    keeping.lock_work(kept.folder, to=(kept.public,))
    keeping.unlock_work(kept.folder, kept.key)
    assert outcomes(kept)
    assert not (kept.folder / "ledger.jsonl").exists()
