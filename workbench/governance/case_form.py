"""A new ``case.toml``: every field with what it asks as a comment above it."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import Table

from workbench.governance import guidance
from workbench.governance.record import ImageRights, Part, Record

HEADER = (
    "Why this case exists and who answers for it. Edit it by hand or with workbench case set; workbench case show",
    "checks it. Empty means not answered yet. " + guidance.NOT_LEGAL_ADVICE,
)


def form(record: Record) -> TOMLDocument:
    """Return the document of a new record, without its people."""
    document = tomlkit.document()
    for line in HEADER:
        document.add(tomlkit.comment(line))
    document.add(tomlkit.nl())
    later: list[tuple[str, Table]] = []
    for name, field in Record.model_fields.items():
        value = getattr(record, name)
        if isinstance(value, Part):
            later.append((name, _table(value)))
        elif isinstance(value, Mapping):
            later.append((name, _questions(name, value)))
        elif name != "people":
            add(document, name, value, field.description)
    for name, table in later:
        document.add(tomlkit.nl())
        document.add(name, table)
    return document


def add(place: Any, name: str, value: Any, words: str | None) -> None:
    """Add a field to a table, with words as the comment above it."""
    if words:
        place.add(tomlkit.comment(words))
    place.add(name, item(value))


def item(value: Any) -> Any:
    """Return a value as it is written: text of several lines on several lines."""
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value, multiline=True)
    if isinstance(value, tuple):
        return list(value)
    return value


def _table(part: Part) -> Table:
    table = tomlkit.table()
    asked = {right.id: right.ask for right in guidance.image_rights().exception}
    if isinstance(part, ImageRights):
        table.add(tomlkit.comment(guidance.image_rights().warning))
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, Mapping):
            table.add(tomlkit.nl())
            table.add(name, _answers(value))
        else:
            add(table, name, value, asked.get(name) or field.description)
    return table


def _answers(values: Mapping[str, str]) -> Table:
    table = tomlkit.table()
    for name, value in values.items():
        table.add(name, item(value))
    return table


def _questions(name: str, values: Mapping[str, str]) -> Table:
    """Return a table with every question of a sheet, or of the screening, as a comment above its answer."""
    table = tomlkit.table()
    if name == "screening":
        table.add(tomlkit.comment("yes, no or unsure; unsure counts as yes"))
        asked = {question.id: question.ask for question in guidance.questions().values()}
    else:
        asked = {prompt.id: prompt.ask for prompt in guidance.sheets()[name].prompts}
    for key, words in asked.items():
        add(table, key, values.get(key, ""), words)
    return table
