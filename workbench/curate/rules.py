"""``intake.toml``: rules that say something about files by folder, name, device or what they disclose.

A later rule wins over an earlier one, and what a person says by hand over all of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError

from workbench.curate.filters import Term, term
from workbench.curate.role import refuse_stranger
from workbench.curate.values import Described, checked
from workbench.disk import printable, publish_bytes
from workbench.values import UsageError

RULES_FILE = "intake.toml"
CONDITIONS = ("folder", "pattern", "device", "model", "has", "media", "taken", "kind")
"""what a rule may ask about a file, see `filters`"""
FORM = """\
# Rules that say something about the files of this case: workbench intake rules checks them and applies them.
# Every [[rule]] has conditions, which must all hold, and what it says (set). A later rule wins over an earlier one;
# what somebody says by hand wins over all of them.
#
# Conditions: folder = "2024/street"  pattern = "*.jpg"  device = "drone"  model = "Canon*"  has = "GPS"
#             media = "video"  taken = "2024-05..2024-07"  kind = "face"    (* stands for anything, commas for "or")
# What can be said: scenario, camera (a word each), sensitivity (low, normal, high), provenance, rights,
#             model_release (a file in this folder, such as "releases/form-1.pdf")
#
# [[rule]]
# folder = "hospital"
# set = { scenario = "hospital", sensitivity = "high" }
"""


@dataclass(frozen=True)
class Rule:
    """What is said about the files for which every condition holds."""

    when: Mapping[str, str]
    """conditions by name, see `CONDITIONS`; without any it holds for every file"""
    set: Mapping[str, str]
    """what is said, by name"""
    line: int = 0
    """in ``intake.toml``, from 1"""

    def holds(self, file: Described) -> bool:
        """Return whether every condition holds for a file."""
        return not file.problem and all(Term(name, "=", value).holds(file) for name, value in self.when.items())


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """Return the rules of a case's folder, none where it has no ``intake.toml``; raises as `parse_rules` does."""
    return parse_rules(read_rules(folder))


def parse_rules(text: str, where: str = RULES_FILE) -> tuple[Rule, ...]:
    """Read rules.

    Raises
    ------
    UsageError
        When it is not TOML, or a name or value is none. The sentence names the line.
    """
    content = _document(text, where).unwrap()
    lines = _headers(text)
    if strange := next((name for name in content if name != "rule"), None):
        raise UsageError(
            f"{where}{_line(text, strange)}: unknown field {printable(strange)}: rules begin with [[rule]]."
        )
    rows = content.get("rule", [])
    if not isinstance(rows, list):
        raise UsageError(f"{where}{_line(text, 'rule')}: write [[rule]] with two brackets on each side.")
    return tuple(
        _rule(row, f"{where}, line {line}" if line else f"{where}, rule {number}", line)
        for number, (row, line) in enumerate(zip(rows, [*lines, *[0] * len(rows)], strict=False), start=1)
    )


def read_rules(folder: Path) -> str:
    """Return the text of ``intake.toml``, or the commented form that it begins with where there is none."""
    path = folder / RULES_FILE
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n") if path.exists() else FORM
    except UnicodeDecodeError as error:
        raise UsageError(f"{RULES_FILE} is not text (byte {error.start}): put it back from a copy.") from None
    except OSError as error:
        raise UsageError(f"{RULES_FILE} cannot be read ({error.strerror}): check the case and permissions.") from None


def save_rules(folder: Path, text: str) -> tuple[Rule, ...]:
    """Write ``intake.toml``, whole or not at all, and return its rules; what is wrong is not written.

    Raises
    ------
    UsageError
        As `parse_rules`, or when the role of who is signed in does not allow it.
    """
    refuse_stranger(folder)
    rules = parse_rules(text)
    publish_bytes(text.encode(), folder / RULES_FILE, private=True)
    return rules


def add_rule(folder: Path, when: Mapping[str, str], values: Mapping[str, str]) -> tuple[Rule, ...]:
    """Add a rule at the end of ``intake.toml``; comments and order stay. Raises `UsageError` as `parse_rules` does."""
    row = tomlkit.table()
    row.update(when)
    says = tomlkit.inline_table()
    says.update(values)
    row.add("set", says)
    added = tomlkit.document()
    added.add("rule", tomlkit.aot())
    added["rule"].append(row)
    return save_rules(folder, f"{read_rules(folder).rstrip()}\n\n{tomlkit.dumps(added)}")


def _rule(row: Any, where: str, line: int) -> Rule:
    if not isinstance(row, dict):
        raise UsageError(f"{where}: write a rule as [[rule]] with its fields below.")
    says = row.get("set")
    if not isinstance(says, dict) or not says:
        raise UsageError(f'{where}: the rule says nothing: add a line like set = {{ scenario = "street" }}.')
    when = {name: value for name, value in row.items() if name != "set"}
    try:
        for name, value in when.items():
            if name not in CONDITIONS:
                raise UsageError(f"'{printable(name)}' is no condition of a rule: use one of {', '.join(CONDITIONS)}.")
            if not isinstance(value, str):
                raise UsageError(f"{name} is a text in quotes.")
            term(name, value)
        return Rule(when, checked(says), line)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _headers(text: str) -> list[int]:
    return [
        text.count("\n", 0, found.start(1)) + 1 for found in re.finditer(r"^[ \t]*(\[\[\s*rule\s*\]\])", text, re.M)
    ]


def _line(text: str, name: str) -> str:
    found = re.search(rf"^[ \t]*\[*\s*[\"']?({re.escape(name)})\b", text, re.M)
    return f", line {text.count(chr(10), 0, found.start(1)) + 1}" if found else ""


def _document(text: str, where: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except ParseError as error:
        reason = str(error).split(" at line ")[0].rstrip(".")
        raise UsageError(f"{where}, line {error.line}: this is not TOML ({reason}): correct it.") from None
    except TOMLKitError as error:
        raise UsageError(f"{where} is not TOML ({error}): correct it.") from None
