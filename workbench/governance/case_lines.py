"""What is wrong with a ``case.toml``, in one sentence with the line and the field."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

_MARK = "workbench-sought-line"


def sentence(text: str, where: str, error: ValidationError) -> str:
    """Return what is wrong with the text of a record; `where` names the file."""
    errors = error.errors(include_url=False, include_input=False)
    # A misspelt name is missing as well: what stands there says more than what does not.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    message = str(first["msg"]).removeprefix("Value error, ")
    path = [step for step in first["loc"] if step != "date"]  # pydantic names the branch of a union as well
    if found := re.match(r"([a-z0-9_.]+): ", message):
        path += found[1].split(".")
        message = message[found.end() :]
    name = ".".join(str(step) for step in path)
    if first["type"] == "missing":
        return f"{where}: {name} is missing: the file was cut off, or edited; put it back from a copy."
    if first["type"] == "extra_forbidden":
        message = "unknown field"
    line = line_of(text, path)
    message = message[:1].lower() + message[1:]
    return f"{where}{f', line {line}' if line else ''}: {name}: {message}."


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line (from 1) on which a field stands, or None where it cannot be told.

    A copy of the document gets a mark in the field's place: everything before it stays as it is, so the mark
    stands on the field's own line.
    """
    document: Any = tomlkit.parse(text)
    place, steps = document, list(path)
    while steps:
        step = steps.pop(0)
        try:
            inner = place[step]
        except (KeyError, IndexError, TypeError, TOMLKitError):
            return None
        if not steps or not isinstance(inner, Mapping | list):
            if isinstance(inner, Mapping | AoT):
                return _header(text, path)
            place[step] = _MARK
            return _line_with(tomlkit.dumps(document))
        place = inner
    return None


def _line_with(text: str) -> int | None:
    before, mark, _ = text.partition(_MARK)
    return before.count("\n") + 1 if mark else None


def _header(text: str, path: Sequence[str | int]) -> int | None:
    name = r"\s*\.\s*".join(re.escape(str(step)) for step in path if isinstance(step, str))
    found = re.search(rf"^\s*\[+\s*{name}\s*\]", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else None
