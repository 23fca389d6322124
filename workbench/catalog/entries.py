"""What a run does with each of its assets: its name in the output, its state and its outcome."""

import json
import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.catalog.connection import Database
from workbench.catalog.names import Key, Name, kept, key, neutral
from workbench.columns import Spans
from workbench.values import Asset, Media, Outcome, State


@dataclass(frozen=True)
class Finished:
    """A file that stands in an output folder, and what it was made from."""

    outcome: Outcome
    sha256: str
    """of the source's bytes"""
    mtime: int
    """modification time of the output, nanoseconds"""
    finished: float
    """seconds since the epoch"""
    made_by: str
    """the software, the detectors and the corrections that made it"""


class Entries(Database):
    """The rows that belong to one run and one asset."""

    def put_assets(self, run: int, assets: Sequence[Asset]) -> None:
        """Make `assets` the assets of a run; what is gone is dropped, what is known keeps its outcome."""
        rows = [
            (os.fsencode(asset.source), os.fsencode(asset.path), asset.size, asset.mtime, str(asset.media))
            for asset in assets
        ]
        with self._write() as db:
            # What was read from a file that has another size or time now says nothing about it.
            db.executemany(
                """INSERT INTO asset (source, path, size, mtime, media, sha256) VALUES (?, ?, ?, ?, ?, '')
                ON CONFLICT (source, path) DO UPDATE SET
                size = excluded.size, mtime = excluded.mtime, media = excluded.media,
                sha256 = CASE WHEN size = excluded.size AND mtime = excluded.mtime THEN sha256 ELSE '' END""",
                rows,
            )
            db.execute("CREATE TEMP TABLE wanted (asset INTEGER PRIMARY KEY)")
            db.executemany(
                "INSERT OR IGNORE INTO wanted SELECT id FROM asset WHERE source = ? AND path = ?",
                [row[:2] for row in rows],
            )
            db.execute("DELETE FROM entry WHERE run = ? AND asset NOT IN (SELECT asset FROM wanted)", (run,))
            db.execute("INSERT OR IGNORE INTO entry (run, asset) SELECT ?, asset FROM wanted", (run,))
            db.execute("DROP TABLE wanted")

    def give_names(
        self, run: int, assets: Sequence[Asset], tops: Sequence[str], formats: Mapping[Key, str]
    ) -> dict[Key, Name]:
        """Return the name of every asset in the run's output folder; names that were given before stay.

        Parameters
        ----------
        run : int
        assets : sequence of Asset
            In the order in which they are numbered; `put_assets` has seen them.
        tops, formats
            As `names.neutral` and `names.kept` want them.
        """
        with self._write() as db:
            out, mode = db.execute("SELECT out, mode FROM run WHERE id = ?", (run,)).fetchone()
            given = _given(db, out, mode)
            new = kept(assets, given, tops, formats) if mode == "keep" else neutral(assets, given, tops)
            db.executemany(
                "INSERT OR REPLACE INTO name (out, mode, asset, stem, format) "
                "SELECT ?, ?, id, ?, ? FROM asset WHERE source = ? AND path = ?",
                [
                    (out, mode, os.fsencode(name.stem), name.format, os.fsencode(source), os.fsencode(path))
                    for (source, path), name in new.items()
                ],
            )
        names = {**given, **new}
        return {key(asset): names[key(asset)] for asset in assets}

    def mark_working(self, run: int, asset: Asset) -> None:
        """Record that an asset is being worked on: from now on a file of its name in the output may be a stray."""
        with self._write() as db:
            _update(db, run, asset, "state = 'working', outcome = ''", ())

    def put_outcome(
        self, run: int, asset: Asset, outcome: Outcome, sha256: str = "", made_by: str = "", mtime: int = 0
    ) -> None:
        """Record what happened to an asset.

        Parameters
        ----------
        sha256 : str
            Of the source's bytes that were worked on.
        made_by : str
            The software, the detectors and the corrections, so that a later run knows what it may keep.
        mtime : int
            Modification time of the output, nanoseconds.
        """
        finished = Finished(outcome, sha256, mtime, time.time(), made_by)
        with self._write() as db:
            _put(db, run, asset, finished)
            db.execute("UPDATE run SET updated = ? WHERE id = ?", (finished.finished, run))

    def outcomes(self, run: int) -> list[Outcome]:
        """Return the outcomes that a run has so far, by output name, then by asset."""
        rows = self._read("SELECT outcome FROM entry WHERE run = ? AND outcome != ''", run)
        found = [parse_outcome(row[0]) for row in rows]
        return sorted(found, key=lambda outcome: (outcome.output, outcome.asset))

    def finished(self, run: int, only: Asset | None = None) -> dict[Key, Finished]:
        """Return what stands in the output folder of `run`, made with its profile in any run; of one asset if asked."""
        place = (os.fsencode(only.source), os.fsencode(only.path)) if only else ()
        rows = self._read(
            _STANDING + (" AND asset.source = ? AND asset.path = ?" if only else ""),
            run,
            *place,
        )
        return {
            (os.fsdecode(row[0]), os.fsdecode(row[1])): Finished(parse_outcome(row[2]), row[3], row[4], row[5], row[6])
            for row in rows
        }

    def restart(self, run: int, standing: Mapping[Key, Finished]) -> None:
        """Record that of the run's output folder only `standing` is left; everything else is to be done."""
        with self._write() as db:
            db.execute("DELETE FROM output WHERE out = (SELECT out FROM run WHERE id = ?)", (run,))
            db.execute("UPDATE entry SET state = 'waiting', outcome = '', finished = 0 WHERE run = ?", (run,))
            for (source, path), finished in standing.items():
                _put(db, run, Asset(path, source), finished)
                db.execute(
                    "UPDATE asset SET sha256 = ? WHERE source = ? AND path = ?",
                    (finished.sha256, os.fsencode(source), os.fsencode(path)),
                )

    def outputs(self, out: Path) -> set[str]:
        """Return the files that this case put into `out` and did not remove, as relative POSIX paths."""
        return {os.fsdecode(row[0]) for row in self._read("SELECT path FROM output WHERE out = ?", os.fsencode(out))}

    def working(self, out: Path) -> list[Name]:
        """Return the names of the assets whose work was cut off, and which may have left a file in `out`."""
        rows = self._read(
            """SELECT DISTINCT name.stem, name.format FROM name JOIN entry ON entry.asset = name.asset
            JOIN run ON run.id = entry.run AND run.out = name.out WHERE name.out = ? AND entry.state = 'working'""",
            os.fsencode(out),
        )
        return [Name(os.fsdecode(row[0]), row[1]) for row in rows]

    def clear_working(self, out: Path) -> None:
        """Record that the strays of `working` are gone."""
        with self._write() as db:
            db.execute(
                "UPDATE entry SET state = 'waiting' WHERE state = 'working' "
                "AND run IN (SELECT id FROM run WHERE out = ?)",
                (os.fsencode(out),),
            )


