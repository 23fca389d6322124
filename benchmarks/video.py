"""Videos: the workbench beside deface and beside decoding and encoding alone, on the same clips in the same run.

Speed: every program works on a whole clip in a process of its own, all in turns. Ratios and CPU seconds are the
figures to look at, since whatever else the machine does hits all alike only roughly.
Clips of less than 150 frames are left aside there.
Recall: clips with exact ground truth; a face is hidden when at least 0.9 of its box is covered (as in photos.py), and
counts when it must be (see `Face.counts`). In vain is what is covered and no labelled face, grown by 0.3, explains.

Run it as ``uv run python benchmarks/video.py --deface-python PYTHON``, where that environment has deface and
onnxruntime. The clips are not part of the project.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from photos import machine
from truth import HIDDEN, Picture, mask, padded

HERE = Path(__file__).resolve().parent
QUALITIES = ("fast", "balanced", "careful")
LEAST_SEEN, LEAST_SOLID, LEAST_HIGH = 0.5, 0.35, 10
DEFACE = """
import json
from deface.deface import main
from peak import peak_mib
main()
print(json.dumps({"peak_mib": peak_mib()}))
"""
SHORT, REPEATS = 15.0, 3
"""seconds; how often a program that takes less is run at least"""
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
"""every program finds its compiled modules, as where it is installed"""
SUFFIXES = (".mp4", ".mov")
LEAST_FRAMES = 150
"""clips with fewer tell how long the programs take to start"""
AROUND = 16
"""px around a hidden region in which an encoder may smear it; not counted as untouched"""


@dataclass(frozen=True)
class Face:
    """One labelled face in one frame."""

    name: str
    box: tuple[float, float, float, float]
    counts: bool
    """half of it visible, not faded away, at least 10 px high"""


def read_truth(path: Path) -> list[list[Face]]:
    """Return the faces of every frame."""
    return [
        [
            Face(
                row["id"],
                tuple(row["box"]),
                row["vis"] >= LEAST_SEEN
                and row["alpha"] >= LEAST_SOLID
                and row["box"][3] - row["box"][1] >= LEAST_HIGH,
            )
            for row in rows
        ]
        for rows in json.loads(path.read_text("utf-8"))["frames"]
    ]


def recall(truth: list[list[Face]], covered: list[NDArray[np.float64]], size: tuple[int, int]) -> dict[str, float]:
    """Return how much of the faces is hidden, the longest run of frames that shows one, and what is hidden in vain."""
    hidden: list[bool] = []
    running: dict[str, int] = {}
    longest = in_vain = 0
    for faces, boxes in zip(truth, covered, strict=True):
        labels = np.array([face.box for face in faces], float).reshape(-1, 4)
        frame = Picture(Path(), *size, boxes=labels, ignored=np.zeros((0, 4)))
        under = mask(boxes, frame)
        in_vain += int((under & ~mask(padded(labels), frame)).sum())
        exposed = set()
        for face in faces:
            if face.counts:
                x0, y0, x1, y1 = np.round(face.box).astype(int).clip(0)
                hidden.append(bool(under[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)].mean() >= HIDDEN))
                if not hidden[-1]:
                    exposed.add(face.name)
        running = {name: running.get(name, 0) + 1 for name in exposed}
        longest = max([longest, *running.values()])
    pixels = len(covered) * size[0] * size[1]
    return {
        "faces": len(hidden),
        "hidden": 100 * float(np.mean(hidden)),
        "longest": longest,
        "vain": 100 * in_vain / pixels,
    }


def boxes_of(answer: dict[str, Any], frames: int) -> list[NDArray[np.float64]]:
    """Return what a side covers in each frame."""
    if "boxes" in answer:
        return [padded(boxes) for boxes in answer["boxes"]]
    covered: list[list[list[float]]] = [[] for _ in range(frames)]
    for row in answer["rows"]:
        for frame in range(row[1], row[2] + 1):
            covered[frame].append(row[6:])
    return [np.array(rows, float).reshape(-1, 4) for rows in covered]


def run(command: list[str], stem: str) -> dict[str, Any]:
    """Run a program to its end and return its answer and what it used; ours as the batch starts it."""
    from workbench.batch.pool import LARGE_PAGES

    environment = ENVIRONMENT | dict([LARGE_PAGES]) if "redact" in command else ENVIRONMENT
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=said, stderr=errors, cwd=HERE, env=environment)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        said.seek(0)
        errors.seek(0)
        if process.returncode:
            raise SystemExit(f"{stem} failed: {errors.read().decode(errors='replace').strip()[-2000:]}")
        lines = said.read().decode(errors="replace").strip().splitlines()
    answer = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return {
        **answer,
        "seconds": seconds,
        "cpu_seconds": used.ru_utime + used.ru_stime,
    }


def in_turns(programs: dict[str, list[str]], clip: Path, out: Path, rounds: int) -> list[dict[str, Any]]:
    """Run all programs on a clip in turns, and return of each the run that took neither long nor short.

    On a machine that others use too, a program of five seconds varies by a fifth from one run to the next: such a one
    runs three times in any case.
    """
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for number in range(max(rounds, REPEATS)):
        for name, command in programs.items():
            if number >= rounds and runs[name][0]["seconds"] >= SHORT:
                continue
            out.unlink(missing_ok=True)
            row = {"clip": clip.stem, "side": name, **run(command, f"{name} on {clip.name}")}
            if not runs[name]:
                row["size"] = out.stat().st_size / clip.stat().st_size
                row |= fidelity(clip, out, row) if name in QUALITIES else {}
            runs[name].append(row)
    return [{**rows[0], **_middle(rows)} for rows in runs.values()]


def _middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return sorted(runs, key=lambda each: float(each["seconds"]))[len(runs) // 2]


def side(*arguments: str, python: str = sys.executable) -> list[str]:
    return [python, str(HERE / "video_sides.py"), *arguments]


def fidelity(source: Path, output: Path, answer: dict[str, Any]) -> dict[str, float]:
    """Return PSNR (dB) and SSIM of what was not hidden, on the luma of every tenth frame."""
    from skimage.metrics import structural_similarity

    from workbench.media.video import open_video

    squares, pixels, alike = 0.0, 0, []
    covered = boxes_of(answer, answer["frames"])
    for before, after in zip(open_video(source).frames(), open_video(output).frames(), strict=True):
        if before.index % 10:
            continue
        first, second = before.planes[0], after.planes[0]
        frame = Picture(Path(), first.shape[1], first.shape[0], boxes=np.zeros((0, 4)), ignored=np.zeros((0, 4)))
        grown = covered[before.index] + np.array([-AROUND, -AROUND, AROUND, AROUND])
        untouched = ~mask(grown, frame)
        squares += float(((first.astype(float) - second) ** 2)[untouched].sum())
        pixels += int(untouched.sum())
        peak = 2**before.depth - 1
        alike.append(float(structural_similarity(first, second, data_range=peak, full=True)[1][untouched].mean()))
    error = max(squares / max(pixels, 1), 1e-9)
    return {"psnr": 10 * float(np.log10(peak**2 / error)), "ssim": float(np.mean(alike))}


def speed_rows(clips: list[Path], qualities: list[str], deface_python: str, rounds: int) -> list[dict[str, Any]]:
    """Return one row of figures per clip and program."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            out = Path(folder) / f"{clip.stem}.mp4"
            programs = {
                "deface": [deface_python, "-c", DEFACE, str(clip), "-o", str(out)],
                "decode + encode": side("limit", str(clip), str(out)),
                **{quality: side("redact", quality, str(clip), str(out)) for quality in qualities},
            }
            if clip == clips[0]:
                for name, command in programs.items():
                    run(command, f"{name} to warm up")
            frames = frames_of(clip)
            measured = in_turns(programs, clip, out, rounds)
            for row in measured:
                row["frames"] = frames
                for key in ("seconds", "cpu_seconds"):
                    row[f"{key}_ratio"] = measured[0][key] / row[key]
            rows += measured
    return rows


