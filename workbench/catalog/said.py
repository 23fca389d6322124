"""What a file is, what is said about it, and the subsets that are chosen by that: by content, like corrections."""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.catalog.connection import Database
from workbench.catalog.names import Key
from workbench.values import Asset, Media, UsageError

FIELDS = ("scenario", "camera", "sensitivity", "provenance", "rights", "model_release")
"""what may be said about a file"""
RELEASE_DIGEST = "model_release_sha256"
"""kept beside a model release: the SHA-256 of its file when it was linked"""


@dataclass(frozen=True)
class Sight:
    """What a file is and discloses, read once."""

    media: Media
    width: int
    """px of the upright picture"""
    height: int
    """px"""
    seconds: float
    """a video's; 0 for a photo"""
    device: str
    """one of `curate.DEVICES`"""
    model: str
    """make and model of the device as the file states them, or "" """
    taken: str
    """the day as the file states it, ``YYYY-MM-DD``, or "" """
    discloses: tuple[str, ...]
    """groups of what it tells beside its pixels, such as "GPS" """
    best: str = ""
    """SHA-256 of the best of its near duplicates, its own for that one; "" where nothing looks like it"""


@dataclass(frozen=True)
class Looked:
    """One file as it was when a source was looked at last."""

    asset: Asset
    problem: str = ""
    """why it is no photo or video that can be used; "" for one that can"""


@dataclass(frozen=True)
class Said:
    """One thing that is said about a file."""

    value: str
    how: str
    """"rule" or "hand" """
    by: str = ""
    at: float = 0.0
    """seconds since the epoch"""


@dataclass(frozen=True)
class Subset:
    """Files that were chosen, under a name."""

    name: str
    rule: str
    """by which they were chosen, as it is typed"""
    seed: str
    """of the sample, where one was drawn"""
    members: tuple[str, ...]
    """SHA-256 of each, sorted"""
    digest: str = ""
    """SHA-256 over the members, hex"""
    by: str = ""
    at: float = 0.0
    """seconds since the epoch"""


def members_digest(members: Iterable[str]) -> str:
    """Return the SHA-256, in hex, over the sorted members, one a line."""
    return hashlib.sha256("".join(f"{member}\n" for member in sorted(set(members))).encode()).hexdigest()


