"""Link tables and originals under the custodian's key, and what happens when something goes wrong."""

import errno
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time

import pytest

from workbench import keeping
from workbench.keeping import originals
from workbench.keeping.archive import _line, unpack
from workbench.release import seal as sealing
from workbench.release.keys import identities, new_key
from workbench.release.seal import seal
from workbench.release.unsealing import opened
from workbench.values import FileError, UsageError

AGE = shutil.which("age")
needs_age = pytest.mark.skipif(AGE is None, reason="the standard tool is not here: apt-get install age")


def allow_links(kept):
    kept.change(link__reason="labels are traced back")
    kept.change(link__table="sealed")


def test_a_link_table_names_each_output_and_its_original_for_the_custodian_alone(kept):
    allow_links(kept)
    made = keeping.seal_links(kept.folder, released={"000001.jpg": "x/9.jpg"})
    assert made.path.parent == kept.folder / "sealed" / "links"
    assert (made.files, made.keys) == (4, (kept.public,))
    assert kept.ledger()[-1] == ("sealed", {"what": "link-table", "files": 4, "digest": made.sha256})
    assert b"photos" not in made.path.read_bytes()
    for path in (made.path, made.path.parent, made.path.parent.parent):
        assert path.stat().st_mode & 0o077 == 0
    opened_ = keeping.open_sealed(made.path, kept.key, kept.root / "links")
    about, *rows = [json.loads(line) for line in (opened_.path / "links.jsonl").read_text().splitlines()]
    assert about["manifest"] == hashlib.sha256((kept.out / "manifest.jsonl").read_bytes()).hexdigest()
    assert [row["original"] for row in rows] == ["a.jpg", "deep/b c.jpg", "deep/er/d.png", "deep/line\nbreak.png"]
    assert [row.get("released") for row in rows] == ["x/9.jpg", None, None, None]
    assert kept.ledger()[-1][0] == "unsealed"


def test_where_the_record_allows_no_link_table_there_is_none(kept):
    with pytest.raises(UsageError, match="may have no link table"):
        keeping.seal_links(kept.folder)
    assert not (kept.folder / "sealed").exists()


def test_a_missing_key_is_said_with_the_way_out(kept):
    allow_links(kept)
    kept.change(custodian__key="")
    before = kept.tree()
    for act in (
        lambda: keeping.seal_links(kept.folder),
        lambda: keeping.seal_originals(kept.folder, kept.root / "o.age"),
        lambda: keeping.lock_work(kept.folder),
    ):
        with pytest.raises(UsageError, match="workbench seal key"):
            act()
    assert kept.tree() == before


def test_only_the_custodian_seals_and_opens_in_a_case_that_names_people(custodian, monkeypatch):
    made = keeping.seal_originals(custodian.folder, custodian.root / "o.age")
    monkeypatch.setenv("WORKBENCH_USER", "ann")
    for act in (
        lambda: keeping.seal_originals(custodian.folder, custodian.root / "p.age"),
        lambda: keeping.lock_work(custodian.folder),
        lambda: keeping.open_sealed(made.path, custodian.key, custodian.root / "x", folder=custodian.folder),
    ):
        with pytest.raises(UsageError, match="custodian"):
            act()
    assert not (custodian.root / "x").exists()
    assert not (custodian.root / "p.age").exists()


def test_a_role_that_nobody_holds_is_said(kept):
    from workbench.governance import casework
    from workbench.governance.record import Person

    casework.name_person(kept.folder, Person(number=1, login="ann", roles=("operator",)))
    with pytest.raises(UsageError, match="Nobody in this case is custodian"):
        keeping.seal_originals(kept.folder, kept.root / "o.age")


def test_what_is_sealed_comes_out_as_it_was_with_its_times(kept):
    before = kept.tree(kept.source)
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    assert kept.tree(kept.source) == before
    found = keeping.open_sealed(made.path, kept.key, kept.root / "back", folder=kept.folder)
    assert kept.tree(found.path / "1-photos") == before
    for name in before:
        assert (found.path / "1-photos" / name).stat().st_mtime_ns == (kept.source / name).stat().st_mtime_ns
    assert [act for act, _ in kept.ledger()[-2:]] == ["sealed", "unsealed"]
    with pytest.raises(UsageError, match="already"):
        keeping.open_sealed(made.path, kept.key, kept.root / "back", folder=kept.folder)


@needs_age
def test_the_standard_tools_open_it_and_prove_it(kept):
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    tar = subprocess.run([AGE, "-d", "-i", kept.key, made.path], capture_output=True, check=True).stdout
    place = kept.root / "by-hand"
    place.mkdir()
    subprocess.run(["tar", "x", "-C", place], input=tar, check=True)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": OK") == len(kept.tree(kept.source))
    assert kept.tree(place / "files" / "1-photos") == kept.tree(kept.source)