def recall_rows(clips: list[Path], qualities: list[str], deface_python: str) -> list[dict[str, Any]]:
    """Return one row of figures per labelled clip and program."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for clip in clips:
            content = json.loads(truth_of(clip).read_text("utf-8"))
            truth, size = read_truth(truth_of(clip)), tuple(content["size"])
            out = Path(folder) / f"{clip.stem}.mp4"
            sides = {"deface": side("deface-boxes", str(clip), python=deface_python)}
            sides |= {quality: side("redact", quality, str(clip), str(out)) for quality in qualities}
            for name, command in sides.items():
                answer = run(command, f"{name} on {clip.name}")
                figures = recall(truth, boxes_of(answer, len(truth)), size)
                rows.append({"clip": clip.stem, "side": name, **figures, "notes": answer.get("notes", [])})
    for row in rows:
        row["vain_ratio"] = row["vain"] / next(
            other["vain"] for other in rows if other["clip"] == row["clip"] and other["side"] == "deface"
        )
    return rows


def truth_of(clip: Path) -> Path:
    return clip.with_name(f"{clip.stem}.gt.json")


def frames_of(clip: Path) -> int:
    from workbench.media.video import open_video

    return open_video(clip).expected_frames


def speed_table(rows: list[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = [
        "| clip | | frames/s (× deface) | CPU s (÷ deface) | peak MiB | size of the source's | PSNR, SSIM untouched |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        quality = f"{row['psnr']:.1f} dB, {row['ssim']:.4f}" if "psnr" in row else "–"
        lines.append(
            f"| {row['clip']} | {row['side']} | {row['frames'] / row['seconds']:.1f} ({row['seconds_ratio']:.1f}×) "
            f"| {row['cpu_seconds']:.1f} ({row['cpu_seconds_ratio']:.1f}×) | {row['peak_mib']:.0f} "
            f"| {row['size']:.2f} | {quality} |"
        )
    return "\n".join(lines)


def recall_table(rows: list[dict[str, Any]]) -> str:
    """Return the figures as Markdown."""
    lines = ["| clip | | faces hidden | longest exposed run | in vain (× deface) |", "|---|---|---|---|---|"]
    lines += [
        f"| {row['clip']} | {row['side']} | {row['hidden']:.2f} % of {row['faces']} | {row['longest']} frames "
        f"| {row['vain']:.2f} % ({row['vain_ratio']:.2f}×) |"
        for row in rows
    ]
    for name in dict.fromkeys(row["side"] for row in rows):
        own = [row for row in rows if row["side"] == name]
        total = sum(row["vain"] for row in own) / sum(row["vain"] for row in rows if row["side"] == "deface")
        lines.append(f"| all | {name} | | {max(row['longest'] for row in own)} frames | ({total:.2f}×) |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path, default=HERE.parent.parent / "shared" / "data")
    parser.add_argument("--clips", nargs="+", default=[], metavar="NAME", help="only these, such as synth_cctv")
    parser.add_argument("--only", choices=("speed", "recall"), help="one of the two parts")
    parser.add_argument("--qualities", nargs="+", choices=QUALITIES, default=["balanced"])
    parser.add_argument("--deface-python", default=sys.executable, help="another environment's Python for deface")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="how often each program is timed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    options = parser.parse_args()
    clips = [
        clip
        for clip in sorted((options.data / "video").glob("*"))
        if clip.suffix in SUFFIXES and (not options.clips or clip.stem in options.clips)
    ]
    figures: dict[str, Any] = {"machine": machine()}
    print(", ".join(f"{key} {value}" for key, value in figures["machine"].items()), end="\n\n")
    if not clips:
        print("Skipped: no such clips here (video/*.mp4, with *.gt.json where faces are labelled).")
    timed = [clip for clip in clips if frames_of(clip) >= LEAST_FRAMES]
    if timed and options.only != "recall":
        figures["speed"] = speed_rows(timed, options.qualities, options.deface_python, options.rounds)
        print(speed_table(figures["speed"]), end="\n\n")
    labelled = [clip for clip in clips if truth_of(clip).is_file()]
    if labelled and options.only != "speed":
        figures["recall"] = recall_rows(labelled, options.qualities, options.deface_python)
        print(recall_table(figures["recall"]), end="\n\n")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, default=float) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
