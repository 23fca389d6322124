"""The catalog: assets and what was detected in them; runs and outcomes come from the modules beside it."""

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from workbench.catalog import blobs
from workbench.catalog.cleared import ClearedPlaces
from workbench.catalog.corrections import Corrections
from workbench.catalog.entries import Entries, parse_outcome
from workbench.catalog.gate import GateRows
from workbench.catalog.reviews import Reviews
from workbench.catalog.runs import Runs
from workbench.catalog.said import Sayings
from workbench.catalog.truths import Truths
from workbench.columns import PerFrame
from workbench.values import Asset, Detections, Media, Outcome

PART = 8 * 2**20
"""bytes that are hashed between two ticks"""


class Catalog(Runs, Entries, Corrections, Reviews, Truths, ClearedPlaces, Sayings, GateRows):
    """The record of one case, shared by the batch and the dashboards; see `connection.Database`.

    Every method is one short transaction. Only the batch's driver writes outcomes; a dashboard adds
    detections and requests.
    """

    @property
    def case_id(self) -> str:
        """A random text that tells this case from every other."""
        return str(self._read("SELECT value FROM fact WHERE name = 'case'")[0][0])

    def detections(self, sha256: str, fingerprint: str) -> PerFrame | None:
        """Return what was detected in the file with this content, one entry a frame; None when it was not looked at.

        Parameters
        ----------
        sha256 : str
            Of the file's bytes.
        fingerprint : str
            Of the detectors, as `pipeline.fingerprint` gives it.
        """
        rows = self._read("SELECT data FROM detection WHERE sha256 = ? AND fingerprint = ?", sha256, fingerprint)
        try:
            return blobs.unpack(rows[0][0]) if rows else None
        except (ValueError, zlib.error, EOFError, KeyError):
            return None  # damaged: looking again is always safe

    def put_detections(self, sha256: str, fingerprint: str, per_frame: Sequence[Detections]) -> None:
        """Keep what was detected in every frame of a file, so that it is not detected again."""
        with self._write() as db:
            db.execute(
                "INSERT OR REPLACE INTO detection VALUES (?, ?, ?, ?)",
                (sha256, fingerprint, blobs.pack(per_frame), time.time()),
            )

    def known(self, source: str) -> dict[str, Asset]:
        """Return the assets below a source folder whose content was read before, by path."""
        rows = self._read("SELECT * FROM asset WHERE source = ? AND sha256 != ''", os.fsencode(source))
        return {asset.path: asset for asset in map(_asset, rows)}

    def put_hash(self, asset: Asset) -> None:
        """Remember the content of an asset, with the size and time by which a change is noticed."""
        with self._write() as db:
            db.execute(
                "UPDATE asset SET sha256 = ?, size = ?, mtime = ? WHERE source = ? AND path = ?",
                (asset.sha256, asset.size, asset.mtime, os.fsencode(asset.source), os.fsencode(asset.path)),
            )

    def assets(self, run: int) -> list[Asset]:
        """Return the assets of a run, by source and path."""
        rows = self._read(
            "SELECT asset.* FROM entry JOIN asset ON asset.id = entry.asset WHERE entry.run = ? "
            "ORDER BY asset.source, asset.path",
            run,
        )
        return [_asset(row) for row in rows]

    def number(self, run: int, asset: Asset) -> str:
        """Return the name of an asset's output, relative to the output folder and without suffix; "" for none."""
        rows = self._read(
            """SELECT name.stem FROM run JOIN name ON name.out = run.out AND name.mode = run.mode
            JOIN asset ON asset.id = name.asset WHERE run.id = ? AND asset.source = ? AND asset.path = ?""",
            run,
            os.fsencode(asset.source),
            os.fsencode(asset.path),
        )
        return os.fsdecode(rows[0][0]) if rows else ""

    def results(self, run: int) -> list[tuple[Asset, Outcome]]:
        """Return every asset that has an outcome in a run beside that outcome, by source and path."""
        rows = self._read(
            "SELECT asset.*, entry.outcome FROM entry JOIN asset ON asset.id = entry.asset "
            "WHERE entry.run = ? AND entry.outcome != '' ORDER BY asset.source, asset.path",
            run,
        )
        return [(_asset(row), parse_outcome(row["outcome"])) for row in rows]


def _asset(row: sqlite3.Row) -> Asset:
    return Asset(
        os.fsdecode(row["path"]),
        os.fsdecode(row["source"]),
        row["sha256"],
        row["size"],
        row["mtime"],
        Media(row["media"]),
    )


def file_sha256(path: Path, tick: Callable[[], object] = lambda: None) -> str:
    """Return the SHA-256 of a file's bytes as hex; `tick` is called now and then. Raises `OSError`."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(PART):
            digest.update(part)
            tick()
    return digest.hexdigest()
