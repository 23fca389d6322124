"""What a person at a terminal sees of something long, and how they stop it."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from workbench.disk import printable
from workbench.values import Events

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


STOPPING = "Stopping after the photos, and at most ten seconds of each video, in work. Again: at once."


class Asked:
    """Whether somebody asked for a stop, by Ctrl-C or SIGTERM; the second time it stops at once.

    Parameters
    ----------
    words : str
        What is said the first time.
    """

    def __init__(self, words: str = STOPPING) -> None:
        self._asked, self._words = False, words

    def __call__(self) -> bool:
        """Return whether a stop was asked for."""
        return self._asked

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take both signals as requests while the block runs."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._obey) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _obey(self, _: int, __: FrameType | None) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
        errors.print(self._words, markup=False)


def follow(events: Events, asked: Asked | None, quiet: bool = False) -> None:
    """Show the progress of a run until its end, or until it pauses: nobody could resume it from here.

    Parameters
    ----------
    events : Events
    asked : Asked, optional
        Gets a polite request to stop; the run polls it. Without it Ctrl-C cancels at once.
    quiet : bool
        Show nothing.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), _Files(), _Left())
    listening = asked.listening() if asked else nullcontext()
    with listening, Progress(*columns, console=errors, disable=quiet, transient=True) as progress:
        task = progress.add_task("Starting", total=None, left=None)
        for event in events:
            name = event.outcome.asset if event.outcome else event.message
            progress.update(
                task,
                completed=event.done + event.share,
                total=event.total or None,
                description=printable(name)[-60:],
                left=event.seconds_left,
            )
            if event.kind == "paused":
                errors.print(f"{event.message} Then run the same command again.", style="yellow", markup=False)
                events.close()
                return


@contextmanager
def searching(files: int, quiet: bool) -> Iterator[Callable[[float], None]]:
    """Show a bar over files; what is given takes how many are done, with the share of the one in work."""
    columns = (TextColumn("{task.description}"), BarColumn(), _Files(), TimeRemainingColumn())
    with Progress(*columns, console=errors, disable=quiet, transient=True) as progress:
        task = progress.add_task("Searching", total=files)
        yield lambda done: progress.update(task, completed=done)


class _Files(MofNCompleteColumn):
    """Whole files: a bar may stand between two of them."""

    def render(self, task: Task) -> Text:
        total = int(task.total) if task.total is not None else "?"
        return Text(f"{int(task.completed)}/{total}", style="progress.download")


class _Left(ProgressColumn):
    """The time left as the run estimates it: files of very different sizes do not fool it."""

    def render(self, task: Task) -> Text:
        left = task.fields.get("left")
        if left is None:
            return Text("-:--:--", style="progress.remaining")
        minutes, seconds = divmod(round(left), 60)
        hours, minutes = divmod(minutes, 60)
        return Text(f"{hours}:{minutes:02}:{seconds:02}", style="progress.remaining")
