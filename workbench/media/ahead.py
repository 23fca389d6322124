"""Let one thread get the next items ready while another uses the last: decoding waits for nobody and nobody for it."""

import queue
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
DEEP = 3
"""items that wait; frames are large"""


def ahead(items: Iterable[T], deep: int = DEEP) -> Generator[T, None, None]:
    """Give what `items` gives, in the same order, made in a thread of its own up to `deep` items ahead.

    What it raises is raised here, at the same place. When the caller stops, the thread stops as well, and has closed
    `items` before this generator is closed.
    """
    line: _Line[T] = _Line(items, deep)
    thread = threading.Thread(target=line.fill, name="ahead", daemon=True)
    thread.start()
    try:
        yield from line
    finally:
        line.stop()
        thread.join()


class _Line(Generic[T]):
    """The items between the two threads; the last one is an end, with what was raised, if anything."""

    def __init__(self, items: Iterable[T], deep: int) -> None:
        self._items = iter(items)
        self._queue: queue.Queue[tuple[T] | BaseException | None] = queue.Queue(deep)
        self._stopped = threading.Event()

    def fill(self) -> None:
        """Make items until there are no more, or nobody wants them."""
        end: BaseException | None = None
        try:
            for item in self._items:
                if not self._put((item,)):
                    break
        except BaseException as error:  # raised again where the items are used
            end = error
        finally:
            if close := getattr(self._items, "close", None):
                close()
            self._put(end)

    def stop(self) -> None:
        """Let `fill` end; what is ready is thrown away."""
        self._stopped.set()
        with suppress(queue.Empty):
            while True:
                self._queue.get_nowait()

    def _put(self, item: tuple[T] | BaseException | None) -> bool:
        while not self._stopped.is_set():
            with suppress(queue.Full):
                self._queue.put(item, timeout=0.1)
                return True
        return False

    def __iter__(self) -> Iterator[T]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item[0]
