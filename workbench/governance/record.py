"""What a case says about itself: why, on what basis, for whom, with which risks, and who answers for it."""

import datetime
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from workbench.governance import guidance
from workbench.governance.guidance import Role
from workbench.profiles import Purpose

Answer = Literal["", "yes", "no", "unsure"]
Jurisdiction = Literal["eu", "uk"]
Text = Annotated[str, Field(max_length=20_000)]
Days = Annotated[int, Field(ge=0, le=36_500)]
Notes = Mapping[str, Text]


def _refuse_no_key(value: str) -> str:
    if value.upper().startswith("AGE-SECRET-KEY-"):
        raise ValueError("this is a private key: write the public one (age1...), and make a new pair, for this is seen")
    if value:
        import pyrage  # only where a record names a key

        try:
            pyrage.x25519.Recipient.from_str(value)  # its last letters are a checksum: a typing error is found
        except pyrage.RecipientError:
            raise ValueError(
                "this is no public key of the age format, or it was mistyped: it is age1 and 58 more letters and digits"
            ) from None
    return value


AgeKey = Annotated[str, AfterValidator(_refuse_no_key)]


class Part(BaseModel):
    """A table of the record. An unknown field, or a value of another type, is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Origin(Part):
    """Where the pictures come from."""

    taken_for: Text = Field("", description="What were the pictures taken for, by whom, with what?")
    repurposed: Answer = Field("", description="Is this purpose another one than they were taken for?")
    note: Text = Field("", description="If so: why is the new purpose compatible with the old one (Article 6(4))?")


class LawfulBasis(Part):
    """Why the processing is lawful."""

    lawful_basis: str = Field(
        "", description="anonymised, consent, contract, legal-obligation, vital-interests, public-task, "
        "legitimate-interests; when in doubt, anonymise"
    )  # fmt: skip
    answers: Notes = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = guidance.bases()
        if self.lawful_basis and self.lawful_basis not in known:
            raise ValueError(f"lawful_basis: '{self.lawful_basis}' is none of {', '.join(known)}")
        # Answers to the prompts of another basis stay: nobody loses what they typed by trying another choice.
        _refuse_unknown("answers", self.answers, {p.id for basis in known.values() for p in basis.prompts})
        return self


class ImageRights(Part):
    """The three exceptions of image-rights practice: weak for training, and never instead of a lawful basis."""

    public_figure: Answer = Field("", description="")
    part_of_scene: Answer = Field("", description="")
    paid_to_pose: Answer = Field("", description="")
    note: Text = Field("", description="For whom, and what shows it?")


class Dpia(Part):
    """The decision about a data protection impact assessment."""

    needed: Literal["", "yes", "no"] = Field(
        "", description="Is one needed? `workbench case screen` says what speaks for it"
    )
    done: Literal["", "yes", "no"] = Field("", description="Is it done?")
    by: int = Field(0, ge=0, description="Who decided: a number of [[people]], 0 while nobody did")
    decided: datetime.date | Literal[""] = Field("", description="When, as 2026-01-31")
    reason: Text = Field("", description="Why")
    document: Text = Field("", description="Where the assessment is kept")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.needed == "no" and not self.reason.strip():
            raise ValueError("reason: say why no assessment is needed")
        return self


class Retention(Part):
    """How long things are kept. -1 takes the purpose's own number of days."""

    originals_days: int = Field(-1, ge=-1, le=36_500, description="Days for originals after the end of the run")
    work_days: int = Field(-1, ge=-1, le=36_500, description="Days for this case's catalog and work files")
    releases_days: int = Field(-1, ge=-1, le=36_500, description="Days after which releases are looked at again")
    afterwards: Literal["delete", "seal"] = Field("delete", description="delete the originals then, or seal them")
    reason: Text = Field("", description="Why longer than the purpose's own, if so")
    hold: Text = Field(
        "", description="Why nothing may be deleted for now, such as a court's order; empty: nothing does"
    )


