"""A small language to choose files: ``scenario=street media=photo has=GPS kind=face sensitivity!=high -alike``.

Terms stand side by side and must all hold. ``NAME=VALUE`` (several values with commas: any of them), ``!=``,
``>`` ``<`` ``>=`` ``<=`` for numbers and days, ``NAME`` for yes, ``-`` before a term for its opposite. ``*`` and ``?``
stand for any characters; "none" for nothing said or found. A value with spaces goes into double quotes.
"""

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from workbench.catalog.said import FIELDS
from workbench.curate.device import GROUPS
from workbench.curate.values import DEVICES, Described
from workbench.disk import printable
from workbench.values import Kind, Media, UsageError

NONE = "none"
_OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_TERM = re.compile(r"(-?)([A-Za-z_]+)(?:(>=|<=|!=|=|>|<)(.*))?", re.S)
_UNITS = {"": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")


@dataclass(frozen=True)
class Term:
    """One condition."""

    name: str
    """see `NAMES`"""
    sign: str = "="
    """one of = != > < >= <="""
    value: str = ""
    """"" for one that is simply yes (or, with !=, no)"""

    def __str__(self) -> str:
        if self.name in _FLAGS:
            return f"-{self.name}" if self.sign == "!=" else self.name
        value = f'"{self.value}"' if re.search(r"\s", self.value) else self.value
        return f"{self.name}{self.sign}{value}"

    def holds(self, file: Described) -> bool:
        """Return whether it holds for a file; what detectors find cannot be told of a file they never saw."""
        return _holds(self, file)


@dataclass(frozen=True)
class Filter:
    """Conditions that must all hold; without any every usable file is chosen."""

    terms: tuple[Term, ...] = ()

    def holds(self, file: Described) -> bool:
        """Return whether all conditions hold for a file; a file that cannot be used is never chosen."""
        return not file.problem and all(term.holds(file) for term in self.terms)

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))


def parse(text: str) -> Filter:
    """Read a filter as it is typed.

    Raises
    ------
    UsageError
        That names the term that is wrong and what is known.
    """
    try:
        parts = shlex.split(text)
    except ValueError:
        raise UsageError(f"A quotation mark in the filter {printable(text)} has no partner: close it.") from None
    return Filter(tuple(map(_term, parts)))


def term(name: str, value: str, sign: str = "=") -> Term:
    """Return a checked condition; raises `UsageError` when name, sign or value is none."""
    name = name.lower()
    if name in FIELDS or name in _TEXTS or name in _WORDS:
        if sign not in ("=", "!="):
            raise UsageError(f"{name} cannot be compared by {sign}: use = or !=.")
        if not value:
            raise UsageError(f"{name}{sign} needs a value, such as {name}={_EXAMPLES.get(name, NONE)}.")
        known = _WORDS.get(name, ())
        for part in value.split(",") if known else ():
            if not any(fnmatchcase(word.lower(), part.strip().lower()) for word in (*known, NONE)):
                raise UsageError(f"{name}={printable(part)} is nothing that is known: use one of {', '.join(known)}.")
    elif name in _FLAGS:
        if value and value.lower() not in ("yes", "no"):
            raise UsageError(f"{name} takes no value: write {name}, or -{name} for its opposite.")
        sign = _OPPOSITE[sign] if value.lower() == "no" else sign
        value = ""
    elif name in _NUMBERS or name in tuple(Kind):
        _number(name, value)
    elif name == "taken":
        _days(value)
    else:
        raise UsageError(f"'{printable(name)}' is nothing to choose files by: use one of {', '.join(NAMES)}.")
    return Term(name, sign, value)


def _term(part: str) -> Term:
    found = _TERM.fullmatch(part)
    if not found:
        raise UsageError(f"'{printable(part)}' is no condition: write it like scenario=street or -alike.")
    minus, name, sign, value = found[1], found[2].lower(), found[3], found[4]
    if sign is None and name not in _FLAGS:
        known = " or ".join(_FLAGS)
        raise UsageError(f"'{printable(part)}' has no value: write {name}=…; only {known} stand alone.")
    made = term(name, value or "", sign or "=")
    return Term(made.name, _OPPOSITE[made.sign], made.value) if minus else made


# ---------------------------------------------------------------- what terms look at

