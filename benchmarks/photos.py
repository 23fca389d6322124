"""Faces: the workbench beside deface on the same pictures in the same run. Plates: what is hidden, by width.

Each side works in a process of its own and gets the pictures one by one, in turns, so that whatever else the
machine does hits all alike. CPU seconds are the steadier figure on a shared machine.

Run it as ``uv run --with onnx python benchmarks/photos.py``: with the package onnx at hand deface takes its
faster runtime, onnxruntime; without it, OpenCV. The data are not part of the project.
"""

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
from processes import Side, Team, run, run_teams
from truth import Picture, Tally, existing, padded, read_coco

HERE = Path(__file__).resolve().parent
QUALITIES = ("fast", "balanced", "careful")
FULLY_LABELLED = ("openimages_valid", "romanian_valid")
WIDTHS = ((0, 32), (32, 64), (64, 128), (128, np.inf))


def face_rows(pictures: list[Picture], deface_python: str) -> list[dict[str, Any]]:
    """Return one row of figures per side."""
    sides = [Side("deface", ["deface"], deface_python), *(Side(quality, ["faces", quality]) for quality in QUALITIES)]
    run(sides, pictures)
    rows = []
    for side in sides:
        boxes, written = Tally(), Tally()
        for picture, answer in zip(pictures, side.answers, strict=True):
            boxes.add(picture, padded(answer["boxes"]), side=1)
            if "regions" in answer:
                written.add(picture, np.array(answer["regions"], float).reshape(-1, 4), side=1)
        (large, large_count), (small, small_count) = boxes.share(16), boxes.share(0, 16)
        rows.append(
            {
                "side": side.name,
                "facts": side.facts,
                "pictures": len(pictures),
                "failed": sum("error" in answer for answer in side.answers),
                "held_back": sum("regions" not in answer for answer in side.answers) if side.name in QUALITIES else 0,
                "pictures_per_second": len(pictures) / side.total("seconds"),
                "detections_per_second": len(pictures) / max(side.total("seconds_detecting"), 1e-9),
                "cpu_seconds_per_picture": side.total("cpu_seconds") / len(pictures),
                "peak_mib": max(answer["peak_mib"] for answer in side.answers),
                "hidden_from_16_px": large,
                "faces_from_16_px": large_count,
                "hidden_below_16_px": small,
                "faces_below_16_px": small_count,
                "in_vain": boxes.vain,
                "in_vain_as_written": written.vain,
            }
        )
    for row in rows:
        for key in ("pictures_per_second", "detections_per_second", "cpu_seconds_per_picture", "peak_mib"):
            row[f"{key}_ratio"] = row[key] / rows[0][key]
    return rows


