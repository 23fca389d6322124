"""What the scenes of a run ask of its profile: streets, schools, crowds, files of high sensitivity. Data, no code."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from workbench.governance.guidance import Raise

HIGH_SENSITIVITY = "high-sensitivity"
"""the scene of every file whose sensitivity is "high" """


class Scene(BaseModel):
    """One sort of place or occasion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    """in words"""
    also: tuple[str, ...] = ()
    """other words for the same scenario"""
    raises: tuple[Raise, ...] = ()
    """settings of a profile that may not be weaker where such a file is in the run"""
    checks: tuple[str, ...] = ()
    review: float = 1.0
    """the review's target is multiplied by it"""


@cache
def scenes() -> dict[str, Scene]:
    """Return the known scenes by id, in the order of a form."""
    text = (resources.files("workbench.governance") / "data" / "scenes.toml").read_text("utf-8")
    return {row["id"]: Scene.model_validate(row) for row in tomllib.loads(text)["scene"]}


@cache
def _words() -> dict[str, str]:
    return {word: scene.id for scene in scenes().values() for word in (scene.id, *scene.also)}


def scene_of(scenario: str) -> str:
    """Return the id of the scene that a scenario is, or "" for one that asks for nothing of its own."""
    return _words().get(scenario, "")


def present(said: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Return the ids of the scenes among files, by what is said about each ("scenario", "sensitivity")."""
    found = set()
    for values in said:
        found.add(scene_of(values.get("scenario", "")))
        if values.get("sensitivity") == "high":
            found.add(HIGH_SENSITIVITY)
    return tuple(name for name in scenes() if name in found)


def chosen(ids: Iterable[str]) -> tuple[Scene, ...]:
    """Return the scenes with these ids, each once, in the order of the list; other words are passed over."""
    wanted = {scene_of(name) for name in ids}
    return tuple(scene for scene in scenes().values() if scene.id in wanted)
