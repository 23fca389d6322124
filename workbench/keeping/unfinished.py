"""A deletion under way, written down before the first file goes: one that was cut off is finished, not forgotten."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.disk import publish_bytes
from workbench.keeping.custody import CERTIFICATES, UNFINISHED
from workbench.keeping.values import What
from workbench.values import FileError


@dataclass(frozen=True)
class Order:
    """What somebody confirmed; it is private, for it names files, and goes when it is carried out."""

    what: What
    run: int
    plan: str
    """digest of the plan that was confirmed"""
    at: str
    """UTC, when it began"""
    due: str
    person: int
    role: str
    files: tuple[tuple[str, int, str], ...]
    """path, size and SHA-256 of every file, in the order in which they go"""
    roots: tuple[str, ...]
    """folders of the case or of a release: they go with all in them that is empty"""
    folders: tuple[str, ...]
    """folders of the files that go: each goes if it is empty then"""
    notes: tuple[str, ...] = ()


def write(folder: Path, order: Order) -> None:
    """Put an order on the disk; raises `FileError` when it cannot be written, and nothing is deleted then."""
    place = folder / CERTIFICATES
    place.mkdir(exist_ok=True, mode=0o700)
    # ASCII with escapes: a file's name need not be valid UTF-8.
    publish_bytes(json.dumps(asdict(order)).encode(), place / UNFINISHED, private=True)


def read(folder: Path) -> Order | None:
    """Return the order that was not carried out to its end, or None; raises `FileError` when it cannot be read."""
    path = folder / CERTIFICATES / UNFINISHED
    if not path.is_file():
        return None
    try:
        fields: dict[str, Any] = json.loads(path.read_bytes())
        rows = tuple((str(file), int(size), str(digest)) for file, size, digest in fields.pop("files"))
        lists: dict[str, Any] = {name: tuple(map(str, fields.pop(name))) for name in ("roots", "folders", "notes")}
        return Order(files=rows, **lists, **fields)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(
            f"{CERTIFICATES}/{UNFINISHED} cannot be read ({type(error).__name__}): a deletion was cut off and its list "
            "was changed since; look at what is left, then remove that file."
        ) from None


def forget(folder: Path) -> None:
    """Take the order away: it was carried out."""
    (folder / CERTIFICATES / UNFINISHED).unlink(missing_ok=True)


def sentence(order: Order, words: str) -> str:
    """Return what to do about it."""
    return (
        f"Deleting {words} was cut off on {order.at[:10]}: finish it with workbench retention delete CASE {order.what} "
        f"--confirm {order.plan[:12]}."
    )
