"""The program's own attempt: the careful search over the OUTPUTS, held against what is hidden in them."""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from workbench import corrections, geometry, pipeline
from workbench.assess import attack as found_in
from workbench.assess.attack import Hidden, Limit, Seen
from workbench.catalog.case import Case
from workbench.catalog.gate import Attempt
from workbench.detect.protocol import Detector
from workbench.gate.acting import acting
from workbench.gate.runs import manifest_digest, manifest_of, run_of
from workbench.gate.said import count, listed
from workbench.governance import casework
from workbench.media.photo import open_photo
from workbench.media.video import open_video
from workbench.media.video_frames import Frames
from workbench.profiles import Profile
from workbench.release.entries import MediaEntry, VideoEntry
from workbench.review.survey import Released, released, size_of
from workbench.tracks import numbered, tracks_of
from workbench.values import Detections, Event, Frame, WorkbenchError

REDETECTION = "redetection"
"""the method of `attack`"""
FILES = 50
"""outputs that are searched, if nobody asks for more"""
FRAMES = 8
"""of each video"""
SPELT_OUT = 200
"""places that are kept with the attempt"""
Search = Callable[[Frame], Detections]
"""looks at one frame"""


def attack(
    case: Case, run: int | None = None, *, files: int = FILES, by: str = "", search: Search | None = None
) -> Generator[Event, None, Attempt]:
    """Search the OUTPUTS with the careful detectors and record what is still visible; yields "file" events.

    Closing the generator records nothing.

    Parameters
    ----------
    case : Case
    run : int, optional
        The one that was touched last, if not given.
    files : int
        At most so many, drawn over scenes and devices, see `drawn`; 0 for all.
    by : str
        Account of who asks for it; who is signed in by default.
    search : callable, optional
        What looks at a frame; the profile's detectors at quality "careful", if not given.

    Raises
    ------
    UsageError
        When there is no manifest, the role forbids it, or a detector is not usable.
    FileError
        When an output cannot be opened: verify the run first.
    """
    number = run_of(case, run)
    with acting(case, "attempt", by):
        manifest = manifest_digest(case, number)
    profile = case.catalog.run(number).profile
    names: tuple[str, ...] = ("a search of the caller's own",)
    if search is None:
        detectors = pipeline.load_detectors(profile.changed(quality="careful"))
        names = tuple(detector.name for detector in detectors)
        search = _with(detectors)
    chosen = drawn(case, number, files)
    by_output = {item.outcome.output: item for item in released(case, number)}
    rows: list[dict[str, Any]] = []
    frames = 0
    for done, entry in enumerate(chosen, 1):
        looked, found = _one(case, number, entry, by_output.get(entry.path), profile, search)
        frames += looked
        rows += [{"file": entry.path, "frame": frame, **_row(seen)} for frame, seen in found]
        yield Event("file", done, len(chosen), message=entry.path)
    visible = {row["file"] for row in rows if row["where"] == "visible"}
    facts = _facts(case, number, chosen, rows, frames, names)
    with acting(case, "attempt", by) as who:
        manifest_digest(case, number, manifest)
        kept = case.catalog.put_attempt(
            Attempt(
                number, manifest, REDETECTION, len(chosen), len(visible), _sentence(facts, len(visible)), facts, by=who
            )
        )
        numbers = {"tried": len(chosen), "identified": len(visible)}
        casework.write_down(case.path, "attempt-recorded", "attempt", who=who, run=number, manifest=manifest, **numbers)
    return kept


def drawn(case: Case, run: int | None, files: int = FILES) -> list[MediaEntry]:
    """Return outputs to try, drawn over scenes and devices: of each in turn, in an order that the manifest gives.

    Parameters
    ----------
    files : int
        At most so many; 0 for all.

    Raises
    ------
    UsageError
        When the run has no manifest.
    """
    number = run_of(case, run)
    manifest_digest(case, number)
    manifest, sha256, _ = manifest_of(case, number)
    assert manifest is not None
    strata = strata_of(case, number)
    order = sorted(manifest.files, key=lambda entry: hashlib.sha256(f"{sha256} {entry.path}".encode()).hexdigest())
    queues: dict[str, list[MediaEntry]] = {}
    for entry in order:
        queues.setdefault(strata.get(entry.path, ""), []).append(entry)
    # Of each stratum in turn, so that a rare scene or device is tried too.
    places = [(place, name) for name, queue in queues.items() for place in range(len(queue))]
    picked = [queues[name][place] for place, name in sorted(places, key=lambda pair: pair[0])]
    return picked[: files or None]


def strata_of(case: Case, run: int) -> dict[str, str]:
    """Return scene and device of every output of a run, as the intake knows them, such as "street, phone"."""
    said, sights = case.catalog.said(), case.catalog.sights()
    found = {}
    for item in released(case, run):
        sha256 = item.asset.sha256
        scene = said[sha256]["scenario"].value if "scenario" in said.get(sha256, {}) else ""
        device = sights[sha256].device if sha256 in sights else ""
        found[item.outcome.output] = ", ".join(filter(None, (scene, device)))
    return found


