"""Which dashboards there are: the notebooks of a folder, each with a title and one line about it."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.values import UsageError

_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_LONGEST = 160


@dataclass(frozen=True)
class Dashboard:
    """One notebook that is served as a page."""

    name: str
    """file name without its ending; part of the page's address"""
    title: str
    """for people: the notebook's ``title`` metadata, else its first heading, else its name"""
    description: str
    """one line: the ``description`` metadata, else the first sentence under the heading; can be empty"""
    order: int = 1000
    """where it stands in the list: the ``order`` metadata; those without one come last, by name"""

    @property
    def word(self) -> str:
        """Its name as one short word or two, for the way from one screen to the next."""
        return _words(self.name)


def dashboards_folder() -> Path:
    """Return the folder of the dashboards that come with the package.

    An installed wheel carries them inside the package, a checkout beside it.

    Raises
    ------
    UsageError
        Neither is there: the installation is not complete.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "dashboards", package.parent / "dashboards"):
        if any(folder.glob("*.ipynb")):
            return folder
    raise UsageError("The dashboards are missing from this installation; install redaction-workbench again.")


def notebooks(folder: Path) -> list[Path]:
    """Return the notebooks right inside a folder, by name; no links, nothing hidden."""
    found = (path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def find(folder: Path) -> list[Dashboard]:
    """Return the dashboards of a folder in the order that they give themselves, then by file name."""
    return sorted((read(path) for path in notebooks(folder)), key=lambda found: (found.order, found.name))


def read(path: Path) -> Dashboard:
    """Return a notebook's title and description; a file that is not a notebook keeps its name as title."""
    try:
        return describe(path.stem, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return describe(path.stem, {})


def describe(name: str, notebook: Any) -> Dashboard:
    """Return what a notebook, as its parsed JSON, says about itself."""
    metadata = notebook.get("metadata", {}) if isinstance(notebook, dict) else {}
    cells = notebook.get("cells", []) if isinstance(notebook, dict) else []
    heading, sentence = _first_words(cells)
    title = _plain(metadata.get("title", "")) or heading or _words(name)
    order = metadata.get("order")
    known = {"order": order} if isinstance(order, int) else {}
    return Dashboard(name, title, _plain(metadata.get("description", "")) or sentence, **known)


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def _first_words(cells: list[Any]) -> tuple[str, str]:
    """Return the first heading of the text cells, and the first sentence of text after it."""
    heading = ""
    for cell in cells:
        if cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source", "")
        text = source if isinstance(source, str) else "".join(source)
        for paragraph in re.split(r"\n\s*\n|\n(?=#)", text.strip()):
            first, _, rest = paragraph.strip().partition("\n")
            match = _HEADING.match(first)
            if match and not heading:
                heading = _plain(match[1])
            body = rest.strip() if match else paragraph.strip()
            if body:
                return heading, _plain(re.split(r"(?<=[.!?])\s", body, maxsplit=1)[0])
    return heading, ""


def _plain(text: object) -> str:
    """Return markdown as one line of plain text, not too long for a list."""
    words = " ".join(re.sub(r"[*_`]", "", _LINK.sub(r"\1", text)).split()) if isinstance(text, str) else ""
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def copy(source: Path, target: Path) -> list[Dashboard]:
    """Copy only the notebooks of a folder to a new one, so that nothing else in it can be served.

    Raises
    ------
    UsageError
        The source is no folder, or holds no notebook.
    """
    if not source.is_dir():
        raise UsageError(f"{source} is not a folder of dashboards.")
    chosen = notebooks(source)
    if not chosen:
        raise UsageError(f"There is no dashboard (.ipynb) in {source}.")
    target.mkdir(mode=0o700)
    for path in chosen:
        shutil.copyfile(path, target / path.name)
    return find(target)