def speed_rows(pictures: list[Picture], deface_python: str) -> list[dict[str, Any]]:
    """Return how fast whole programs do a folder: deface in one process, the workbench as its batch does."""
    from workbench.batch.pool import LARGE_PAGES, default_workers
    from workbench.detect.runtime import usable_cores

    workers = default_workers()
    threads = str(max(1, usable_cores() // workers))
    teams = [Team("deface", [Side("deface", ["deface"], deface_python)])]
    teams += [
        Team(
            f"{quality}, {workers} workers",
            [
                Side(quality, ["faces", quality, threads], environment=dict([LARGE_PAGES]))  # as the batch starts them
                for _ in range(workers)
            ],
        )
        for quality in ("fast", "balanced")
    ]
    run_teams(teams, pictures)
    rows = [
        {
            "side": team.name,
            "pictures": len(pictures),
            "start_seconds": max(member.start_seconds for member in team.members),
            "pictures_per_second": len(pictures) / team.seconds,
            "cpu_seconds_per_picture": team.total("cpu_seconds") / len(pictures),
            "peak_mib": team.peak_mib(),
            "failed": sum("error" in answer for member in team.members for answer in member.answers),
        }
        for team in teams
    ]
    for row in rows:
        for key in ("pictures_per_second", "cpu_seconds_per_picture", "peak_mib"):
            row[f"{key}_ratio"] = row[key] / rows[0][key]
    return rows


def speed_table(rows: list[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| a folder, whole programs | pictures/s (× deface) | CPU s a picture (× deface) | peak MiB (× deface) "
        "| start, s (not in the rate) |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['side']} | {row['pictures_per_second']:.2f} ({row['pictures_per_second_ratio']:.2f}×) "
        f"| {row['cpu_seconds_per_picture']:.2f} ({row['cpu_seconds_per_picture_ratio']:.2f}×) "
        f"| {row['peak_mib']:.0f} ({row['peak_mib_ratio']:.2f}×) | {row['start_seconds']:.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


def face_table(rows: list[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| | runs on | pictures/s (× deface) | detection alone (× deface) | CPU s a picture (× deface) "
        "| peak MiB (× deface) | faces ≥ 16 px hidden | smaller | in vain | in vain as written "
        "| held back, failed |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row['side']} | {row['facts']} "
            f"| {row['pictures_per_second']:.2f} ({row['pictures_per_second_ratio']:.2f}×) "
            f"| {row['detections_per_second']:.2f}/s ({row['detections_per_second_ratio']:.2f}×) "
            f"| {row['cpu_seconds_per_picture']:.2f} ({row['cpu_seconds_per_picture_ratio']:.2f}×) "
            f"| {row['peak_mib']:.0f} ({row['peak_mib_ratio']:.2f}×) "
            f"| {row['hidden_from_16_px']:.1f} % of {row['faces_from_16_px']} "
            f"| {row['hidden_below_16_px']:.1f} % of {row['faces_below_16_px']} "
            f"| {row['in_vain']:.2f} % | {row['in_vain_as_written']:.2f} % "
            f"| {row['held_back']}, {row['failed']} |"
        )
    return "\n".join(lines)


def plate_rows(sets: dict[str, list[Picture]], networks: list[tuple[str, Path]]) -> list[dict[str, Any]]:
    """Return one row of figures per detector, quality and choice of kinds."""
    sides = [Side(f"ocr {quality}", ["plates", quality]) for quality in QUALITIES]
    for engine, path in networks:
        sides += [
            Side(f"{path.stem} {quality}", ["plates", quality, engine, str(path)]) for quality in ("fast", "balanced")
        ]
    pictures = [(name, picture) for name, group in sets.items() for picture in group]
    run(sides, [picture for _, picture in pictures])
    rows = []
    for side in sides:
        for kinds in ("plate", "plate + text") if side.name.startswith("ocr") else ("plate",):
            tally = Tally()
            for (name, picture), answer in zip(pictures, side.answers, strict=True):
                boxes = answer["boxes"] + (answer.get("texts", []) if "text" in kinds else [])
                tally.add(picture, padded(boxes), side=0, fully_labelled=name in FULLY_LABELLED)
            shares = {
                f"{low} to {high}": dict(zip(("hidden", "plates"), tally.share(low, high), strict=True))
                for low, high in WIDTHS
            }
            rows.append(
                {
                    "side": side.name,
                    "kinds": kinds,
                    "by_width": shares,
                    "hidden": tally.share(0)[0],
                    "in_vain": tally.vain,
                    "cpu_seconds_per_picture": side.total("cpu_seconds") / len(pictures),
                    "failed": sum("error" in answer for answer in side.answers),
                }
            )
    return rows


def plate_table(rows: list[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| detector | kinds covered | < 32 px wide | 32–64 | 64–128 | > 128 | all | in vain | CPU s a picture |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        shares = " | ".join(
            f"{share['hidden']:.0f} % of {share['plates']}" if share["plates"] else "–"
            for share in row["by_width"].values()
        )
        lines.append(
            f"| {row['side']} | {row['kinds']} | {shares} | {row['hidden']:.0f} % | {row['in_vain']:.2f} % "
            f"| {row['cpu_seconds_per_picture']:.2f} |"
        )
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Return what the figures depend on; no name and no path of this machine."""
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")),
        platform.machine(),
    )
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.is_file() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="every k-th picture, N of each set at most")
    parser.add_argument("--only", choices=("speed", "faces", "plates"), help="one of the three parts")
    parser.add_argument("--deface-python", default=sys.executable, help="another environment's Python for deface")
    parser.add_argument(
        "--weights", action="append", default=[], metavar="ENGINE=FILE", help="a plate network: yolo=… or lpd_yunet=…"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    networks = [(text.partition("=")[0], Path(text.partition("=")[2]).resolve()) for text in options.weights]
    for engine, path in networks:
        if engine not in ("yolo", "lpd_yunet") or not path.is_file():
            parser.error(f"--weights {engine}={path.name}: give yolo=FILE or lpd_yunet=FILE.")

    figures: dict[str, Any] = {"machine": machine()}
    print(", ".join(f"{key} {value}" for key, value in figures["machine"].items()), end="\n\n")
    faces = existing([options.data / "faces" / "wider"]) if options.only != "plates" else []
    plates = existing((options.data / "plates").glob("*")) if options.only in (None, "plates") else []
    if faces and options.only != "faces":
        figures["speed"] = speed_rows(_some(read_coco(faces[0]), options.limit), options.deface_python)
        print(speed_table(figures["speed"]), end="\n\n")
    if faces and options.only != "speed":
        figures["faces"] = face_rows(_some(read_coco(faces[0]), options.limit), options.deface_python)
        print(face_table(figures["faces"]), end="\n\n")
    if plates:
        sets = {folder.name: _some(read_coco(folder), options.limit) for folder in plates}
        figures["plates"] = plate_rows(sets, networks)
        print(plate_table(figures["plates"]), end="\n\n")
    if not faces and not plates:
        print("Skipped: no labelled pictures here (faces/wider/annotations.json, plates/*/annotations.json).")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


def _some(pictures: list[Picture], limit: int) -> list[Picture]:
    step = max(1, -(-len(pictures) // limit)) if limit else 1
    return pictures[::step]


if __name__ == "__main__":
    sys.exit(main())
