"""What of a case is due, from its record and its ledger; and what is locked, sealed and certified."""

from datetime import UTC, date, datetime
from pathlib import Path

from workbench.governance import case_file, casework, ledger, retention
from workbench.governance.retention import Due
from workbench.keeping import unfinished
from workbench.keeping.custody import CERTIFICATES, LINKS, REMOVING, folder_of, is_locked
from workbench.keeping.values import WORDS, Standing


def due(folder: Path, today: date | None = None) -> tuple[Due, ...]:
    """Return what a case keeps and until when, overdue first.

    Parameters
    ----------
    folder : Path
        The case's folder; it may be locked.
    today : date, optional
        UTC; the clock's day by default.

    Raises
    ------
    UsageError
        When the case has no record.
    FileError
        When the ledger is not what was written.
    """
    place = folder_of(folder)
    return retention.due(casework.load(place), ledger.entries(place), today or today_of_clock())


def clock_note(folder: Path, today: date | None = None) -> str:
    """Return a sentence when the clock is behind the case's ledger, else ""."""
    return retention.behind(ledger.entries(folder_of(folder)), today or today_of_clock())


def standing(folder: Path) -> Standing:
    """Return what is locked, sealed and certified in a case's folder."""
    place = Path(folder).expanduser().absolute()
    record = case_file.load(place)
    order = unfinished.read(place)
    return Standing(
        locked=is_locked(place),
        keys=record.custodian.keys if record else (),
        links=tuple(sorted((place / LINKS).glob("*.age"))),
        certificates=tuple(sorted((place / CERTIFICATES).glob("*.json"))),
        interrupted=_interrupted(place, order),
        unfinished=order.plan if order else "",
        today=today_of_clock(),
    )


def today_of_clock() -> date:
    """Return the day in UTC, as the ledger counts them."""
    return datetime.now(UTC).date()


def _interrupted(folder: Path, order: unfinished.Order | None) -> str:
    if order:
        return unfinished.sentence(order, WORDS[order.what])
    if (folder / REMOVING).is_file():
        return "Locking this case was cut off: run workbench seal work again, which removes the rest."
    return ""