_STANDING = """SELECT asset.source, asset.path, entry.outcome, entry.sha256, entry.output_mtime, entry.finished,
    entry.fingerprint
    FROM output JOIN entry ON entry.id = output.entry JOIN asset ON asset.id = entry.asset
    JOIN run ON run.id = entry.run JOIN run AS this ON this.out = output.out AND this.digest = run.digest
    WHERE this.id = ? AND entry.state = 'done'"""


def _given(db: sqlite3.Connection, out: bytes, mode: str) -> dict[Key, Name]:
    rows = db.execute(
        "SELECT source, path, stem, format FROM name JOIN asset ON asset.id = name.asset WHERE out = ? AND mode = ?",
        (out, mode),
    )
    return {(os.fsdecode(row[0]), os.fsdecode(row[1])): Name(os.fsdecode(row[2]), row[3]) for row in rows}


def _put(db: sqlite3.Connection, run: int, asset: Asset, finished: Finished) -> None:
    outcome = finished.outcome
    columns = "state = ?, outcome = ?, sha256 = ?, fingerprint = ?, output_mtime = ?, finished = ?"
    text = json.dumps({**vars(outcome), "counts": dict(outcome.counts), "regions": list(outcome.regions)})
    values = (str(outcome.state), text, finished.sha256, finished.made_by, finished.mtime, finished.finished)
    _update(db, run, asset, columns, values)
    if outcome.state is State.DONE:
        db.execute(
            """INSERT OR REPLACE INTO output (out, path, entry) SELECT run.out, ?, entry.id
            FROM entry JOIN run ON run.id = entry.run JOIN asset ON asset.id = entry.asset
            WHERE run.id = ? AND asset.source = ? AND asset.path = ?""",
            (os.fsencode(outcome.output), run, os.fsencode(asset.source), os.fsencode(asset.path)),
        )


def _update(db: sqlite3.Connection, run: int, asset: Asset, columns: str, values: tuple[object, ...]) -> None:
    db.execute(
        f"UPDATE entry SET {columns} WHERE run = ? "  # noqa: S608  (columns are this module's own text)
        "AND asset = (SELECT id FROM asset WHERE source = ? AND path = ?)",
        (*values, run, os.fsencode(asset.source), os.fsencode(asset.path)),
    )


def parse_outcome(text: str) -> Outcome:
    """Return the outcome that a row of the catalog holds."""
    fields = json.loads(text)
    # What an older version wrote has no media: it knew photos only.
    media = Media(fields.get("media", Media.PHOTO))
    if media is Media.VIDEO:
        fields["regions"] = Spans.of(fields["regions"])
    return Outcome(**{**fields, "state": State(fields["state"]), "media": media})