class Custodian(Part):
    """Whose keys open what is sealed: public keys, which are no secret. The private ones never stand here."""

    key: AgeKey = Field("", description="The custodian's public key (age1...): workbench seal key makes a pair")
    second_key: AgeKey = Field(
        "", description="Another one that opens all of it too, kept elsewhere: without a key nothing is ever opened"
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """The public keys that are named, each once."""
        return tuple(dict.fromkeys(key for key in (self.key, self.second_key) if key))


class Link(Part):
    """The table that leads from an output back to its original."""

    table: Literal["none", "sealed"] = Field("none", description="none, or sealed for the custodian's key")
    reason: Text = Field("", description="Why one is needed, if so")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.table == "sealed" and not self.reason.strip():
            raise ValueError("reason: say what a link table is needed for")
        return self


class Output(Part):
    """What is written."""

    max_side: int = Field(-1, ge=-1, le=100_000, description="Longest side in pixels; -1 the purpose's own, 0 no limit")
    reason: Text = Field("", description="Why larger than the purpose's own, if so")


class Person(Part):
    """Somebody who acts in the case. The number stands in the ledger, the name only here."""

    number: int = Field(ge=1)
    login: str = Field(min_length=1, max_length=200)
    """name of the account: JupyterHub's, else the system's"""
    name: Text = ""
    roles: tuple[Role, ...] = ()
    """empty for somebody who left"""


class Record(Part):
    """Everything that ``case.toml`` says, in the order in which it stands there."""

    format: Literal[1] = Field(1, description="Of this file")
    title: str = Field(min_length=1, max_length=200, description="Short name of the case")
    description: Text = Field("", description="What is to be done with the pictures")
    purpose: Purpose = Field(description="publication, ai-training or analytics: it decides how strongly is redacted")
    jurisdiction: Jurisdiction = Field(description="eu or uk")
    origin: Origin
    basis: LawfulBasis
    image_rights: ImageRights
    notes: Notes
    transparency: Notes
    supplier: Notes
    recital_26: Notes
    ai_act: Notes
    screening: Mapping[str, Answer]
    dpia: Dpia
    link: Link
    output: Output
    custodian: Custodian = Custodian()
    people: tuple[Person, ...] = ()
    retention: Retention

    @classmethod
    def new(cls, title: str, purpose: Purpose, jurisdiction: Jurisdiction = "eu", **fields: Any) -> Self:
        """Return a record in which nothing else is answered yet."""
        parts: dict[str, Any] = {
            "origin": Origin(), "basis": LawfulBasis(), "image_rights": ImageRights(), "dpia": Dpia(),
            "link": Link(), "output": Output(), "custodian": Custodian(), "retention": Retention(),
            "screening": dict.fromkeys(guidance.questions(), ""),
            **{name: {prompt.id: "" for prompt in sheet.prompts} for name, sheet in guidance.sheets().items()},
        }  # fmt: skip
        return cls(title=title, purpose=purpose, jurisdiction=jurisdiction, **{**parts, **fields})

    @property
    def digest(self) -> str:
        """SHA-256 of the record in canonical JSON, as hex; comments and order do not count."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def named(self) -> bool:
        """Whether the case names people; otherwise one person holds all roles."""
        return bool(self.people)

    def person(self, login: str) -> Person | None:
        """Return who has this account, or None."""
        return next((person for person in self.people if person.login == login), None)

    @field_validator(*guidance.sheets())
    @classmethod
    def _known_prompts(cls, answers: Notes, info: Any) -> Notes:
        _refuse_unknown("", answers, {prompt.id for prompt in guidance.sheets()[info.field_name].prompts})
        return answers

    @field_validator("screening")
    @classmethod
    def _known_questions(cls, answers: Mapping[str, Answer]) -> Mapping[str, Answer]:
        _refuse_unknown("", answers, set(guidance.questions()))
        return answers

    @model_validator(mode="after")
    def _people_differ(self) -> Self:
        for what in ("number", "login"):
            values = [getattr(person, what) for person in self.people]
            for value in values:
                if values.count(value) > 1:
                    raise ValueError(f"people: two have the {what} '{value}'")
        if self.people and not any("operator" in person.roles for person in self.people):
            raise ValueError("people: nobody is operator: give somebody that role first, or nobody could go on")
        if self.dpia.by and self.dpia.by not in {person.number for person in self.people}:
            raise ValueError(f"dpia.by: nobody in [[people]] has the number {self.dpia.by}")
        return self


def _refuse_unknown(where: str, given: Mapping[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"{where + '.' if where else ''}{name}: unknown field")