def test_an_archive_is_not_put_where_it_could_leave_or_be_taken_for_an_original(kept):
    for place in (kept.source / "o.age", kept.out / "o.age", kept.root / "none" / "o.age", kept.key):
        with pytest.raises(UsageError):
            keeping.seal_originals(kept.folder, place)
    assert kept.key.read_text().startswith("# created")


def test_what_is_missing_or_changed_is_said(kept):
    (kept.source / "a.jpg").write_bytes(b"other")
    (kept.source / "deep/b c.jpg").unlink()
    notes = " ".join(keeping.seal_originals(kept.folder, kept.root / "o.age").notes)
    assert "1 of 6 originals are not there" in notes
    assert "1 originals were changed" in notes


@pytest.mark.parametrize("harm", ["flip", "cut", "cut at a block", "grow", "head"])
def test_an_archive_that_was_tampered_with_leaves_nothing(kept, harm):
    (kept.source / "a.jpg").write_bytes(os.urandom(300_000))
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    data = made.path.read_bytes()
    start = data.index(b"\n---")
    body = data.index(b"\n", start + 1) + 1
    changed = {
        "flip": data[: body + 99_000] + bytes([data[body + 99_000] ^ 1]) + data[body + 99_001 :],
        "cut": data[:-50_000],
        "cut at a block": data[: body + 16 + 2 * (64 * 1024 + 16)],
        "grow": data + b"x",
        "head": data[:60] + bytes([data[60] ^ 1]) + data[61:],
    }[harm]
    made.path.write_bytes(changed)
    with pytest.raises(FileError, match="not a file that this case sealed"):
        keeping.open_sealed(made.path, kept.key, kept.root / "x", folder=kept.folder)
    with pytest.raises((FileError, UsageError)):  # where no ledger is asked, the format itself finds it
        keeping.open_sealed(made.path, kept.key, kept.root / "x")
    assert sorted(path.name for path in kept.root.iterdir()) == sorted(
        ["case", "custodian.key", "o.age", "photos", "released"]
    )


def test_an_archive_that_somebody_else_made_for_the_same_key_is_not_taken_for_the_case_s(kept):
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    made.path.unlink()
    seal([b"forged"], made.path, [kept.public])
    with pytest.raises(FileError, match="another one was put in its place"):
        keeping.open_sealed(made.path, kept.key, kept.root / "x", folder=kept.folder)
    with pytest.raises(FileError, match="not an archive that the workbench sealed"):
        keeping.open_sealed(made.path, kept.key, kept.root / "x")


def test_another_key_opens_nothing(kept):
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    new_key(kept.root / "other.key")
    with pytest.raises(UsageError, match="does not open"):
        keeping.open_sealed(made.path, kept.root / "other.key", kept.root / "x")
    with pytest.raises(UsageError, match="is not there"):
        keeping.open_sealed(made.path, kept.root / "lost.key", kept.root / "x")
    assert not (kept.root / "x").exists()


def test_a_second_key_opens_it_too(kept):
    second = new_key(kept.root / "second.key")
    kept.change(custodian__second_key=second)
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    assert made.keys == (kept.public, second)
    assert keeping.open_sealed(made.path, kept.root / "second.key", kept.root / "x").files == 6


@pytest.mark.parametrize("name", ["o.age", "links"])
def test_a_full_disk_while_it_is_opened_leaves_nothing_readable(kept, monkeypatch, name):
    allow_links(kept)
    seal_it = {"o.age": lambda: keeping.seal_originals(kept.folder, kept.root / name)}
    sealed = seal_it.get(name, lambda: keeping.seal_links(kept.folder))()

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    before = kept.tree()
    monkeypatch.setattr("workbench.keeping.archive.os.fdopen", full)
    with pytest.raises(FileError, match="disk is full"):
        keeping.open_sealed(sealed.path, kept.key, kept.root / "x", folder=kept.folder)
    assert kept.tree() == before
    assert not list(kept.root.glob(".part*"))


class Full:
    """A disk that takes only so many bytes."""

    def __init__(self, stream, room):
        self._stream, self._room = stream, room

    def write(self, data):
        self._room -= len(data)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._stream.write(data)

    def __getattr__(self, name):
        return getattr(self._stream, name)


