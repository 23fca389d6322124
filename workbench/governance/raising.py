"""Settings of a profile that something asks to be stronger: is a profile weak there, and what would be enough."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench import profiles
from workbench.governance.guidance import Raise
from workbench.profiles import Profile

_ORDERS: Mapping[str, tuple[str, ...]] = {
    "quality": ("fast", "balanced", "careful"),
    "audio": ("keep", "distort", "mute", "drop"),
    "names": ("keep", "neutral"),
    "method": ("blur", "pixelate", "average", "solid"),
}


def _more(value: Any) -> float:
    return float(value)


def _less(value: Any) -> float:
    return -float(value)


def _side(value: Any) -> float:
    return -float(value) if value else -math.inf


def _place_in(order: tuple[str, ...]) -> Callable[[Any], float]:
    return lambda value: float(order.index(value))


_STRENGTH: Mapping[str, Callable[[Any], float]] = {
    "hide": _more,
    "pad": _more,
    "hold": _more,
    "min_score": _less,
    "min_size": _less,
    "max_side": _side,
    **{name: _place_in(order) for name, order in _ORDERS.items()},
}
"""how strong a setting is, by the last step of its path; what is not here cannot be raised"""


@dataclass(frozen=True)
class Weakness:
    """A setting that is weaker than what is asked for."""

    setting: str
    has: Any
    needs: Any
    why: str
    must: bool


def weaknesses(profile: Profile, wanted: Iterable[Raise]) -> Iterator[Weakness]:
    """Yield every setting of `profile` that is weaker than something in `wanted`.

    A rule for a kind that the profile does not hide is weak only where "hide" itself is asked for.
    """
    settings = profile.model_dump(mode="json")
    for want in wanted:
        has = _get(settings, want.setting)
        strength = _STRENGTH[want.setting.rpartition(".")[2]]
        if strength(has) < strength(want.value):
            yield Weakness(want.setting, has, want.value, want.why, want.must)


def raised(profile: Profile, wanted: Iterable[Raise], name: str) -> Profile:
    """Return `profile` as strong as `wanted`, under another name where that changed anything."""
    settings = profile.model_dump(mode="json")
    changes = list(weaknesses(profile, wanted))
    for change in changes:
        *path, last = change.setting.split(".")
        place = settings
        for step in path:
            place = place[step]
        place[last] = change.needs
    return profiles.from_settings({**settings, "name": name}, name) if changes else profile


def strongest(wanted: Iterable[Raise]) -> tuple[Raise, ...]:
    """Return one for each setting, the strongest; what must be comes before what is suggested."""
    best: dict[tuple[str, bool], Raise] = {}
    for want in wanted:
        key = (want.setting, want.must)
        strength = _STRENGTH[want.setting.rpartition(".")[2]]
        if key not in best or strength(want.value) > strength(best[key].value):
            best[key] = want
    return tuple(sorted(best.values(), key=lambda want: not want.must))


def _get(settings: Mapping[str, Any], path: str) -> Any:
    value: Any = settings
    for step in path.split("."):
        value = value[step]
    return value
