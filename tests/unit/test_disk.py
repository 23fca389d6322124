"""Writing files: whole or not at all, whatever fails; and names that cannot play tricks."""

import errno
import io
import os
import stat
import threading
from pathlib import Path

import pytest

from workbench import disk
from workbench.values import FileError, Finding


def names(*folders):
    return sorted(path.name for folder in folders for path in folder.iterdir())


def test_a_file_is_written_with_a_constant_time_and_no_trace(tmp_path):
    work = tmp_path / "work"
    work.mkdir()
    target = tmp_path / "000001.jpg"
    seen = []

    def check(path):
        seen.append((path.parent, path.read_bytes(), path.name, target.exists(), stat.S_IMODE(path.stat().st_mode)))
        return []

    disk.publish_bytes(b"picture", target, work=work, check=check)
    assert target.read_bytes() == b"picture"
    assert target.stat().st_mtime_ns == disk.FIXED_TIME * 10**9
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    (folder, content, name, already, mode) = seen[0]
    assert (folder, content, already, mode) == (work, b"picture", False, 0o600)
    assert name.startswith(".part-")
    assert len(name) == 14
    assert names(work) == []


def test_an_older_output_is_replaced_whole(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"old and longer" * 100)
    disk.publish_bytes(b"new", target)
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["a.png"]


def test_a_link_in_the_targets_place_is_replaced_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    target = tmp_path / "a.png"
    target.symlink_to(other)
    disk.publish_bytes(b"new", target)
    assert other.read_bytes() == b"precious"
    assert not target.is_symlink()


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "utime", "chmod"])
@pytest.mark.parametrize("turn", [1, 2])
def test_a_failure_at_any_step_leaves_nothing(tmp_path, monkeypatch, call, turn, error):
    work = tmp_path / "work"
    out = tmp_path / "out"
    work.mkdir()
    out.mkdir()
    real, calls = getattr(os, call), []

    def failing(*args, **options):
        calls.append(args)
        if len(calls) == turn:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, call, failing)
    try:
        disk.publish_bytes(b"picture" * 10_000, out / "a.jpg", work=work)
    except (FileError, KeyboardInterrupt) as refusal:
        assert type(refusal) is (FileError if isinstance(error, OSError) else KeyboardInterrupt)
        assert names(work, out) == []
        if isinstance(refusal, FileError):
            assert str(refusal).startswith("a.jpg cannot be written")
            assert str(tmp_path) not in str(refusal)
    else:
        assert len(calls) < turn
        assert names(work, out) == ["a.jpg"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_with_the_way_out(tmp_path, monkeypatch, code):
    class Full(io.BytesIO):
        def write(self, data):
            super().write(bytes(data)[: len(data) // 2])
            raise OSError(code, os.strerror(code))

        def fileno(self):
            return 0

    def full(descriptor, *args):
        os.close(descriptor)
        return Full()

    monkeypatch.setattr(disk.os, "fdopen", full)
    with pytest.raises(FileError, match="disk is full: free some space") as refusal:
        disk.publish_bytes(b"picture" * 1000, tmp_path / "a.jpg")
    assert str(refusal.value).startswith("a.jpg")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_really_full_device_is_noticed(monkeypatch, tmp_path):
    real = os.open
    monkeypatch.setattr(disk.os, "open", lambda path, *args: real("/dev/full", os.O_WRONLY))
    with pytest.raises(FileError, match="disk is full"):
        disk.publish_bytes(b"picture" * 1000, tmp_path / "a.jpg")


def test_a_finding_holds_the_file_back(tmp_path):
    def check(path):
        return [Finding("metadata", "an EXIF block is left")]

    with pytest.raises(FileError, match=r"held back.*an EXIF block is left"):
        disk.publish_bytes(b"picture", tmp_path / "a.jpg", check=check)
    assert names(tmp_path) == []


def test_the_name_appears_only_after_both_the_disk_and_the_check(tmp_path, monkeypatch):
    target, checked, real = tmp_path / "000001.jpg", threading.Event(), os.fsync
    steps = []

    def slow(descriptor):
        checked.wait(10)
        assert not target.exists() or stat.S_ISDIR(os.fstat(descriptor).st_mode)
        real(descriptor)
        steps.append("disk")

    def check(path):
        steps.append("check")
        checked.set()
        return []

    monkeypatch.setattr(os, "fsync", slow)
    disk.publish_bytes(b"picture", target, check=check)
    assert steps == ["check", "disk", "disk"]  # the file, then its folder


def test_a_disk_that_fails_while_the_check_passes_holds_the_file_back(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileError, match="disk is full"):
        disk.publish_bytes(b"picture", tmp_path / "000001.jpg", check=lambda path: [])
    assert names(tmp_path) == []


def test_a_check_that_cannot_run_holds_the_file_back(tmp_path):
    def check(path):
        raise ZeroDivisionError

    with pytest.raises(FileError, match="could not be checked"):
        disk.publish_bytes(b"picture", tmp_path / "a.jpg", check=check)
    assert names(tmp_path) == []


def test_missing_folders_and_overlong_names_are_said(tmp_path):
    for target in (tmp_path / "gone" / "a.jpg", tmp_path / ("x" * 300 + ".jpg")):
        with pytest.raises(FileError, match="cannot be written"):
            disk.publish_bytes(b"picture", target)
    assert names(tmp_path) == []


def test_another_file_system_is_not_used_for_the_temporary_file(tmp_path, monkeypatch):
    work = tmp_path / "work"
    work.mkdir()
    real = Path.stat

    def elsewhere(self, **options):
        found = real(self, **options)
        if self != work:
            return found
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10]))

    monkeypatch.setattr(Path, "stat", elsewhere)
    places = []
    disk.publish_bytes(b"x", tmp_path / "a.jpg", work=work, check=lambda path: places.append(path.parent) or [])
    assert places == [tmp_path]