_TEXTS: Mapping[str, Callable[[Described], tuple[str, ...]]] = {
    "folder": lambda file: _folders(file.asset.source, file.asset.path),
    "pattern": lambda file: (file.asset.path, PurePosixPath(file.asset.path).name),
    "model": lambda file: (file.model,) if file.model else (),
    "sha256": lambda file: (file.asset.sha256,),
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "media": tuple(Media),
    "device": DEVICES,
    "has": GROUPS,
    "kind": tuple(Kind),
    "sensitivity": ("low", "normal", "high"),
}
_FLAGS: Mapping[str, Callable[[Described], bool]] = {
    "alike": lambda file: not file.best,
    "searched": lambda file: file.searched,
    "described": lambda file: bool(file.said),
}
_NUMBERS: Mapping[str, Callable[[Described], float]] = {
    "width": lambda file: file.width,
    "height": lambda file: file.height,
    "seconds": lambda file: file.seconds,
    "size": lambda file: file.asset.size,
}
_EXAMPLES = {
    "media": "photo",
    "device": "phone",
    "has": "GPS",
    "kind": "face",
    "folder": "2024/street",
    "pattern": "*.jpg",
}
NAMES = (
    *FIELDS, "media", "device", "model", "has", "kind", *Kind, "folder", "pattern", "taken", *_NUMBERS, *_FLAGS,
)  # fmt: skip
"""by what files can be chosen"""


def _holds(term: Term, file: Described) -> bool:
    name, unlike = term.name, term.sign == "!="
    if name in _FLAGS:
        return _FLAGS[name](file) != unlike
    if name == "taken":
        return _compare_days(file.taken, term.sign, term.value)
    if name in _NUMBERS:
        return _compare(_NUMBERS[name](file), term.sign, _number(name, term.value))
    if name == "kind" or name in tuple(Kind):
        if not file.searched:  # what was never looked for is not known to be absent
            return False
        if name != "kind":
            return _compare(file.kinds.get(name, 0), term.sign, _number(name, term.value))
    return _any_fits(_values(name, file), term.value) != unlike


def _values(name: str, file: Described) -> tuple[str, ...]:
    if name in FIELDS:
        return (file.said[name],) if file.said.get(name) else ()
    if name in _TEXTS:
        return _TEXTS[name](file)
    return {
        "media": (str(file.asset.media),),
        "device": (file.device,),
        "has": file.discloses,
        "kind": tuple(kind for kind, number in file.kinds.items() if number),
    }[name]


def _any_fits(values: tuple[str, ...], wanted: str) -> bool:
    patterns = [part.strip().lower() for part in wanted.split(",") if part.strip()]
    lowered = [value.lower() for value in values]
    if not lowered:
        return NONE in patterns
    return any(fnmatchcase(value, pattern) for pattern in patterns for value in lowered)


def _folders(source: str, path: str) -> tuple[str, ...]:
    """Return the folder of a path and all above it, so that a folder stands for all that lies in it.

    With and without the name of the folder that was looked at: who looks at ``clips/`` may say ``folder=clips``.
    """
    top = Path(source).name
    parents = [parent.as_posix() for parent in PurePosixPath(path).parents]
    return (*(parents[:-1] or ["."]), *(PurePosixPath(top, parent).as_posix() for parent in parents if top))


def _compare(has: float, sign: str, wanted: float) -> bool:
    return {
        "=": has == wanted, "!=": has != wanted, ">": has > wanted, "<": has < wanted, ">=": has >= wanted,
        "<=": has <= wanted,
    }[sign]  # fmt: skip


def _number(name: str, text: str) -> float:
    found = _NUMBER.fullmatch(text.strip().lower())
    if not found or found[2] not in (_UNITS if name == "size" else ("", "px", "s")):
        example = "size>5MB" if name == "size" else f"{name}>=2"
        raise UsageError(f"'{printable(text)}' is no number for {name}: write it like {example}.")
    return float(found[1]) * _UNITS.get(found[2], 1.0)


def _days(text: str) -> tuple[str, str]:
    """Return the first and the last day that is meant: a year, a month, a day, or two of them with .. between."""
    first, dots, last = text.partition("..")
    for part in (first, last) if dots else (first,):
        if part != NONE and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", part):
            raise UsageError(
                f"'{printable(text)}' is no day: write taken=2024, 2024-05, 2024-05-31 or 2024-05..2024-07."
            )
    return first, (last if dots else first) + "\uffff"


def _compare_days(has: str, sign: str, wanted: str) -> bool:
    if not has or wanted == NONE:
        return (not has and wanted == NONE) != (sign == "!=") if sign in ("=", "!=") else False
    first, last = _days(wanted)
    return {
        "=": first <= has <= last, "!=": not first <= has <= last, ">": has > last, "<": has < first,
        ">=": has >= first, "<=": has <= last,
    }[sign]  # fmt: skip
