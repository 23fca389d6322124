"""List folders on the server, inside the folders that may be opened and nowhere else. No widget here."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from workbench.media.video_kinds import VIDEO_SUFFIXES
from workbench.values import UsageError

SUFFIXES = VIDEO_SUFFIXES | frozenset(
    ".jpg .jpeg .jpe .jfif .png .apng .webp .tif .tiff .bmp .gif .heic .heif .hif .avif".split()  # noqa: SIM905
)
"""only for the number beside a folder; what is a picture or video is decided by content when it is opened"""
COUNT_AT_MOST = 10_000
"""entries that are looked at to count one folder's pictures"""
COUNT_ALTOGETHER = 100_000
"""entries that one listing looks at; folders after that are listed without a number"""
FOLDERS_AT_MOST = 2_000
"""sub folders that one listing shows"""


@dataclass(frozen=True)
class Folder:
    """One folder that can be opened."""

    name: str
    path: str
    """absolute"""
    photos: int | None = None
    """files directly in it that look like pictures or videos; None when that is not known"""
    more: bool = False
    """there are more than were counted"""
    readable: bool = True


@dataclass(frozen=True)
class Listing:
    """What one folder holds."""

    path: str
    """absolute"""
    crumbs: tuple[Folder, ...]
    """the way here, from the root down; the last one is this folder"""
    folders: tuple[Folder, ...]
    """its sub folders by name; links and hidden ones are left out, as the batch leaves them out"""
    photos: int
    notes: tuple[str, ...] = ()
    """what is not shown, one sentence each"""


def looks_like_photo(name: str) -> bool:
    """Return whether a file's name ends like that of a picture or video."""
    return os.path.splitext(name)[1].lower() in SUFFIXES and not name.startswith(".")  # noqa: PTH122


def resolve(path: str, roots: Sequence[Path], base: Path | None = None) -> tuple[Path, Path]:
    """Return the folder that `path` names, free of links and "..", and the root that it is in.

    Parameters
    ----------
    path : str
        What a user typed: absolute, or relative to `base`.
    roots : sequence of Path
        The folders that may be opened.
    base : Path, optional
        Where a relative path starts; the first root if not given.

    Raises
    ------
    UsageError
        When it is no folder, or outside all roots after every link was followed. The sentence is the
        same for what does not exist and what must not be seen.
    """
    allowed = [Path(root).resolve() for root in roots]
    if not allowed:
        raise UsageError("No folder of this server may be opened here: start it with the folders to offer.")
    try:
        target = ((base or allowed[0]) / path.strip()).resolve(strict=True)
        # The innermost root, so that the breadcrumb is as short as it can be.
        inside = max((root for root in allowed if target.is_relative_to(root)), key=lambda root: len(root.parts))
        if not target.is_dir():
            raise UsageError(f"'{path}' is a file: choose the folder that it is in.")
    except (OSError, ValueError, RuntimeError):
        names = ", ".join(root.name or str(root) for root in allowed)
        raise UsageError(f"There is no folder '{path}' that may be opened here (only what is in: {names}).") from None
    return target, inside


def list_folder(
    path: str,
    roots: Sequence[Path],
    base: Path | None = None,
    is_photo: Callable[[str], bool] = looks_like_photo,
) -> Listing:
    """Return what the folder `path` holds; see `resolve` for its arguments and errors.

    Parameters
    ----------
    path, roots, base
        As for `resolve`.
    is_photo : callable
        Tells from a file's name whether it counts as a picture.
    """
    target, root = resolve(path, roots, base)
    try:
        with os.scandir(target) as entries:
            listed = sorted(entries, key=lambda entry: entry.name.casefold())
    except OSError:
        raise UsageError(f"The folder '{target.name}' cannot be read: ask for the right to read it.") from None
    folders = [entry for entry in listed if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")]
    readable = [entry for entry in folders if _is_text(entry.name)]
    notes = {
        "Not shown, because the name is not valid text": len(folders) - len(readable),
        "Links to other folders, which are not followed": _links(listed),
        "More sub folders than can be shown (type the path of one)": len(readable) - FOLDERS_AT_MOST,
    }
    return Listing(
        path=str(target),
        crumbs=tuple(_crumbs(target, root)),
        folders=tuple(_counted([Path(entry.path) for entry in readable[:FOLDERS_AT_MOST]], is_photo)),
        photos=sum(entry.is_file(follow_symlinks=False) and is_photo(entry.name) for entry in listed),
        notes=tuple(f"{text}: {number}." for text, number in notes.items() if number > 0),
    )


def _links(entries: Sequence[os.DirEntry[str]]) -> int:
    # `os.path.isdir` and not the entry's own method: that one raises on a link that points to itself.
    return sum(entry.is_symlink() and os.path.isdir(entry.path) for entry in entries)  # noqa: PTH112


def _crumbs(target: Path, root: Path) -> list[Folder]:
    steps = [target, *target.parents]
    steps = steps[: steps.index(root) + 1]
    return [Folder(step.name or str(step), str(step)) for step in reversed(steps)]


def _counted(paths: Sequence[Path], is_photo: Callable[[str], bool]) -> Iterator[Folder]:
    left = COUNT_ALTOGETHER
    for path in paths:
        if left <= 0:
            yield Folder(path.name, str(path))
            continue
        try:
            with os.scandir(path) as entries:
                seen = list(islice(entries, COUNT_AT_MOST + 1))
        except OSError:
            yield Folder(path.name, str(path), readable=False)
            continue
        left -= len(seen)
        photos = sum(is_photo(entry.name) and entry.is_file(follow_symlinks=False) for entry in seen[:COUNT_AT_MOST])
        yield Folder(path.name, str(path), photos, more=len(seen) > COUNT_AT_MOST)


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
