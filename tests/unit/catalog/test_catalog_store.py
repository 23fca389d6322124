import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from workbench import profiles
from workbench.catalog import blobs, schema
from workbench.catalog.case import Case
from workbench.catalog.store import Catalog
from workbench.values import Asset, Detections, Outcome, State, UsageError

PROFILE = profiles.load("publication")
SEEN = Detections(
    np.array([[1, 2, 3, 4], [0.5, 0, 9, 9]], np.float32),
    np.array([0.05, 0.99], np.float32),
    np.array(["face", "plate"]),
    np.array(["centerface", "a detector with a long name"]),
    np.array([-1, 7], np.int32),
)


@pytest.fixture
def catalog(tmp_path):
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def same(first, second):
    names = ("boxes", "scores", "kinds", "origins", "tracks")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


@pytest.mark.parametrize(
    "frames", [[], [Detections.empty()], [SEEN], [Detections.empty(), SEEN, SEEN[SEEN.scores > 1]]]
)
def test_detections_come_back_as_they_were(catalog, frames):
    assert catalog.detections("ab", "detector 1") is None
    catalog.put_detections("ab", "detector 1", frames)
    found = catalog.detections("ab", "detector 1")
    assert len(found) == len(frames)
    assert all(same(one, other) for one, other in zip(found, frames, strict=True))
    assert catalog.detections("ab", "detector 2") is None
    assert catalog.detections("cd", "detector 1") is None


def test_detections_are_small_and_no_pickle():
    data = blobs.pack([SEEN] * 10)
    assert len(data) < 600
    with pytest.raises((ValueError, OSError)):
        np.load(__import__("io").BytesIO(data))  # allow_pickle is off and there is nothing to unpickle


def test_damaged_detections_are_looked_for_again(catalog):
    catalog.put_detections("ab", "detector", [SEEN])
    catalog._db.execute("UPDATE detection SET data = x'00ff'")
    assert catalog.detections("ab", "detector") is None


def test_two_connections_read_and_write_at_once(tmp_path, catalog):
    other = Catalog(tmp_path / "catalog.sqlite")
    run = catalog.create_run(PROFILE, [Path("/s")], Path("/o"))
    assert other.run(run).profile == PROFILE
    failures = []

    def write(connection, start):
        try:
            for number in range(start, start + 25):
                connection.put_detections(f"{number}", "detector", [SEEN])
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=pair) for pair in ((catalog, 0), (other, 100), (other, 200))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert catalog._read("SELECT count(*) FROM detection")[0][0] == 75
    assert catalog._read("PRAGMA journal_mode")[0][0] == "wal"
    assert catalog._read("PRAGMA synchronous")[0][0] == 2
    other.request(run, "pause")
    assert catalog.take_request(run) == "pause"
    assert catalog.take_request(run) == ""
    other.close()


def test_opening_and_closing_beside_it_does_not_cut_a_connection_off(tmp_path, catalog):
    # A second open and close in this process once dropped the locks of the first connection; another
    # process that closed the file then took the log away from under it.
    Catalog(tmp_path / "catalog.sqlite").close()
    code = (
        "import sys; from pathlib import Path; from workbench.catalog.store import Catalog\n"
        "other = Catalog(Path(sys.argv[1])); other.put_detections('ab', 'detector', []); other.close()"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "catalog.sqlite"], check=True)
    assert len(catalog.detections("ab", "detector")) == 0
    assert (tmp_path / "catalog.sqlite-wal").exists()


def test_a_failed_write_changes_nothing(catalog):
    with pytest.raises(ZeroDivisionError), catalog._write() as db:
        db.execute("INSERT INTO fact VALUES ('x', 'y')")
        _ = 1 / 0
    assert catalog._read("SELECT * FROM fact WHERE name = 'x'") == []


def test_the_catalog_and_its_case_are_private(tmp_path):
    with Case.open(tmp_path / "case") as case:
        case.catalog.put_detections("ab", "detector", [])
        files = [path for path in case.path.iterdir() if path.is_file()]
        assert {path.name for path in files} >= {"catalog.sqlite", "catalog.sqlite-wal"}
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)
        assert stat.S_IMODE(case.path.stat().st_mode) == 0o700


