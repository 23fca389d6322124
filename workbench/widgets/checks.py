"""The checks of a gate: one line each, with its state in words, what to do next, and what may be done about it here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, get_args

from workbench.values import UsageError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, whole_number

Standing = Literal["passed", "weak", "failed", "did not run"]


@dataclass(frozen=True)
class Deed:
    """A button beside a check."""

    name: str
    """what `ChecksWidget.on_deed` gets"""
    words: str
    """on the button"""
    barred: str = ""
    """why it cannot be done, a sentence; "" where it can"""
    link: str = ""
    """another dashboard that is opened instead, such as "review.ipynb" """


@dataclass(frozen=True)
class CheckLine:
    """One check, as it is shown."""

    title: str
    state: Standing
    says: str
    """what was looked at and what came out"""
    way_out: str = ""
    """what to do next, a sentence"""
    must: bool = True
    """the release is held back unless it holds"""
    overridden: str = ""
    """the reason of whoever let the release go all the same"""
    deeds: tuple[Deed, ...] = ()

    def __post_init__(self) -> None:
        if self.state not in get_args(Standing):
            raise UsageError(f"A check is {', '.join(get_args(Standing))}, not '{self.state}'.")

    def plain(self) -> list[Any]:
        """Return what the view gets."""
        deeds = [[deed.words, deed.barred, deed.link] for deed in self.deeds]
        return [self.title, self.state, self.says, self.way_out, self.must, self.overridden, deeds]


class ChecksWidget(WorkbenchWidget):
    """Shows the checks between a run and its release, and above them whether it may leave."""

    _esm = script("checks")
    _css = style("checks")
    actions: ClassVar = {"deed": "_deed"}

    def __init__(self, **options: Any) -> None:
        self._lines: tuple[CheckLine, ...] = ()
        self._verdict: tuple[bool, str, str] | None = None
        self._callback: Callable[[int, str], object] = lambda _index, _name: None
        super().__init__(**options)

    @property
    def lines(self) -> tuple[CheckLine, ...]:
        """What is shown, in order."""
        return self._lines

    def show(self, lines: Sequence[CheckLine], *, holds: bool, headline: str, why: str = "") -> None:
        """Show these checks.

        Parameters
        ----------
        holds : bool
            The release may leave.
        headline : str
            That in a few words.
        why : str
            One or two sentences below it.
        """
        self._lines, self._verdict = tuple(lines), (holds, headline, why)
        self.replay()

    def clear(self) -> None:
        """Show nothing."""
        self._lines, self._verdict = (), None
        self.replay()

    def on_deed(self, callback: Callable[[int, str], object]) -> None:
        """Call ``callback(index, name)`` when the user presses a button beside a check."""
        self._callback = callback

    def replay(self) -> None:
        """Send all checks."""
        verdict = None if self._verdict is None else list(self._verdict)
        self.tell("checks", lines=[line.plain() for line in self._lines], verdict=verdict)

    def _deed(self, content: dict[str, Any]) -> None:
        index = whole_number(content, "index", len(self._lines))
        deeds = self._lines[index].deeds
        deed = deeds[whole_number(content, "deed", len(deeds))]
        # The page shows it as barred, and can ask for it all the same.
        if deed.barred:
            raise UsageError(deed.barred)
        self._callback(index, deed.name)
