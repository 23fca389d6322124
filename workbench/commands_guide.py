"""What ``workbench case guide`` prints: the guidance that comes with the workbench."""

from rich.table import Table

from workbench.commands import print_json
from workbench.commands_case import say
from workbench.governance import guidance
from workbench.terminal import console


def guide(jurisdiction: str | None, json_: bool) -> int:
    """Print the guidance; return the exit code."""
    table, rights = guidance.jurisdictions(), guidance.image_rights()
    names = [name for name in table.names if jurisdiction in (None, name)]
    if json_:
        print_json(
            {
                "topics": [
                    {"name": row.name, **{name: getattr(row, name) for name in names}, "refs": row.refs}
                    for row in table.topic
                ],
                "bases": [basis.model_dump() for basis in guidance.bases().values()],
                "image_rights": rights.model_dump(),
                "references": [each.model_dump() for each in guidance.references().values()],
                "advice": guidance.NOT_LEGAL_ADVICE,
            }
        )
        return 0
    _print("What the law says, roughly", ["topic", *(table.names[name] for name in names)], [
        [row.name, *(f"{getattr(row, name)} {_refs(row.refs)}" for name in names)] for row in table.topic
    ])  # fmt: skip
    _print("Lawful bases", ["basis", "article", "when"], [
        [basis.id, basis.article, basis.when] for basis in guidance.bases().values()
    ])  # fmt: skip
    _print("Image rights", ["field", "exception"], [[right.id, right.ask] for right in rights.exception])
    say(rights.warning)
    for each in guidance.references().values():
        say(f"[{each.number}] {each.title}{f' ({each.dated})' if each.dated else ''}. {each.url}")
    say(guidance.NOT_LEGAL_ADVICE)
    return 0


def _print(title: str, headings: list[str], rows: list[list[str]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    console.print(table)


def _refs(numbers: tuple[int, ...]) -> str:
    return " ".join(f"[{number}]" for number in numbers)
