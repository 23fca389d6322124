"""What lies in the sources: the photos and videos, and by name everything that is left out and why."""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from workbench.catalog.names import VIDEO, Key, key
from workbench.disk import printable
from workbench.media.files import SUFFIXES, sniff
from workbench.media.video import HEAD, VIDEO_SUFFIXES, is_video
from workbench.values import Asset, Media, Outcome, State, UsageError

PHOTO_SUFFIXES = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
"""what is named like a photo is tried as one, so that an empty or damaged one is reported as such"""
NAMED_LIKE_VIDEO = VIDEO_SUFFIXES - {".ts"}
"""the same for videos; what ends in .ts is mostly TypeScript"""


@dataclass(frozen=True)
class Intake:
    """The files below some sources."""

    assets: tuple[Asset, ...]
    """by source, then by path: the order in which they are numbered"""
    formats: Mapping[Key, str]
    """a photo's own, from its content, or "" for what is only named like one; `names.VIDEO` for a video"""
    refused: tuple[tuple[Asset, Outcome], ...]
    """what is not redacted: other files, links, what cannot be read"""
    tops: tuple[str, ...]
    """source folders that get an output folder of their own, because there are several"""
    hidden: int
    """how many hidden files and folders were passed over"""


def resolve(sources: Sequence[Path]) -> list[Path]:
    """Return the absolute sources, each once, without what lies inside another one.

    Raises
    ------
    UsageError
        When there is none, or when one is not there.
    """
    if not sources:
        raise UsageError("Say which photos and videos to redact: files or folders.")
    found: list[Path] = []
    for source in sources:
        path = Path(os.path.realpath(Path(source).expanduser()))
        if not path.exists():
            raise UsageError(f"There is no file or folder {printable(str(source))}.")
        found.append(path)
    unique = list(dict.fromkeys(found))
    return [path for path in unique if not any(parent in unique for parent in path.parents)]


def walk(sources: Sequence[Path]) -> Intake:
    """Return what lies in `sources` (as `resolve` gives them) and below them; no link is followed."""
    assets: list[Asset] = []
    formats: dict[Key, str] = {}
    refused: list[tuple[Asset, Outcome]] = []
    hidden = 0
    folders = [str(source) for source in sources if source.is_dir()]
    for source in sources:
        root = source if source.is_dir() else source.parent
        for name, problem in sorted(_below(root) if source.is_dir() else [(source.name, "")]):
            if not name:
                hidden += 1
                continue
            asset, outcome, format_ = _look(root, name, problem)
            if outcome:
                refused.append((asset, outcome))
            else:
                assets.append(asset)
                formats[key(asset)] = format_
    return Intake(tuple(assets), formats, tuple(refused), tuple(folders) if len(folders) > 1 else (), hidden)


def find_assets(sources: Sequence[Path]) -> list[Asset]:
    """Return every photo and video in `sources` and below them, recognised by content, in a stable order.

    Raises
    ------
    UsageError
        When a source is not there.
    """
    return list(walk(resolve(sources)).assets)


def _below(root: Path) -> Iterator[tuple[str, str]]:
    """Give (relative path, problem) of everything below `root` that is not a folder, or a folder that has a problem.

    A hidden entry has the path "".
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(root / folder) as entries:
                for entry in entries:
                    name = f"{folder}/{entry.name}" if folder else entry.name
                    if entry.name.startswith("."):
                        yield "", ""
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(name)
                    else:
                        yield name, ""
        except OSError as error:
            yield folder or ".", f"cannot be read ({error.strerror}): allow reading it, then run the same again."


def _look(root: Path, name: str, problem: str) -> tuple[Asset, Outcome | None, str]:
    """Return an asset, with the outcome that it has at once when it is nothing to redact, and its format."""
    path = root / name
    asset = Asset(name, str(root))
    label = printable(PurePosixPath(name).name)
    if problem:
        folder = printable(root.name) if name == "." else label
        return asset, Outcome(name, State.FAILED, error=f"The folder {folder} {problem}"), ""
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return asset, _blocked(name, f"{label} is a link, which is not followed: give what it points to."), ""
        if not stat.S_ISREG(status.st_mode):
            return asset, _blocked(name, f"{label} is not a regular file; it was left out."), ""
        asset = Asset(name, str(root), size=status.st_size, mtime=status.st_mtime_ns)
        media, format_ = _content(path)
        outcome = None
        if media is None:
            outcome = _blocked(name, f"{label} is no photo or video that this version can redact; it was left out.")
        else:
            asset = replace(asset, media=media)
    except OSError as error:
        text = f"{label} cannot be read ({error.strerror}): allow reading it, then run the same again."
        return asset, Outcome(name, State.FAILED, error=text), ""
    return asset, outcome, format_


def _blocked(name: str, error: str) -> Outcome:
    return Outcome(name, State.BLOCKED, error=error)


def _content(path: Path) -> tuple[Media | None, str]:
    """Return what a file holds, by its content or else by its name, and its format."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    form = sniff(head[:64])
    suffix = path.suffix.lower()
    if form or (suffix in PHOTO_SUFFIXES and not is_video(head)):
        return Media.PHOTO, form or ""
    if is_video(head) or suffix in NAMED_LIKE_VIDEO:
        return Media.VIDEO, VIDEO
    return None, ""
