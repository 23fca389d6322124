"""The profile: the frozen settings of a redaction, with a floor below which a purpose refuses it.

A profile is written as TOML, read strictly (an unknown or misspelt field is an error) and has a
digest that stands in every manifest. Figures in `FLOORS` come from the attacks described in
``docs/how-to/choose-a-strength.md``.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, Self

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from workbench.values import Kind, Method, Shape, UsageError

Quality = Literal["fast", "balanced", "careful"]
Purpose = Literal["publication", "analytics", "ai-training"]
MIN_DETECTION_SCORE = 0.05
"""Detections are stored from this score on; no slider can go lower."""


class KindRule(BaseModel):
    """How one kind of object is hidden."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hide: bool = True
    min_score: float = Field(0.2, ge=MIN_DETECTION_SCORE, le=1)
    """detections that score less are left visible"""
    min_size: float = Field(0, ge=0)
    """px of the shorter side; smaller objects are left visible"""
    pad: float = Field(0.3, ge=0, le=2)
    """margin on every side, as a fraction of that side"""
    shape: Shape = Shape.BOX
    method: Method = Method.SOLID
    strength: float = Field(0.5, gt=0, le=4)
    """the blur's sigma, or the pixel block's side, as a fraction of the object's shorter side; fills ignore it"""
    colour: tuple[int, int, int] = (96, 96, 96)
    """RGB of a solid fill"""

    @field_validator("colour")
    @classmethod
    def _colour_in_range(cls, colour: tuple[int, int, int]) -> tuple[int, int, int]:
        if not all(0 <= part <= 255 for part in colour):
            raise ValueError("a colour has three numbers from 0 to 255")
        return colour

    @property
    def applied(self) -> "KindRule":
        """How an object of this kind is hidden.

        The rule itself; or, where the profile leaves the kind visible and only a person asks for it, a plain box, which
        every purpose accepts.
        """
        return self if self.hide else KindRule()


class Background(BaseModel):
    """Whether everything but what is kept is hidden as well."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hide: bool = False
    keep: tuple[Kind, ...] = (Kind.PERSON,)
    """kinds whose boxes stay visible; what is hidden inside them stays hidden"""
    min_score: float = Field(0.5, ge=MIN_DETECTION_SCORE, le=1)
    """only what is surely of such a kind is kept"""
    colour: tuple[int, int, int] = (96, 96, 96)


class Output(BaseModel):
    """What is written beside the pixels, and how large."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_side: int = Field(0, ge=0)
    """px of the longer side; 0 keeps the source's size"""
    names: Literal["neutral", "keep"] = "neutral"
    """neutral numbers, or the source's own file names"""
    keep_colour_profile: bool = True
    """a wide-gamut profile, reduced to what defines its colours"""


Audio = Literal["drop", "mute", "distort", "keep"]
Damaged = Literal["refuse", "cut"]


class Video(BaseModel):
    """What holds for videos beside the rules of each kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hold: float = Field(0.2, ge=0, le=5)
    """seconds that an object stays hidden before its first and after its last sight"""
    audio: Audio = "drop"
    """"drop": no sound; "mute": silent in the intervals that a person marked, and dropped where nobody marked any;
    "distort": every voice shifted in pitch; "keep": as it is, encoded anew"""
    camera: Literal["auto", "still", "moving"] = "auto"
    """a still camera's frames are searched where something changed; "auto" looks at the clip first"""
    every: int = Field(0, ge=0, le=10)
    """search every n-th frame; 0 lets the quality and the camera decide"""
    damaged: Damaged = "refuse"
    """"refuse": a damaged video is left out; "cut": it ends at its last good frame, which its report says"""
    compression: int = Field(20, ge=10, le=35)
    """x264's constant rate factor: smaller is better and larger"""


@dataclass(frozen=True)
class Floor:
    """The weakest setting that a purpose accepts for one kind."""

    methods: tuple[Method, ...]
    pad: float
    shapes: tuple[Shape, ...]
    blur: float = 0.0
    """smallest sigma, as a fraction of the object's shorter side"""
    pixelate: float = 0.0
    """smallest block, as a fraction of the object's shorter side"""
    max_min_score: float = 1.0
    """the confidence slider may not ask for more certainty than this"""
    max_min_size: float = 1000.0
    """px; objects of this size and more may not be left visible for being small"""


MIN_HOLD: Mapping[Purpose, float] = {"publication": 0.1, "ai-training": 0.1, "analytics": 0.0}
"""seconds; a detector is late by a frame or two when somebody comes in"""

_FILLS = (Method.SOLID, Method.AVERAGE)
_ANY = tuple(Method)
_BOTH = (Shape.BOX, Shape.ELLIPSE)
_WRITING = (Kind.PLATE, Kind.TEXT, Kind.SCREEN, Kind.DOCUMENT)


def floor(purpose: Purpose, kind: Kind) -> Floor:
    """Return the weakest rule that `purpose` accepts for `kind`.

    Notes
    -----
    Publication: a trained attacker recognised 1.3 % (chance) behind a padded solid box, 14.7 % with
    no margin, 4.3 % behind an ellipse. Training data: the same fills; the ellipse is allowed.
    Analytics may blur, which is personal data still: sigma 0.3 of a face left 15.6 %, four blocks
    19.5 %; a plate was never read whole from sigma 0.75 or blocks of 1.0 of its height.
    """
    if purpose == "publication":
        return Floor(_FILLS, 0.3, (Shape.BOX,), max_min_score=0.5, max_min_size=16)
    if purpose == "ai-training":
        return Floor(_FILLS, 0.3 if kind in _WRITING else 0.2, _BOTH, max_min_score=0.6, max_min_size=24)
    if kind in _WRITING:
        return Floor(_ANY, 0.1, (Shape.BOX,), blur=0.75, pixelate=1.0, max_min_score=0.9)
    return Floor(_ANY, 0.1, _BOTH, blur=0.3, pixelate=0.25, max_min_score=0.9)


