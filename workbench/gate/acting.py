"""Who acts at the gate: the role is asked before anything is written, and two people at once wait for each other."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from workbench.catalog.case import Case
from workbench.governance import case_file, ledger
from workbench.governance.roles import identity, require


@contextmanager
def acting(case: Case, act: str, by: str, made_by: Iterable[int] = ()) -> Iterator[str]:
    """Hold the case's ledger and record, and give the account of who acts.

    Parameters
    ----------
    act : str
        One of the acts of ``roles.toml``.
    by : str
        The account; "" for whoever is signed in.
    made_by : iterable of int
        Numbers of the people who made what is acted on: none of them may.

    Raises
    ------
    UsageError
        When the role does not allow it, or another process holds the ledger for too long.
    """
    who = by or identity()
    if case_file.load(case.path) is None:  # no ledger is begun where nobody asked for one
        yield who
        return
    with ledger.locked(case.path):
        record = case_file.load(case.path)
        assert record is not None
        require(record, who, act)
        for number in made_by:
            require(record, who, act, made_by=number)
        yield who
