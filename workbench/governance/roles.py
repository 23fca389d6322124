"""Who somebody is, and what they may do in a case.

Whoever can write the case's files as the operating system's user can go around this; what the system itself
must provide stands in ``docs/how-to/keep-a-case.md``.
"""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass

from workbench.governance import guidance
from workbench.governance.record import Record
from workbench.values import UsageError

SERVED_USER = "WORKBENCH_USER"
"""set by ``workbench serve`` for every kernel that it starts"""
HUB_USER = "JUPYTERHUB_USER"
ALONE = "alone"
"""the role of the one person of a case that names nobody"""
ONE_PERSON = (
    "This case names nobody: one person holds all roles, and nobody approves what somebody else made. "
    "Name people with workbench case person."
)


@dataclass(frozen=True)
class Actor:
    """Who does something, as the ledger knows them: no name, no account."""

    person: int
    """number in the record's people; 0 in a case that names nobody"""
    role: str
    """the role in which they do it"""


def account() -> str:
    """Return the name of the operating system's account, or "unknown" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def identity(environment: Mapping[str, str] | None = None) -> str:
    """Return who is signed in: whom the dashboard's server or JupyterHub names, else the system's user."""
    known = os.environ if environment is None else environment
    return known.get(SERVED_USER) or known.get(HUB_USER) or account()


def may(record: Record, who: str, act: str) -> str:
    """Return why somebody may not do something, as a sentence, or an empty string.

    Parameters
    ----------
    record : Record
    who : str
        An account, as from `identity`.
    act : str
        One of the acts of ``data/roles.toml``, such as "run" or "approve".
    """
    rules = guidance.roles()
    if not record.named:
        return ""
    wanted = _wanted(record, act)
    held = {role for person in record.people for role in person.roles}
    person = record.person(who)
    if not held.intersection(wanted):
        return f"Nobody in this case is {_either(wanted)}, who alone may {rules.words[act]}: name one with {_PERSON}."
    if person is None or not person.roles:
        return f"'{who}' has no role in this case and may not {rules.words[act]}: ask to be named ({_PERSON})."
    if not set(person.roles).intersection(wanted):
        return (
            f"'{who}' is {_both(person.roles)} in this case and may not {rules.words[act]}: that is for the "
            f"{_either(wanted)}."
        )
    return ""


def require(record: Record, who: str, act: str, *, made_by: int | None = None) -> Actor:
    """Return who acts, in which role.

    Parameters
    ----------
    made_by : int, optional
        Number of the person who made what is acted on: nobody approves what they made themselves.

    Raises
    ------
    UsageError
        When the record does not allow it; the sentence says who may.
    """
    if problem := may(record, who, act):
        raise UsageError(problem)
    person = record.person(who)
    if not record.named or person is None:
        return Actor(0, ALONE)
    if made_by is not None and made_by == person.number:
        words = guidance.roles().words[act]
        raise UsageError(f"'{who}' made it and may not {words} that is their own: another person has to.")
    return Actor(person.number, next(role for role in _wanted(record, act) if role in person.roles))


def _wanted(record: Record, act: str) -> tuple[str, ...]:
    wanted: tuple[str, ...] = guidance.roles().acts[act]
    held = {role for person in record.people for role in person.roles}
    # Otherwise the first to be named could never name the second.
    return wanted if act != "name-people" or held.intersection(wanted) else ("operator",)


_PERSON = "workbench case person"


def _either(roles: tuple[str, ...]) -> str:
    return " or ".join(roles)


def _both(roles: tuple[str, ...]) -> str:
    return " and ".join(roles)