def test_every_migration_is_applied_once_to_an_empty_file(tmp_path):
    path = tmp_path / "catalog.sqlite"
    first = Catalog(path)
    case_id = first.case_id
    first.close()
    again = Catalog(path)
    assert again.case_id == case_id
    rows = again._read("SELECT number, name FROM migration ORDER BY number")
    assert [tuple(row) for row in rows] == [
        (number, migration.__name__) for number, migration in enumerate(schema.MIGRATIONS, start=1)
    ]
    again.close()


def test_a_catalog_of_version_1_is_brought_up_with_what_it_holds(tmp_path):
    path = tmp_path / "catalog.sqlite"
    db = sqlite3.connect(path, isolation_level=None)
    schema.migrate(db, path.name, schema.MIGRATIONS[:1])
    db.execute("INSERT INTO detection VALUES ('ab', 'detector', ?, 0)", (blobs.pack([SEEN]),))
    db.close()
    opened = Catalog(path)
    assert same(opened.detections("ab", "detector")[0], SEEN)
    assert opened.create_run(PROFILE, [Path("/s")], Path("/o")) == 1
    opened.close()


def test_a_migration_that_fails_leaves_the_version_before(tmp_path):
    def breaks(db):
        db.execute("CREATE TABLE half (x)")
        db.execute("nonsense")

    db = sqlite3.connect(tmp_path / "x.sqlite", isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(db, "x", (schema.MIGRATIONS[0], breaks))
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    assert "asset" in tables
    assert "half" not in tables
    assert db.execute("SELECT max(number) FROM migration").fetchone() == (1,)
    db.close()


def newer(path):
    Catalog(path).close()
    db = sqlite3.connect(path)
    db.execute("INSERT INTO migration VALUES (99, 'later', 0)")
    db.commit()
    db.close()


def foreign(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE songs (x)")
    db.commit()
    db.close()


def garbage(path):
    path.write_bytes(b"this is not a database " * 1000)


def torn(path):
    Catalog(path).close()
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\xff" * 3996
    path.write_bytes(data)


def folder(path):
    path.mkdir()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (newer, "newer workbench.*update"),
        (foreign, "database of another program"),
        (garbage, r"catalog\.sqlite is damaged.*backup"),
        (torn, r"catalog\.sqlite is damaged.*backup"),
        (folder, "cannot be opened"),
    ],
)
def test_a_catalog_that_cannot_be_used_is_told_in_one_sentence(tmp_path, damage, says):
    damage(tmp_path / "catalog.sqlite")
    before = (tmp_path / "catalog.sqlite").stat().st_size
    with pytest.raises(UsageError, match=says) as error:
        Catalog(tmp_path / "catalog.sqlite")
    assert "\n" not in str(error.value)
    assert (tmp_path / "catalog.sqlite").stat().st_size == before


def test_damage_inside_is_told_when_it_is_met(tmp_path):
    path = tmp_path / "catalog.sqlite"
    opened = Catalog(path)
    with opened._write() as db:
        rows = [(str(number), "detector", blobs.pack([SEEN]), 0) for number in range(200)]
        db.executemany("INSERT INTO detection VALUES (?, ?, ?, ?)", rows)
    opened.close()
    data = bytearray(path.read_bytes())
    data[-8 * 4096 :] = b"\xee" * 8 * 4096
    path.write_bytes(data)
    opened = Catalog(path)
    with pytest.raises(UsageError, match="damaged"):
        for number in range(200):
            opened.detections(f"{number}", "detector")
    opened.close()


def test_the_same_run_is_found_again_and_another_is_not(catalog):
    first = catalog.create_run(PROFILE, [Path("/s")], Path("/o"), workers=2)
    catalog.request(first, "stop")
    assert catalog.create_run(PROFILE.changed(description="x"), [Path("/s")], Path("/o"), workers=3) == first
    assert (catalog.run(first).workers, catalog.run(first).request) == (3, "")
    assert catalog.create_run(PROFILE, [Path("/t")], Path("/o")) != first
    assert catalog.create_run(PROFILE, [Path("/s")], Path("/p")) != first
    assert catalog.create_run(PROFILE.changed(quality="fast"), [Path("/s")], Path("/o")) != first
    assert len(catalog.runs()) == 4
    assert catalog.latest() == 4
    with pytest.raises(UsageError, match="no run 9"):
        catalog.run(9)
    with pytest.raises(UsageError, match="not to 'jump'"):
        catalog.request(first, "jump")


