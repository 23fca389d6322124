"""The review screen: people look at a sample, say what they see, correct it, and have it redacted again."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as ui

from workbench.apps import review_words
from workbench.apps.background import Background
from workbench.apps.parts import hint
from workbench.apps.review_counting import Counting
from workbench.apps.review_desk import Desk
from workbench.apps.review_layout import Layout
from workbench.apps.review_looks import SecondLooks
from workbench.apps.review_opened import Opened
from workbench.apps.review_redo import Redoing
from workbench.apps.review_sheet import Alike, ContactSheet
from workbench.apps.session import Session
from workbench.catalog.case import Case
from workbench.catalog.review_values import ReviewItem
from workbench.governance import casework
from workbench.review import begin
from workbench.review.marks import Change, TileRequest
from workbench.serving.context import context, start_log
from workbench.values import Media, UsageError, WorkbenchError

OPENING = "Opening …"
DRAWING = "Drawing what is to be looked at …"
LOOK = 1
"""the tab in which pictures are looked at"""


def build(case: Path | str | None = None, reviewer: str | None = None) -> ui.Widget:
    """Return the whole screen.

    Parameters
    ----------
    case : path, optional
        Folder of the case; by default what `workbench serve` was started with.
    reviewer : str, optional
        Who looks; by default whoever is signed in.

    Raises
    ------
    UsageError
        When the case cannot be opened.
    FileError
        When one of its playbook cards cannot be read.
    """
    given = context()
    opened = Case.open(Path(case) if case is not None else given.case or Path("workbench-case"))
    start_log(opened.path)
    desk = Desk(opened, given.user if reviewer is None else reviewer, casework.permit(opened.path))
    return Screen(desk, Session(opened, desk.reviewer)).root


class Screen(Layout):
    """Connects the widgets of the review screen with a `Desk`.

    Parameters
    ----------
    desk : Desk
        The state; all work is done there.
    session : Session
        Loads the detectors, where a video has to be searched.
    """

    def __init__(self, desk: Desk, session: Session) -> None:
        self.desk, self.session = desk, session
        super().__init__(desk, session)
        self.background = Background(self.notice.explain)
        self._pictures = Background(self.notice.explain)
        self.order: Sequence[ReviewItem] = ()
        """the queue as it is shown"""
        self._lock = threading.Lock()
        self.counting = Counting(self)
        self.contact = ContactSheet(self)
        self.others = Alike(self)
        self.looks = SecondLooks(self)
        self.looks_box.children = (self.looks.node,)
        self._connect()
        self.redoing = Redoing(self)
        self._propose()

    def join(self) -> bool:
        """Wait until nothing goes on; return whether that was reached."""
        return all(one.join() for one in (self.looks, self.background, self._pictures, self.counting))

    def sheet_crop(self, index: int) -> bytes:
        """Return a crop of the contact sheet."""
        return self.contact.crop(index)

    def alike_crop(self, index: int) -> bytes:
        """Return a crop of another picture that shows the same."""
        return self.others.crop(index)

    def _connect(self) -> None:
        guarded = self.notice.guarded
        self.run.observe(guarded(lambda _: self._propose()), "value")
        self.begin.on_click(guarded(lambda _: self._soon("open", DRAWING, self._begin)))
        self.editor.on(
            tile=self._tile,
            action=self._changed,
            navigate=self.go,
            finish=lambda verdict: self.finish(verdict == "unsure"),
            everywhere=self.others.look,
        )
        self.clips.on_navigate(self.go)
        self.clips.on_everywhere(self.others.look_along)
        self.clips.on_finish(lambda: self.finish(False))
        self.clips.on_found(lambda _: self.counting.soon())
        # Of a video, corrections may still be on their way to the catalog.
        self.done.on_click(guarded(lambda _: self.clips.after_edits(lambda: self.finish(False))))
        self.unsure.on_click(guarded(lambda _: self.clips.after_edits(lambda: self.finish(True))))
        self.back.on_click(guarded(lambda _: self.clips.after_edits(lambda: self.go(-1))))
        self.on.on_click(guarded(lambda _: self.clips.after_edits(lambda: self.go(1))))
        self.more.on_click(guarded(lambda _: self._soon("more", DRAWING, self._draw_more)))
        self.queue.on_open(lambda index: self.clips.after_edits(lambda: self.open_item(self.order[index].id)))

    def _soon(self, name: str, words: str, task: Callable[[], object]) -> None:
        """Do what takes long beside the page, and say so meanwhile."""
        self.notice.say(words)

        def work() -> None:
            task()
            self.notice.clear(words)

        self.background.do(name, work)

    # The plan

    def _propose(self) -> None:
        """Show the plan that fits the chosen run, and go on with a review that was begun."""
        if self.run.value is None:
            self.about_plan.value = hint("This case has released nothing yet: redact a folder first.").value
            return
        begun = self.desk.begun(self.run.value)
        self.plan.value = (
            begun if begun in dict(map(reversed, self.plan.options)) else self.desk.plan_for(self.run.value)
        )
        self.begin.description = "Go on with the review" if begun else "Begin the review"
        self.about_plan.value = ""

    def _begin(self) -> None:
        review = self.desk.open(self.run.value, self.plan.value, self.strata.value)
        self.about_plan.value = review_words.plan_words(review)
        self.begin.description = "Go on with the review"
        self.contact.forget()
        self.tabs.selected_index = LOOK
        self._next()
        self.editor.focus()

    def _draw_more(self) -> None:
        """Put more random items into the queue, because something was missed."""
        if self.counting.needed is not None and self.desk.draw_more(self.counting.needed):
            self._next()
            self.editor.focus()

    # Items

    def go(self, step: int) -> None:
        """Open the next or previous item without saying anything about this one."""

        def move() -> None:
            item = self.desk.beside(step)
            if item is None:
                self.notice.say("This is the last one." if step > 0 else "This is the first one.")
                return
            self._show(item)

        self._soon("open", OPENING, move)

    def open_item(self, number: int) -> None:
        """Open one item of the queue."""
        if self.desk.review is None:
            raise UsageError("Begin a review first.")
        review = self.desk.review

        def show() -> None:
            self._show(begin(review, number, self.desk.reviewer))
            self.editor.focus()

        self._soon("open", OPENING, show)

    def open_file(self, source: str, path: str) -> None:
        """Open the item of a file; raises `UsageError` where it is not in the queue."""
        found = next(
            (each for each in self.desk.items() if (each.asset.source, each.asset.path) == (source, path)), None
        )
        if found is None:
            raise UsageError(f"{path} is not in the queue. Hide here what you see, or draw more into the review.")
        self.tabs.selected_index = LOOK
        self.open_item(found.id)

    def reopen(self, sha256: str) -> None:
        """Show the open picture anew, if this is the one that was corrected from elsewhere."""
        opened = self.desk.opened
        if opened is not None and opened.editing is not None and opened.item.asset.sha256 == sha256:
            self.background.do("reopen", lambda: self._show(opened.item))

    def look_at_new_places(self) -> None:
        """Show the open picture anew, if something in it is worth a look that was not known when it was opened."""
        opened = self.desk.opened
        if opened is not None and self.desk.has_new_places():
            self.reopen(opened.item.asset.sha256)

    def finish(self, unsure: bool) -> None:
        """Record the reviewer's word on the open item and go on."""
        if not self._lock.acquire(blocking=False):
            return  # pressed twice: the first one counts

        def record() -> None:
            try:
                self.desk.finish(unsure)
                self._next()
            finally:
                self._lock.release()

        self._soon("finish", OPENING, record)

    def _next(self) -> None:
        item = self.desk.following()
        if item is None:
            self._leave()
            self.done_words.value = hint(
                "Nothing is left for you in this queue. What it shows stands above; choose an item to look again."
            ).value
            self.counting.soon()
            return
        self._show(item)

    def _show(self, item: ReviewItem) -> None:
        self.show_alike([])
        self.cards.arm("")
        try:
            opened = self.desk.take(item)
        except WorkbenchError as error:
            self._leave()
            self.done_words.value = hint(f"{error} You may say that you cannot tell, or go on.").value
            self.video_row.layout.display = ""
            self.counting.soon()
            return
        if item.asset.media is Media.VIDEO:
            self._show_video(opened)
        else:
            self._show_photo(opened)
        self.counting.soon()

    def _position(self, item: ReviewItem) -> tuple[int, int]:
        self.order = self.desk.items()
        return next((at for at, each in enumerate(self.order, start=1) if each.id == item.id), 1), len(self.order)

    def _show_photo(self, opened: Opened) -> None:
        item, editing = opened.item, opened.editing
        if editing is None or opened.photo is None:
            return
        self.clips.leave()
        about = " ".join([*self.desk.contradictions(item), self.desk.why(item)])
        if len(opened.photo.frames) > 1:
            about += f" It has {len(opened.photo.frames)} frames; the first is shown."
        self.editor.show(opened.picture(), editing, title=item.asset.path, position=self._position(item), about=about)
        self.show_video(False)

    def _show_video(self, opened: Opened) -> None:
        item = opened.item
        self.editor.clear()
        self.session.profile = self.desk.profile
        self.show_video(True)
        self.why.value = hint(self.desk.why(item)).value
        self.clips.open(
            opened.path,
            self.desk.profile,
            title=item.asset.path,
            position=self._position(item),
            sees=self.desk.sees(item),
        )

    def _leave(self) -> None:
        self.clips.leave()
        self.editor.clear()
        self.show_video(None)

    # What the editor asks for

    def _tile(self, request: TileRequest) -> None:
        opened = self.desk.opened

        def send() -> None:
            if opened is None or opened is not self.desk.opened:
                return
            try:
                self.editor.show_tile(request, opened.tile(request))
            except WorkbenchError as error:
                self.editor.fail_tile(request, str(error))

        self._pictures.do(f"tile {request.item} {request.number}", send)  # each is answered

    def _changed(self, _: Change) -> None:
        self.counting.soon()
