"""Playbooks: a card for each edge case that comes back, with what to look for, what to do, and a drawn example.

A card is a TOML file, its text Markdown. Those that come with the workbench lie in `workbench/playbooks`; a case
adds its own in its folder `playbooks`, and one there with the same name takes the place of one of these. A
correction that somebody made because of a card carries the card's name in its reason.
"""

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.values import FileError

FOLDER = "playbooks"
"""in the case's folder"""
LARGEST = 1_000_000
"""bytes of a card or of its picture"""
MOST = 40
"""cards"""
PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
TAKEN = "abdefgnruwxyz"
"""letters with which the editor or the player does something else, see their scripts in `widgets/static`"""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TAG = re.compile(r"playbook:([a-z0-9][a-z0-9-]{0,39})")

Block = tuple[str, tuple[tuple[str, str], ...]]
"""of a card's text: "p" or "li", and its runs, each "", "strong", "em" or "code" with plain text"""
Default = Literal["hide", "leave", "ask"]
"""what is done with such a finding, unless there is a reason not to"""
DEFAULTS: Mapping[Default, str] = {
    "hide": "Hide it.",
    "leave": "Leave it visible.",
    "ask": "Ask whoever approves the release.",
}


class Text(BaseModel):
    """What a card's file says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1, max_length=60)
    look_for: str = Field(min_length=1, max_length=4000)
    """Markdown"""
    default: Default
    do: str = Field("", max_length=4000)
    """Markdown: how, and when not"""
    key: str = ""
    """one letter that tags a finding with this card"""
    picture: str = ""
    """an SVG, PNG or JPEG beside the card"""
    order: int = 100
    """place in the list; equal ones by title"""

    @field_validator("key")
    @classmethod
    def _one_letter(cls, key: str) -> str:
        if not re.fullmatch("[a-z]?", key):
            raise ValueError("give one small letter from a to z, or nothing")
        if key and key in TAKEN:
            free = " ".join(letter for letter in string.ascii_lowercase if letter not in TAKEN)
            raise ValueError(f"the editor uses the letter {key} for something else, choose one of {free}")
        return key

    @field_validator("picture")
    @classmethod
    def _beside_the_card(cls, picture: str) -> str:
        if picture and (not re.fullmatch(r"[\w][\w .-]*", picture) or Path(picture).suffix.lower() not in PICTURES):
            raise ValueError("name a .svg, .png or .jpg file that lies beside the card")
        return picture


@dataclass(frozen=True)
class Card:
    """One edge case."""

    name: str
    """the file's name without its ending; what findings are tagged with"""
    text: Text
    picture: bytes = b""
    own: bool = False
    """it lies in the case"""

    @property
    def tag(self) -> str:
        """What the reason of a correction says."""
        return f"playbook:{self.name}"

    @property
    def picture_type(self) -> str:
        """The media type of the picture; "" where there is none."""
        return PICTURES[Path(self.text.picture).suffix.lower()] if self.picture else ""


def load(case: Path | None = None) -> list[Card]:
    """Return the cards of the workbench and those of a case, in the order in which they are shown.

    Parameters
    ----------
    case : Path, optional
        The folder of a case.

    Raises
    ------
    FileError
        When a card cannot be read, says what no card can say, or wants a key that another one has.
    """
    cards = {card.name: card for card in _folder(resources.files("workbench") / "playbooks", own=False)}
    if case is not None and (case / FOLDER).is_dir():
        cards.update((card.name, card) for card in _folder(case / FOLDER, own=True))
    if len(cards) > MOST:
        raise FileError(f"The case has {len(cards)} playbook cards: keep {MOST} at most, or nobody reads them.")
    keys: dict[str, Card] = {}
    for card in cards.values():
        if other := card.text.key and keys.setdefault(card.text.key, card):
            _refuse_twice(card, other)
    return sorted(cards.values(), key=lambda card: (card.text.order, card.text.title, card.name))


def card_of(reason: str) -> str:
    """Return the name of the card that the reason of a correction names; "" where it names none."""
    found = _TAG.match(reason)
    return found[1] if found else ""


def findings(reasons: Mapping[str, int] | Iterable[str]) -> Counter[str]:
    """Return how many findings there are of each card, from the reasons of all standing corrections."""
    found: Counter[str] = Counter()
    for reason, number in Counter(reasons).items():
        if name := card_of(reason):
            found[name] += number
    return found


def as_blocks(markdown: str) -> list[Block]:
    """Return Markdown as paragraphs and points with plain, strong, emphasised and code runs; all else is plain text.

    No page is ever given markup: links, pictures and tags of its own stay the letters that they are.
    """
    blocks: list[Block] = []
    points = 0
    for token in _markdown().parse(markdown):
        if token.type in ("list_item_open", "list_item_close"):
            points += 1 if token.nesting > 0 else -1
        elif token.type == "inline":
            blocks.append(("li" if points else "p", _runs(token.children or [])))
        elif token.type in ("fence", "code_block"):
            blocks.append(("p", (("code", token.content.rstrip()),)))
    return blocks


def _runs(tokens: Sequence[Token]) -> tuple[tuple[str, str], ...]:
    runs, styles = [], [""]
    for token in tokens:
        if token.nesting:
            styles = [*styles, token.tag] if token.nesting > 0 else styles[:-1]
        else:
            text = " " if token.type in ("softbreak", "hardbreak") else token.content
            runs.append((token.tag if token.type == "code_inline" else styles[-1], text))
    return tuple(runs)


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink", "html_inline", "html_block"])


def _folder(folder: Path | Traversable, own: bool) -> Iterable[Card]:
    entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    for entry in entries:
        if entry.name.endswith(".toml") and not entry.name.startswith("."):
            yield _read(entry, folder, own)


def _read(entry: Path | Traversable, folder: Path | Traversable, own: bool) -> Card:
    where, name = f"The playbook card {entry.name}", entry.name.removesuffix(".toml")
    if not _NAME.fullmatch(name):
        raise FileError(f"{where}: name the file with small letters, digits and dashes, such as wet-floor.toml.")
    try:
        text = Text.model_validate(tomllib.loads(_bytes(entry, where).decode()))
    except UnicodeDecodeError:
        raise FileError(f"{where} is not text: save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{where} is not valid TOML: {error}.") from None
    except ValidationError as error:
        raise FileError(f"{where}: {_reason(error)}.") from None
    picture = _bytes(folder / text.picture, f"{where}: its picture {text.picture}") if text.picture else b""
    return Card(name, text, picture, own)


def _bytes(entry: Path | Traversable, where: str) -> bytes:
    if isinstance(entry, Path) and entry.is_symlink():
        raise FileError(f"{where} is a link: put the file itself there.")
    try:
        with entry.open("rb") as file:
            data: bytes = file.read(LARGEST + 1)
    except OSError as error:
        raise FileError(f"{where} cannot be read ({error.strerror or error}): put the file beside the card.") from None
    if len(data) > LARGEST:
        raise FileError(f"{where} is larger than {LARGEST // 1_000_000} MB: make it smaller.")
    return data


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{field}: no card has this setting, use {', '.join(Text.model_fields)}"
    if first["type"] == "missing":
        return f"{field} is missing"
    return f"{field}: {first['msg'].removeprefix('Value error, ').rstrip('.')}"


def _refuse_twice(card: Card, other: Card) -> None:
    if card is not other:
        theirs, mine = sorted((card, other), key=lambda each: each.own)
        raise FileError(
            f"The playbook card {mine.name}.toml wants the key '{mine.text.key}', which {theirs.name}.toml has: "
            "choose another letter."
        )
