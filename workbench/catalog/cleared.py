"""Places at which a reviewer saw that nothing has to be hidden, so that closing the screen loses none of them."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.catalog.connection import Database
from workbench.values import Kind


@dataclass(frozen=True)
class Cleared:
    """One such place in the picture with this content."""

    kind: Kind
    box: tuple[float, float, float, float]
    """px of the upright picture"""
    by: str = ""
    """"" where nobody was signed in"""


class ClearedPlaces(Database):
    """What reviewers cleared. It is no correction: it changes nothing that is hidden."""

    def put_cleared(self, sha256: str, places: Sequence[Cleared]) -> None:
        """Keep places; one that is kept already stays once."""
        rows = [(sha256, place.by, str(place.kind), _text(place.box), time.time()) for place in places]
        with self._write() as db:
            db.executemany("INSERT OR IGNORE INTO cleared VALUES (?, ?, ?, ?, ?)", rows)

    def drop_cleared(self, sha256: str, places: Sequence[Cleared]) -> None:
        """Forget places, because they are to be looked at again."""
        rows = [(sha256, place.by, str(place.kind), _text(place.box)) for place in places]
        with self._write() as db:
            db.executemany("DELETE FROM cleared WHERE sha256 = ? AND by = ? AND kind = ? AND box = ?", rows)

    def cleared(self, sha256: str, by: str) -> list[Cleared]:
        """Return what this reviewer cleared in a picture, in the order in which it was done."""
        rows = self._read("SELECT * FROM cleared WHERE sha256 = ? AND by = ? ORDER BY at, rowid", sha256, by)
        return [Cleared(Kind(row["kind"]), tuple(json.loads(row["box"])), row["by"]) for row in rows]


def _text(box: Sequence[float]) -> str:
    return json.dumps([round(float(part), 1) for part in box], separators=(",", ":"))