def _rules() -> dict[Kind, KindRule]:
    return {kind: KindRule(hide=kind in (Kind.FACE, Kind.PLATE, Kind.TEXT)) for kind in Kind}


class Profile(BaseModel):
    """The frozen settings of one redaction.

    Raises
    ------
    UsageError
        From `load` and `parse`: an unknown field, a value out of range, or a rule below the floor
        of its purpose. The sentence names the field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")
    purpose: Purpose
    description: str = ""
    quality: Quality = "balanced"
    """how many passes the detectors make: trades speed for fewer misses"""
    detectors: tuple[str, ...] = ("centerface", "ocr")
    """names as `workbench models list` prints them"""
    kinds: Mapping[Kind, KindRule] = Field(default_factory=_rules)
    background: Background = Background()
    output: Output = Output()
    video: Video = Video()

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, kinds: Mapping[Kind, KindRule]) -> Mapping[Kind, KindRule]:
        return {kind: kinds.get(kind, KindRule(hide=False)) for kind in Kind}

    @model_validator(mode="after")
    def _not_below_the_floor(self) -> Self:
        for kind, rule in self.kinds.items():
            if rule.hide and (problem := _below(floor(self.purpose, kind), rule)):
                raise ValueError(f"kinds.{kind}: {problem} for the purpose '{self.purpose}'")
        if self.purpose == "publication" and self.video.audio == "keep":
            raise ValueError("video.audio: a voice identifies people (use drop, mute or distort) for 'publication'")
        if self.video.hold < (least := MIN_HOLD[self.purpose]):
            raise ValueError(f"video.hold: at least {least:g} seconds for the purpose '{self.purpose}'")
        return self

    @property
    def digest(self) -> str:
        """The SHA-256 of the settings in canonical JSON, as hex; the description does not count."""
        settings = self.model_dump(mode="json", exclude={"description"})
        return hashlib.sha256(json.dumps(settings, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def hidden(self) -> tuple[Kind, ...]:
        """The kinds that this profile hides."""
        return tuple(kind for kind, rule in self.kinds.items() if rule.hide)

    def to_toml(self) -> str:
        """Return the profile as TOML text that `parse` reads back to an equal profile."""
        return tomli_w.dumps(self.model_dump(mode="json"))

    def with_kinds(self, kinds: tuple[Kind, ...]) -> "Profile":
        """Return this profile hiding exactly `kinds`."""
        rules = {kind: rule.model_copy(update={"hide": kind in kinds}) for kind, rule in self.kinds.items()}
        return self.changed(kinds=rules)

    def changed(self, **updates: Any) -> "Profile":
        """Return a validated copy with some fields replaced; raises `UsageError` like `parse`."""
        return _validated({**{name: getattr(self, name) for name in type(self).model_fields}, **updates}, self.name)


def _below(limit: Floor, rule: KindRule) -> str:
    """Return what makes `rule` weaker than `limit`, or an empty string."""
    least = {Method.BLUR: limit.blur, Method.PIXELATE: limit.pixelate}.get(rule.method, 0.0)
    problems = (
        (rule.method not in limit.methods, f"the method '{rule.method}' is too weak (use {_either(limit.methods)})"),
        (
            rule.shape not in limit.shapes,
            f"the shape '{rule.shape}' leaves corners that identify people (use {_either(limit.shapes)})",
        ),
        (rule.pad < limit.pad, f"a margin of {rule.pad:g} shows too much of the rim (at least {limit.pad:g})"),
        (
            rule.min_score > limit.max_min_score,
            f"a confidence of {rule.min_score:g} lets too much through (at most {limit.max_min_score:g})",
        ),
        (
            rule.min_size > limit.max_min_size,
            f"objects from {limit.max_min_size:g} px on may not stay visible (not {rule.min_size:g})",
        ),
        (
            rule.strength < least,
            f"a {rule.method} of strength {rule.strength:g} can be undone (at least {least:g} of the object)",
        ),
    )
    return next((sentence for is_weaker, sentence in problems if is_weaker), "")


def _either(choices: Sequence[str]) -> str:
    return " or ".join(choices)


def _validated(settings: Mapping[str, Any], where: str) -> Profile:
    try:
        return Profile.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        reason = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            reason = "unknown setting"
        raise UsageError(f"Profile {where}: {field + ': ' if field else ''}{reason}.") from None


def parse(text: str, where: str = "text") -> Profile:
    """Read a profile from TOML text; `where` names it in error messages."""
    try:
        return _validated(tomllib.loads(text), where)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"Profile {where} is not valid TOML: {error}.") from None


def from_settings(settings: Mapping[str, Any], where: str) -> Profile:
    """Return the profile with the settings that a manifest states; raises `UsageError` like `parse`."""
    return _validated(settings, where)


def builtin_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with the workbench."""
    folder = resources.files("workbench") / "builtin_profiles"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def load(name_or_file: str | Path) -> Profile:
    """Return a built-in profile by name, or one from a TOML file.

    Raises
    ------
    UsageError
        When there is no such profile or file, or when it is not valid.
    """
    if str(name_or_file) in builtin_names():
        text = (resources.files("workbench") / "builtin_profiles" / f"{name_or_file}.toml").read_text("utf-8")
        return parse(text, str(name_or_file))
    path = Path(name_or_file)
    if not path.is_file():
        raise UsageError(f"There is no profile '{name_or_file}': use {', '.join(builtin_names())}, or a TOML file.")
    return parse(path.read_text("utf-8"), path.name)
