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


MIGRATIONS: tuple[Migration, ...] = (_assets_and_detections, _runs, _output_folders)


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
