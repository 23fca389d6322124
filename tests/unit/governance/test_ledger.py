"""The ledger against everybody who would like it to say something else."""

import json
import multiprocessing
import os
import threading
from datetime import UTC, datetime

import pytest

from workbench.governance import acts, ledger
from workbench.governance.lines import LEDGER
from workbench.governance.roles import Actor
from workbench.governance.verifying import Anchor, verify
from workbench.values import FileError, UsageError

ANN, BOB = Actor(1, "operator"), Actor(2, "approver")
DIGEST = "ab" * 32


@pytest.fixture
def folder(tmp_path):
    ledger.append(tmp_path, ANN, "case-made", {"record": DIGEST, "purpose": "publication", "salt": DIGEST})
    for run in range(1, 5):
        ledger.append(tmp_path, ANN, "run-started", {"run": run, "profile": DIGEST})
    ledger.append(tmp_path, BOB, "release-approved", {"run": 4, "manifest": DIGEST})
    return tmp_path


def lines(folder):
    return (folder / LEDGER).read_bytes().splitlines(keepends=True)


def put(folder, new):
    (folder / LEDGER).write_bytes(b"".join(new))


def rehashed(line, **changes):
    """A line with other content and a digest that fits it: what somebody who knows the format would write."""
    import hashlib

    fields = {**json.loads(line), **changes}
    del fields["hash"]
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    fields["hash"] = hashlib.sha256(canonical).hexdigest()
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def test_an_untouched_ledger_is_whole(folder):
    found = verify(folder)
    assert (found.ok, found.entries, found.notes) == (True, 6, ())
    assert found.head == ledger.head(folder) == ledger.entries(folder)[-1].hash
    assert [entry.seq for entry in ledger.entries(folder)] == [1, 2, 3, 4, 5, 6]
    assert (folder / LEDGER).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", range(6))
def test_any_edit_of_any_line_is_found(folder, at):
    whole = lines(folder)
    for old, new in ((b'"person":', b'"person":1'), (b"operator", b"reviewer"), (b"ab", b"ac"), (b"T", b"U")):
        changed = list(whole)
        changed[at] = whole[at].replace(old, new, 1)
        if changed == whole:
            continue
        put(folder, changed)
        found = verify(folder)
        assert not found.ok
        assert f"line {at + 1}" in found.findings[0].message


def test_every_single_byte_counts(folder):
    whole = b"".join(lines(folder))
    for place in range(0, len(whole), 7):
        (folder / LEDGER).write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not verify(folder).ok, place


@pytest.mark.parametrize("at", range(5))
def test_an_edit_with_a_digest_that_fits_breaks_the_chain_behind_it(folder, at):
    whole = lines(folder)
    whole[at] = rehashed(whole[at], person=3)
    put(folder, whole)
    found = verify(folder)
    assert len(found.findings) == 1
    assert f"line {at + 2} does not follow" in found.findings[0].message


@pytest.mark.parametrize("at", range(5))
def test_a_removed_line_is_found_also_when_the_rest_is_numbered_anew(folder, at):
    whole = lines(folder)
    del whole[at]
    put(folder, whole)
    assert f"line {at + 1} does not follow" in verify(folder).findings[0].message
    put(folder, [rehashed(line, seq=number) for number, line in enumerate(whole, 1)])
    assert not verify(folder).ok


def test_lines_that_changed_places_or_came_twice_are_found(folder):
    whole = lines(folder)
    put(folder, [*whole[:2], whole[3], whole[2], *whole[4:]])
    assert "line 3" in verify(folder).findings[0].message
    put(folder, [*whole, whole[-1]])
    assert "line 7" in verify(folder).findings[0].message


def test_a_cut_end_is_found_by_a_head_that_stands_elsewhere(folder):
    whole = lines(folder)
    anchor = Anchor(json.loads(whole[4])["hash"], "The release out")
    found = verify(folder, [anchor])
    assert (found.ok, found.anchors, found.beyond) == (True, 1, 1)
    put(folder, whole[:4])
    assert verify(folder).ok  # the chain alone cannot know
    cut = verify(folder, [anchor])
    assert "The release out names a line that is not in it: its end was cut off" in cut.findings[0].message
    put(folder, whole[:5])
    assert verify(folder, [anchor]).ok  # what nobody outside knows of cannot be missed


def test_a_ledger_that_was_written_anew_is_found_by_the_same_head(folder):
    anchor = Anchor(ledger.head(folder), "The release out")
    (folder / LEDGER).unlink()
    assert "empty or missing" in verify(folder).findings[0].message
    ledger.append(folder, ANN, "case-made", {"record": DIGEST})
    for run in range(6):
        ledger.append(folder, ANN, "run-started", {"run": run})
    assert verify(folder).ok
    assert not verify(folder, [anchor]).ok


