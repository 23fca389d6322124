"""Which name each asset gets in the output folder. Pure: nothing is read or written here."""

import os
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from workbench.values import Asset

VIDEO = "MP4"
"""what every video is written as, whatever it was"""
SAME_FORMAT = ("JPEG", "PNG", "WEBP", VIDEO)
"""formats that are always written as themselves, so that their suffix is known before the work"""
Key = tuple[str, str]
"""an asset's source and path"""


@dataclass(frozen=True)
class Name:
    """A name that was given out. It is never given to another asset, even when its owner is gone."""

    stem: str
    """relative POSIX path below the output folder, without suffix"""
    format: str
    """one of `SAME_FORMAT`, or "" when the output's suffix is not known before the work"""


def key(asset: Asset) -> Key:
    """Return what identifies an asset in a case."""
    return asset.source, asset.path


def neutral(assets: Sequence[Asset], given: Mapping[Key, Name], tops: Sequence[str]) -> dict[Key, Name]:
    """Return numbers for the assets that have none yet, in folders that mirror the tree under neutral names.

    Parameters
    ----------
    assets : sequence of Asset
        In the order in which they are numbered.
    given : mapping
        What was given out before; it stays.
    tops : sequence of str
        Source folders that get a folder of their own, because the run has several.
    """
    before = list(_folders(given))
    folders = dict(reversed(before))
    number = max((int(PurePosixPath(name.stem).name) for name in given.values()), default=0)
    children: dict[str, int] = {}
    for _, folder in before:
        parent, _, last = folder.rpartition("/")
        children[parent] = max(children.get(parent, 0), int(last.removeprefix("folder-")))
    names = {}
    for asset in assets:
        if key(asset) in given:
            continue
        parent = ""
        for step in _steps(asset, asset.source in tops):
            if (asset.source, step) not in folders:
                children[parent] = children.get(parent, 0) + 1
                folders[asset.source, step] = _join(parent, f"folder-{children[parent]:02d}")
            parent = folders[asset.source, step]
        number += 1
        names[key(asset)] = Name(_join(parent, f"{number:06d}"), "")
    return names


def kept(
    assets: Sequence[Asset], given: Mapping[Key, Name], tops: Sequence[str], formats: Mapping[Key, str]
) -> dict[Key, Name]:
    """Return the sources' own names, made unique where two outputs would be one file on any file system.

    A twin is told apart by ``-2``, ``-3``, … in the order of `assets`, those that keep their format
    first. Names that differ only in capitals or in how an accent is composed count as the same.
    An asset that has a name is returned only where its file's format changed.
    """
    taken: dict[str, dict[str, Key]] = {}

    def free(name: Name, owner: Key) -> bool:
        others = {format_ for format_, user in taken.get(_folded(name.stem), {}).items() if user != owner}
        return not others or ("" not in others and name.format != "" and name.format not in others)

    def take(name: Name, owner: Key) -> None:
        taken.setdefault(_folded(name.stem), {})[name.format] = owner

    for owner, name in given.items():
        take(name, owner)
    roots = _roots([asset.source for asset in assets], tops)
    names = {}
    for asset in sorted(assets, key=lambda asset: formats[key(asset)] not in SAME_FORMAT):
        owner, format_ = key(asset), formats[key(asset)] if formats[key(asset)] in SAME_FORMAT else ""
        old = given.get(owner)
        if old and (old.format == format_ or free(Name(old.stem, format_), owner)):
            wanted = Name(old.stem, format_)
        else:
            wanted = next(name for name in _variants(asset, roots[asset.source], format_) if free(name, owner))
        take(wanted, owner)
        if wanted != old:
            names[owner] = wanted
    return names


def _variants(asset: Asset, root: str, format_: str) -> Iterator[Name]:
    path = PurePosixPath(asset.path)
    stem = _join(root, path.with_name(path.stem).as_posix())
    yield Name(stem, format_)
    number = 2
    while True:
        yield Name(f"{stem}-{number}", format_)
        number += 1


def _roots(sources: Sequence[str], tops: Sequence[str]) -> dict[str, str]:
    """Return the output folder of each source: none, or its own name where there are several."""
    roots: dict[str, str] = {}
    for source in dict.fromkeys(sources):
        name = os.path.basename(source.rstrip("/\\")) or "source"  # noqa: PTH119  (the source may be of another system)
        used = {_folded(root) for root in roots.values()}
        number, root = 1, name if source in tops else ""
        while root and _folded(root) in used:
            number += 1
            root = f"{name}-{number}"
        roots[source] = root
    return roots


def _folders(given: Mapping[Key, Name]) -> Iterator[tuple[Key, str]]:
    """Give the neutral name of every folder that was given one, read from the names inside it."""
    for (source, path), name in given.items():
        inner, outer = _parents(path), _parents(name.stem)
        if len(outer) > len(inner):
            inner = [".", *inner]
        for step, folder in zip(inner, outer, strict=True):
            yield (source, step), folder


def _steps(asset: Asset, top: bool) -> list[str]:
    return [".", *_parents(asset.path)] if top else _parents(asset.path)


def _parents(path: str) -> list[str]:
    """Return the folders above `path`, outermost first: "a/b/c.jpg" gives "a", "a/b"."""
    parts = PurePosixPath(path).parts[:-1]
    return ["/".join(parts[: index + 1]) for index in range(len(parts))]


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())
