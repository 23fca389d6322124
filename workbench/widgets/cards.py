"""The playbook beside a picture: cards with an example each, and one key that tags a finding with one of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from workbench.values import UsageError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, text_of

Block = tuple[str, Sequence[tuple[str, str]]]
"""a paragraph "p" or a point "li", with its runs: "", "strong", "em" or "code", and plain text"""


@dataclass(frozen=True)
class CardView:
    """One card, as it is shown."""

    name: str
    title: str
    look_for: Sequence[Block]
    do: Sequence[Block]
    default: str
    """what to do, in a word or two; plain text"""
    key: str = ""
    """one small letter"""
    picture: bytes = b""
    picture_type: str = ""
    """such as "image/svg+xml" """
    own: bool = False
    """the case brought it"""

    def plain(self) -> dict[str, Any]:
        """Return what the view gets, but for the picture."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "picture"}


class CardsWidget(WorkbenchWidget):
    """Shows the playbook. A card's letter, anywhere on the screen where it means nothing else, acts as its button."""

    _esm = script("cards")
    _css = style("cards")
    actions: ClassVar = {"tag": "_tag"}

    def __init__(self, **options: Any) -> None:
        self._cards: tuple[CardView, ...] = ()
        self._counts: dict[str, int] = {}
        self._armed = ""
        self._callback: Callable[[str], object] | None = None
        super().__init__(**options)

    @property
    def armed(self) -> str:
        """The card that the next correction will carry; "" for none."""
        return self._armed

    def show(self, cards: Sequence[CardView], counts: Mapping[str, int]) -> None:
        """Show these cards, with how many findings each has in the case."""
        self._cards, self._counts = tuple(cards), dict(counts)
        if self._armed not in {card.name for card in cards}:
            self._armed = ""
        self.replay()

    def count(self, counts: Mapping[str, int]) -> None:
        """Show how many findings of each card there are now."""
        self._counts = dict(counts)
        self.tell("counts", counts=self._counts)

    def arm(self, name: str) -> None:
        """Mark the card that the next correction will carry; "" for none.

        Raises
        ------
        UsageError
            When there is no such card.
        """
        if name and name not in {card.name for card in self._cards}:
            raise UsageError(f"There is no playbook card '{name}'.")
        self._armed = name
        self.tell("armed", name=name)

    def on_tag(self, callback: Callable[[str], object]) -> None:
        """Call ``callback(name)`` when the user chooses a card by its key or its button."""
        self._callback = callback

    def replay(self) -> None:
        """Send all cards with their pictures."""
        pictures = [card.picture for card in self._cards]
        cards = [card.plain() for card in self._cards]
        self.tell("cards", pictures, cards=cards, counts=self._counts, armed=self._armed)

    def _tag(self, content: dict[str, Any]) -> None:
        name = text_of(content, "name", 60)
        if name not in {card.name for card in self._cards}:
            raise UsageError("The page asked for a card that is no longer there. Reload the page.")
        if self._callback is not None:
            self._callback(name)
