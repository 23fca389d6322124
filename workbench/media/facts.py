"""One line of what a picture file discloses, and the list that such lines are collected in."""

from dataclasses import dataclass, field

MAX_FACTS = 5_000
"""No real file comes near; a hostile one may not fill the memory."""
MAX_VALUE = 300


@dataclass(frozen=True)
class Disclosure:
    """One thing that a file tells beside its pixels."""

    group: str
    """"GPS", "device", "serial", "date", "thumbnail", "XMP", "maker note", "trailer", "comment", "person",
    "colour profile", "C2PA", "second picture" or "other" """
    label: str
    """what it is, such as "latitude" or "lens serial number" """
    value: str
    """what it says, on one line, shortened when long"""
    where: str
    """the structure that holds it, such as "Exif IFD0" or "JPEG APP13, IPTC" """
    offset: int | None = None
    """first byte in the file; None for what is not in the file's bytes (its name, its dates)"""


@dataclass(frozen=True)
class Source:
    """A piece of a file that a reader looks at."""

    data: bytes
    where: str
    base: int = 0
    """offset of the piece in the file"""
    exact: bool = True
    """False: the piece was unpacked or put together, so that only its beginning has a place in the file"""

    def at(self, offset: int) -> int:
        """Return the place in the file of an offset in the piece."""
        return self.base + offset if self.exact else self.base

    def part(self, start: int, size: int, where: str = "") -> "Source":
        """Return a piece of this piece."""
        name = f"{self.where}, {where}" if where else self.where
        return Source(self.data[start : start + size], name, self.at(start), self.exact)

    def made(self, data: bytes, where: str) -> "Source":
        """Return something unpacked from this piece."""
        return Source(data, f"{self.where}, {where}", self.base, False)


@dataclass
class Facts:
    """Collects disclosures; drops exact repetitions."""

    rows: list[Disclosure] = field(default_factory=list)
    budget: int = 1 << 28
    """bytes of payloads that may still be read: a hostile file points to the same bytes from thousands of tags"""
    depth: int = 0
    """how many pictures inside pictures the reader has descended into"""
    _seen: set[tuple[str, str, str, str, int | None]] = field(default_factory=set)

    def add(self, group: str, label: str, value: object, where: str, offset: int | None) -> None:
        """Add one line; the value is made printable and shortened."""
        text = one_line(str(value))
        key = (group, label, text, where, offset)
        if len(self.rows) < MAX_FACTS and key not in self._seen:
            self._seen.add(key)
            self.rows.append(Disclosure(group, label, text, where, offset))

    def spend(self, size: int) -> bool:
        """Take `size` bytes from the budget; False when it is used up."""
        self.budget -= size
        return self.budget >= 0


def one_line(text: str) -> str:
    """Return text without control characters, shortened to `MAX_VALUE` characters."""
    cut = text[: MAX_VALUE * 4]
    clean = " ".join("".join(char if char.isprintable() or char.isspace() else "\ufffd" for char in cut).split())
    return clean if len(clean) <= MAX_VALUE and len(cut) == len(text) else f"{clean[:MAX_VALUE]}… ({len(text)} in all)"


def decode(raw: bytes) -> str:
    """Return bytes of unknown encoding as text: UTF-8, else Latin-1."""
    raw = raw[:100_000].strip(b"\0 \r\n\t")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
