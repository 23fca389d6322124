"""What sort of device took a picture, from what the file discloses: a class, never a proof."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from workbench.media.facts import Disclosure

_MAKE = re.compile(r"(^|[\s:.\xa9])(make|mak|manufacturer)$", re.I)
_MODEL = re.compile(r"(^|[\s:.\xa9])(model|mod|device name|camera model|image type)$", re.I)
_NO_DEVICE = ("ICC", "C2PA", "JUMBF")
"""structures that speak of a screen or a program, not of what took the picture"""
_NO_NAME = ("camera", "unknown", "none", "n/a")
_CLASSES: Sequence[tuple[str, re.Pattern[str]]] = (
    (
        "scanner or screenshot",
        re.compile(r"screenshot|screen.?shot|screencapture|scan(ner|jet|snap)?\b|canoscan", re.I),
    ),
    (
        "drone",
        re.compile(r"\b(dji|parrot|autel|skydio|yuneec|hasselblad l\dd|gopro karma|phantom|mavic|anafi)\b", re.I),
    ),
    ("action camera", re.compile(r"gopro|insta360|osmo (action|pocket)|hero\d|sjcam|akaso|arashi vision", re.I)),
    (
        "dash or security camera",
        re.compile(
            r"viofo|blackvue|nextbase|thinkware|dash ?cam|70mai|novatek|hikvision|dahua|\baxis\b|reolink|mobotix|"
            r"foscam|uniview|hanwha|vivotek|\bring\b|arlo|wyze|eufy|nest ?cam|trail ?cam|reconyx|bushnell",
            re.I,
        ),
    ),
    (
        "phone",
        re.compile(
            r"iphone|ipad|pixel \d|galaxy|\bsm-[a-z]\d|huawei|honor|xiaomi|redmi|oneplus|oppo|vivo\b|realme|nokia|"
            r"lumia|motorola|\bmoto\b|lg electronics|\bhtc\b|xperia|fairphone|zenfone|blackberry|nexus|poco|"
            r"\bgt-[in]\d|\bsgh-|com\.android|android",
            re.I,
        ),
    ),
    (
        "camera",
        re.compile(
            r"canon|nikon|fuji|olympus|om digital|panasonic|lumix|leica|pentax|ricoh|sony|minolta|kodak|casio|sigma|"
            r"hasselblad|phase one|samsung|agfa|sanyo|epson|toshiba|\bhp\b|hewlett|polaroid|vivitar|praktica|kyocera|"
            r"mamiya|rollei|red digital|arri|blackmagic|\bjvc\b|sanyo|traveler|medion|benq|premier",
            re.I,
        ),
    ),
)
_DAY = re.compile(r"\b(\d{4})[:\-/](0[1-9]|1[0-2])[:\-/](0[1-9]|[12]\d|3[01])")
_ZERO_CLOCKS = 1970
"""1904 and 1970 are clocks that were never set"""
_SHOT = re.compile(
    r"(DateTimeOriginal|date ?created|CreateDate|created|creation|DateTimeDigitized|DateTime|date)$", re.I
)


def device_of(rows: Iterable[Disclosure], path: str) -> tuple[str, str]:
    """Return (class, make and model as stated) of what took a picture.

    Parameters
    ----------
    rows : iterable of Disclosure
        As `media.disclose.disclosures` gives them.
    path : str
        Of the file: a screenshot is mostly told by its name alone.
    """
    told = [
        row
        for row in rows
        if row.group in ("device", "maker note", "comment") and not any(name in row.where for name in _NO_DEVICE)
    ]
    make = _first(told, _MAKE)
    model = _first(told, _MODEL)
    named = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    sources = [f"{make} {model}", *(f"{row.label} {row.value}" for row in told if row.group == "device")]
    if not make and not model:
        sources.append(" ".join(row.value for row in told if row.group == "comment" and "creenshot" in row.value))
        sources.append(PurePosixPath(path).name if "creenshot" in path else "")
    for text in filter(str.strip, sources):
        for name, pattern in _CLASSES:
            if pattern.search(text):
                return name, named
    return "unknown", named


def day_of(rows: Iterable[Disclosure]) -> str:
    """Return the day on which a picture was taken, ``YYYY-MM-DD``, as the file's own bytes state it; "" for none."""
    days = []
    for row in rows:
        if row.group != "date" or row.where == "file system" or any(name in row.where for name in _NO_DEVICE):
            continue
        day = _DAY.search(row.value) if _SHOT.search(row.label) else None
        if day and int(day[1]) > _ZERO_CLOCKS:
            days.append(("original" not in row.label.lower(), f"{day[1]}-{day[2]}-{day[3]}"))
    return min(days, key=lambda each: each[0], default=(False, ""))[1]


def groups_of(rows: Iterable[Disclosure]) -> tuple[str, ...]:
    """Return the groups of what a file tells by its own bytes, each once, in the order of `GROUPS`.

    What only says how the pixels are laid out or were exposed ("other") is left out: nearly every file has it.
    """
    found = {row.group for row in rows if row.where != "file system" and row.group != "other"}
    return tuple(group for group in GROUPS if group in found) + tuple(sorted(found - set(GROUPS)))


GROUPS = (
    "GPS",
    "person",
    "device",
    "serial",
    "date",
    "thumbnail",
    "comment",
    "XMP",
    "maker note",
    "C2PA",
    "second picture",
    "trailer",
    "colour profile",
)
"""what files may disclose, the most telling first; see `media.facts.Disclosure`"""


def _first(rows: Sequence[Disclosure], label: re.Pattern[str]) -> str:
    values = (row.value.strip() for row in rows if row.group == "device" and label.search(row.label))
    return next((value for value in values if value.lower() not in _NO_NAME), "")
