"""What a dashboard was started for: the case, the folders that may be browsed, the person.

The server's environment carries it into every kernel, so that no path is ever part of a page,
of a notebook or of a widget's synced state.
"""

import logging
import logging.handlers
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from workbench.governance.roles import SERVED_USER, account, identity

__all__ = ["CASE", "ROOTS", "USER", "Context", "account", "context", "start_log", "variables"]

CASE = "WORKBENCH_CASE"
ROOTS = "WORKBENCH_ROOTS"
USER = SERVED_USER
QUERY = "QUERY_STRING"
"""set by Voilà: the end of the page's address"""


@dataclass(frozen=True)
class Context:
    """What `workbench serve` was called with, as the apps see it."""

    case: Path | None
    """the case's folder; None when none was named"""
    roots: tuple[Path, ...]
    """absolute folders that may be browsed and read from; never empty"""
    user: str
    """who is signed in: the login proxy's name for them, else the account's name"""


def context(environment: Mapping[str, str] | None = None) -> Context:
    """Return what this kernel was started for.

    Parameters
    ----------
    environment : mapping of str to str, optional
        Where to read; ``os.environ`` by default.

    Returns
    -------
    Context
        Outside of `workbench serve` (a notebook in JupyterLab): no case, and the home folder as root.
    """
    known = os.environ if environment is None else environment
    roots = tuple(Path(root) for root in known.get(ROOTS, "").split(os.pathsep) if root)
    return Context(
        case=Path(known[CASE]) if known.get(CASE) else None,
        roots=roots or (Path.home(),),
        user=identity(known),
    )


def asked(name: str) -> str:
    """Return what the page's address asks for under a name, such as "street" for ``?subset=street``; "" for nothing.

    Whoever sends a link to somebody chooses it: it may pick something, never do something.
    """
    found = parse_qs(os.environ.get(QUERY, "")).get(name, [""])
    return found[-1] if found[-1].isprintable() else ""


def is_served() -> bool:
    """Return whether this kernel belongs to a page of `workbench serve`, beside which the other dashboards lie."""
    return SERVED_USER in os.environ


def variables(case: Path | None, roots: Sequence[Path], user: str) -> dict[str, str]:
    """Return the environment variables from which `context` reads the same values again."""
    values = {ROOTS: os.pathsep.join(str(root) for root in roots), USER: user}
    if case is not None:
        values[CASE] = str(case)
    return values


def start_log(folder: Path) -> Path:
    """Write what the package logs in this kernel to ``folder/workbench.log``, and return that file.

    A callback's traceback reaches neither the page nor the server's terminal in a dashboard; this is
    where it can be read. The file belongs to its owner alone, 1 MB and three older ones are kept.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / "workbench.log"
    target.touch(mode=0o600)
    logger = logging.getLogger("workbench")
    for handler in logger.handlers:
        if isinstance(handler, logging.FileHandler) and Path(handler.baseFilename) == target.resolve():
            return target
    handler = logging.handlers.RotatingFileHandler(
        target.resolve(), maxBytes=1_000_000, backupCount=3, encoding="utf-8"
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    return target
