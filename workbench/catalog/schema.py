"""The catalog's tables, as ordered migrations: each is applied once, with its own record, in one transaction.

A migration that was released is never changed; a new one is added below it.
"""

import sqlite3
import time
import uuid
from collections.abc import Callable

from workbench.values import UsageError

Migration = Callable[[sqlite3.Connection], None]


def _assets_and_detections(db: sqlite3.Connection) -> None:
    # Paths are bytes: a file name need not be valid UTF-8.
    db.execute("CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    db.execute("INSERT INTO fact VALUES ('case', ?)", (uuid.uuid4().hex,))
    db.execute(
        """CREATE TABLE asset (
            id INTEGER PRIMARY KEY, source BLOB NOT NULL, path BLOB NOT NULL,
            sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,
            UNIQUE (source, path))"""
    )
    db.execute(
        """CREATE TABLE detection (
            sha256 TEXT NOT NULL, fingerprint TEXT NOT NULL, data BLOB NOT NULL, created REAL NOT NULL,
            PRIMARY KEY (sha256, fingerprint)) WITHOUT ROWID"""
    )


def _runs(db: sqlite3.Connection) -> None:
    db.execute(
        """CREATE TABLE run (
            id INTEGER PRIMARY KEY, profile TEXT NOT NULL, digest TEXT NOT NULL, sources TEXT NOT NULL,
            out BLOB NOT NULL, mode TEXT NOT NULL, workers INTEGER NOT NULL,
            allow_nothing_hidden INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting', request TEXT NOT NULL DEFAULT '',
            message TEXT NOT NULL DEFAULT '', started REAL NOT NULL DEFAULT 0, updated REAL NOT NULL,
            heartbeat REAL NOT NULL DEFAULT 0, pid INTEGER NOT NULL DEFAULT 0)"""
    )
    db.execute(
        """CREATE TABLE entry (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id),
            asset INTEGER NOT NULL REFERENCES asset (id), state TEXT NOT NULL DEFAULT 'waiting',
            outcome TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '',
            fingerprint TEXT NOT NULL DEFAULT '',
            output_mtime INTEGER NOT NULL DEFAULT 0, finished REAL NOT NULL DEFAULT 0, UNIQUE (run, asset))"""
    )
    db.execute("CREATE INDEX entry_state ON entry (run, state)")
    db.execute("CREATE INDEX entry_finished ON entry (run, finished)")


def _output_folders(db: sqlite3.Connection) -> None:
    db.execute(
        """CREATE TABLE name (
            out BLOB NOT NULL, mode TEXT NOT NULL, asset INTEGER NOT NULL REFERENCES asset (id),
            stem BLOB NOT NULL, format TEXT NOT NULL, PRIMARY KEY (out, mode, asset)) WITHOUT ROWID"""
    )
    # Every file that this case put into an output folder, and the entry that made it. An old run keeps its
    # outcomes when a new one replaces its files, but it does not own them any more.
    db.execute(
        """CREATE TABLE output (
            out BLOB NOT NULL, path BLOB NOT NULL, entry INTEGER REFERENCES entry (id) ON DELETE SET NULL,
            PRIMARY KEY (out, path)) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX output_entry ON output (entry)")


def _corrections(db: sqlite3.Connection) -> None:
    # By content and not by path: a file that was moved keeps what people said about it. Rows are only ever added.
    db.execute(
        """CREATE TABLE correction (
            id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 TEXT NOT NULL, action TEXT NOT NULL,
            first INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,
            track INTEGER NOT NULL DEFAULT -1, other INTEGER NOT NULL DEFAULT -1,
            kind TEXT NOT NULL DEFAULT 'other', boxes TEXT NOT NULL DEFAULT '[]',
            by TEXT NOT NULL DEFAULT '', at REAL NOT NULL, reason TEXT NOT NULL DEFAULT '',
            withdraws INTEGER REFERENCES correction (id))"""
    )
    db.execute("CREATE INDEX correction_sha256 ON correction (sha256)")


def _videos(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE asset ADD COLUMN media TEXT NOT NULL DEFAULT 'photo'")
    # Of the files in work, summed: a single long video moves the bar too.
    db.execute("ALTER TABLE run ADD COLUMN share REAL NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE run ADD COLUMN seconds_left REAL")


def _reviews(db: sqlite3.Connection) -> None:
    db.execute(
        """CREATE TABLE review (
            id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id), plan TEXT NOT NULL,
            digest TEXT NOT NULL, seed TEXT NOT NULL, strata TEXT NOT NULL, by TEXT NOT NULL, created REAL NOT NULL)"""
    )
    # The content as it was drawn: a picture that was changed since is another one, and nobody has looked at it.
    db.execute(
        """CREATE TABLE review_item (
            id INTEGER PRIMARY KEY, review INTEGER NOT NULL REFERENCES review (id),
            asset INTEGER NOT NULL REFERENCES asset (id), sha256 TEXT NOT NULL, position INTEGER NOT NULL,
            stratum TEXT NOT NULL, risk REAL NOT NULL, rank INTEGER NOT NULL, stratum_rank INTEGER NOT NULL,
            at_random INTEGER NOT NULL, risky INTEGER NOT NULL, wanted INTEGER NOT NULL, why TEXT NOT NULL,
            UNIQUE (review, asset))"""
    )
    db.execute(
        """CREATE TABLE claim (
            item INTEGER NOT NULL REFERENCES review_item (id), reviewer TEXT NOT NULL, until REAL NOT NULL,
            PRIMARY KEY (item, reviewer)) WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE answer (
            id INTEGER PRIMARY KEY AUTOINCREMENT, item INTEGER NOT NULL REFERENCES review_item (id),
            reviewer TEXT NOT NULL, verdict TEXT NOT NULL, misses INTEGER NOT NULL, false_alarms INTEGER NOT NULL,
            seconds REAL NOT NULL, at REAL NOT NULL, note TEXT NOT NULL)"""
    )
    db.execute("CREATE INDEX answer_item ON answer (item)")
    # What a picture looks like, in 64 bits, so that others that look nearly the same are found.
    db.execute("CREATE TABLE likeness (sha256 TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID")


def _truths(db: sqlite3.Connection) -> None:
    # What is really to be seen in a file, as a person or a data set says it; by content, like corrections.
    db.execute(
        """CREATE TABLE truth (
            sha256 TEXT PRIMARY KEY, width INTEGER NOT NULL, height INTEGER NOT NULL,
            kinds TEXT NOT NULL, objects BLOB NOT NULL, source TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)
            WITHOUT ROWID"""
    )


def _cleared_places(db: sqlite3.Connection) -> None:
    db.execute(
        """CREATE TABLE cleared (
            sha256 TEXT NOT NULL, by TEXT NOT NULL, kind TEXT NOT NULL, box TEXT NOT NULL, at REAL NOT NULL,
            UNIQUE (sha256, by, kind, box))"""
    )


def _intake(db: sqlite3.Connection) -> None:
    # What a file is and discloses, read once; by content, like corrections.
    db.execute(
        """CREATE TABLE sight (
            sha256 TEXT PRIMARY KEY, media TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
            seconds REAL NOT NULL, device TEXT NOT NULL, discloses TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID"""
    )
    # What people or their rules say about it: scenario, camera, sensitivity, provenance, rights, model release.
    db.execute(
        """CREATE TABLE said (
            sha256 TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, how TEXT NOT NULL, by TEXT NOT NULL,
            at REAL NOT NULL, PRIMARY KEY (sha256, name)) WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE subset (
            name TEXT PRIMARY KEY, rule TEXT NOT NULL, seed TEXT NOT NULL, members TEXT NOT NULL,
            digest TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID"""
    )
    # A run over a subset is another one than a run over all: name and digest, both empty for all.
    db.execute("ALTER TABLE run ADD COLUMN subset TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE run ADD COLUMN subset_digest TEXT NOT NULL DEFAULT ''")


def _gate(db: sqlite3.Connection) -> None:
    # All of it speaks of one run and of the very files that its manifest lists: others need a new word.
    db.execute(
        """CREATE TABLE attempt (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), manifest TEXT NOT NULL,
            method TEXT NOT NULL, tried INTEGER NOT NULL, identified INTEGER NOT NULL, note TEXT NOT NULL,
            facts TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE risk (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), manifest TEXT NOT NULL,
            risk TEXT NOT NULL, level TEXT NOT NULL, action TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE override (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), manifest TEXT NOT NULL,
            "check" TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE decision (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), manifest TEXT NOT NULL,
            decision TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE export (
            id INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL REFERENCES run (id), manifest TEXT NOT NULL,
            out BLOB NOT NULL, released TEXT NOT NULL, by TEXT NOT NULL, at REAL NOT NULL)"""
    )


def _looks(db: sqlite3.Connection) -> None:
    # What lay in a source when it was looked at, whether it can be used or not; its content by its SHA-256.
    db.execute(
        """CREATE TABLE looked (
            source BLOB NOT NULL, path BLOB NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
            mtime INTEGER NOT NULL, media TEXT NOT NULL, problem TEXT NOT NULL, at REAL NOT NULL,
            PRIMARY KEY (source, path)) WITHOUT ROWID"""
    )
    for column in ("model", "taken", "best"):
        db.execute(f"ALTER TABLE sight ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Migration, ...] = (
    _assets_and_detections,
    _runs,
    _output_folders,
    _corrections,
    _videos,
    _reviews,
    _truths,
    _cleared_places,
    _intake,
    _gate,
    _looks,
)


def migrate(db: sqlite3.Connection, name: str, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring the catalog in `db` to the newest version.

    Raises
    ------
    UsageError
        When it was written by a newer workbench, or is the database of another program.
    """
    _refuse_foreign(db, name, migrations)
    for number, migration in enumerate(migrations, start=1):
        if number in _applied(db):
            continue
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute("CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT, applied REAL)")
            if number not in _applied(db):  # another process may have done it while this one waited
                migration(db)
                db.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, migration.__name__, time.time()))
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise


def _applied(db: sqlite3.Connection) -> set[int]:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'migration'").fetchone():
        return set()
    return {int(row[0]) for row in db.execute("SELECT number FROM migration")}


def _refuse_foreign(db: sqlite3.Connection, name: str, migrations: tuple[Migration, ...]) -> None:
    tables = {str(row[0]) for row in db.execute("SELECT name FROM sqlite_master")}
    if tables and "migration" not in tables:
        raise UsageError(f"{name} is the database of another program, not a catalog: choose another folder.")
    newest = max(_applied(db), default=0)
    if newest > len(migrations):
        raise UsageError(
            f"The catalog {name} was written by a newer workbench (version {newest}, this one knows "
            f"{len(migrations)}): update the workbench, or choose another case."
        )