def test_what_a_killed_run_left_under_a_fixed_name_is_overwritten_not_followed(tmp_path):
    other = tmp_path / "other"
    other.write_bytes(b"precious")
    (tmp_path / ".manifest.part").symlink_to(other)
    disk.publish_bytes(b"new", tmp_path / "manifest.jsonl", part=".manifest.part")
    assert other.read_bytes() == b"precious"
    assert names(tmp_path) == ["manifest.jsonl", "other"]


def test_what_is_private_keeps_its_time_and_is_for_its_owner_alone(tmp_path):
    target = tmp_path / "profile.toml"
    disk.publish_bytes(b"x", target, private=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert target.stat().st_mtime > disk.FIXED_TIME + 10**8


def test_a_folder_that_is_reached_by_a_link_is_written_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    disk.publish_bytes(b"x", tmp_path / "link" / "a.jpg")
    assert names(tmp_path / "real") == ["a.jpg"]


@pytest.fixture
def film(tmp_path):
    """A file that was written already, and what it is to be called."""
    out = tmp_path / "out"
    out.mkdir()
    path = disk.temporary_for(out / "000001.mp4")
    path.write_bytes(b"film" * 1000)
    return path, out / "000001.mp4"


def test_a_file_that_is_written_already_gets_its_name_after_its_check(film):
    path, target = film
    seen = []

    def check(temporary):
        seen.append((temporary, stat.S_IMODE(temporary.stat().st_mode), target.exists()))
        return []

    disk.publish_file(path, target, check)
    assert seen == [(path, 0o600, False)]
    assert target.read_bytes() == b"film" * 1000
    assert target.stat().st_mtime_ns == disk.FIXED_TIME * 10**9
    assert stat.S_IMODE(target.stat().st_mode) == 0o644
    assert names(target.parent) == ["000001.mp4"]


def test_a_file_that_is_written_already_and_fails_its_check_is_removed(film):
    path, target = film
    with pytest.raises(FileError, match=r"000001\.mp4 is held back.*a track is left"):
        disk.publish_file(path, target, lambda _: [Finding("streams", "a track is left")])
    assert names(target.parent) == []


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), KeyboardInterrupt()])
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "utime", "chmod"])
@pytest.mark.parametrize("turn", [1, 2])
def test_a_file_that_is_written_already_leaves_nothing_when_a_step_fails(film, monkeypatch, call, turn, error):
    path, target = film
    real, calls = getattr(os, call), []

    def failing(*args, **options):
        calls.append(args)
        if len(calls) == turn:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, call, failing)
    try:
        disk.publish_file(path, target)
    except (FileError, KeyboardInterrupt):
        assert names(target.parent) == []
    else:
        assert len(calls) < turn
        assert names(target.parent) == ["000001.mp4"]


def test_a_file_that_is_not_there_cannot_be_published(tmp_path):
    with pytest.raises(FileError, match=r"a\.mp4 cannot be written \(No such file"):
        disk.publish_file(tmp_path / "gone", tmp_path / "a.mp4")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", ""),
        ("Jürgen 山.jpg", "Jürgen 山.jpg"),
        ("a\nb\x1b[31m.jpg", r"a\nb\x1b[31m.jpg"),
        ("\u202egpj.exe", r"\u202egpj.exe"),
        ("\udcff.jpg", r"\udcff.jpg"),
    ],
)
def test_a_name_is_shown_in_one_line_and_plays_no_tricks(name, shown):
    assert disk.printable(name) == shown
