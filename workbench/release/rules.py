"""A release's rows held against the settings that it claims."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.disk import printable
from workbench.profiles import KindRule
from workbench.release.entries import MANIFEST, FileEntry, Manifest, MediaEntry
from workbench.release.verification import number
from workbench.values import Finding, Kind, Method

BY_HAND = KindRule(hide=False).applied
"""how an object is hidden that only a person asked for"""


def problems(manifest: Manifest) -> Iterator[Finding]:
    """Yield where the settings do not have their digest, and where something was not hidden as they say."""
    settings = manifest.run.profile
    canonical = json.dumps(settings, sort_keys=True, separators=(",", ":"))
    if hashlib.sha256(canonical.encode()).hexdigest() != manifest.run.profile_digest:
        yield Finding("profile", "The profile's settings do not have the digest that stands beside them.", MANIFEST)
    kinds = section(settings, "kinds")
    for entry in manifest.files:
        strange = [at for at, row in enumerate(entry.rows) if not _by_the_rules(settings, section(kinds, row[0]), row)]
        if strange:
            message = (
                f"{printable(entry.path)}: {_described(entry, strange[0])}, which is not what the profile says "
                f"({number(len(strange), 'such region')})."
            )
            yield Finding("profile", message, entry.path)
        if not isinstance(entry, FileEntry) and not _sound_by_the_rules(settings, entry.audio):
            message = f"{printable(entry.path)}: its sound was {entry.audio}, which is not what the profile says."
            yield Finding("profile", message, entry.path)


def _by_the_rules(settings: Mapping[str, Any], rule: Mapping[str, Any], row: tuple[Any, ...]) -> bool:
    kind, method, shape = row
    background = section(settings, "background").get("hide") and kind is Kind.OTHER and method is Method.SOLID
    if not rule.get("hide"):  # a person asked for it
        return bool(background) or (method, shape) == (BY_HAND.method, BY_HAND.shape)
    return bool(background) or (rule.get("method"), rule.get("shape")) == (method, shape)


def _sound_by_the_rules(settings: Mapping[str, Any], audio: str) -> bool:
    words = {"keep": "kept", "mute": "muted in parts", "distort": "distorted"}
    policy = str(section(settings, "video").get("audio"))
    # Less sound than allowed is never wrong: some sound cannot be read, or nobody marked anything.
    return audio in ("none", "dropped", words.get(policy))


def _described(entry: MediaEntry, at: int) -> str:
    if isinstance(entry, FileEntry):
        frame, kind, method, shape, *box = entry.regions[at]
        return f"the region {box} of frame {frame} is a {kind} hidden by '{method}' as {shape}"
    _, first, last, kind, method, shape, *box = entry.spans[at]
    return f"the region {box} of frames {first} to {last} is a {kind} hidden by '{method}' as {shape}"


def colours(settings: Mapping[str, Any]) -> dict[str, list[tuple[int, int, int]]]:
    """Return the colours that a solid fill of each kind may have by these settings."""
    found = {}
    for kind, rule in section(settings, "kinds").items():
        if isinstance(rule, dict) and not rule.get("hide"):
            found[str(kind)] = [BY_HAND.colour]
        elif isinstance(rule, dict) and _is_colour(rule.get("colour")):
            found[str(kind)] = [_colour(rule["colour"])]
    background = section(settings, "background")
    if background.get("hide") and _is_colour(background.get("colour")):
        found.setdefault(str(Kind.OTHER), []).append(_colour(background["colour"]))
    return found


def _is_colour(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 3 and all(isinstance(part, int) for part in value)


def _colour(value: Any) -> tuple[int, int, int]:
    red, green, blue = value
    return red, green, blue


def section(settings: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a part of settings that anybody may have changed."""
    found = settings.get(name)
    return found if isinstance(found, dict) else {}
