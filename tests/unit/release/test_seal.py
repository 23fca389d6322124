"""The age format: what is sealed here opens with the standard tool, and what that made opens here."""

import errno
import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.release import seal as sealing
from workbench.release.keys import identities, new_key, public_keys, recipient
from workbench.release.seal import seal
from workbench.release.unsealing import opened
from workbench.values import FileError, UsageError

AGE = shutil.which("age")
needs_age = pytest.mark.skipif(AGE is None, reason="the standard tool is not here: apt-get install age")
SIZES = (0, 1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 3 * 64 * 1024)


@pytest.fixture
def key(tmp_path):
    return tmp_path / "a.key", new_key(tmp_path / "a.key")


def read(path, key):
    with opened(path, identities(key)) as stream:
        return stream.read()


@needs_age
@pytest.mark.parametrize("size", SIZES)
def test_the_standard_tool_and_we_open_each_other_s_files(tmp_path, key, size):
    path, public = key
    data = os.urandom(size)
    seal([data], tmp_path / "ours.age", [public])
    done = subprocess.run([AGE, "-d", "-i", path, tmp_path / "ours.age"], capture_output=True, check=True)
    assert done.stdout == data
    subprocess.run([AGE, "-r", public, "-o", tmp_path / "theirs.age"], input=data, check=True)
    assert read(tmp_path / "theirs.age", path) == data


@needs_age
def test_a_key_is_written_as_the_standard_tool_writes_it(tmp_path, key):
    path, public = key
    told = subprocess.run(["age-keygen", "-y", path], capture_output=True, text=True, check=True).stdout.strip()
    assert told == public == public_keys(path)[0]
    assert path.stat().st_mode & 0o777 == 0o600
    subprocess.run(["age-keygen", "-o", tmp_path / "b.key"], capture_output=True, check=True)
    assert len(identities(tmp_path / "b.key")) == 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=3000), max_size=8))
def test_however_the_bytes_come_they_come_out_the_same(tmp_path_factory, parts):
    folder = tmp_path_factory.mktemp("seal")
    public = new_key(folder / "k")
    seen = []
    seal(parts, folder / "x.age", [public], lambda stream: seen.append(stream.read()))
    assert read(folder / "x.age", folder / "k") == b"".join(parts) == seen[0]


def test_nothing_plain_is_on_the_disk_while_it_is_written(tmp_path, key):
    def parts():
        for number in range(50):
            yield b"a face " * 2000
            rest = b"".join(path.read_bytes() for path in tmp_path.glob(".part-*"))
            assert b"a face" not in rest, number

    seal(parts(), tmp_path / "x.age", [key[1]])
    assert b"a face" not in (tmp_path / "x.age").read_bytes()
    assert (tmp_path / "x.age").stat().st_mode & 0o777 == 0o600


def test_what_the_parts_raise_passes_through_and_nothing_is_left(tmp_path, key):
    def parts():
        yield b"x" * 200_000
        raise FileError("the picture is gone")

    (tmp_path / "x.age").write_bytes(b"an older one")
    with pytest.raises(FileError, match="the picture is gone"):
        seal(parts(), tmp_path / "x.age", [key[1]])
    with pytest.raises(KeyboardInterrupt):
        seal((_ for _ in iter(_stop, None)), tmp_path / "x.age", [key[1]])
    assert (tmp_path / "x.age").read_bytes() == b"an older one"
    assert not list(tmp_path.glob(".part-*"))


def _stop():
    raise KeyboardInterrupt


@pytest.mark.parametrize("fails_at", range(1, 6))
def test_a_write_that_fails_is_never_overlooked(tmp_path, key, monkeypatch, fails_at):
    calls = []
    real = sealing._Sink.write

    def write(self, data):
        calls.append(1)
        if len(calls) == fails_at:
            self.error = OSError(errno.ENOSPC, "No space left on device")
            raise self.error
        return real(self, data)

    monkeypatch.setattr(sealing._Sink, "write", write)
    try:
        seal([b"x" * 100], tmp_path / "x.age", [key[1]])
    except FileError as error:
        assert "disk is full" in str(error)
        assert not list(tmp_path.glob("*.age")) + list(tmp_path.glob(".part-*"))
    else:
        assert len(calls) < fails_at
        assert read(tmp_path / "x.age", key[0]) == b"x" * 100


def test_each_bit_that_is_turned_is_found(tmp_path, key):
    seal([os.urandom(500)], tmp_path / "x.age", [key[1]])
    whole = (tmp_path / "x.age").read_bytes()
    for at in range(0, len(whole), 7):
        (tmp_path / "y.age").write_bytes(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :])
        with pytest.raises((FileError, UsageError)):
            read(tmp_path / "y.age", key[0])
    for length in range(0, len(whole), 11):
        (tmp_path / "y.age").write_bytes(whole[:length])
        with pytest.raises((FileError, UsageError)):
            read(tmp_path / "y.age", key[0])


def test_a_key_is_never_overwritten_and_a_private_one_never_taken_for_a_public_one(tmp_path, key):
    path, public = key
    with pytest.raises(UsageError, match="already"):
        new_key(path)
    private = path.read_text().splitlines()[-1]
    with pytest.raises(UsageError, match="private key") as error:
        recipient(private)
    assert private not in str(error.value)
    for text in ("", "age1", public[:-1] + ("q" if public[-1] != "q" else "p"), "ssh-ed25519 AAAA"):
        with pytest.raises(UsageError, match="no public key"):
            recipient(text)
    (tmp_path / "public").write_text(public)
    with pytest.raises(UsageError, match="only closes"):
        identities(tmp_path / "public")
    (tmp_path / "broken").write_text(private[:-1])
    with pytest.raises(UsageError, match="no private key") as error:
        identities(tmp_path / "broken")
    assert private[20:40] not in str(error.value)
    with pytest.raises(UsageError, match="no key to seal"):
        seal([], tmp_path / "x.age", [])
