"""The only place where the stages meet: open → detect → cover → redact → encode → verify → publish.

The preview and the batch call the same `redact_frame`, so what is shown is what is written.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench import detect as engines
from workbench.detect.protocol import Detector
from workbench.disk import publish_bytes
from workbench.media import check, photo, publish
from workbench.media.photo import Photo
from workbench.profiles import Profile
from workbench.redact.apply import apply_regions, covered_share
from workbench.redact.cover import cover
from workbench.values import Detections, FileError, Frame, Kind, Outcome, Regions, State, UsageError, WorkbenchError

Find = Callable[[Photo], Sequence[Detections]]
"""gives the detections of every frame, from the catalog or from the detectors"""


def load_detectors(profile: Profile, threads: int = 0) -> tuple[Detector, ...]:
    """Return the detectors that `profile` names.

    Raises
    ------
    UsageError
        When one is unknown or not usable here, or when the profile hides a kind that none of them
        can find: it would promise what is never looked for.
    """
    detectors = tuple(engines.load(name, profile.quality, threads) for name in profile.detectors)
    refuse_unfindable(profile, [kind for detector in detectors for kind in detector.kinds])
    return detectors


def refuse_unfindable(profile: Profile, findable: Sequence[Kind]) -> None:
    """Raise `UsageError` when the profile needs a kind that no detector reports."""
    needed = {*profile.hidden, *(profile.background.keep if profile.background.hide else ())}
    missing = sorted(needed - set(findable))
    if missing:
        raise UsageError(
            f"Profile {profile.name} needs {', '.join(missing)} to be found, but none of its detectors "
            f"({', '.join(profile.detectors)}) can: add one (workbench models add) or leave that kind out."
        )


def fingerprint(detectors: Sequence[Detector]) -> str:
    """Return one digest of everything that changes what these detectors report."""
    return hashlib.sha256("\n".join(sorted(item.fingerprint for item in detectors)).encode()).hexdigest()


def detect(frame: Frame | NDArray[np.uint8], detectors: Sequence[Detector] | Profile) -> Detections:
    """Return what all detectors see in one frame, overlaps resolved per kind.

    Raises
    ------
    FileError
        When a detector fails: a frame that was not searched is not a frame in which nothing is.
    """
    if isinstance(detectors, Profile):
        detectors = load_detectors(detectors)
    image = frame.image if isinstance(frame, Frame) else frame
    parts = []
    for detector in detectors:
        try:
            parts.append(detector(image))
        except WorkbenchError:
            raise
        except Exception as error:
            raise FileError(f"The detector {detector.name} failed ({error}), so this picture is left out.") from error
    return engines.merge(parts)


def find_with(detectors: Sequence[Detector]) -> Find:
    """Return a function that runs `detectors` over every frame of a photo."""
    return lambda opened: [detect(frame, detectors) for frame in opened.frames]


def redact_frame(
    frame: Frame, detections: Detections, profile: Profile, grid: int = 1, origin: tuple[int, int] = (0, 0)
) -> tuple[Frame, Regions]:
    """Return the redacted frame and the regions that were hidden.

    Parameters
    ----------
    frame : Frame
        The source; it is not changed.
    detections : Detections
        Everything stored for this frame; the profile chooses.
    profile : Profile
        What to hide and how.
    grid : int, px
        Block side of the source's codec (`Photo.grid`), see `redact.cover.cover`.
    origin : (int, int), px
        Where one of these blocks begins (`Photo.grid_origin`).
    """
    regions = cover(detections, profile, frame.width, frame.height, grid, origin)
    return apply_regions(frame, regions), regions


def redact_asset(source: Path, target_stem: Path, profile: Profile, find: Find, work: Path) -> Outcome:
    """Redact one photo and publish it as `target_stem` plus the suffix of its format.

    Nothing appears under the final name before the written bytes were opened again and checked.

    Parameters
    ----------
    source : Path
        The original; it is only read.
    target_stem : Path
        Where the output goes, without suffix.
    profile : Profile
        What to hide and how.
    find : callable
        Gives the detections of every frame.
    work : Path
        Folder for the temporary file, on the file system of the target.

    Raises
    ------
    FileError
        When the photo cannot be read, searched, redacted, written or verified.
    """
    started = time.monotonic()
    opened = photo.open_photo(source)
    found = find(opened)
    if len(found) != len(opened.frames):
        raise FileError(
            f"{source.name} has {len(opened.frames)} frames, but {len(found)} were searched; it is left out."
        )
    results = [
        redact_frame(frame, detections, profile, opened.grid, opened.grid_origin)
        for frame, detections in zip(opened.frames, found, strict=True)
    ]
    frames = [frame for frame, _ in results]
    encoded = publish.encode_photo(frames, opened, profile.output)
    width, height = output_size(opened.frames[0], profile.output.max_side)
    rows = [row for index, (_, regions) in enumerate(results) for row in region_rows(index, regions)]
    scaled = scale_rows(rows, opened.frames[0], (width, height))
    target = target_stem.with_name(target_stem.name + encoded.suffix)
    publish_bytes(
        encoded.data,
        target,
        work=work,
        check=lambda path: check.check_photo(
            path,
            size=(width, height),
            frames=len(frames),
            allow_icc=opened.icc is not None and profile.output.keep_colour_profile,
            regions=scaled,
            before=opened.frames if (width, height) == (opened.frames[0].width, opened.frames[0].height) else None,
        ),
    )
    shares = [covered_share(regions, frame.width, frame.height) for frame, regions in results]
    return Outcome(
        asset=source.name,
        state=State.DONE,
        counts=_sum(regions.counts() for _, regions in results),
        covered=float(np.mean(shares)),
        output=target.name,
        output_sha256=hashlib.sha256(encoded.data).hexdigest(),
        output_size=len(encoded.data),
        frames=len(frames),
        width=width,
        height=height,
        regions=scaled,
        notes=(*opened.notes, *encoded.notes),
        seconds=time.monotonic() - started,
    )


def redact_file(
    source: Path | str, target_stem: Path | str, profile: Profile, detectors: Sequence[Detector] | None = None
) -> Outcome:
    """Redact one photo without a case, for a notebook or a script; see `redact_asset`."""
    target = Path(target_stem)
    finders = load_detectors(profile) if detectors is None else detectors
    return redact_asset(Path(source), target, profile, find_with(finders), target.parent)


def region_rows(frame: int, regions: Regions) -> list[list[Any]]:
    """Return regions as plain rows ``[frame, kind, method, shape, x0, y0, x1, y1]`` for the manifest."""
    columns = zip(regions.kinds, regions.methods, regions.shapes, regions.boxes.tolist(), strict=True)
    return [[frame, str(kind), str(method), str(shape), *box] for kind, method, shape, box in columns]


def output_size(frame: Frame, max_side: int) -> tuple[int, int]:
    """Return (width, height) in px of what is written for `frame`; `max_side` 0 keeps the size."""
    scale = max_side / max(frame.width, frame.height) if max_side else 1.0
    if scale >= 1:
        return frame.width, frame.height
    return max(round(frame.width * scale), 1), max(round(frame.height * scale), 1)


def scale_rows(rows: list[list[Any]], frame: Frame, size: tuple[int, int]) -> list[list[Any]]:
    """Return region rows in the pixels of the output; the part that is surely inside, where sizes differ."""
    if size == (frame.width, frame.height):
        return rows
    factors = np.array([size[0] / frame.width, size[1] / frame.height])
    scaled = []
    for row in rows:
        low = np.ceil(np.array(row[4:6]) * factors).astype(int)
        high = np.floor(np.array(row[6:8]) * factors).astype(int)
        scaled.append([*row[:4], *low.tolist(), *np.maximum(high, low).tolist()])
    return scaled


def _sum(counts: Any) -> dict[str, int]:
    total: dict[str, int] = {}
    for part in counts:
        for kind, number in part.items():
            total[kind] = total.get(kind, 0) + number
    return total


def failed(asset: str, error: WorkbenchError, state: State = State.FAILED) -> Outcome:
    """Return the outcome of an asset that never reached the output."""
    return replace(Outcome(asset, state), error=str(error))
