"""What sealing and deleting have in common: one at a time, whose key, and what the record allows."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.catalog.case import CATALOG, LOCK, LOCKED_WORK, Case
from workbench.governance import case_file, casework
from workbench.governance.record import Record
from workbench.governance.roles import identity, require
from workbench.release.keys import recipient
from workbench.values import UsageError

SEALED = "sealed"
LINKS = "sealed/links"
CERTIFICATES = "certificates"
UNFINISHED = ".unfinished.json"
"""in the folder of certificates, while a deletion is under way"""
REMOVING = ".locking.json"
"""in the case's folder, while what was encrypted is removed"""
HELD = "keeping.lock"
ACT_LOCKS = ("ledger.lock", HELD, LOCK)


def held(folder: Path) -> AbstractContextManager[None]:
    """Hold the right to seal or delete in a case; raises `UsageError` when somebody else has it."""
    return _alone(folder / HELD, f"Somebody else is sealing or deleting in the case {folder.name}: wait for it.")


def nobody_works(folder: Path) -> AbstractContextManager[None]:
    """Hold the right to work on a case, whose catalog may be locked away; raises `UsageError` when a run has it."""
    return _alone(folder / LOCK, f"A run is working on the case {folder.name}: wait for it, or stop it first.")


@contextmanager
def _alone(path: Path, otherwise: str) -> Iterator[None]:
    lock = FileLock(path, mode=0o600, is_singleton=False)
    try:
        lock.acquire(timeout=1)
    except Timeout:
        raise UsageError(otherwise) from None
    try:
        yield
    finally:
        lock.release()


def folder_of(folder: Path) -> Path:
    """Return a case's folder as an absolute path.

    Raises
    ------
    UsageError
        When it is no case, open or locked, and has no record either.
    """
    place = Path(folder).expanduser().absolute()
    if not place.is_dir():
        raise UsageError(f"There is no folder {folder}: name the case's folder.")
    if not (Case.is_there(place) or is_locked(place) or (place / case_file.CASE_FILE).is_file()):
        if (place / CERTIFICATES).is_dir():
            raise UsageError(f"The case {place.name} was deleted: the folder {CERTIFICATES} in it says what and when.")
        raise UsageError(f"{place.name} is not a case: there is no {CATALOG} and no {case_file.CASE_FILE} in it.")
    return place.resolve()


def is_locked(folder: Path) -> bool:
    """Return whether the catalog of a case is locked away."""
    return (folder / LOCKED_WORK).is_file() and not Case.is_there(folder)


def record_of(folder: Path, act: str, who: str) -> Record | None:
    """Return the record of a case, if any, after it allowed somebody an act; raises `UsageError` when it does not."""
    record = case_file.load(folder)
    if record is not None:
        require(record, who or identity(), act)
    return record


def keys_for(record: Record | None, to: Sequence[str]) -> tuple[str, ...]:
    """Return the public keys to seal with: those that were given, else the custodian's.

    Raises
    ------
    UsageError
        When there is none, or one is no public key.
    """
    keys = tuple(dict.fromkeys(key.strip() for key in to)) or (record.custodian.keys if record else ())
    if not keys:
        raise UsageError(
            "There is no key to seal with: make a pair (workbench seal key FILE), keep the file where only the "
            "custodian gets at it, and name the public key (workbench case set CASE custodian.key age1...)."
        )
    for key in keys:
        recipient(key)
    return keys


def tell(folder: Path, act: str, role_act: str, who: str, what: str, files: int, digest: str) -> None:
    """Write into the ledger what was sealed or opened; nothing where the case has no record."""
    casework.write_down(folder, act, role_act, who=who, what=what, files=files, digest=digest)
