"""Reviews: what is to be looked at, who looks at what now, and what everybody said. Verdicts are only added."""

import json
import os
import sqlite3
import time
from collections.abc import Sequence

from workbench.catalog.connection import Database
from workbench.catalog.review_values import Answer, ReviewItem, ReviewRecord, Verdict
from workbench.values import Asset, Media, UsageError


class Reviews(Database):
    """The reviews of a case. Time is given by the caller where it decides, so that it can be tested."""

    def add_review(self, record: ReviewRecord, items: Sequence[ReviewItem]) -> int:
        """Keep a review with every picture of its run, in the order of the queue; return its number."""
        with self._write() as db:
            row = db.execute(
                "INSERT INTO review (run, plan, digest, seed, strata, by, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    record.run, record.plan, record.digest, record.seed,
                    json.dumps(dict(record.strata)), record.by, time.time(),
                ),
            )  # fmt: skip
            number = int(row.lastrowid or 0)
            _put_items(db, number, items)
        return number

    def extend_review(self, review: int, size: int) -> int:
        """Make the random sample `size` large; return how many came into the queue by that."""
        before = len(self.review_items(review))
        with self._write() as db:
            db.execute("UPDATE review_item SET at_random = 1 WHERE review = ? AND rank < ?", (review, size))
        return len(self.review_items(review)) - before

    def all_review_items(self, review: int) -> list[ReviewItem]:
        """Return every picture of the run that a review is about, also what is not in its queue."""
        return [_item(row) for row in self._read(_EVERY, review)]

    def put_findings(self, item: int, risk: float, why: Sequence[str], risky: bool) -> bool:
        """Keep what is known anew about one item: how much was probably missed in it, and why it is looked at.

        The sample stays what was drawn. Returns whether it came into the queue by that.

        Parameters
        ----------
        item : int
        risk : float
        why : sequence of str
        risky : bool
            It belongs into the queue for its risk; what is in it stays. An item that somebody has answered is not
            turned into a risky one: what the riskiest have shown must not change afterwards.
        """
        with self._write() as db:
            before = db.execute("SELECT at_random OR risky FROM review_item WHERE id = ?", (item,)).fetchone()[0]
            db.execute(
                """UPDATE review_item SET risk = ?, why = ?, risky = risky OR
                (? AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.item = review_item.id)) WHERE id = ?""",
                (risk, json.dumps(list(why)), risky, item),
            )
            after = db.execute("SELECT at_random OR risky FROM review_item WHERE id = ?", (item,)).fetchone()[0]
        return bool(after and not before)

    def order_review(self, review: int) -> None:
        """Put the queue into the order in which it is drawn: the riskiest first, then the random order."""
        with self._write() as db:
            db.execute(
                """UPDATE review_item SET position = (SELECT place FROM (SELECT id AS own, row_number() OVER (
                ORDER BY NOT risky, CASE WHEN risky THEN -risk ELSE 0 END, rank) - 1 AS place
                FROM review_item WHERE review = ?) WHERE own = review_item.id) WHERE review = ?""",
                (review, review),
            )

    def review(self, review: int) -> ReviewRecord:
        """Return one review; raises `UsageError` when there is none with this number."""
        rows = self._read("SELECT * FROM review WHERE id = ?", review)
        if not rows:
            raise UsageError(f"This case has no review {review}.")
        return _record(rows[0])

    def reviews(self, run: int | None = None) -> list[ReviewRecord]:
        """Return all reviews, or those of one run, in the order in which they were planned."""
        rows = self._read("SELECT * FROM review WHERE ? IS NULL OR run = ? ORDER BY id", run, run)
        return [_record(row) for row in rows]

    def review_items(self, review: int) -> list[ReviewItem]:
        """Return what a review looks at, in the order of the queue."""
        return [_item(row) for row in self._read(_ALL, review)]

    def claim_next(self, review: int, reviewer: str, now: float, lease: float) -> ReviewItem | None:
        """Return the item that this reviewer looks at next and keep it from others for `lease` seconds.

        An item that they have begun and not answered comes first, so that closing the screen loses nothing.
        None when nothing is left for them.
        """
        with self._write() as db:
            row = db.execute(_NEXT, {"review": review, "reviewer": reviewer, "now": now}).fetchone()
            if row is None:
                return None
            _claim(db, row["id"], reviewer, now + lease)
            return _item(row)

    def claim_item(self, item: int, reviewer: str, now: float, lease: float) -> ReviewItem:
        """Return one item, to look at it (again), and keep it from others.

        Raises
        ------
        UsageError
            When as many others as are wanted look at it right now, or when there is no such item.
        """
        with self._write() as db:
            row = db.execute(_ONE, (item,)).fetchone()
            if row is None:
                raise UsageError(f"This case has no review item {item}.")
            others = db.execute(
                "SELECT count(*) FROM claim WHERE item = ? AND reviewer != ? AND until > ?", (item, reviewer, now)
            ).fetchone()[0]
            if others >= _item(row).wanted:
                raise UsageError("Somebody else is looking at this one right now: take another one.")
            _claim(db, item, reviewer, now + lease)
            return _item(row)

    def put_answer(self, answer: Answer) -> Answer:
        """Keep an answer and end the claim; return it with its time. No answer is ever turned away for being late."""
        kept = Answer(**{**vars(answer), "at": answer.at or time.time()})
        with self._write() as db:
            db.execute(
                "INSERT INTO answer (item, reviewer, verdict, misses, false_alarms, seconds, at, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    kept.item, kept.reviewer, str(kept.verdict), kept.misses, kept.false_alarms,
                    kept.seconds, kept.at, kept.note,
                ),
            )  # fmt: skip
            db.execute("DELETE FROM claim WHERE item = ? AND reviewer = ?", (kept.item, kept.reviewer))
        return kept

    def answers(self, review: int) -> list[Answer]:
        """Return the answer that each reviewer gave last to each item, in the order in which they were given."""
        rows = self._read(
            """SELECT answer.* FROM answer JOIN review_item AS item ON item.id = answer.item WHERE item.review = ?
            AND answer.id IN (SELECT max(id) FROM answer GROUP BY item, reviewer) ORDER BY answer.id""",
            review,
        )
        return [_answer(row) for row in rows]

    def claims(self, review: int, now: float) -> dict[str, int]:
        """Return which item each reviewer looks at now, the one claimed last."""
        rows = self._read(
            """SELECT claim.reviewer, claim.item FROM claim JOIN review_item AS item ON item.id = claim.item
            WHERE item.review = ? AND claim.until > ? ORDER BY claim.until""",
            review,
            now,
        )
        return {row["reviewer"]: int(row["item"]) for row in rows}

    def likenesses(self) -> dict[str, int]:
        """Return what pictures look like, in 64 bits, by their content."""
        return {row["sha256"]: int(row["hash"], 16) for row in self._read("SELECT * FROM likeness")}

    def put_likeness(self, sha256: str, bits: int) -> None:
        """Remember what a picture looks like."""
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO likeness VALUES (?, ?)", (sha256, f"{bits:016x}"))


