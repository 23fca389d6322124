"""The catalog and the work files, encrypted while nobody works on the case.

The order makes a crash harmless at any moment: the archive has its name only after it was opened again and
compared; the catalog goes first, so that nobody can work on half a case; what else is still to be removed stands
in a small list. When it is unlocked the catalog comes last.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbench.catalog.case import CATALOG, LOCKED_WORK, Case
from workbench.catalog.store import file_sha256
from workbench.disk import publish_bytes
from workbench.governance.case_file import CASE_FILE
from workbench.governance.lines import LEDGER
from workbench.keeping.archive import FILES, Member, parts, read_back
from workbench.keeping.custody import (
    ACT_LOCKS,
    CERTIFICATES,
    REMOVING,
    SEALED,
    folder_of,
    held,
    is_locked,
    keys_for,
    nobody_works,
    record_of,
    tell,
)
from workbench.keeping.opening import extract, known_to
from workbench.keeping.values import Opened, Sealed, Tick, quiet
from workbench.release.files import listing
from workbench.release.keys import identities
from workbench.release.seal import part_of, seal
from workbench.values import FileError, UsageError

OPEN_STAYS = {CASE_FILE, LEDGER, LOCKED_WORK, CERTIFICATES, SEALED, REMOVING, *ACT_LOCKS}
"""names at the top of a case that stay readable while it is locked"""
RESTORED = "restored"
"""folder in which an archive is unpacked before its files are put back"""
TRACES = (
    "What was on the disk before can stay readable on SSDs, in snapshots and in backups: keep cases on a disk that is "
    "encrypted."
)


def lock_work(folder: Path, *, to: tuple[str, ...] = (), who: str = "", tick: Tick = quiet) -> Sealed:
    """Encrypt the catalog and the work files into ``work.age`` and remove them.

    The record, the ledger, certificates and what is sealed already stay as they are. The archive is opened again
    from the disk and every file compared before the first one is removed.

    Parameters
    ----------
    to : tuple of str
        Public keys; the custodian's, as the record names them, by default.

    Raises
    ------
    UsageError
        When somebody works on the case, there is no key, or the role does not allow it.
    FileError
        When it cannot be written; everything is as before then.
    """
    place = folder_of(folder)
    archive = place / LOCKED_WORK
    with held(place), nobody_works(place):
        record = record_of(place, "seal", who)
        if is_locked(place):
            return _finished(place, archive)
        keys = keys_for(record, to)
        with Case.open(place, create=False) as case:
            case.catalog.fold()
            case_id = case.catalog.case_id
            outs = {each.out for each in case.catalog.runs()}
        _forget_unpacked(place)
        members = list(_members(place, outs))
        stamps = {member.name: _stamp(member.path) for member in members}
        sums: dict[str, str] = {}
        stream = parts("work", case_id, members, len(members), sums, tick)
        written = seal(stream, archive, keys, lambda back: read_back(back, sums, archive.name))
        try:
            if {member.name: _stamp(member.path) for member in _members(place, outs)} != stamps:
                raise UsageError(
                    f"Somebody worked on the case {place.name} meanwhile: close the dashboards that show it, and do it "
                    "again; nothing was removed."
                )
            tell(place, "sealed", "seal", who, "work", len(sums), written.sha256)
        except BaseException:
            archive.unlink(missing_ok=True)
            raise
        publish_bytes(json.dumps(sums).encode(), place / REMOVING, private=True)
        (place / CATALOG).unlink()
        finish_removing(place)
    return Sealed(archive, "work", len(sums), written.bytes, written.sha256, keys, (TRACES,))


def unlock_work(folder: Path, key_file: Path, *, who: str = "", tick: Tick = quiet) -> Opened:
    """Put back what `lock_work` encrypted.

    Raises
    ------
    UsageError
        When the case is not locked, the key is missing or another one, or the role does not allow it.
    FileError
        When the archive was changed or cut short, or the disk is full; it stays locked then.
    """
    place = folder_of(folder)
    archive = place / LOCKED_WORK
    with held(place), nobody_works(place):
        record_of(place, "unseal", who)
        if not is_locked(place):
            raise UsageError(f"The case {place.name} is not locked: there is nothing to unlock.")
        keys = identities(key_file)
        digest = known_to(place, archive)
        finish_removing(place)
        unpacked = _forget_unpacked(place)
        try:
            found = extract(archive, keys, unpacked, tick)
            if found.what != "work" or FILES + CATALOG not in found.sums:
                raise FileError(f"{archive.name} is another archive, not the work of a case: put the right one back.")
            tell(place, "unsealed", "unseal", who, "work", len(found.sums), digest)
            _put_back(unpacked, place)
        finally:
            _forget_unpacked(place)
        archive.unlink()
    return Opened(place, "work", len(found.sums), digest)


def _finished(folder: Path, archive: Path) -> Sealed:
    """Finish a lock that was cut off after the archive was there and proved."""
    if not (folder / REMOVING).is_file():
        raise UsageError(f"The case {folder.name} is locked already: workbench seal unlock opens it.")
    files = len(json.loads((folder / REMOVING).read_bytes()))
    finish_removing(folder)
    return Sealed(archive, "work", files, archive.stat().st_size, file_sha256(archive), (), (TRACES,))


def finish_removing(folder: Path) -> None:
    """Remove what a lock that was cut off left: only files that are in the archive, byte for byte.

    Raises
    ------
    FileError
        When a file cannot be removed.
    """
    notes = folder / REMOVING
    if not notes.is_file():
        return
    if not is_locked(folder):
        notes.unlink()  # it was cut off before anything was removed
        return
    left = []
    try:
        for name, digest in json.loads(notes.read_bytes()).items():
            path = folder / name.removeprefix(FILES)
            if path.is_file() and not path.is_symlink():
                if file_sha256(path) == digest:
                    path.unlink()
                else:
                    left.append(path.name)
        remove_empty(folder)
    except OSError as error:
        raise FileError(
            f"A file of the case {folder.name} is encrypted, but cannot be removed ({error.strerror}): allow it, then "
            "run workbench seal work again."
        ) from error
    if left:
        raise FileError(f"{len(left)} files of the case changed while it was locked and stay: look at them.")
    notes.unlink()


def remove_empty(folder: Path) -> None:
    """Remove the folders below `folder` in which nothing is left; the folder itself stays."""
    for name, sort in sorted(listing(folder), reverse=True):
        if sort == "folder":
            with suppress(OSError):
                (folder / name).rmdir()


def _members(folder: Path, outs: set[Path]) -> Iterator[Member]:
    for name, sort in sorted(listing(folder)):
        top = name.split("/")[0]
        if sort == "file" and top not in OPEN_STAYS and not top.startswith(".part-"):
            path = folder / name
            if not any(out in path.parents for out in outs):
                yield Member(name, path)


def _stamp(path: Path) -> tuple[int, int, int]:
    facts = path.stat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _forget_unpacked(folder: Path) -> Path:
    """Take away what an unlock that was cut off left, and return where the next one unpacks."""
    place = part_of(folder / RESTORED)
    if place.exists():
        shutil.rmtree(place)
    return place


def _put_back(unpacked: Path, folder: Path) -> None:
    names = [name for name, sort in sorted(listing(unpacked)) if sort == "file" and name != CATALOG]
    try:
        for name in [*names, CATALOG]:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (unpacked / name).replace(target)
        if os.name != "nt":
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
    except OSError as error:
        raise FileError(
            f"The work of {folder.name} cannot be put back ({error.strerror}): allow it, then unlock it again."
        ) from error
