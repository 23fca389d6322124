"""How good the risk queue is: which share of the faces that a run really missed lies in its first pictures.

Run it as ``uv run python benchmarks/review.py --data FOLDER --work FOLDER``: FOLDER with ``annotations.json`` (COCO)
and ``images/``; the work folder keeps the case and the release, so that the pictures are searched once. A face is
missed when less than 0.9 of its box is hidden in the release. The data are not part of the project.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from truth import HIDDEN, Picture, mask, read_coco

PARTS = (0.1, 0.2, 0.5)
"""of the pictures, from the front of the queue"""
DRAWS = 1000
"""of the bootstrap"""
POINTED = 0.3
"""intersection over union from which on a candidate points at a face"""


@dataclass(frozen=True)
class Judged:
    """One picture: what the workbench says about it, and what is true."""

    risk: float
    """how many objects were probably missed"""
    hidden: int
    """regions"""
    missed: NDArray[np.float64]
    """(N, 4) px, faces that are visible in the release"""
    candidates: NDArray[np.float64]
    """(M, 4) px, likeliest first"""
    second: NDArray[np.float64]
    """(K, 4) px, what a second look found besides"""


def release(data: Path, work: Path, profile_name: str) -> tuple[Any, int]:
    """Redact the pictures, or take what stands from the last time; return the case and the run."""
    from workbench import batch, profiles
    from workbench.catalog.case import Case

    case = Case.open(work / "case")
    run = batch.prepare(case, [data / "images"], work / "out", profiles.load(profile_name), allow_nothing_hidden=True)
    for event in batch.run(case, run):
        if event.kind in ("start", "end", "stopped") or event.done % 20 == 0:
            print(event.kind, event.done, event.total, event.message, file=sys.stderr)
    return case, run


def judge(case: Any, run: int, pictures: list[Picture], quality: str) -> list[Judged]:
    """Return every released picture with what is true about it."""
    from workbench.assess.risk_photo import disagreements
    from workbench.review import survey

    whole = survey.take(case, run)
    looks = second_look(case, run, quality) if quality else {}
    by_path = {picture.path.resolve(): picture for picture in pictures}
    judged = []
    for unit in whole.units:
        item = whole.members[unit.key]
        picture = by_path[(Path(item.asset.source) / item.asset.path).resolve()]
        regions = np.array([row[4:8] for row in item.outcome.regions], float).reshape(-1, 4)
        covered = mask(regions, picture)
        missed = [box for box in picture.boxes if share(covered, box) < HIDDEN]
        seen = survey.see(case, run, item)
        found, more = survey.candidates_of(case, run, item), []
        if quality and seen is not None:
            profile = case.catalog.run(run).profile
            more = disagreements(seen, seen.frames, looks[item.asset.sha256], profile, quality)
        boxes = [np.array([each.box for each in rows], float).reshape(-1, 4) for rows in (found, more)]
        judged.append(Judged(unit.risk, len(regions), np.array(missed, float).reshape(-1, 4), *boxes))
    return judged


def second_look(case: Any, run: int, quality: str) -> dict[str, Any]:
    """Search every picture once more with another quality, or take that from the last time."""
    from workbench import pipeline
    from workbench.media.photo import open_photo
    from workbench.profiles import Kind
    from workbench.review import survey

    profile = case.catalog.run(run).profile
    faces = profile.changed(quality=quality, detectors=("centerface",)).with_kinds((Kind.FACE,))
    detectors = pipeline.load_detectors(faces, threads=1)
    name, found = pipeline.fingerprint(detectors), {}
    for item in survey.released(case, run):
        stored = case.catalog.detections(item.asset.sha256, name)
        if stored is None:
            stored = list(pipeline.find_with(detectors)(open_photo(Path(item.asset.source) / item.asset.path)))
            case.catalog.put_detections(item.asset.sha256, name, stored)
        found[item.asset.sha256] = stored
    return found


def share(covered: NDArray[np.bool_], box: NDArray[np.float64]) -> float:
    """Return which share of a box is covered."""
    x0, y0, x1, y1 = np.round(box).astype(int)
    part = covered[max(0, y0) : max(y1, y0 + 1), max(0, x0) : max(x1, x0 + 1)]
    return float(part.mean()) if part.size else 1.0


def found_in(missed: NDArray[np.int64], order: NDArray[np.int64]) -> list[float]:
    """Return the share of `missed` that lies in each of `PARTS` of the pictures, in this order; in per cent."""
    reached = np.cumsum(missed[order])
    return [100 * float(reached[max(round(part * len(order)), 1) - 1]) / max(int(missed.sum()), 1) for part in PARTS]


def orders(judged: list[Judged], missed: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Return the orders that are compared."""
    by = {
        "risk queue": [-each.risk for each in judged],
        "most hidden first": [-each.hidden for each in judged],
        "most candidates first": [-len(each.candidates) for each in judged],
        "best possible": (-missed).tolist(),
    }
    return {name: np.argsort(np.array(keys), kind="stable") for name, keys in by.items()}