_ITEMS = """SELECT item.*, asset.source, asset.path, asset.media, asset.size, asset.mtime
    FROM review_item AS item JOIN asset ON asset.id = item.asset"""

_ALL = _ITEMS + " WHERE item.review = ? AND (item.at_random OR item.risky) ORDER BY item.position"
_EVERY = _ITEMS + " WHERE item.review = ? ORDER BY item.position"
_ONE = _ITEMS + " WHERE item.id = ?"

# A claim that ran out counts for its own reviewer still: what was begun comes back to whoever began it.
_NEXT = f"""{_ITEMS} LEFT JOIN claim AS own ON own.item = item.id AND own.reviewer = :reviewer
    WHERE item.review = :review AND (item.at_random OR item.risky)
    AND NOT EXISTS (SELECT 1 FROM answer WHERE answer.item = item.id AND answer.reviewer = :reviewer)
    AND CASE WHEN item.at_random THEN item.wanted ELSE 1 END > (SELECT count(*) FROM (
        SELECT reviewer FROM answer WHERE answer.item = item.id
        UNION SELECT reviewer FROM claim WHERE claim.item = item.id AND until > :now AND reviewer != :reviewer))
    ORDER BY own.until IS NULL, own.until DESC, item.position LIMIT 1"""  # noqa: S608  (this module's own text)


def _put_items(db: sqlite3.Connection, review: int, items: Sequence[ReviewItem]) -> None:
    for position, item in enumerate(items):
        place = (os.fsencode(item.asset.source), os.fsencode(item.asset.path))
        asset = db.execute("SELECT id FROM asset WHERE source = ? AND path = ?", place).fetchone()
        if asset is None:
            raise UsageError(f"{item.asset.path} is not part of this case any more: run it again.")
        db.execute(
            """INSERT INTO review_item
            (review, asset, sha256, position, stratum, risk, rank, stratum_rank, at_random, risky, wanted, why)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                review, asset[0], item.asset.sha256, position, item.stratum, item.risk, item.rank,
                item.stratum_rank, item.at_random, item.risky, item.wanted, json.dumps(list(item.why)),
            ),
        )  # fmt: skip


def _claim(db: sqlite3.Connection, item: int, reviewer: str, until: float) -> None:
    db.execute("INSERT OR REPLACE INTO claim (item, reviewer, until) VALUES (?, ?, ?)", (item, reviewer, until))


def _record(row: sqlite3.Row) -> ReviewRecord:
    return ReviewRecord(
        row["id"], row["run"], row["plan"], row["digest"], row["seed"],
        json.loads(row["strata"]), row["by"], row["created"],
    )  # fmt: skip


def _item(row: sqlite3.Row) -> ReviewItem:
    path, source = os.fsdecode(row["path"]), os.fsdecode(row["source"])
    return ReviewItem(
        asset=Asset(path, source, row["sha256"], row["size"], row["mtime"], Media(row["media"])),
        stratum=row["stratum"],
        risk=row["risk"],
        rank=row["rank"],
        stratum_rank=row["stratum_rank"],
        at_random=bool(row["at_random"]),
        risky=bool(row["risky"]),
        wanted=row["wanted"] if row["at_random"] else 1,
        why=tuple(json.loads(row["why"])),
        id=row["id"],
        position=row["position"],
    )


def _answer(row: sqlite3.Row) -> Answer:
    return Answer(
        row["item"], row["reviewer"], Verdict(row["verdict"]), row["misses"], row["false_alarms"],
        row["seconds"], row["at"], row["note"],
    )  # fmt: skip
