"""Tags of videos: which group a name belongs to, and positions written as text (ISO 6709)."""

import re

from workbench.media.facts import Facts

_GROUPS = (
    ("GPS", "gps location loci xyz latitude longitude iso6709 geo place"),
    ("thumbnail", "cover covr thmb thumb thumbnail poster artwork"),
    ("serial", "serial uuid came muid gumi guid media.?id camera.?id lens imei content.?identifier unique"),
    ("date", r"\w*date time \w*_time timecode year day created modified yrrc \w+time"),
    ("device", r"make mak model mod software swr encod\w* firm\w* device android camera tool too enc vendor maker"),
    ("person", "artist author auth aut owner composer wrt performer? perf director producer copyright cpy cprt art"),
    ("person", "publisher writer actor person credit dir prd user contentdistributor"),
    ("comment", r"comment (sub)?title nam titl desc\w* keywords? lyrics? album genre text notes? caption name cmt lyr"),
)
_WORDS = [(group, re.compile(rf"\b(?:{'|'.join(words.split())})\b")) for group, words in _GROUPS]
_OWNERS = re.compile(r"^com[. ](apple[. ]quicktime|android)[. ]")
_PLACE = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:([+-]\d+(?:\.\d+)?))?(?:CRS\w*)?/?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.0+)?Z")
_MAX_SEEN = 500


def group_of(name: str) -> str:
    """Return the group of a tag by its name."""
    plain = _OWNERS.sub("", name.lower().replace("com.android.version", "android"))
    plain = re.sub(r"[.\-\xa9:/]+", " ", plain)
    return next(
        (group for group, words in _WORDS if words.search(plain) or words.search(plain.replace("_", " "))), "other"
    )


def add_tag(facts: Facts, name: str, value: str, where: str, at: int | None) -> None:
    """Add a tag of a video; a position comes as lines of its own."""
    group = group_of(name)
    place = _PLACE.fullmatch(value.strip())
    if group == "GPS" and place:
        if at is not None or not is_listed(facts, f"{float(place[1]):.6f}°"):
            add_place(facts, float(place[1]), float(place[2]), float(place[3]) if place[3] else None, where, at)
    elif value.strip():
        facts.add(group, name, value, where, at)


def add_place(
    facts: Facts, latitude: float, longitude: float, altitude: float | None, where: str, at: int | None
) -> None:
    """Add a position."""
    facts.add("GPS", "latitude", f"{latitude:.6f}°", where, at)
    facts.add("GPS", "longitude", f"{longitude:.6f}°", where, at)
    if altitude is not None:
        facts.add("GPS", "altitude", f"{altitude:g} m", where, at)


def is_listed(facts: Facts, value: str) -> bool:
    """Tell whether a value stands in a line already, so that a second reader need not repeat it."""
    moment = _MOMENT.fullmatch(value.strip())
    plain = f"{moment[1]} {moment[2]} UTC" if moment else " ".join(value.split())
    return any(plain in row.value for row in facts.rows[:_MAX_SEEN])
