"""Look at the files of some sources: what each one is, discloses and resembles. Nothing is changed in them."""

import contextlib
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.batch import intake, pool
from workbench.catalog.case import Case
from workbench.catalog.names import key
from workbench.catalog.said import Looked, Sight
from workbench.catalog.store import file_sha256
from workbench.curate import finding, twins
from workbench.curate.device import day_of, device_of, groups_of
from workbench.curate.listing import files
from workbench.curate.role import refuse_stranger
from workbench.curate.rules import load_rules
from workbench.curate.saying import apply_rules
from workbench.disk import printable
from workbench.media.disclose import disclosures
from workbench.media.likeness import glance
from workbench.profiles import Profile
from workbench.values import Asset, Event, Events, FileError, Media, Outcome

KEEP_EVERY = 50
"""files after which what was read is written down, so that little is lost when it is cut off"""


def look(case: Case, sources: Sequence[Path | str], *, find: Profile | None = None) -> Events:
    """Look at every file in `sources` and below them, remember what it is, and apply the case's rules.

    Only what is new or was changed is read. Closing the iterator stops; what was read is kept.

    Parameters
    ----------
    case : Case
    sources : sequence of paths
        Files and folders; links are not followed. They replace what was known to lie there.
    find : Profile, optional
        Also run its detectors on what they never saw, so that files can be chosen by what is found in them.

    Yields
    ------
    Event
        "start", a "file" for each file with its path as message, and "end" with a sentence.

    Raises
    ------
    UsageError
        At once, when a source is not there, when the record gives this person no part in the intake, when
        ``intake.toml`` is wrong, or a detector is not usable.
    """
    refuse_stranger(case.path)
    load_rules(case.path)  # said now, not after an hour of reading
    roots = intake.resolve([Path(source) for source in sources])
    return _looked(case, roots, finding.Searcher(case, find) if find else None)


def _looked(case: Case, roots: Sequence[Path], searcher: finding.Searcher | None) -> Events:
    found = intake.walk(roots)
    total = len(found.assets) + len(found.refused)
    yield Event("start", 0, total, message=f"{total:,} files to look at")
    yield from _refuse(case, found.refused, total)
    done = len(found.refused)
    with contextlib.closing(_read_all(case, found.assets)) as rows:
        for row in rows:
            if searcher and not row.problem:
                searcher.search(row.asset)
            done += 1
            yield Event("file", done, total, message=row.asset.path)
    keep = {key(asset) for asset in found.assets} | {key(asset) for asset, _ in found.refused}
    for root in roots:
        case.catalog.forget_looked(root, keep)
    twins.group_all(case)
    changed = apply_rules(case)
    droppable = sum(not file.best for file in files(case, roots))
    problems = searcher.problems if searcher else []
    yield Event("end", total, total, message=_sentence(found, droppable, changed, problems))


def _refuse(case: Case, refused: Sequence[tuple[Asset, Outcome]], total: int) -> Iterator[Event]:
    case.catalog.put_looked([Looked(asset, outcome.error) for asset, outcome in refused])
    for done, (asset, _) in enumerate(refused, start=1):
        yield Event("file", done, total, message=asset.path)


@dataclass(frozen=True)
class _Seen:
    row: Looked
    sight: Sight | None = None
    bits: int | None = None


def _read_all(case: Case, assets: Sequence[Asset]) -> Generator[Looked, None, None]:
    """Give every asset as it was read, in order; what is known and unchanged is not read again."""
    before = {key(row.asset): row for row in case.catalog.looked()}
    complete = set(case.catalog.sights()) & set(case.catalog.likenesses())
    workers = pool.default_workers()
    waiting: deque[Future[_Seen] | _Seen] = deque()
    new: list[_Seen] = []
    with ThreadPoolExecutor(workers) as team:

        def taken() -> Looked:
            first = waiting.popleft()
            seen = first.result() if isinstance(first, Future) else first
            new.append(seen)
            if len(new) >= KEEP_EVERY:
                _keep(case, new)
            return seen.row

        try:
            for asset in assets:
                known = before.get(key(asset))
                if known and _unchanged(known, asset) and not known.problem and known.asset.sha256 in complete:
                    waiting.append(_Seen(replace(known, asset=replace(known.asset, media=asset.media))))
                else:
                    waiting.append(team.submit(_read, asset))
                while len(waiting) > 4 * workers:
                    yield taken()
            while waiting:
                yield taken()
        finally:
            for each in waiting:
                if isinstance(each, Future):
                    each.cancel()
            _keep(case, new)


def _unchanged(known: Looked, asset: Asset) -> bool:
    return (known.asset.size, known.asset.mtime) == (asset.size, asset.mtime)


def _keep(case: Case, new: list[_Seen]) -> None:
    for seen in new:
        if seen.bits is not None:
            case.catalog.put_likeness(seen.row.asset.sha256, seen.bits)
    case.catalog.put_sights({seen.row.asset.sha256: seen.sight for seen in new if seen.sight})
    case.catalog.put_looked([seen.row for seen in new])
    new.clear()


def _read(asset: Asset) -> _Seen:
    path = Path(asset.source) / asset.path
    try:
        sha256 = file_sha256(path)
        shown = glance(path, asset.media)
        rows = disclosures(path)
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) != (asset.size, asset.mtime):
            raise FileError(f"{printable(path.name)} was changed while it was read: look again.")
    except FileError as error:
        return _Seen(Looked(asset, str(error)))
    except OSError as error:
        return _Seen(Looked(asset, f"{printable(path.name)} cannot be read ({error.strerror}): allow reading it."))
    except Exception as error:  # a damaged file must not end the intake of the others
        return _Seen(
            Looked(asset, f"{printable(path.name)} cannot be looked at ({type(error).__name__}): it is damaged.")
        )
    device, model = device_of(rows, asset.path)
    sight = Sight(asset.media, shown.width, shown.height, shown.seconds, device, model, day_of(rows), groups_of(rows))
    return _Seen(Looked(replace(asset, sha256=sha256)), sight, shown.bits)


def _sentence(found: intake.Intake, droppable: int, changed: int, problems: Sequence[str]) -> str:
    photos = sum(asset.media is Media.PHOTO for asset in found.assets)
    parts = [_many(photos, "photo"), _many(len(found.assets) - photos, "video")]
    if found.refused:
        parts.append(f"{_many(len(found.refused), 'file')} that cannot be used")
    if droppable:
        parts.append(f"{_many(droppable, 'near-duplicate')} that may be dropped")
    if changed:
        parts.append(f"rules said something new about {_many(changed, 'file')}")
    if problems:
        parts.append(f"{_many(len(problems), 'file')} could not be searched (the first: {problems[0].rstrip('.')})")
    return "; ".join(parts) + "."


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
