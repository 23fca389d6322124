"""A form whose fields are saved as they are typed; what cannot be saved stays where it was typed, with the reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal, get_args

from workbench.values import UsageError, WorkbenchError
from workbench.widgets.assets import script, style
from workbench.widgets.base import WorkbenchWidget, logger, text_of

FieldKind = Literal["line", "text", "choice", "list", "number", "date"]
LONGEST = 20_000
"""characters of one answer; as the record's"""


class OvertakenError(UsageError):
    """Somebody else gave this field another value meanwhile.

    Parameters
    ----------
    theirs : str
        What stands there now.
    """

    def __init__(self, theirs: str) -> None:
        super().__init__("Somebody else changed this meanwhile.")
        self.theirs = theirs


@dataclass(frozen=True)
class Field:
    """One question and its answer."""

    name: str
    """for the program; no two in a form are the same"""
    label: str
    kind: FieldKind = "line"
    """one line, several lines, one of a few words (shown at once), one of a list, a whole number, a day"""
    value: str = ""
    help: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """value and words of each choice"""
    wide: bool = False
    """choices stand below each other"""

    def __post_init__(self) -> None:
        if self.kind not in get_args(FieldKind):
            raise UsageError(f"A field is {', '.join(get_args(FieldKind))}, not '{self.kind}'.")

    def takes(self, value: str) -> bool:
        """Return whether a page can send this value at all."""
        if self.kind in ("choice", "list"):
            return value in {given for given, _ in self.options}
        return len(value) <= LONGEST


@dataclass(frozen=True)
class Section:
    """Fields under one heading."""

    title: str
    fields: tuple[Field, ...]
    about: str = ""
    warning: str = ""


Save = Callable[[str, str, bool], Mapping[str, str]]
"""``save(name, value, over)`` returns what was stored, by field; it raises what is wrong, or `OvertakenError`.

`over` is true when the user has seen what somebody else wrote, and wants their own word to stand."""


class FormWidget(WorkbenchWidget):
    """Asks questions and saves each answer by itself.

    Parameters
    ----------
    sections : sequence of Section
    save : callable
        See `Save`.
    label : str
        What the form is called for screen readers.
    """

    _esm = script("form")
    _css = style("form")
    actions: ClassVar = {"edit": "_edit"}

    def __init__(self, sections: Sequence[Section], save: Save, *, label: str = "Form", **options: Any) -> None:
        self._sections, self._locked = tuple(sections), ""
        self._save, self._label = save, label
        super().__init__(**options)

    @property
    def fields(self) -> dict[str, Field]:
        """The fields by their names."""
        return {field.name: field for section in self._sections for field in section.fields}

    def show(self, sections: Sequence[Section], locked: str = "") -> None:
        """Show other values, or other questions; what the user types just now stays in the page.

        Parameters
        ----------
        sections : sequence of Section
        locked : str
            Why nothing may be changed; "" where it may.
        """
        if (tuple(sections), locked) != (self._sections, self._locked):
            self._sections, self._locked = tuple(sections), locked
            self.replay()

    def put(self, values: Mapping[str, str]) -> None:
        """Take over values that were stored, without saying so to the view, which knows them."""
        self._sections = tuple(
            replace(
                section,
                fields=tuple(replace(field, value=values.get(field.name, field.value)) for field in section.fields),
            )
            for section in self._sections
        )

    def replay(self) -> None:
        """Send the whole form."""
        sections = [asdict(section) for section in self._sections]
        self.tell("form", label=self._label, sections=sections, locked=self._locked)

    def _edit(self, content: dict[str, Any]) -> None:
        """Save one answer and say what became of it; an error belongs to its field, not to the whole form."""
        name, value = text_of(content, "name", 200), text_of(content, "value", 2 * LONGEST)
        field = self.fields.get(name)
        if field is None:
            raise UsageError("The page sent an answer to a question that is no longer asked. Reload the page.")
        told: dict[str, Any] = {"name": name, "value": value, "number": content.get("number")}
        try:
            if self._locked:
                raise UsageError(self._locked)
            if not field.takes(value):
                raise UsageError("This answer is too long, or none of those offered.")
            stored = dict(self._save(name, value, content.get("over") is True))
        except OvertakenError as error:
            self.tell("overtaken", theirs=error.theirs, **told)
        except WorkbenchError as error:
            self.tell("refused", text=str(error), **told)
        except Exception as error:
            logger.exception("an answer could not be saved")
            self.tell("refused", text=f"Not saved ({type(error).__name__}); the details are in the log.", **told)
        else:
            self.put(stored)
            self.tell("kept", stored=stored, **told)
