"""One side of a comparison, in a process of its own: reads a path a line, works on it, answers with JSON.

``python sides.py deface`` runs deface at its defaults; ``python sides.py faces balanced`` runs the workbench.
The two never share a process, so that neither pays for the other's imports, threads or memory.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peak import peak_mib

Answer = dict[str, Any]
Work = Callable[[Path], Answer]


def deface() -> tuple[Work, str]:
    """Return deface's image mode at its defaults, told to report its boxes as well."""
    from deface import __version__
    from deface.centerface import CenterFace
    from deface.deface import image_detect

    network = CenterFace(in_shape=None, backend="auto")
    seen: Answer = {}
    folder = tempfile.TemporaryDirectory()  # removed when the process ends; a program keeps what it has written

    def detect(frame: Any, threshold: float) -> Any:
        started = time.perf_counter()
        found, landmarks = network(frame, threshold=threshold)
        seen.update(seconds_detecting=time.perf_counter() - started, boxes=found[:, :4].tolist())
        return found, landmarks

    def work(path: Path) -> Answer:
        image_detect(
            str(path),
            str(Path(folder.name) / path.name),
            detect,
            threshold=0.2,
            replacewith="blur",
            mask_scale=1.3,
            ellipse=True,
            draw_scores=False,
            enable_preview=False,
            keep_metadata=False,
        )
        return dict(seen)

    return work, f"deface {__version__}, backend {network.backend}"


def faces(quality: str, threads: str = "0") -> tuple[Work, str]:
    """Return the workbench's whole path for faces: open, detect, redact, encode, verify, publish."""
    import cv2

    from workbench import pipeline, profiles
    from workbench.values import FileError, Kind

    base = profiles.load("publication")
    profile = base.changed(quality=quality, detectors=("centerface",)).with_kinds((Kind.FACE,))
    (detector,) = pipeline.load_detectors(profile, int(threads))
    if int(threads):
        cv2.setNumThreads(int(threads))
    rule = profile.kinds[Kind.FACE]
    folder = tempfile.TemporaryDirectory()

    def work(path: Path) -> Answer:
        seen: Answer = {}

        def find(opened: Any) -> Any:
            started = time.perf_counter()
            found = [detector(frame.image) for frame in opened.frames]
            seen["seconds_detecting"] = time.perf_counter() - started
            seen["boxes"] = found[0].boxes[found[0].scores >= rule.min_score].tolist()
            return found

        out = Path(folder.name)
        with contextlib.suppress(FileError):  # held back: no regions
            outcome = pipeline.redact_asset(path, out / path.stem, profile, find, out)
            seen["regions"] = [row[4:] for row in outcome.regions]
        return seen

    return work, detector.fingerprint.rsplit("/", 1)[-1]


def plates(quality: str, engine: str = "", weights: str = "") -> tuple[Work, str]:
    """Return detection only: "ocr", or a plate network from a weights file."""
    from PIL import Image, ImageOps

    from workbench import detect

    chosen: Any = quality
    detector = _plate_network(engine, Path(weights), quality) if weights else detect.load("ocr", chosen)

    def work(path: Path) -> Answer:
        import numpy as np

        with Image.open(path) as image:
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        started = time.perf_counter()
        found = detector(pixels)
        elapsed = time.perf_counter() - started
        rows = {kind: found.boxes[(found.kinds == kind) & (found.scores >= 0.2)].tolist() for kind in ("plate", "text")}
        return {"seconds_detecting": elapsed, "boxes": rows["plate"], "texts": rows["text"]}

    return work, detector.name


def _plate_network(engine: str, weights: Path, quality: Any) -> Any:
    from workbench.detect import yolo, zoo
    from workbench.detect.weights import sha256_of

    digest = sha256_of(weights)
    if engine == "yolo":
        return yolo.build(weights.stem, weights, digest, "", "plate", quality, 0)
    return zoo.build(weights.stem, "lpd_yunet", weights, digest, "", quality)


def main() -> None:
    side, *arguments = sys.argv[1:]
    answers = os.fdopen(os.dup(1), "w")
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        starters: dict[str, Callable[..., tuple[Work, str]]] = {"deface": deface, "faces": faces, "plates": plates}
        work, facts = starters[side](*arguments)
    print(json.dumps({"facts": facts}), file=answers, flush=True)
    for line in sys.stdin:
        before, started = _cpu(), time.perf_counter()
        try:
            with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
                answer = work(Path(line.rstrip("\n")))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}", "boxes": [], "seconds_detecting": 0.0}
        answer["seconds"] = time.perf_counter() - started
        answer["cpu_seconds"] = _cpu() - before
        answer["peak_mib"] = peak_mib()
        print(json.dumps(answer), file=answers, flush=True)


def _cpu() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    main()
