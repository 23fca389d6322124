"""What sealing, retention and deletion give back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

What = Literal["originals", "work", "link-table", "release", "case"]
WHATS: tuple[What, ...] = get_args(What)
WORDS: dict[str, str] = {
    "originals": "the originals",
    "work": "the catalog and the work files",
    "link-table": "the sealed link tables",
    "release": "the releases on this machine",
    "case": "the whole case",
}
"""what each of them is called in a sentence"""
Tick = Callable[[str, int, int], None]
"""gets what is done now, how many files are done and how many there are; may raise to stop"""


def quiet(doing: str, done: int, total: int) -> None:
    """Show no progress."""
    del doing, done, total


@dataclass(frozen=True)
class Sealed:
    """An encrypted file that was written, opened again and compared."""

    path: Path
    what: What
    files: int
    """files in it, or lines of a link table"""
    bytes: int
    """of the encrypted file"""
    sha256: str
    """of the encrypted file, as the ledger knows it"""
    keys: tuple[str, ...]
    """public keys whose owners can open it"""
    notes: tuple[str, ...] = ()
    """a sentence each: what this does not do"""


@dataclass(frozen=True)
class Opened:
    """What was taken out of an encrypted file."""

    path: Path
    """new folder with it"""
    what: What
    files: int
    sha256: str
    """of the encrypted file"""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doomed:
    """One file that a deletion would remove."""

    path: Path
    size: int
    """bytes"""
    sha256: str
    stamp: tuple[int, int]
    """modification time in nanoseconds and inode, when it was read"""


@dataclass(frozen=True)
class Plan:
    """What a deletion would remove: a dry run. Nothing is touched yet."""

    what: What
    run: int
    """number of the run whose releases they are; 0 for all of the case"""
    files: tuple[Doomed, ...]
    bytes: int
    digest: str
    """SHA-256 of places, sizes and contents: `delete` wants it as its confirmation"""
    warnings: tuple[str, ...] = ()
    """a sentence each, to be read before one confirms"""
    stays: tuple[str, ...] = ()
    """a sentence each: what is left out, and why"""
    refused: str = ""
    """why this may not be deleted now, and the way out; "" when it may"""
    places: tuple[Path, ...] = ()
    """release folders that were named"""
    roots: tuple[Path, ...] = ()
    """folders of the case or of a release: they go with all in them that is empty"""
    folders: tuple[Path, ...] = ()
    """folders of the files that go: each goes if it is empty then"""


@dataclass(frozen=True)
class Certificate:
    """What was deleted, when and by whom, without a name of a file or a person."""

    what: What
    run: int
    """0 for all of the case"""
    files: int
    """that are gone"""
    bytes: int
    left: int
    """that could not be removed"""
    contents: str
    """SHA-256 of the sorted SHA-256 of the files that are gone, one a line"""
    plan: str
    """digest of the plan that was confirmed"""
    at: str
    """UTC, such as "2026-01-31T08:15:00Z" """
    due: str
    """the day until which they could be kept, as ISO date; "" where no day was set"""
    person: int
    """number in the case's record"""
    role: str
    notes: tuple[str, ...]
    """what deletion cannot promise"""
    digest: str
    """SHA-256 of the certificate's file, as the ledger knows it"""
    path: Path
    """the certificate, JSON"""
    page: Path
    """the same to be read, Markdown"""


@dataclass(frozen=True)
class Standing:
    """A case's folder as far as sealing and deletion go."""

    locked: bool
    """the catalog and the work files are encrypted: nothing can be run until they are unlocked"""
    keys: tuple[str, ...]
    """the custodian's public keys, as the record names them"""
    links: tuple[Path, ...]
    """sealed link tables"""
    certificates: tuple[Path, ...]
    """JSON files, the oldest first"""
    interrupted: str
    """a sentence where a deletion or a lock was cut off and has to be finished; else "" """
    unfinished: str
    """digest of the plan of a deletion that was cut off, for `finish`; else "" """
    today: date
