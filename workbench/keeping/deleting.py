"""Deletion: what a plan lists, after a named person confirmed it, with a certificate.

What is confirmed is written down before the first file goes. One that was cut off is finished by the same words.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from workbench.catalog.case import CATALOG, Case
from workbench.catalog.store import file_sha256
from workbench.governance import casework, ledger, retention
from workbench.governance.case_file import CASE_FILE
from workbench.governance.record import Record
from workbench.governance.roles import Actor, identity, require
from workbench.keeping import planning, unfinished
from workbench.keeping.certifying import certify
from workbench.keeping.custody import ACT_LOCKS, SEALED, folder_of, held, nobody_works
from workbench.keeping.dates import today_of_clock
from workbench.keeping.reach import CATALOG_REST
from workbench.keeping.unfinished import Order
from workbench.keeping.values import WORDS, Certificate, Doomed, Plan, Tick, What, quiet
from workbench.keeping.work import remove_empty
from workbench.values import FileError, UsageError

NOTHING = (-1, -1)
"""the stamp of no file"""
ENOUGH = 12
"""digits of a digest that a person has to type"""


def delete(
    folder: Path,
    plan: Plan,
    *,
    confirm: str,
    who: str = "",
    clock_is_right: bool = False,
    tick: Tick = quiet,
) -> Certificate:
    """Delete what a plan lists and return the certificate.

    Parameters
    ----------
    plan : Plan
        As `plan` gave it; everything is read again and must be the same.
    confirm : str
        `Plan.digest`, typed or clicked by the person who answers for it; its first 12 digits are enough.
    who : str
        The account that acts; `roles.identity` by default.
    clock_is_right : bool
        The person says that the clock is right although the ledger has a later line.

    Raises
    ------
    UsageError
        When the plan may not be carried out, was not confirmed, or anything changed since; nothing is deleted then.
    FileError
        When the certificate or the ledger cannot be written: do the same again then.
    """
    _refuse_other(confirm, plan.digest)
    return delete_confirmed(
        folder,
        plan.what,
        confirm=plan.digest,
        run=plan.run,
        places=plan.places,
        who=who,
        clock_is_right=clock_is_right,
        tick=tick,
    )


def delete_confirmed(
    folder: Path,
    what: What,
    *,
    confirm: str,
    run: int = 0,
    places: Sequence[Path] = (),
    who: str = "",
    clock_is_right: bool = False,
    tick: Tick = quiet,
) -> Certificate:
    """Like `delete`, where only the digest of the dry run is at hand, as on the command line."""
    place = folder_of(folder)
    with held(place), nobody_works(place):
        record = casework.load(place)
        actor = require(record, who or identity(), "delete")
        if not record.named:
            raise UsageError(planning.UNNAMED)
        now = planning.plan(place, what, run=run, places=places, tick=tick)
        _refuse_other(
            confirm,
            now.digest,
            f"Something changed since the dry run (there are {len(now.files)} files now), or its digest was mistyped: "
            "look at a new one; nothing was deleted.",
        )
        if now.refused:
            raise UsageError(f"{now.refused} Nothing was deleted.")
        late = retention.behind(ledger.entries(place), today_of_clock())
        if late and not clock_is_right:
            raise UsageError(f"{late} Set the clock, or say that it is right (--clock-is-right); nothing was deleted.")
        casework.notice(place, record, who)
        order = _order(place, now, actor, record, late)
        files = _alone(place, now)
        unfinished.write(place, order)
        _remove(files, tick)
        return _end(place, order)


def finish(folder: Path, *, confirm: str, who: str = "", tick: Tick = quiet) -> Certificate:
    """Finish a deletion that was cut off, and return its certificate.

    Raises
    ------
    UsageError
        When there is none, it is another one that was confirmed, or the role does not allow it.
    FileError
        When a file changed since it was confirmed, or the certificate or the ledger cannot be written.
    """
    place = Path(folder).expanduser().absolute()
    with held(place), nobody_works(place):
        order = unfinished.read(place)
        if order is None:
            raise UsageError("No deletion was cut off here.")
        _refuse_other(confirm, order.plan)
        if (place / CASE_FILE).is_file():  # the whole case may be what is deleted
            require(casework.load(place), who or identity(), "delete")
        _remove([_again(path, size, digest) for path, size, digest in order.files], tick)
        return _end(place, order)


def _refuse_other(confirm: str, digest: str, otherwise: str = "") -> None:
    word = confirm.strip().lower()
    if len(word) < ENOUGH or not (otherwise or digest.startswith(word)):
        raise UsageError(
            f"This is not what the dry run printed: confirm with its digest, or the first {ENOUGH} digits of it. "
            "Nothing was deleted."
        )
    if not digest.startswith(word):
        raise UsageError(otherwise)


def _order(folder: Path, plan: Plan, actor: Actor, record: Record, late: str) -> Order:
    dates = retention.due(record, ledger.entries(folder), today_of_clock())
    until = [
        each.until for each in dates if each.what == plan.what and each.until and each.run in (0, plan.run or each.run)
    ]
    notes = list(plan.stays)
    if late:
        notes.append(f"{late} Whoever deleted it said that the clock is right.")
    # The catalog goes first: nobody shall work on half a case.
    files = sorted(plan.files, key=lambda each: (each.path != folder / CATALOG, each.path))
    return Order(
        plan.what, plan.run, plan.digest, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        max(until).isoformat() if until else "", actor.person, actor.role,
        tuple((str(each.path), each.size, each.sha256) for each in files),
        tuple(map(str, plan.roots)), tuple(map(str, plan.folders)), tuple(notes),
    )  # fmt: skip


def _alone(folder: Path, plan: Plan) -> list[Doomed]:
    """Return the files in the order in which they go, after proving that nobody else has the catalog open."""
    catalog = folder / CATALOG
    if plan.what not in ("work", "case") or not catalog.is_file():
        return list(plan.files)
    with Case.open(folder, create=False) as case:
        case.catalog.fold()
    facts = catalog.stat()
    rest = [each for each in plan.files if each.path != catalog]
    return [Doomed(catalog, facts.st_size, "", (facts.st_mtime_ns, facts.st_ino)), *rest]


def _again(path: str, size: int, digest: str) -> Doomed:
    place = Path(path)
    try:
        facts = place.stat(follow_symlinks=False)
        # What was no plain file has no digest; folding the catalog changed its own.
        same = not digest or place.name == CATALOG or (not place.is_symlink() and file_sha256(place) == digest)
    except OSError:
        same = False
    # Another file by now is left, and so is one that cannot be read: the certificate says how many.
    return Doomed(place, size, digest, (facts.st_mtime_ns, facts.st_ino) if same else NOTHING)


def _remove(files: list[Doomed], tick: Tick) -> None:
    """Remove what is still the file that was confirmed; what cannot be removed is left for the certificate to say."""
    for number, each in enumerate(files):
        tick("Deleting", number, len(files))
        with suppress(OSError):
            facts = each.path.stat(follow_symlinks=False)
            if (facts.st_mtime_ns, facts.st_ino) == each.stamp:
                each.path.unlink()
    tick("Deleting", len(files), len(files))


def _end(folder: Path, order: Order) -> Certificate:
    for root in map(Path, order.roots):
        remove_empty(root)
        with suppress(OSError):
            root.rmdir()
    for left in sorted(map(Path, order.folders), key=lambda path: -len(path.parts)):
        with suppress(OSError):
            left.rmdir()
    if order.what in ("work", "case"):
        for name in CATALOG_REST:
            (folder / name).unlink(missing_ok=True)
    if order.what == "link-table":
        with suppress(OSError):
            (folder / SEALED).rmdir()
    made = certify(folder, order)
    if not any(entry.act == "deleted" and entry.facts.get("digest") == made.digest for entry in ledger.entries(folder)):
        facts = {"what": order.what, "run": order.run, "files": made.files, "bytes": made.bytes, "digest": made.digest}
        ledger.append(folder, Actor(order.person, order.role), "deleted", facts)
    unfinished.forget(folder)
    if order.what == "case":
        for name in ACT_LOCKS:
            (folder / name).unlink(missing_ok=True)
    if made.left:
        raise FileError(
            f"{made.left} of {len(order.files)} files could not be removed: allow it, then delete {WORDS[order.what]} "
            f"again. The certificate {made.path.name} says what is gone."
        )
    return made
