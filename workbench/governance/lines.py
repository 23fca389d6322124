"""The lines of a ledger: how one is made, written, read and held against its own digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbench.governance import acts
from workbench.governance.acts import Fact
from workbench.governance.roles import Actor
from workbench.values import FileError

LEDGER = "ledger.jsonl"
START = hashlib.sha256(b"workbench ledger, format 1").hexdigest()
"""what the first line names as the line before it"""
AGAIN = "put the ledger back from a copy, and find out who changed it"
CUT_SHORT = "it is cut short: the machine stopped while it was written, or it was changed"
_FIELDS = {"seq", "at", "person", "role", "act", "facts", "prev", "hash"}
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Entry:
    """One line."""

    seq: int
    """from 1"""
    at: str
    """UTC, such as "2026-01-31T08:15:00Z" """
    person: int
    """number in the case's record; 0 where the case names nobody"""
    role: str
    act: str
    facts: Mapping[str, Fact]
    prev: str
    hash: str

    @property
    def text(self) -> str:
        """The facts in one line."""
        return ", ".join(
            f"{name} {value[:12] if isinstance(value, str) else value}" for name, value in self.facts.items()
        )


def next_line(last: Entry | None, moment: datetime, who: Actor, act: str, facts: Mapping[str, Fact]) -> Entry:
    """Return the line that follows `last`."""
    fields: dict[str, Any] = {
        "seq": last.seq + 1 if last else 1,
        "at": moment.strftime(_TIME),
        "person": who.person,
        "role": who.role,
        "act": act,
        "facts": dict(facts),
        "prev": last.hash if last else START,
    }
    return Entry(**fields, hash=_hash(fields))


def to_bytes(entry: Entry) -> bytes:
    """Return a line as it stands in the file, with its end."""
    return _canonical({**entry.__dict__, "facts": dict(entry.facts)}) + b"\n"


def read(folder: Path) -> Iterator[tuple[Entry | None, str]]:
    """Yield what each line of a case's ledger says, and what is wrong with it ("" where nothing is)."""
    path = folder / LEDGER
    if not path.exists():
        return
    try:
        with path.open("rb") as stream:
            for line in stream:
                entry, problem = parse(line.removesuffix(b"\n"))
                yield entry, CUT_SHORT if entry is None and not line.endswith(b"\n") else problem
    except OSError as error:
        raise FileError(f"{LEDGER} cannot be read ({error.strerror}): check the disk and permissions.") from error


def parse(line: bytes) -> tuple[Entry | None, str]:
    """Return what a line says, and what is wrong with it."""
    try:
        fields = json.loads(line)
        entry = Entry(**fields)
        acts.refuse_odd(entry.act, entry.facts)
        odd = set(fields) != _FIELDS or entry.role not in acts.ROLES
        odd = odd or type(entry.seq) is not int or type(entry.person) is not int
        datetime.strptime(entry.at, _TIME)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None, "it is not a line of a ledger"
    if odd or _canonical(fields) != line:
        return entry, "it is not written as it was"
    if _hash({name: value for name, value in fields.items() if name != "hash"}) != entry.hash:
        return entry, "it was changed: its own digest does not fit"
    return entry, ""


def _hash(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(fields)).hexdigest()


def _canonical(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
