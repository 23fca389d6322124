"""What a review has shown so far, the queue and the playbook beside the picture: kept up to date beside the page."""

from typing import TYPE_CHECKING

from workbench.apps import review_words
from workbench.apps.background import Background
from workbench.review import figures, playbooks
from workbench.values import WorkbenchError

if TYPE_CHECKING:
    from workbench.apps.review import Screen


class Counting:
    """Connects the figures, the queue and the cards with the desk.

    Parameters
    ----------
    screen : Screen
        Its widgets and its desk.

    Raises
    ------
    FileError
        When a playbook card cannot be read.
    """

    def __init__(self, screen: "Screen") -> None:
        self._screen = screen
        self._background = Background(screen.notice.explain)
        self.needed: int | None = None
        """random items that must be looked at, with as many misses as now"""
        catalog = screen.desk.case.catalog
        self._cards = {card.name: card for card in playbooks.load(screen.desk.case.path)}
        views = [review_words.card_view(card) for card in self._cards.values()]
        screen.cards.show(views, playbooks.findings(catalog.reasons()))
        screen.cards.on_tag(self._tag)

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return self._background.join()

    def soon(self) -> None:
        """Show everything as it is now, soon."""
        self._background.do("count", self._count)

    def _count(self) -> None:
        screen, review = self._screen, self._screen.desk.review
        if review is None:
            return
        desk, catalog = screen.desk, screen.desk.case.catalog
        shown = figures(review)
        self.needed = shown.needed
        screen.figures.value = review_words.figures_words(shown)
        screen.details.value = review_words.details_words(shown)
        screen.details_box.layout.display = ""
        screen.more.layout.display = "" if not shown.proved and desk.lacking(shown.needed) else "none"
        screen.order = items = desk.items()
        selected = next((at for at, each in enumerate(items) if desk.opened and each.id == desk.opened.item.id), -1)
        claims = catalog.claims(review.id, desk.now())
        screen.queue.show(review_words.queue_items(desk, items, catalog.answers(review.id), claims), selected)
        screen.cards.count(playbooks.findings(catalog.reasons()))

    def _tag(self, name: str) -> None:
        screen = self._screen
        try:
            words = screen.desk.tag(self._cards[name], screen.editor.selected)
        except WorkbenchError as error:
            screen.notice.explain(error)
            return
        card = screen.desk.pen.card
        screen.cards.arm(card.name if card else "")
        if screen.editor.editing is not None:
            screen.editor.refresh()
            screen.editor.say(words)
        else:
            screen.notice.say(words)
        self.soon()
