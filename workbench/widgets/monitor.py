"""The monitor: how a run is getting on, and the buttons that steer it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict

from workbench.values import UsageError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget

Request = Literal["pause", "resume", "stop"]
ROWS_AT_MOST = 1_000
"""failed files that a view gets; the manifest and the report list them all"""


class Status(TypedDict, total=False):
    """What the monitor shows; what is not given keeps its last value."""

    state: str
    """"waiting", "running", "pausing", "paused", "stopping", "stopped", "done", or "lost" (the worker has gone)"""
    done: int
    """files finished well"""
    failed: int
    """files left out"""
    total: int
    seconds_left: float | None
    """estimate; None while there is none"""
    message: str
    """one sentence: what is going on"""
    hidden: Mapping[str, int]
    """regions hidden so far, by kind"""
    recent: Sequence[tuple[str, Mapping[str, int]]]
    """the files finished last, newest first: name and regions hidden by kind"""
    failures: Sequence[tuple[str, str]]
    """file and reason"""


_FRESH: Status = {
    "state": "waiting",
    "done": 0,
    "failed": 0,
    "total": 0,
    "seconds_left": None,
    "message": "",
    "hidden": {},
    "recent": (),
    "failures": (),
}
STATES = ("waiting", "running", "pausing", "paused", "stopping", "stopped", "done", "lost")


class MonitorWidget(WorkbenchWidget):
    """Shows a run and lets the user pause, resume and stop it. It only shows: the run lives elsewhere."""

    _esm = script("monitor")
    _css = style("monitor")
    actions: ClassVar = {"request": "_request"}

    def __init__(self, **options: Any) -> None:
        self._status: dict[str, Any] = dict(_FRESH)
        self._callback: Callable[[Request], object] | None = None
        super().__init__(**options)

    @property
    def status(self) -> Mapping[str, Any]:
        """What is shown now."""
        return dict(self._status)

    def update(self, status: Mapping[str, Any]) -> None:
        """Show this; only what differs from the last time is sent, so that polling is cheap.

        Parameters
        ----------
        status : Status
            Any part of it.

        Raises
        ------
        UsageError
            For a field or a state that does not exist.
        """
        unknown = set(status) - set(_FRESH)
        if unknown:
            raise UsageError(f"A status has no {', '.join(sorted(unknown))}.")
        if status.get("state", "running") not in STATES:
            raise UsageError(f"A run is {', '.join(STATES)}, not '{status['state']}'.")
        changed = {name: value for name, value in status.items() if value != self._status[name]}
        self._status |= changed
        if changed:
            self.tell("status", status=_plain(changed))

    def reset(self) -> None:
        """Show a run that has not begun."""
        self._status = dict(_FRESH)
        self.replay()

    def on_request(self, callback: Callable[[Request], object]) -> None:
        """Call ``callback("pause" | "resume" | "stop")`` when the user presses a button."""
        self._callback = callback

    def replay(self) -> None:
        """Send the whole status."""
        self.tell("status", status=_plain(self._status))

    def _request(self, content: dict[str, Any]) -> None:
        request = content.get("request")
        if request not in ("pause", "resume", "stop"):
            raise UsageError("The page asked for something that cannot be done with a run.")
        if self._callback is not None:
            self._callback(request)


def _plain(status: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(status)
    if "failures" in plain:
        plain["failures"] = [[str(name), str(reason)] for name, reason in plain["failures"][:ROWS_AT_MOST]]
    if "recent" in plain:
        plain["recent"] = [[str(name), _numbers(counts)] for name, counts in plain["recent"]]
    if "hidden" in plain:
        plain["hidden"] = _numbers(plain["hidden"])
    return plain


def _numbers(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(kind): int(number) for kind, number in counts.items()}