def _with(detectors: Sequence[Detector]) -> Search:
    return lambda frame: pipeline.detect(frame, detectors)


def _one(
    case: Case, run: int, entry: MediaEntry, item: Released | None, profile: Profile, search: Search
) -> tuple[int, list[tuple[int, Seen]]]:
    """Return how many frames of one output were searched, and what was found in which frame."""
    out = case.catalog.run(run).out
    left = _left(case, run, item) if item else {}
    video = isinstance(entry, VideoEntry)
    factor = _factor(case, run, item)
    limits = {kind: Limit(rule.min_score, rule.min_size * factor) for kind, rule in profile.kinds.items() if rule.hide}
    looked, found = 0, []
    for frame in _frames(out / entry.path, video):
        looked += 1
        boxes = left.get(frame.index, geometry.as_boxes([]))
        seen = found_in.seen(search(frame), _hidden(entry, frame.index), limits, boxes)
        found += [(frame.index, each) for each in seen]
    return looked, found


def _frames(path: Path, video: bool) -> Iterator[Frame]:
    if not video:
        yield from open_photo(path).frames
        return
    with Frames(open_video(path)) as frames:
        for index in sorted({(2 * part + 1) * frames.count // (2 * FRAMES) for part in range(FRAMES)}):
            yield frames.at(index).frame()


def _hidden(entry: MediaEntry, frame: int) -> Hidden:
    rows: list[tuple[str, Sequence[Any]]]
    if isinstance(entry, VideoEntry):
        rows = [(str(row[4]), row[6:10]) for row in entry.spans if row[1] <= frame <= row[2]]
    else:
        rows = [(str(row[2]), row[4:8]) for row in entry.regions if row[0] == frame]
    return Hidden(geometry.as_boxes([box for _, box in rows]), [method for method, _ in rows])


def _factor(case: Case, run: int, item: Released | None) -> float:
    """Return px of the output per px of the source."""
    if item is None:
        return 1.0
    try:
        return item.outcome.width / size_of(case, run, item)[0]
    except WorkbenchError:
        return 1.0  # the original is gone or changed: what is small is judged as if it had not been made smaller


def _left(case: Case, run: int, item: Released) -> dict[int, geometry.Boxes]:
    """Return what people left visible on purpose, by frame, in px of the output."""
    stored = case.catalog.detections(item.asset.sha256, item.found_by)
    asked = case.catalog.corrections(item.asset.sha256)
    if stored is None or not asked:
        return {}
    laid = corrections.lay(tracks_of(numbered(stored)), len(stored), asked)
    factor = _factor(case, run, item)
    found: dict[int, list[Any]] = {}
    for track in laid.dropped:
        for frame, box in zip(track.frames.tolist(), track.boxes, strict=True):
            found.setdefault(frame, []).append(box * np.float32(factor))
    return {frame: geometry.as_boxes(np.array(boxes)) for frame, boxes in found.items()}


def _row(seen: Seen) -> dict[str, Any]:
    box = [round(part, 1) for part in seen.box]
    return {"kind": str(seen.kind), "score": round(seen.score, 3), "box": box, "where": seen.where}


def _facts(
    case: Case, run: int, chosen: Sequence[MediaEntry], rows: list[dict[str, Any]], frames: int, names: Sequence[str]
) -> dict[str, Any]:
    manifest, _, _ = manifest_of(case, run)
    strata = strata_of(case, run)
    counts = {
        where: dict(Counter(row["kind"] for row in rows if row["where"] == where))
        for where in ("visible", "soft", "small", "left")
    }
    telling = sorted(rows, key=lambda row: (row["where"] != "visible", -row["score"]))
    return {
        "files": len(manifest.files) if manifest else len(chosen),
        "searched": len(chosen),
        "frames": frames,
        "videos": sum(isinstance(entry, VideoEntry) for entry in chosen),
        "detectors": list(names),
        "counts": counts,
        "strata": dict(Counter(strata.get(entry.path, "") or "not described" for entry in chosen)),
        "found": telling[:SPELT_OUT],
    }


def _sentence(facts: Mapping[str, Any], files: int) -> str:
    counts = facts["counts"]
    searched = f"The program searched {facts['searched']:,} of {count(facts['files'], 'output')} again"
    if facts["videos"]:
        searched += f" ({count(facts['videos'], 'video')} among them, {FRAMES} frames each)"
    parts = [f"{searched} with {listed(facts['detectors'])}, carefully:"]
    if counts["visible"]:
        what = listed(f"{number:,} × {kind}" for kind, number in sorted(counts["visible"].items()))
        parts.append(f"in {count(files, 'file')} they report something that is not hidden ({what}).")
    else:
        parts.append("they report nothing that is not hidden.")
    if counts["soft"]:
        parts.append(f"{sum(counts['soft'].values()):,} were found again inside what is blurred or pixelated.")
    if counts["small"]:
        parts.append(f"{sum(counts['small'].values()):,} are smaller than what the profile hides.")
    if counts["left"]:
        parts.append(f"{sum(counts['left'].values()):,} were left visible by a person's word.")
    parts.append("What these detectors cannot see was not found this time either.")
    return " ".join(parts)