def test_outcomes_come_back_with_their_assets_whatever_the_names(catalog):
    odd = Asset(os.fsdecode(b"\xff/\n.jpg"), os.fsdecode(b"/s\xfe"), size=3, mtime=2**62)
    plain = Asset("a.jpg", "/s", size=1, mtime=1)
    run = catalog.create_run(PROFILE, [Path("/s")], Path("/o"))
    catalog.put_assets(run, [odd, plain])
    catalog.give_names(run, [odd, plain], (), {})
    done = Outcome(
        odd.path, State.DONE, {"face": 2}, 0.25, "folder-01/000001.jpg", "cd", 5, 1, 2, 3, [[0, "face"]], notes=["n"]
    )
    catalog.put_outcome(run, odd, done, "ab", "by", 7)
    catalog.put_outcome(run, plain, Outcome("a.jpg", State.BLOCKED, error="not a photo"))
    assert catalog.results(run)[1] == (odd, done)
    assert {outcome.asset for outcome in catalog.outcomes(run)} == {odd.path, "a.jpg"}
    assert catalog.number(run, odd) == "folder-01/000001"
    assert catalog.outputs(Path("/o")) == {"folder-01/000001.jpg"}
    status = catalog.run(run)
    assert (status.done, status.failed, status.blocked, status.total, status.left) == (1, 0, 1, 2, 0)
    catalog.put_assets(run, [plain])
    assert catalog.run(run).total == 1
    assert catalog.outputs(Path("/o")) == {"folder-01/000001.jpg"}  # still ours, although its source is gone


def test_a_new_size_or_time_forgets_the_content(catalog):
    asset = Asset("a.jpg", "/s", size=1, mtime=1)
    run = catalog.create_run(PROFILE, [Path("/s")], Path("/o"))
    catalog.put_assets(run, [asset])
    catalog.put_hash(Asset("a.jpg", "/s", "abc", 1, 1))
    catalog.put_assets(run, [asset])
    assert catalog.known("/s")["a.jpg"].sha256 == "abc"
    catalog.put_assets(run, [Asset("a.jpg", "/s", size=1, mtime=2)])
    assert catalog.known("/s") == {}


def test_a_full_disk_is_told(catalog):
    catalog._db.execute("PRAGMA max_page_count = 30")
    with pytest.raises(UsageError, match=r"disk .* is full"):
        for number in range(1000):
            catalog.put_detections(str(number), "d" * 500, [SEEN])


@pytest.mark.parametrize("content", ["a.txt", None])
def test_a_folder_that_is_no_case_is_left_alone(tmp_path, content):
    place = tmp_path / "place"
    if content:
        place.mkdir()
        (place / content).write_text("x")
        with pytest.raises(UsageError, match="not empty and not a case"):
            Case.open(place)
        assert [path.name for path in place.iterdir()] == [content]
    else:
        place.write_text("x")
        with pytest.raises(UsageError, match="is a file"):
            Case.open(place)


def test_a_case_is_made_only_when_asked_for(tmp_path):
    with pytest.raises(UsageError, match="is not a case"):
        Case.open(tmp_path / "case", create=False)
    assert not (tmp_path / "case").exists()
    with Case.open(tmp_path / "case") as made:
        assert made.profile is None
        made.save_profile(PROFILE)
    with Case.open(tmp_path / "case", create=False) as opened:
        assert opened.profile == PROFILE
        assert not opened.busy()
        with opened.locked(), Case.open(tmp_path / "case") as other:
            assert other.busy()
            with pytest.raises(UsageError, match="Another process is working on the case"), other.locked(wait=0):
                pass
        assert not opened.busy()