@pytest.mark.parametrize("room", [0, 100, 20_000])
def test_a_full_disk_in_the_middle_of_sealing_leaves_nothing_and_loses_nothing(kept, monkeypatch, room):
    real = sealing._writing

    class Filling:
        def __init__(self, path):
            self._inner = real(path)

        def __enter__(self):
            return Full(self._inner.__enter__(), room)

        def __exit__(self, *error):
            return self._inner.__exit__(*error)

    monkeypatch.setattr(sealing, "_writing", Filling)
    allow_links(kept)
    before = kept.tree()
    for act in (
        lambda: keeping.seal_originals(kept.folder, kept.root / "o.age"),
        lambda: keeping.lock_work(kept.folder),
    ):
        with pytest.raises(FileError, match="disk is full"):
            act()
    if room < 1000:
        with pytest.raises(FileError, match="disk is full"):
            keeping.seal_links(kept.folder)
        # Opened and closed again: SQLite may write the catalog's header anew.
        assert kept.tree().keys() == before.keys()
    assert kept.ledger()[-1][0] == "case-changed"


def test_a_ledger_that_cannot_be_written_takes_the_archive_back(kept, monkeypatch):
    def full(*_, **__):
        raise FileError("ledger.jsonl cannot be written (No space left on device)")

    monkeypatch.setattr(originals, "tell", full)
    with pytest.raises(FileError, match="ledger"):
        keeping.seal_originals(kept.folder, kept.root / "o.age")
    assert not (kept.root / "o.age").exists()


def test_an_original_that_changes_while_it_is_sealed_stops_it(kept):
    def meddle(doing, done, total):
        if done == 1:
            (kept.source / "a.jpg").unlink()
            shutil.copy(kept.source / "notes.txt", kept.source / "a.jpg")
            (kept.source / "deep/b c.jpg").unlink()

    with pytest.raises(FileError, match=r"cannot be read|changed"):
        keeping.seal_originals(kept.folder, kept.root / "o.age", tick=meddle)
    assert not (kept.root / "o.age").exists()
    assert not list(kept.root.glob(".part*"))


def test_what_is_on_the_disk_is_compared_before_it_gets_its_name(kept, monkeypatch):
    real = sealing._Sink.write

    def bad_disk(self, data):
        return real(self, data) and self._stream.seek(-1, io.SEEK_CUR) and self._stream.write(b"?") and len(data)

    monkeypatch.setattr(sealing._Sink, "write", bad_disk)
    with pytest.raises(FileError, match="not on the disk as it was written"):
        keeping.seal_originals(kept.folder, kept.root / "o.age")
    assert not (kept.root / "o.age").exists()


def test_a_kill_in_the_middle_leaves_no_archive_and_the_next_try_works(kept):
    code = (
        "import sys, time; from pathlib import Path; from workbench import keeping\n"
        "def slow(doing, done, total):\n"
        "    print(done, flush=True); time.sleep(60 if done == 2 else 0)\n"
        "keeping.seal_originals(Path(sys.argv[1]), Path(sys.argv[2]), tick=slow)"
    )
    (kept.source / "a.jpg").write_bytes(os.urandom(2_000_000))
    target = kept.root / "o.age"
    child = subprocess.Popen([sys.executable, "-c", code, kept.folder, target], stdout=subprocess.PIPE, text=True)
    assert [child.stdout.readline() for _ in range(3)] == ["0\n", "1\n", "2\n"]
    time.sleep(0.05)
    with pytest.raises(UsageError, match="Somebody else is sealing"):
        keeping.seal_originals(kept.folder, target)
    child.kill()
    child.wait()
    child.stdout.close()
    assert not target.exists()
    rests = list(kept.root.glob(".part-*"))
    assert len(rests) == 1
    assert b"first" not in rests[0].read_bytes()  # never plain, not even the rest
    assert keeping.seal_originals(kept.folder, target).files == 6
    assert not list(kept.root.glob(".part-*"))


@pytest.mark.parametrize("name", ["../out.jpg", "/etc/x", "files/../../x", "files/a/../b", "other/x", "files/"])
def test_an_archive_with_an_odd_name_is_refused(tmp_path, name):
    key = tmp_path / "k"
    public = new_key(key)
    about = b'{"format": "workbench sealed archive 1", "what": "originals", "case": ""}'
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        for entry, content in (
            ("sealed.json", about),
            (name, b"x"),
            ("SHA256SUMS", _line(name, hashlib.sha256(b"x").hexdigest())),
        ):
            info = tarfile.TarInfo(entry)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    seal([data.getvalue()], tmp_path / "a.age", [public])
    with pytest.raises(FileError, match="not an archive that the workbench sealed"):
        keeping.open_sealed(tmp_path / "a.age", key, tmp_path / "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.age", "k"]


def test_an_archive_whose_list_says_something_else_is_refused(tmp_path, kept):
    made = keeping.seal_originals(kept.folder, kept.root / "o.age")
    with opened(made.path, identities(kept.key)) as stream:
        data = stream.read()
    for bad in (data.replace(b"second", b"SECOND", 1), data[: data.rindex(b"SHA256SUMS")] + bytes(1024)):
        with pytest.raises(FileError, match="not an archive that the workbench sealed"):
            unpack(io.BytesIO(bad), None, "o.age")
