"""What is really to be seen in a file, as a person or a data set says it: one row for the content of each file."""

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.catalog import blobs
from workbench.catalog.connection import Database
from workbench.values import Detections, Kind


@dataclass(frozen=True, eq=False)
class Truth:
    """Every object of some kinds in one photo or video."""

    width: int
    """px of the upright picture"""
    height: int
    """px"""
    kinds: tuple[Kind, ...]
    """of which every object is labelled; about others it says nothing"""
    objects: Sequence[Detections]
    """one entry a frame; a score of 0 is an object that need not be found"""
    source: str = ""
    """which label file it comes from, by its own name"""
    by: str = ""
    """who brought it"""
    at: float = 0.0
    """when, seconds since the epoch"""


class Truths(Database):
    """The ground truth of a case. It never changes what is hidden; runs are held against it."""

    def put_truths(self, truths: dict[str, Truth]) -> None:
        """Keep what is really in the files with these contents (SHA-256), all or none; older truth is replaced."""
        rows = [
            (
                sha256, truth.width, truth.height, json.dumps([str(kind) for kind in truth.kinds]),
                blobs.pack(truth.objects), truth.source, truth.by, truth.at or time.time(),
            )
            for sha256, truth in truths.items()
        ]  # fmt: skip
        with self._write() as db:
            db.executemany("INSERT OR REPLACE INTO truth VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def truth(self, sha256: str) -> Truth | None:
        """Return what is really in the file with this content; None where nobody said it."""
        rows = self._read("SELECT * FROM truth WHERE sha256 = ?", sha256)
        return _truth(rows[0]) if rows else None


def _truth(row: sqlite3.Row) -> Truth:
    return Truth(
        width=row["width"],
        height=row["height"],
        kinds=tuple(Kind(kind) for kind in json.loads(row["kinds"])),
        objects=blobs.unpack(row["objects"]),
        source=row["source"],
        by=row["by"],
        at=row["at"],
    )
