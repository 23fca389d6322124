"""``case.toml``: the record as people read and edit it. Their comments, order and spacing survive every change."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit import TOMLDocument
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import AoT

from workbench.disk import publish_bytes
from workbench.governance import guidance
from workbench.governance.case_form import add, form, item
from workbench.governance.case_lines import sentence
from workbench.governance.lines import LEDGER
from workbench.governance.record import LawfulBasis, Person, Record
from workbench.values import UsageError

CASE_FILE = "case.toml"


@lru_cache(maxsize=16)  # every act asks the record first, and a record is frozen
def parse(text: str, where: str = CASE_FILE) -> Record:
    """Read a record.

    Raises
    ------
    UsageError
        When it is not TOML, is cut off, or a field is unknown or wrong. The sentence names the line and the field.
    """
    document = _document(text, where)
    try:
        return Record.model_validate_json(json.dumps(document.unwrap(), default=str))
    except ValidationError as error:
        raise UsageError(sentence(text, where, error)) from None


def read(folder: Path) -> str | None:
    """Return the text of the case's record, or None where there is none; raises `UsageError` if it is not text."""
    path = folder / CASE_FILE
    if not path.exists():
        return None
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise UsageError(f"{CASE_FILE} is not text (byte {error.start}): put it back from a copy.") from None
    except OSError as error:
        raise UsageError(f"{CASE_FILE} cannot be read ({error.strerror}): check the case and permissions.") from None


def load(folder: Path) -> Record | None:
    """Return the record of a case's folder, or None where there is none.

    Raises
    ------
    UsageError
        Like `parse`; and when the ledger shows that there was a record, which is gone.
    """
    text = read(folder)
    if text is None and (folder / LEDGER).exists() and not _deleted(folder):
        # Otherwise whoever takes the file away would work without roles, floors and ledger.
        raise UsageError(f"{CASE_FILE} is gone, though the case {folder.name} has a ledger: put it back from a copy.")
    return None if text is None else parse(text)


def _deleted(folder: Path) -> bool:
    """Return whether the whole case was deleted, or is being: see `keeping.deleting`."""
    place = folder / "certificates"
    return (place / ".unfinished.json").exists() or any(place.glob("*-case-*.json"))


def save(text: str, folder: Path) -> Record:
    """Write a record, whole or not at all, and return it; what does not parse is not written."""
    record = parse(text)
    publish_bytes(text.encode(), folder / CASE_FILE, private=True)
    return record


def fresh(record: Record) -> str:
    """Return the text of a new record."""
    text = tomlkit.dumps(form(record))
    for person in record.people:
        text = with_person(text, person)
    return text


def changed(text: str, edits: Mapping[str, Any]) -> str:
    """Return the text with some fields changed, by their paths such as "basis.lawful_basis".

    Raises
    ------
    UsageError
        When the text or the changed text is not a valid record.
    """
    document = _document(text, CASE_FILE)
    for path, value in edits.items():
        *tables, name = path.split(".")
        place: Any = document
        for step in tables:
            if step not in place:
                place[step] = tomlkit.table()
            place = place[step]
            if not isinstance(place, Mapping):
                raise UsageError(f"{path} is not a field of {CASE_FILE}: workbench case show lists them.")
        place[name] = item(value)
    text = tomlkit.dumps(document)
    chosen = parse(text).basis
    return _with_prompts(text, chosen) if chosen.lawful_basis else text


def with_person(text: str, person: Person) -> str:
    """Return the text with a person added, or the one with that number changed."""
    document = _document(text, CASE_FILE)
    rows = document.get("people")
    if rows is None:
        # The last table stays the last: a file that was cut off is known by its missing end.
        last = document.pop("retention", None)
        rows = tomlkit.aot()
        document.append("people", rows)
        rows = document["people"]
        if last is not None:
            document.append("retention", last)
    row = next((row for row in rows if row.get("number") == person.number), None)
    if row is None:
        row = tomlkit.table() if isinstance(rows, AoT) else tomlkit.inline_table()
        _fill(row, person)
        if isinstance(rows, AoT):
            row.add(tomlkit.nl())
        rows.append(row)
    else:
        _fill(row, person)
    text = tomlkit.dumps(document)
    parse(text)
    return text


def typed(path: str, text: str) -> Any:
    """Return what was typed for a field as the value that the field takes: text as it is, else as TOML writes it."""
    for value in _readings(text):
        try:
            parse(changed(fresh(Record.new("-", "publication")), {path: value}))
        except UsageError:
            continue
        return value
    return text  # whoever sets it gets the sentence that says what is wrong


def _readings(text: str) -> list[Any]:
    readings: list[Any] = [text]
    with suppress(TOMLKitError):
        readings.append(tomlkit.parse(f"value = {text}").unwrap()["value"])
    return readings


def _fill(row: Any, person: Person) -> None:
    for name, value in person.model_dump(mode="json").items():
        if name not in row or row[name] != value:
            row[name] = item(value)


def _with_prompts(text: str, chosen: LawfulBasis) -> str:
    """Add the prompts of the chosen basis that have no line yet."""
    prompts = guidance.bases()[chosen.lawful_basis].prompts
    missing = [prompt for prompt in prompts if prompt.id not in chosen.answers]
    if not missing:
        return text
    document = _document(text, CASE_FILE)
    basis: Any = document["basis"]
    if "answers" not in basis:
        basis.add("answers", tomlkit.table())
    for prompt in missing:
        add(basis["answers"], prompt.id, "", prompt.ask)
    basis["answers"].add(tomlkit.nl())
    return tomlkit.dumps(document)


def _document(text: str, where: str) -> TOMLDocument:
    try:
        return tomlkit.parse(text)
    except ParseError as error:
        raise UsageError(
            f"{where}, line {error.line}: this is not TOML ({_reason(error)}): correct it, or put a copy back."
        ) from None
    except TOMLKitError as error:
        raise UsageError(f"{where} is not TOML ({_reason(error)}): correct it, or put a copy back.") from None


def _reason(error: Exception) -> str:
    return str(error).split(" at line ")[0].rstrip(".")
