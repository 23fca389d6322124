"""What people typed, made fit to leave: no account, no name of the case's people, no name of a source, no path."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from workbench.governance.record import Record
from workbench.release.neutral import THE_FILE, neutral

SHORTEST = 4
"""letters from which on a part of a source's path is a name, if it has a digit: "IMG_0001" is, "faces" is a word"""
_WORD = re.compile(r"\w[\w.-]*\w")


class Discretion:
    """Takes names out of free text.

    Parameters
    ----------
    record : Record
        Its people become their numbers.
    sources : iterable of str
        Relative POSIX paths of the originals.

    Notes
    -----
    It knows the names that the case knows, and no others: who types a stranger's name into a reason publishes it. The
    how-to page says which fields leave.
    """

    def __init__(self, record: Record, sources: Iterable[str] = ()) -> None:
        self._people = [
            (re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE), f"person {person.number}")
            for person in record.people
            for word in sorted({person.name.strip(), person.login}, key=len, reverse=True)
            if len(word) > 1
        ]
        self._sources = {
            part.casefold()
            for source in sources
            for name in PurePosixPath(source).parts
            for part in (name, PurePosixPath(name).stem)
            if len(part) >= SHORTEST and any(char.isdigit() for char in part) and not part.isdigit()
        }

    def __call__(self, text: str) -> str:
        """Return the text without these names; its lines stay."""
        return "\n".join(self._line(line) for line in text.strip().splitlines())

    def _line(self, text: str) -> str:
        line = neutral(text, "")
        if line[:1].lower() == text[:1]:
            line = text[:1] + line[1:]  # a word of a list stays as it is written there
        for pattern, number in self._people:
            line = pattern.sub(number, line)
        return _WORD.sub(lambda found: THE_FILE if found[0].casefold() in self._sources else found[0], line)
