"""Sealing, opening and the custodian's keys, on the retention screen."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as ui

from workbench import keeping
from workbench.apps import keeping_words
from workbench.apps.parts import hint
from workbench.governance import casework
from workbench.governance.effects import effects
from workbench.governance.record import Record
from workbench.release.keys import new_key
from workbench.values import UsageError, WorkbenchError

if TYPE_CHECKING:
    from workbench.apps.keeping import Screen


class Sealing:
    """Connects the widgets of the third and fourth tab.

    Parameters
    ----------
    page : Screen
        The whole screen.
    """

    def __init__(self, page: "Screen") -> None:
        self._page = page
        guarded = page.notice.guarded
        page.make_key.on_click(guarded(lambda _: self._make_key()))
        for button, task in (
            (page.seal_links, self._seal_links),
            (page.seal_originals, self._seal_originals),
            (page.lock, self._lock),
            (page.unlock, self._unlock),
            (page.open, self._open_file),
        ):
            button.on_click(guarded(lambda _, task=task: page.soon(task)))

    def show(self, record: Record | None, standing: keeping.Standing) -> None:
        """Show which keys there are, and what may be sealed now."""
        page, keys = self._page, standing.keys
        named = "".join(f"<li><code class='wbp-digest'>{escape(key)}</code></li>" for key in keys)
        page.key_words.value = (
            f"<p>What is sealed opens with the private part of:</p><ul class='wbp-list'>{named}</ul>"
            if keys
            else "<p class='wbp-notice wbp-warn'>The record names no key yet: nothing can be sealed.</p>"
        )
        link = effects(record).link_table if record else None
        page.link_words.value = hint("" if link is None else link.why).value
        ready = page.may_seal.look() and bool(keys) and not standing.locked
        page.seal_originals.disabled = page.lock.disabled = not ready
        page.seal_links.disabled = not (ready and link is not None and link.value)
        page.open.disabled = not page.may_open.look()
        page.unlock.disabled = page.open.disabled or not standing.locked
        if not page.archive.value:
            page.archive.value = str(page.seat.folder.with_name(f"{page.seat.folder.name}-originals.age"))

    def _make_key(self) -> None:
        place = self._page.key_file.value.strip()
        if not place:
            raise UsageError("Say into which new file the private key goes.")
        self._page.seat.require("seal")
        path = Path(place).expanduser()
        public = new_key(path)
        words = f"The private key is in {path}: move it off this machine. The public key is {public}."
        try:
            self._name_key(public)
        except WorkbenchError as error:
            self._page.notice.warn(f"{words} It is not in the record yet: {error}")
        else:
            self._page.notice.say(f"{words} The record names it now.")
        self._page.refresh()

    def _name_key(self, public: str) -> None:
        record = casework.load(self._page.seat.folder)
        keys = record.custodian
        if keys.key and keys.second_key:
            raise UsageError("It names two keys already; change them on the page “Open and keep the case”.")
        field = "custodian.second_key" if keys.key else "custodian.key"
        casework.change(self._page.seat.folder, {field: public}, expected=record.digest, who=self._page.seat.who)

    def _seal_links(self, tick: keeping.Tick) -> None:
        tick("Sealing the link table", 0, 0)
        self._sealed(keeping.seal_links(self._page.seat.folder, who=self._page.seat.who))

    def _seal_originals(self, tick: keeping.Tick) -> None:
        if not self._page.archive.value.strip():
            raise UsageError("Say into which new file the originals go.")
        target = Path(self._page.archive.value.strip()).expanduser()
        self._sealed(keeping.seal_originals(self._page.seat.folder, target, who=self._page.seat.who, tick=tick))

    def _lock(self, tick: keeping.Tick) -> None:
        self._sealed(keeping.lock_work(self._page.seat.folder, who=self._page.seat.who, tick=tick))

    def _sealed(self, done: keeping.Sealed) -> None:
        self._page.sealed.value = keeping_words.sealed_words(done)
        self._page.sealed_file.value = str(done.path)
        self._page.notice.say(f"Sealed {keeping.WORDS[done.what]}: {done.path.name}.")
        self._page.refresh()

    def _unlock(self, tick: keeping.Tick) -> None:
        key = _given(self._page.unlock_key, "Say which file holds the private key.")
        self._page.opened.value = keeping_words.opened_words(
            keeping.unlock_work(self._page.seat.folder, key, who=self._page.seat.who, tick=tick)
        )
        self._page.notice.say("The catalog and the work files are unlocked.")
        self._page.refresh()

    def _open_file(self, tick: keeping.Tick) -> None:
        path = _given(self._page.sealed_file, "Say which encrypted file to open.")
        key = _given(self._page.open_key, "Say which file holds the private key.")
        out = _given(self._page.folder, "Say into which new folder it goes.")
        done = keeping.open_sealed(path, key, out, folder=self._page.seat.folder, who=self._page.seat.who, tick=tick)
        self._page.opened.value = keeping_words.opened_words(done)
        self._page.notice.say(f"Opened into {done.path.name}.")


def _given(line: ui.Text, words: str) -> Path:
    if not line.value.strip():
        raise UsageError(words)
    return Path(line.value.strip()).expanduser()
