"""A small release of plain bytes: nothing here opens a picture, so none is needed."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import profiles
from workbench.release.manifest import DetectorInfo, RunInfo
from workbench.release.verification import Verification
from workbench.values import Finding, Kind, Outcome, State

DAY = datetime.date(2025, 11, 21)
FACES = [[0, "face", "solid", "box", 10, 10, 60, 70], [0, "face", "solid", "box", 100, 10, 160, 80]]
PLATE = [0, "plate", "solid", "box", 5, 90, 50, 110]


def content(seed: int, size: int) -> bytes:
    """Bytes in which every block differs from every other."""
    return b"".join(hashlib.sha256(b"%d %d" % (seed, at)).digest() for at in range(size // 32 + 1))[:size]


def detector(name: str = "centerface", kinds: tuple[Kind, ...] = (Kind.FACE,), **changes: str) -> DetectorInfo:
    fields = {"weights": f"{name}.onnx", "sha256": "ab" * 32, "licence": "MIT", "fingerprint": f"{name} 1"} | changes
    return DetectorInfo(name=name, kinds=kinds, **fields)


def run_info(profile: Any = "publication", detectors: tuple[DetectorInfo, ...] | None = None) -> RunInfo:
    if isinstance(profile, str):
        profile = profiles.load(profile)
    found = (detector(), detector("ocr", (Kind.PLATE, Kind.TEXT))) if detectors is None else detectors
    return RunInfo(profile, found, "redaction-workbench 0.1.0", DAY)


def written(out: Path, name: str, data: bytes, rows: list[list[Any]], **changes: Any) -> Outcome:
    """Write an output and return the outcome that a run would have recorded for it."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row[1]] = counts.get(row[1], 0) + 1
    fields = {
        "asset": "somewhere/IMG_0001.jpg",
        "counts": counts,
        "covered": 0.1 if rows else 0.0,
        "output_sha256": hashlib.sha256(data).hexdigest(),
        "output_size": len(data),
        "frames": 1,
        "width": 200,
        "height": 120,
        "regions": rows,
    }
    return Outcome(state=State.DONE, output=name, **(fields | changes))


def no_findings(path: Path, **request: Any) -> list[Finding]:
    return []


@dataclass
class Release:
    out: Path
    outcomes: list[Outcome]
    written: Verification

    @property
    def manifest(self) -> Path:
        return self.out / "manifest.jsonl"
