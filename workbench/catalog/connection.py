"""One SQLite file, opened safely, with every failure told in one sentence."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.catalog import schema
from workbench.values import UsageError

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
BUSY_SECONDS = 30
"""how long a writer waits for another one; transactions here last milliseconds"""


class Database:
    """A connection that several threads may share.

    WAL lets a dashboard read while the batch writes; ``synchronous=FULL`` makes a recorded outcome
    survive a power cut.

    Parameters
    ----------
    path : Path
        The file; it is created, readable for its owner alone, when it is not there.

    Raises
    ------
    UsageError
        When the file is damaged, of a newer version, of another program, or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._explained():
            _make(path)
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                self._db.row_factory = sqlite3.Row
                for setting in PRAGMAS:
                    self._db.execute(f"PRAGMA {setting}").fetchall()
                schema.migrate(self._db, path.name)
            except BaseException:
                self._db.close()
                raise

    def close(self) -> None:
        """Close the file; the object cannot be used afterwards."""
        with self._lock:
            self._db.close()

    def fold(self) -> None:
        """Bring all of it into the one file, before that is moved or removed.

        Raises
        ------
        UsageError
            When another program, such as an open dashboard, has the catalog open: what it wrote next would be lost.
        """
        with self._lock, self._explained():
            self._db.execute("PRAGMA busy_timeout=500")
            try:
                # Only who is alone with a file may leave the write-ahead log: https://sqlite.org/wal.html, 3
                mode = self._db.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise
                mode = "wal"
            finally:
                self._db.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        if mode != "delete":
            raise UsageError(
                f"Another program has the catalog {self.path.name} open: close the dashboards and notebooks that show "
                "this case (or shut their kernels down), then do it again."
            )

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one transaction, which is undone when something fails."""
        with self._lock, self._explained():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock, self._explained():
            return self._db.execute(query, values).fetchall()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
            raise  # a mistake of this program, not of its user
        except sqlite3.DatabaseError as error:
            raise UsageError(_sentence(self.path, error)) from error


def _make(path: Path) -> None:
    """Make an empty file for its owner alone where there is none yet.

    A catalog that is there is never opened here: closing it again would drop the locks that SQLite
    holds on it for other connections of this process (https://sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if not path.is_file():
            raise UsageError(f"The catalog {path.name} cannot be opened: it is not a file.") from None
    except OSError as error:
        raise UsageError(f"The catalog {path.name} cannot be opened: {error.strerror}.") from error


def _sentence(path: Path, error: sqlite3.DatabaseError) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"The catalog {path.name} was in use by another program for {BUSY_SECONDS} seconds: try again."
    if code == sqlite3.SQLITE_FULL:
        return f"The disk with the catalog {path.name} is full: free some space, then run the same again."
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        return f"The catalog {path.name} cannot be written ({error}): check the folder and its permissions."
    return (
        f"The catalog {path.name} is damaged ({error}): put a backup in its place, or start a new case with a new "
        f"output folder; the originals and what was written already are untouched."
    )
