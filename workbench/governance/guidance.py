"""What people are asked and told, read from ``data/*.toml``: high-level prompts, never legal advice."""

import datetime
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.profiles import Purpose
from workbench.values import Kind

NOT_LEGAL_ADVICE = (
    "High-level guidance from public material, not legal advice: whether a case complies is for those who "
    "answer for it to judge. Anonymised does not automatically mean compliant."
)
Dpia = Literal["", "likely", "required"]
Role = Literal["operator", "reviewer", "approver", "custodian", "auditor"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Prompt(_Data):
    """One question that is answered in free text."""

    id: str
    ask: str
    refs: tuple[int, ...] = ()


class Sheet(_Data):
    """A table of prompts."""

    id: str
    name: str
    prompts: tuple[Prompt, ...]
    refs: tuple[int, ...] = ()


class Basis(_Data):
    """One lawful basis."""

    id: str
    name: str
    article: str
    when: str
    prompts: tuple[Prompt, ...]


class ImageRight(_Data):
    """One of the three exceptions of image-rights practice."""

    id: str
    ask: str


class ImageRights(_Data):
    """The three exceptions, and why not to rely on them."""

    warning: str
    for_training: str
    exception: tuple[ImageRight, ...]


class Topic(_Data):
    """One row of the table that compares the jurisdictions."""

    id: str
    name: str
    eu: str
    uk: str
    refs: tuple[int, ...] = ()


class Jurisdictions(_Data):
    """The table that compares the jurisdictions."""

    names: Mapping[str, str]
    topic: tuple[Topic, ...]


class Reference(_Data):
    """A source; the number is what `refs` point to."""

    number: int
    title: str
    url: str
    dated: datetime.date | None = None
    """of the text itself"""
    note: str = ""


class Raise(_Data):
    """A setting of a profile that may not be weaker than this."""

    setting: str
    """path in the profile, such as "background.hide" or "kinds.face.min_score" """
    value: bool | int | float | str
    why: str
    must: bool = True
    """false for a suggestion"""


class Question(_Data):
    """One question of the screening, answered by yes, no or unsure."""

    id: str
    ask: str
    trigger: str
    dpia: Dpia
    with_: tuple[str, ...] = Field((), alias="with")
    """ids of questions that make an impact assessment required when they are met as well"""
    refs: tuple[int, ...] = ()
    raises: tuple[Raise, ...] = ()
    checks: tuple[str, ...] = ()
    review: float = 1.0
    """the review's target is multiplied by it"""


class Screening(_Data):
    """The questions of the screening."""

    two_criteria: str
    question: tuple[Question, ...]


class PurposeRules(_Data):
    """What a purpose means for a case."""

    profile: str
    why_profile: str
    hide: tuple[Kind, ...]
    """kinds that must be hidden"""
    link_table: bool
    why_link_table: str
    max_side: int
    """px of the longer side; 0 for the source's own size"""
    why_max_side: str
    originals_days: int
    work_days: int
    releases_days: int
    why_days: str
    review_target: float
    """largest share of pictures in which something may be missed, 0..1"""
    why_review: str
    least_hidden: float
    """share of the labelled objects that has to be hidden for the measured quality to pass, 0..1"""
    why_least_hidden: str
    checks: tuple[str, ...]
    """of the gate, without which nothing leaves"""
    should: tuple[str, ...] = ()
    """of the gate, that are shown and hold nothing back"""


class CheckRule(_Data):
    """One check of the gate."""

    title: str
    words: str
    """what is true when it passed, as half a sentence"""
    override: bool
    """an approver may set it aside, with a written reason"""
    why_fixed: str = ""
    """why not, where not"""


class Way(_Data):
    """A way in which people try to recognise somebody in the outputs."""

    title: str
    how: str
    """what to do, in plain words"""
    warning: str = ""
    background: bool = False
    """it also tells whether the setting gives people away"""
    follow_up: bool = False
    """it looks at what the program's own search found"""


class RoleRules(_Data):
    """Who may do what."""

    roles: Mapping[Role, str]
    acts: Mapping[str, tuple[Role, ...]]
    words: Mapping[str, str]


@cache
def bases() -> dict[str, Basis]:
    """Return the lawful bases by id, in the order of a form."""
    return {row["id"]: Basis.model_validate(row) for row in _read("bases")["basis"]}


@cache
def image_rights() -> ImageRights:
    """Return the three exceptions and the warning about them."""
    return ImageRights.model_validate(_read("exceptions"))


@cache
def jurisdictions() -> Jurisdictions:
    """Return the table of GDPR and UK GDPR."""
    return Jurisdictions.model_validate(_read("jurisdictions"))


@cache
def references() -> dict[int, Reference]:
    """Return the sources by number."""
    return {row["number"]: Reference.model_validate(row) for row in _read("references")["reference"]}


@cache
def sheets() -> dict[str, Sheet]:
    """Return the sheets of prompts by id."""
    return {row["id"]: Sheet.model_validate(row) for row in _read("sheets")["sheet"]}


@cache
def screening() -> Screening:
    """Return the screening's questions."""
    return Screening.model_validate(_read("screening"))


@cache
def questions() -> dict[str, Question]:
    """Return the screening's questions by id."""
    return {question.id: question for question in screening().question}


@cache
def purposes() -> dict[Purpose, PurposeRules]:
    """Return what each purpose means, the strongest first."""
    return {name: PurposeRules.model_validate(row) for name, row in _read("purposes").items()}  # type: ignore[misc]


@cache
def checks() -> dict[str, str]:
    """Return what a gate may look at, in words."""
    return {name: rule.words for name, rule in check_rules().items()}


@cache
def check_rules() -> dict[str, CheckRule]:
    """Return everything about the checks of the gate, in the order in which it shows them."""
    return {name: CheckRule.model_validate(row) for name, row in _read("checks").items()}


@cache
def ways() -> dict[str, Way]:
    """Return the ways in which people try to recognise somebody in the outputs, by name."""
    return {name: Way.model_validate(row) for name, row in _read("attempts").items()}


@cache
def roles() -> RoleRules:
    """Return the roles and their acts."""
    return RoleRules.model_validate(_read("roles"))


def _read(name: str) -> dict[str, Any]:
    text = (resources.files("workbench.governance") / "data" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)
