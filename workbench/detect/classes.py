"""What the classes of well-known detection networks mean here.

Names are compared without case, spaces and punctuation: "License-Plate", "license_plate" and "licenseplate"
are one.
"""

import re
from collections.abc import Mapping

from workbench.values import Kind, UsageError

Table = Mapping[str, Kind]

COCO: Table = {
    "person": Kind.PERSON,
    "tv": Kind.SCREEN,
    "laptop": Kind.SCREEN,
    "cell phone": Kind.SCREEN,
    "book": Kind.DOCUMENT,
}
"""The 80 classes of COCO 2017 (https://cocodataset.org) that show people or what they read."""

OPEN_IMAGES: Table = {
    "Human face": Kind.FACE,
    "Human head": Kind.FACE,
    "Vehicle registration plate": Kind.PLATE,
    "Person": Kind.PERSON,
    "Man": Kind.PERSON,
    "Woman": Kind.PERSON,
    "Boy": Kind.PERSON,
    "Girl": Kind.PERSON,
    "Television": Kind.SCREEN,
    "Computer monitor": Kind.SCREEN,
    "Laptop": Kind.SCREEN,
    "Mobile phone": Kind.SCREEN,
    "Tablet computer": Kind.SCREEN,
    "Book": Kind.DOCUMENT,
    "Envelope": Kind.DOCUMENT,
    "Whiteboard": Kind.DOCUMENT,
}
"""The same of the 601 classes of Open Images V7 (https://storage.googleapis.com/openimages/web/index.html)."""

FACE: Table = dict.fromkeys(("face", "faces", "human face", "head", "heads", "human head"), Kind.FACE)
"""How networks that find faces call them."""

PLATE: Table = dict.fromkeys(
    (
        "plate",
        "plates",
        "lp",
        "license",
        "licence",
        "license plate",
        "licence plate",
        "license plates",
        "licence plates",
        "car plate",
        "car license plate",
        "vehicle license plate",
        "number plate",
        "number plates",
        "registration plate",
        "vehicle registration plate",
    ),
    Kind.PLATE,
)
"""How networks that find number plates call them."""

TABLES: Mapping[str, Table] = {"coco": COCO, "open-images": OPEN_IMAGES, "face": FACE, "plate": PLATE}
"""The built-in tables by name."""


def plain(name: str) -> str:
    """Return a class name without case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", name.casefold())


def kinds_of(names: Mapping[int, str], classes: str | Mapping[str, str] | None, weights: str) -> Mapping[int, Kind]:
    """Return which kind each class of a network is; classes that are none are left out.

    Parameters
    ----------
    names : mapping of int to str
        The network's own class names by number; empty when its file has none.
    classes : str or mapping of str to str, optional
        A built-in table's name, or kinds by class name or number. Without it every built-in table is tried.
    weights : str
        The file's name, for error messages.

    Raises
    ------
    UsageError
        When a class, a kind or a table is unknown, or when no class of the network means anything here.
    """
    if isinstance(classes, Mapping) and classes:
        return dict(_chosen(name, kind, names, weights) for name, kind in classes.items())
    if isinstance(classes, str) and classes not in TABLES:
        raise UsageError(f"There is no class table '{classes}': use {', '.join(TABLES)}, or give kinds by class.")
    tables = [TABLES[classes]] if isinstance(classes, str) else list(TABLES.values())
    if not names and isinstance(classes, str) and len(set(tables[0].values())) == 1:
        return {0: next(iter(tables[0].values()))}  # a network of one class, whose file does not name it
    known = {plain(name): kind for table in tables for name, kind in table.items()}
    found = {number: known[plain(name)] for number, name in names.items() if plain(name) in known}
    if not found:
        has = f"has the classes {_listed(names)}" if names else "does not name its classes"
        raise UsageError(
            f"{weights} {has}, and no built-in table says what to hide: give kinds by class, "
            f'such as {{"{next(iter(names.values()), "0")}" = "plate"}}.'
        )
    return found


def _chosen(name: str, kind: str, names: Mapping[int, str], weights: str) -> tuple[int, Kind]:
    if kind not in set(Kind):
        raise UsageError(f"There is no kind '{kind}' (for the class '{name}'): use {', '.join(Kind)}.")
    by_name = {plain(own): number for number, own in names.items()}
    if plain(name) in by_name:
        return by_name[plain(name)], Kind(kind)
    if name.isdecimal() and (int(name) in names or not names):
        return int(name), Kind(kind)
    if not names:
        raise UsageError(f"{weights} does not name its classes: give '{name}' by its number, from 0 on.")
    raise UsageError(f"{weights} has no class '{name}': it has {_listed(names)}.")


def _listed(names: Mapping[int, str], most: int = 100) -> str:
    listed = ", ".join(f"{number} {name}" for number, name in sorted(names.items())[:most])
    return listed + (f" and {len(names) - most} more" if len(names) > most else "")