class Sayings(Database):
    """The rows of the intake."""

    def put_looked(self, rows: Sequence[Looked]) -> None:
        """Remember what lies in the sources."""
        now = time.time()
        values = [
            (
                os.fsencode(row.asset.source), os.fsencode(row.asset.path), row.asset.sha256, row.asset.size,
                row.asset.mtime, str(row.asset.media), row.problem, now,
            )
            for row in rows
        ]  # fmt: skip
        with self._write() as db:
            db.executemany("INSERT OR REPLACE INTO looked VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def forget_looked(self, place: Path, keep: Collection[Key]) -> None:
        """Forget what was known to lie at or below an absolute path, but for the files to `keep`."""
        exact = os.fsencode(place)
        below = exact.rstrip(b"/") + b"/"
        kept = {(os.fsencode(source), os.fsencode(path)) for source, path in keep}
        with self._write() as db:
            known = [tuple(row) for row in db.execute("SELECT source, path FROM looked")]
            gone = [
                row
                for row in known
                if row not in kept and ((whole := b"/".join(row)) == exact or whole.startswith(below))
            ]
            db.executemany("DELETE FROM looked WHERE source = ? AND path = ?", gone)

    def looked(self) -> list[Looked]:
        """Return every file of every source that was looked at, by source and path."""
        return [
            Looked(
                Asset(
                    os.fsdecode(row["path"]), os.fsdecode(row["source"]), row["sha256"], row["size"], row["mtime"],
                    Media(row["media"]),
                ),
                row["problem"],
            )
            for row in self._read("SELECT * FROM looked ORDER BY source, path")
        ]  # fmt: skip

    def looked_sources(self) -> list[Path]:
        """Return the folders that were looked at."""
        return [Path(os.fsdecode(row[0])) for row in self._read("SELECT DISTINCT source FROM looked ORDER BY source")]

    def put_sights(self, sights: Mapping[str, Sight]) -> None:
        """Remember what the files with these contents (SHA-256) are."""
        now = time.time()
        rows = [
            (
                sha256, str(sight.media), sight.width, sight.height, sight.seconds, sight.device,
                json.dumps(sight.discloses), now, sight.model, sight.taken, sight.best,
            )
            for sha256, sight in sights.items()
        ]  # fmt: skip
        columns = "sha256, media, width, height, seconds, device, discloses, at, model, taken, best"
        with self._write() as db:
            db.executemany(
                f"INSERT OR REPLACE INTO sight ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                rows,
            )

    def sights(self) -> dict[str, Sight]:
        """Return what is known of every content that was looked at."""
        return {row["sha256"]: _sight(row) for row in self._read("SELECT * FROM sight")}

    def put_best(self, best: Mapping[str, str]) -> None:
        """Say of each content which is the best of its near duplicates; of all others that there is none."""
        with self._write() as db:
            db.execute("UPDATE sight SET best = ''")
            db.executemany("UPDATE sight SET best = ? WHERE sha256 = ?", [(to, sha256) for sha256, to in best.items()])

    def say(self, changes: Mapping[str, Mapping[str, Said | None]]) -> None:
        """Say things about contents (SHA-256), all or none; None takes back what was said."""
        now = time.time()
        with self._write() as db:
            for sha256, values in changes.items():
                for name, said in values.items():
                    if said is None:
                        db.execute("DELETE FROM said WHERE sha256 = ? AND name = ?", (sha256, name))
                        continue
                    db.execute(
                        "INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?, ?, ?)",
                        (sha256, name, said.value, said.how, said.by, said.at or now),
                    )

    def said(self) -> dict[str, dict[str, Said]]:
        """Return all that is said, by content and name."""
        found: dict[str, dict[str, Said]] = {}
        for row in self._read("SELECT * FROM said"):
            found.setdefault(row["sha256"], {})[row["name"]] = Said(row["value"], row["how"], row["by"], row["at"])
        return found

    def put_subset(self, subset: Subset) -> Subset:
        """Keep a subset under its name, and return it with its digest and time; an older one is replaced."""
        members = tuple(sorted(set(subset.members)))
        kept = replace(subset, members=members, digest=members_digest(members), at=subset.at or time.time())
        with self._write() as db:
            db.execute(
                "INSERT OR REPLACE INTO subset VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kept.name, kept.rule, kept.seed, json.dumps(members), kept.digest, kept.by, kept.at),
            )
        return kept

    def subset(self, name: str) -> Subset:
        """Return one subset; raises `UsageError` when there is none of that name."""
        rows = self._read("SELECT * FROM subset WHERE name = ?", name)
        if not rows:
            known = ", ".join(each.name for each in self.subsets()) or "none yet"
            raise UsageError(f"This case has no subset '{name}' (it has: {known}): workbench intake subset stores one.")
        return _subset(rows[0])

    def subsets(self) -> list[Subset]:
        """Return all subsets, by name."""
        return [_subset(row) for row in self._read("SELECT * FROM subset ORDER BY name")]

    def newest_found(self) -> list[tuple[str, str, float]]:
        """Return (SHA-256, fingerprint, time) of the newest detections of every content."""
        rows = self._read("SELECT sha256, fingerprint, max(created) AS created FROM detection GROUP BY sha256")
        return [(row["sha256"], row["fingerprint"], row["created"]) for row in rows]


def _sight(row: sqlite3.Row) -> Sight:
    return Sight(
        media=Media(row["media"]),
        width=row["width"],
        height=row["height"],
        seconds=row["seconds"],
        device=row["device"],
        model=row["model"],
        taken=row["taken"],
        discloses=tuple(json.loads(row["discloses"])),
        best=row["best"],
    )


def _subset(row: sqlite3.Row) -> Subset:
    return Subset(
        name=row["name"],
        rule=row["rule"],
        seed=row["seed"],
        members=tuple(json.loads(row["members"])),
        digest=row["digest"],
        by=row["by"],
        at=row["at"],
    )
