"""What people changed about an asset, by its content: rows are only added; a later one withdraws an earlier one."""

import json
import sqlite3
import time
from collections.abc import Sequence

from workbench.catalog.connection import Database
from workbench.corrections import checked
from workbench.values import FIRST_OWN_TRACK, Action, Correction, Kind, UsageError


class Corrections(Database):
    """The corrections of a case. They belong to the bytes of a file, wherever it lies and whatever run it is in."""

    def add_correction(self, sha256: str, correction: Correction) -> Correction:
        """Keep one correction of the file with this content; return it with its number and time.

        Raises
        ------
        UsageError
            When its frames or boxes cannot be.
        """
        return self.add_corrections([(sha256, correction)])[0]

    def add_corrections(self, rows: Sequence[tuple[str, Correction]]) -> list[Correction]:
        """Keep corrections of files with these contents, all or none; see `add_correction`."""
        known = [(sha256, checked(correction)) for sha256, correction in rows]
        with self._write() as db:
            return [_put(db, sha256, correction) for sha256, correction in known]

    def withdraw_correction(self, sha256: str, number: int, by: str = "") -> None:
        """Take back the correction `number` of a file; what was written of it stays.

        Raises
        ------
        UsageError
            When the file has no such correction, or when it was withdrawn before.
        """
        with self._write() as db:
            if number not in {row["id"] for row in db.execute(_STANDING, (sha256,))}:
                raise UsageError("This correction is not there any more: somebody else may have taken it back.")
            db.execute(
                "INSERT INTO correction (sha256, action, withdraws, by, at) VALUES (?, 'withdraw', ?, ?, ?)",
                (sha256, number, by, time.time()),
            )

    def corrections(self, sha256: str) -> list[Correction]:
        """Return the corrections of a file in the order in which they were made, without those withdrawn."""
        return [_correction(row) for row in self._read(_STANDING, sha256)]

    def correction_count(self) -> int:
        """Return how many corrections stand, in all files."""
        return int(
            self._read(
                """SELECT count(*) AS number FROM correction WHERE action != 'withdraw'
                AND id NOT IN (SELECT withdraws FROM correction WHERE withdraws IS NOT NULL)"""
            )[0]["number"]
        )

    def reasons(self) -> dict[str, int]:
        """Return the reasons that standing corrections of all files give, with how many give each."""
        rows = self._read(
            """SELECT reason, count(*) AS number FROM correction WHERE action != 'withdraw' AND reason != ''
            AND id NOT IN (SELECT withdraws FROM correction WHERE withdraws IS NOT NULL) GROUP BY reason"""
        )
        return {row["reason"]: int(row["number"]) for row in rows}

    def free_track(self, sha256: str) -> int:
        """Return a number for a track that a person makes; none that was ever used for this file."""
        rows = self._read("SELECT max(track, other) FROM correction WHERE sha256 = ?", sha256)
        return max([FIRST_OWN_TRACK - 1, *(int(row[0]) for row in rows)]) + 1


_STANDING = """SELECT * FROM correction WHERE sha256 = ? AND action != 'withdraw' AND id NOT IN
    (SELECT withdraws FROM correction WHERE withdraws IS NOT NULL) ORDER BY id"""


def _put(db: sqlite3.Connection, sha256: str, asked: Correction) -> Correction:
    boxes = json.dumps([[float(part) for part in box] for box in asked.boxes], separators=(",", ":"))
    row = db.execute(
        """INSERT INTO correction (sha256, action, first, last, track, other, kind, boxes, by, at, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *""",
        (
            sha256, str(asked.action), asked.first, asked.last, asked.track, asked.other, str(asked.kind),
            boxes, asked.by, asked.at or time.time(), asked.reason,
        ),
    ).fetchone()  # fmt: skip
    return _correction(row)


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        action=Action(row["action"]),
        first=row["first"],
        last=row["last"],
        track=row["track"],
        other=row["other"],
        kind=Kind(row["kind"]),
        boxes=tuple(tuple(box) for box in json.loads(row["boxes"])),
        by=row["by"],
        at=row["at"],
        reason=row["reason"],
        number=row["id"],
    )
