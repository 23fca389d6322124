"""What the intake knows about one file, and what may be said about it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.catalog.said import FIELDS
from workbench.disk import printable
from workbench.values import Asset, UsageError

DEVICES = (
    "phone",
    "camera",
    "action camera",
    "drone",
    "dash or security camera",
    "scanner or screenshot",
    "unknown",
)
"""classes of what took a picture"""
SENSITIVITIES = ("low", "normal", "high")
LONGEST = {"scenario": 40, "camera": 40, "provenance": 300, "rights": 300, "model_release": 1000}
"""characters"""
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Described:
    """One file of a case as the intake knows it."""

    asset: Asset
    width: int = 0
    """px of the upright picture; 0 where it could not be read"""
    height: int = 0
    """px"""
    seconds: float = 0.0
    """a video's; 0 for a photo"""
    device: str = "unknown"
    """one of `DEVICES`"""
    model: str = ""
    """make and model of the device as the file states them"""
    taken: str = ""
    """the day as the file states it, ``YYYY-MM-DD``"""
    discloses: tuple[str, ...] = ()
    """groups of what it tells beside its pixels: "GPS", "device", "serial", "dates", "thumbnail", … """
    said: Mapping[str, str] = field(default_factory=dict)
    """scenario, camera, sensitivity, provenance, rights, model_release (and model_release_sha256), as far as said"""
    how: Mapping[str, str] = field(default_factory=dict)
    """"rule" or "hand" for each of `said`"""
    kinds: Mapping[str, int] = field(default_factory=dict)
    """what detectors found, by kind; of a video its objects"""
    searched: bool = False
    """whether detectors looked at it at all: without that `kinds` says nothing"""
    alike: int = 0
    """number of its group of near duplicates, 0 for none"""
    best: bool = True
    """False for a near duplicate that may be dropped, since a better one is kept"""
    problem: str = ""
    """why it cannot be used; "" for a photo or video that can"""

    @property
    def key(self) -> tuple[str, str]:
        """Source folder and path: what tells it from every other file."""
        return self.asset.source, self.asset.path


@dataclass(frozen=True)
class Counts:
    """How many of some files are of which sort: what a screen shows above the table."""

    files: int
    problems: int
    media: Mapping[str, int]
    device: Mapping[str, int]
    discloses: Mapping[str, int]
    scenario: Mapping[str, int]
    """"" counts those of which nothing is said"""
    sensitivity: Mapping[str, int]
    duplicates: int
    """near duplicates that may be dropped"""


def checked(values: Mapping[str, str]) -> dict[str, str]:
    """Return what is said about files, in the form in which it is kept; "" takes something back.

    Raises
    ------
    UsageError
        When a field is unknown, or a value none that it takes.
    """
    found = {}
    for name, value in values.items():
        if name not in FIELDS:
            raise UsageError(f"'{printable(name)}' cannot be said about a file: use one of {', '.join(FIELDS)}.")
        found[name] = _value(name, value)
    return found


def _value(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{name} is a text in quotes, not {value!r}.")
    text = " ".join(value.split())
    if not text:
        return ""
    if name == "sensitivity":
        if text.lower() not in SENSITIVITIES:
            raise UsageError(f"sensitivity is one of {', '.join(SENSITIVITIES)}, not '{printable(text)}'.")
        return text.lower()
    if len(text) > LONGEST[name]:
        raise UsageError(f"{name} is longer than {LONGEST[name]} characters: say it shorter.")
    if name in ("scenario", "camera"):
        word = re.sub(r"[ _]+", "-", text.lower())
        if not _WORD.fullmatch(word):
            raise UsageError(
                f"{name} is one plain word such as street or fixed-camera (letters a–z, digits and -), "
                f"not '{printable(text)}'."
            )
        return word
    if not text.isprintable():
        raise UsageError(f"{name} holds characters that cannot be shown: type it again.")
    return text


def counted(files: Sequence[Described]) -> Counts:
    """Return how many of the files are of which sort; files with a problem count as such alone."""
    good = [each for each in files if not each.problem]
    tell = {
        "media": [str(each.asset.media) for each in good],
        "device": [each.device for each in good],
        "discloses": [group for each in good for group in each.discloses],
        "scenario": [each.said.get("scenario", "") for each in good],
        "sensitivity": [each.said.get("sensitivity", "") for each in good],
    }
    return Counts(
        files=len(good),
        problems=len(files) - len(good),
        duplicates=sum(not each.best for each in good),
        **{name: _sorted(values) for name, values in tell.items()},
    )


def _sorted(values: list[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for value in values:
        numbers[value] = numbers.get(value, 0) + 1
    return dict(sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])))
