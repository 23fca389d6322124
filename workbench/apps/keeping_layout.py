"""The widgets of the retention screen and where they stand; what they do is `keeping.Screen`'s part."""

import ipywidgets as ui

from workbench.apps.parts import Notice, hint, page
from workbench.apps.role import Held, Seat, head

TITLES = ("1  What is due", "2  Delete", "3  Seal", "4  Open", "5  Certificates")
DUE, DELETE, SEAL, OPEN, CERTIFICATES = range(5)
WHAT = (
    ("The originals: the pictures and videos before redaction", "originals"),
    ("The catalog and the work files of this case", "work"),
    ("The sealed link tables", "link-table"),
    ("The releases on this machine", "release"),
    ("The whole case: only the ledger and the certificates stay", "case"),
)
ABOUT_DUE = (
    "The days follow from the purpose of the case, or from what its record says. Nothing is deleted by itself: a named "
    "person confirms it."
)
ABOUT_DELETE = (
    "First a dry run: it lists what would go and deletes nothing. Then you confirm by typing its code; until it is "
    "right, nothing can be deleted."
)
ABOUT_KEY = (
    "What is sealed can be opened with the custodian's private key alone. Make the pair here, or with the age program. "
    "The private key is a small file: move it off this machine, to where only the custodian gets at it, and keep a "
    "copy. Whoever loses it loses what is sealed. The public key is no secret; it stands in the record."
)
ABOUT_LINKS = "A table that leads from each result back to its original. It is encrypted while it is written."
ABOUT_ORIGINALS = "The originals go into one encrypted archive and stay where they are until you delete them."
ABOUT_WORK = (
    "The catalog and the work files hold pictures and names from before the redaction. They are encrypted, and removed "
    "once the encrypted file was compared; nothing can be run or reviewed until they are unlocked again."
)
ABOUT_OPEN = (
    "Takes out what an encrypted file holds, into a new folder. The ledger notes that somebody with the key did it. "
    "Put the private key where this machine can read it, and take it away afterwards."
)
DISK = (
    "What is on the disk while people work is not encrypted by this program: let the operating system encrypt the disk."
)
CLOCK = "The clock of this machine is right, although the ledger has a later line"
WIDE = {"width": "min(640px, 100%)"}
LABEL = {"description_width": "initial"}


class Layout:
    """Builds the tabs of the retention screen below one line for messages.

    Parameters
    ----------
    seat : Seat
        Who sits there.
    """

    def __init__(self, seat: Seat) -> None:
        self.notice = Notice()
        self.header = head(seat)
        self.progress = ui.HTML()
        self._controls(seat)
        self.tabs = ui.Tab(
            children=[self._due(), self._delete(), self._seal(), self._open(), self._certificates()], titles=TITLES
        )
        for widget in (self.notice.widget, self.progress):
            widget.add_class("wbp-above")
        self.root = page([self.header, self.notice.widget, self.progress, self.tabs])

    def _controls(self, seat: Seat) -> None:
        self.standing, self.due = ui.HTML(), ui.HTML()
        self.again = ui.Button(description="Look again", icon="refresh")
        self.what = ui.RadioButtons(
            options=WHAT, description="What is to go?", style=LABEL, layout={"width": "auto"}
        )  # fmt: skip
        self.look = ui.Button(description="Dry run", button_style="primary", icon="list")
        self.plan = ui.HTML()
        self.code = ui.Text(style=LABEL, layout=WIDE, continuous_update=True)
        self.clock = ui.Checkbox(description=CLOCK, indent=False, layout={"width": "auto", "display": "none"})
        self.delete = ui.Button(description="Delete for good", button_style="danger", icon="trash", disabled=True)
        self.confirm = _stacked([self.code, self.clock, self.delete])
        self.confirm.layout.display = "none"
        self.gone = ui.HTML()
        self.may_delete = Held(seat, "delete", self.look)

        self.key_words, self.sealed = ui.HTML(), ui.HTML()
        self.key_file = _line("New file for the private key, on this machine")
        self.make_key = ui.Button(description="Make a pair of keys", icon="key")
        self.link_words = ui.HTML()
        self.seal_links = ui.Button(description="Seal the link table", icon="lock")
        self.archive = _line("New file for the archive of the originals")
        self.seal_originals = ui.Button(description="Seal the originals", icon="lock")
        self.lock = ui.Button(description="Encrypt the work files", icon="lock")
        self.unlock_key = _line("File with the private key")
        self.unlock = ui.Button(description="Unlock the work files", icon="unlock")
        self.may_seal = Held(seat, "seal", self.make_key, self.seal_links, self.seal_originals, self.lock)
        self.sealed_file = _line("Encrypted file")
        self.open_key = _line("File with the private key")
        self.folder = _line("New folder for what is in it")
        self.open = ui.Button(description="Open", icon="unlock")
        self.opened = ui.HTML()
        self.may_open = Held(seat, "unseal", self.open, self.unlock)

        self.certificates = ui.Dropdown(description="Certificate", style=LABEL, layout=WIDE)
        self.certificate = ui.HTML()

    def _due(self) -> ui.Widget:
        return ui.VBox([hint(ABOUT_DUE), self.standing, self.due, self.again])

    def _delete(self) -> ui.Widget:
        parts = [hint(ABOUT_DELETE), self.may_delete.why, self.what, self.look, self.plan, self.confirm, self.gone]
        return _stacked(parts)

    def _seal(self) -> ui.Widget:
        return _stacked(
            [
                self.may_seal.why, self.sealed,
                ui.HTML("<h3>The custodian's key</h3>"), hint(ABOUT_KEY), self.key_words, self.key_file, self.make_key,
                ui.HTML("<h3>Link table</h3>"), hint(ABOUT_LINKS), self.link_words, self.seal_links,
                ui.HTML("<h3>Originals</h3>"), hint(ABOUT_ORIGINALS), self.archive, self.seal_originals,
                ui.HTML("<h3>Catalog and work files</h3>"), hint(ABOUT_WORK), self.lock,
                hint(DISK),
            ]
        )  # fmt: skip

    def _open(self) -> ui.Widget:
        return _stacked(
            [
                self.may_open.why, self.opened,
                ui.HTML("<h3>Open a sealed file</h3>"), hint(ABOUT_OPEN),
                self.sealed_file, self.open_key, self.folder, self.open,
                ui.HTML("<h3>Unlock the work files</h3>"), self.unlock_key, self.unlock,
            ]
        )  # fmt: skip

    def _certificates(self) -> ui.Widget:
        return ui.VBox([self.certificates, self.certificate])


def _line(label: str) -> ui.Text:
    return ui.Text(description=label, style=LABEL, layout=WIDE)


def _stacked(parts: list[ui.Widget]) -> ui.VBox:
    """Return parts in which a label, which may be a whole sentence, stands above its control."""
    box = ui.VBox(parts)
    box.add_class("wbp-opening")
    return box
