"""What an ICC colour profile discloses (ICC.1:2022), and whether it only says how colours look."""

from workbench.media.bytewise import number
from workbench.media.facts import Facts, Source, decode

_COLOUR_TAGS = {
    b"wtpt", b"bkpt", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"chad", b"chrm", b"cicp",
    b"desc", b"cprt",
}  # fmt: skip
_HARMLESS = {
    "", "none", "no copyright, use freely", "cc0", "public domain", "rgb", "grey", "gray", "srgb", "srgb built-in",
    "display p3", "adobe rgb (1998)", "prophoto rgb", "rec. 2020",
}  # fmt: skip
"""Texts that say nothing about who made the profile, and the names of well-known colour spaces."""
_PARAMETERS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}
"""how many numbers each parametric curve has"""
_TEXTS = {
    b"desc": ("colour profile", "profile description"), b"dmnd": ("device", "device manufacturer"),
    b"dmdd": ("device", "device model"), b"cprt": ("person", "profile copyright"),
    b"vued": ("other", "viewing conditions"),
    b"targ": ("other", "measured target"), b"scrd": ("other", "screening"),
    b"ps2i": ("other", "rendering dictionary"),
}  # fmt: skip
MAX_TAGS = 200


def tags(profile: bytes) -> list[tuple[bytes, int, int]]:
    """Return signature, offset and size of each tag."""
    count = min(number(profile, 128, 4), MAX_TAGS)
    rows = [(128 + 4 + 12 * index) for index in range(count)]
    return [
        (profile[at : at + 4], number(profile, at + 4, 4), number(profile, at + 8, 4))
        for at in rows
        if at + 12 <= len(profile)
    ]


def text(profile: bytes, offset: int, size: int) -> str:
    """Return the text of a text, description or multi-language tag."""
    body = profile[offset : offset + min(size, 4000)]
    if body[:4] == b"desc":
        return decode(body[12 : 12 + number(body, 8, 4)])
    if body[:4] == b"mluc":
        at, length = number(body, 24, 4), number(body, 20, 4)
        return body[at : at + length].decode("utf-16-be", "replace").strip("\0 ")
    return decode(body[8:]) if body[:4] == b"text" else ""


def read_icc(facts: Facts, source: Source) -> None:
    """Add what a colour profile discloses: its name, the device it was made for, its date and its makers."""
    profile = source.data
    where = f"{source.where}" if source.where.endswith("ICC") else f"{source.where}, ICC"
    facts.add("colour profile", "ICC profile", f"{len(profile)} bytes", where, source.base)
    if len(profile) < 132:
        return
    when = [number(profile, 24 + 2 * index, 2) for index in range(6)]
    if any(when):
        date = "{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}".format(*when)
        facts.add("date", "profile made on", date, where, source.at(24))
    for label, at in (("profile maker", 4), ("device maker", 48), ("device model", 52), ("creator", 80)):
        name = profile[at : at + 4].strip(b"\0 ")
        if name:
            facts.add("device", f"{label} (ICC)", decode(name), where, source.at(at))
    if profile[84:100].strip(b"\0"):
        facts.add("serial", "profile ID", profile[84:100].hex(), where, source.at(84))
    for signature, offset, size in tags(profile):
        if signature in _TEXTS and (value := text(profile, offset, size)):
            group, label = _TEXTS[signature]
            facts.add(group, label, value, where, source.at(offset))


def problem(profile: bytes) -> str:
    """Return what a profile tells beside how colours look, or an empty string when it tells nothing else."""
    checks = (
        (len(profile) < 132 or number(profile, 0, 4) != len(profile) or profile[36:40] != b"acsp", "is not sound"),
        (profile[24:36].strip(b"\0"), "carries a date"),
        ((profile[4:8] + profile[48:64] + profile[80:100]).strip(b"\0"), "names a device or a maker, or carries an ID"),
        (profile[100:128].strip(b"\0"), "carries bytes in its reserved fields"),
    )
    found = next((message for failed, message in checks if failed), "")
    return found or _tag_problem(profile)


def _tag_problem(profile: bytes) -> str:
    used = [(0, 132 + 12 * number(profile, 128, 4))]
    for signature, offset, size in tags(profile):
        name = decode(signature)
        if signature not in _COLOUR_TAGS:
            return f"has the tag '{name}', which colours do not need"
        if not _exact(profile[offset : offset + size]):
            return f"carries more in the tag '{name}' than its type needs"
        if signature in (b"cprt", b"desc") and text(profile, offset, size).lower() not in _HARMLESS:
            return f"carries a text of its own in the tag '{name}'"
        used.append((offset, offset + size))
    end = 0
    for start, stop in [*sorted(used), (len(profile), len(profile))]:
        if start > end + 3 or profile[end:start].strip(b"\0"):
            return "has bytes that no tag refers to"
        end = max(end, stop)
    return ""


def _exact(body: bytes) -> bool:
    """Tell whether a tag holds what its type calls for and nothing else."""
    kind = body[:4]
    if kind == b"desc":
        # Behind the text: two more texts in other scripts, empty here, with their lengths.
        return not body[12 + number(body, 8, 4) :].strip(b"\0") and len(body) <= 200
    sizes = {
        b"XYZ ": 20,
        b"sf32": 44,
        b"cicp": 12,
        b"chrm": 36,
        b"curv": 12 + 2 * number(body, 8, 4),
        b"para": 12 + 4 * _PARAMETERS.get(number(body, 8, 2), 0),
        b"mluc": 28 + number(body, 20, 4) if number(body, 8, 4) == 1 and number(body, 24, 4) == 28 else -1,
        b"text": len(body),
    }
    return len(body) == sizes.get(kind, -1)
