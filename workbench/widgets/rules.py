"""Between a profile and the sliders: plain rules, their limits, and back. Pure functions."""

import json
from typing import Any

from pydantic import ValidationError

from workbench.profiles import MIN_DETECTION_SCORE, MIN_HOLD, KindRule, Profile, Video, floor
from workbench.values import Kind, Method, UsageError

Rules = dict[str, dict[str, Any]]
"""kind → the fields of `KindRule` as plain numbers, strings and lists"""

_WIDEST = {"min_size": 200.0, "pad": 1.0, "strength": 2.0}
"""where the sliders end, unless the profile itself asks for more"""
_PURPOSES = {"publication": "publication", "analytics": "internal analytics", "ai-training": "AI training"}


def rules_of(profile: Profile) -> Rules:
    """Return the rules of `profile`; those of kinds it does not hide are lifted to the purpose's floor.

    So a kind can be switched on as it is, without being refused.
    """
    rules = {}
    for kind, rule in profile.kinds.items():
        plain = rule.model_dump(mode="json")
        limits = floor(profile.purpose, kind)
        if not rule.hide:
            plain["pad"] = max(rule.pad, limits.pad)
            plain["min_score"] = min(rule.min_score, limits.max_min_score)
            plain["min_size"] = min(rule.min_size, limits.max_min_size)
            plain["method"] = str(rule.method if rule.method in limits.methods else limits.methods[0])
            plain["shape"] = str(rule.shape if rule.shape in limits.shapes else limits.shapes[0])
            plain["strength"] = max(rule.strength, _least_strength(profile, kind, Method(plain["method"])))
        rules[str(kind)] = plain
    return rules


def with_rules(profile: Profile, rules: object) -> Profile:
    """Return `profile` with its kinds replaced by `rules`, which may come from a visitor.

    Raises
    ------
    UsageError
        When the rules are not complete, not of the right types, out of range, or below the floor of
        the profile's purpose.
    """
    names = {str(kind) for kind in Kind}
    if not isinstance(rules, dict) or set(rules) != names:
        raise UsageError(f"The settings must name exactly these kinds: {', '.join(sorted(names))}.")
    return profile.changed(kinds={Kind(kind): _rule(kind, rule) for kind, rule in rules.items()})


def _rule(kind: str, rule: object) -> KindRule:
    if not isinstance(rule, dict) or set(rule) != set(KindRule.model_fields):
        raise UsageError(f"The settings of the kind '{kind}' are not complete.")
    try:
        # Strict JSON: neither "0.3" nor true passes as a number, and there is no infinity in it.
        return KindRule.model_validate_json(json.dumps(rule, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"kinds.{kind}.{field}: {first['msg']}.") from None
    except (TypeError, ValueError):
        raise UsageError(f"The settings of the kind '{kind}' are not plain numbers and words.") from None


def with_video(profile: Profile, settings: object) -> Profile:
    """Return `profile` with its settings for videos replaced; what may come from a visitor is checked.

    Raises
    ------
    UsageError
        When they are not complete, not of the right types, out of range, or not allowed for the purpose.
    """
    if not isinstance(settings, dict) or set(settings) != set(Video.model_fields):
        raise UsageError("The settings for videos are not complete.")
    try:
        video = Video.model_validate_json(json.dumps(settings, allow_nan=False), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"video.{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None
    except (TypeError, ValueError):
        raise UsageError("The settings for videos are not plain numbers and words.") from None
    return profile.changed(video=video)


def video_limits(profile: Profile) -> dict[str, Any]:
    """Return the ranges and choices of the settings for videos."""
    sounds = [sound for sound in ("drop", "mute", "distort", "keep") if _allows_sound(profile, sound)]
    return {"audio": sounds, "hold": [MIN_HOLD[profile.purpose], max(2.0, profile.video.hold)]}


def _allows_sound(profile: Profile, sound: str) -> bool:
    try:
        with_video(profile, {**profile.video.model_dump(mode="json"), "audio": sound})
    except UsageError:
        return False
    return True


def limits_of(profile: Profile) -> dict[str, Any]:
    """Return the range of every slider and the choices of every list, with the reason in plain words."""
    purpose = _PURPOSES[profile.purpose]
    return {"purpose": purpose, "kinds": {str(kind): _limits(profile, kind, purpose) for kind in Kind}}


def _limits(profile: Profile, kind: Kind, purpose: str) -> dict[str, Any]:
    rule, limit = profile.kinds[kind], floor(profile.purpose, kind)
    strongest = max(_WIDEST["strength"], rule.strength)
    return {
        "min_score": [MIN_DETECTION_SCORE, limit.max_min_score],
        "min_size": [0, min(max(_WIDEST["min_size"], rule.min_size), limit.max_min_size)],
        "pad": [limit.pad, max(_WIDEST["pad"], rule.pad)],
        "blur": [_least_strength(profile, kind, Method.BLUR), strongest],
        "pixelate": [_least_strength(profile, kind, Method.PIXELATE), strongest],
        "methods": [str(method) for method in limit.methods],
        "shapes": [str(shape) for shape in limit.shapes],
        "hints": {
            "min_score": f"Lower hides more. For {purpose}, at most {limit.max_min_score:.0%}.",
            "min_size": _size_hint(purpose, limit.max_min_size),
            "pad": f"Hidden around the object on every side. For {purpose}, at least {limit.pad:.0%}.",
            "strength": f"More leaves less to recognise. Weaker settings are not offered for {purpose}.",
        },
    }


def _size_hint(purpose: str, largest: float) -> str:
    hint = "Smaller ones stay visible. 0 hides every size."
    return f"{hint} For {purpose}, at most {largest:g} pixels." if largest < _WIDEST["min_size"] else hint


def _least_strength(profile: Profile, kind: Kind, method: Method) -> float:
    limit = floor(profile.purpose, kind)
    return {Method.BLUR: limit.blur, Method.PIXELATE: limit.pixelate}.get(method, 0.0) or 0.05