def test_a_ledger_that_does_not_open_the_case_lost_its_beginning(tmp_path):
    ledger.append(tmp_path, ANN, "run-started", {"run": 1})
    assert "line 1 does not open the case" in verify(tmp_path).findings[0].message


def test_half_a_line_of_a_crash_is_mended_and_written_down(folder):
    whole = lines(folder)
    put(folder, [*whole[:-1], whole[-1][:40]])
    assert "cut short" in verify(folder).findings[0].message
    assert len(ledger.entries(folder)) == 5
    ledger.append(folder, ANN, "run-started", {"run": 9})
    assert verify(folder).ok
    assert [entry.act for entry in ledger.entries(folder)][-2:] == ["line-repaired", "run-started"]
    put(folder, [*lines(folder)[:-1], lines(folder)[-1].rstrip(b"\n")])
    assert verify(folder).ok
    ledger.append(folder, ANN, "run-started", {"run": 10})
    assert verify(folder).entries == 8


def test_nothing_is_added_behind_a_changed_last_line(folder):
    whole = lines(folder)
    put(folder, [*whole[:-1], whole[-1].replace(b"approver", b"operator")])
    before = lines(folder)
    with pytest.raises(FileError, match="changed"):
        ledger.append(folder, ANN, "run-started", {"run": 9})
    assert lines(folder) == before
    with pytest.raises(FileError, match="line 6"):
        ledger.entries(folder)


@pytest.mark.parametrize("junk", [b"\n", b"{}\n", b"[1]\n", b"\xff\x00\n", b"null\n", b"[" * 50_000 + b"\n"])
def test_junk_in_it_is_a_finding_and_not_a_crash(folder, junk):
    put(folder, [*lines(folder), junk])
    assert "line 7" in verify(folder).findings[0].message


def test_a_clock_that_went_backwards_is_noted_and_proves_nothing(folder):
    ledger.append(folder, ANN, "run-started", {"run": 9}, now=datetime(2001, 1, 1, tzinfo=UTC))
    found = verify(folder)
    assert found.ok
    assert "Line 7: the clock went backwards" in found.notes[0]


@pytest.mark.parametrize(
    ("act", "facts"),
    [
        ("holiday", {}),
        ("run-started", {"file": "IMG_0001.jpg"}),
        ("run-started", {"run": "IMG_0001.jpg"}),
        ("run-started", {"run": -1}),
        ("run-started", {"run": True}),
        ("run-started", {"profile": "Ann Other"}),
        ("run-ended", {"state": "because of Ann"}),
        ("case-made", {"purpose": "a wedding"}),
        ("deleted", {"what": "IMG_0001.jpg"}),
    ],
)
def test_there_is_no_place_for_a_name_or_free_text(folder, act, facts):
    before = lines(folder)
    with pytest.raises(ValueError, match=r"unknown act|states no|is not what it may be"):
        ledger.append(folder, ANN, act, facts)
    assert lines(folder) == before
    assert all("text" not in known for known in acts.ACTS.values())


def test_a_full_disk_leaves_no_half_line(folder, monkeypatch):
    before = lines(folder)

    def full(handle, data):
        os.pwrite(handle, data[:20], os.fstat(handle).st_size)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ledger.os, "write", full)
    with pytest.raises(FileError, match="No space left"):
        ledger.append(folder, ANN, "run-started", {"run": 9})
    monkeypatch.undo()
    assert lines(folder) == before
    ledger.append(folder, ANN, "run-started", {"run": 9})
    assert verify(folder).ok


def test_a_holder_that_does_not_let_go_is_one_sentence(folder, monkeypatch):
    monkeypatch.setattr(ledger, "LOCK_SECONDS", 0.1)
    waiting, done = threading.Event(), threading.Event()

    def hold():
        with ledger.locked(folder):
            waiting.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    waiting.wait(10)
    try:
        with pytest.raises(UsageError, match="Another process has held"):
            ledger.append(folder, ANN, "run-started", {"run": 9})
    finally:
        done.set()
        thread.join()


def write_many(folder, person):
    for run in range(20):
        ledger.append(folder, Actor(person, "operator"), "run-started", {"run": run})


def test_two_processes_and_two_threads_write_one_chain(tmp_path):
    ledger.append(tmp_path, ANN, "case-made", {"record": DIGEST})
    context = multiprocessing.get_context("fork")
    workers = [
        *(context.Process(target=write_many, args=(tmp_path, person)) for person in (1, 2)),
        *(threading.Thread(target=write_many, args=(tmp_path, person)) for person in (3, 4)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    found = verify(tmp_path)
    assert (found.ok, found.entries) == (True, 81)


def test_a_line_whose_person_is_no_number_is_none(folder):
    put(folder, [*lines(folder)[:-1], rehashed(lines(folder)[-1], person={"login": "ann"})])
    assert "not written as it was" in verify(folder).findings[0].message
