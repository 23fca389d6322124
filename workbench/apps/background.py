"""Work that takes longer than a click, one piece at a time, so that the page stays alive meanwhile."""

import threading
from collections.abc import Callable

Task = Callable[[], object]


class Background:
    """One thread that does what was asked for last.

    A task that has not begun is dropped when a newer one with the same name arrives: of ten positions
    of a slider only the last is worth computing.

    Parameters
    ----------
    on_error : callable
        ``on_error(exception)``, called in the thread when a task raises.
    """

    def __init__(self, on_error: Callable[[Exception], object]) -> None:
        self._on_error = on_error
        self._waiting: dict[str, Task] = {}
        self._changed = threading.Condition()
        self._busy = False
        self._thread: threading.Thread | None = None

    def do(self, name: str, task: Task) -> None:
        """Run `task` soon; it replaces a waiting one of this name."""
        with self._changed:
            self._waiting.pop(name, None)
            self._waiting[name] = task
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="workbench-screen", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def join(self, timeout: float = 60) -> bool:
        """Wait until nothing is waiting or running; return whether that was reached in `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._busy, timeout)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                task = self._waiting.pop(next(iter(self._waiting)))
                self._busy = True
            try:
                task()
            except Exception as error:
                self._on_error(error)
            finally:
                with self._changed:
                    self._busy = False
                    self._changed.notify_all()
