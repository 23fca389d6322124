"""Opening what is sealed, with the custodian's key."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

from workbench.catalog.store import file_sha256
from workbench.disk import printable, publish_bytes
from workbench.governance import ledger
from workbench.governance.lines import LEDGER
from workbench.keeping.archive import Unpacked, unpack
from workbench.keeping.custody import held, record_of, tell
from workbench.keeping.links import FORMAT as LINK_FORMAT
from workbench.keeping.values import Opened, Tick, What, quiet
from workbench.release.keys import identities
from workbench.release.seal import part_of
from workbench.release.unsealing import opened
from workbench.values import FileError, UsageError

LINK_FILE = "links.jsonl"
PLAIN = "What lies there now is readable by everybody who gets at this disk: delete it when you are done."
NO_CASE = "No case was named, so no ledger knows that it was opened (--case CASE)."


def open_sealed(
    path: Path, key_file: Path, out: Path, *, folder: Path | None = None, who: str = "", tick: Tick = quiet
) -> Opened:
    """Take out what an encrypted file holds, into a new folder that appears only when all of it was proved.

    Parameters
    ----------
    path : Path
        Link table or archive.
    key_file : Path
        The private key, as ``age-keygen`` or ``workbench seal key`` writes it.
    out : Path
        New folder.
    folder : Path, optional
        The case; by default the one in whose folder the file lies, if any. Its ledger must know the file.

    Raises
    ------
    UsageError
        When the key is missing or another one, the folder is there already, or the role does not allow it.
    FileError
        When the file was changed or cut short, or the disk is full; nothing of it is left then.
    """
    source, target = Path(path).expanduser().absolute(), Path(out).expanduser().absolute()
    if not source.is_file():
        raise UsageError(f"There is no file {printable(str(path))}.")
    if target.exists() or target.is_symlink():
        raise UsageError(f"{printable(target.name)} is there already: choose a new folder.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {printable(str(target.parent))}: make it first.")
    case = Path(folder).expanduser().resolve() if folder else _case_of(source)
    if case is None:
        return _open(source, key_file, target, None, who, tick)
    with held(case):
        record_of(case, "unseal", who)
        return _open(source, key_file, target, case, who, tick)


def known_to(folder: Path, path: Path) -> str:
    """Return the SHA-256 of a sealed file, after the case's ledger, where it has one, was asked for it.

    Raises
    ------
    FileError
        When the ledger knows no such file: it was changed, or another one was put in its place.
    """
    digest = file_sha256(path)
    if (folder / LEDGER).exists():
        known = {entry.facts.get("digest") for entry in ledger.entries(folder) if entry.act == "sealed"}
        if digest not in known:
            raise FileError(
                f"{printable(path.name)} is not a file that this case sealed: it was changed, or another one was put "
                "in its place (anybody who has the public key can make one). Put it back from a copy."
            )
    return digest


def extract(source: Path, keys: Sequence[Any], into: Path, tick: Tick) -> Unpacked:
    """Unpack an archive, or a link table, into a new folder for its owner alone; nothing of it stays on an error."""
    try:
        into.mkdir(mode=0o700)
        with opened(source, keys) as stream:
            peek = cast(Any, stream).peek(1)[:1]
            return _table(stream, into, source.name) if peek == b"{" else unpack(stream, into, source.name, tick)
    except BaseException:
        shutil.rmtree(into, ignore_errors=True)
        raise


def _open(source: Path, key_file: Path, target: Path, case: Path | None, who: str, tick: Tick) -> Opened:
    keys = identities(key_file)
    digest = known_to(case, source) if case else file_sha256(source)
    hidden = part_of(target)
    if hidden.exists():
        shutil.rmtree(hidden)  # of an opening that was killed
    found = extract(source, keys, hidden, tick)
    try:
        what = found.what if found.what in get_args(What) else "originals"
        if case:
            tell(case, "unsealed", "unseal", who, what, len(found.sums), digest)
        hidden.rename(target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise
    notes = (PLAIN,) if case else (PLAIN, NO_CASE)
    return Opened(target, cast(What, what), len(found.sums), digest, notes)


def _table(stream: BinaryIO, into: Path, name: str) -> Unpacked:
    lines, sums = stream.read(), {}
    try:
        about, *rows = [json.loads(line) for line in lines.splitlines()]
        whole = about["format"] == LINK_FORMAT and about["files"] == len(rows)
        sums = {str(row["output"]): str(row["output_sha256"]) for row in rows}
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise FileError(f"{printable(name)} is no link table that the workbench sealed, or it is not whole.")
    publish_bytes(lines, into / LINK_FILE, private=True)
    return Unpacked("link-table", hashlib.sha256(lines).hexdigest(), sums)


def _case_of(path: Path) -> Path | None:
    """Return the folder above a file that is a case, if there is one."""
    return next((place for place in path.resolve().parents[:3] if (place / LEDGER).is_file()), None)