def spread(missed: NDArray[np.int64], keys: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return 95 % intervals of `found_in` for the order by `keys`, drawing the pictures anew (bootstrap)."""
    random = np.random.default_rng(1)
    rows = []
    for _ in range(DRAWS):
        drawn = random.integers(0, len(missed), len(missed))
        if missed[drawn].any():
            rows.append(found_in(missed[drawn], np.argsort(keys[drawn], kind="stable")))
    low, high = np.percentile(rows, [2.5, 97.5], axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def pointed(missed: NDArray[np.float64], boxes: NDArray[np.float64]) -> int:
    """Return at how many of the missed faces a candidate points."""
    from workbench import geometry

    if not len(missed) or not len(boxes):
        return 0
    return int((geometry.iou(geometry.as_boxes(missed), geometry.as_boxes(boxes)).max(axis=1) >= POINTED).sum())


def report(judged: list[Judged]) -> dict[str, Any]:
    """Return all figures."""
    missed = np.array([len(each.missed) for each in judged])
    bad = (missed > 0).astype(int)
    risk = np.array([-each.risk for each in judged])
    return {
        "pictures": len(judged),
        "missed_faces": int(missed.sum()),
        "pictures_with_a_miss": int(bad.sum()),
        "expected_by_risk": float(-risk.sum()),
        "most_in_one_picture": int(missed.max(initial=0)),
        "candidates": sum(len(each.candidates) for each in judged),
        "faces_pointed_at": sum(pointed(each.missed, each.candidates) for each in judged),
        "second_candidates": sum(len(each.second) for each in judged),
        "faces_pointed_at_by_the_second_look": sum(pointed(each.missed, each.second) for each in judged),
        "faces": {name: found_in(missed, order) for name, order in orders(judged, missed).items()},
        "pictures_found": {name: found_in(bad, order) for name, order in orders(judged, missed).items()},
        "faces_pointed_at_by_either": sum(
            pointed(each.missed, np.concatenate([each.candidates, each.second])) for each in judged
        ),
        "faces_interval": spread(missed, risk),
        "pictures_interval": spread(bad, risk),
    }


def table(figures: dict[str, Any]) -> str:
    """Return the figures as Markdown."""
    heads = " | ".join(f"first {part:.0%}" for part in PARTS)
    lines = [f"| order | missed faces: {heads} | pictures with a miss: {heads} |", "|---" * (2 * len(PARTS) + 1) + "|"]
    plain = [f"{100 * part:.0f} %" for part in PARTS]
    lines.append(f"| random | {' | '.join(plain)} | {' | '.join(plain)} |")
    for name, faces in figures["faces"].items():
        cells = [f"{value:.0f} %" for value in (*faces, *figures["pictures_found"][name])]
        if name == "risk queue":
            bounds = [*figures["faces_interval"], *figures["pictures_interval"]]
            cells = [f"**{cell}** ({low:.0f}–{high:.0f})" for cell, (low, high) in zip(cells, bounds, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--profile", default="publication")
    parser.add_argument("--second", default="", help="quality of a second look, such as careful")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    case, run = release(given.data, given.work, given.profile)
    with case:
        figures = report(judge(case, run, read_coco(given.data), given.second))
    print(table(figures))
    for name in ("pictures", "missed_faces", "pictures_with_a_miss", "most_in_one_picture", "expected_by_risk"):
        print(f"{name.replace('_', ' ')}: {figures[name]:.4g}")
    print(f"candidates: {figures['candidates']}, pointing at {figures['faces_pointed_at']} missed faces")
    if given.second:
        count, hits = figures["second_candidates"], figures["faces_pointed_at_by_the_second_look"]
        both = figures["faces_pointed_at_by_either"]
        print(
            f"a second look ({given.second}): {count} candidates, pointing at {hits} missed faces; together at {both}"
        )
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
