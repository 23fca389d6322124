"""A profile's settings and a run's numbers in words that a compliance officer reads."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workbench.release.entries import Manifest
from workbench.values import Kind

NAMES: Mapping[Kind, str] = {
    Kind.FACE: "Faces",
    Kind.PLATE: "Licence plates",
    Kind.PERSON: "Whole persons",
    Kind.TEXT: "Text",
    Kind.SCREEN: "Screens",
    Kind.DOCUMENT: "Documents",
    Kind.OTHER: "Anything else",
}

METHODS: Mapping[str, str] = {
    "solid": "One fixed colour",
    "average": "One colour, the average of its surroundings",
    "pixelate": "Pixelated",
    "blur": "Blurred",
}
SOFT = ("pixelate", "blur")
"""methods that leave something of the object"""


@dataclass(frozen=True)
class KindRow:
    """What became of one kind in this release."""

    name: str
    count: int
    files: int
    status: str
    bad: bool
    """whether the status is something to worry about"""


@dataclass(frozen=True)
class Setting:
    """How one kind was hidden."""

    name: str
    how: str
    margin: str
    confidence: str
    smallest: str


@dataclass(frozen=True)
class Attack:
    """How often a trained attacker recognised a person behind one method."""

    label: str
    percent: float
    method: str
    shape: str = "box"
    here: bool = False
    """whether it is the nearest one to how this release hides faces"""


CHANCE = 1.3
"""percent: guessing one of 77 people, which the measured figure of the padded fill cannot be told from"""
_ATTACKS = (
    Attack("Nothing hidden", 99.6, ""),
    Attack("Pixelated to four blocks across the face", 19.5, "pixelate"),
    Attack("Strong blur, twice as wide as the face", 15.6, "blur"),
    Attack("One fixed colour, ellipse with margin", 4.3, "solid", "ellipse"),
    Attack("One average colour, box with margin", 2.2, "average"),
    Attack("One fixed colour, box with margin", CHANCE, "solid"),
)


def rule(manifest: Manifest, kind: Kind) -> Mapping[str, Any]:
    """Return the profile's settings for one kind."""
    found: Mapping[str, Any] = manifest.run.profile.get("kinds", {}).get(kind, {})
    return found


def kind_rows(manifest: Manifest) -> list[KindRow]:
    """Return one row for every kind there is, also for those that were not hidden."""
    hidden = manifest.hidden()
    return [
        KindRow(
            NAMES[kind],
            hidden.get(kind, 0),
            sum(kind in entry.counts for entry in manifest.files),
            *_status(manifest, kind, hidden.get(kind, 0)),
        )
        for kind in Kind
    ]


def _status(manifest: Manifest, kind: Kind, count: int) -> tuple[str, bool]:
    wanted, unseen = bool(rule(manifest, kind).get("hide")), kind in manifest.run.not_looked_for
    if kind is Kind.OTHER and manifest.run.profile.get("background", {}).get("hide"):
        return "everything around what is kept was hidden", False
    if unseen and wanted:
        return "to be hidden, but NOT looked for: no detector finds them", True
    if unseen or (kind is Kind.OTHER and not wanted):
        return "not looked for", False
    if not wanted:
        return "left visible: the settings do not hide them", False
    return ("hidden", False) if count else ("looked for, none found", False)


def settings(manifest: Manifest) -> list[Setting]:
    """Return how every hidden kind was hidden."""
    rows = []
    for kind in Kind:
        found = rule(manifest, kind)
        if not found.get("hide"):
            continue
        how = METHODS.get(str(found["method"]), str(found["method"]))
        if found["method"] in SOFT:
            part = "blocks" if found["method"] == "pixelate" else "blur radius"
            how += f", {part} of {percent(found['strength'], 0)} of the object"
        size = f"from {found['min_size']:g} px" if found["min_size"] else "every size"
        rows.append(
            Setting(
                NAMES[kind],
                f"{how} ({found['shape']})",
                f"{percent(found['pad'], 0)} on every side",
                f"from {found['min_score']:.2f}",
                size,
            )
        )
    return rows


def things(manifest: Manifest) -> str:
    """Return "2 pictures", "1 video" or "2 pictures and 1 video"."""
    parts = [(len(manifest.photos), "picture"), (len(manifest.videos), "video")]
    said = [f"{thousands(count)} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count]
    return " and ".join(said) or "0 pictures"


def hidden_things(manifest: Manifest) -> str:
    """Return what is counted as hidden, in the singular: in a video an object counts once, however long it is seen."""
    return {"picture": "region", "video": "object"}.get(manifest.noun, "region or object")


@dataclass(frozen=True)
class SoundRow:
    """What became of the sound of some videos."""

    what: str
    count: int
    minutes: float
    personal: bool
    """whether people can be heard"""


_SOUND: Mapping[str, str] = {
    "none": "There was no sound",
    "dropped": "The sound was taken out",
    "muted in parts": "Silent where a person marked it, kept elsewhere",
    "distorted": "Every voice shifted in pitch; what is said can be understood",
    "kept": "The sound was kept as it is",
}


def sound_rows(manifest: Manifest) -> list[SoundRow]:
    """Return a row for each thing that became of sound, the most private first."""
    rows = []
    for audio, what in _SOUND.items():
        found = [entry for entry in manifest.videos if entry.audio == audio]
        if found:
            minutes = float(sum(Fraction(entry.duration) for entry in found)) / 60
            rows.append(SoundRow(what, len(found), minutes, found[0].has_sound))
    return rows


def video_settings(manifest: Manifest) -> str:
    """Return how long objects of videos stay hidden around their sight, as a sentence."""
    hold = manifest.run.profile.get("video", {}).get("hold")
    if not isinstance(hold, int | float):
        return ""
    return f"An object stays hidden for {hold:g} s before its first and after its last sight, and in every gap between."


def soft_kinds(manifest: Manifest) -> list[str]:
    """Return the kinds of which something remains, in lower case."""
    return [NAMES[kind].lower() for kind in Kind if rule(manifest, kind).get("hide") and _soft(manifest, kind)]


def _soft(manifest: Manifest, kind: Kind) -> bool:
    return rule(manifest, kind).get("method") in SOFT


def attacks(manifest: Manifest) -> list[Attack]:
    """Return the measured attacks, the nearest one to this release's faces marked."""
    face = rule(manifest, Kind.FACE)
    method, shape = (face.get("method"), face.get("shape")) if face.get("hide") else ("", "box")
    nearest = [row for row in _ATTACKS if row.method == method]
    chosen = next((row for row in nearest if row.shape == shape), nearest[0] if nearest else _ATTACKS[0])
    return [Attack(row.label, row.percent, row.method, row.shape, row is chosen) for row in _ATTACKS]


def percent(share: float, digits: int = 1) -> str:
    """Return a share of 1 as a percentage: never 0 for something, and no break before the sign."""
    smallest = 10.0**-digits
    if 0 < share * 100 < smallest:
        return f"under {smallest:g}\u00a0%"
    return f"{share * 100:.{digits}f}\u00a0%"


def thousands(number: int) -> str:
    """Return a number with its thousands apart."""
    return f"{number:,}".replace(",", "\u202f")


def counted(counts: Mapping[str, int]) -> str:
    """Return "2 × face, 1 × plate", or "nothing hidden"."""
    return ", ".join(f"{number} × {kind}" for kind, number in counts.items() if number) or "nothing hidden"


def day(date: datetime.date) -> str:
    """Return a date such as "3 February 2026"."""
    return f"{date.day} {date:%B %Y}"
