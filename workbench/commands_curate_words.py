"""How the commands of ``workbench intake`` print files."""

from collections.abc import Iterable, Sequence

from rich.markup import escape

from workbench import curate
from workbench.curate import Described
from workbench.disk import printable
from workbench.terminal import console, errors


def counts(files: Sequence[Described]) -> None:
    """Print how many files are of which sort."""
    found = curate.counted(files)
    lines: Iterable[tuple[str, dict[str, int]]] = (
        ("media", dict(found.media)),
        ("device", dict(found.device)),
        ("disclose", dict(found.discloses)),
        ("scenario", {name or "not said": number for name, number in found.scenario.items()}),
        ("sensitivity", {name or "not said": number for name, number in found.sensitivity.items()}),
    )
    say(f"{many(found.files, 'file')}, {found.duplicates:,} of them near duplicates of a better one")
    for name, numbers in lines:
        say(f"  {name}: " + (", ".join(f"{word} {number:,}" for word, number in numbers.items()) or "–"))


def cells(file: Described) -> tuple[str, ...]:
    """Return a file as the cells of a table."""
    found = ", ".join(f"{kind} {number}" for kind, number in file.kinds.items()) or "nothing"
    return (
        file.asset.path,
        size(file),
        file.device,
        ", ".join(file.discloses) or "–",
        file.said.get("scenario", "–"),
        file.said.get("sensitivity", "–"),
        found if file.searched else "not searched",
        (f"{file.alike}" if file.best else f"{file.alike} (may be dropped)") if file.alike else "–",
    )


def size(file: Described) -> str:
    """Return the size of a picture, and the length of a video."""
    seconds = f" {file.seconds:.0f} s" if file.seconds >= 10 else f" {file.seconds:.1f} s" if file.seconds else ""
    return f"{file.width} × {file.height}{seconds}"


def report(problems: Sequence[Described]) -> None:
    """Print which files cannot be used and why."""
    for file in problems[:20]:
        errors.print(f"Left out: {printable(file.asset.path)}: {file.problem}", markup=False, style="yellow")
    if len(problems) > 20:
        errors.print(f"… and {len(problems) - 20} more files were left out.", style="yellow")


def many(number: int, what: str) -> str:
    """Return a number with its word, in the plural where it is not one."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def literal(text: str) -> str:
    """Return text that rich prints as it is."""
    return escape(printable(text))


def say(text: str) -> None:
    """Print a line as it is."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
